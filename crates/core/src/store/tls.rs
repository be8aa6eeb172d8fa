//! TLS to the database and to the secondary storage: rustls with ring, against the public authorities or certificates of your own.
//! Only a database on this machine, or one whose URL says `sslmode=no-verify`, may present any certificate.

use std::sync::Arc;

use rustls::{
    CertificateError, ClientConfig, NamedGroup, RootCertStore,
    pki_types::{
        CertificateDer,
        pem::{self, PemObject as _},
    },
};
use tokio_postgres::config::{Host, SslNegotiation};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{
    any_certificate::AnyCertificate,
    listed,
    url::{Protection, Target},
};
use crate::config::ConnectionOptions;

/// Providers with an authority that is not public: the suffixes of their host names, and the authority's certificate. It is trusted
/// only for those hosts, in addition to the public authorities (docs/decisions/009-authorities-of-providers.md).
const PROVIDERS: [(&[&str], &str); 1] =
    [(&[".supabase.co", ".supabase.com"], include_str!("certificates/supabase-root-2021.pem"))];

/// The authorities to trust.
#[derive(Clone, Copy)]
pub(super) enum Authorities<'a> {
    /// The public authorities, and that of the provider whose host it is.
    Public {
        /// The name of the host.
        host: &'a str,
    },
    /// The certificates in a file that `sslrootcert` names.
    File(&'a str),
    /// The certificates in a text in PEM.
    Pem(&'a str),
}

/// Returns the TLS connector for `target`.
///
/// # Errors
/// A sentence for the operator, if the certificates cannot be read.
pub(super) fn connector(target: &Target, options: &ConnectionOptions) -> Result<MakeRustlsConnect, String> {
    let mut config = settings(target, options)?;
    if target.config.get_ssl_negotiation() == SslNegotiation::Direct {
        config.alpn_protocols = vec![b"postgresql".to_vec()];
    }
    Ok(MakeRustlsConnect::new(config))
}

/// Returns the TLS settings for `target`.
///
/// # Errors
/// Those of [`connector`].
pub(super) fn settings(target: &Target, options: &ConnectionOptions) -> Result<ClientConfig, String> {
    let is_verified = match target.protection {
        Protection::Verified => true,
        Protection::Offered => target.root_certificates.is_some(),
        Protection::Unverified | Protection::Plain => false,
    };
    let mut config = trusting(authorities(target, options))?;
    if !is_verified {
        let provider = config.crypto_provider().clone();
        config.dangerous().set_certificate_verifier(Arc::new(AnyCertificate(provider)));
    }
    Ok(config)
}

fn authorities<'a>(target: &'a Target, options: &'a ConnectionOptions) -> Authorities<'a> {
    match (&target.root_certificates, &options.root_certificates, target.config.get_hosts()) {
        (Some(file), ..) => Authorities::File(file),
        (None, Some(text), _) => Authorities::Pem(text),
        (None, None, [Host::Tcp(host)]) => Authorities::Public { host },
        (None, None, _) => Authorities::Public { host: "" },
    }
}

/// Returns TLS settings that trust these authorities.
///
/// # Errors
/// Those of [`connector`].
pub(super) fn trusting(authorities: Authorities<'_>) -> Result<ClientConfig, String> {
    let mut provider = rustls::crypto::ring::default_provider();
    // The client sends a key of the first group at once. PostgreSQL before 18 accepts only P-256 by default (`ssl_ecdh_curve`), and a
    // server that does not accept the group asks for another key, which is one more round trip.
    provider.kx_groups.sort_by_key(|group| group.name() != NamedGroup::secp256r1);
    let versions = ClientConfig::builder_with_provider(Arc::new(provider)).with_safe_default_protocol_versions();
    let versions = versions.map_err(|error| format!("TLS cannot be set up: {error}"))?;
    let (roots, own) = roots(authorities)?;
    let mut config = versions.with_root_certificates(roots.clone()).with_no_client_auth();
    if !own.is_empty() {
        listed::accept(&mut config, roots, own);
    }
    Ok(config)
}

/// Returns the authorities to trust, and the certificates that the operator lists among them.
fn roots(authorities: Authorities<'_>) -> Result<(RootCertStore, Vec<CertificateDer<'static>>), String> {
    match authorities {
        Authorities::Public { host } => {
            let mut roots = RootCertStore::empty();
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            let host = host.to_ascii_lowercase();
            let theirs = PROVIDERS.iter().find(|(ends, _)| ends.iter().any(|end| host.ends_with(end)));
            if let Some((_, pem)) = theirs {
                add(&mut roots, &read(CertificateDer::pem_slice_iter(pem.as_bytes()))?)?;
            }
            Ok((roots, Vec::new()))
        }
        Authorities::File(path) => {
            let explain =
                |error: String| format!("its `sslrootcert` names {path}, which contains no certificates: {error}");
            let file = CertificateDer::pem_file_iter(path).map_err(|error| explain(error.to_string()))?;
            read(file).and_then(only).map_err(explain)
        }
        Authorities::Pem(text) => read(CertificateDer::pem_slice_iter(text.as_bytes()))
            .and_then(only)
            .map_err(|error| format!("`root_certificates` in gatepost.toml contains no certificates: {error}")),
    }
}

fn read<'a>(
    certificates: impl Iterator<Item = Result<CertificateDer<'a>, pem::Error>>,
) -> Result<Vec<CertificateDer<'static>>, String> {
    let all: Result<Vec<_>, _> = certificates.map(|certificate| Ok(certificate?.into_owned())).collect();
    let all = all.map_err(|error: pem::Error| error.to_string())?;
    if all.is_empty() { Err("there is no BEGIN CERTIFICATE".to_owned()) } else { Ok(all) }
}

