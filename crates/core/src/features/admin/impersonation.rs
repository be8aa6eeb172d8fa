//! Impersonation (spec management-plugins §1.6): an administrator acts as a user, in a session that names the administrator and ends
//! soon, and returns to the session from before.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{
    actor::{self, Permission},
    declaration::ADMIN_COOKIE,
    rows,
    rules::IMPERSONATED_BY,
    wire, words,
};
use crate::{
    code,
    config::Config,
    context::{
        Context,
        places::{Answer, Entry, Way},
    },
    cookie::{Cookie, Lifetime},
    error::Error,
    flow::{self, Cookies, PreparedSignIn},
    lookup,
    model::{Additional, Session, User},
    reason::Reason,
    reply::Reply,
    rules::access::WantedActions,
    session_cookies,
    signed_in::{self, SignedIn},
    store,
};

pub(super) const IMPERSONATE: Permission =
    Permission { resource: "user", action: "impersonate", refusal: words::YOU_ARE_NOT_ALLOWED_TO_IMPERSONATE_USERS };

/// The cookie with the session of the administrator: its token, a colon, and the wish not to be remembered.
fn admin_cookie(config: &Config) -> Cookie {
    Cookie::new(ADMIN_COOKIE, Some(config.session.expires_in), config)
}

/// Names the administrator in the row of the session in which a user is impersonated.
pub(super) fn session_values<'a>(
    _: &'a mut Context,
    entry: &'a Entry<'a>,
    values: &'a mut Map<String, Value>,
) -> Answer<'a, Result<(), Error>> {
    if let Way::Impersonation(by) = entry.way {
        values.insert(IMPERSONATED_BY.to_owned(), by.into());
    }
    Box::pin(async { Ok(()) })
}

/// Names the administrator in a token (RFC 8693 §4.1).
pub(super) fn claims<'a>(
    _: &'a mut Context,
    session: &'a Session,
    _: &'a User,
    claims: &'a mut Additional,
) -> Answer<'a, Result<(), Error>> {
    if let Some(by) = session.impersonated_by() {
        claims.set("act", json!({ "sub": by }));
    }
    Box::pin(async { Ok(()) })
}

/// Whether an administrator may act as a user.
pub(super) fn may(cx: &Context, administrator: &User, target: &User) -> bool {
    let rules = actor::rules(&cx.auth.config);
    rules.may(administrator, &[WantedActions::all(IMPERSONATE.resource, [IMPERSONATE.action])])
        && rules.may_impersonate(administrator, target)
}

/// Ends the sessions in which an administrator acts as others with those that the administrator ends.
pub(super) fn others_ended<'a>(cx: &'a mut Context, user: &'a User) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let config = &cx.auth.config;
        if config.features.admin.enabled
            && actor::rules(config).may(user, &[WantedActions::all("user", ["impersonate"])])
        {
            rows::end_impersonations(&cx.db, &user.id).await?;
        }
        Ok(())
    })
}

/// Ends the sessions in which an administrator acts as others if the administrator has lost a right: they would be there again with
/// the right.
pub(super) async fn rights_changed(cx: &Context, before: &User, after: &User) -> Result<(), Error> {
    let rules = actor::rules(&cx.auth.config);
    let could = rules.may(before, &[WantedActions::all(IMPERSONATE.resource, [IMPERSONATE.action])]);
    if could && !rules.rights(after).include(&rules.rights(before)) {
        rows::end_impersonations(&cx.db, &before.id).await?;
    }
    Ok(())
}

/// Signs the administrator out with the user as whom the administrator acts: the browser keeps no session.
pub(super) fn signed_out(cx: &mut Context) -> Answer<'_, Result<(), Error>> {
    Box::pin(async move {
        let auth = cx.auth.clone();
        let Some(value) = admin_session(cx).filter(|_| auth.config.features.admin.enabled) else { return Ok(()) };
        cx.cookies.expire(&admin_cookie(&auth.config));
        let token = value.split_once(':').map_or(value.as_str(), |(token, _)| token);
        store::session::delete(&cx.db, token).await?;
        Ok(())
    })
}

