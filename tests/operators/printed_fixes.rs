//! The fixes that `gatepost migrate` prints, written as it says: the next run goes on from there and does not undo them.

use gatepost_cli::migrate::{self, Plan};
use gatepost_core::config::{Schema, Source};

use crate::support::{
    postgres::{Database, block_on},
    service::{DEFAULT, Service},
    tables::{drizzle, prisma},
    transport,
};

const SHORT: &str = "[schema]\nnaming = \"snake_case\"\nplural = true\n";

fn database(sql: &[&str]) -> Database {
    let database = Database::empty();
    sql.iter().for_each(|sql| {
        database.query(sql);
    });
    database
}

fn plan(database: &Database, toml: &str) -> Plan {
    let wanted = Schema::load(Source { name: "gatepost.toml", text: toml }).unwrap();
    block_on(async { migrate::plan(&transport::url(&database.url), &transport::options(), &wanted).await.unwrap() })
}

#[test]
fn a_column_of_its_own_is_added_beside_one_that_does_not_take_the_values() {
    for (sql, fields, added) in [
        (
            "alter table users drop name; alter table users add name text generated always as (lower(email)) stored",
            "[schema.user.fields]\nname = \"display_name\"",
            "users.display_name",
        ),
        (
            "alter table users alter email_verified drop default, alter email_verified drop not null,
                alter email_verified type timestamp using null",
            "[schema.user.fields]\nemail_verified = \"email_confirmed\"",
            "users.email_confirmed",
        ),
        (
            "alter table users alter image type integer using null",
            "[schema.user.fields]\nimage = \"picture\"",
            "users.picture",
        ),
    ] {
        let database = database(&[&drizzle::WHOLE, sql]);
        let before = plan(&database, SHORT);
        assert!(
            before.problems.iter().any(|problem| problem.contains("give the field a column of its own")),
            "{before:?}"
        );
        let after = plan(&database, &format!("{SHORT}{fields}\n"));
        assert_eq!(after.proposal, None);
        assert_eq!((after.added, after.problems, after.refusals), (vec![added.to_owned()], vec![], vec![]));
    }
}

#[test]
fn a_name_for_a_column_that_takes_the_values_is_still_found() {
    let database = database(&[&drizzle::WHOLE]);
    let proposal = plan(&database, &format!("{SHORT}[schema.user.fields]\nimage = \"portrait\"\n")).proposal.unwrap();
    assert_eq!(proposal.because, ["`users.image` looks like `portrait`"]);
}

#[test]
fn an_enumeration_of_providers_gets_the_value_that_it_has_not() {
    let sql = "create type \"Provider\" as enum ('github'); alter table accounts alter provider_id type \"Provider\" using null";
    let database = database(&[&drizzle::WHOLE, sql]);
    let [problem] = &plan(&database, SHORT).problems[..] else { panic!("it is told once") };
    // A column of its own would hide the accounts that are there.
    assert!(!problem.contains("column of its own"), "{problem}");
    let (_, fix) = problem.split_once("which changes no row: `").unwrap();
    database.query(fix.trim_end_matches('`'));
    assert_eq!(plan(&database, SHORT).problems, Vec::<String>::new());
}

#[test]
fn identifiers_of_another_type_are_told_once() {
    let database = database(&[&drizzle::WHOLE
        .replace("\"id\" text", "\"id\" uuid")
        .replace("\"user_id\" text", "\"user_id\" uuid")]);
    let told = plan(&database, SHORT).refusals;
    let columns = "the columns `id` of `users`, `id` of `sessions`, `user_id` of `sessions`, `id` of `accounts`, `user_id` of \
                   `accounts`, `id` of `verifications`, `id` of `jwks`, `id` of `rate_limits` are uuid, but the configuration expects text";
    assert_eq!(told, [format!("{columns}: set `[advanced.database] generate_id = \"uuidv4\"`")]);
}

#[test]
fn accounts_with_the_names_of_nextauth_are_found_and_no_empty_table_is_made() {
    let sql = prisma::MEMBERS
        .replace("\"account_id\"", "\"providerAccountId\"")
        .replace("\"provider_id\"", "\"provider\"")
        .replace("\"password\"", "\"password_hash\"");
    let database = database(&[&sql]);
    let toml = plan(&database, "").proposal.unwrap().toml;
    let accounts = "[schema.account]\nmodel_name = \"member_accounts\"\nfields = { account_id = \"providerAccountId\", \
                    provider_id = \"provider\", user_id = \"member_id\"";
    assert!(toml.contains(accounts) && toml.contains("password = \"password_hash\""), "{toml}");
    let after = plan(&database, &toml);
    assert_eq!(after.proposal, None);
    assert!(!after.created.iter().any(|name| name.contains("account")), "{after:?}");
}

#[test]
fn a_schema_of_the_url_is_told_to_follow_the_proposal() {
    let database = database(&["create schema other", &drizzle::WHOLE]);
    let url =
        transport::url(&format!("{}{}schema=other", database.url, if database.url.contains('?') { "&" } else { "?" }));
    let mut variables = gatepost_core::config::Variables::default();
    variables.set("DATABASE_URL", url.clone());
    let wanted = Schema::of_deployment(Source { name: "gatepost.toml", text: "" }, &variables).unwrap();
    let proposal =
        block_on(async { migrate::plan(&url, &transport::options(), &wanted).await.unwrap().proposal }).unwrap();
    assert!(
        proposal
            .toml
            .starts_with("[database]\nschema_name = \"public\"   # the URL must name the same schema, or none\n"),
        "{}",
        proposal.toml
    );
}

