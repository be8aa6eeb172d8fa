//! The cookies of a session: sets, extends, caches, re-signs and clears them (spec core §4.4 and §5).

use crate::{
    account_cookie,
    context::{Context, SET_AUTH_TOKEN},
    cookie::{Lifetime, SignedCookie},
    model::{Session, User},
    session_jwt,
};

/// Sets the cookies of a session that was just opened or extended (spec core §4.4).
pub async fn set(cx: &mut Context, session: &Session, user: &User, remember: bool) {
    let auth = cx.auth.clone();
    let forget_the_wish = remember && cx.dont_remember();
    extend(cx, session, remember);
    if !remember {
        cx.cookies.sign_as_configured(&auth.cookies.dont_remember, "true", auth.config.secrets.current());
    } else if forget_the_wish {
        cx.cookies.expire(&auth.cookies.dont_remember);
    }
    cache(cx, session, user, remember).await;
}

/// Sets the session cookie, with the lifetime of sessions.
pub fn extend(cx: &mut Context, session: &Session, remember: bool) {
    let seconds = cx.auth.config.session.expires_in;
    let lifetime = if remember { Lifetime::Seconds(seconds) } else { Lifetime::UntilClosed };
    sign_token(cx, session, lifetime);
}

/// Writes the cached session, if the deployment has one (spec core §5).
pub async fn cache(cx: &mut Context, session: &Session, user: &User, remember: bool) {
    let auth = cx.auth.clone();
    let Some(cache) = &auth.cache else { return };
    let text = if cache.is_signed_with_keys() {
        let claims = cache.claims(session, user, remember, &session_jwt::issuer(cx), cx.now);
        match cx.session_keys {
            Some(keys) => (keys.sign)(cx, &claims).await,
            None => None,
        }
    } else {
        Some(cache.write(session, user, remember, cx.now, &mut cx.rng))
    };
    // Without a signing key there is no cookie, and the next read asks the database.
    if let Some(text) = text {
        cx.cookies.set_pieces(&auth.cookies.session_data, &text, remember, &cx.jar);
    }
    account_cookie::renew(cx, &user.id);
}

/// Sets the cookies of a session again, for as long as the browser was asked to remember it (spec core §4.4).
pub async fn reissue(cx: &mut Context, session: &Session, user: &User) {
    let remember = !cx.dont_remember();
    set(cx, session, user, remember).await;
}

/// Sets the cookies of a session again where better-auth relies on the cached session: first withdraws the one that the look-up wrote.
pub async fn replace(cx: &mut Context, session: &Session, user: &User) {
    cx.cookies.take_back(&cx.auth.cookies.session_data);
    reissue(cx, session, user).await;
}

/// Re-signs a session's cookies with the current secret if an older one has signed them, with their remaining lifetime. When the
/// older secret is removed later, sessions that were used since stay valid.
pub fn renew_signatures(cx: &mut Context, session: &Session) {
    let auth = cx.auth.clone();
    let secrets = &auth.config.secrets;
    if secrets.all().nth(1).is_none() {
        return;
    }
    let is_outdated = |name: &str| matches!(cx.jar.signed(name, secrets), SignedCookie::Outdated(_));
    let (token, wish) = (&auth.cookies.session_token, &auth.cookies.dont_remember);
    let (renew_token, renew_wish) = (is_outdated(&token.name), is_outdated(&wish.name));
    if renew_token {
        let left = session.expires_at.duration_since(cx.now).as_secs();
        let left = u32::try_from(left).unwrap_or(0).min(auth.config.session.expires_in);
        let lifetime = if cx.dont_remember() { Lifetime::UntilClosed } else { Lifetime::Seconds(left) };
        sign_token(cx, session, lifetime);
    }
    if renew_wish {
        cx.cookies.sign_as_configured(wish, "true", secrets.current());
    }
}

fn sign_token(cx: &mut Context, session: &Session, lifetime: Lifetime) {
    let auth = &cx.auth;
    let secret = auth.config.secrets.current();
    let signed = cx.cookies.sign(&auth.cookies.session_token, &session.token, lifetime, secret);
    if let (true, Ok(value)) = (auth.config.bearer.enabled, http::HeaderValue::from_str(&signed)) {
        cx.answer_headers.insert(SET_AUTH_TOKEN, value);
    }
}

/// Ends the session in the browser, but keeps whether it is to remember the next session.
pub fn clear_but_wish(cx: &mut Context) {
    cx.answer_headers.remove(SET_AUTH_TOKEN);
    cx.cookies.clear_session_but_wish(&cx.auth.cookies, &cx.jar, &cx.auth.config.account);
}

/// Ends the session in the browser.
pub fn clear(cx: &mut Context) {
    cx.answer_headers.remove(SET_AUTH_TOKEN);
    cx.cookies.clear_session(&cx.auth.cookies, &cx.jar, &cx.auth.config.account);
}
