//! Trusted devices: a cookie names a stored value of its user. A device needs no second factor while both exist and the password is
//! unchanged. Each sign-in renames the device.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    names::{self, DEVICE, DISTRUSTED},
    rows,
};
use crate::{
    context::{Context, places::Entry},
    crypto::signature,
    error::Error,
    links,
    model::User,
    store::{self, secret::Secret, verification},
};

/// Returns the name of the request's device, if its cookie was made for this user.
fn named(cx: &Context, user_id: &str) -> Option<String> {
    let secrets = &cx.auth.config.secrets;
    let value = cx.jar.signed(&names::device_cookie(&cx.auth.config).name, secrets).genuine()?;
    let (mac, name) = value.split_once('!')?;
    DEVICE.digest(name)?;
    let mac = URL_SAFE_NO_PAD.decode(mac).ok()?;
    let text = format!("{user_id}!{name}");
    secrets.all().any(|secret| signature::verify_bytes(secret.bytes(), &text, &mac)).then(|| name.to_owned())
}

/// Whether the device of a sign-in is trusted. With a time of zero none is, regardless of those that were trusted before.
pub(super) async fn is_trusted(cx: &Context, entry: &Entry<'_>) -> Result<bool, Error> {
    let user = entry.user;
    if cx.auth.config.features.two_factor.trust_device_max_age == 0 {
        return Ok(false);
    }
    let Some(name) = named(cx, &user.id) else { return Ok(false) };
    let identifiers = links::identifiers(cx, "", &name);
    let found = verification::peek(&cx.db, &identifiers).await?;
    let Some(secret) = found.filter(|secret| secret.is_of(&user.id, cx.now)) else { return Ok(false) };
    if let Some(Some(digest)) = DEVICE.digest(&name) {
        let stored = match entry.password {
            Some(_) => None,
            None => store::account::password(&cx.db, &user.id).await?,
        };
        if !names::holds(&cx.auth.config.secrets, digest, user, entry.password.or(stored.as_deref())) {
            return Ok(false);
        }
    }
    Ok(!rows::is_overtaken(&cx.db, &user.id, &secret).await? && !is_distrusted(cx, user, &identifiers, &secret).await?)
}

/// Whether the devices of a user cannot be found by how their identifiers begin: those are hashed, or in the secondary storage. What ends
/// the trust in them is stored besides.
fn are_hidden(cx: &Context) -> bool {
    cx.auth.config.verification.hashed || cx.db.secondary.is_some()
}

/// Whether the user has ended the trust in a device, where devices cannot be found.
async fn is_distrusted(cx: &Context, user: &User, identifiers: &[String], device: &Secret) -> Result<bool, Error> {
    if !are_hidden(cx) {
        return Ok(false);
    }
    let since = verification::working(&cx.db, &links::identifiers(cx, DISTRUSTED, &user.id), cx.now).await?;
    Ok(since.is_some_and(|since| !identifiers.contains(&since.value) && device.made_at <= since.made_at))
}

/// Renames the device of a sign-in. Of two concurrent sign-ins one renames it, and the browser keeps that cookie.
pub(super) async fn renew(cx: &mut Context, user_id: &str) -> Result<(), Error> {
    let Some(name) = named(cx, user_id) else { return Ok(()) };
    let taken = verification::take(&cx.db, &links::identifiers(cx, "", &name)).await?;
    match taken.filter(|secret| secret.is_of(user_id, cx.now)) {
        // The digest stays that of the password with which the device was trusted.
        Some(_) => remember(cx, user_id, DEVICE.digest(&name).flatten()).await,
        None => Ok(()),
    }
}

/// Trusts the device of this request from now on, unless no device is trusted.
pub(super) async fn remember(cx: &mut Context, user_id: &str, digest: Option<&str>) -> Result<(), Error> {
    let auth = cx.auth.clone();
    let seconds = auth.config.features.two_factor.trust_device_max_age;
    if seconds == 0 {
        return Ok(());
    }
    let name = DEVICE.made(&mut cx.rng, digest);
    let secret = links::secret(cx, "", &name, seconds, user_id);
    verification::insert(&cx.db, &secret).await?;
    let current = auth.config.secrets.current();
    let mac = URL_SAFE_NO_PAD.encode(signature::hmac(current.bytes(), &format!("{user_id}!{name}")));
    cx.cookies.sign_as_configured(&names::device_cookie(&auth.config), &format!("{mac}!{name}"), current);
    Ok(())
}

/// Removes the cookie of this request's device, which was not trusted.
pub(super) fn forget(cx: &mut Context) {
    let auth = cx.auth.clone();
    let cookie = &names::device_cookie(&auth.config);
    if cx.jar.signed(&cookie.name, &auth.config.secrets).genuine().is_some() {
        cx.cookies.expire(cookie);
    }
}

/// Ends the trust in the device of this request.
pub(super) async fn end_own(cx: &mut Context, user_id: &str) -> Result<(), Error> {
    if let Some(name) = named(cx, user_id) {
        verification::take(&cx.db, &links::identifiers(cx, "", &name)).await?;
    }
    forget(cx);
    Ok(())
}

/// Ends the trust in all devices of a user except this one.
pub(super) async fn end(cx: &mut Context, user_id: &str) -> Result<(), Error> {
    let kept = named(cx, user_id).map(|name| links::identifiers(cx, "", &name)).unwrap_or_default();
    let seconds = cx.auth.config.features.two_factor.trust_device_max_age;
    if are_hidden(cx) && seconds > 0 {
        // For as long as a device is trusted. Its value is the device that stays.
        let stays = kept.first().map_or("none", String::as_str);
        let since = links::secret(cx, DISTRUSTED, user_id, seconds, stays);
        verification::take(&cx.db, &links::identifiers(cx, DISTRUSTED, user_id)).await?;
        verification::insert(&cx.db, &since).await?;
    }
    Ok(rows::distrust(&cx.db, user_id, &kept, DEVICE.prefix).await?)
}
