//! `[email_and_password]`: signing up and in with a password (spec core §14).

use super::Problems;
use crate::options::Section;

/// Signing up and in with a password.
#[derive(Debug, Clone)]
pub struct EmailAndPassword {
    /// Whether `/sign-in/email` and `/sign-up/email` answer. Default off.
    pub enabled: bool,
    /// Whether nobody may sign up. Default off.
    pub disable_sign_up: bool,
    /// Whether signing up also signs in. Default on.
    pub auto_sign_in: bool,
    /// Whether an unconfirmed address may not sign in. Default off.
    pub require_email_verification: bool,
    /// The fewest UTF-16 units of a new password. Default 8.
    pub min_password_length: u32,
    /// The most UTF-16 units of any password. Default 128.
    pub max_password_length: u32,
    /// Whether forgotten passwords can be replaced by a mailed link. Default on where there is a transport.
    pub send_reset_password: Option<bool>,
    /// Seconds for which that link works. Default one hour.
    pub reset_password_token_expires_in: u32,
    /// Whether a replaced password ends every session of the user. Default off.
    pub revoke_sessions_on_password_reset: bool,
}

impl EmailAndPassword {
    pub(super) fn read(mut section: Section<'_>, problems: &mut Problems) -> Self {
        let read = Self {
            enabled: section.boolean("enabled", problems).unwrap_or(false),
            disable_sign_up: section.boolean("disable_sign_up", problems).unwrap_or(false),
            auto_sign_in: section.boolean("auto_sign_in", problems).unwrap_or(true),
            require_email_verification: section.boolean("require_email_verification", problems).unwrap_or(false),
            min_password_length: section.number("min_password_length", problems, 1..=4_096).unwrap_or(8),
            max_password_length: section.number("max_password_length", problems, 1..=4_096).unwrap_or(128),
            send_reset_password: section.boolean("send_reset_password", problems),
            reset_password_token_expires_in: section
                .seconds("reset_password_token_expires_in", problems)
                .filter(|seconds| *seconds > 0)
                .unwrap_or(3_600),
            revoke_sessions_on_password_reset: section
                .boolean("revoke_sessions_on_password_reset", problems)
                .unwrap_or(false),
        };
        if read.min_password_length > read.max_password_length {
            let text = "`email_and_password.min_password_length` is above `max_password_length`: no password fits";
            problems.add(section.place("min_password_length"), text);
        }
        section.finish(problems);
        read
    }

    /// Whether sign-up must not tell a taken address from a free one (spec core §14, "protected mode").
    pub fn hides_taken_addresses(&self) -> bool {
        self.require_email_verification || !self.auto_sign_in
    }
}
