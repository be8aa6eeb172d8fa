//! Cross-origin requests (Fetch standard, §3.2): browsers may call from the trusted origins, with cookies, and from
//! nowhere else. better-auth leaves this to whatever stands in front of it (spec core §16); here nothing does.

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use crate::{context::Context, reply::Reply};

/// What the endpoints answer to.
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, OPTIONS");
/// What better-auth's client sends: JSON, and a bearer token where the application uses one. Features add theirs.
const HEADERS: [&str; 2] = ["content-type", "authorization"];
/// Seconds for which a browser need not ask again: the longest that Chromium keeps.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");

/// The answer to a browser that asks whether it may send a request. Only trusted origins get one; for others the request
/// goes on and finds no route.
pub(crate) fn preflight(cx: &Context) -> Option<Reply> {
    let asked = cx.headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if cx.method != Method::OPTIONS || !asked || trusted_origin(cx).is_none() {
        return None;
    }
    let names: Vec<_> = HEADERS.into_iter().chain(cx.auth.config.features.request_headers()).collect();
    let reply = Reply::empty(StatusCode::NO_CONTENT)
        .with(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS)
        .with(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_str(&names.join(", ")).ok()?)
        .with(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    Some(reply)
}

/// The headers of every answer: the page of a trusted origin may read it, whatever its status, and no cache may hand it
/// to another origin.
pub(crate) fn headers(cx: &Context) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::VARY, HeaderValue::from_name(HeaderName::from_static("origin")));
    if let Some(origin) = trusted_origin(cx) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
    headers
}

fn trusted_origin(cx: &Context) -> Option<HeaderValue> {
    let origin = cx.header("origin").filter(|origin| origin != "null" && cx.trusts(origin))?;
    HeaderValue::from_str(&origin).ok()
}
