//! Outgoing HTTP: bounded in time and size, over TLS with the public authorities, without following redirects. Hosts that others
//! name can be limited to public addresses, so that requests do not reach services in an internal network.
//!
//! A connection serves one request, because a connection that stays open would not survive a freeze.
//! `store/secondary/connections.rs` keeps connections nevertheless and handles that; nothing of a connection runs between two
//! requests.

use std::{
    future::poll_fn,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    pin::{Pin, pin},
    sync::Arc,
    task::Poll,
    time::Duration,
};

use bytes::Bytes;
use futures_util::FutureExt as _;
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

/// The time limit for one request with its answer.
const TIME: Duration = Duration::from_secs(10);
/// The maximum size of an answer in bytes.
const SIZE: usize = 65_536;

/// The addresses that a host may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Any address, because the operator named the host.
    Anywhere,
    /// Public addresses, over TLS.
    Public,
}

/// Sends a request to `url`, https or http, and reads the whole answer.
///
/// # Errors
/// The cause, in a sentence without the URL, which may hold a secret.
pub async fn send(url: &Url, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, String> {
    send_bounded(Reach::Anywhere, SIZE, url, request).await
}

/// Sends a request to `url`, https or http, and reads the whole answer, which has at most `size` bytes.
///
/// # Errors
/// The cause, in a sentence without the URL, which may hold a secret.
pub async fn send_up_to(size: usize, url: &Url, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, String> {
    send_bounded(Reach::Anywhere, size, url, request).await
}

/// Sends a request to a host whose addresses `reach` allows. The address that was checked is the one that is used.
///
/// # Errors
/// The cause, in a sentence without the URL, which may hold a secret.
pub async fn send_within(reach: Reach, url: &Url, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, String> {
    send_bounded(reach, SIZE, url, request).await
}

async fn send_bounded(
    reach: Reach,
    size: usize,
    url: &Url,
    request: Request<Full<Bytes>>,
) -> Result<Response<Bytes>, String> {
    let asking = async { Connection::open(reach, url).await?.exchange(size, url, request).await };
    match tokio::time::timeout(TIME, asking).await {
        Ok(answer) => answer.map_err(|error| error.to_string()),
        Err(_) => Err(format!("no answer within {} s", TIME.as_secs())),
    }
}

async fn connect(reach: Reach, host: &str, port: u16) -> io::Result<TcpStream> {
    if reach == Reach::Anywhere {
        return TcpStream::connect((host, port)).await;
    }
    let found = tokio::net::lookup_host((host, port)).await?;
    let public: Vec<_> = found.filter(|address| is_public(address.ip())).collect();
    if public.is_empty() {
        return Err(io::Error::other("the host has no public address, and `allow_private_addresses` is not set"));
    }
    TcpStream::connect(public.as_slice()).await
}

/// Whether an address is public (RFC 6890): not of a private network, of this machine or of a link, not mapped to another address,
/// and not reserved.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || a == 0
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b)))
}

/// Whether an IPv6 address is global unicast, except those that lead to an IPv4 address (6to4, Teredo) and those for documentation.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    (a & 0xE000) == 0x2000 && a != 0x2002 && !(a == 0x2001 && (b < 0x0200 || b == 0x0DB8)) && a != 0x3FFF
}

/// A connection to a host. It has no time limit of its own; its callers have one.
pub(crate) struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
    driver: http1::Connection<Box<dyn Stream>, Full<Bytes>>,
    is_over: bool,
}

/// A stream with or without TLS, so that the HTTP client is compiled only once.
trait Stream: Read + Write + Unpin + Send {}
impl<S: Read + Write + Unpin + Send> Stream for S {}

impl Connection {
    /// Opens a connection to the host of `url`.
    ///
    /// # Errors
    /// The cause, without the URL; of the kind `InvalidData` if TLS refuses the host.
    pub(crate) async fn open(reach: Reach, url: &Url) -> io::Result<Self> {
        if reach == Reach::Public && url.scheme() != "https" {
            return Err(io::Error::other("its URL must be https"));
        }
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let stream = connect(reach, &host, url.port_or_known_default().unwrap_or(443)).await?;
        let stream: Box<dyn Stream> = if url.scheme() == "http" {
            Box::new(TokioIo::new(stream))
        } else {
            let name = ServerName::try_from(host).map_err(io::Error::other)?;
            Box::new(TokioIo::new(tls()?.connect(name, stream).await?))
        };
        let (sender, driver) = http1::handshake(stream).await.map_err(io::Error::other)?;
        Ok(Self { sender, driver, is_over: false })
    }

    /// Sends a request to `url`, which is of this host, and reads the whole answer, of at most `size` bytes.
    ///
    /// # Errors
    /// The cause, without the URL.
    pub(crate) async fn exchange(
        &mut self,
        size: usize,
        url: &Url,
        mut request: Request<Full<Bytes>>,
    ) -> io::Result<Response<Bytes>> {
        *request.uri_mut() = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        }
        .parse()
        .map_err(|_| io::Error::other("the path contains characters that a request cannot have"))?;
        let authority = url.authority().rsplit('@').next().unwrap_or_default();
        let authority = HeaderValue::from_str(authority).map_err(io::Error::other)?;
        request.headers_mut().insert(header::HOST, authority);

        let Self { sender, driver, is_over } = self;
        let mut answer = pin!(async {
            sender.ready().await.map_err(io::Error::other)?;
            let (parts, body) = sender.send_request(request).await.map_err(io::Error::other)?.into_parts();
            let body = Limited::new(body, size).collect().await.map_err(io::Error::other)?;
            Ok(Response::from_parts(parts, body.to_bytes()))
        });
        poll_fn(|cx| {
            if let Poll::Ready(answer) = answer.as_mut().poll(cx) {
                return Poll::Ready(answer);
            }
            // The driver sends the request and delivers the answer. If the connection is lost, the answer reports it.
            *is_over = *is_over || Pin::new(&mut *driver).poll(cx).is_ready();
            answer.as_mut().poll(cx)
        })
        .await
    }

    /// Whether the connection serves no further request: the host has closed it, or announced that.
    pub(crate) fn is_over(&mut self) -> bool {
        self.is_over = self.is_over || (&mut self.driver).now_or_never().is_some();
        self.is_over
    }
}

fn tls() -> io::Result<TlsConnector> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(io::Error::other)?.with_root_certificates(roots).with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_network_inside_is_not_public() {
        let inside = [
            "127.0.0.1",
            "10.0.0.1",
            "172.16.9.9",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "192.88.99.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::1",
            "2001::1",
            "2001:db8::1",
            "ff02::1",
            "fec0::1",
        ];
        for address in inside {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in ["1.1.1.1", "140.82.121.4", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::1"] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }
}
