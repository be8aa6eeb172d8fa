//! The round trips of one request and the time that its steps took.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use crate::stopwatch::Stopwatch;

/// The number of round trips of one request to the database and to the secondary storage.
#[derive(Default)]
pub struct Trips {
    statements: AtomicU32,
    commands: AtomicU32,
    /// Measures the steps of the request.
    pub watch: Stopwatch,
}

impl Trips {
    /// Counts a statement, which is one round trip to the database.
    pub(super) fn sent(&self) {
        self.statements.fetch_add(1, Relaxed);
    }

    /// Counts a command, which is one round trip to the secondary storage.
    pub(super) fn commanded(&self) {
        self.commands.fetch_add(1, Relaxed);
    }

    /// Returns how many statements were sent so far.
    pub fn statements(&self) -> u32 {
        self.statements.load(Relaxed)
    }

    /// Returns how many commands were sent so far.
    pub fn commands(&self) -> u32 {
        self.commands.load(Relaxed)
    }
}
