//! A scripted provider: stands for those that no test can reach.

use std::process::{Child, Command, Stdio};

use super::node;

/// The hosts that it plays.
const HOSTS: [&str; 23] = [
    "accounts.google.com",
    "accounts.spotify.com",
    "acme.example.com",
    "api.github.com",
    "api.linkedin.com",
    "api.spotify.com",
    "api.x.com",
    "appleid.apple.com",
    "bare.example.com",
    "discord.com",
    "github.com",
    "gitlab.com",
    "graph.facebook.com",
    "graph.microsoft.com",
    "id.twitch.tv",
    "limited.facebook.com",
    "login.microsoftonline.com",
    "oauth2.googleapis.com",
    "slack.com",
    "terse.example.com",
    "www.facebook.com",
    "www.googleapis.com",
    "www.linkedin.com",
];

/// A running one. Dropping it ends it.
pub struct Provider {
    pub url: String,
    /// JSON for `GATEPOST_FETCH_REWRITE`, and for the reference's `FETCH_REWRITE`.
    pub rewrites: String,
    child: Child,
}

impl Provider {
    pub fn new() -> Self {
        let mut child = Command::new("node")
            .arg("provider.mjs")
            .current_dir(node::client())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node is needed to play a provider: install Node.js");
        let url = node::listening(&mut child);
        let pairs = HOSTS.map(|host| format!(r#""https://{host}":"{url}/{host}""#));
        let rewrites = format!("{{{}}}", pairs.join(","));
        Self { url, rewrites, child }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
