//! The accounts of a signed-in user: the user's ways to sign in (spec core §3.19). Accounts of providers are added by
//! [`features::social`](crate::features::social).

use http::Method;

use crate::{
    code,
    context::Context,
    declaration::{Answers, Operation, Shape},
    endpoint::{Body, Condition, Endpoint, Guard},
    error::Error,
    model::Account,
    reason::Reason,
    reply::Reply,
    run::run_signed_in,
    signed_in::{self, SignedIn},
    store::{self, RequestProof, account::UnlinkResult},
    wire::{self, ListedAccount},
};

/// The endpoints of the user's accounts.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "account.list",
        method: Method::GET,
        path: "/list-accounts",
        about: "Lists the user's accounts, without their secrets.",
        body: Body::Ignored,
        guard: Guard::SessionOrKey,
        served: &[Condition::Database],
        uses: &[],
        run: run_signed_in!(list),
    },
    Endpoint {
        id: "account.unlink",
        method: Method::POST,
        path: "/unlink-account",
        about: "Removes one of the user's accounts, by its `id`; the last one stays.",
        body: Body::Json,
        guard: Guard::FreshSession,
        served: &[Condition::Database],
        uses: &[],
        run: run_signed_in!(unlink),
    },
];

/// The operations of [`ENDPOINTS`] in the API description.
pub const OPERATIONS: &[Operation] = &[
    Operation::of(
        "account.list",
        "listUserAccounts",
        Answers::of("The user's accounts.", Shape::List(&Shape::Component("ListedAccount"))),
    ),
    Operation::of("account.unlink", "unlinkAccount", Answers::of("The request succeeded.", Shape::Component("Done"))),
];

async fn list(cx: &mut Context, _: wire::NoInput, own: SignedIn) -> Result<Reply, Error> {
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
    own.in_person()?;
    let all = cx.auth.config.account.linking.allow_unlinking_all;
    let ground = RequestProof::session(&own.session.token);
    let (code, reason) =
        match store::account::unlink(&cx.db, &own.user.id, &body.account_id, all, Some(&ground)).await? {
            UnlinkResult::Done => return Reply::json(&wire::SuccessAnswer { status: true }),
            UnlinkResult::Last => (code::FAILED_TO_UNLINK_LAST_ACCOUNT, Reason::LastAccount),
            UnlinkResult::Unknown => {
                let unknown = Error::bad(code::ACCOUNT_NOT_FOUND, Reason::UnknownAccount);
                return Err(signed_in::overtaken(cx, &own.user.id, &ground, unknown).await);
            }
        };
    Err(Error::bad(code, reason))
}
