//! One-time tokens: behaviour that differs from better-auth, with a test for each closed hole. The common behaviour is compared in
//! tests/conformance, and the client's plugin runs in email_otp.rs.

use serde_json::json;

use crate::support::{
    crowd::at_once,
    factors::Browser,
    http::Answer,
    node::Reference,
    postgres::Database,
    redis::Redis,
    secondary_storage::{database, deployed},
    service::Service,
};

const TOML: &str = "[email_and_password]\nenabled = true\n[one_time_token]\nenabled = true\n";

fn with(more: &str, variables: &[(&str, &str)]) -> (Database, Service) {
    deployed(&format!("{TOML}{more}"), variables)
}

fn generated(browser: &mut Browser) -> String {
    let answer = browser.get("/one-time-token/generate");
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["token"].as_str().unwrap().to_owned()
}

fn signed_up(service: &Service) -> Browser {
    let mut browser = Browser::new(&service.url);
    browser.sign_up("ada@example.com");
    browser
}

fn verify(service: &Service, token: &str) -> Answer {
    service.post("/one-time-token/verify", "", &json!({ "token": token }).to_string())
}

#[track_caller]
fn refused(answer: &Answer, message: &str, reason: &str) {
    assert_eq!((answer.status, answer.text()), (400, format!(r#"{{"message":"{message}"}}"#)));
    assert_eq!(answer.header("x-gatepost-reason"), Some(reason));
    assert!(!answer.cookies().contains("session"), "{:?}", answer.set_cookies());
}

#[test]
fn one_time_tokens_that_are_off_answer_nothing() {
    let database = Database::new();
    let service = Service::new(&database.url);
    let cookie = service.user("ada@example.com");
    assert_eq!(service.get("/one-time-token/generate", &cookie).status, 404);
    assert_eq!(verify(&service, "x").status, 404);
    let (_database, service) = with("disable_client_request = true\n", &[]);
    refused(&signed_up(&service).get("/one-time-token/generate"), "Client requests are disabled", "feature_disabled");
}

#[test]
fn a_one_time_token_hands_a_session_to_one_of_fifty() {
    let redis = Redis::start();
    let url = redis.as_ref().map(Redis::url);
    let stores: &[&[(&str, &str)]] = &[&[], &[("REDIS_URL", url.as_deref().unwrap_or_default())]];
    for variables in &stores[..1 + usize::from(redis.is_some())] {
        let more = if variables.is_empty() { "" } else { "[secondary_storage]\nenabled = true\n" };
        let (_database, service) = with(more, variables);
        let token = generated(&mut signed_up(&service));
        let answers = at_once(50, |_| verify(&service, &token));
        assert_eq!(answers.iter().filter(|answer| answer.cookies().contains("session_token")).count(), 1);
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            refused(answer, "Invalid token", "invalid_token");
        }
    }
}

#[test]
fn an_expired_session_is_not_handed_over_with_a_cookie() {
    let (database, service) = with("", &[]);
    let mut browser = signed_up(&service);
    let (first, second) = (generated(&mut browser), generated(&mut browser));
    database.change("update {session} set {session.expiresAt} = now() - interval '1 day'");
    refused(&verify(&service, &first), "Session expired", "session_expired");
    database.query("delete from session");
    refused(&verify(&service, &second), "Session not found", "unknown_session");
}

#[test]
fn attack_a_one_time_token_hands_over_no_session_of_a_banned_user() {
    let (database, service) = with("[admin]\nenabled = true\n", &[]);
    let token = generated(&mut signed_up(&service));
    database.query("update \"user\" set banned = true");
    refused(&verify(&service, &token), "Session not found", "banned");
}

#[test]
fn a_one_time_token_signs_no_browser_in_from_another_site() {
    let (_database, service) = with("", &[]);
    let token = generated(&mut signed_up(&service));
    let body = json!({ "token": token }).to_string();
    let headers = [("content-type", "application/json"), ("origin", "https://evil.example")];
    let answer = service.send("POST", "/one-time-token/verify", &headers, &body);
    assert_eq!((answer.status, answer.json()["code"].as_str()), (403, Some("INVALID_ORIGIN")));
    // A server of the application sends no origin.
    assert_eq!(service.send("POST", "/one-time-token/verify", &headers[..1], &body).status, 200);
}

#[test]
fn a_one_time_token_with_a_nul_is_an_unknown_one() {
    let (_database, service) = with("", &[]);
    refused(&verify(&service, "\u{0}"), "Invalid token", "invalid_token");
}

#[test]
fn tokens_of_better_auth_hand_sessions_over_here_and_ours_there() {
    for (more, options) in [("", "{}"), ("store_token = \"hashed\"\n", r#"{"storeToken":"hashed"}"#)] {
        let toml = format!("{TOML}{more}");
        let database = database(&toml);
        let options = format!(r#"{{"oneTimeToken":{options}}}"#);
        let reference = Reference::with(&database.direct, &options, &[("MIGRATE", "0")]);
        let service = Service::with(&toml, &[("DATABASE_URL", &database.url)]);
        for (first, second) in [(&reference.url, &service.url), (&service.url, &reference.url)] {
            let mut browser = Browser::new(first);
            browser.sign_up("ada@example.com");
            let token = generated(&mut browser);
            let mut there = Browser::new(second);
            let answer = there.post("/one-time-token/verify", &json!({ "token": token }));
            assert_eq!(answer.status, 200, "{first} then {second}: {}", answer.text());
            assert!(there.is_in());
            assert_eq!(Browser::new(first).post("/one-time-token/verify", &json!({ "token": token })).status, 400);
            database.query(r#"delete from session; delete from account; delete from "user""#);
        }
    }
}
