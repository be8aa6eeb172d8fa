//! Fixes that `gatepost doctor` and `gatepost migrate` print for tables that others use: run as they are printed, they make the service
//! work and lose nothing.

use gatepost_cli::{
    migrate::{self, Plan},
    report::{Report, Verdict},
};
use gatepost_core::config::{Schema, Source};

use crate::support::{
    examined,
    postgres::{Database, block_on},
    service::{DEFAULT, Service},
    tables::drizzle,
    transport,
};

const SHORT: &str = "[schema]\nnaming = \"snake_case\"\nplural = true\n";

fn database(sql: &str) -> Database {
    let database = Database::empty();
    database.query(&drizzle::WHOLE);
    database.query(sql);
    database
}

fn wanted(toml: &str) -> Schema {
    Schema::load(Source { name: "gatepost.toml", text: toml }).unwrap()
}

fn plan(database: &Database, toml: &str) -> Plan {
    let wanted = wanted(toml);
    block_on(async { migrate::plan(&transport::url(&database.url), &transport::options(), &wanted).await.unwrap() })
}

fn migrated(database: &Database, toml: &str) -> Plan {
    let wanted = wanted(toml);
    block_on(async { migrate::migrate(&transport::url(&database.url), &transport::options(), &wanted).await.unwrap() })
}

/// The SQL that a text prints, in order.
fn printed(text: &str) -> Vec<String> {
    text.split('`').filter(|part| part.starts_with("alter table ")).map(str::to_owned).collect()
}

/// The findings of doctor with this verdict, evidence and fix in one text each.
fn told(report: &Report, verdict: Verdict) -> Vec<String> {
    let of = report.findings.iter().filter(|finding| finding.verdict == verdict);
    of.map(|finding| format!("{}: {}; {}", finding.check, finding.evidence, finding.fix.as_deref().unwrap_or_default()))
        .collect()
}

fn service(database: &Database, toml: &str) -> Service {
    Service::with(&format!("{DEFAULT}{toml}"), &[("DATABASE_URL", &database.url)])
}

#[test]
fn a_column_that_is_too_short_is_widened_and_keeps_what_is_in_it() {
    let old = "insert into users (id, name, email, updated_at) values ('old', 'Old', 'old@example.com', now())";
    for sql in [
        // Identifiers of 24 characters, and a table of the application that refers to them.
        "alter table users alter id type varchar(24); alter table sessions alter user_id type varchar(24);
         alter table accounts alter user_id type varchar(24);
         create table orders (id serial, user_id varchar(24) references users)",
        "alter table accounts alter password type varchar(100), alter account_id type char(20)",
        "alter table sessions alter token type varchar(20)",
        "alter table sessions alter user_agent type varchar(40)",
        "alter table verifications alter value type varchar(20), alter identifier type varchar(20)",
    ] {
        let database = database(&format!("{sql}; {old}"));
        let report = examined::local(&database, SHORT);
        let failed = told(&report, Verdict::Fail);
        assert!(!failed.is_empty(), "{report}");
        for text in &failed {
            assert!(!text.contains(".fields]") && !printed(text).is_empty(), "{text}");
        }
        for problem in plan(&database, SHORT).problems {
            assert!(!problem.contains(".fields]") && !printed(&problem).is_empty(), "{problem}");
        }
        for sql in failed.iter().flat_map(|text| printed(text)) {
            assert!(sql.ends_with(" type text"), "{sql}");
            database.query(&sql);
        }
        let report = examined::local(&database, SHORT);
        assert_eq!(told(&report, Verdict::Fail), Vec::<String>::new(), "{report}");
        let service = service(&database, SHORT);
        let cookie = service.user("ada@example.com");
        assert!(service.get("/get-session", &cookie).text().contains("ada@example.com"));
        assert_eq!(database.value("select id from users where email = 'old@example.com'"), "old");
        if sql.contains("orders") {
            database.query("insert into orders (user_id) select id from users where email = 'ada@example.com'");
        }
    }
}

