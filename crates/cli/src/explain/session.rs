//! The steps of a lookup in words: the cookie's signature, the cached session, the stored one.

use gatepost_core::{
    context::Context,
    cookie_cache::Disbelief,
    lookup::{Judged, NotCached, Step},
    reason::Reason,
    rules::session::Verdict,
    store::{secondary::Gone, session::Place},
};

use super::{advice, cookie, shown};
use crate::report::Finding;

const CACHED: &str = "session in the cookie";
pub(super) const STORED: &str = "session in the database";

/// What a step found; none where it says nothing that an operator needs to know. `by_header` says that a header stands for
/// the session's cookie, whose signature is none of the cookie's then.
pub(super) fn finding(cx: &Context, step: &Step, by_header: bool) -> Option<Finding> {
    match step {
        Step::Token(_) if by_header => None,
        Step::Token(signed) => cookie::signature(cx, signed),
        Step::Cached(Ok(believed)) => {
            let due = if believed.is_due { ", and is due to be written anew" } else { "" };
            let name = &cx.auth.cookies.session_data.name;
            Some(Finding::ok(CACHED, format!("{name} is believed{due}")))
        }
        Step::Cached(Err(why)) => not_cached(cx, *why),
        Step::Stored { place, found: Ok(judged) } => Some(stored(cx, *place, judged)),
        Step::Stored { place, found: Err(gone) } => Some(missing(cx, *place, *gone)),
    }
}

/// Why the cached session does not count.
fn not_cached(cx: &Context, why: NotCached) -> Option<Finding> {
    let name = &cx.auth.cookies.session_data.name;
    let config = &cx.auth.config.session.cookie_cache;
    let (evidence, fix) = match why {
        NotCached::Off | NotCached::Declined => return None,
        NotCached::Absent => (
            format!("the request has no {name}"),
            "sign in again; if it is missing then too, browsers drop it: `gatepost doctor`",
        ),
        NotCached::Refused(Disbelief::Forged) => (
            format!(
                "{name} is signed or encrypted with none of the secrets, or is of another form than `{:?}`",
                config.strategy
            ),
            "the secret or `session.cookie_cache.strategy` has changed since, or a proxy cuts large cookies; it is written anew at the \
             next sign-in",
        ),
        NotCached::Refused(Disbelief::AnotherSession) => (
            format!("{name} is of another session than the token beside it"),
            "the browser has cookies of two sign-ins, of two paths or domains perhaps: remove those of the other",
        ),
        NotCached::Refused(Disbelief::AnotherVersion) => (
            format!("{name} is of another `session.cookie_cache.version` than {:?}", config.version),
            "the version was changed to have every session read anew: that is what happens here",
        ),
        NotCached::Refused(Disbelief::Stale) => (
            format!(
                "{name} is too old: past `max_age` ({} s), the session's expiry or `revocation_check`",
                config.max_age
            ),
            "nothing, if it was not used for as long; else compare the clocks: `gatepost doctor`",
        ),
    };
    Some(match cx.auth.config.stores_sessions() {
        true => Finding::warn(CACHED, format!("{evidence}: the database is asked"), fix),
        false => Finding::fail(CACHED, format!("{evidence}: there is no database to ask"), fix),
    })
}

/// What becomes of a session that a store has.
fn stored(cx: &Context, place: Place, judged: &Judged) -> Finding {
    let Judged { created_at, expires_at, user_id, verdict } = judged;
    let began = created_at.map_or_else(|| "an unknown time".to_owned(), |at| at.to_string());
    let place = match (place, &cx.auth.secondary) {
        (Place::SecondaryStorage, _) => "in the secondary storage: ",
        (Place::Database, Some(_)) => "in the table, and not in the secondary storage: ",
        (Place::Database, None) => "",
    };
    let times = format!("{place}signed in at {began}, expires at {expires_at}, and it is {}", cx.now);
    match verdict {
        Verdict::Ended { reason: reason @ Reason::UserGone, .. } => {
            Finding::fail(STORED, format!("{place}the row is there, and user {user_id} is not"), advice(*reason).1)
        }
        Verdict::Ended { reason, .. } => Finding::fail(STORED, times, advice(*reason).1),
        Verdict::Good { needs_refresh: Some(true) } => {
            Finding::ok(STORED, format!("{times}; the answer asks the client to move the expiry by POST"))
        }
        Verdict::Good { .. } => Finding::ok(STORED, times),
        Verdict::Refresh(until) => Finding::ok(STORED, format!("{times}; reading it moves the expiry to {until}")),
    }
}

/// Why no store has the session.
fn missing(cx: &Context, place: Place, gone: Gone) -> Finding {
    const DATABASE: &str = "it was signed out, revoked or removed, or it is in another database: compare DATABASE_URL with that of the \
                            deployment that set the cookie";
    const STORAGE: &str = "it was signed out, revoked, removed or has ended, or it is in another secondary storage: compare its URL and \
                           `secondary_storage.key_prefix` with those of the deployment that set the cookie";
    let token = cx.session_token().unwrap_or_default();
    let token = shown(&token);
    match (gone, place, &cx.auth.secondary) {
        (Gone::Revoked, ..) => {
            let (what, fix) = advice(Reason::SessionRevoked);
            Finding::fail(STORED, what, fix)
        }
        (Gone::Unreadable, ..) => {
            let evidence =
                format!("what the secondary storage has under the token {token} is no session with this token");
            Finding::fail(STORED, evidence, STORAGE)
        }
        (Gone::Unknown, Place::SecondaryStorage, _) => {
            Finding::fail(STORED, format!("no session in the secondary storage has the token {token}"), STORAGE)
        }
        (Gone::Unknown, Place::Database, Some(_)) => {
            let evidence =
                format!("neither a session in the secondary storage nor a row of the table has the token {token}");
            Finding::fail(STORED, evidence, DATABASE)
        }
        (Gone::Unknown, Place::Database, None) => {
            Finding::fail(STORED, format!("no row of the table has the token {token}"), DATABASE)
        }
    }
}
