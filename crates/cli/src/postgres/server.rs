//! A running server: a watchdog ends it when this process ends, and dropping it stops it.

use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{self, Path, PathBuf};
use std::process::{self, Child, Stdio};
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process_group, test_kill_process};

use super::Options;
use super::account::{Account, stand_in};
use super::binaries::{self, Binaries};
use super::cluster::{Cluster, answers, tail};
use super::error::{Error, cannot};
use super::run::{end, until};

/// The script that ends the server when the pipe in its stdin is closed. The kernel closes it when this process dies.
const WATCHDOG: &str = include_str!("watchdog.sh");

const READY: Duration = Duration::from_secs(30);
/// The limit for stopping, a little longer than the watchdog's.
const STOPPED: Duration = Duration::from_secs(9);
/// The number of ports to try: another program may take a port before the server does.
const PORTS_TRIED: u32 = 5;

/// A server that accepts connections. Dropping it stops it.
pub struct Server {
    watchdog: Child,
    lock: File,
    data: PathBuf,
    password: String,
    port: u16,
    pid: u32,
}

impl Server {
    /// Starts a server and waits until it is ready. Blocks: half a second for new data, a tenth of it for old.
    pub fn start(options: &Options) -> Result<Server, Error> {
        let wanted = path::absolute(&options.data).map_err(cannot("find", &options.data))?;
        let clusters = [&wanted, &stand_in(&wanted, &options.temp)].map(|data| Cluster::at(data).path);
        let account = Account::choose(&clusters, options.sudo_uid)?;
        let data = account.folder(&wanted, &options.temp)?;
        let lock = lock(&data, &account)?;
        let cluster = Cluster::at(&data);
        let binaries = binaries::find(options, &account, cluster.made_by()?, &cluster.path)?;
        let password = cluster.open(&binaries, &account, options.durable)?;
        cluster.forget_killed()?;
        let mut tries = 0;
        loop {
            tries += 1;
            let port = match options.port {
                Some(port) if tries == 1 => port,
                _ => free_port().map_err(cannot("find a free port for", &data))?,
            };
            let launch =
                Launch { options, account: &account, binaries: &binaries, cluster: &cluster, lock: &lock, port };
            match launch.start(&data) {
                Err(Error::Ended { said, .. }) if said.contains("could not bind") && tries < PORTS_TRIED => {}
                Err(error) => return Err(error),
                Ok((watchdog, pid)) => return Ok(Server { watchdog, lock, data, password, port, pid }),
            }
        }
    }

    /// The URL of a database, for the superuser.
    pub fn url(&self, database: &str) -> String {
        url(&self.password, self.port, database)
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The server's main process.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The data folder in use: the one asked for, or its stand-in in the temp folder.
    pub fn data(&self) -> &Path {
        &self.data
    }
}

/// Shows the server without its password.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("pid", &self.pid)
            .field("port", &self.port)
            .field("data", &self.data)
            .finish_non_exhaustive()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        halt(&mut self.watchdog);
        // An empty lock file names no process: the next start waits for the lock instead of reporting the folder as in use. An error
        // affects only that start.
        let _ = self.lock.set_len(0);
    }
}

/// Lets the watchdog end the server, and ends both if that takes too long.
fn halt(watchdog: &mut Child) {
    drop(watchdog.stdin.take());
    if !matches!(end(watchdog, STOPPED), Ok(Some(_))) {
        // The group is the watchdog's own, and it has not been waited for, so the number cannot be another's.
        if let Some(group) = i32::try_from(watchdog.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = end(watchdog, STOPPED);
    }
}

/// One attempt to start on a port.
struct Launch<'a> {
    options: &'a Options,
    account: &'a Account,
    binaries: &'a Binaries,
    cluster: &'a Cluster,
    lock: &'a File,
    port: u16,
}

