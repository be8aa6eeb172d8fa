//! JWTs for other services, and the key set to verify them (spec jwt-oauth-schema §1.1).

pub mod rules;
pub mod token;
mod wire;

use http::{HeaderValue, Method, StatusCode, header};

use crate::{
    context::Context,
    declaration::{Answers, Member, Operation, Shape},
    endpoint::{Body, Condition, Endpoint, Guard, Run},
    error::Error,
    reason::Reason,
    reply::Reply,
    run::run,
    signed_in::{self, SignedIn},
    signing_keys,
    wire::{KeySet, NoInput},
};

/// The endpoints of JWTs.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "token",
        method: Method::GET,
        path: "/token",
        about: "Returns a JWT that identifies the signed-in user to other services.",
        body: Body::Ignored,
        guard: Guard::Session,
        served: &[Condition::Switch("jwt.enabled")],
        uses: &[],
        run: Run {
            reads: crate::run::reads_signed_in(&token),
            call: |cx, endpoint, input| {
                Box::pin(async move {
                    // A token outlives the session. One for a banned user must not begin with a session in a cookie.
                    let is_stored = cx.auth.config.features.end_sessions();
                    let guard = if is_stored { Guard::StoredSession } else { endpoint.guard };
                    let own = signed_in::require(cx, guard, &input.read()?).await?;
                    token(cx, NoInput, own).await
                })
            },
        },
    },
    Endpoint {
        id: "jwks",
        method: Method::GET,
        path: "/jwks",
        about: "Returns the key set that verifies these JWTs; `[jwks] jwks_path` moves it.",
        body: Body::Ignored,
        guard: Guard::Open,
        served: &[Condition::Switch("jwt.enabled")],
        uses: &[],
        run: run!(jwks),
    },
];

/// The operations of [`ENDPOINTS`] in the API description.
pub const OPERATIONS: &[Operation] = &[
    Operation::of(
        "token",
        "getJSONWebToken",
        Answers::of("The JWT.", Shape::Object(&[Member::of("token", Shape::Text)])),
    )
    .tagged("Jwt"),
    Operation::of(
        "jwks",
        "getJSONWebKeySet",
        Answers::of(
            "The public halves of the signing keys.",
            Shape::Object(&[Member::of(
                "keys",
                Shape::List(&Shape::Object(&[
                    Member::of("kid", Shape::Text),
                    Member::of("kty", Shape::Text),
                    Member::of("alg", Shape::Text),
                    Member::of("use", Shape::Text).optional(),
                    Member::of("n", Shape::Text).optional(),
                    Member::of("e", Shape::Text).optional(),
                    Member::of("crv", Shape::Text).optional(),
                    Member::of("x", Shape::Text).optional(),
                    Member::of("y", Shape::Text).optional(),
                ])),
            )]),
        ),
    )
    .tagged("Jwt"),
];

/// Lets clients and caches keep the key set for a minute, and for a day if the service does not answer. `rules::keys` publishes a
/// new key for longer than a minute before it signs.
const CACHED: HeaderValue = HeaderValue::from_static("public, max-age=60, s-maxage=60, stale-if-error=86400");

async fn token(cx: &mut Context, _: NoInput, own: SignedIn) -> Result<Reply, Error> {
    let token = token::of(cx, &own.session, &own.user, &own.user).await?;
    Reply::json(&wire::Token { token: &token })
}

async fn jwks(cx: &mut Context, _: NoInput) -> Result<Reply, Error> {
    if cx.auth.config.jwks.remote {
        return Err(Error::Blank { status: StatusCode::NOT_FOUND, reason: Reason::FeatureDisabled });
    }
    let keys = signing_keys::shown(cx).await?;
    Ok(Reply::json(&KeySet { keys: &keys })?.with(header::CACHE_CONTROL, CACHED))
}
