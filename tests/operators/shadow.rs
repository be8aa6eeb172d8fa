//! `gatepost shadow` between better-auth on Node and gatepost on one database: equal answers, planted differences, a server that
//! hangs or is down, and recorded requests.

use std::{
    net::TcpListener as StdListener,
    sync::{Arc, Mutex, mpsc},
    thread::JoinHandle,
};

use gatepost_cli::shadow::{self, Shadow, Summary};
use serde_json::json;
use tokio::{net::TcpListener, sync::oneshot};

use crate::support::{
    LIMIT, http,
    node::Reference,
    postgres::{Database, block_on},
    service::{DEFAULT, Service},
};

const OPTIONS: &str = r#"{"jwt":{}}"#;

/// A comparison that listens. `end` ends it.
struct Running {
    url: String,
    told: Arc<Mutex<Vec<String>>>,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<Summary>,
}

impl Running {
    fn new(from: &str, to: &str, queue: u16) -> Self {
        let told = Arc::new(Mutex::new(Vec::new()));
        let lines = told.clone();
        let shadow =
            Shadow::new(from, to, queue, Arc::new(move |line: &str| lines.lock().unwrap().push(line.to_owned())));
        let shadow = shadow.unwrap();
        let (started, address) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                started.send(format!("http://localhost:{}", listener.local_addr().unwrap().port())).unwrap();
                let stop = async {
                    let _ = stopped.await;
                };
                shadow.serve(listener, stop).await.unwrap()
            })
        });
        Self { url: address.recv_timeout(LIMIT).unwrap(), told, stop, thread }
    }

    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> http::Answer {
        http::send(method, &format!("{}/api/auth{path}", self.url), headers, body.as_bytes())
    }

    fn get(&self, path: &str, cookie: &str) -> http::Answer {
        self.send("GET", path, &[("cookie", cookie)], "")
    }

    /// The summary, and the lines.
    fn end(self) -> (Summary, Vec<String>) {
        self.stop.send(()).unwrap();
        let summary = self.thread.join().unwrap();
        let told = self.told.lock().unwrap().clone();
        (summary, told)
    }
}

const EMAIL: &str = "ada@example.com";

/// Signs up through the comparison and returns the cookies.
fn signed_up(running: &Running, origin: &str) -> String {
    let body = json!({ "name": "Ada", "email": EMAIL, "password": "correct horse battery" }).to_string();
    let headers = [("content-type", "application/json"), ("origin", origin)];
    let answer = running.send("POST", "/sign-up/email", &headers, &body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.cookies()
}

const READ: [&str; 6] = ["/get-session", "/list-sessions", "/list-accounts", "/token", "/jwks", "/ok"];

/// better-auth on Node on this database, and gatepost on the same one.
fn both(database: &Database, toml: &str, variables: &[(&str, &str)]) -> (Reference, Service) {
    let reference = Reference::new(&database.url, OPTIONS);
    let variables = [&[("DATABASE_URL", database.url.as_str())], variables].concat();
    (reference, Service::with(&format!("{DEFAULT}[jwt]\n{toml}"), &variables))
}

#[test]
fn two_servers_on_one_database_answer_equally() {
    let database = Database::empty();
    let (reference, service) = both(&database, "", &[]);
    let running = Running::new(&reference.url, &service.url, shadow::QUEUE);
    let cookie = signed_up(&running, &reference.url);
    for path in READ {
        assert_eq!(running.get(path, &cookie).status, 200, "{path}");
    }
    let session = running.get("/get-session", &cookie);
    assert_eq!(session.json()["user"]["email"], EMAIL, "the client gets the answer of --from");
    // Without a session, and what changes something.
    assert_eq!(running.get("/get-session", "").text(), "null");
    assert_eq!(running.get("/list-sessions", "").status, 401);
    assert_eq!(running.get("/verify-email?token=x", "").status, 401);
    let headers =
        [("cookie", cookie.as_str()), ("origin", reference.url.as_str()), ("content-type", "application/json")];
    let signed_out = running.send("POST", "/sign-out", &headers, "{}");
    assert!(signed_out.status == 200 && signed_out.set_cookies().len() > 1, "{signed_out:?}");
    let (summary, told) = running.end();
    assert_eq!(told, [""; 0]);
    assert_eq!((summary.answered, summary.same, summary.only_old), (12, 9, 3), "{summary}");
    assert_eq!((summary.status(), summary.unfinished()), (0, 0), "{summary}");
}

#[test]
fn a_difference_is_named_and_no_secret_is_shown() {
    let database = Database::empty();
    // Another secret: sessions are null, and no token is issued.
    let (reference, service) =
        both(&database, "", &[("BETTER_AUTH_SECRET", "another-secret-0123456789abcdef0123456789")]);
    let running = Running::new(&reference.url, &service.url, shadow::QUEUE);
    let cookie = signed_up(&running, &reference.url);
    let session = running.get("/get-session", &cookie).json();
    let token = running.get("/token", &cookie).json()["token"].as_str().unwrap().to_owned();
    let (summary, told) = running.end();
    assert_eq!((summary.status(), summary.differences()), (1, 2), "{summary}");
    let lines = told.join("\n");
    assert!(lines.contains("DIFFERS GET /get-session: body was <object with session, user>, is null"), "{lines}");
    assert!(lines.contains("DIFFERS GET /token: status was 200, is 401"), "{lines}");
    assert!(summary.to_string().contains("1 differ: /token"), "{summary}");
    let secrets = [
        EMAIL,
        "Ada",
        &cookie,
        cookie.split(['=', '.']).nth(2).unwrap(),
        session["session"]["token"].as_str().unwrap(),
        token.split('.').nth(2).unwrap(),
    ];
    for secret in secrets {
        assert!(!secret.is_empty() && !lines.contains(secret) && !summary.json().contains(secret), "{secret}: {lines}");
    }
}

#[test]
fn a_server_that_hangs_delays_no_answer_and_is_left_out() {
    let database = Database::empty();
    let reference = Reference::new(&database.url, OPTIONS);
    // It accepts connections, and never answers.
    let hanging = StdListener::bind("127.0.0.1:0").unwrap();
    let to = format!("http://127.0.0.1:{}", hanging.local_addr().unwrap().port());
    let running = Running::new(&reference.url, &to, 3);
    let cookie = signed_up(&running, &reference.url);
    // Each answer arrives although nothing that was sent to the other server has one.
    for _ in 0..20 {
        assert_eq!(running.get("/get-session", &cookie).json()["user"]["email"], EMAIL);
    }
    let (summary, _) = running.end();
    assert_eq!((summary.answered, summary.only_old, summary.same), (21, 1, 0), "{summary}");
    // Three wait, for ten seconds at most; the others find no place.
    assert!(summary.left_out >= 14 && summary.failed + summary.unfinished() >= 3, "{summary}");
    assert_eq!(summary.status(), 1);
}

#[test]
fn a_server_that_is_down_is_counted_and_one_that_answers_is_needed() {
    let closed = {
        let listener = StdListener::bind("127.0.0.1:0").unwrap();
        format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port())
    };
    let database = Database::new();
    let service = Service::new(&database.url);
    let running = Running::new(&service.url, &closed, shadow::QUEUE);
    assert_eq!(running.get("/get-session", "").text(), "null");
    let (summary, told) = running.end();
    assert_eq!((summary.failed, summary.status()), (1, 1), "{summary}");
    assert!(told.len() == 1 && told[0].starts_with("FAILED GET /get-session: --to: "), "{told:?}");

    let running = Running::new(&closed, &service.url, shadow::QUEUE);
    assert_eq!(running.get("/get-session", "").status, 502);
    let (summary, told) = running.end();
    assert!(told[0].starts_with("FAILED GET /get-session: --from: ") && summary.failed == 1, "{told:?}");
}

