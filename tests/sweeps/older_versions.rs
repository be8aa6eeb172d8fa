//! Databases that other versions of better-auth have made are served as they are: users, sessions, passwords and keys of
//! each, and the whole way of a new user beside them, without a migration.

use std::{
    process::{Command, Stdio},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use gatepost_cli::migrate;
use gatepost_core::config::{ConnectionOptions, Schema};
use serde_json::Value;

use crate::support::{
    SECRET, node,
    postgres::{Database, block_on},
    service::{DEFAULT, Service},
};

const MINUTE: Duration = Duration::from_secs(60);
const LEFTOVER: &str = "`account.issuer` is a leftover of better-auth 1.7.0 to 1.7.2";

/// Lets a version make its schema with Ada in it; its cookie, and the token that it signed.
fn made_by(version: &str, database: &Database, origin: &str) -> (String, String) {
    let mut child = Command::new("node")
        .args(["make.mjs", version])
        .current_dir(node::older())
        .env("DATABASE_URL", &database.url)
        .env("BETTER_AUTH_SECRET", SECRET)
        .env("ORIGIN", origin)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let output = node::wait(&mut child, MINUTE);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |key: &str| said[key].as_str().unwrap().to_owned();
    (text("cookie"), text("token"))
}

fn columns(database: &Database) -> Vec<Vec<Option<String>>> {
    database.query("select table_name, column_name, data_type, is_nullable from information_schema.columns where table_schema = 'public' order by 1, ordinal_position")
}

/// The key that signed a token.
fn kid(token: &str) -> String {
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    serde_json::from_slice::<Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned()
}

fn served(version: &str) {
    let database = Database::empty();
    let toml = format!("{DEFAULT}[jwt]\nenabled = true\n[user.delete_user]\nenabled = true\n");
    let service = Service::with(&toml, &[("DATABASE_URL", &database.url)]);
    let (cookie, token) = made_by(version, &database, &service.url);
    let tables = columns(&database);

    // The session goes on, and the key that signed signs.
    let read = service.get("/get-session", &cookie);
    assert_eq!(read.json()["user"]["email"], "ada@example.com", "{}", read.text());
    assert_eq!(kid(read.header("set-auth-jwt").unwrap()), kid(&token));
    let keys = service.get("/jwks", "").json();
    assert_eq!((&keys["keys"][0]["kid"], &keys["keys"][0]["alg"]), (&kid(&token).into(), &"EdDSA".into()));
    // A key is made where the one that is there signs no more.
    database.query(r#"update jwks set "expiresAt" = now()"#);
    let another = Service::with(&toml, &[("DATABASE_URL", &database.url)]);
    assert_ne!(kid(another.get("/token", &cookie).json()["token"].as_str().unwrap()), kid(&token));
    assert_eq!(database.value("select count(*) from jwks"), "2");

    // The password opens, is changed, and opens again.
    let sign_in = |password: &str| {
        service.post("/sign-in/email", "", &format!(r#"{{"email":"ada@example.com","password":"{password}"}}"#))
    };
    assert_eq!(sign_in("correct horse battery").status, 200);
    let change =
        r#"{"currentPassword":"correct horse battery","newPassword":"another password","revokeOtherSessions":true}"#;
    let cookie = service.post("/change-password", &cookie, change).cookies();
    assert_eq!((sign_in("correct horse battery").status, sign_in("another password").status), (401, 200));
    assert_eq!(service.get("/list-accounts", &cookie).json()[0]["providerId"], "credential");

    // A new user goes the whole way.
    let said = node::run("journey.mjs", &["--url", &service.url], MINUTE);
    assert!(said.contains(" passed, 0 failed"), "{said}");
    assert_eq!(service.post("/delete-user", &cookie, r#"{"password":"another password"}"#).status, 200);
    assert_eq!(columns(&database), tables);

    // A migration adds what is new and leaves alone what is old.
    let plan = block_on(async {
        migrate::migrate(&database.direct, &ConnectionOptions::default(), &Schema::default()).await.unwrap()
    });
    assert_eq!(plan.created, Vec::<String>::new());
    assert_eq!(
        plan.warnings.iter().any(|warning| warning.starts_with(LEFTOVER)),
        matches!(version, "1.7.0" | "1.7.1" | "1.7.2")
    );
    let after = columns(&database);
    assert!(tables.iter().all(|column| after.contains(column)));
    service.user("eve@example.com");
}

macro_rules! versions {
    ($($test:ident: $version:literal,)*) => { $(#[test] fn $test() { served($version); })* };
}

versions! {
    a_database_of_better_auth_1_4_is_served_without_a_migration: "1.4",
    a_database_of_better_auth_1_6_is_served_without_a_migration: "1.6",
    a_database_of_better_auth_1_7_0_is_served_without_a_migration: "1.7.0",
    a_database_of_better_auth_1_7_1_is_served_without_a_migration: "1.7.1",
    a_database_of_better_auth_1_7_2_is_served_without_a_migration: "1.7.2",
    a_database_of_better_auth_1_7_25_is_served_without_a_migration: "1.7.25",
}
