//! The functions as the platform runs them: the binaries of `api/` behind `tests/platform/serve.mjs`.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use gatepost_cli::edge;
use serde_json::Value;

use super::{LIMIT, http, node, schema, transport};

/// The running functions. Dropping it ends them.
pub struct Platform {
    url: String,
    lines: Arc<Mutex<Vec<String>>>,
    child: Child,
}

impl Platform {
    /// With these variables and nothing else of this process's; with `freeze`, instances stand still between requests.
    pub fn start(variables: &[(&str, &str)], freeze: bool) -> Self {
        let binaries = Path::new(env!("CARGO_BIN_EXE_get-session")).parent().unwrap();
        Self::of(Path::new(env!("CARGO_MANIFEST_DIR")), binaries, variables, freeze)
    }

    /// As [`Platform::start`], with the `vercel.json` and the files in `api` of this project, and the binaries in this folder.
    pub fn of(routed: &Path, binaries: &Path, variables: &[(&str, &str)], freeze: bool) -> Self {
        let project = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut command = Command::new("node");
        command.arg(project.join("tests/platform/serve.mjs")).args(["--port", "0"]);
        command.arg("--vercel-json").arg(routed).arg("--bin-dir").arg(binaries);
        let given = |(name, value): &(&str, &str)| format!("{name}={}", transport::variable("", name, value));
        command.args(variables.iter().flat_map(|variable| ["--env".to_owned(), given(variable)]));
        command.args(freeze.then_some("--freeze"));
        let given = variables.iter().any(|(name, _)| *name == "GATEPOST_CONFIG");
        if let Some(file) = schema::file().filter(|_| !given) {
            command.args(["--env".to_owned(), format!("GATEPOST_CONFIG={}", file.display())]);
        }
        // The script ends itself and the functions when the pipe to it closes, however this process ends.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("node is needed to stand in for the platform: install Node.js");
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (errors, into) = (BufReader::new(child.stderr.take().unwrap()), lines.clone());
        std::thread::spawn(move || {
            errors.lines().map_while(Result::ok).for_each(|line| into.lock().unwrap().push(line));
        });
        let url = node::listening(&mut child);
        Self { url, lines, child }
    }

    /// `http://localhost:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A request to a path of the site.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> http::Answer {
        http::send(method, &format!("{}{path}", self.url), headers, body.as_bytes())
    }

    /// A POST of JSON from the site's own origin.
    pub fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> http::Answer {
        let own = [("content-type", "application/json"), ("origin", self.url())];
        self.send("POST", path, &[&own, headers].concat(), body)
    }

    /// Returns the harness's state of a function once `wanted` holds for it.
    pub fn state(&self, function: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        self.until(|| {
            let state = self.send("GET", "/__harness", &[], "").json()[function].take();
            if wanted(&state) { Ok(state) } else { Err(state.to_string()) }
        })
    }

    /// The first line that a function wrote which `wanted` holds for, without the function's name.
    pub fn line(&self, function: &str, wanted: impl Fn(&str) -> bool) -> String {
        let prefix = format!("[{function}] ");
        self.until(|| {
            let lines = self.lines.lock().unwrap();
            let mut own = lines.iter().filter_map(|line| line.strip_prefix(&prefix));
            own.find(|line| wanted(line)).map(str::to_owned).ok_or_else(|| lines.join("\n"))
        })
    }

    /// The lines that a function has written so far, without its name.
    pub fn lines(&self, function: &str) -> Vec<String> {
        let prefix = format!("[{function}] ");
        let lines = self.lines.lock().unwrap();
        lines.iter().filter_map(|line| line.strip_prefix(&prefix)).map(str::to_owned).collect()
    }

    fn until<T>(&self, look: impl Fn() -> Result<T, String>) -> T {
        let begun = edge::monotonic();
        loop {
            match look() {
                Ok(found) => return found,
                Err(seen) if begun.elapsed() > LIMIT => panic!("not within the bound; last seen: {seen}"),
                Err(_) => std::thread::sleep(Duration::from_millis(10)),
            }
        }
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let begun = edge::monotonic();
        while matches!(self.child.try_wait(), Ok(None)) {
            if begun.elapsed() > Duration::from_secs(15) {
                let _ = self.child.kill();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
