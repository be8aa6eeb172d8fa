//! Connecting to a database that sleeps, restarts, or stands behind a provider's proxy.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use gatepost_core::{config::ConnectionOptions, store::single};

use crate::support::{
    LIMIT,
    neon::Neon,
    postgres::{Database, block_on},
    service::{Service, log_lines},
    wire::{Fault, Wire},
};

#[test]
fn a_database_that_takes_three_seconds_to_wake_costs_no_request() {
    let database = Database::new();
    let cookie = Service::new(&database.url).user("ada@example.com");
    let wire = Wire::new(&database.url);
    let service = Service::new(&wire.url);
    // Connections are taken at once, and nothing is said on them before it is awake.
    wire.stall(true);
    thread::scope(|scope| {
        let readers: Vec<_> = (0..6).map(|_| scope.spawn(|| service.get("/get-session", &cookie))).collect();
        thread::sleep(Duration::from_secs(3));
        wire.stall(false);
        for reader in readers {
            assert_eq!(reader.join().unwrap().json()["user"]["email"], "ada@example.com");
        }
    });
}

#[test]
fn a_database_that_refuses_connections_for_a_moment_is_asked_again() {
    let database = Database::new();
    let cookie = Service::new(&database.url).user("ada@example.com");
    let wire = Wire::new(&database.url);
    let service = Service::new(&wire.url);
    wire.set(Fault::Refuse);
    thread::scope(|scope| {
        let reader = scope.spawn(|| service.get("/get-session", &cookie));
        within("it was not tried again", || wire.refusals() >= 2);
        wire.set(Fault::None);
        assert_eq!(reader.join().unwrap().json()["user"]["email"], "ada@example.com");
    });
    // It gives up: four attempts, then a 503.
    wire.set(Fault::Refuse);
    wire.cut();
    let service = Service::new(&wire.url);
    let before = wire.refusals();
    assert_eq!(service.get("/get-session", &cookie).status, 503);
    assert_eq!(wire.refusals() - before, 4);
}

#[test]
fn a_pooler_that_is_full_for_a_moment_is_asked_again_and_the_log_says_what_it_lacks() {
    let database = Database::new();
    let cookie = Service::new(&database.url).user("ada@example.com");
    let wire = Wire::new(&database.url);
    wire.set(Fault::Answer("MaxClientsInSessionMode: max clients reached"));
    let service = Service::new(&wire.url);
    thread::scope(|scope| {
        let reader = scope.spawn(|| service.get("/get-session", &cookie));
        within("it was not tried again", || wire.refusals() >= 2);
        wire.set(Fault::None);
        assert_eq!(reader.join().unwrap().json()["user"]["email"], "ada@example.com");
    });
    for (words, told) in
        [("Max client connections reached", "(port 6543)"), ("Tenant or user not found", "`name.project`")]
    {
        wire.set(Fault::Answer(words));
        let answer = Service::new(&wire.url).get("/get-session", &cookie);
        assert_eq!((answer.status, answer.header("retry-after").is_some()), (503, true));
        assert!(!answer.text().contains(words), "{}", answer.text());
        let lines = log_lines();
        assert!(lines.iter().any(|line| line.contains(words) && line.contains(told)), "{lines:?}");
    }
}

#[test]
fn a_wrong_password_is_not_tried_again() {
    let database = Database::new();
    let cookie = Service::new(&database.url).user("ada@example.com");
    let (before, after) = database.url.split_once("://postgres:").unwrap();
    let wire = Wire::new(&format!("{before}://postgres:wrong{after}"));
    assert_eq!(Service::new(&wire.url).get("/get-session", &cookie).status, 503);
    assert_eq!(wire.connections(), 1);
}

#[test]
fn the_compute_that_a_url_names_reaches_its_providers_proxy() {
    let database = Database::new();
    let neon = Neon::new(&database.url);
    let service = Service::with(
        crate::support::service::DEFAULT,
        &[("DATABASE_URL", &format!("{}?options=endpoint%3Dep-cool-1", neon.url))],
    );
    let cookie = service.user("ada@example.com");
    assert_eq!(service.get("/get-session", &cookie).json()["user"]["email"], "ada@example.com");
    assert!(!neon.endpoints().is_empty() && neon.endpoints().iter().all(|endpoint| endpoint == "ep-cool-1"));
}

#[test]
fn a_server_that_is_not_local_is_told_no_password_in_plain_text() {
    let database = Database::new();
    let wire = Wire::new(&database.url);
    // A name of elsewhere, and the address that some resolver gives for it.
    let elsewhere = wire.url.replace("127.0.0.1", "db.example.com") + "?hostaddr=127.0.0.1";
    let connect = |url: &str| {
        block_on(async {
            single::connect(url, &ConnectionOptions::default()).await.err().map(|error| error.to_string())
        })
    };
    for asked in ["", "&sslmode=prefer", "&sslmode=allow", "&sslmode=require"] {
        let refusal = connect(&format!("{elsewhere}{asked}")).expect("it was accepted");
        assert!(refusal.contains("does not support TLS") && refusal.contains("sslmode=disable"), "{refusal}");
    }
    assert_eq!(connect(&format!("{elsewhere}&sslmode=disable")), None);
}

#[test]
fn a_connection_is_made_while_the_body_is_still_being_read() {
    let database = Database::new();
    Service::new(&database.url).user("ada@example.com");
    let wire = Wire::new(&database.url);
    let service = Service::new(&wire.url);
    let body = r#"{"email":"ada@example.com","password":"correct horse battery"}"#;
    let sign_in = Begun::sign_in(&service, body.len());
    within("nobody connects before the body is there", || service.auth.pool.status().idle == 1);
    assert!(sign_in.goes_on_with(body).starts_with("HTTP/1.1 200 "));
    assert_eq!(wire.connections(), 1, "the statements did not use it");
    // An answer that needs no database does not wait for one that sleeps, ...
    wire.stall(true);
    let service = Service::new(&wire.url);
    let sign_in = Begun::sign_in(&service, body.len());
    within("nobody connects before the body is there", || wire.connections() == 2);
    assert!(sign_in.goes_on_with(&"x".repeat(body.len())).starts_with("HTTP/1.1 400 "));
    // ... and one that needs it waits for the connection that is on its way.
    let sign_in = Begun::sign_in(&service, body.len());
    within("nobody connects before the body is there", || wire.connections() == 3);
    thread::scope(|scope| {
        let answer = scope.spawn(|| sign_in.goes_on_with(body));
        wire.stall(false);
        assert!(answer.join().unwrap().starts_with("HTTP/1.1 200 "));
    });
    assert_eq!(wire.connections(), 3);
}

/// A request whose body is still to come.
struct Begun(TcpStream);

impl Begun {
    fn sign_in(service: &Service, length: usize) -> Self {
        let host = service.url.strip_prefix("http://").unwrap();
        let head = format!(
            "POST /api/auth/sign-in/email HTTP/1.1\r\nhost: {host}\r\norigin: {}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n",
            service.url
        );
        let mut stream = TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        Self(stream)
    }

    fn goes_on_with(mut self, body: &str) -> String {
        self.0.write_all(body.as_bytes()).unwrap();
        let mut answer = String::new();
        self.0.read_to_string(&mut answer).unwrap();
        answer
    }
}

fn within(otherwise: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < LIMIT, "{otherwise}");
        thread::sleep(Duration::from_millis(2));
    }
}
