//! The tokens that providers granted, and the endpoints that use them (spec jwt-oauth-schema §4.8). The request names an account by
//! its row, or means the one in the cookie; either way it must be the signed-in user's.

use http::StatusCode;
use jiff::SignedDuration;

use super::{
    profile,
    provider::{self, Provider},
    rows,
    tokens::{self, Tokens},
    wire::{self, AccountSelection, QueriedSelection},
};
use crate::{
    account_cookie, code,
    context::Context,
    error::Error,
    model::LinkedAccount,
    reason::Reason,
    reply::Reply,
    signed_in::{self, SessionLookup},
    store::{self, StoreError},
    wire::GetSession,
};

/// The number of seconds before its expiry from which an access token is replaced.
const ABOUT_TO_END: i64 = 5;

/// `POST /get-access-token`: returns an access token that is valid now.
pub(super) async fn get(cx: &mut Context, body: AccountSelection) -> Result<Reply, Error> {
    let mut account = select(cx, &body).await?;
    let auth = cx.auth.clone();
    let provider = provider::find(&auth, &account.provider_id, cx.now, unsupported(&account)).await?;
    let token = valid(cx, &provider, &mut account).await?;
    Reply::json(&wire::AccessToken {
        access_token: &token,
        access_token_expires_at: account.access_token_expires_at,
        scopes: scopes(&account),
        id_token: account.id_token.as_deref(),
    })
}

/// `POST /refresh-token`: always returns a new access token.
pub(super) async fn refresh(cx: &mut Context, body: AccountSelection) -> Result<Reply, Error> {
    let mut account = select(cx, &body).await?;
    let auth = cx.auth.clone();
    let provider = provider::find(&auth, &account.provider_id, cx.now, unsupported(&account)).await?;
    if !provider.refreshes() {
        let message = format!("Provider {} does not support token refreshing.", account.provider_id);
        let (code, reason) = (code::TOKEN_REFRESH_NOT_SUPPORTED, Reason::NoProviderToken);
        return Err(Error::explained(StatusCode::BAD_REQUEST, code, message, reason));
    }
    let Some(stored) = account.refresh_token.clone().filter(|token| !token.is_empty()) else {
        return Err(Error::bad(code::REFRESH_TOKEN_NOT_FOUND, Reason::NoProviderToken));
    };
    let failed = || Error::bad(code::FAILED_TO_REFRESH_ACCESS_TOKEN, Reason::ProviderTokenRefused);
    let (old, new) = replace(cx, &provider, &mut account, &stored).await?.map_err(|cause| failed().because(cause))?;
    if matches!(body, AccountSelection::Cookie) {
        account_cookie::write(cx, &account);
    }
    Reply::json(&wire::RefreshedToken {
        access_token: new.access_token.as_deref(),
        refresh_token: new.refresh_token.as_deref().unwrap_or(&old),
        access_token_expires_at: new.access_token_expires_at,
        refresh_token_expires_at: account.refresh_token_expires_at,
        scope: account.scope.as_deref(),
        id_token: account.id_token.as_deref(),
        provider_id: &account.provider_id,
        account_id: &account.id,
    })
}

/// `GET /account-info`: returns what the provider says about the user now.
pub(super) async fn info(cx: &mut Context, query: QueriedSelection) -> Result<Reply, Error> {
    let mut account = select(cx, &query.0).await?;
    let auth = cx.auth.clone();
    let unknown = Error::bad(code::PROVIDER_NOT_CONFIGURED, Reason::UnknownProvider);
    let provider = provider::find(&auth, &account.provider_id, cx.now, unknown).await?;
    let token = valid(cx, &provider, &mut account).await?;
    if token.is_empty() {
        return Err(Error::bad(code::ACCESS_TOKEN_NOT_FOUND, Reason::NoProviderToken));
    }
    let tokens = Tokens { access_token: Some(token), id_token: account.id_token.clone(), ..Tokens::default() };
    let found = profile::of(&provider, &tokens, None, None, cx.now).await.map_err(|cause| {
        Error::api(StatusCode::UNAUTHORIZED, code::FAILED_TO_GET_USER_INFO, Reason::NoProfile).because(cause)
    })?;
    let user = wire::ProviderUser {
        name: found.name.as_deref(),
        email: found.email.as_deref(),
        image: found.image.as_ref().map(Option::as_deref),
        email_verified: found.email_verified,
    };
    let (id, provider_id) = (account.id.as_str(), account.provider_id.as_str());
    let account = wire::AccountKey { id, provider_id, account_id: &account.account_id };
    Reply::json(&wire::AccountInfo { user, data: &found.raw, account })
}

