//! Lists of backup codes: creates them, and converts them to and from their stored form.

use super::declaration::BackupCodeOptions;
use crate::{
    crypto::{envelope, random::Rng, secret::Secrets},
    error::Error,
    json,
    reason::Reason,
};

/// Creates codes, with a hyphen after the fifth character.
pub(super) fn made(config: &BackupCodeOptions, rng: &mut Rng) -> Vec<String> {
    let code = |_| {
        let mut code = rng.backup_code(config.length as usize);
        code.insert(5.min(code.len()), '-');
        code
    };
    (0..config.amount).map(code).collect()
}

/// Returns codes in their stored form.
pub(super) fn encoded(codes: &[String], config: &BackupCodeOptions, secrets: &Secrets, rng: &mut Rng) -> String {
    let text = json::to_string(&codes);
    if config.encrypted { envelope::seal(secrets, &text, rng) } else { text }
}

/// Reads the codes in a row, in either stored form; `None` if they are malformed.
pub(super) fn decoded(stored: &str, secrets: &Secrets) -> Result<Option<Vec<String>>, Error> {
    if stored.starts_with('[') {
        return Ok(serde_json::from_str(stored).ok());
    }
    let text =
        envelope::open(secrets, stored).map_err(|error| Error::internal(Reason::UnreadableSecondFactor, error))?;
    Ok(serde_json::from_str(&text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::secret::Secret;

    const CONFIG: BackupCodeOptions =
        BackupCodeOptions { amount: 3, length: 10, encrypted: true, allow_passwordless: None };

    #[test]
    fn codes_that_better_auth_stored_are_read_and_ours_are_of_its_form() {
        let vectors = include_str!("../../../../../tests/vectors/sign-in-plugins.json");
        let vectors: serde_json::Value = serde_json::from_str(vectors).unwrap();
        let secrets = Secrets::single(Secret::new(vectors["secret"].as_str().unwrap()));
        let row = &vectors["two_factor_row"];
        let expected = ["vK9tZ-3HN9w".to_owned(), "PKikA-DviFb".to_owned()];
        for stored in [&row["backupCodes_encrypted"]["ciphertext_hex"], &row["backupCodes_plain"]] {
            assert_eq!(decoded(stored.as_str().unwrap(), &secrets).unwrap().unwrap(), expected);
        }
        let mut rng = Rng::from_seed([7; 32]);
        let plain = BackupCodeOptions { encrypted: false, ..CONFIG };
        assert_eq!(encoded(&expected, &plain, &secrets, &mut rng), row["backupCodes_plain"].as_str().unwrap());
        let sealed = encoded(&expected, &CONFIG, &secrets, &mut rng);
        assert_eq!(decoded(&sealed, &secrets).unwrap().unwrap(), expected);
        let codes = made(&CONFIG, &mut rng);
        assert!(
            codes.len() == 3 && codes.iter().all(|code| code.len() == 11 && code.as_bytes()[5] == b'-'),
            "{codes:?}"
        );
    }
}