#[test]
fn an_account_whose_columns_must_be_filled_gets_a_default_and_no_new_column() {
    let database = database("alter table accounts alter scope set not null, alter id_token set not null");
    let problems = plan(&database, SHORT).problems;
    assert_eq!(problems.len(), 2, "{problems:?}");
    for problem in problems {
        assert!(!problem.contains(".fields]"), "{problem}");
        printed(&problem).iter().for_each(|sql| drop(database.query(sql)));
    }
    assert_eq!(plan(&database, SHORT).problems, Vec::<String>::new());
    service(&database, SHORT).user("ada@example.com");
}

#[test]
fn a_column_that_holds_secrets_is_never_to_be_replaced_by_an_empty_one() {
    let database = database(
        "alter table accounts alter password type bytea using null;
         alter table accounts drop account_id; alter table accounts add account_id text generated always as (user_id) stored",
    );
    let problems = plan(&database, SHORT).problems;
    assert_eq!(problems.len(), 2, "{problems:?}");
    for problem in problems {
        assert!(!problem.contains(".fields]") && problem.contains("a new column would be empty"), "{problem}");
        printed(&problem).iter().for_each(|sql| drop(database.query(sql)));
    }
    assert_eq!(plan(&database, SHORT).problems, Vec::<String>::new());
}

#[test]
fn a_unique_column_that_nothing_fills_is_never_to_have_one_value() {
    for unique in [
        "alter table users add slug text not null unique",
        "alter table users add slug text not null; create unique index on users (lower(slug))",
        "alter table users add slug text not null, add gone boolean; create unique index on users (slug) where gone is null",
        "alter table users add slug text not null, add team text; create unique index on users (team, slug)",
        "alter table users add slug uuid not null unique",
    ] {
        let database = database(unique);
        let [refusal] = &plan(&database, SHORT).refusals[..] else { panic!("{unique}: it is told once") };
        assert!(!refusal.contains("default_value") && refusal.contains("gen_random_uuid()"), "{refusal}");
        assert!(
            told(&examined::local(&database, SHORT), Verdict::Fail)
                .iter()
                .any(|text| text.contains(refusal) || refusal.split(": the project").all(|part| text.contains(part)))
        );
        printed(refusal).iter().for_each(|sql| drop(database.query(sql)));
        let service = service(&database, SHORT);
        service.user("ada@example.com");
        service.user("grace@example.com");
    }
}

#[test]
fn a_default_value_of_a_unique_column_is_a_failure() {
    let database = database("alter table users add slug text not null unique");
    let toml = format!(
        "{SHORT}[user.additional_fields]\nslug = {{ type = \"string\", input = false, default_value = \"x\" }}\n"
    );
    let failed = told(&examined::local(&database, &toml), Verdict::Fail);
    let [text] = &failed[..] else { panic!("{failed:?}") };
    assert!(text.contains("`slug` of `users` has the unique index `users_slug_key`"), "{text}");
    let [problem] = &plan(&database, &toml).problems[..] else { panic!("it is told once") };
    printed(problem).iter().for_each(|sql| drop(database.query(sql)));
    let toml = toml.replace(", default_value = \"x\"", "");
    assert_eq!(told(&examined::local(&database, &toml), Verdict::Fail), Vec::<String>::new());
    let service = service(&database, &toml);
    service.user("ada@example.com");
    service.user("grace@example.com");
}

#[test]
fn a_unique_index_over_some_rows_is_named_and_no_other_is_made() {
    let partial = "alter table users drop constraint users_email_unique; alter table users add deleted_at timestamp;
        create unique index users_email_live on users (email) where deleted_at is null";
    let twice = "insert into users (id, name, email, updated_at, deleted_at) values
        ('a', 'Old', 'dup@example.com', now(), now()), ('b', 'Old', 'dup@example.com', now(), now())";
    for sql in [partial.to_owned(), format!("{partial}; {twice}")] {
        let database = database(&sql);
        let report = examined::local(&database, SHORT);
        let named = "the unique index `users_email_live` on the column `email` of `users` has only rows where (deleted_at IS NULL)";
        assert!(told(&report, Verdict::Warn).iter().any(|text| text.contains(named)), "{report}");
        assert!(!report.to_string().contains("run `cargo gatepost migrate`"), "{report}");
        let done = migrated(&database, SHORT);
        assert_eq!((done.statements, done.problems), (vec![], vec![]));
        assert!(done.warnings.iter().any(|text| text.contains(named)), "{:?}", done.warnings);
        service(&database, SHORT).user("ada@example.com");
    }
}

