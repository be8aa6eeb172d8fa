//! Looks up the session of a request and decides what happens to it (spec core §3.6). It writes nothing and sets no cookie: the
//! [`Decision`] names the next action, `signed_in` carries it out, and `gatepost explain` prints the [`Step`]s.

use jiff::Timestamp;

use crate::{
    context::{Context, places::SessionEnd, token_in},
    cookie::SignedCookie,
    cookie_cache::{CacheRefusal, ValidCachedSession},
    model::{Session, User},
    reason::Reason,
    rules::session::{self, ReadMode, Verdict},
    store::{self, StoreError, secondary::NoSession, session::Place},
    wire::GetSession,
};

/// A lookup: its steps, and the decision that they led to.
pub struct Lookup {
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// The decision about the session, or the error of a store that could not be read.
    pub decision: Result<Decision, StoreError>,
}

/// A step of a lookup: what was read, from where, and what was decided.
#[derive(Debug)]
pub enum Step {
    /// The session token, from its cookie or from the header that replaces it. Without a genuine token the lookup ends.
    Token(SignedCookie),
    /// The cached session, from the cookie beside the token. With a valid one the lookup ends.
    Cached(Result<AcceptedCachedSession, CacheMiss>),
    /// Session and user, from a store.
    Stored {
        /// The store that answered.
        place: Place,
        /// The session with its verdict, or the reason why the store has none.
        found: Result<JudgedSession, NoSession>,
    },
}

/// A valid cached session.
#[derive(Debug, Clone, Copy)]
pub struct AcceptedCachedSession {
    /// Whether the cookie expires soon and must be renewed.
    pub is_due: bool,
}

/// The reason why there is no valid cached session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheMiss {
    /// The deployment caches no sessions in cookies, or the binary does not contain the code for the keys that open them.
    Off,
    /// The request asks for the stored session.
    Declined,
    /// The request has no such cookie.
    Absent,
    /// The cookie is not valid.
    Refused(CacheRefusal),
}

/// A stored session and the verdict on it.
#[derive(Debug, Clone)]
pub struct JudgedSession {
    /// The time when the user signed in.
    pub created_at: Option<Timestamp>,
    /// The stored expiry.
    pub expires_at: Timestamp,
    /// The identifier of the session's user, who may not exist any more.
    pub user_id: String,
    /// The decision of the rules about the session, or of a feature.
    pub verdict: Verdict,
    /// The sentence of a feature about the end that it has decided.
    pub told: Option<String>,
}

/// The decision about the session of a request.
pub enum Decision {
    /// The request has no session.
    SignedOut {
        /// The reason.
        reason: Reason,
        /// Whether to expire the session's cookies.
        clear: bool,
        /// The token of a session to remove from the stores.
        delete: Option<String>,
    },
    /// The cached session is valid.
    Cached(ValidCachedSession),
    /// The stored session is valid as it is.
    Keep {
        /// The session.
        session: Session,
        /// Its user.
        user: User,
        /// Whether the client is to request that the expiry moves; only set if reading never writes.
        needs_refresh: Option<bool>,
        /// Whether to cache the session in its cookie.
        cache: bool,
    },
    /// The stored session is valid, and its expiry is to move.
    Extend {
        /// The stored session.
        session: Session,
        /// Its user.
        user: User,
        /// The new expiry.
        expires_at: Timestamp,
    },
}

/// Looks up the session of a request. `by_get` says that the request reads and does not ask to move the expiry.
pub async fn session(cx: &Context, query: &GetSession, by_get: bool) -> Lookup {
    let mut steps = Vec::new();
    let decision = decide(cx, query, by_get, &mut steps).await;
    Lookup { steps, decision }
}

async fn decide(cx: &Context, query: &GetSession, by_get: bool, steps: &mut Vec<Step>) -> Result<Decision, StoreError> {
    let cookie = cx.session_cookie();
    let token = token_in(&cookie).map(str::to_owned);
    steps.push(Step::Token(cookie));
    let token = match token {
        Ok(token) => token,
        Err(reason) => return Ok(Decision::SignedOut { reason, clear: false, delete: None }),
    };

    let cached = if query.disable_cookie_cache { Err(CacheMiss::Declined) } else { cached(cx, &token).await };
    steps.push(Step::Cached(
        cached.as_ref().map(|cached| AcceptedCachedSession { is_due: cached.is_due }).map_err(|why| *why),
    ));
    if let Ok(cached) = cached {
        return Ok(Decision::Cached(cached));
    }
    if !cx.auth.config.stores_sessions() {
        return Ok(ended(Reason::UnknownSession));
    }

    let (place, found) = store::session::with_user(&cx.db, &token).await?;
    let (session, user) = match found {
        Ok(found) => found,
        Err(gone) => {
            steps.push(Step::Stored { place, found: Err(gone) });
            return Ok(ended(match gone {
                NoSession::Unknown | NoSession::Unreadable => Reason::UnknownSession,
                NoSession::Revoked => Reason::SessionRevoked,
            }));
        }
    };
    let read = ReadMode { by_get, dont_remember: cx.dont_remember(), disable_refresh: query.disable_refresh };
    let verdict = session::judge(&session, user.is_some(), read, &cx.auth.config.session, cx.now);
    let over = match (&user, verdict) {
        (Some(user), Verdict::Good { .. } | Verdict::Refresh(_)) => over(cx, &session, user).await?,
        _ => None,
    };
    let verdict = over.as_ref().map_or(verdict, |over| Verdict::Ended { reason: over.reason, delete: false });
    let judged = JudgedSession {
        created_at: session.created_at,
        expires_at: session.expires_at,
        user_id: session.user_id.clone(),
        verdict,
        told: over.map(|over| over.told),
    };
    steps.push(Step::Stored { place, found: Ok(judged) });
    Ok(match (verdict, user) {
        (Verdict::Good { needs_refresh }, Some(user)) => {
            let cache = !read.dont_remember && !read.disable_refresh;
            Decision::Keep { session, user, needs_refresh, cache }
        }
        (Verdict::Refresh(expires_at), Some(user)) => Decision::Extend { session, user, expires_at },
        (Verdict::Ended { reason, delete }, _) => {
            Decision::SignedOut { reason, clear: true, delete: delete.then_some(session.token) }
        }
        (_, None) => ended(Reason::UserGone),
    })
}

/// Asks the features whether a session that was found counts. Returns the first end that one of them sees.
///
/// # Errors
/// The failure of the database.
pub async fn over(cx: &Context, session: &Session, user: &User) -> Result<Option<SessionEnd>, StoreError> {
    for place in cx.places.iter().filter_map(|feature| feature.session_found) {
        if let Some(over) = place(cx, session, user).await? {
            return Ok(Some(over));
        }
    }
    Ok(None)
}

fn ended(reason: Reason) -> Decision {
    Decision::SignedOut { reason, clear: true, delete: None }
}

/// Reads the cached session, if there is a valid one (steps 4 and 5).
async fn cached(cx: &Context, token: &str) -> Result<ValidCachedSession, CacheMiss> {
    let cache = cx.auth.cache.as_ref().ok_or(CacheMiss::Off)?;
    let text = cx.jar.whole(&cx.auth.cookies.session_data).ok_or(CacheMiss::Absent)?;
    let read = if cache.is_signed_with_keys() {
        let keys = cx.session_keys.ok_or(CacheMiss::Off)?;
        (keys.open)(cx, &text).await.and_then(|claims| cache.believe(&claims, token, cx.now))
    } else {
        cache.read(&text, token, cx.now)
    };
    read.map_err(CacheMiss::Refused)
}
