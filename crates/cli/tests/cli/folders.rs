//! The folder in which a command runs: what it says of a file that is missing or cannot be used, and what it leaves there.

use std::{fs, path::Path, process::Command};

use super::dev::{NOWHERE, folder, said};

const SECRET: &str = "of-this-environment-and-no-file-at-all";

/// Runs git in a folder, with no configuration of this machine, and returns what it says.
fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut git = Command::new("git");
    git.args(["-c", "user.name=Test", "-c", "user.email=test@example.com"]).args(arguments).current_dir(folder);
    let output = git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn generate_outside_a_clone_names_the_folder_and_the_fix() {
    let folder = folder();
    let docs = folder.path().join("docs");
    fs::create_dir(&docs).unwrap();
    for (place, arguments) in [
        (folder.path(), &["generate"][..]),
        (folder.path(), &["generate", "--check"]),
        (&docs, &["generate", "vercel"]),
    ] {
        let (status, text) = said(place, arguments, &[]);
        let named = fs::canonicalize(place).unwrap();
        assert!(
            status == Some(2) && text.contains(&format!("{} is not the root of a clone", named.display())),
            "{text}"
        );
        assert!(text.contains("it has no Cargo.toml and no api; run the command in the root of the clone"), "{text}");
    }
    assert_eq!(fs::read_dir(&docs).unwrap().count(), 0);
}

#[test]
fn a_file_that_cannot_be_read_or_written_is_named_with_the_fix() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    // A folder where a file is expected cannot be read by any user, root among them.
    for name in ["vercel.json", "api", "taken", "users.jsonl"] {
        fs::create_dir_all(path(name)).unwrap();
    }
    fs::write(path("Cargo.toml"), "# functions: begin\n# functions: end\n").unwrap();
    fs::write(path("file"), "").unwrap();
    let variables = [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", NOWHERE)];
    for (arguments, told) in [
        (&["generate"][..], "vercel.json: it cannot be read: "),
        (&["man", "file/man"], "file/man: it cannot be created: "),
        (&["import-users", "users.jsonl"], "users.jsonl: it cannot be read: "),
        (&["check", "env", "--file", "taken"], "taken: it cannot be read: "),
        (&["check", "env", "--against", "absent"], "absent: it cannot be read: "),
        (&["check", "database", "--file", "absent"], "absent: it cannot be read: "),
        (&["explain", "--log", "taken", "--request", "x"], "taken: it cannot be read: "),
        (
            &["shadow", "--from", "http://a.example", "--to", "http://b.example", "--replay", "taken"],
            "taken: it cannot be read: ",
        ),
    ] {
        let (status, text) = said(folder.path(), arguments, &variables);
        assert!(status == Some(2) && text.contains(told), "{arguments:?}: {status:?} {text}");
        assert!(text.contains("; check that "), "{arguments:?}: {text}");
    }
    fs::create_dir_all(path("mails/verify.html")).unwrap();
    for arguments in [&["check", "env"][..], &["doctor"], &["users", "list"], &["import-users", "file"]] {
        let (status, text) = said(folder.path(), arguments, &variables);
        assert!(
            status == Some(2) && text.contains("verify.html: it cannot be read: "),
            "{arguments:?}: {status:?} {text}"
        );
    }
    // So is the configuration itself, by each command that reads it.
    fs::remove_file(path("gatepost.toml")).unwrap();
    fs::create_dir(path("gatepost.toml")).unwrap();
    for arguments in [
        &["generate"][..],
        &["generate", "schema"],
        &["generate", "roles"],
        &["generate", "openapi"],
        &["migrate"],
        &["doctor"],
        &["check", "env"],
        &["check", "database"],
        &["cleanup"],
        &["users", "list"],
        &["secret", "rotate"],
        &["dev", "--port", "0"],
        &["serve", "--listen", "127.0.0.1:0"],
    ] {
        let (status, text) = said(folder.path(), arguments, &variables);
        assert!(status == Some(2) && text.contains("gatepost.toml: "), "{arguments:?}: {status:?} {text}");
        assert!(text.contains("check that "), "{arguments:?}: {text}");
    }
}

