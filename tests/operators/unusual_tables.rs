//! Tables as few projects have them: what `gatepost doctor` and `gatepost migrate` say of them is the cause, and no fix that they print
//! loses a value.

use gatepost_cli::{
    migrate::{self, Plan},
    report::Verdict,
    roles,
};
use gatepost_core::config::{Schema, Source};
use serde_json::json;

use crate::support::{
    examined,
    mailbox::Mailbox,
    postgres::{Database, block_on, execute},
    service::{DEFAULT, Service, log_lines},
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

/// The failures of doctor, evidence and fix in one text each.
fn failures(database: &Database, toml: &str) -> Vec<String> {
    let report = examined::local(database, &format!("{SHORT}{toml}"));
    let failed = report.findings.iter().filter(|finding| finding.verdict == Verdict::Fail);
    failed.map(|finding| format!("{}; {}", finding.evidence, finding.fix.as_deref().unwrap_or_default())).collect()
}

fn failure(database: &Database, toml: &str) -> String {
    let all = failures(database, toml);
    let [text] = &all[..] else { panic!("one failure is expected: {all:#?}") };
    text.clone()
}

fn plan(database: &Database, toml: &str) -> Plan {
    let text = format!("{SHORT}{toml}");
    let wanted = Schema::load(Source { name: "gatepost.toml", text: &text }).unwrap();
    block_on(async { migrate::plan(&transport::url(&database.url), &transport::options(), &wanted).await.unwrap() })
}

/// The statements that a text prints, in order.
fn printed(text: &str) -> Vec<String> {
    text.split('`')
        .filter(|part| part.starts_with("alter table ") || part.starts_with("update "))
        .map(str::to_owned)
        .collect()
}

fn service(database: &Database, toml: &str) -> Service {
    Service::with(&format!("{DEFAULT}{SHORT}{toml}"), &[("DATABASE_URL", &database.url)])
}

#[test]
fn identifiers_that_only_the_database_may_write_are_served_by_serial() {
    let sql = "alter table sessions drop constraint sessions_user_id_users_id_fk; alter table accounts drop constraint accounts_user_id_users_id_fk;
        alter table users drop id; alter table users add id bigint primary key generated always as identity;
        alter table sessions drop id, drop user_id; alter table sessions add id bigint primary key generated always as identity, add user_id bigint not null references users;
        alter table accounts drop id, drop user_id; alter table accounts add id bigint primary key generated always as identity, add user_id bigint not null references users;
        alter table verifications drop id; alter table verifications add id bigint primary key generated always as identity";
    let database = database(sql);
    let no_tokens = "[jwt]\nenabled = false\n";
    let text = failure(&database, no_tokens);
    assert!(text.contains("generate_id = \"serial\"") && !text.contains(".fields]"), "{text}");
    let toml = &format!("{no_tokens}[advanced.database]\ngenerate_id = \"serial\"\n");
    assert_eq!(failures(&database, toml), Vec::<String>::new());
    service(&database, toml).user("ada@example.com");
}

#[test]
fn identifiers_of_any_type_are_served_where_the_database_makes_them() {
    let database = database(
        "drop table jwks, rate_limits; alter table users alter id set default gen_random_uuid()::text;
         alter table sessions drop id; alter table sessions add id serial primary key;
         alter table accounts drop id; alter table accounts add id uuid primary key default gen_random_uuid();
         alter table verifications drop id; alter table verifications add id bigint primary key generated always as identity",
    );
    let toml = "[jwt]\nenabled = false\n[advanced.database]\ngenerate_id = false\n";
    assert_eq!(failures(&database, toml), Vec::<String>::new());
    assert_eq!(plan(&database, toml).refusals, Vec::<String>::new());
    let service = service(&database, toml);
    let cookie = service.user("ada@example.com");
    assert!(service.get("/get-session", &cookie).text().contains("ada@example.com"));
    assert!(failure(&database, "[jwt]\nenabled = false\n").contains("one kind for all tables"));
}

#[test]
fn secrets_that_end_before_they_begin_are_told_with_the_type_of_their_column() {
    let database = database("alter table verifications alter expires_at type date");
    let text = failure(&database, "");
    assert!(text.contains("`expires_at` of `verifications` is date, which does not accept times of day"), "{text}");
    assert_eq!(plan(&database, "").problems.len(), 1);
}

#[test]
fn words_for_true_and_false_stay_for_those_who_read_them() {
    for (sql, yes) in [
        (
            "create type yn as enum ('yes', 'no'); alter table users drop email_verified; alter table users add email_verified yn not null default 'no'",
            "yes",
        ),
        (
            "alter table users drop email_verified; alter table users add email_verified varchar(1) not null default 'N'",
            "Y",
        ),
        ("alter table users drop email_verified; alter table users add email_verified int not null default 0", "1"),
    ] {
        let database = database(&format!(
            "{sql}; insert into users (id, name, email, email_verified, updated_at) values ('old', 'Old', 'old@example.com', '{yes}', now())"
        ));
        let text = failure(&database, "");
        assert!(!text.contains("alter type") && text.contains("email_verified = \"email_verified_2\""), "{text}");
        let statements = printed(&text);
        assert_eq!(statements.len(), 2, "{text}");
        statements.iter().for_each(|sql| drop(database.query(&sql.replace('…', yes))));
        let toml = "[schema.user]\nfields = { email_verified = \"email_verified_2\" }\n";
        assert_eq!(failures(&database, toml), Vec::<String>::new());
        service(&database, toml).user("ada@example.com");
        assert_eq!(database.value("select email_verified_2 from users where id = 'old'"), "t");
        assert_eq!(database.value("select email_verified::text from users where id = 'old'"), yes);
    }
}

#[test]
fn a_table_of_another_program_is_left_to_it() {
    let database = database(
        "drop table sessions, verifications; create table sessions (\"sessionToken\" text primary key, \"userId\" text not null, expires timestamp not null);
         create table verifications (identifier text not null, token text not null, expires timestamp not null, primary key (identifier, token))",
    );
    let text = failure(&database, "");
    for table in ["sessions", "verifications"] {
        assert!(text.contains(&format!("`{table}` has no column `id`, so it is not a table of better-auth")), "{text}");
    }
    assert!(
        text.contains("`[schema.session] model_name`") && printed(&text).is_empty() && !text.contains("missing"),
        "{text}"
    );
    assert_eq!(plan(&database, "").refusals.len(), 2);
    let toml = "[schema.session]\nmodel_name = \"auth_sessions\"\n[schema.verification]\nmodel_name = \"auth_verifications\"\n";
    let wanted = format!("{SHORT}{toml}");
    let wanted = Schema::load(Source { name: "gatepost.toml", text: &wanted }).unwrap();
    block_on(async { migrate::migrate(&transport::url(&database.url), &transport::options(), &wanted).await.unwrap() });
    assert_eq!(failures(&database, toml), Vec::<String>::new());
    service(&database, toml).user("ada@example.com");
}

#[test]
fn a_change_of_a_type_keeps_what_programs_read_from_the_column() {
    let row = "insert into users (id, name, email, updated_at) values ('old', 'Old', 'old@example.com', now());
        insert into accounts (id, account_id, provider_id, user_id, updated_at) values ('a', 'old', 'google', 'old', now());
        insert into sessions (id, token, user_id, expires_at, updated_at) values ('s', 'the token', 'old', now() + interval '1 day', now())";
    for (change, value, table, column, text) in [
        ("text[] using null", "array['openid', 'email']", "accounts", "scope", "openid,email"),
        ("jsonb using null", "'\"the token\"'", "accounts", "access_token", "the token"),
        ("json using null", "'{\"a\": 1}'", "accounts", "refresh_token", "{\"a\": 1}"),
        ("bytea using token::bytea", "'the token'", "sessions", "token", "the token"),
    ] {
        let database = database(&format!(
            "{row}; alter table {table} alter {column} type {change}; update {table} set {column} = {value}"
        ));
        let all = failures(&database, "");
        let statements: Vec<_> = all.iter().flat_map(|text| printed(text)).collect();
        assert_eq!(statements.len(), 1, "{column}: {all:?}");
        database.query(&statements[0]);
        assert_eq!(database.value(&format!("select {column} from {table}")), text);
        assert_eq!(failures(&database, ""), Vec::<String>::new(), "{column}");
    }
}

#[test]
fn a_search_path_that_leads_nowhere_is_named() {
    let database = database("");
    let name = database.value("select current_database()");
    for path in ["'\"$user\", public'", "\"no such schema\""] {
        database.query(&format!("alter database \"{name}\" set search_path = {path}"));
        let text = failure(&database, "");
        assert!(text.contains("names no schema that exists and that the role may use"), "{text}");
        let refusals = plan(&database, "").refusals;
        assert!(
            refusals.len() == 1 && text.starts_with(refusals[0].split(": correct").next().unwrap()),
            "{refusals:?}"
        );
        assert_eq!(failures(&database, "[database]\nschema_name = \"public\"\n"), Vec::<String>::new());
    }
}

#[test]
fn rules_that_postgresql_does_not_combine_with_our_statements_are_named() {
    for (rule, what) in [
        ("on insert to users do also insert into log values (new.id)", "new"),
        ("on update to sessions do also insert into log values (new.id)", "changed"),
        ("on insert to accounts do instead nothing", "new"),
    ] {
        let database = database(&format!("create table log (id text); create rule \"the rule\" as {rule}"));
        let text = failure(&database, "");
        assert!(text.contains("the rule `the rule` on `") && text.contains(&format!("about {what} rows")), "{text}");
        assert_eq!(plan(&database, "").problems.len(), 1);
    }
}

#[test]
fn a_trigger_that_keeps_the_old_row_is_found() {
    let function = "create function keep() returns trigger language plpgsql as $$ begin return old; end $$; create trigger keep before update on";
    for table in ["users", "sessions", "accounts", "verifications"] {
        let database = database(&format!("{function} {table} for each row execute function keep()"));
        let all = failures(&database, "");
        let [text] = &all[..] else { panic!("{table}: {all:?}") };
        assert!(text.contains(&format!("a row of `{table}` that was written is not changed: a trigger")), "{text}");
    }
    // One that writes the time of the change is usual.
    let database = database(
        "create function touch() returns trigger language plpgsql as $$ begin new.updated_at := now(); return new; end $$;
         create trigger touch before update on users for each row execute function touch();
         create trigger touch before update on sessions for each row execute function touch();
         create trigger touch before update on accounts for each row execute function touch()",
    );
    assert_eq!(failures(&database, ""), Vec::<String>::new());
}

#[test]
fn rows_that_hold_a_session_are_told_as_that() {
    let database = database(
        "create table carts (session_id text references sessions);
         create function fill() returns trigger language plpgsql as $$ begin insert into carts values (new.id); return null; end $$;
         create trigger fill after insert on sessions for each row execute function fill()",
    );
    let text = failure(&database, "[user.delete_user]\nenabled = true\n");
    assert!(text.contains("signing out and changing a password fail") && !text.contains("delete_user"), "{text}");
}

#[test]
fn an_address_that_other_rows_refer_to_is_no_invalid_token() {
    let database = database("create table invites (email text references users (email))");
    let mailbox = Mailbox::new();
    let toml = format!("{DEFAULT}{SHORT}[user.change_email]\nenabled = true\n");
    let service = Service::with(
        &toml,
        &[("DATABASE_URL", &database.url), ("EMAIL_URL", &mailbox.url()), ("VERCEL_ENV", "development")],
    );
    let cookie = service.user("ada@example.com");
    database.query("insert into invites values ('ada@example.com')");
    let body = json!({ "newEmail": "new@example.com", "callbackURL": "/in" });
    assert_eq!(service.post("/change-email", &cookie, &body.to_string()).status, 200);
    let token = mailbox.token("verify-email");
    let answer = service.get(&format!("/verify-email?token={token}&callbackURL=/in"), &cookie);
    assert_eq!((answer.status, answer.header("x-gatepost-reason")), (500, Some("database_error")), "{}", answer.text());
    assert!(log_lines().iter().any(|line| line.contains("invites_email_fkey") && line.contains("23503")));
}

#[test]
fn a_policy_that_reads_an_unknown_setting_is_not_the_fault_of_the_url() {
    let database = database(
        "create function tenant() returns text language sql stable as $$ select current_setting('app.tenant') $$",
    );
    let service = service(&database, "");
    database.query("alter table users add tenant text");
    database.query("alter table users alter tenant set default tenant()");
    let body = json!({ "name": "Eve", "email": "eve@example.com", "password": "correct horse battery" });
    assert_eq!(service.post("/sign-up/email", "", &body.to_string()).status, 500);
    let lines = log_lines();
    let line = lines.iter().rev().find(|line| line.contains("app.tenant") || line.contains("42704")).unwrap();
    assert!(!line.contains("of the URL"), "{line}");
}

#[test]
fn tables_of_features_refer_to_users_by_the_type_that_their_identifiers_have() {
    for (sql, form, kind) in [
        ("", "uuidv4", "text"),
        ("", "false", "text"),
        (
            "alter table sessions drop constraint sessions_user_id_users_id_fk; alter table accounts drop constraint accounts_user_id_users_id_fk;
             alter table users drop id; alter table users add id bigserial primary key;
             alter table sessions drop id, drop user_id; alter table sessions add id bigserial primary key, add user_id bigint not null references users;
             alter table accounts drop id, drop user_id; alter table accounts add id bigserial primary key, add user_id bigint not null references users;
             alter table verifications drop id; alter table verifications add id bigserial primary key",
            "serial",
            "bigint",
        ),
    ] {
        let database = database(&format!("drop table jwks, rate_limits; {sql}"));
        if form == "false" {
            for table in ["users", "sessions", "accounts", "verifications"] {
                database.query(&format!("alter table {table} alter id set default gen_random_uuid()::text"));
            }
        }
        let form = if form == "false" { form.to_owned() } else { format!("{form:?}") };
        let toml = format!("[jwt]\nenabled = false\n[two_factor]\nenabled = true\n[advanced.database]\ngenerate_id = {form}\n");
        let text = format!("{SHORT}{toml}");
        let wanted = Schema::load(Source { name: "gatepost.toml", text: &text }).unwrap();
        block_on(async { migrate::migrate(&transport::url(&database.url), &transport::options(), &wanted).await.unwrap() });
        let found = database.value(
            "select data_type from information_schema.columns where table_name = 'two_factors' and column_name = 'user_id'",
        );
        assert_eq!(found, kind, "{form}");
        assert_eq!(failures(&database, &toml), Vec::<String>::new(), "{form}");
        service(&database, &toml).user("ada@example.com");
    }
}

#[test]
fn the_role_of_the_functions_may_use_every_counter() {
    let database = database(
        "drop table jwks, rate_limits; alter table sessions drop constraint sessions_user_id_users_id_fk; alter table accounts drop constraint accounts_user_id_users_id_fk;
         alter table users drop id; alter table users add id serial primary key, add number bigserial not null;
         alter table sessions drop id, drop user_id; alter table sessions add id serial primary key, add user_id int not null references users;
         alter table accounts drop id, drop user_id; alter table accounts add id serial primary key, add user_id int not null references users;
         alter table verifications drop id; alter table verifications add id serial primary key",
    );
    let toml = "[jwt]\nenabled = false\n[advanced.database]\ngenerate_id = \"serial\"\n";
    let text = format!("{SHORT}{toml}");
    let mut wanted = Schema::load(Source { name: "gatepost.toml", text: &text }).unwrap();
    wanted.tables.retain(|table| !matches!(table.model, "jwks" | "rateLimit"));
    let role = format!("counting {}", std::process::id());
    execute(&database.direct, &roles::sql(&role, &wanted));
    execute(&database.direct, &format!("alter role \"{role}\" password 'p'"));
    let mut url: url::Url = database.direct.parse().unwrap();
    url.set_username(&role).unwrap();
    url.set_password(Some("p")).unwrap();
    let report = examined::by(url.as_str(), &format!("{SHORT}{toml}"));
    assert_eq!(report.status(), 0, "{report}");
    let service = Service::with(&format!("{DEFAULT}{SHORT}{toml}"), &[("DATABASE_URL", url.as_str())]);
    service.user("ada@example.com");
    drop(service);
    execute(&database.direct, &format!("drop owned by \"{role}\"; drop role \"{role}\""));
}

#[test]
fn indexes_that_large_tables_lack_are_printed_and_none_for_small_ones() {
    let database = database("");
    let toml = "[admin]\nenabled = true\n[api_key]\nenabled = true\n[jwt]\nenabled = false\n[organization]\nenabled = true\n\
                send_invitation_email = false\n";
    let text = format!("{SHORT}{toml}");
    let wanted = Schema::load(Source { name: "gatepost.toml", text: &text }).unwrap();
    block_on(async { migrate::migrate(&transport::url(&database.url), &transport::options(), &wanted).await.unwrap() });
    let warned = || {
        let report =
            examined::with(&database.url, &text, &[("GITHUB_CLIENT_ID", "id"), ("GITHUB_CLIENT_SECRET", "secret")]);
        assert_eq!(report.status(), 0, "{report}");
        let of_check = report.findings.into_iter().filter(|finding| finding.check == "indexes");
        of_check.map(|finding| finding.fix.unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(warned(), Vec::<String>::new());
    database
        .query("update pg_class set reltuples = 2000000 where relnamespace = 'public'::regnamespace and relkind = 'r'");
    let fixes = warned();
    assert_eq!(fixes.len(), 6, "{fixes:#?}");
    for fix in fixes {
        let sql = fix.split('`').find(|part| part.starts_with("create index concurrently ")).unwrap();
        database.query(sql);
    }
    database
        .query("update pg_class set reltuples = 2000000 where relnamespace = 'public'::regnamespace and relkind = 'r'");
    assert_eq!(warned(), Vec::<String>::new());
}
