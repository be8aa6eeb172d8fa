//! Signing in with a code, and confirming and changing an address with one (spec sign-in-plugins §3.2).

use serde_json::{Map, Value};

use super::{
    codes::{self, RightCode, checked, disabled, invalid, must_send},
    wire::{Change, Check, RequestChange, SignIn, SignInAnswer, Success, Verified, VerifyEmail},
};
use crate::{
    code,
    context::{
        Context,
        places::{CompletedChange, Entry, Way},
    },
    error::Error,
    flow::{
        self, Cookies,
        mailbox::{self, Proof, SignInResult},
    },
    mail::Kind,
    reason::Reason,
    reply::Reply,
    rules::fields,
    session_cookies,
    signed_in::{self, SignedIn as Own},
    store::{
        self,
        mailed::{AddressChange, MailRecipient},
    },
    syntax::email,
    wire::Issue,
};

fn unknown() -> Error {
    Error::bad(code::USER_NOT_FOUND, Reason::UnknownUser)
}

/// `POST /sign-in/email-otp`. `given` are all members of the body, for the additional fields of a new user.
pub(super) async fn sign_in(cx: &mut Context, body: SignIn, given: &Map<String, Value>) -> Result<Reply, Error> {
    let email = email::stored(&body.email);
    if !email::is_valid(&email) {
        return Err(invalid(Reason::InvalidEmail));
    }
    fields::check_image(&cx.auth.config, "body.image", body.image.as_deref()).map_err(Issue)?;
    fields::check_text("name", body.name.as_deref())?;
    fields::check_text("image", body.image.as_deref())?;
    fields::check_texts(&cx.auth.config.schema.additional.user, given)?;
    let right = RightCode::of(cx, Kind::SignInOtp, &email, &body.otp, true).await?;
    let proof = Proof {
        email: &email,
        made_at: right.made_at(cx),
        way: Way::EmailCode,
        page: None,
        signs_up: !cx.auth.config.features.email_otp.disable_sign_up,
        name: body.name.as_deref().unwrap_or_default(),
        image: body.image.as_deref(),
        given,
    };
    match mailbox::enter(cx, &proof).await? {
        SignInResult::In(entered) => Reply::json(&SignInAnswer { token: &entered.session.token, user: &entered.user }),
        SignInResult::Waiting(reply) => Ok(reply),
        SignInResult::Refused(Reason::InvalidToken) => Err(invalid(Reason::MailedCodeOvertaken)),
        SignInResult::Refused(reason) => Err(invalid(reason)),
    }
}

/// `POST /email-otp/check-verification-otp`: whether a code is right. It stays as it is.
pub(super) async fn check(cx: &mut Context, body: Check) -> Result<Reply, Error> {
    let email = checked(&body.email)?;
    RightCode::of(cx, body.kind.into(), &email, &body.otp, false).await?;
    store::user::by_email(&cx.db, &email).await?.ok_or_else(unknown)?;
    Reply::json(&Success { success: true })
}

/// `POST /email-otp/verify-email`: confirms an address, and signs in if that is configured.
pub(super) async fn verify(cx: &mut Context, body: VerifyEmail) -> Result<Reply, Error> {
    let email = checked(&body.email)?;
    let right = RightCode::of(cx, Kind::EmailVerificationOtp, &email, &body.otp, true).await?;
    let MailRecipient { mut user, credential } = store::mailed::by_email(&cx.db, &email).await?.ok_or_else(unknown)?;
    if credential.is_newer_than(right.made_at(cx)) {
        return Err(invalid(Reason::MailedCodeOvertaken));
    }
    let mut password = credential.password;
    if !user.is_verified() && mailbox::settle_claim(cx, &mut user).await? {
        password = store::mailed::by_id(&cx.db, &user.id).await?.and_then(|reached| reached.credential.password);
    }
    let password = password.as_deref();
    let signs_in = cx.auth.config.email_verification.auto_sign_in_after_verification;
    let entry = Entry { user: &user, way: Way::Link, remember: true, password, page: None };
    let (new, closed) = if signs_in { flow::prepare(cx, &entry).await?.parts() } else { (None, None) };
    let overtaken = || invalid(Reason::MailedCodeOvertaken);
    let refused = |error| Error::of_row(error, code::FAILED_TO_CREATE_SESSION);
    let (user, session) = match (user.is_verified(), new) {
        (true, None) => (user.clone(), None),
        (true, Some(session)) => {
            let opened = store::mailed::open(&cx.db, session, &email, right.made_at(cx)).await.map_err(refused)?;
            (user.clone(), Some(opened.ok_or_else(overtaken)?))
        }
        (false, new) => {
            let confirmed =
                store::mailed::confirm(&cx.db, &user, password, new, None, cx.now).await.map_err(refused)?;
            let confirmed = confirmed.ok_or_else(overtaken)?;
            flow::happened(cx, &CompletedChange::EmailVerified(&confirmed.0));
            confirmed
        }
    };
    let entry = Entry { user: &user, ..entry };
    if let Some(answer) = closed {
        return answer(cx, &entry).await;
    }
    if let Some(session) = &session {
        flow::announce(cx, &entry, session, Cookies::AsBefore).await?;
    } else if let Some(own) = signed_in::optional(cx).await?.ok().filter(|own| own.user.id == user.id) {
        let remember = !cx.dont_remember();
        session_cookies::cache(cx, &own.session, &user, remember).await;
    }
    let token = session.as_ref().map(|session| session.token.as_str());
    Reply::json(&Verified { status: true, token, user: &user })
}