#[test]
fn whoever_migrates_beside_prisma_is_told_what_prisma_would_do() {
    let database = database(&[&drizzle::WHOLE, "create table _prisma_migrations (id text)"]);
    assert_eq!(plan(&database, SHORT).warnings, Vec::<String>::new());
    database.query("drop table jwks");
    let [warning] = &plan(&database, SHORT).warnings[..] else { panic!("it is told once") };
    assert!(warning.starts_with("Prisma manages this schema"), "{warning}");
}

#[test]
fn a_table_that_is_not_better_auths_is_told_once() {
    let sql =
        "drop table sessions; create table sessions (\"sessionToken\" text primary key, expires timestamptz not null)";
    let told = plan(&database(&[&drizzle::WHOLE, sql]), SHORT).refusals;
    let [refusal] = &told[..] else { panic!("{told:?}") };
    assert!(refusal.starts_with("`sessions` has no column `id`"), "{refusal}");
}

#[test]
fn a_column_without_two_equal_rows_is_not_to_be_filled_with_one_value() {
    let database = database(&[&drizzle::WHOLE, "alter table users add handle text not null unique"]);
    let told = plan(&database, SHORT).refusals;
    let [refusal] = &told[..] else { panic!("{told:?}") };
    assert!(refusal.contains("`handle` of `users`") && refusal.contains("give the column a default"), "{refusal}");
    database.query("alter table users alter handle set default gen_random_uuid()");
    assert_eq!(plan(&database, SHORT).refusals, Vec::<String>::new());
}

#[test]
fn a_column_that_nothing_fills_is_filled_or_given_a_default_in_every_table() {
    for (table, model) in [("users", "user"), ("sessions", "session"), ("accounts", "account")] {
        let database = database(&[&drizzle::WHOLE, &format!("alter table {table} add tenant text not null")]);
        let [refusal] = &plan(&database, SHORT).refusals[..] else { panic!("it is told once") };
        let (_, line) = refusal.split_once("let gatepost write it: `").unwrap();
        let (section, line) = line.trim_end_matches('`').split_once("] ").unwrap();
        assert_eq!(section, format!("[{model}.additional_fields"));
        let toml = format!("{SHORT}{section}]\n{}\n", line.replace('…', "of ours"));
        let after = plan(&database, &toml);
        assert_eq!((after.refusals, after.problems, after.statements), (vec![], vec![], vec![]), "{toml}");
        let service = Service::with(&format!("{DEFAULT}{toml}"), &[("DATABASE_URL", &database.url)]);
        let cookie = service.user("ada@example.com");
        assert!(service.get("/get-session", &cookie).text().contains("ada@example.com"));
        assert_eq!(database.value(&format!("select tenant from {table}")), "of ours");
    }
    for table in ["verifications", "jwks", "rate_limits"] {
        let database = database(&[&drizzle::WHOLE, &format!("alter table {table} add tenant text not null")]);
        let [refusal] = &plan(&database, SHORT).refusals[..] else { panic!("it is told once") };
        assert!(!refusal.contains("additional_fields"), "{refusal}");
        let (_, sql) = refusal.split_once("for a service that writes it: `").unwrap();
        database.query(&sql.trim_end_matches('`').replace('…', "'of ours'"));
        assert_eq!(plan(&database, SHORT).refusals, Vec::<String>::new());
    }
}

#[test]
fn a_field_of_accounts_that_has_a_value_or_may_be_left_out_is_judged_by_what_is_written() {
    let database = database(&[&drizzle::WHOLE, "alter table accounts add tenant text not null"]);
    let with = |field: &str| {
        let plan = plan(
            &database,
            &format!("{SHORT}[account.additional_fields]\ntenant = {{ type = \"string\", {field} }}\n"),
        );
        assert_eq!(plan.refusals, Vec::<String>::new());
        plan.problems
    };
    assert_eq!(with("required = false, default_value = \"of ours\""), Vec::<String>::new());
    for field in ["required = true", "required = false", "input = false"] {
        let [problem] = &with(field)[..] else { panic!("{field}: it is told once") };
        assert!(problem.contains("new rows fail, because gatepost does not write it"), "{problem}");
        assert!(problem.contains("in `[account.additional_fields]`, give `tenant` a `default_value`"), "{problem}");
    }
}

#[test]
fn a_type_that_is_none_is_told_that_a_list_of_texts_is_one() {
    let load = |kind: &str| {
        let text = format!("[user.additional_fields]\nrole = {{ type = {kind} }}\n");
        Schema::load(Source { name: "gatepost.toml", text: &text }).map_err(|problems| problems.to_string())
    };
    let told = load("\"enum\"").unwrap_err();
    assert!(told.contains("or a list of texts, like [\"a\", \"b\"]"), "{told}");
    load("[\"a\", \"b\"]").unwrap();
}
