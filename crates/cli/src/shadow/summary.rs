//! The result of a comparison.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use crate::plural::counted;

/// Counts of requests, and the endpoints that differ.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Requests that arrived or were recorded.
    pub answered: u64,
    /// Requests that change something, or of which that is not known: only the server of `--from` received them.
    pub only_old: u64,
    /// Requests that both servers answered equally.
    pub same: u64,
    /// Requests that the servers answered differently, by endpoint.
    pub differing: BTreeMap<String, u64>,
    /// Requests without an answer of one server.
    pub failed: u64,
    /// Requests that were not compared, because too many waited for the server of `--to`.
    pub left_out: u64,
}

impl Summary {
    /// Counts a request that the servers answered differently.
    pub(super) fn different(&mut self, endpoint: &str) {
        *self.differing.entry(endpoint.to_owned()).or_default() += 1;
    }

    /// Requests that the servers answered differently.
    pub fn differences(&self) -> u64 {
        self.differing.values().sum()
    }

    /// Requests that are still without an answer of the server of `--to`.
    pub fn unfinished(&self) -> u64 {
        let counted = self.only_old + self.same + self.differences() + self.failed + self.left_out;
        self.answered.saturating_sub(counted)
    }

    /// The exit status. 0: all answers that were compared are equal. 1: some differ, or a server did not answer. 2: nothing was compared.
    pub fn status(&self) -> u8 {
        if self.differences() + self.failed + self.unfinished() > 0 {
            1
        } else if self.same == 0 {
            2
        } else {
            0
        }
    }

    /// The summary as a JSON object.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (endpoint, count) in &self.differing {
            writeln!(f, "{count:>6} differ: {endpoint}")?;
        }
        write!(
            f,
            "{}: {} the same, {} different, {} only for --from, {} left out because --to was busy, {} failed, {} without an \
             answer of --to",
            counted(self.answered, "request"),
            self.same,
            self.differences(),
            self.only_old,
            self.left_out,
            self.failed,
            self.unfinished()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_that_of_the_worst_answer() {
        let status = |summary: Summary| summary.status();
        assert_eq!(status(Summary { answered: 2, same: 1, only_old: 1, ..Summary::default() }), 0);
        assert_eq!(status(Summary { answered: 2, same: 1, left_out: 1, ..Summary::default() }), 0);
        assert_eq!(status(Summary { answered: 1, only_old: 1, ..Summary::default() }), 2);
        assert_eq!(status(Summary { answered: 2, same: 1, failed: 1, ..Summary::default() }), 1);
        assert_eq!(status(Summary { answered: 2, same: 1, ..Summary::default() }), 1, "one is without an answer");
        let mut different = Summary { answered: 2, same: 1, ..Summary::default() };
        different.different("/token");
        assert_eq!((different.status(), different.unfinished()), (1, 0));
    }
}
