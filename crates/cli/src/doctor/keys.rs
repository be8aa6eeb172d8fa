//! Whether the keys that sign tokens can be used with the secrets that are set. What they were encrypted with is what cookies
//! were signed with: a secret that does not fit here has signed everybody out.

use gatepost_core::{
    Auth,
    crypto::envelope,
    model::Jwk,
    rules,
    store::{StoreError, jwk},
};
use jiff::Timestamp;
use serde_json::Value;

use crate::report::Finding;

const CHECK: &str = "keys";

/// Decrypts every key that may still sign, and keeps nothing of it.
///
/// # Errors
/// Where the database cannot be read.
pub(super) async fn check(auth: &Auth, now: Timestamp) -> Result<Finding, StoreError> {
    let keys = jwk::all(&auth.db()).await?;
    let live = rules::keys::candidates(&keys, &auth.config.jwks, now);
    let (mut older, mut unusable) = (0, Vec::new());
    for key in &live {
        match open(auth, key) {
            Ok(outdated) => older += usize::from(outdated),
            Err(error) => unusable.push(format!("key {}: {error}", key.id)),
        }
    }
    let count = live.len();
    Ok(if !unusable.is_empty() {
        let fix = "set the secret that was used before (BETTER_AUTH_SECRETS honours several: `cargo gatepost secret rotate`). With this \
                   one, cookies that were signed with it are refused, and every user has to sign in again";
        Finding::fail(CHECK, unusable.join("; "), fix)
    } else if older > 0 {
        let fix = "keep the older secret until `cargo gatepost secret status` counts nothing that needs it";
        Finding::warn(
            CHECK,
            format!("{older} of {count} keys are encrypted with an older secret of those that are set"),
            fix,
        )
    } else if count == 0 {
        Finding::ok(CHECK, "there is no key yet: the first token creates one")
    } else {
        Finding::ok(CHECK, format!("the secret decrypts each of {count}"))
    })
}

/// Whether it was encrypted with an older secret. What is stored as it is needs none.
fn open(auth: &Auth, key: &Jwk) -> Result<bool, envelope::Error> {
    match serde_json::from_str(&key.private_key) {
        Ok(Value::String(sealed)) => {
            envelope::open(&auth.config.secrets, &sealed).map(|_| envelope::is_outdated(&auth.config.secrets, &sealed))
        }
        _ => Ok(false),
    }
}
