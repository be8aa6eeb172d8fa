//! `[email_verification]`: which mails confirm addresses (spec core §14).

use super::Problems;
use crate::options::Section;

/// Confirming addresses (spec core §14).
#[derive(Debug, Clone)]
pub struct EmailVerification {
    /// Mail the link on sign-up. Unset, it follows `require_email_verification`.
    pub send_on_sign_up: Option<bool>,
    /// Mail the link again when an unconfirmed user signs in. Default off.
    pub send_on_sign_in: bool,
    /// Whether following the link signs in. Default off.
    pub auto_sign_in_after_verification: bool,
    /// Seconds for which the link works. Default one hour.
    pub expires_in: u32,
    /// Whether such mails exist. Default on where there is a transport.
    pub send_verification_email: Option<bool>,
}

impl EmailVerification {
    pub(super) fn read(mut section: Section<'_>, problems: &mut Problems) -> Self {
        let read = Self {
            send_on_sign_up: section.boolean("send_on_sign_up", problems),
            send_on_sign_in: section.boolean("send_on_sign_in", problems).unwrap_or(false),
            auto_sign_in_after_verification: section
                .boolean("auto_sign_in_after_verification", problems)
                .unwrap_or(false),
            expires_in: section.seconds("expires_in", problems).filter(|seconds| *seconds > 0).unwrap_or(3_600),
            send_verification_email: section.boolean("send_verification_email", problems),
        };
        section.finish(problems);
        read
    }
}
