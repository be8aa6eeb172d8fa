//! Who is signed in: from a request's cookies to the session and its user, with a named reason where there is none
//! (spec core §3.6), and what endpoints ask of a session before they run (spec core §3, the classes S, SS and F).

use http::StatusCode;

use crate::{
    code,
    context::Context,
    cookie_cache::Cached,
    endpoint::Guard,
    error::Error,
    lookup::{self, Decision, Lookup, NotCached, Step},
    model::{Session, User},
    reason::Reason,
    rules::session,
    session_cookies,
    store::{self, Db, Ground, StoreError},
    wire::GetSession,
};

/// A session and whose it is.
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// Its user.
    pub user: User,
}

/// What a look at the cookies brought.
pub enum Found {
    /// Somebody is signed in.
    SignedIn {
        /// Who.
        signed_in: SignedIn,
        /// Set only where reading never writes: whether the client shall ask for the move of the expiry.
        needs_refresh: Option<bool>,
    },
    /// Somebody is, as the cookie says; the database was not asked.
    Cached(SignedIn),
    /// Nobody is, for this reason.
    Nobody(Reason),
}

/// Looks up the session of the request, then does what the lookup decided: moves the expiry, writes cookies anew, and ends
/// what is over in the browser and in the stores.
///
/// # Errors
/// Where a store fails: that is no reason to call somebody signed out.
pub async fn find(cx: &mut Context, query: &GetSession, by_get: bool) -> Result<Found, StoreError> {
    let Lookup { steps, decision } = lookup::session(cx, query, by_get).await;
    expire_refused(cx, &steps);
    match decision? {
        Decision::SignedOut { reason, clear, delete } => end(cx, reason, clear, delete).await,
        Decision::Cached(cached) => Ok(Found::Cached(renew(cx, cached).await)),
        Decision::Keep { session, user, needs_refresh, cache } => {
            session_cookies::renew_signatures(cx, &session);
            if cache {
                session_cookies::cache(cx, &session, &user, true).await;
            }
            Ok(Found::SignedIn { signed_in: SignedIn { session, user }, needs_refresh })
        }
        Decision::Extend { session, user, expires_at } => {
            extend(cx, Session { expires_at, updated_at: Some(cx.now), ..session }, user).await
        }
    }
}

/// Expires a cached session that is not believed, and one that is left over from a time when sessions were cached.
fn expire_refused(cx: &mut Context, steps: &[Step]) {
    if cx.auth.cache.is_none() {
        cx.cookies.expire_pieces(&cx.auth.cookies.session_data, &cx.jar);
    }
    if steps.iter().any(|step| matches!(step, Step::Cached(Err(NotCached::Refused(_))))) {
        cx.cookies.expire(&cx.auth.cookies.session_data);
    }
}

/// Writes the cookies of a cached session anew where that is due.
async fn renew(cx: &mut Context, cached: Cached) -> SignedIn {
    let Cached { session, user, is_due } = cached;
    if is_due {
        let remember = !cx.dont_remember();
        session_cookies::cache(cx, &session, &user, remember).await;
        session_cookies::extend(cx, &session, remember);
    }
    session_cookies::renew_signatures(cx, &session);
    SignedIn { session, user }
}

/// Step 10: moves the expiry in the stores, then in the cookie.
async fn extend(cx: &mut Context, session: Session, user: User) -> Result<Found, StoreError> {
    if !store::session::extend(&cx.db, &session.token, session.expires_at, cx.now).await? {
        session_cookies::clear(cx);
        return Ok(Found::Nobody(Reason::SessionEndedMeanwhile));
    }
    session_cookies::set(cx, &session, &user, true).await;
    Ok(Found::SignedIn { signed_in: SignedIn { session, user }, needs_refresh: None })
}