/// Returns the new address of a change, if it may be one.
fn changed_to(cx: &Context, own: &Own, typed: &str) -> Result<String, Error> {
    if !cx.auth.config.features.email_otp.change_email.enabled {
        return Err(disabled("Change email with OTP is disabled"));
    }
    let to = checked(typed)?;
    if to == own.user.email {
        return Err(Error::Codeless { message: "Email is the same".to_owned(), reason: Reason::SameEmail });
    }
    Ok(to)
}

/// Returns the key of codes that change a user's address to `to`.
fn key(own: &Own, to: &str) -> String {
    format!("{}:{to}", own.user.id)
}

/// `POST /email-otp/request-email-change`: mails a code to the new address. The answer does not reveal whether the address is taken.
pub(super) async fn request_change(cx: &mut Context, body: RequestChange, own: Own) -> Result<Reply, Error> {
    own.in_person()?;
    let to = changed_to(cx, &own, &body.new_email)?;
    must_send(cx)?;
    flow::accept_email(cx, &own.user, &to).await?;
    if cx.auth.config.features.email_otp.change_email.verify_current {
        let otp = body.otp.as_deref().filter(|otp| !otp.is_empty()).ok_or_else(|| Error::Codeless {
            message: "OTP is required to verify current email".to_owned(),
            reason: Reason::NoMailedCode,
        })?;
        RightCode::of(cx, Kind::EmailVerificationOtp, &own.user.email, otp, true).await?;
    }
    codes::send_change(cx, &own.user.id, &key(&own, &to), &to);
    Reply::json(&Success { success: true })
}

/// `POST /email-otp/change-email`: changes the address.
pub(super) async fn change(cx: &mut Context, body: Change, own: Own) -> Result<Reply, Error> {
    own.in_person()?;
    let to = changed_to(cx, &own, &body.new_email)?;
    // The rules for addresses may have changed since the code was mailed.
    flow::accept_email(cx, &own.user, &to).await?;
    let right = RightCode::of(cx, Kind::ChangeEmailOtp, &key(&own, &to), &body.otp, true).await?;
    let MailRecipient { user, credential } = store::mailed::by_id(&cx.db, &own.user.id).await?.ok_or_else(unknown)?;
    if credential.is_newer_than(right.made_at(cx)) {
        return Err(invalid(Reason::MailedCodeOvertaken));
    }
    let change = AddressChange {
        id: &user.id,
        from: &user.email,
        password: credential.password.as_deref(),
        was_verified: user.is_verified(),
        to: &to,
        verified: true,
        more: fields::no_more_anonymous(&user).into(),
        now: cx.now,
    };
    let changed = store::mailed::change_email(&cx.db, &change).await;
    if changed.as_ref().is_err_and(store::StoreError::is_taken) {
        // The client has proven to read the mailbox, so the answer may tell that the address is taken.
        return Err(Error::Codeless { message: "Email already in use".to_owned(), reason: Reason::EmailTaken });
    }
    let changed = changed.map_err(|error| Error::of_row(error, code::FAILED_TO_UPDATE_USER))?;
    let user = changed.ok_or_else(|| invalid(Reason::MailedCodeOvertaken))?;
    flow::happened(cx, &CompletedChange::UserUpdated(&user));
    session_cookies::reissue(cx, &own.session, &user).await;
    Reply::json(&Success { success: true })
}
