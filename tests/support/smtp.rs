//! A real mail server, on Node.

use std::process::{Child, Command, Stdio};

use super::node;

/// A mail server that writes each mail into a file, as a line of JSON. Dropping it ends it.
pub struct SmtpServer {
    pub url: String,
    child: Child,
}

impl SmtpServer {
    pub fn start(variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new("node");
        command.arg("smtp.mjs").current_dir(node::client()).envs(variables.iter().copied());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        Self { url: node::listening(&mut child), child }
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
