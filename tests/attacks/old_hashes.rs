//! Holes of accepting password hashes of other systems.

use gatepost_core::crypto::{
    hashes,
    hashes::scheme::{Flaw, GivenPassword, Settings},
    secret::Secret,
};
use serde_json::json;

use crate::support::{
    http::Answer,
    passwords::{BCRYPT, OF_BCRYPT, is_own, store, stored},
    postgres::Database,
    service::{Service, log_lines},
    wire::{Fault, Wire},
};

const ALL: &str = "[email_and_password]\nenabled = true\nmax_password_length = 4096\n\
                   accept_hashes = [\"bcrypt\", \"argon2\", \"pbkdf2\", \"scrypt\", \"firebase-scrypt\"]\n";
const PASSWORD: &str = "correct horse battery";
const OTHER: &str = "another password";

fn sign_in(service: &Service, password: &str) -> Answer {
    service.post("/sign-in/email", "", &json!({ "email": "ada@example.com", "password": password }).to_string())
}

/// Hashes that would take gibibytes or hours, and one just above each bound.
const GIANT: [&str; 12] = [
    "$2b$31$e5dvY.67QuFJhKziCa7MR.frIsqgi5xGhHE7mFqmyluGtMGFU3q0m",
    "$2b$16$e5dvY.67QuFJhKziCa7MR.frIsqgi5xGhHE7mFqmyluGtMGFU3q0m",
    "$argon2id$v=19$m=4194304,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "$argon2id$v=19$m=65536,t=4294967295,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "$argon2id$v=19$m=99999999999999999999,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "$argon2id$v=19$m=8192,t=1,p=65$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "pbkdf2_sha256$1000000000$salt$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "$pbkdf2-sha512$i=5000001,l=32$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "$scrypt$ln=31,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "scrypt$16384$salt$8$4294967295$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "$scrypt$ln=200,r=4294967295,p=4294967295$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "$fbscrypt$v=1,n=30,r=8,p=1,ss=Bw==$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
];

#[test]
fn a_stored_hash_of_a_giant_cost_is_refused_before_it_is_computed() {
    let database = Database::new();
    let key = "A".repeat(86) + "==";
    let service = Service::with(ALL, &[("DATABASE_URL", &database.url), ("FIREBASE_SIGNER_KEY", &key)]);
    service.user("ada@example.com");
    let settings = Settings { firebase_key: Some(Secret::new(key.as_str())), scrypt: None };
    let before = log_lines().len();
    for hash in GIANT {
        // No computation begins: the scheme itself says why not.
        let judged: Vec<_> = hashes::ALL
            .iter()
            .filter(|scheme| scheme.name.beginnings().iter().any(|beginning| hash.starts_with(beginning)))
            .map(|scheme| (scheme.check)(&GivenPassword { stored: hash, password: PASSWORD, settings: &settings }))
            .collect();
        assert!(matches!(judged.as_slice(), [Err(Flaw::TooCostly(_))]), "{hash}: {judged:?}");
    }
    for hash in [GIANT[0], GIANT[2], GIANT[6]] {
        store(&database, hash);
        let answer = sign_in(&service, PASSWORD);
        assert_eq!((answer.status, answer.json()["code"].as_str()), (401, Some("INVALID_EMAIL_OR_PASSWORD")), "{hash}");
        assert_eq!(stored(&database), hash);
    }
    let lines = log_lines();
    let told = lines[before..].iter().filter(|line| line.contains("password_hash_too_costly"));
    let told: Vec<_> = told.filter(|line| line.contains("let the user set a new password")).collect();
    assert!(told.len() >= 3, "{told:?}");
}

