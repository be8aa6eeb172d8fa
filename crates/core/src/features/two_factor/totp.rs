//! Codes of authenticator apps: each is accepted once (RFC 6238 §5.2).

use sha2::{Digest as _, Sha256};

use super::{
    declaration::TwoFactor,
    pending::{self, PendingProof, PendingUser},
    rows::{self, codes},
    rules,
    wire::Code,
    words,
};
use crate::{
    code,
    context::Context,
    crypto::{envelope, secret::Secrets, totp},
    error::Error,
    links,
    percent::encode_component,
    reason::Reason,
    reply::Reply,
    rules::query,
    signed_in,
    store::RequestProof,
};

/// The prefix before the user's identifier, the time step and a digest of the key, for a used code.
const USED: &str = "2fa-used-";
/// The prefix of a key that was imported in base32.
const IMPORTED: &str = "base32:";

/// Decrypts a key as its row holds it.
pub(super) fn key(secrets: &Secrets, sealed: &str) -> Result<Vec<u8>, Error> {
    let text =
        envelope::open(secrets, sealed).map_err(|error| Error::internal(Reason::UnreadableSecondFactor, error))?;
    match text.strip_prefix(IMPORTED) {
        None => Ok(text.into_bytes()),
        Some(imported) => totp::from_base32(imported)
            .ok_or_else(|| Error::internal(Reason::UnreadableSecondFactor, "the imported key is not base32")),
    }
}

/// Returns the URI that an app scans.
pub(super) fn uri(key: &[u8], issuer: &str, account: &str, config: &TwoFactor) -> String {
    let (key, digits, period) = (totp::base32(key), config.totp.digits.to_string(), config.totp.period.to_string());
    let members = [("secret", key.as_str()), ("issuer", issuer), ("digits", &digits), ("period", &period)];
    let (label, account, members) = (encode_component(issuer), encode_component(account), query::encoded(&members));
    format!("otpauth://totp/{label}:{account}?{members}")
}

/// Returns the error if authenticator apps are disabled.
pub(super) fn not_configured() -> Error {
    let status = http::StatusCode::BAD_REQUEST;
    Error::explained(status, words::TOTP_NOT_CONFIGURED, "totp isn't configured".to_owned(), Reason::FeatureDisabled)
}

/// `POST /two-factor/verify-totp`: accepts a code of an authenticator app.
pub(super) async fn verify(cx: &mut Context, body: Code) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let config = &auth.config.features.two_factor;
    if config.totp.disabled {
        return Err(not_configured());
    }
    let pending = PendingUser::of(cx).await?;
    let is_waiting = matches!(pending.standing, PendingProof::Waiting(_));
    let factor = pending.factor.as_ref().filter(|factor| !is_waiting || factor.verified != Some(false));
    let factor = factor.ok_or_else(|| Error::bad(words::TOTP_NOT_ENABLED, Reason::NoSecondFactor))?;
    let key = key(&auth.config.secrets, &factor.secret)?;
    let now = cx.now.as_second();
    let step = totp::matching_step(&key, &body.code, now, config.totp.period, config.totp.digits);
    pending.attempt(cx, step.is_some()).await?;
    let Some(step) = step else {
        return Err(pending::wrong(words::INVALID_CODE, Reason::WrongCode));
    };
    if !is_first_use(cx, &pending.user.id, &key, step).await? {
        return Err(pending::wrong(words::INVALID_CODE, Reason::CodeUsed));
    }
    if let PendingProof::SignedIn(session) = &pending.standing {
        let counts = factor.verified == Some(true);
        if !counts && rules::is_enabled(&pending.user) {
            rows::verify(&cx.db, &pending.user.id, &factor.id).await?;
        } else if !counts {
            let (id, ground) = (&pending.user.id, RequestProof::session(&session.token));
            let Some(user) = rows::enable(&cx.db, id, Some(&factor.id), &ground, cx.now).await? else {
                let gone = Error::bad(code::USER_NOT_FOUND, Reason::UserGone);
                return Err(signed_in::overtaken(cx, id, &ground, gone).await);
            };
            if let Err(reply) = pending::swap(cx, session, &user).await? {
                return Ok(reply);
            }
            // better-auth answers with the previous session and user; the cookie has the new ones.
        }
    }
    pending.complete(cx, &pending.attempts(cx), Some(&factor.id), body.trust_device).await
}

/// Whether no code of this key and time step was accepted from the user before.
async fn is_first_use(cx: &mut Context, user_id: &str, key: &[u8], step: u64) -> Result<bool, Error> {
    // The code may be given in three steps.
    let seconds = 3 * cx.auth.config.features.two_factor.totp.period;
    let digest = hex::encode(Sha256::digest(key)).split_off(48);
    let name = format!("{user_id}-{step}-{digest}");
    let used = links::secret(cx, USED, &name, seconds, "");
    let identifiers = links::identifiers(cx, USED, &name);
    Ok(codes::count(&cx.db, user_id, &used, &identifiers, seconds).await? == 1)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::{
        Config,
        config::{Source, Variables},
        crypto::secret::Secret,
    };

    fn vectors() -> Value {
        serde_json::from_str(include_str!("../../../../../tests/vectors/sign-in-plugins.json")).unwrap()
    }

    #[test]
    fn keys_that_better_auth_stored_are_read() {
        let vectors = vectors();
        let secrets = Secrets::single(Secret::new(vectors["secret"].as_str().unwrap()));
        let rows = vectors["two_factor_row"]["secret"].as_array().unwrap();
        let read = |row: &Value| key(&secrets, row["ciphertext_hex"].as_str().unwrap()).unwrap();
        assert_eq!(read(&rows[0]), rows[0]["plaintext"].as_str().unwrap().as_bytes());
        assert_eq!(hex::encode(read(&rows[1])), "48656c6c6f21deadbeef");
        assert!(key(&secrets, "not encrypted").is_err());
    }

    #[test]
    fn what_an_app_scans_is_that_of_better_auth() {
        for case in vectors()["totp"]["uri"].as_array().unwrap() {
            let number = |name: &str| case[name].as_u64().unwrap_or_default();
            let toml =
                format!("[two_factor.totp_options]\ndigits = {}\nperiod = {}\n", number("digits"), number("period"));
            let mut variables = Variables::default();
            variables.set("BETTER_AUTH_SECRET".to_owned(), "x".repeat(32));
            let config = Config::examine(&variables, Some(Source { name: "gatepost.toml", text: &toml })).0;
            let key = match case["secret_utf8"].as_str() {
                Some(text) => text.as_bytes().to_vec(),
                None => totp::from_base32(case["secret_base32_imported"].as_str().unwrap()).unwrap(),
            };
            let (issuer, account) = (case["issuer"].as_str().unwrap(), case["account"].as_str().unwrap());
            assert_eq!(case["uri"], uri(&key, issuer, account, &config.features.two_factor));
        }
    }
}
