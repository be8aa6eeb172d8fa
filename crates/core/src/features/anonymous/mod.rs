//! Users without credentials (spec sign-in-plugins §5). README.md lists the threats.

pub mod declaration;
mod link;

use http::{Method, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    code,
    context::{
        Context,
        places::{CompletedChange, Entry, Places, Way},
    },
    declaration::{Answers, Member, Operation, Shape},
    endpoint::{Body, Condition, Endpoint, Guard},
    error::Error,
    flow::{self, Cookies, PreparedSignIn},
    model::User,
    reason::Reason,
    reply::Reply,
    rules::fields::{self, IS_ANONYMOUS},
    run::{run, run_signed_in},
    session_cookies,
    signed_in::{self, SignedIn},
    store::{self, RequestProof},
    syntax::email,
    wire::NoInput,
};

/// The functions of the feature at the places of a request.
pub const PLACES: Places =
    Places { carry: Some(link::carry), waiting: Some(link::waiting), opened: Some(link::opened), ..Places::NONE };

const SERVED: &[Condition<'_>] = &[Condition::Switch("anonymous.enabled")];

/// The endpoints of anonymous users. In better-auth a form of another site signs a browser in anonymously; here the request meets the guard
/// of `/sign-in/email` (docs/DIFFERENCES.md).
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "anonymous.sign_in",
        method: Method::POST,
        path: "/sign-in/anonymous",
        about: "Creates a user without credentials, and opens a session; only with `anonymous.enabled`.",
        body: Body::Json,
        guard: Guard::LoginCsrf,
        served: SERVED,
        uses: &[],
        run: run!(sign_in),
    },
    Endpoint {
        id: "anonymous.delete",
        method: Method::POST,
        path: "/delete-anonymous-user",
        about: "Deletes the user of the session, who is anonymous; only with `anonymous.enabled`.",
        body: Body::Json,
        guard: Guard::StoredSession,
        served: SERVED,
        uses: &[],
        run: run_signed_in!(delete),
    },
];

/// The operations of [`ENDPOINTS`] in the API description.
pub const OPERATIONS: &[Operation] = &[
    Operation::of(
        "anonymous.sign_in",
        "signInAnonymous",
        Answers::of(
            "The session.",
            Shape::Object(&[Member::of("token", Shape::Text), Member::of("user", Shape::Component("User"))]),
        ),
    )
    .tagged("Anonymous"),
    Operation::of(
        "anonymous.delete",
        "deleteAnonymousUser",
        Answers::of("The user was deleted.", Shape::Object(&[Member::of("success", Shape::Boolean)])),
    )
    .tagged("Anonymous"),
];

/// The domain of addresses that no mail reaches (RFC 6761 §6.4).
const PLACEHOLDER: &str = "anonymous.placeholder.invalid";

#[derive(Serialize)]
struct SignInAnswer<'a> {
    token: &'a str,
    user: &'a User,
}

#[derive(Serialize)]
struct Success {
    success: bool,
}

/// `POST /sign-in/anonymous`. The user and the session are written in one statement.
async fn sign_in(cx: &mut Context, _: NoInput) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    if link::of_request(cx).await?.is_some() {
        let code = declaration::ANONYMOUS_USERS_CANNOT_SIGN_IN_AGAIN_ANONYMOUSLY;
        return Err(Error::bad(code, Reason::AlreadyAnonymous));
    }
    let config = &auth.config.features.anonymous;
    // As long as better-auth's, and of the same characters.
    let random = cx.rng.session_token();
    let address = match config.email_domain_name.as_str() {
        "" => format!("{random}@{PLACEHOLDER}"),
        domain => format!("temp-{random}@{domain}"),
    };
    let mut values = fields::create(&auth.config.schema.additional.user, &Map::new())?;
    values.insert(IS_ANONYMOUS.to_owned(), Value::Bool(true));
    let user = cx.new_user(config.name.clone(), email::stored(&address), false, None);
    let new = flow::accept_user(cx, Way::Anonymous, user, values).await?;
    let entry = Entry { user: &new.user, way: Way::Anonymous, remember: true, password: None, page: None };
    let session = match flow::prepare(cx, &entry).await? {
        PreparedSignIn::Open(session) => session,
        PreparedSignIn::Closed(answer) => return answer(cx, &entry).await,
    };
    let stored = store::user::insert_alone(&cx.db, &new, Some(session)).await;
    let (user, session) = stored.map_err(|error| Error::of_row(error, code::FAILED_TO_CREATE_USER))?;
    let session =
        session.ok_or_else(|| Error::bad(declaration::COULD_NOT_CREATE_SESSION, Reason::SessionEndedMeanwhile))?;
    flow::happened(cx, &CompletedChange::UserCreated(&user, Way::Anonymous));
    flow::announce(cx, &Entry { user: &user, ..entry }, &session, Cookies::AsBefore).await?;
    Reply::json(&SignInAnswer { token: &session.token, user: &user })
}

/// `POST /delete-anonymous-user`.
async fn delete(cx: &mut Context, _: NoInput, own: SignedIn) -> Result<Reply, Error> {
    own.in_person()?;
    if cx.auth.config.features.anonymous.disable_delete_anonymous_user {
        return Err(Error::bad(declaration::DELETE_ANONYMOUS_USER_DISABLED, Reason::FeatureDisabled));
    }
    if !fields::is_anonymous(&own.user) || !store::unproven::is_bare(&cx.db, &own.user.id).await? {
        let code = declaration::USER_IS_NOT_ANONYMOUS;
        return Err(Error::api(StatusCode::FORBIDDEN, code, Reason::NotAnonymous));
    }
    flow::user_deletion(cx, &own.user).await?;
    let ground = RequestProof::session(&own.session.token);
    if !flow::delete_user(cx, &own.user, &ground).await? {
        let gone = Error::api(StatusCode::UNAUTHORIZED, code::UNAUTHORIZED, Reason::UserGone);
        return Err(signed_in::overtaken(cx, &own.user.id, &ground, gone).await);
    }
    flow::happened(cx, &CompletedChange::UserDeleted(&own.user));
    session_cookies::clear(cx);
    Reply::json(&Success { success: true })
}
