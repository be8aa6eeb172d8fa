//! The client: single requests, and a load of a few connections that are kept open, each of which sends the next request once it has
//! the answer.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::answer::{find, is_whole};

const LIMIT: Duration = Duration::from_secs(30);

/// A request, and a part of each good answer.
#[derive(Clone)]
pub struct Request {
    pub method: &'static str,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub holds: &'static str,
}

impl Request {
    pub fn get(path: &str, cookie: &str, holds: &'static str) -> Self {
        let headers = if cookie.is_empty() { Vec::new() } else { vec![("cookie".to_owned(), cookie.to_owned())] };
        Self { method: "GET", path: path.to_owned(), headers, body: String::new(), holds }
    }

    pub fn post(path: &str, origin: &str, body: String, holds: &'static str) -> Self {
        let headers = [("content-type", "application/json"), ("origin", origin)];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Self { method: "POST", path: path.to_owned(), headers, body, holds }
    }

    fn bytes(&self, host: &str, more: &[(String, String)]) -> Vec<u8> {
        let Self { method, path, headers, body, .. } = self;
        let mut text = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nuser-agent: benchmark\r\naccept: */*\r\n");
        for (name, value) in headers.iter().chain(more) {
            text += &format!("{name}: {value}\r\n");
        }
        if *method == "POST" {
            text += &format!("content-length: {}\r\n", body.len());
        }
        (text + "\r\n" + body).into_bytes()
    }
}

/// An answer as it was on the wire.
pub struct Answer(Vec<u8>);

impl Answer {
    pub fn status(&self) -> u16 {
        self.head().get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0)
    }

    fn head(&self) -> String {
        let end = find(&self.0, b"\r\n\r\n").unwrap_or(self.0.len());
        String::from_utf8_lossy(&self.0[..end]).into_owned()
    }

    pub fn text(&self) -> String {
        let start = find(&self.0, b"\r\n\r\n").map_or(self.0.len(), |at| at + 4);
        String::from_utf8_lossy(&self.0[start..]).into_owned()
    }

    /// The body from the first brace to the last: also where it came in one chunk.
    pub fn json(&self) -> serde_json::Value {
        let text = self.text();
        let object = text.find('{').and_then(|from| text.get(from..=text.rfind('}')?));
        object.and_then(|object| serde_json::from_str(object).ok()).unwrap_or_default()
    }

    /// The cookies that it sets, as a client sends them back.
    pub fn cookies(&self) -> String {
        let head = self.head();
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        let set = lines.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
        let pairs = set.filter_map(|(_, value)| value.split(';').next()).filter(|pair| !pair.ends_with('='));
        pairs.collect::<Vec<_>>().join("; ")
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it is 200 with this in it, anywhere.
    pub fn is_good(&self, holds: &str) -> bool {
        self.0.starts_with(b"HTTP/1.1 200 ") && find(&self.0, holds.as_bytes()).is_some()
    }
}

/// The address of a server, and the headers that come with every request there.
pub struct Target {
    pub url: String,
    pub headers: Vec<(String, String)>,
}

impl Target {
    fn host(&self) -> &str {
        self.url.trim_start_matches("http://")
    }
}

/// Sends one request on a connection of its own.
pub fn send(target: &Target, request: &Request) -> Answer {
    block_on(async {
        let bytes = request.bytes(target.host(), &target.headers);
        let mut stream = TcpStream::connect(target.host().replace("localhost", "127.0.0.1")).await.unwrap();
        let mut buffer = Vec::new();
        ask(&mut stream, &bytes, &mut buffer).await;
        Answer(buffer)
    })
}

/// The result of a round.
pub struct Round {
    pub requests: u64,
    pub seconds: f64,
    pub bytes: u64,
    /// Microseconds from a request to its whole answer.
    pub latencies: Vec<u32>,
    /// Answers that were not good, and the first of them.
    pub bad: u64,
    pub first_bad: String,
}

/// Sends the request again and again for this time, on so many connections.
pub fn run(target: &Target, request: &Request, connections: usize, time: Duration) -> Round {
    let bytes: Arc<[u8]> = request.bytes(target.host(), &target.headers).into();
    let address = target.host().replace("localhost", "127.0.0.1");
    let empty = Round { requests: 0, seconds: 0.0, bytes: 0, latencies: Vec::new(), bad: 0, first_bad: String::new() };
    let round = Arc::new(Mutex::new(empty));
    let holds = request.holds;
    let started = Instant::now();
    block_on(async {
        let workers: Vec<_> = (0..connections)
            .map(|_| {
                let (bytes, address, round) = (bytes.clone(), address.clone(), round.clone());
                tokio::spawn(async move {
                    let mut stream = TcpStream::connect(address).await.unwrap();
                    stream.set_nodelay(true).unwrap();
                    let mut answer = Answer(Vec::with_capacity(16_384));
                    while started.elapsed() < time {
                        let begun = Instant::now();
                        ask(&mut stream, &bytes, &mut answer.0).await;
                        let taken = begun.elapsed().as_micros() as u32;
                        let mut round = round.lock().unwrap();
                        round.requests += 1;
                        round.bytes += answer.len() as u64;
                        round.latencies.push(taken);
                        if !answer.is_good(holds) {
                            round.bad += 1;
                            if round.first_bad.is_empty() {
                                round.first_bad = String::from_utf8_lossy(&answer.0).into_owned();
                            }
                        }
                    }
                })
            })
            .collect();
        for worker in workers {
            worker.await.unwrap();
        }
    });
    let mut round = Arc::into_inner(round).unwrap().into_inner().unwrap();
    round.seconds = started.elapsed().as_secs_f64();
    round
}

async fn ask(stream: &mut TcpStream, request: &[u8], buffer: &mut Vec<u8>) {
    let exchange = async {
        stream.write_all(request).await.unwrap();
        buffer.clear();
        while !is_whole(buffer) {
            assert!(stream.read_buf(buffer).await.unwrap() > 0, "closed: {}", String::from_utf8_lossy(buffer));
        }
    };
    tokio::time::timeout(LIMIT, exchange).await.expect("no answer within the bound");
}

pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}
