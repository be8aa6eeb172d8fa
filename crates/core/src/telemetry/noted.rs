//! The records of requests until they are sent to the collector.

use std::collections::BTreeMap;

use http::Method;
use jiff::Timestamp;
use serde_json::Value;

use crate::{reason::Reason, stopwatch::Step};

/// The upper bounds of the histogram of waits, in seconds.
pub(super) const BOUNDS: [f64; 8] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0];

/// The record of an answered request.
pub(crate) struct AnsweredRequest {
    /// The identifier of the endpoint.
    pub(crate) endpoint: Option<&'static str>,
    /// The method of the request.
    pub(crate) method: Method,
    /// The status of the answer.
    pub(crate) status: u16,
    /// The reason for `null` or an error.
    pub(crate) reason: Option<Reason>,
    /// The number of round trips to the database.
    pub(crate) statements: u32,
    /// The time when the request arrived.
    pub(crate) from: Timestamp,
    /// The time when the request was answered.
    pub(crate) to: Timestamp,
    /// The steps that took time.
    pub(crate) steps: Vec<Step>,
    /// The header `traceparent`.
    pub(crate) parent: Option<String>,
    /// The randomness for identifiers.
    pub(crate) seed: [u8; 32],
}

/// The records so far. Counts begin with the process, as collectors expect.
#[derive(Default)]
pub(super) struct RecordedRequests {
    /// The spans that wait to be sent.
    pub(super) spans: Vec<Value>,
    /// Whether everything is sent or being sent.
    pub(super) sent: bool,
    /// The time of the first request.
    pub(super) started: Option<Timestamp>,
    /// The identifier of the process.
    pub(super) instance: String,
    /// The number of requests by endpoint, status and reason.
    pub(super) requests: BTreeMap<(&'static str, u16, &'static str), u64>,
    /// The number of round trips to the database.
    pub(super) round_trips: u64,
    /// The number of waits by [`BOUNDS`]; the last count is of longer ones.
    pub(super) waits: [u64; BOUNDS.len() + 1],
    /// The total time of all waits, in seconds.
    pub(super) waited: f64,
}
