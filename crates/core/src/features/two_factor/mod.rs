//! Second factors (spec sign-in-plugins §4): codes of an authenticator app, by mail, or from a printed list. If one is required, no
//! session exists before the code is given. README.md lists the threats.

mod backup_codes;
mod challenge;
mod code_list;
pub mod declaration;
mod enrolment;
mod names;
mod otp;
mod password;
mod pending;
pub mod rows;
mod rules;
mod totp;
mod trust;
mod wire;
pub mod words;

use http::Method;

use self::{
    declaration::{AskOn, TwoFactor},
    rules::{FIELD, is_enabled},
};
use crate::{
    context::{
        Context,
        places::{Answer, Entry, Places, SessionDecision, Way},
    },
    declaration::{Answers, Member, Operation, Resource, Shape},
    endpoint::{Body, Condition, Endpoint, Guard, Run},
    error::Error,
    model::{Session, User},
    run::run,
    wire::Input,
};

/// The functions of the feature at the places of a request.
pub const PLACES: Places = Places {
    proven: Some(proven),
    before_session: Some(before_session),
    after_session: Some(after_session),
    others_ended: Some(others_ended),
    ..Places::NONE
};

/// Runs a handler for signed-in users. The configuration decides whether the body must contain a password.
macro_rules! run_with_password {
    ($handler:path, $body:ident, $passwordless:expr) => {
        Run {
            reads: <wire::$body<false> as Input>::READS,
            call: |cx, endpoint, input| {
                Box::pin(async move {
                    let passwordless: fn(&TwoFactor) -> bool = $passwordless;
                    let body = match passwordless(&cx.auth.config.features.two_factor) {
                        true => input.read::<wire::$body<true>>()?.any(),
                        false => input.read::<wire::$body<false>>()?.any(),
                    };
                    let signed_in = $crate::signed_in::require(cx, endpoint.guard, &input.read()?).await?;
                    $handler(cx, body, signed_in).await
                })
            },
        }
    };
}

/// An endpoint below `/two-factor/`.
const fn endpoint(names: (&'static str, &'static str), about: &'static str, guard: Guard, run: Run) -> Endpoint {
    endpoint_using(&[], names, about, guard, run)
}

