//! The REST interface of Upstash, in front of a real Redis: a fake, since the real one exists only as a service. It follows the
//! documents of Upstash: a command is a list of texts, posted to `/` with a token in `Authorization: Bearer`; the answer is
//! `{"result": …}` or, with a status of 400 or 401, `{"error": "…"}`. Lists of commands (`/pipeline`, `/multi-exec`) are for
//! clients that send some.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use serde_json::{Value, json};

/// A running interface. Dropping it closes it.
pub struct Rest {
    pub url: String,
    port: u16,
    closed: Arc<AtomicBool>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    silent: AtomicBool,
    last: AtomicBool,
    connections: AtomicUsize,
    open: AtomicUsize,
    asked: AtomicUsize,
    streams: Mutex<Vec<TcpStream>>,
}

impl Rest {
    /// Starts in front of the Redis at this port; a client with the token may write.
    pub fn new(redis: u16, token: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (closed, shared) = Default::default();
        let rest = Self { url: format!("http://127.0.0.1:{port}"), port, closed, shared };
        let (closed, shared) = (rest.closed.clone(), rest.shared.clone());
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if closed.load(Relaxed) {
                    break;
                }
                let shared = shared.clone();
                shared.connections.fetch_add(1, Relaxed);
                shared.streams.lock().unwrap().push(client.try_clone().unwrap());
                shared.open.fetch_add(1, Relaxed);
                thread::spawn(move || {
                    while serve(&client, redis, token, &shared).is_some() {}
                    shared.open.fetch_sub(1, Relaxed);
                });
            }
        });
        rest
    }

    /// Says nothing any more, or goes on.
    pub fn silence(&self, silent: bool) {
        self.shared.silent.store(silent, Relaxed);
    }

    /// Says with every answer that it is the connection's last, or goes on.
    pub fn close_after_each(&self, last: bool) {
        self.shared.last.store(last, Relaxed);
    }

    /// Closes every connection.
    pub fn close(&self) {
        for stream in self.shared.streams.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// How many connections there are.
    pub fn open(&self) -> usize {
        self.shared.open.load(Relaxed)
    }

    /// How many connections there were and how often it was asked since the last call.
    pub fn seen(&self) -> (usize, usize) {
        (self.shared.connections.swap(0, Relaxed), self.shared.asked.swap(0, Relaxed))
    }
}

impl Drop for Rest {
    fn drop(&mut self) {
        self.closed.store(true, Relaxed);
        self.silence(false);
        self.close();
        // Wakes the listener, which then ends.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

/// Answers one request. `None` if there is no further one.
fn serve(client: &TcpStream, redis: u16, token: &str, shared: &Shared) -> Option<()> {
    // The client sends no next request before this one is answered: nothing of it is lost with the buffer.
    let mut reader = BufReader::new(client);
    let (mut head, mut length) = (Vec::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return None;
        }
        let line = line.trim_end().to_owned();
        if let Some(text) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = text.trim().parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
        head.push(line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    shared.asked.fetch_add(1, Relaxed);
    // The end of the test frees every request that waits here, at the latest.
    while shared.silent.load(Relaxed) {
        thread::sleep(Duration::from_millis(5));
    }
    let authorized = head.iter().any(|line| {
        let (name, value) = line.split_once(": ").unwrap_or_default();
        name.eq_ignore_ascii_case("authorization") && value == format!("Bearer {token}")
    });
    let (status, answer) = match serde_json::from_slice::<Vec<String>>(&body) {
        _ if !authorized => ("401 Unauthorized", json!({ "error": "WRONGPASS invalid or missing auth token" })),
        Ok(command) if head[0].starts_with("POST / ") => match ask(redis, &command) {
            Ok(result) => ("200 OK", json!({ "result": result })),
            Err(error) => ("400 Bad Request", json!({ "error": error })),
        },
        _ => ("400 Bad Request", json!({ "error": "ERR failed to parse command" })),
    };
    let (answer, is_last) = (answer.to_string(), shared.last.load(Relaxed));
    let connection = if is_last { "close" } else { "keep-alive" };
    let mut client = client;
    write!(
        client,
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: {connection}\r\n\r\n{answer}",
        answer.len()
    )
    .ok()?;
    (!is_last).then_some(())
}

fn ask(redis: u16, command: &[String]) -> Result<Value, String> {
    let mut stream = TcpStream::connect(("127.0.0.1", redis)).map_err(|error| error.to_string())?;
    let parts: String = command.iter().map(|part| format!("${}\r\n{part}\r\n", part.len())).collect();
    write!(stream, "*{}\r\n{parts}", command.len()).unwrap();
    answer(&mut BufReader::new(stream))
}

fn answer(reader: &mut BufReader<TcpStream>) -> Result<Value, String> {
    let mut line = String::new();
    reader.read_line(&mut line).map_err(|error| error.to_string())?;
    let (kind, rest) = line.trim_end().split_at(1);
    match (kind, rest) {
        ("-", words) => Err(words.to_owned()),
        (":", number) => Ok(number.parse::<i64>().unwrap().into()),
        ("$" | "*", "-1") => Ok(Value::Null),
        ("$", length) => {
            let mut text = vec![0; length.parse::<usize>().unwrap() + 2];
            reader.read_exact(&mut text).unwrap();
            text.truncate(text.len() - 2);
            Ok(String::from_utf8(text).unwrap().into())
        }
        ("*", count) => (0..count.parse::<usize>().unwrap()).map(|_| answer(reader)).collect(),
        (_, text) => Ok(text.into()),
    }
}
