//! Reads a connection URL as providers write it. The driver refuses what people paste, so its parameters are looked at
//! first: its own are passed on, those of other clients dropped, TLS is settled here.

use std::time::Duration;

use tokio_postgres::config::{Host, SslMode};

/// A URL that was understood.
pub(super) struct Target {
    /// What the driver needs.
    pub(super) config: tokio_postgres::Config,
    /// A file with the certificates to trust, in place of the public ones.
    pub(super) root_certificates: Option<String>,
}

/// Parameters that the driver knows itself.
const PASSED: [&str; 17] = [
    "application_name",
    "channel_binding",
    "connect_timeout",
    "dbname",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "load_balance_hosts",
    "options",
    "password",
    "port",
    "sslnegotiation",
    "target_session_attrs",
    "user",
];

/// Reads `url`.
///
/// # Errors
/// A sentence for the operator that quotes nothing of the URL, which holds a password.
pub(super) fn read(url: &str) -> Result<Target, String> {
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err(
            "it does not begin with postgres:// or postgresql://; write postgres://user:password@host/name".to_owned()
        );
    }
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let mut passed = Vec::new();
    let mut mode = None;
    let mut root_certificates = None;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        match key {
            "sslmode" => mode = Some(tls_mode(value)?),
            "sslrootcert" if value != "system" => {
                root_certificates = Some(percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned())
            }
            key if PASSED.contains(&key) => passed.push(pair),
            _ => {}
        }
    }
    let text = if passed.is_empty() { base.to_owned() } else { format!("{base}?{}", passed.join("&")) };
    let mut config: tokio_postgres::Config = text.parse().map_err(|error: tokio_postgres::Error| {
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        format!("it is no connection URL ({cause}); special characters in the password must be percent-encoded")
    })?;
    let local =
        config.get_hosts().iter().all(is_local) && config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback);
    // `prefer` would go plain where the server, or somebody in between, says so.
    let mode = match mode.unwrap_or(SslMode::Prefer) {
        SslMode::Prefer if !local => SslMode::Require,
        mode => mode,
    };
    config.ssl_mode(mode);
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(5));
    }
    config.tcp_user_timeout(Duration::from_secs(10));
    if config.get_application_name().is_none() {
        config.application_name("gatepost");
    }
    Ok(Target { config, root_certificates })
}

/// The modes of libpq. rustls always verifies, so that `require` is as strict as `verify-full`.
fn tls_mode(value: &str) -> Result<SslMode, String> {
    match value {
        "disable" => Ok(SslMode::Disable),
        "allow" | "prefer" => Ok(SslMode::Prefer),
        "require" | "verify-ca" | "verify-full" | "no-verify" => Ok(SslMode::Require),
        _ => Err("its `sslmode` is none of disable, prefer, require, verify-full".to_owned()),
    }
}

fn is_local(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost"
                || name.ends_with(".localhost")
                || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read_as_the_providers_write_them() {
        let urls = [
            "postgresql://u:p@ep-cool-1-pooler.us-east-2.aws.neon.tech/neondb?sslmode=require&channel_binding=require",
            "postgres://postgres.ref:p%40ss@aws-0-eu-central-1.pooler.supabase.com:6543/postgres?pgbouncer=true&connection_limit=1",
            "postgres://postgres.ref:p@aws-0-eu-central-1.pooler.supabase.com:5432/postgres?sslmode=require&supa=base-pooler.x",
            "postgres://u:p@host.example/db?sslmode=verify-full&schema=public&pool_timeout=10&uselibpqcompat=true",
            "postgres://u:p@host.example/db?sslmode=no-verify",
            "postgres://u:p@host.example/db?options=endpoint%3Dep-cool-1",
            "postgres://u:p@host.example/db",
        ];
        for url in urls {
            let target = read(url).unwrap_or_else(|error| panic!("{url}: {error}"));
            assert_eq!(target.config.get_ssl_mode(), SslMode::Require, "{url}");
        }
    }

    #[test]
    fn plain_text_leaves_the_machine_only_where_it_is_asked_for() {
        assert_eq!(
            read("postgres://u:p@db.example/x?sslmode=disable").unwrap().config.get_ssl_mode(),
            SslMode::Disable
        );
        assert_eq!(read("postgres://u:p@db.example/x?sslmode=prefer").unwrap().config.get_ssl_mode(), SslMode::Require);
        // A name says nothing where the address stands beside it.
        let elsewhere = read("postgres://u:p@localhost/x?hostaddr=192.0.2.7").unwrap();
        assert_eq!(elsewhere.config.get_ssl_mode(), SslMode::Require);
        assert_eq!(read("postgres://u:p@127.0.0.1/x").unwrap().config.get_ssl_mode(), SslMode::Prefer);
        assert_eq!(read("postgres://u@/x?host=/run/postgresql").unwrap().config.get_ssl_mode(), SslMode::Prefer);
    }

    #[test]
    fn a_url_that_is_none_is_refused_without_being_quoted() {
        for url in [
            "mysql://u:hunter2@h/x",
            "hunter2",
            "postgres://u:hunter2@h/x?sslmode=maybe",
            "postgres://u:hunter2@h:port/x",
        ] {
            let error = read(url).err().unwrap_or_else(|| panic!("{url} was accepted"));
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_private_authority_is_taken_from_sslrootcert() {
        let target = read("postgres://u@h/x?sslmode=verify-ca&sslrootcert=%2Fetc%2Fca.pem").unwrap();
        assert_eq!(target.root_certificates.as_deref(), Some("/etc/ca.pem"));
    }
}
