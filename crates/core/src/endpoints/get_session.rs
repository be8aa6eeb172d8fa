//! `GET|POST /get-session`: returns the session and its user. It costs one round trip, and every `null` has a reason.

use http::{HeaderValue, Method, StatusCode, header};
use serde::Serialize;

use crate::{
    code,
    context::{Context, SET_AUTH_JWT, places::View},
    declaration::{Answers, Operation, Shape},
    endpoint::{Body, Endpoint, Guard},
    error::Error,
    features::tokens::token,
    flow,
    model::{Session, User},
    reason::Reason,
    reply::Reply,
    run::run,
    signed_in::{self, SessionLookup, SignedIn},
    store::StoreError,
    wire,
};

/// The endpoints that return the session.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "get_session",
        method: Method::GET,
        path: "/get-session",
        about: "Returns the session of the cookie and its user, or `null`.",
        body: Body::Ignored,
        guard: Guard::Open,
        served: &[],
        uses: &[],
        run: run!(get_session),
    },
    Endpoint {
        id: "get_session.refresh",
        method: Method::POST,
        path: "/get-session",
        about: "Returns the session as `GET` does, and moves its expiry if that is due; only with `session.defer_session_refresh`.",
        body: Body::Ignored,
        guard: Guard::Open,
        served: &[],
        uses: &[],
        run: run!(get_session),
    },
];

/// The operations of [`ENDPOINTS`] in the API description.
pub const OPERATIONS: &[Operation] = &[
    Operation::of(
        "get_session",
        "getSession",
        Answers::of("The session and its user, or `null`.", Shape::OrNull(&Shape::Component("SessionAndUser"))),
    ),
    Operation::of(
        "get_session.refresh",
        "getSessionPost",
        Answers::of("The session and its user, or `null`.", Shape::OrNull(&Shape::Component("SessionAndUser"))),
    ),
];

/// Returns the session and its user, or `null` (spec core §3.6).
async fn get_session(cx: &mut Context, query: wire::GetSession) -> Result<Reply, Error> {
    cx.answer_headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    cx.answer_headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    let by_get = cx.method == Method::GET;
    if !by_get && !cx.auth.config.session.defer_session_refresh {
        let code = code::METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED;
        return Err(Error::api(StatusCode::METHOD_NOT_ALLOWED, code, Reason::DeferredRefreshDisabled));
    }
    if let Some(SignedIn { session, user }) = cx.api_key.as_ref().and_then(|key| signed_in::by_key(cx, key)) {
        let View { session, user, more } = flow::session_view(cx, session, user).await?;
        return Reply::json(&wire::UserAndSession::new(&session, &user, &more));
    }
    match signed_in::find(cx, &query, by_get).await.map_err(failed)? {
        SessionLookup::SignedIn { signed_in: SignedIn { session, user }, needs_refresh } => {
            add_token(cx, &session, &user, &user).await;
            let View { session, user, more } = flow::session_view(cx, session, user).await?;
            Reply::json(&wire::SessionAndUser { session: &session, user: &user, needs_refresh, more: &more })
        }
        SessionLookup::Cached(SignedIn { session, user }) => {
            if !cx.auth.config.features.end_sessions() {
                add_token(cx, &session, &user, &wire::CachedUser::new(&user)).await;
            }
            let View { session, user, more } = flow::session_view(cx, session, user).await?;
            Reply::json(&wire::CachedSessionAndUser::new(&session, &user, &more))
        }
        SessionLookup::SignedOut(reason @ Reason::SessionEndedMeanwhile) => {
            Err(Error::api(StatusCode::UNAUTHORIZED, code::FAILED_TO_GET_SESSION, reason))
        }
        SessionLookup::SignedOut(reason) => Ok(Reply::null(reason)),
    }
}

/// Adds a JWT for other services to the answer's headers (spec jwt-oauth-schema §1.2).
async fn add_token(cx: &mut Context, session: &Session, user: &User, shown: &impl Serialize) {
    if !cx.auth.config.jwt.enabled || cx.auth.config.jwks.disable_setting_jwt_header {
        return;
    }
    let token = token::as_courtesy(cx, session, user, shown).await;
    if let Some(value) = token.and_then(|token| HeaderValue::from_str(&token).ok()) {
        cx.answer_headers.insert(SET_AUTH_JWT, value);
    }
}

/// Turns an error of the store into an answer. An error that no retry will fix has a code of its own here.
fn failed(error: StoreError) -> Error {
    match Error::from(error) {
        Error::Internal { reason, cause, .. } => {
            Error::Internal { code: Some(code::FAILED_TO_GET_SESSION), reason, cause }
        }
        error => error,
    }
}
