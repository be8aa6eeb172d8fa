//! A pooler with one connection, and WebSockets, between the service and its database: every behaviour is the same.

use super::run::{LeftOut, run};

/// Tests that are not run behind a pooler, and why.
const NOT_BEHIND_A_POOLER: [LeftOut; 4] = [
    (
        "no statement is sent, or what is sent is not what it is about",
        &["problems::", "environment::", "parsers::", "redirects::", "project::", "vectors::"],
    ),
    (
        "it compares seconds, which pass while others have the connection; counting is tested here too",
        &["configurations::rate_limits_"],
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

/// Tests that are not run inside WebSockets, and why.
const NOT_IN_WEBSOCKETS: [LeftOut; 1] = [(
    "it is about TLS of PostgreSQL's own, a port where nothing listens, or what the server itself answers to a login",
    &["database_urls::", "doctor::the_database_is_not_reached", "refused_connections::", "tls::"],
)];

/// Of PgBouncer in transaction mode, with one connection for each database. Fails where PgBouncer is not installed.
#[test]
fn the_behaviours_are_the_same_behind_a_transaction_pooler_with_one_connection() {
    let passed = run(&NOT_BEHIND_A_POOLER, ("GATEPOST_TEST_POOLER", "1"));
    assert!(passed > 300, "only {passed} tests ran");
}

#[test]
fn the_behaviours_are_the_same_inside_websockets() {
    let passed = run(&NOT_IN_WEBSOCKETS, ("GATEPOST_TEST_WEBSOCKET", "1"));
    assert!(passed > 400, "only {passed} tests ran");
}
