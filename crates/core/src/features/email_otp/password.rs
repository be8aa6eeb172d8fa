//! A forgotten password that a mailed code replaces (spec sign-in-plugins §3.2).

use super::{
    codes::{self, Recipients, RightCode, checked, invalid, must_send},
    wire::{RequestReset, Reset, Success},
};
use crate::{
    code,
    context::{Context, places::CompletedChange},
    error::Error,
    flow,
    mail::Kind,
    reason::Reason,
    reply::Reply,
    rules::sign_in,
    store::{self, account},
};

/// `POST /email-otp/request-password-reset` and `/forget-password/email-otp`: mails a code.
pub(super) async fn request(cx: &mut Context, body: RequestReset) -> Result<Reply, Error> {
    must_send(cx)?;
    let email = checked(&body.email)?;
    codes::send(cx, Kind::ForgetPasswordOtp, &email, Recipients::Users);
    Reply::json(&Success { success: true })
}

/// `POST /email-otp/reset-password`: sets the new password. A refused password does not redeem the code.
pub(super) async fn reset(cx: &mut Context, body: Reset) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let config = &auth.config.email_and_password;
    let email = checked(&body.email)?;
    sign_in::judge_new_password(&body.password, config).map_err(Error::password_length)?;
    let right = RightCode::of(cx, Kind::ForgetPasswordOtp, &email, &body.otp, false).await?;
    let user = store::user::by_email(&cx.db, &email).await?;
    let mut user = user.ok_or_else(|| Error::bad(code::USER_NOT_FOUND, Reason::UnknownUser))?;
    let password = cx.accept_password("/email-otp/reset-password", &body.password).await?;
    let hash = cx.hash_password(&password).await?;
    let reset = account::Reset {
        user_id: &user.id,
        email: &user.email,
        identifiers: &right.identifiers,
        code: Some(&right.stored.code),
        made_at: right.made_at(cx),
        reads_mailbox: true,
        hash: &hash,
        account_id: &cx.rng.id(),
        // While the address was not confirmed, another person may have opened sessions of this user.
        revoke: config.revoke_sessions_on_password_reset || !user.is_verified(),
        now: cx.now,
    };
    if !account::reset_password(&cx.db, &reset).await? {
        return Err(invalid(Reason::NoMailedCode));
    }
    if !user.is_verified() {
        flow::proven(cx, &mut user).await?;
        if let Some((user, _)) = store::mailed::confirm(&cx.db, &user, Some(&hash), None, None, cx.now).await? {
            flow::happened(cx, &CompletedChange::EmailVerified(&user));
        }
    }
    flow::happened(cx, &CompletedChange::PasswordReset(&user));
    Reply::json(&Success { success: true })
}
