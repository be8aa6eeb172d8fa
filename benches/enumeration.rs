//! Measures how long the answers for a known and for an unknown address take, in turn: a client that has only the clock must not
//! learn which is which.

use std::time::Instant;

use crate::{
    Rounds, Row,
    support::{
        mailbox::Mailbox,
        postgres::Database,
        service::{DEFAULT, Service},
    },
};

const KNOWN: &str = "ada@example.com";
const UNKNOWN: &str = "eve@example.com";

pub fn measure() -> Vec<Row> {
    let (database, mailbox) = (Database::new(), Mailbox::new());
    let service = Service::with(DEFAULT, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &mailbox.url())]);
    service.user(KNOWN);
    [("/request-password-reset", 400), ("/send-verification-email", 400), ("/sign-in/email", 40)]
        .map(|(path, rounds)| compare(&service, path, rounds))
        .to_vec()
}

fn compare(service: &Service, path: &str, rounds: usize) -> Row {
    let take = |email: &str| {
        let body = format!(r#"{{"email":"{email}","password":"a wrong password"}}"#);
        let started = Instant::now();
        let status = service.post(path, "", &body).status;
        let took = started.elapsed().as_secs_f64() * 1e3;
        assert!([200, 401].contains(&status), "{path}: {status}");
        took
    };
    take(KNOWN);
    take(UNKNOWN);
    // The second request finds warmer caches: both kinds of addresses take turns in that too.
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        if round % 2 == 0 {
            known.push(take(KNOWN));
            unknown.push(take(UNKNOWN));
        } else {
            unknown.push(take(UNKNOWN));
            known.push(take(KNOWN));
        }
    }
    let (known, unknown) = (Rounds::new(known), Rounds::new(unknown));
    let apart = (known.percentile(50) - unknown.percentile(50)).abs();
    let said = format!(
        "{:.2} and {:.2} ms, {apart:.2} apart in a spread of {:.2}",
        known.percentile(50),
        unknown.percentile(50),
        spread(&known).max(spread(&unknown))
    );
    Row::new(&format!("{path}: a known and an unknown address"), said, String::new(), "apart < spread")
}

/// Between the quarters: what a single answer differs from the next anyway.
fn spread(rounds: &Rounds) -> f64 {
    rounds.percentile(75) - rounds.percentile(25)
}
