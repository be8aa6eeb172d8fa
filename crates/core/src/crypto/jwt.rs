//! JSON Web Tokens (RFC 7519, RFC 7515) in their compact form: HS256 under the secret, for tokens that only this service reads
//! (spec core §13.1), and signed with a key pair, for other services.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// Signs `claims`, a JSON object, under `secret`.
pub fn sign(secret: &[u8], claims: &[u8]) -> String {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(br#"{"alg":"HS256"}"#), URL_SAFE_NO_PAD.encode(claims));
    let signature = URL_SAFE_NO_PAD.encode(super::signature::hmac(secret, &signed));
    format!("{signed}.{signature}")
}

/// Signs `claims`, a JSON object, with a key pair. `header` is already encoded. Returns `None` if `sign` fails.
pub fn sign_with(header: &str, claims: &[u8], sign: impl FnOnce(&[u8]) -> Option<Vec<u8>>) -> Option<String> {
    let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims));
    let signature = sign(signed.as_bytes())?;
    Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// Returns the claims of `token` if it is signed under `secret`, as bytes that are still untrusted. The algorithm is fixed, and a
/// header with a critical extension is refused (RFC 7515 §4.1.11).
pub fn verify(secret: &[u8], token: &str) -> Option<Vec<u8>> {
    #[derive(serde::Deserialize)]
    struct Header {
        alg: String,
        crit: Option<serde::de::IgnoredAny>,
    }
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.').filter(|(_, claims)| !claims.contains('.'))?;
    let header: Header = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
    let genuine = super::signature::verify_bytes(secret, signed, &URL_SAFE_NO_PAD.decode(signature).ok()?);
    if header.alg != "HS256" || header.crit.is_some() || !genuine {
        return None;
    }
    URL_SAFE_NO_PAD.decode(claims).ok()
}
