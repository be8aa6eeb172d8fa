//! Mailed codes: making, storing and mailing one, and comparing what a client gives (spec sign-in-plugins §0.3).

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};

use super::{
    declaration::{INVALID_OTP, OTP_EXPIRED, TOO_MANY_ATTEMPTS},
    wire::Type,
};
use crate::{
    auth::Auth,
    code,
    context::Context,
    error::Error,
    links,
    mail::{self, Kind, Mail},
    outcome::Outcome,
    reason::Reason,
    store::{
        self, StoreError, counted,
        one_time_code::{self, CodeTry, StoredCode, TryResult},
        secret::NewSecret,
        verification,
    },
    syntax::email,
};

/// The stored text instead of a code for an address that gets none. No code equals it.
const NO_CODE: &str = "none";
/// The prefix before an address, for the count of codes mailed to it.
const SENT: &str = "email-otp-sent-";
/// The maximum number of codes mailed to an address within [`WINDOW`] seconds. A new code has new tries.
const MOST: u64 = 10;
const WINDOW: u32 = 900;

/// The addresses to which a code is mailed. For every other address [`NO_CODE`] is stored: otherwise the answers to guesses would tell
/// which addresses have users.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Recipients {
    /// Every address.
    Anyone,
    /// Addresses of users.
    Users,
    /// Addresses of users who have not confirmed them.
    Unconfirmed,
    /// Addresses that no user has.
    Free,
}

/// Returns the identifiers under which the table may hold a code.
fn identifiers(cx: &Context, kind: Kind, key: &str) -> Vec<String> {
    links::identifiers(cx, &format!("{}-", kind.name()), key)
}

/// A code on its way to a mailbox.
struct OutgoingCode {
    secret: NewSecret,
    identifiers: Vec<String>,
    sent: (NewSecret, Vec<String>),
    recipients: Recipients,
    owner: Option<String>,
    mail: Mail,
    mail_id: String,
}

/// Makes a code for an address, stores it and mails it, if the address is one of `recipients`. All of it happens after the answer, so
/// that the answer and its time are the same for every address.
pub(super) fn send(cx: &mut Context, kind: Kind, to: &str, recipients: Recipients) {
    send_for(cx, kind, None, (to, to), recipients);
}

/// Makes, stores and mails a code by which the user `owner` changes to the address `to`. `key` names both.
pub(super) fn send_change(cx: &mut Context, owner: &str, key: &str, to: &str) {
    send_for(cx, Kind::ChangeEmailOtp, Some(owner.to_owned()), (key, to), Recipients::Free);
}

fn send_for(cx: &mut Context, kind: Kind, owner: Option<String>, (key, to): (&str, &str), recipients: Recipients) {
    let auth = cx.auth.clone();
    let config = &auth.config.features.email_otp;
    let code = cx.rng.digits(config.length as usize);
    let stored = config.store.store(&code, &auth.config.secrets, &mut cx.rng);
    let purpose = format!("{}-", kind.name());
    let outgoing = OutgoingCode {
        secret: links::secret(cx, &purpose, key, config.expires_in, &format!("{stored}:0")),
        identifiers: identifiers(cx, kind, key),
        sent: (links::secret(cx, SENT, to, WINDOW, ""), links::identifiers(cx, SENT, to)),
        recipients,
        owner,
        mail: Mail {
            kind,
            to: to.to_owned(),
            // The address may have no user.
            name: String::new(),
            is_proven: false,
            new_email: None,
            url: String::new(),
            token: String::new(),
            code: Some(code),
            metadata: None,
            invitation: None,
            user: None,
            asked: links::asked(cx),
        },
        mail_id: cx.rng.id(),
    };
    cx.afterwards.push(Box::pin(async move {
        match store_and_count(&auth, outgoing).await {
            Ok(Ok((mail, id, now))) => mail::deliver(&auth.config, &auth.templates, &mail, &id, now).await,
            Ok(Err(None)) => {}
            Ok(Err(Some(cause))) => Outcome::background("email_otp", cause),
            Err(error) => Outcome::background("email_otp", &format!("no code was stored or mailed: {error}")),
        }
    }));
}

type Ready = Result<(Mail, String, i64), Option<&'static str>>;

