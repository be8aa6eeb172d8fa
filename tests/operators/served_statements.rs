//! Triggers that accept every row by itself and refuse the statements that serve: `gatepost doctor` names them before the first request,
//! and a trigger that is declared as it says works.

use gatepost_cli::report::{Report, Verdict};

use crate::support::{
    examined,
    postgres::Database,
    service::{DEFAULT, Service, log_lines},
    tables::drizzle,
};

const SHORT: &str = "[schema]\nnaming = \"snake_case\"\nplural = true\n[user.delete_user]\nenabled = true\n";

fn database(sql: &str) -> Database {
    let database = Database::empty();
    database.query(&drizzle::WHOLE);
    database.query(sql);
    database
}

/// The finding of doctor about the rows that it writes.
#[track_caller]
fn rows(report: &Report) -> (Verdict, &str, &str) {
    let told: Vec<_> = report.findings.iter().filter(|finding| finding.check == "rows").collect();
    let [finding] = told[..] else { panic!("{report}") };
    (finding.verdict, &finding.evidence, finding.fix.as_deref().unwrap_or_default())
}

fn counts(database: &Database) -> String {
    let sql = "select (select count(*) from users) + (select count(*) from sessions) + (select count(*) from accounts)";
    database.value(sql)
}

fn service(database: &Database, toml: &str) -> Service {
    Service::with(&format!("{DEFAULT}{toml}"), &[("DATABASE_URL", &database.url)])
}

const CHANGE: &str =
    r#"{"currentPassword":"correct horse battery","newPassword":"wrong horse battery","revokeOtherSessions":true}"#;

/// One session for each user; sessions end with a new password; and rows go with their user, without any cascade.
const SINGLE: &str = "create function one() returns trigger language plpgsql as $$ begin
        delete from sessions where user_id = new.user_id; return new; end $$;
    create trigger single before insert on sessions for each row execute function one()";
const REVOKING: &str = "create function ends() returns trigger language plpgsql as $$ begin
        if new.password is distinct from old.password then delete from sessions where user_id = new.user_id; end if;
        return new; end $$;
    create trigger revoking before update on accounts for each row execute function ends()";
const CASCADING: &str = "create function takes() returns trigger language plpgsql as $$ begin
        delete from sessions where user_id = old.id; delete from accounts where user_id = old.id; return old; end $$;
    create trigger cascading before delete on users for each row execute function takes()";

