//! The run: for each row and number of cores, all peers are started, asked once, and then measured in turn, round by round.

use std::fs;

use serde_json::{Value, json};

use crate::{
    Arguments,
    database::Databases,
    load::{self, Request, Round, Target},
    peers::{Mode, Peer, Running, Starter},
    probes, process,
};

/// A kind of request.
pub struct Row {
    /// Its name on the command line and in files.
    pub key: &'static str,
    pub what: &'static str,
    mode: Mode,
    /// The function of gatepost that serves it.
    function: &'static str,
    connections: usize,
}

pub const ROWS: [Row; 4] = [
    Row { key: "session", what: "Session read", mode: Mode::Plain, function: "get-session", connections: 8 },
    Row { key: "cached", what: "Cached session read", mode: Mode::Cache, function: "get-session", connections: 8 },
    Row { key: "sign-in", what: "Sign-in with a password", mode: Mode::Plain, function: "sign-in", connections: 4 },
    Row { key: "token", what: "JWT of a session", mode: Mode::Tokens, function: "token", connections: 8 },
];

pub const EMAIL: &str = "ada@example.com";
pub const PASSWORD: &str = "correct horse battery";
/// Requests whose statements are counted.
const COUNTED: usize = 20;

pub fn run(arguments: &Arguments) -> Value {
    let starter = Starter::new(arguments.build);
    let databases = Databases::start();
    prepare(arguments, &starter, &databases);
    let mut results = Vec::new();
    for row in ROWS.iter().filter(|row| arguments.rows.is_empty() || arguments.rows.iter().any(|key| key == row.key)) {
        for cores in [1, 2] {
            results.extend(block(arguments, &starter, &databases, row, cores));
        }
    }
    let probes = probes::ask(&arguments.peers(), &starter, &databases);
    let [node, bun] = starter.versions();
    json!({
        "machine": machine(),
        "versions": { node.0: node.1, bun.0: bun.1, "postgresql": databases.version() },
        "rounds": arguments.rounds,
        "seconds": arguments.time.as_secs_f64(),
        "results": results,
        "probes": probes,
    })
}

/// Makes the databases: tables, the user who is asked about, signed up by the peer itself, and the many others.
fn prepare(arguments: &Arguments, starter: &Starter, databases: &Databases) {
    let peers = arguments.peers();
    // Node makes the rows that the others share, whether it is measured or not.
    for peer in [Peer::Node, Peer::RustAuth, Peer::BetterAuthRs] {
        if peer != Peer::Node && !peers.contains(&peer) {
            continue;
        }
        let database = peer.database();
        databases.create(database);
        match peer {
            Peer::Node => databases.migrate(database),
            Peer::BetterAuthRs => migrate_better_auth_rs(databases),
            _ => {}
        }
        let running = starter.start(peer, Mode::Tokens, 2, &databases.url(database), "", "");
        let body = json!({ "name": "Ada", "email": EMAIL, "password": PASSWORD }).to_string();
        let request = Request::post("/api/auth/sign-up/email", &running.target.url, body, "");
        let answer = load::send(&running.target, &request);
        assert!(answer.is_good(EMAIL), "{}: {} {}", peer.name(), answer.status(), answer.text());
        databases.fill(database);
    }
}

/// Runs the migrations that the package contains.
fn migrate_better_auth_rs(databases: &Databases) {
    let output = std::process::Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--locked", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "better-auth").unwrap();
    let folder = std::path::Path::new(package["manifest_path"].as_str().unwrap()).with_file_name("migrations");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        databases.query(Peer::BetterAuthRs.database(), &fs::read_to_string(file).unwrap());
    }
}

/// Signs the user in and returns the cookies.
pub fn sign_in(target: &Target) -> String {
    load::send(target, &sign_in_request(target)).cookies()
}

fn sign_in_request(target: &Target) -> Request {
    let body = json!({ "email": EMAIL, "password": PASSWORD }).to_string();
    // The user is in every answer.
    Request::post("/api/auth/sign-in/email", &target.url, body, EMAIL)
}

/// A peer in a block.
struct Measured {
    peer: Peer,
    running: Running,
    request: Request,
    /// Why it is not measured.
    refused: Option<String>,
    statements: Vec<String>,
    cpu: Vec<f64>,
    postgres: Vec<f64>,
    throughput: Vec<f64>,
    latencies: Vec<u32>,
    bytes: u64,
    requests: u64,
    bad: u64,
    first_bad: String,
}

