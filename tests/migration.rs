//! The schema: what `gatepost migrate` makes is what better-auth makes, and what better-auth made stays as it is.

use gatepost_cli::migrate;
use gatepost_core::config::{AdditionalFields, Source};
use serde_json::Value;

use super::support::{
    node::Reference,
    postgres::{Database, block_on},
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

fn migrated(database: &Database) -> Vec<String> {
    block_on(async { migrate::migrate(&database.url, &AdditionalFields::default()).await.unwrap() })
}

#[test]
fn an_empty_database_gets_the_schema_of_better_auth_column_for_column() {
    let vectors: Value = serde_json::from_str(include_str!("vectors/schema.json")).unwrap();
    let (theirs, ours) = (Database::empty(), Database::empty());
    theirs.query(vectors["ddl"].as_str().unwrap());
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
    let toml = "[user.additional_fields]\nplan = { type = \"string\", required = false }\n[session.additional_fields]\ntheme = { type = \"string\", required = false, field_name = \"the theme\" }\n";
    let fields = AdditionalFields::load(Some(Source { name: "gatepost.toml", text: toml })).unwrap();
    let (printed, made) = (Database::empty(), Database::empty());
    let sql = migrate::schema(&fields);
    printed.query(&sql);
    block_on(async { migrate::migrate(&made.url, &fields).await.unwrap() });
    assert_eq!(schema(&printed), schema(&made));
    assert!(schema(&made).iter().flatten().flatten().any(|name| name == "the theme"));
    printed.query(&sql);
    assert_eq!(schema(&printed), schema(&made));
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
    // An index cannot be made of a column that is not there.
    database.query("create table session (id text primary key)");
    let before = schema(&database);
    let error = block_on(async { migrate::migrate(&database.url, &AdditionalFields::default()).await.unwrap_err() });
    assert!(error.to_string().contains("userId"), "{error}");
    assert_eq!(schema(&database), before);
}
