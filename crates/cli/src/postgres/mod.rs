//! A PostgreSQL server of our own, for `cargo dev` and for the tests.
//!
//! This module decides where the server's programs come from ([`Source`]), who runs it, where its files lie and when it ends.
//! It knows nothing of gatepost's tables: whoever wants a database connects to [`Server::url`] and makes one.
//!
//! What is in the data folder:
//!
//! | file | what it is |
//! |---|---|
//! | `lock` | held as long as the server runs; names the process that started it, and the server's |
//! | `password` | of the role `postgres`: random, readable by the server's account alone, kept for the next start |
//! | `cluster/` | the databases. Delete the data folder to begin anew |
//! | `log` | what the server said since its last start |
//!
//! PostgreSQL refuses to run as root. Started by root (a container, CI), the server runs as whoever owns the cluster already, as
//! the user who called `sudo`, as `postgres`, or as `nobody`. A folder which that account cannot enter (root's home, anything
//! below a closed folder) is replaced by `gatepost-<hash of its path>` in the temp folder; [`Server::data`] says which it is.

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

/// Where the server's programs come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// These and no others: a folder with `postgres` and `initdb` in it (`GATEPOST_POSTGRES_BIN`).
    Folder(PathBuf),
    /// What is installed on this machine; a download where nothing fits.
    Machine,
    /// The download, whatever is installed.
    Download,
}

/// Where PostgreSQL keeps its files, and how careful it is with them.
#[derive(Debug, Clone)]
pub struct Options {
    /// The data folder. One server at a time runs on it.
    pub data: PathBuf,
    /// Whether a commit survives a power failure. Tests do without: they are some times faster.
    pub durable: bool,
    /// Where the programs come from.
    pub source: Source,
    /// The folders searched for `postgres` and `npm`, as in `PATH`.
    pub path: OsString,
    /// Where a download is kept for the next time.
    pub cache: PathBuf,
    /// Where folders go that the server's account cannot enter.
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
    /// A durable server on `data`. The variables say where programs, cache and temp folder are.
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

    /// The same for a test: nothing is flushed to the disk.
    pub fn for_tests(data: impl Into<PathBuf>) -> Options {
        Options { durable: false, ..Options::new(data, &crate::edge::environment()) }
    }
}
