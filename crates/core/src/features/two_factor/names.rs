//! The names of sign-ins that wait and of trusted devices, as cookies carry them. Behind better-auth's own form a name has a
//! digest of the password that it began with, so that it ends with the password wherever it is stored. Names of better-auth have
//! none.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::declaration::{DEVICE_COOKIE, WAITING_COOKIE};
use crate::{
    config::Config,
    cookie::Cookie,
    crypto::{envelope, random::Rng, secret::Secrets, signature},
    model::User,
};

/// What a name is of.
pub(super) struct Kind {
    /// How names begin.
    pub(super) prefix: &'static str,
    /// Random characters behind that.
    random: usize,
}

/// A sign-in that waits for a second factor.
pub(super) const PENDING: Kind = Kind { prefix: "2fa-", random: 20 };
/// A device that is not asked for one.
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

/// Separates the keys of these digests from those of other uses.
const PURPOSE: &str = "two-factor-name";
/// Characters of a digest: 32 bytes in base64.
const DIGEST: usize = 43;

impl Kind {
    /// A new name, with this digest.
    pub(super) fn made(&self, rng: &mut Rng, digest: Option<&str>) -> String {
        let name = format!("{}{}", self.prefix, rng.token(self.random));
        digest.map_or(name.clone(), |digest| format!("{name}-{digest}"))
    }

    /// The digest of a name, if it has one; none where the text is no name of this kind. A signature does not say for which cookie it
    /// was made, so that every reader asks.
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

/// A digest of a user's password. The hash of the password cannot be guessed from it without the deployment's secret.
pub(super) fn digest(secrets: &Secrets, user: &User, password: Option<&str>) -> String {
    let keys = envelope::for_purpose(secrets, PURPOSE);
    URL_SAFE_NO_PAD.encode(signature::hmac(keys.current().bytes(), &text(user, password)))
}

/// Whether a digest is that of the password that the user has now.
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
