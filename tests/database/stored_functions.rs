//! Stored functions give the same answers as their statements, in one round trip. If a function is missing, outdated or forbidden, the
//! service sends the statement.

use std::{
    collections::BTreeSet,
    thread,
    time::{Duration, Instant},
};

use gatepost_cli::{
    migrate::{self, Failure, Plan},
    report::Verdict,
    roles,
};
use gatepost_core::config::{ConnectionOptions, Schema, Source};
use serde_json::{Value, json};

use crate::support::{
    LIMIT,
    crowd::at_once,
    examined,
    pooler::{self, Pooler},
    postgres::{Database, block_on, execute},
    schema,
    service::{self, Service},
    wire::Wire,
};

const TOML: &str = "[email_and_password]\nenabled = true\n[database]\nstored_functions = true\n";
/// With every feature that has a frequent statement.
const ALL: &str = "[email_and_password]\nenabled = true\n[database]\nstored_functions = true\n\
    [rate_limit]\nenabled = true\nstorage = \"database\"\nmax = 100000\n[api_key]\nenabled = true\nenable_session_for_api_keys = true\n[organization]\nenabled = true\n";
/// The beginning of a call.
const CALL: &str = "select * from \"gatepost\".\"s_";

fn tables(toml: &str) -> Schema {
    let configured = schema::configured(toml);
    Schema::load(Source { name: "gatepost.toml", text: &configured }).unwrap()
}

fn migrate(url: &str, toml: &str) -> Result<Plan, Failure> {
    block_on(migrate::migrate(url, &ConnectionOptions::default(), &tables(toml)))
}

fn planned(url: &str, toml: &str) -> Vec<String> {
    block_on(migrate::plan(url, &ConnectionOptions::default(), &tables(toml))).unwrap().statements
}

/// A database with the functions of a configuration.
fn migrated(toml: &str) -> Database {
    let database = Database::new();
    let plan = migrate(&database.direct, toml).unwrap();
    assert!(plan.warnings.iter().all(|warning| !warning.contains("function")), "{:?}", plan.warnings);
    database
}

fn on(url: &str, toml: &str) -> Service {
    Service::with(toml, &[("DATABASE_URL", url), ("VERCEL_ENV", "development")])
}

fn email(service: &Service, cookie: &str) -> Value {
    let answer = service.get("/get-session", cookie);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["user"]["email"].clone()
}

/// The notices in the log about a database's functions.
fn notices(about: &str) -> usize {
    service::log_lines().iter().filter(|line| line.contains("\"notice\":") && line.contains(about)).count()
}

#[test]
fn a_session_is_read_by_its_function_in_one_round_trip() {
    let database = migrated(TOML);
    let wire = Wire::new(&database.direct);
    let service = on(&wire.url, TOML);
    let cookie = service.user("ada@example.com");
    wire.statements();
    assert_eq!(email(&service, &cookie), "ada@example.com");
    let sent = wire.statements();
    assert!(matches!(&sent[..], [one] if one.starts_with(CALL)), "{sent:?}");
    // An unknown session and an expired one get the same answer as without the function.
    assert_eq!(service.get("/get-session", "better-auth.session_token=a.b").json(), Value::Null);
    database.query("update session set \"expiresAt\" = now() - interval '1 minute'");
    assert_eq!(service.get("/get-session", &cookie).json(), Value::Null);
    assert!(wire.named().is_empty());
}

