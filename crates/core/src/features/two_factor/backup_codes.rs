//! Backup codes: a list of codes, each of which works once.

use subtle::ConstantTimeEq as _;

use super::{
    code_list::{decoded, encoded, made},
    password::prove,
    pending::{self, PendingProof, PendingUser},
    rows::{
        self,
        codes::{self, CodeEffects},
    },
    rules,
    wire::{BackupCode, NewCodes, Password},
    words,
};
use crate::{
    context::Context,
    error::Error,
    reason::Reason,
    reply::Reply,
    signed_in::{self, SignedIn},
    store::RequestProof,
};

/// `POST /two-factor/generate-backup-codes`: replaces the backup codes.
pub(super) async fn generate(cx: &mut Context, body: Password<true>, own: SignedIn) -> Result<Reply, Error> {
    own.in_person()?;
    let auth = cx.auth.clone();
    let config = &auth.config.features.two_factor.backup_codes;
    let none = || Error::bad(words::TWO_FACTOR_NOT_ENABLED, Reason::NoSecondFactor);
    if !rules::is_enabled(&own.user) {
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
    let ground = RequestProof { session: &own.session.token, password: found.password.as_deref() };
    if !rows::replace_codes(&cx.db, &own.user.id, &factor.id, &stored, &ground).await? {
        return Err(signed_in::overtaken(cx, &own.user.id, &ground, none()).await);
    }
    Reply::json(&NewCodes { status: true, backup_codes: &codes })
}

/// `POST /two-factor/verify-backup-code`: accepts a backup code.
pub(super) async fn verify(cx: &mut Context, body: BackupCode) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let (config, secrets) = (&auth.config.features.two_factor.backup_codes, &auth.config.secrets);
    let pending = PendingUser::of(cx).await?;
    let none = || Error::bad(words::BACKUP_CODES_NOT_ENABLED, Reason::NoSecondFactor);
    let factor = pending.factor.as_ref().ok_or_else(none)?;
    let codes = decoded(&factor.backup_codes, secrets)?.unwrap_or_default();
    let is_it = |code: &String| bool::from(code.as_bytes().ct_eq(body.code.as_bytes()));
    let (used, left): (Vec<_>, Vec<_>) = codes.into_iter().partition(is_it);
    pending.attempt(cx, !used.is_empty()).await?;
    if used.is_empty() {
        return Err(pending::wrong(words::INVALID_BACKUP_CODE, Reason::WrongCode));
    }
    let stored = encoded(&left, config, secrets, &mut cx.rng);
    if !rows::use_code(&cx.db, &factor.id, &factor.backup_codes, &stored).await? {
        let message = "Failed to verify backup code. Please try again.";
        return Err(Error::Conflict { message, reason: Reason::BackupCodeRace });
    }
    let attempts = pending.attempts(cx);
    if !body.disable_session {
        return pending.complete(cx, &attempts, None, body.trust_device).await;
    }
    match &pending.standing {
        PendingProof::SignedIn(session) => pending::answer(Some(&session.token), &pending.user),
        PendingProof::Waiting(_) => {
            let settled =
                CodeEffects { user_id: &pending.user.id, challenge: None, over: &attempts, factor: None, now: cx.now };
            codes::settle(&cx.db, &settled).await?;
            pending::answer(None, &pending.user)
        }
    }
}
