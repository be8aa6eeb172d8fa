//! Bans (spec management-plugins §§1.4, 1.6): they stop every way to a session, and end the sessions that exist.

use std::time::Duration;

use http::StatusCode;
use jiff::Timestamp;

use super::{
    actor::{self, Permission},
    impersonation, rows,
    rules::{self, BAN_EXPIRES, BanState, MOST_TEXT},
    wire, words,
};
use crate::{
    code,
    context::{
        Context,
        places::{Answer, CompletedChange, Entry, SessionDecision, SessionEnd},
    },
    error::Error,
    flow,
    model::{Session, User},
    reason::Reason,
    reply::Reply,
    rules::fields::check_size,
    signed_in::{self, SignedIn},
    store::{self, RequestProof, StoreError, user::Change, values::Values},
    wire::Issue,
};

/// The permission to ban and to lift bans.
pub(super) const BAN: Permission =
    Permission { resource: "user", action: "ban", refusal: words::YOU_ARE_NOT_ALLOWED_TO_BAN_USERS };

/// Stops a banned user before a session opens. A ban whose time is over is removed; this answer still shows it, as in better-auth.
pub(super) fn before_session<'a>(
    cx: &'a mut Context,
    entry: &'a Entry<'a>,
) -> Answer<'a, Result<SessionDecision, Error>> {
    Box::pin(async move {
        if !cx.auth.config.features.admin.enabled {
            return Ok(SessionDecision::Open);
        }
        match rules::standing(entry.user, cx.now) {
            BanState::Free => Ok(SessionDecision::Open),
            BanState::Banned => Ok(SessionDecision::Closed(refuse)),
            BanState::Expired => {
                let change = Change { name: None, image: None, additional: rows::lifted() };
                cx.db.notes.next_is("user.unbanned");
                store::user::update(&cx.db, &entry.user.id, &change, None, cx.now).await?;
                Ok(SessionDecision::Open)
            }
        }
    })
}

fn refuse<'a>(cx: &'a mut Context, _: &'a Entry<'a>) -> Answer<'a, Result<Reply, Error>> {
    Box::pin(async {
        let message = cx.auth.config.features.admin.banned_user_message.clone();
        Err(Error::explained(StatusCode::FORBIDDEN, words::BANNED_USER, message, Reason::Banned))
    })
}

/// Ends the sessions of a banned user, and those in which an administrator acts as a user without the right to: because the administrator
/// is banned, does not exist any more, has lost the right, does not reach the user any more, or has another password since, which a
/// thief of the former one does not know.
pub(super) fn session_found<'a>(
    cx: &'a Context,
    session: &'a Session,
    user: &'a User,
) -> Answer<'a, Result<Option<SessionEnd>, StoreError>> {
    Box::pin(async move {
        if !cx.auth.config.features.admin.enabled {
            return Ok(None);
        }
        if rules::standing(user, cx.now) == BanState::Banned {
            return Ok(Some(SessionEnd { reason: Reason::Banned, told: told(user) }));
        }
        let Some(by) = session.impersonated_by() else { return Ok(None) };
        let administrator = match store::mailed::by_id(&cx.db, by).await {
            Err(StoreError::Refused { .. }) => None,
            found => found?,
        };
        let holds = administrator.is_some_and(|found| {
            rules::standing(&found.user, cx.now) != BanState::Banned
                && impersonation::may(cx, &found.user, user)
                && !found.credential.is_newer_than(session.created_at)
        });
        let told = || format!("the administrator {by}, who began the impersonation, has no right to it any more");
        Ok((!holds).then(|| SessionEnd { reason: Reason::ImpersonatorGone, told: told() }))
    })
}

/// Says how long a user is banned.
fn told(user: &User) -> String {
    let until = user
        .additional
        .text(BAN_EXPIRES)
        .map_or_else(|| "until the ban is lifted".to_owned(), |at| format!("until {at}"));
    format!("the user {} is banned {until}", user.id)
}

