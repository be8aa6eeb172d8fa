//! The encryption of stored values: XChaCha20-Poly1305 under the SHA-256 of a secret, in lower-case hex, with the secret's version
//! as prefix if secrets have versions (spec jwt-oauth-schema §§3.2, 3.3).

use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, aead::Aead as _};
use hkdf::Hkdf;
use sha2::{Digest as _, Sha256};

use super::{
    random::Rng,
    secret::{Secret, Secrets},
};

/// The number of bytes of a nonce.
const NONCE: usize = 24;
/// The text before a version.
const PREFIX: &str = "$ba$";
/// The salt that separates keys for a purpose from the secret itself.
const PURPOSE_SALT: &[u8] = b"better-auth:oauth-encryption:v1";

/// The reason why a value cannot be decrypted, and the fix. It contains nothing of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The version is not listed.
    #[error(
        "it was encrypted with version {0} of BETTER_AUTH_SECRETS, which is not listed: list it again after the others"
    )]
    UnknownVersion(u32),
    /// The value has no version, and there is no secret without one.
    #[error("it was encrypted with BETTER_AUTH_SECRET, which is not set: set it beside BETTER_AUTH_SECRETS")]
    NoUnversionedSecret,
    /// The value was never encrypted, or is truncated.
    #[error("it is not encrypted, or cut off")]
    Malformed,
    /// The secret differs, or the value was changed.
    #[error("it was encrypted with another secret: list the old one in BETTER_AUTH_SECRETS after the current one")]
    WrongSecret,
}

/// Encrypts a text under the current secret.
pub fn seal(secrets: &Secrets, text: &str, rng: &mut Rng) -> String {
    let mut nonce = [0; NONCE];
    rng.fill(&mut nonce);
    #[expect(clippy::expect_used, reason = "the cipher takes up to 256 GiB")]
    let sealed =
        cipher(secrets.current()).encrypt(&nonce.into(), text.as_bytes()).expect("the cipher takes up to 256 GiB");
    let hex = hex::encode(nonce) + &hex::encode(sealed);
    match secrets.version() {
        Some(version) => format!("{PREFIX}{version}${hex}"),
        None => hex,
    }
}

/// Decrypts a value under the secret that it was encrypted with. If secrets have no versions, values with a version are refused, as
/// in better-auth.
///
/// # Errors
/// That secret is missing or differs.
pub fn open(secrets: &Secrets, sealed: &str) -> Result<String, Error> {
    let (secret, hex) = secret_of(secrets, sealed)?;
    let bytes = hex::decode(hex).map_err(|_| Error::Malformed)?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE).ok_or(Error::Malformed)?;
    let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| Error::Malformed)?;
    let text = cipher(secret).decrypt(&nonce.into(), sealed).map_err(|_| Error::WrongSecret)?;
    String::from_utf8(text).map_err(|_| Error::WrongSecret)
}

fn secret_of<'a>(secrets: &'a Secrets, sealed: &'a str) -> Result<(&'a Secret, &'a str), Error> {
    match version_of(sealed) {
        Some((version, hex)) => Ok((secrets.of_version(version).ok_or(Error::UnknownVersion(version))?, hex)),
        None => Ok((secrets.unversioned().ok_or(Error::NoUnversionedSecret)?, sealed)),
    }
}

/// Whether a value was encrypted under a secret other than the current one.
pub fn is_outdated(secrets: &Secrets, sealed: &str) -> bool {
    // The same secret may have been given a version since.
    secret_of(secrets, sealed).is_ok_and(|(secret, _)| secret != secrets.current())
}

/// Returns the version before a value, and the rest.
pub fn version_of(sealed: &str) -> Option<(u32, &str)> {
    let (version, hex) = sealed.strip_prefix(PREFIX)?.split_once('$')?;
    Some((version.parse().ok()?, hex))
}

/// Returns the keys that replace `secrets` for one purpose, such as `oauth-state-cookie`: a value that was encrypted for another
/// purpose cannot be decrypted with them.
pub fn for_purpose(secrets: &Secrets, purpose: &str) -> Secrets {
    secrets.map(|secret| {
        let mut key = [0; 32];
        let info = format!("better-auth:{purpose}:v1");
        #[expect(clippy::expect_used, reason = "HKDF gives up to 8,160 bytes")]
        Hkdf::<Sha256>::new(Some(PURPOSE_SALT), secret.bytes())
            .expand(info.as_bytes(), &mut key)
            .expect("HKDF gives up to 8,160 bytes");
        Secret::new(hex::encode(key))
    })
}

fn cipher(secret: &Secret) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Sha256::digest(secret.bytes()))
}
