//! Finds the abilities of each peer by sending it requests.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use crate::{
    database::Databases,
    load::{self, Answer, Request},
    measure::{EMAIL, sign_in},
    peers::{Mode, Peer, Starter},
};

/// Asks every peer besides the bare program.
pub fn ask(peers: &[Peer], starter: &Starter, databases: &Databases) -> Vec<Value> {
    let shared = Peer::Node.database();
    // The reference: its cookie, and the claims of its tokens.
    let node = starter.start(Peer::Node, Mode::Tokens, 2, &databases.url(shared), "", "");
    let cookie = sign_in(&node.target);
    let wanted = claims(&load::send(&node.target, &Request::get("/api/auth/token", &cookie, "")));
    let others = peers.iter().filter(|peer| peer.database() != shared);
    let copied: Vec<(Peer, Result<(), String>)> = others.map(|peer| (*peer, copy(databases, *peer, &cookie))).collect();
    let peers = peers.iter().filter(|peer| **peer != Peer::Bare);
    peers.map(|peer| {
        let url = databases.url(peer.database());
        let mut answers = Map::new();
        let mut tell = |question: &str, answer: String| answers.insert(question.to_owned(), answer.into());
        let start = |mode, function| starter.start(*peer, mode, 2, &url, function, "");
        let copied = copied.iter().find(|(other, _)| other == peer).and_then(|(_, copied)| copied.clone().err());

        let reads = start(Mode::Plain, "get-session");
        let get = |path: &str, cookie: &str| Request::get(path, cookie, "");
        let session = load::send(&reads.target, &get("/api/auth/get-session", &cookie));
        let what = "a session cookie that better-auth on Node has written, with its rows in the peer's tables";
        tell(what, copied.clone().unwrap_or_else(|| served(&session, r#""user""#)));

        let signs = start(Mode::Plain, "sign-in");
        let body = json!({ "email": if copied.is_none() && peer.database() != shared { OTHER } else { EMAIL }, "password": crate::measure::PASSWORD });
        let request = Request::post("/api/auth/sign-in/email", &signs.target.url, body.to_string(), "");
        let what = "a password hash that better-auth on Node has written, in the peer's tables";
        tell(what, copied.unwrap_or_else(|| served(&load::send(&signs.target, &request), "@example.com")));

        let cached = start(Mode::Cache, "sign-in");
        let cookies = sign_in(&cached.target);
        let names: Vec<&str> = cookies.split("; ").filter_map(|pair| pair.split('=').next()).collect();
        tell("cookies of a sign-in with the cookie cache", names.join(", "));

        let tokens = start(Mode::Tokens, "token");
        let own = sign_in(&start(Mode::Tokens, "sign-in").target);
        let own = if *peer == Peer::Functions { own } else { sign_in(&tokens.target) };
        let answer = load::send(&tokens.target, &get("/api/auth/token", &own));
        tell("GET /token", served(&answer, r#""token""#));
        let found = claims(&answer);
        if !found.is_empty() {
            let missing: Vec<&str> = wanted.iter().filter(|claim| !found.contains(claim)).map(String::as_str).collect();
            let more: Vec<&str> = found.iter().filter(|claim| !wanted.contains(claim)).map(String::as_str).collect();
            let list = |claims: Vec<&str>| if claims.is_empty() { "none".to_owned() } else { claims.join(", ") };
            tell("claims that better-auth's token has and this one has not", list(missing));
            tell("claims that this token has and better-auth's has not", list(more));
        }
        tell("GET /jwks", served(&load::send(&tokens.target, &get("/api/auth/jwks", "")), r#""keys""#));
        json!({ "peer": peer.name(), "answers": answers })
    })
    .collect()
}

/// The address of the copied user.
const OTHER: &str = "copied@example.com";

fn served(answer: &Answer, holds: &str) -> String {
    match answer.status() {
        200 if answer.is_good(holds) => "served".to_owned(),
        200 => format!("not served: 200 with {:.60}", answer.text().trim()),
        status => format!("not served: {status}"),
    }
}

/// The names of a token's claims.
fn claims(answer: &Answer) -> Vec<String> {
    let json = answer.json();
    let payload = json["token"].as_str().and_then(|token| token.split('.').nth(1)).unwrap_or_default();
    let bytes = URL_SAFE_NO_PAD.decode(payload).unwrap_or_default();
    let claims: Map<String, Value> = serde_json::from_slice(&bytes).unwrap_or_default();
    claims.keys().cloned().collect()
}

/// Copies the user of this cookie, with the session and the password's hash, into the tables of another peer.
fn copy(databases: &Databases, peer: Peer, cookie: &str) -> Result<(), String> {
    let value = cookie.split("session_token=").nth(1).unwrap_or_default();
    let token = value.split(['.', ';']).next().unwrap_or_default();
    let hash = "select password from account where \"providerId\" = 'credential' limit 1";
    let hash = databases.query(Peer::Node.database(), hash).remove(0).remove(0);
    let (token, hash, address) = (format!("'{token}'"), format!("'{hash}'"), format!("'{OTHER}'"));
    let stamps = [("createdat", "now()"), ("updatedat", "now()")];
    let user = [("id", "'copied'"), ("name", "'Ada'"), ("email", address.as_str()), ("emailverified", "true")];
    let session = [
        ("id", "'copied'"),
        ("token", token.as_str()),
        ("userid", "'copied'"),
        ("expiresat", "now() + interval '7 days'"),
    ];
    let account = [
        ("id", "'copied'"),
        ("userid", "'copied'"),
        ("accountid", "'copied'"),
        ("providerid", "'credential'"),
        ("password", hash.as_str()),
    ];
    let database = peer.database();
    let said = |error: String| format!("not asked: its tables do not take the rows: {error}");
    databases.insert(database, &["user", "users"], &[&user[..], &stamps].concat(), "").map_err(said)?;
    databases.insert(database, &["session", "sessions"], &[&session[..], &stamps].concat(), "").map_err(said)?;
    databases.insert(database, &["account", "accounts"], &[&account[..], &stamps].concat(), "").map_err(said)
}
