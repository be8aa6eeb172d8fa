//! Signing in with number and password, and a forgotten password that a code replaces (spec sign-in-plugins §8.2).

use http::StatusCode;

use super::{
    codes::{self, Purpose, Recipients, invalid},
    declaration, rows,
    wire::{RequestReset, Reset, SignIn, SignInAnswer},
};
use crate::{
    context::{
        Context,
        places::{CompletedChange, Way},
    },
    error::Error,
    flow::{
        self,
        password::{self, Attempt, SignInResult},
    },
    reason::Reason,
    reply::Reply,
    rules::sign_in as rules,
    store::account,
    wire::SuccessAnswer,
};

/// `POST /sign-in/phone-number`. An unverified number receives a code only after the right password.
pub(super) async fn sign_in(cx: &mut Context, body: SignIn) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let config = &auth.config.features.phone_number;
    if !config.accepts(&body.phone_number) {
        return Err(Error::bad(declaration::INVALID_PHONE_NUMBER, Reason::InvalidPhoneNumber));
    }
    rules::judge_length(&body.password, &auth.config.email_and_password).map_err(Error::password_length)?;
    let attempt = Attempt {
        way: Way::PhoneNumber,
        password: &body.password,
        callback_url: None,
        remember: body.remember_me != Some(false),
        wrong: declaration::INVALID_PHONE_NUMBER_OR_PASSWORD,
        unopened: StatusCode::UNAUTHORIZED,
    };
    let found = rows::with_password(&cx.db, &body.phone_number).await?;
    // The address may be a placeholder, so it does not have to be confirmed.
    let known = password::check(cx, found.as_ref(), &attempt, false).await?;
    if config.require_verification && !rows::is_verified(known.user) {
        let recipients = if auth.sends_phone_codes() { Recipients::Users } else { Recipients::None };
        codes::send(cx, Purpose::Number, &body.phone_number, recipients).await?;
        let code = declaration::PHONE_NUMBER_NOT_VERIFIED;
        return Err(Error::api(StatusCode::UNAUTHORIZED, code, Reason::PhoneNumberUnverified));
    }
    let user = known.user;
    match password::enter(cx, &attempt, known).await? {
        SignInResult::In(session) => Reply::json(&SignInAnswer { token: &session.token, user }),
        SignInResult::Waiting(reply) => Ok(reply),
    }
}

/// `POST /phone-number/request-password-reset`: sends a code.
pub(super) async fn request(cx: &mut Context, body: RequestReset) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let config = &auth.config.features.phone_number;
    if !config.accepts(&body.phone_number) {
        return Ok(Reply { reason: Some(Reason::InvalidPhoneNumber), ..Reply::json(&SuccessAnswer { status: true })? });
    }
    let recipients = match (auth.sends_phone_reset_codes(), config.require_verification) {
        (false, _) => Recipients::None,
        (true, true) => Recipients::Verified,
        (true, false) => Recipients::Users,
    };
    codes::send(cx, Purpose::Password, &body.phone_number, recipients).await?;
    Reply::json(&SuccessAnswer { status: true })
}

/// `POST /phone-number/reset-password`: sets the new password. A refused password does not redeem the code.
pub(super) async fn reset(cx: &mut Context, body: Reset) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let config = &auth.config.email_and_password;
    rules::judge_new_password(&body.new_password, config).map_err(Error::password_length)?;
    let right = codes::right(cx, Purpose::Password, &body.phone_number, &body.otp).await?;
    let found = rows::reached(&cx.db, &body.phone_number).await?;
    let user = found.ok_or_else(|| Error::bad(declaration::UNEXPECTED_ERROR, Reason::UnknownUser))?.user;
    if auth.config.features.phone_number.require_verification && !rows::is_verified(&user) {
        let code = declaration::PHONE_NUMBER_PENDING_VERIFICATION;
        return Err(Error::bad(code, Reason::PhoneNumberUnverified));
    }
    let password = cx.accept_password("/phone-number/reset-password", &body.new_password).await?;
    let hash = cx.hash_password(&password).await?;
    let reset = account::Reset {
        user_id: &user.id,
        email: &user.email,
        identifiers: &right.identifiers,
        code: Some(&right.code),
        made_at: right.made_at,
        hash: &hash,
        account_id: &cx.rng.id(),
        reads_mailbox: false,
        revoke: config.revoke_sessions_on_password_reset,
        now: cx.now,
    };
    if !account::reset_password(&cx.db, &reset).await? {
        return Err(invalid(Reason::PhoneCodeOvertaken));
    }
    flow::happened(cx, &CompletedChange::PasswordReset(&user));
    Reply::json(&SuccessAnswer { status: true })
}
