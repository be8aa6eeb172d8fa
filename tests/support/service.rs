//! The service itself, on a free port of this machine, configured as a test wants it.

use std::{
    sync::{Arc, Mutex, mpsc},
    thread::JoinHandle,
};

use gatepost_cli::edge;
use gatepost_core::{
    Auth, Config,
    auth::LinkedParts,
    config::{Source, Variables},
};
use gatepost_serve::server;
use tokio::{net::TcpListener, sync::oneshot};

use super::{LIMIT, SECRET, http, rust_hooks, schema, serving::Serving, transport};

/// The text of `gatepost.toml` for tests that do not need another one.
pub const DEFAULT: &str = "[email_and_password]\nenabled = true\n";

/// The variable with which each service is a process of `gatepost serve`.
pub const PROCESS: &str = "GATEPOST_TEST_SERVE";

/// A running service. Dropping it stops it.
pub struct Service {
    pub url: String,
    /// The state of the service. If that is a process, this is another one with the same configuration.
    pub auth: Arc<Auth>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    _process: Option<Serving>,
}

impl Service {
    /// With the defaults, on this database.
    pub fn new(database_url: &str) -> Self {
        Self::with(DEFAULT, &[("DATABASE_URL", database_url)])
    }

    /// With this `gatepost.toml`, in which `{url}` is the service's own, and these variables, besides the secret and the base
    /// URL.
    pub fn with(toml: &str, variables: &[(&str, &str)]) -> Self {
        // Limits are for the tests that are about them.
        let without_limits = if toml.contains("[rate_limit]") { "" } else { "\n[rate_limit]\nenabled = false\n" };
        // So are tokens: a session that is read would carry one, and the first one makes a key.
        let has_tokens = toml.contains("[jwt]") || toml.contains("[jwks");
        let without_tokens = if has_tokens { "" } else { "\n[jwt]\nenabled = false\n" };
        let (toml, given) = (
            schema::configured(&format!("{toml}{without_limits}{without_tokens}")),
            variables.iter().map(|(k, v)| ((*k).to_owned(), transport::variable(toml, k, v))).collect::<Vec<_>>(),
        );
        if edge::environment().get(PROCESS).is_some() {
            return Self::process(&toml, given);
        }
        let (started, address) = mpsc::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                let url = format!("http://localhost:{}", listener.local_addr().unwrap().port());
                let auth = state(&url, &toml, given);
                let service = server::Service::local(auth.clone(), log);
                started.send((url, auth)).unwrap();
                tokio::select! {
                    () = server::serve(listener.into(), Arc::new(service)) => {}
                    _ = stopped => {}
                }
            });
        });
        let (url, auth) =
            address.recv_timeout(LIMIT).expect("the service does not start; its configuration may be wrong");
        Self { url, auth, stop: Some(stop), thread: Some(thread), _process: None }
    }

    /// As a process that believes this machine's addresses in headers, as a service in this process does.
    fn process(toml: &str, given: Vec<(String, String)>) -> Self {
        let most = gatepost_core::body::BODY_LIMIT.to_string();
        let bounds = ["--max-body-bytes", &most, "--max-header-bytes", "409600"];
        let arguments = [&["--trust-proxy", "127.0.0.1"], &bounds[..]].concat();
        let of_requests = |line: &str| {
            if !line.contains("\"serve\":") {
                log(line);
            }
        };
        let process = Serving::configured(toml, &arguments, given.clone(), of_requests);
        process.line("\"serve\":\"listening\"");
        let auth = state(&process.url, toml, given);
        Self { url: process.url.clone(), auth, stop: None, thread: None, _process: Some(process) }
    }

    /// A request to a path below the base path.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> http::Answer {
        http::send(method, &format!("{}/api/auth{path}", self.url), headers, body.as_bytes())
    }

    /// A GET with these cookies.
    pub fn get(&self, path: &str, cookie: &str) -> http::Answer {
        let headers: &[_] = if cookie.is_empty() { &[] } else { &[("cookie", cookie)] };
        self.send("GET", path, headers, "")
    }

    /// A POST of JSON from the service's own origin.
    pub fn post(&self, path: &str, cookie: &str, body: &str) -> http::Answer {
        let mut headers = vec![("content-type", "application/json"), ("origin", self.url.as_str())];
        if !cookie.is_empty() {
            headers.push(("cookie", cookie));
        }
        self.send("POST", path, &headers, body)
    }

    /// Signs a new user up and returns the cookies.
    pub fn user(&self, email: &str) -> String {
        let body = format!(r#"{{"name":"Someone","email":"{email}","password":"correct horse battery"}}"#);
        let answer = self.post("/sign-up/email", "", &body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.cookies()
    }
}

/// The state of a service at this URL.
fn state(url: &str, toml: &str, given: Vec<(String, String)>) -> Arc<Auth> {
    let mut variables: Variables = [("BETTER_AUTH_SECRET", SECRET), ("BETTER_AUTH_URL", url)]
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .into_iter()
        .collect();
    given.into_iter().for_each(|(name, value)| variables.set(name, value));
    let toml = toml.replace("{url}", url);
    let config = Config::load(&variables, Some(Source { name: "gatepost.toml", text: &toml })).unwrap();
    let linked = LinkedParts { hooks: rust_hooks::HOOKS, ..LinkedParts::ALL };
    Arc::new(Auth::with(config, edge::now, linked).unwrap())
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn log(line: &str) {
    LINES.lock().unwrap().push(line.to_owned());
}

/// Every log line of every service so far.
pub fn log_lines() -> Vec<String> {
    if edge::environment().get(PROCESS).is_some() {
        // What a process has written is on its way to here.
        std::thread::sleep(std::time::Duration::from_millis(300));
    }
    LINES.lock().unwrap().clone()
}
