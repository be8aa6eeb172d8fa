//! The answers of endpoints.

use jiff::Timestamp;
use serde::Serialize;

use crate::model;

/// The answer of `POST /sign-up/email`.
#[derive(Serialize)]
pub struct SignUpAnswer<'a> {
    /// The session token; `None` if signing up does not sign in.
    pub token: Option<&'a str>,
    /// The new user, or a user who only looks like one (spec core §14).
    pub user: &'a model::User,
}

/// The answer of `POST /sign-in/email`.
#[derive(Serialize)]
pub struct SignInAnswer<'a> {
    /// Whether the client is to navigate to `url`.
    pub redirect: bool,
    /// The session token.
    pub token: &'a str,
    /// The `callbackURL` of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<&'a str>,
    /// The user who signed in.
    pub user: &'a model::User,
}

/// The answer of `POST /sign-out`.
#[derive(Serialize)]
pub struct SignOutAnswer {
    /// Always true.
    pub success: bool,
}

/// The answer of endpoints that only report success.
#[derive(Serialize)]
pub struct SuccessAnswer {
    /// Always true.
    pub status: bool,
}

/// The answer of `POST /request-password-reset`, which is the same for every address.
#[derive(Serialize)]
pub struct ResetRequested {
    /// Always true.
    pub status: bool,
    /// A sentence that reveals nothing.
    pub message: &'static str,
}

/// The answer of `POST /delete-user` and of its link.
#[derive(Serialize)]
pub struct Deletion {
    /// Always true.
    pub success: bool,
    /// The effect of the request.
    pub message: &'static str,
}

/// The answer of `POST /update-session`.
#[derive(Serialize)]
pub struct UpdatedSession<'a> {
    /// The session with the changed fields.
    pub session: &'a model::Session,
}

/// The answer of `POST /change-password`.
#[derive(Serialize)]
pub struct ChangedPassword<'a> {
    /// The token of the new session, if the others were revoked.
    pub token: Option<&'a str>,
    /// The user whose password changed.
    pub user: &'a model::User,
}

/// The answer of `GET /verify-email` without a callback URL.
#[derive(Serialize)]
pub struct VerifiedEmail<'a> {
    /// Always true.
    pub status: bool,
    /// The user, if the link changed the address.
    pub user: Option<&'a model::User>,
}

/// An account, as `GET /list-accounts` shows it, without secrets.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedAccount {
    /// The provider's identifier of the user.
    pub account_id: String,
    /// `credential`, or the name of a provider.
    pub provider_id: String,
    /// The identifier of the user.
    pub user_id: String,
    /// The time when the account was linked.
    #[serde(serialize_with = "model::iso_or_null")]
    pub created_at: Option<Timestamp>,
    /// The time of the last change.
    #[serde(serialize_with = "model::iso_or_null")]
    pub updated_at: Option<Timestamp>,
    /// The additional fields that answers show.
    #[serde(flatten)]
    pub additional: model::Additional,
    /// The row's identifier.
    pub id: String,
    /// The scopes that the provider granted.
    pub scopes: Vec<String>,
}

/// The answer of `/get-session`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionAndUser<'a> {
    /// The session.
    pub session: &'a model::Session,
    /// The user of the session.
    pub user: &'a model::User,
    /// Whether the client is to post; only present if reading never writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs_refresh: Option<bool>,
    /// The members that features add.
    #[serde(flatten)]
    pub more: &'a model::Additional,
}

/// The answer of `/get-session` for an API key, whose members have another order (spec management-plugins §3.6).
#[derive(Serialize)]
pub struct UserAndSession<'a> {
    user: &'a model::User,
    session: KeySession<'a>,
    #[serde(flatten)]
    more: &'a model::Additional,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KeySession<'a> {
    id: &'a str,
    token: &'a str,
    user_id: &'a str,
    user_agent: Option<&'a str>,
    ip_address: Option<&'a str>,
    #[serde(serialize_with = "model::iso_or_null")]
    created_at: Option<Timestamp>,
    #[serde(serialize_with = "model::iso_or_null")]
    updated_at: Option<Timestamp>,
    #[serde(serialize_with = "model::iso")]
    expires_at: Timestamp,
}

impl<'a> UserAndSession<'a> {
    /// Creates the answer, with the members in order. `more` are the members that features add.
    pub fn new(session: &'a model::Session, user: &'a model::User, more: &'a model::Additional) -> Self {
        let session = KeySession {
            id: &session.id,
            token: &session.token,
            user_id: &session.user_id,
            user_agent: session.user_agent.as_deref(),
            ip_address: session.ip_address.as_deref(),
            created_at: session.created_at,
            updated_at: session.updated_at,
            expires_at: session.expires_at,
        };
        Self { user, session, more }
    }
}

/// The answer of `/get-session` from the cached session, whose members have another order (spec core §5.5).
#[derive(Serialize)]
pub struct CachedSessionAndUser<'a> {
    session: CachedSession<'a>,
    user: CachedUser<'a>,
    #[serde(flatten)]
    more: &'a model::Additional,
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
    /// Creates the answer, with the members in order. `more` are the members that features add.
    pub fn new(session: &'a model::Session, user: &'a model::User, more: &'a model::Additional) -> Self {
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
        Self { session, user: CachedUser::new(user), more }
    }
}

impl<'a> CachedUser<'a> {
    /// Creates the user, with the members in order.
    pub fn new(user: &'a model::User) -> Self {
        Self {
            id: &user.id,
            created_at: user.created_at,
            updated_at: user.updated_at,
            email: &user.email,
            email_verified: user.email_verified,
            name: user.name.as_deref(),
            image: user.image.as_deref(),
            additional: &user.additional,
        }
    }
}

/// The answer of `GET /jwks`.
#[derive(Serialize)]
pub struct KeySet<'a> {
    /// The public halves of the signing keys.
    pub keys: &'a [model::Additional],
}

/// The answer of `GET /ok`.
#[derive(Serialize)]
pub struct Health {
    /// Always true.
    pub ok: bool,
}
