//! One-time codes and tokens: the forms in which they are stored, and the comparison with what a client gives.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::{
    envelope::{self, Error},
    random::Rng,
    secret::Secrets,
};

/// The form in which a code or token is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoredForm {
    /// As it was sent.
    Plain,
    /// Encrypted with the deployment's secret.
    Encrypted,
    /// As SHA-256 in base64url without padding.
    Hashed,
}

impl StoredForm {
    /// Returns the stored form of a code.
    pub fn store(self, code: &str, secrets: &Secrets, rng: &mut Rng) -> String {
        match self {
            Self::Plain => code.to_owned(),
            Self::Encrypted => envelope::seal(secrets, code, rng),
            Self::Hashed => hashed(code),
        }
    }

    /// Whether `typed` is the code that was stored in this form. The comparison takes the same time for all codes of one length.
    ///
    /// # Errors
    /// The stored code cannot be decrypted.
    pub fn is_right(self, secrets: &Secrets, stored: &str, typed: &str) -> Result<bool, Error> {
        let is = |stored: &str, typed: &str| bool::from(stored.as_bytes().ct_eq(typed.as_bytes()));
        Ok(match self {
            Self::Plain => is(stored, typed),
            Self::Hashed => is(stored, &hashed(typed)),
            Self::Encrypted => is(&envelope::open(secrets, stored)?, typed),
        })
    }

    /// Returns the code itself; `None` if it was hashed, or cannot be decrypted.
    pub fn recover(self, secrets: &Secrets, stored: &str) -> Option<String> {
        match self {
            Self::Plain => Some(stored.to_owned()),
            Self::Hashed => None,
            Self::Encrypted => envelope::open(secrets, stored).ok(),
        }
    }
}

/// Returns the hash of a code or token.
pub fn hashed(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::secret::Secret;

    #[test]
    fn codes_that_better_auth_stored_are_read() {
        let vectors = include_str!("../../../../tests/vectors/sign-in-plugins.json");
        let vectors: serde_json::Value = serde_json::from_str(vectors).unwrap();
        let secrets = Secrets::single(Secret::new(vectors["secret"].as_str().unwrap()));
        let of = &vectors["otp_storage"];
        for (form, stored, code) in [
            (StoredForm::Plain, &of["plain"], Some("594115")),
            (StoredForm::Hashed, &of["hashed"], None),
            (StoredForm::Encrypted, &of["encrypted"]["ciphertext_hex"], Some("594115")),
        ] {
            let stored = stored.as_str().unwrap().split(':').next().unwrap();
            assert!(form.is_right(&secrets, stored, "594115").unwrap(), "{form:?}");
            assert!(!form.is_right(&secrets, stored, "594116").unwrap(), "{form:?}");
            assert_eq!(form.recover(&secrets, stored).as_deref(), code, "{form:?}");
            let again = form.store("594115", &secrets, &mut Rng::from_seed([7; 32]));
            assert!(form.is_right(&secrets, &again, "594115").unwrap(), "{form:?}");
        }
    }
}
