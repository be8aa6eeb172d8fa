//! What is noted of requests until it leaves for the collector.

use std::collections::BTreeMap;

use http::Method;
use jiff::Timestamp;
use serde_json::Value;

use crate::{reason::Reason, stopwatch::Step};

/// Seconds: the bounds of the histogram of waits.
pub(super) const BOUNDS: [f64; 8] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0];

/// What is known of a request that was answered.
pub(crate) struct Answered {
    /// The endpoint's id.
    pub(crate) endpoint: Option<&'static str>,
    /// GET, POST.
    pub(crate) method: Method,
    /// The answer's.
    pub(crate) status: u16,
    /// Why it is `null` or an error.
    pub(crate) reason: Option<Reason>,
    /// Round trips to the database.
    pub(crate) statements: u32,
    /// When it came.
    pub(crate) from: Timestamp,
    /// When it was answered.
    pub(crate) to: Timestamp,
    /// What took time.
    pub(crate) steps: Vec<Step>,
    /// The header `traceparent`.
    pub(crate) parent: Option<String>,
    /// Randomness for identifiers.
    pub(crate) seed: [u8; 32],
}

/// What was noted so far. Counts are from the start of the process, as collectors want them.
#[derive(Default)]
pub(super) struct Noted {
    /// Spans that wait to leave.
    pub(super) spans: Vec<Value>,
    /// Whether everything here has left, or is leaving.
    pub(super) sent: bool,
    /// When the first request came.
    pub(super) started: Option<Timestamp>,
    /// Names the process.
    pub(super) instance: String,
    /// Requests by endpoint, status and reason.
    pub(super) requests: BTreeMap<(&'static str, u16, &'static str), u64>,
    /// Round trips to the database.
    pub(super) round_trips: u64,
    /// Waits by [`BOUNDS`]; the last count is of longer ones.
    pub(super) waits: [u64; BOUNDS.len() + 1],
    /// Seconds of all waits.
    pub(super) waited: f64,
}
