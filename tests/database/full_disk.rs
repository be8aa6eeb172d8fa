//! A server that can be read and not written: its disk is full, or it is a replica since a failover. Reading goes on, writing
//! is a 503, nothing is half-written, and all is well when there is space again.

use std::{
    fs,
    os::unix::fs::chown,
    path::{Path, PathBuf},
    process::Command,
};

use crate::support::{
    postgres::{Database, execute},
    schema,
    server::{Server, migrated},
    service::Service,
};

const PERSON: &str = r#"{"name":"Ada","email":"ada@example.com","password":"correct horse battery"}"#;
const ROWS: &str = r#"select (select count(*) from "user") || ' ' || (select count(*) from account) || ' ' || (select count(*) from session)"#;

/// A file system of a few megabytes, gone after the test.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts a small disk. `None` if the process may not mount.
    fn mount(path: &Path, megabytes: u32) -> Option<Self> {
        fs::create_dir_all(path).unwrap();
        let size = format!("size={megabytes}m");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(path).output();
        let mounted = mounted.is_ok_and(|output| output.status.success());
        mounted.then(|| Self(path.to_owned()))
    }

    /// Leaves no byte free.
    fn fill(&self) {
        let full = fs::write(self.0.join("ballast"), vec![1; 64 << 20]).unwrap_err();
        assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    }

    fn clear(&self) {
        fs::remove_file(self.0.join("ballast")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).output();
        let _ = fs::remove_dir(&self.0);
    }
}

#[test]
fn a_full_disk_stops_writing_and_nothing_else() {
    let path = std::env::temp_dir().join(format!("gatepost-small-disk-{}", std::process::id()));
    let Some(disk) = SmallDisk::mount(&path, 32) else {
        println!("skipped: a small file system is mounted by root alone, where containers let it");
        return;
    };
    // The tables lie on the full disk; the server's own log of changes does not, or it would end itself.
    let server = Server::start("full-disk", |_| {});
    let owner = fs::metadata(format!("/proc/{}", server.pid())).unwrap();
    let tables = path.join("tables");
    fs::create_dir(&tables).unwrap();
    chown(&tables, Some(std::os::unix::fs::MetadataExt::uid(&owner)), None).unwrap();
    server.query(&format!("create tablespace small location '{}'", tables.display()));
    server.query("create database small tablespace small");
    let url = server.url_of("small");
    migrated(&url);
    let service = Service::new(&url);
    let cookie = service.user("first@example.com");

    disk.fill();
    let body = |number: u32| PERSON.replace("ada@", &format!("ada{number}@"));
    let mut refused = 0;
    let mut served = 1;
    for number in 0..400 {
        // What fits into the pages that are there is written, then nothing more.
        let answer = service.post("/sign-up/email", "", &body(number));
        match answer.status {
            200 => served += 1,
            503 => {
                assert_eq!(answer.header("retry-after"), Some("1"));
                refused += 1;
            }
            status => panic!("{status}: {}", answer.text()),
        }
        if refused == 5 {
            break;
        }
    }
    assert_eq!(refused, 5, "the disk was not full");
    assert_eq!(execute(&schema::shown_at(&url), ROWS)[0][0], Some(format!("{served} {served} {served}")));
    assert!(service.get("/get-session", &cookie).json()["user"]["email"] == "first@example.com");

    disk.clear();
    let answer = service.post("/sign-up/email", "", PERSON);
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[test]
fn a_server_that_only_reads_is_503_for_whatever_writes() {
    let database = Database::new();
    let service = Service::new(&database.url);
    let cookie = service.user("first@example.com");
    // What a replica says, and a server on its way down.
    let only_reads = |on: bool| {
        let set = format!("alter database {} set default_transaction_read_only = {on}", database.name);
        database.query(&format!("begin read write; {set}; commit"));
        database.end_connections();
    };
    only_reads(true);
    for (path, cookie) in [("/sign-up/email", ""), ("/sign-in/email", ""), ("/sign-out", cookie.as_str())] {
        let answer = service.post(
            path,
            cookie,
            &PERSON.replace("ada@", if path == "/sign-in/email" { "first@" } else { "ada@" }),
        );
        assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")), "{path}: {}", answer.text());
    }
    assert_eq!(service.get("/get-session", &cookie).json()["user"]["email"], "first@example.com");
    assert_eq!(database.query(ROWS)[0][0].as_deref(), Some("1 1 1"));
    only_reads(false);
    service.user("ada@example.com");
}
