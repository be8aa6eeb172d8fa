//! No redirect leaves the trusted origins, whatever a URL is made of: the checks are compared with how a browser's own
//! parser reads what they let through.

use std::{collections::BTreeSet, fs, time::Duration};

use gatepost_core::{
    crypto::random::Rng,
    rules::origin::{Relative, is_trusted},
};

use super::support::node;

const BASE: &str = "https://auth.example.com";
const PATTERNS: [&str; 4] = [BASE, "https://app.example.com", "https://*.wild.example.com", "myapp://callback"];

/// What URLs are made of, and what confuses those who read them.
const PIECES: [&str; 64] = [
    "https://",
    "http://",
    "https:",
    "HTTPS://",
    "//",
    "///",
    "/",
    "\\",
    "\\\\",
    "/\\",
    "\\/",
    "@",
    ":",
    "?",
    "#",
    "&",
    "app.example.com",
    "auth.example.com",
    "a.wild.example.com",
    "wild.example.com",
    "evil.example",
    "evilexample.com",
    "app.example.com.evil.example",
    "APP.example.com",
    "app.example.com:443",
    "app.example.com:8443",
    "[::1]",
    "127.0.0.1",
    "0x7f.1",
    "localhost",
    "myapp://",
    "myapp:",
    "MYAPP://",
    "myapp://callback",
    "callback",
    "callback.evil.example",
    "javascript:",
    "data:text/html,",
    "blob:",
    "file://",
    "%2f",
    "%2F%2f",
    "%5c",
    "%00",
    "%09",
    "%0d%0a",
    "\t",
    "\n",
    "\r",
    "\0",
    " ",
    "\u{a0}",
    "\u{3002}",
    "\u{ff0e}",
    "\u{ff0f}",
    "\u{2044}",
    "\u{200b}",
    "\u{ad}",
    "é",
    "..",
    ".",
    "*",
    "user:pw@",
    "a=b",
];

fn pick(rng: &mut Rng, below: usize) -> usize {
    let mut bytes = [0; 4];
    rng.fill(&mut bytes);
    u32::from_le_bytes(bytes) as usize % below
}

fn is_home([protocol, host, origin]: &[String; 3]) -> bool {
    match protocol.as_str() {
        "https:" => origin == BASE || origin == "https://app.example.com" || host.ends_with(".wild.example.com"),
        "myapp:" => host == "callback",
        _ => false,
    }
}

#[test]
fn whatever_is_trusted_a_browser_takes_to_a_trusted_origin() {
    let mut rng = Rng::from_seed(*b"redirects that lead astray: none");
    let mut trusted = BTreeSet::new();
    let mut refused = 0;
    for _ in 0..300_000 {
        let count = 1 + pick(&mut rng, 6);
        let candidate: String = (0..count).map(|_| PIECES[pick(&mut rng, PIECES.len())]).collect();
        if is_trusted(&candidate, PATTERNS, Relative::Allowed) {
            trusted.insert(candidate);
        } else {
            refused += 1;
        }
    }
    // Both kinds were there in numbers, or nothing was shown.
    assert!(trusted.len() > 2_000 && refused > 100_000, "{} trusted, {refused} refused", trusted.len());

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("urls.json");
    fs::write(&file, serde_json::to_vec(&trusted).unwrap()).unwrap();
    let said = node::run("whatwg.mjs", &[file.to_str().unwrap(), BASE], Duration::from_secs(60));
    let read: Vec<Option<[String; 3]>> = serde_json::from_str(&said).unwrap();
    assert_eq!(read.len(), trusted.len());
    let astray: Vec<_> =
        trusted.iter().zip(&read).filter(|(_, read)| !read.as_ref().is_some_and(is_home)).take(20).collect();
    assert!(astray.is_empty(), "{astray:#?}");
}
