//! The connection to a Redis by its own protocol.

use std::{io, sync::Arc};

use futures_util::FutureExt as _;
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use super::{
    resp::{self, NoReply},
    url::Target,
    value::{Value, is_passing},
};

/// The address of a Redis, its TLS settings and the login.
pub(super) struct Server {
    target: Target,
    tls: Option<TlsConnector>,
}

/// A stream with or without TLS.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send + Sync {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send + Sync> Stream for S {}

/// A connection to a Redis.
pub(super) struct Line(Box<dyn Stream>);

impl Server {
    pub(super) fn new(mut target: Target) -> Self {
        let tls = target.tls.take().map(|tls| TlsConnector::from(Arc::new(tls)));
        Self { target, tls }
    }

    /// Connects and logs in.
    ///
    /// # Errors
    /// An error of the kind `InvalidData` if TLS or the login is refused.
    pub(super) async fn connect(&self) -> io::Result<Line> {
        let Target { host, port, user, password, database, .. } = &self.target;
        let stream = TcpStream::connect((host.as_str(), *port)).await?;
        stream.set_nodelay(true)?;
        let mut line = Line(match &self.tls {
            None => Box::new(stream),
            Some(tls) => {
                let name = ServerName::try_from(host.clone()).map_err(io::Error::other)?;
                Box::new(tls.connect(name, stream).await?)
            }
        });
        if let Some(password) = password {
            let login: Vec<&str> = ["AUTH"].into_iter().chain(user.as_deref()).chain([password.as_str()]).collect();
            line.greet(&login).await?;
        }
        if *database != 0 {
            line.greet(&["SELECT", &database.to_string()]).await?;
        }
        Ok(line)
    }
}

impl Line {
    /// Sends a command that has to succeed before any other.
    async fn greet(&mut self, command: &[&str]) -> io::Result<()> {
        match self.exchange(command).await? {
            Value::Refused(words) if is_passing(&words) => Err(io::Error::other(words)),
            Value::Refused(words) => Err(io::Error::new(io::ErrorKind::InvalidData, words)),
            _ => Ok(()),
        }
    }

    /// Sends a command and reads its answer.
    pub(super) async fn exchange(&mut self, command: &[&str]) -> io::Result<Value> {
        self.0.write_all(&resp::command(command)).await?;
        self.0.flush().await?;
        let mut bytes = Vec::with_capacity(4_096);
        loop {
            if self.0.read_buf(&mut bytes).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            match resp::answer(&bytes) {
                Ok((value, length)) if length == bytes.len() => return Ok(value),
                Err(NoReply::Incomplete) => {}
                // One command has exactly one answer.
                Ok(_) | Err(NoReply::Broken) => {
                    return Err(io::Error::other("the server does not answer in the protocol of Redis"));
                }
            }
        }
    }

    /// Whether the connection is over. No answer is due, so only its end, or a message about it, makes it readable.
    pub(super) fn is_over(&mut self) -> bool {
        self.0.read_u8().now_or_never().is_some()
    }
}
