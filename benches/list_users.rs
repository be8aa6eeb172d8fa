//! Measures lists of a million users, without an index and with the indexes that docs/administration.md proposes.

use std::time::Instant;

use crate::{
    Rounds, Row,
    support::{postgres::Database, secondary_storage::database, service::Service},
};

const TOML: &str = "[email_and_password]\nenabled = true\n[admin]\nenabled = true\n";
const USERS: &str = "insert into \"user\" (id, name, email, \"emailVerified\", \"createdAt\", \"updatedAt\", role, banned)
    select md5(n::text), 'User ' || n, 'user' || n || '@example.com', true, timestamptz '2020-01-01' + n * interval '1 minute',
        now(), case when n % 1000 = 0 then 'admin' else 'user' end, n % 500 = 0 from generate_series(1, 1000000) n";
/// Without the third, which needs an extension that the embedded PostgreSQL may lack.
const INDEXES: &str = "create index user_created on \"user\" (\"createdAt\", id);
    create index user_email_prefix on \"user\" (email text_pattern_ops)";
const QUERIES: [(&str, &str); 6] = [
    ("the first page", ""),
    ("the last page", "?offset=999900"),
    ("one address", "?filterValue=user77%40example.com"),
    ("an address that begins so", "?searchOperator=starts_with&searchValue=user777"),
    ("an address that contains this", "?searchValue=r7777"),
    ("every administrator", "?filterField=role&filterValue=admin"),
];
const ROUNDS: usize = 5;

pub fn measure() -> Vec<Row> {
    let database = database(TOML);
    let service = Service::with(TOML, &[("DATABASE_URL", &database.url)]);
    let root = service.user("root@example.org");
    database.query("update \"user\" set role = 'admin'");
    database.query(USERS);
    database.query("vacuum analyze \"user\"");
    let times = || QUERIES.map(|(_, query)| took(&service, &root, query));
    let without = times();
    database.query(INDEXES);
    database.query("vacuum analyze \"user\"");
    let with = times();
    println!("the plan of the first page, with the indexes:\n{}\n", plan(&database, &service, &root));
    let rows = QUERIES.iter().zip(without.iter().zip(&with)).map(|((what, _), (without, with))| {
        let said = format!("{}; with the indexes {}", without.show(1, " ms"), with.show(1, " ms"));
        Row::new(&format!("/admin/list-users of 1,000,000: {what}"), said, String::new(), "")
    });
    rows.collect()
}

fn took(service: &Service, cookie: &str, query: &str) -> Rounds {
    let once = |_| {
        let started = Instant::now();
        let answer = service.get(&format!("/admin/list-users{query}"), cookie);
        assert_eq!(answer.status, 200, "{}", answer.text());
        started.elapsed().as_secs_f64() * 1e3
    };
    Rounds::new((0..ROUNDS).map(once))
}

/// Returns how PostgreSQL runs the statement that the service sends for the first page.
fn plan(database: &Database, service: &Service, cookie: &str) -> String {
    assert_eq!(service.get("/admin/list-users", cookie).status, 200);
    let sent = "select query from pg_stat_activity where datname = current_database() and query like 'select (select count(*)%'
        order by query_start desc limit 1";
    let statement = database.value(sent);
    let explain = "explain (analyze, buffers, timing off, summary off) execute list(100, 0)";
    let lines = database.query(&format!("prepare list as {statement}; {explain}"));
    lines.into_iter().flatten().flatten().collect::<Vec<_>>().join("\n")
}
