//! Setting up a second factor, and removing it (spec sign-in-plugins §4.3). All of it requires the password, if the user has one.

use super::{
    code_list,
    names::ENROLLING,
    password::prove,
    pending::{key_in, swap},
    rows::{self, EnrolledUser, Enrolment},
    totp, trust,
    wire::{Enable, EnableAnswer, Password, Uri},
    words,
};
use crate::{
    code,
    context::Context,
    crypto::envelope,
    error::Error,
    links,
    model::User,
    reason::Reason,
    reply::Reply,
    signed_in::{self, SignedIn},
    store::{RequestProof, verification},
    wire::SuccessAnswer,
};

fn gone() -> Error {
    Error::bad(code::USER_NOT_FOUND, Reason::UserGone)
}

async fn enrolled(cx: &Context, user: &User) -> Result<EnrolledUser, Error> {
    rows::enrolled(&cx.db, &user.id).await?.ok_or_else(gone)
}

/// `POST /two-factor/enable`: begins to set up a second factor.
pub(super) async fn enable(cx: &mut Context, body: Enable<true>, own: SignedIn) -> Result<Reply, Error> {
    own.in_person()?;
    let auth = cx.auth.clone();
    let (config, secrets) = (&auth.config.features.two_factor, &auth.config.secrets);
    let found = enrolled(cx, &own.user).await?;
    prove(cx, body.password.as_deref(), found.password.as_deref(), config.allow_passwordless).await?;
    let ground = RequestProof { session: &own.session.token, password: found.password.as_deref() };
    if body.by_mail {
        if !auth.sends_codes() {
            return Err(Error::bad(words::OTP_NOT_CONFIGURED, Reason::FeatureDisabled));
        }
        return by_mail(cx, &own, &ground).await;
    }
    if config.totp.disabled {
        return Err(Error::bad(words::TOTP_NOT_CONFIGURED, Reason::FeatureDisabled));
    }
    let codes = code_list::made(&config.backup_codes, &mut cx.rng);
    let key = cx.rng.token(32);
    let new = Enrolment {
        id: &cx.rng.id(),
        user_id: &own.user.id,
        secret: &envelope::seal(secrets, &key, &mut cx.rng),
        backup_codes: &code_list::encoded(&codes, &config.backup_codes, secrets, &mut cx.rng),
        verified: config.skip_verification_on_enable,
    };
    if !rows::enrol(&cx.db, &new, &ground).await? {
        let is_there = Error::bad(words::TOTP_ALREADY_ENABLED, Reason::SecondFactorThere);
        return Err(signed_in::overtaken(cx, &own.user.id, &ground, is_there).await);
    }
    if config.skip_verification_on_enable
        && let Some(reply) = count(cx, &own, &ground).await?
    {
        return Ok(reply);
    }
    if !config.skip_verification_on_enable && auth.sends_codes() {
        // A mailed code may complete what begins here, in this session and for as long as a sign-in waits for a code.
        let key = key_in(&own.user, &own.session);
        let begun = links::secret(cx, ENROLLING, &key, config.cookie_max_age, &own.user.id);
        verification::insert(&cx.db, &begun).await?;
    }
    let issuer = body.issuer.as_deref().unwrap_or_default();
    let names = [issuer, &config.issuer, &auth.config.app_name];
    let issuer = names.into_iter().find(|name| !name.is_empty()).unwrap_or_default();
    let uri = totp::uri(key.as_bytes(), issuer, &own.user.email, config);
    Reply::json(&EnableAnswer { method: "totp", totp_uri: Some(&uri), backup_codes: Some(&codes) })
}

async fn by_mail(cx: &mut Context, own: &SignedIn, ground: &RequestProof<'_>) -> Result<Reply, Error> {
    match count(cx, own, ground).await? {
        Some(reply) => Ok(reply),
        None => Reply::json(&EnableAnswer { method: "otp", totp_uri: None, backup_codes: None }),
    }
}

/// Enables the second factor, and gives the session another token. A feature may answer instead.
async fn count(cx: &mut Context, own: &SignedIn, ground: &RequestProof<'_>) -> Result<Option<Reply>, Error> {
    let Some(user) = rows::enable(&cx.db, &own.user.id, None, ground, cx.now).await? else {
        return Err(signed_in::overtaken(cx, &own.user.id, ground, gone()).await);
    };
    Ok(swap(cx, &own.session, &user).await?.err())
}

/// `POST /two-factor/get-totp-uri`: returns the URI with the key of the authenticator app.
pub(super) async fn totp_uri(cx: &mut Context, body: Password<true>, own: SignedIn) -> Result<Reply, Error> {
    own.in_person()?;
    let auth = cx.auth.clone();
    let config = &auth.config.features.two_factor;
    if config.totp.disabled {
        return Err(totp::not_configured());
    }
    let found = enrolled(cx, &own.user).await?;
    let factor = found.factor.ok_or_else(|| Error::bad(words::TOTP_NOT_ENABLED, Reason::NoSecondFactor))?;
    let key = totp::key(&auth.config.secrets, &factor.secret)?;
    prove(cx, body.password.as_deref(), found.password.as_deref(), config.shows_keys_freely()).await?;
    let issuer = if config.totp.issuer.is_empty() { &auth.config.app_name } else { &config.totp.issuer };
    Reply::json(&Uri { totp_uri: &totp::uri(&key, issuer, &own.user.email, config) })
}

/// `POST /two-factor/disable`: removes the second factor. Afterwards no device is trusted, and no sign-in waits.
pub(super) async fn disable(cx: &mut Context, body: Password<true>, own: SignedIn) -> Result<Reply, Error> {
    own.in_person()?;
    let free = cx.auth.config.features.two_factor.allow_passwordless;
    let found = enrolled(cx, &own.user).await?;
    prove(cx, body.password.as_deref(), found.password.as_deref(), free).await?;
    let ground = RequestProof { session: &own.session.token, password: found.password.as_deref() };
    let Some(user) = rows::disable(&cx.db, &own.user.id, Some(&ground), cx.now).await? else {
        return Err(signed_in::overtaken(cx, &own.user.id, &ground, gone()).await);
    };
    if let Err(reply) = swap(cx, &own.session, &user).await? {
        return Ok(reply);
    }
    trust::end_own(cx, &own.user.id).await?;
    Reply::json(&SuccessAnswer { status: true })
}
