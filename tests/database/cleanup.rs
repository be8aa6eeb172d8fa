//! Expired rows are removed, and no others: by the command line, and by the endpoint for the platform's cron.

use std::{thread, time::Instant};

use gatepost_cli::{cleanup, users::CommandResult};
use gatepost_core::{
    Config,
    config::{Source, Variables},
    features::cleanup::rows::PAGE,
};
use serde_json::json;

use crate::support::{
    LIMIT, http,
    postgres::{Database, block_on},
    schema,
    secondary_storage::database,
    service::Service,
    wire::Wire,
};

const TOML: &str = "[email_and_password]\nenabled = true\n[rate_limit]\nenabled = true\nstorage = \"database\"\n";
const SECRET: &str = "a secret of the cron";

fn with_cron(more: &str) -> String {
    format!("{TOML}[cleanup]\nenabled = true\n{more}")
}

fn service(toml: &str, database: &Database) -> Service {
    let variables = [("DATABASE_URL", database.url.as_str()), ("VERCEL_ENV", "development"), ("CRON_SECRET", SECRET)];
    Service::with(toml, &variables)
}

/// An expression for identifiers, of the type that they have in this run, of rows with a number `i`.
fn identifier() -> &'static str {
    match schema::ids() {
        "uuid" => "gen_random_uuid()",
        "serial" => "100000 + i",
        _ => "'row-' || i",
    }
}

