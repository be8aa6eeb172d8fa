//! The peers, and how each is started.

use std::{
    fs,
    io::Read as _,
    net::{TcpListener, TcpStream},
    os::unix::net::UnixListener,
    path::{Path, PathBuf},
    process::Command,
    sync::mpsc,
    time::{Duration, Instant},
};

use crate::{
    load::Target,
    process::{LIMIT, Process},
};

pub const SECRET: &str = "a-secret-of-at-least-32-characters-for-peers";
const BUN: &str = "1.4.5";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Peer {
    Bare,
    Functions,
    Serve,
    Node,
    Bun,
    RustAuth,
    BetterAuthRs,
}

pub const ALL: [Peer; 7] =
    [Peer::Bare, Peer::Functions, Peer::Serve, Peer::Node, Peer::Bun, Peer::RustAuth, Peer::BetterAuthRs];

impl Peer {
    pub fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare program",
            Self::Functions => "gatepost as functions",
            Self::Serve => "gatepost serve",
            Self::Node => "better-auth 1.7.25 on Node",
            Self::Bun => "better-auth 1.7.25 on Bun",
            Self::RustAuth => "RustAuth 0.3.0",
            Self::BetterAuthRs => "better-auth-rs 0.10.0",
        }
    }

    /// Its database: one for all that have better-auth's tables.
    pub fn database(self) -> &'static str {
        match self {
            Self::RustAuth => "rustauth",
            Self::BetterAuthRs => "better_auth_rs",
            _ => "better_auth",
        }
    }
}

/// The features that are switched on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Passwords, and sessions in the database.
    Plain,
    /// The cookie cache as well.
    Cache,
    /// JWTs instead.
    Tokens,
}

impl Mode {
    fn toml(self) -> &'static str {
        match self {
            Self::Plain => {
                "[email_and_password]\nenabled = true\n[rate_limit]\nenabled = false\n[jwt]\nenabled = false\n"
            }
            Self::Cache => {
                "[email_and_password]\nenabled = true\n[rate_limit]\nenabled = false\n[jwt]\nenabled = false\n[session.cookie_cache]\nenabled = true\n"
            }
            Self::Tokens => "[email_and_password]\nenabled = true\n[rate_limit]\nenabled = false\n",
        }
    }

    fn options(self) -> &'static str {
        match self {
            Self::Plain => "{}",
            Self::Cache => r#"{"session":{"cookieCache":{"enabled":true}}}"#,
            Self::Tokens => r#"{"jwt":{}}"#,
        }
    }
}

/// A peer that runs.
pub struct Running {
    pub process: Process,
    pub target: Target,
    _folder: Option<tempfile::TempDir>,
}

/// Starts peers.
pub struct Starter {
    /// The root of the repository.
    pub project: PathBuf,
    /// The programs of this workspace.
    programs: PathBuf,
    bun: String,
}

impl Starter {
    /// Builds every peer that is not built yet, if `build` says so.
    pub fn new(build: bool) -> Self {
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        let project = own.parent().unwrap().parent().unwrap().to_owned();
        let programs = std::env::current_exe().unwrap().parent().unwrap().to_owned();
        if build {
            let build = ["build", "--release", "--locked"];
            run(Command::new("cargo").args(build).args(["--workspace", "--bins"]).current_dir(own));
            let functions = ["get-session", "sign-in", "token"].map(|name| ["--bin", name]).concat();
            run(Command::new("cargo").args(build).args(functions).current_dir(&project));
        }
        let client = project.join("tests/client");
        if !client.join("node_modules/.package-lock.json").exists() {
            let npm = ["ci", "--no-audit", "--no-fund", "--ignore-scripts"];
            run(Command::new("npm").args(npm).current_dir(client));
        }
        Self { project, bun: bun(&programs), programs }
    }

    fn program(&self, name: &str) -> String {
        self.programs.join(name).to_str().unwrap().to_owned()
    }

    /// Starts a peer on this many cores. `function` is the one of gatepost's functions that is asked; `token` is the session that
    /// the bare program reads.
    pub fn start(&self, peer: Peer, mode: Mode, cores: usize, database: &str, function: &str, token: &str) -> Running {
        let client = self.project.join("tests/client").to_str().unwrap().to_owned();
        let own = env!("CARGO_MANIFEST_DIR");
        let mut variables = vec![
            ("DATABASE_URL", database.to_owned()),
            ("BETTER_AUTH_SECRET", SECRET.to_owned()),
            ("TOKEN", token.to_owned()),
        ];
        variables.extend([("OPTIONS", mode.options().to_owned()), ("TZ", "UTC".to_owned())]);
        match mode {
            Mode::Plain => {}
            Mode::Cache => variables.push(("CACHE", "1".to_owned())),
            Mode::Tokens => variables.push(("TOKENS", "1".to_owned())),
        }
        let listening = |program: &str, arguments: &[&str], folder: &str| {
            let (process, url) = Process::listening(program, arguments, folder, &variables, cores);
            Running { process, target: Target { url, headers: Vec::new() }, _folder: None }
        };
        match peer {
            Peer::Bare => listening(&self.program("peer-bare"), &[], own),
            Peer::RustAuth => listening(&self.program("peer-rustauth"), &[], own),
            Peer::BetterAuthRs => listening(&self.program("peer-better-auth-rs"), &[], own),
            Peer::Node => listening("node", &["reference.mjs"], &client),
            Peer::Bun => listening(&self.bun, &[&format!("{own}/bun.mjs")], &client),
            Peer::Serve => self.serve(mode, cores, database),
            Peer::Functions => self.function(mode, cores, database, function),
        }
    }

