//! ID tokens that a client obtained from the provider itself, instead of a flow (spec jwt-oauth-schema §4.1).

use http::StatusCode;
use jiff::Timestamp;

use super::{
    id_token::{self, NonceRequirement},
    profile,
    provider::Provider,
    rules::Profile,
    tokens::Tokens,
    wire::GivenIdToken,
};
use crate::{code, error::Error, reason::Reason};

/// Returns the profile in a token after verifying it: signed by the provider's keys, for this client, recently.
///
/// # Errors
/// 404 if the provider has no such tokens, 401 if the token is not valid or says too little.
pub async fn profile(provider: &Provider<'_>, given: &GivenIdToken, now: Timestamp) -> Result<Profile, Error> {
    let refuse = |code, reason| Error::api(StatusCode::UNAUTHORIZED, code, reason);
    if !provider.takes_id_tokens() {
        return Err(Error::api(StatusCode::NOT_FOUND, code::ID_TOKEN_NOT_SUPPORTED, Reason::IdTokenUnsupported));
    }
    let verified =
        id_token::verify(provider, &given.token, &NonceRequirement::AsGiven(given.nonce.as_deref()), now).await;
    verified.map_err(|cause| refuse(code::INVALID_TOKEN, Reason::InvalidIdToken).because(cause))?;
    let access_token = given.access_token.as_deref().filter(|token| !token.is_empty());
    let found = profile::of_id_token(provider, &given.token, access_token, given.user.as_ref(), now).await;
    let found = found.map_err(|cause| refuse(code::FAILED_TO_GET_USER_INFO, Reason::NoProfile).because(cause))?;
    if found.email.is_none() {
        return Err(refuse(code::USER_EMAIL_NOT_FOUND, Reason::NoProviderEmail));
    }
    Ok(found)
}

/// Returns the tokens to store.
pub fn tokens(given: &GivenIdToken, with_refresh_token: bool) -> Tokens {
    let filled = |token: &Option<String>| token.clone().filter(|token| !token.is_empty());
    Tokens {
        access_token: filled(&given.access_token),
        refresh_token: filled(&given.refresh_token).filter(|_| with_refresh_token),
        id_token: Some(given.token.clone()),
        ..Tokens::default()
    }
}
