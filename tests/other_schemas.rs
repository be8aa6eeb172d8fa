//! The behaviours are the same whatever tables and columns are called, whoever makes identifiers, and on the tables that
//! Drizzle and Prisma make: this program runs again with another schema, its comparisons with better-auth included, which is
//! given the same options.

use std::time::Duration;

use super::support::{again, schema};

/// What is not run again, and why. All else is: a test that is added is among it.
const NOT_AGAIN: [(&str, &[&str]); 4] = [
    (
        "no row is read or written, but for noise in the place of cookies, tokens and states, whose genuine forms others send",
        &["configuration::", "environment::", "parsers::", "redirects::", "stateless::", "structure::"],
    ),
    ("no table is read: the connection is refused", &["refused_connections::"]),
    (
        "it is about the tables themselves, and changes or names them by itself",
        &[
            "additional_fields::",
            "advisories_tables::",
            "database_urls::",
            "declarations::",
            "diagnosis::",
            "incomplete_tables::",
            "migration::",
            "naming::",
            "older_versions::",
            "other_schemas::",
            "printed_fixes::",
            "real_schemas::",
            "refused_rows::",
            "statement_texts::",
            "repeated_addresses::",
            "times_in_text::",
            "told_causes::",
            "undone::",
        ],
    ),
    (
        "hundreds of processes, and half a minute of standing still, around the statements of signing in and of reading a \
         session; the pooler's are tests of other files",
        &["bursts::", "freezing::", "pooler::"],
    ),
];

/// What is run again with other names alone: the same statements as by default, under options that are about other things than
/// rows.
const WITH_NAMES_ALONE: [&str; 13] = [
    "conformance::another_base_path",
    "conformance::configured_cookies",
    "conformance::configured_lengths",
    "conformance::deferred_refresh",
    "conformance::disabled_passwords",
    "conformance::secure_cookies",
    "conformance::sessions_without_refresh",
    "conformance::short_sessions",
    "conformance::tokens_with_es",
    "conformance::tokens_with_ps256",
    "conformance::tokens_with_rs256",
    "conformance::rate_limits_are",
    "conformance::trusted_origins",
];

/// What is not run again where the tables are not better-auth's own: the tests name tables and columns themselves.
const NAMES_THEIR_OWN: [&str; 2] =
    ["conformance::columns_of_features_with_other_names", "conformance::second_factors_with_options"];

/// What is not run again on tables of Drizzle and Prisma: `gatepost doctor` says more there, that defaults like `now()` write the
/// time of the database's time zone, and these tests expect every one of its findings.
const NOT_IN_ZONES: [&str; 3] = [
    "doctor::a_deployment_that_works_passes_every_check",
    "doctor::a_plugin_of_better_auth_keeps_nobody_out_here",
    "secondary_storage_setup::doctor_says_whether_it_answers_and_what_to_do_where_it_does_not",
];

/// Each takes about four minutes on two cores that do nothing else.
const LIMIT: Duration = Duration::from_secs(1_500);

fn again_with(asked: &str) {
    let with_names_alone = if asked == "renamed" { &[][..] } else { &WITH_NAMES_ALONE };
    let in_zones = if matches!(asked, "drizzle" | "prisma") { &NOT_IN_ZONES[..] } else { &[] };
    let groups = NOT_AGAIN.iter().flat_map(|(_, groups)| *groups).chain(with_names_alone).chain(in_zones);
    let is_of_others = matches!(asked, "renamed" | "drizzle" | "prisma");
    let groups = groups.chain(if is_of_others { &NAMES_THEIR_OWN[..] } else { &[] });
    let arguments = groups.flat_map(|group| ["--skip", *group]);
    let passed = again::run(arguments, (schema::VARIABLE, asked), LIMIT);
    assert!(passed > 250, "only {passed} tests ran");
}

#[test]
#[ignore = "it takes minutes: .ci/again other_names"]
fn the_behaviours_are_the_same_with_other_names() {
    again_with("renamed");
}

#[test]
#[ignore = "it takes minutes: .ci/again uuids"]
fn the_behaviours_are_the_same_with_uuids() {
    again_with("uuid");
}

#[test]
#[ignore = "it takes minutes: .ci/again serial_numbers"]
fn the_behaviours_are_the_same_with_serial_numbers() {
    again_with("serial");
}

#[test]
#[ignore = "it takes minutes: .ci/again tables_of_drizzle"]
fn the_behaviours_are_the_same_on_tables_of_drizzle() {
    again_with("drizzle");
}

#[test]
#[ignore = "it takes minutes: .ci/again tables_of_prisma"]
fn the_behaviours_are_the_same_on_tables_of_prisma() {
    again_with("prisma");
}

#[test]
fn what_is_not_run_again_exists() {
    let modules = include_str!("main.rs");
    for group in NOT_AGAIN.iter().flat_map(|(_, groups)| *groups) {
        assert!(modules.contains(&format!("\nmod {};", group.trim_end_matches("::"))), "{group}");
    }
    let comparisons = include_str!("conformance.rs");
    let files = [include_str!("doctor.rs"), include_str!("secondary_storage_setup.rs")];
    for test in NOT_IN_ZONES {
        let name = test.rsplit("::").next().unwrap();
        assert!(files.iter().any(|file| file.contains(&format!("\nfn {name}()"))), "{test}");
    }
    for test in WITH_NAMES_ALONE.iter().chain(&NAMES_THEIR_OWN) {
        assert!(comparisons.contains(&format!("\n    {}", test.trim_start_matches("conformance::"))), "{test}");
    }
}
