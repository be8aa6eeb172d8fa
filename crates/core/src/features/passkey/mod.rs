//! Passkeys (spec management-plugins §4): registering them, signing in with them, and a user's list. README.md lists the threats.

mod authentication;
mod challenge;
pub mod declaration;
mod management;
mod registration;
pub mod rows;
pub mod webauthn;
pub mod wire;
pub mod words;

use http::Method;

use self::wire::PASSKEY;
use crate::{
    context::{
        Context,
        places::{Answer, Places},
    },
    declaration::{Answers, Member, Operation, Shape},
    endpoint::{Body, Condition, Endpoint, Guard, Run},
    error::Error,
    model::User,
    run::{run, run_signed_in},
};

/// The functions of the feature at the places of a request.
pub const PLACES: Places = Places { proven: Some(proven), ..Places::NONE };

/// An endpoint of the feature. One that posts reads JSON.
const fn endpoint(
    method: Method,
    (id, path): (&'static str, &'static str),
    about: &'static str,
    guard: Guard,
    run: Run,
) -> Endpoint {
    const SERVED: &[Condition<'_>] = &[Condition::Switch("passkey.enabled")];
    let body = if matches!(method, Method::GET) { Body::Ignored } else { Body::Json };
    Endpoint { id, method, path, about, body, guard, served: SERVED, uses: &[], run }
}

/// The endpoints of passkeys, with `passkey.enabled`.
pub const ENDPOINTS: &[Endpoint] = &[
    endpoint(
        Method::GET,
        ("passkey.register_options", "/passkey/generate-register-options"),
        "Begins to register a passkey; only with `passkey.enabled`, like all endpoints here.",
        Guard::FreshSession,
        run_signed_in!(registration::options),
    ),
    endpoint(
        Method::POST,
        ("passkey.register", "/passkey/verify-registration"),
        "Registers the passkey.",
        Guard::FreshSession,
        run_signed_in!(registration::verify),
    ),
    endpoint(
        Method::GET,
        ("passkey.sign_in_options", "/passkey/generate-authenticate-options"),
        "Begins to sign in with a passkey. The answer tells nothing about users.",
        Guard::Open,
        run!(authentication::options),
    ),
    endpoint(
        Method::POST,
        ("passkey.sign_in", "/passkey/verify-authentication"),
        "Signs in with the passkey.",
        Guard::LoginCsrf,
        run!(authentication::verify),
    ),
    endpoint(
        Method::GET,
        ("passkey.list", "/passkey/list-user-passkeys"),
        "Lists the user's passkeys.",
        Guard::Session,
        run_signed_in!(management::list),
    ),
    endpoint(
        Method::POST,
        ("passkey.update", "/passkey/update-passkey"),
        "Names one of the user's passkeys.",
        Guard::StoredSession,
        run_signed_in!(management::update),
    ),
    endpoint(
        Method::POST,
        ("passkey.delete", "/passkey/delete-passkey"),
        "Removes one of the user's passkeys.",
        Guard::StoredSession,
        run_signed_in!(management::delete),
    ),
];

const fn operation(endpoint: &'static str, name: &'static str, answer: Answers) -> Operation {
    Operation::of(endpoint, name, answer).tagged("Passkey")
}

/// The operations of [`ENDPOINTS`] in the API description.
pub const OPERATIONS: &[Operation] = &[
    operation(
        "passkey.register_options",
        "generatePasskeyRegistrationOptions",
        Answers::of(
            "The options for `navigator.credentials.create`, as JSON.",
            Shape::AnyObject(&["challenge", "rp", "user", "pubKeyCredParams"]),
        ),
    ),
    operation(
        "passkey.register",
        "passkeyVerifyRegistration",
        Answers::of(
            "The passkey; with `createSession` also `session` and `user`.",
            Shape::AnyObject(&["id", "credentialID"]),
        ),
    ),
    operation(
        "passkey.sign_in_options",
        "passkeyGenerateAuthenticateOptions",
        Answers::of(
            "The options for `navigator.credentials.get`, as JSON.",
            Shape::AnyObject(&["challenge", "rpId", "userVerification"]),
        ),
    ),
    operation(
        "passkey.sign_in",
        "passkeyVerifyAuthentication",
        Answers::of(
            "The session. With `twoFactorRedirect` a second factor is asked for, and the other members are absent.",
            Shape::Object(&[
                Member::of("session", Shape::Component("Session")),
                Member::of("user", Shape::Component("User")),
                Member::of("twoFactorRedirect", Shape::Boolean).optional(),
                Member::of("twoFactorMethods", Shape::List(&Shape::Text)).optional(),
            ]),
        ),
    ),
    operation(
        "passkey.list",
        "listPasskeys",
        Answers::of("The passkeys, the oldest first.", Shape::List(&Shape::Object(PASSKEY))),
    ),
    operation(
        "passkey.update",
        "updatePasskey",
        Answers::of("The passkey.", Shape::Object(&[Member::of("passkey", Shape::Object(PASSKEY))])),
    ),
    operation("passkey.delete", "deletePasskey", Answers::of("The passkey is removed.", Shape::Component("Done"))),
];

/// Removes the passkeys of a user whose address was unconfirmed, when its owner proves to own it.
fn proven<'a>(cx: &'a mut Context, user: &'a mut User) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        if cx.auth.config.features.passkey.enabled {
            rows::delete_all(&cx.db, &user.id).await?;
        }
        Ok(())
    })
}
