//! Certificates that the operator lists and that servers present themselves: `openssl req -x509` makes one that is its own authority, as
//! PostgreSQL's manual shows. OpenSSL, and so `psql`, accepts such a server; rustls refuses the certificate of an authority from a server.

use std::{sync::Arc, time::Duration};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_cert_signed_by_trust_anchor, verify_server_name,
    },
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};
use x509_cert::{Certificate, der::Decode as _};

use super::any_certificate::AnyCertificate;

/// Makes `config` accept a server with one of the listed certificates, besides those that an authority among them has signed. The name
/// of the host and the time are verified, and that the server has the certificate's key.
pub(super) fn accept(config: &mut ClientConfig, roots: RootCertStore, certificates: Vec<CertificateDer<'static>>) {
    let any = AnyCertificate(config.crypto_provider().clone());
    config.dangerous().set_certificate_verifier(Arc::new(ListedCertificates { any, roots, certificates }));
}

/// Whether rustls refuses a certificate because it is an authority's.
pub(super) fn is_of_an_authority(error: &CertificateError) -> bool {
    matches!(error, CertificateError::Other(cause) if cause.to_string().contains("CaUsedAsEndEntity"))
}

#[derive(Debug)]
struct ListedCertificates {
    /// Verifies that the server has the key.
    any: AnyCertificate,
    roots: RootCertStore,
    certificates: Vec<CertificateDer<'static>>,
}

impl ServerCertVerifier for ListedCertificates {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        host: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let parsed = ParsedCertificate::try_from(certificate)?;
        let algorithms = self.any.0.signature_verification_algorithms.all;
        match verify_server_cert_signed_by_trust_anchor(&parsed, &self.roots, intermediates, now, algorithms) {
            Err(rustls::Error::InvalidCertificate(error))
                if is_of_an_authority(&error) && self.certificates.iter().any(|listed| listed == certificate) =>
            {
                is_within_its_time(certificate, now)?;
            }
            verified => verified?,
        }
        verify_server_name(&parsed, host)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.any.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.any.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.any.supported_verify_schemes()
    }
}

fn is_within_its_time(certificate: &CertificateDer<'_>, now: UnixTime) -> Result<(), rustls::Error> {
    let refused = |error| Err(rustls::Error::InvalidCertificate(error));
    let Ok(parsed) = Certificate::from_der(certificate) else { return refused(CertificateError::BadEncoding) };
    let validity = parsed.tbs_certificate.validity;
    let now = Duration::from_secs(now.as_secs());
    match () {
        () if now < validity.not_before.to_unix_duration() => refused(CertificateError::NotValidYet),
        () if now > validity.not_after.to_unix_duration() => refused(CertificateError::Expired),
        () => Ok(()),
    }
}
