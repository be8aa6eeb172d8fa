//! Stands in for the APIs of captcha providers and of Have I Been Pwned, which no test can reach: `tests/client/checks.mjs`.

use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::{http, node};

/// A running one. Dropping it ends it.
pub struct Checks {
    pub url: String,
    child: Child,
}

impl Checks {
    pub fn new() -> Self {
        let mut child = Command::new("node")
            .arg("checks.mjs")
            .current_dir(node::client())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node is needed to play a provider: install Node.js");
        Self { url: node::listening(&mut child), child }
    }

    /// Returns the requests that gatepost sent since the last call.
    pub fn asked(&self) -> Vec<Value> {
        let answer = http::send("GET", &format!("{}/ours/asked", self.url), &[], b"");
        answer.json().as_array().unwrap().clone()
    }

    /// Sets the answer of the range API from now on.
    pub fn say(&self, answer: &Value) {
        let answer = http::send("POST", &format!("{}/ours/say", self.url), &[], answer.to_string().as_bytes());
        assert_eq!(answer.status, 200);
    }
}

impl Drop for Checks {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
