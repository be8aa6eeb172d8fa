//! Outgoing HTTP: bounded in time and size, over TLS verified by the well-known authorities, and no redirect is followed.
//! A connection serves one request: kept, it would not outlive a freeze.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{
    client::conn::http1,
    rt::{Read, Write},
};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::Url;

/// For one request with its answer.
const TIME: Duration = Duration::from_secs(10);
/// Bytes of an answer that are read.
const SIZE: usize = 65_536;

/// Whether a host is this machine, with which plain text may be spoken.
pub fn is_loopback(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "::1" | "[::1]")
}

/// Sends a request to `url`, https or http, and reads the whole answer.
///
/// # Errors
/// What went wrong, in a sentence without the URL: it may hold a secret.
pub async fn send(url: &Url, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, String> {
    let answer = tokio::time::timeout(TIME, exchange(url, request)).await;
    answer.unwrap_or_else(|_| Err(format!("no answer within {} s", TIME.as_secs())))
}

async fn exchange(url: &Url, mut request: Request<Full<Bytes>>) -> Result<Response<Bytes>, String> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = url.port_or_known_default().unwrap_or(443);
    *request.uri_mut() = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
    .parse()
    .map_err(|_| "the path cannot be asked for".to_owned())?;
    let authority = url.authority().rsplit('@').next().unwrap_or_default();
    let authority = HeaderValue::from_str(authority).map_err(|error| error.to_string())?;
    request.headers_mut().insert(header::HOST, authority);

    let stream = TcpStream::connect((host.as_str(), port)).await.map_err(|error| error.to_string())?;
    if url.scheme() == "http" {
        return over(TokioIo::new(stream), request).await;
    }
    let name = ServerName::try_from(host).map_err(|error| error.to_string())?;
    let stream = tls()?.connect(name, stream).await.map_err(|error| error.to_string())?;
    over(TokioIo::new(stream), request).await
}

async fn over<S>(stream: S, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, String>
where
    S: Read + Write + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(stream).await.map_err(|error| error.to_string())?;
    let driving = tokio::spawn(async move {
        // Whoever waits for the answer learns of a lost connection there.
        let _ = connection.await;
    });
    let answer = async {
        let response = sender.send_request(request).await.map_err(|error| error.to_string())?;
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, SIZE).collect().await.map_err(|error| error.to_string())?;
        Ok(Response::from_parts(parts, body.to_bytes()))
    }
    .await;
    driving.abort();
    answer
}

fn tls() -> Result<TlsConnector, String> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| error.to_string())?.with_root_certificates(roots).with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
