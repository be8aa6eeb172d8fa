//! A single connection outside the pool, for migrations and diagnosis on the command line.

use tokio_postgres::{Client, Socket, config::Host, tls::MakeTlsConnect};

pub use super::url::Protection;
#[cfg(feature = "websocket")]
use super::websocket;
use super::{
    StoreError, advice, tls,
    url::{self, Target},
    words,
};
use crate::config::{ConnectionOptions, DatabaseTransport};

/// The target of a URL, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The host name, the address or the folder of the socket; several are joined by commas.
    pub host: String,
    /// The port of the first host.
    pub port: u16,
    /// The protection of the connection.
    pub tls: Protection,
    /// The transport of the connection.
    pub transport: DatabaseTransport,
}

/// Reads the target of `url`, by the rules of the pool.
///
/// # Errors
/// A sentence for the operator, which quotes nothing of the URL.
pub fn address(url: &str, transport: DatabaseTransport) -> Result<Address, StoreError> {
    let target = match transport {
        DatabaseTransport::Tcp => url::read(url),
        #[cfg(feature = "websocket")]
        DatabaseTransport::WebSocket => websocket::target(url),
    };
    let Target { config, protection, .. } = target.map_err(StoreError::Unavailable)?;
    let name = |host: &Host| match host {
        Host::Tcp(name) => name.clone(),
        Host::Unix(path) => path.display().to_string(),
    };
    let hosts: Vec<_> = config.get_hosts().iter().map(name).collect();
    Ok(Address {
        host: hosts.join(","),
        port: config.get_ports().first().copied().unwrap_or(5432),
        tls: protection,
        transport,
    })
}

/// Connects to `url` by the rules of the pool: the URL is read in the same way, with the same TLS and transport.
///
/// # Errors
/// [`StoreError::Unavailable`] with a sentence for the operator, which quotes nothing of the URL.
pub async fn connect(url: &str, options: &ConnectionOptions) -> Result<Client, StoreError> {
    match options.transport {
        DatabaseTransport::Tcp => {
            let target = url::read(url).map_err(StoreError::Unavailable)?;
            let tls = tls::connector(&target, options).map_err(StoreError::Unavailable)?;
            open(&target, tls).await
        }
        #[cfg(feature = "websocket")]
        DatabaseTransport::WebSocket => {
            let (target, connector) = websocket::read(url, options).map_err(StoreError::Unavailable)?;
            open(&target, connector).await
        }
    }
}

async fn open<C>(target: &Target, connector: C) -> Result<Client, StoreError>
where
    C: MakeTlsConnect<Socket, Stream: Send + 'static> + Clone,
{
    let connected = match (target.config.connect(connector.clone()).await, &target.without_search_path) {
        (Err(error), Some(config)) if advice::is_refused_parameter(&error) => config.connect(connector).await,
        (connected, _) => connected,
    };
    let (client, connection) =
        connected.map_err(|error| StoreError::connecting(&error, words::unsaid(&target.config)))?;
    tokio::spawn(async move {
        // The next statement of the client reports a lost connection.
        let _ = connection.await;
    });
    Ok(client)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_where_a_url_leads_and_nothing_that_is_secret() {
        for (url, host, port, tls) in [
            (
                "postgres://u:hunter2@ep-1-pooler.us-east-2.aws.neon.tech/x",
                "ep-1-pooler.us-east-2.aws.neon.tech",
                5432,
                Protection::Verified,
            ),
            (
                "postgres://u:hunter2@db.example:6543/x?sslmode=disable&pgbouncer=true",
                "db.example",
                6543,
                Protection::Plain,
            ),
            ("postgres://u:hunter2@localhost:5433/x", "localhost", 5433, Protection::Offered),
            ("postgres://u:hunter2@/x?host=/run/postgresql", "/run/postgresql", 5432, Protection::Offered),
            (
                "postgres://u:hunter2@/x?host=/run/postgresql&sslmode=disable",
                "/run/postgresql",
                5432,
                Protection::Offered,
            ),
            ("postgres://u:hunter2@db.example/x?sslmode=no-verify", "db.example", 5432, Protection::Unverified),
            ("postgres://u:hunter2@localhost/x?sslmode=no-verify", "localhost", 5432, Protection::Unverified),
            ("postgres://u:hunter2@localhost/x?sslmode=require", "localhost", 5432, Protection::Verified),
            ("postgres://u:hunter2@localhost/x?host=db.example", "db.example", 5432, Protection::Verified),
            ("postgres://u:hunter2@a.example,b.example/x", "a.example,b.example", 5432, Protection::Verified),
        ] {
            let transport = DatabaseTransport::Tcp;
            let found = address(url, transport).unwrap();
            assert_eq!(found, Address { host: host.to_owned(), port, tls, transport }, "{url}");
            assert!(!format!("{found:?}").contains("hunter2"));
        }
        let refused = address("mysql://u:hunter2@h/x", DatabaseTransport::Tcp);
        assert!(refused.is_err_and(|error| !error.to_string().contains("hunter2")));
    }
}
