//! More sign-ins than can be hashed: what sessions cost meanwhile, and how much memory it takes. One process serves both, so
//! that they stand in each other's way as much as they can.

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use crate::{
    Rounds, Row, number,
    process::resident,
    servers,
    sessions::sign_up,
    support::{http, postgres::Database},
};

const SIGN_INS: usize = 200;
const QUIET: Duration = Duration::from_secs(4);

pub fn measure() -> Vec<Row> {
    let database = Database::new();
    let (gatepost, url) = servers::start(servers::GATEPOST, &database.url, "");
    let cookie = sign_up(&url);
    let over = AtomicBool::new(false);
    let quiet = thread::scope(|scope| {
        let reading = scope.spawn(|| read_until(&url, &cookie, &over));
        thread::sleep(QUIET);
        over.store(true, Relaxed);
        reading.join().unwrap()
    });
    over.store(false, Relaxed);
    let (busy, statuses) = thread::scope(|scope| {
        let reading = scope.spawn(|| read_until(&url, &cookie, &over));
        let signing_in: Vec<_> = (0..SIGN_INS).map(|_| scope.spawn(|| sign_in(&url))).collect();
        let statuses: Vec<u16> = signing_in.into_iter().map(|one| one.join().unwrap()).collect();
        over.store(true, Relaxed);
        (reading.join().unwrap(), statuses)
    });
    let [before, meanwhile] = [&quiet, &busy].map(|times| times.percentile(99));
    let refused = statuses.iter().filter(|status| **status == 503).count();
    let show = |value: f64, unit: &str| format!("{} {unit}", number(value, 1));
    vec![
        Row::new("get-session's p99, quiet", show(before, "ms"), String::new(), ""),
        Row::new("get-session's p99 while 200 sign in", show(meanwhile, "ms"), String::new(), ""),
        Row::new("the second in parts of the first", show(meanwhile / before, "×"), String::new(), "≤ 2"),
        Row::new("of 200 sign-ins at once: 503", refused.to_string(), String::new(), "past the queue of 102"),
        Row::new("memory afterwards", show(resident(&gatepost.0), "MB"), String::new(), "≤ 512 MB"),
    ]
}

fn read_until(url: &str, cookie: &str, over: &AtomicBool) -> Rounds {
    let mut times = Vec::new();
    while !over.load(Relaxed) {
        let begun = Instant::now();
        let answer = http::send("GET", &format!("{url}/api/auth/get-session"), &[("cookie", cookie)], b"");
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        assert_eq!(answer.status, 200);
        thread::sleep(Duration::from_millis(2));
    }
    Rounds::new(times)
}

fn sign_in(url: &str) -> u16 {
    let body = br#"{"email":"ada@example.com","password":"correct horse battery"}"#;
    let headers = [("content-type", "application/json"), ("origin", url)];
    http::send("POST", &format!("{url}/api/auth/sign-in/email"), &headers, body).status
}