    fn serve(&self, mode: Mode, cores: usize, database: &str) -> Running {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("gatepost.toml"), mode.toml()).unwrap();
        let port = free_port();
        let url = format!("http://localhost:{port}");
        let variables = [
            ("DATABASE_URL", database.to_owned()),
            ("BETTER_AUTH_SECRET", SECRET.to_owned()),
            ("BETTER_AUTH_URL", url.clone()),
        ];
        let listen = format!("127.0.0.1:{port}");
        let at = folder.path().to_str().unwrap();
        let process =
            Process::spawn(&self.program("peer-gatepost-serve"), &["--listen", &listen], at, &variables, cores);
        let begun = Instant::now();
        while TcpStream::connect(&listen).is_err() {
            assert!(begun.elapsed() < LIMIT, "gatepost serve does not listen");
            std::thread::sleep(Duration::from_millis(10));
        }
        Running { process, target: Target { url, headers: Vec::new() }, _folder: Some(folder) }
    }

    /// A function with the platform's socket, to which it says where it listens and when a request has ended.
    fn function(&self, mode: Mode, cores: usize, database: &str, name: &str) -> Running {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("gatepost.toml");
        fs::write(&config, mode.toml()).unwrap();
        let socket = folder.path().join("socket");
        let listener = UnixListener::bind(&socket).unwrap();
        let (send, receive) = mpsc::channel();
        std::thread::spawn(move || {
            let Ok((mut stream, _)) = listener.accept() else { return };
            let (mut said, mut bytes) = (Vec::new(), [0; 65_536]);
            let mut started = false;
            while let Ok(read @ 1..) = stream.read(&mut bytes) {
                if started {
                    continue;
                }
                said.extend_from_slice(&bytes[..read]);
                for message in said.split(|byte| *byte == 0) {
                    let Ok(message) = serde_json::from_slice::<serde_json::Value>(message) else { continue };
                    if message["type"] == "server-started" {
                        started = true;
                        let _ = send.send(message["payload"]["httpPort"].as_u64().unwrap());
                    }
                }
            }
        });
        let wanted = free_port();
        let variables = [
            ("VERCEL", "1".to_owned()),
            ("VERCEL_ENV", "production".to_owned()),
            ("VERCEL_TARGET_ENV", "production".to_owned()),
            ("VERCEL_REGION", "iad1".to_owned()),
            ("VERCEL_URL", "localhost".to_owned()),
            ("VERCEL_DEPLOYMENT_ID", "dpl_local".to_owned()),
            ("VERCEL_IPC_PATH", socket.to_str().unwrap().to_owned()),
            ("VERCEL_DEV_PORT", wanted.to_string()),
            ("GATEPOST_CONFIG", config.to_str().unwrap().to_owned()),
            ("DATABASE_URL", database.to_owned()),
            ("BETTER_AUTH_SECRET", SECRET.to_owned()),
            ("BETTER_AUTH_URL", format!("http://localhost:{wanted}")),
        ];
        let binary = self.project.join("target/release").join(name);
        let at = folder.path().to_str().unwrap();
        let process = Process::spawn(binary.to_str().unwrap(), &[], at, &variables, cores);
        let port = receive.recv_timeout(LIMIT).unwrap_or_else(|_| panic!("the function {name} does not start"));
        let url = format!("http://localhost:{port}");
        // Those that the platform adds to each request.
        let headers = [
            ("forwarded", "for=127.0.0.1;host=localhost;proto=http"),
            ("x-forwarded-for", "127.0.0.1"),
            ("x-forwarded-host", "localhost"),
            ("x-forwarded-proto", "http"),
            ("x-real-ip", "127.0.0.1"),
            ("x-vercel-deployment-url", "localhost"),
            ("x-vercel-forwarded-for", "127.0.0.1"),
            ("x-vercel-id", "iad1::iad1::abcdef-1700000000000-0123456789ab"),
            ("x-vercel-internal-invocation-id", "0123456789abcdef"),
            ("x-vercel-internal-request-id", "1"),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Running { process, target: Target { url, headers }, _folder: Some(folder) }
    }

    /// Returns the versions of the runtimes.
    pub fn versions(&self) -> [(&'static str, String); 2] {
        let of = |program: &str| {
            let output = Command::new(program).arg("--version").output().unwrap();
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        };
        [("node", of("node")), ("bun", of(&self.bun))]
    }
}

/// The program that `BUN` names, or npm's package of it, installed beside the programs.
fn bun(programs: &Path) -> String {
    if let Ok(given) = std::env::var("BUN") {
        return given;
    }
    let folder = programs.join("bun");
    let program = folder.join("node_modules/.bin/bun");
    if !program.exists() {
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("package.json"), "{}").unwrap();
        let package = format!("bun@{BUN}");
        let npm = ["install", "--no-audit", "--no-fund", &package];
        run(Command::new("npm").args(npm).current_dir(&folder));
    }
    program.to_str().unwrap().to_owned()
}

fn run(command: &mut Command) {
    eprintln!("{command:?}");
    assert!(command.status().unwrap().success(), "{command:?}");
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
