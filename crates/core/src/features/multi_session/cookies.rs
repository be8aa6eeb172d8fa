//! The cookies of a browser's sessions: `<session cookie>_multi-<token in lower case>` with the value of the session cookie (spec
//! sign-in-plugins §0.6).

use std::collections::BTreeSet;

use crate::{
    context::Context,
    cookie::{Cookie, SignedCookie},
};

/// The cookie of a session in the request. A secret that is in use has signed it.
pub(super) struct HeldCookie {
    /// The name of the cookie.
    pub(super) name: String,
    /// The token of the session.
    pub(super) token: String,
    is_outdated: bool,
}

/// Returns the part of the names that all these cookies share.
fn prefix(cx: &Context) -> String {
    format!("{}_multi-", cx.auth.cookies.session_token.name)
}

/// Returns the name of the cookie of a session.
pub(super) fn name(cx: &Context, token: &str) -> String {
    prefix(cx) + &token.to_lowercase()
}

/// Returns the names of such cookies in the request, genuine or not, each once and in the order of the request.
pub(super) fn names(cx: &Context) -> Vec<String> {
    let (prefix, mut known) = (prefix(cx), BTreeSet::new());
    let names = cx.jar.names().filter(|name| name.starts_with(&prefix) && known.insert(*name));
    names.map(str::to_owned).collect()
}

/// Reads the cookie of this name. Its value must be the token that the name has: a page of another subdomain that may set cookies
/// cannot exchange two sessions.
pub(super) fn held(cx: &Context, name: String) -> Option<HeldCookie> {
    let (token, is_outdated) = match cx.jar.signed(&name, &cx.auth.config.secrets) {
        SignedCookie::Genuine(token) => (token, false),
        SignedCookie::Outdated(token) => (token, true),
        SignedCookie::Absent | SignedCookie::Forged => return None,
    };
    (self::name(cx, &token) == name).then_some(HeldCookie { name, token, is_outdated })
}

/// Reads all genuine cookies, in the order of the request.
pub(super) fn all(cx: &Context) -> Vec<HeldCookie> {
    names(cx).into_iter().filter_map(|name| held(cx, name)).collect()
}

/// Sets the cookie of a session, with the lifetime of sessions.
pub(super) fn set(cx: &mut Context, token: &str) {
    let cookie = cookie(cx, name(cx, token));
    cx.cookies.sign_as_configured(&cookie, token, cx.auth.config.secrets.current());
}

/// Signs a cookie again with the current secret if an older one has signed it, so that the session stays when that secret goes.
pub(super) fn renew(cx: &mut Context, held: &HeldCookie) {
    if held.is_outdated {
        set(cx, &held.token);
    }
}

/// Expires a cookie.
pub(super) fn expire(cx: &mut Context, name: String) {
    let cookie = cookie(cx, name);
    cx.cookies.expire(&cookie);
}

fn cookie(cx: &Context, name: String) -> Cookie {
    cx.auth.cookies.session_token.named(name, cx.auth.config.session.expires_in)
}
