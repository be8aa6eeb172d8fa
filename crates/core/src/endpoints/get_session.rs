//! `GET|POST /get-session`: who is signed in. One round trip, and a named reason for every `null`.

use http::{HeaderValue, Method, StatusCode, header};

use crate::{
    code,
    context::Context,
    endpoint::{Body, Endpoint, Guard, run},
    error::{Error, Reason},
    reply::Reply,
    signed_in::{self, Found, SignedIn},
    store::StoreError,
    wire,
};

/// What this function serves.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "get_session",
        method: Method::GET,
        path: "/get-session",
        about: "The session of the cookie and its user, or `null`.",
        body: Body::Ignored,
        guard: Guard::Open,
        run: run!(get_session),
    },
    Endpoint {
        id: "get_session.refresh",
        method: Method::POST,
        path: "/get-session",
        about: "The same, moving the expiry if that is due; only with `session.defer_session_refresh`.",
        body: Body::Ignored,
        guard: Guard::Open,
        run: run!(get_session),
    },
];

/// Spec core §3.6.
async fn get_session(cx: &mut Context, query: wire::GetSession) -> Result<Reply, Error> {
    cx.answer_headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    cx.answer_headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    let by_get = cx.method == Method::GET;
    if !by_get && !cx.auth.config.session.defer_session_refresh {
        let code = code::METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED;
        return Err(Error::api(StatusCode::METHOD_NOT_ALLOWED, code, Reason::DeferredRefreshDisabled));
    }
    if cx.auth.cache.is_none() {
        // Left over from a time when the session was cached in a cookie.
        cx.cookies.expire_pieces(&cx.auth.cookies.session_data, &cx.jar);
    }
    match signed_in::find(cx, &query, by_get).await.map_err(failed)? {
        Found::SignedIn { signed_in: SignedIn { session, user }, needs_refresh } => {
            Reply::json(&wire::SessionAndUser { session: &session, user: &user, needs_refresh })
        }
        Found::Cached(SignedIn { session, user }) => Reply::json(&wire::CachedSessionAndUser::new(&session, &user)),
        Found::Nobody(reason @ Reason::SessionEndedMeanwhile) => {
            Err(Error::api(StatusCode::UNAUTHORIZED, code::FAILED_TO_GET_SESSION, reason))
        }
        Found::Nobody(reason) => Ok(Reply::null(reason)),
    }
}

/// What no retry will mend has a code of its own here.
fn failed(error: StoreError) -> Error {
    match Error::from(error) {
        Error::Internal { reason, cause, .. } => {
            Error::Internal { code: Some(code::FAILED_TO_GET_SESSION), reason, cause }
        }
        error => error,
    }
}
