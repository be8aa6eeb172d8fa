//! The `gatepost` command as a user runs it: `dev` above all.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::{Arc, Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

const LIMIT: Duration = Duration::from_secs(40);
const PERSON: &str = r#"{"name":"Ada","email":"ada@example.com","password":"correct horse battery"}"#;

/// A folder as a user has it: with the options that switch passwords on.
pub(crate) fn folder() -> TempDir {
    let folder = tempfile::Builder::new().permissions(fs::Permissions::from_mode(0o755)).tempdir().unwrap();
    fs::write(folder.path().join("gatepost.toml"), "[email_and_password]\nenabled = true\n").unwrap();
    folder
}

/// The command in this folder, with nothing of our environment that it would listen to.
pub(crate) fn gatepost(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatepost"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    for name in [
        "DATABASE_URL",
        "POSTGRES_URL",
        "DATABASE_URL_UNPOOLED",
        "POSTGRES_URL_NON_POOLING",
        "PORT",
        "GATEPOST_CONFIG",
        "EMAIL_URL",
        "BETTER_AUTH_SECRET",
        "BETTER_AUTH_URL",
        "VERCEL_ENV",
    ] {
        command.env_remove(name);
    }
    command
}

/// Runs a command that is expected to end by itself.
pub(crate) fn ended(mut command: Command) -> Output {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (done, output) = mpsc::channel();
    // A command with more output than a pipe holds ends only if something reads it.
    thread::spawn(move || done.send(child.wait_with_output()));
    output.recv_timeout(LIMIT).expect("it does not end").unwrap()
}

/// At this address no server listens. No output may contain its password.
pub(crate) const NOWHERE: &str = "postgres://app:hunter2@127.0.0.1:1/x";

/// Returns the status of a command in a folder, and its output.
pub(crate) fn said(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut command = gatepost(folder, arguments);
    command.envs(variables.iter().copied());
    let output = ended(command);
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(!text.contains("hunter2"), "{text}");
    (output.status.code(), text)
}

/// A running `gatepost dev`.
pub(crate) struct Dev {
    pub(crate) child: Child,
    pub(crate) url: String,
    pub(crate) said: String,
    log: Arc<Mutex<String>>,
}

