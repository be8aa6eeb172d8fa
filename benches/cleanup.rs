//! Measures the requests that are served while `gatepost cleanup` works, and the table of sessions that it leaves. A process of
//! gatepost answers session reads and sign-ins at a steady rate before, during and after it.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use gatepost_cli::{cleanup, edge};
use gatepost_core::{
    Auth, Config,
    config::{Source, Variables},
};

use crate::{
    Rounds, Row, number, rows, servers,
    sessions::sign_up,
    support::{SECRET, http, schema, server, service::DEFAULT},
};

/// One of so many sessions has not ended.
const LIVE: u64 = 10;
/// Users who have these sessions.
const USERS: u64 = 100_000;
const QUIET: Duration = Duration::from_secs(20);
/// Clients, each of which sends a request at this interval, whether or not others are answered.
const READERS: (u32, Duration) = (4, Duration::from_millis(40));
const SIGNING_IN: (u32, Duration) = (2, Duration::from_millis(500));
/// As long as browsers have them.
const USER_AGENT: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";

pub fn measure() -> Vec<Row> {
    of(1_000_000)
}

/// Measures the cleanup at the size of a large service.
pub fn measure_at_size() -> Vec<Row> {
    of(10_000_000)
}

fn of(sessions: u64) -> Vec<Row> {
    let server = rows::server("cleanup", true);
    let url = server.url();
    server::migrated_to(&url, schema::of_the_run());
    let (_gatepost, gatepost_url) = servers::start(servers::GATEPOST, &url, "");
    let cookie = sign_up(&gatepost_url);
    rows::fill(&url, &["user", "session"], &inserts(sessions));
    let load = Load::new(&gatepost_url, &cookie);
    let told = |what: &str| println!("{what}: session has {}", rows::sizes(&url, "session"));
    let scans = || rows::count(&url, "select seq_scan from pg_stat_user_tables where relname = 'session'");
    let before = (scans(), rows::sizes(&url, "session"));
    told("before");

    let ((), quiet) = load.during(|| thread::sleep(QUIET));
    let begun = Instant::now();
    let (removed, meanwhile) = load.during(|| cleaned(&url));
    let took = begun.elapsed().as_secs_f64();
    // The walk uses the primary key alone.
    assert_eq!(scans(), before.0);
    let after = rows::sizes(&url, "session");
    let dead =
        rows::run(&url, "select n_dead_tup, autovacuum_count from pg_stat_user_tables where relname = 'session'")
            .remove(0);
    told("after the cleanup");
    let (_, vacuuming) = load.during(|| rows::run(&url, "vacuum (analyze) session"));
    let vacuumed = rows::sizes(&url, "session");
    // New sessions use the space again.
    rows::run(&url, &many(sessions, sessions / LIVE, 1));
    let refilled = rows::sizes(&url, "session");
    let (_, reindexing) = load.during(|| rows::run(&url, "reindex table concurrently session"));
    let reindexed = rows::sizes(&url, "session");
    rows::run(&url, "vacuum full session");
    let whole = rows::sizes(&url, "session");

    let row = |what: &str, value: String, target: &'static str| Row::new(what, value, String::new(), target);
    let phase = |what: &str, found: &[Found; 2]| {
        let each = ["session reads", "sign-ins"].into_iter().zip(found);
        each.map(|(kind, found)| {
            let target = "0 failed";
            row(&format!("{kind} {what}"), found.show(), target)
        })
        .collect::<Vec<_>>()
    };
    let count = number(sessions as f64, 0);
    let mut rows = vec![row(
        &format!("gatepost cleanup of {count} sessions, nine tenths of them over"),
        format!("{} rows removed, {} in a second", number(removed as f64, 0), number(removed as f64 / took, 0)),
        "",
    )];
    rows.extend(phase("before it", &quiet));
    rows.extend(phase("meanwhile", &meanwhile));
    rows.extend(phase("during `vacuum`", &vacuuming));
    rows.extend(phase("during `reindex table concurrently`", &reindexing));
    let dead: Vec<_> = dead.into_iter().map(Option::unwrap).collect();
    let autovacuum = format!("{after} ({} dead rows left; autovacuum ran {} times)", dead[0], dead[1]);
    let again = format!("after {} new sessions", number(sessions as f64 / LIVE as f64, 0));
    for (when, size) in [
        ("before", before.1),
        ("after the cleanup", autovacuum),
        ("after `vacuum`", vacuumed),
        (&again, refilled),
        ("after `reindex table concurrently`", reindexed),
        ("after `vacuum full`, which locks the table", whole),
    ] {
        rows.push(row(&format!("the table {when}"), size, ""));
    }
    rows
}

