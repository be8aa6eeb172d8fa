//! A function as a process of its own: to start a hundred of them at once, and to hold one still as the platform does.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU16, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use super::{LIMIT, SECRET, http, transport};

/// A running function. Dropping it ends it.
pub struct Instance {
    pub url: String,
    pub child: Child,
}

impl Instance {
    /// The function `name` on this database with this `gatepost.toml`, as on the platform, where unused connections
    /// are closed before the instance is frozen.
    pub fn start(name: &str, database_url: &str, config: &Path) -> Self {
        Self::with(name, database_url, config, &[])
    }

    /// Starts the function with more variables.
    pub fn with(name: &str, database_url: &str, config: &Path, variables: &[(&str, &str)]) -> Self {
        let binary = Path::new(env!("CARGO_BIN_EXE_get-session")).with_file_name(name);
        let begun = Instant::now();
        loop {
            let port = free_port();
            let url = format!("http://localhost:{port}");
            let child = Command::new(&binary)
                .env_clear()
                .env("VERCEL_DEV_PORT", port.to_string())
                .env("VERCEL_URL", "localhost")
                .env("VERCEL_REGION", "iad1")
                .env("BETTER_AUTH_URL", &url)
                .env("BETTER_AUTH_SECRET", SECRET)
                .env("DATABASE_URL", transport::url(database_url))
                .env("GATEPOST_CONFIG", config)
                .envs(variables.iter().copied())
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .spawn()
                .unwrap();
            let mut instance = Self { url, child };
            // It ends if another process took the port meanwhile.
            while matches!(instance.child.try_wait(), Ok(None)) {
                if TcpStream::connect(("127.0.0.1", port)).is_ok() && instance.listens_on(port) {
                    return instance;
                }
                assert!(begun.elapsed() < LIMIT, "{name} does not listen");
                thread::sleep(Duration::from_millis(5));
            }
        }
    }

    /// Whether the port is its own: another process that has it would answer as well.
    fn listens_on(&self, port: u16) -> bool {
        let process = Path::new("/proc").join(self.child.id().to_string());
        let tables = ["net/tcp", "net/tcp6"].map(|table| fs::read_to_string(process.join(table)).unwrap_or_default());
        let listening = |line: &str| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let is_meant = fields.get(1)?.ends_with(&format!(":{port:04X}")) && fields.get(3) == Some(&"0A");
            is_meant.then(|| format!("socket:[{}]", fields.get(9).unwrap_or(&"")))
        };
        let sockets: Vec<String> = tables.iter().flat_map(|table| table.lines()).filter_map(listening).collect();
        let files = fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
        let mut links = files.filter_map(|file| fs::read_link(file.path()).ok());
        links.any(|link| sockets.iter().any(|socket| link.as_os_str() == socket.as_str()))
    }

    /// Reads a session.
    pub fn session(&self, cookie: &str) -> http::Answer {
        http::send("GET", &format!("{}/api/auth/get-session", self.url), &[("cookie", cookie)], b"")
    }

    /// Holds it still.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    /// The most memory that it has had, in bytes, as the kernel counts it.
    pub fn peak_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap().success());
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that no other test and no outgoing connection takes before the function does: below those that systems hand out,
/// each one once.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 10_000 + std::process::id() as u16 % 10_000;
    let ports = std::iter::repeat_with(|| first + NEXT.fetch_add(1, Relaxed) % 10_000);
    ports.take(10_000).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).expect("a free port")
}
