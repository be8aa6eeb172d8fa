//! The sessions of users, as administrators list and end them (spec management-plugins §1.3).

use jiff::Timestamp;

use super::{
    actor::{self, Permission},
    bans, wire, words,
};
use crate::{
    context::Context,
    error::Error,
    model::User,
    reply::Reply,
    signed_in::SignedIn,
    store::{self, StoreError},
};

pub(super) const LIST: Permission =
    Permission { resource: "session", action: "list", refusal: words::YOU_ARE_NOT_ALLOWED_TO_LIST_USERS_SESSIONS };
pub(super) const REVOKE: Permission =
    Permission { resource: "session", action: "revoke", refusal: words::YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS };

/// Checks that the administrator has the rights of the user whose sessions a request names: the token of a session is worth all of them.
/// Returns the user. An identifier of no user passes, as in better-auth.
async fn reached(
    cx: &mut Context,
    own: &SignedIn,
    user_id: &str,
    permission: &Permission,
) -> Result<Option<User>, Error> {
    cx.audit.target = Some(user_id.to_owned());
    match store::user::by_id(&cx.db, user_id).await {
        Ok(Some(target)) => actor::reaches(cx, &own.user, &target, permission).map(|()| Some(target)),
        Ok(None) | Err(StoreError::Refused { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// `POST /admin/list-user-sessions`. Rows of expired sessions are among them, as in better-auth.
pub(super) async fn list(cx: &mut Context, body: wire::UserBody, own: SignedIn) -> Result<Reply, Error> {
    reached(cx, &own, &body.user_id, &LIST).await?;
    let since = if cx.db.secondary.is_some() { cx.now } else { Timestamp::UNIX_EPOCH };
    let sessions = match store::session::list(&cx.db, &body.user_id, since).await {
        // A text that cannot be an identifier names no user.
        Err(StoreError::Refused { .. }) => Vec::new(),
        sessions => sessions?,
    };
    Reply::json(&wire::Sessions { sessions: &sessions })
}

/// `POST /admin/revoke-user-session`.
pub(super) async fn revoke(cx: &mut Context, body: wire::RevokeUserSession, own: SignedIn) -> Result<Reply, Error> {
    if let (_, Ok((session, Some(user)))) = store::session::with_user(&cx.db, &body.session_token).await? {
        cx.audit.target = Some(session.user_id);
        actor::reaches(cx, &own.user, &user, &REVOKE)?;
    }
    store::session::delete(&cx.db, &body.session_token).await?;
    Reply::json(&wire::Success { success: true })
}

/// `POST /admin/revoke-user-sessions`.
pub(super) async fn revoke_all(cx: &mut Context, body: wire::UserBody, own: SignedIn) -> Result<Reply, Error> {
    match reached(cx, &own, &body.user_id, &REVOKE).await? {
        Some(user) => bans::end_sessions(cx, &user).await?,
        // Sessions of a user who does not exist any more.
        None => match store::session::delete_all(&cx.db, &body.user_id).await {
            // A text that cannot be an identifier names no user.
            Ok(()) | Err(StoreError::Refused { .. }) => {}
            Err(error) => return Err(error.into()),
        },
    }
    Reply::json(&wire::Success { success: true })
}