#[test]
fn damaged_hashes_of_every_scheme_match_no_password_and_stop_nothing() {
    let key = "A".repeat(86) + "==";
    let settings = Settings { firebase_key: Some(Secret::new(key.as_str())), scrypt: None };
    for scheme in hashes::ALL {
        let usual = scheme.usual.replace("$10$", "$04$").replace("1000000", "10").replace("65536", "64");
        let usual = usual.replace("ln=14", "ln=4").replace("n=14", "n=4");
        // Cut at each place, with each part missing, empty, doubled, too long or not ASCII.
        let cut = (0..usual.len()).map(|at| usual[..at].to_owned());
        let parts: Vec<&str> = usual.split('$').collect();
        let broken = (0..parts.len()).flat_map(|at| {
            let long = "A".repeat(100_000);
            ["", "x", "=", "-1", "v=19", "é", "\0", long.as_str(), "m=,t=,p=", "$"].map(|part| {
                let mut parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
                parts[at] = part.to_owned();
                parts.join("$")
            })
        });
        for stored in cut.chain(broken) {
            let checked = (scheme.check)(&GivenPassword { stored: &stored, password: PASSWORD, settings: &settings });
            assert_ne!(checked, Ok(true), "{stored}");
        }
    }
}

#[test]
fn an_old_password_opens_no_session_and_comes_not_back_while_the_password_changes() {
    let database = Database::new();
    let wire = Wire::new(&database.url);
    let slow = Service::with(BCRYPT, &[("DATABASE_URL", &wire.url)]);
    let service = Service::with(BCRYPT, &[("DATABASE_URL", &database.url)]);
    let cookie = service.user("ada@example.com");
    store(&database, OF_BCRYPT);
    wire.statements();
    // The statement that opens the session and replaces the hash arrives after the new password.
    wire.set(Fault::HoldBack("insert into"));
    let answer = std::thread::scope(|scope| {
        let held = scope.spawn(|| sign_in(&slow, PASSWORD));
        wire.await_statement("insert into");
        let body = json!({ "currentPassword": PASSWORD, "newPassword": OTHER, "revokeOtherSessions": true });
        assert_eq!(service.post("/change-password", &cookie, &body.to_string()).status, 200);
        wire.set(Fault::None);
        held.join().unwrap()
    });
    assert_eq!((answer.status, answer.json()["code"].as_str()), (401, Some("INVALID_EMAIL_OR_PASSWORD")));
    assert!(is_own(&stored(&database)));
    assert_eq!(sign_in(&service, PASSWORD).status, 401);
    assert_eq!(sign_in(&service, OTHER).status, 200);
}

#[test]
fn a_sign_in_that_replaced_the_hash_and_lost_its_answer_locks_nobody_out() {
    let database = Database::new();
    let wire = Wire::new(&database.url);
    let service = Service::with(BCRYPT, &[("DATABASE_URL", &wire.url)]);
    service.user("ada@example.com");
    database.query("delete from session");
    store(&database, OF_BCRYPT);
    // The database has replaced the hash, but its answer is lost, and so is that of the repeated statement.
    wire.set(Fault::CutBeforeAnswer("insert into"));
    let answer = sign_in(&service, PASSWORD);
    wire.set(Fault::None);
    assert_eq!(answer.status, 503, "{}", answer.text());
    let replaced = stored(&database);
    assert!(is_own(&replaced));
    assert_eq!(database.value("select count(*) from session"), "1");
    assert_eq!(sign_in(&service, PASSWORD).status, 200);
    assert_eq!(stored(&database), replaced);
}

#[test]
fn a_deployment_that_accepts_nothing_else_compares_no_other_hash() {
    let database = Database::new();
    let service = Service::new(&database.url);
    service.user("ada@example.com");
    store(&database, OF_BCRYPT);
    assert_eq!(sign_in(&service, PASSWORD).status, 401);
    assert_eq!(stored(&database), OF_BCRYPT);
    // With a scheme switched on, texts of another one stay refused.
    let toml = BCRYPT.replace("bcrypt", "argon2");
    let service = Service::with(&toml, &[("DATABASE_URL", &database.url)]);
    assert_eq!(sign_in(&service, PASSWORD).status, 401);
    assert_eq!(stored(&database), OF_BCRYPT);
}