#[test]
fn a_partitioned_table_gets_no_index_that_postgresql_refuses() {
    let database = database(
        "drop table sessions; create table sessions (id text not null, expires_at timestamp not null, token text not null,
            created_at timestamp default now() not null, updated_at timestamp not null, ip_address text, user_agent text,
            user_id text not null references users on delete cascade, primary key (id, created_at)) partition by range (created_at);
         create table all_sessions partition of sessions default",
    );
    let done = migrated(&database, SHORT);
    assert_eq!((done.added, done.problems), (vec!["sessions_user_id_idx".to_owned()], vec![]));
    let named = "the table is partitioned by `created_at`";
    assert!(done.warnings.iter().any(|text| text.contains(named)), "{:?}", done.warnings);
    let report = examined::local(&database, SHORT);
    assert_eq!(report.status(), 0, "{report}");
    assert!(told(&report, Verdict::Warn).iter().any(|text| text.contains(named)), "{report}");
    assert!(!report.to_string().contains("run `cargo gatepost migrate`"), "{report}");
    service(&database, SHORT).user("ada@example.com");
}

#[test]
fn a_foreign_key_or_a_unique_index_that_refuses_a_row_is_not_to_be_renamed() {
    for sql in [
        "create table people (id text primary key); alter table sessions add foreign key (user_id) references people",
        "insert into users (id, name, email, updated_at) values ('a', 'gatepost doctor', 'a@example.com', now());
         create unique index on users (name)",
        "alter table users add constraint no_overlap exclude (name with =);
         insert into users (id, name, email, updated_at) values ('a', 'gatepost doctor', 'a@example.com', now())",
    ] {
        let report = examined::local(&database(sql), SHORT);
        let failed = told(&report, Verdict::Fail);
        let [text] = &failed[..] else { panic!("{report}") };
        assert!(text.starts_with("rows: ") && !text.contains(".fields]"), "{text}");
    }
}

const UUIDS: &str = "alter table sessions drop constraint sessions_user_id_users_id_fk; alter table accounts drop constraint accounts_user_id_users_id_fk;
    alter table users alter id type uuid using id::uuid; alter table sessions alter user_id type uuid using user_id::uuid;
    alter table accounts alter user_id type uuid using user_id::uuid;
    alter table sessions add foreign key (user_id) references users on delete cascade;
    alter table accounts add foreign key (user_id) references users on delete cascade;";

#[test]
fn identifiers_of_two_kinds_are_served_by_what_is_printed_or_refused_in_words() {
    let made_by = |form: &str| format!("{SHORT}[advanced.database]\ngenerate_id = \"{form}\"\n");
    let refusals = plan(&database(UUIDS), SHORT).refusals;
    assert!(refusals[0].contains("set `[advanced.database] generate_id = \"uuidv4\"`"), "{refusals:?}");
    // The tables stay as they are, or the database makes the identifiers.
    for form in ["uuidv4", "uuid"] {
        let (database, toml) = (database(UUIDS), made_by(form));
        let statements: Vec<_> = plan(&database, &toml).refusals.iter().flat_map(|text| printed(text)).collect();
        assert_eq!(statements.is_empty(), form == "uuidv4", "{statements:?}");
        statements.iter().for_each(|sql| drop(database.query(sql)));
        assert_eq!(plan(&database, &toml).refusals, Vec::<String>::new());
        assert_eq!(told(&examined::local(&database, &toml), Verdict::Fail), Vec::<String>::new());
        let service = service(&database, &toml);
        let cookie = service.user("ada@example.com");
        assert!(service.get("/get-session", &cookie).text().contains("ada@example.com"));
    }
    let uuid = made_by("uuid");
    let numbers = "alter table sessions drop id; alter table sessions add id serial primary key";
    for toml in [SHORT, &uuid] {
        let refusals = plan(&database(numbers), toml).refusals;
        let [refusal] = &refusals[..] else { panic!("{refusals:?}") };
        assert!(refusal.starts_with("the identifiers `id` of `sessions` are numbers, and"), "{refusal}");
        assert!(refusal.contains("should declare `id` of `sessions` as text"), "{refusal}");
    }
}
