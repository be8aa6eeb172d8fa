//! `gatepost serve` as a process of its own.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use super::{LIMIT, SECRET, http, instance::free_port, project::example, schema, transport};

/// The configuration of a test that does not care: passwords, and no limits or tokens.
pub const DEFAULT: &str =
    "[email_and_password]\nenabled = true\n[rate_limit]\nenabled = false\n[jwt]\nenabled = false\n";

/// A process. Dropping it kills it.
pub struct Serving {
    /// The base URL, at which it listens unless its arguments say otherwise.
    pub url: String,
    pub child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    _folder: tempfile::TempDir,
}

impl Serving {
    /// With the defaults, on this database, once it listens.
    pub fn new(database_url: &str, arguments: &[&str]) -> Self {
        Self::with(DEFAULT, arguments, &[("DATABASE_URL", database_url)])
    }

    /// With this `gatepost.toml`, these arguments and these variables, once it listens.
    pub fn with(toml: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let serving = Self::begin(toml, arguments, variables);
        serving.line("\"serve\":\"listening\"");
        serving
    }

    /// Does not wait until it listens. A `--listen` among the arguments replaces the port of `url`.
    pub fn begin(toml: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let variables =
            variables.iter().map(|(name, value)| ((*name).to_owned(), transport::variable(toml, name, value)));
        Self::configured(&schema::configured(toml), arguments, variables.collect(), |_| {})
    }

    /// Begins with a file, in which `{url}` is the base URL, and variables that are already those of this run. Hands each line of
    /// its log to `log` as well.
    pub fn configured(
        toml: &str,
        arguments: &[&str],
        variables: Vec<(String, String)>,
        log: impl Fn(&str) + Send + 'static,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let url = format!("http://localhost:{port}");
        fs::write(folder.path().join("gatepost.toml"), toml.replace("{url}", &url)).unwrap();
        let listen = format!("127.0.0.1:{port}");
        let own: &[&str] = if arguments.contains(&"--listen") { &[] } else { &["--listen", &listen] };
        let mut child = Command::new(example("serve"))
            .args(own)
            .args(arguments)
            .env_clear()
            .env("BETTER_AUTH_SECRET", SECRET)
            .env("BETTER_AUTH_URL", &url)
            .envs(variables)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = Arc::<Mutex<Vec<String>>>::default();
        let (stderr, read) = (BufReader::new(child.stderr.take().unwrap()), lines.clone());
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                log(&line);
                read.lock().unwrap().push(line);
            }
        });
        Self { url, child, lines, _folder: folder }
    }

    /// The host and port of the URL.
    pub fn host(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// All lines that it has written.
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    /// The first line with this text, once there is one.
    pub fn line(&self, text: &str) -> String {
        let begun = Instant::now();
        loop {
            if let Some(line) = self.lines().into_iter().find(|line| line.contains(text)) {
                return line;
            }
            assert!(begun.elapsed() < LIMIT, "no line with {text}: {:#?}", self.lines());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Sends a signal, such as `-TERM`.
    pub fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits until it has ended.
    pub fn ended(&mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(begun.elapsed() < LIMIT, "it does not end: {:#?}", self.lines());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// A request to a path from the root.
    pub fn get(&self, path: &str) -> http::Answer {
        http::send("GET", &format!("{}{path}", self.url), &[], b"")
    }

    /// A POST of JSON to an endpoint, with more headers.
    pub fn post_with(&self, path: &str, headers: &[(&str, &str)], body: &str) -> http::Answer {
        let own = [("content-type", "application/json"), ("origin", self.url.as_str())];
        let headers = [&own[..], headers].concat();
        http::send("POST", &format!("{}/api/auth{path}", self.url), &headers, body.as_bytes())
    }

    /// Signs a user up.
    pub fn sign_up(&self, email: &str) -> http::Answer {
        self.post_with("/sign-up/email", &[], &person(email))
    }

    /// The bytes of a request that signs a user up and keeps the connection.
    pub fn signing_up(&self, email: &str) -> String {
        let (host, url, body) = (self.host(), &self.url, person(email));
        format!(
            "POST /api/auth/sign-up/email HTTP/1.1\r\nhost: {host}\r\norigin: {url}\r\ncontent-type: \
             application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
    }

    /// A connection.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.host().replace("localhost", "127.0.0.1")).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        stream.set_write_timeout(Some(LIMIT)).unwrap();
        stream
    }

    /// Sends bytes on a connection of their own, and returns everything that comes until the service closes it.
    pub fn exchange(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        // The service may answer and close before it has read everything.
        let _ = stream.write_all(bytes);
        everything(&mut stream)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The body of a sign-up.
pub fn person(email: &str) -> String {
    format!(r#"{{"name":"Ada","email":"{email}","password":"correct horse battery"}}"#)
}

/// Reads until the other side closes. A connection that stays open is a failure.
pub fn everything(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    if let Err(error) = stream.read_to_end(&mut answer) {
        let is_bound = matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut);
        assert!(!is_bound, "the service keeps the connection: {}", String::from_utf8_lossy(&answer));
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// Reads one answer with a `content-length` from a connection that stays open.
pub fn one_answer(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut byte = [0];
    while !answer.ends_with(b"\r\n\r\n") {
        assert_eq!(stream.read(&mut byte).unwrap(), 1, "closed after {}", String::from_utf8_lossy(&answer));
        answer.push(byte[0]);
    }
    let head = String::from_utf8(answer).unwrap().to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |n| n.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    head + &String::from_utf8(body).unwrap()
}