const fn endpoint_using(
    uses: &'static [Resource],
    (id, path): (&'static str, &'static str),
    about: &'static str,
    guard: Guard,
    run: Run,
) -> Endpoint {
    const SERVED: &[Condition<'_>] = &[Condition::Switch("two_factor.enabled")];
    Endpoint { id, method: Method::POST, path, about, body: Body::Json, guard, served: SERVED, uses, run }
}

/// The endpoints of second factors, with `two_factor.enabled`.
pub const ENDPOINTS: &[Endpoint] = &[
    endpoint(
        ("two_factor.enable", "/two-factor/enable"),
        "Begins to set up a second factor, given the password; only with `two_factor.enabled`, like all endpoints here.",
        Guard::StoredSession,
        run_with_password!(enrolment::enable, Enable, |config| config.allow_passwordless),
    ),
    endpoint(
        ("two_factor.disable", "/two-factor/disable"),
        "Removes the second factor, given the password.",
        Guard::StoredSession,
        run_with_password!(enrolment::disable, Password, |config| config.allow_passwordless),
    ),
    endpoint(
        ("two_factor.totp_uri", "/two-factor/get-totp-uri"),
        "Returns the key of the authenticator app again, given the password.",
        Guard::StoredSession,
        run_with_password!(enrolment::totp_uri, Password, TwoFactor::shows_keys_freely),
    ),
    endpoint(
        ("two_factor.generate_backup_codes", "/two-factor/generate-backup-codes"),
        "Replaces the backup codes, given the password.",
        Guard::StoredSession,
        run_with_password!(backup_codes::generate, Password, TwoFactor::makes_codes_freely),
    ),
    endpoint(
        ("two_factor.verify_totp", "/two-factor/verify-totp"),
        "Accepts a code of the authenticator app: completes a sign-in, or the setup.",
        Guard::Open,
        run!(totp::verify),
    ),
    endpoint_using(
        &[Resource::Mail],
        ("two_factor.send_otp", "/two-factor/send-otp"),
        "Mails a code.",
        Guard::Open,
        run!(otp::send),
    ),
    endpoint(
        ("two_factor.verify_otp", "/two-factor/verify-otp"),
        "Accepts a mailed code: completes a sign-in, or the setup.",
        Guard::Open,
        run!(otp::verify),
    ),
    endpoint(
        ("two_factor.verify_backup_code", "/two-factor/verify-backup-code"),
        "Accepts a backup code, once: completes a sign-in.",
        Guard::Open,
        run!(backup_codes::verify),
    ),
];

const SIGNED_IN: Answers = Answers::of(
    "The code was right.",
    Shape::Object(&[Member::of("token", Shape::Text), Member::of("user", Shape::Component("User"))]),
);
const DONE: Answers = Answers::of("The request succeeded.", Shape::Component("Done"));
const TEXTS: Shape = Shape::List(&Shape::Text);

const fn operation(endpoint: &'static str, name: &'static str, answer: Answers) -> Operation {
    Operation::of(endpoint, name, answer).tagged("Two-factor")
}

/// The operations of [`ENDPOINTS`] in the API description.
pub const OPERATIONS: &[Operation] = &[
    operation(
        "two_factor.enable",
        "enableTwoFactor",
        Answers::of(
            "The key and the backup codes for the user.",
            Shape::Object(&[
                Member::of("method", Shape::Text),
                Member::of("totpURI", Shape::Text).optional(),
                Member::of("backupCodes", TEXTS).optional(),
            ]),
        ),
    ),
    operation("two_factor.disable", "disableTwoFactor", DONE),
    operation(
        "two_factor.totp_uri",
        "getTOTPURI",
        Answers::of("The URI that an app scans.", Shape::Object(&[Member::of("totpURI", Shape::Text)])),
    ),
    operation(
        "two_factor.generate_backup_codes",
        "generateBackupCodes",
        Answers::of(
            "The new codes.",
            Shape::Object(&[Member::of("status", Shape::Boolean), Member::of("backupCodes", TEXTS)]),
        ),
    ),
    operation("two_factor.verify_totp", "verifyTOTP", SIGNED_IN),
    operation("two_factor.send_otp", "sendTwoFactorOTP", DONE),
    operation("two_factor.verify_otp", "verifyTwoFactorOTP", SIGNED_IN),
    operation(
        "two_factor.verify_backup_code",
        "verifyBackupCode",
        Answers::of(
            "The code was right.",
            Shape::Object(&[Member::of("token", Shape::Text).optional(), Member::of("user", Shape::Component("User"))]),
        ),
    ),
];

/// Whether this way to a session requires the user's second factor.
fn is_asked(cx: &Context, entry: &Entry<'_>) -> bool {
    let config = &cx.auth.config.features.two_factor;
    config.enabled
        && is_enabled(entry.user)
        && match entry.way {
            Way::Password | Way::Username | Way::PhoneNumber => true,
            Way::Provider(_) | Way::IdToken(_) | Way::Link | Way::MagicLink | Way::EmailCode | Way::PhoneCode => {
                config.ask_on == AskOn::EveryWay
            }
            // An authenticator that verifies the person is two factors: the device, and a PIN or a fingerprint.
            Way::Passkey { verified } => !verified && config.ask_on == AskOn::EveryWay,
            // The user is new; has a session, which is replaced or handed over; has just given the second factor; or is absent.
            Way::SignUp
            | Way::ChangedPassword
            | Way::OneTimeToken
            | Way::SecondFactor
            | Way::Impersonation(_)
            | Way::Anonymous
            | Way::Administrator => false,
        }
}

/// Stops a user with a second factor, unless the device is trusted.
fn before_session<'a>(cx: &'a mut Context, entry: &'a Entry<'a>) -> Answer<'a, Result<SessionDecision, Error>> {
    Box::pin(async move {
        if !is_asked(cx, entry) || trust::is_trusted(cx, entry).await? {
            return Ok(SessionDecision::Open);
        }
        Ok(SessionDecision::Closed(challenge::begin))
    })
}

/// Gives a trusted device that signed in another name, for as long again.
fn after_session<'a>(cx: &'a mut Context, entry: &'a Entry<'a>, _: &'a Session) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move { if is_asked(cx, entry) { trust::renew(cx, &entry.user.id).await } else { Ok(()) } })
}

/// Ends the trust in a user's devices with the sessions that the user ends.
fn others_ended<'a>(cx: &'a mut Context, user: &'a User) -> Answer<'a, Result<(), Error>> {
    Box::pin(
        async move { if cx.auth.config.features.two_factor.enabled { trust::end(cx, &user.id).await } else { Ok(()) } },
    )
}

/// Removes the second factor from a user whose address was unconfirmed, when its owner proves to own it.
fn proven<'a>(cx: &'a mut Context, user: &'a mut User) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        if cx.auth.config.features.two_factor.enabled {
            rows::disable(&cx.db, &user.id, None, cx.now).await?;
            user.additional.set(FIELD, false.into());
        }
        Ok(())
    })
}
