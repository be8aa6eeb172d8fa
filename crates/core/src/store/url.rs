//! Reads connection URLs into what the driver and TLS need.

use std::time::Duration;

use tokio_postgres::config::{Host, SslMode};

use crate::config::{DatabaseUrl, TlsMode};

/// The protection of a connection to a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// TLS with a verified certificate.
    Verified,
    /// TLS with any certificate: `sslmode=no-verify`.
    Unverified,
    /// TLS with any certificate if the server supports it: only to this machine.
    Offered,
    /// Plain text, as the URL asks for.
    Plain,
}

/// The target of a URL and the way to connect to it.
pub(super) struct Target {
    /// The settings of the driver.
    pub(super) config: tokio_postgres::Config,
    /// The settings without the search path of `options`, if they have one: poolers refuse it, and no statement needs it.
    pub(super) without_search_path: Option<tokio_postgres::Config>,
    /// The protection of the connection.
    pub(super) protection: Protection,
    /// A file with the certificates to trust instead of the public ones.
    pub(super) root_certificates: Option<String>,
}

/// Reads the target of `url`.
///
/// # Errors
/// A sentence for the operator, which quotes nothing of the URL because that holds a password.
pub(super) fn read(url: &str) -> Result<Target, String> {
    target(&DatabaseUrl::read(url)?)
}

/// Returns the target of a parsed URL.
///
/// # Errors
/// Those of [`read`].
pub(super) fn target(url: &DatabaseUrl) -> Result<Target, String> {
    let mut config = config(url)?;
    let mut without_search_path = url.without_search_path().as_ref().map(self::config).transpose()?;
    let protection = protection(url.tls, &config);
    let mode = match protection {
        _ if is_socket(&config) => SslMode::Disable,
        Protection::Plain => SslMode::Disable,
        Protection::Offered => SslMode::Prefer,
        Protection::Unverified | Protection::Verified => SslMode::Require,
    };
    for config in [Some(&mut config), without_search_path.as_mut()].into_iter().flatten() {
        config.ssl_mode(mode);
    }
    Ok(Target { config, without_search_path, protection, root_certificates: url.root_certificates.clone() })
}

fn config(url: &DatabaseUrl) -> Result<tokio_postgres::Config, String> {
    let mut config: tokio_postgres::Config = url.keywords().parse().map_err(|error: tokio_postgres::Error| {
        let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        format!("it is not a connection URL ({cause}); correct that value, or remove it")
    })?;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(5));
    }
    config.tcp_user_timeout(Duration::from_secs(10));
    if config.get_application_name().is_none() {
        config.application_name("gatepost");
    }
    Ok(config)
}

/// Returns the protection of a connection. `prefer` is the default and allows plain text if the server, or something in between,
/// asks for it, so it counts only for connections to this machine.
fn protection(mode: Option<TlsMode>, config: &tokio_postgres::Config) -> Protection {
    let hosts = config.get_hosts();
    let is_local = hosts.iter().all(is_local) && config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback);
    match mode.unwrap_or(TlsMode::Prefer) {
        _ if is_socket(config) => Protection::Offered,
        TlsMode::Disable => Protection::Plain,
        TlsMode::Prefer if is_local => Protection::Offered,
        TlsMode::NoVerify => Protection::Unverified,
        TlsMode::Prefer | TlsMode::Require => Protection::Verified,
    }
}

/// Whether every host is a socket, which is on this machine and has no TLS.
fn is_socket(config: &tokio_postgres::Config) -> bool {
    let hosts = config.get_hosts();
    !hosts.is_empty() && hosts.iter().all(|host| matches!(host, Host::Unix(_)))
}

