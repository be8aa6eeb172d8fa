//! Functions that stand still with open connections, as on a platform that freezes them too early. The server has closed the
//! connections meanwhile; the first request afterwards does not notice. `cargo bench -- freeze` freezes them for a minute.

use std::time::Duration;

use super::support::freezing::freeze;

#[test]
fn the_first_request_after_a_freeze_is_served_200_times_of_200_with_one_connect_each() {
    let mut times = [Duration::from_secs(1); 10];
    // Longer than a connection is trusted.
    times[9] = Duration::from_secs(10);
    let outcome = freeze("frozen", &times);
    assert_eq!((outcome.served, outcome.asked), (200, 200));
    assert!(outcome.connections <= outcome.asked, "{} connections", outcome.connections);
}
