//! Usernames (spec sign-in-plugins §1): users choose a name, unique in lower case, and sign in with it and their password. The name
//! is public: `/is-username-available` tells anyone whether it is taken, and so does a sign-up.

pub mod declaration;
pub mod rows;
mod rules;
mod wire;

use http::{Method, StatusCode};
use serde_json::{Map, Value};

use self::{
    declaration::Username,
    rules::Flaw,
    wire::{Availability, IsUsernameAvailable, SignInUsername},
};
use crate::{
    code::{self, Code},
    context::{
        Context,
        places::{Answer, Places, Way},
    },
    declaration::{Answers, Member, Operation, Resource, Shape},
    endpoint::{Body, Condition, Endpoint, Guard},
    error::Error,
    flow::password::{self, Attempt},
    model::{Session, User},
    reason::Reason,
    reply::Reply,
    rules::{fields::is_truthy, sign_in},
    run::run,
    signed_in,
    store::{self, user::Change},
};

/// The functions of the feature at the places of a request.
pub const PLACES: Places =
    Places { new_user: Some(new_user), user_change: Some(user_change), proven: Some(proven), ..Places::NONE };

/// The endpoints of usernames. better-auth leaves cross-site requests to `/sign-in/username` without cookies to the content type;
/// here they meet the guard of `/sign-in/email` (docs/DIFFERENCES.md).
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "sign_in.username",
        method: Method::POST,
        path: "/sign-in/username",
        about: "Opens a session for a username and its password; only with `username.enabled`.",
        body: Body::Json,
        guard: Guard::LoginCsrf,
        served: &[Condition::Switch("username.enabled")],
        uses: &[Resource::Mail],
        run: run!(sign_in),
    },
    Endpoint {
        id: "username.is_available",
        method: Method::POST,
        path: "/is-username-available",
        about: "Answers whether a username is available; only with `username.enabled`.",
        body: Body::Json,
        guard: Guard::Open,
        served: &[Condition::Switch("username.enabled")],
        uses: &[],
        run: run!(is_available),
    },
];

/// The operations of [`ENDPOINTS`] in the API description.
pub const OPERATIONS: &[Operation] = &[
    Operation::of("sign_in.username", "signInUsername", password::ANSWERS).tagged("Username"),
    Operation::of(
        "username.is_available",
        "isUsernameAvailable",
        Answers::of("Whether the username is available.", Shape::Object(&[Member::of("available", Shape::Boolean)])),
    )
    .tagged("Username"),
];

/// The additional field, and the member of a body, with the username.
const USERNAME: &str = "username";
/// The additional field, and the member of a body, with the username as it is displayed.
const DISPLAY: &str = "displayUsername";

/// Signs in with username and password (spec sign-in-plugins §1.2).
async fn sign_in(cx: &mut Context, body: SignInUsername) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let config = &auth.config.features.username;
    if body.username.is_empty() || body.password.is_empty() {
        let reason = if body.username.is_empty() { Reason::UnknownUser } else { Reason::WrongPassword };
        return Err(Error::api(StatusCode::UNAUTHORIZED, declaration::INVALID_USERNAME_OR_PASSWORD, reason));
    }
    let username = checked(&body.username, config, StatusCode::UNPROCESSABLE_ENTITY)?;
    sign_in::judge_length(&body.password, &auth.config.email_and_password).map_err(Error::password_length)?;
    let attempt = Attempt {
        way: Way::Username,
        password: &body.password,
        callback_url: body.callback_url.as_deref(),
        remember: body.remember_me != Some(false),
        wrong: declaration::INVALID_USERNAME_OR_PASSWORD,
        unopened: StatusCode::INTERNAL_SERVER_ERROR,
    };
    let location = attempt.location()?;
    let found = rows::with_password(&cx.db, &username).await?;
    password::sign_in(cx, found.as_ref(), &attempt, location).await
}

/// Answers whether a username is available (spec sign-in-plugins §1.3).
async fn is_available(cx: &mut Context, body: IsUsernameAvailable) -> Result<Reply, Error> {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    if body.username.is_empty() {
        return Err(refused(status, Flaw::Invalid));
    }
    let username = checked(&body.username, &cx.auth.config.features.username, status)?;
    let owner = rows::owner(&cx.db, &username).await?;
    Reply::json(&Availability { available: owner.is_none() })
}

