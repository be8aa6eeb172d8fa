//! Signing in with a provider: where users are sent, what they bring back, and who they are then. The flow is the same for all
//! providers; what differs is in [`table`] and in [`profile`] (spec jwt-oauth-schema §4). README.md lists the threats.

mod account_tokens;
pub mod arrival;
pub mod authorize;
mod callback;
mod discovery;
pub mod given;
mod id_token;
mod link;
mod outgoing;
pub mod previews;
pub mod profile;
pub mod provider;
pub mod rows;
pub mod rules;
mod sign_in;
pub mod state;
mod table;
pub mod tokens;
pub mod wire;

use http::Method;

pub use self::table::ENTRIES;
use crate::{
    declaration::{Answers, Member, Operation, Resource, Shape},
    endpoint::{Body, Condition, Endpoint, Guard},
    run::{run, run_signed_in},
};

/// Flows with providers.
pub const SIGN_IN: &[Endpoint] = &[
    Endpoint {
        id: "sign_in.social",
        method: Method::POST,
        path: "/sign-in/social",
        about: "Sends the browser to a provider, or opens a session for an ID token of one.",
        body: Body::Json,
        guard: Guard::Open,
        served: &[Condition::Switch("social.enabled")],
        uses: &[Resource::Mail, Resource::Providers],
        run: run!(sign_in::by_provider),
    },
    Endpoint {
        id: "account.callback",
        method: Method::GET,
        path: "/callback/:id",
        about: "Receives the browser back from a provider: signs the user in, or adds the account.",
        body: Body::Ignored,
        guard: Guard::Open,
        served: &[Condition::Switch("social.enabled")],
        uses: &[Resource::Mail, Resource::Providers],
        run: run!(callback::arrive),
    },
    Endpoint {
        id: "account.callback_form",
        method: Method::POST,
        path: "/callback/:id",
        about: "The same from a form, as Apple sends it: goes on as a GET.",
        body: Body::FormOrJson,
        guard: Guard::Open,
        served: &[Condition::Switch("social.enabled")],
        uses: &[Resource::Mail, Resource::Providers],
        run: run!(callback::forward),
    },
    Endpoint {
        id: "account.link",
        method: Method::POST,
        path: "/link-social",
        about: "Begins to add an account of a provider, or adds it by an ID token.",
        body: Body::Json,
        guard: Guard::StoredSession,
        served: &[Condition::Switch("social.enabled"), Condition::Database],
        uses: &[Resource::Mail, Resource::Providers],
        run: run_signed_in!(link::link),
    },
];

/// What providers granted.
pub const TOKENS: &[Endpoint] = &[
    Endpoint {
        id: "account.access_token",
        method: Method::POST,
        path: "/get-access-token",
        about: "A provider's access token that works now.",
        body: Body::Json,
        guard: Guard::Open,
        served: &[Condition::Switch("social.enabled")],
        uses: &[Resource::Providers],
        run: run!(account_tokens::get),
    },
    Endpoint {
        id: "account.refresh_token",
        method: Method::POST,
        path: "/refresh-token",
        about: "A new access token of a provider.",
        body: Body::Json,
        guard: Guard::Open,
        served: &[Condition::Switch("social.enabled")],
        uses: &[Resource::Providers],
        run: run!(account_tokens::refresh),
    },
    Endpoint {
        id: "account.info",
        method: Method::GET,
        path: "/account-info",
        about: "What the provider of an account says of the user today.",
        body: Body::Ignored,
        guard: Guard::Open,
        served: &[Condition::Switch("social.enabled")],
        uses: &[Resource::Providers],
        run: run!(account_tokens::info),
    },
];

/// What the description of the API says of them.
pub const OPERATIONS: &[Operation] = &[
    Operation::of(
        "sign_in.social",
        "socialSignIn",
        Answers::of(
            "Where the browser goes, or the session that an ID token opened.",
            Shape::Object(&[
                Member::of("redirect", Shape::Boolean),
                Member::of("url", Shape::Text).optional(),
                Member::of("token", Shape::Text).optional(),
                Member::of("user", Shape::Component("User")).optional(),
            ]),
        ),
    ),
    Operation::of("account.callback", "handleOAuthCallback", Answers::REDIRECT),
    Operation::of("account.callback_form", "handleOAuthCallbackPost", Answers::REDIRECT),
    Operation::of(
        "account.link",
        "linkSocialAccount",
        Answers::of(
            "Where the browser goes, or that it was done.",
            Shape::Object(&[
                Member::of("redirect", Shape::Boolean),
                Member::of("url", Shape::Text),
                Member::of("status", Shape::Boolean).optional(),
            ]),
        ),
    ),
    Operation::of(
        "account.access_token",
        "getAccessToken",
        Answers::of("A token that is still good.", Shape::Component("ProviderToken")),
    )
    .of_session(),
    Operation::of(
        "account.refresh_token",
        "refreshToken",
        Answers::of("New tokens, as they are stored.", Shape::Component("ProviderTokens")),
    )
    .of_session(),
    Operation::of(
        "account.info",
        "accountInfo",
        Answers::of(
            "What the provider says of the user.",
            Shape::Object(&[
                Member::of(
                    "user",
                    Shape::Object(&[
                        Member::of("name", Shape::Text).optional(),
                        Member::of("email", Shape::TextOrNull).optional(),
                        Member::of("image", Shape::Text).optional(),
                        Member::of("emailVerified", Shape::Boolean),
                    ]),
                ),
                Member::of("data", Shape::AnyObject(&[])),
                Member::of(
                    "account",
                    Shape::Object(&[
                        Member::of("id", Shape::Text),
                        Member::of("providerId", Shape::Text),
                        Member::of("accountId", Shape::Text),
                    ]),
                ),
            ]),
        ),
    )
    .of_session(),
];
