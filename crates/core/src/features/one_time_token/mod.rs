//! Tokens that hand a session over (spec sign-in-plugins §6). The stored value of a token is the token of the session, as in
//! better-auth. README.md lists the threats.

pub mod declaration;

use http::{HeaderValue, Method};
use serde::Serialize;

use crate::{
    context::{
        Context, SET_OTT,
        places::{Answer, Entry, Places, Way},
    },
    crypto::one_time_code::{StoredForm, hashed},
    declaration::{Answers, Member, Operation, Shape},
    endpoint::{Body, Condition, Endpoint, Guard},
    error::Error,
    flow::{self, Cookies},
    links, lookup,
    model::{Session, User},
    reason::Reason,
    reply::Reply,
    run::{run, run_signed_in},
    signed_in::SignedIn,
    store::{self, verification},
    wire::{NoInput, body, text},
};

/// The functions of the feature at the places of a request.
pub const PLACES: Places = Places { after_session: Some(after_session), ..Places::NONE };

const SERVED: &[Condition<'_>] = &[Condition::Switch("one_time_token.enabled")];

/// The endpoints of one-time tokens. better-auth leaves cross-site requests to `/one-time-token/verify` without cookies to the content
/// type; here they meet the guard of `/sign-in/email` (docs/DIFFERENCES.md).
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "one_time_token.generate",
        method: Method::GET,
        path: "/one-time-token/generate",
        about: "Returns a token that hands the session over; only with `one_time_token.enabled`.",
        body: Body::Ignored,
        guard: Guard::Session,
        served: SERVED,
        uses: &[],
        run: run_signed_in!(generate),
    },
    Endpoint {
        id: "one_time_token.verify",
        method: Method::POST,
        path: "/one-time-token/verify",
        about: "Redeems such a token: returns its session, and sets the cookie; only with `one_time_token.enabled`.",
        body: Body::Json,
        guard: Guard::LoginCsrf,
        served: SERVED,
        uses: &[],
        run: run!(verify),
    },
];

/// The operations of [`ENDPOINTS`] in the API description.
pub const OPERATIONS: &[Operation] = &[
    Operation::of(
        "one_time_token.generate",
        "generateOneTimeToken",
        Answers::of("The token.", Shape::Object(&[Member::of("token", Shape::Text)])),
    )
    .tagged("One-time-token"),
    Operation::of(
        "one_time_token.verify",
        "verifyOneTimeToken",
        Answers::of(
            "The session.",
            Shape::Object(&[
                Member::of("session", Shape::Component("Session")),
                Member::of("user", Shape::Component("User")),
            ]),
        ),
    )
    .tagged("One-time-token"),
];

/// The purpose of verification tokens that hand a session over.
const PURPOSE: &str = "one-time-token:";

body! {
    /// `POST /one-time-token/verify`.
    pub(super) struct Verify {
        /// The token.
        pub(super) token: String = text("token"),
    }
}

#[derive(Serialize)]
struct GeneratedToken<'a> {
    token: &'a str,
}

#[derive(Serialize)]
struct HandedOver<'a> {
    session: &'a Session,
    user: &'a User,
}

/// Returns a token as the identifier of its row has it.
fn stored(cx: &Context, token: &str) -> String {
    match cx.auth.config.features.one_time_token.store {
        StoredForm::Hashed => hashed(token),
        StoredForm::Plain | StoredForm::Encrypted => token.to_owned(),
    }
}

/// Makes and stores a token for a session.
async fn made(cx: &mut Context, session: &Session) -> Result<String, Error> {
    let token = cx.rng.token(32);
    let (identifier, minutes) = (stored(cx, &token), cx.auth.config.features.one_time_token.minutes);
    let secret = links::secret(cx, PURPOSE, &identifier, minutes * 60, &session.token);
    verification::insert(&cx.db, &secret).await?;
    Ok(token)
}

fn refused(message: &str, reason: Reason) -> Error {
    Error::Codeless { message: message.to_owned(), reason }
}

/// Returns a token for the session of the request.
async fn generate(cx: &mut Context, _: NoInput, own: SignedIn) -> Result<Reply, Error> {
    if cx.auth.config.features.one_time_token.disable_client_request {
        return Err(refused("Client requests are disabled", Reason::FeatureDisabled));
    }
    let token = made(cx, &own.session).await?;
    Reply::json(&GeneratedToken { token: &token })
}

/// Redeems a token. The statement that removes it decides: of several requests at once, one gets it.
async fn verify(cx: &mut Context, body: Verify) -> Result<Reply, Error> {
    let invalid = || refused("Invalid token", Reason::InvalidToken);
    if body.token.contains('\0') {
        return Err(invalid());
    }
    let identifiers = links::identifiers(cx, PURPOSE, &stored(cx, &body.token));
    let taken = verification::take(&cx.db, &identifiers).await?.filter(|taken| taken.expires_at >= cx.now);
    let token = taken.ok_or_else(invalid)?.value;
    let (session, user) = match store::session::with_user(&cx.db, &token).await?.1 {
        Ok((session, Some(user))) => (session, user),
        Ok((_, None)) => return Err(refused("Session not found", Reason::UserGone)),
        Err(_) => return Err(refused("Session not found", Reason::UnknownSession)),
    };
    if session.expires_at < cx.now {
        return Err(refused("Session expired", Reason::SessionExpired));
    }
    if let Some(over) = lookup::over(cx, &session, &user).await? {
        return Err(refused("Session not found", over.reason));
    }
    if !cx.auth.config.features.one_time_token.disable_set_session_cookie {
        let remember = !cx.dont_remember();
        let entry = Entry { user: &user, way: Way::OneTimeToken, remember, password: None, page: None };
        flow::announce(cx, &entry, &session, Cookies::AsBefore).await?;
    }
    Reply::json(&HandedOver { session: &session, user: &user })
}

/// Adds a token for a session that opens to the answer.
fn after_session<'a>(cx: &'a mut Context, _: &'a Entry<'a>, session: &'a Session) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let auth = cx.auth.clone();
        let config = &auth.config.features.one_time_token;
        if config.enabled && config.set_header {
            let token = made(cx, session).await?;
            if let Ok(value) = HeaderValue::from_str(&token) {
                cx.answer_headers.insert(SET_OTT, value);
            }
        }
        Ok(())
    })
}
