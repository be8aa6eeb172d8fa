//! The start of a sign-in that waits for a second factor (spec sign-in-plugins §4.4): a stored value, a count of codes, and a
//! cookie that names both. There is no session yet.

use super::{
    names::{self, ATTEMPTS, PENDING},
    rows, trust,
    wire::ChallengeAnswer,
};
use crate::{
    context::{
        Context,
        places::{Answer, Entry, Way},
    },
    error::Error,
    links,
    reason::Reason,
    reply::Reply,
    rules::query,
    session_cookies,
};

/// Answers instead of a session.
pub(super) fn begin<'a>(cx: &'a mut Context, entry: &'a Entry<'a>) -> Answer<'a, Result<Reply, Error>> {
    Box::pin(async move {
        let auth = cx.auth.clone();
        let (config, secrets) = (&auth.config.features.two_factor, &auth.config.secrets);
        let digest = entry.password.map(|hash| names::digest(secrets, entry.user, Some(hash)));
        let name = PENDING.made(&mut cx.rng, digest.as_deref());
        let pending = links::secret(cx, "", &name, config.cookie_max_age, &entry.user.id);
        let attempts = links::secret(cx, ATTEMPTS, &name, config.cookie_max_age, names::NO_ATTEMPT);
        let has_app = rows::begin(&cx.db, &entry.user.id, &pending, &attempts).await?;
        let methods = [("totp", !config.totp.disabled && has_app), ("otp", auth.sends_codes())];
        let methods: Vec<_> = methods.into_iter().filter(|(_, on)| *on).map(|(method, _)| method).collect();
        let reply = answer(cx, entry, &methods)?;

        if matches!(entry.way, Way::Password | Way::Username | Way::PhoneNumber) {
            remember(cx, entry.remember);
        }
        trust::forget(cx);
        session_cookies::clear_but_wish(cx);
        cx.cookies.sign_as_configured(&names::waiting_cookie(&auth.config), &name, secrets.current());
        for place in cx.places.iter().filter_map(|feature| feature.waiting) {
            place(cx, entry).await?;
        }
        Ok(Reply { reason: Some(Reason::SecondFactorRequired), ..reply })
    })
}

/// Remembers, for the later session, whether the browser is to remember it.
fn remember(cx: &mut Context, remember: bool) {
    let auth = cx.auth.clone();
    let cookie = &auth.cookies.dont_remember;
    if !remember {
        cx.cookies.sign_as_configured(cookie, "true", auth.config.secrets.current());
    } else if cx.dont_remember() {
        cx.cookies.expire(cookie);
    }
}

/// Answers that a code is required: a script reads it, and a navigating browser is redirected to a page that asks for the code.
fn answer(cx: &Context, entry: &Entry<'_>, methods: &[&str]) -> Result<Reply, Error> {
    let Some(page) = entry.page else {
        return Reply::json(&ChallengeAnswer { two_factor_redirect: true, two_factor_methods: methods });
    };
    let methods = methods.join(",");
    let told = [("twoFactorRedirect", "true"), ("twoFactorMethods", methods.as_str())];
    let location = match cx.auth.config.features.two_factor.page.as_str() {
        "" => query::appended(page, &told),
        own => query::appended(own, &[&told[..], &[("callbackURL", page)]].concat()),
    };
    Reply::redirect_as_json(&location)
}
