//! `/one-tap/callback`: signs in with the ID token that Google's One Tap gives a page (feature `one_tap`).

use http::StatusCode;
use sha2::{Digest as _, Sha256};

use super::{
    arrival::{self, Arrival, Failure, SignInResult},
    id_token::{self, NonceRequirement},
    mapping, profile, provider,
    rules::{Profile, Refusal},
    tokens::Tokens,
    wire::{OneTap, SignedInByOneTap},
};
use crate::{code, context::Context, error::Error, links, reason::Reason, reply::Reply, store::counted};

/// The prefix of the name under which the use of a token is stored.
const USED: &str = "one-tap-used-";
/// The number of seconds for which uses are remembered: a token is accepted for an hour, and clocks may be off.
const REMEMBERED: u32 = 3_600 + 300;
/// The scopes of such a token, as better-auth stores them.
const SCOPE: &str = "openid,profile,email";

/// Signs in with an ID token of Google.
pub(super) async fn callback(cx: &mut Context, body: OneTap) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let Some(client) = auth.config.social.one_tap(&auth.config.features.one_tap) else {
        let message = "Google client ID is required for One Tap. Set it on the oneTap plugin (clientId) or on \
                       socialProviders.google.";
        return Err(bad(message, Reason::UnknownProvider));
    };
    let invalid = || bad("invalid id token", Reason::InvalidIdToken);
    let provider = provider::named(&auth, &client).ok_or_else(invalid)?;
    id_token::verify(&provider, &body.id_token, &NonceRequirement::AsGiven(None), cx.now)
        .await
        .map_err(|_| invalid())?;
    if !is_first_use(cx, &body.id_token).await? {
        return Err(bad("invalid id token", Reason::UsedIdToken));
    }
    let profile = profile::of_id_token(&provider, &body.id_token, None, None, cx.now).await.map_err(|_| invalid())?;
    // better-auth takes only texts here, unlike at `/sign-in/social`.
    let (name, image) = (profile.raw.text("name").map(str::to_owned), profile.raw.text("picture").map(str::to_owned));
    let profile = mapping::fit(&provider, Profile { name, image: image.map(Some), ..profile });
    if profile.email.is_none() {
        return Err(bad("Email not available in token", Reason::NoProviderEmail));
    }
    let tokens = Tokens { id_token: Some(body.id_token.clone()), ..Tokens::default() };
    let arrival = Arrival {
        provider: &provider,
        profile: &profile,
        tokens: &tokens,
        scope: Some(SCOPE.to_owned()),
        request_sign_up: true,
        takes_over: client.options.override_user_info,
        callback_url: body.callback_url.as_deref(),
        navigates: false,
    };
    match arrival::arrive(cx, &arrival).await?.map_err(not_arrived)? {
        SignInResult::In(arrived) => {
            Reply::json(&SignedInByOneTap { token: &arrived.session.token, user: &arrived.user })
        }
        SignInResult::Waiting(reply) => Ok(reply),
    }
}

/// Uses a verified token. Returns whether it is the first use: of several concurrent requests, one has it. Without any storage, no
/// instance knows the tokens of another one, and every use counts as the first.
async fn is_first_use(cx: &mut Context, token: &str) -> Result<bool, Error> {
    if !cx.auth.config.stores_sessions() {
        return Ok(true);
    }
    let name = name(token);
    let (used, identifiers) = (links::secret(cx, USED, &name, REMEMBERED, ""), links::identifiers(cx, USED, &name));
    Ok(counted::count(&cx.db, &used, &identifiers, REMEMBERED).await? == 1)
}

/// Returns whether a token, which is verified, has been used.
pub(super) async fn is_used(cx: &Context, token: &str) -> Result<bool, Error> {
    if !cx.auth.config.features.one_tap.enabled || !cx.auth.config.stores_sessions() {
        return Ok(false);
    }
    Ok(counted::has_uses(&cx.db, &links::identifiers(cx, USED, &name(token)), cx.now).await?)
}

/// Returns the name of a token: the digest of its signed part, because one part can have several signatures, and a signature several
/// spellings.
fn name(token: &str) -> String {
    hex::encode(Sha256::digest(token.rsplit_once('.').map_or(token, |(signed, _)| signed)))
}

fn bad(message: &'static str, reason: Reason) -> Error {
    Error::Plain { status: StatusCode::BAD_REQUEST, message, reason }
}

fn not_arrived(failure: Failure) -> Error {
    let reason = failure.reason();
    match failure {
        Failure::Refused(Refusal::EmailNotVerified) => {
            Error::api(StatusCode::FORBIDDEN, code::EMAIL_NOT_VERIFIED, reason)
        }
        Failure::Refused(refusal) | Failure::Row(refusal, _) => {
            Error::Plain { status: StatusCode::UNAUTHORIZED, message: refusal.text(), reason }
        }
        Failure::Fields(refusal) => refusal.into(),
        Failure::Feature(error) => error,
    }
}
