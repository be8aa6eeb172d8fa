//! Backup codes: a list of codes, each of which is used once.

use subtle::ConstantTimeEq as _;

use super::{
    declaration::BackupCodeOptions,
    enrolment::prove,
    pending::{self, Pending, Standing},
    rows::{
        self,
        codes::{self, Settled},
    },
    wire::{BackupCode, NewCodes, Password},
};
use crate::{
    code,
    context::Context,
    crypto::{envelope, random::Rng, secret::Secrets},
    error::Error,
    json,
    reason::Reason,
    reply::Reply,
    signed_in::SignedIn,
};

/// New codes, with a hyphen after the fifth character.
pub(super) fn made(config: &BackupCodeOptions, rng: &mut Rng) -> Vec<String> {
    let code = |_| {
        let mut code = rng.backup_code(config.length as usize);
        code.insert(5.min(code.len()), '-');
        code
    };
    (0..config.amount).map(code).collect()
}

/// Codes as they are stored.
pub(super) fn encoded(codes: &[String], config: &BackupCodeOptions, secrets: &Secrets, rng: &mut Rng) -> String {
    let text = json::to_string(&codes);
    if config.encrypted { envelope::seal(secrets, &text, rng) } else { text }
}

/// The codes in a row, whichever way it stores them; none where they make no sense.
fn decoded(stored: &str, secrets: &Secrets) -> Result<Option<Vec<String>>, Error> {
    if stored.starts_with('[') {
        return Ok(serde_json::from_str(stored).ok());
    }
    let text =
        envelope::open(secrets, stored).map_err(|error| Error::internal(Reason::UnreadableSecondFactor, error))?;
    Ok(serde_json::from_str(&text).ok())
}

/// `POST /two-factor/generate-backup-codes`.
pub(super) async fn generate(cx: &mut Context, body: Password<true>, own: SignedIn) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let config = &auth.config.features.two_factor.backup_codes;
    let none = || Error::bad(code::TWO_FACTOR_NOT_ENABLED, Reason::NoSecondFactor);
    if !super::is_enabled(&own.user) {
        return Err(none());
    }
    let found = rows::enrolled(&cx.db, &own.user.id).await?.ok_or_else(none)?;
    prove(
        cx,
        body.password.as_deref(),
        found.password.as_deref(),
        auth.config.features.two_factor.makes_codes_freely(),
    )
    .await?;
    let factor = found.factor.ok_or_else(none)?;
    let codes = made(config, &mut cx.rng);
    let stored = encoded(&codes, config, &auth.config.secrets, &mut cx.rng);
    if !rows::replace_codes(&cx.db, &factor.id, None, &stored).await? {
        return Err(none());
    }
    Reply::json(&NewCodes { status: true, backup_codes: &codes })
}

/// `POST /two-factor/verify-backup-code`.
pub(super) async fn verify(cx: &mut Context, body: BackupCode) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let (config, secrets) = (&auth.config.features.two_factor.backup_codes, &auth.config.secrets);
    let pending = Pending::of(cx).await?;
    let none = || Error::bad(code::BACKUP_CODES_NOT_ENABLED, Reason::NoSecondFactor);
    let factor = pending.factor.as_ref().ok_or_else(none)?;
    let codes = decoded(&factor.backup_codes, secrets)?.unwrap_or_default();
    pending.attempt(cx).await?;
    let is_it = |code: &String| bool::from(code.as_bytes().ct_eq(body.code.as_bytes()));
    let (used, left): (Vec<_>, Vec<_>) = codes.into_iter().partition(is_it);
    if used.is_empty() {
        return Err(pending::wrong(code::INVALID_BACKUP_CODE, Reason::WrongCode));
    }
    let stored = encoded(&left, config, secrets, &mut cx.rng);
    if !rows::replace_codes(&cx.db, &factor.id, Some(&factor.backup_codes), &stored).await? {
        let message = "Failed to verify backup code. Please try again.";
        return Err(Error::Conflict { message, reason: Reason::BackupCodeRace });
    }
    let attempts = pending.attempts(cx);
    if !body.disable_session {
        return pending.complete(cx, &attempts, None, body.trust_device).await;
    }
    match &pending.standing {
        Standing::SignedIn(session) => pending::answer(Some(&session.token), &pending.user),
        Standing::Waiting(_) => {
            let settled =
                Settled { user_id: &pending.user.id, challenge: None, over: &attempts, factor: None, now: cx.now };
            codes::settle(&cx.db, &settled).await?;
            pending::answer(None, &pending.user)
        }
    }
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
