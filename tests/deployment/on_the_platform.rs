//! The functions as the platform runs them: one instance for many requests, frozen in between, told apart by rewrites.

use std::{
    net::TcpListener,
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::support::{LIMIT, SECRET, http::Answer, node, platform::Platform, postgres::Database, schema};

/// An address at which no server listens.
const NOWHERE: &str = "postgres://app:nothing@127.0.0.1:1/none";
const SIGN_IN: &str = r#"{"email":"a@example.com","password":"correct horse battery"}"#;

fn without_database(freeze: bool) -> Platform {
    Platform::start(&[("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", NOWHERE)], freeze)
}

/// Everything that the function was asked has come to its end.
fn all_ended(state: &Value) -> bool {
    state["ends"] == state["invocations"]
}

/// The log line of an answered request.
fn line(platform: &Platform, function: &str, answer: &Answer) -> Value {
    let id = answer.header("x-vercel-id").unwrap();
    serde_json::from_str(&platform.line(function, |line| line.contains(id))).unwrap()
}

#[test]
fn a_function_answers_that_it_runs() {
    let platform = without_database(false);
    let answer = platform.send("GET", "/api/auth/ok", &[], "");
    assert_eq!((answer.status, answer.text().as_str()), (200, r#"{"ok":true}"#));
    let state = platform.state("status", all_ended);
    assert_eq!((&state["starts"], &state["invocations"]), (&1.into(), &1.into()));
}

#[test]
fn a_function_says_once_at_its_start_that_it_verifies_no_certificate() {
    let unverified = format!("{NOWHERE}?sslmode=no-verify");
    let platform = Platform::start(&[("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", &unverified)], false);
    for _ in 0..2 {
        let answer = platform.send("GET", "/api/auth/ok", &[], "");
        assert_eq!(line(&platform, "status", &answer)["status"], 200);
    }
    let lines = platform.lines("status");
    let told = lines.iter().filter(|line| line.contains(r#""variable":"DATABASE_URL""#) && line.contains("no-verify"));
    assert_eq!(told.count(), 1, "{lines:?}");
}

#[test]
fn a_path_that_nobody_serves_answers_an_empty_404_through_the_last_rewrite() {
    let platform = without_database(false);
    let paths = ["/api/auth", "/api/auth/", "/api/auth/nothing", "/api/auth/sign-in/nothing", "/api/auth/a/b/c?d=e"];
    for path in paths {
        let answer = platform.send("GET", path, &[], "");
        assert_eq!((answer.status, answer.text().as_str()), (404, ""), "{path}");
        assert_eq!(line(&platform, "status", &answer)["reason"], "unknown_route", "{path}");
    }
    assert_eq!(platform.send("GET", "/Cargo.toml", &[], "").header("x-vercel-error"), Some("NOT_FOUND"));
}

#[test]
fn a_request_without_a_cookie_is_a_null_session_that_nobody_stores() {
    let platform = without_database(false);
    let answer = platform.send("GET", "/api/auth/get-session", &[], "");
    assert_eq!((answer.status, answer.text().as_str()), (200, "null"));
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), (Some("no-store"), Some("no-cache")));
    assert!(answer.set_cookies().is_empty());
}

#[test]
fn a_path_with_a_slash_at_its_end_is_served_where_the_configuration_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let toml = "[email_and_password]\nenabled = true\n[advanced]\nskip_trailing_slashes = true\n";
    let config = schema::written(folder.path(), toml);
    let config = config.to_str().unwrap();
    let skipping = [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", NOWHERE), ("GATEPOST_CONFIG", config)];
    for (platform, found) in [(without_database(false), false), (Platform::start(&skipping, false), true)] {
        assert_eq!(platform.send("GET", "/api/auth/ok/", &[], "").status, if found { 200 } else { 404 });
        assert_eq!(platform.send("GET", "/api/auth/get-session/", &[], "").status, if found { 200 } else { 404 });
        let signed_in = platform.post("/api/auth/sign-in/email/", &[], SIGN_IN);
        assert_eq!(signed_in.status, if found { 503 } else { 404 });
    }
}

#[test]
fn one_instance_answers_several_requests_at_once() {
    // A database that takes connections and then says nothing keeps the first request waiting.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://app:nothing@{}/none", silent.local_addr().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let toml = "[email_and_password]\nenabled = true\n[rate_limit]\nenabled = false\n[database]\nconnect_timeout = 2\n";
    let config = schema::written(folder.path(), toml);
    let platform = Platform::start(
        &[("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", &url), ("GATEPOST_CONFIG", config.to_str().unwrap())],
        true,
    );
    thread::scope(|scope| {
        let waiting = scope.spawn(|| platform.post("/api/auth/sign-in/email", &[], SIGN_IN));
        let _connection = silent.accept().unwrap();
        let others: Vec<_> =
            (0..8).map(|_| scope.spawn(|| platform.send("GET", "/api/auth/sign-in", &[], ""))).collect();
        assert!(others.into_iter().all(|other| other.join().unwrap().status == 404));
        let state = platform.state("sign-in", |state| state["ends"] == 8);
        assert_eq!((&state["starts"], &state["invocations"]), (&1.into(), &9.into()));
        assert_eq!(state["frozen"], false, "the first request is still under way");
        assert_eq!(waiting.join().unwrap().status, 503);
    });
    platform.state("sign-in", |state| all_ended(state) && state["frozen"] == true);
}

#[test]
fn an_instance_that_was_frozen_between_requests_still_answers() {
    let platform = without_database(true);
    for round in 1..=3 {
        assert_eq!(platform.send("GET", "/api/auth/ok", &[], "").status, 200);
        let state = platform.state("status", |state| state["frozen"] == true);
        assert_eq!((&state["starts"], &state["ends"]), (&1.into(), &round.into()));
        if cfg!(target_os = "linux") {
            // The signal is sent when the state says so; the kernel stops the process a moment later.
            let stopped = || std::fs::read_to_string(format!("/proc/{}/stat", state["pid"])).unwrap().contains(") T ");
            let begun = Instant::now();
            while !stopped() {
                assert!(begun.elapsed() < LIMIT, "the process is not stopped");
                thread::sleep(Duration::from_millis(2));
            }
        }
    }
}

#[test]
fn a_session_survives_freezing_and_a_cold_start() {
    let database = Database::new();
    let platform = Platform::start(&[("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", &database.url)], true);
    let body = r#"{"name":"Someone","email":"a@example.com","password":"correct horse battery"}"#;
    let spoofed =
        [("x-forwarded-for", "192.0.2.1"), ("x-real-ip", "192.0.2.1"), ("x-vercel-forwarded-for", "192.0.2.1")];
    let signed_up = platform.post("/api/auth/sign-up/email", &spoofed, body);
    assert_eq!(signed_up.status, 200, "{}", signed_up.text());
    assert_eq!(database.value(r#"select "ipAddress" from session"#), "127.0.0.1", "the address that the platform saw");
    let cookies = signed_up.cookies();
    let read = || platform.send("GET", "/api/auth/get-session", &[("cookie", &cookies)], "");
    for _ in 0..2 {
        assert_eq!(read().json()["user"]["email"], "a@example.com");
        platform.state("get-session", |state| state["frozen"] == true);
    }
    platform.send("POST", "/__harness/stop?function=get-session", &[], "");
    assert_eq!(read().json()["user"]["email"], "a@example.com");
    assert_eq!(platform.state("get-session", all_ended)["starts"], 2);
}

/// The functions with connections that may be idle for so many seconds, on a database of their own, and somebody's cookies.
fn with_idle_time(seconds: u32, freeze: bool) -> (Database, Platform, String) {
    let (database, folder) = (Database::new(), tempfile::tempdir().unwrap());
    let toml = format!(
        "[email_and_password]\nenabled = true\n[rate_limit]\nenabled = false\n[jwt]\nenabled = false\n[database]\nidle_timeout = {seconds}\n"
    );
    let config = schema::written(folder.path(), &toml);
    let variables = [
        ("BETTER_AUTH_SECRET", SECRET),
        ("DATABASE_URL", database.url.as_str()),
        ("GATEPOST_CONFIG", config.to_str().unwrap()),
    ];
    let platform = Platform::start(&variables, freeze);
    let body = r#"{"name":"Someone","email":"a@example.com","password":"correct horse battery"}"#;
    // The file is read with the first request of each function.
    let cookies = platform.post("/api/auth/sign-up/email", &[], body).cookies();
    platform.send("GET", "/api/auth/get-session", &[("cookie", &cookies)], "");
    (database, platform, cookies)
}

/// Connections to the database besides the one that counts.
fn connections(database: &Database) -> usize {
    let sql = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
    database.value(sql).parse().unwrap()
}

#[test]
fn connections_that_the_server_closed_while_the_instance_stood_still_cost_no_request() {
    let (database, platform, cookies) = with_idle_time(1, false);
    let read = || platform.send("GET", "/api/auth/get-session", &[("cookie", &cookies)], "");
    let pid = platform.state("get-session", |state| state["pid"].is_u64())["pid"].to_string();
    let signal =
        |name: &str| assert!(std::process::Command::new("kill").args([name, &pid]).status().unwrap().success());
    for _ in 0..20 {
        assert_eq!(read().json()["user"]["email"], "a@example.com");
        signal("-STOP");
        database.end_connections();
        signal("-CONT");
    }
}

#[test]
fn idle_connections_are_closed_before_the_instance_is_frozen() {
    let (database, platform, cookies) = with_idle_time(4, true);
    platform.state("sign-up", |state| all_ended(state) && state["frozen"] == true);
    platform.state("get-session", |state| all_ended(state) && state["frozen"] == true);
    assert_eq!(connections(&database), 0);
    // Of requests that come while the first one's connection is idle, the last one closes it.
    for _ in 0..3 {
        assert_eq!(platform.send("GET", "/api/auth/get-session", &[("cookie", &cookies)], "").status, 200);
        assert_eq!(connections(&database), 1);
        thread::sleep(std::time::Duration::from_millis(300));
    }
    platform.state("get-session", |state| all_ended(state) && state["frozen"] == true);
    assert_eq!(connections(&database), 0);
    // What needs no database keeps no instance awake.
    let before = platform.state("status", |_| true)["ends"].as_u64().unwrap_or(0);
    platform.send("GET", "/api/auth/ok", &[], "");
    platform.state("status", |state| state["ends"].as_u64() == Some(before + 1));
}

#[test]
fn the_real_client_makes_its_journey_through_functions_that_freeze() {
    let (database, folder) = (Database::new(), tempfile::tempdir().unwrap());
    // It signs in more often than a person does.
    let toml = "[email_and_password]\nenabled = true\n[rate_limit]\nenabled = false\n";
    let config = schema::written(folder.path(), toml);
    let config = config.to_str().unwrap();
    let variables =
        [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", database.url.as_str()), ("GATEPOST_CONFIG", config)];
    let platform = Platform::start(&variables, true);
    let said = node::run("journey.mjs", &["--url", platform.url()], LIMIT);
    assert!(said.contains(" passed, 0 failed"), "{said}");
}

#[test]
fn a_mail_leaves_before_the_instance_is_frozen() {
    let (database, folder) = (Database::new(), tempfile::tempdir().unwrap());
    let toml = "[email_and_password]\nenabled = true\nrequire_email_verification = true\n";
    let (config, mails) = (schema::written(folder.path(), toml), folder.path().join("mails"));
    let transport = format!("file:{}", mails.display());
    let variables = [
        ("BETTER_AUTH_SECRET", SECRET),
        ("DATABASE_URL", &database.url),
        ("GATEPOST_CONFIG", config.to_str().unwrap()),
        ("EMAIL_URL", &transport),
    ];
    let platform = Platform::start(&variables, true);
    let body = r#"{"name":"Someone","email":"a@example.com","password":"correct horse battery"}"#;
    assert_eq!(platform.post("/api/auth/sign-up/email", &[], body).status, 200);
    // `end` waits for the work after the answer, and only then the instance stands still.
    platform.state("sign-up", |state| all_ended(state) && state["frozen"] == true);
    assert!(std::fs::read_to_string(&mails).unwrap().contains("/api/auth/verify-email?token="));
}

#[test]
fn without_a_secret_every_function_answers_the_same_and_the_log_names_the_variable() {
    let platform = Platform::start(&[("DATABASE_URL", NOWHERE)], true);
    for (function, path) in [("status", "/api/auth/ok"), ("get-session", "/api/auth/get-session")] {
        let answer = platform.send("GET", path, &[], "");
        assert_eq!((answer.status, &answer.json()["code"]), (500, &"SERVER_MISCONFIGURED".into()), "{path}");
        assert!(!answer.text().contains("BETTER_AUTH"), "{}", answer.text());
        let line = line(&platform, function, &answer);
        assert_eq!((&line["level"], &line["reason"]), (&"error".into(), &"misconfigured".into()));
        assert!(line["cause"].as_str().unwrap().contains("BETTER_AUTH_SECRET"), "{line}");
        platform.state(function, all_ended);
    }
}

#[test]
fn a_database_that_is_down_is_a_503_with_retry_after() {
    let platform = without_database(true);
    let answer = platform.post("/api/auth/sign-in/email", &[], SIGN_IN);
    assert_eq!((answer.status, &answer.json()["code"]), (503, &"DATABASE_UNAVAILABLE".into()));
    assert!(answer.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
    assert_eq!(line(&platform, "sign-in", &answer)["reason"], "database_unavailable");
    platform.state("sign-in", |state| all_ended(state) && state["frozen"] == true);
}

#[test]
fn the_log_line_of_a_request_is_one_json_object_without_cookie_token_or_address() {
    let platform = without_database(false);
    let headers = [("cookie", "better-auth.session_token=cookie-secret"), ("authorization", "Bearer bearer-secret")];
    let answer = platform.send("GET", "/api/auth/get-session?token=query-secret", &headers, "");
    let text = platform.line("get-session", |line| line.contains(answer.header("x-vercel-id").unwrap()));
    let line: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(line["id"], answer.header("x-vercel-id").unwrap());
    assert_eq!((&line["endpoint"], &line["status"]), (&"get_session".into(), &answer.status.into()));
    assert!(line["milliseconds"].is_f64() && line["round_trips"].is_u64(), "{text}");
    let signed_in = platform.post("/api/auth/sign-in/email", &headers, SIGN_IN);
    let text = text + &self::line(&platform, "sign-in", &signed_in).to_string();
    for secret in ["secret", "a@example.com", "correct horse", "nobody", "nothing"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[test]
fn a_client_cannot_pretend_to_be_the_platform() {
    let platform = without_database(true);
    let spoofed = [
        ("x-vercel-id", "spoofed"),
        ("x-vercel-internal-invocation-id", "spoofed"),
        ("x-vercel-internal-request-id", "4242"),
        ("x-forwarded-host", "spoofed.example.com"),
        ("x-forwarded-proto", "https"),
    ];
    let answer = platform.send("GET", "/api/auth/ok", &spoofed, "");
    assert_eq!(answer.status, 200);
    assert!(!line(&platform, "status", &answer)["id"].as_str().unwrap().contains("spoofed"));
    // The `end` belonged to the platform's own request: the instance is frozen.
    platform.state("status", |state| state["ends"] == 1 && state["frozen"] == true);
}

#[test]
fn a_body_beyond_the_platforms_limit_never_reaches_a_function() {
    let platform = without_database(false);
    let answer = platform.post("/api/auth/sign-in/email", &[], &"x".repeat(4_718_593));
    assert_eq!((answer.status, answer.header("x-vercel-error")), (413, Some("FUNCTION_PAYLOAD_TOO_LARGE")));
    assert_eq!(platform.state("sign-in", all_ended)["invocations"], 0);
}
