//! The section `[one_tap]`.

use crate::{
    declaration::{Declaration, Documentation},
    options::{optional_text, options, switch},
};

/// The feature. Its endpoint is beside those of the providers, whose code it shares.
pub const DECLARATION: Declaration = Declaration::of("one_tap");

/// The documentation of the feature.
pub const DOCUMENTATION: Documentation = Documentation::NONE;

options! {
    /// Google's One Tap and its button, which give your page an ID token: better-auth's plugin `oneTap`. gatepost verifies the token
    /// with Google's keys, and then treats it like an ID token of Google at `/sign-in/social`.
    pub struct OneTap {
        /// `/one-tap/callback` answers.
        enabled: bool = switch("enabled", false),
        /// The client's identifier at Google, instead of `GOOGLE_CLIENT_ID`. Only tokens for this client are accepted.
        client_id: Option<String> = optional_text("client_id", "`GOOGLE_CLIENT_ID` and `social.google.more_client_ids`"),
        /// One Tap signs in existing users only.
        disable_sign_up: bool = switch("disable_signup", false),
    }
}
