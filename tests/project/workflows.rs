//! Habits of the project that a machine can keep: updates are proposed for everything that is locked, and the promised toolchain.
//! `structure.rs` tests that actions are pinned.

use std::{fs, path::Path};

fn read(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

/// Folders with locked packages that stay as they are, and why.
const LEFT_ALONE: &[(&str, &str)] = &[("/tests/client/older", "old versions on purpose")];

#[test]
fn updates_are_proposed_for_every_lock_file() {
    fn locked(folder: &str, found: &mut Vec<String>) {
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder.trim_start_matches('/'))).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            if entry.file_type().unwrap().is_dir() {
                if !name.starts_with('.') && !["target", "node_modules"].contains(&name.as_str()) {
                    locked(&format!("{}/{name}", folder.trim_end_matches('/')), found);
                }
            } else if ["Cargo.lock", "package-lock.json", "requirements.txt"].contains(&name.as_str()) {
                found.push(folder.to_owned());
            }
        }
    }
    let mut folders = Vec::new();
    locked("/", &mut folders);
    assert!(folders.len() > 4, "{folders:?}");
    let updates = read(".github/dependabot.yml");
    for folder in folders {
        let siblings = folder.rsplit_once('/').map(|(parent, _)| format!("\"{parent}/*\""));
        let is_listed =
            updates.contains(&format!("\"{folder}\"")) || siblings.is_some_and(|all| updates.contains(&all));
        assert!(is_listed || LEFT_ALONE.iter().any(|(left, _)| *left == folder), "{folder} is not in dependabot.yml");
    }
}

#[test]
fn the_toolchain_is_not_older_than_the_version_that_is_promised() {
    let version = |text: &str, key: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(key)).unwrap().to_owned();
        let numbers = line.trim_matches(['"', ' ', '=']).split('.').map(|part| part.parse::<u32>().unwrap());
        numbers.take(2).collect::<Vec<_>>()
    };
    assert!(version(&read("rust-toolchain.toml"), "channel") >= version(&read("Cargo.toml"), "rust-version"));
}
