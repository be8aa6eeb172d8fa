//! The settings of password hashes of other systems, one of which is a secret and comes from a variable.

use super::{EmailAndPassword, Problems, Variables};
use crate::crypto::{
    hashes::{
        is_key,
        scheme::{SchemeName, Settings},
    },
    secret::Secret,
};

/// The variable with Firebase's signer key.
const FIREBASE_SIGNER_KEY: &str = "FIREBASE_SIGNER_KEY";

/// Returns the settings. A missing or damaged signer key is a problem where Firebase's hashes are accepted.
pub(super) fn settings(read: &EmailAndPassword, variables: &Variables, problems: &mut Problems) -> Settings {
    let is_needed = read.accept_hashes.contains(&SchemeName::FirebaseScrypt);
    let found = variables.get(FIREBASE_SIGNER_KEY).filter(|_| is_needed);
    let fix = "copy `base64_signer_key` from the password hash parameters of the Firebase project";
    match found {
        Some(text) if !is_key(text) => {
            problems.add(FIREBASE_SIGNER_KEY, format!("it is not a signer key in base64; {fix}"));
        }
        None if is_needed && !variables.is_withheld(FIREBASE_SIGNER_KEY) => {
            let text = "it is missing, and \"firebase-scrypt\" in `email_and_password.accept_hashes` needs it";
            problems.add(FIREBASE_SIGNER_KEY, format!("{text}; {fix}"));
        }
        _ => {}
    }
    Settings { scrypt: read.scrypt_parameters, firebase_key: found.map(Secret::new) }
}
