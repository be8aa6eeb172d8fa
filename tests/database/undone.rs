//! Transactions that the database undoes, since they wait for each other or cannot be put in order: each is sent once more, and the
//! answer asks a client that must come again to do so.

use std::thread;

use serde_json::json;

use crate::support::{
    http,
    mailbox::Mailbox,
    postgres::{Database, execute},
    schema, secondary_storage,
    service::{DEFAULT, Service, log_lines},
};

const PASSWORD: &str = "correct horse battery";
const CHANGE: &str =
    r#"{"currentPassword":"correct horse battery","newPassword":"correct horse battery","revokeOtherSessions":true}"#;

#[test]
fn a_request_that_a_deadlock_undoes_succeeds_once_the_other_transaction_is_over() {
    let database = Database::new();
    // Two transactions wait for each other here, for longer than a request may on a slow machine.
    let patient = format!("{DEFAULT}[database]\nstatement_timeout = 60\nwait_timeout = 60\n");
    let service = Service::with(&patient, &[("DATABASE_URL", &database.direct)]);
    let own = service.user("ada@example.com");
    thread::scope(|scope| {
        // Locks the account, waits for the request that has the user and wants the account, then wants the user.
        let other = scope.spawn(|| {
            database.change(
                "do $$ begin
                    set local deadlock_timeout = '1min';
                    perform 1 from {account} for update;
                    for i in 1..6000 loop
                        exit when exists (select 1 from pg_locks where not granted and pg_blocking_pids(pid) @> array[pg_backend_pid()]);
                        perform pg_sleep(0.01);
                    end loop;
                    perform 1 from {user} for update;
                    create table met ();
                end $$",
            );
        });
        let locked = schema::filled(
            "select 1 from pg_locks where relation = '{account}'::regclass and mode = 'RowShareLock' and granted",
        );
        while execute(&database.direct, &locked).is_empty() {
            assert!(!other.is_finished(), "the other transaction is over");
        }
        let answer = service.post("/change-password", &own, CHANGE);
        assert_eq!(answer.status, 200, "{}", answer.text());
        other.join().unwrap();
    });
    assert_eq!(database.value("select count(*) from pg_class where relname = 'met'"), "1");
}

