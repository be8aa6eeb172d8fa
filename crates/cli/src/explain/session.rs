//! Words the steps of a lookup: the cookie's signature, the cached session, the stored session.

use gatepost_core::{
    context::Context,
    cookie_cache::CacheRefusal,
    lookup::{CacheMiss, JudgedSession, Step},
    reason::Reason,
    rules::session::Verdict,
    store::{secondary::NoSession, session::Place},
};

use super::{advice, cookie, shown};
use crate::report::Finding;

const CACHED: &str = "session in the cookie";
pub(super) const STORED: &str = "session in the database";

/// Words a step; `None` if it contains nothing of interest to the operator. `by_header` says that a header replaces the session
/// cookie, so that the signature is not the cookie's.
pub(super) fn finding(cx: &Context, step: &Step, by_header: bool) -> Option<Finding> {
    match step {
        Step::Token(_) if by_header => None,
        Step::Token(signed) => cookie::signature(cx, signed),
        Step::Cached(Ok(believed)) => {
            let due = if believed.is_due { ", and the service renews it" } else { "" };
            let name = &cx.auth.cookies.session_data.name;
            Some(Finding::ok(CACHED, format!("{name} is valid{due}")))
        }
        Step::Cached(Err(why)) => not_cached(cx, *why),
        Step::Stored { place, found: Ok(judged) } => Some(stored(cx, *place, judged)),
        Step::Stored { place, found: Err(gone) } => Some(missing(cx, *place, *gone)),
    }
}

/// Explains why the service does not use the cached session.
fn not_cached(cx: &Context, why: CacheMiss) -> Option<Finding> {
    let name = &cx.auth.cookies.session_data.name;
    let config = &cx.auth.config.session.cookie_cache;
    let (evidence, fix) = match why {
        CacheMiss::Off | CacheMiss::Declined => return None,
        CacheMiss::Absent => (
            format!("the request has no {name}"),
            "sign in again; if it is still missing, browsers drop it: run `gatepost doctor`",
        ),
        CacheMiss::Refused(CacheRefusal::Forged) => (
            format!("none of the secrets has signed or encrypted {name}, or its form is not `{:?}`", config.strategy),
            "sign in again: the secret or `session.cookie_cache.strategy` has changed since, or a proxy cuts large cookies",
        ),
        CacheMiss::Refused(CacheRefusal::AnotherSession) => (
            format!("{name} belongs to another session than the session token"),
            "delete the cookies of the other sign-in in the browser: it has cookies of two sign-ins, perhaps with two paths \
             or domains",
        ),
        CacheMiss::Refused(CacheRefusal::AnotherVersion) => (
            format!("{name} has another `session.cookie_cache.version` than {:?}", config.version),
            "nothing to do: after a change of the version, the service reads every session again",
        ),
        CacheMiss::Refused(CacheRefusal::Stale) => (
            format!(
                "{name} is too old: past `max_age` ({} s), the session's expiry or `revocation_check`",
                config.max_age
            ),
            "nothing to do if the browser did not use the service for that long; otherwise compare the clocks: run `gatepost \
             doctor`",
        ),
    };
    Some(match cx.auth.config.stores_sessions() {
        true => Finding::warn(CACHED, format!("{evidence}: the service asks the database"), fix),
        false => Finding::fail(CACHED, format!("{evidence}: there is no database to ask"), fix),
    })
}

/// Explains the decision about a stored session.
fn stored(cx: &Context, place: Place, judged: &JudgedSession) -> Finding {
    let JudgedSession { created_at, expires_at, user_id, verdict, told } = judged;
    let began = created_at.map_or_else(|| "an unknown time".to_owned(), |at| at.to_string());
    let place = match (place, &cx.auth.secondary) {
        (Place::SecondaryStorage, _) => "in the secondary storage: ",
        (Place::Database, Some(_)) => "in the table, but not in the secondary storage: ",
        (Place::Database, None) => "",
    };
    let has_expired = matches!(verdict, Verdict::Ended { reason: Reason::SessionExpired, .. });
    let expiry = if has_expired { "it has expired: it expired at" } else { "expires at" };
    let times = format!("{place}signed in at {began}, {expiry} {expires_at}; the time is {}", cx.now);
    match verdict {
        Verdict::Ended { reason: reason @ Reason::UserGone, .. } => Finding::fail(
            STORED,
            format!("{place}the session exists, but the user {user_id} does not"),
            advice(*reason).1,
        ),
        Verdict::Ended { reason, .. } => {
            let told = told.as_ref().map(|told| format!("; {told}")).unwrap_or_default();
            Finding::fail(STORED, format!("{times}{told}"), advice(*reason).1)
        }
        Verdict::Good { needs_refresh: Some(true) } => {
            Finding::ok(STORED, format!("{times}; the answer asks the client to move the expiry with a POST request"))
        }
        Verdict::Good { .. } => Finding::ok(STORED, times),
        Verdict::Refresh(until) => Finding::ok(STORED, format!("{times}; reading it moves the expiry to {until}")),
    }
}

/// Explains why no store has the session.
fn missing(cx: &Context, place: Place, gone: NoSession) -> Finding {
    const DATABASE: &str = "compare DATABASE_URL with that of the deployment that set the cookie; if they are equal, the \
                            session was signed out, revoked or removed: sign in again";
    const STORAGE: &str = "compare the URL of the secondary storage and `secondary_storage.key_prefix` with those of the \
                           deployment that set the cookie; if they are equal, the session was signed out, revoked or removed, \
                           or has expired: sign in again";
    let token = cx.session_token().unwrap_or_default();
    let token = shown(&token);
    match (gone, place, &cx.auth.secondary) {
        (NoSession::Revoked, ..) => {
            let (what, fix) = advice(Reason::SessionRevoked);
            Finding::fail(STORED, what, fix)
        }
        (NoSession::Unreadable, ..) => {
            let evidence =
                format!("the entry of the secondary storage for the token {token} is not a session with this token");
            Finding::fail(STORED, evidence, STORAGE)
        }
        (NoSession::Unknown, Place::SecondaryStorage, _) => {
            Finding::fail(STORED, format!("no session in the secondary storage has the token {token}"), STORAGE)
        }
        (NoSession::Unknown, Place::Database, Some(_)) => {
            let evidence =
                format!("neither a session in the secondary storage nor a row of the table has the token {token}");
            Finding::fail(STORED, evidence, DATABASE)
        }
        (NoSession::Unknown, Place::Database, None) => {
            Finding::fail(STORED, format!("no row of the table has the token {token}"), DATABASE)
        }
    }
}
