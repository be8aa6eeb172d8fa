//! One token for one user (spec jwt-oauth-schema §§1.2, 1.3).

use std::time::Duration;

use serde::Serialize;

use super::rules;
use crate::{
    context::Context, crypto::jwt, error::Error, json, model::Additional, outcome::Outcome, reason::Reason,
    signing_keys,
};

/// The longest time for which the answer that shows a session waits for a token.
const COURTESY: Duration = Duration::from_secs(2);

/// A token that says who `user` is, as answers show the user.
///
/// # Errors
/// Where the database fails, or no key can be had.
pub async fn of(cx: &mut Context, user: &impl Serialize) -> Result<String, Error> {
    let signer = signing_keys::signer(cx).await?;
    let user: Additional = serde_json::from_str(&json::to_string(user)).unwrap_or_default();
    let claims = rules::claims(&user.0, &cx.auth.config.jwt, &cx.origin().unwrap_or_default(), cx.now);
    let claims = json::to_string(&Additional(claims));
    jwt::sign_with(&signer.header, claims.as_bytes(), |message| signer.key.sign(message, &mut cx.rng))
        .ok_or_else(|| Error::internal(Reason::NoSigningKey, format!("key {} failed to sign", signer.id)))
}

/// A token for the answer that shows a session. None where it cannot be had: the session is shown nevertheless.
pub async fn as_courtesy(cx: &mut Context, user: &impl Serialize) -> Option<String> {
    let (auth, now) = (cx.auth.clone(), cx.now);
    if auth.keys.signer(now).is_none() && auth.keys.is_pausing(now) {
        return None;
    }
    let told = match tokio::time::timeout(COURTESY, of(cx, user)).await {
        Ok(Ok(token)) => return Some(token),
        Ok(Err(error)) => error.cause().unwrap_or_else(|| error.reason().name()).to_owned(),
        Err(_) => format!("no key was to be had within {} s", COURTESY.as_secs()),
    };
    auth.keys.known(|known| known.failed_at = Some(now));
    Outcome::background("set_auth_jwt", &told);
    None
}
