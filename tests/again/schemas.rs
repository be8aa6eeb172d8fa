//! Other names of tables and columns, identifiers that the database makes, and the tables that Drizzle and Prisma make: every
//! behaviour stays the same. Every comparison with better-auth, which runs with the same options, stays the same too.

use super::run::{LeftOut, run};

/// Tests that do not run again, and why. All others do: a test that is added is among them.
const NOT_AGAIN: [LeftOut; 4] = [
    (
        "no row is read or written, but for noise in the place of cookies, tokens and states, whose genuine forms others send",
        &["problems::", "environment::", "parsers::", "redirects::", "stateless::", "project::"],
    ),
    ("no table is read: the connection is refused", &["refused_connections::"]),
    (
        "it is about the tables themselves, and changes them, names them or chooses their identifiers by itself",
        &[
            "additional_fields::",
            "administration::attack_administrators_who_remove_or_ban",
            "advisories_tables::",
            "database_urls::",
            "declarations::",
            "diagnosis::",
            "events::events_work_in_tables_of_other_names_and_identifiers",
            "generated_ids::",
            "import_users::identifiers_are_kept",
            "imported_users::a_row_with_the_identifier",
            "incomplete_tables::",
            "migration::",
            "naming::",
            "older_versions::",
            "organization_fields::a_field_that_no_request",
            "organization_fields::a_missing_required_field",
            "organization_keys::attack_a_key_that_no_list",
            "organization_roles::roles_are_the_same_with",
            "organization_teams::teams_are_the_same_with",
            "printed_fixes::",
            "real_schemas::",
            "recognition::",
            "refused_rows::",
            "statement_texts::",
            "switching::",
            "repeated_addresses::",
            "safe_fixes::",
            "served_statements::",
            "sign_up_organizations::identifiers_of_the_database",
            "sign_up_organizations::the_first_session_comes_later",
            "times_in_text::",
            "told_causes::",
            "undone::",
            "verdicts::",
        ],
    ),
    (
        "hundreds of processes, and half a minute of standing still, around the statements of signing in and of reading a \
         session",
        &["bursts::", "freezing::"],
    ),
];

const WITH_NAMES_ALONE: LeftOut = (
    "the statements are those of the default names, under options that are about other things than rows; with other names \
     alone they run again",
    &[
        "configurations::another_base_path",
        "configurations::configured_cookies",
        "configurations::configured_lengths",
        "configurations::deferred_refresh",
        "configurations::disabled_passwords",
        "configurations::secure_cookies",
        "configurations::sessions_without_refresh",
        "configurations::short_sessions",
        "configurations::tokens_with_es",
        "configurations::tokens_with_ps256",
        "configurations::tokens_with_rs256",
        "configurations::rate_limits_are",
        "configurations::trusted_origins",
    ],
);

const NAMES_THEIR_OWN: LeftOut = (
    "the tests name tables and columns themselves, which have other names here",
    &[
        "api_keys::keys_of_better_auth",
        "configurations::api_keys_",
        "configurations::columns_of_features_with_other_names",
        "configurations::second_factors_with_options",
        "anonymous::hooks_move",
        "anonymous::node_links",
        "audit::a_change_whose_note",
        "audit::old_notes_are_removed",
        "accounts::events::",
        "custom_session::the_columns_of_the_query",
        "organizations_matrix::every_endpoint",
        "configurations::passkeys_with_options",
        "passkeys::passkeys_and_challenges_of_better_auth",
        "passkeys::a_session_that_has_ended",
        "sign_up_organizations::an_organization_that_the_database",
        "sign_up_rules::the_table_of_invitations",
        "stored_functions::a_column_of_another_type",
        "stored_sessions::attack_a_list_of_api_keys",
    ],
);

const NOT_WITH_TYPED_IDENTIFIERS: LeftOut = (
    "better-auth answers 500 to identifiers that a column of this type cannot have, and the scenarios of organizations send many",
    &[
        "configurations::api_keys_of_organizations",
        "configurations::organizations_",
        "configurations::roles_that_organizations",
        "configurations::teams_are",
    ],
);

const NOT_IN_ZONES: LeftOut = (
    "`gatepost doctor` has one more finding here, that defaults like `now()` write the time of the database's time zone, and the \
     tests expect every finding",
    &[
        "doctor::a_deployment_that_works_passes_every_check",
        "doctor::a_plugin_of_better_auth_keeps_nobody_out_here",
        "secondary_storage_setup::doctor_says_whether_it_answers_and_what_to_do_where_it_does_not",
    ],
);

fn again_with(asked: &str) {
    let mut left_out = NOT_AGAIN.to_vec();
    if asked != "renamed" {
        left_out.push(WITH_NAMES_ALONE);
    }
    if matches!(asked, "drizzle" | "prisma") {
        left_out.push(NOT_IN_ZONES);
    }
    if matches!(asked, "uuid" | "serial") {
        left_out.push(NOT_WITH_TYPED_IDENTIFIERS);
    }
    if matches!(asked, "renamed" | "drizzle" | "prisma") {
        left_out.push(NAMES_THEIR_OWN);
    }
    let passed = run(&left_out, ("GATEPOST_TEST_SCHEMA", asked));
    assert!(passed > 250, "only {passed} tests ran");
}

#[test]
fn the_behaviours_are_the_same_with_other_names() {
    again_with("renamed");
}

#[test]
fn the_behaviours_are_the_same_with_uuids() {
    again_with("uuid");
}

#[test]
fn the_behaviours_are_the_same_with_serial_numbers() {
    again_with("serial");
}

#[test]
fn the_behaviours_are_the_same_on_tables_of_drizzle() {
    again_with("drizzle");
}

#[test]
fn the_behaviours_are_the_same_on_tables_of_prisma() {
    again_with("prisma");
}
