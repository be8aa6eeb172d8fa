//! Codes in text messages: counting, storing and sending one, and comparing what a client gives (spec sign-in-plugins §0.3).

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};

use super::{declaration, rows};
use crate::{
    auth::Auth,
    context::Context,
    error::Error,
    links,
    mail::sms::{self, Kind, Sms},
    outcome::Outcome,
    reason::Reason,
    store::{
        StoreError, counted,
        one_time_code::{self, CodeTry, StoredCode, TryResult},
        verification,
    },
    syntax::phone,
};

/// The prefix before a number, for the count of codes for it.
const SENT: &str = "phone-number-sent-";
/// The prefix before a client's address, for the count of codes that it has caused.
const SENT_FOR: &str = "phone-number-sent-for-";
/// The key of all clients without an address, as at the rate limit.
const WITHOUT_ADDRESS: &str = "no-trusted-ip";

/// The purpose of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// It verifies the number.
    Number,
    /// It sets a new password.
    Password,
}

impl Purpose {
    const ALL: [Self; 2] = [Self::Number, Self::Password];

    /// The prefix of the identifier in the table.
    fn prefix(self) -> &'static str {
        match self {
            Self::Number => "phone-number-otp-",
            Self::Password => "phone-number-reset-",
        }
    }

    fn kind(self) -> Kind {
        match self {
            Self::Number => Kind::PhoneNumberOtp,
            Self::Password => Kind::PhoneNumberPasswordResetOtp,
        }
    }
}

/// The numbers to which a code is sent. It is stored for every number, so that later answers are the same for all.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Recipients {
    /// Every number.
    Anyone,
    /// Numbers of users.
    Users,
    /// Verified numbers of users.
    Verified,
    /// No number.
    None,
}

/// Counts a code for the number and stores it, then sends it after the answer, if the number is one of `recipients`. The work before
/// the answer is the same for every number. The caller has checked the number.
///
/// # Errors
/// 429 beyond `[phone_number.limits]`, or the failure of the store.
pub(super) async fn send(
    cx: &mut Context,
    purpose: Purpose,
    number: &str,
    recipients: Recipients,
) -> Result<(), Error> {
    count(cx, number).await?;
    let auth = cx.auth.clone();
    let config = &auth.config.features.phone_number;
    let code = cx.rng.digits(config.length as usize);
    let stored = links::secret(cx, purpose.prefix(), number, config.expires_in, &format!("{code}:0"));
    verification::insert(&cx.db, &stored).await?;
    let sms = Sms {
        kind: purpose.kind(),
        to: number.to_owned(),
        text: config.message(&code, &auth.config.app_name),
        code,
        asked: links::asked(cx),
    };
    let (id, now) = (cx.rng.id(), cx.now.as_second());
    if recipients != Recipients::None {
        cx.afterwards.push(Box::pin(async move {
            match is_recipient(&auth, &sms.to, recipients).await {
                Ok(true) => sms::deliver(&auth.config, &sms, &id, now).await,
                Ok(false) => {}
                Err(error) => Outcome::background("phone_number", &format!("no code was sent: {error}")),
            }
        }));
    }
    Ok(())
}

async fn is_recipient(auth: &Auth, number: &str, recipients: Recipients) -> Result<bool, StoreError> {
    if recipients == Recipients::Anyone {
        return Ok(true);
    }
    let user = rows::reached(&auth.db(), number).await?;
    Ok(user.is_some_and(|found| recipients == Recipients::Users || rows::is_verified(&found.user)))
}

/// Counts a code that is about to be sent, for the client first: a client that may cause no more codes does not use up those of a
/// number. Clients without an address are counted as one: a client that can hide its address must not escape the limit.
async fn count(cx: &mut Context, number: &str) -> Result<(), Error> {
    let auth = cx.auth.clone();
    let limits = &auth.config.features.phone_number.limits;
    let client = match cx.client().ip_address {
        none if none.is_empty() && !auth.config.advanced.ip_address.disable_ip_tracking => WITHOUT_ADDRESS.to_owned(),
        address => address,
    };
    let counts = [(SENT_FOR, client.as_str(), limits.per_client), (SENT, number, limits.per_number)];
    for (purpose, key, most) in counts.into_iter().filter(|(_, key, _)| !key.is_empty()) {
        let (sent, identifiers) =
            (links::secret(cx, purpose, key, limits.window, ""), links::identifiers(cx, purpose, key));
        if counted::count(&cx.db, &sent, &identifiers, limits.window).await? > u64::from(most) {
            return Err(Error::TooManyRequests { retry_after: limits.window, reason: Reason::TooManyTexts });
        }
    }
    Ok(())
}

/// A right code.
pub(super) struct RightCode {
    /// The identifiers under which the table may hold it.
    pub(super) identifiers: Vec<String>,
    /// The code.
    pub(super) code: String,
    /// When the code was made, if known. A try does not move its expiry.
    pub(super) made_at: Option<Timestamp>,
}

/// Compares a code and counts the try. A right code is redeemed if it verifies the number; one that sets a new password stays as it is
/// until the statement that sets it.
///
/// # Errors
/// The code is wrong, absent or expired, or was tried too often.
pub(super) async fn right(cx: &mut Context, purpose: Purpose, number: &str, typed: &str) -> Result<RightCode, Error> {
    let absent = |reason| Error::bad(declaration::OTP_NOT_FOUND, reason);
    // A text with U+0000 cannot be compared.
    if !phone::is_e164(number) || typed.contains('\0') {
        return Err(absent(Reason::InvalidPhoneNumber));
    }
    let auth = cx.auth.clone();
    let config = &auth.config.features.phone_number;
    let (identifiers, id) = (links::identifiers(cx, purpose.prefix(), number), cx.rng.id());
    let attempt = CodeTry { identifiers: &identifiers, allowed: config.allowed_attempts, id: &id, now: cx.now };
    match one_time_code::give(&cx.db, &attempt, Some(typed), purpose == Purpose::Number).await? {
        TryResult::Right(StoredCode { code, expires_at }) => {
            let lifetime = SignedDuration::from_secs(i64::from(config.expires_in));
            Ok(RightCode { identifiers, code, made_at: expires_at.checked_sub(lifetime).ok() })
        }
        TryResult::Wrong => Err(invalid(Reason::WrongPhoneCode)),
        TryResult::Absent => Err(absent(Reason::NoPhoneCode)),
        TryResult::Expired => Err(Error::bad(declaration::OTP_EXPIRED, Reason::PhoneCodeExpired)),
        TryResult::Spent => {
            Err(Error::api(StatusCode::FORBIDDEN, declaration::TOO_MANY_ATTEMPTS, Reason::PhoneCodeSpent))
        }
    }
}

/// Returns the error for a code that is not accepted.
pub(super) fn invalid(reason: Reason) -> Error {
    Error::bad(declaration::INVALID_OTP, reason)
}

/// Removes the codes that were sent to a number which its user gives up.
///
/// # Errors
/// The failure of the store.
pub(super) async fn forget(cx: &Context, number: &str) -> Result<(), StoreError> {
    for purpose in Purpose::ALL {
        verification::take(&cx.db, &links::identifiers(cx, purpose.prefix(), number)).await?;
    }
    Ok(())
}
