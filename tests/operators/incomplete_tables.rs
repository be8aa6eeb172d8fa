//! Tables of which only some have names that `migrate` and `doctor` recognize, or of which some are missing: `migrate` creates no empty
//! ones beside rows, and `doctor` still checks the others.

use gatepost_cli::{
    doctor,
    migrate::{self, Failure, Plan},
    report::{Report, Verdict},
};
use gatepost_core::config::{Schema, Source, Variables};

use crate::support::{
    SECRET,
    postgres::{Database, block_on},
    reports::with_fixes,
    service::{DEFAULT, Service},
    tables::drizzle,
    transport,
};

const SHORT: &str = "[schema]\nnaming = \"snake_case\"\nplural = true\n";
const ADA: &str = "insert into users values ('u1', 'Ada', 'ada@example.com', true)";

fn database(changes: &[&str]) -> Database {
    let database = Database::empty();
    std::iter::once(drizzle::WHOLE.as_str()).chain(changes.iter().copied()).for_each(|sql| drop(database.query(sql)));
    database
}

fn migrated(database: &Database, toml: &str, new_tables: bool) -> Result<Plan, Failure> {
    let wanted = Schema::load(Source { name: "gatepost.toml", text: toml }).unwrap();
    let url = transport::url(&database.url);
    block_on(async { migrate::migrate_beside(&url, &transport::options(), &wanted, new_tables).await })
}

/// The sentence with which the migration stops, having changed nothing.
#[track_caller]
fn stopped(database: &Database, toml: &str) -> String {
    let tables =
        || database.value("select string_agg(tablename, ' ' order by 1) from pg_tables where schemaname = 'public'");
    let before = tables();
    let Err(failure) = migrated(database, toml, false) else { panic!("the migration made {}", tables()) };
    assert!(matches!(failure, Failure::Incomplete(_)), "{failure}");
    assert_eq!(tables(), before);
    failure.to_string()
}

fn doctor(database: &Database, toml: &str) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let text = transport::configured(&format!("{DEFAULT}[jwt]\nenabled = true\n{toml}"));
    std::fs::write(folder.path().join("gatepost.toml"), text).unwrap();
    let mut variables = Variables::default();
    for (name, value) in [
        ("BETTER_AUTH_SECRET", SECRET),
        ("BETTER_AUTH_URL", "https://auth.example.com"),
        ("DATABASE_URL", &database.url),
    ] {
        variables.set(name, transport::variable(toml, name, value));
    }
    with_fixes(block_on(doctor::local(folder.path(), &variables, None)).unwrap())
}

/// Evidence and fix of what a check warns of or fails with.
fn told(report: &Report, check: &str, verdict: Verdict) -> Vec<String> {
    let of = report.findings.iter().filter(|finding| finding.check == check && finding.verdict == verdict);
    of.map(|finding| format!("{}\n{}", finding.evidence, finding.fix.as_deref().unwrap_or_default())).collect()
}

