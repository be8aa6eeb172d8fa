//! For any input of a client, the answer is exact, and nothing is half-written.

use crate::support::{
    http,
    postgres::Database,
    service::{DEFAULT, Service},
};

const PERSON: &str = r#"{"name":"Ada","email":"ada@example.com","password":"correct horse battery"}"#;
const JSON: (&str, &str) = ("content-type", "application/json");

fn service() -> (Database, Service) {
    let database = Database::new();
    let service = Service::new(&database.url);
    (database, service)
}

#[test]
fn odd_session_cookies_are_null_with_a_reason() {
    let database = Database::new();
    let service = Service::with(DEFAULT, &[("DATABASE_URL", &database.url), ("VERCEL_ENV", "development")]);
    let good = service.user("ada@example.com");
    let value = good.split_once('=').unwrap().1;
    let genuine_for_nobody =
        format!("nobody.{}", gatepost_core::crypto::signature::sign(crate::support::SECRET.as_bytes(), "nobody"));
    let cases = [
        ("", "no_session_cookie"),
        ("better-auth.session_token=", "no_session_cookie"),
        ("other=1", "no_session_cookie"),
        ("__Secure-better-auth.session_token=x", "no_session_cookie"),
        (&format!("better-auth.session_token={}", &value[..value.len() / 2]), "bad_cookie_signature"),
        (&format!("better-auth.session_token={}", value.replace('%', "%%")), "bad_cookie_signature"),
        (&format!("better-auth.session_token=x{value}"), "bad_cookie_signature"),
        ("better-auth.session_token=%", "bad_cookie_signature"),
        ("better-auth.session_token=\"", "no_session_cookie"),
        ("better-auth.session_token=.", "bad_cookie_signature"),
        (&format!("better-auth.session_token={}", "a".repeat(8_000)), "bad_cookie_signature"),
        (&format!("better-auth.session_token={genuine_for_nobody}"), "unknown_session"),
    ];
    for (cookie, reason) in cases {
        let answer = service.get("/get-session", cookie);
        assert_eq!((answer.status, answer.text().as_str()), (200, "null"), "{cookie:.80}");
        assert_eq!(answer.header("x-gatepost-reason"), Some(reason), "{cookie:.80}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    assert_eq!(service.get("/get-session", &good).json()["user"]["email"], "ada@example.com");
}

#[test]
fn the_reason_is_no_header_outside_development() {
    let (_database, service) = service();
    assert_eq!(service.get("/get-session", "").header("x-gatepost-reason"), None);
}

#[test]
fn nine_kilobytes_of_headers_are_read() {
    let (_database, service) = service();
    let cookie = service.user("ada@example.com");
    let long = "x".repeat(9_000);
    let answer = service.send("GET", "/get-session", &[("x-long", &long), ("cookie", &cookie)], "");
    assert_eq!(answer.json()["user"]["email"], "ada@example.com");
}

#[test]
fn a_body_above_the_limit_is_413_and_nothing_is_written() {
    let (database, service) = service();
    let large = format!(
        r#"{{"name":"{}","email":"ada@example.com","password":"correct horse battery"}}"#,
        "x".repeat(5_000_000)
    );
    let answer = service.send("POST", "/sign-up/email", &[JSON], &large);
    assert_eq!((answer.status, answer.json()["code"].as_str()), (413, Some("PAYLOAD_TOO_LARGE")));
    assert_eq!(database.value("select count(*) from \"user\""), "0");
}

#[test]
fn a_body_that_ends_early_is_400() {
    let (database, service) = service();
    let host = service.url.strip_prefix("http://").unwrap();
    let head =
        "POST /api/auth/sign-up/email HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nconnection: close\r\n";
    let request = format!("{head}transfer-encoding: chunked\r\n\r\nzz\r\n");
    assert_eq!(http::raw(host, request.as_bytes()).status, 400);
    assert_eq!(database.value("select count(*) from \"user\""), "0");
}

#[test]
fn json_beyond_our_limits_is_malformed() {
    let (_database, service) = service();
    for body in [format!(r#"{{"name":{}{}}}"#, "[".repeat(200), "]".repeat(200)), r#"{"name":1e400}"#.to_owned()] {
        let answer = service.send("POST", "/sign-up/email", &[JSON], &body);
        assert_eq!((answer.status, answer.json()["code"].as_str()), (400, Some("BAD_REQUEST")), "{body:.40}");
    }
}

#[test]
fn an_address_of_eight_groups_that_ends_in_ipv4_is_stored_in_full() {
    let (database, service) = service();
    service.send("POST", "/sign-up/email", &[JSON, ("x-forwarded-for", "1:2:3:4:5:6:1.2.3.4")], PERSON);
    assert_eq!(database.value("select \"ipAddress\" from session"), "0001:0002:0003:0004:0000:0000:0000:0000");
}

#[test]
fn sign_up_takes_neither_ids_nor_verified_flags_from_the_body() {
    let (database, service) = service();
    let body = r#"{"id":"mine","emailVerified":true,"createdAt":"2001-01-01T00:00:00.000Z","role":"admin","name":"Ada","email":"ada@example.com","password":"correct horse battery"}"#;
    let answer = service.send("POST", "/sign-up/email", &[JSON], body);
    assert_eq!(answer.status, 200);
    let sql = "select count(*) from \"user\" where id::text <> 'mine' and not \"emailVerified\" and \"createdAt\" > '2020-01-01'";
    assert_eq!(database.value(sql), "1");
}

#[test]
fn the_error_page_runs_nothing_and_escapes_everything() {
    let database = Database::new();
    let service = Service::with(DEFAULT, &[("DATABASE_URL", &database.url), ("VERCEL_ENV", "development")]);
    let answer = service
        .get("/error?error=%3Cscript%3E&error_description=%3Cimg%20src%3Dx%20onerror%3D%22alert(1)%22%3E%26'", "");
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("script-src"), "{policy}");
    let page = answer.text();
    assert!(
        page.contains("<code>UNKNOWN</code>")
            && page.contains("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;&#39;"),
        "{page}"
    );
    assert!(!page.contains("<script") && !page.contains("<img"), "{page}");
}

#[test]
fn the_log_line_of_a_request_says_what_happened_and_names_nobody() {
    let (_database, service) = service();
    let cookie = service.user("somebody.secret@example.com");
    service.get("/get-session", &cookie);
    service.post("/sign-in/email", "", r#"{"email":"somebody.secret@example.com","password":"wrong password"}"#);
    let lines = crate::support::service::log_lines();
    let token = cookie.split_once('=').unwrap().1.split('.').next().unwrap();
    for line in &lines {
        let parsed: serde_json::Value = serde_json::from_str(line).unwrap();
        for key in ["level", "id", "endpoint", "status", "milliseconds", "round_trips"] {
            assert!(parsed.get(key).is_some(), "{key}: {line}");
        }
        assert!(!line.contains('@') && !line.contains(token) && !line.contains("correct horse"), "{line}");
    }
    assert!(
        lines.iter().any(|line| line.contains(r#""endpoint":"sign_in.email""#) && line.contains("wrong_password")),
        "{lines:?}"
    );
}
