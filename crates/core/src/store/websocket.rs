//! PostgreSQL's protocol inside a WebSocket, as Neon offers it at `wss://host/v2`, for networks that let only HTTPS out. Part of
//! the build with the feature `websocket`.
//!
//! The driver opens a stream to the host and lets TLS take it over; here a WebSocket does that, over its own TLS. There is no
//! second TLS inside, and so no channel to bind a login to.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::{Buf as _, Bytes};
use futures_util::{Sink, Stream};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::{
    Socket,
    config::{ChannelBinding, SslMode, SslNegotiation},
    tls::{self, MakeTlsConnect, TlsConnect, TlsStream},
};
use tokio_rustls::TlsConnector;
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message},
};

use super::url::{self, Target};
use crate::config::{ConnectionOptions, DatabaseUrl};

/// Turns a stream to the host into a WebSocket.
#[derive(Clone)]
pub(super) struct Connector {
    /// `None` to a local proxy without TLS.
    tls: Option<Arc<rustls::ClientConfig>>,
    host: String,
}

/// Returns the target of `url` over a WebSocket. Without a port, or with PostgreSQL's own, it is the port of HTTPS.
///
/// # Errors
/// A sentence for the operator, which quotes nothing of the URL.
pub(super) fn target(url: &str) -> Result<Target, String> {
    let url = DatabaseUrl::read(url)?;
    let url = if url.port().is_none_or(|port| port == "5432") { url.with_port(443) } else { url };
    url::target(&url)
}

/// Returns what the driver needs to reach `url` over a WebSocket.
///
/// # Errors
/// Those of [`target`].
pub(super) fn read(url: &str, options: &ConnectionOptions) -> Result<(Target, Connector), String> {
    let mut target = target(url)?;
    let tls = match target.config.get_ssl_mode() {
        SslMode::Require => Some(Arc::new(super::tls::settings(&target, options)?)),
        _ => None,
    };
    for config in [Some(&mut target.config), target.without_search_path.as_mut()].into_iter().flatten() {
        // The driver must not ask the server for TLS first.
        config.ssl_mode(SslMode::Require).ssl_negotiation(SslNegotiation::Direct);
        config.channel_binding(ChannelBinding::Disable);
    }
    Ok((target, Connector { tls, host: String::new() }))
}

impl MakeTlsConnect<Socket> for Connector {
    type Stream = Messages;
    type TlsConnect = Self;
    type Error = io::Error;

    fn make_tls_connect(&mut self, host: &str) -> io::Result<Self> {
        Ok(Self { tls: self.tls.clone(), host: host.to_owned() })
    }
}

impl TlsConnect<Socket> for Connector {
    type Stream = Messages;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Messages>> + Send>>;

    fn connect(self, socket: Socket) -> Self::Future {
        Box::pin(async move {
            let (scheme, carrier): (_, Box<dyn Carrier>) = match self.tls {
                Some(tls) => {
                    let name = ServerName::try_from(self.host.clone()).map_err(io::Error::other)?;
                    ("wss", Box::new(TlsConnector::from(tls).connect(name, socket).await?))
                }
                None => ("ws", Box::new(socket)),
            };
            let opened = client_async(format!("{scheme}://{}/v2", self.host), carrier).await;
            Ok(Messages { socket: opened.map_err(failed)?.0, rest: Bytes::new() })
        })
    }
}

/// The stream below a WebSocket.
pub(super) trait Carrier: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin> Carrier for S {}

/// The messages of a WebSocket as a stream of bytes. The boundaries of messages have no meaning.
pub(super) struct Messages {
    socket: WebSocketStream<Box<dyn Carrier>>,
    /// The rest of the previous message.
    rest: Bytes,
}

impl TlsStream for Messages {
    fn channel_binding(&self) -> tls::ChannelBinding {
        tls::ChannelBinding::none()
    }
}

impl AsyncRead for Messages {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        while self.rest.is_empty() {
            match ready!(Pin::new(&mut self.socket).poll_next(cx)) {
                Some(Ok(Message::Binary(bytes))) => self.rest = bytes,
                Some(Ok(Message::Close(_))) | None => return Poll::Ready(Ok(())),
                // Pings are answered by the library.
                Some(Ok(_)) => {}
                Some(Err(error)) => return Poll::Ready(Err(failed(error))),
            }
        }
        let length = self.rest.len().min(into.remaining());
        into.put_slice(self.rest.get(..length).unwrap_or_default());
        self.rest.advance(length);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Messages {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        ready!(Pin::new(&mut self.socket).poll_ready(cx)).map_err(failed)?;
        let message = Message::Binary(Bytes::copy_from_slice(bytes));
        Pin::new(&mut self.socket).start_send(message).map_err(failed)?;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx).map_err(failed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_close(cx).map_err(failed)
    }
}

/// Turns an error into one of the stream: the connection is lost, and may be opened again.
fn failed(error: Error) -> io::Error {
    match error {
        Error::Io(error) => error,
        error => io::Error::other(error),
    }
}