fn only(certificates: Vec<CertificateDer<'static>>) -> Result<(RootCertStore, Vec<CertificateDer<'static>>), String> {
    let mut roots = RootCertStore::empty();
    add(&mut roots, &certificates)?;
    Ok((roots, certificates))
}

fn add(roots: &mut RootCertStore, certificates: &[CertificateDer<'static>]) -> Result<(), String> {
    certificates.iter().try_for_each(|certificate| roots.add(certificate.clone())).map_err(|error| error.to_string())
}

/// Returns advice for the operator about a connection that failed because of TLS.
pub(super) fn advice(cause: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    let refused = cause.downcast_ref::<std::io::Error>().and_then(|error| error.get_ref()?.downcast_ref());
    match refused {
        Some(rustls::Error::InvalidCertificate(error))
            if matches!(error, CertificateError::UnknownIssuer | CertificateError::BadSignature)
                || listed::is_of_an_authority(error) =>
        {
            Some(
                "write the certificate of the server's authority into gatepost.toml (`root_certificates`) or, where files can be read, \
                 `sslrootcert=FILE` into the URL. For a provider without an authority, for example Heroku, `sslmode=no-verify` \
                 encrypts without verifying the server",
            )
        }
        Some(rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        )) => Some("write a host that the certificate names into the URL"),
        None if cause.to_string().contains("does not support TLS") => {
            Some("write `sslmode=disable` into the URL if the network between is private")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::{super::url, *};

    #[test]
    fn the_authority_of_a_provider_is_believed_for_its_hosts_alone() {
        let count = |url: &str, own: Option<&str>| {
            let options = ConnectionOptions { root_certificates: own.map(str::to_owned), ..Default::default() };
            roots(authorities(&url::read(url).unwrap(), &options)).unwrap().0.len()
        };
        let public = webpki_roots::TLS_SERVER_ROOTS.len();
        for host in ["aws-0-eu-central-1.pooler.supabase.com:6543", "DB.abcdef.Supabase.co"] {
            assert_eq!(count(&format!("postgres://u:p@{host}/x"), None), public + 1, "{host}");
        }
        for host in ["evilsupabase.co", "supabase.co.example.com", "db.example.com", "a.supabase.co,b.example.com"] {
            assert_eq!(count(&format!("postgres://u:p@{host}/x"), None), public, "{host}");
        }
        let (_, own) = PROVIDERS[0];
        assert_eq!(count("postgres://u:p@db.abcdef.supabase.co/x", Some(own)), 1);
    }

    #[test]
    fn the_authority_of_a_provider_is_the_one_that_it_publishes() {
        let certificate = CertificateDer::from_pem_slice(PROVIDERS[0].1.as_bytes()).unwrap();
        let fingerprint = hex::encode(Sha256::digest(&certificate));
        assert_eq!(fingerprint, "807025ad50d4ed219d2c9c7d299c004f824eb00cf7f65afef607d07b72e6cafa");
    }
}