/// Adds sessions that expired this many days ago, and single-use values and counts that have ended.
fn ended(database: &Database, rows: i64, days: i64) {
    let id = identifier();
    database.query(&format!(
        "insert into session (id, token, \"userId\", \"expiresAt\", \"createdAt\", \"updatedAt\")
            select {id}, 'ended-' || i, u.id, now() - interval '{days} days 1 minute', now(), now()
            from generate_series(1, {rows}) i, \"user\" u;
         insert into verification (id, identifier, value, \"expiresAt\", \"createdAt\", \"updatedAt\")
            select {id}, 'ended-' || i, '', now() - interval '1 minute', now(), now() from generate_series(1, {rows}) i;
         insert into \"rateLimit\" (id, key, count, \"lastRequest\") select {id}, 'ended-' || i, 1, 1
            from generate_series(1, {rows}) i"
    ));
}

fn left(database: &Database) -> [String; 3] {
    [("session", "token"), ("verification", "identifier"), ("rateLimit", "key")].map(|(table, column)| {
        database.value(&format!("select count(*) from \"{table}\" where \"{column}\" like 'ended-%'"))
    })
}

fn clean(service: &Service, keep_days: Option<u32>, plan: bool) -> CommandResult {
    let auth = service.auth.clone();
    block_on(async { cleanup::run(&auth, keep_days, plan, &mut |_| ()).await }).unwrap()
}

fn cron(service: &Service, authorization: &str) -> http::Answer {
    let url = format!("{}/api/auth/cleanup", service.url);
    http::send("GET", &url, &[("authorization", authorization)], b"")
}

fn problems(toml: &str, secret: Option<&str>) -> String {
    let mut pairs = vec![
        ("DATABASE_URL", "postgres://localhost/none"),
        ("VERCEL_ENV", "development"),
        ("BETTER_AUTH_SECRET", crate::support::SECRET),
    ];
    pairs.extend(secret.map(|secret| ("CRON_SECRET", secret)));
    let variables = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Variables>();
    Config::load(&variables, Some(Source { name: "gatepost.toml", text: toml }))
        .err()
        .map(|problems| problems.to_string())
        .unwrap_or_default()
}

#[test]
fn the_command_removes_what_has_ended_and_nothing_else() {
    let database = database(TOML);
    let service = service(TOML, &database);
    let cookie = service.user("ada@example.com");
    let rows = PAGE * 2 + 7;
    ended(&database, rows, 7);
    database.query(&format!(
        "insert into verification (id, identifier, value, \"expiresAt\", \"createdAt\", \"updatedAt\")
            select {}, 'live', '', now() + interval '1 minute', now(), now() from (select 0 as i) one",
        identifier()
    ));
    let counts = json!({ "session": rows, "verification": rows, "rateLimit": rows });
    let plan = clean(&service, None, true);
    assert_eq!(plan.json, counts);
    assert!(plan.audit.is_none());
    assert_eq!(left(&database), [rows.to_string(), rows.to_string(), rows.to_string()]);
    let done = clean(&service, None, false);
    assert_eq!(done.json, counts);
    assert_eq!(
        done.audit,
        Some(json!({ "level": "info", "command": "cleanup", "actor": "operator", "removed": counts }))
    );
    assert_eq!(left(&database), ["0", "0", "0"]);
    assert_eq!(database.value("select count(*) from verification where identifier = 'live'"), "1");
    assert_eq!(service.get("/get-session", &cookie).json()["user"]["email"], "ada@example.com");
    assert_eq!(clean(&service, None, false).json, json!({ "session": 0, "verification": 0, "rateLimit": 0 }));
}

#[test]
fn sessions_stay_for_the_days_that_the_configuration_or_the_command_names() {
    let database = database(TOML);
    let service = service(&with_cron("keep_days = 3\n"), &database);
    service.user("ada@example.com");
    ended(&database, 1, 2);
    assert_eq!(clean(&service, None, false).json["session"], 0);
    assert_eq!(clean(&service, Some(2), true).json["session"], 1);
    assert_eq!(clean(&service, Some(0), false).json["session"], 1);
}

#[test]
fn what_the_configuration_keeps_is_not_removed() {
    let database = database(TOML);
    let service = service(&format!("{TOML}[verification]\ndisable_cleanup = true\n"), &database);
    service.user("ada@example.com");
    ended(&database, 1, 30);
    assert_eq!(clean(&service, None, false).json, json!({ "session": 1, "rateLimit": 1 }));
    assert_eq!(left(&database), ["0", "1", "0"]);
}

#[test]
fn attack_the_cleanup_starts_only_with_the_secret_of_the_cron() {
    let database = database(TOML);
    // A counted request removes old counts now and then, so requests to the endpoint are not counted.
    let toml = with_cron("[rate_limit.custom_rules]\n\"/cleanup\" = false\n");
    let open = service(&toml, &database);
    open.user("ada@example.com");
    ended(&database, 3, 8);
    let before = left(&database);
    for wrong in
        ["", "Bearer", "Bearer ", "Bearer a secret of the cro", "Bearer a secret of the cron2", "Basic x", SECRET]
    {
        let answer = cron(&open, wrong);
        assert_eq!(answer.status, 401, "{wrong}");
        assert_eq!(answer.json()["code"], "CRON_SECRET_REQUIRED");
        assert_eq!(answer.header("x-gatepost-reason"), Some("wrong_cron_secret"));
    }
    assert_eq!(left(&database), before);
    let answer = cron(&open, &format!("Bearer {SECRET}"));
    let removed = json!({ "session": 3, "verification": 3, "rateLimit": 3, "complete": true });
    assert_eq!((answer.status, answer.json()), (200, removed));
    assert_eq!(left(&database), ["0", "0", "0"]);
    let closed = service(TOML, &database);
    assert_eq!(cron(&closed, &format!("Bearer {SECRET}")).status, 404);
}

#[test]
fn a_secret_that_is_missing_or_short_is_a_problem_of_the_configuration() {
    for (value, expected) in
        [(None, "it is missing, and `cleanup.enabled` needs it"), (Some("0123456789abcde"), "fewer than 16 characters")]
    {
        let told = problems(&with_cron(""), value);
        assert!(told.contains("CRON_SECRET") && told.contains(expected), "{told}");
    }
    let told = problems(&with_cron("schedule = \"daily\"\n"), Some(SECRET));
    assert!(told.contains("cleanup.schedule"), "{told}");
}

#[test]
fn several_cleanups_at_once_remove_each_row_once_and_wait_for_no_lock() {
    let database = database(TOML);
    // Each has a pool of its own: a connection ends with the runtime that opened it.
    let instances: [Service; 4] = std::array::from_fn(|_| service(TOML, &database));
    instances[0].user("ada@example.com");
    let rows = PAGE * 3;
    ended(&database, rows, 8);
    let removed: u64 = thread::scope(|scope| {
        // A transaction holds one of the rows until the table `let_go` is there.
        scope.spawn(|| {
            database.query(
                "do $$ begin perform 1 from session where token = 'ended-1' for update;
                 while not exists (select from pg_class where relname = 'let_go') loop perform pg_sleep(0.01); end loop; end $$",
            )
        });
        let is_held =
            || database.query("select 1 from session where token = 'ended-1' for update skip locked").is_empty();
        let begun = Instant::now();
        while !is_held() {
            assert!(begun.elapsed() < LIMIT, "the row is not held");
        }
        let all: Vec<_> = instances.iter().map(|instance| scope.spawn(|| clean(instance, None, false))).collect();
        let removed = all.into_iter().map(|one| one.join().unwrap().json["session"].as_u64().unwrap()).sum();
        database.query("create table let_go ()");
        removed
    });
    assert_eq!(removed, rows.unsigned_abs() - 1);
    assert_eq!(clean(&instances[0], None, false).json["session"], 1);
}

#[test]
fn a_page_is_one_statement() {
    let database = database(TOML);
    let wire = Wire::new(&database.url);
    let service = Service::with(TOML, &[("DATABASE_URL", wire.url.as_str()), ("VERCEL_ENV", "development")]);
    service.user("ada@example.com");
    ended(&database, PAGE + 1, 8);
    wire.statements();
    clean(&service, None, false);
    // Each table has a full page, a page with the rest, and the empty one behind it.
    assert_eq!(wire.statements().len(), 9);
}
