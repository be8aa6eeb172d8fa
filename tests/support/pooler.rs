//! PgBouncer, a pooler in transaction mode that knows no prepared statements: of Debian's package, where it is installed.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt as _,
    process::{Child, Command, Stdio},
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use gatepost_cli::edge;

use super::{LIMIT, postgres::execute};

/// A running pooler. It ends when this is dropped, or this process ends.
pub struct Pooler {
    port: u16,
    shell: Child,
    _folder: tempfile::TempDir,
}

/// Says why there is none.
pub const MISSING: &str = "skipped: PgBouncer is not installed (Debian's package pgbouncer)";

/// Returns the path of the program.
fn program() -> Option<&'static str> {
    ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/opt/homebrew/bin/pgbouncer", "/usr/local/bin/pgbouncer"]
        .into_iter()
        .find(|path| fs::exists(path).unwrap_or(false))
}

impl Pooler {
    /// Starts in front of the server that `url` leads to as the superuser, with so many connections to it for each database and
    /// user. `None` if it is not installed.
    pub fn start(url: &str, size: usize) -> Option<Self> {
        let server = server_of(url);
        let (host, server_port) = server.split_once(':').unwrap();
        let program = program()?;
        let begun = Instant::now();
        loop {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let folder = tempfile::tempdir().unwrap();
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
            let (ini, users) = (folder.path().join("pgbouncer.ini"), folder.path().join("users"));
            // It checks a login by the hash that the server has, and passes on what the client proved.
            let hashes = execute(
                url,
                "select format('\"%s\" \"%s\"', rolname, rolpassword) from pg_authid where rolpassword <> ''",
            );
            let lines: String = hashes.iter().filter_map(|row| Some(row[0].clone()? + "\n")).collect();
            fs::write(&users, lines).unwrap();
            let settings = format!(
                "[databases]\n* = host={host} port={server_port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
                unix_socket_dir =\nauth_type = scram-sha-256\nauth_file = {}\npool_mode = transaction\n\
                default_pool_size = {size}\nmax_client_conn = 1000\n",
                users.display()
            );
            fs::write(&ini, settings).unwrap();
            // It ends with the pipe to the shell, however this process ends. It refuses to run as root.
            let script = "\"$@\" 2>/dev/null & pid=$!; read -r _; kill \"$pid\"; wait \"$pid\"";
            let mut command = Command::new("/bin/sh");
            command.args(["-c", script, "sh", program]).arg(&ini).stdin(Stdio::piped()).stdout(Stdio::null());
            if fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0) {
                command.args(["-u", "nobody"]);
            }
            let pooler = Self { port, shell: command.spawn().unwrap(), _folder: folder };
            for _ in 0..400 {
                if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                    return Some(pooler);
                }
                thread::sleep(Duration::from_millis(5));
            }
            assert!(begun.elapsed() < LIMIT, "PgBouncer does not listen");
        }
    }

    /// The URL of a database of its server, through it.
    pub fn url(&self, url: &str) -> String {
        url.replace(server_of(url), &format!("127.0.0.1:{}", self.port))
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

/// `host:port` of a URL.
fn server_of(url: &str) -> &str {
    url.split_once('@').unwrap().1.split_once('/').unwrap().0
}

/// The variable that puts a pooler with one connection for each database between all tests and their databases.
pub const VARIABLE: &str = "GATEPOST_TEST_POOLER";

/// The URL that a test's service connects to: this one, or with the variable [`VARIABLE`] that of a pooler in front of it.
pub fn in_between(url: &str) -> String {
    static POOLER: OnceLock<Option<Pooler>> = OnceLock::new();
    let pooler =
        POOLER.get_or_init(|| edge::environment().get(VARIABLE).map(|_| Pooler::start(url, 1).expect(MISSING)));
    pooler.as_ref().map_or_else(|| url.to_owned(), |pooler| pooler.url(url))
}
