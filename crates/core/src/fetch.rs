//! Outgoing HTTP: bounded in time and size, over TLS verified by the well-known authorities, and no redirect is followed.
//! Hosts that others name may be kept to public addresses: what is asked for there must not be a service of the network inside.
//!
//! A connection serves one request, since kept it would not outlive a freeze. Whoever keeps one nevertheless
//! (`store/secondary/connections.rs`) looks after that, and nothing of it runs between two requests.

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

/// For one request with its answer.
const TIME: Duration = Duration::from_secs(10);
/// Bytes of an answer that are read.
const SIZE: usize = 65_536;

/// Which addresses a host may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Any: the operator named it.
    Anywhere,
    /// Public ones, and over TLS.
    Public,
}

/// Sends a request to `url`, https or http, and reads the whole answer.
///
/// # Errors
/// What went wrong, in a sentence without the URL: it may hold a secret.
pub async fn send(url: &Url, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, String> {
    send_bounded(Reach::Anywhere, SIZE, url, request).await
}

/// Sends a request to `url`, https or http, and reads the whole answer, which has at most `size` bytes.
///
/// # Errors
/// What went wrong, in a sentence without the URL: it may hold a secret.
pub async fn send_up_to(size: usize, url: &Url, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, String> {
    send_bounded(Reach::Anywhere, size, url, request).await
}

/// Sends a request to `url` if the addresses of its host are of this reach, and reads the whole answer. It connects to the address
/// that it has judged.
///
/// # Errors
/// What went wrong, in a sentence without the URL: it may hold a secret.
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

/// Whether an address is one of the internet (RFC 6890): none of a private network, of this machine, of a link, none that
/// stands for another one, and none that is reserved.
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

/// Global unicast without the addresses that lead to one of IPv4 (6to4, Teredo) and those for documentation.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    (a & 0xE000) == 0x2000 && a != 0x2002 && !(a == 0x2001 && (b < 0x0200 || b == 0x0DB8)) && a != 0x3FFF
}

/// A connection to a host. Without a bound of its own: whoever uses it has one.
pub(crate) struct Connection {
    sender: http1::SendRequest<Full<Bytes>>,
    driver: http1::Connection<Box<dyn Stream>, Full<Bytes>>,
    is_over: bool,
}

/// With and without TLS alike, so that a client of HTTP is linked once.
trait Stream: Read + Write + Unpin + Send {}
impl<S: Read + Write + Unpin + Send> Stream for S {}

impl Connection {
    /// Opens one to the host of `url`.
    ///
    /// # Errors
    /// What went wrong, without the URL; of the kind `InvalidData` where TLS refuses the host.
    pub(crate) async fn open(reach: Reach, url: &Url) -> io::Result<Self> {
        if reach == Reach::Public && url.scheme() != "https" {
            return Err(io::Error::other("it must be asked over https"));
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

    /// Sends a request to `url`, which is of this host, and reads the whole answer, which has at most `size` bytes.
    ///
    /// # Errors
    /// What went wrong, without the URL.
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
        .map_err(|_| io::Error::other("the path cannot be asked for"))?;
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
            // It sends what was asked for, and hands over what came. Of a loss the answer tells.
            *is_over = *is_over || Pin::new(&mut *driver).poll(cx).is_ready();
            answer.as_mut().poll(cx)
        })
        .await
    }

    /// Whether it serves no other request: the host has closed it, or said that it does.
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