fn is_local(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            let lower = name.to_ascii_lowercase();
            lower == "localhost"
                || lower.ends_with(".localhost")
                || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(url: &str) -> SslMode {
        read(url).unwrap_or_else(|error| panic!("{url}: {error}")).config.get_ssl_mode()
    }

    #[test]
    fn urls_are_read_as_the_providers_write_them() {
        let urls = [
            // Neon, pooled and not.
            "postgresql://neondb_owner:npg_p@ep-cool-1-pooler.us-east-2.aws.neon.tech/neondb?sslmode=require&channel_binding=require",
            "postgresql://neondb_owner:npg_p@ep-cool-1.us-east-2.aws.neon.tech/neondb?sslmode=require",
            "postgres://u:p@host.example/db?options=endpoint%3Dep-cool-1",
            "postgresql://u:p@ep-cool-1-pooler.us-east-2.aws.neon.tech/db?pgbouncer=true&connect_timeout=10&pool_timeout=10",
            // Supabase: transaction mode, session mode, the platform's integration, directly.
            "postgres://postgres.ref:p%40ss@aws-0-eu-central-1.pooler.supabase.com:6543/postgres?pgbouncer=true&connection_limit=1",
            "postgres://postgres.ref:p@aws-0-eu-central-1.pooler.supabase.com:5432/postgres?sslmode=require&supa=base-pooler.x",
            "postgresql://postgres:p@db.abcdefghijklmnop.supabase.co:5432/postgres",
            // Vercel Postgres, Heroku, Render, Railway, RDS, Aiven, DigitalOcean, Azure, CockroachDB, Fly.
            "postgres://default:p@ep-x-pooler.us-east-1.aws.neon.tech:5432/verceldb?sslmode=require",
            "postgres://u1:p1@ec2-1-2-3-4.compute-1.amazonaws.com:5432/d1",
            "postgresql://u:p@dpg-abc-a.oregon-postgres.render.com/db_x",
            "postgresql://postgres:p@containers-us-west-1.railway.app:5432/railway",
            "postgresql://postgres:p@viaduct.proxy.rlwy.net:12345/railway",
            "postgresql://u:p@db.abc.eu-west-1.rds.amazonaws.com:5432/db?sslmode=verify-full&sslrootcert=/certs/global-bundle.pem",
            "postgres://avnadmin:AVNS_p@pg-1.aivencloud.com:12691/defaultdb?sslmode=require",
            "postgresql://doadmin:p@db-1.b.db.ondigitalocean.com:25060/defaultdb?sslmode=require",
            "postgresql://u%40srv:p@srv.postgres.database.azure.com:5432/db?sslmode=require",
            "postgresql://u:p@x.cockroachlabs.cloud:26257/defaultdb?sslmode=verify-full",
            "postgres://postgres:p@app.flycast:5432",
            // Prisma, Django (dj-database-url), Rails.
            "postgresql://u:p@host.example:5432/db?schema=public&connection_limit=5&socket_timeout=3&sslaccept=strict",
            "postgres://u:p@host.example/db?conn_max_age=600&ssl_require=True",
            "postgresql://u:p@host.example/db?pool=5&prepared_statements=false&schema_search_path=auth&encoding=utf8",
            "postgres://u:p@host.example/db?sslmode=verify-full&schema=public&pool_timeout=10&uselibpqcompat=true",
            "postgres://u:p@host.example/db?sslmode=no-verify",
            "postgres://u:p@host.example/db",
        ];
        for url in urls {
            assert_eq!(mode(url), SslMode::Require, "{url}");
        }
        let socket = "postgresql://u:p@localhost/db?host=/cloudsql/project:region:instance";
        let target = read(socket).unwrap();
        assert!(matches!(target.config.get_hosts(), [Host::Unix(_)]), "{:?}", target.config);
    }

    #[test]
    fn plain_text_leaves_the_machine_only_where_it_is_asked_for() {
        assert_eq!(mode("postgres://u:p@db.example/x?sslmode=disable"), SslMode::Disable);
        assert_eq!(mode("postgres://u:p@db.example/x?ssl=false"), SslMode::Disable);
        assert_eq!(mode("postgres://u:p@db.example/x?sslmode=prefer"), SslMode::Require);
        // The host name decides nothing if an address is given, or another host.
        assert_eq!(mode("postgres://u:p@localhost/x?hostaddr=192.0.2.7"), SslMode::Require);
        assert_eq!(mode("postgres://u:p@localhost/x?host=db.example"), SslMode::Require);
        assert_eq!(mode("postgres://u:p@localhost,db.example/x"), SslMode::Require);
        assert_eq!(mode("postgres://u:p@127.0.0.1/x"), SslMode::Prefer);
        assert_eq!(mode("postgres://u:p@LOCALHOST/x"), SslMode::Prefer);
        assert_eq!(mode("postgres:///x"), SslMode::Prefer);
        // A socket is never asked whether it has TLS.
        assert_eq!(mode("postgres://u@/x?host=/run/postgresql&sslmode=require"), SslMode::Disable);
    }

    #[test]
    fn a_url_that_is_none_is_refused_without_being_quoted() {
        for url in [
            "mysql://u:hunter2@h/x",
            "hunter2",
            "postgres://u:hunter2@h/x?sslmode=maybe",
            "postgres://u:hunter2@h:port/x",
            "postgres://u:hunter2@h/x?connect_timeout=hunter2",
            "postgres://u:hunter2@h/x?hostaddr=hunter2",
        ] {
            let error = read(url).err().unwrap_or_else(|| panic!("{url} was accepted"));
            assert!(!error.contains("hunter2") && error.contains("; "), "{error}");
        }
        let shown = format!("{:?}", read("postgres://u:hunter2@h/x").unwrap().config);
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn a_search_path_is_sent_where_it_is_an_option_and_can_be_left_out() {
        let target = read("postgres://u:p@h/x?options=-c search_path=auth -c geqo=off").unwrap();
        assert_eq!(target.config.get_options(), Some("-c search_path=auth -c geqo=off"));
        assert_eq!(target.without_search_path.unwrap().get_options(), Some("-c geqo=off"));
        let target = read("postgres://u:p@h/x?options=-csearch_path%3Dauth").unwrap();
        assert_eq!(target.without_search_path.unwrap().get_options(), None);
        for url in ["postgres://u:p@h/x?schema=auth", "postgres://u:p@h/x?options=-c geqo=off"] {
            assert!(read(url).unwrap().without_search_path.is_none(), "{url}");
        }
    }

    #[test]
    fn a_private_authority_is_taken_from_sslrootcert() {
        let target = read("postgres://u@h/x?sslmode=verify-ca&sslrootcert=%2Fetc%2Fca.pem").unwrap();
        assert_eq!(target.root_certificates.as_deref(), Some("/etc/ca.pem"));
    }
}