impl Dev {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let err = BufReader::new(child.stderr.take().unwrap());
        let (send, receive) = mpsc::channel();
        thread::spawn(move || {
            let mut said = String::new();
            while out.read_line(&mut said).is_ok_and(|read| read > 0) {
                if let Some((_, url)) = said.split_once("listening on ") {
                    let _ = send.send((url.trim().to_owned(), said.clone()));
                }
            }
        });
        let log = Arc::new(Mutex::new(String::new()));
        let lines = log.clone();
        thread::spawn(move || {
            for line in err.lines().map_while(Result::ok) {
                lines.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        match receive.recv_timeout(LIMIT) {
            Ok((url, said)) => Self { child, url, said, log },
            Err(_) => {
                let _ = child.kill();
                panic!("it does not listen: {}", log.lock().unwrap());
            }
        }
    }

    /// The line of the log that has this in it, once it is there.
    pub(crate) fn logged(&self, text: &str) -> String {
        let begun = Instant::now();
        loop {
            if let Some(line) = self.log.lock().unwrap().lines().find(|line| line.contains(text)) {
                return line.to_owned();
            }
            assert!(begun.elapsed() < LIMIT, "{text} is not logged");
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn signal(&mut self, signal: &str) {
        Command::new("kill").args(["-s", signal, &self.child.id().to_string()]).status().unwrap();
        let begun = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < LIMIT, "it does not end at {signal}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn request(&self, method: &str, path: &str, headers: &str, body: &str) -> String {
        let host = self.url.strip_prefix("http://").unwrap();
        self.request_by_name(host, method, path, headers, body)
    }

    /// Sends a request with another `Host`.
    pub(crate) fn request_by_name(&self, name: &str, method: &str, path: &str, headers: &str, body: &str) -> String {
        let host = self.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host.replace("localhost", "127.0.0.1")).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        let length = if body.is_empty() {
            String::new()
        } else {
            format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len())
        };
        write!(stream, "{method} {path} HTTP/1.1\r\nhost: {name}\r\nconnection: close\r\n{headers}{length}\r\n{body}")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    pub(crate) fn sign_up(&self) -> String {
        let answer = self.request("POST", "/api/auth/sign-up/email", "", PERSON);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let line = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
        line.split(';').next().unwrap().to_owned()
    }

    pub(crate) fn session(&self, cookie: &str) -> String {
        self.request("GET", "/api/auth/get-session", &format!("cookie: {cookie}\r\n"), "")
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn alive(pid: &str) -> bool {
    let state = Command::new("ps").args(["-o", "stat=", "-p", pid]).output().unwrap().stdout;
    let state = String::from_utf8(state).unwrap();
    !state.trim().is_empty() && !state.starts_with('Z')
}

/// The process of the folder's PostgreSQL, by its lock file.
fn postgres_of(folder: &Path) -> String {
    let data = folder.join(".gatepost/postgres/lock");
    fs::read_to_string(data).unwrap().lines().nth(1).unwrap().to_owned()
}

fn gone(pid: &str) {
    let begun = Instant::now();
    while alive(pid) {
        assert!(begun.elapsed() < LIMIT, "PostgreSQL lives on");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn dev_needs_nothing_but_a_folder_and_keeps_users_sessions_and_secret_over_a_restart() {
    let folder = folder();
    let mut dev = Dev::start(gatepost(folder.path(), &["dev", "--port", "0"]));
    assert!(dev.said.contains("psql postgres://"), "{}", dev.said);
    let page = dev.request("GET", "/", "", "");
    assert!(
        page.contains("gatepost runs here") && page.contains(&format!("{}/api/auth/get-session", dev.url)),
        "{page}"
    );
    let cookie = dev.sign_up();
    assert!(dev.session(&cookie).contains("ada@example.com"));
    let secret = fs::read_to_string(folder.path().join(".env.local")).unwrap();
    assert_eq!(fs::metadata(folder.path().join(".env.local")).unwrap().permissions().mode() & 0o777, 0o600);
    let postgres = postgres_of(folder.path());
    dev.signal("INT");
    gone(&postgres);

    let dev = Dev::start(gatepost(folder.path(), &["dev", "--port", "0"]));
    assert!(dev.session(&cookie).contains("ada@example.com"));
    assert_eq!(fs::read_to_string(folder.path().join(".env.local")).unwrap(), secret);
}

#[test]
fn whatever_ends_dev_ends_its_database() {
    for signal in ["TERM", "HUP", "KILL"] {
        let folder = folder();
        let mut dev = Dev::start(gatepost(folder.path(), &["dev", "--port", "0"]));
        let postgres = postgres_of(folder.path());
        assert!(alive(&postgres));
        dev.signal(signal);
        gone(&postgres);
    }
}

#[test]
fn a_second_dev_of_one_folder_shares_its_database() {
    let folder = folder();
    let first = Dev::start(gatepost(folder.path(), &["dev", "--port", "0"]));
    let second = Dev::start(gatepost(folder.path(), &["dev", "--port", "0"]));
    assert!(second.said.contains("the embedded one of this folder, which process"), "{}", second.said);
    let cookie = first.sign_up();
    assert!(second.session(&cookie).contains("ada@example.com"));
}

#[test]
fn dev_listens_to_its_variables() {
    let folder = folder();
    let server = Dev::start(gatepost(folder.path(), &["dev", "--port", "0"]));
    let database = server.said.split_whitespace().find(|word| word.starts_with("postgres://")).unwrap();
    let other = folder.path().join("other");
    fs::create_dir(&other).unwrap();
    fs::write(
        other.join("strict.toml"),
        "base_path = \"/auth\"\n[email_and_password]\nenabled = true\nrequire_email_verification = true\n",
    )
    .unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = gatepost(&other, &["dev"]);
    command.env("PORT", port.to_string()).env("DATABASE_URL", database).env("GATEPOST_CONFIG", "strict.toml");
    command.env("EMAIL_URL", "file:mails").env("BETTER_AUTH_SECRET", "of-this-environment-and-no-file-at-all");
    let dev = Dev::start(command);
    assert_eq!(dev.url, format!("http://localhost:{port}"));
    assert!(dev.said.contains("DATABASE_URL"), "{}", dev.said);
    let answer = dev.request("POST", "/auth/sign-up/email", "", PERSON);
    assert!(answer.contains("\"token\":null"), "{answer}");
    let begun = Instant::now();
    let mail = loop {
        let text = fs::read_to_string(other.join("mails")).unwrap_or_default();
        if !text.is_empty() {
            break text;
        }
        assert!(begun.elapsed() < LIMIT, "no mail");
        thread::sleep(Duration::from_millis(10));
    };
    assert!(mail.contains(&format!("http://localhost:{port}/auth/verify-email?token=")), "{mail}");
    assert!(!other.join(".gatepost").exists() && !other.join(".env.local").exists());
}

#[test]
fn providers_send_a_developer_back_through_production() {
    let folder = folder();
    let toml = "[database]\nenabled = false\n[previews]\nproduction_url = \"https://auth.example.com\"\n";
    fs::write(folder.path().join("gatepost.toml"), toml).unwrap();
    let variables = "GITHUB_CLIENT_ID=a-client\nGITHUB_CLIENT_SECRET=its-secret\n\
                     GATEPOST_PREVIEW_KEY=a-key-of-the-previews-0123456789abcdef\n";
    fs::write(folder.path().join(".env.local"), variables).unwrap();
    let dev = Dev::start(gatepost(folder.path(), &["dev", "--port", "0"]));
    let body = r#"{"provider":"github","callbackURL":"/in"}"#;
    let answer = dev.request("POST", "/api/auth/sign-in/social", "", body);
    let callback = "redirect_uri=https%3A%2F%2Fauth.example.com%2Fapi%2Fauth%2Fcallback%2Fgithub";
    assert!(answer.contains("https://github.com/login/oauth/authorize?") && answer.contains(callback), "{answer}");
    // An answer that no key of production has sealed begins no session.
    let handed = dev.request("GET", "/api/auth/callback/github?handover=made-up", "", "");
    assert!(handed.contains("error=state_mismatch") && !handed.contains("session_token"), "{handed}");
}

#[cfg(feature = "websocket")]
#[test]
fn dev_reaches_its_own_database_whatever_carries_connections_to_the_deployments() {
    let folder = folder();
    let toml = "[email_and_password]\nenabled = true\n[database]\ntransport = \"websocket\"\n";
    fs::write(folder.path().join("gatepost.toml"), toml).unwrap();
    let dev = Dev::start(gatepost(folder.path(), &["dev", "--port", "0"]));
    let cookie = dev.sign_up();
    assert!(dev.session(&cookie).contains("ada@example.com"));
    // One that is named is reached as the file says; this one takes no WebSockets.
    let database = dev.said.split_whitespace().find(|word| word.starts_with("postgres://")).unwrap();
    for arguments in [&["dev", "--port", "0"][..], &["migrate"]] {
        let mut command = gatepost(folder.path(), arguments);
        command.env("DATABASE_URL", database);
        let output = ended(command);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("DATABASE_URL: ") || said.contains("the database cannot be migrated: "), "{said}");
    }
}

#[test]
fn what_keeps_dev_from_starting_is_a_sentence_and_status_2() {
    let folder = folder();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let refused = |command: Command| {
        let output = ended(command);
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    let said = refused(gatepost(folder.path(), &["dev", "--port", &port]));
    assert!(said.contains(&format!("cannot listen on port {port}")) && said.contains("--port"), "{said}");
    let mut command = gatepost(folder.path(), &["dev"]);
    command.env("PORT", "eighty");
    assert!(refused(command).contains("PORT is `eighty`"));
    let mut command = gatepost(folder.path(), &["dev", "--port", "0"]);
    command.env("DATABASE_URL", NOWHERE);
    let said = refused(command);
    assert!(said.contains("the database cannot be migrated") && !said.contains("hunter2"), "{said}");
    let mut command = gatepost(folder.path(), &["dev", "--port", "0"]);
    command.env("GATEPOST_CONFIG", "nowhere.toml");
    let said = refused(command);
    assert!(said.contains("nowhere.toml: No such file") && said.contains("check that it exists"), "{said}");
    fs::write(folder.path().join("gatepost.toml"), "[session]\nexpires_im = 3\n[sesion]\n").unwrap();
    let said = refused(gatepost(folder.path(), &["dev", "--port", "0"]));
    assert!(
        said.contains("2 problems") && said.contains("gatepost.toml:2") && said.contains("gatepost.toml:3"),
        "{said}"
    );
}

#[test]
fn secret_new_prints_a_secret_that_is_long_enough_and_new_each_time() {
    let folder = folder();
    let secret = || {
        let output = ended(gatepost(folder.path(), &["secret", "new"]));
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let (first, second) = (secret(), secret());
    assert!(first.len() >= 32 && first != second, "{first} {second}");
}

#[test]
fn migrate_without_a_database_says_which_variable_is_missing() {
    let folder = folder();
    let output = ended(gatepost(folder.path(), &["migrate"]));
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("DATABASE_URL is missing"));
}

#[test]
fn a_mail_that_fails_is_a_log_line_without_the_address_and_the_link() {
    let folder = folder();
    // It refuses every mail.
    let webhook = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut command = gatepost(folder.path(), &["dev", "--port", "0"]);
    command.env("EMAIL_URL", format!("webhook+http://hook-secret@{}/mails", webhook.local_addr().unwrap()));
    thread::spawn(move || {
        let (mut stream, _) = webhook.accept().unwrap();
        let _ = stream.read(&mut [0; 16_384]);
        let _ = stream.write_all(b"HTTP/1.1 422 ada@example.com\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    });
    let mut dev = Dev::start(command);
    let origin = format!("origin: {}\r\n", dev.url);
    dev.request("POST", "/api/auth/sign-up/email", &origin, PERSON);
    let answer = dev.request("POST", "/api/auth/request-password-reset", &origin, r#"{"email":"ada@example.com"}"#);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let line = dev.logged("background");
    dev.signal("INT");
    let expected = r#"{"background":"mail","cause":"reset-password was not sent in 1 attempts: the webhook answered 422 Unprocessable Entity","level":"error"}"#;
    assert_eq!(line, expected);
}

#[test]
fn a_mail_of_ones_own_that_cannot_be_filled_in_is_told_at_once() {
    let folder = folder();
    fs::create_dir(folder.path().join("mails")).unwrap();
    fs::write(folder.path().join("mails/verify-email.txt"), "Hello {{nobody}}\n{{url}}\n").unwrap();
    let output = ended(gatepost(folder.path(), &["dev", "--port", "0"]));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && said.contains("mails/verify-email.txt: nobody is not a known placeholder"),
        "{said}"
    );
}

#[test]
fn dns_rebinding_reaches_nothing_of_dev() {
    let folder = folder();
    let mut command = gatepost(folder.path(), &["dev", "--port", "0"]);
    command.env("BETTER_AUTH_TRUSTED_ORIGINS", "https://tunnel.example,https://*.preview.example");
    let dev = Dev::start(command);
    let port = dev.url.rsplit(':').next().unwrap();
    let foreign = [
        format!("evil.example:{port}"),
        "evil.example".to_owned(),
        format!("localhost.evil.example:{port}"),
        format!("evil-localhost:{port}"),
        format!("localhost@evil.example:{port}"),
        "127.0.0.1.evil.example".to_owned(),
        "192.168.1.5".to_owned(),
        "0.0.0.0".to_owned(),
        "[::ffff:192.0.2.1]".to_owned(),
        "tunnel.example.evil.example".to_owned(),
        "preview.example".to_owned(),
        String::new(),
        "%".to_owned(),
    ];
    for name in &foreign {
        let origin = format!("origin: http://{name}\r\n");
        for (method, path, body) in [
            ("GET", "/", ""),
            ("GET", "/api/auth/ok", ""),
            ("GET", "/api/auth/get-session", ""),
            ("POST", "/api/auth/sign-up/email", PERSON),
            ("OPTIONS", "/api/auth/ok", ""),
        ] {
            let answer = dev.request_by_name(name, method, path, &origin, body);
            assert!(answer.starts_with("HTTP/1.1 421 "), "{name} {method} {path}: {answer}");
            assert!(!answer.contains("evil") && !answer.to_lowercase().contains("access-control"), "{answer}");
        }
    }
    for name in [
        format!("localhost:{port}"),
        format!("LOCALHOST:{port}"),
        format!("app.localhost:{port}"),
        format!("127.0.0.1:{port}"),
        format!("[::1]:{port}"),
        "tunnel.example".to_owned(),
        "a.preview.example".to_owned(),
    ] {
        for path in ["/", "/api/auth/ok"] {
            let answer = dev.request_by_name(&name, "GET", path, "", "");
            assert!(answer.starts_with("HTTP/1.1 200 "), "{name} {path}: {answer}");
        }
    }
    // A target that names a host counts before the header.
    let answer = dev.request("GET", "http://evil.example/api/auth/ok", "", "");
    assert!(answer.starts_with("HTTP/1.1 421 "), "{answer}");
}
