//! Cached sessions as JWTs of the signing keys, with `jwt.session_cookie_cache` (spec jwt-oauth-schema §1.7): others can verify
//! them without the secret. `cookie_cache` determines their claims.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::{
    context::{Context, SessionKeys},
    cookie_cache::{AUDIENCE, CacheRefusal},
    crypto::jwt,
    json,
    outcome::Outcome,
    signing_keys,
    verify::{self, Expected, KeySet, LocalKeySet},
    wire,
};

/// The `typ` that distinguishes cached sessions from other JWTs.
const TYPE: &str = "better-auth.session-cache+jwt";
/// The number of seconds by which clocks may differ.
const TOLERANCE: u32 = 15;

/// The functions that sign and open cached sessions with the signing keys.
pub const SESSION_KEYS: SessionKeys =
    SessionKeys { sign: |cx, claims| Box::pin(sign(cx, claims)), open: |cx, token| Box::pin(open(cx, token)) };

/// Signs the claims of a session. Returns `None` without a signing key, which is logged.
async fn sign(cx: &mut Context, claims: &str) -> Option<String> {
    let signer = match signing_keys::signer(cx).await {
        Ok(signer) => signer,
        Err(error) => {
            Outcome::background("session_cookie_cache", error.cause().unwrap_or_else(|| error.reason().name()));
            return None;
        }
    };
    let header =
        format!(r#"{{"alg":"{}","kid":{},"typ":"{TYPE}"}}"#, signer.algorithm.name(), Value::from(signer.id.as_str()));
    let sign = |message: &[u8]| signer.key.sign(message, &mut cx.rng);
    jwt::sign_with(&URL_SAFE_NO_PAD.encode(header), claims.as_bytes(), sign)
}

/// Returns the claims of a cached session if one of the keys has signed it; expired keys count as long as they are known.
///
/// # Errors
/// [`CacheRefusal::Forged`] if no key has signed it, or if the keys cannot be read.
async fn open(cx: &Context, token: &str) -> Result<Vec<u8>, CacheRefusal> {
    let (header, rest) = token.split_once('.').ok_or(CacheRefusal::Forged)?;
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| CacheRefusal::Forged);
    let header: Value = serde_json::from_slice(&decode(header)?).map_err(|_| CacheRefusal::Forged)?;
    let text = |name: &str| header.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("typ") != TYPE {
        return Err(CacheRefusal::Forged);
    }
    let key = signing_keys::public_half(cx, text("kid")).await.ok().flatten().ok_or(CacheRefusal::Forged)?;
    let set = json::to_string(&wire::KeySet { keys: &[key] });
    let set = KeySet::Local(LocalKeySet::read(set.as_bytes()).map_err(|_| CacheRefusal::Forged)?);
    let expected = Expected { tolerance: TOLERANCE, ..Expected::new(issuer(cx), AUDIENCE) };
    verify::verify(token, &set, &expected, cx.now).await.map_err(|_| CacheRefusal::Forged)?;
    decode(rest.split('.').next().unwrap_or_default())
}

/// Returns the issuer of cached sessions: the base URL as configured, otherwise with the base path.
pub fn issuer(cx: &Context) -> String {
    cx.auth.config.base_url_text.clone().unwrap_or_else(|| cx.base_url())
}
