//! The section `[multi_session]` (spec sign-in-plugins §7).

use crate::{
    code::codes,
    declaration::{Declaration, Documentation},
    options::{count, options, switch},
    reason::reasons,
};

/// The declaration of the feature. Its cookies have names of their own, which [`super::cookies`] makes.
pub const DECLARATION: Declaration = Declaration::of("multi_session");

/// The documentation of the feature.
pub const DOCUMENTATION: Documentation = Documentation { reasons: REASONS, codes: CODES };

options! {
    /// Several users signed in to one browser: better-auth's plugin `multiSession`. Each session has a cookie besides the session
    /// cookie, `<session cookie>_multi-<token in lower case>`, and the client switches between them.
    pub struct MultiSession {
        /// Signing in keeps the other users' sessions of the browser, and `/multi-session/…` answers.
        enabled: bool = switch("enabled", false),
        /// The most sessions that a browser keeps. A further sign-in succeeds, but its session is lost when the user switches to
        /// another one.
        maximum_sessions: u32 = count("maximum_sessions", u32::MAX, 5),
    }
}

reasons! {
    NoSuchDeviceSession = "no_such_device_session":
        "the browser has no genuine cookie for the session that it names, or that session has ended",
        "list the browser's sessions with `/multi-session/list-device-sessions`, and sign in again if the session is not among them";
}

codes! {
    /// The browser has no live session with the token.
    INVALID_SESSION_TOKEN = "Invalid session token";
}
