//! Outgoing HTTP: bounded in time and size, over TLS verified by the well-known authorities, and no redirect is followed.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};

/// For one request with its answer.
const TIME: Duration = Duration::from_secs(10);
/// Bytes of an answer that are read.
const SIZE: usize = 65_536;

/// Sends requests.
pub struct Fetcher(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

/// Whether a host is this machine, with which plain text may be spoken.
pub fn is_loopback(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "::1" | "[::1]")
}

impl Fetcher {
    /// Connects to nothing yet.
    pub fn new() -> Self {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_connect_timeout(Some(TIME / 2));
        let tls = hyper_rustls::HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1();
        // A connection that outlives a freeze is dead, so none is kept.
        Self(Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(tls.wrap_connector(http)))
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// What went wrong, in a sentence without the URL: it may hold a secret.
    pub async fn send(&self, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, String> {
        let whole = async {
            let response = self.0.request(request).await.map_err(|error| error.to_string())?;
            let (parts, body) = response.into_parts();
            let body = Limited::new(body, SIZE).collect().await.map_err(|error| error.to_string())?;
            Ok(Response::from_parts(parts, body.to_bytes()))
        };
        tokio::time::timeout(TIME, whole)
            .await
            .unwrap_or_else(|_| Err(format!("no answer within {} s", TIME.as_secs())))
    }
}

impl Default for Fetcher {
    fn default() -> Self {
        Self::new()
    }
}
