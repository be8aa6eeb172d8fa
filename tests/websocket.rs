//! The database behind a WebSocket (`[database] transport`). The feature `websocket` builds it in:
//! `cargo test --features websocket --test gatepost -- websocket`, and with `GATEPOST_TEST_WEBSOCKET=1` every other test of a
//! service too.

use std::thread;

use super::support::{neon::Neon, postgres::Database, service::Service};

const TOML: &str = "[email_and_password]\nenabled = true\n[database]\ntransport = \"websocket\"\n";

#[test]
fn every_flow_works_through_a_websocket() {
    let database = Database::new();
    let neon = Neon::with_websockets(&database.direct);
    let service = Service::with(TOML, &[("DATABASE_URL", &neon.url)]);
    thread::scope(|scope| {
        for number in 0..8 {
            let service = &service;
            scope.spawn(move || {
                let email = format!("user{number}@example.com");
                let cookie = service.user(&email);
                for _ in 0..5 {
                    assert_eq!(service.get("/get-session", &cookie).json()["user"]["email"], email);
                }
                assert_eq!(service.post("/sign-out", &cookie, "{}").status, 200);
                assert_eq!(service.get("/get-session", &cookie).text(), "null");
            });
        }
    });
    assert!((1..=4).contains(&service.auth.pool.size()), "{}", service.auth.pool.size());
    // More than a message, and more than a read.
    let cookie = service.user("large@example.com");
    let name = "n".repeat(300_000);
    let answer = service.post("/update-user", &cookie, &format!(r#"{{"name":"{name}"}}"#));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(service.get("/get-session", &cookie).json()["user"]["name"], name);
}

#[test]
fn a_connection_in_a_websocket_that_the_server_closed_costs_no_request() {
    let database = Database::new();
    let neon = Neon::with_websockets(&database.direct);
    let service = Service::with(TOML, &[("DATABASE_URL", &neon.url)]);
    let cookie = service.user("ada@example.com");
    for _ in 0..20 {
        database.end_connections();
        assert_eq!(service.get("/get-session", &cookie).json()["user"]["email"], "ada@example.com");
    }
}

#[test]
fn a_server_that_speaks_no_websockets_is_503_and_its_password_stays_here() {
    let database = Database::new();
    let cookie = Service::new(&database.url).user("ada@example.com");
    let service = Service::with(TOML, &[("DATABASE_URL", &database.direct)]);
    assert_eq!(service.get("/get-session", &cookie).status, 503);
}
