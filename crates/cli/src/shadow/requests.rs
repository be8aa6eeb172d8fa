//! Requests as they go to each server, and which of them may go to both.

use std::net::IpAddr;

use bytes::Bytes;
use gatepost_core::{fetch, functions::FUNCTIONS};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, header, request::Parts};
use http_body_util::Full;
use url::Url;

use crate::doctor::base;

/// The most bytes of an answer.
const ANSWER: usize = 16_000_000;

/// Endpoints that only read, as paths below the base path: sending them twice changes nothing that the first request has not
/// changed. A session that the first server extended is not due any more for the second one.
const READS: &[&str] = &[
    "/admin/get-user",
    "/admin/list-users",
    "/api-key/list",
    "/get-session",
    "/jwks",
    "/list-accounts",
    "/list-sessions",
    "/multi-session/list-device-sessions",
    "/ok",
    "/open-api/generate-schema",
    "/organization/get-active-member",
    "/organization/get-active-member-role",
    "/organization/get-full-organization",
    "/organization/get-invitation",
    "/organization/get-organization",
    "/organization/get-role",
    "/organization/list",
    "/organization/list-invitations",
    "/organization/list-members",
    "/organization/list-roles",
    "/organization/list-team-members",
    "/organization/list-teams",
    "/organization/list-user-invitations",
    "/organization/list-user-teams",
    "/passkey/list-user-passkeys",
    "/token",
];

/// Headers about a connection. A compressed body could not be compared, so no server is asked for one.
const OF_THE_CONNECTION: &[HeaderName] = &[
    header::ACCEPT_ENCODING,
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::EXPECT,
    header::HOST,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];
const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// A request that a client sent, or that a file contains.
pub struct ShadowRequest {
    pub(super) method: Method,
    /// Path and query, as sent.
    pub(super) target: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl ShadowRequest {
    /// Takes a request that a client at `peer` sent. The servers see its host and its address in headers of proxies, unless a proxy in
    /// front has set them.
    pub(super) fn received(parts: Parts, body: Bytes, peer: IpAddr) -> Self {
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
        let mut headers = parts.headers;
        if let Some(host) = headers.get(header::HOST).cloned().filter(|_| !headers.contains_key(FORWARDED_HOST)) {
            headers.insert(FORWARDED_HOST, host);
        }
        let address = HeaderValue::from_str(&peer.to_string()).ok();
        if let Some(address) = address.filter(|_| !headers.contains_key(FORWARDED_FOR)) {
            headers.insert(FORWARDED_FOR, address);
        }
        Self { method: parts.method, target, headers, body }
    }

    /// The path below the base path of `server`, without the query; the whole path if it is elsewhere.
    pub(super) fn endpoint(&self, server: &Side) -> &str {
        let path = self.target.split('?').next().unwrap_or_default();
        server.below(path).unwrap_or(path)
    }

    /// The endpoint as messages show it: by its pattern, because a path may contain a secret, such as the token of a mailed link.
    pub(super) fn shown(&self, server: &Side) -> &'static str {
        let path = self.endpoint(server);
        let is_it = |pattern: &&str| match pattern.split_once(':') {
            Some((before, _)) => path.strip_prefix(before).is_some_and(|rest| !rest.is_empty() && !rest.contains('/')),
            None => **pattern == *path,
        };
        let tables = FUNCTIONS.iter().flat_map(|function| function.tables);
        tables.flat_map(|table| table.endpoints).map(|endpoint| endpoint.path).find(is_it).unwrap_or("(another path)")
    }
}

/// Returns whether a request only reads, so that another server may receive it too.
pub(super) fn is_repeatable(asked: &ShadowRequest, old: &Side) -> bool {
    let path = asked.target.split('?').next().unwrap_or_default();
    asked.method == Method::GET && asked.body.is_empty() && old.below(path).is_some_and(|path| READS.contains(&path))
}

/// The answer for the client: as received, without the headers of the connection to the server.
pub(super) fn passed(answer: &Response<Bytes>) -> Response<Bytes> {
    let mut passed = answer.clone();
    without_connection(passed.headers_mut());
    passed
}

