//! What endpoints answer.

use jiff::Timestamp;
use serde::Serialize;

use crate::model;

/// The answer of `POST /sign-up/email`.
#[derive(Serialize)]
pub struct SignedUp<'a> {
    /// None where signing up does not sign in.
    pub token: Option<&'a str>,
    /// The new user, or one that only looks like it (spec core §14).
    pub user: &'a model::User,
}

/// The answer of `POST /sign-in/email`.
#[derive(Serialize)]
pub struct SignedIn<'a> {
    /// Whether the client shall go to `url`.
    pub redirect: bool,
    /// The session's token.
    pub token: &'a str,
    /// The `callbackURL` of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<&'a str>,
    /// Who signed in.
    pub user: &'a model::User,
}

/// The answer of `POST /sign-out`.
#[derive(Serialize)]
pub struct SignedOut {
    /// Always true.
    pub success: bool,
}

/// The answer of whatever has nothing more to say than that it was done.
#[derive(Serialize)]
pub struct Done {
    /// Always true.
    pub status: bool,
}

/// The answer of `POST /request-password-reset`: the same for every address.
#[derive(Serialize)]
pub struct ResetRequested {
    /// Always true.
    pub status: bool,
    /// A sentence that tells nothing.
    pub message: &'static str,
}

/// The answer of `POST /delete-user` and of its link.
#[derive(Serialize)]
pub struct Deletion {
    /// Always true.
    pub success: bool,
    /// What happened.
    pub message: &'static str,
}

/// The answer of `POST /update-session`.
#[derive(Serialize)]
pub struct UpdatedSession<'a> {
    /// As it is now.
    pub session: &'a model::Session,
}

/// The answer of `POST /change-password`.
#[derive(Serialize)]
pub struct ChangedPassword<'a> {
    /// Of the new session, where the others were revoked.
    pub token: Option<&'a str>,
    /// Whose password it is.
    pub user: &'a model::User,
}

/// The answer of `GET /verify-email` without a place to go to.
#[derive(Serialize)]
pub struct VerifiedEmail<'a> {
    /// Always true.
    pub status: bool,
    /// The user, where the link changed the address.
    pub user: Option<&'a model::User>,
}

/// One account, as `GET /list-accounts` shows it: nothing secret of it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedAccount {
    /// The provider's identifier of the user.
    pub account_id: String,
    /// `credential` or a provider.
    pub provider_id: String,
    /// Whose it is.
    pub user_id: String,
    /// When it was linked.
    #[serde(serialize_with = "model::iso_or_null")]
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    #[serde(serialize_with = "model::iso_or_null")]
    pub updated_at: Option<Timestamp>,
    /// The additional fields that answers show.
    #[serde(flatten)]
    pub additional: model::Additional,
    /// The row's identifier.
    pub id: String,
    /// What the provider granted.
    pub scopes: Vec<String>,
}

/// The answer of `/get-session`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionAndUser<'a> {
    /// The session.
    pub session: &'a model::Session,
    /// Whose it is.
    pub user: &'a model::User,
    /// Only where reading never writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs_refresh: Option<bool>,
}

/// The answer of `/get-session` out of the cookie: the same members in another order (spec core §5.5).
#[derive(Serialize)]
pub struct CachedSessionAndUser<'a> {
    session: CachedSession<'a>,
    /// The user alone.
    pub user: CachedUser<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CachedSession<'a> {
    id: &'a str,
    #[serde(serialize_with = "model::iso_or_null")]
    created_at: Option<Timestamp>,
    #[serde(serialize_with = "model::iso_or_null")]
    updated_at: Option<Timestamp>,
    user_id: &'a str,
    #[serde(serialize_with = "model::iso")]
    expires_at: Timestamp,
    token: &'a str,
    ip_address: Option<&'a str>,
    user_agent: Option<&'a str>,
    #[serde(flatten)]
    additional: &'a model::Additional,
}

/// The user of [`CachedSessionAndUser`].
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CachedUser<'a> {
    id: &'a str,
    #[serde(serialize_with = "model::iso_or_null")]
    created_at: Option<Timestamp>,
    #[serde(serialize_with = "model::iso_or_null")]
    updated_at: Option<Timestamp>,
    #[serde(serialize_with = "model::text_or_null")]
    email: &'a str,
    email_verified: Option<bool>,
    name: Option<&'a str>,
    image: Option<&'a str>,
    #[serde(flatten)]
    additional: &'a model::Additional,
}

impl<'a> CachedSessionAndUser<'a> {
    /// Puts the members in order.
    pub fn new(session: &'a model::Session, user: &'a model::User) -> Self {
        let session = CachedSession {
            id: &session.id,
            created_at: session.created_at,
            updated_at: session.updated_at,
            user_id: &session.user_id,
            expires_at: session.expires_at,
            token: &session.token,
            ip_address: session.ip_address.as_deref(),
            user_agent: session.user_agent.as_deref(),
            additional: &session.additional,
        };
        let user = CachedUser {
            id: &user.id,
            created_at: user.created_at,
            updated_at: user.updated_at,
            email: &user.email,
            email_verified: user.email_verified,
            name: user.name.as_deref(),
            image: user.image.as_deref(),
            additional: &user.additional,
        };
        Self { session, user }
    }
}

/// The answer of `GET /jwks`.
#[derive(Serialize)]
pub struct KeySet<'a> {
    /// Public halves.
    pub keys: &'a [model::Additional],
}

/// The answer of `GET /ok`.
#[derive(Serialize)]
pub struct Health {
    /// Always true.
    pub ok: bool,
}
