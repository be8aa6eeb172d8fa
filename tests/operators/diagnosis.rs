//! The reports of `gatepost doctor` and `gatepost migrate` about tables that are not as gatepost makes them: other names, other
//! types, constraints, rights.

use gatepost_cli::{
    doctor,
    migrate::{self, Failure, Plan},
    report::{Report, Verdict},
};
use gatepost_core::config::{Schema, Source, Variables};

use crate::support::{
    SECRET,
    postgres::{Database, block_on, execute},
    reports::with_fixes,
    service::{DEFAULT, Service, log_lines},
    tables::{FOLDED, SUPABASE, drizzle, prisma},
    transport,
};

const SHORT: &str = "[schema]\nnaming = \"snake_case\"\nplural = true";

fn database(sql: &str) -> Database {
    let database = Database::empty();
    database.query(sql);
    database
}

fn schema(toml: &str) -> Schema {
    Schema::load(Source { name: "gatepost.toml", text: toml }).unwrap_or_else(|problems| panic!("{toml}\n{problems}"))
}

fn plan(database: &Database, toml: &str) -> Plan {
    let wanted = schema(toml);
    block_on(async { migrate::plan(&transport::url(&database.url), &transport::options(), &wanted).await.unwrap() })
}

/// The lines that are proposed where nothing is configured, which then explain everything: nothing else is proposed.
fn proposed(database: &Database, toml: &str) -> String {
    let proposal = plan(database, toml).proposal.expect("nothing is proposed");
    let after = plan(database, &proposal.toml);
    assert_eq!(after.proposal, None, "{}", proposal.toml);
    proposal.toml
}

fn doctor(database: &Database, toml: &str) -> Report {
    doctor_by(&database.url, toml)
}

fn doctor_by(url: &str, toml: &str) -> Report {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("gatepost.toml"), transport::configured(&format!("{DEFAULT}{toml}\n"))).unwrap();
    let mut variables = Variables::default();
    for (name, value) in
        [("BETTER_AUTH_SECRET", SECRET), ("BETTER_AUTH_URL", "https://auth.example.com"), ("DATABASE_URL", url)]
    {
        variables.set(name, transport::variable(toml, name, value));
    }
    with_fixes(block_on(doctor::local(folder.path(), &variables, None)).unwrap())
}

/// The findings of a report about one check.
fn told<'a>(report: &'a Report, check: &str) -> Vec<(Verdict, &'a str, &'a str)> {
    let of = report.findings.iter().filter(|finding| finding.check == check);
    of.map(|finding| (finding.verdict, finding.evidence.as_str(), finding.fix.as_deref().unwrap_or_default())).collect()
}

/// Asserts the only finding of this check: a verdict with this evidence and this fix.
#[track_caller]
fn tells(report: &Report, check: &str, verdict: Verdict, evidence: &str, fix: &str) {
    let told = told(report, check);
    let [(found, said, advised)] = told[..] else { panic!("{told:?}\n{report}") };
    assert!(found == verdict && said.contains(evidence) && advised.contains(fix), "{report}");
    // No advice changes what other services use.
    for harm in ["drop not null", "set not null", "alter column type", "drop column", "disable row level"] {
        assert!(!report.to_string().to_lowercase().contains(harm), "{report}");
    }
}

fn counts(database: &Database) -> String {
    let tables = "select string_agg(format('select count(*) from %I.%I', schemaname, relname), ' union all ') \
                  from pg_stat_user_tables";
    let sql = database.value(tables);
    database.value(&format!("select sum(count)::text from ({sql}) a (count)"))
}

#[test]
fn tables_of_drizzle_are_found_and_three_lines_say_what_they_are_called() {
    let database = database(&drizzle::WHOLE);
    assert_eq!(proposed(&database, ""), SHORT);
    let toml = "[jwt]\nenabled = true\n[rate_limit]\nstorage = \"database\"\n";
    let report = doctor(&database, toml);
    tells(&report, "schema", Verdict::Fail, "`users` looks like `user`", SHORT);
    // The lines are lines, to be pasted.
    assert!(report.to_string().contains("\n        [schema]\n        naming = \"snake_case\"\n"), "{report}");
    let report = doctor(&database, &format!("{toml}{SHORT}"));
    assert_eq!(report.status(), 0, "{report}");
    tells(&report, "rows", Verdict::Ok, "a row of users, sessions, accounts, verifications, jwks, rate_limits was", "");
    tells(&report, "schema", Verdict::Ok, "every table and column exists and accepts what gatepost writes", "");
    assert_eq!(counts(&database), "0");
}

