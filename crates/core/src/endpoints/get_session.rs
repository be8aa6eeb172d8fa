//! `GET|POST /get-session`: who is signed in. One round trip, and a named reason for every `null`.

use http::{HeaderValue, Method, StatusCode, header};

use crate::{
    code,
    context::Context,
    endpoint::{Body, Endpoint, Guard, run},
    error::{Error, Reason},
    model::{Session, User},
    reply::Reply,
    rules::session::{self, Read, Verdict},
    store::{self, StoreError},
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
    // Left over from a time when the session was cached in a cookie.
    cx.cookies.expire_pieces(&cx.auth.cookies.session_data, &cx.jar);

    let token = match cx.session_token() {
        Ok(token) => token,
        Err(reason) => return Ok(Reply::null(reason)),
    };
    let Some((session, user)) = store::session::with_user(&cx.db, &token).await.map_err(failed)? else {
        cx.clear_session_cookies();
        return Ok(Reply::null(Reason::UnknownSession));
    };
    let read = Read { by_get, dont_remember: cx.dont_remember(), disable_refresh: query.disable_refresh };
    let verdict = session::judge(&session, user.is_some(), read, &cx.auth.config.session, cx.now);
    match (verdict, user) {
        (Verdict::Good { needs_refresh }, Some(user)) => answer(&session, &user, needs_refresh),
        (Verdict::Refresh(expires_at), Some(user)) => {
            refresh(cx, Session { expires_at, updated_at: cx.now, ..session }, &user).await
        }
        (Verdict::Ended { reason, delete }, _) => end(cx, &session, reason, delete).await,
        (_, None) => end(cx, &session, Reason::UserGone, false).await,
    }
}

/// Step 10: the expiry moves, and the cookie with it.
async fn refresh(cx: &mut Context, session: Session, user: &User) -> Result<Reply, Error> {
    if !store::session::extend(&cx.db, &session.token, session.expires_at, cx.now).await.map_err(failed)? {
        cx.clear_session_cookies();
        return Err(Error::api(StatusCode::UNAUTHORIZED, code::FAILED_TO_GET_SESSION, Reason::SessionEndedMeanwhile));
    }
    cx.set_session_cookies(&session, true);
    answer(&session, user, None)
}

/// Step 6: what is over is over in the browser too.
async fn end(cx: &mut Context, session: &Session, reason: Reason, delete: bool) -> Result<Reply, Error> {
    cx.clear_session_cookies();
    if delete {
        store::session::delete(&cx.db, &session.token).await.map_err(failed)?;
    }
    Ok(Reply::null(reason))
}

fn answer(session: &Session, user: &User, needs_refresh: Option<bool>) -> Result<Reply, Error> {
    Reply::json(&wire::SessionAndUser { session, user, needs_refresh })
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
