//! The bodies and answers of the endpoints of usernames (spec sign-in-plugins §§1.2, 1.3).

use serde::Serialize;

use crate::wire::{Fields, Input, Raw};

/// The body of `POST /sign-in/username`.
pub(super) struct SignInUsername {
    /// The username as typed.
    pub(super) username: String,
    /// The password as typed.
    pub(super) password: String,
    /// Only `false` has an effect.
    pub(super) remember_me: Option<bool>,
    /// The callback URL for the client.
    pub(super) callback_url: Option<String>,
}

impl Input for SignInUsername {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        let mut fields = Fields::of(raw, &["object"]);
        let read = Self {
            username: fields.text("username"),
            password: fields.text("password"),
            remember_me: fields.optional_boolean("rememberMe"),
            callback_url: fields.optional_text("callbackURL"),
        };
        fields.finish(read)
    }
}

/// The body of `POST /is-username-available`.
pub(super) struct IsUsernameAvailable {
    /// The username as typed.
    pub(super) username: String,
}

impl Input for IsUsernameAvailable {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        let mut fields = Fields::of(raw, &["object"]);
        let read = Self { username: fields.text("username") };
        fields.finish(read)
    }
}

/// The answer of `POST /is-username-available`.
#[derive(Serialize)]
pub(super) struct Availability {
    /// Whether no user has the username.
    pub(super) available: bool,
}
