//! Checks whether the signing keys can be decrypted with the secrets that are set. The same secrets sign cookies: if a key cannot be
//! decrypted, all sessions from its time have ended.

use gatepost_core::{
    Auth,
    crypto::envelope,
    model::Jwk,
    rules,
    store::{StoreError, jwk},
};
use jiff::Timestamp;
use serde_json::Value;

use crate::{plural::counted, report::Finding};

pub(super) const CHECK: &str = "keys";

/// Decrypts every key that may still sign, and discards the result.
///
/// # Errors
/// If the database cannot be read.
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
        let fix = "set the earlier secret again (BETTER_AUTH_SECRETS accepts several: `cargo gatepost secret rotate`). With \
                   only the current one, the service refuses cookies that the earlier secret signed, and all users must sign \
                   in again";
        Finding::fail(CHECK, unusable.join("; "), fix)
    } else if older > 0 {
        let fix = "keep the older secret until `cargo gatepost secret status` counts nothing that needs it";
        let verb = if older == 1 { "is" } else { "are" };
        let told = format!("{older} of {} {verb} encrypted with an older secret", counted(count, "key"));
        Finding::warn(CHECK, told, fix)
    } else if count == 0 {
        Finding::ok(CHECK, "there is no key yet: the first token creates one")
    } else {
        Finding::ok(CHECK, format!("the current secret decrypts every key ({count})"))
    })
}

/// Returns whether the key was encrypted with an older secret. A key that is stored unencrypted needs no secret.
fn open(auth: &Auth, key: &Jwk) -> Result<bool, envelope::Error> {
    match serde_json::from_str(&key.private_key) {
        Ok(Value::String(sealed)) => {
            envelope::open(&auth.config.secrets, &sealed).map(|_| envelope::is_outdated(&auth.config.secrets, &sealed))
        }
        _ => Ok(false),
    }
}