#[test]
fn a_before_trigger_that_deletes_rows_of_the_statement_is_named_and_works_once_it_is_declared_after() {
    for (sql, what, named) in [
        (SINGLE, "a change of the password fails", "`single` of `sessions` (function `one`)"),
        (REVOKING, "a change of the password fails", "`revoking` of `accounts` (function `ends`)"),
        (CASCADING, "the deletion of a user fails", "`cascading` of `users` (function `takes`)"),
    ] {
        // Another trigger, which only fills a column, is not named.
        let touching = "create function touch() returns trigger language plpgsql as $$ begin
            new.updated_at = now(); return new; end $$;
            create trigger touching before insert or update on accounts for each row execute function touch()";
        let database = database(&format!("{sql}; {touching}"));
        let report = examined::local(&database, SHORT);
        let (verdict, evidence, fix) = rows(&report);
        assert_eq!(verdict, Verdict::Fail, "{report}");
        let trigger = format!("by a BEFORE trigger: {named} (SQLSTATE 27000)");
        assert!(evidence.contains(what) && evidence.ends_with(&trigger), "{report}");
        assert!(fix.contains("AFTER instead of BEFORE"), "{report}");
        assert_eq!(counts(&database), "0");

        // The log says the same of a request.
        let request = |service: &Service| {
            let cookie = service.user("ada@example.com");
            let (path, body) = if what.contains("password") {
                ("/change-password", CHANGE)
            } else {
                ("/delete-user", r#"{"password":"correct horse battery"}"#)
            };
            let answer = service.post(path, &cookie, body);
            (answer.status, answer.cookies())
        };
        assert_eq!(request(&service(&database, SHORT)).0, 500);
        assert!(log_lines().iter().any(|line| line.contains("\"cause\"") && line.contains(&trigger)), "{trigger}");

        // As the fix says.
        database.query("delete from sessions; delete from accounts; delete from users");
        let trigger = named.split('`').nth(1).unwrap();
        let table = named.split('`').nth(3).unwrap();
        let after = sql
            .replace("create function", "create or replace function")
            .replace(" before ", " after ")
            .replace("_id = new.user_id;", "_id = new.user_id and xmin <> pg_current_xact_id()::xid;")
            .replace("_id = old.id;", "_id = old.id and xmin <> pg_current_xact_id()::xid;");
        database.query(&format!("drop trigger {trigger} on {table}; {after}"));
        let report = examined::local(&database, SHORT);
        assert_eq!(rows(&report).0, Verdict::Ok, "{report}");
        let service = service(&database, SHORT);
        let (status, cookie) = request(&service);
        assert_eq!(status, 200);
        if what.contains("password") {
            assert!(service.get("/get-session", &cookie).text().contains("ada@example.com"));
        } else {
            assert_eq!(counts(&database), "0");
        }
    }
}

#[test]
fn an_after_trigger_that_ends_the_session_of_its_own_statement_is_found() {
    let database = database(&REVOKING.replace(" before ", " after "));
    let report = examined::local(&database, SHORT);
    let (verdict, evidence, fix) = rows(&report);
    assert_eq!(verdict, Verdict::Fail, "{report}");
    assert!(evidence.contains("a change of the password") && evidence.contains("the new session is gone"), "{report}");
    assert!(fix.contains("xmin <> pg_current_xact_id()::xid"), "{report}");
}

/// A profile is made behind each user, and a session needs it.
const PROFILES: &str = "create table profiles (user_id text primary key references users on delete cascade deferrable initially deferred,
        locale text not null default 'en');
    alter table sessions add locale text;
    create function profile() returns trigger language plpgsql as $$ begin insert into profiles (user_id) values (new.id); return new; end $$;
    create function locale() returns trigger language plpgsql as $$ begin
        select p.locale into new.locale from profiles p where p.user_id = new.user_id;
        if new.locale is null then raise exception 'no profile for %', new.user_id; end if; return new; end $$;
    create trigger localised before insert on sessions for each row execute function locale();";

#[test]
fn an_after_trigger_whose_effect_a_later_row_of_the_statement_needs_is_named_and_works_before() {
    let profiled =
        |when: &str| format!("create trigger profiled {when} insert on users for each row execute function profile()");
    let database = database(&format!("{PROFILES} {}", profiled("after")));
    let report = examined::local(&database, SHORT);
    let (verdict, evidence, fix) = rows(&report);
    assert_eq!(verdict, Verdict::Fail, "{report}");
    assert!(evidence.contains("a sign-up fails") && evidence.contains("in PL/pgSQL function locale()"), "{report}");
    assert!(fix.contains("`profiled` of `users` (function `profile`)") && fix.contains("BEFORE"), "{report}");
    assert!(!report.to_string().contains("no profile for"), "{report}");
    assert_eq!(counts(&database), "0");

    database.query(&format!("drop trigger profiled on users; {}", profiled("before")));
    let report = examined::local(&database, SHORT);
    assert_eq!(rows(&report).0, Verdict::Ok, "{report}");
    let cookie = service(&database, SHORT).user("ada@example.com");
    assert!(!cookie.is_empty());
    assert_eq!(database.value("select locale from sessions"), "en");

    // A sign-up on a taken address is written and taken back, under the rules of one that stays.
    let hiding = "auto_sign_in = false\n";
    let hidden = Service::with(&format!("{DEFAULT}{hiding}{SHORT}"), &[("DATABASE_URL", &database.url)]);
    for email in ["grace@example.com", "ada@example.com"] {
        hidden.user(email);
    }
    assert_eq!(database.value("select count(*) from users"), "2");
}

#[test]
fn lists_and_tables_of_old_versions_go_through_the_statements_that_serve() {
    let database = database(
        "alter table users add tags text[], add level int not null; alter table accounts add issuer text not null;
         alter table sessions drop constraint sessions_token_unique; alter table users drop constraint users_email_unique;
         alter table verifications alter expires_at type text",
    );
    let toml = format!(
        "{SHORT}[user.additional_fields]\ntags = {{ type = \"string[]\", default_value = [\"a b\"] }}\n\
         level = {{ type = \"number\", required = true }}\n"
    );
    let report = examined::local(&database, &toml);
    assert_eq!(rows(&report).0, Verdict::Ok, "{report}");
    assert_eq!(counts(&database), "0");
}