/// Stores a code, and returns the mail; or nothing if the address is no recipient, or the cause why there is none.
async fn store_and_count(auth: &Auth, outgoing: OutgoingCode) -> Result<Ready, StoreError> {
    let (db, config) = (auth.db(), &auth.config.features.email_otp);
    let OutgoingCode { secret, identifiers, sent: (sent, counts), recipients, owner, mut mail, mail_id } = outgoing;
    let user = match recipients {
        Recipients::Anyone if !config.reuses => None,
        _ => store::mailed::by_email(&db, &mail.to).await?,
    };
    let is_mailed = match recipients {
        Recipients::Anyone => true,
        Recipients::Users => user.is_some(),
        Recipients::Unconfirmed => user.as_ref().is_some_and(|found| !found.user.is_verified()),
        Recipients::Free => user.is_none(),
    };
    if counted::count(&db, &sent, &counts, WINDOW).await? > MOST {
        return Ok(Err(Some("no code was mailed: ten were mailed to the address within a quarter of an hour")));
    }
    let now = secret.now;
    let reused = match config.reuses {
        true if is_mailed => {
            let bound_to = match &owner {
                Some(id) => store::mailed::by_id(&db, id).await?,
                None => user,
            };
            let stored = one_time_code::reusable(&db, &identifiers, config.allowed_attempts, now).await?;
            let stored = stored.filter(|stored| stored.code != NO_CODE);
            // A code that is older than the password does not work any more. A later expiry would make it look newer.
            stored.filter(|stored| !bound_to.is_some_and(|user| user.credential.is_newer_than(made_at(auth, stored))))
        }
        _ => None,
    };
    match reused.and_then(|stored| config.store.recover(&auth.config.secrets, &stored.code)) {
        Some(code) => {
            let attempt = CodeTry { identifiers: &identifiers, allowed: config.allowed_attempts, id: &secret.id, now };
            one_time_code::extend(&db, &attempt, secret.expires_at).await?;
            mail.code = Some(code);
        }
        None if is_mailed => verification::insert(&db, &secret).await?,
        None => verification::insert(&db, &NewSecret { value: format!("{NO_CODE}:0"), ..secret }).await?,
    }
    Ok(if is_mailed { Ok((mail, mail_id, now.as_second())) } else { Err(None) })
}

/// Returns when a code was mailed. A try does not move its expiry, and mailing it again moves it only if the password has not changed.
fn made_at(auth: &Auth, stored: &StoredCode) -> Option<Timestamp> {
    let seconds = i64::from(auth.config.features.email_otp.expires_in);
    stored.expires_at.checked_sub(SignedDuration::from_secs(seconds)).ok()
}

/// A right code.
pub(super) struct RightCode {
    /// The identifiers under which the table may hold it.
    pub(super) identifiers: Vec<String>,
    /// The stored code.
    pub(super) stored: StoredCode,
}

impl RightCode {
    /// Compares a code, and counts the try if it is wrong. A right code is redeemed, if `redeems`, and otherwise stays as it is.
    ///
    /// # Errors
    /// The code is wrong, absent or expired, or was tried too often.
    pub(super) async fn of(cx: &mut Context, kind: Kind, key: &str, typed: &str, redeems: bool) -> Result<Self, Error> {
        let auth = cx.auth.clone();
        let config = &auth.config.features.email_otp;
        let (identifiers, id) = (identifiers(cx, kind, key), cx.rng.id());
        let attempt = CodeTry { identifiers: &identifiers, allowed: config.allowed_attempts, id: &id, now: cx.now };
        let newest = one_time_code::newest(&cx.db, &identifiers).await?;
        let newest = newest.ok_or_else(|| invalid(Reason::NoMailedCode))?;
        let is_right = match newest.as_str() {
            NO_CODE => false,
            stored => {
                let compared = config.store.is_right(&auth.config.secrets, stored, typed);
                compared.map_err(|error| Error::internal(Reason::UnreadableMailedCode, error))?
            }
        };
        // The statement that decides compares codes as they are stored, because encryption has another result each time.
        let given = is_right.then_some(newest.as_str());
        match one_time_code::give(&cx.db, &attempt, given, redeems).await? {
            TryResult::Right(stored) => Ok(Self { identifiers, stored }),
            TryResult::Wrong => Err(invalid(Reason::WrongMailedCode)),
            TryResult::Absent => Err(invalid(Reason::NoMailedCode)),
            TryResult::Expired => Err(Error::bad(OTP_EXPIRED, Reason::MailedCodeExpired)),
            TryResult::Spent => Err(Error::api(StatusCode::FORBIDDEN, TOO_MANY_ATTEMPTS, Reason::MailedCodeSpent)),
        }
    }

    /// Returns when the code was mailed.
    pub(super) fn made_at(&self, cx: &Context) -> Option<Timestamp> {
        made_at(&cx.auth, &self.stored)
    }
}

/// Returns the error for a code that is not accepted.
pub(super) fn invalid(reason: Reason) -> Error {
    Error::bad(INVALID_OTP, reason)
}

/// Returns the error of something that is switched off.
pub(super) fn disabled(message: &str) -> Error {
    Error::Codeless { message: message.to_owned(), reason: Reason::FeatureDisabled }
}

/// Refuses a request that needs a mail if none is sent.
pub(super) fn must_send(cx: &Context) -> Result<(), Error> {
    match cx.auth.sends_email_codes() {
        true => Ok(()),
        false => Err(disabled("send email verification is not implemented")),
    }
}

/// Returns an address as it is stored.
pub(super) fn checked(typed: &str) -> Result<String, Error> {
    let email = email::stored(typed);
    match email::is_valid(&email) {
        true => Ok(email),
        false => Err(Error::bad(code::INVALID_EMAIL, Reason::InvalidEmail)),
    }
}

impl From<Type> for Kind {
    fn from(kind: Type) -> Self {
        match kind {
            Type::EmailVerification => Self::EmailVerificationOtp,
            Type::SignIn => Self::SignInOtp,
            Type::ForgetPassword => Self::ForgetPasswordOtp,
            Type::ChangeEmail => Self::ChangeEmailOtp,
        }
    }
}
