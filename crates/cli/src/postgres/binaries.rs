//! Finds `postgres` and `initdb`: the named ones, the first on this machine that work, or a download.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::account::Account;
use super::error::Error;
use super::run::run;
use super::{Options, Source, download};

/// The oldest version that PostgreSQL's maintainers supported when this was written.
const OLDEST: u32 = 14;

/// The folders in which systems keep one PostgreSQL for each version: the folder, the text before the version, and the text after it.
const VERSIONED: [(&str, &str, &str); 6] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/opt/homebrew/opt", "postgresql@", "bin"),
    ("/usr/local/opt", "postgresql@", "bin"),
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql@", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
];

#[derive(Debug)]
pub(super) struct Binaries {
    pub postgres: PathBuf,
    pub initdb: PathBuf,
    pub version: u32,
}

/// Finds the programs for a cluster that version `made_by` created, or for a new one.
pub(super) fn find(
    options: &Options,
    account: &Account,
    made_by: Option<u32>,
    cluster: &Path,
) -> Result<Binaries, Error> {
    let fits = |found: &Binaries| made_by.is_none_or(|version| version == found.version);
    let other_version = || Error::OtherVersion { cluster: cluster.to_owned(), made_by: made_by.unwrap_or_default() };
    let mut tried = String::new();
    match &options.source {
        Source::Folder(folder) => {
            let found = examine(folder, account).map_err(|why| Error::Unusable { path: folder.clone(), why })?;
            return if fits(&found) { Ok(found) } else { Err(other_version()) };
        }
        Source::Machine => {
            for folder in env::split_paths(&options.path).chain(versioned()) {
                if folder.is_relative() || !folder.join("postgres").is_file() {
                    continue;
                }
                match examine(&folder, account) {
                    Ok(found) if fits(&found) => return Ok(found),
                    Ok(found) => tried.push_str(&format!(" {} is version {}.", folder.display(), found.version)),
                    Err(why) => tried.push_str(&format!(" {} was skipped: {why}.", folder.display())),
                }
            }
        }
        Source::Download => {}
    }
    if made_by.is_some_and(|version| version != download::MAJOR) {
        return Err(other_version());
    }
    let folder = download::fetch(options, account, &tried)?;
    examine(&folder.join("bin"), account).map_err(|why| Error::Unusable { path: folder, why })
}

/// Lists the existing folders of `VERSIONED`, the highest version of each first.
fn versioned() -> impl Iterator<Item = PathBuf> {
    VERSIONED.into_iter().flat_map(|(place, prefix, suffix)| {
        let mut found: Vec<(u32, PathBuf)> = fs::read_dir(place)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| {
                let version = entry.file_name().to_str()?.strip_prefix(prefix)?.parse().ok()?;
                Some((version, entry.path().join(suffix)))
            })
            .collect();
        found.sort_by(|one, other| other.cmp(one));
        found.into_iter().map(|(_, folder)| folder)
    })
}

/// Examines the programs in a folder, or returns why they cannot be used. Runs them as the server's account, which must be able to.
fn examine(folder: &Path, account: &Account) -> Result<Binaries, String> {
    // Debian and Homebrew link some programs into PATH; the others are beside the real one.
    let postgres =
        fs::canonicalize(folder.join("postgres")).map_err(|error| format!("it has no postgres ({error})"))?;
    let initdb = postgres.with_file_name("initdb");
    if !initdb.is_file() {
        return Err("it has no initdb".to_owned());
    }
    let (works, said) = run(account.command(&postgres).arg("--version"), Duration::from_secs(10))
        .map_err(|error| format!("its postgres does not run ({error})"))?;
    // "postgres (PostgreSQL) 18.4", "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "postgres (PostgreSQL) 19devel"
    let digits: String = said
        .split_once("(PostgreSQL) ")
        .map(|(_, version)| version.chars().take_while(char::is_ascii_digit).collect())
        .unwrap_or_default();
    match digits.parse() {
        Ok(version) if works && version >= OLDEST => Ok(Binaries { postgres, initdb, version }),
        Ok(version) if works => Err(format!("its PostgreSQL {version} is too old")),
        _ => Err(format!("its postgres prints {said:?} instead of a version")),
    }
}