/// Checks the username that a client gives a new user, and completes what is given (spec sign-in-plugins §1.4).
fn new_user<'a>(cx: &'a mut Context, given: &'a mut Map<String, Value>) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let auth = cx.auth.clone();
        let config = &auth.config.features.username;
        if !config.enabled {
            return Ok(());
        }
        let display =
            given.get(DISPLAY).and_then(Value::as_str).filter(|display| rules::judge(display, config).is_ok());
        let typed = match given.get(USERNAME) {
            None => display.map(str::to_owned),
            Some(value) => text(value, code::FAILED_TO_CREATE_USER)?,
        };
        let Some(typed) = typed else { return Ok(()) };
        let username = checked(&typed, config, StatusCode::BAD_REQUEST)?;
        if rows::owner(&cx.db, &username).await?.is_some() {
            return Err(taken());
        }
        if !given.get(DISPLAY).is_some_and(is_truthy) {
            given.insert(DISPLAY.to_owned(), typed.into());
        }
        given.insert(USERNAME.to_owned(), username.into());
        Ok(())
    })
}

/// Checks the username that a signed-in user asks for (spec sign-in-plugins §1.4). Where usernames stay as they are, `null` does
/// not remove one either. An administrator who acts as the user changes no name with which the user signs in.
fn user_change<'a>(
    cx: &'a mut Context,
    (user, session): (&'a User, &'a Session),
    given: &'a mut Map<String, Value>,
) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let auth = cx.auth.clone();
        let config = &auth.config.features.username;
        let Some(asked) = given.get(USERNAME).filter(|_| config.enabled) else { return Ok(()) };
        let own = user.additional.text(USERNAME).filter(|own| !own.is_empty());
        let username = match text(asked, code::FAILED_TO_UPDATE_USER)? {
            Some(typed) => Some(checked(&typed, config, StatusCode::BAD_REQUEST)?),
            None => None,
        };
        if own != username.as_deref() {
            signed_in::in_person(session)?;
        }
        if config.immutable && own.is_some() && own != username.as_deref() {
            return Err(Error::bad(declaration::USERNAME_IS_IMMUTABLE, Reason::UsernameImmutable));
        }
        let Some(username) = username else { return Ok(()) };
        if own != Some(username.as_str()) && rows::owner(&cx.db, &username).await?.is_some() {
            return Err(taken());
        }
        given.insert(USERNAME.to_owned(), username.into());
        Ok(())
    })
}

/// Removes the username from a user whose address was unconfirmed, when its owner proves to own it: another person may have chosen it.
fn proven<'a>(cx: &'a mut Context, user: &'a mut User) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let names = [USERNAME, DISPLAY].map(|name| (name.to_owned(), Value::Null));
        if cx.auth.config.features.username.enabled && user.additional.text(USERNAME).is_some() {
            let change = Change { name: None, image: None, additional: Map::from_iter(names.clone()).into() };
            store::user::update(&cx.db, &user.id, &change, None, cx.now).await?;
            for (name, value) in names {
                if user.additional.text(&name).is_some() {
                    user.additional.set(&name, value);
                }
            }
        }
        Ok(())
    })
}

/// Reads a username that is a text; `None` if it is `null`. Any other value is refused as a row that cannot be written: better-auth
/// stores some of these against its own rules, and fails for the others (docs/DIFFERENCES.md).
fn text(value: &Value, code: Code) -> Result<Option<String>, Error> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        _ => Err(Error::api(StatusCode::UNPROCESSABLE_ENTITY, code, Reason::InvalidInput)),
    }
}

/// Returns the username as it is stored, if it is valid.
fn checked(username: &str, config: &Username, status: StatusCode) -> Result<String, Error> {
    rules::judge(username, config).map_err(|flaw| refused(status, flaw))?;
    Ok(rules::normalized(username, config))
}

fn refused(status: StatusCode, flaw: Flaw) -> Error {
    let code = match flaw {
        Flaw::TooShort => declaration::USERNAME_TOO_SHORT,
        Flaw::TooLong => declaration::USERNAME_TOO_LONG,
        Flaw::Invalid => declaration::INVALID_USERNAME,
    };
    Error::api(status, code, Reason::InvalidUsername)
}

fn taken() -> Error {
    Error::bad(declaration::USERNAME_IS_ALREADY_TAKEN, Reason::UsernameTaken)
}
