//! `gatepost import-users` as an operator runs it: its plan, its statuses, and the memory that it takes.

use std::{
    fs::{self, File},
    io::{BufWriter, Write as _},
    path::Path,
    process::{Child, Output, Stdio},
    thread,
    time::Duration,
};

use gatepost_cli::postgres::Server;
use tempfile::TempDir;

use super::{
    dev::{ended, folder, gatepost},
    postgres::{options, query},
};

const SECRET: &str = "K7vQ2xLm9RtY4wZp8NbH3cJf6DsG1aVe";
const HASH: &str = "$2y$04$LtvLMtXKgoDfGwcrIq39qeFg7TcOXejeEM4JfKZGh.7.6hnxPn6M2";

struct Project {
    server: Server,
    folder: TempDir,
}

impl Project {
    /// With the tables of the configuration.
    fn new() -> Self {
        let folder = folder();
        let project = Self { server: Server::start(&options(&folder)).unwrap(), folder };
        fs::write(
            project.path("gatepost.toml"),
            "[email_and_password]\nenabled = true\naccept_hashes = [\"bcrypt\"]\n",
        )
        .unwrap();
        assert!(project.run(&["migrate"]).status.success());
        project
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = gatepost(self.folder.path(), arguments);
        command.env("DATABASE_URL", self.server.url("postgres")).env("BETTER_AUTH_SECRET", SECRET);
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        ended(self.command(arguments))
    }

    fn count(&self, table: &str) -> String {
        query(&self.server.url("postgres"), &format!("select count(*)::text from \"{table}\"")).unwrap()
    }
}

/// Writes an export of so many users.
fn export(path: &Path, count: usize) {
    let mut file = BufWriter::new(File::create(path).unwrap());
    for number in 0..count {
        writeln!(file, r#"{{"email":"user{number}@example.com","name":"User {number}","password_hash":"{HASH}"}}"#)
            .unwrap();
    }
    file.flush().unwrap();
}

/// The most memory that a process has had when it ended, in KiB, as the kernel counts it.
fn peak(mut child: Child) -> u64 {
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let read = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        most = read.unwrap_or(0).max(most);
        thread::sleep(Duration::from_millis(5));
    }
    assert!(child.wait().unwrap().success());
    most
}

#[test]
fn a_plan_writes_nothing_and_statuses_tell_what_happened() {
    let project = Project::new();
    export(&project.path("users.jsonl"), 3);
    let output = project.run(&["import-users", "users.jsonl"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(
        said.starts_with("3 records: 3 users to write, 0 already there, 0 refused\npassword hashes: 3 bcrypt\n"),
        "{said}"
    );
    assert_eq!(project.count("user"), "0");
    assert_eq!(project.run(&["import-users", "users.jsonl", "--yes"]).status.code(), Some(0));
    assert_eq!((project.count("user"), project.count("account")), ("3".to_owned(), "3".to_owned()));
    fs::write(project.path("more.csv"), "email\nada@example.com\nno address\n").unwrap();
    let output = project.run(&["import-users", "more.csv", "--apply"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("more.csv.refused.jsonl"), "{said}");
    let refused = fs::read_to_string(project.path("more.csv.refused.jsonl")).unwrap();
    assert_eq!(refused, "{\"line\":3,\"cause\":\"the email address is not valid\"}\n");
    let output = project.run(&["import-users", "absent.csv"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && said.contains("absent.csv: it cannot be read"), "{said}");
    assert_eq!(project.run(&["import-users", "more.csv", "--plan", "--apply"]).status.code(), Some(2));
    // A plan names the refused records in the file too, and says no more than is true.
    fs::write(project.path("one.csv"), "email\ngrace@example.com\nno address\n").unwrap();
    let output = project.run(&["import-users", "one.csv"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with("2 records: 1 user to write, 0 already there, 1 refused\n"), "{said}");
    assert!(said.contains("one.csv.refused.jsonl") && said.contains("\nno user was written; "), "{said}");
    assert!(!said.contains("nothing was written") && project.path("one.csv.refused.jsonl").exists(), "{said}");
}

#[test]
fn fifty_thousand_users_take_the_memory_of_some_batches() {
    const MORE: usize = 50_000;
    let project = Project::new();
    export(&project.path("few.jsonl"), 2_000);
    export(&project.path("many.jsonl"), MORE);
    let import = |file: &str| {
        let mut command = project.command(&["import-users", file, "--apply"]);
        peak(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    };
    let (few, many) = (import("few.jsonl"), import("many.jsonl"));
    assert!(few > 0 && many < few + 16_384, "{few} KiB for 2,000 users, {many} KiB for 50,000");
    assert_eq!((project.count("user"), project.count("account")), (MORE.to_string(), MORE.to_string()));
}