fn unsupported(account: &LinkedAccount) -> Error {
    let message = format!("Provider {} is not supported.", account.provider_id);
    Error::explained(StatusCode::BAD_REQUEST, code::PROVIDER_NOT_SUPPORTED, message, Reason::UnknownProvider)
}

fn scopes(account: &LinkedAccount) -> Vec<&str> {
    let scopes = account.scope.as_deref().unwrap_or_default().split(',').map(str::trim);
    scopes.filter(|scope| !scope.is_empty()).collect()
}

/// Returns the selected account if it belongs to the signed-in user. A revoked session gets no more tokens: if sessions are stored,
/// the stored one decides, not the cached session.
async fn select(cx: &mut Context, selection: &AccountSelection) -> Result<LinkedAccount, Error> {
    let stateless = cx.auth.config.is_stateless();
    let query = GetSession { disable_cookie_cache: cx.auth.config.stores_sessions(), disable_refresh: false };
    let user = match signed_in::find(cx, &query, true).await? {
        SessionLookup::SignedIn { signed_in, .. } | SessionLookup::Cached(signed_in) => signed_in.user,
        SessionLookup::SignedOut(reason) => return Err(Error::Blank { status: StatusCode::UNAUTHORIZED, reason }),
    };
    let found = match selection {
        AccountSelection::Row(_) if stateless => None,
        AccountSelection::Row(id) => rows::own(&cx.db, &user.id, id).await?,
        AccountSelection::Cookie => account_cookie::read(cx).filter(|account| account.user_id == user.id),
    };
    found.ok_or_else(|| Error::bad(code::ACCOUNT_NOT_FOUND, Reason::UnknownAccount))
}

/// Returns an access token that is valid for at least a moment; empty if the account has none.
async fn valid(cx: &mut Context, provider: &Provider<'_>, account: &mut LinkedAccount) -> Result<String, Error> {
    let failed = || Error::bad(code::FAILED_TO_GET_ACCESS_TOKEN, Reason::ProviderTokenRefused);
    let soon = cx.now + SignedDuration::from_secs(ABOUT_TO_END);
    let is_over = account.access_token_expires_at.is_some_and(|end| end < soon);
    if let Some(stored) =
        account.refresh_token.clone().filter(|token| is_over && provider.refreshes() && !token.is_empty())
    {
        let (_, new) = replace(cx, provider, account, &stored).await?.map_err(|cause| failed().because(cause))?;
        account_cookie::write(cx, account);
        return Ok(new.access_token.unwrap_or_default());
    }
    tokens::opened(account.access_token.as_deref().unwrap_or_default(), &cx.auth.config)
        .map_err(|cause| failed().because(cause))
}

/// Whether the session of the request is still stored.
async fn session_lives(cx: &Context) -> Result<bool, StoreError> {
    match (cx.session_token(), cx.auth.config.stores_sessions()) {
        (Ok(token), true) => Ok(store::session::with_user(&cx.db, &token).await?.1.is_ok()),
        _ => Ok(true),
    }
}

/// Exchanges the stored refresh token for new tokens, stores them, and returns the old refresh token and the new tokens,
/// unencrypted.
async fn replace(
    cx: &mut Context,
    provider: &Provider<'_>,
    account: &mut LinkedAccount,
    stored: &str,
) -> Result<Result<(String, Tokens), String>, Error> {
    let auth = cx.auth.clone();
    let old = match tokens::opened(stored, &auth.config) {
        Ok(old) => old,
        Err(cause) => return Ok(Err(cause.to_string())),
    };
    let new = match tokens::refresh(provider, &old, cx.now).await {
        Ok(new) => new,
        Err(cause) => return Ok(Err(cause)),
    };
    account.updated_at = Some(cx.now);
    new.store_in(account, &auth.config, &mut cx.rng);
    if !auth.config.is_stateless() {
        rows::refreshed(&cx.db, account).await?;
        // The provider no longer accepts the old tokens, so the new ones are stored in any case. A session that ended while the provider
        // was asked does not get them.
        if !session_lives(cx).await? {
            let reason = Reason::SessionEndedMeanwhile;
            return Err(Error::Blank { status: StatusCode::UNAUTHORIZED, reason });
        }
    }
    Ok(Ok((old, new)))
}