/// The answer for administrators who ban themselves.
pub(super) fn own_user() -> Error {
    Error::bad(words::YOU_CANNOT_BAN_YOURSELF, Reason::OwnUser)
}

/// `POST /admin/ban-user`.
pub(super) async fn ban(cx: &mut Context, body: wire::BanUser, own: SignedIn) -> Result<Reply, Error> {
    check_size("body.banReason", body.reason.as_deref(), MOST_TEXT).map_err(Issue)?;
    let target = actor::named(cx, &body.user_id).await?;
    if target.id == own.user.id {
        return Err(own_user());
    }
    actor::reaches(cx, &own.user, &target, &BAN)?;
    let auth = cx.auth.clone();
    let options = &auth.config.features.admin;
    let filled = |text: &String| !text.is_empty();
    let reason = body.reason.filter(filled).or_else(|| Some(options.default_ban_reason.clone()).filter(filled));
    let seconds = body.expires_in.filter(|seconds| *seconds != 0.0).or(options.default_ban_expires_in.map(f64::from));
    let until = match seconds {
        Some(seconds) => Some(after(cx, seconds)?),
        None => None,
    };
    let values = rows::banned(reason.as_deref().unwrap_or("No reason"), until);
    cx.db.notes.next_is("user.banned");
    let user = change(cx, &own, &target, values).await?;
    end_sessions(cx, &target).await?;
    Reply::json(&wire::UserAnswer { user: &user })
}

/// Returns the instant so many seconds from now.
fn after(cx: &Context, seconds: f64) -> Result<Timestamp, Error> {
    let span = Duration::try_from_secs_f64(seconds.abs()).ok();
    let moved = span.and_then(|span| match seconds < 0.0 {
        true => cx.now.checked_sub(span).ok(),
        false => cx.now.checked_add(span).ok(),
    });
    moved.ok_or_else(|| Issue("[body.banExpiresIn] Invalid input: the time is beyond the year 9999".to_owned()).into())
}

/// `POST /admin/unban-user`.
pub(super) async fn unban(cx: &mut Context, body: wire::UserBody, own: SignedIn) -> Result<Reply, Error> {
    let target = actor::named(cx, &body.user_id).await?;
    actor::reaches(cx, &own.user, &target, &BAN)?;
    cx.db.notes.next_is("user.unbanned");
    let user = change(cx, &own, &target, rows::lifted()).await?;
    Reply::json(&wire::UserAnswer { user: &user })
}

/// Changes the row of a user while the administrator's session holds.
pub(super) async fn change(cx: &mut Context, own: &SignedIn, target: &User, values: Values) -> Result<User, Error> {
    let change = Change { name: None, image: None, additional: values };
    let ground = RequestProof::session(&own.session.token);
    let changed = store::user::update(&cx.db, &target.id, &change, Some(&ground), cx.now).await;
    let changed = changed.map_err(|error| Error::of_row(error, code::FAILED_TO_UPDATE_USER))?;
    match changed {
        Some(user) => {
            flow::happened(cx, &CompletedChange::UserUpdated(&user));
            Ok(user)
        }
        None => Err(gone_or_overtaken(cx, own, &ground).await),
    }
}

/// Returns the error where nothing was written: the administrator's session has ended since the request began, or the user has gone.
pub(super) async fn gone_or_overtaken(cx: &mut Context, own: &SignedIn, ground: &RequestProof<'_>) -> Error {
    let gone = Error::api(StatusCode::NOT_FOUND, code::USER_NOT_FOUND, Reason::UserGone);
    signed_in::overtaken(cx, &own.user.id, ground, gone).await
}

/// Ends all sessions of a user, and what belongs to them.
pub(super) async fn end_sessions(cx: &mut Context, user: &User) -> Result<(), Error> {
    store::session::delete_all(&cx.db, &user.id).await?;
    flow::others_ended(cx, user).await
}
