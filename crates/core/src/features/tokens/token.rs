//! Signs the JWT of a user (spec jwt-oauth-schema §§1.2, 1.3).

use std::time::Duration;

use serde::Serialize;

use super::rules;
use crate::{
    context::Context,
    crypto::jwt,
    error::Error,
    flow, json,
    model::{Additional, Session, User},
    outcome::Outcome,
    reason::Reason,
    signing_keys,
};

/// The longest time for which an answer with a session waits for a JWT.
const COURTESY: Duration = Duration::from_secs(2);

/// Returns a JWT for the user of a session. `shown` has the user's fields that answers show, in their order.
///
/// # Errors
/// The failure of the database, or no signing key is available.
pub async fn of(cx: &mut Context, session: &Session, user: &User, shown: &impl Serialize) -> Result<String, Error> {
    let signer = signing_keys::signer(cx).await?;
    let more = flow::claims(cx, session, user).await?;
    let shown: Additional = serde_json::from_str(&json::to_string(shown)).unwrap_or_default();
    let claims = rules::claims(&shown.0, more, &cx.auth.config.jwt, &cx.origin().unwrap_or_default(), cx.now);
    let claims = json::to_string(&Additional(claims));
    jwt::sign_with(&signer.header, claims.as_bytes(), |message| signer.key.sign(message, &mut cx.rng))
        .ok_or_else(|| Error::internal(Reason::NoSigningKey, format!("key {} failed to sign", signer.id)))
}

/// Returns a JWT for an answer with a session. Returns `None` on failure: the session is answered nevertheless.
pub async fn as_courtesy(cx: &mut Context, session: &Session, user: &User, shown: &impl Serialize) -> Option<String> {
    let (auth, now) = (cx.auth.clone(), cx.now);
    if auth.keys.signer(now).is_none() && auth.keys.is_pausing(now) {
        return None;
    }
    let told = match tokio::time::timeout(COURTESY, of(cx, session, user, shown)).await {
        Ok(Ok(token)) => return Some(token),
        Ok(Err(error)) => error.cause().unwrap_or_else(|| error.reason().name()).to_owned(),
        Err(_) => format!("no signing key was available within {} s", COURTESY.as_secs()),
    };
    auth.keys.known(|known| known.failed_at = Some(now));
    Outcome::background("set_auth_jwt", &told);
    None
}
