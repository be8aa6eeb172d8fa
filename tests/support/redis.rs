//! Redis, of Debian's package, where it is installed: a server of a test's own.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::LIMIT;

/// Says why there is none.
pub const MISSING: &str = "skipped: Redis is not installed (Debian's package redis-server)";

/// A running server. It ends when this is dropped, or this process ends.
pub struct Redis {
    pub port: u16,
    pub pid: u32,
    shell: Option<Child>,
    more: Vec<String>,
    folder: tempfile::TempDir,
}

impl Redis {
    /// Starts on a free port, without TLS. `None` if it is not installed, which is printed.
    pub fn start() -> Option<Self> {
        Self::with(&[])
    }

    /// Starts with more arguments.
    pub fn with(more: &[&str]) -> Option<Self> {
        if Command::new("redis-server").arg("--version").stdout(Stdio::null()).status().is_err() {
            println!("{MISSING}");
            return None;
        }
        let begun = Instant::now();
        loop {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let more = more.iter().map(|argument| (*argument).to_owned()).collect();
            let mut redis = Self { port, pid: 0, shell: None, more, folder: tempfile::tempdir().unwrap() };
            if redis.run() {
                return Some(redis);
            }
            assert!(begun.elapsed() < LIMIT, "Redis does not listen");
        }
    }

    /// Starts the server on its port; `false` if another process has it.
    fn run(&mut self) -> bool {
        let pid_file = self.folder.path().join("pid");
        let _ = fs::remove_file(&pid_file);
        // It ends with the pipe to the shell, however this process ends.
        let script = "\"$@\" >/dev/null 2>&1 & pid=$!; echo $pid > pid; read -r _; kill -CONT \"$pid\"; kill -KILL \"$pid\"; wait \"$pid\"";
        let port = self.port.to_string();
        // With TLS the port is that one's.
        let ports = if self.more.iter().any(|argument| argument == "--tls-port") { "0" } else { &port };
        let more = self.more.iter().map(|argument| if argument == "{port}" { &port } else { argument });
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", script, "sh", "redis-server", "--save", "", "--bind", "127.0.0.1", "--port", ports])
            .args(more)
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        self.shell = Some(command.spawn().unwrap());
        for _ in 0..400 {
            // A reader finds no identifier before the file is written, or while it is.
            let pid = fs::read_to_string(&pid_file).ok().and_then(|pid| pid.trim().parse().ok());
            if let (Ok(_), Some(pid)) = (TcpStream::connect(("127.0.0.1", self.port)), pid) {
                self.pid = pid;
                return true;
            }
            thread::sleep(Duration::from_millis(5));
        }
        self.stop();
        false
    }

    /// Ends it, with all that is in it.
    pub fn stop(&mut self) {
        if let Some(mut shell) = self.shell.take() {
            drop(shell.stdin.take());
            let _ = shell.wait();
        }
    }

    /// Starts it again on the same port, empty.
    pub fn restart(&mut self) {
        self.stop();
        let begun = Instant::now();
        while !self.run() {
            assert!(begun.elapsed() < LIMIT, "Redis does not listen again");
        }
    }

    /// Freezes the process, or thaws it: everything looks connected meanwhile.
    pub fn freeze(&self, frozen: bool) {
        let signal = if frozen { "-STOP" } else { "-CONT" };
        assert!(Command::new("kill").args([signal, &self.pid.to_string()]).status().unwrap().success());
    }

    /// Returns the address for clients.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Returns the answer to a command, as the server's own client prints it: empty if there is none.
    pub fn ask(&self, command: &[&str]) -> String {
        let output = Command::new("redis-cli").args(["-p", &self.port.to_string()]).args(command).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    }

    /// Returns a value of better-auth or gatepost: `key` is without the prefix.
    pub fn get(&self, key: &str) -> String {
        self.ask(&["GET", &format!("better-auth:{key}")])
    }

    /// For how many seconds a key is kept.
    pub fn seconds(&self, key: &str) -> i64 {
        self.ask(&["TTL", &format!("better-auth:{key}")]).parse().unwrap()
    }

    /// Every key without the prefix, in order.
    pub fn keys(&self) -> Vec<String> {
        let mut keys: Vec<_> = self.ask(&["KEYS", "*"]).lines().map(|key| key.replace("better-auth:", "")).collect();
        keys.sort();
        keys
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.stop();
    }
}
