//! A scripted provider: stands for those that no test can reach.

use std::process::{Child, Command, Stdio};

use super::node;

/// The hosts that it plays.
const HOSTS: [&str; 58] = [
    "accounts.google.com",
    "accounts.spotify.com",
    "acme.example.com",
    "api-m.paypal.com",
    "api-m.sandbox.paypal.com",
    "api.atlassian.com",
    "api.cloudflare.com",
    "api.dropboxapi.com",
    "api.figma.com",
    "api.github.com",
    "api.kick.com",
    "api.line.me",
    "api.linear.app",
    "api.linkedin.com",
    "api.notion.com",
    "api.polar.sh",
    "api.spotify.com",
    "api.vercel.com",
    "api.weixin.qq.com",
    "api.x.com",
    "api.zoom.us",
    "apis.roblox.com",
    "appleid.apple.com",
    "auth.atlassian.com",
    "backboard.railway.com",
    "bare.example.com",
    "cognito-idp.eu-1.amazonaws.com",
    "dash.cloudflare.com",
    "discord.com",
    "github.com",
    "gitlab.com",
    "graph.facebook.com",
    "graph.microsoft.com",
    "huggingface.co",
    "id.kick.com",
    "id.twitch.tv",
    "id.vk.com",
    "idp.paybin.io",
    "kapi.kakao.com",
    "kauth.kakao.com",
    "limited.facebook.com",
    "login.microsoftonline.com",
    "login.salesforce.com",
    "nid.naver.com",
    "oauth.reddit.com",
    "oauth2.googleapis.com",
    "open.tiktokapis.com",
    "openapi.naver.com",
    "own.example.com",
    "pool.auth.example.com",
    "slack.com",
    "terse.example.com",
    "test.salesforce.com",
    "www.facebook.com",
    "www.googleapis.com",
    "www.linkedin.com",
    "www.reddit.com",
    "zoom.us",
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