#[test]
fn every_frequent_statement_has_its_function() {
    let database = migrated(ALL);
    let wire = Wire::new(&database.direct);
    let service = on(&wire.url, ALL);
    let cookie = service.user("ada@example.com");
    let made = service.post("/organization/create", &cookie, r#"{"name":"A","slug":"a"}"#).json();
    let id = made["id"].as_str().unwrap();
    let key = service.post("/api-key/create", &cookie, "{}").json();
    wire.statements();
    let asked = json!({ "organizationId": id, "permissions": { "organization": ["update"] } });
    let answer = service.post("/organization/has-permission", &cookie, &asked.to_string());
    assert_eq!(answer.json()["success"], true, "{}", answer.text());
    let full = "/organization/get-full-organization?organizationSlug=a";
    assert_eq!(service.get(full, &cookie).json()["id"], id);
    let asked = service.send("GET", "/get-session", &[("x-api-key", key["key"].as_str().unwrap())], "");
    assert_eq!(asked.json()["user"]["email"], "ada@example.com", "{}", asked.text());
    let sent = wire.statements();
    let called: BTreeSet<_> = sent.iter().filter(|sql| sql.starts_with(CALL)).collect();
    let functions = database.value("select count(*) from pg_proc where pronamespace = 'gatepost'::regnamespace");
    assert_eq!((called.len(), functions.as_str()), (5, "5"), "{called:#?} of {sent:#?}");
    // None of these statements is sent beside its function.
    for table in ["\"session\" s", "insert into \"rateLimit\"", "update \"apikey\"", "from \"organization\" o left"] {
        let plain = sent.iter().filter(|sql| sql.contains(&schema::filled(table)) && !sql.starts_with(CALL));
        assert_eq!(plain.count(), 0, "{table}: {sent:#?}");
    }
}

#[test]
fn a_missing_function_costs_one_statement_and_is_told_once() {
    // No other test has this statement, so no other one logs its name.
    let toml = format!("{TOML}[session.additional_fields]\nalone = {{ type = \"string\", required = false }}\n");
    let database = Database::new();
    database.change("alter table {session} add column alone text");
    let wire = Wire::new(&database.direct);
    let service = on(&wire.url, &toml);
    let cookie = service.user("ada@example.com");
    wire.statements();
    assert_eq!(email(&service, &cookie), "ada@example.com");
    let first = wire.statements();
    assert!(matches!(&first[..], [call, plain] if call.starts_with(CALL) && !plain.starts_with(CALL)), "{first:?}");
    let name = first[0].split('"').nth(3).unwrap().to_owned();
    for _ in 0..3 {
        assert_eq!(email(&service, &cookie), "ada@example.com");
    }
    assert!(wire.statements().iter().all(|sql| !sql.starts_with(CALL)));
    assert_eq!(notices(&name), 1);
    let line =
        service::log_lines().into_iter().find(|line| line.contains("\"notice\":") && line.contains(&name)).unwrap();
    assert!(line.contains("cargo gatepost migrate") && !line.contains("ada@"), "{line}");
}

#[test]
fn a_column_of_another_type_is_read_at_once_and_by_its_function_after_a_migration() {
    let database = migrated(TOML);
    let service = on(&database.url, TOML);
    let cookie = service.user("ada@example.com");
    let before = service.get("/get-session", &cookie).json();
    database.change(
        "alter table {session} alter column {session.createdAt} type timestamp(3)
            using {session.createdAt} at time zone 'UTC'",
    );
    assert_eq!(service.get("/get-session", &cookie).json(), before);
    assert_eq!(planned(&database.direct, TOML).len(), 3);
    migrate(&database.direct, TOML).unwrap();
    assert!(planned(&database.direct, TOML).is_empty());
    let wire = Wire::new(&database.direct);
    let other = on(&wire.url, TOML);
    assert_eq!(other.get("/get-session", &cookie).json(), before);
    assert!(wire.statements().iter().all(|sql| sql.starts_with(CALL)));
}

#[test]
fn a_role_for_the_functions_of_the_deployment_may_call_them() {
    let database = migrated(TOML);
    let role = format!("stored_{}", std::process::id());
    let own = |sql: &str| drop(execute(&database.direct, sql));
    own(&roles::sql(&role, &tables(TOML)));
    own(&format!("alter role \"{role}\" password 'p'"));
    let mut url: url::Url = database.direct.parse().unwrap();
    url.set_username(&role).unwrap();
    url.set_password(Some("p")).unwrap();
    let wire = Wire::new(url.as_str());
    let service = on(&wire.url, TOML);
    let cookie = service.user("ada@example.com");
    wire.statements();
    assert_eq!(email(&service, &cookie), "ada@example.com");
    assert!(matches!(&wire.statements()[..], [one] if one.starts_with(CALL)));
    // The role cannot create functions there.
    let replace = "create function gatepost.x() returns int language sql as 'select 1'";
    let refused = block_on(async {
        let client = crate::support::transport::connect(url.as_str()).await.unwrap();
        client.batch_execute(replace).await.unwrap_err().as_db_error().unwrap().message().to_owned()
    });
    assert_eq!(refused, "permission denied for schema gatepost");
    drop(service);
    own(&format!("drop owned by \"{role}\"; drop role \"{role}\""));
}

#[test]
fn attack_a_role_that_plants_functions_answers_instead_of_the_tables() {
    let role = format!("planter_{}", std::process::id());
    for planted in [
        format!("create schema gatepost; grant create on schema gatepost to {role}"),
        format!("create schema gatepost authorization {role}"),
        format!(
            "create schema gatepost; create function gatepost.f() returns int language sql as 'select 1';
            alter function gatepost.f() owner to {role}"
        ),
    ] {
        let database = Database::empty();
        let own = |sql: &str| drop(execute(&database.direct, sql));
        own(&format!("create role {role}; {planted}"));
        let refused = migrate(&database.direct, TOML).unwrap_err();
        let Failure::Refused(refusals) = refused else { panic!("{refused}") };
        assert!(refusals.iter().any(|text| text.contains("stored_functions = false")), "{refusals:?}");
        // The advice drops nothing, because the schema may be another service's.
        assert!(refusals.iter().all(|text| !text.contains("drop")), "{refusals:?}");
        // Nothing was changed.
        assert_eq!(
            database.value("select count(*) from pg_tables where schemaname = current_schema()"),
            "0",
            "{planted}"
        );
        own(&format!("drop owned by {role} cascade; drop role {role}"));
    }
    // Doctor finds a schema that another role owns by now.
    let database = migrated(TOML);
    let verdict = || {
        let report = examined::by(&database.url, "[database]\nstored_functions = true");
        report.findings.iter().find(|finding| finding.check == "stored functions").unwrap().verdict
    };
    assert_eq!(verdict(), Verdict::Ok);
    execute(&database.direct, &format!("create role {role}; alter schema gatepost owner to {role}"));
    assert_eq!(verdict(), Verdict::Fail);
    execute(&database.direct, &format!("drop owned by {role} cascade; drop role {role}"));
}

#[test]
fn functions_that_are_there_are_left_as_they_are() {
    let database = migrated(ALL);
    let oids =
        "select string_agg(oid::text, ',' order by oid) from pg_proc where pronamespace = 'gatepost'::regnamespace";
    let before = database.value(oids);
    assert_eq!(migrate(&database.direct, ALL).unwrap().done(), "");
    assert_eq!(database.value(oids), before);
    // Without the functions, requests still succeed.
    database.query("drop schema gatepost cascade");
    let service = on(&database.url, ALL);
    let cookie = service.user("ada@example.com");
    assert_eq!(email(&service, &cookie), "ada@example.com");
}

#[test]
fn tenants_behind_one_pooler_get_rows_of_their_own() {
    let databases = [migrated(TOML), migrated(TOML)];
    let Some(pooler) = Pooler::start(&databases[0].direct, 1) else {
        eprintln!("{}", pooler::MISSING);
        return;
    };
    // Three services for each database, one of them without functions.
    let services: Vec<Vec<Service>> = databases
        .iter()
        .map(|database| {
            let url = pooler.url(&database.direct);
            vec![on(&url, TOML), on(&url, TOML), on(&url, service::DEFAULT)]
        })
        .collect();
    let cookies: Vec<String> =
        services.iter().enumerate().map(|(tenant, all)| all[0].user(&format!("tenant{tenant}@example.com"))).collect();
    at_once(60, |number| {
        let tenant = number % 2;
        let service = &services[tenant][number / 2 % 3];
        assert_eq!(email(service, &cookies[tenant]), format!("tenant{tenant}@example.com"));
        assert_eq!(service.get("/get-session", &cookies[1 - tenant]).json(), Value::Null);
    });
}

#[test]
fn a_plan_stays_in_the_process_of_the_server() {
    let database = migrated(TOML);
    database.query(&format!("alter database {} set track_functions = 'pl'", database.name));
    let service = on(&database.direct, TOML);
    let cookie = service.user("ada@example.com");
    for _ in 0..20 {
        assert_eq!(email(&service, &cookie), "ada@example.com");
    }
    // The server adds the counts up when a connection is idle or closed.
    drop(service);
    let began = Instant::now();
    let calls = "select coalesce(sum(calls), 0) from pg_stat_user_functions where schemaname = 'gatepost'";
    while database.value(calls) != "20" {
        assert!(began.elapsed() < LIMIT, "{}", database.value(calls));
        thread::sleep(Duration::from_millis(50));
    }
}