#[test]
fn every_command_that_reads_the_configuration_warns_of_a_folder_without_it() {
    let (empty, full) = (tempfile::tempdir().unwrap(), folder());
    let named = fs::canonicalize(empty.path()).unwrap();
    let warning = format!("{} has no gatepost.toml", named.display());
    let variables = [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", NOWHERE)];
    for arguments in [
        &["dev", "--port", "0"][..],
        &["serve", "--listen", "unix:/nowhere/socket"],
        &["migrate", "--plan"],
        &["generate", "schema"],
        &["generate"],
        &["doctor"],
        &["explain", "--cookie", "a=b"],
        &["check", "env"],
        &["check", "database"],
        &["cleanup", "--plan"],
        &["users", "list"],
        &["sessions", "list", "ada@example.com"],
        &["keys", "list", "ada@example.com"],
        &["organizations", "list"],
        &["audit"],
        &["events", "status"],
        &["import-users", "absent"],
        &["secret", "rotate"],
        &["secret", "status"],
    ] {
        let (_, text) = said(empty.path(), arguments, &variables);
        assert_eq!(text.matches(&warning).count(), 1, "{arguments:?}: {text}");
        assert!(
            text.contains("run the command in the folder that has the file, or name the file in GATEPOST_CONFIG"),
            "{text}"
        );
        let (_, text) = said(full.path(), arguments, &variables);
        assert!(!text.contains("has no gatepost.toml"), "{arguments:?}: {text}");
    }
    let named = full.path().join("gatepost.toml");
    let configured = [variables[0], variables[1], ("GATEPOST_CONFIG", named.to_str().unwrap())];
    let (_, text) = said(empty.path(), &["check", "env"], &configured);
    assert!(!text.contains("has no gatepost.toml"), "{text}");
    for arguments in [&["secret", "new"][..], &["completions", "bash"], &["man"]] {
        let (status, text) = said(empty.path(), arguments, &[]);
        assert!(status == Some(0) && !text.contains("has no gatepost.toml"), "{arguments:?}: {text}");
    }
}

#[test]
fn attack_what_dev_writes_is_ignored_by_git_in_whatever_folder_it_is_made() {
    let folder = folder();
    let sub = folder.path().join("apps/auth");
    fs::create_dir_all(&sub).unwrap();
    git(folder.path(), &["init", "--quiet"]);
    fs::write(folder.path().join(".gitignore"), "/.env*\n/.gatepost\n/target").unwrap();
    for place in [folder.path(), sub.as_path()] {
        // The secret is written before the database is asked, which ends the command.
        said(place, &["dev", "--port", "0"], &[("DATABASE_URL", NOWHERE)]);
        assert!(fs::read_to_string(place.join(".env.local")).unwrap().contains("BETTER_AUTH_SECRET="));
        // So are the files of the embedded database; without binaries there are none.
        said(place, &["dev", "--port", "0"], &[("GATEPOST_POSTGRES_BIN", "/nowhere")]);
        git(place, &["check-ignore", "--quiet", ".env.local"]);
        git(place, &["check-ignore", "--quiet", ".gatepost"]);
    }
    // Git ignored them in the root already.
    assert_eq!(fs::read_to_string(folder.path().join(".gitignore")).unwrap(), "/.env*\n/.gatepost\n/target");
    assert_eq!(fs::read_to_string(sub.join(".gitignore")).unwrap(), "/.env.local\n/.gatepost\n");
    let untracked = git(folder.path(), &["status", "--porcelain", "--untracked-files=all"]);
    assert!(!untracked.contains(".env") && !untracked.contains(".gatepost"), "{untracked}");
    // A second run writes no line twice, and a file without an end of line keeps its last line.
    fs::write(sub.join(".gitignore"), "/dist").unwrap();
    fs::remove_file(sub.join(".env.local")).unwrap();
    for _ in 0..2 {
        said(&sub, &["dev", "--port", "0"], &[("DATABASE_URL", NOWHERE)]);
    }
    assert_eq!(fs::read_to_string(sub.join(".gitignore")).unwrap(), "/dist\n/.env.local\n");
    // Where no repository is yet.
    let alone = tempfile::tempdir().unwrap();
    said(alone.path(), &["dev", "--port", "0"], &[("DATABASE_URL", NOWHERE)]);
    assert_eq!(fs::read_to_string(alone.path().join(".gitignore")).unwrap(), "/.env.local\n");
    // A file that git tracks already gets no secret.
    let tracked = folder.path().join(".env.local");
    fs::write(&tracked, "A=1\n").unwrap();
    git(folder.path(), &["add", "--force", ".env.local"]);
    let (status, text) = said(folder.path(), &["dev", "--port", "0"], &[("DATABASE_URL", NOWHERE)]);
    assert!(status == Some(2) && text.contains(".env.local: git tracks it") && text.contains("git rm"), "{text}");
    assert_eq!(fs::read_to_string(&tracked).unwrap(), "A=1\n");
}
