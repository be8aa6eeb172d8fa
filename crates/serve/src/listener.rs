//! The addresses on which the service listens: TCP, or a UNIX socket.

use std::{
    fmt, fs, io,
    net::SocketAddr,
    os::unix::{
        fs::{FileTypeExt as _, PermissionsExt as _},
        net,
    },
    path::{Path, PathBuf},
    str::FromStr,
};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, UnixListener},
};

use crate::peer::Peer;

/// The mode of a UNIX socket: its owner and its group may connect.
const SOCKET_MODE: u32 = 0o660;

/// An address to listen on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// An address of this machine and a port; 0 picks a free port.
    Tcp(SocketAddr),
    /// The path of a UNIX socket.
    Unix(PathBuf),
}

impl FromStr for Address {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix("unix:") {
            Some("") => Err("it names no file; write unix:/run/gatepost/socket"),
            Some(path) => Ok(Self::Unix(path.into())),
            None => text.parse().map(Self::Tcp).map_err(
                |_| "it is not an address with a port; write 0.0.0.0:3000, [::]:3000, or unix:/run/gatepost/socket",
            ),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "http://{address}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// The connection to a client.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A socket that accepts connections. Dropping it removes its file, if it has one.
pub struct Listener {
    socket: Socket,
    file: Option<PathBuf>,
}

enum Socket {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl From<TcpListener> for Listener {
    fn from(socket: TcpListener) -> Self {
        Self { socket: Socket::Tcp(socket), file: None }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some(file) = &self.file {
            // A file that stays is removed by the next process that listens there.
            let _ = fs::remove_file(file);
        }
    }
}

impl Listener {
    /// Listens on `address`. Replaces the socket of a process that has ended.
    ///
    /// # Errors
    /// If the address is in use, or may not be used.
    pub async fn bind(address: &Address) -> io::Result<Self> {
        match address {
            Address::Tcp(address) => TcpListener::bind(address).await.map(Self::from),
            Address::Unix(path) => {
                remove_abandoned(path)?;
                let socket = UnixListener::bind(path)?;
                let listener = Self { socket: Socket::Unix(socket), file: Some(path.clone()) };
                fs::set_permissions(path, fs::Permissions::from_mode(SOCKET_MODE))?;
                Ok(listener)
            }
        }
    }

    /// Returns the address on which it listens, with the port that was picked.
    ///
    /// # Errors
    /// If the operating system does not report it.
    pub fn address(&self) -> io::Result<Address> {
        match (&self.socket, &self.file) {
            (Socket::Tcp(socket), _) => socket.local_addr().map(Address::Tcp),
            (Socket::Unix(_), file) => Ok(Address::Unix(file.clone().unwrap_or_default())),
        }
    }

    /// Waits for a connection.
    pub(crate) async fn accept(&self) -> io::Result<(Box<dyn Stream>, Peer)> {
        Ok(match &self.socket {
            Socket::Tcp(socket) => {
                let (stream, address) = socket.accept().await?;
                // A failure to set it costs some milliseconds, nothing else.
                let _ = stream.set_nodelay(true);
                (Box::new(stream), Peer::Address(address.ip().to_canonical()))
            }
            Socket::Unix(socket) => (Box::new(socket.accept().await?.0), Peer::Socket),
        })
    }
}

/// Removes a socket on which no process listens. Everything else at that path stays, and listening fails.
fn remove_abandoned(path: &Path) -> io::Result<()> {
    let is_socket = fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket());
    let refuses =
        || net::UnixStream::connect(path).is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused);
    if is_socket && refuses() { fs::remove_file(path) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_it_is_written() {
        for text in ["0.0.0.0:3000", "[::1]:80", "unix:/run/gatepost/socket"] {
            let address: Address = text.parse().unwrap();
            assert_eq!(address.to_string().trim_start_matches("http://"), text);
        }
        for text in ["", "3000", ":3000", "localhost:3000", "unix:", "0.0.0.0"] {
            assert!(text.parse::<Address>().unwrap_err().contains("write "), "{text}");
        }
    }
}
