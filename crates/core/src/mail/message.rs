//! A mail, and the reason why it was not sent.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::model::{Additional, User};

/// A mail.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mail {
    /// The kind of the mail.
    pub kind: Kind,
    /// The address of the recipient.
    pub to: String,
    /// The user's name, unchanged: a webhook receives it as data. Templates show it only with `is_proven`, and only in part
    /// ([`super::plain`]).
    pub name: String,
    /// Whether the owner of the mailbox has confirmed the address.
    #[serde(skip)]
    pub is_proven: bool,
    /// The new address, in a mail about a change of `to`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_email: Option<String>,
    /// The link; empty if the mail has a code.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// The token in the link; empty if the mail has a code.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub token: String,
    /// The code, if the mail has one instead of a link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Data that the client sent for the sender of the mail. Only a webhook and a file receive it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
    /// The user, as answers show the user; `None` if the mail goes to an address that may have none. Every value may be what a
    /// stranger wrote, as `name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<User>,
    /// The invitation, in a mail that invites to an organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitation: Option<Invitation>,
    /// The request that caused the mail.
    #[serde(flatten)]
    pub asked: MailRequestContext,
}

/// An invitation to an organization. Members of the organization wrote the names.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    /// The identifier of the invitation, with which the recipient accepts it.
    pub id: String,
    /// The roles that the recipient is to have, with commas between them.
    pub role: String,
    /// The organization, as answers show it.
    pub organization: Additional,
    /// The name of the member who invites.
    pub inviter_name: String,
    /// The address of the member who invites.
    pub inviter_email: String,
}

/// The details of the request that caused a mail.
#[derive(Debug, Clone, Default, Serialize)]
pub struct MailRequestContext {
    /// The language that the browser prefers (`Accept-Language`), as a tag like `de-CH`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The origin of the page that sent the request, if it is trusted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
}

impl MailRequestContext {
    /// Returns what a request tells, of which `language` is the header `Accept-Language`.
    pub fn new(language: Option<&str>, origin: Option<String>) -> Self {
        let first = language.and_then(|header| header.split([',', ';']).next()).map(str::trim);
        let is_tag = |tag: &&str| {
            let letters = tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            letters && (2..=35).contains(&tag.len()) && tag.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
        };
        Self { locale: first.filter(is_tag).map(str::to_owned), origin }
    }
}

/// The kinds of mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Asks the user to confirm the address.
    VerifyEmail,
    /// Lets the user set a new password.
    ResetPassword,
    /// Asks the user to confirm the deletion of the account.
    DeleteAccount,
    /// Asks the user, at the old address, to confirm a change of address.
    ChangeEmailConfirmation,
    /// Contains a code for the second factor.
    TwoFactorOtp,
    /// Contains a link that signs in.
    MagicLink,
    /// Contains a code that signs in.
    SignInOtp,
    /// Contains a code that confirms the address.
    EmailVerificationOtp,
    /// Contains a code that sets a new password.
    ForgetPasswordOtp,
    /// Contains a code, at the new address, that changes the address.
    ChangeEmailOtp,
    /// Invites to an organization.
    OrganizationInvitation,
}

impl Kind {
    /// Every kind of mail.
    pub const ALL: &[Self] = &[
        Self::VerifyEmail,
        Self::ResetPassword,
        Self::DeleteAccount,
        Self::ChangeEmailConfirmation,
        Self::TwoFactorOtp,
        Self::MagicLink,
        Self::SignInOtp,
        Self::EmailVerificationOtp,
        Self::ForgetPasswordOtp,
        Self::ChangeEmailOtp,
        Self::OrganizationInvitation,
    ];

    /// Returns the name in files, webhooks and logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify-email",
            Self::ResetPassword => "reset-password",
            Self::DeleteAccount => "delete-account",
            Self::ChangeEmailConfirmation => "change-email-confirmation",
            Self::TwoFactorOtp => "two-factor-otp",
            Self::MagicLink => "magic-link",
            Self::SignInOtp => "sign-in-otp",
            Self::EmailVerificationOtp => "email-verification-otp",
            Self::ForgetPasswordOtp => "forget-password-otp",
            Self::ChangeEmailOtp => "change-email-otp",
            Self::OrganizationInvitation => "organization-invitation",
        }
    }

    /// Whether the mail has a code instead of a link.
    pub fn has_code(self) -> bool {
        self.name().ends_with("-otp")
    }
}

/// The reason why a mail was not sent.
pub(crate) struct Failure {
    /// Whether the next attempt may succeed.
    pub(super) passing: bool,
    /// The cause, without address, link and secret.
    pub(super) cause: String,
}

impl Failure {
    /// Creates a failure that another attempt may avoid.
    pub(super) fn passing(cause: impl ToString) -> Self {
        Self { passing: true, cause: cause.to_string() }
    }

    /// Creates a failure that another attempt will repeat.
    pub(super) fn lasting(cause: impl ToString) -> Self {
        Self { passing: false, cause: cause.to_string() }
    }
}
