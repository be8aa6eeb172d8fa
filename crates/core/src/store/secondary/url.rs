//! Reads Redis URLs as providers write them.

use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::super::tls::{self, Authorities};

/// The address and login that a URL contains.
pub(super) struct Target {
    pub(super) host: String,
    pub(super) port: u16,
    /// The TLS settings; `None` without TLS.
    pub(super) tls: Option<rustls::ClientConfig>,
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
    /// The number of the database; the default is 0.
    pub(super) database: u32,
}

/// Reads `redis://` or `rediss://user:password@host:6379/0`, and of its query only `sslrootcert`. Without that, TLS trusts
/// `root_certificates`, or else the public authorities.
///
/// # Errors
/// A sentence for the operator, which quotes nothing of the URL because that holds a password.
pub(super) fn read(text: &str, root_certificates: Option<&str>) -> Result<Target, String> {
    const FORM: &str = "write rediss://user:password@host:6379, special characters in the password percent-encoded";
    let url = Url::parse(text).map_err(|error| format!("it is not a URL ({error}); {FORM}"))?;
    let with_tls = match url.scheme() {
        "redis" => false,
        "rediss" => true,
        _ => return Err(format!("it does not begin with redis:// or rediss://; {FORM}")),
    };
    let host = match url.host() {
        // For schemes outside the web's, the parser returns an IPv4 address as a name.
        Some(Host::Domain(name)) if !name.is_empty() => name.to_owned(),
        Some(Host::Ipv4(address)) => address.to_string(),
        Some(Host::Ipv6(address)) => address.to_string(),
        _ => return Err(format!("it names no host; {FORM}")),
    };
    let database = match url.path().trim_matches('/') {
        "" => 0,
        number => {
            number.parse().map_err(|_| "its path is not the number of a database; write /0 or nothing".to_owned())?
        }
    };
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let authority = url.query_pairs().find(|(key, _)| key == "sslrootcert").map(|(_, value)| value.into_owned());
    let authorities = match (&authority, root_certificates) {
        (Some(file), _) => Authorities::File(file),
        (None, Some(text)) => Authorities::Pem(text),
        (None, None) => Authorities::Public { host: "" },
    };
    Ok(Target {
        host,
        port: url.port().unwrap_or(6379),
        tls: if with_tls { Some(tls::trusting(authorities)?) } else { None },
        user: Some(decoded(url.username())).filter(|user| !user.is_empty()),
        password: url.password().map(decoded),
        database,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read_as_the_providers_write_them() {
        let read = |text: &str| read(text, None).unwrap_or_else(|error| panic!("{text}: {error}"));
        let upstash = read("rediss://default:p%40ss@eu2-wise-1.upstash.io:6380");
        assert_eq!((upstash.host.as_str(), upstash.port, upstash.tls.is_some()), ("eu2-wise-1.upstash.io", 6380, true));
        assert_eq!((upstash.user.as_deref(), upstash.password.as_deref()), (Some("default"), Some("p@ss")));
        let local = read("redis://localhost/2");
        assert_eq!((local.host.as_str(), local.port, local.database), ("localhost", 6379, 2));
        assert!(local.tls.is_none() && local.user.is_none() && local.password.is_none());
        assert_eq!(read("redis://:secret@[::1]:7000?family=0").host, "::1");
    }

    #[test]
    fn a_url_that_is_none_is_refused_without_being_quoted() {
        for text in [
            "hunter2",
            "https://u:hunter2@h",
            "redis://",
            "redis:///0",
            "redis://u:hunter2@h:port",
            "redis://u:hunter2@h/zero",
            "rediss://u:hunter2@h?sslrootcert=/nowhere/ca.pem",
        ] {
            let error = read(text, None).err().unwrap_or_else(|| panic!("{text} was accepted"));
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
