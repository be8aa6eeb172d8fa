//! Passwords after sign-up: changes, checks and resets them (spec core §§3.14–3.16).

use http::{Method, StatusCode};

use crate::{
    code,
    context::{
        Context,
        places::{CompletedChange, Entry, Way},
    },
    declaration::{Answers, Member, Operation, Resource, Shape},
    endpoint::{Body, Condition, Endpoint, Guard},
    error::Error,
    flow::{self, Cookies, PreparedSignIn},
    links,
    reason::Reason,
    reply::Reply,
    rules::{query, sign_in},
    run::{run, run_signed_in},
    signed_in::{self, SignedIn},
    store::{
        self, RequestProof,
        account::{Change, Reset},
    },
    syntax::email,
    wire,
};

/// The endpoints of passwords.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "password.change",
        method: Method::POST,
        path: "/change-password",
        about: "Replaces the password, given the current one; ends the user's other sessions on request.",
        body: Body::Json,
        guard: Guard::StoredSession,
        served: &[Condition::Database],
        uses: &[],
        run: run_signed_in!(change),
    },
    Endpoint {
        id: "password.verify",
        method: Method::POST,
        path: "/verify-password",
        about: "Answers whether a password is the user's.",
        body: Body::Json,
        guard: Guard::StoredSession,
        served: &[Condition::Database],
        uses: &[],
        run: run_signed_in!(verify),
    },
    Endpoint {
        id: "password.request_reset",
        method: Method::POST,
        path: "/request-password-reset",
        about: "Mails a link that leads to a new password. The answer is the same for every address.",
        body: Body::Json,
        guard: Guard::Open,
        served: &[Condition::Database],
        uses: &[Resource::Mail],
        run: run!(request_reset),
    },
    Endpoint {
        id: "password.follow_reset",
        method: Method::GET,
        path: "/reset-password/:token",
        about: "Follows that link: redirects to the page that asks for the new password.",
        body: Body::Ignored,
        guard: Guard::Link,
        served: &[Condition::Database],
        uses: &[],
        run: run!(follow_reset),
    },
    Endpoint {
        id: "password.reset",
        method: Method::POST,
        path: "/reset-password",
        about: "Sets the new password, once for each link.",
        body: Body::Json,
        guard: Guard::Open,
        served: &[Condition::Database],
        uses: &[],
        run: run!(reset),
    },
];

/// The operations of [`ENDPOINTS`] in the API description.
pub const OPERATIONS: &[Operation] = &[
    Operation::of(
        "password.change",
        "changePassword",
        Answers::of(
            "The password is replaced.",
            Shape::Object(&[Member::of("token", Shape::TextOrNull), Member::of("user", Shape::Component("User"))]),
        ),
    ),
    Operation::of("password.verify", "verifyPassword", Answers::of("The request succeeded.", Shape::Component("Done"))),
    Operation::of(
        "password.request_reset",
        "requestPasswordReset",
        Answers::of(
            "The answer is the same for every address.",
            Shape::Object(&[Member::of("status", Shape::Boolean), Member::of("message", Shape::Text)]),
        ),
    ),
    Operation::of("password.follow_reset", "resetPasswordCallback", Answers::REDIRECT),
    Operation::of("password.reset", "resetPassword", Answers::of("The request succeeded.", Shape::Component("Done"))),
];

fn judge_new(cx: &Context, password: &str) -> Result<(), Error> {
    sign_in::judge_new_password(password, &cx.auth.config.email_and_password).map_err(Error::password_length)
}

fn judge_length(cx: &Context, password: &str) -> Result<(), Error> {
    sign_in::judge_length(password, &cx.auth.config.email_and_password).map_err(Error::password_length)
}

/// Changes the password (spec core §3.14).
async fn change(cx: &mut Context, body: wire::ChangePassword, own: SignedIn) -> Result<Reply, Error> {
    own.in_person()?;
    judge_new(cx, &body.new_password)?;
    judge_length(cx, &body.current_password)?;
    let Some(old) = store::account::password(&cx.db, &own.user.id).await? else {
        return Err(Error::bad(code::CREDENTIAL_ACCOUNT_NOT_FOUND, Reason::NoPassword));
    };
    let new = cx.accept_password("/change-password", &body.new_password).await?;
    let checked = cx.check_password(Some(&old), &body.current_password).await?;
    checked.map_err(|wrong| Error::mismatch(StatusCode::BAD_REQUEST, code::INVALID_PASSWORD, wrong))?;
    let new = cx.hash_password(&new).await?;
    let entry = Entry { user: &own.user, way: Way::ChangedPassword, remember: true, password: Some(&new), page: None };
    let only = match body.revoke_other_sessions {
        Some(true) => match flow::prepare(cx, &entry).await? {
            PreparedSignIn::Open(session) => Some(session),
            PreparedSignIn::Closed(answer) => return answer(cx, &entry).await,
        },
        _ => None,
    };
    let session = own.session.token.as_str();
    let change = Change { user_id: &own.user.id, session, old: &old, new: &new, now: cx.now };
    let Some(only) = store::account::change_password(&cx.db, &change, only).await? else {
        let ground = RequestProof { session, password: Some(&old) };
        let wrong = Error::bad(code::INVALID_PASSWORD, Reason::WrongPassword);
        return Err(signed_in::overtaken(cx, &own.user.id, &ground, wrong).await);
    };
    if let Some(session) = &only {
        flow::announce(cx, &entry, session, Cookies::AsBefore).await?;
    }
    let token = only.as_ref().map(|session| session.token.as_str());
    Reply::json(&wire::ChangedPassword { token, user: &own.user })
}

