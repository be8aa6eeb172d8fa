//! `/sign-in/social`: sends a browser to a provider, or accepts a provider's ID token (spec jwt-oauth-schema §4.1). It is here and
//! not beside passwords so that a function for sign-in with passwords needs no code for providers and starts faster.

use http::StatusCode;

use super::{
    arrival::{self, Arrival, Failure, SignInResult},
    authorize, given, one_tap, provider,
    rules::Refusal,
    wire,
};
use crate::{code, context::Context, error::Error, reason::Reason, reply::Reply};

/// Signs in by a flow, or by an ID token that the client has already.
pub(super) async fn by_provider(cx: &mut Context, mut body: wire::Social) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let unknown = Error::api(StatusCode::NOT_FOUND, code::PROVIDER_NOT_FOUND, Reason::UnknownProvider);
    let provider = provider::find(&auth, &body.provider, cx.now, unknown).await?;
    let Some(token) = body.id_token.take() else { return authorize::begin(cx, &provider, body, None).await };
    let profile = given::profile(&provider, &token, cx.now).await?;
    if provider.entry.id == "google" && one_tap::is_used(cx, &token.token).await? {
        return Err(Error::api(StatusCode::UNAUTHORIZED, code::INVALID_TOKEN, Reason::UsedIdToken));
    }
    let arrival = Arrival {
        provider: &provider,
        profile: &profile,
        tokens: &given::tokens(&token, false),
        scope: None,
        request_sign_up: body.request_sign_up == Some(true),
        takes_over: false,
        callback_url: body.callback_url.as_deref(),
        navigates: false,
    };
    let arrived = match arrival::arrive(cx, &arrival).await?.map_err(not_arrived)? {
        SignInResult::In(arrived) => arrived,
        SignInResult::Waiting(reply) => return Ok(reply),
    };
    Reply::json(&wire::SignedInSocially { redirect: false, token: &arrived.session.token, user: &arrived.user })
}

fn not_arrived(failure: Failure) -> Error {
    let reason = failure.reason();
    match failure {
        Failure::Refused(Refusal::EmailNotVerified) => {
            Error::api(StatusCode::FORBIDDEN, code::EMAIL_NOT_VERIFIED, reason)
        }
        Failure::Refused(refusal) => {
            let message = refusal.text().to_owned();
            Error::explained(StatusCode::UNAUTHORIZED, code::OAUTH_LINK_ERROR, message, reason)
        }
        Failure::Row(refusal, cause) => {
            let message = refusal.text().to_owned();
            Error::explained(StatusCode::UNAUTHORIZED, code::OAUTH_LINK_ERROR, message, reason).because(cause)
        }
        Failure::Fields(refusal) => refusal.into(),
        Failure::Feature(error) => error,
    }
}