fn without_connection(headers: &mut HeaderMap) {
    for name in OF_THE_CONNECTION.iter().chain([&KEEP_ALIVE]) {
        headers.remove(name);
    }
}

/// A server.
pub(super) struct Side {
    /// Its origin, which answers contain.
    pub(super) origin: String,
    path: String,
}

impl Side {
    /// Reads the URL of an option, to which the base path `/api/auth` is added if it has no path.
    pub(super) fn new(option: &str, url: &str) -> Result<Self, String> {
        let url = base(option, url)?;
        Ok(Self { origin: url.origin().ascii_serialization(), path: url.path().to_owned() })
    }

    fn below<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix(self.path.as_str()).filter(|path| path.starts_with('/'))
    }

    /// Sends a request with its own target.
    ///
    /// # Errors
    /// If there is no answer, with the cause.
    pub(super) async fn ask(&self, asked: &ShadowRequest) -> Result<Response<Bytes>, String> {
        self.send(asked, &asked.target).await
    }

    /// Sends a request that was sent to another server, below this server's base path.
    ///
    /// # Errors
    /// If there is no answer, with the cause.
    pub(super) async fn ask_in_place_of(&self, other: &Self, asked: &ShadowRequest) -> Result<Response<Bytes>, String> {
        let below = asked.target.strip_prefix(other.path.as_str()).unwrap_or(&asked.target);
        self.send(asked, &format!("{}{below}", self.path)).await
    }

    async fn send(&self, asked: &ShadowRequest, target: &str) -> Result<Response<Bytes>, String> {
        let url = Url::parse(&format!("{}{target}", self.origin)).map_err(|error| error.to_string())?;
        if url.origin().ascii_serialization() != self.origin {
            return Err("the path leads to another host".to_owned());
        }
        let mut request = Request::new(Full::from(asked.body.clone()));
        *request.method_mut() = asked.method.clone();
        *request.headers_mut() = asked.headers.clone();
        without_connection(request.headers_mut());
        fetch::send_up_to(ANSWER, &url, request).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: Method, target: &str, body: &'static str) -> ShadowRequest {
        ShadowRequest { method, target: target.to_owned(), headers: HeaderMap::new(), body: Bytes::from(body) }
    }

    #[test]
    fn attack_a_token_in_a_path_is_not_printed() {
        let old = Side::new("--from", "https://app.example.com").unwrap();
        let shown = |target| asked(Method::GET, target, "").shown(&old);
        assert_eq!(shown("/api/auth/reset-password/s3cret?callbackURL=/x"), "/reset-password/:token");
        assert_eq!(shown("/api/auth/get-session?s3cret"), "/get-session");
        for target in ["/s3cret", "/api/auth/x/s3cret", "/api/auth/reset-password/s3cret/x", "/api/auth"] {
            assert_eq!(shown(target), "(another path)", "{target}");
        }
    }

    #[test]
    fn only_requests_that_read_are_repeated() {
        let old = Side::new("--from", "https://app.example.com").unwrap();
        let repeated = |method, target, body| is_repeatable(&asked(method, target, body), &old);
        assert!(repeated(Method::GET, "/api/auth/get-session?disableCookieCache=true", ""));
        assert!(repeated(Method::GET, "/api/auth/jwks", ""));
        for (method, target, body) in [
            (Method::POST, "/api/auth/get-session", ""),
            (Method::GET, "/api/auth/get-session", "x"),
            (Method::GET, "/get-session", ""),
            (Method::GET, "/api/authx/get-session", ""),
            (Method::GET, "/api/auth/verify-email?token=x", ""),
            (Method::GET, "/api/auth/callback/github?code=x", ""),
            (Method::GET, "/api/auth/reset-password/x", ""),
            (Method::GET, "/api/auth/account-info", ""),
            (Method::DELETE, "/api/auth/list-sessions", ""),
        ] {
            assert!(!repeated(method, target, body), "{target}");
        }
    }
}
