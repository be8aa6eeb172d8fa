//! The answer of the endpoint of tokens.

use serde::Serialize;

/// The answer of `GET /token`.
#[derive(Serialize)]
pub(super) struct Token<'a> {
    /// Signed.
    pub(super) token: &'a str,
}
