//! Freezes as long as the platform's: what the tests do with seconds, with a minute.

use std::time::Duration;

use crate::{Row, support::freezing};

pub fn measure() -> Vec<Row> {
    [1, 10, 60]
        .into_iter()
        .map(|seconds| {
            let rounds = if seconds == 60 { 3 } else { 10 };
            let outcome = freezing::freeze(&format!("freeze-{seconds}"), &vec![Duration::from_secs(seconds); rounds]);
            let served = format!("{} of {}, {} connects", outcome.served, outcome.asked, outcome.connections);
            Row::new(&format!("first requests after a freeze of {seconds} s: served"), served, String::new(), "all")
        })
        .collect()
}
