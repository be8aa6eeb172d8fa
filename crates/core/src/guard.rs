//! The origin of a request: the checks of `Origin`, of login forms and of the URLs to redirect to (spec core §8). A request that
//! could act for a user is refused unless it proves its origin. A URL that passes replaces the given one, so that all later code
//! sends, mails and stores what was checked.

use http::{Method, StatusCode};
use serde_json::Value;

use crate::{
    code::{self, Code},
    context::Context,
    endpoint::Guard,
    error::Error,
    reason::Reason,
    rules::fields::is_truthy,
    wire::RawInput,
};

/// Checks the origin (stage 7): for every method that may change something, first the origin of requests with cookies, then the
/// four URLs. The URL of a link is only rewritten here; stage 10 refuses it if necessary.
pub(crate) fn check_origin(cx: &Context, guard: Guard, raw: &mut RawInput) -> Result<(), Error> {
    if matches!(cx.method, Method::GET | Method::HEAD | Method::OPTIONS) {
        write_link(cx, guard, raw);
        return Ok(());
    }
    if cx.jar.is_present() && cx.auth.config.advanced.checks().origin {
        check_candidate(cx)?;
    }
    URLS.iter().try_for_each(|url| check_redirect(cx, raw, url))
}

/// Checks the guard of an endpoint (stage 10).
pub(crate) fn pass(cx: &Context, guard: Guard, raw: &RawInput) -> Result<(), Error> {
    match guard {
        Guard::Open => Ok(()),
        Guard::LoginCsrf => check_login(cx),
        Guard::Link | Guard::Redirects => check_link(cx, guard, raw),
        // These endpoints get the session from `signed_in`; an endpoint that does not ask for it is closed to everyone.
        Guard::Session | Guard::SessionOrKey | Guard::StoredSession | Guard::FreshSession => {
            Err(Error::api(StatusCode::UNAUTHORIZED, code::UNAUTHORIZED, Reason::NoSessionCookie))
        }
    }
}

/// Returns the members of the query of a link that are URLs.
fn link_urls(guard: Guard) -> &'static [&'static str] {
    match guard {
        Guard::Link => &[CALLBACK],
        Guard::Redirects => &[CALLBACK, "newUserCallbackURL", "errorCallbackURL"],
        _ => &[],
    }
}

/// Checks the URLs of a mailed link, which is a GET that stage 7 lets through, but which redirects.
fn check_link(cx: &Context, guard: Guard, raw: &RawInput) -> Result<(), Error> {
    let urls = link_urls(guard).iter().filter_map(|name| raw.first(name)).filter(|url| !url.is_empty());
    for url in urls {
        cx.destination(url).ok_or_else(|| untrusted(code::INVALID_CALLBACK_URL))?;
    }
    Ok(())
}

fn write_link(cx: &Context, guard: Guard, raw: &mut RawInput) {
    for name in link_urls(guard) {
        let first = raw.query.iter_mut().find(|(found, _)| found == name);
        if let Some((url, written)) = first.and_then(|(_, url)| cx.destination(url).map(|written| (url, written))) {
            *url = written;
        }
    }
}

fn untrusted(code: Code) -> Error {
    Error::api(StatusCode::FORBIDDEN, code, Reason::UntrustedRedirect)
}

/// Checks a sign-in without cookies, which another site could make the browser send (spec core §8.2).
fn check_login(cx: &Context) -> Result<(), Error> {
    if cx.jar.is_present() {
        return Ok(());
    }
    let header = |name| cx.header(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let (site, mode, dest) = (header("sec-fetch-site"), header("sec-fetch-mode"), header("sec-fetch-dest"));
    let checks = cx.auth.config.advanced.checks();
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

/// Returns the origin that the request names.
fn candidate(cx: &Context) -> Option<String> {
    let header = |name| cx.header(name).filter(|text| !text.is_empty());
    header("origin").or_else(|| header("referer"))
}

fn check_candidate(cx: &Context) -> Result<(), Error> {
    let mut found = candidate(cx).unwrap_or_default();
    // A sandboxed page of the same origin sends `null`; the browser vouches for it.
    if found == "null" && cx.header("sec-fetch-site").as_deref() == Some("same-origin") {
        found = cx.request_origin().unwrap_or_default();
    }
    if found.is_empty() || found == "null" {
        return Err(Error::api(StatusCode::FORBIDDEN, code::MISSING_OR_NULL_ORIGIN, Reason::MissingOrigin));
    }
    if cx.trusts(&found) {
        Ok(())
    } else {
        Err(Error::api(StatusCode::FORBIDDEN, code::INVALID_ORIGIN, Reason::UntrustedOrigin))
    }
}

/// A URL that a body may contain: its member, its name in messages, and the code for an untrusted one.
type Url = (&'static str, &'static str, Code);

/// The URLs that are checked on every endpoint, regardless of whether it uses them (spec core §8.3).
const URLS: [Url; 4] = [
    (CALLBACK, "callbackURL", code::INVALID_CALLBACK_URL),
    ("redirectTo", "redirectURL", code::INVALID_REDIRECT_URL),
    ("errorCallbackURL", "errorCallbackURL", code::INVALID_ERROR_CALLBACK_URL),
    ("newUserCallbackURL", "newUserCallbackURL", code::INVALID_NEW_USER_CALLBACK_URL),
];

/// The member that the query may contain as well.
const CALLBACK: &str = "callbackURL";

fn check_redirect(cx: &Context, raw: &mut RawInput, (key, label, code): &Url) -> Result<(), Error> {
    let in_body = raw.body.as_mut().and_then(|body| body.get_mut(*key)).filter(|value| is_truthy(value));
    let in_query = || raw.query.iter().filter(|(name, _)| *key == CALLBACK && name == CALLBACK);
    let is_text = match (&in_body, in_query().count()) {
        (None, 0) => return Ok(()),
        (Some(value), _) => value.is_string(),
        // A repeated key is a list.
        (None, count) => count == 1,
    };
    if !is_text {
        return match cx.auth.config.advanced.checks().redirects {
            true => {
                let message = format!("Invalid {label}: expected a string");
                Err(Error::Codeless { message, reason: Reason::InvalidInput })
            }
            false => Ok(()),
        };
    }
    match in_body {
        Some(Value::String(url)) => *url = cx.destination(url).ok_or_else(|| untrusted(*code))?,
        _ => {
            let untrusted_one = in_query().find(|(_, url)| !url.is_empty() && cx.destination(url).is_none());
            return untrusted_one.map_or(Ok(()), |_| Err(untrusted(*code)));
        }
    }
    Ok(())
}
