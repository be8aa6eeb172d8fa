//! The round trips of one request and the time that its steps took.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU32, Ordering::Relaxed},
};

use crate::stopwatch::Stopwatch;

/// The number of round trips of one request to the database and to the secondary storage.
#[derive(Default)]
pub struct RoundTrips {
    statements: AtomicU32,
    commands: AtomicU32,
    notice: Mutex<Option<String>>,
    /// Measures the steps of the request.
    pub watch: Stopwatch,
}

impl RoundTrips {
    /// Counts a statement, which is one round trip to the database.
    pub(super) fn sent(&self) {
        self.statements.fetch_add(1, Relaxed);
    }

    /// Counts a command, which is one round trip to the secondary storage.
    pub(super) fn commanded(&self) {
        self.commands.fetch_add(1, Relaxed);
    }

    /// Keeps a notice for the operator, although the request is answered.
    pub(crate) fn notice(&self, text: String) {
        *self.notice.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
    }

    /// Takes the notice for the operator, if there is one.
    pub(crate) fn take_notice(&self) -> Option<String> {
        self.notice.lock().unwrap_or_else(PoisonError::into_inner).take()
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
