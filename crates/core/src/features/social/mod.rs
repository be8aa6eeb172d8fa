//! Sign-in with a provider: where browsers are redirected, what they bring back, and which user signs in. The flow is the same for
//! all providers; the differences are in [`table`], [`table_more`] and [`profile`] (spec jwt-oauth-schema §4). README.md lists the threats.

mod account_tokens;
pub mod arrival;
pub mod authorize;
mod callback;
mod discovery;
mod entry;
pub mod given;
mod id_token;
mod link;
mod mapping;
mod one_tap;
mod outgoing;
pub mod previews;
pub mod profile;
pub mod provider;
pub mod rows;
pub mod rules;
mod sign_in;
pub mod state;
mod table;
mod table_more;
pub mod tokens;
mod user_info;
pub mod wire;

use http::Method;

pub use self::provider::entries;
use crate::{
    declaration::{Answers, Member, Operation, Resource, Shape},
    endpoint::{Body, Condition, Endpoint, Guard},
    run::{run, run_signed_in},
};

/// The endpoints of flows with providers.
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
        about: "Receives the answer as a form, as Apple sends it, and redirects to the same path with `GET`.",
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
        about: "Begins to link an account of a provider, or links it by an ID token.",
        body: Body::Json,
        guard: Guard::StoredSession,
        served: &[Condition::Switch("social.enabled"), Condition::Database],
        uses: &[Resource::Mail, Resource::Providers],
        run: run_signed_in!(link::link),
    },
];

/// The endpoint of Google's One Tap (feature `one_tap`). better-auth leaves cross-site requests without cookies to the content type;
/// here they meet the guard of `/sign-in/email` (docs/DIFFERENCES.md).
pub const ONE_TAP: &[Endpoint] = &[Endpoint {
    id: "one_tap.callback",
    method: Method::POST,
    path: "/one-tap/callback",
    about: "Opens a session for an ID token of Google's One Tap; only with `one_tap.enabled`.",
    body: Body::Json,
    guard: Guard::LoginCsrf,
    served: &[Condition::Switch("one_tap.enabled")],
    uses: &[Resource::Mail, Resource::Providers],
    run: run!(one_tap::callback),
}];

/// The endpoints of the tokens that providers granted.
pub const TOKENS: &[Endpoint] = &[
    Endpoint {
        id: "account.access_token",
        method: Method::POST,
        path: "/get-access-token",
        about: "Returns an access token of the provider that is valid now.",
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
        about: "Gets a new access token from the provider.",
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
        about: "Returns what the provider of an account says about the user now.",
        body: Body::Ignored,
        guard: Guard::Open,
        served: &[Condition::Switch("social.enabled")],
        uses: &[Resource::Providers],
        run: run!(account_tokens::info),
    },
];

/// The operations of [`SIGN_IN`], [`ONE_TAP`] and [`TOKENS`] in the API description.
pub const OPERATIONS: &[Operation] = &[
    Operation::of(
        "sign_in.social",
        "socialSignIn",
        Answers::of(
            "The URL to which the browser goes, or the session that an ID token opened.",
            Shape::Object(&[
                Member::of("redirect", Shape::Boolean),
                Member::of("url", Shape::Text).optional(),
                Member::of("token", Shape::Text).optional(),
                Member::of("user", Shape::Component("User")).optional(),
            ]),
        ),
    ),
    Operation::of(
        "one_tap.callback",
        "oneTapCallback",
        Answers::of(
            "The session. With `twoFactorRedirect` a second factor is asked for, and the other members are absent.",
            Shape::Object(&[
                Member::of("token", Shape::Text),
                Member::of("user", Shape::Component("User")),
                Member::of("twoFactorRedirect", Shape::Boolean).optional(),
                Member::of("twoFactorMethods", Shape::List(&Shape::Text)).optional(),
            ]),
        ),
    )
    .tagged("One-tap"),
    Operation::of("account.callback", "handleOAuthCallback", Answers::REDIRECT),
    Operation::of("account.callback_form", "handleOAuthCallbackPost", Answers::REDIRECT),
    Operation::of(
        "account.link",
        "linkSocialAccount",
        Answers::of(
            "The URL to which the browser goes, or that the account is linked.",
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
        Answers::of("A valid access token.", Shape::Component("ProviderToken")),
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
            "The provider's answer about the user.",
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
