//! Node.js: the real client, and better-auth itself as the reference. Its packages are installed on first use.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{self, Child, Command, Output, Stdio},
    sync::{OnceLock, mpsc},
    time::{Duration, Instant},
};

use super::{LIMIT, SECRET, postgres, schema};

/// `tests/client`, with its packages.
pub fn client() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| installed("tests/client"))
}

/// `tests/client/older`, with older versions of better-auth.
#[allow(dead_code, reason = "the sweeps need it")]
pub fn older() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| installed("tests/client/older"))
}

/// `packages/server`, with its packages and compiled.
pub fn server_package() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = installed("packages/server");
        let _lock = locked("packages/server");
        let build = Command::new(folder.join("node_modules/.bin/tsc")).current_dir(&folder).output().unwrap();
        assert!(build.status.success(), "tsc: {}", String::from_utf8_lossy(&build.stdout));
        folder
    })
}

/// `tests/client/reference.mjs` in one file with the packages that it imports, beside their `package.json`s. better-auth on Node starts
/// with a third of the CPU time that way, because it does not look for a thousand files.
fn reference() -> &'static Path {
    static FILE: OnceLock<PathBuf> = OnceLock::new();
    FILE.get_or_init(|| {
        let client = client();
        let file = client.join(format!("node_modules/.reference-{}.mjs", process::id()));
        let _lock = locked("tests/client");
        // What a package loads with `require` has none in a module.
        let banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
        let bundle = Command::new("node_modules/.bin/esbuild")
            .args([
                "reference.mjs",
                "--bundle",
                "--platform=node",
                "--format=esm",
                "--external:pg-native",
                "--log-level=error",
            ])
            .args([format!("--outfile={}", file.display()), format!("--banner:js={banner}")])
            .current_dir(client)
            .output()
            .unwrap();
        assert!(bundle.status.success(), "esbuild: {}", String::from_utf8_lossy(&bundle.stderr));
        let one = client.join("node_modules/.reference.mjs");
        fs::rename(file, &one).unwrap();
        one
    })
}

/// Held while a folder changes: two test runs at once must not install into one.
fn locked(folder: &str) -> File {
    let lock = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder.replace('/', "-") + ".lock");
    let lock = File::create(lock).unwrap();
    lock.lock().unwrap();
    lock
}

fn installed(folder: &str) -> PathBuf {
    let _lock = locked(folder);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let installed = folder.join("node_modules/.package-lock.json");
    let fresh = |path: &Path| path.metadata().and_then(|found| found.modified()).ok();
    if fresh(&installed) < fresh(&folder.join("package-lock.json")) {
        let install = Command::new("npm")
            .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
            .current_dir(&folder)
            .output();
        let install = install.expect("npm is needed to drive the real client: install Node.js");
        assert!(install.status.success(), "npm ci: {}", String::from_utf8_lossy(&install.stderr));
    }
    folder
}

/// Runs a script of `tests/client` to its end and returns what it printed; fails with that if it fails.
pub fn run(script: &str, arguments: &[&str], limit: Duration) -> String {
    let (passed, text) = outcome(script, arguments, limit);
    assert!(passed, "{script} {arguments:?}:\n{text}");
    text
}

/// Does the same with variables.
pub fn run_with(script: &str, arguments: &[&str], variables: &[(&str, &str)], limit: Duration) -> String {
    let (passed, text) = outcome_with(script, arguments, variables, limit);
    assert!(passed, "{script} {arguments:?}:\n{text}");
    text
}

/// Runs a script of `tests/client` to its end and returns whether it went well and what it printed.
pub fn outcome(script: &str, arguments: &[&str], limit: Duration) -> (bool, String) {
    outcome_with(script, arguments, &[], limit)
}

fn outcome_with(script: &str, arguments: &[&str], variables: &[(&str, &str)], limit: Duration) -> (bool, String) {
    let mut child = Command::new("node")
        .arg(script)
        .args(arguments)
        .envs(variables.iter().copied())
        .current_dir(client())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("node is needed to drive the real client: install Node.js");
    let output = wait(&mut child, limit);
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), text)
}

/// Waits for a child whose output is read meanwhile; kills it at the limit.
pub fn wait(child: &mut Child, limit: Duration) -> Output {
    fn reader(mut pipe: impl std::io::Read + Send + 'static) -> std::thread::JoinHandle<Vec<u8>> {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = pipe.read_to_end(&mut bytes);
            bytes
        })
    }
    let (out, err) = (reader(child.stdout.take().unwrap()), reader(child.stderr.take().unwrap()));
    let begun = Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if begun.elapsed() > limit => {
                child.kill().unwrap();
                break child.wait().unwrap();
            }
            None => std::thread::sleep(Duration::from_millis(10)),
        }
    };
    Output { status, stdout: out.join().unwrap(), stderr: err.join().unwrap() }
}

/// better-auth on Node. Dropping it ends it.
pub struct Reference {
    pub url: String,
    pub child: Child,
}

impl Reference {
    /// On this database, whose schema it makes if there is none; `options` are better-auth's, in JSON.
    pub fn new(database_url: &str, options: &str) -> Self {
        Self::with(database_url, options, &[])
    }

    /// Starts the reference with more variables.
    pub fn with(database_url: &str, options: &str, variables: &[(&str, &str)]) -> Self {
        if let Some(made) = schema::made(schema::of_the_run()).filter(|_| !database_url.is_empty()) {
            postgres::execute(database_url, &made);
        }
        let mut child = Command::new("node")
            .arg(reference())
            .current_dir(client())
            .env("DATABASE_URL", schema::at(database_url))
            .env("BETTER_AUTH_SECRET", SECRET)
            .env("PORT", "0")
            .env("TZ", "UTC")
            .env("OPTIONS", options)
            // Without a database there are no names, and better-auth makes all identifiers.
            .env("SCHEMA", if database_url.is_empty() { "{}".to_owned() } else { schema::options() })
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let url = listening(&mut child);
        if schema::is_shown() && !database_url.is_empty() {
            postgres::execute(database_url, &schema::shown(schema::of_the_run()));
        }
        Self { url, child }
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The URL in the line `listening on URL`, within the bound. What comes after it is read and forgotten.
pub fn listening(child: &mut Child) -> String {
    let (send, receive) = mpsc::channel();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    std::thread::spawn(move || {
        let mut line = String::new();
        while lines.read_line(&mut line).is_ok_and(|read| read > 0) {
            if let Some(url) = line.trim().strip_prefix("listening on ") {
                let _ = send.send(url.to_owned());
            }
            line.clear();
        }
        let _ = lines.read_to_end(&mut Vec::new());
    });
    match receive.recv_timeout(LIMIT) {
        Ok(url) => url,
        Err(_) => {
            let _ = child.kill();
            panic!("the server did not say that it listens");
        }
    }
}
