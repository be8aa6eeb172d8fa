//! A database that is 20 ms away: round trips and time of each endpoint, as the first request of a process and as a later
//! one, beside Node in the same run. What a round trip is, the proxy counts; opening a connection is several.

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use gatepost_cli::postgres;
use gatepost_core::{config::ConnectionOptions, store::single};

use crate::{
    Rounds, Row, servers,
    sessions::sign_up,
    support::{
        LIMIT,
        certificates::{certificates, secured},
        http::{self, Answer},
        node::Reference,
        postgres::{Database, block_on, execute},
        server::migrated,
        wire::{Fault, Phase, Wire},
    },
};

const AWAY: Duration = Duration::from_millis(20);
/// Later requests of one process.
const WARM: usize = 5;
const PASSWORD: &str = "correct horse battery";

struct Case {
    what: &'static str,
    toml: &'static str,
    options: &'static str,
    ask: fn(url: &str, cookie: &str, number: usize) -> Answer,
    /// Round trips of a later request.
    target: &'static str,
}

const PLAIN: (&str, &str) = ("[jwt]\nenabled = false\n", "{}");

const CASES: [Case; 6] = [
    Case {
        what: "get-session",
        toml: PLAIN.0,
        options: PLAIN.1,
        ask: |url, cookie, _| get(url, "/get-session", cookie),
        target: "1",
    },
    Case {
        what: "get-session with a cached session",
        toml: "[session.cookie_cache]\nenabled = true\n[jwt]\nenabled = false\n",
        options: r#"{"session":{"cookieCache":{"enabled":true}}}"#,
        ask: |url, cookie, _| get(url, "/get-session", cookie),
        target: "0",
    },
    Case {
        what: "token",
        toml: "",
        options: r#"{"jwt":{}}"#,
        ask: |url, cookie, _| get(url, "/token", cookie),
        target: "1",
    },
    Case {
        what: "sign-in",
        toml: PLAIN.0,
        options: PLAIN.1,
        ask: |url, _, _| post(url, "/sign-in/email", "", &person("ada@example.com")),
        target: "2",
    },
    Case {
        what: "sign-up",
        toml: PLAIN.0,
        options: PLAIN.1,
        ask: |url, _, number| post(url, "/sign-up/email", "", &person(&format!("new{number}@example.com"))),
        target: "2",
    },
    Case {
        what: "sign-out",
        toml: PLAIN.0,
        options: PLAIN.1,
        ask: |url, cookie, _| post(url, "/sign-out", cookie, "{}"),
        target: "1",
    },
];

pub fn measure() -> Vec<Row> {
    CASES.iter().flat_map(compare).collect()
}

/// Compares what a process that has no connection waits for until it has answered its first session read, without TLS and with it.
pub fn from_nothing() -> Vec<Row> {
    let (_, certificate, key) = certificates();
    let mut rows = Vec::new();
    for (source, name) in [(postgres::Source::Machine, "own"), (postgres::Source::Download, "newest")] {
        let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("postgres-far-{name}-{}", std::process::id()));
        let options = postgres::Options { source, ..postgres::Options::for_tests(&data) };
        let server = secured(&options, &certificate, &key);
        let url = server.url("postgres");
        let encrypted = format!("{url}?sslmode=no-verify");
        let begun = Instant::now();
        while block_on(async { single::connect(&encrypted, &ConnectionOptions::default()).await.is_err() }) {
            assert!(begun.elapsed() < LIMIT, "the server does not speak TLS");
            thread::sleep(Duration::from_millis(20));
        }
        migrated(&url);
        let version = execute(&url, "show server_version_num").remove(0).remove(0).unwrap();
        let major = version.parse::<u32>().unwrap() / 10_000;
        let (_prepares, preparing) = servers::start(servers::GATEPOST, &url, "");
        let cookie = sign_up(&preparing);
        let direct = (major >= 17).then_some("sslmode=no-verify&sslnegotiation=direct");
        for parameters in ["", "sslmode=disable", "sslmode=no-verify"].into_iter().chain(direct) {
            let url = format!("{url}?{parameters}");
            let ours = phases(&url, &cookie, |url| {
                let (process, url) = servers::start(servers::GATEPOST, url, "");
                (Box::new(process), url)
            });
            // Node's driver has no such parameter.
            let theirs = if parameters.contains("direct") {
                String::new()
            } else {
                phases(&url, &cookie, |url| {
                    let node = Reference::with(url, "{}", &[("MIGRATE", "0")]);
                    let url = node.url.clone();
                    (Box::new(node), url)
                })
            };
            let with = if parameters.is_empty() { "the URL as it is" } else { parameters };
            let what = format!("get-session from nothing, PostgreSQL {major}, {with}");
            rows.push(Row::new(&what, ours, theirs, ""));
        }
        drop(server);
        let _ = std::fs::remove_dir_all(data);
    }
    rows
}

