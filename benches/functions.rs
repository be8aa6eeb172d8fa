//! The deployed functions themselves, with the platform's runtime: how large, how soon they answer, how much memory.

use std::{net::TcpListener, process::Command, time::Instant};

use crate::{
    Rounds, Row,
    load::{self, Until},
    number,
    process::{Process, resident},
    sessions,
    support::{
        SECRET, http,
        postgres::Database,
        service::{DEFAULT, Service},
    },
};

const FUNCTIONS: [(&str, &str); 6] = [
    ("get-session", env!("CARGO_BIN_EXE_get-session")),
    ("sign-in", env!("CARGO_BIN_EXE_sign-in")),
    ("sign-up", env!("CARGO_BIN_EXE_sign-up")),
    ("user", env!("CARGO_BIN_EXE_user")),
    ("social", env!("CARGO_BIN_EXE_social")),
    ("status", env!("CARGO_BIN_EXE_status")),
];
const STARTS: usize = 30;
const REQUESTS: u64 = 5_000;

pub fn measure() -> Vec<Row> {
    let mut rows: Vec<Row> = FUNCTIONS
        .iter()
        .map(|(name, path)| {
            let megabytes = std::fs::metadata(path).unwrap().len() as f64 / 1e6;
            let size = format!("{} MB", number(megabytes, 2));
            Row::new(&format!("function {name}: binary"), size, String::new(), "≤ 6 MB")
        })
        .collect();
    let database = Database::new();
    let starts = Rounds::new((0..STARTS).map(|_| first_answer(&database.url)));
    let [half, most] = [50, 95].map(|percent| number(starts.percentile(percent), 1));
    rows.push(Row::new(
        "function status: start to first answer, p50 and p95",
        format!("{half} and {most} ms"),
        String::new(),
        "≤ 10 ms",
    ));
    let memory = format!("{} MB", number(memory(&database.url), 1));
    rows.push(Row::new("function get-session: memory after 5,000 requests", memory, String::new(), "≤ 15 MB"));
    rows
}

/// Starts the function `name` as the platform does, on a free port, with another configuration file if one is named.
fn start(name: &str, database_url: &str, config: &str) -> (Process, String) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (port, url) = (port.to_string(), format!("http://localhost:{port}"));
    let (_, path) = FUNCTIONS.iter().find(|(found, _)| *found == name).unwrap();
    let variables = [
        ("VERCEL_DEV_PORT", port.as_str()),
        ("DATABASE_URL", database_url),
        ("BETTER_AUTH_SECRET", SECRET),
        ("BETTER_AUTH_URL", &url),
        ("GATEPOST_CONFIG", config),
    ];
    // Without the platform's socket the runtime says this line, and logs to standard output.
    let (process, _) = Process::start(&mut Command::new(path), &variables, "Dev server listening: ");
    (process, url)
}

/// Milliseconds from starting the process to its first answer.
fn first_answer(database_url: &str) -> f64 {
    let started = Instant::now();
    let (_process, url) = start("status", database_url, "");
    let answer = http::send("GET", &format!("{url}/api/auth/ok"), &[], b"");
    let took = started.elapsed();
    assert_eq!((answer.status, answer.text().as_str()), (200, r#"{"ok":true}"#));
    took.as_secs_f64() * 1e3
}

fn memory(database_url: &str) -> f64 {
    let cookie = sessions::sign_up(&Service::new(database_url).url);
    // So many requests of one client are more than it would be let have.
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("gatepost.toml");
    std::fs::write(&config, format!("{DEFAULT}\n[rate_limit]\nenabled = false\n")).unwrap();
    let (process, url) = start("get-session", database_url, config.to_str().unwrap());
    load::get_session(&url, &cookie, Until::Requests(REQUESTS));
    resident(&process.0)
}
