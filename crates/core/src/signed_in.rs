//! Who is signed in: from a request's cookies to the session and its user, with a named reason where there is none
//! (spec core §3.6), and what endpoints ask of a session before they run (spec core §3, the classes S, SS and F).

use http::StatusCode;

use crate::{
    code,
    context::Context,
    cookie_cache::Cached,
    endpoint::Guard,
    error::Error,
    model::{Session, User},
    reason::Reason,
    rules::session::{self, Read, Verdict},
    session_cookies,
    store::{self, StoreError, secondary::Gone},
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

/// Looks the session of the request up, moves its expiry if that is due, and ends in the browser what is over.
///
/// # Errors
/// Where the database fails: that is no reason to call somebody signed out.
pub async fn find(cx: &mut Context, query: &GetSession, by_get: bool) -> Result<Found, StoreError> {
    if cx.auth.cache.is_none() {
        // Left over from a time when the session was cached in a cookie.
        cx.cookies.expire_pieces(&cx.auth.cookies.session_data, &cx.jar);
    }
    let token = match cx.session_token() {
        Ok(token) => token,
        Err(reason) => return Ok(Found::Nobody(reason)),
    };
    let cached = if query.disable_cookie_cache { None } else { cached(cx, &token).await };
    if let Some(signed_in) = cached {
        session_cookies::renew_signatures(cx, &signed_in.session);
        return Ok(Found::Cached(signed_in));
    }
    let stored = match cx.auth.config.stores_sessions() {
        true => store::session::with_user(&cx.db, &token).await?,
        false => Err(Gone::Unknown),
    };
    let (session, user) = match stored {
        Ok(found) => found,
        Err(gone) => {
            session_cookies::clear(cx);
            return Ok(Found::Nobody(reason(gone)));
        }
    };
    let read = Read { by_get, dont_remember: cx.dont_remember(), disable_refresh: query.disable_refresh };
    let verdict = session::judge(&session, user.is_some(), read, &cx.auth.config.session, cx.now);
    match (verdict, user) {
        (Verdict::Good { needs_refresh }, Some(user)) => {
            session_cookies::renew_signatures(cx, &session);
            if !read.dont_remember && !read.disable_refresh {
                session_cookies::cache(cx, &session, &user, true).await;
            }
            Ok(Found::SignedIn { signed_in: SignedIn { session, user }, needs_refresh })
        }
        (Verdict::Refresh(expires_at), Some(user)) => {
            refresh(cx, Session { expires_at, updated_at: Some(cx.now), ..session }, user).await
        }
        (Verdict::Ended { reason, delete }, _) => end(cx, &session, reason, delete).await,
        (_, None) => end(cx, &session, Reason::UserGone, false).await,
    }
}

/// Why there is no session.
pub fn reason(gone: Gone) -> Reason {
    match gone {
        Gone::Unknown | Gone::Unreadable => Reason::UnknownSession,
        Gone::Revoked => Reason::SessionRevoked,
    }
}

/// Steps 4 and 5: what the cookie says, if it is there and believed; one that is not goes.
async fn cached(cx: &mut Context, token: &str) -> Option<SignedIn> {
    let auth = cx.auth.clone();
    let cache = auth.cache.as_ref()?;
    let text = cx.jar.whole(&auth.cookies.session_data)?;
    let read = if cache.is_signed_with_keys() {
        (cx.session_keys?.open)(cx, &text).await.and_then(|claims| cache.believe(&claims, token, cx.now))
    } else {
        cache.read(&text, token, cx.now)
    };
    match read {
        Ok(Cached { session, user, is_due }) => {
            if is_due {
                let remember = !cx.dont_remember();
                session_cookies::cache(cx, &session, &user, remember).await;
                session_cookies::extend(cx, &session, remember);
            }
            Some(SignedIn { session, user })
        }
        Err(_) => {
            cx.cookies.expire(&auth.cookies.session_data);
            None
        }
    }
}

/// Step 10: the expiry moves, and the cookie with it.
async fn refresh(cx: &mut Context, session: Session, user: User) -> Result<Found, StoreError> {
    if !store::session::extend(&cx.db, &session.token, session.expires_at, cx.now).await? {
        session_cookies::clear(cx);
        return Ok(Found::Nobody(Reason::SessionEndedMeanwhile));
    }
    session_cookies::set(cx, &session, &user, true).await;
    Ok(Found::SignedIn { signed_in: SignedIn { session, user }, needs_refresh: None })
}

/// Step 6: what is over is over in the browser too.
async fn end(cx: &mut Context, session: &Session, reason: Reason, delete: bool) -> Result<Found, StoreError> {
    session_cookies::clear(cx);
    if delete {
        store::session::delete(&cx.db, &session.token).await?;
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

/// Whether the user signed in lately enough for what is sensitive.
pub fn is_fresh(cx: &Context, session: &Session) -> bool {
    session::is_fresh(session, &cx.auth.config.session, cx.now)
}
