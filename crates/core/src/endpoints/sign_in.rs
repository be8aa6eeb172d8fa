//! `POST /sign-in/email`: opens a session for an address and its password.

use http::{Method, StatusCode};

use crate::{
    code,
    context::{Context, places::Way},
    declaration::{Operation, Resource},
    endpoint::{Body, Condition, Endpoint, Guard},
    error::Error,
    flow::password::{self, Attempt},
    reason::Reason,
    reply::Reply,
    rules::sign_in,
    run::run,
    store,
    syntax::email,
    wire,
};

/// The endpoint of signing in with address and password.
pub const ENDPOINTS: &[Endpoint] = &[Endpoint {
    id: "sign_in.email",
    method: Method::POST,
    path: "/sign-in/email",
    about: "Opens a session for an address and its password.",
    body: Body::FormOrJson,
    guard: Guard::LoginCsrf,
    served: &[Condition::Database],
    uses: &[Resource::Mail],
    run: run!(by_email),
}];

/// The operation of [`ENDPOINTS`] in the API description.
pub const OPERATIONS: &[Operation] = &[Operation::of("sign_in.email", "signInEmail", password::ANSWERS)];

/// Signs in with address and password (spec core §3.4).
async fn by_email(cx: &mut Context, body: wire::SignInEmail) -> Result<Reply, Error> {
    let config = &cx.auth.config.email_and_password;
    if !config.enabled {
        return Err(Error::bad(code::EMAIL_PASSWORD_DISABLED, Reason::PasswordsDisabled));
    }
    if !email::is_valid(&body.email) {
        return Err(Error::bad(code::INVALID_EMAIL, Reason::InvalidEmail));
    }
    sign_in::judge_length(&body.password, config).map_err(Error::password_length)?;
    let attempt = Attempt {
        way: Way::Password,
        password: &body.password,
        callback_url: body.callback_url.as_deref(),
        remember: body.remember_me != Some(false),
        wrong: code::INVALID_EMAIL_OR_PASSWORD,
        unopened: StatusCode::UNAUTHORIZED,
    };
    let location = attempt.location()?;
    let found = store::user::with_password(&cx.db, &email::stored(&body.email)).await?;
    password::sign_in(cx, found.as_ref(), &attempt, location).await
}
