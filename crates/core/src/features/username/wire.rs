//! The bodies and answers of the endpoints of usernames (spec sign-in-plugins §§1.2, 1.3).

use serde::Serialize;

use crate::wire::{body, optional_boolean, optional_text, text};

body! {
    /// `POST /sign-in/username`.
    pub(super) struct SignInUsername {
        /// The username as typed.
        pub(super) username: String = text("username"),
        /// The password as typed.
        pub(super) password: String = text("password"),
        /// Only `false` has an effect.
        pub(super) remember_me: Option<bool> = optional_boolean("rememberMe"),
        /// Where the client goes next.
        pub(super) callback_url: Option<String> = optional_text("callbackURL"),
    }
}

body! {
    /// `POST /is-username-available`.
    pub(super) struct IsUsernameAvailable {
        /// The username as typed.
        pub(super) username: String = text("username"),
    }
}

/// The answer of `POST /is-username-available`.
#[derive(Serialize)]
pub(super) struct Availability {
    /// Whether no user has the username.
    pub(super) available: bool,
}
