//! A plain HTTP/1.1 client: sends exactly the given bytes, and waits no longer than the bound.

use std::{
    io::{Read, Write},
    net::{TcpStream, ToSocketAddrs},
};

use super::LIMIT;

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case, in the order in which they came.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The lines of `Set-Cookie`.
    pub fn set_cookies(&self) -> Vec<&str> {
        self.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, value)| value.as_str()).collect()
    }

    /// The cookies that it sets, as the next request sends them.
    pub fn cookies(&self) -> String {
        let pairs = self.set_cookies().into_iter().filter(|line| !line.contains("Max-Age=0;"));
        pairs.filter_map(|line| line.split(';').next()).collect::<Vec<_>>().join("; ")
    }
}

/// Sends one request on a connection of its own. A body gets a `content-length`, an empty one none.
pub fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let rest = url.strip_prefix("http://").expect("an http URL");
    let (host, path) =
        rest.split_once('/').map_or((rest, String::from("/")), |(host, path)| (host, format!("/{path}")));
    let mut request = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() {
        request.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    request.push_str("\r\n");
    let mut bytes = request.into_bytes();
    bytes.extend_from_slice(body);
    raw(host, &bytes)
}

/// Sends bytes and reads until the other side closes.
pub fn raw(host: &str, request: &[u8]) -> Answer {
    let address = host.replace("localhost", "127.0.0.1").to_socket_addrs().unwrap().next().unwrap();
    let mut stream = TcpStream::connect_timeout(&address, LIMIT).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream.set_write_timeout(Some(LIMIT)).unwrap();
    // The server may answer and close before it has read everything.
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    parse(&answer)
}

fn parse(answer: &[u8]) -> Answer {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("no HTTP answer: {:?}", String::from_utf8_lossy(answer)));
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let body = &answer[end + 4..];
    let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    Answer { status, body: if chunked { unchunked(body) } else { body.to_vec() }, headers }
}

fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(at) = body.windows(2).position(|window| window == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&body[..at]).unwrap(), 16).unwrap();
        if size == 0 {
            break;
        }
        whole.extend_from_slice(&body[at + 2..at + 2 + size]);
        body = &body[at + 4 + size..];
    }
    whole
}

/// Checks that an answer is an error with this status and code, for this reason, which a service in development shows.
#[track_caller]
pub fn refused(answer: &Answer, status: u16, code: &str, reason: &str) {
    let found = (answer.status, answer.json()["code"].as_str().unwrap_or_default().to_owned());
    assert_eq!(found, (status, code.to_owned()), "{}", answer.text());
    assert_eq!(answer.header("x-gatepost-reason"), Some(reason), "{}", answer.text());
}

/// Checks as [`refused`] does, and that the answer opens no session.
#[track_caller]
pub fn shut_out(answer: &Answer, status: u16, code: &str, reason: &str) {
    refused(answer, status, code, reason);
    assert!(!answer.cookies().contains("session_token"), "{:?}", answer.set_cookies());
}
