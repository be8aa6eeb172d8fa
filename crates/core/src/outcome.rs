//! The result of a request for the log: one line of JSON each, without personal data.

use std::{io::Write as _, time::Duration};

use serde::Serialize;

use crate::{
    reason::Reason,
    stopwatch::{PoolStatus, milliseconds},
};

/// The result of a request. It is among the response's extensions, for the edge, which knows the clock.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The identifier of the endpoint, also if the request was refused before it; `None` if no endpoint has the method and the path.
    pub endpoint: Option<&'static str>,
    /// The reason why the answer is `null` or an error.
    pub reason: Option<Reason>,
    /// The number of statements, each of which is one round trip to the database.
    pub statements: u32,
    /// The number of commands, each of which is one round trip to the secondary storage.
    pub commands: u32,
    /// The status of the pool, if the request waited long for a connection.
    pub pool: Option<PoolStatus>,
    /// A notice for the operator, although the request was answered.
    pub notice: Option<String>,
    /// The hooks that decided about the request, in the order in which they were called.
    pub hooks: Vec<CalledHook>,
    /// The cause, for the operator.
    pub cause: Option<String>,
    /// The users whom a request of administration concerns.
    pub audit: Audit,
}

/// The part of the log line about an administrator's request: identifiers of users, and nothing else of them.
#[derive(Debug, Clone, Default)]
pub struct Audit {
    /// The administrator who asked.
    pub actor: Option<String>,
    /// The user whom the request concerns.
    pub target: Option<String>,
    /// The administrator who acts as the session's user.
    pub impersonated_by: Option<String>,
}

/// A hook that decided about a request.
#[derive(Debug, Clone, Serialize)]
pub struct CalledHook {
    /// The name of the hook.
    pub name: String,
    /// `continue`, `set`, `refuse` or `failed`.
    pub verdict: &'static str,
    /// The time that the hook took.
    pub milliseconds: f64,
    /// The reason why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}

/// The maximum number of bytes of a cause in the log: it may contain what a client sent, which may be megabytes.
const LONGEST_CAUSE: usize = 8_000;

fn shortened(cause: &str) -> &str {
    cause.get(..cause.floor_char_boundary(LONGEST_CAUSE)).unwrap_or(cause)
}

#[derive(Serialize)]
struct Line<'a> {
    level: &'a str,
    id: &'a str,
    endpoint: Option<&'a str>,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    impersonated_by: Option<&'a str>,
    milliseconds: f64,
    round_trips: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    secondary_round_trips: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pool: Option<&'a PoolStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    hooks: &'a [CalledHook],
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'a str>,
}

impl Outcome {
    /// Returns the log line of the request `id`.
    pub fn line(&self, id: &str, status: http::StatusCode, took: Duration) -> String {
        let line = Line {
            level: if status.is_server_error() { "error" } else { "info" },
            id,
            endpoint: self.endpoint,
            status: status.as_u16(),
            reason: self.reason.map(Reason::name),
            actor: self.audit.actor.as_deref(),
            target: self.audit.target.as_deref().map(shortened),
            impersonated_by: self.audit.impersonated_by.as_deref(),
            milliseconds: milliseconds(took),
            round_trips: self.statements,
            secondary_round_trips: Some(self.commands).filter(|commands| *commands > 0),
            pool: self.pool.as_ref(),
            notice: self.notice.as_deref().map(shortened),
            hooks: &self.hooks,
            cause: self.cause.as_deref().map(shortened),
        };
        serde_json::to_string(&line).unwrap_or_default()
    }

    /// Logs the failure of work after an answer, which has no log line of a request.
    pub(crate) fn background(what: &str, cause: &str) {
        let line = serde_json::json!({ "level": "error", "background": what, "cause": shortened(cause) });
        // Work without a request logs to standard error, in one write, so that lines do not mix. If it fails, there is nowhere to
        // report that.
        let _ = std::io::stderr().write_all(format!("{line}\n").as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_that_a_request_brought_along_is_cut() {
        let outcome = Outcome { cause: Some("é".repeat(1_000_000)), ..Outcome::default() };
        let line = outcome.line("id", http::StatusCode::OK, Duration::ZERO);
        assert!(line.contains("éé") && line.len() < 2 * LONGEST_CAUSE, "{}", line.len());
    }
}
