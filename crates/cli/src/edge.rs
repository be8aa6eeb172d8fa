//! The one place of the command line that reads the clock, the operating system's randomness and the environment.

use std::{
    io::{self, Read as _},
    path::{Path, PathBuf},
    time::Instant,
};

use gatepost_core::{config::Variables, context::Edge};
use jiff::Timestamp;

/// The environment of this process. Variables that are no text are left out.
#[expect(clippy::disallowed_methods, reason = "the one reader of the environment")]
pub fn environment() -> Variables {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// The wall clock.
#[expect(clippy::disallowed_methods, reason = "the one reader of the wall clock")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// The monotonic clock, for durations.
#[expect(clippy::disallowed_methods, reason = "the one reader of the monotonic clock")]
pub fn monotonic() -> Instant {
    Instant::now()
}

/// 32 bytes of the operating system's randomness.
///
/// # Errors
/// Where it has none to give.
#[expect(clippy::disallowed_methods, reason = "the one reader of the operating system's randomness")]
pub fn seed() -> io::Result<[u8; 32]> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(io::Error::other)?;
    Ok(seed)
}

/// What the core is told of a request that nobody sent: it is looked at, and what it leaves for afterwards is forgotten.
///
/// # Errors
/// Where the operating system has no randomness to give.
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

/// The text of a file, or of standard input where it is `-`. Bytes that are no text are replaced.
///
/// # Errors
/// Where it cannot be read.
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

/// The name and the text of the configuration file: the one that `GATEPOST_CONFIG` names, else `gatepost.toml`, which
/// need not be there.
///
/// # Errors
/// The file that cannot be read.
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

/// The mails of one's own: the files of the folder `mails`, by name. What explains them is passed over.
///
/// # Errors
/// The file that cannot be read.
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
