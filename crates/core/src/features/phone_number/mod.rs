//! Phone numbers (spec sign-in-plugins §8): users prove a number by the code in a text message, sign in with number and password or
//! with a code, and replace a forgotten password. README.md lists the threats.

mod codes;
pub mod declaration;
mod guards;
mod number;
mod password;
pub mod rows;
mod wire;

use http::{Method, StatusCode};

use self::{
    codes::{Purpose, Recipients},
    wire::{Message, Send, Verify},
};
use crate::{
    context::{Context, places::Places},
    declaration::{Answers, Member, Operation, Resource, Shape},
    endpoint::{Body, Condition, Endpoint, Guard, Run},
    error::Error,
    lookup::{self, Decision},
    reason::Reason,
    reply::Reply,
    run::{run, run_with_members},
    wire::GetSession,
};

/// The functions of the feature at the places of a request.
pub const PLACES: Places = Places {
    user_change: Some(guards::user_change),
    user_values: Some(guards::user_values),
    update_values: Some(guards::update_values),
    new_email: Some(guards::new_email),
    proven: Some(guards::proven),
    ..Places::NONE
};

/// An endpoint of the feature.
const fn endpoint((id, path): (&'static str, &'static str), about: &'static str, guard: Guard, run: Run) -> Endpoint {
    const SERVED: &[Condition<'_>] = &[Condition::Switch("phone_number.enabled")];
    let uses = &[Resource::Mail, Resource::Sms];
    Endpoint { id, method: Method::POST, path, about, body: Body::Json, guard, served: SERVED, uses, run }
}

/// The endpoints of phone numbers. better-auth leaves cross-site requests without cookies to the content type; here those that set
/// cookies meet the guard of `/sign-in/email` (docs/DIFFERENCES.md).
pub const ENDPOINTS: &[Endpoint] = &[
    endpoint(
        ("sign_in.phone_number", "/sign-in/phone-number"),
        "Opens a session for a phone number and its password; only with `phone_number.enabled`, like all endpoints here.",
        Guard::LoginCsrf,
        run!(password::sign_in),
    ),
    endpoint(
        ("phone_number.send", "/phone-number/send-otp"),
        "Sends a code in a text message. The answer is the same for every number.",
        Guard::Open,
        run!(send),
    ),
    endpoint(
        ("phone_number.verify", "/phone-number/verify"),
        "Verifies a number by its code, and opens a session, also for a new user.",
        Guard::LoginCsrf,
        run_with_members!(number::verify, Verify),
    ),
    endpoint(
        ("phone_number.request_reset", "/phone-number/request-password-reset"),
        "Sends a code that sets a new password. The answer is the same for every number.",
        Guard::Open,
        run!(password::request),
    ),
    endpoint(
        ("phone_number.reset_password", "/phone-number/reset-password"),
        "Sets the new password.",
        Guard::Open,
        run!(password::reset),
    ),
];

const fn operation(endpoint: &'static str, name: &'static str, answer: Answers) -> Operation {
    Operation::of(endpoint, name, answer).tagged("Phone-number")
}

const STATUS: Answers = Answers::of("The request succeeded.", Shape::Object(&[Member::of("status", Shape::Boolean)]));

/// The operations of [`ENDPOINTS`] in the API description.
pub const OPERATIONS: &[Operation] = &[
    operation(
        "sign_in.phone_number",
        "signInPhoneNumber",
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
    operation(
        "phone_number.send",
        "sendPhoneNumberOTP",
        Answers::of("The code is on its way.", Shape::Object(&[Member::of("message", Shape::Text)])),
    ),
    operation(
        "phone_number.verify",
        "verifyPhoneNumber",
        Answers::of(
            "The number is verified. With `twoFactorRedirect` a second factor is asked for, and the other members are absent.",
            Shape::Object(&[
                Member::of("status", Shape::Boolean),
                Member::of("token", Shape::TextOrNull),
                Member::of("user", Shape::Component("User")),
                Member::of("twoFactorRedirect", Shape::Boolean).optional(),
                Member::of("twoFactorMethods", Shape::List(&Shape::Text)).optional(),
            ]),
        ),
    ),
    operation("phone_number.request_reset", "requestPasswordResetPhoneNumber", STATUS),
    operation("phone_number.reset_password", "resetPasswordPhoneNumber", STATUS),
];

/// Whether a user is signed in, who may add a number. A genuine cookie is not enough: it outlives its session, and a bare token in the
/// header `Authorization` stands for one (`bearer`). Writes nothing and sets no cookie.
async fn may_add_a_number(cx: &Context) -> Result<bool, Error> {
    let query = GetSession { disable_cookie_cache: cx.auth.config.stores_sessions(), ..GetSession::default() };
    let decision = lookup::session(cx, &query, true).await.decision?;
    Ok(!matches!(decision, Decision::SignedOut { .. }))
}

/// Sends a code that verifies a number (spec sign-in-plugins §8.2). Only a new user or a signed-in one has a use for a code to a number
/// that no user has, so nothing leaves for other requests.
async fn send(cx: &mut Context, body: Send) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let config = &auth.config.features.phone_number;
    if !auth.sends_phone_codes() {
        let code = declaration::SEND_OTP_NOT_IMPLEMENTED;
        return Err(Error::api(StatusCode::NOT_IMPLEMENTED, code, Reason::FeatureDisabled));
    }
    if !config.accepts(&body.phone_number) {
        return Err(Error::bad(declaration::INVALID_PHONE_NUMBER, Reason::InvalidPhoneNumber));
    }
    let is_useful = config.sign_up.enabled || may_add_a_number(cx).await?;
    let recipients = if is_useful { Recipients::Anyone } else { Recipients::Users };
    codes::send(cx, Purpose::Number, &body.phone_number, recipients).await?;
    Reply::json(&Message { message: "code sent" })
}
