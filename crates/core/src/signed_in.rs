//! The signed-in user: from a request's cookies to the session and its user, or a reason without one (spec core §3.6), and what
//! endpoints require of a session before they run (spec core §3, the classes S, SS and F).

use http::StatusCode;

use crate::{
    api_keys::ApiKey,
    code,
    context::Context,
    cookie_cache::ValidCachedSession,
    endpoint::Guard,
    error::Error,
    lookup::{self, CacheMiss, Decision, Lookup, Step},
    model::{Session, User},
    reason::Reason,
    rules::session,
    session_cookies,
    store::{self, Db, RequestProof, StoreError, noted::IdentityProof},
    wire::GetSession,
};

/// A session and its user.
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// Its user.
    pub user: User,
}

impl SignedIn {
    /// Refuses an administrator who acts as the user. Requests that change how the user signs in, or that reveal or create what works
    /// after the session, such as a membership in the user's organization, need the user: otherwise an impersonation would not end, and
    /// its traces would not name the administrator.
    ///
    /// # Errors
    /// 403 in an impersonation.
    pub fn in_person(&self) -> Result<(), Error> {
        in_person(&self.session)
    }
}

/// Refuses the session of an administrator who acts as the user: see [`SignedIn::in_person`].
///
/// # Errors
/// 403 in an impersonation.
pub fn in_person(session: &Session) -> Result<(), Error> {
    match session.impersonated_by() {
        None => Ok(()),
        Some(_) => Err(Error::api(StatusCode::FORBIDDEN, code::NOT_WHILE_IMPERSONATING, Reason::ImpersonatedSession)),
    }
}

/// The result of looking for a session.
pub enum SessionLookup {
    /// A user is signed in.
    SignedIn {
        /// The session and its user.
        signed_in: SignedIn,
        /// Whether the client is to request that the expiry moves; only set if reading never writes.
        needs_refresh: Option<bool>,
    },
    /// A user is signed in by the cached session; the database was not asked.
    Cached(SignedIn),
    /// No user is signed in, for this reason.
    SignedOut(Reason),
}

/// Looks up the session of the request and carries out the decision: moves the expiry, renews cookies, and ends expired sessions in
/// the browser and in the stores.
///
/// # Errors
/// The failure of a store, which does not mean that the user is signed out.
pub async fn find(cx: &mut Context, query: &GetSession, by_get: bool) -> Result<SessionLookup, StoreError> {
    let found = carry_out(cx, query, by_get).await?;
    if let SessionLookup::SignedIn { signed_in, .. } | SessionLookup::Cached(signed_in) = &found {
        cx.audit.impersonated_by = signed_in.session.impersonated_by().map(str::to_owned);
        let SignedIn { session, user } = signed_in;
        cx.db.notes.know(|author| {
            author.by = IdentityProof::Session;
            author.user = Some(user.id.clone());
            author.session = Some(session.id.clone());
            author.impersonated_by = session.impersonated_by().map(str::to_owned);
        });
    }
    Ok(found)
}

async fn carry_out(cx: &mut Context, query: &GetSession, by_get: bool) -> Result<SessionLookup, StoreError> {
    let Lookup { steps, decision } = lookup::session(cx, query, by_get).await;
    expire_refused(cx, &steps);
    match decision? {
        Decision::SignedOut { reason, clear, delete } => end(cx, reason, clear, delete).await,
        Decision::Cached(cached) => Ok(SessionLookup::Cached(renew(cx, cached).await)),
        Decision::Keep { session, user, needs_refresh, cache } => {
            session_cookies::renew_signatures(cx, &session);
            if cache {
                session_cookies::cache(cx, &session, &user, true).await;
            }
            Ok(SessionLookup::SignedIn { signed_in: SignedIn { session, user }, needs_refresh })
        }
        Decision::Extend { session, user, expires_at } => {
            extend(cx, Session { expires_at, updated_at: Some(cx.now), ..session }, user).await
        }
    }
}

/// Expires an invalid cached session, and one that remains from a time when sessions were cached.
fn expire_refused(cx: &mut Context, steps: &[Step]) {
    if cx.auth.cache.is_none() {
        cx.cookies.expire_pieces(&cx.auth.cookies.session_data, &cx.jar);
    }
    if steps.iter().any(|step| matches!(step, Step::Cached(Err(CacheMiss::Refused(_))))) {
        cx.cookies.expire(&cx.auth.cookies.session_data);
    }
}

/// Renews the cookies of a cached session if that is due.
async fn renew(cx: &mut Context, cached: ValidCachedSession) -> SignedIn {
    let ValidCachedSession { session, user, is_due } = cached;
    if is_due {
        let remember = !cx.dont_remember();
        session_cookies::cache(cx, &session, &user, remember).await;
        session_cookies::extend(cx, &session, remember);
    }
    session_cookies::renew_signatures(cx, &session);
    SignedIn { session, user }
}

/// Moves the expiry in the stores, then in the cookie (step 10).
async fn extend(cx: &mut Context, session: Session, user: User) -> Result<SessionLookup, StoreError> {
    if !store::session::extend(&cx.db, &session.token, session.expires_at, cx.now).await? {
        session_cookies::clear(cx);
        return Ok(SessionLookup::SignedOut(Reason::SessionEndedMeanwhile));
    }
    session_cookies::set(cx, &session, &user, true).await;
    Ok(SessionLookup::SignedIn { signed_in: SignedIn { session, user }, needs_refresh: None })
}

