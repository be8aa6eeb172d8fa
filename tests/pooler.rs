//! Behind PgBouncer in transaction mode with a single connection for each database the behaviours are the same: tests of other
//! files are run again with a pooler between them and their databases.

use std::time::Duration;

use super::support::{again, pooler};

/// What is not run again, and why.
const NOT_AGAIN: [(&str, &[&str]); 4] = [
    (
        "no statement is sent, or what is sent is not what it is about",
        &["configuration::", "environment::", "parsers::", "redirects::", "structure::", "vectors::"],
    ),
    (
        "it compares seconds, which pass while others have the connection; counting is tested here too",
        &["conformance::rate_limits_"],
    ),
    (
        "it has servers or poolers of its own",
        &["bursts::", "database_urls::", "freezing::", "full_disk::", "refused_connections::"],
    ),
    (
        "it is about a login that the server refuses, about another role's login, or counts the server's connections: a pooler \
         has its own",
        &[
            "a_wrong_password",
            "doctor::the_database_is_not_reached",
            "doctor::the_role_may_not_write",
            "idle_connections_are_closed",
            "least_privilege::",
        ],
    ),
];

/// It takes about four minutes on two cores that do nothing else.
const LIMIT: Duration = Duration::from_secs(1_500);

#[test]
#[ignore = "it takes minutes: .ci/again pooler"]
fn the_behaviours_are_the_same_behind_a_transaction_pooler_with_one_connection() {
    if !pooler::is_installed() {
        return println!("{}", pooler::MISSING);
    }
    let without = NOT_AGAIN.iter().flat_map(|(_, names)| *names).flat_map(|name| ["--skip", *name]);
    let passed = again::run(without, (pooler::VARIABLE, "1"), LIMIT);
    assert!(passed > 300, "only {passed} tests ran");
}
