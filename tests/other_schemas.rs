//! The behaviours are the same whatever tables and columns are called and whoever makes identifiers: this program runs again
//! with another schema, its comparisons with better-auth included, which is given the same options.

use std::{
    env,
    process::{Command, Stdio},
    time::Duration,
};

use gatepost_cli::edge;

use super::support::{node, schema};

/// What is not run again: what has no table in it, what is about the tables themselves or changes them by SQL of its own, and
/// what takes long or counts seconds. Some of that does read and write rows, as rotations and flows with a discovered provider
/// do: on other schemas it is not shown.
const NOT_AGAIN: [&str; 54] = [
    "browser::",
    "bursts::",
    "configuration::",
    "conformance::another_",
    "conformance::closed_",
    "conformance::configured_",
    "conformance::deferred_",
    "conformance::disabled_",
    "conformance::every_",
    "conformance::flows_",
    "conformance::keys_that_rotate",
    "conformance::protected_",
    "conformance::providers_with_",
    "conformance::rate_limits_",
    "conformance::required_",
    "conformance::secure_",
    "conformance::sessions_in_",
    "conformance::sessions_without_",
    "conformance::short_",
    "conformance::tokens_with_",
    "conformance::trusted_",
    "connecting::",
    "cross_origin::",
    "database_faults::",
    "discovery::",
    "doctor::",
    "environment::",
    "faults_under_load::",
    "freezing::",
    "full_disk::",
    "mail_transports::",
    "migration::",
    "observability::",
    "older_versions::",
    "on_the_platform::",
    "open_api::",
    "other_schemas::",
    "parsers::",
    "pooler::",
    "previews::",
    "provider_interchange::",
    "recipes::",
    "redirects::",
    "secondary_storage::",
    "secondary_storage_faults::",
    "secondary_storage_setup::",
    "rotation::",
    "stateless::",
    "structure::",
    "tls::",
    "vectors::",
    "verification::",
    "websocket::",
    "why_null::",
];

fn again_with(asked: &str) {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(NOT_AGAIN.iter().flat_map(|name| ["--skip", *name]))
        .env(schema::VARIABLE, asked)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let output = node::wait(&mut child, Duration::from_secs(900));
    let said = String::from_utf8_lossy(&output.stdout);
    let failures = said.split_once("\nfailures:\n").map_or(&*said, |(_, failures)| failures);
    assert!(output.status.success(), "{failures}");
    let passed = said.lines().filter(|line| line.starts_with("test ") && line.ends_with(" ... ok")).count();
    assert!(passed > 100, "only {passed} tests ran: {said}");
}

/// Names the schemas to run on: `renamed uuid serial`. Each takes as long as a third of all other tests: `.ci/run` asks.
const WANTED: &str = "GATEPOST_TEST_SCHEMAS";

#[test]
fn the_behaviours_are_the_same_with_other_names_and_with_identifiers_that_the_database_makes() {
    let environment = edge::environment();
    let wanted = environment.get(WANTED).unwrap_or_default();
    if wanted.is_empty() {
        println!(
            "skipped: it takes minutes; {WANTED}=\"renamed uuid serial\" cargo test --test gatepost -- other_schemas"
        );
    }
    wanted.split_whitespace().for_each(again_with);
}
