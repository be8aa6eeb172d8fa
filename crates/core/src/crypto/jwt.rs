//! The JWTs that carry a claim in a mail's link (spec core §13.1): HS256 keyed with the secret, no issuer, no audience.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// Signs `claims`, a JSON object, under `secret`.
pub fn sign(secret: &[u8], claims: &[u8]) -> String {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(br#"{"alg":"HS256"}"#), URL_SAFE_NO_PAD.encode(claims));
    let signature = URL_SAFE_NO_PAD.encode(super::signature::hmac(secret, &signed));
    format!("{signed}.{signature}")
}
