//! Functions that stand still with open connections, as on a platform that freezes them too early. The server has closed the
//! connections meanwhile; the first request afterwards does not notice. `cargo bench -- freeze` freezes them for a minute.

use std::time::Duration;

use crate::support::freezing::{INSTANCES, freeze};

const SECOND: Duration = Duration::from_secs(1);
/// Longer than a connection is trusted.
const LONG: Duration = Duration::from_secs(10);

/// Freezes all instances for each of these times: the first request after each is served, with one connect each at most.
fn served_after(name: &str, times: &[Duration]) {
    let outcome = freeze(name, times);
    let asked = INSTANCES * times.len();
    assert_eq!((outcome.served, outcome.asked), (asked, asked));
    assert!(outcome.connections <= outcome.asked, "{} connections", outcome.connections);
}

#[test]
fn the_first_request_after_a_freeze_is_served_with_one_connect_each() {
    // Connections that the server ended, those that are too old besides, and a server that restarted.
    served_after("frozen", &[SECOND, LONG, SECOND]);
}

#[test]
fn the_first_request_after_a_freeze_is_served_200_times_of_200_with_one_connect_each() {
    let mut times = [SECOND; 10];
    times[9] = LONG;
    served_after("frozen-often", &times);
}
