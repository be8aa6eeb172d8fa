//! Requests that a proxy in front may read in another way than this service (RFC 9112, §§3.2, 6.1). They get a 400, so that a rule of the
//! proxy about hosts or paths holds here too. Browsers and libraries send none of them.

use http::{HeaderMap, HeaderValue, Request, Version, header};

/// Whether a request can be read in two ways.
pub(crate) fn is_ambiguous<B>(request: &Request<B>) -> bool {
    let (uri, headers) = (request.uri(), request.headers());
    let mut hosts = headers.get_all(header::HOST).iter();
    let (host, more) = (hosts.next(), hosts.next());
    let is_other = |host: &HeaderValue| {
        // The host in the target wins over the header, so both must be the same.
        uri.authority().is_some_and(|own| !own.as_str().as_bytes().eq_ignore_ascii_case(host.as_bytes()))
    };
    more.is_some()
        || host.is_none() && request.version() == Version::HTTP_11
        || host.is_some_and(is_other)
        || has_other_codings(headers)
        || !is_resolved(uri.path())
}

/// Whether the body has another transfer coding than `chunked`, once.
fn has_other_codings(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(header::TRANSFER_ENCODING).iter();
    let is_chunked = |value: &HeaderValue| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"chunked");
    codings.next().is_some_and(|first| !is_chunked(first)) || codings.next().is_some()
}

/// Whether a path has neither dot segments nor a backslash, which the core resolves as better-auth does, and proxies often do not.
fn is_resolved(path: &str) -> bool {
    let is_dots = |segment: &str| matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..");
    !path.contains('\\') && !path.split('/').any(is_dots)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ambiguous(version: Version, target: &str, headers: &[(&str, &str)]) -> bool {
        let mut request = Request::builder().version(version).uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        is_ambiguous(&request.body(()).unwrap())
    }

    #[test]
    fn requests_that_can_be_read_in_two_ways_are_recognized() {
        let (new, old, host) = (Version::HTTP_11, Version::HTTP_10, ("host", "a.example"));
        for (version, target, headers, is) in [
            (new, "/api/auth/ok", &[host][..], false),
            (new, "/api/auth/a..b/.x/...?x=/../", &[host], false),
            (new, "http://A.example/ok", &[host], false),
            (old, "/ok", &[], false),
            (new, "/ok", &[host, ("transfer-encoding", "Chunked")], false),
            (new, "/ok", &[], true),
            (new, "/ok", &[host, host], true),
            (old, "/ok", &[host, host], true),
            (new, "http://b.example/ok", &[host], true),
            (new, "http://b@a.example/ok", &[host], true),
            (new, "/ok", &[host, ("transfer-encoding", "gzip, chunked")], true),
            (new, "/ok", &[host, ("transfer-encoding", "chunked"), ("transfer-encoding", "chunked")], true),
            (new, "/api/auth/x/../ok", &[host], true),
            (new, "/api/auth/./ok", &[host], true),
            (new, "/api/auth/x/.%2E/ok", &[host], true),
            (new, "/api/auth/x/..", &[host], true),
            (new, "/api/auth\\ok", &[host], true),
        ] {
            assert_eq!(ambiguous(version, target, headers), is, "{target} {headers:?}");
        }
    }
}
