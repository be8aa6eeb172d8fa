//! `/sign-in/…`: opens a session for an address and its password, or sends somebody to a provider that vouches for them.

use http::{Method, StatusCode, header};

use crate::{
    code,
    context::Context,
    endpoint::{Body, Endpoint, Guard, run},
    error::{Error, Reason},
    links,
    model::User,
    reply::Reply,
    rules::{email, oauth::Refusal, sign_in},
    social::{
        self,
        arrival::{self, Arrival, Failure},
        authorize, given,
    },
    store::{self, StoreError},
    wire,
};

/// What this function serves.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "sign_in.email",
        method: Method::POST,
        path: "/sign-in/email",
        about: "Opens a session for an address and its password.",
        body: Body::FormOrJson,
        guard: Guard::LoginCsrf,
        run: run!(by_email),
    },
    Endpoint {
        id: "sign_in.social",
        method: Method::POST,
        path: "/sign-in/social",
        about: "Sends somebody to a provider, or opens a session for an ID token of one.",
        body: Body::Json,
        guard: Guard::Open,
        run: run!(by_provider),
    },
];

/// Spec core §3.4.
async fn by_email(cx: &mut Context, body: wire::SignInEmail) -> Result<Reply, Error> {
    let config = &cx.auth.config.email_and_password;
    if !config.enabled {
        return Err(Error::bad(code::EMAIL_PASSWORD_DISABLED, Reason::PasswordsDisabled));
    }
    if !email::is_valid(&body.email) {
        return Err(Error::bad(code::INVALID_EMAIL, Reason::InvalidEmail));
    }
    sign_in::judge_length(&body.password, config).map_err(|reason| Error::bad(code::PASSWORD_TOO_LONG, reason))?;

    let found = store::user::with_password(&cx.db, &email::stored(&body.email)).await?;
    let stored = found.as_ref().and_then(|found| found.password.as_deref());
    let right = cx.check_password(stored, &body.password).await?;
    let user = match sign_in::judge(found.as_ref(), right, &cx.auth.config.email_and_password) {
        Ok(user) => user,
        Err(reason) => return Err(refuse(cx, reason, found.as_ref().map(|found| &found.user), &body)),
    };
    let remember = body.remember_me != Some(false);
    let session = cx.open_session(&user.id, remember);
    let session = store::session::insert(&cx.db, session).await.map_err(|error| match error {
        StoreError::Refused { .. } => {
            Error::api(StatusCode::UNAUTHORIZED, code::FAILED_TO_CREATE_SESSION, Reason::RowRefused)
        }
        error => error.into(),
    })?;

    let url = body.callback_url.as_deref();
    let redirect = url.filter(|url| !url.is_empty());
    let reply = Reply::json(&wire::SignedIn { redirect: redirect.is_some(), token: &session.token, url, user })?;
    let reply = match redirect {
        Some(url) => reply.with_text(header::LOCATION, url)?,
        None => reply,
    };
    cx.set_session_cookies(&session, user, remember).await;
    Ok(reply)
}

/// One sentence for every reason but the unconfirmed address, of which only the password's owner learns.
fn refuse(cx: &mut Context, reason: Reason, user: Option<&User>, body: &wire::SignInEmail) -> Error {
    if reason != Reason::EmailNotVerified {
        return Error::api(StatusCode::UNAUTHORIZED, code::INVALID_EMAIL_OR_PASSWORD, reason);
    }
    if let Some(user) = user.filter(|_| cx.auth.config.email_verification.send_on_sign_in) {
        links::mail_verification(cx, user, body.callback_url.as_deref());
    }
    Error::api(StatusCode::FORBIDDEN, code::EMAIL_NOT_VERIFIED, reason)
}

/// Spec jwt-oauth-schema §4.1.
async fn by_provider(cx: &mut Context, mut body: wire::Social) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let unknown = Error::api(StatusCode::NOT_FOUND, code::PROVIDER_NOT_FOUND, Reason::UnknownProvider);
    let provider = social::find(&auth, &body.provider, cx.now, unknown).await?;
    let Some(token) = body.id_token.take() else { return authorize::begin(cx, &provider, body, None).await };
    let profile = given::profile(&provider, &token, cx.now).await?;
    let arrival = Arrival {
        provider: &provider,
        profile: &profile,
        tokens: &given::tokens(&token, false),
        scope: None,
        request_sign_up: body.request_sign_up == Some(true),
        takes_over: false,
        callback_url: body.callback_url.as_deref(),
    };
    let arrived = arrival::arrive(cx, &arrival).await?.map_err(not_arrived)?;
    Reply::json(&wire::SignedInSocially { redirect: false, token: &arrived.session.token, user: &arrived.user })
}

fn not_arrived(failure: Failure) -> Error {
    let reason = failure.reason();
    match failure {
        Failure::Refused(Refusal::EmailNotVerified) => {
            Error::api(StatusCode::FORBIDDEN, code::EMAIL_NOT_VERIFIED, reason)
        }
        Failure::Refused(refusal) => {
            let message = refusal.text().to_owned();
            Error::explained(StatusCode::UNAUTHORIZED, code::OAUTH_LINK_ERROR, message, reason)
        }
        Failure::Fields(refusal) => refusal.into(),
    }
}
