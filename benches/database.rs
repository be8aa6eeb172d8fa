//! Measures the processor time that PostgreSQL needs for one session read, with 100,000 sessions in the table. gatepost, gatepost with
//! stored functions, the bare program and Node run in turn.

use std::{collections::BTreeMap, fs, time::Duration};

use gatepost_cli::migrate;
use gatepost_core::config::{ConnectionOptions, Schema, Source};

use crate::{
    Rounds, Row,
    load::{self, Until},
    process::ticks,
    servers,
    sessions::sign_up,
    support::{
        node::Reference,
        postgres::{Database, block_on},
    },
};

const ROUNDS: usize = 7;
const TIME: Until = Until::Time(Duration::from_millis(1_500));
const STORED: &str = "[database]\nstored_functions = true\n";
/// Sessions and users beside the one that is read.
const MANY: &str = r#"insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
        select 'u' || n, 'N' || n, 'u' || n || '@example.com', true, now(), now() from generate_series(1, 100000) n;
    insert into session (id, token, "userId", "expiresAt", "createdAt", "updatedAt")
        select 's' || n, md5(n::text), 'u' || n, now() + interval '7 days', now(), now() from generate_series(1, 100000) n;
    analyze"#;

pub fn measure() -> Vec<Row> {
    let databases: [Database; 4] = std::array::from_fn(|_| Database::new());
    let [plain, stored, bare, node] = &databases;
    let nodes = Reference::new(&node.url, "{}");
    let schema = Schema::load(Source { name: "gatepost.toml", text: STORED }).unwrap();
    block_on(migrate::migrate(&stored.direct, &ConnectionOptions::default(), &schema)).unwrap();
    let (_ours, our_url) = servers::start_with(servers::GATEPOST, &plain.url, "", "[jwt]\nenabled = false\n");
    let with = format!("[jwt]\nenabled = false\n{STORED}");
    let (_calls, calls_url) = servers::start_with(servers::GATEPOST, &stored.url, "", &with);
    let cookies = [&our_url, &calls_url].map(|url| sign_up(url));
    let token = copied(plain, bare);
    let (_least, bare_url) = servers::start(servers::BARE, &bare.url, &token);
    let node_cookie = sign_up(&nodes.url);
    databases.iter().for_each(|database| drop(database.query(MANY)));

    let all: [(&Database, &str, &str); 4] = [
        (plain, &our_url, &cookies[0]),
        (stored, &calls_url, &cookies[1]),
        (bare, &bare_url, &cookies[0]),
        (node, &nodes.url, &node_cookie),
    ];
    // Connections, plans and caches.
    for (database, url, cookie) in all {
        round(database, url, cookie);
    }
    let rounds: Vec<[f64; 4]> =
        (0..ROUNDS).map(|_| all.map(|(database, url, cookie)| round(database, url, cookie))).collect();
    let [plain, stored, bare, node] = [0, 1, 2, 3].map(|server| Rounds::new(rounds.iter().map(|round| round[server])));
    let share = Rounds::new(rounds.iter().map(|[plain, stored, ..]| 100.0 * stored / plain));
    vec![
        Row::new("get-session: PostgreSQL's CPU per request", plain.show(0, " µs"), node.show(0, " µs"), "")
            .bare(bare.show(0, " µs")),
        Row::new("the same with `stored_functions`", stored.show(0, " µs"), String::new(), "≤ 120 µs"),
        Row::new("the same, relative to the statement itself", share.show(0, " %"), String::new(), ""),
    ]
}

/// Copies the user and the session of one database into another and returns the session's token.
fn copied(from: &Database, database: &Database) -> String {
    let token = from.value("select token from session");
    database.query(&format!(
        r#"insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
            values ('ada', 'Ada', 'ada@example.com', false, now(), now());
        insert into session (id, token, "userId", "expiresAt", "createdAt", "updatedAt")
            values ('ada', '{token}', 'ada', now() + interval '7 days', now(), now())"#
    ));
    token
}

/// Microseconds of processor time of a database's processes for a request.
fn round(database: &Database, url: &str, cookie: &str) -> f64 {
    let before = used(database);
    let round = load::get_session(url, cookie, TIME);
    let spent: f64 = used(database).iter().map(|(pid, now)| now - before.get(pid).copied().unwrap_or(0.0)).sum();
    spent / round.requests as f64
}

/// The processor time of each process of a server that serves this database, in microseconds.
fn used(database: &Database) -> BTreeMap<String, f64> {
    let sql = "select pid::text from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
    let pids = database.query(sql).into_iter().filter_map(|row| row.into_iter().next().flatten());
    pids.filter_map(|pid| Some((pid.clone(), ticks(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)))).collect()
}
