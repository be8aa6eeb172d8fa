//! The binding of a mailed link or code: the user's address, whether it is confirmed, and the password, when the link is made. A
//! link works only while all of these are unchanged. So a link stops working after another person's sign-up, a reset or a change,
//! or after a person has proven that the address is theirs.
//!
//! Every link and code that acts for a user is bound here, in one of these ways:
//!
//! - A signed link carries [`state`] as a claim, and [`holds`] compares it. The statement that acts compares the password once more
//!   (`store::mailed`).
//! - A stored verification token has the user's identifier as its value, and the statement that changes the address or the password
//!   removes it. If the token is in the secondary storage, or another server made the change, the statement that redeems it
//!   compares the time when it was made with the time when the password was changed (`store::mailed::OVERTAKEN`).
//! - A link or code that signs in has the address instead, which may have no user yet. It acts for the user who has the address
//!   when it is redeemed, if the password was not changed since it was made. An unconfirmed user keeps no way to sign in.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;

use crate::{
    crypto::{envelope, secret::Secrets, signature},
    model::User,
};

/// The purpose that separates the keys of these digests from those of other uses.
const PURPOSE: &str = "mailed-link-state";

/// The password that a user signs in with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Credential {
    /// The stored hash of the password, if there is one.
    pub password: Option<String>,
    /// The time when the password was last changed, if there is one.
    pub changed_at: Option<Timestamp>,
}

impl Credential {
    /// Whether the password was changed since something was mailed.
    pub fn is_newer_than(&self, made_at: Option<Timestamp>) -> bool {
        self.changed_at.zip(made_at).is_some_and(|(changed_at, made_at)| changed_at > made_at)
    }
}

/// Returns a digest of `user`'s address, whether it is confirmed, and the password, for a signed link. Without the deployment's
/// secret it does not help to guess the password's hash.
pub fn state(secrets: &Secrets, user: &User, password: Option<&str>) -> String {
    let keys = envelope::for_purpose(secrets, PURPOSE);
    URL_SAFE_NO_PAD.encode(signature::hmac(keys.current().bytes(), &text(user, password)))
}

/// Whether `user` still has what a link is bound to. Links of better-auth carry no digest: they work while the password is older
/// than the link, compared in whole seconds since 1970.
pub fn holds(
    secrets: &Secrets,
    claimed: Option<&str>,
    made_at: Option<i64>,
    user: &User,
    credential: &Credential,
) -> bool {
    let Some(claimed) = claimed else {
        let changed_at = credential.changed_at.map(Timestamp::as_second);
        return changed_at.zip(made_at).is_none_or(|(changed_at, made_at)| changed_at <= made_at);
    };
    let Ok(claimed) = URL_SAFE_NO_PAD.decode(claimed) else { return false };
    let (keys, text) = (envelope::for_purpose(secrets, PURPOSE), text(user, credential.password.as_deref()));
    keys.all().any(|key| signature::verify_bytes(key.bytes(), &text, &claimed))
}

fn text(user: &User, password: Option<&str>) -> String {
    // JSON separates the parts unambiguously.
    match user.is_verified() {
        false => serde_json::json!([user.id, user.email, password]),
        true => serde_json::json!([user.id, user.email, password, true]),
    }
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{crypto::secret::Secret, model::Additional};

    fn user(id: &str, email: &str) -> User {
        let (created_at, updated_at) = (None, None);
        let (name, email, id) = (None, email.to_owned(), id.to_owned());
        let additional = Additional::default();
        User { name, email, email_verified: Some(false), image: None, created_at, updated_at, additional, id }
    }

    fn credential(password: Option<&str>, second: i64) -> Credential {
        let changed_at = password.map(|_| Timestamp::from_second(second).unwrap());
        Credential { password: password.map(str::to_owned), changed_at }
    }

    #[test]
    fn a_link_holds_for_its_user_address_and_password_only() {
        let secrets = Secrets::single(Secret::new("better-auth-test-secret-0123456789abcdef"));
        let ada = user("1", "ada@example.com");
        for password in [None, Some("hash")] {
            let state = state(&secrets, &ada, password);
            let holds = |user: &User, password: Option<&str>| {
                holds(&secrets, Some(&state), Some(0), user, &credential(password, 9))
            };
            assert!(holds(&ada, password));
            assert!(!holds(&ada, Some("another hash")));
            assert!(!holds(&user("2", "ada@example.com"), password));
            assert!(!holds(&user("1", "new@example.com"), password));
            assert!(!holds(&User { email_verified: Some(true), ..user("1", "ada@example.com") }, password));
        }
        assert!(!holds(&secrets, Some("no digest"), Some(0), &ada, &credential(None, 0)));
    }

    #[test]
    fn a_link_without_a_digest_holds_while_the_password_is_older() {
        let secrets = Secrets::single(Secret::new("better-auth-test-secret-0123456789abcdef"));
        let ada = user("1", "ada@example.com");
        let holds = |made_at, second| holds(&secrets, None, made_at, &ada, &credential(Some("hash"), second));
        assert!(holds(Some(10), 9) && holds(Some(10), 10) && !holds(Some(10), 11));
        assert!(holds(None, 11), "a link without a time");
    }
}
