//! What errors have told of the tables. Nothing asks the catalogue before a request: a statement that a table refuses says what
//! the table is like, has written nothing, and is worth repeating in the other form.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use super::StoreError;

/// A column of accounts that better-auth 1.7.0 to 1.7.2 made, without a default, and that no other version fills.
pub(super) const LEFTOVER: &str = "issuer";
/// The columns of keys that better-auth has since 1.7: where they are not there, keys are of the configured algorithm.
pub(super) const NEWER: [&str; 2] = ["alg", "crv"];
/// The place that says what becomes of a session whose token is there already.
const ONCE: &str = "{session.once}";
/// How the message ends where a table has no constraint that `on conflict` names.
pub(super) const NO_CONSTRAINT: &str = "(SQLSTATE 42P10)";

/// What is known of the tables.
#[derive(Default)]
pub(super) struct Learnt {
    leftover: AtomicBool,
    old_keys: AtomicBool,
    tokens_may_repeat: AtomicBool,
}

impl Learnt {
    /// Whether the table of accounts wants [`LEFTOVER`].
    pub(super) fn has_leftover(&self) -> bool {
        self.leftover.load(Relaxed)
    }

    /// Whether the table of keys has [`NEWER`].
    pub(super) fn has_newer(&self) -> bool {
        !self.old_keys.load(Relaxed)
    }

    /// Whether the table of sessions has no constraint by which a token is there once.
    pub(super) fn tokens_may_repeat(&self) -> bool {
        self.tokens_may_repeat.load(Relaxed)
    }

    /// Whether an error says something that makes another statement of the same template; then the first time.
    pub(super) fn learns(&self, template: &str, error: &StoreError) -> Option<bool> {
        let learnt = match error {
            StoreError::Refused { column: Some(column), .. } if column == LEFTOVER => &self.leftover,
            StoreError::Failed(text) if template.contains("{jwks") && text.ends_with("(SQLSTATE 42703)") => {
                &self.old_keys
            }
            StoreError::Failed(text) if template.contains(ONCE) && text.ends_with(NO_CONSTRAINT) => {
                &self.tokens_may_repeat
            }
            _ => return None,
        };
        Some(!learnt.swap(true, Relaxed))
    }
}
