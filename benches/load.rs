//! The load: a few connections that are kept open, each sending the next request once it has the answer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    answer::{find, is_whole},
    support::LIMIT,
};

const CONNECTIONS: usize = 8;

/// When a round is over.
#[derive(Clone, Copy)]
pub enum Until {
    Time(Duration),
    Requests(u64),
}

/// The result of a round.
pub struct Round {
    pub requests: u64,
    pub seconds: f64,
}

/// Asks for the session until the round is over. Every answer has to be 200 with a session.
pub fn get_session(url: &str, cookie: &str, until: Until) -> Round {
    get(url, "/get-session", cookie, r#"{"session":{"#, until)
}

/// Sends one request again and again. Every answer has to be 200 and to have `holds` in it.
pub fn get(url: &str, path: &str, cookie: &str, holds: &'static str, until: Until) -> Round {
    let host = url.strip_prefix("http://").unwrap().to_owned();
    let request = format!(
        "GET /api/auth{path} HTTP/1.1\r\nhost: {host}\r\nuser-agent: benchmark\r\naccept: */*\r\ncookie: {cookie}\r\n\r\n"
    );
    let (request, address) = (Arc::new(request), host.replace("localhost", "127.0.0.1"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (sent, started) = (Arc::new(AtomicU64::new(0)), Instant::now());
        let connections: Vec<_> = (0..CONNECTIONS)
            .map(|_| {
                let (request, address, sent) = (request.clone(), address.clone(), sent.clone());
                tokio::spawn(async move {
                    let mut stream = TcpStream::connect(address).await.unwrap();
                    stream.set_nodelay(true).unwrap();
                    let mut buffer = Vec::with_capacity(16_384);
                    loop {
                        let number = sent.fetch_add(1, Relaxed);
                        let over = match until {
                            Until::Time(time) => started.elapsed() >= time,
                            Until::Requests(requests) => number >= requests,
                        };
                        if over {
                            break;
                        }
                        tokio::time::timeout(LIMIT, ask(&mut stream, request.as_bytes(), holds, &mut buffer))
                            .await
                            .unwrap();
                    }
                })
            })
            .collect();
        for connection in connections {
            connection.await.unwrap();
        }
        // Each connection has counted the one request that it did not send any more.
        Round { requests: sent.load(Relaxed) - CONNECTIONS as u64, seconds: started.elapsed().as_secs_f64() }
    })
}

async fn ask(stream: &mut TcpStream, request: &[u8], holds: &str, buffer: &mut Vec<u8>) {
    stream.write_all(request).await.unwrap();
    buffer.clear();
    while !is_whole(buffer) {
        assert!(stream.read_buf(buffer).await.unwrap() > 0, "closed: {}", String::from_utf8_lossy(buffer));
    }
    let good = buffer.starts_with(b"HTTP/1.1 200 ") && find(buffer, holds.as_bytes()).is_some();
    assert!(good, "{}", String::from_utf8_lossy(buffer));
}
