//! Reads and writes files. Each error names the file, what was tried, and the fix.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

const READABLE: &str = "check that it exists and that you may read it";
const WRITABLE: &str = "check that you may write there and that the disk has room";

/// Reads the text of a file.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn read(file: &Path) -> io::Result<String> {
    fs::read_to_string(file).map_err(named(file, "read", READABLE))
}

/// Reads the text of a file; empty if there is no file.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn read_if_there(file: &Path) -> io::Result<String> {
    match read(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        read => read,
    }
}

/// Lists the entries of a folder.
///
/// # Errors
/// If the folder cannot be read.
pub(crate) fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(named(folder, "read", READABLE))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    paths.collect::<io::Result<_>>().map_err(named(folder, "read", READABLE))
}

/// Writes a file, and creates its folder if that is missing.
///
/// # Errors
/// If the folder cannot be created or the file cannot be written.
pub(crate) fn write(file: &Path, text: impl AsRef<[u8]>) -> io::Result<()> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(named(folder, "created", WRITABLE))?;
    }
    fs::write(file, text).map_err(named(file, "written", WRITABLE))
}

/// Removes a file.
///
/// # Errors
/// If the file cannot be removed.
pub(crate) fn remove(file: &Path) -> io::Result<()> {
    fs::remove_file(file).map_err(named(file, "removed", "check that you may write there, or remove it"))
}

/// Makes an error of the operating system name the file and the fix. Its kind stays.
fn named(file: &Path, done: &str, fix: &str) -> impl Fn(io::Error) -> io::Error {
    move |error| io::Error::new(error.kind(), format!("{}: it cannot be {done}: {error}; {fix}", file.display()))
}
