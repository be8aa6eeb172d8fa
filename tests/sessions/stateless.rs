//! A service without a database: sessions live in cookies, in every instance alike, and what cannot work says so at start.

use std::time::Duration;

use gatepost_core::{
    Config,
    config::{Source, Variables},
};
use serde_json::{Value, json};

use crate::support::{
    SECRET,
    http::{self, Answer},
    node::{self, Reference},
    service::Service,
};

/// Nothing that needs a database.
const TOML: &str = "[jwt]\nenabled = true\n";

fn service(more: &str, variables: &[(&str, &str)]) -> Service {
    Service::with(&format!("{more}\n{TOML}"), variables)
}

/// Node keeps users in its memory; a user who signs up there has cookies for every instance.
fn node() -> Reference {
    Reference::with("", r#"{"jwt":{}}"#, &[])
}

fn sign_up(reference: &Reference) -> String {
    let body = br#"{"name":"Ada","email":"ada@example.com","password":"correct horse battery"}"#;
    let headers = [("content-type", "application/json"), ("origin", reference.url.as_str())];
    let answer = http::send("POST", &format!("{}/api/auth/sign-up/email", reference.url), &headers, body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.cookies()
}

fn read(url: &str, cookie: &str) -> Answer {
    http::send("GET", &format!("{url}/api/auth/get-session"), &[("cookie", cookie)], b"")
}

fn without(cookie: &str, name: &str) -> String {
    cookie.split("; ").filter(|pair| !pair.contains(name)).collect::<Vec<_>>().join("; ")
}

#[test]
fn a_session_that_node_made_is_read_by_every_instance_and_is_the_same() {
    let (first, second) = (node(), node());
    let cookie = sign_up(&first);
    let service = service("", &[]);
    // Another Node has nothing in its memory: it reads the cookie as well.
    let (here, there) = (read(&service.url, &cookie), read(&second.url, &cookie));
    assert_eq!(here.json()["user"]["email"], "ada@example.com");
    // Node's memory has no column for the picture where a table has a null.
    assert_eq!(here.text(), there.text().replacen("}}", r#","image":null}}"#, 1));
    assert!(here.header("set-auth-jwt").is_some() && here.set_cookies().is_empty());
    // Both cookies are needed.
    for missing in ["session_data", "session_token"] {
        let half = without(&cookie, missing);
        assert_eq!((read(&service.url, &half).text(), read(&second.url, &half).text()), ("null".into(), "null".into()));
    }
    let out = service.post("/sign-out", &cookie, "{}");
    assert_eq!(out.status, 200, "{}", out.text());
    assert_eq!(out.set_cookies().iter().filter(|line| line.contains("Max-Age=0;")).count(), out.set_cookies().len());
}

#[test]
fn the_cookies_are_written_anew_before_they_end_and_node_reads_them() {
    let reference = node();
    let cookie = sign_up(&reference);
    // A cookie of five seconds less than a week is due for a week less a second.
    let service = service("[session.cookie_cache]\nrefresh_cache = { update_age = 604799 }\n", &[]);
    std::thread::sleep(Duration::from_millis(1_100));
    let answer = read(&service.url, &cookie);
    let names: Vec<&str> = answer.set_cookies().iter().filter_map(|line| line.split('=').next()).collect();
    assert_eq!(names, ["better-auth.session_data", "better-auth.session_token"]);
    assert!(answer.set_cookies().iter().all(|line| line.contains("Max-Age=604800;")));
    let expiry = answer.json()["session"]["expiresAt"].clone();
    let there = read(&node().url, &answer.cookies()).json();
    assert_eq!((&there["session"]["expiresAt"], &there["user"]["email"]), (&expiry, &"ada@example.com".into()));
}

#[test]
fn tokens_are_signed_by_the_same_key_in_every_instance_and_checked_after_a_rotation() {
    let cookie = sign_up(&node());
    let token = |service: &Service| service.get("/token", &cookie).json()["token"].as_str().unwrap().to_owned();
    let (one, other) = (service("", &[]), service("", &[]));
    let set = |service: &Service| service.get("/jwks", "").text();
    assert_eq!(set(&one), set(&other));
    let (first, second) = (token(&one), token(&other));
    assert_eq!(first.split('.').next(), second.split('.').next());
    let listed = format!("2:a-newer-secret-a-newer-secret-0123456789,1:{SECRET}");
    let rotated = service("", &[("BETTER_AUTH_SECRETS", &listed), ("BETTER_AUTH_SECRET", "")]);
    let third = token(&rotated);
    assert_ne!(third.split('.').next(), first.split('.').next());
    let keys = format!("{}/api/auth/jwks", rotated.url);
    let cases = json!([{ "token": first, "issuer": one.url }, { "token": third, "issuer": rotated.url }]).to_string();
    let said = node::run("jose.mjs", &["--keys", &keys, "--cases", &cases], Duration::from_secs(30));
    let said: Value = serde_json::from_str(&said).unwrap();
    assert!(said.as_array().unwrap().iter().all(|claims| claims["email"] == "ada@example.com"), "{said}");
}

#[test]
fn what_needs_a_database_is_not_served_and_says_so_at_start() {
    let service = service("", &[]);
    let cookie = sign_up(&node());
    for (method, path) in [("GET", "/list-sessions"), ("POST", "/update-user"), ("POST", "/sign-in/email")] {
        let answer = service.send(method, path, &[("cookie", &cookie), ("origin", &service.url)], "");
        assert_eq!(answer.status, 404, "{path}");
    }
    assert_eq!(service.get("/ok", "").status, 200);
    let problems = |toml: &str| {
        let variables: Variables = [("BETTER_AUTH_SECRET".to_owned(), SECRET.to_owned())].into_iter().collect();
        Config::load(&variables, Some(Source { name: "gatepost.toml", text: toml })).err().map(|it| it.to_string())
    };
    assert_eq!(problems(""), None);
    for (toml, key) in [
        (
            "[email_and_password]\nenabled = true",
            "DATABASE_URL: it is missing, and `email_and_password.enabled` needs it",
        ),
        ("[rate_limit]\nstorage = \"database\"", "`rate_limit.storage = \"database\"` needs it"),
        ("[jwks.key_pair_config]\nalg = \"ES256\"", "`jwks.key_pair_config.alg` needs it"),
        ("[jwks]\nrotation_interval = 60", "`jwks.rotation_interval` needs it"),
        ("[session.cookie_cache]\nenabled = false", "`session.cookie_cache.enabled` must be true without DATABASE_URL"),
        ("[session.cookie_cache]\nrefresh_cache = 7", "`session.cookie_cache.refresh_cache` must be true, false or"),
    ] {
        let told = problems(toml).unwrap_or_default();
        assert!(told.contains(key), "{toml}: {told}");
    }
}
