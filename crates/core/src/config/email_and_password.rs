//! `[email_and_password]` (spec core §14).

use crate::{
    declaration::Resource,
    options::{Section, number, optional_switch, options, positive_seconds, switch},
    problem::Problems,
};

options! {
    /// Signing up and in with a password.
    pub struct EmailAndPassword {
        /// Users can sign up and in with a password.
        enabled: bool = switch("enabled", false).needs(Resource::Database),
        /// No one can sign up.
        disable_sign_up: bool = switch("disable_sign_up", false),
        /// Signing up signs in.
        auto_sign_in: bool = switch("auto_sign_in", true),
        /// Users whose address is not confirmed cannot sign in.
        require_email_verification: bool = switch("require_email_verification", false).needs(Resource::Mail),
        /// The fewest UTF-16 units of a new password.
        min_password_length: u32 = number("min_password_length", 1, 4_096, 8),
        /// The most UTF-16 units of any password.
        max_password_length: u32 = number("max_password_length", 1, 4_096, 128),
        /// A forgotten password can be replaced by a mailed link; without `EMAIL_URL` it cannot.
        send_reset_password: Option<bool> = optional_switch("send_reset_password", "`true`").needs(Resource::Mail),
        /// How long that link works, in seconds.
        reset_password_token_expires_in: u32 = positive_seconds("reset_password_token_expires_in", 3_600),
        /// Setting a new password by that link ends every session of the user.
        revoke_sessions_on_password_reset: bool = switch("revoke_sessions_on_password_reset", false),
    }
    check: lengths
}

fn lengths(read: &EmailAndPassword, section: &Section<'_>, problems: &mut Problems) {
    if read.min_password_length > read.max_password_length {
        let text =
            "`email_and_password.min_password_length` is above `max_password_length`, and no password fits; lower it";
        problems.add(section.place("min_password_length"), text);
    }
}

impl EmailAndPassword {
    /// Whether sign-up must not tell a taken address from a free one (spec core §14, "protected mode").
    pub fn hides_taken_addresses(&self) -> bool {
        self.require_email_verification || !self.auto_sign_in
    }
}
