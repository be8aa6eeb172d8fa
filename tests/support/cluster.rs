//! The folder for the data of the run's PostgreSQL. Each test creates and drops a database, which is mostly work of the file system:
//! so the folder is in memory if there is room.

use std::{
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The folder of Linux for files in memory.
const MEMORY: &str = "/dev/shm";
/// The free space that it must have, in KiB. A whole run needs less than a third of it.
const ROOM: u64 = 2 << 20;

/// Waits until the process at the other end of the pipe has ended, then at most half a minute for the server, and removes the folder.
const REMOVE: &str = r#"while read -r _; do :; done
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
    [ -e "$0/cluster/postmaster.pid" ] || break
    sleep 1
done
rm -rf "$0""#;

/// Returns the folder of this run. It is removed after the run, however that ends.
pub fn folder() -> PathBuf {
    let memory = Path::new(MEMORY);
    let base = if free(memory) >= ROOM { memory } else { Path::new(env!("CARGO_TARGET_TMPDIR")) };
    let folder = base.join(format!("gatepost-tests-{}", std::process::id()));
    let mut remover = Command::new("/bin/sh");
    remover.arg("-c").arg(REMOVE).arg(&folder).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    // Its own process group: ^C in the terminal would end it too.
    let remover = remover.process_group(0).spawn().unwrap();
    // The pipe stays open until this process ends.
    std::mem::forget(remover);
    folder
}

/// Returns the free space of a folder's file system in KiB, or 0 if it is unknown.
fn free(folder: &Path) -> u64 {
    let Ok(answer) = Command::new("df").arg("-Pk").arg(folder).output() else { return 0 };
    let text = String::from_utf8_lossy(&answer.stdout);
    let free = text.lines().nth(1).and_then(|line| line.split_whitespace().nth(3));
    free.and_then(|free| free.parse().ok()).unwrap_or(0)
}
