//! A database that is away, full, slow or lost: 503 with a code and `Retry-After`, never a `null` session, and nothing
//! half-written.

use crate::support::{http::Answer, postgres::Database, service::Service, wire::Wire};

const PERSON: &str = r#"{"name":"Ada","email":"ada@example.com","password":"correct horse battery"}"#;

#[track_caller]
fn assert_unavailable(answer: &Answer) {
    assert_eq!(
        (answer.status, answer.json()["code"].as_str()),
        (503, Some("DATABASE_UNAVAILABLE")),
        "{}",
        answer.text()
    );
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(
        answer.text(),
        r#"{"message":"The service is temporarily unavailable. Try again shortly.","code":"DATABASE_UNAVAILABLE"}"#
    );
}

/// Bounds short enough for a test.
fn impatient(url: &str) -> Service {
    let bounds = "[email_and_password]\nenabled = true\n[database]\nmax_connections = 2\nwait_timeout = 1\nconnect_timeout = 1\nstatement_timeout = 1\n";
    Service::with(bounds, &[("DATABASE_URL", url)])
}

fn rows(database: &Database) -> String {
    database.value(r#"select (select count(*) from "user") || ' ' || (select count(*) from account) || ' ' || (select count(*) from session)"#)
}

#[test]
fn a_database_that_is_down_is_503_and_a_session_never_null() {
    let database = Database::new();
    let cookie = Service::new(&database.url).user("ada@example.com");
    // No server listens on port 1.
    let service = impatient("postgres://app:nothing@127.0.0.1:1/nowhere");
    assert_unavailable(&service.get("/get-session", &cookie));
    assert_unavailable(&service.post("/sign-up/email", "", PERSON));
    assert_unavailable(&service.post("/sign-in/email", "", PERSON));
    assert_unavailable(&service.post("/sign-out", &cookie, "{}"));
    assert_eq!(service.get("/ok", "").text(), r#"{"ok":true}"#);
    assert_eq!(service.get("/get-session", "").text(), "null");
}

#[test]
fn a_wrong_password_of_the_database_is_503_and_the_log_says_so() {
    let database = Database::new();
    let cookie = Service::new(&database.url).user("ada@example.com");
    let (before, after) = database.url.split_once("://postgres:").unwrap();
    let wrong = format!("{before}://postgres:wrong{after}");
    assert_unavailable(&impatient(&wrong).get("/get-session", &cookie));
    let lines = crate::support::service::log_lines();
    assert!(lines.iter().any(|line| line.contains("password authentication failed")), "{lines:?}");
}

#[test]
fn a_statement_that_is_not_answered_ends_within_its_bound_and_the_next_one_succeeds() {
    let database = Database::new();
    let wire = Wire::new(&database.url);
    let service = impatient(&wire.url);
    let cookie = service.user("ada@example.com");
    wire.stall(true);
    assert_unavailable(&service.get("/get-session", &cookie));
    assert_unavailable(&service.post("/sign-up/email", "", &PERSON.replace("ada@", "eve@")));
    // Connecting is bounded too.
    wire.cut();
    assert_unavailable(&service.get("/get-session", &cookie));
    wire.stall(false);
    assert_eq!(service.get("/get-session", &cookie).json()["user"]["email"], "ada@example.com");
    assert_eq!(rows(&database), "1 1 1");
}

#[test]
fn a_full_pool_is_503_within_the_wait_bound() {
    let database = Database::new();
    let wire = Wire::new(&database.url);
    let toml = "[email_and_password]\nenabled = true\n[database]\nmax_connections = 1\nwait_timeout = 1\nstatement_timeout = 10\n";
    let service = Service::with(toml, &[("DATABASE_URL", &wire.url)]);
    let cookie = service.user("ada@example.com");
    // The sign-up has sent such a statement too.
    wire.statements();
    wire.stall(true);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| service.get("/get-session", &cookie));
        // The first one has the only connection once its statement is on the wire.
        wire.await_statement("left join");
        assert_unavailable(&service.get("/get-session", &cookie));
        wire.stall(false);
        assert_eq!(first.join().unwrap().status, 200);
    });
    let lines = crate::support::service::log_lines();
    assert!(
        lines.iter().any(|line| line.contains("pool_exhausted") && line.contains("database.max_connections")),
        "{lines:?}"
    );
}

#[test]
fn a_connection_that_was_closed_meanwhile_costs_no_request() {
    let database = Database::new();
    let service = Service::new(&database.url);
    let cookie = service.user("ada@example.com");
    for _ in 0..20 {
        database.end_connections();
        assert_eq!(service.get("/get-session", &cookie).json()["user"]["email"], "ada@example.com");
    }
}

#[test]
fn sign_up_is_written_whole_or_not_at_all() {
    let database = Database::new();
    let service = Service::new(&database.url);
    database.change("alter table {session} add constraint never check (false)");
    let answer = service.post("/sign-up/email", "", PERSON);
    assert_eq!((answer.status, answer.json()["code"].as_str()), (422, Some("FAILED_TO_CREATE_USER")));
    assert_eq!(rows(&database), "0 0 0");
}

#[test]
fn one_address_that_many_sign_up_with_at_once_becomes_one_user() {
    let database = Database::new();
    let service = Service::new(&database.url);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let sign_ups: Vec<_> =
            (0..12).map(|_| scope.spawn(|| service.post("/sign-up/email", "", PERSON).status)).collect();
        sign_ups.into_iter().map(|sign_up| sign_up.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 422].contains(status)), "{statuses:?}");
    assert_eq!(rows(&database), "1 1 1");
}

#[test]
fn a_table_that_is_missing_is_500_with_a_cause_and_not_a_null_session() {
    let database = Database::empty();
    let service = Service::new(&database.url);
    let genuine = format!(
        "better-auth.session_token=x.{}",
        gatepost_core::crypto::signature::sign(crate::support::SECRET.as_bytes(), "x")
    );
    let answer = service.get("/get-session", &genuine);
    assert_eq!((answer.status, answer.json()["code"].as_str()), (500, Some("FAILED_TO_GET_SESSION")));
    let lines = crate::support::service::log_lines();
    assert!(lines.iter().any(|line| line.contains("does not exist")), "{lines:?}");
}

#[test]
fn more_sign_ins_than_can_be_hashed_are_503_and_sessions_are_read_all_the_same() {
    let database = Database::new();
    let variables = [("DATABASE_URL", database.url.as_str()), ("VERCEL_ENV", "development")];
    let service = Service::with(crate::support::service::DEFAULT, &variables);
    let cookie = service.user("ada@example.com");
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let body = r#"{"email":"ada@example.com","password":"wrong password"}"#;
        let sign_ins: Vec<_> = (0..130).map(|_| scope.spawn(|| service.post("/sign-in/email", "", body))).collect();
        assert_eq!(service.get("/get-session", &cookie).status, 200);
        sign_ins.into_iter().map(|sign_in| sign_in.join().unwrap()).collect()
    });
    let (refused, served): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 503);
    assert!(served.iter().all(|answer| answer.status == 401) && served.len() >= 100, "{}", served.len());
    assert!(!refused.is_empty());
    for answer in refused {
        assert_eq!(answer.header("x-gatepost-reason"), Some("overloaded"));
        assert_eq!((answer.json()["code"].as_str(), answer.header("retry-after")), (Some("OVERLOADED"), Some("1")));
    }
}
