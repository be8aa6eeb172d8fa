//! Where a request may come from: the checks of `Origin`, of login forms and of the URLs to redirect to (spec core §8).
//! Everything that could act for somebody is refused unless it proves its origin.

use http::{Method, StatusCode};
use serde_json::Value;

use crate::{
    code,
    context::Context,
    endpoint::Guard,
    error::{Error, Reason},
    rules::{fields::is_truthy, origin::Relative},
    wire::Raw,
};

/// Stage 7, for every method that may change something: the origin of requests with cookies, then the four URLs.
pub(crate) fn check_origin(cx: &Context, raw: &Raw) -> Result<(), Error> {
    if matches!(cx.method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    if cx.jar.is_present() && cx.auth.config.advanced.checks.origin {
        check_candidate(cx)?;
    }
    if cx.auth.config.advanced.checks.redirects {
        check_redirects(cx, raw)?;
    }
    Ok(())
}

/// Stage 10.
pub(crate) fn pass(cx: &Context, guard: Guard, raw: &Raw) -> Result<(), Error> {
    match guard {
        Guard::Open => Ok(()),
        Guard::LoginCsrf => check_login(cx),
        Guard::Link => check_link(cx, raw),
        // Those who ask for a session get it from `signed_in`; an endpoint that forgot to is closed to everybody.
        Guard::Session | Guard::StoredSession | Guard::FreshSession => {
            Err(Error::api(StatusCode::UNAUTHORIZED, code::UNAUTHORIZED, Reason::NoSessionCookie))
        }
    }
}

/// A link from a mail is a GET, which stage 7 lets through; but it redirects.
fn check_link(cx: &Context, raw: &Raw) -> Result<(), Error> {
    let url = raw.first("callbackURL").filter(|url| !url.is_empty());
    match url.filter(|_| cx.auth.config.advanced.checks.redirects) {
        Some(url) if !cx.trusts(url, Relative::Allowed) => {
            Err(Error::api(StatusCode::FORBIDDEN, code::INVALID_CALLBACK_URL, Reason::UntrustedRedirect))
        }
        _ => Ok(()),
    }
}

/// Without cookies a browser could still be made to sign in as somebody else (spec core §8.2).
fn check_login(cx: &Context) -> Result<(), Error> {
    if cx.jar.is_present() {
        return Ok(());
    }
    let header = |name| cx.header(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let (site, mode, dest) = (header("sec-fetch-site"), header("sec-fetch-mode"), header("sec-fetch-dest"));
    let checks = cx.auth.config.advanced.checks;
    let from_browser = site.is_some() || mode.is_some() || dest.is_some();
    if from_browser && checks.navigation && site.as_deref() == Some("cross-site") && mode.as_deref() == Some("navigate")
    {
        return Err(Error::api(
            StatusCode::FORBIDDEN,
            code::CROSS_SITE_NAVIGATION_LOGIN_BLOCKED,
            Reason::CrossSiteNavigation,
        ));
    }
    if checks.origin && (from_browser || candidate(cx).is_some()) { check_candidate(cx) } else { Ok(()) }
}

/// Where the request says that it comes from.
fn candidate(cx: &Context) -> Option<String> {
    let header = |name| cx.header(name).filter(|text| !text.is_empty());
    header("origin").or_else(|| header("referer"))
}

fn check_candidate(cx: &Context) -> Result<(), Error> {
    let mut found = candidate(cx).unwrap_or_default();
    // A sandboxed page of the origin it was sent to says `null`; the browser vouches for it.
    if found == "null" && cx.header("sec-fetch-site").as_deref() == Some("same-origin") {
        found = cx.request_origin().unwrap_or_default();
    }
    if found.is_empty() || found == "null" {
        return Err(Error::api(StatusCode::FORBIDDEN, code::MISSING_OR_NULL_ORIGIN, Reason::MissingOrigin));
    }
    if cx.trusts(&found, Relative::Refused) {
        Ok(())
    } else {
        Err(Error::api(StatusCode::FORBIDDEN, code::INVALID_ORIGIN, Reason::UntrustedOrigin))
    }
}

/// The URLs that a body or a query may carry, checked on every endpoint, whether it uses them or not (spec core §8.3).
fn check_redirects(cx: &Context, raw: &Raw) -> Result<(), Error> {
    let in_body = |key| raw.body.as_ref().and_then(|body| body.get(key)).filter(|value| is_truthy(value)).cloned();
    let callback = in_body("callbackURL").or_else(|| raw.first("callbackURL").map(|first| in_query(raw, first)));
    let urls = [
        (callback, "callbackURL", code::INVALID_CALLBACK_URL),
        (in_body("redirectTo"), "redirectURL", code::INVALID_REDIRECT_URL),
        (in_body("errorCallbackURL"), "errorCallbackURL", code::INVALID_ERROR_CALLBACK_URL),
        (in_body("newUserCallbackURL"), "newUserCallbackURL", code::INVALID_NEW_USER_CALLBACK_URL),
    ];
    for (value, label, code) in urls {
        match value {
            None => {}
            Some(Value::String(url)) if url.is_empty() || cx.trusts(&url, Relative::Allowed) => {}
            Some(Value::String(_)) => return Err(Error::api(StatusCode::FORBIDDEN, code, Reason::UntrustedRedirect)),
            Some(_) => {
                let message = format!("Invalid {label}: expected a string");
                return Err(Error::Codeless { message, reason: Reason::InvalidInput });
            }
        }
    }
    Ok(())
}

/// A query key that stands there twice is a list.
fn in_query(raw: &Raw, first: &str) -> Value {
    let count = raw.query.iter().filter(|(name, _)| name == "callbackURL").count();
    if count > 1 { Value::Array(Vec::new()) } else { Value::String(first.to_owned()) }
}
