//! A Redis, spoken to in its own protocol.

use std::{io, sync::Arc};

use futures_util::FutureExt as _;
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use super::{
    resp::{self, Unread},
    url::Target,
    value::{Value, is_passing},
};

/// Where it is, and who comes.
pub(super) struct Server {
    target: Target,
    tls: Option<TlsConnector>,
}

/// With and without TLS alike.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send + Sync {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send + Sync> Stream for S {}

/// A connection to it.
pub(super) struct Line(Box<dyn Stream>);

impl Server {
    pub(super) fn new(mut target: Target) -> Self {
        let tls = target.tls.take().map(|tls| TlsConnector::from(Arc::new(tls)));
        Self { target, tls }
    }

    /// Connects and logs in.
    ///
    /// # Errors
    /// Of the kind `InvalidData` where TLS or the login is refused.
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
    /// What has to succeed before anything else is asked.
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
                Err(Unread::Incomplete) => {}
                // More than one answer to one command is none.
                Ok(_) | Err(Unread::Broken) => return Err(io::Error::other("it does not speak the protocol of Redis")),
            }
        }
    }

    /// Nobody has asked for anything: there is something to read only where the server has closed it, or says so.
    pub(super) fn is_over(&mut self) -> bool {
        self.0.read_u8().now_or_never().is_some()
    }
}
