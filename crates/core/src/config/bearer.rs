//! `[bearer]` (spec jwt-oauth-schema §2).

use crate::options::{options, switch};

options! {
    /// The session's token in an `Authorization` header, for clients without cookies.
    pub struct Bearer {
        /// The session's token in an `Authorization` header stands for the cookie, and answers that set the cookie carry it in
        /// `set-auth-token`.
        enabled: bool = switch("enabled", true),
        /// A token without its signature is ignored.
        require_signature: bool = switch("require_signature", false),
    }
}
