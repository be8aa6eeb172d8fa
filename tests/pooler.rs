//! Behind PgBouncer in transaction mode with a single connection for each database: the behaviours are the same. Tests of
//! other files are run again with a pooler between them and their databases.
//!
//! All of them: `GATEPOST_TEST_POOLER=1 cargo test --test gatepost`.

use std::time::Duration;

use super::support::{again, pooler};

/// They take one or two minutes.
const LIMIT: Duration = Duration::from_secs(900);

/// What is run again: every statement that there is, in the order of one request and by many at once.
const AGAIN: [&str; 8] = [
    "conformance::mails_and_their_links",
    "conformance::columns_of_ones_own",
    "rate_limits::",
    "sessions::",
    "single_use::",
    "statements::",
    "tokens::",
    "on_the_platform::a_session_survives",
];

#[test]
fn the_behaviours_are_the_same_behind_a_transaction_pooler_with_one_connection() {
    if !pooler::is_installed() {
        return println!("{}", pooler::MISSING);
    }
    // That one is about Node, of which it starts many.
    let without = ["--skip", "keys_that_better_auth_stored", "--test-threads", "3"];
    let passed = again::run(AGAIN.into_iter().chain(without), (pooler::VARIABLE, "1"), LIMIT);
    assert!(passed >= AGAIN.len(), "only {passed} tests ran");
}
