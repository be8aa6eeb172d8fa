//! The ends of a session: named reasons, secrets that are rotated, expiry that moves. `conformance` compares with better-auth;
//! here are the behaviours that only gatepost has.

use crate::support::{
    SECRET,
    postgres::Database,
    service::{DEFAULT, Service},
};

fn development(database: &Database, toml: &str) -> Service {
    Service::with(toml, &[("DATABASE_URL", &database.url), ("VERCEL_ENV", "development")])
}

#[test]
fn every_end_of_a_session_has_its_reason() {
    let database = Database::new();
    let service = development(&database, DEFAULT);
    let reason = |cookie: &str| {
        let answer = service.get("/get-session", cookie);
        assert_eq!(answer.text(), "null");
        answer.header("x-gatepost-reason").unwrap().to_owned()
    };
    let cookie = service.user("ada@example.com");
    database.query("update session set \"expiresAt\" = now() - interval '1 second'");
    assert_eq!(reason(&cookie), "session_expired");
    assert_eq!(database.value("select count(*) from session"), "0");
    assert_eq!(reason(&cookie), "unknown_session");

    let cookie = service.user("eve@example.com");
    database
        .change("alter table {user} disable trigger all; delete from {user} where {user.email} = 'eve@example.com'");
    assert_eq!(reason(&cookie), "user_gone");

    let cookie = service.user("bob@example.com");
    assert_eq!(service.post("/sign-out", &cookie, "{}").status, 200);
    assert_eq!(reason(&cookie), "unknown_session");
}

#[test]
fn a_cookie_signed_with_an_older_secret_is_honoured_and_one_of_a_dropped_secret_is_not() {
    let database = Database::new();
    let cookie = Service::new(&database.url).user("ada@example.com");
    let next = "2:the-next-secret-has-enough-characters";
    let with = |secrets: &str, single: &str| {
        Service::with(
            DEFAULT,
            &[("DATABASE_URL", &database.url), ("BETTER_AUTH_SECRETS", secrets), ("BETTER_AUTH_SECRET", single)],
        )
    };
    let listed = with(&format!("{next},1:{SECRET}"), "");
    assert_eq!(listed.get("/get-session", &cookie).json()["user"]["email"], "ada@example.com");
    let legacy = with(next, SECRET);
    assert_eq!(legacy.get("/get-session", &cookie).json()["user"]["email"], "ada@example.com");
    let newer = legacy.user("eve@example.com");
    let dropped = with(next, "");
    assert_eq!(dropped.get("/get-session", &cookie).text(), "null");
    assert_eq!(dropped.get("/get-session", &newer).json()["user"]["email"], "eve@example.com");
}

#[test]
fn a_session_that_ends_while_its_expiry_moves_is_401_and_its_cookies_are_cleared() {
    let database = Database::new();
    let service = Service::with(
        "[email_and_password]\nenabled = true\n[session]\nupdate_age = 0\n",
        &[("DATABASE_URL", &database.url)],
    );
    let cookie = service.user("ada@example.com");
    // Between the reading and the writing the row goes away: a trigger plays the other request.
    database.change("create function nothing() returns trigger language plpgsql as 'begin return null; end'");
    database.change("create trigger gone before update on {session} for each row execute function nothing()");
    let answer = service.get("/get-session", &cookie);
    assert_eq!((answer.status, answer.json()["code"].as_str()), (401, Some("FAILED_TO_GET_SESSION")));
    assert_eq!(answer.set_cookies().len(), 3);
    assert!(answer.set_cookies().iter().all(|line| line.contains("Max-Age=0")));
}

#[test]
fn times_in_rows_and_answers_are_whole_milliseconds() {
    let database = Database::new();
    let service = Service::new(&database.url);
    service.user("ada@example.com");
    let columns = r#"(select "createdAt" as t from "user" union all select "expiresAt" from session union all select "updatedAt" from account) x"#;
    assert_eq!(
        database
            .value(&format!("select count(*) from {columns} where extract(microseconds from t)::bigint % 1000 <> 0")),
        "0"
    );
}
