//! More sign-ins than can be hashed: what sessions cost meanwhile, and how much memory it takes. One process serves both, so
//! that they stand in each other's way as much as they can.

use std::{
    process::Command,
    thread,
    time::{Duration, Instant},
};

use crate::{
    Rounds, Row, number,
    process::{Process, resident},
    servers,
    sessions::sign_up,
    support::{http, postgres::Database},
};

const ROUNDS: usize = 5;
const SIGN_INS: usize = 200;
const QUIET: Duration = Duration::from_secs(4);

/// The result of a round: get-session's p99 in milliseconds, and how many sign-ins were refused.
struct Round {
    quiet: f64,
    meanwhile: f64,
    refused: usize,
}

pub fn measure() -> Vec<Row> {
    let database = Database::new();
    let (gatepost, url) = servers::start(servers::GATEPOST, &database.url, "");
    let cookie = sign_up(&url);
    let rounds = || -> [Round; ROUNDS] { std::array::from_fn(|_| round(&url, &cookie)) };
    let on_all_cores = rounds();
    pin_to_one_core(&gatepost);
    let on_one_core = rounds();
    let refused = Rounds::new(on_all_cores.iter().map(|round| round.refused as f64));
    let row = |what: &str, value: String, target: &'static str| Row::new(what, value, String::new(), target);
    let mut rows = vec![
        row("of 200 sign-ins at once: 503", refused.show(0, ""), "past the queue of 101"),
        row("memory afterwards", format!("{} MB", number(resident(&gatepost.0), 1)), "≤ 512 MB"),
    ];
    for (rounds, cores) in [(on_all_cores, ""), (on_one_core, " (one core)")] {
        let show = |value: fn(&Round) -> f64, unit: &str| Rounds::new(rounds.iter().map(value)).show(1, unit);
        let quiet = show(|round| round.quiet, " ms");
        let meanwhile = show(|round| round.meanwhile, " ms");
        let parts = show(|round| round.meanwhile / round.quiet, " ×");
        rows.push(row(&format!("get-session's p99, quiet{cores}"), quiet, ""));
        rows.push(row(&format!("get-session's p99 while 200 sign in{cores}"), meanwhile, ""));
        rows.push(row(&format!("the second in parts of the first{cores}"), parts, "≤ 2"));
    }
    rows
}

fn round(url: &str, cookie: &str) -> Round {
    let (quiet, ()) = reading_while(url, cookie, || thread::sleep(QUIET));
    let (meanwhile, refused) = reading_while(url, cookie, || refused_of_so_many(url));
    Round { quiet: quiet.percentile(99), meanwhile: meanwhile.percentile(99), refused }
}

/// As the platform's smaller instances are.
fn pin_to_one_core(process: &Process) {
    let process = process.0.id().to_string();
    let done = Command::new("taskset").args(["--all-tasks", "--pid", "--cpu-list", "0", &process]).output();
    assert!(done.expect("taskset keeps a process on one core").status.success());
}

/// How long each reading of the session took while `work` was done, in milliseconds.
fn reading_while<T: Send>(url: &str, cookie: &str, work: impl FnOnce() -> T + Send) -> (Rounds, T) {
    thread::scope(|scope| {
        let working = scope.spawn(work);
        let mut times = Vec::new();
        while !working.is_finished() {
            let begun = Instant::now();
            let answer = http::send("GET", &format!("{url}/api/auth/get-session"), &[("cookie", cookie)], b"");
            times.push(begun.elapsed().as_secs_f64() * 1e3);
            assert_eq!(answer.status, 200);
            thread::sleep(Duration::from_millis(2));
        }
        (Rounds::new(times), working.join().unwrap())
    })
}

fn refused_of_so_many(url: &str) -> usize {
    thread::scope(|scope| {
        let signing_in: Vec<_> = (0..SIGN_INS).map(|_| scope.spawn(|| sign_in(url))).collect();
        signing_in.into_iter().map(|one| one.join().unwrap()).filter(|status| *status == 503).count()
    })
}

fn sign_in(url: &str) -> u16 {
    let body = br#"{"email":"ada@example.com","password":"correct horse battery"}"#;
    let headers = [("content-type", "application/json"), ("origin", url)];
    http::send("POST", &format!("{url}/api/auth/sign-in/email"), &headers, body).status
}
