//! Certificates of an authority that only the tests believe.

use gatepost_cli::postgres;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use super::postgres::execute;

/// An authority's certificate, and a certificate for `localhost` that it signed, with its key.
pub fn certificates() -> (String, String, String) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().unwrap();
    let root = authority.self_signed(&authority_key).unwrap().pem();
    let key = KeyPair::generate().unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    (root, certificate.pem(), key.serialize_pem())
}

/// A certificate for `localhost` that is its own authority, as `openssl req -x509` makes one, with its key. It is valid until this year.
pub fn own_authority(until: i32) -> (String, String) {
    let mut parameters = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.not_after = rcgen::date_time_ymd(until, 1, 1);
    let key = KeyPair::generate().unwrap();
    (parameters.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

/// A server that speaks TLS with these.
pub fn secured(options: &postgres::Options, certificate: &str, key: &str) -> postgres::Server {
    let server = postgres::Server::start(options).unwrap();
    let plain = format!("{}?sslmode=disable", server.url("postgres"));
    for (file, pem) in [("server.crt", certificate), ("server.key", key)] {
        // The server writes them itself: they must belong to the account that it runs as. It escapes the ends of lines.
        let write = format!("printf %b \"$(cat)\" > {file}; chmod 600 {file}");
        execute(&plain, &format!("copy (select '{pem}') to program '{write}'"));
    }
    execute(&plain, "alter system set ssl = on");
    execute(&plain, "select pg_reload_conf()");
    server
}
