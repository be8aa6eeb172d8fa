//! The names of waiting sign-ins and of trusted devices, as cookies carry them. After better-auth's own form, a name has a digest
//! of the password at its creation, so that a change of the password invalidates it wherever it is stored. Names of better-auth have
//! no digest.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::declaration::{DEVICE_COOKIE, WAITING_COOKIE};
use crate::{
    config::Config,
    cookie::Cookie,
    crypto::{envelope, random::Rng, secret::Secrets, signature},
    model::User,
};

/// A kind of names.
pub(super) struct Kind {
    /// The prefix of the names.
    pub(super) prefix: &'static str,
    /// The number of random characters after the prefix.
    random: usize,
}

/// The names of sign-ins that wait for a second factor.
pub(super) const PENDING: Kind = Kind { prefix: "2fa-", random: 20 };
/// The names of trusted devices.
pub(super) const DEVICE: Kind = Kind { prefix: "trust-device-", random: 32 };

/// The cookie with the name of a sign-in that waits.
pub(super) fn waiting_cookie(config: &Config) -> Cookie {
    Cookie::new(WAITING_COOKIE, Some(config.features.two_factor.cookie_max_age), config)
}

/// The cookie with the name of a device.
pub(super) fn device_cookie(config: &Config) -> Cookie {
    Cookie::new(DEVICE_COOKIE, Some(config.features.two_factor.trust_device_max_age), config)
}

/// In front of the name of a sign-in: the count of its codes.
pub(super) const ATTEMPTS: &str = "2fa-attempts-";

/// In front of a user's identifier: since when no device is trusted, but for one.
pub(super) const DISTRUSTED: &str = "2fa-distrusted-";

/// In front of a user and a session: the setup that was begun there, given the password.
pub(super) const ENROLLING: &str = "2fa-enrolling-";

/// Such a count at its beginning. Better-auth reads the same number. With the sign it is not the identifier of a user where those are
/// numbers, whose stored secrets go with the password, found by their value.
pub(super) const NO_ATTEMPT: &str = "+0";

/// The purpose that separates the keys of these digests from those of other uses.
const PURPOSE: &str = "two-factor-name";
/// The number of characters of a digest: 32 bytes in base64.
const DIGEST: usize = 43;

impl Kind {
    /// Creates a name with this digest.
    pub(super) fn made(&self, rng: &mut Rng, digest: Option<&str>) -> String {
        let name = format!("{}{}", self.prefix, rng.token(self.random));
        digest.map_or(name.clone(), |digest| format!("{name}-{digest}"))
    }

    /// Returns the digest of a name, if it has one; `None` if the text is not a name of this kind. Every reader must check that,
    /// because a signature does not show for which cookie it was made.
    pub(super) fn digest<'n>(&self, name: &'n str) -> Option<Option<&'n str>> {
        let (random, digest) = name.strip_prefix(self.prefix)?.split_at_checked(self.random)?;
        let is_of = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        match digest.split_at_checked(1) {
            _ if !is_of(random) => None,
            None => Some(None),
            Some(("-", digest)) if digest.len() == DIGEST && is_of(digest) => Some(Some(digest)),
            Some(_) => None,
        }
    }
}

/// Returns a digest of a user's password. Without the deployment's secret it does not help to guess the password's hash.
pub(super) fn digest(secrets: &Secrets, user: &User, password: Option<&str>) -> String {
    let keys = envelope::for_purpose(secrets, PURPOSE);
    URL_SAFE_NO_PAD.encode(signature::hmac(keys.current().bytes(), &text(user, password)))
}

/// Whether a digest is that of the user's current password.
pub(super) fn holds(secrets: &Secrets, digest: &str, user: &User, password: Option<&str>) -> bool {
    let Ok(digest) = URL_SAFE_NO_PAD.decode(digest) else { return false };
    let (keys, text) = (envelope::for_purpose(secrets, PURPOSE), text(user, password));
    keys.all().any(|key| signature::verify_bytes(key.bytes(), &text, &digest))
}

fn text(user: &User, password: Option<&str>) -> String {
    serde_json::json!([user.id, password]).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_better_auth_or_have_a_digest_behind_them() {
        let mut rng = Rng::from_seed([7; 32]);
        let digest = "d".repeat(DIGEST);
        for kind in [PENDING, DEVICE] {
            let (theirs, ours) = (kind.made(&mut rng, None), kind.made(&mut rng, Some(&digest)));
            assert_eq!(kind.digest(&theirs), Some(None));
            assert_eq!(kind.digest(&ours), Some(Some(digest.as_str())));
            for other in [
                "",
                theirs.get(1..).unwrap(),
                ours.get(..ours.len() - 1).unwrap(),
                &format!("{theirs}-"),
                &format!("{ours}d"),
                "2fa-attempts-2fa-x",
            ] {
                assert_eq!(kind.digest(other), None, "{other}");
            }
        }
        let vectors = include_str!("../../../../../tests/vectors/sign-in-plugins.json");
        let vectors: serde_json::Value = serde_json::from_str(vectors).unwrap();
        let name = |cookie: &str| vectors["cookies"][cookie]["identifier"].as_str().unwrap().to_owned();
        assert_eq!(PENDING.digest(&name("two_factor")), Some(None));
        assert_eq!(DEVICE.digest(&name("trust_device")), Some(None));
    }
}
