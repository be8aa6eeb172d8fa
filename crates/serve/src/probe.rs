//! `--probe`: asks a running service whether it is ready. An image from scratch has no other program for its health check.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    os::unix::net::UnixStream,
    time::Duration,
};

use crate::{listener::Address, probes::READY};

/// The bound for each wait.
const WITHIN: Duration = Duration::from_secs(5);

/// Whether the service at `address` is ready.
///
/// # Errors
/// If there is no answer.
pub(crate) fn is_ready(address: &Address) -> io::Result<bool> {
    match address {
        Address::Tcp(address) => {
            let stream = TcpStream::connect_timeout(&reachable(*address), WITHIN)?;
            stream.set_read_timeout(Some(WITHIN))?;
            ask(stream)
        }
        Address::Unix(path) => {
            let stream = UnixStream::connect(path)?;
            stream.set_read_timeout(Some(WITHIN))?;
            ask(stream)
        }
    }
}

/// Returns the address by which this machine reaches a service that listens on every address.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() });
    }
    address
}

fn ask(mut stream: impl Read + Write) -> io::Result<bool> {
    const ANSWER: &[u8] = b"HTTP/1.1 200 ";
    write!(stream, "GET {READY} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut begin = [0; ANSWER.len()];
    stream.read_exact(&mut begin)?;
    Ok(begin == ANSWER)
}
