//! Requests that meet: what one has checked another one changes before it acts. Each has a connection to the server itself: a
//! pooler may have one for both, and they would wait for each other.

use std::thread;

use crate::support::{
    held::held,
    http::Answer,
    mailbox::Mailbox,
    postgres::Database,
    service::{DEFAULT, Service},
};

const PERSON: &str = r#"{"email":"ada@example.com","password":"correct horse battery"}"#;
const CHANGE: &str =
    r#"{"currentPassword":"correct horse battery","newPassword":"another password","revokeOtherSessions":true}"#;
const REVOKING: &str = "[email_and_password]\nenabled = true\nrevoke_sessions_on_password_reset = true\n";

/// The answers to a request that sets a password and to a sign-in with the old one. The first of them holds what the other
/// waits for; `what` keeps it from its end until both are there.
fn meet(
    database: &Database,
    service: &Service,
    what: &str,
    is_first: bool,
    set: impl Fn() -> Answer + Sync,
) -> (Answer, Answer) {
    let sign_in = || service.post("/sign-in/email", "", PERSON);
    held(database, what, |held| {
        thread::scope(|scope| {
            let first = scope.spawn(|| if is_first { set() } else { sign_in() });
            held.waiting(1);
            let second = scope.spawn(|| if is_first { sign_in() } else { set() });
            held.waiting(2);
            held.let_go();
            let (first, second) = (first.join().unwrap(), second.join().unwrap());
            if is_first { (first, second) } else { (second, first) }
        })
    })
}

#[track_caller]
fn assert_wrong(answer: &Answer) {
    assert_eq!((answer.status, answer.json()["code"].as_str()), (401, Some("INVALID_EMAIL_OR_PASSWORD")));
    assert!(answer.set_cookies().is_empty());
}

#[test]
fn a_sign_in_with_the_old_password_does_not_outlive_its_change() {
    let database = Database::new();
    let service = Service::with(DEFAULT, &[("DATABASE_URL", &database.direct)]);
    let own = service.user("ada@example.com");
    let change = || service.post("/change-password", &own, CHANGE);
    let (changed, signed_in) = meet(&database, &service, "insert on {session}", true, change);
    assert_eq!(changed.status, 200, "{}", changed.text());
    assert_wrong(&signed_in);
    assert_eq!(database.value("select count(*) from session"), "1");
    assert_eq!(service.get("/get-session", &changed.cookies()).json()["user"]["email"], "ada@example.com");
}

#[test]
fn a_sign_in_that_a_change_of_the_password_waits_for_ends_with_the_other_sessions() {
    let database = Database::new();
    let service = Service::with(DEFAULT, &[("DATABASE_URL", &database.direct)]);
    let own = service.user("ada@example.com");
    let change = || service.post("/change-password", &own, CHANGE);
    let (changed, signed_in) = meet(&database, &service, "insert on {session}", false, change);
    assert_eq!((changed.status, signed_in.status), (200, 200), "{} {}", changed.text(), signed_in.text());
    assert_eq!(service.get("/get-session", &signed_in.cookies()).text(), "null");
    assert_eq!(service.get("/get-session", &changed.cookies()).json()["user"]["email"], "ada@example.com");
}

#[test]
fn a_sign_in_with_the_old_password_does_not_outlive_a_reset_that_ends_all_sessions() {
    for (is_first, what) in [(true, "update on {account}"), (false, "insert on {session}")] {
        let (database, mailbox) = (Database::new(), Mailbox::new());
        let variables = [("DATABASE_URL", database.direct.as_str()), ("EMAIL_URL", &mailbox.url())];
        let service = Service::with(REVOKING, &variables);
        service.user("ada@example.com");
        service.post("/request-password-reset", "", r#"{"email":"ada@example.com"}"#);
        let token = mailbox.token("reset-password");
        let body = format!(r#"{{"newPassword":"another password","token":"{token}"}}"#);
        let reset = || service.post("/reset-password", "", &body);
        let (reset, signed_in) = meet(&database, &service, what, is_first, reset);
        assert_eq!(reset.status, 200, "{}", reset.text());
        if is_first {
            assert_wrong(&signed_in);
        } else {
            assert_eq!(service.get("/get-session", &signed_in.cookies()).text(), "null");
        }
        assert_eq!(database.value("select count(*) from session"), "0");
    }
}
