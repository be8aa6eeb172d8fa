//! One mail, and why it did not leave.

use serde::Serialize;

/// One mail.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mail {
    /// Which mail this is.
    pub kind: Kind,
    /// The address.
    pub to: String,
    /// What the person is called, as it was written: a webhook gets it as data. Templates show it only where `is_proven`, and
    /// only in part ([`super::plain`]).
    pub name: String,
    /// Whether the owner of the mailbox has confirmed the address.
    #[serde(skip)]
    pub is_proven: bool,
    /// The address that `to` shall become, where that is what is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_email: Option<String>,
    /// The link; empty where the mail has a code.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// The token in the link; empty where the mail has a code.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub token: String,
    /// The code, where the mail has one in the place of a link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// The mails that exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Confirm your address.
    VerifyEmail,
    /// Set a new password.
    ResetPassword,
    /// Confirm that you delete your account.
    DeleteAccount,
    /// Confirm, at the old address, that it changes.
    ChangeEmailConfirmation,
    /// Give this code besides your password.
    TwoFactorOtp,
}

impl Kind {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::VerifyEmail,
        Self::ResetPassword,
        Self::DeleteAccount,
        Self::ChangeEmailConfirmation,
        Self::TwoFactorOtp,
    ];

    /// The name in files, webhooks and logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify-email",
            Self::ResetPassword => "reset-password",
            Self::DeleteAccount => "delete-account",
            Self::ChangeEmailConfirmation => "change-email-confirmation",
            Self::TwoFactorOtp => "two-factor-otp",
        }
    }
}

/// Why a mail did not leave.
pub(crate) struct Failure {
    /// Whether the next attempt may succeed.
    pub(super) passing: bool,
    /// Without address, link and secret.
    pub(super) cause: String,
}

impl Failure {
    /// The next attempt may succeed.
    pub(super) fn passing(cause: impl ToString) -> Self {
        Self { passing: true, cause: cause.to_string() }
    }

    /// It will fail again.
    pub(super) fn lasting(cause: impl ToString) -> Self {
        Self { passing: false, cause: cause.to_string() }
    }
}
