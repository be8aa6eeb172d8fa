//! Addresses: mail the link that confirms one, and follow it (spec core §§3.17, 3.18).

use http::{Method, StatusCode};

use crate::{
    code::{self, Code},
    context::Context,
    endpoint::{Body, Endpoint, Guard, run},
    error::{Error, Reason},
    links,
    model::User,
    reply::Reply,
    rules::{
        email,
        verification::{self, Claims, Step},
    },
    signed_in,
    store::{self, StoreError},
    wire,
};

/// What this function serves.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "email.send_verification",
        method: Method::POST,
        path: "/send-verification-email",
        about: "Mails the link that confirms an address. Without a session the answer is the same for every address.",
        body: Body::Json,
        guard: Guard::Open,
        run: run!(send_verification),
    },
    Endpoint {
        id: "email.verify",
        method: Method::GET,
        path: "/verify-email",
        about: "That link, and those that change an address.",
        body: Body::Ignored,
        guard: Guard::Link,
        run: run!(verify),
    },
];

/// Spec core §3.17.
async fn send_verification(cx: &mut Context, body: wire::SendVerificationEmail) -> Result<Reply, Error> {
    if !cx.auth.sends_verification_mails() {
        return Err(Error::bad(code::VERIFICATION_EMAIL_NOT_ENABLED, Reason::FeatureDisabled));
    }
    let email = email::stored(&body.email);
    let user = match signed_in::optional(cx).await?.ok() {
        Some(own) if own.user.email != email => return Err(Error::bad(code::EMAIL_MISMATCH, Reason::EmailMismatch)),
        Some(own) if own.user.is_verified() => {
            return Err(Error::bad(code::EMAIL_ALREADY_VERIFIED, Reason::EmailAlreadyVerified));
        }
        Some(own) => Some(own.user),
        None => store::user::by_email(&cx.db, &email).await?.filter(|user| !user.is_verified()),
    };
    if let Some(user) = &user {
        links::mail_verification(cx, user, body.callback_url.as_deref());
    }
    let reason = user.is_none().then_some(Reason::UnknownUser);
    Ok(Reply { reason, ..Reply::json(&wire::Done { status: true })? })
}

/// Spec core §3.18.
async fn verify(cx: &mut Context, query: wire::Link) -> Result<Reply, Error> {
    let callback_url = query.callback_url.as_deref().filter(|url| !url.is_empty());
    let redirect = callback_url.map(Reply::redirect_as_json).transpose()?;
    match follow(cx, &query.token, callback_url).await? {
        Ok(changed) => match redirect {
            Some(reply) => Ok(reply),
            None => Reply::json(&wire::VerifiedEmail { status: true, user: changed.as_ref() }),
        },
        Err(reason) => Err(refused(reason, callback_url)),
    }
}

/// Where there is a page to show the error, it goes there.
fn refused(reason: Reason, callback_url: Option<&str>) -> Error {
    let code: Code = match reason {
        Reason::TokenExpired => code::TOKEN_EXPIRED,
        Reason::UnknownUser => code::USER_NOT_FOUND,
        Reason::AnotherUser => code::INVALID_USER,
        _ => code::INVALID_TOKEN,
    };
    match callback_url {
        Some(url) => Error::Redirect { location: links::with_error(url, code.name), reason, cause: None },
        None => Error::api(StatusCode::UNAUTHORIZED, code, reason),
    }
}

/// Does what the link says, or tells why not. Returns the user where the address changed.
async fn follow(
    cx: &mut Context,
    token: &str,
    callback_url: Option<&str>,
) -> Result<Result<Option<User>, Reason>, Error> {
    let claims = match links::read(cx, token) {
        Ok(claims) => claims,
        Err(reason) => return Ok(Err(reason)),
    };
    let user = match (&claims.update_to, &claims.user_id) {
        (Some(_), Some(id)) => store::user::by_id(&cx.db, id).await?,
        (Some(_), None) => None,
        (None, _) => store::user::by_email(&cx.db, &email::stored(&claims.email)).await?,
    };
    let (step, user) = match (verification::judge(&claims, user.as_ref()), user) {
        (Ok(step), Some(user)) => (step, user),
        (Err(reason), _) => return Ok(Err(reason)),
        (Ok(_), None) => return Ok(Err(Reason::UnknownUser)),
    };
    match step {
        Step::Nothing => Ok(Ok(None)),
        Step::Confirm => confirm(cx, &user).await.map(|()| Ok(None)),
        Step::AskNewAddress(to) => {
            let follower = signed_in::optional(cx).await?.ok();
            if follower.is_some_and(|follower| follower.user.id != user.id) {
                return Ok(Err(Reason::AnotherUser));
            }
            links::mail_change_verification(cx, &user, to, callback_url);
            Ok(Ok(None))
        }
        Step::Change(to) => change(cx, &claims, &user, to, user.is_verified()).await,
        Step::ChangeUnconfirmed(to) => {
            let changed = change(cx, &claims, &user, to, false).await?;
            if let Ok(Some(user)) = &changed {
                links::mail_verification(cx, user, callback_url);
            }
            Ok(changed)
        }
    }
}

/// The address is confirmed; signs in where that is configured.
async fn confirm(cx: &mut Context, user: &User) -> Result<(), Error> {
    let Some(user) = store::user::verify_email(&cx.db, &user.id, &user.email, cx.now).await? else { return Ok(()) };
    if !cx.auth.config.email_verification.auto_sign_in_after_verification {
        return Ok(());
    }
    let own = signed_in::stored(cx).await?.ok();
    let session = match own.filter(|own| own.user.email == user.email) {
        Some(own) => own.session,
        None => {
            let session = cx.open_session(&user.id, true);
            store::session::insert(&cx.db, session).await?
        }
    };
    cx.replace_session_cookies(&session, &user).await;
    Ok(())
}

/// The address changes, unless somebody else follows the link, or it was taken or changed meanwhile.
async fn change(
    cx: &mut Context,
    claims: &Claims,
    user: &User,
    to: &str,
    verified: bool,
) -> Result<Result<Option<User>, Reason>, Error> {
    let own = signed_in::stored(cx).await?.ok();
    if own.as_ref().is_some_and(|own| own.user.id != user.id) {
        return Ok(Err(Reason::AnotherUser));
    }
    match store::user::change_email(&cx.db, &user.id, &claims.email, to, verified, cx.now).await {
        Ok(None) | Err(StoreError::Refused { .. }) => Ok(Err(Reason::InvalidToken)),
        Ok(Some(user)) => {
            if let Some(own) = own {
                cx.replace_session_cookies(&own.session, &user).await;
            }
            Ok(Ok(Some(user)))
        }
        Err(error) => Err(error.into()),
    }
}
