//! Reads the clock, the operating system's randomness, the environment and files: the only module of this crate and of the command
//! line that does so.

use std::{
    io::{self, Read as _},
    path::{Path, PathBuf},
    time::Instant,
};

use gatepost_core::{config::Variables, context::Edge};
use jiff::Timestamp;

/// Reads the environment of this process. Leaves out variables that are not UTF-8.
#[expect(clippy::disallowed_methods, reason = "the one reader of the environment")]
pub fn environment() -> Variables {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Reads the wall clock.
#[expect(clippy::disallowed_methods, reason = "the one reader of the wall clock")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// Reads the monotonic clock, for durations.
#[expect(clippy::disallowed_methods, reason = "the one reader of the monotonic clock")]
pub fn monotonic() -> Instant {
    Instant::now()
}

/// Reads 32 bytes of the operating system's randomness.
///
/// # Errors
/// If the operating system provides no randomness.
#[expect(clippy::disallowed_methods, reason = "the one reader of the operating system's randomness")]
pub fn seed() -> io::Result<[u8; 32]> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| {
        io::Error::other(format!(
            "the operating system provides no randomness: {error}; check that the call getrandom is permitted"
        ))
    })?;
    Ok(seed)
}

/// Makes the edge of a request that no client sent and that is only explained: work for after the answer is discarded.
///
/// # Errors
/// If the operating system provides no randomness.
pub fn request() -> io::Result<Edge> {
    Ok(Edge {
        now: now(),
        seed: seed()?,
        scheme: "https",
        session_keys: Some(gatepost_core::session_jwt::SESSION_KEYS),
        places: gatepost_core::functions::PLACES,
        wait_until: Box::new(drop),
    })
}

/// Reads the text of a file, or of standard input if the path is `-`. Replaces bytes that are not UTF-8.
///
/// # Errors
/// If it cannot be read.
pub fn text(file: &Path) -> io::Result<String> {
    let bytes = if file == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        bytes
    } else {
        std::fs::read(file)?
    };
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The message about a file that cannot be read: cause and fix, without the path.
pub fn unreadable(error: &io::Error) -> String {
    format!("it cannot be read: {error}; check that the file exists and that you may read it")
}

/// Reads the configuration file, and returns its name and text: the file that `GATEPOST_CONFIG` names, or else `gatepost.toml`, which
/// may be missing.
///
/// # Errors
/// If a file cannot be read, with its path.
pub fn configuration(folder: &Path, variables: &Variables) -> Result<(String, String), (PathBuf, io::Error)> {
    let name = variables.get("GATEPOST_CONFIG").unwrap_or("gatepost.toml");
    let path = folder.join(name);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound && variables.get("GATEPOST_CONFIG").is_none() => {
            String::new()
        }
        Err(source) => return Err((path, source)),
    };
    Ok((name.to_owned(), text))
}

/// Reads the deployment's own mail templates: the files of the folder `mails`, by name. Skips Markdown files.
///
/// # Errors
/// If a file cannot be read, with its path.
pub fn mails(folder: &Path) -> Result<Vec<(String, String)>, (PathBuf, io::Error)> {
    let folder = folder.join("mails");
    let entries = match std::fs::read_dir(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|error| (folder, error))?,
    };
    let read = |path: PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        std::fs::read_to_string(&path).map(|text| (name, text)).map_err(|error| (path, error))
    };
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    paths.filter(|path| path.extension().is_none_or(|extension| extension != "md")).map(read).collect()
}
