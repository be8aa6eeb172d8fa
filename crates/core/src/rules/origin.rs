//! Whether an origin or a URL is trusted (spec core §8.4). Every redirect and every `Origin` header goes through here.
//!
//! http and https URLs are read by a WHATWG parser, as the browser that follows them reads them, and compared by origin.

use std::net::Ipv4Addr;

use percent_encoding::percent_decode_str;
use url::Url;

use super::glob::glob;

/// Whether `url` matches one of `patterns`. Relative URLs match where they are `allowed` and cannot leave the origin.
pub fn is_trusted<'a>(url: &str, patterns: impl IntoIterator<Item = &'a str>, relative: Relative) -> bool {
    if url.starts_with('/') {
        return relative == Relative::Allowed && stays_on_origin(url);
    }
    patterns.into_iter().any(|pattern| matches(url, pattern))
}

/// Whether URLs without an origin are trusted: in callbacks they are, in an `Origin` header never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relative {
    /// `/dashboard` is fine.
    Allowed,
    /// Only absolute URLs.
    Refused,
}

/// The origin of an http or https URL, as browsers write it.
pub fn of(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    is_web(url.scheme()).then(|| url.origin().ascii_serialization())
}

fn is_web(scheme: &str) -> bool {
    matches!(scheme, "http" | "https")
}

/// A path that no browser takes for another host: one slash, no backslash, no control character, no encoded slash.
fn stays_on_origin(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let base = Url::parse("https://origin.invalid").ok();
    let resolved = base.as_ref().and_then(|base| base.join(url).ok());
    !url.starts_with("//")
        && !url.contains('\\')
        && !url.chars().any(char::is_control)
        && !path.contains("%2f")
        && !path.contains("%5c")
        && resolved.is_some_and(|resolved| Some(resolved.origin()) == base.map(|base| base.origin()))
}

fn matches(url: &str, pattern: &str) -> bool {
    let wild = pattern.contains(['*', '?']);
    let parsed = Url::parse(url).ok();
    if let Some(web) = parsed.as_ref().filter(|parsed| is_web(parsed.scheme())) {
        let origin = web.origin().ascii_serialization();
        let host = origin.split_once("://").map_or("", |(_, host)| host);
        return match (wild, pattern.split_once("://")) {
            (false, _) => pattern == origin,
            (true, None) => address_guard(pattern, host) && glob(pattern, host),
            (true, Some((_, pattern_host))) => address_guard(pattern_host, host) && glob(pattern, &origin),
        };
    }
    if parsed.is_none() && url.split_once(':').is_none_or(|(scheme, _)| is_web(&scheme.to_ascii_lowercase())) {
        return false;
    }
    let Some(url) = Custom::split(url) else { return false };
    if wild && !pattern.contains("://") {
        return !url.authority.is_empty() && address_guard(pattern, &url.authority) && glob(pattern, &url.authority);
    }
    Custom::split(pattern).is_some_and(|pattern| if wild { pattern.globs(&url) } else { pattern.covers(&url) })
}

/// A URL of an app's own scheme, split by hand: what follows the scheme has no standard meaning.
struct Custom {
    scheme: String,
    authority: String,
    path: String,
}

impl Custom {
    fn split(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once(':')?;
        // A pattern's `?` after the host would be a query here; such patterns match nothing more than the host.
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let (authority, path) = match rest.strip_prefix("//") {
            None => ("", rest.to_owned()),
            Some(rest) => match rest.split_once('/') {
                None => (rest, String::new()),
                Some((authority, path)) => (authority, resolve(&format!("/{path}"))),
            },
        };
        Some(Self { scheme: scheme.to_ascii_lowercase(), authority: authority.to_ascii_lowercase(), path })
    }

    fn covers(&self, url: &Self) -> bool {
        let below = url
            .path
            .strip_prefix(&self.path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || self.path.ends_with('/'));
        self.scheme == url.scheme
            && (self.authority.is_empty() || self.authority == url.authority)
            && (self.path.is_empty() || below)
    }

    fn globs(&self, url: &Self) -> bool {
        let path = if url.path.is_empty() { "/" } else { &url.path };
        self.scheme == url.scheme
            && !url.authority.contains('@')
            && (self.authority.is_empty()
                || (address_guard(&self.authority, &url.authority) && glob(&self.authority, &url.authority)))
            && (self.path.is_empty() || glob(&self.path, path))
    }
}

/// A path with its escapes decoded and its `.` and `..` resolved.
fn resolve(path: &str) -> String {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let mut parts: Vec<&str> = Vec::new();
    for part in decoded.split('/').skip(1) {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// A pattern that reads like an IPv4 address, `192.168.*.*`, matches addresses only: `192.168.evil.com` is a name.
fn address_guard(pattern: &str, host: &str) -> bool {
    let pattern = pattern.split(['/', ':']).next().unwrap_or_default();
    let numeric = pattern.bytes().all(|byte| byte.is_ascii_digit() || b".*?".contains(&byte));
    let numeric = numeric && pattern.bytes().any(|byte| byte.is_ascii_digit());
    !numeric || host.split(['/', ':']).next().is_some_and(|host| host.parse::<Ipv4Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_is_anchored_and_takes_escapes_literally() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abbd", false),
            ("**", "x/y", true),
            ("a?c", "ac", false),
            (r"a\*c", "a*c", true),
            (r"a\*c", "abc", false),
            ("*.b", "a.b.c", false),
            ("*a*b", "aab", true),
        ] {
            assert_eq!(glob(pattern, text), expected, "{pattern} {text}");
        }
    }
}
