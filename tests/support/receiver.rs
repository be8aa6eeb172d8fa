//! A service of the operator's that gatepost calls: it records what it receives and answers as the test says.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use serde_json::Value;

/// The behaviour of a receiver at a request.
#[derive(Clone)]
pub enum Reaction {
    /// Answers with this status and body.
    Answer(u16, String),
    /// Closes the connection without an answer.
    Nothing,
    /// Answers when the receiver is dropped.
    Silence,
    /// Redirects to this URL.
    Redirect(String),
}

impl Reaction {
    /// Answers 200 with JSON.
    pub fn json(body: &Value) -> Self {
        Self::Answer(200, body.to_string())
    }
}

/// A request that was received.
#[derive(Clone, Debug)]
pub struct Received {
    pub head: String,
    pub body: String,
}

impl Received {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

type Answers = Arc<Mutex<Box<dyn FnMut(&Received) -> Reaction + Send>>>;

/// A running receiver. Dropping it ends it.
pub struct Receiver {
    pub url: String,
    received: Arc<Mutex<Vec<Received>>>,
    answers: Answers,
    is_over: Arc<AtomicBool>,
}

impl Receiver {
    /// Answers as `answer` says.
    pub fn new(answer: impl FnMut(&Received) -> Reaction + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap()).replace("127.0.0.1", "localhost");
        let (received, is_over) = (Arc::<Mutex<Vec<_>>>::default(), Arc::<AtomicBool>::default());
        let answers: Answers = Arc::new(Mutex::new(Box::new(answer)));
        let (keeps, ends, says) = (received.clone(), is_over.clone(), answers.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if ends.load(Relaxed) {
                    break;
                }
                let (keeps, ends, says) = (keeps.clone(), ends.clone(), says.clone());
                std::thread::spawn(move || serve(stream, &keeps, &ends, &says));
            }
        });
        Self { url, received, answers, is_over }
    }

    /// Answers as `answer` says from now on.
    pub fn say(&self, answer: impl FnMut(&Received) -> Reaction + Send + 'static) {
        *self.answers.lock().unwrap() = Box::new(answer);
    }

    /// Returns the requests that were received so far.
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// Returns the requests that were received, once there are `count` of them.
    pub fn wait(&self, count: usize) -> Vec<Received> {
        for _ in 0..1_000 {
            let received = self.received();
            if received.len() >= count {
                return received;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("{count} requests did not come: {:?}", self.received());
    }

    /// Forgets what was received.
    pub fn clear(&self) {
        self.received.lock().unwrap().clear();
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.is_over.store(true, Relaxed);
        let address =
            self.url.trim_start_matches("http://").trim_end_matches("/hooks").replace("localhost", "127.0.0.1");
        let _ = TcpStream::connect(address);
    }
}

fn serve(mut stream: TcpStream, keeps: &Mutex<Vec<Received>>, ends: &AtomicBool, says: &Answers) {
    let Some(received) = read(&mut stream) else { return };
    keeps.lock().unwrap().push(received.clone());
    let said = says.lock().unwrap()(&received);
    let answer = match said {
        Reaction::Answer(status, body) => {
            format!(
                "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            )
        }
        Reaction::Redirect(url) => format!("HTTP/1.1 307 X\r\nlocation: {url}\r\ncontent-length: 0\r\n\r\n"),
        Reaction::Nothing => return,
        Reaction::Silence => {
            while !ends.load(Relaxed) {
                std::thread::sleep(Duration::from_millis(20));
            }
            return;
        }
    };
    let _ = stream.write_all(answer.as_bytes());
}

fn read(stream: &mut TcpStream) -> Option<Received> {
    let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ").map(str::to_owned));
            if body.len() >= length.and_then(|length| length.parse().ok()).unwrap_or(0) {
                return Some(Received { head: head.to_owned(), body: body.to_owned() });
            }
        }
        match stream.read(&mut part) {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&part[..count]),
        }
    }
}
