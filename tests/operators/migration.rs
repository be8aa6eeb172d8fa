//! The schema: what `gatepost migrate` makes is what better-auth makes, and what better-auth made stays as it is.

use std::{thread, time::Instant};

use gatepost_cli::migrate::{self, Failure, Plan};
use gatepost_core::config::{Schema, Source};
use serde_json::Value;

use crate::support::{
    LIMIT,
    node::Reference,
    postgres::{Database, block_on},
    service::Service,
    transport,
};

/// Everything that PostgreSQL knows of the tables: columns, constraints, indexes.
fn schema(database: &Database) -> Vec<Vec<Option<String>>> {
    let columns = "select table_name, column_name, ordinal_position::text, data_type, is_nullable, column_default \
                   from information_schema.columns where table_schema = 'public' order by 1, 3, 2";
    let constraints = "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint \
                       where connamespace = 'public'::regnamespace and contype <> 'n' order by 1, 2";
    let indexes = "select tablename, indexname, indexdef from pg_indexes where schemaname = 'public' order by 1, 2";
    [columns, constraints, indexes].iter().flat_map(|sql| database.query(sql)).collect()
}

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/schema.json")).unwrap()
}

fn configured(toml: &str) -> Schema {
    Schema::load(Source { name: "gatepost.toml", text: toml }).unwrap()
}

fn migrated_to(database: &Database, schema: &Schema) -> Result<Plan, Failure> {
    block_on(async { migrate::migrate(&transport::url(&database.url), &transport::options(), schema).await })
}

fn planned(database: &Database, schema: &Schema) -> Plan {
    block_on(async { migrate::plan(&transport::url(&database.url), &transport::options(), schema).await.unwrap() })
}

/// The tables that a migration makes.
fn migrated(database: &Database) -> Vec<String> {
    let mut plan = migrated_to(database, &Schema::default()).unwrap();
    plan.created.sort();
    plan.created
}

/// Migrates, and wants it refused with a sentence that says this, and nothing changed.
fn refused(database: &Database, toml: &str, told: &str) {
    let before = schema(database);
    let error = migrated_to(database, &configured(toml)).unwrap_err().to_string();
    assert!(error.contains(told), "{error}");
    assert_eq!(schema(database), before);
}

const CUSTOM_NAMES: &str = r#"
[schema.user]
model_name = "users"
fields = { email = "email_address", email_verified = "email_verified" }
[schema.session]
model_name = "user_sessions"
fields = { user_id = "user_id" }
[schema.account]
model_name = "accounts"
[schema.verification]
model_name = "verifications"
[schema.jwks]
model_name = "keys"
fields = { public_key = "public_key" }
[user.additional_fields]
role = { type = "string", default_value = "user", input = false }
age = { type = "number", required = false }
tags = { type = "string[]", required = false }
meta = { type = "json", required = false }
lvl = { type = ["a", "b"], required = false }
big = { type = "number", bigint = true, required = false, index = true }
nick = { type = "string", unique = true, required = false }
"#;

