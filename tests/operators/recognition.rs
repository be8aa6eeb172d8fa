//! Which tables `gatepost migrate` and `gatepost doctor` take for the service's while they are empty: foreign keys lead to the table of
//! users, and of two sets the one with every column counts.

use gatepost_cli::{
    migrate::{self, Failure, Plan},
    report::Verdict,
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

fn database(sql: &[&str]) -> Database {
    let database = Database::empty();
    sql.iter().for_each(|sql| drop(database.query(sql)));
    database
}

fn wanted(toml: &str) -> Schema {
    Schema::load(Source { name: "gatepost.toml", text: toml }).unwrap()
}

fn plan(database: &Database, toml: &str) -> Plan {
    let wanted = wanted(toml);
    block_on(async { migrate::plan(&transport::url(&database.url), &transport::options(), &wanted).await.unwrap() })
}

fn migrated(database: &Database, toml: &str, new_tables: bool) -> Result<Plan, Failure> {
    let (wanted, url) = (wanted(toml), transport::url(&database.url));
    block_on(async { migrate::migrate_beside(&url, &transport::options(), &wanted, new_tables).await })
}

fn tables(database: &Database) -> String {
    database.value("select string_agg(tablename, ' ' order by 1) from pg_tables where schemaname = 'public'")
}

/// Asserts doctor's finding about the schema: a failure.
#[track_caller]
fn schema_fails(database: &Database, toml: &str) -> String {
    let report = examined::local(database, toml);
    let told: Vec<_> = report.findings.iter().filter(|finding| finding.check == "schema").collect();
    let [finding] = told[..] else { panic!("{report}") };
    assert_eq!(finding.verdict, Verdict::Fail, "{report}");
    format!("{}\n{}", finding.evidence, finding.fix.as_deref().unwrap_or_default())
}

#[test]
fn users_under_a_name_and_with_a_flag_of_their_own_are_found_while_they_are_empty() {
    let database = database(&[
        &drizzle::WHOLE,
        "alter table users rename to app_user; alter table app_user rename email_verified to is_email_verified;
         alter table app_user rename created_at to created_on; alter table app_user rename updated_at to updated_on",
    ]);
    let Err(Failure::Elsewhere(proposal)) = migrated(&database, SHORT, false) else { panic!("{}", tables(&database)) };
    assert!(proposal.toml.contains("model_name = \"app_user\""), "{}", proposal.toml);
    assert!(proposal.toml.contains("email_verified = \"is_email_verified\""), "{}", proposal.toml);
    assert_eq!(migrated(&database, &proposal.toml, false).unwrap().created, Vec::<String>::new());
    Service::with(&format!("{DEFAULT}{}\n", proposal.toml), &[("DATABASE_URL", &database.url)]).user("ada@example.com");
}

#[test]
fn no_second_table_of_users_is_made_beside_the_one_that_sessions_refer_to() {
    let database = database(&[
        &drizzle::WHOLE,
        "alter table users rename to people; alter table people rename email_verified to is_known",
    ]);
    let before = tables(&database);
    for new_tables in [false, true] {
        let Err(Failure::Refused(refusals)) = migrated(&database, SHORT, new_tables) else {
            panic!("{}", tables(&database))
        };
        let [refusal] = &refusals[..] else { panic!("{refusals:?}") };
        assert!(
            refusal.contains("lead to `people`, and the table `users` that the configuration names is missing"),
            "{refusal}"
        );
        assert!(
            refusal.contains("[schema.user]\nmodel_name = \"people\"\nfields = { email_verified = \"…\" }"),
            "{refusal}"
        );
        assert_eq!(tables(&database), before);
    }
    let told = schema_fails(&database, SHORT);
    assert!(told.contains("model_name = \"people\"") && !told.contains("run `cargo gatepost migrate`"), "{told}");
    let toml = format!("{SHORT}[schema.user]\nmodel_name = \"people\"\nfields = {{ email_verified = \"is_known\" }}\n");
    assert_eq!(migrated(&database, &toml, false).unwrap().created, Vec::<String>::new());
}

#[test]
fn tables_in_two_schemas_are_refused_in_words() {
    let database = database(&[
        &drizzle::WHOLE,
        "create schema crm; alter table users set schema crm; alter table crm.users rename to person",
    ]);
    let before = tables(&database);
    for new_tables in [false, true] {
        let Err(Failure::Refused(refusals)) = migrated(&database, SHORT, new_tables) else {
            panic!("{}", tables(&database))
        };
        assert!(
            refusals[0].contains("`crm.person` by a foreign key, which is in another PostgreSQL schema"),
            "{refusals:?}"
        );
        assert_eq!(tables(&database), before);
    }
    let told = schema_fails(&database, SHORT);
    assert!(told.contains("cannot be served as they are") && !told.contains("run `cargo gatepost migrate`"), "{told}");
}

#[test]
fn of_two_sets_of_tables_the_one_with_every_column_is_proposed() {
    let database = database(&[
        &drizzle::WHOLE,
        "alter table users rename to auth_user; alter table sessions rename to auth_session;
         alter table accounts rename to auth_account; alter table verifications rename to auth_verification;
         create table users (id serial primary key, name varchar(255), email varchar(255), \"emailVerified\" timestamptz, image text);
         create table accounts (id serial primary key, \"userId\" int not null, type varchar(255) not null, provider varchar(255) not null,
            \"providerAccountId\" varchar(255) not null, refresh_token text, access_token text, expires_at bigint, id_token text,
            scope text, session_state text, token_type text);
         create table sessions (id serial primary key, \"userId\" int not null, expires timestamptz not null, \"sessionToken\" varchar(255) not null);
         create table verification_token (identifier text not null, expires timestamptz not null, token text not null, primary key (identifier, token))",
    ]);
    for toml in ["", "[schema]\nnaming = \"snake_case\"\n"] {
        let toml = plan(&database, toml).proposal.unwrap().toml;
        for name in ["auth_user", "auth_session", "auth_account", "auth_verification"] {
            assert!(toml.contains(&format!("model_name = \"{name}\"")), "{toml}");
        }
        assert!(!toml.contains("sessionToken") && !toml.contains("providerAccountId"), "{toml}");
        let after = plan(&database, &toml);
        assert_eq!((after.proposal, after.refusals, after.problems), (None, vec![], vec![]));
    }
}

#[test]
fn a_plan_tells_every_kind_of_problem_at_once() {
    let database = database(&[
        &drizzle::WHOLE,
        "alter table sessions alter token type varchar(20); alter table users add banned boolean, add tenant text not null;
         drop table accounts; insert into users (id, name, email, updated_at, tenant) values ('a', 'A', 'a@example.com', now(), 'x')",
    ]);
    let plan = plan(&database, SHORT);
    let notes = plan.notes();
    for part in [
        "warning: `users.banned`",
        "problem: the column `token` of `sessions`",
        "problem: nothing was changed: `users` has rows",
    ] {
        assert!(notes.iter().any(|note| note.contains(part)), "{part}\n{notes:#?}");
    }
    let Err(Failure::Refused(refusals)) = plan.judged(false).and_then(|plan| match plan.refusals.is_empty() {
        true => Ok(plan),
        false => Err(Failure::Refused(plan.refusals)),
    }) else {
        panic!("it is refused")
    };
    assert!(refusals[0].contains("`tenant` of `users`"), "{refusals:?}");
}
