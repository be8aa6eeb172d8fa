//! `/callback/:id`: receives a browser back from a provider (spec jwt-oauth-schema §§4.4, 4.6, 4.7).

use http::StatusCode;
use jiff::Timestamp;

use super::{
    arrival::{self, Arrival, Failure, SignInResult},
    previews, profile,
    provider::{self, Provider},
    rows::{self, link::LinkResult},
    rules::{self, Change, Profile, Refusal, merged_scopes},
    state::{self, Link, State},
    tokens::{self, Tokens},
    wire,
};
use crate::{
    context::Context, error::Error, model::Additional, reason::Reason, reply::Reply, rules::query, store::RequestProof,
    syntax::origin,
};

/// Redirects an answer that comes as a form to a GET with a query: browsers send the cookies of the flow only with a GET.
pub(super) async fn forward(cx: &mut Context, answer: wire::Callback) -> Result<Reply, Error> {
    let callback = format!("{}/callback/{}", cx.base_url(), answer.provider);
    let location = origin::written(&query::appended(&callback, &answer.members));
    Reply::redirect_as_json(&location.ok_or_else(|| Error::not_found(Reason::UnknownRoute))?)
}

/// Signs in, or links the account, with the code of the provider. An answer for a preview is passed on to it.
pub(super) async fn arrive(cx: &mut Context, answer: wire::Callback) -> Result<Reply, Error> {
    if let Some(reply) = previews::pass_on(cx, &answer)? {
        return Ok(reply);
    }
    let answer = previews::received(cx, answer)?;
    let Some(parameter) = answer.get("state") else {
        return Err(state::fail(cx, None, "state_not_found", None, Reason::NoState));
    };
    let flow = state::take(cx, parameter).await?;
    cx.carried.clone_from(&flow.server_context);
    if let Some(error) = answer.get("error") {
        return Err(flow.fail(cx, error, answer.get("error_description"), Reason::ProviderRefused));
    }
    let Some(code) = answer.get("code") else { return Err(flow.fail(cx, "no_code", None, Reason::NoCode)) };
    let auth = cx.auth.clone();
    let unknown = flow.fail(cx, "oauth_provider_not_found", None, Reason::UnknownProvider);
    let provider = provider::find(&auth, &answer.provider, cx.now, unknown).await?;
    check(cx, &flow, &provider, answer.get("iss"))?;

    let redirect_uri = provider.redirect_uri(cx);
    let device = answer.get("device_id");
    let tokens = tokens::exchange(&provider, code, &flow.code_verifier, device, &redirect_uri, cx.now).await;
    let tokens = tokens.map_err(|cause| flow.fail(cx, "invalid_code", None, Reason::CodeRefused).because(cause))?;
    let profile = whom(&provider, &flow, &tokens, answer.get("user"), cx.now).await;
    let profile =
        profile.map_err(|cause| flow.fail(cx, "unable_to_get_user_info", None, Reason::NoProfile).because(cause))?;
    match &flow.link {
        Some(link) => add(cx, &provider, &profile, &tokens, &flow, link).await,
        None => come_in(cx, &provider, &profile, &tokens, &flow).await,
    }
}

/// Checks that the answer belongs to this flow: it is from the provider that was asked, with the issuer and nonce that this one
/// requires.
fn check(cx: &Context, flow: &State, provider: &Provider<'_>, issuer: Option<&str>) -> Result<(), Error> {
    if !flow.is_of(&provider.client.id) {
        return Err(flow.fail(cx, "state_mismatch", None, Reason::StateOfAnotherProvider));
    }
    if issuer.zip(provider.issuer()).is_some_and(|(said, own)| said != own) {
        return Err(flow.fail(cx, "issuer_mismatch", None, Reason::IssuerMismatch));
    }
    if provider.needs_nonce() && flow.id_token_nonce.is_none() {
        return Err(flow.fail(cx, "nonce_binding_missing", None, Reason::NoNonce));
    }
    Ok(())
}

async fn whom(
    provider: &Provider<'_>,
    flow: &State,
    tokens: &Tokens,
    user: Option<&str>,
    now: Timestamp,
) -> Result<Profile, String> {
    let given: Option<Additional> = user.and_then(|text| serde_json::from_str(text).ok());
    profile::of(provider, tokens, given.as_ref(), flow.id_token_nonce.as_deref(), now).await
}

