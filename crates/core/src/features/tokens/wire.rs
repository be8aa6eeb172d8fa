//! The answer of the endpoint for JWTs.

use serde::Serialize;

/// The answer of `GET /token`.
#[derive(Serialize)]
pub(super) struct Token<'a> {
    /// The signed JWT.
    pub(super) token: &'a str,
}
