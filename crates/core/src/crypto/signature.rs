//! The HMAC that signs cookies (spec core §4.6): SHA-256 keyed with the secret's UTF-8 bytes, in padded standard base64.

use base64::{
    Engine as _, alphabet,
    engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The number of characters of a signature: 32 bytes in padded base64.
pub const LENGTH: usize = 44;

/// A decoder like JavaScript's, which ignores the bits after the last byte.
const LENIENT: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

fn mac(secret: &[u8], value: &str) -> Hmac<Sha256> {
    // HMAC accepts a key of any length; the error type exists for other algorithms.
    #[expect(clippy::expect_used, reason = "HMAC accepts keys of every length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC accepts keys of every length");
    mac.update(value.as_bytes());
    mac
}

/// Returns the HMAC-SHA-256 of `value` under `secret`.
pub(crate) fn hmac(secret: &[u8], value: &str) -> impl AsRef<[u8]> {
    mac(secret, value).finalize().into_bytes()
}

/// Returns the signature of `value` under `secret`.
pub fn sign(secret: &[u8], value: &str) -> String {
    STANDARD.encode(hmac(secret, value))
}

/// Whether `signature` is that of `value` under `secret`, compared in constant time.
pub fn verify(secret: &[u8], value: &str, signature: &str) -> bool {
    if signature.len() != LENGTH || !signature.ends_with('=') {
        return false;
    }
    LENIENT.decode(signature).is_ok_and(|bytes| mac(secret, value).verify_slice(&bytes).is_ok())
}

/// Whether `signature` is the HMAC of `value` under `secret`, compared in constant time.
pub(crate) fn verify_bytes(secret: &[u8], value: &str, signature: &[u8]) -> bool {
    mac(secret, value).verify_slice(signature).is_ok()
}