async fn come_in(
    cx: &mut Context,
    provider: &Provider<'_>,
    profile: &Profile,
    tokens: &Tokens,
    flow: &State,
) -> Result<Reply, Error> {
    if profile.email.is_none() {
        return Err(flow.fail(cx, "email_not_found", None, Reason::NoProviderEmail));
    }
    let arrival = Arrival {
        provider,
        profile,
        tokens,
        scope: Some(tokens.scopes.join(",")),
        request_sign_up: flow.request_sign_up == Some(true),
        takes_over: provider.client.options.override_user_info,
        callback_url: Some(&flow.callback_url),
        navigates: true,
    };
    let redirects = (Reply::redirect_as_json(&flow.callback_url)?, to_the_new(flow)?);
    let arrived = arrival::arrive(cx, &arrival).await;
    let arrived = match arrived.map_err(|error| refused_by_feature(cx, flow, error))? {
        Ok(SignInResult::In(arrived)) => arrived,
        Ok(SignInResult::Waiting(reply)) => return Ok(reply),
        // The cookies of the flow are gone in any case; no session is changed.
        Err(failure) => return Err(refuse(cx, flow, &failure)),
    };
    let (usual, new) = redirects;
    Ok(new.filter(|_| arrived.is_new).unwrap_or(usual))
}

/// Leads the browser to the flow's error page if a feature refuses the user.
fn refused_by_feature(cx: &Context, flow: &State, error: Error) -> Error {
    match error {
        Error::Api { status: StatusCode::FORBIDDEN, code, message, reason, .. } => {
            flow.fail(cx, code.name, Some(message.as_deref().unwrap_or(code.message)), reason)
        }
        error => error,
    }
}

/// Returns the redirect for a new user, if the flow has one.
fn to_the_new(flow: &State) -> Result<Option<Reply>, Error> {
    flow.new_user_url.as_deref().filter(|url| !url.is_empty()).map(Reply::redirect_as_json).transpose()
}

fn refuse(cx: &Context, flow: &State, failure: &Failure) -> Error {
    let reason = failure.reason();
    match failure {
        // The user is ambiguous, so the flow's own error page is not used.
        Failure::Refused(Refusal::Ambiguous) => state::fail(cx, None, "internal_server_error", None, reason),
        Failure::Refused(refusal) => flow.fail(cx, &refusal.text().replace(' ', "_"), None, reason),
        Failure::Row(refusal, cause) => flow.fail(cx, &refusal.text().replace(' ', "_"), None, reason).because(cause),
        Failure::Fields(refusal) => {
            let (code, message) = refusal.told();
            flow.fail(cx, code.name, Some(&message), reason)
        }
        Failure::Feature(error) => {
            let (code, message) = error.refusal().unwrap_or_default();
            flow.fail(cx, code, Some(message), reason)
        }
    }
}

/// Links the account to the user who began the flow, in the session that began it.
async fn add(
    cx: &mut Context,
    provider: &Provider<'_>,
    profile: &Profile,
    tokens: &Tokens,
    flow: &State,
    link: &Link,
) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    profile.left_out.iter().for_each(|text| cx.db.trips.notice(text.clone()));
    let unable = |cx: &Context, reason| flow.fail(cx, "unable_to_link_account", None, reason);
    let Some(token) = link.session_token(&auth.config.secrets) else {
        return Err(unable(cx, Reason::LinkSessionOver));
    };
    // The session may exist in another browser, or another user may have signed in to this one since.
    if cx.session_token().ok().as_ref() != Some(&token) {
        return Err(unable(cx, Reason::LinkOfAnotherSession));
    }
    let session = (token.as_str(), link.user_id.as_str());
    let id = provider.client.id.as_str();
    let (live, accounts) = rows::linkable(&cx.db, id, &profile.subject, session, cx.now).await?;
    if !live {
        return Err(unable(cx, Reason::LinkSessionOver));
    }
    rules::may_add(id, profile, &link.email, &auth.config.account.linking).map_err(|reason| match reason {
        Reason::EmailMismatch => flow.fail(cx, "email_does_not_match", None, reason),
        reason => unable(cx, reason),
    })?;
    if accounts.iter().any(|account| account.user_id != link.user_id) {
        let code = "account_already_linked_to_different_user";
        return Err(flow.fail(cx, code, None, Reason::LinkedElsewhere));
    }
    let (account, is_new) = match accounts.into_iter().next() {
        Some(mut account) => {
            account.updated_at = Some(cx.now);
            let scope = merged_scopes(account.scope.as_deref(), &tokens.scopes);
            account.scope = Some(scope).filter(|scope| !scope.is_empty()).or(account.scope);
            tokens.store_in(&mut account, &auth.config, &mut cx.rng);
            (account, false)
        }
        None => {
            let scope = Some(tokens.scopes.join(","));
            (arrival::new_account(cx, provider, profile, tokens, scope, &link.user_id), true)
        }
    };
    let change = Change::on_link(profile, &auth.config.account.linking);
    let redirect = Reply::redirect_as_json(&flow.callback_url)?;
    match rows::link::link(&cx.db, account, is_new, &change, &RequestProof::session(&token)).await {
        Ok(LinkResult::Done) => Ok(redirect),
        Ok(LinkResult::Elsewhere) => Err(unable(cx, Reason::LinkedElsewhere)),
        Ok(LinkResult::SessionOver) => Err(unable(cx, Reason::LinkSessionOver)),
        Err(error) => Err(Error::refused_row(error, unable(cx, Reason::RowRefused))),
    }
}