#[test]
fn a_service_with_the_proposed_lines_signs_people_up_and_in() {
    for sql in [drizzle::WHOLE.as_str(), prisma::MEMBERS, FOLDED] {
        let database = database(sql);
        let toml = proposed(&database, "");
        let toml = format!("{DEFAULT}[jwt]\nenabled = false\n{toml}\n");
        let service = Service::with(&toml, &[("DATABASE_URL", &database.url)]);
        let cookie = service.user("ada@example.com");
        assert!(service.get("/get-session", &cookie).text().contains("ada@example.com"), "{toml}");
    }
}

#[test]
fn migrate_makes_no_second_set_of_tables_without_being_told_to() {
    let database = database(&drizzle::WHOLE);
    database.query("drop table jwks");
    let wanted = Schema::default();
    let error = block_on(async {
        migrate::migrate(&transport::url(&database.url), &transport::options(), &wanted).await.unwrap_err()
    });
    assert!(matches!(error, Failure::Elsewhere(_)), "{error}");
    let told = error.to_string();
    assert!(told.contains(SHORT) && told.contains("--new-tables"), "{told}");
    assert_eq!(database.value(r#"select count(*) from pg_tables where tablename in ('user', 'session')"#), "0");
    let made = block_on(async {
        migrate::migrate_beside(&transport::url(&database.url), &transport::options(), &wanted, true).await.unwrap()
    });
    assert_eq!(made.created.len(), 6, "{made:?}");
    assert_eq!(plan(&database, "").proposal, None);
}

#[test]
fn single_names_are_proposed_besides_the_short_forms() {
    let other =
        drizzle::WHOLE.replace("\"image\" text", "\"avatar_url\" text").replace("\"sessions\"", "\"user_sessions\"");
    let expected = format!(
        "{SHORT}\n\n[schema.user]\nfields = {{ image = \"avatar_url\" }}\n\n[schema.session]\nmodel_name = \"user_sessions\""
    );
    assert_eq!(proposed(&database(&other), ""), expected);

    let members = proposed(&database(prisma::MEMBERS), "");
    assert!(members.starts_with("[schema]\nnaming = \"snake_case\"\n"), "{members}");
    for line in [
        "[schema.user]\nmodel_name = \"members\"",
        "[schema.session]\nmodel_name = \"member_sessions\"\nfields = { ip_address = \"ip\", user_id = \"member_id\" }",
        "[schema.account]\nmodel_name = \"member_accounts\"\nfields = { user_id = \"member_id\" }",
        "[schema.verification]\nmodel_name = \"Verification\"\nfields = \"camelCase\"",
    ] {
        assert!(members.contains(line), "{line}\n{members}");
    }

    let prefixed = drizzle::WHOLE.replace("\"users\"", "\"auth_user\"").replace("\"sessions\"", "\"ba_session\"");
    let toml = proposed(&database(&prefixed), "");
    assert!(toml.contains("\"auth_user\"") && toml.contains("\"ba_session\""), "{toml}");

    let folded = proposed(&database(FOLDED), "");
    assert!(folded.contains("plural = true") && folded.contains("email_verified = \"emailverified\""), "{folded}");
}

#[test]
fn columns_of_a_table_that_has_the_name_are_found_too() {
    let database = database(drizzle::SINGULAR);
    assert_eq!(proposed(&database, ""), "[schema]\nnaming = \"snake_case\"");
    let report = doctor(&database, "");
    tells(
        &report,
        "schema",
        Verdict::Fail,
        "`user.email_verified` looks like `emailVerified`",
        "naming = \"snake_case\"",
    );
}

#[test]
fn what_is_configured_already_stays_in_the_proposal() {
    let database = database(&drizzle::WHOLE.replace("\"users\"", "\"people\""));
    let toml = "[schema.user]\nmodel_name = \"people\"\n[schema.jwks]\nmodel_name = \"keys\"\n\
                [user.additional_fields]\ndisplayName = { type = \"string\", required = false }\n";
    database.query("drop table jwks; alter table people add \"display_name\" text");
    let proposed = plan(&database, toml).proposal.unwrap().toml;
    let expected = format!("{SHORT}\n\n[schema.user]\nmodel_name = \"people\"\n\n[schema.jwks]\nmodel_name = \"keys\"");
    assert_eq!(proposed, expected);
}

#[test]
fn tables_in_another_schema_are_proposed_where_their_columns_are_better_auths() {
    let other = drizzle::WHOLE.replace("CREATE TABLE \"", "CREATE TABLE accounts_of.\"");
    let other = other.lines().filter(|line| !line.starts_with("ALTER") && !line.starts_with("CREATE INDEX"));
    let database = database(&format!("create schema accounts_of; {}", other.collect::<Vec<_>>().join("\n")));
    assert_eq!(proposed(&database, ""), format!("[database]\nschema_name = \"accounts_of\"\n\n{SHORT}"));
}

#[test]
fn the_tables_of_supabase_and_of_an_application_are_never_proposed() {
    let others = database(SUPABASE);
    others.query(
        "create table users (id uuid primary key, email text, full_name text); create table sessions (id int, token text);
         create table orders (id int primary key, user_id int, value text, identifier text);
         create table password_resets (id text primary key, token text not null, user_id text, expires_at timestamp, created_at timestamp);
         create table ssh_keys (id text primary key, public_key text, private_key text, created_at timestamp)",
    );
    let planned = plan(&others, "");
    assert_eq!(planned.proposal, None);
    assert_eq!(planned.created.len(), 6, "{planned:?}");
}

/// better-auth's own tables by the names of `SHORT`, one thing of which is changed.
fn changed(sql: &str) -> Database {
    let database = database(&drizzle::WHOLE);
    database.query(sql);
    database
}

#[test]
fn a_column_that_does_not_take_what_is_written_is_told_once_with_the_requests_that_fail() {
    for (sql, evidence, fix) in [
        (
            "create type provider as enum ('github', 'google'); alter table accounts alter provider_id type provider using null",
            "the column `provider_id` of `accounts` is the enumeration provider, which has no `credential`: sign-ups that write it fail",
            "`alter type provider add value 'credential'`",
        ),
        (
            "alter table users alter email_verified drop default, alter email_verified type timestamp using null",
            "the column `email_verified` of `users` is timestamp without time zone, which does not accept true and false: every sign-up fails",
            "set \"email_verified_2\" = true where \"email_verified\" is not null`, and write its name into gatepost.toml, `[schema.user.fields] \
             email_verified = \"email_verified_2\"`",
        ),
        (
            "alter table sessions alter token type varchar(20)",
            "the column `token` of `sessions` holds 20 characters, but values have 32 or more: every sign-in fails",
            "`alter table \"public\".\"sessions\" alter column \"token\" type text`",
        ),
        (
            "alter table accounts alter password type varchar(100)",
            "the column `password` of `accounts` holds 100 characters, but values have 161 or more: setting a password fails",
            "`alter table \"public\".\"accounts\" alter column \"password\" type text`",
        ),
        (
            "alter table users alter image set not null",
            "the column `image` of `users` is NOT NULL and has no default: sign-ups without a picture fail",
            "`[schema.user.fields] image = \"…\"`",
        ),
        (
            "alter table users add tenant text not null",
            "the column `tenant` of `users` is NOT NULL and has no default, and gatepost does not write it",
            "`[user.additional_fields] tenant = { type = \"string\", input = false, returned = false, default_value = \"…\" }`",
        ),
        (
            "alter table sessions drop updated_at; alter table sessions add updated_at timestamp generated always as (expires_at) stored",
            "the column `updated_at` of `sessions` is generated by the database and accepts no value",
            "`[schema.session.fields] updated_at = \"…\"`",
        ),
        (
            "alter table sessions drop constraint sessions_user_id_users_id_fk; alter table accounts drop constraint accounts_user_id_users_id_fk;
             alter table users alter id type uuid using gen_random_uuid()",
            "the column `id` of `users` is uuid, but the configuration expects text",
            "set `[advanced.database] generate_id = \"uuidv4\"`",
        ),
    ] {
        let database = changed(sql);
        let report = doctor(&database, SHORT);
        tells(&report, "columns", Verdict::Fail, evidence, fix);
        assert!(told(&report, "schema").is_empty() && told(&report, "rows").is_empty(), "{report}");
        // The migration says the same.
        let planned = plan(&database, SHORT);
        let all = [planned.problems.clone(), planned.refusals.clone()].concat();
        assert!(all.iter().any(|text| text.contains(evidence)), "{evidence}\n{all:?}");
        assert_eq!(counts(&database), "0");
    }
}

#[test]
fn columns_of_types_that_take_what_is_written_are_no_finding() {
    let database = changed(
        "create extension if not exists citext; create domain mail as varchar(254) check (value like '%@%');
         create type provider as enum ('credential', 'github'); alter table accounts alter provider_id type provider using null;
         alter table users alter email type mail; alter table users alter created_at type timestamptz;
         alter table sessions alter expires_at type timestamp(3), alter ip_address type inet using null,
            alter user_agent type varchar(400); alter table verifications alter expires_at type text;
         alter table users alter name type citext; alter table accounts alter access_token_expires_at type date;
         alter table rate_limits alter count type bigint, alter last_request type numeric",
    );
    database.query("alter table users add tenant_id uuid not null, add tags text[], add points smallint");
    let toml = format!(
        "{SHORT}\n[user.additional_fields]\ntenantId = {{ type = \"string\", required = true }}\n\
         tags = {{ type = \"string[]\", default_value = [\"a b\"] }}\npoints = {{ type = \"number\", default_value = 0 }}\n"
    );
    let planned = plan(&database, &toml);
    assert!(planned.problems.is_empty() && planned.warnings.is_empty() && planned.refusals.is_empty(), "{planned:?}");
    let report = doctor(&database, &toml);
    assert_eq!(report.status(), 0, "{report}");
    tells(&report, "rows", Verdict::Ok, "rolled back", "");
}

#[test]
fn tables_without_unique_keys_are_served_and_what_that_costs_is_told() {
    let database = changed("alter table sessions drop constraint sessions_token_unique");
    let report = doctor(&database, SHORT);
    assert_eq!(report.status(), 0, "{report}");
    let evidence =
        "the column `token` of `sessions` has no unique index of its own: two concurrent requests may write the same";
    tells(&report, "columns", Verdict::Warn, evidence, "run `cargo gatepost migrate`");
    tells(&report, "rows", Verdict::Ok, "rolled back", "");
    assert_eq!(plan(&database, SHORT).added, ["sessions_token_uidx"]);
}

#[test]
fn a_time_zone_that_is_not_utc_is_told_where_defaults_write_it() {
    let database = changed("select 1");
    let name = database.value("select current_database()");
    database.query(&format!("alter database {name} set timezone = 'America/New_York'"));
    let report = doctor(&database, SHORT);
    assert_eq!(report.status(), 0, "{report}");
    let evidence = "is America/New_York, and users.created_at, users.updated_at, sessions.created_at";
    tells(&report, "times", Verdict::Warn, evidence, "nothing to do where gatepost is the only writer");
    assert_eq!(plan(&database, SHORT).warnings.len(), 1);
}

#[test]
fn what_only_the_database_knows_is_found_by_writing_a_row_and_taking_it_back() {
    let refuse = "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no %', new.email; end $$;
                  create trigger refusing before insert on users for each row execute function refuse()";
    let hide = "create function hide() returns trigger language plpgsql as $$ begin return null; end $$;
                create trigger hiding before insert on verifications for each row execute function hide()";
    for (sql, verdict, evidence, fix) in [
        (
            "alter table users add constraint of_us check (email like '%@us.example')",
            Verdict::Warn,
            "the database refuses a row of `users`: SQLSTATE 23514, table `users`, constraint `of_us`",
            "if it accepts real rows, there is nothing to do",
        ),
        (refuse, Verdict::Warn, "SQLSTATE P0001 (PL/pgSQL function refuse() line 1 at RAISE)", "if it accepts real rows"),
        (hide, Verdict::Fail, "a row of `verifications` that was written is not there", "triggers"),
        (
            "create domain short as text check (length(value) < 5); alter table sessions alter user_agent type short",
            Verdict::Warn,
            "SQLSTATE 23514, type `short`, constraint `short_check`, because of the type of `user_agent` (short)",
            "if it accepts real rows",
        ),
        (
            "create table other (id text primary key); alter table verifications add constraint known foreign key (value)
                references other deferrable initially deferred",
            Verdict::Fail,
            "SQLSTATE 23503, table `verifications`, constraint `known`",
            "",
        ),
    ] {
        let database = changed(sql);
        let report = doctor(&database, SHORT);
        tells(&report, "rows", verdict, evidence, fix);
        assert!(!report.to_string().contains("gatepost-doctor-"), "{report}");
        assert_eq!(counts(&database), "0");
    }
}

#[test]
fn the_log_of_a_refused_row_names_table_column_type_and_constraint_and_no_value() {
    for (sql, names) in [
        ("alter table users alter name type varchar(3)", "SQLSTATE 22001, type `character varying(3)`"),
        (
            "create type called as enum ('Ada'); alter table users alter name type called using 'Ada'",
            "SQLSTATE 22P02, type `called`",
        ),
        ("alter table users alter image set not null", "SQLSTATE 23502, table `users`, column `image`"),
        (
            "alter table accounts add constraint none check (false)",
            "SQLSTATE 23514, table `accounts`, constraint `none`",
        ),
    ] {
        let database = changed(sql);
        let service = Service::with(&format!("{DEFAULT}{SHORT}\n"), &[("DATABASE_URL", &database.url)]);
        let body = r#"{"name":"Unmistakable","email":"unmistakable@example.com","password":"correct horse battery"}"#;
        assert_eq!(service.post("/sign-up/email", "", body).status, 422);
        let cause = format!("\"cause\":\"the database refused a row: {names}\"");
        let lines = log_lines();
        assert!(lines.iter().any(|line| line.contains(&cause)), "{cause}\n{lines:#?}");
        assert!(!lines.iter().any(|line| line.to_lowercase().contains("unmistakable")), "{lines:#?}");
    }
}

#[test]
fn a_lock_that_another_session_holds_ends_the_check_within_its_bound() {
    let database = changed("select 1");
    for (mode, check, verdict) in
        [("share row exclusive", "rows", Verdict::Warn), ("access exclusive", "schema", Verdict::Fail)]
    {
        let locking = format!("begin; lock table verifications in {mode} mode; select pg_sleep(60); rollback");
        let url = database.direct.clone();
        let holder = std::thread::spawn(move || std::panic::catch_unwind(|| execute(&url, &locking)));
        let held = "from pg_locks where mode like '%ExclusiveLock' and relation = 'verifications'::regclass and granted
            and database = (select oid from pg_database where datname = current_database())";
        while database.value(&format!("select count(*) {held}")) == "0" {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let report = doctor(&database, SHORT);
        tells(&report, check, verdict, "SQLSTATE 55P03", "run `doctor` again");
        database.query(&format!("select pg_terminate_backend(pid) {held}"));
        let _ = holder.join();
    }
}

#[test]
fn a_sequence_that_the_role_may_not_use_is_told() {
    let numbered = drizzle::WHOLE
        .replace("\"id\" text PRIMARY KEY", "\"id\" serial PRIMARY KEY")
        .replace("\"user_id\" text", "\"user_id\" integer");
    let database = database(&numbered);
    let role = format!("numbers {}", std::process::id());
    execute(
        &database.direct,
        &format!(
            "create role \"{role}\" login password 'p'; grant select, insert, update, delete on all tables in schema public to \"{role}\""
        ),
    );
    let mut url: url::Url = database.direct.parse().unwrap();
    url.set_username(&role).unwrap();
    url.set_password(Some("p")).unwrap();
    let report = doctor_by(url.as_str(), &format!("[advanced.database]\ngenerate_id = \"serial\"\n{SHORT}"));
    tells(&report, "rights", Verdict::Fail, "usage on the sequence users_id_seq", "generate roles");
    execute(&database.direct, &format!("grant usage on all sequences in schema public to \"{role}\""));
    let report = doctor_by(url.as_str(), &format!("[advanced.database]\ngenerate_id = \"serial\"\n{SHORT}"));
    tells(&report, "rows", Verdict::Ok, "rolled back", "");
    execute(&database.direct, &format!("drop owned by \"{role}\"; drop role \"{role}\""));
}
