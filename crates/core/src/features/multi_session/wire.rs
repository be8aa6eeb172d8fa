//! The bodies and answers of the endpoints of several sessions (spec sign-in-plugins §7).

use serde::Serialize;

use crate::{
    model::{Session, User},
    wire::{body, text},
};

body! {
    /// `POST /multi-session/set-active` and `POST /multi-session/revoke`.
    pub(super) struct NamedSession {
        /// The token of a session. Upper and lower case count as equal.
        pub(super) token: String = text("sessionToken"),
    }
}

/// A session of the browser.
#[derive(Serialize)]
pub(super) struct DeviceSession<'a> {
    /// The session.
    pub(super) session: &'a Session,
    /// Its user.
    pub(super) user: &'a User,
}
