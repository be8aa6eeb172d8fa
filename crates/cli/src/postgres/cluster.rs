//! The folder of databases: `initdb` creates it once, and clients connect with a password.

use std::fs;
use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::account::Account;
use super::binaries::Binaries;
use super::error::{Error, cannot};
use super::run::run;

pub(super) struct Cluster {
    pub path: PathBuf,
    password: PathBuf,
}

impl Cluster {
    pub(super) fn at(data: &Path) -> Cluster {
        Cluster { path: data.join("cluster"), password: data.join("password") }
    }

    /// The version that created it; `None` if it does not exist yet.
    pub(super) fn made_by(&self) -> Result<Option<u32>, Error> {
        let file = self.path.join("PG_VERSION");
        match fs::read_to_string(&file) {
            Ok(version) => Ok(version.trim().parse().ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(cannot("read", &file)(error)),
        }
    }

    /// Creates the cluster if it is missing, and returns the password of the role `postgres`.
    pub(super) fn open(&self, binaries: &Binaries, account: &Account, durable: bool) -> Result<String, Error> {
        if !self.path.exists() {
            self.make(binaries, account, durable)?;
        }
        self.password().ok_or_else(|| Error::NoPassword { cluster: self.path.clone() })
    }

    pub(super) fn password(&self) -> Option<String> {
        fs::read_to_string(&self.password).ok().filter(|password| !password.is_empty())
    }

    fn make(&self, binaries: &Binaries, account: &Account, durable: bool) -> Result<(), Error> {
        let password = crate::secret::new().map_err(cannot("find random bytes for", &self.password))?;
        let mut file = account.file(&self.password)?;
        file.set_len(0).and_then(|()| file.write_all(password.as_bytes())).map_err(cannot("write", &self.password))?;

        // It has another name until it is finished: a killed initdb leaves nothing that looks like a cluster.
        let unfinished = self.path.with_extension("unfinished");
        match fs::remove_dir_all(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(cannot("remove", &unfinished)(error)),
            _ => account.own_folder(&unfinished)?,
        }
        let mut initdb = account.command(&binaries.initdb);
        initdb.args([
            "--username=postgres",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--no-locale",
            "--no-instructions",
        ]);
        initdb.arg("--pwfile").arg(&self.password).arg("--pgdata").arg(&unfinished);
        if !durable {
            initdb.arg("--no-sync");
        }
        match run(&mut initdb, Duration::from_secs(60)) {
            Ok((true, _)) => fs::rename(&unfinished, &self.path).map_err(cannot("rename", &unfinished)),
            Ok((false, said)) => Err(Error::Initdb { cluster: self.path.clone(), said }),
            Err(error) => Err(cannot("make", &self.path)(error)),
        }
    }

    /// Removes the `postmaster.pid` of a server that was killed with its whole machine or container. PostgreSQL refuses to start if
    /// the number in it belongs to some process again, as it soon does in a container. Call this only with the data folder's lock;
    /// a server that escaped its watchdog still answers, and keeps its file.
    pub(super) fn forget_killed(&self) -> Result<(), Error> {
        let file = self.path.join("postmaster.pid");
        match self.state() {
            Some(state) if !answers(state.port) => fs::remove_file(&file).map_err(cannot("remove", &file)),
            _ => Ok(()),
        }
    }

    /// Reads the state of the server from `postmaster.pid`, if the file exists.
    pub(super) fn state(&self) -> Option<State> {
        let text = fs::read_to_string(self.path.join("postmaster.pid")).ok()?;
        let mut lines = text.lines();
        Some(State {
            pid: lines.next()?.trim().parse().ok()?,
            port: lines.nth(2)?.trim().parse().ok()?,
            ready: lines.nth(3).is_some_and(|status| status.trim() == "ready"),
        })
    }
}

/// The state of a server: lines 1, 4 and 8 of `postmaster.pid`.
pub(super) struct State {
    pub pid: i32,
    pub port: u16,
    pub ready: bool,
}

pub(super) fn answers(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// The last lines of a log, short enough for a terminal.
pub(super) fn tail(log: &Path) -> String {
    let said = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&said);
    let lines: Vec<&str> = text.lines().collect();
    lines.into_iter().rev().take(20).rev().collect::<Vec<_>>().join("\n")
}
