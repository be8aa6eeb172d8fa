//! How long `gatepost cleanup` takes for a million sessions, and how slow sessions are to read meanwhile.

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::Instant,
};

use gatepost_cli::cleanup;

use crate::{
    Rounds, Row,
    support::{
        secondary_storage::database,
        service::{DEFAULT, Service},
    },
};

const SESSIONS: i64 = 1_000_000;
/// One of so many sessions has not ended.
const LIVE: i64 = 10;

pub fn measure() -> Vec<Row> {
    let database = database(DEFAULT);
    let service = Service::with(DEFAULT, &[("DATABASE_URL", &database.url)]);
    let cookie = service.user("ada@example.com");
    database.query(&format!(
        "insert into session (id, token, \"userId\", \"expiresAt\", \"createdAt\", \"updatedAt\")
            select md5(n::text), md5(n::text), u.id,
                case when n % {LIVE} = 0 then now() + interval '1 day' else now() - interval '30 days' end, now(), now()
            from generate_series(1, {SESSIONS}) n, \"user\" u"
    ));
    database.query("vacuum analyze session");
    let scans = || database.value("select seq_scan from pg_stat_user_tables where relname = 'session'");
    let (before, quiet) = (scans(), Rounds::new((0..200).map(|_| read(&service, &cookie))));
    let ended = AtomicBool::new(false);
    let (took, meanwhile) = thread::scope(|scope| {
        let reads = scope.spawn(|| {
            let mut reads = Vec::new();
            while !ended.load(Relaxed) {
                reads.push(read(&service, &cookie));
            }
            reads
        });
        let started = Instant::now();
        let auth = service.auth.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let done = runtime.block_on(async { cleanup::run(&auth, None, false, &mut |_| ()).await }).unwrap();
        let took = started.elapsed().as_secs_f64();
        ended.store(true, Relaxed);
        assert_eq!(done.json["session"], SESSIONS - SESSIONS / LIVE);
        (took, reads.join().unwrap())
    });
    // The walk uses the primary key alone.
    database.query("select pg_stat_clear_snapshot()");
    assert_eq!(scans(), before);
    let of = format!("gatepost cleanup of {SESSIONS} sessions, nine tenths of them over");
    let (count, meanwhile) = (meanwhile.len(), Rounds::new(meanwhile));
    vec![
        Row::new(&of, format!("{took:.0} s"), String::new(), ""),
        Row::new("a session read before it", quiet.show(2, " ms"), String::new(), ""),
        Row::new(&format!("a session read meanwhile, {count} of them"), meanwhile.show(2, " ms"), String::new(), ""),
    ]
}

/// Reads a session and returns how many milliseconds that takes.
fn read(service: &Service, cookie: &str) -> f64 {
    let started = Instant::now();
    let answer = service.get("/get-session", cookie);
    assert_eq!(answer.status, 200, "{}", answer.text());
    started.elapsed().as_secs_f64() * 1e3
}
