//! The section `[one_time_token]` (spec sign-in-plugins §6).

use crate::{
    crypto::one_time_code::StoredForm,
    declaration::{Declaration, Documentation, Resource},
    options::{choice, number, options, switch},
};

/// The feature.
pub const DECLARATION: Declaration = Declaration {
    absent: &[("generate_token", "a function cannot be configured; tokens are 32 random characters")],
    ..Declaration::of("one_time_token")
};

/// The documentation of the feature.
pub const DOCUMENTATION: Documentation = Documentation::NONE;

options! {
    /// Tokens that hand a session over, for example to a page on another domain or to a desktop application: better-auth's plugin
    /// `oneTimeToken`. A token works once, and both sides then have the same session.
    pub struct OneTimeToken {
        /// `GET /one-time-token/generate` and `POST /one-time-token/verify` answer.
        enabled: bool = switch("enabled", false).needs(Resource::Database),
        /// Minutes for which a token works.
        minutes: u32 = number("expires_in", 1, 1_440, 3),
        /// Clients cannot ask for a token. They get one with `set_ott_header_on_new_session` only.
        disable_client_request: bool = switch("disable_client_request", false),
        /// How tokens are stored: `"plain"`, or `"hashed"`, as SHA-256. Both servers must have the same.
        store: StoredForm = choice("store_token", PLAIN, &[PLAIN, ("hashed", StoredForm::Hashed)]),
        /// The answer to a redeemed token sets no cookie.
        disable_set_session_cookie: bool = switch("disable_set_session_cookie", false),
        /// The answer with which a session opens has a token in the header `set-ott`.
        set_header: bool = switch("set_ott_header_on_new_session", false),
    }
}

const PLAIN: (&str, StoredForm) = ("plain", StoredForm::Plain);
