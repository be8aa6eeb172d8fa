//! API keys (spec management-plugins §3): users create them for programs, for themselves or for their organizations. README.md lists the threats.

pub mod declaration;
pub mod issue;
mod manage;
mod owner;
pub mod rows;
mod rules;
mod verify;
mod wire;
pub mod words;

use http::Method;

pub use self::{verify::verify, wire::ShownKey};
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
pub const PLACES: Places = Places { api_key: Some(verify::api_key), proven: Some(proven), ..Places::NONE };

const SERVED: &[Condition<'_>] = &[Condition::Switch("api_key.enabled")];

const fn endpoint(
    id: &'static str,
    method: Method,
    body: Body,
    path: &'static str,
    about: &'static str,
    guard: Guard,
    run: Run,
) -> Endpoint {
    Endpoint { id, method, path, about, body, guard, served: SERVED, uses: &[], run }
}

/// The endpoints of keys, with `api_key.enabled`. Creating and changing a key read the stored session themselves, because their answer
/// without one has a code of its own.
pub const ENDPOINTS: &[Endpoint] = &[
    endpoint(
        "api_key.create",
        Method::POST,
        Body::Json,
        "/api-key/create",
        "Creates an API key, and returns it this one time; only with `api_key.enabled`, like all endpoints here.",
        Guard::Open,
        run!(manage::create),
    ),
    endpoint(
        "api_key.get",
        Method::GET,
        Body::Ignored,
        "/api-key/get",
        "Returns a key of the user or of an organization, without the key itself.",
        Guard::Session,
        run_signed_in!(manage::get),
    ),
    endpoint(
        "api_key.update",
        Method::POST,
        Body::Json,
        "/api-key/update",
        "Changes a key of the user or of an organization.",
        Guard::Open,
        run!(manage::update),
    ),
    endpoint(
        "api_key.delete",
        Method::POST,
        Body::Json,
        "/api-key/delete",
        "Removes a key of the user or of an organization.",
        Guard::StoredSession,
        run_signed_in!(manage::delete),
    ),
    endpoint(
        "api_key.list",
        Method::GET,
        Body::Ignored,
        "/api-key/list",
        "Lists the keys of the user or of an organization: sorted and in pages.",
        Guard::Session,
        run_signed_in!(manage::list),
    ),
];

const TEXT: Shape = Shape::Text;
const NULLABLE: Shape = Shape::OrNull(&TEXT);
const NUMBER: Shape = Shape::OrNull(&Shape::Number);
const FLAG: Shape = Shape::OrNull(&Shape::Boolean);
const PERMISSIONS: Shape = Shape::OrNull(&Shape::MapOf(&Shape::List(&TEXT)));

/// A key without the key itself.
const KEY: Shape = Shape::Object(&[
    Member::of("configId", NULLABLE),
    Member::of("name", NULLABLE),
    Member::of("start", NULLABLE),
    Member::of("referenceId", TEXT),
    Member::of("prefix", NULLABLE),
    Member::of("key", TEXT).optional(),
    Member::of("refillInterval", NUMBER),
    Member::of("refillAmount", NUMBER),
    Member::of("lastRefillAt", NULLABLE),
    Member::of("enabled", FLAG),
    Member::of("rateLimitEnabled", FLAG),
    Member::of("rateLimitTimeWindow", NUMBER),
    Member::of("rateLimitMax", NUMBER),
    Member::of("requestCount", NUMBER),
    Member::of("remaining", NUMBER),
    Member::of("lastRequest", NULLABLE),
    Member::of("expiresAt", NULLABLE),
    Member::of("createdAt", NULLABLE),
    Member::of("updatedAt", NULLABLE),
    Member::of("permissions", PERMISSIONS),
    Member::of("metadata", Shape::Anything),
    Member::of("id", TEXT),
]);

/// The refusal of a member of the organization that owns the key.
const NOT_PERMITTED: (&str, &str) =
    ("403", "The user is not a member of the organization that owns the key, or the user's roles do not permit it.");
const SIGNED_OUT: &[(&str, &str)] = &[("401", "No user is signed in."), NOT_PERMITTED];

const fn operation(endpoint: &'static str, name: &'static str, answer: Answers) -> Operation {
    Operation::of(endpoint, name, answer).tagged("Api-key")
}

/// The operations of [`ENDPOINTS`] in the API description.
pub const OPERATIONS: &[Operation] = &[
    operation("api_key.create", "createApiKey", Answers::of("The key.", KEY)).refusing(SIGNED_OUT),
    operation("api_key.get", "getApiKey", Answers::of("The key, without its text.", KEY)).refusing(&[NOT_PERMITTED]),
    operation("api_key.update", "updateApiKey", Answers::of("The changed key.", KEY)).refusing(SIGNED_OUT),
    operation(
        "api_key.delete",
        "deleteApiKey",
        Answers::of("The key is removed.", Shape::Object(&[Member::of("success", Shape::Boolean)])),
    )
    .refusing(&[NOT_PERMITTED]),
    operation(
        "api_key.list",
        "listApiKeys",
        Answers::of(
            "The keys of the page, and the number of all.",
            Shape::Object(&[
                Member::of("apiKeys", Shape::List(&KEY)),
                Member::of("total", Shape::Number),
                Member::of("limit", Shape::Number).optional(),
                Member::of("offset", Shape::Number).optional(),
            ]),
        ),
    )
    .refusing(&[NOT_PERMITTED]),
];

/// Removes the keys of a user whose address was unconfirmed, when its owner proves to own it.
fn proven<'a>(cx: &'a mut Context, user: &'a mut User) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        if cx.auth.config.features.api_key.enabled {
            let of_organizations = cx.auth.config.features.api_key.of_organizations();
            rows::unproven_keys::delete_all(&cx.db, &user.id, &of_organizations).await?;
        }
        Ok(())
    })
}