impl Launch<'_> {
    fn start(&self, data: &Path) -> Result<(Child, u32), Error> {
        let path = data.join("log");
        let log = self.account.file(&path)?;
        log.set_len(0).map_err(cannot("empty", &path))?;
        self.lock
            .set_len(0)
            .and_then(|()| writeln!(&*self.lock, "{}", process::id()))
            .map_err(cannot("write the lock in", data))?;

        let mut command = self.account.command("/bin/sh");
        command
            .args(["-c", WATCHDOG, "gatepost-watchdog"])
            .arg(&self.binaries.postgres)
            .arg("-D")
            .arg(&self.cluster.path);
        for (name, value) in self.settings() {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        // Its own process group, or ^C in the terminal would stop the server before this process. This process's end of the pipe is
        // closed on exec, so that no other child keeps it open.
        command.process_group(0).stdin(Stdio::piped());
        command.stdout(self.lock.try_clone().map_err(cannot("share the lock in", data))?);
        command.stderr(log);
        for variable in ["PGPORT", "PGDATESTYLE", "PGCLIENTENCODING"] {
            command.env_remove(variable);
        }
        let mut watchdog = command.spawn().map_err(cannot("start /bin/sh for", data))?;

        let ready = until(READY, || match watchdog.try_wait() {
            Ok(None) => Ok(self.ready_pid(data)),
            Ok(Some(_)) => Err(Error::Ended { said: tail(&path), log: path.clone() }),
            Err(error) => Err(cannot("watch the server on", data)(error)),
        });
        let failure = match ready {
            Ok(Some(pid)) => return Ok((watchdog, pid)),
            Ok(None) => Error::NotReady { seconds: READY.as_secs(), said: tail(&path), log: path },
            Err(error) => error,
        };
        halt(&mut watchdog);
        Err(failure)
    }

    /// The server's process, once it accepts connections. A file left by a killed server may name the same process (numbers repeat
    /// after a container's restart) and call itself ready: hence the connection.
    fn ready_pid(&self, data: &Path) -> Option<u32> {
        let (_, server) = holders(data)?;
        let state = self.cluster.state()?;
        let ready = Some(state.pid) == server && state.port == self.port && state.ready;
        (ready && answers(self.port)).then_some(state.pid.cast_unsigned())
    }

    /// Makes the settings. The last one of a name wins.
    fn settings(&self) -> impl Iterator<Item = (String, String)> {
        let careless = if self.options.durable { "on" } else { "off" };
        let ours = [
            ("listen_addresses", "127.0.0.1".to_owned()),
            // TCP with a password is enough; a socket would need a folder with a short path.
            ("unix_socket_directories", String::new()),
            ("max_connections", self.options.max_connections.to_string()),
            ("timezone", "UTC".to_owned()),
            ("log_timezone", "UTC".to_owned()),
            ("lc_messages", "C".to_owned()),
            ("fsync", careless.to_owned()),
            ("synchronous_commit", careless.to_owned()),
            ("full_page_writes", careless.to_owned()),
        ];
        let port = ("port".to_owned(), self.port.to_string());
        ours.into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .chain(self.options.settings.iter().cloned())
            .chain([port])
    }
}

/// Locks the data folder. A lock that outlives its process belongs to the watchdog, which releases it soon.
fn lock(data: &Path, account: &Account) -> Result<File, Error> {
    let path = data.join("lock");
    let file = account.file(&path)?;
    let locked = until(STOPPED, || match file.try_lock() {
        Ok(()) => Ok(Some(())),
        Err(TryLockError::Error(error)) => Err(cannot("lock", &path)(error)),
        Err(TryLockError::WouldBlock) => match holders(data) {
            Some((owner, _)) if alive(owner) => Err(in_use(data, owner)),
            _ => Ok(None),
        },
    })?;
    locked.map(|()| file).ok_or_else(|| Error::Locked { data: data.to_owned() })
}

fn in_use(data: &Path, pid: i32) -> Error {
    let cluster = Cluster::at(data);
    let state = cluster.state().filter(|state| state.ready);
    let url = state.zip(cluster.password()).map(|(state, password)| url(&password, state.port, "postgres"));
    Error::InUse { data: data.to_owned(), pid, url }
}

/// The content of the lock file: the process that started the server, and the server's process once it runs.
fn holders(data: &Path) -> Option<(i32, Option<i32>)> {
    let text = fs::read_to_string(data.join("lock")).ok()?;
    let mut lines = text.lines().map(|line| line.parse().ok());
    Some((lines.next()??, lines.next().flatten()))
}

/// Returns whether a process is alive. A process that this one may not signal is alive too.
fn alive(pid: i32) -> bool {
    Pid::from_raw(pid).is_some_and(|pid| test_kill_process(pid) != Err(Errno::SRCH))
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Makes a URL. The password has no special characters; the name of a database may have any.
fn url(password: &str, port: u16, database: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let name: String = database
        .bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect();
    format!("postgres://postgres:{password}@127.0.0.1:{port}/{name}")
}