/// Step 6: ends the session in the browser, and in the stores where nothing else removes it.
async fn end(cx: &mut Context, reason: Reason, clear: bool, delete: Option<String>) -> Result<Found, StoreError> {
    if clear {
        session_cookies::clear(cx);
    }
    if let Some(token) = delete {
        store::session::delete(&cx.db, &token).await?;
    }
    Ok(Found::Nobody(reason))
}

/// Who asks, for endpoints that serve both, or why it is nobody.
///
/// # Errors
/// Where the database fails.
pub async fn optional(cx: &mut Context) -> Result<Result<SignedIn, Reason>, Error> {
    asking(cx, false).await
}

/// The same, and whatever has the sessions says so in this moment.
///
/// # Errors
/// Where it fails.
pub async fn stored(cx: &mut Context) -> Result<Result<SignedIn, Reason>, Error> {
    let disable_cookie_cache = cx.auth.config.stores_sessions();
    asking(cx, disable_cookie_cache).await
}

async fn asking(cx: &mut Context, disable_cookie_cache: bool) -> Result<Result<SignedIn, Reason>, Error> {
    Ok(match find(cx, &GetSession { disable_cookie_cache, ..GetSession::default() }, true).await? {
        Found::SignedIn { signed_in, .. } | Found::Cached(signed_in) => Ok(signed_in),
        Found::Nobody(reason) => Err(reason),
    })
}

/// Stage 10 for endpoints that only somebody signed in may use. Read as by GET: where the refresh is deferred the expiry
/// does not move here.
///
/// # Errors
/// 401 without a session; 403 where it must be fresh and is not; and where the database fails.
pub async fn require(cx: &mut Context, guard: Guard, query: &GetSession) -> Result<SignedIn, Error> {
    let disable_cookie_cache = query.disable_cookie_cache || guard != Guard::Session;
    let query = GetSession { disable_cookie_cache, ..*query };
    let signed_in = match find(cx, &query, true).await? {
        Found::SignedIn { signed_in, .. } | Found::Cached(signed_in) => signed_in,
        Found::Nobody(reason) => return Err(Error::api(StatusCode::UNAUTHORIZED, code::UNAUTHORIZED, reason)),
    };
    if guard == Guard::FreshSession && !is_fresh(cx, &signed_in.session) {
        return Err(Error::api(StatusCode::FORBIDDEN, code::SESSION_NOT_FRESH, Reason::SessionNotFresh));
    }
    Ok(signed_in)
}

/// The answer where a session has ended since the request began. Its cookies are cleared.
pub fn ended(cx: &mut Context) -> Error {
    session_cookies::clear(cx);
    Error::api(StatusCode::UNAUTHORIZED, code::UNAUTHORIZED, Reason::SessionEndedMeanwhile)
}

/// The answer where nothing was written for a signed-in user: that the session has ended since the request began, that the password
/// is another one by now, or else `otherwise`.
pub async fn overtaken(cx: &mut Context, user_id: &str, ground: &Ground<'_>, otherwise: Error) -> Error {
    match lost(&cx.db, user_id, ground).await {
        Ok(None) => otherwise,
        Ok(Some(Reason::WrongPassword)) => Error::bad(code::INVALID_PASSWORD, Reason::WrongPassword),
        Ok(Some(_)) => ended(cx),
        Err(error) => error.into(),
    }
}

/// What does not hold any more of the ground on which a request acts.
async fn lost(db: &Db, user_id: &str, ground: &Ground<'_>) -> Result<Option<Reason>, StoreError> {
    if store::session::with_user(db, ground.session).await?.1.is_err() {
        return Ok(Some(Reason::SessionEndedMeanwhile));
    }
    let Some(password) = ground.password else { return Ok(None) };
    let is_same = store::account::password(db, user_id).await?.as_deref() == Some(password);
    Ok((!is_same).then_some(Reason::WrongPassword))
}

/// Whether the user signed in lately enough for what is sensitive.
pub fn is_fresh(cx: &Context, session: &Session) -> bool {
    session::is_fresh(session, &cx.auth.config.session, cx.now)
}
