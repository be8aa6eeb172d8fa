//! A proxy in front of PostgreSQL that reads along: which statements reach the server, and whether they have names.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

/// A running proxy. Dropping it closes it and every connection through it.
pub struct Wire {
    /// The database's URL, through the proxy.
    pub url: String,
    port: u16,
    seen: Arc<Mutex<Seen>>,
    closed: Arc<AtomicBool>,
    stalled: Arc<AtomicBool>,
}

/// What went by.
#[derive(Default)]
struct Seen {
    statements: Vec<String>,
    named: Vec<String>,
    streams: Vec<TcpStream>,
}

impl Wire {
    /// In front of the server of `url`.
    pub fn new(url: &str) -> Self {
        let (before, rest) = url.split_at(url.rfind('@').expect("a URL with a user") + 1);
        let (authority, after) = rest.split_at(rest.find('/').unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let wire = Self {
            url: format!("{before}127.0.0.1:{port}{after}"),
            port,
            seen: Arc::default(),
            closed: Arc::default(),
            stalled: Arc::default(),
        };
        let (seen, closed, stalled, server) =
            (wire.seen.clone(), wire.closed.clone(), wire.stalled.clone(), authority.to_owned());
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if closed.load(Relaxed) {
                    break;
                }
                let Ok(server) = TcpStream::connect(&server) else { continue };
                let _ = (client.set_nodelay(true), server.set_nodelay(true));
                seen.lock().unwrap().streams.extend([client.try_clone().unwrap(), server.try_clone().unwrap()]);
                let (seen, stalled) = (seen.clone(), stalled.clone());
                let (mut to_client, mut from_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                thread::spawn(move || {
                    forward(client, server, &stalled, &mut Reader { buffer: Vec::new(), started: false, seen })
                });
                thread::spawn(move || {
                    let _ = std::io::copy(&mut from_server, &mut to_client);
                    let _ = to_client.shutdown(Shutdown::Both);
                });
            }
        });
        wire
    }

    /// The statements that were sent since the last call, in order.
    pub fn statements(&self) -> Vec<String> {
        std::mem::take(&mut self.seen.lock().unwrap().statements)
    }

    /// The statements that were given a name.
    pub fn named(&self) -> Vec<String> {
        self.seen.lock().unwrap().named.clone()
    }

    /// Lets nothing more through to the server, while everything looks connected.
    pub fn stall(&self, stalled: bool) {
        self.stalled.store(stalled, Relaxed);
    }

    /// Cuts every connection.
    pub fn cut(&self) {
        for stream in std::mem::take(&mut self.seen.lock().unwrap().streams) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.closed.store(true, Relaxed);
        self.cut();
        // Wakes the listener, which then ends.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn forward(mut from: TcpStream, mut to: TcpStream, stalled: &AtomicBool, reader: &mut Reader) {
    let mut bytes = [0; 65_536];
    while let Ok(read @ 1..) = from.read(&mut bytes) {
        reader.read(&bytes[..read]);
        while stalled.load(Relaxed) {
            thread::sleep(Duration::from_millis(5));
        }
        if to.write_all(&bytes[..read]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}

/// Reads the client's messages of PostgreSQL's protocol.
struct Reader {
    buffer: Vec<u8>,
    started: bool,
    seen: Arc<Mutex<Seen>>,
}

impl Reader {
    fn read(&mut self, bytes: &[u8]) {
        const TLS_REQUEST: [u8; 4] = 80_877_103_u32.to_be_bytes();
        self.buffer.extend_from_slice(bytes);
        loop {
            // The first messages have no type: the question for TLS, then the start.
            let head = usize::from(self.started);
            let Some(length) = self.buffer.get(head..head + 4) else { return };
            let end = head + u32::from_be_bytes(length.try_into().unwrap()) as usize;
            let Some(message) = self.buffer.get(..end) else { return };
            if self.started {
                self.message(message[0], &message[5..]);
            } else {
                self.started = message[4..8] != TLS_REQUEST;
            }
            self.buffer.drain(..end);
        }
    }

    fn message(&self, kind: u8, body: &[u8]) {
        let mut texts = body.split(|byte| *byte == 0).map(|text| String::from_utf8_lossy(text).into_owned());
        let mut seen = self.seen.lock().unwrap();
        match kind {
            b'Q' => seen.statements.push(texts.next().unwrap()),
            b'P' => {
                let (name, sql) = (texts.next().unwrap(), texts.next().unwrap());
                if !name.is_empty() {
                    seen.named.push(sql.clone());
                }
                seen.statements.push(sql);
            }
            _ => {}
        }
    }
}