/// Answers whether a password is the user's (spec core §3.15).
async fn verify(cx: &mut Context, body: wire::VerifyPassword, own: SignedIn) -> Result<Reply, Error> {
    judge_length(cx, &body.password)?;
    let stored = store::account::password(&cx.db, &own.user.id).await?;
    let checked = cx.check_password(stored.as_deref(), &body.password).await?;
    checked.map_err(|wrong| Error::mismatch(StatusCode::BAD_REQUEST, code::INVALID_PASSWORD, wrong))?;
    Reply::json(&wire::SuccessAnswer { status: true })
}

/// Mails the link to reset a password (spec core §3.16). A known and an unknown address cost one statement each; the rest of the
/// work for a known one happens after the answer.
async fn request_reset(cx: &mut Context, body: wire::RequestPasswordReset) -> Result<Reply, Error> {
    if !cx.auth.sends_reset_mails() {
        return Err(Error::bad(code::RESET_PASSWORD_DISABLED, Reason::FeatureDisabled));
    }
    let user = store::user::by_email(&cx.db, &email::stored(&body.email)).await?;
    if let Some(user) = &user {
        links::mail_reset(cx, user, body.redirect_to.as_deref());
    }
    let reason = user.is_none().then_some(Reason::UnknownUser);
    let message = "If this email exists in our system, check your email for the reset link";
    Ok(Reply { reason, ..Reply::json(&wire::ResetRequested { status: true, message })? })
}

/// Follows the link of the mail (spec core §3.16). It does not redeem the token, because mail scanners follow links.
async fn follow_reset(cx: &mut Context, query: wire::ResetPasswordLink) -> Result<Reply, Error> {
    if query.callback_url.is_empty() {
        let location = format!("{}/error?error=INVALID_TOKEN", cx.base_url());
        return Err(Error::Redirect { location, reason: Reason::InvalidToken, cause: None });
    }
    let identifiers = links::identifiers(cx, links::RESET_PASSWORD, &query.token);
    let works = store::verification::working(&cx.db, &identifiers, cx.now).await?.is_some();
    let (key, value) = if works { ("token", query.token.as_str()) } else { ("error", "INVALID_TOKEN") };
    let location = query::with_query(&cx.base_url(), &query.callback_url, key, value)
        .ok_or_else(|| Error::api(StatusCode::FORBIDDEN, code::INVALID_CALLBACK_URL, Reason::UntrustedRedirect))?;
    if works {
        Reply::redirect_as_json(&location)
    } else {
        Err(Error::Redirect { location, reason: Reason::InvalidToken, cause: None })
    }
}

/// Sets the new password (spec core §3.16). A refused password does not redeem the token.
async fn reset(cx: &mut Context, body: wire::ResetPassword) -> Result<Reply, Error> {
    let invalid = || Error::bad(code::INVALID_TOKEN, Reason::InvalidToken);
    let token = body.token.as_deref().ok_or_else(invalid)?;
    judge_new(cx, &body.new_password)?;
    let identifiers = links::identifiers(cx, links::RESET_PASSWORD, token);
    let secret = store::verification::working(&cx.db, &identifiers, cx.now).await?.ok_or_else(invalid)?;
    let user = store::user::by_id(&cx.db, &secret.value).await?;
    let mut user = user.ok_or_else(|| Error::bad(code::USER_NOT_FOUND, Reason::UserGone))?;
    if !secret.is_bound_to(&user.email) {
        return Err(invalid());
    }
    let password = cx.accept_password("/reset-password", &body.new_password).await?;
    let hash = cx.hash_password(&password).await?;
    let reset = Reset {
        user_id: &user.id,
        email: &user.email,
        identifiers: &identifiers,
        code: None,
        made_at: secret.made_at,
        hash: &hash,
        account_id: &cx.rng.id(),
        reads_mailbox: true,
        // While the address was not confirmed, another person may have opened sessions of this user.
        revoke: cx.auth.config.email_and_password.revoke_sessions_on_password_reset || !user.is_verified(),
        now: cx.now,
    };
    if store::account::reset_password(&cx.db, &reset).await? {
        if !user.is_verified() {
            flow::proven(cx, &mut user).await?;
        }
        flow::happened(cx, &CompletedChange::PasswordReset(&user));
        Reply::json(&wire::SuccessAnswer { status: true })
    } else {
        Err(invalid())
    }
}