/// The waits of a new process until its first answer, by their phases.
fn phases(url: &str, cookie: &str, start: impl Fn(&str) -> Running) -> String {
    let wire = Wire::new(url);
    wire.set(Fault::Delay(AWAY));
    let (_process, url) = start(&wire.url);
    let answer = get(&url, "/get-session", cookie);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let phases = wire.phases();
    let named = [
        (Phase::Tcp, "TCP"),
        (Phase::TlsRequest, "request for TLS"),
        (Phase::Handshake, "TLS"),
        (Phase::Startup, "startup"),
        (Phase::Login, "login"),
        (Phase::Statement, "statements"),
        (Phase::Encrypted, "inside TLS"),
    ];
    let parts = named.iter().filter_map(|(phase, name)| {
        let count = phases.iter().filter(|found| *found == phase).count();
        (count > 0).then(|| format!("{name} {count}"))
    });
    format!("{}: {}", phases.len(), parts.collect::<Vec<_>>().join(", "))
}

/// The cost of one side's first request and of its later ones: round trips and milliseconds.
struct Cost {
    cold: (usize, f64),
    warm: (usize, f64),
}

fn compare(case: &Case) -> [Row; 2] {
    let ours = cost(case, |url| {
        let (process, url) = servers::start_with(servers::GATEPOST, url, "", case.toml);
        (Box::new(process), url)
    });
    let theirs = cost(case, |url| {
        let node = Reference::new(url, case.options);
        let url = node.url.clone();
        (Box::new(node), url)
    });
    let show = |(round_trips, time): (usize, f64)| format!("{round_trips} round trips, {time:.0} ms");
    [
        Row::new(&format!("{}, cold", case.what), show(ours.cold), show(theirs.cold), ""),
        Row::new(&format!("{}, warm", case.what), show(ours.warm), show(theirs.warm), case.target),
    ]
}

/// A running server, kept only until it is dropped, and its URL.
type Running = (Box<dyn std::any::Any>, String);

fn cost(case: &Case, start: impl Fn(&str) -> Running) -> Cost {
    let database = Database::new();
    // Another process of the same kind signs in, so that what is measured finds users, cookies and keys.
    let (_prepares, preparing) = start(&database.url);
    sign_up(&preparing);
    let cookies: Vec<_> =
        (0..=WARM).map(|_| post(&preparing, "/sign-in/email", "", &person("ada@example.com")).cookies()).collect();
    (case.ask)(&preparing, &post(&preparing, "/sign-in/email", "", &person("ada@example.com")).cookies(), 1_000);

    let wire = Wire::new(&database.url);
    wire.set(Fault::Delay(AWAY));
    let (_measured, url) = start(&wire.url);
    // The work before the first request costs no client anything.
    wire.round_trips();
    let mut costs = cookies.iter().enumerate().map(|(number, cookie)| {
        let begun = Instant::now();
        let answer = (case.ask)(&url, cookie, number);
        let time = begun.elapsed().as_secs_f64() * 1e3;
        assert_eq!(answer.status, 200, "{}: {}", case.what, answer.text());
        (wire.round_trips(), time)
    });
    let cold = costs.next().unwrap();
    let warm: Vec<_> = costs.collect();
    let most = warm.iter().map(|(round_trips, _)| *round_trips).max().unwrap();
    Cost { cold, warm: (most, Rounds::new(warm.iter().map(|(_, time)| *time)).percentile(50)) }
}

fn person(email: &str) -> String {
    format!(r#"{{"name":"Ada","email":"{email}","password":"{PASSWORD}"}}"#)
}

fn get(url: &str, path: &str, cookie: &str) -> Answer {
    http::send("GET", &format!("{url}/api/auth{path}"), &[("cookie", cookie)], b"")
}

fn post(url: &str, path: &str, cookie: &str, body: &str) -> Answer {
    let mut headers = vec![("content-type", "application/json"), ("origin", url)];
    headers.extend((!cookie.is_empty()).then_some(("cookie", cookie)));
    http::send("POST", &format!("{url}/api/auth{path}"), &headers, body.as_bytes())
}