/// Ends the session in the browser, and in the stores if nothing else removes it (step 6).
async fn end(
    cx: &mut Context,
    reason: Reason,
    clear: bool,
    delete: Option<String>,
) -> Result<SessionLookup, StoreError> {
    if clear {
        session_cookies::clear(cx);
    }
    if let Some(token) = delete {
        cx.db.notes.next_is_silent();
        store::session::delete(&cx.db, &token).await?;
    }
    Ok(SessionLookup::SignedOut(reason))
}

/// Returns the session for endpoints that need none, or the reason why there is none.
///
/// # Errors
/// The failure of the database.
pub async fn optional(cx: &mut Context) -> Result<Result<SignedIn, Reason>, Error> {
    asking(cx, false).await
}

/// Returns the session as it is stored now, or the reason why there is none.
///
/// # Errors
/// The failure of the store.
pub async fn stored(cx: &mut Context) -> Result<Result<SignedIn, Reason>, Error> {
    let disable_cookie_cache = cx.auth.config.stores_sessions();
    asking(cx, disable_cookie_cache).await
}

async fn asking(cx: &mut Context, disable_cookie_cache: bool) -> Result<Result<SignedIn, Reason>, Error> {
    Ok(match find(cx, &GetSession { disable_cookie_cache, ..GetSession::default() }, true).await? {
        SessionLookup::SignedIn { signed_in, .. } | SessionLookup::Cached(signed_in) => Ok(signed_in),
        SessionLookup::SignedOut(reason) => Err(reason),
    })
}

/// Returns the session for endpoints that require one (stage 10). It is read as by GET: if the refresh is deferred, the expiry does
/// not move.
///
/// # Errors
/// 401 without a session, 403 if it must be fresh and is not, or the failure of the database.
pub async fn require(cx: &mut Context, guard: Guard, query: &GetSession) -> Result<SignedIn, Error> {
    let key = cx.api_key.as_ref().filter(|_| guard == Guard::SessionOrKey);
    if let Some((key, signed_in)) = key.and_then(|key| Some((key, by_key(cx, key)?))) {
        cx.db.notes.know(|author| {
            author.by = IdentityProof::Key;
            author.user = Some(signed_in.user.id.clone());
            author.key = Some(key.id.clone());
        });
        return Ok(signed_in);
    }
    let disable_cookie_cache = query.disable_cookie_cache || !matches!(guard, Guard::Session | Guard::SessionOrKey);
    let query = GetSession { disable_cookie_cache, ..*query };
    let signed_in = match find(cx, &query, true).await? {
        SessionLookup::SignedIn { signed_in, .. } | SessionLookup::Cached(signed_in) => signed_in,
        SessionLookup::SignedOut(reason) => {
            return Err(Error::api(StatusCode::UNAUTHORIZED, code::UNAUTHORIZED, reason));
        }
    };
    if guard == Guard::FreshSession && !is_fresh(cx, &signed_in.session) {
        return Err(Error::api(StatusCode::FORBIDDEN, code::SESSION_NOT_FRESH, Reason::SessionNotFresh));
    }
    Ok(signed_in)
}

/// Returns the owner of an API key, with the session that stands for the key. Returns `None` for the key of an organization, which
/// stands for no session.
pub fn by_key(cx: &Context, key: &ApiKey) -> Option<SignedIn> {
    let user = key.user()?.clone();
    Some(SignedIn { session: key.session(&user, cx.client(), cx.auth.config.session.expires_in, cx.now), user })
}

/// The answer where a session has ended since the request began. Its cookies are cleared.
pub fn ended(cx: &mut Context) -> Error {
    session_cookies::clear(cx);
    Error::api(StatusCode::UNAUTHORIZED, code::UNAUTHORIZED, Reason::SessionEndedMeanwhile)
}

/// The answer where nothing was written for a signed-in user: that the session has ended since the request began, that the password
/// is another one by now, or else `otherwise`.
pub async fn overtaken(cx: &mut Context, user_id: &str, ground: &RequestProof<'_>, otherwise: Error) -> Error {
    match lost(&cx.db, user_id, ground).await {
        Ok(None) => otherwise,
        Ok(Some(Reason::WrongPassword)) => Error::bad(code::INVALID_PASSWORD, Reason::WrongPassword),
        Ok(Some(_)) => ended(cx),
        Err(error) => error.into(),
    }
}

/// Returns why the ground on which a request acts does not hold any more, or `None` if it holds.
async fn lost(db: &Db, user_id: &str, ground: &RequestProof<'_>) -> Result<Option<Reason>, StoreError> {
    if store::session::with_user(db, ground.session).await?.1.is_err() {
        return Ok(Some(Reason::SessionEndedMeanwhile));
    }
    let Some(password) = ground.password else { return Ok(None) };
    let is_same = store::account::password(db, user_id).await?.as_deref() == Some(password);
    Ok((!is_same).then_some(Reason::WrongPassword))
}

/// Whether the user signed in recently enough for sensitive requests.
pub fn is_fresh(cx: &Context, session: &Session) -> bool {
    session::is_fresh(session, &cx.auth.config.session, cx.now)
}
