//! Codes by mail (spec sign-in-plugins §4.5).

use http::StatusCode;

use super::{
    names::ENROLLING,
    pending::{self, PendingProof, PendingUser},
    rows::{
        self,
        codes::{self, CodeDecision, CodeEffects},
    },
    rules,
    wire::{Code, Send},
    words,
};
use crate::{
    code,
    context::Context,
    error::Error,
    links,
    mail::{Kind, Mail},
    reason::Reason,
    reply::Reply,
    signed_in,
    store::{RequestProof, one_time_code, verification},
    wire::SuccessAnswer,
};

/// The prefix of the identifier of a stored code.
const MAILED: &str = "2fa-otp-";
/// The prefix before a user's identifier, for the count of codes mailed to the user.
const SENT: &str = "2fa-sent-";
/// The maximum number of codes mailed to a user within [`WINDOW`] seconds.
const MOST: u64 = 10;
const WINDOW: u32 = 900;

/// `POST /two-factor/send-otp`: mails a code.
pub(super) async fn send(cx: &mut Context, _: Send) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let config = &auth.config.features.two_factor.otp;
    if !auth.sends_codes() {
        let message = "otp isn't configured".to_owned();
        return Err(Error::explained(
            StatusCode::BAD_REQUEST,
            words::OTP_NOT_CONFIGURED,
            message,
            Reason::FeatureDisabled,
        ));
    }
    let pending = PendingUser::of(cx).await?;
    let user = &pending.user;
    let sent = links::secret(cx, SENT, &user.id, WINDOW, "");
    if codes::count(&cx.db, &user.id, &sent, &links::identifiers(cx, SENT, &user.id), WINDOW).await? > MOST {
        return Err(Error::TooManyRequests { retry_after: WINDOW, reason: Reason::TooManyCodesMailed });
    }
    let typed = cx.rng.digits(config.digits as usize);
    let stored = config.store.store(&typed, &auth.config.secrets, &mut cx.rng);
    let secret = links::secret(cx, MAILED, &pending.key(), config.minutes * 60, &format!("{stored}:0"));
    verification::insert(&cx.db, &secret).await?;
    let asked = links::asked(cx);
    let mail = Mail {
        kind: Kind::TwoFactorOtp,
        to: user.email.clone(),
        name: user.called().to_owned(),
        is_proven: user.is_verified(),
        new_email: None,
        url: String::new(),
        token: String::new(),
        code: Some(typed),
        user: Some(user.clone()),
        asked,
        metadata: None,
        invitation: None,
    };
    links::push(cx, mail);
    Reply::json(&SuccessAnswer { status: true })
}

/// `POST /two-factor/verify-otp`: accepts a mailed code.
pub(super) async fn verify(cx: &mut Context, body: Code) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let config = &auth.config.features.two_factor.otp;
    let pending = PendingUser::of(cx).await?;
    let identifiers = links::identifiers(cx, MAILED, &pending.key());
    let stored = one_time_code::newest(&cx.db, &identifiers).await?;
    let compared = stored.as_ref().map(|stored| config.store.is_right(&auth.config.secrets, stored, &body.code));
    let compared = compared.transpose().map_err(|error| Error::internal(Reason::UnreadableSecondFactor, error))?;
    let is_right = compared == Some(true);
    let value = match pending.charge(cx, &identifiers, config.allowed_attempts, is_right).await? {
        CodeDecision::Heard(value) => value,
        CodeDecision::Spent => return Err(Error::bad(words::TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE, Reason::TooManyCodes)),
        CodeDecision::Gone | CodeDecision::Locked => {
            return Err(Error::bad(words::OTP_HAS_EXPIRED, Reason::CodeExpired));
        }
    };
    // A newer code may have been mailed meanwhile.
    if !is_right || stored.as_deref() != Some(one_time_code::parts(&value).0) {
        return Err(pending::wrong(words::INVALID_CODE, Reason::WrongCode));
    }
    if rules::is_enabled(&pending.user) {
        if matches!(pending.standing, PendingProof::SignedIn(_)) {
            verification::take(&cx.db, &identifiers).await?;
        }
        return pending.complete(cx, &identifiers, None, body.trust_device).await;
    }
    let PendingProof::SignedIn(session) = &pending.standing else {
        return Err(Error::bad(code::FAILED_TO_CREATE_SESSION, Reason::NoSecondFactor));
    };
    // The setup that `/two-factor/enable` began in this session, with the password. A session alone cannot set up a second factor.
    let begun = verification::take(&cx.db, &links::identifiers(cx, ENROLLING, &pending.key())).await?;
    if !begun.is_some_and(|begun| begun.is_of(&pending.user.id, cx.now)) {
        return Err(Error::bad(words::OTP_NOT_ENABLED, Reason::NoSecondFactor));
    }
    let settled =
        CodeEffects { user_id: &pending.user.id, challenge: None, over: &identifiers, factor: None, now: cx.now };
    codes::settle(&cx.db, &settled).await?;
    let (id, ground) = (&pending.user.id, RequestProof::session(&session.token));
    let Some(user) = rows::enable(&cx.db, id, None, &ground, cx.now).await? else {
        let gone = Error::bad(code::USER_NOT_FOUND, Reason::UserGone);
        return Err(signed_in::overtaken(cx, id, &ground, gone).await);
    };
    match pending::swap(cx, session, &user).await? {
        Ok(session) => pending::answer(Some(&session.token), &user),
        Err(reply) => Ok(reply),
    }
}
