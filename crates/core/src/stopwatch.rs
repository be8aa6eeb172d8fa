//! The times of a request's steps. They are measured by the pool's clock, and only if that is configured; a wait for a connection
//! that is too long is recorded in any case, with the pool's status.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use serde::Serialize;

/// Reads the wall clock. The edge passes it in, like the time of a request, because the pool needs it between requests too.
pub type Clock = fn() -> Timestamp;

/// The kind of work that took time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKind {
    /// Waiting for a connection: one that becomes free, or a new one.
    Wait,
    /// One round trip to the database.
    Database,
    /// Hashing a password.
    Crypto,
}

/// A step that took time.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// The kind of work.
    pub kind: StepKind,
    /// The start of the step.
    pub from: Timestamp,
    /// The end of the step.
    pub to: Timestamp,
}

/// The status of the pool, as of the end of a long wait.
#[derive(Debug, Clone, Serialize)]
pub struct PoolStatus {
    /// The duration of the wait, in milliseconds.
    pub waited_milliseconds: f64,
    /// The number of connections that are open or being opened.
    pub open: usize,
    /// The number of idle connections among them.
    pub idle: usize,
    /// The number of other requests that wait.
    pub waiting: usize,
    /// The maximum number of connections: `database.max_connections`.
    pub max: usize,
}

/// The times of one request's steps.
#[derive(Default)]
pub struct Stopwatch {
    clock: Option<Clock>,
    steps: Mutex<Vec<Step>>,
    pool: Mutex<Option<PoolStatus>>,
}

impl Stopwatch {
    /// Creates a stopwatch that measures; [`Stopwatch::default`] does not, and reads no clock.
    pub fn on(clock: Clock) -> Self {
        Self { clock: Some(clock), ..Self::default() }
    }

    /// Does the work, and records how long it took.
    pub async fn measure<T>(&self, kind: StepKind, work: impl Future<Output = T>) -> T {
        let Some(clock) = self.clock else { return work.await };
        let from = clock();
        let done = work.await;
        self.note(Step { kind, from, to: clock() });
        done
    }

    /// Records a step that the caller has measured.
    pub(crate) fn note(&self, step: Step) {
        if self.clock.is_some() {
            self.steps.lock().unwrap_or_else(PoisonError::into_inner).push(step);
        }
    }

    /// Records the status of the pool after a long wait, unless a longer wait is recorded.
    pub(crate) fn record_pool(&self, status: PoolStatus) {
        let mut longest = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        if longest.as_ref().is_none_or(|longest| longest.waited_milliseconds < status.waited_milliseconds) {
            *longest = Some(status);
        }
    }

    /// Returns the status of the pool after the longest wait, if any was long.
    pub fn pool(&self) -> Option<PoolStatus> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns all recorded steps, in the order in which they ended.
    pub fn steps(&self) -> Vec<Step> {
        self.steps.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the header `Server-Timing` (W3C) of a request that took `took` in total.
    pub fn server_timing(&self, endpoint: &str, took: Duration) -> String {
        let steps = self.steps();
        let of = |kind| steps.iter().filter(|step| step.kind == kind).map(|step| span(step.from, step.to)).sum();
        let part = |name: &str, took| format!("{name};dur={}", milliseconds(took));
        let parts = [
            part("wait", of(StepKind::Wait)),
            part("db", of(StepKind::Database)),
            part("crypto", of(StepKind::Crypto)),
        ];
        format!("route;desc=\"{endpoint}\";dur={}, {}", milliseconds(took), parts.join(", "))
    }
}

/// Returns the time between two readings of a wall clock; zero if the clock was set back.
pub(crate) fn span(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

/// Returns milliseconds with two decimals.
pub(crate) fn milliseconds(took: Duration) -> f64 {
    (took.as_secs_f64() * 100_000.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_one_kind_are_added_up_and_a_clock_that_was_set_back_counts_nothing() {
        let at = |milliseconds| Timestamp::from_millisecond(milliseconds).unwrap();
        let watch = Stopwatch::on(|| Timestamp::UNIX_EPOCH);
        for (kind, from, to) in [(StepKind::Database, 1, 3), (StepKind::Database, 3, 4), (StepKind::Wait, 9, 1)] {
            watch.note(Step { kind, from: at(from), to: at(to) });
        }
        let header = watch.server_timing("get_session", Duration::from_micros(4_567));
        assert_eq!(header, r#"route;desc="get_session";dur=4.57, wait;dur=0, db;dur=3, crypto;dur=0"#);
        let off = Stopwatch::default();
        off.note(Step { kind: StepKind::Wait, from: at(1), to: at(2) });
        assert!(off.steps().is_empty());
    }
}
