//! Cross-origin requests (Fetch standard, §3.2): browsers may call from the trusted origins, with cookies, and from no other.
//! better-auth leaves this to a proxy in front of it (spec core §16), which gatepost does not have.

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use crate::{context::Context, reply::Reply};

/// The methods of the endpoints.
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, OPTIONS");
/// The headers that better-auth's client sends: for JSON, and for a bearer token if the application uses one. Features add theirs.
const HEADERS: [&str; 2] = ["content-type", "authorization"];
/// The number of seconds for which browsers remember the answer: the maximum in Chromium.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");

/// Answers a preflight request of a trusted origin. For other origins the request continues and finds no endpoint.
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

/// Returns the headers of every answer: pages of trusted origins may read it with any status, and no cache may return it to another
/// origin.
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