#[test]
fn migrate_stops_where_users_are_found_and_their_sessions_and_accounts_have_other_names() {
    let database = database(&[
        ADA,
        "alter table sessions rename to logins; alter table logins rename token to session_key;
         alter table logins rename expires_at to valid_until",
        "alter table accounts rename to identities; alter table identities rename account_id to subject",
        "insert into logins values ('s1', now() + interval '1 day', 'k', now(), now(), null, null, 'u1')",
    ]);
    let said = stopped(&database, SHORT);
    for part in [
        "`users` has rows, and the tables `sessions` and `accounts` that the configuration names are missing",
        "`logins` may be `sessions`",
        "`identities` may be `accounts`",
        "[schema.session]\nmodel_name = \"logins\"\nfields = { expires_at = \"…\", token = \"…\" }",
        "[schema.account]\nmodel_name = \"identities\"\nfields = { account_id = \"…\" }",
        "--new-tables",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    let report = doctor(&database, SHORT);
    let failed = told(&report, "schema", Verdict::Fail);
    assert!(failed.len() == 1 && failed[0].contains("`logins` may be `sessions`"), "{report}");
    assert!(
        failed[0].contains("model_name = \"identities\"") && !failed[0].contains("with this database's URL"),
        "{report}"
    );

    // With the lines completed the service has its users and sessions.
    let toml = format!(
        "{SHORT}[schema.session]\nmodel_name = \"logins\"\nfields = {{ expires_at = \"valid_until\", token = \"session_key\" }}\n\
         [schema.account]\nmodel_name = \"identities\"\nfields = {{ account_id = \"subject\" }}\n"
    );
    let plan = migrated(&database, &toml, false).unwrap();
    assert_eq!(plan.created, Vec::<String>::new());
    let service = Service::with(&format!("{DEFAULT}{toml}"), &[("DATABASE_URL", &database.url)]);
    let cookie = service.user("grace@example.com");
    assert!(service.get("/get-session", &cookie).text().contains("grace@example.com"));
}

#[test]
fn migrate_stops_where_sessions_are_found_and_their_users_are_not() {
    let database = database(&[
        ADA,
        "alter table users rename to people; alter table people rename email to mail; alter table people rename email_verified to is_known",
        "insert into sessions values ('s1', now() + interval '1 day', 'k', now(), now(), null, null, 'u1')",
    ]);
    let said = stopped(&database, SHORT);
    for part in [
        "`sessions` has rows, and the table `users` that the configuration names is missing; `people` may be `users`",
        "[schema.user]\nmodel_name = \"people\"\nfields = { email = \"…\", email_verified = \"…\" }",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
}

#[test]
fn migrate_stops_where_only_a_table_with_the_name_of_users_has_rows() {
    let database = Database::empty();
    database.query("create table users (id bigint primary key, email text, encrypted_password text)");
    assert_eq!(migrated(&database, "", false).unwrap().created.len(), 6);
    let database = Database::empty();
    database.query(
        "create table users (id bigint primary key, email text, encrypted_password text); insert into users values (1, 'ada@example.com')",
    );
    let said = stopped(&database, "");
    assert!(said.contains("`users` has rows") && said.contains("`users` may be `user`"), "{said}");
    assert_eq!(migrated(&database, "", true).unwrap().created.len(), 6);
    // What was made once is not asked about again.
    assert_eq!(migrated(&database, "", false).unwrap().created, Vec::<String>::new());
}

#[test]
fn a_table_that_no_other_looks_like_is_made_when_it_is_asked_for() {
    let database = database(&[ADA, "drop table accounts"]);
    let said = stopped(&database, SHORT);
    assert!(said.contains("the table `accounts` that the configuration names is missing. New"), "{said}");
    assert!(said.contains("[schema.account]\nmodel_name = \"…\"\n\nIf they do not exist"), "{said}");
    assert_eq!(migrated(&database, SHORT, true).unwrap().created, ["accounts"]);
    // Keys and counts belong to no user.
    database.query("drop table jwks, rate_limits");
    assert_eq!(migrated(&database, SHORT, false).unwrap().created, ["jwks", "rate_limits"]);
}

#[test]
fn doctor_tells_of_a_missing_table_and_of_the_columns_of_the_others() {
    for (sql, toml) in [
        ("drop table jwks", SHORT),
        ("alter table jwks drop column crv", SHORT),
        // A table under another name, which is proposed.
        ("alter table verifications rename to \"Verification\"", SHORT),
    ] {
        let database = database(&[
            sql,
            "alter table sessions alter token type varchar(20); alter table users alter image set not null",
            "alter table accounts add tenant text not null",
        ]);
        let report = doctor(&database, toml);
        assert_eq!(told(&report, "schema", Verdict::Fail).len(), 1, "{report}");
        let columns = told(&report, "columns", Verdict::Fail);
        assert_eq!(columns.len(), 3, "{report}");
        for part in ["`token` of `sessions`", "`image` of `users`", "`tenant` of `accounts`"] {
            assert!(columns.iter().any(|told| told.contains(part)), "{part}\n{report}");
        }
        assert!(
            told(&report, "rows", Verdict::Ok).is_empty() && told(&report, "keys", Verdict::Ok).is_empty(),
            "{report}"
        );
        assert_eq!(report.status(), 1);
    }
}

#[test]
fn the_rows_of_the_tables_that_are_there_are_tried_while_others_are_missing() {
    let ways_out = "`[jwt] enabled = false` in gatepost.toml instead";
    let keys =
        format!("session_cookie_cache = true\n[session.cookie_cache]\nenabled = true\nstrategy = \"jwt\"\n{SHORT}");
    for (sql, toml, tried, left_out, keys_are_optional) in [
        ("drop table jwks", SHORT, "users, sessions, accounts, verifications", "jwks", true),
        // Sessions in cookies are signed with these keys.
        ("drop table jwks", &keys, "users, sessions, accounts, verifications", "jwks", false),
        ("drop table verifications", SHORT, "users, sessions, accounts, jwks", "verifications", false),
        ("alter table jwks drop column crv", SHORT, "users, sessions, accounts, verifications", "jwks", false),
        ("drop table users cascade", SHORT, "verifications, jwks", "users, sessions, accounts", false),
    ] {
        let report = doctor(&database(&[sql]), toml);
        assert_eq!(report.status(), 1, "{report}");
        let failed = told(&report, "schema", Verdict::Fail);
        assert!(failed.len() == 1 && failed[0].contains(ways_out) == keys_are_optional, "{sql}: {report}");
        let rows = told(&report, "rows", Verdict::Ok);
        let parts = [format!("a row of {tried} was written"), format!("Not tried: {left_out}, because")];
        assert!(rows.len() == 1 && parts.iter().all(|part| rows[0].contains(part)), "{parts:?}: {report}");
    }
    // The check still finds why the database refuses a row of the others.
    let refusing =
        "create function refusing() returns trigger language plpgsql as $f$ begin raise exception 'no'; end $f$;
        create trigger refusing before insert on sessions for each row execute function refusing()";
    let report = doctor(&database(&["drop table jwks", refusing]), SHORT);
    assert!(told(&report, "rows", Verdict::Warn)[0].contains("refusing() line 1 at RAISE"), "{report}");
}

#[test]
fn migrate_says_what_would_be_lost_with_each_table() {
    for (drop, lost, kept) in [
        ("verifications", "invalidate every mailed link and code that was not used yet.", "password"),
        ("sessions", "end every session.", "password"),
        ("accounts", "lose every password and every link to a provider.", "session."),
        ("sessions, accounts", "end every session and lose every password", "invalidate every"),
    ] {
        let said = stopped(&database(&[ADA, &format!("drop table {drop}")]), SHORT);
        assert!(said.contains(&format!("would {lost}")) && !said.contains(kept), "{said}");
    }
}

#[test]
fn a_view_in_the_place_of_a_table_is_named_with_the_table_that_is_meant() {
    let database = database(&["create view \"user\" as select * from users"]);
    let is_a_view = "`user` is a view, and the service needs a table";
    let toml = "[schema]\nnaming = \"snake_case\"\nplural = true\n[schema.user]\nmodel_name = \"user\"\n";
    let Err(failure) = migrated(&database, toml, false) else { panic!("it was migrated") };
    let said = failure.to_string();
    for part in [is_a_view, "`users` looks like `user`", "a table cannot be created under a name that is taken"] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    assert!(!said.contains("--new-tables"), "{said}");
    let failed = told(&doctor(&database, toml), "schema", Verdict::Fail);
    assert!(
        failed.len() == 1 && failed[0].contains(is_a_view) && failed[0].contains("`users` looks like"),
        "{failed:?}"
    );
}

#[test]
fn a_schema_that_is_not_there_is_what_is_said_to_be_missing() {
    let elsewhere = database(&["drop table users cascade"]);
    let said = told(&doctor(&elsewhere, "[database]\nschema_name = \"auht\"\n"), "schema", Verdict::Fail);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with(
        "the schema `auht`, which the URL or `[database] schema_name` names, does not exist in this database\n"
    ));
    assert!(said[0].contains("correct the name"), "{said:?}");
}

/// Each command prints one sentence, regardless of the rows.
#[test]
fn defaults_that_write_local_times_are_warned_of_before_there_is_a_row() {
    let database = database(&[]);
    let warned = || {
        let report = told(&doctor(&database, SHORT), "times", Verdict::Warn);
        (migrated(&database, SHORT, false).unwrap().warnings, report)
    };
    assert_eq!(warned(), (vec![], vec![]));
    database.query(&format!("alter database {} set timezone to 'Asia/Kolkata'", database.name));
    let (plan, report) = warned();
    let what = "the time zone of this role and database is Asia/Kolkata, and users.created_at,";
    for said in [&plan, &report] {
        assert!(said.len() == 1 && said[0].starts_with(what), "{said:?}");
        assert!(said[0].contains("`Times without a time zone`"), "{said:?}");
    }
    // Rows tell of other writers, to both.
    database.query(ADA);
    database.query("update users set created_at = (now() at time zone 'utc') + interval '9 hours'");
    let (plan, report) = warned();
    for said in [&plan, &report] {
        assert!(said.len() == 2 || said.len() == 3, "{said:?}");
        assert!(said[1].contains("`users.created_at` has no time zone and is in the future in 1 row"), "{said:?}");
    }
}

#[test]
fn a_column_that_is_proposed_under_another_name_is_not_one_that_nothing_fills() {
    let database = database(&[
        "alter table users alter email_verified drop default; alter table users rename email_verified to \"emailVerified\"",
    ]);
    let report = doctor(&database, SHORT);
    assert_eq!(told(&report, "schema", Verdict::Fail).len(), 1, "{report}");
    assert!(told(&report, "columns", Verdict::Fail).is_empty(), "{report}");
}

#[test]
fn secrets_in_columns_that_ignore_case_are_warned_of() {
    let changes = [
        ("sessions", "token"),
        ("verifications", "identifier"),
        ("verifications", "value"),
        ("accounts", "account_id"),
    ];
    let extensions = "create extension if not exists citext;
        create collation caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
        create domain folded as citext";
    for kind in ["citext", "folded", "text collate caseless"] {
        for (table, column) in changes {
            let database = database(&[extensions, &format!("alter table {table} alter {column} type {kind}")]);
            let report = doctor(&database, SHORT);
            assert_eq!(report.status(), 0, "{report}");
            let warned = told(&report, "columns", Verdict::Warn);
            let part = format!("the column `{column}` of `{table}` ");
            assert!(warned.len() == 1 && warned[0].starts_with(&part), "{report}");
            assert!(warned[0].contains("plain `text` in its own migrations"), "{report}");
            let plan = migrated(&database, SHORT, false).unwrap();
            assert!(plan.warnings.len() == 1 && plan.warnings[0].starts_with(&part), "{plan:?}");
            // The declaration that the fix names ends the warning.
            database.query(&format!("alter table {table} alter {column} type text"));
            assert!(told(&doctor(&database, SHORT), "columns", Verdict::Warn).is_empty());
        }
    }
    let fine = database(&["create extension if not exists citext; alter table users alter email type citext"]);
    assert!(told(&doctor(&fine, SHORT), "columns", Verdict::Warn).is_empty());
}

#[test]
fn times_that_a_process_outside_utc_has_written_are_warned_of() {
    let utc = "now() at time zone 'utc'";
    let of = |zone: &str| format!("now() at time zone '{zone}'");
    let session = |created: &str, updated: &str| {
        format!(
            "insert into sessions values (gen_random_uuid(), {utc} + interval '7 days', gen_random_uuid(), {created}, {updated}, null, null, 'u1')"
        )
    };
    let warned = |changes: &[&str]| {
        let database = database(&[&[ADA][..], changes].concat());
        database.query(&format!("update users set created_at = {utc}, updated_at = {utc}"));
        let report = doctor(&database, SHORT);
        assert_eq!(report.status(), 0, "{report}");
        told(&report, "times", Verdict::Warn)
    };
    assert_eq!(warned(&[&session(utc, utc)]), Vec::<String>::new());
    let tokyo = of("Asia/Tokyo");
    let told = warned(&[&session(&tokyo, &tokyo), &session(&tokyo, &tokyo), &session(utc, utc)]);
    assert_eq!(told.len(), 1, "{told:?}");
    for part in [
        "`sessions.created_at` has no time zone and is in the future in 2 rows, by up to 9 h",
        "Times without a time zone",
    ] {
        assert!(told[0].contains(part), "{told:?}");
    }
    // The service made the row, and a process in New York changed it.
    let told = warned(&[&session(utc, &of("America/New_York"))]);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].contains("`sessions.updated_at` is earlier than `sessions.created_at` in 1 row, by up to "),
        "{told:?}"
    );
    // Neither endless times nor a column with a time zone says anything of the kind.
    assert_eq!(warned(&[&session("'infinity'", utc)]), Vec::<String>::new());
    let zoned = "alter table sessions alter created_at type timestamptz using created_at at time zone 'utc'";
    assert_eq!(warned(&[zoned, &session("now() + interval '1 hour'", utc)]), Vec::<String>::new());
}