fn block(arguments: &Arguments, starter: &Starter, databases: &Databases, row: &Row, cores: usize) -> Vec<Value> {
    eprintln!("{}, {cores} core(s)", row.what);
    let mut all: Vec<Measured> =
        arguments.peers().into_iter().map(|peer| ready(starter, databases, row, cores, peer)).collect();
    for measured in all.iter_mut().filter(|measured| measured.refused.is_none()) {
        // Connections, plans, caches, and what a runtime compiles on the way.
        load::run(&measured.running.target, &measured.request, row.connections, arguments.time);
        measured.statements = databases.statements(measured.peer.database(), || {
            for _ in 0..COUNTED {
                load::send(&measured.running.target, &measured.request);
            }
        });
        process::forget_peak(measured.running.process.id());
    }
    for number in 0..arguments.rounds {
        // Each begins a round in its turn.
        for at in 0..all.len() {
            let at = (at + number) % all.len();
            if let Some(measured) = all.get_mut(at).filter(|measured| measured.refused.is_none()) {
                round(arguments, databases, row, measured);
            }
        }
    }
    all.into_iter().map(|measured| measured.result(row, cores)).collect()
}

fn ready(starter: &Starter, databases: &Databases, row: &Row, cores: usize, peer: Peer) -> Measured {
    let url = databases.url(peer.database());
    // The bare program has no cookies: it reads the session that it is given.
    let token = if peer == Peer::Bare {
        let sql = r#"select token from session s join "user" u on u.id = s."userId" where u.email = 'ada@example.com' limit 1"#;
        databases.query(peer.database(), sql).remove(0).remove(0)
    } else {
        String::new()
    };
    let running = starter.start(peer, row.mode, cores, &url, row.function, &token);
    let cookie = match peer {
        Peer::Bare => String::new(),
        Peer::Functions => {
            let other = starter.start(peer, row.mode, cores, &url, "sign-in", "");
            sign_in(&other.target)
        }
        _ => sign_in(&running.target),
    };
    let path = if peer == Peer::Bare && row.key == "cached" { "/constant" } else { "/api/auth/get-session" };
    let request = match row.key {
        "sign-in" => sign_in_request(&running.target),
        "token" => Request::get("/api/auth/token", &cookie, r#""token":""#),
        _ => Request::get(path, &cookie, EMAIL),
    };
    let answer = load::send(&running.target, &request);
    let refused = (!answer.is_good(request.holds)).then(|| match answer.status() {
        200 => format!("not served: 200 with {:.60}", answer.text().trim()),
        status => format!("not served: {status}"),
    });
    let (cpu, postgres, throughput) = (Vec::new(), Vec::new(), Vec::new());
    let (statements, latencies, first_bad) = (Vec::new(), Vec::new(), String::new());
    Measured {
        peer,
        running,
        request,
        refused,
        statements,
        cpu,
        postgres,
        throughput,
        latencies,
        bytes: 0,
        requests: 0,
        bad: 0,
        first_bad,
    }
}

fn round(arguments: &Arguments, databases: &Databases, row: &Row, measured: &mut Measured) {
    let (server, postgres) = (measured.running.process.id(), databases.pid());
    let before = [server, postgres].map(process::cpu_time);
    let Round { requests, seconds, bytes, latencies, bad, first_bad } =
        load::run(&measured.running.target, &measured.request, row.connections, arguments.time);
    let after = [server, postgres].map(process::cpu_time);
    let each = |at: usize| (after[at] - before[at]) / requests as f64;
    measured.cpu.push(each(0));
    measured.postgres.push(each(1));
    measured.throughput.push(requests as f64 / seconds);
    measured.latencies.extend(latencies);
    measured.bytes += bytes;
    measured.requests += requests;
    measured.bad += bad;
    if measured.first_bad.is_empty() {
        measured.first_bad = first_bad;
    }
}

impl Measured {
    fn result(mut self, row: &Row, cores: usize) -> Value {
        let (row, peer) = (row.key, self.peer.name());
        if let Some(refused) = self.refused {
            return json!({ "row": row, "cores": cores, "peer": peer, "refused": refused });
        }
        self.latencies.sort_unstable();
        let percentile = |percent: usize| self.latencies[(self.latencies.len() * percent).div_ceil(100) - 1];
        // Those of one request, for a reader who wonders about the number.
        let one = self.statements.len().div_ceil(COUNTED);
        let last: Vec<&String> = self.statements.iter().rev().take(one).rev().collect();
        json!({
            "row": row,
            "cores": cores,
            "peer": peer,
            "server_cpu_us": self.cpu,
            "postgresql_cpu_us": self.postgres,
            "requests_per_second": self.throughput,
            "statements": self.statements.len() as f64 / COUNTED as f64,
            "statements_of_the_last_request": last,
            "answer_bytes": self.bytes as f64 / self.requests as f64,
            "peak_memory_mb": process::peak(self.running.process.id()),
            "p50_us": percentile(50),
            "p99_us": percentile(99),
            "requests": self.requests,
            "wrong_answers": self.bad,
            "first_wrong_answer": self.first_bad,
        })
    }
}

fn machine() -> Value {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
        line.split_once(':').map_or(String::new(), |(_, value)| value.trim().to_owned())
    };
    json!({
        "processor": field(&read("/proc/cpuinfo"), "model name"),
        "cores": std::thread::available_parallelism().unwrap().get(),
        "memory": field(&read("/proc/meminfo"), "MemTotal"),
        "load_average_at_the_end": read("/proc/loadavg").trim(),
    })
}
