//! Codes by mail (spec sign-in-plugins §3): they sign in, confirm an address, set a new password and change the address. README.md
//! lists the threats.

mod address;
mod codes;
pub mod declaration;
mod password;
mod wire;

use self::{
    codes::{Recipients, checked, must_send},
    wire::{Send, SignIn, Success, Type},
};
use crate::{
    context::{Context, places::Places},
    declaration::{Answers, Member, Operation, Resource, Shape},
    endpoint::{Body, Condition, Endpoint, Guard, Run},
    error::Error,
    mail::Kind,
    reason::Reason,
    reply::Reply,
    run::{run, run_signed_in, run_with_members},
};
use http::Method;

/// The functions of the feature at the places of a request.
pub const PLACES: Places = Places { verification: Some(verification), signed_up: Some(signed_up), ..Places::NONE };

/// An endpoint of the feature, which mails.
const fn endpoint((id, path): (&'static str, &'static str), about: &'static str, guard: Guard, run: Run) -> Endpoint {
    const SERVED: &[Condition<'_>] = &[Condition::Switch("email_otp.enabled")];
    let uses = &[Resource::Mail];
    Endpoint { id, method: Method::POST, path, about, body: Body::Json, guard, served: SERVED, uses, run }
}

/// The endpoints of codes by mail. better-auth relies on the content type to stop cross-site requests without cookies at most endpoints; here
/// those that set cookies meet the guard of `/sign-in/email` (docs/DIFFERENCES.md).
pub const ENDPOINTS: &[Endpoint] = &[
    endpoint(
        ("email_otp.send", "/email-otp/send-verification-otp"),
        "Mails a code; only with `email_otp.enabled`, like all endpoints here. The answer is the same for every address.",
        Guard::LoginCsrf,
        run!(send),
    ),
    endpoint(
        ("email_otp.check", "/email-otp/check-verification-otp"),
        "Answers whether a code is right, and leaves it as it is.",
        Guard::Open,
        run!(address::check),
    ),
    endpoint(
        ("email_otp.verify_email", "/email-otp/verify-email"),
        "Confirms an address.",
        Guard::LoginCsrf,
        run!(address::verify),
    ),
    endpoint(
        ("sign_in.email_otp", "/sign-in/email-otp"),
        "Opens a session, also for a new user.",
        Guard::LoginCsrf,
        run_with_members!(address::sign_in, SignIn),
    ),
    endpoint(
        ("email_otp.request_reset", "/email-otp/request-password-reset"),
        "Mails a code that sets a new password. The answer is the same for every address.",
        Guard::Open,
        run!(password::request),
    ),
    endpoint(
        ("email_otp.forget_password", "/forget-password/email-otp"),
        "The former name of `/email-otp/request-password-reset`.",
        Guard::Open,
        run!(password::request),
    ),
    endpoint(
        ("email_otp.reset_password", "/email-otp/reset-password"),
        "Sets the new password.",
        Guard::Open,
        run!(password::reset),
    ),
    endpoint(
        ("email_otp.request_change", "/email-otp/request-email-change"),
        "Mails a code to a new address. The answer does not reveal whether the address is taken.",
        Guard::StoredSession,
        run_signed_in!(address::request_change),
    ),
    endpoint(
        ("email_otp.change_email", "/email-otp/change-email"),
        "Changes the address.",
        Guard::StoredSession,
        run_signed_in!(address::change),
    ),
];

const SUCCESS: Answers = Answers::of("The request succeeded.", Shape::Object(&[Member::of("success", Shape::Boolean)]));

const fn operation(endpoint: &'static str, name: &'static str, answer: Answers) -> Operation {
    Operation::of(endpoint, name, answer).tagged("Email-otp")
}

/// The operations of [`ENDPOINTS`] in the API description.
pub const OPERATIONS: &[Operation] = &[
    operation("email_otp.send", "sendEmailVerificationOTP", SUCCESS),
    operation("email_otp.check", "verifyEmailWithOTP", SUCCESS),
    operation(
        "email_otp.verify_email",
        "verifyEmailOTP",
        Answers::of(
            "The address is confirmed. With `twoFactorRedirect` a second factor is asked for, and the other members are absent.",
            Shape::Object(&[
                Member::of("status", Shape::Boolean),
                Member::of("token", Shape::TextOrNull),
                Member::of("user", Shape::Component("User")),
                Member::of("twoFactorRedirect", Shape::Boolean).optional(),
                Member::of("twoFactorMethods", Shape::List(&Shape::Text)).optional(),
            ]),
        ),
    ),
    operation(
        "sign_in.email_otp",
        "signInWithEmailOTP",
        Answers::of(
            "The session. With `twoFactorRedirect` a second factor is asked for, and the other members are absent.",
            Shape::Object(&[
                Member::of("token", Shape::Text),
                Member::of("user", Shape::Component("User")),
                Member::of("twoFactorRedirect", Shape::Boolean).optional(),
                Member::of("twoFactorMethods", Shape::List(&Shape::Text)).optional(),
            ]),
        ),
    ),
    operation("email_otp.request_reset", "requestPasswordResetWithEmailOTP", SUCCESS),
    operation("email_otp.forget_password", "forgetPasswordWithEmailOTP", SUCCESS),
    operation("email_otp.reset_password", "resetPasswordWithEmailOTP", SUCCESS),
    operation("email_otp.request_change", "requestEmailChangeWithEmailOTP", SUCCESS),
    operation("email_otp.change_email", "changeEmailWithEmailOTP", SUCCESS),
];

/// Mails a code (spec sign-in-plugins §3.2). The address is looked up after the answer.
async fn send(cx: &mut Context, body: Send) -> Result<Reply, Error> {
    must_send(cx)?;
    let email = checked(&body.email)?;
    let signs_up = body.kind == Type::SignIn && !cx.auth.config.features.email_otp.disable_sign_up;
    if body.kind == Type::ChangeEmail {
        return Err(Error::Codeless { message: "Invalid OTP type".to_owned(), reason: Reason::InvalidInput });
    }
    let recipients = if signs_up { Recipients::Anyone } else { Recipients::Users };
    codes::send(cx, body.kind.into(), &email, recipients);
    Reply::json(&Success { success: true })
}

/// Mails a code instead of the link that confirms an address.
fn verification(cx: &mut Context, email: &str) -> bool {
    let replaces = cx.auth.config.features.email_otp.overrides_links && cx.auth.sends_email_codes();
    if replaces {
        codes::send(cx, Kind::EmailVerificationOtp, email, Recipients::Unconfirmed);
    }
    replaces
}

/// Mails a code that confirms the address of a sign-up.
fn signed_up(cx: &mut Context, email: &str) {
    let auth = cx.auth.clone();
    let config = &auth.config.features.email_otp;
    if config.send_on_sign_up && !config.overrides_links && auth.sends_email_codes() {
        codes::send(cx, Kind::EmailVerificationOtp, email, Recipients::Unconfirmed);
    }
}