#[test]
fn what_is_undone_twice_is_503_and_the_log_names_the_cause() {
    for (condition, cause) in
        [("deadlock_detected", "a deadlock (SQLSTATE 40P01)"), ("serialization_failure", "(SQLSTATE 40001)")]
    {
        let database = Database::new();
        let variables = [("DATABASE_URL", database.url.as_str()), ("VERCEL_ENV", "development")];
        let service = Service::with(DEFAULT, &variables);
        let own = service.user("ada@example.com");
        database.change(&format!(
            "create sequence tries; create function undone() returns trigger language plpgsql as
                'begin perform nextval(''tries''); raise {condition}; end';
            create trigger undone before insert or update on {{user}} for each row execute function undone()"
        ));
        let sign_up = json!({ "name": "Eve", "email": "eve@example.com", "password": PASSWORD }).to_string();
        for (tries, (path, body)) in
            [("/update-user", r#"{"name":"A"}"#), ("/sign-up/email", &sign_up)].iter().enumerate()
        {
            let answer = service.post(path, &own, body);
            assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")), "{}", answer.text());
            assert_eq!(answer.json()["code"], "DATABASE_UNAVAILABLE");
            assert_eq!(answer.header("x-gatepost-reason"), Some("database_conflict"));
            assert_eq!(database.value("select last_value from tries"), format!("{}", 2 * (tries + 1)));
        }
        assert!(log_lines().iter().any(|line| line.contains("database_conflict") && line.contains(cause)), "{cause}");
        database.change("drop trigger undone on {user}");
        assert_eq!(service.post("/update-user", &own, r#"{"name":"A"}"#).status, 200);
    }
}

#[test]
fn a_lock_that_is_not_had_in_time_is_503() {
    let database = Database::new();
    let service = Service::with(DEFAULT, &[("DATABASE_URL", &database.url)]);
    let own = service.user("ada@example.com");
    database.change(
        "create function locked() returns trigger language plpgsql as 'begin raise lock_not_available; end';
        create trigger locked before update on {user} for each row execute function locked()",
    );
    let answer = service.post("/update-user", &own, r#"{"name":"A"}"#);
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")), "{}", answer.text());
}

const JOURNEY: &str = "[email_and_password]\nenabled = true\n[user.delete_user]\nenabled = true\n[user.change_email]\nenabled = true\n\
    [rate_limit]\nenabled = true\nstorage = \"database\"\n[jwt]\nenabled = true\n";

#[test]
fn a_database_of_stricter_isolation_is_served_like_any_other() {
    for isolation in ["serializable", "repeatable read"] {
        let (database, mailbox) = (secondary_storage::database(JOURNEY), Mailbox::new());
        database.query(&format!("alter database {} set default_transaction_isolation to '{isolation}'", database.name));
        let variables = [("DATABASE_URL", database.url.as_str()), ("EMAIL_URL", &mailbox.url())];
        let service = Service::with(JOURNEY, &variables);
        // Each step from another address, so that no limit counts two of them together.
        let step = std::cell::Cell::new(0);
        let send = |method: &str, path: &str, cookie: &str, body: &str| {
            step.set(step.get() + 1);
            let from = format!("192.0.2.{}", step.get());
            let headers = [
                ("content-type", "application/json"),
                ("origin", service.url.as_str()),
                ("x-forwarded-for", &from),
                ("cookie", cookie),
            ];
            let headers = if cookie.is_empty() { &headers[..3] } else { &headers[..] };
            let answer = http::send(method, &format!("{}/api/auth{path}", service.url), headers, body.as_bytes());
            assert_eq!(answer.status, 200, "{isolation} {path}: {}", answer.text());
            answer
        };
        let person = json!({ "name": "Ada", "email": "ada@example.com", "password": PASSWORD }).to_string();
        let first = send("POST", "/sign-up/email", "", &person).cookies();
        let own = send("POST", "/sign-in/email", "", &person).cookies();
        assert_eq!(send("GET", "/list-sessions", &own, "").json().as_array().map(Vec::len), Some(2));
        send("POST", "/update-user", &own, r#"{"name":"A"}"#);
        send("POST", "/change-password", &own, CHANGE);
        assert_eq!(send("GET", "/get-session", &first, "").text(), "null");
        send("POST", "/request-password-reset", "", r#"{"email":"ada@example.com"}"#);
        let reset = json!({ "token": mailbox.token("reset-password"), "newPassword": PASSWORD });
        send("POST", "/reset-password", "", &reset.to_string());
        // A reset ends the sessions of an unconfirmed address.
        let own = send("POST", "/sign-in/email", "", &person).cookies();
        send("POST", "/send-verification-email", &own, r#"{"email":"ada@example.com"}"#);
        send("GET", &format!("/verify-email?token={}", mailbox.token("verify-email")), "", "");
        send("GET", "/token", &own, "");
        send("POST", "/delete-user", &own, &json!({ "password": PASSWORD }).to_string());
        // Requests that meet: what one of them undoes goes through the second time.
        send("POST", "/sign-up/email", "", &person);
        let from = [("content-type", "application/json"), ("x-forwarded-for", "198.51.100.1")];
        let url = format!("{}/api/auth/sign-in/email", service.url);
        let statuses: Vec<u16> = thread::scope(|scope| {
            let all: Vec<_> =
                (0..12).map(|_| scope.spawn(|| http::send("POST", &url, &from, person.as_bytes()).status)).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 3, "{isolation} {statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 9, "{isolation} {statuses:?}");
        // Instances that begin at once make one key.
        database.query("delete from jwks");
        let services: Vec<Service> = (0..4).map(|_| Service::with(JOURNEY, &variables)).collect();
        thread::scope(|scope| {
            for service in &services {
                scope.spawn(move || assert_eq!(service.get("/jwks", "").status, 200));
            }
        });
        assert_eq!(database.value("select count(*) from jwks"), "1", "{isolation}");
    }
}
