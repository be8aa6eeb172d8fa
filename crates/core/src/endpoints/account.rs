//! The accounts of whoever is signed in: the ways to sign in as this user (spec core §3.19), how they come about, and what
//! providers granted with them (spec jwt-oauth-schema §4).

mod callback;
mod link;
mod sign_in;
mod tokens;

use http::Method;

use crate::{
    code,
    context::Context,
    endpoint::{Body, Endpoint, Guard},
    error::Error,
    model::Account,
    reason::Reason,
    reply::Reply,
    run::{run, run_signed_in},
    signed_in::SignedIn,
    store::{self, account::Unlinked},
    wire::{self, ListedAccount},
};

/// The user's accounts.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "account.list",
        method: Method::GET,
        path: "/list-accounts",
        about: "The user's accounts, without their secrets.",
        body: Body::Ignored,
        guard: Guard::Session,
        run: run_signed_in!(list),
    },
    Endpoint {
        id: "account.unlink",
        method: Method::POST,
        path: "/unlink-account",
        about: "Removes one of the user's accounts, named by its row; not the last one.",
        body: Body::Json,
        guard: Guard::FreshSession,
        run: run_signed_in!(unlink),
    },
];

/// Flows with providers.
pub const SOCIAL: &[Endpoint] = &[
    Endpoint {
        id: "sign_in.social",
        method: Method::POST,
        path: "/sign-in/social",
        about: "Sends somebody to a provider, or opens a session for an ID token of one.",
        body: Body::Json,
        guard: Guard::Open,
        run: run!(sign_in::by_provider),
    },
    Endpoint {
        id: "account.callback",
        method: Method::GET,
        path: "/callback/:id",
        about: "A provider sends somebody back: signs in, or adds the account.",
        body: Body::Ignored,
        guard: Guard::Open,
        run: run!(callback::arrive),
    },
    Endpoint {
        id: "account.callback_form",
        method: Method::POST,
        path: "/callback/:id",
        about: "The same from a form, as Apple sends it: goes on as a GET.",
        body: Body::FormOrJson,
        guard: Guard::Open,
        run: run!(callback::forward),
    },
    Endpoint {
        id: "account.link",
        method: Method::POST,
        path: "/link-social",
        about: "Begins to add an account of a provider, or adds it by an ID token.",
        body: Body::Json,
        guard: Guard::StoredSession,
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
        run: run!(tokens::get),
    },
    Endpoint {
        id: "account.refresh_token",
        method: Method::POST,
        path: "/refresh-token",
        about: "A new access token of a provider.",
        body: Body::Json,
        guard: Guard::Open,
        run: run!(tokens::refresh),
    },
    Endpoint {
        id: "account.info",
        method: Method::GET,
        path: "/account-info",
        about: "What the provider of an account says of the user today.",
        body: Body::Ignored,
        guard: Guard::Open,
        run: run!(tokens::info),
    },
];

async fn list(cx: &mut Context, _: wire::Nothing, own: SignedIn) -> Result<Reply, Error> {
    let accounts = store::account::list(&cx.db, &own.user.id).await?;
    Reply::json(&accounts.into_iter().map(listed).collect::<Vec<_>>())
}

fn listed(account: Account) -> ListedAccount {
    let scopes = account.scope.as_deref().unwrap_or_default().split(',').map(str::trim);
    ListedAccount {
        scopes: scopes.filter(|scope| !scope.is_empty()).map(str::to_owned).collect(),
        account_id: account.account_id,
        provider_id: account.provider_id,
        user_id: account.user_id,
        created_at: account.created_at,
        updated_at: account.updated_at,
        additional: account.additional,
        id: account.id,
    }
}

async fn unlink(cx: &mut Context, body: wire::UnlinkAccount, own: SignedIn) -> Result<Reply, Error> {
    let all = cx.auth.config.account.linking.allow_unlinking_all;
    let (code, reason) = match store::account::unlink(&cx.db, &own.user.id, &body.account_id, all).await? {
        Unlinked::Done => return Reply::json(&wire::Done { status: true }),
        Unlinked::Last => (code::FAILED_TO_UNLINK_LAST_ACCOUNT, Reason::LastAccount),
        Unlinked::Unknown => (code::ACCOUNT_NOT_FOUND, Reason::UnknownAccount),
    };
    Err(Error::bad(code, reason))
}