/// `POST /admin/impersonate-user`.
pub(super) async fn begin(cx: &mut Context, body: wire::UserBody, own: SignedIn) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let target = actor::named(cx, &body.user_id).await?;
    let protected = || Error::api(StatusCode::FORBIDDEN, words::YOU_CANNOT_IMPERSONATE_ADMINS, Reason::ProtectedUser);
    if !actor::rules(&auth.config).may_impersonate(&own.user, &target) {
        return Err(protected());
    }
    // Within an impersonation, the session names the administrator who began the first one, and the way back stays that to the
    // administrator's own session (docs/DIFFERENCES.md).
    let (by, back) = match own.session.impersonated_by() {
        Some(by) => {
            let administrator = actor::existing(store::user::by_id(&cx.db, by).await)?;
            if !may(cx, &administrator, &target) {
                return Err(protected());
            }
            (administrator.id, admin_session(cx))
        }
        None => {
            let wish = if cx.dont_remember() { "true" } else { "" };
            (own.user.id.clone(), Some(format!("{}:{wish}", own.session.token)))
        }
    };
    let entry = Entry { user: &target, way: Way::Impersonation(&by), remember: false, password: None, page: None };
    let session = match flow::prepare(cx, &entry).await? {
        PreparedSignIn::Open(session) => session,
        PreparedSignIn::Closed(answer) => return answer(cx, &entry).await,
    };
    let lasts = Duration::from_secs(auth.config.features.admin.impersonation_session_duration.into());
    let session = Session { expires_at: cx.now + lasts, ..session };
    cx.db.notes.next_is("impersonation.begun");
    let stored = store::session::insert(&cx.db, session).await;
    let refused = Error::api(StatusCode::INTERNAL_SERVER_ERROR, code::FAILED_TO_CREATE_SESSION, Reason::RowRefused);
    let session = stored.map_err(|error| Error::refused_row(error, refused))?;
    // What ends all sessions of the administrator ends the impersonations after them: those that it finds.
    if store::session::with_user(&cx.db, &own.session.token).await?.1.is_err() {
        cx.db.notes.next_is("impersonation.ended");
        store::session::delete(&cx.db, &session.token).await?;
        return Err(signed_in::ended(cx));
    }
    if own.session.impersonated_by().is_some() {
        cx.db.notes.next_is("impersonation.ended");
        store::session::delete(&cx.db, &own.session.token).await?;
    }
    session_cookies::clear(cx);
    let (cookie, seconds) = (admin_cookie(&auth.config), Lifetime::Seconds(auth.config.session.expires_in));
    if let Some(back) = back {
        cx.cookies.sign(&cookie, &back, seconds, auth.config.secrets.current());
    }
    let reply = Reply::json(&wire::SessionOf { session: &session, user: &target })?;
    flow::announce(cx, &entry, &session, Cookies::AsEntered).await?;
    Ok(reply)
}

/// Returns the value of the cookie that names the administrator's session.
fn admin_session(cx: &Context) -> Option<String> {
    cx.jar.signed(&admin_cookie(&cx.auth.config).name, &cx.auth.config.secrets).genuine()
}

/// `POST /admin/stop-impersonating`.
pub(super) async fn end(cx: &mut Context, _: crate::wire::NoInput) -> Result<Reply, Error> {
    let own = signed_in::optional(cx).await?;
    let own = own.map_err(|reason| Error::Blank { status: StatusCode::UNAUTHORIZED, reason })?;
    let Some(by) = own.session.impersonated_by() else {
        let message = "You are not impersonating anyone".to_owned();
        return Err(Error::Codeless { message, reason: Reason::NotImpersonating });
    };
    cx.audit.target = Some(own.user.id.clone());
    let lost = |cause: &str| {
        let message = "Failed to find admin session".to_owned();
        Error::Failed { message, reason: Reason::NoAdminSession, cause: cause.to_owned() }
    };
    let value = admin_session(cx).ok_or_else(|| lost("the request has no such cookie"))?;
    let (token, wish) = value.split_once(':').unwrap_or((&value, ""));
    let found = store::session::with_user(&cx.db, token).await?.1.ok();
    let found = found.and_then(|(session, user)| Some(SignedIn { session, user: user? }));
    let of_admin = |found: &SignedIn| found.user.id == by && found.session.expires_at >= cx.now;
    let admin = found.filter(of_admin).ok_or_else(|| lost("it has ended, or is another user's"))?;
    if let Some(over) = lookup::over(cx, &admin.session, &admin.user).await? {
        return Err(lost(&over.told));
    }
    cx.db.notes.next_is("impersonation.ended");
    store::session::delete(&cx.db, &own.session.token).await?;
    session_cookies::set(cx, &admin.session, &admin.user, wish.is_empty()).await;
    cx.cookies.expire(&admin_cookie(&cx.auth.config));
    Reply::json(&wire::SessionOf { session: &admin.session, user: &admin.user })
}
