//! `POST /sign-in/email`: opens a session for an address and its password.

use http::{Method, StatusCode, header};

use crate::{
    code,
    context::{
        Context,
        places::{Entry, Way},
    },
    endpoint::{Body, Endpoint, Guard},
    error::Error,
    flow::{self, Cookies, Prepared},
    links,
    reason::Reason,
    reply::{self, Reply},
    rules::sign_in::{self, Found},
    run::run,
    store,
    syntax::email,
    wire,
};

/// What this function serves.
pub const ENDPOINTS: &[Endpoint] = &[Endpoint {
    id: "sign_in.email",
    method: Method::POST,
    path: "/sign-in/email",
    about: "Opens a session for an address and its password.",
    body: Body::FormOrJson,
    guard: Guard::LoginCsrf,
    run: run!(by_email),
}];

/// Spec core §3.4.
async fn by_email(cx: &mut Context, body: wire::SignInEmail) -> Result<Reply, Error> {
    let config = &cx.auth.config.email_and_password;
    if !config.enabled {
        return Err(Error::bad(code::EMAIL_PASSWORD_DISABLED, Reason::PasswordsDisabled));
    }
    if !email::is_valid(&body.email) {
        return Err(Error::bad(code::INVALID_EMAIL, Reason::InvalidEmail));
    }
    sign_in::judge_length(&body.password, config).map_err(Error::password_length)?;

    let url = body.callback_url.as_deref();
    let location = url.filter(|url| !url.is_empty()).map(reply::location).transpose()?;

    let found = store::user::with_password(&cx.db, &email::stored(&body.email)).await?;
    let stored = found.as_ref().and_then(|found| found.password.as_deref());
    let password = cx.check_password(stored, &body.password).await?;
    let user = match sign_in::judge(found.as_ref(), password, &cx.auth.config.email_and_password) {
        Ok(user) => user,
        Err(reason) => return Err(refuse(cx, reason, found.as_ref(), &body)),
    };
    let remember = body.remember_me != Some(false);
    let entry = Entry { user, way: Way::Password, remember, password: stored, page: None };
    let session = match flow::prepare(cx, &entry).await? {
        Prepared::Open(session) => session,
        Prepared::Closed(answer) => return answer(cx, &entry).await,
    };
    let inserted = store::session::insert_checked(&cx.db, session, stored.unwrap_or_default()).await;
    let refused = Error::api(StatusCode::UNAUTHORIZED, code::FAILED_TO_CREATE_SESSION, Reason::RowRefused);
    let inserted = inserted.map_err(|error| Error::refused_row(error, refused))?;
    // While it was checked it was changed.
    let Some(session) = inserted else { return Err(refuse(cx, Reason::WrongPassword, None, &body)) };

    let reply = Reply::json(&wire::SignedIn { redirect: location.is_some(), token: &session.token, url, user })?;
    let reply = match location {
        Some(location) => reply.with(header::LOCATION, location),
        None => reply,
    };
    flow::announce(cx, &entry, &session, Cookies::AsEntered).await?;
    Ok(reply)
}

/// One sentence for every reason but the unconfirmed address, of which only the password's owner learns.
fn refuse(cx: &mut Context, reason: Reason, found: Option<&Found>, body: &wire::SignInEmail) -> Error {
    if reason != Reason::EmailNotVerified {
        return Error::api(StatusCode::UNAUTHORIZED, code::INVALID_EMAIL_OR_PASSWORD, reason);
    }
    if let Some(Found { user, password }) = found.filter(|_| cx.auth.config.email_verification.send_on_sign_in) {
        links::mail_verification(cx, user, password.as_deref(), body.callback_url.as_deref());
    }
    Error::api(StatusCode::FORBIDDEN, code::EMAIL_NOT_VERIFIED, reason)
}
