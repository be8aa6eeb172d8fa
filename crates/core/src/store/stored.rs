//! Statements that the database keeps as functions (`[database] stored_functions`, docs/decisions/015-stored-functions.md).
//! PostgreSQL parses and plans a statement each time it is sent. A process of the server keeps the plan of a statement that is in a
//! PL/pgSQL function, also behind a pooler. The service sends a call instead of the statement, and the statement itself if the
//! call fails.

use std::{
    sync::atomic::{AtomicI64, Ordering::Relaxed},
    time::Duration,
};

use hex::encode;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::{StoreError, written::quoted};

/// The PostgreSQL schema of the functions. `gatepost migrate` creates it, and only its owner can create functions in it.
pub const SCHEMA: &str = "gatepost";
/// The time for which an instance sends a statement itself after its function was missing.
const PAUSE: Duration = Duration::from_secs(300);
/// The number of bytes of the digest in a name. No two statements share so many.
const DIGEST: usize = 16;

/// A statement that the database may keep as a function.
#[derive(Debug)]
pub struct StoredStatement {
    /// The table that a deployment must have for the statement, by better-auth's name.
    pub model: &'static str,
    /// The statement, with placeholders.
    pub template: &'static str,
    /// Whether the statement changes rows.
    pub writes: bool,
}

impl StoredStatement {
    /// A statement that reads, for deployments with the table `model`.
    pub(crate) const fn reading(model: &'static str, template: &'static str) -> Self {
        Self { model, template, writes: false }
    }

    /// A statement that changes rows, for deployments with the table `model`.
    pub(crate) const fn writing(model: &'static str, template: &'static str) -> Self {
        Self { model, template, writes: true }
    }
}

/// Returns the name of the function of a statement, in quotes and with its schema. The name is made of the statement's text, so
/// programs of any version that share a database never give one name to two statements.
pub fn name(text: &str) -> String {
    format!("{}.{}", quoted(SCHEMA), quoted(&format!("s_{}", digest(text))))
}

/// Returns the digest of a statement or of a function's definition: the first half of SHA-256, in hexadecimal.
pub fn digest(text: &str) -> String {
    encode(Sha256::digest(text).get(..DIGEST).unwrap_or_default())
}

/// The call of a stored function, which is sent instead of its statement.
#[derive(Debug)]
pub(super) struct Call {
    /// The name of the function.
    pub(super) name: String,
    /// The SQL of the call.
    pub(super) text: String,
    /// The end of the time in which the statement is sent instead, in milliseconds since 1970.
    paused_until: AtomicI64,
}

impl Call {
    /// Creates the call for a statement with this many parameters.
    pub(super) fn new(statement: &str, parameters: usize) -> Self {
        let name = name(statement);
        let parameters: Vec<_> = (1..=parameters).map(|number| format!("${number}")).collect();
        let text = format!("select * from {name}({})", parameters.join(", "));
        Self { name, text, paused_until: AtomicI64::new(i64::MIN) }
    }

    /// Whether the function was missing a short time ago.
    pub(super) fn is_paused(&self, now: Timestamp) -> bool {
        now.as_millisecond() < self.paused_until.load(Relaxed)
    }

    /// Sends the statement instead for a while, if the error is about the function and not about a row. Returns the notice for the
    /// operator.
    pub(super) fn pause(&self, error: &StoreError, now: Timestamp) -> Option<String> {
        let StoreError::Failed(text) = error else { return None };
        let until = now.as_millisecond().saturating_add(i64::try_from(PAUSE.as_millis()).unwrap_or(i64::MAX));
        self.paused_until.store(until, Relaxed);
        let name = &self.name;
        Some(format!(
            "the stored function {name} could not be used ({text}): run `cargo gatepost migrate`, which creates it or says why it cannot"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_has_a_name_of_its_statement_and_its_parameters() {
        let (one, other) = (Call::new("select $1, $2", 2), Call::new("select $1", 1));
        assert_eq!(one.text, format!("select * from {}($1, $2)", one.name));
        assert_ne!(one.name, other.name);
        assert!(
            one.name.starts_with("\"gatepost\".\"s_") && one.name.len() == "\"gatepost\".\"s_\"".len() + 2 * DIGEST
        );
    }

    #[test]
    fn a_missing_function_is_left_alone_for_a_while() {
        let (call, now) = (Call::new("select 1", 0), Timestamp::UNIX_EPOCH);
        let refused = super::super::RefusedRow { state: "23505".to_owned(), ..Default::default() };
        assert!(call.pause(&refused.into(), now).is_none() && !call.is_paused(now));
        let notice = call.pause(&StoreError::Failed("no function (SQLSTATE 42883)".to_owned()), now).unwrap();
        assert!(notice.contains("migrate") && call.is_paused(now) && !call.is_paused(now + PAUSE));
    }
}
