//! TLS to the database and to the secondary storage: rustls with ring, always verifying, against the public authorities or a file of one's own.

use std::sync::Arc;

use rustls::{
    CertificateError, ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use tokio_postgres::config::SslNegotiation;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::url::Target;

/// The connector for `target`.
///
/// # Errors
/// A sentence for the operator: the file of certificates cannot be read.
pub(super) fn connector(target: &Target) -> Result<MakeRustlsConnect, String> {
    let mut config = settings(target)?;
    if target.config.get_ssl_negotiation() == SslNegotiation::Direct {
        config.alpn_protocols = vec![b"postgresql".to_vec()];
    }
    Ok(MakeRustlsConnect::new(config))
}

/// Whom it believes.
///
/// # Errors
/// As [`connector`].
pub(super) fn settings(target: &Target) -> Result<ClientConfig, String> {
    trusting(target.root_certificates.as_deref())
}

/// Believes the authorities of this file, or else the public ones.
///
/// # Errors
/// As [`connector`].
pub(super) fn trusting(authorities: Option<&str>) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    match authorities {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(path) => {
            let explain = |error: &dyn std::fmt::Display| {
                format!("its `sslrootcert` names {path}, which holds no certificates: {error}")
            };
            for certificate in CertificateDer::pem_file_iter(path).map_err(|error| explain(&error))? {
                roots.add(certificate.map_err(|error| explain(&error))?).map_err(|error| explain(&error))?;
            }
            if roots.is_empty() {
                return Err(explain(&"it has no BEGIN CERTIFICATE"));
            }
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let versions = versions.map_err(|error| format!("TLS cannot be set up: {error}"))?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}

/// What the operator can do about a connection that TLS was the end of.
pub(super) fn advice(cause: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    let refused = cause.downcast_ref::<std::io::Error>().and_then(|error| error.get_ref()?.downcast_ref());
    match refused {
        Some(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature)) => {
            Some("write `sslrootcert=` and the file of its authority's certificate into the URL")
        }
        Some(rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        )) => Some("write a host into the URL that the certificate is made out to"),
        None if cause.to_string().contains("does not support TLS") => {
            Some("write `sslmode=disable` into the URL where nobody else can read along")
        }
        _ => None,
    }
}
