//! Decides which account runs the server, and finds folders that this account can enter.
//!
//! Usually the account is that of this process. Only root must choose another one. Every program of PostgreSQL then runs as that
//! account, so that root executes nothing that it does not own. Root keeps the folders, so that no other account can put links there.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown, fchown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::error::{Error, cannot};
use super::run::run;

const SOON: Duration = Duration::from_secs(5);

pub(super) struct Account {
    /// User and group, if they are not those of this process.
    other: Option<(u32, u32)>,
}

impl Account {
    /// Chooses the account: that of this process unless it is root. The owner of a cluster in one of the folders `clusters` comes first.
    pub(super) fn choose(clusters: &[PathBuf], sudo_uid: Option<u32>) -> Result<Account, Error> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Account { other: None });
        }
        let owner = clusters.iter().find_map(|cluster| fs::metadata(cluster).ok()).map(|found| found.uid());
        let uids = [owner, sudo_uid].into_iter().flatten().map(|uid| uid.to_string());
        uids.chain(["postgres".into(), "nobody".into()])
            .find_map(|name| Some((id("-u", &name)?, id("-g", &name)?)))
            .map(|ids| Account { other: Some(ids) })
            .ok_or(Error::NoAccount)
    }

    /// Makes the command for a program that runs as this account. The standard library drops root's other groups: it calls
    /// `setgroups(0)` before `setuid` if root sets a uid.
    pub(super) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        // The account may be unable to enter the current directory, and a server should not keep it in use.
        command.current_dir("/");
        if let Some((uid, gid)) = self.other {
            command.uid(uid).gid(gid);
        }
        command
    }

    /// Creates `folder`, or a folder in `temp` if the account cannot enter it, and returns the path.
    pub(super) fn folder(&self, folder: &Path, temp: &Path) -> Result<PathBuf, Error> {
        let existed = folder.exists();
        // Closed to other accounts; the server's account may pass through, but not list the folder.
        let mode = if self.other.is_some() { 0o711 } else { 0o700 };
        if !existed {
            fs::create_dir_all(folder).map_err(cannot("create", folder))?;
            fs::set_permissions(folder, Permissions::from_mode(mode)).map_err(cannot("open", folder))?;
        }
        if self.can_enter(folder) {
            return Ok(folder.to_owned());
        }
        if !existed {
            fs::remove_dir(folder).map_err(cannot("remove", folder))?;
        }
        // Every account can write to the temporary folder: a path with this name must be a real folder that this process owns.
        let folder = stand_in(folder, temp);
        match DirBuilder::new().mode(mode).create(&folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(cannot("create", &folder)(error)),
            _ => {}
        }
        let found = fs::symlink_metadata(&folder).map_err(cannot("look at", &folder))?;
        let ours = found.is_dir() && found.uid() == rustix::process::geteuid().as_raw();
        if ours && self.can_enter(&folder) { Ok(folder) } else { Err(Error::Closed(folder)) }
    }

    /// Asks the system, as the account, because permissions, access lists and mounts all matter.
    fn can_enter(&self, folder: &Path) -> bool {
        self.other.is_none()
            || run(self.command("/bin/sh").args(["-c", "test -x \"$1\"", "sh"]).arg(folder), SOON)
                .is_ok_and(|(entered, _)| entered)
    }

    /// Opens a file of the data folder for reading and appending. Creates it if it is missing, readable only by the account.
    pub(super) fn file(&self, path: &Path) -> Result<File, Error> {
        let file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path);
        let file = file.map_err(cannot("open", path))?;
        if let Some((uid, gid)) = self.other {
            fchown(&file, Some(uid), Some(gid)).map_err(cannot("hand over", path))?;
        }
        Ok(file)
    }

    /// Creates an empty folder that belongs to the account.
    pub(super) fn own_folder(&self, path: &Path) -> Result<(), Error> {
        DirBuilder::new().mode(0o700).create(path).map_err(cannot("create", path))?;
        match self.other {
            Some((uid, gid)) => chown(path, Some(uid), Some(gid)).map_err(cannot("hand over", path)),
            None => Ok(()),
        }
    }
}

/// The path in `temp` for a folder that the account cannot enter.
pub(super) fn stand_in(folder: &Path, temp: &Path) -> PathBuf {
    let hash = Sha256::digest(folder.as_os_str().as_encoded_bytes());
    let name: String = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    temp.join(format!("gatepost-{name}"))
}

/// The number of a user who is not root and who exists in the system's list of users, as PostgreSQL requires.
fn id(which: &str, name: &str) -> Option<u32> {
    let (found, number) = run(Command::new("id").args([which, name]), SOON).ok()?;
    // On macOS, `id` prints a negative number for accounts without rights.
    let number = number.parse::<u32>().ok().or_else(|| Some(number.parse::<i32>().ok()?.cast_unsigned()))?;
    (found && (number != 0 || which == "-g")).then_some(number)
}
