//! The sessions of users, as administrators list and end them (spec management-plugins §1.3).

use jiff::Timestamp;

use super::{actor::Permission, bans, wire, words};
use crate::{
    context::Context,
    error::Error,
    reply::Reply,
    signed_in::SignedIn,
    store::{self, StoreError},
};

pub(super) const LIST: Permission =
    Permission { resource: "session", action: "list", refusal: words::YOU_ARE_NOT_ALLOWED_TO_LIST_USERS_SESSIONS };
pub(super) const REVOKE: Permission =
    Permission { resource: "session", action: "revoke", refusal: words::YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS };

/// `POST /admin/list-user-sessions`. Rows of expired sessions are among them, as in better-auth.
pub(super) async fn list(cx: &mut Context, body: wire::OfUser, _: SignedIn) -> Result<Reply, Error> {
    cx.audit.target = Some(body.user_id.clone());
    let since = if cx.db.secondary.is_some() { cx.now } else { Timestamp::UNIX_EPOCH };
    let sessions = match store::session::list(&cx.db, &body.user_id, since).await {
        // A text that cannot be an identifier names no user.
        Err(StoreError::Refused { .. }) => Vec::new(),
        sessions => sessions?,
    };
    Reply::json(&wire::Sessions { sessions: &sessions })
}

/// `POST /admin/revoke-user-session`.
pub(super) async fn revoke(cx: &mut Context, body: wire::RevokeUserSession, _: SignedIn) -> Result<Reply, Error> {
    store::session::delete(&cx.db, &body.session_token).await?;
    Reply::json(&wire::Success { success: true })
}

/// `POST /admin/revoke-user-sessions`.
pub(super) async fn revoke_all(cx: &mut Context, body: wire::OfUser, _: SignedIn) -> Result<Reply, Error> {
    cx.audit.target = Some(body.user_id.clone());
    bans::end_sessions(cx, &body.user_id).await?;
    Reply::json(&wire::Success { success: true })
}