/// The statements that make users and their sessions, one for each part of a million.
fn inserts(sessions: u64) -> Vec<String> {
    let users = format!(
        "insert into \"user\" (id, name, email, \"emailVerified\", \"createdAt\", \"updatedAt\")
            select md5('u' || n), 'User ' || n, 'u' || n || '@example.com', true, now(), now()
            from generate_series(0, {USERS} - 1) n"
    );
    let parts = (0..sessions).step_by(1_000_000).map(|first| many(first, (sessions - first).min(1_000_000), LIVE));
    [users].into_iter().chain(parts).collect()
}

/// The statement that makes so many sessions, of which one in `live` has not ended.
fn many(first: u64, number: u64, live: u64) -> String {
    format!(
        "insert into session (id, token, \"userId\", \"expiresAt\", \"createdAt\", \"updatedAt\", \"ipAddress\", \"userAgent\")
            select md5('s' || n), md5('t' || n), md5('u' || n % {USERS}),
                case when n % {live} = 0 then now() + interval '6 days' else now() - interval '30 days' end,
                now() - interval '37 days', now() - interval '37 days', '203.0.113.' || n % 256, '{USER_AGENT}'
            from generate_series({first}, {first} + {number} - 1) n"
    )
}

/// Removes the ended sessions as `gatepost cleanup` does, and returns how many those were.
fn cleaned(url: &str) -> u64 {
    let mut variables = Variables::default();
    for (name, value) in
        [("BETTER_AUTH_SECRET", SECRET), ("BETTER_AUTH_URL", "http://localhost:3000"), ("DATABASE_URL", url)]
    {
        variables.set(name.to_owned(), value.to_owned());
    }
    let config = Config::load(&variables, Some(Source { name: "gatepost.toml", text: DEFAULT })).unwrap();
    let auth = Arc::new(Auth::new(config, edge::now).unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut progress = |line: &str| println!("{line}");
    let done = runtime.block_on(async { cleanup::run(&auth, None, false, &mut progress).await }).unwrap();
    done.json["session"].as_u64().unwrap()
}

/// The requests of a time.
#[derive(Default)]
struct Found {
    /// Milliseconds from the time at which each request was due, so that a slow one is not hidden behind the next.
    since_due: Vec<f64>,
    /// The longest time of a request itself.
    slowest: f64,
    failed: usize,
}

impl Found {
    fn show(&self) -> String {
        let times = Rounds::new(self.since_due.iter().copied());
        let [half, most] = [50, 99].map(|percent| number(times.percentile(percent), 1));
        let (all, failed, slowest) = (number(times.0.len() as f64, 0), self.failed, number(self.slowest, 1));
        format!("{all}, {failed} failed; p50 {half}, p99 {most}, slowest {slowest} ms")
    }
}

/// The requests of the clients.
struct Load<'a> {
    url: &'a str,
    cookie: &'a str,
}

impl<'a> Load<'a> {
    fn new(url: &'a str, cookie: &'a str) -> Self {
        Self { url, cookie }
    }

    /// Sends requests at their rates until `work` is done: session reads, and sign-ins.
    fn during<T: Send>(&self, work: impl FnOnce() -> T + Send) -> (T, [Found; 2]) {
        let (ended, found) = (AtomicBool::new(false), <[Mutex<Found>; 2]>::default());
        let done = thread::scope(|scope| {
            for ((number, every), kind) in [(READERS, 0), (SIGNING_IN, 1)] {
                for client in 0..number {
                    let (ended, found) = (&ended, &found[kind]);
                    scope.spawn(move || {
                        let begun = Instant::now() + every * client / number;
                        for at in (0..).map(|turn| begun + every * turn) {
                            thread::sleep(at.saturating_duration_since(Instant::now()));
                            if ended.load(Relaxed) {
                                break;
                            }
                            let sent = Instant::now();
                            let status = if kind == 0 { self.read() } else { self.sign_in() };
                            let mut found = found.lock().unwrap();
                            found.since_due.push(at.elapsed().as_secs_f64() * 1e3);
                            found.slowest = found.slowest.max(sent.elapsed().as_secs_f64() * 1e3);
                            found.failed += usize::from(status != 200);
                        }
                    });
                }
            }
            let done = work();
            ended.store(true, Relaxed);
            done
        });
        let found = found.map(|found| found.into_inner().unwrap());
        // At once: a run of many minutes may be ended before its table is printed.
        for (kind, found) in ["session reads", "sign-ins"].iter().zip(&found) {
            println!("{kind}: {}", found.show());
        }
        (done, found)
    }

    fn read(&self) -> u16 {
        http::send("GET", &format!("{}/api/auth/get-session", self.url), &[("cookie", self.cookie)], b"").status
    }

    fn sign_in(&self) -> u16 {
        let body = br#"{"email":"ada@example.com","password":"correct horse battery"}"#;
        let headers = [("content-type", "application/json"), ("origin", self.url)];
        http::send("POST", &format!("{}/api/auth/sign-in/email", self.url), &headers, body).status
    }
}
