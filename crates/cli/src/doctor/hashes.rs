//! Checks whether the service can verify the stored password hashes, and proposes the line for those that it cannot.

use gatepost_core::{
    Auth,
    crypto::hashes::scheme::SchemeName,
    store::{
        StoreError,
        credential::{self, OWN, UNKNOWN},
    },
};

use crate::report::Finding;

const CHECK: &str = "passwords";

/// Counts the hashes by scheme, in one statement. Returns `None` if there is nothing to say: all are better-auth's, and no other
/// scheme is accepted; or the columns cannot hold what the statement looks for, which another check reports.
///
/// # Errors
/// If the database cannot be read.
pub(super) async fn check(auth: &Auth) -> Result<Option<Finding>, StoreError> {
    let counted = match credential::count(&auth.db()).await {
        Err(StoreError::Refused(_)) => return Ok(None),
        counted => counted?,
    };
    let accepted = &auth.config.email_and_password.accept_hashes;
    let is_stored = |name: &SchemeName| counted.iter().any(|(stored, _)| stored == name.text());
    if accepted.is_empty() && counted.iter().all(|(name, _)| name == OWN) {
        return Ok(None);
    }
    let told: Vec<_> = counted.iter().map(|(name, count)| format!("{count} {name}")).collect();
    let told = if told.is_empty() { "none".to_owned() } else { told.join(", ") };
    let evidence = format!("stored password hashes: {told}");
    let refused = SchemeName::ALL.iter().any(|name| is_stored(name) && !accepted.contains(name));
    // `<salt>:<key>` of another key length is scrypt's if its parameters are configured.
    let has_unknown = counted.iter().any(|(name, _)| name == UNKNOWN) && auth.config.hashes.scrypt.is_none();
    let unneeded: Vec<_> = accepted.iter().filter(|name| !is_stored(name) && **name != SchemeName::Scrypt).collect();
    Ok(Some(if refused {
        let all = SchemeName::ALL.iter().filter(|name| is_stored(name) || accepted.contains(name));
        let all: Vec<_> = all.map(|name| format!("{:?}", name.text())).collect();
        let fix = format!(
            "write this into `[email_and_password]` of gatepost.toml and deploy, so that the users can sign in:\naccept_hashes = \
             [{}]",
            all.join(", ")
        );
        Finding::fail(CHECK, evidence, fix)
    } else if has_unknown {
        let fix = "texts of an unknown form match no password; let these users set a new one with the mailed link, or configure \
                   `scrypt_parameters` if the texts are `<salt>:<key>`";
        Finding::warn(CHECK, evidence, fix)
    } else if let [unneeded, ..] = unneeded.as_slice() {
        let fix = format!(
            "remove {:?} from `accept_hashes`: no hash has this scheme, and it slows every sign-in",
            unneeded.text()
        );
        Finding::warn(CHECK, evidence, fix)
    } else {
        Finding::ok(CHECK, evidence)
    }))
}
