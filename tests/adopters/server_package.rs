//! `packages/server`: its own tests on Node and on Bun, and its answers beside those of better-auth in process.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use crate::support::{SECRET, node, postgres::Database, provider::Provider, schema, service::Service};

const LIMIT: Duration = Duration::from_secs(120);

/// Runs a program in the package's folder; fails with what it printed.
fn run(program: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(node::server_package()).stdin(Stdio::null());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let output = node::wait(&mut child, LIMIT);
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} {arguments:?}:\n{text}", program.display());
    text
}

#[test]
fn the_package_keeps_its_promises_on_node() {
    let said = run(Path::new("npm"), &["test", "--silent"]);
    assert!(said.contains("# fail 0") && !said.contains("# pass 0"), "{said}");
}

#[test]
fn the_package_keeps_its_promises_on_bun() {
    let folder = node::server_package();
    // The platform's own package has the program until an install script, which does not run here, moves it.
    let places =
        ["node_modules/@oven/bun-linux-x64/bin/bun", "node_modules/bun/bin/bun.exe"].map(|path| folder.join(path));
    let Some(bun) = places.iter().find(|path| path.exists()) else {
        println!("skipped: the npm package `bun` has no program for this platform");
        return;
    };
    let said = run(bun, &["test", "./test/calls.test.mjs", "./test/handler.test.mjs", "./test/tokens.test.mjs"]);
    assert!(said.contains(" 0 fail") && !said.contains("\n 0 pass"), "{said}");
}

#[test]
fn the_package_is_typed_as_better_auth_in_process() {
    run(&node::server_package().join("node_modules/.bin/tsc"), &["-p", "test"]);
}

#[test]
fn the_package_has_no_dependency_at_run_time() {
    let manifest = std::fs::read_to_string(node::server_package().join("package.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!((manifest.get("dependencies"), manifest["version"].as_str()), (None, Some(env!("CARGO_PKG_VERSION"))));
}

const TOML: &str = "
[email_and_password]
enabled = true
[user.delete_user]
enabled = true
[username]
enabled = true
[two_factor]
enabled = true
[jwt]
[rate_limit]
enabled = false
";

#[test]
fn answers_and_errors_are_those_of_better_auth_in_process() {
    node::server_package();
    let (theirs, ours) = (Database::empty(), Database::new());
    let mails = tempfile::tempdir().unwrap();
    let email_url = format!("file:{}", mails.path().join("mails").display());
    let variables = [("DATABASE_URL", ours.url.as_str()), ("EMAIL_URL", &email_url)];
    crate::support::server::migrated_to(&ours.direct, &schema::of(TOML));
    let service = Service::with(TOML, &variables);
    let arguments = ["--database", &theirs.direct, "--service", &service.url];
    let said = node::run_with("in-process.mjs", &arguments, &[("BETTER_AUTH_SECRET", SECRET)], LIMIT);
    assert!(said.contains(" passed, 0 failed"), "{said}");
}

/// A service that caches sessions in this way, read by the package.
fn cached(strategy: &str, toml: &str) {
    node::server_package();
    let database = Database::new();
    let toml = format!("[email_and_password]\nenabled = true\n[session.cookie_cache]\nenabled = true\n{toml}");
    let service = Service::with(&toml, &[("DATABASE_URL", &database.url)]);
    let arguments = ["--service", &service.url, "--strategy", strategy];
    let said = node::run_with("server-package.mjs", &arguments, &[("BETTER_AUTH_SECRET", SECRET)], LIMIT);
    assert!(said.contains(" passed, 0 failed"), "{said}");
}

#[test]
fn a_compact_cached_session_is_read_without_a_request() {
    cached("compact", "");
}

#[test]
fn a_cached_session_as_jwt_is_read_without_a_request() {
    cached("jwt", "strategy = \"jwt\"\n");
}

#[test]
fn a_cached_session_as_jwe_is_read_without_a_request() {
    cached("jwe", "strategy = \"jwe\"\n");
}

#[test]
fn a_cached_session_of_the_signing_keys_is_read_without_the_secret() {
    cached("keys", "strategy = \"jwt\"\n[jwt]\nsession_cookie_cache = true\n");
}

#[test]
fn the_client_of_expo_signs_in_through_the_handler() {
    let database = Database::new();
    let provider = Provider::new();
    let toml = "trusted_origins = [\"myapp://\", \"https://app.example.com\"]\n[email_and_password]\nenabled = true\n[social.github]\n";
    let variables = [
        ("DATABASE_URL", database.url.as_str()),
        ("GITHUB_CLIENT_ID", "id"),
        ("GITHUB_CLIENT_SECRET", "secret"),
        ("GATEPOST_FETCH_REWRITE", &provider.rewrites),
    ];
    let service = Service::with(toml, &variables);
    let script = node::server_package().join("test/expo.mjs");
    let arguments = ["--service", &service.url];
    let said = node::run_with(script.to_str().unwrap(), &arguments, &[("BETTER_AUTH_SECRET", SECRET)], LIMIT);
    assert!(said.contains(" passed, 0 failed"), "{said}");
}

#[test]
fn no_lock_file_of_the_package_and_its_recipes_names_a_registry() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("packages/server");
    let recipes = std::fs::read_dir(folder.join("recipes")).unwrap().map(|entry| entry.unwrap().path());
    let locks: Vec<_> =
        recipes.chain([folder]).map(|folder| folder.join("package-lock.json")).filter(|lock| lock.exists()).collect();
    assert_eq!(locks.len(), 8);
    for lock in locks {
        let text = std::fs::read_to_string(&lock).unwrap();
        assert!(!text.contains("\"resolved\"") && !text.contains("registry"), "{}", lock.display());
    }
}