/// A recording of these requests, as a browser exports it.
fn recording(requests: &[(&str, &str, &str)]) -> String {
    let entries = requests.iter().map(|(method, path, cookie)| {
        let headers = json!([{ "name": "Cookie", "value": cookie }, { "name": ":method", "value": method }]);
        let url = format!("https://app.example.com/api/auth{path}");
        json!({ "request": { "method": method, "url": url, "httpVersion": "h2", "headers": headers }, "response": { "status": 200 } })
    });
    json!({ "log": { "version": "1.2", "entries": entries.collect::<Vec<_>>() } }).to_string()
}

#[test]
fn recorded_requests_are_compared_if_they_only_read() {
    let database = Database::empty();
    let (reference, service) = both(&database, "", &[]);
    let running = Running::new(&reference.url, &service.url, shadow::QUEUE);
    let cookie = signed_up(&running, &reference.url);
    drop(running.end());
    let requests: Vec<_> = READ.iter().map(|path| ("GET", *path, cookie.as_str())).collect();
    let text =
        recording(&[requests.as_slice(), &[("POST", "/sign-out", &cookie), ("GET", "/get-session", "")]].concat());
    let replayed = |to: &str| {
        let told = Arc::new(Mutex::new(Vec::new()));
        let lines = told.clone();
        let tell = Arc::new(move |line: &str| lines.lock().unwrap().push(line.to_owned()));
        let shadow = Shadow::new(&reference.url, to, 1, tell).unwrap();
        let summary = block_on(async { shadow.replay(shadow::read_recording(&text).unwrap()).await });
        (summary, told.lock().unwrap().join("\n"))
    };
    let (summary, told) = replayed(&service.url);
    assert_eq!((summary.same, summary.only_old, summary.status()), (7, 1, 0), "{summary}\n{told}");

    // A user whose name another server reads differently.
    let other = Database::new();
    let service = Service::with(&format!("{DEFAULT}[jwt]\n"), &[("DATABASE_URL", &other.url)]);
    let (summary, told) = replayed(&service.url);
    assert_eq!(summary.status(), 1, "{summary}");
    assert!(told.contains("/get-session") && told.contains("/jwks") && !told.contains(EMAIL), "{told}");
    assert_eq!(summary.differing.get("/ok"), None);
}
