//! `[custom_session]`: what a query of the deployment's own adds to the answer of `/get-session` and to JWTs.

use gatepost_core::{Config, config::Source};
use serde_json::{Value, json};

use crate::support::{
    SECRET,
    examined::variables,
    postgres::Database,
    secondary_storage::database,
    service::{Service, log_lines},
};

const TOML: &str = "[email_and_password]\nenabled = true\n[custom_session]\nenabled = true\nclaims = true\n\
    query = \"select array_agg(r.name order by r.name) as roles, count(*) as \\\"user\\\", 'x' as sub from app_roles r where r.user_id = $1\"\n\
    [jwt]\nenabled = true\n";

fn with(toml: &str) -> (Database, Service) {
    let database = database(toml);
    database.query("create table app_roles (user_id text, name text)");
    let service = Service::with(toml, &[("DATABASE_URL", &database.url)]);
    (database, service)
}

fn claims(token: &str) -> Value {
    let script = "console.log(Buffer.from(process.argv[1].split('.')[1], 'base64url').toString())";
    let output = std::process::Command::new("node").args(["-e", script, token]).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_columns_of_the_query_are_members_of_the_answer_and_claims() {
    for cached in [false, true] {
        let (database, service) = with(&format!("{TOML}[session.cookie_cache]\nenabled = {cached}\n"));
        let [ada, eve] = ["ada@example.com", "eve@example.com"].map(|email| service.user(email));
        database.query(
            r#"insert into app_roles select id::text, unnest(array['editor', 'author']) from "user" where email = 'ada@example.com'"#,
        );
        let answer = service.get("/get-session", &ada);
        let shown = answer.json();
        assert_eq!(shown["roles"], json!(["author", "editor"]), "{cached}: {shown}");
        assert_eq!((&shown["user"]["email"], shown.get("sub")), (&"ada@example.com".into(), Some(&"x".into())));
        let token = claims(answer.header("set-auth-jwt").unwrap());
        assert_eq!((&token["roles"], &token["sub"]), (&shown["roles"], &shown["user"]["id"]), "{token}");
        // What is read is the query's answer of now, also of a session that is cached.
        database.query("delete from app_roles");
        assert_eq!(service.get("/get-session", &ada).json()["roles"], Value::Null);
        assert_eq!(service.get("/get-session", &eve).json()["user"]["email"], "eve@example.com");
        assert_eq!(service.get("/list-sessions", &ada).json()[0].get("roles"), None);
        assert_eq!(service.get("/get-session", "").text(), "null");
    }
}

#[test]
fn a_query_that_fails_is_an_error_with_its_cause_in_the_log() {
    let (database, service) = with(TOML);
    let cookie = service.user("ada@example.com");
    database.query("drop table app_roles");
    assert_eq!(service.get("/get-session", &cookie).status, 500);
    assert!(log_lines().iter().any(|line| line.contains("get_session") && line.contains("42P01")));
}

#[test]
fn a_query_that_shows_the_same_to_all_users_is_refused_at_start() {
    let problems = |toml: &str| {
        let all = variables(&[("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", "postgres://u@localhost/x")]);
        let loaded = Config::load(&all, Some(Source { name: "gatepost.toml", text: toml }));
        loaded.err().map(|found| found.to_string()).unwrap_or_default()
    };
    for (toml, expected) in [
        ("enabled = true\n", "`custom_session.query` is missing"),
        ("enabled = true\nquery = \"select 1 as one\"\n", "has no `$1`"),
        ("enabled = true\nquery = \"select $1, $2\"\n", "one query with `$1` alone"),
        ("enabled = true\nquery = \"select $1; delete from x\"\n", "without `;`"),
        ("query = \"select $1\"\n", "no effect while `custom_session.enabled` is off"),
    ] {
        let found = problems(&format!("[custom_session]\n{toml}"));
        assert!(found.contains(expected), "{toml}: {found}");
    }
    assert_eq!(problems(TOML), "");
}