#[test]
fn the_sql_is_better_auths_own_letter_for_letter() {
    let database = Database::empty();
    let ids = |kind| format!("[advanced.database]\ngenerate_id = \"{kind}\"\n");
    for (vector, toml) in [
        ("core_jwt_ratelimit", String::new()),
        ("uuid", ids("uuid")),
        ("serial", ids("serial")),
        ("custom_names", CUSTOM_NAMES.to_owned()),
    ] {
        let mut plan = planned(&database, &configured(&toml));
        if vector != "core_jwt_ratelimit" {
            // That table is always made here.
            plan.statements.retain(|statement| !statement.starts_with("create table \"rateLimit\""));
        }
        assert_eq!(migrate::sql::joined(&plan.statements), vectors()["ddl"][vector].as_str().unwrap(), "{vector}");
    }
    for index in vectors()["indexNames"].as_array().unwrap() {
        let fields: Vec<_> = index["fields"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let (table, unique) = (index["table"].as_str().unwrap(), index["unique"].as_bool().unwrap());
        assert_eq!(migrate::sql::index_name(table, &fields.join("_"), unique), index["name"].as_str().unwrap());
    }
}

#[test]
fn an_empty_database_gets_the_schema_of_better_auth_column_for_column() {
    let (theirs, ours) = (Database::empty(), Database::empty());
    theirs.query(vectors()["ddl"]["core_jwt_ratelimit"].as_str().unwrap());
    assert_eq!(migrated(&ours), ["account", "jwks", "rateLimit", "session", "user", "verification"]);
    let found = schema(&ours);
    assert!(found.len() > 40, "{found:?}");
    assert_eq!(found, schema(&theirs));
    // Where everything is there, nothing happens.
    for database in [&theirs, &ours] {
        let before = schema(database);
        assert_eq!(migrated(database), Vec::<String>::new());
        assert_eq!(schema(database), before);
    }
}

#[test]
fn the_schema_as_sql_makes_what_the_migration_makes() {
    let toml = format!("[database]\nschema_name = \"public\"\n{CUSTOM_NAMES}");
    for toml in ["", &toml, "[advanced.database]\ngenerate_id = \"serial\"\n"] {
        let (printed, made, wanted) = (Database::empty(), Database::empty(), configured(toml));
        let sql = migrate::sql::whole(&wanted);
        printed.query(&sql);
        migrated_to(&made, &wanted).unwrap();
        assert_eq!(schema(&printed), schema(&made));
        printed.query(&sql);
        assert_eq!(schema(&printed), schema(&made));
        // Either way nothing is left to do.
        assert_eq!(planned(&printed, &wanted).statements, Vec::<String>::new());
    }
}

#[test]
fn a_plan_is_the_sql_of_the_migration_and_changes_nothing() {
    let (planned_for, by_plan, by_migration) = (Database::empty(), Database::empty(), Database::empty());
    let wanted = configured("[database]\nschema_name = \"the auth\"\n");
    let before = schema(&planned_for);
    let sql = migrate::sql::joined(&planned(&planned_for, &wanted).statements);
    assert_eq!(schema(&planned_for), before);
    by_plan.query(&sql);
    migrated_to(&by_migration, &wanted).unwrap();
    let tables = "select table_schema, table_name, column_name from information_schema.columns where table_schema = 'the auth' order by 2, 3";
    assert_eq!(by_plan.query(tables), by_migration.query(tables));
    assert!(by_plan.query(tables).len() > 40);
    assert_eq!(planned(&by_plan, &wanted).statements, Vec::<String>::new());
}

#[test]
fn a_database_that_better_auth_made_keeps_its_tables_and_its_rows() {
    let database = Database::empty();
    drop(Reference::new(&database.url, "{}"));
    database.query(r#"insert into "user" values ('1', 'Ada', 'ada@example.com', true, null, now(), now()); alter table "user" add column "role" text default 'user'"#);
    let before = schema(&database);
    // Its options asked for no keys and no stored rate limits: those tables are new, and nothing else.
    assert_eq!(migrated(&database), ["jwks", "rateLimit"]);
    let after = schema(&database);
    assert!(before.iter().all(|row| after.contains(row)));
    assert_eq!(database.value(r#"select email || role from "user""#), "ada@example.comuser");
}

#[test]
fn what_is_missing_of_a_table_is_added() {
    let database = Database::empty();
    migrated(&database);
    let whole = schema(&database);
    database.query(r#"alter table session drop column "userAgent"; drop index "account_userId_idx"; alter table "user" drop column "createdAt"; alter table "rateLimit" drop column key"#);
    database.query(r#"insert into "user" values ('1', 'Ada', 'ada@example.com', true, null, now())"#);
    let wanted =
        configured("[user.additional_fields]\nplan = { type = \"string\", default_value = \"it's \\\\ free\" }\n");
    let plan = migrated_to(&database, &wanted).unwrap();
    let added = [
        "user.createdAt",
        "user.plan",
        "session.userAgent",
        "account_userId_idx",
        "rateLimit.key",
        "rateLimit_key_uidx",
    ];
    assert_eq!(
        {
            let mut found = plan.added.clone();
            found.sort();
            found
        },
        {
            let mut wanted = added.to_vec();
            wanted.sort_unstable();
            wanted
        }
    );
    assert_eq!(
        database.value(r#"select plan || ("createdAt" > now() - interval '1 minute') from "user""#),
        r"it's \ freetrue"
    );
    // Only where the column stands, and that a unique one has its index apart, is not as before.
    let names = |rows: &[Vec<Option<String>>]| {
        rows.iter().filter_map(|row| row[1].clone()).collect::<std::collections::BTreeSet<_>>()
    };
    let missing: Vec<_> = names(&whole).difference(&names(&schema(&database))).cloned().collect();
    assert_eq!(missing, ["rateLimit_key_key"]);
    assert_eq!(planned(&database, &wanted).statements, Vec::<String>::new());
}

#[test]
fn two_migrations_at_once_do_each_others_work_and_fail_neither() {
    let database = Database::empty();
    let mut created: Vec<Vec<String>> = std::thread::scope(|scope| {
        let migrations: Vec<_> = (0..4).map(|_| scope.spawn(|| migrated(&database))).collect();
        migrations.into_iter().map(|migration| migration.join().unwrap()).collect()
    });
    created.sort_by_key(Vec::len);
    assert_eq!(created.iter().map(Vec::len).collect::<Vec<_>>(), [0, 0, 0, 6]);
}

#[test]
fn a_migration_that_fails_changes_nothing() {
    let database = Database::empty();
    database.query(r#"create table "rateLimit" (id text primary key, key text not null, count integer not null, "lastRequest" bigint not null)"#);
    // Too long for an index.
    database.query(
        r#"insert into "rateLimit" select '1', string_agg(md5(i::text), ''), 1, 1 from generate_series(1, 1000) i"#,
    );
    refused(&database, "", "SQLSTATE 54000");
}

#[test]
fn a_unique_index_is_left_out_where_rows_have_one_value_and_all_else_is_made() {
    let database = Database::empty();
    migrated(&database);
    let service = Service::new(&database.url);
    service.user("ada@example.com");
    let wanted = configured("[username]\nenabled = true\n");
    migrated_to(&database, &wanted).unwrap();
    database.query(
        r#"alter table "user" drop constraint user_email_key; drop index if exists "user_username_uidx";
        alter table session drop constraint session_token_key; alter table "rateLimit" drop constraint "rateLimit_key_key";
        alter table session drop column "userAgent"; drop table jwks;
        insert into "user" select id || n, 'Other', email, true, null, now(), now(), n::text
            from "user", generate_series(1, 2) n;
        insert into "user" values ('e1', 'E', 'Eve@example.com', true, null, now(), now(), 'eve'),
            ('e2', 'E', 'eve@example.com', true, null, now(), now(), 'eve'), ('n', 'N', 'n@example.com', true, null, now(), now(), null),
            ('m', 'N', 'm@example.com', true, null, now(), now(), null);
        insert into session select id || '2', "expiresAt", token, "createdAt", "updatedAt", "ipAddress", "userId" from session;
        insert into "rateLimit" values ('1', 'k', 1, 1), ('2', 'k', 1, 1)"#,
    );
    let plan = planned(&database, &wanted);
    assert_eq!(plan.refusals, Vec::<String>::new());
    let told = [
        ("user_email_uidx", "in the column `email` of `user`, 1 value occurs in 3 rows", "no new user gets an address"),
        (
            "user_username_uidx",
            "in the column `username` of `user`, 1 value occurs in 2 rows",
            "two concurrent requests",
        ),
        (
            "session_token_uidx",
            "in the column `token` of `session`, 1 value occurs in 2 rows",
            "two concurrent requests",
        ),
        (
            "rateLimit_key_uidx",
            "in the column `key` of `rateLimit`, 1 value occurs in 2 rows",
            "two concurrent requests",
        ),
    ];
    assert_eq!(plan.problems.len(), told.len(), "{:#?}", plan.problems);
    for ((index, counted, meanwhile), problem) in told.iter().zip(&plan.problems) {
        assert!(problem.starts_with(&format!("the unique index `{index}` was left out: {counted}")), "{problem}");
        assert!(problem.contains(meanwhile) && !problem.contains('@'), "{problem}");
        // What is printed finds them.
        let sql = problem.split('`').find(|part| part.starts_with("select ")).unwrap();
        assert_eq!(database.query(sql).len(), 1, "{sql}");
    }
    let done = migrated_to(&database, &wanted).unwrap();
    assert_eq!((done.created, done.added), (vec!["jwks".to_owned()], vec!["session.userAgent".to_owned()]));
    assert_eq!(done.problems, plan.problems);
    // The service works, and gives no address to another user.
    let service = Service::with(
        "[email_and_password]\nenabled = true\n[username]\nenabled = true\n",
        &[("DATABASE_URL", &database.url)],
    );
    assert_ne!(service.get("/get-session", &service.user("grace@example.com")).text(), "null");
    let again = r#"{"name":"A","email":"ada@example.com","password":"correct horse battery"}"#;
    assert_eq!(service.post("/sign-up/email", "", again).status, 422);
    // After the owner has decided which rows stay, the index is made.
    database
        .query(r#"delete from "user" where name = 'Other' or id = 'e1'; delete from session; delete from "rateLimit""#);
    let mut added = migrated_to(&database, &wanted).unwrap().added;
    added.sort();
    assert_eq!(added, ["rateLimit_key_uidx", "session_token_uidx", "user_email_uidx", "user_username_uidx"]);
}

#[test]
fn a_required_column_is_not_added_to_rows_that_have_nothing_to_put_there() {
    let database = Database::empty();
    // A schema that is half made.
    database.query(
        "create table session (id text primary key, token text not null unique); insert into session values ('1', 'x')",
    );
    refused(&database, "", "cannot add the required column `userId` to `session`, which has rows");
    database.query("delete from session");
    assert_eq!(migrated(&database).len(), 5);
    assert_eq!(migrated(&database), Vec::<String>::new());
}

#[test]
fn a_view_in_the_place_of_a_table_is_refused() {
    let database = Database::empty();
    database.query(r#"create table people (id text); create view "user" as select * from people"#);
    refused(
        &database,
        "",
        "`user` is a view, and the service needs a table: set another name in `[schema.user] model_name`",
    );
    let moved = configured("[schema.user]\nmodel_name = \"users\"\n");
    assert_eq!(migrated_to(&database, &moved).unwrap().created.len(), 6);
}

#[test]
fn a_column_of_somebody_elses_that_must_be_filled_is_refused() {
    let database = Database::empty();
    migrated(&database);
    database.query(r#"alter table "user" add column tenant text not null"#);
    refused(
        &database,
        "",
        "the column `tenant` of `user` is NOT NULL and has no default, and gatepost does not write it",
    );
    database.query(r#"alter table "user" alter column tenant set default 'a'"#);
    assert_eq!(migrated(&database), Vec::<String>::new());
}

#[test]
fn identifiers_of_another_type_are_refused_with_what_to_configure() {
    let database = Database::empty();
    migrated_to(&database, &configured("[advanced.database]\ngenerate_id = \"uuid\"\n")).unwrap();
    refused(
        &database,
        "",
        "are uuid, but the configuration expects text: set `[advanced.database] generate_id = \"uuid\"`",
    );
    let database = Database::empty();
    migrated(&database);
    refused(&database, "[advanced.database]\ngenerate_id = \"serial\"\n", "remove `[advanced.database] generate_id`");
}

#[test]
fn an_index_of_the_same_name_on_something_else_is_refused() {
    let database = Database::empty();
    migrated(&database);
    database.query(r#"drop index "session_userId_idx"; create index "session_userId_idx" on account (scope)"#);
    refused(
        &database,
        "",
        "an index `session_userId_idx` exists on `account` (scope), and an index on `session` (userId) needs its name: rename the existing index",
    );
}

#[test]
fn what_a_plugin_of_better_auth_forbids_and_nothing_here_heeds_is_a_warning() {
    let database = Database::empty();
    migrated(&database);
    database.query(r#"alter table "user" add "twoFactorEnabled" boolean, add banned boolean, add role text"#);
    let plan = migrated_to(&database, &Schema::default()).unwrap();
    assert_eq!(
        plan.warnings,
        [
            "`user.banned` belongs to administration, which is off: banned users can sign in; set `[admin] enabled = true`",
            "`user.twoFactorEnabled` belongs to second factors, which are off: users with one can sign in with only their \
             password; set `[two_factor] enabled = true`",
        ]
    );
    assert_eq!(plan.statements, Vec::<String>::new());
}

#[test]
fn a_column_that_does_not_take_what_is_written_is_a_problem_and_one_that_takes_null_is_none() {
    let database = Database::empty();
    migrated(&database);
    database.query(r#"alter table "user" alter column image type integer using null; alter table "user" alter column name drop not null"#);
    let plan = migrated_to(&database, &Schema::default()).unwrap();
    assert_eq!(
        plan.problems,
        [
            "the column `image` of `user` is integer, which does not accept texts: sign-ups of users with a picture fail. To \
             fix it, give the field a column of its own: write another name into gatepost.toml, `[schema.user.fields] image = \
             \"…\"`; `cargo gatepost migrate` adds that column and does not change `image`"
        ]
    );
    assert_eq!(plan.warnings, Vec::<String>::new());
    assert_eq!(plan.statements, Vec::<String>::new());
}

#[test]
fn requests_do_not_wait_behind_a_migration_that_waits_for_a_lock() {
    let database = Database::new();
    let service = Service::new(&database.url);
    let cookie = service.user("ada@example.com");
    let read = || service.get("/get-session", &cookie).text().contains("ada@example.com");
    let wanted = configured("[admin]\nenabled = true\n");
    thread::scope(|scope| {
        // A transaction that has read the users, until the table `let_go` is there.
        scope.spawn(|| {
            database.query(
                "do $$ begin perform 1 from \"user\";
                 while not exists (select from pg_class where relname = 'let_go') loop perform pg_sleep(0.01); end loop; end $$",
            )
        });
        let until = |sql: &str| {
            let begun = Instant::now();
            while database.value(sql) == "0" {
                assert!(begun.elapsed() < LIMIT, "{sql}");
            }
        };
        until(
            "select count(*) from pg_locks where relation = '\"user\"'::regclass and mode = 'AccessShareLock' and pid <> pg_backend_pid()",
        );
        let migrated = scope.spawn(|| migrated_to(&database, &wanted));
        until("select count(*) from pg_locks where relation = '\"user\"'::regclass and not granted");
        for _ in 0..10 {
            assert!(read());
        }
        database.query("create table let_go ()");
        let plan = migrated.join().unwrap().unwrap();
        assert!(plan.added.iter().any(|name| name.ends_with("banned")), "{:?}", plan.added);
    });
    assert!(read());
}

#[test]
fn an_index_that_is_not_valid_is_named_as_that() {
    let database = Database::new();
    database.query("drop index \"session_userId_idx\"; create index \"session_userId_idx\" on session (\"userId\")");
    database.query("update pg_index set indisvalid = false where indexrelid = '\"session_userId_idx\"'::regclass");
    let [refusal] = &planned(&database, &configured("")).refusals[..] else { panic!("it is told once") };
    assert!(refusal.contains("`session_userId_idx` on `session` is not valid"), "{refusal}");
    let drop = refusal.split('`').find(|part| part.starts_with("drop index")).unwrap();
    database.query(drop);
    assert_eq!(migrated_to(&database, &configured("")).unwrap().added, ["session_userId_idx"]);
}
