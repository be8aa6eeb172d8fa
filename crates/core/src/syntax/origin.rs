//! Decides whether an origin or a URL is trusted (spec core §8.4). Every redirect and every `Origin` header is checked here.
//!
//! http and https URLs are parsed as WHATWG defines, like in the browser that follows them, and compared by origin. The comparison
//! uses the text that is sent: [`destination`] first writes it and then checks it.

use std::net::Ipv4Addr;

use percent_encoding::{CONTROLS, percent_decode_str, utf8_percent_encode};
use url::Url;

use super::glob::Glob;

/// Returns `url` as a `Location` header contains it. Visible ASCII stays unchanged. Other characters are percent-encoded in UTF-8,
/// as browsers do; in the host of a web URL they become Punycode.
///
/// Returns `None` for a URL with a control character, or with a space at either end: headers lose them, and parsers disagree about
/// them.
pub fn written(url: &str) -> Option<String> {
    if url.chars().any(char::is_control) || url.starts_with(' ') || url.ends_with(' ') {
        return None;
    }
    if url.is_ascii() {
        return Some(url.to_owned());
    }
    match Url::parse(url) {
        Ok(parsed) if is_web(parsed.scheme()) => Some(parsed.into()),
        // The set of encoded characters includes everything beyond ASCII.
        _ => Some(utf8_percent_encode(url, CONTROLS).to_string()),
    }
}

/// Returns `url` as it is sent, if that matches one of `patterns`. Relative URLs match if they are `allowed` and cannot leave the
/// origin.
pub fn destination<'a>(
    url: &str,
    patterns: impl IntoIterator<Item = &'a Pattern>,
    relative: RelativeUrls,
) -> Option<String> {
    written(url).filter(|url| matches_any(url, patterns, relative))
}

/// Whether a URL has a [`destination`].
pub fn is_trusted<'a>(url: &str, patterns: impl IntoIterator<Item = &'a Pattern>, relative: RelativeUrls) -> bool {
    destination(url, patterns, relative).is_some()
}

fn matches_any<'a>(url: &str, patterns: impl IntoIterator<Item = &'a Pattern>, relative: RelativeUrls) -> bool {
    if url.starts_with('/') {
        return relative == RelativeUrls::Allowed && stays_on_origin(url);
    }
    patterns.into_iter().any(|pattern| pattern.matches(url))
}

/// Whether URLs without an origin are trusted: in callback URLs they are, in an `Origin` header never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelativeUrls {
    /// Relative URLs such as `/dashboard` are trusted.
    Allowed,
    /// Only absolute URLs are trusted.
    Refused,
}

/// Returns the origin of an http or https URL, as browsers write it.
pub fn of(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    is_web(url.scheme()).then(|| url.origin().ascii_serialization())
}

fn is_web(scheme: &str) -> bool {
    matches!(scheme, "http" | "https")
}

/// Whether no browser reads a path as another host: one slash at the start, also after its dots are resolved, no backslash, no
/// encoded slash.
fn stays_on_origin(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let base = Url::parse("https://origin.invalid").ok();
    let resolved = base.as_ref().and_then(|base| base.join(url).ok());
    !url.starts_with("//")
        && !url.contains('\\')
        && !path.contains("%2f")
        && !path.contains("%5c")
        && resolved.is_some_and(|resolved| {
            !resolved.path().starts_with("//") && Some(resolved.origin()) == base.map(|base| base.origin())
        })
}

/// The schemes that run or show what they contain. No pattern matches them.
const NEVER: [&str; 7] = ["javascript", "data", "vbscript", "blob", "filesystem", "file", "about"];

/// A parsed pattern of trusted origins: an origin, a URL of an app's own scheme, or either with wildcards. A pattern with wildcards
/// and without a scheme is one of hosts, for http and https. A program of the device opens a URL of another scheme, so a pattern must
/// name that scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    form: Form,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// Without wildcards: an origin, or the parts of a URL of an app's own scheme that must be equal.
    Exact(Option<Custom>),
    /// `https://*.example.com`: the whole origin, or parts of a URL of an app's own scheme.
    Wild { glob: Glob, addresses_only: bool, custom: Option<CustomGlob> },
    /// `*.example.com`: the host of an http or https URL, with the port if it is not the scheme's default.
    Hosts(HostGlob),
}

impl Pattern {
    /// Creates a pattern from any text; a text that is neither an origin nor a URL matches nothing.
    pub fn new(text: &str) -> Self {
        let wild = text.contains(['*', '?']);
        let form = match text.split_once("://") {
            None if wild => Form::Hosts(HostGlob::new(text)),
            Some((_, host)) if wild => Form::Wild {
                glob: Glob::new(text),
                addresses_only: reads_like_an_address(host),
                custom: Custom::split(text, true).map(CustomGlob::new),
            },
            _ => Form::Exact(Custom::split(text, false)),
        };
        Self { text: text.to_owned(), form }
    }

    /// Returns the pattern as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn matches(&self, url: &str) -> bool {
        let Some(parsed) = Url::parse(url).ok().filter(|parsed| !NEVER.contains(&parsed.scheme())) else {
            return false;
        };
        let is_web = is_web(parsed.scheme());
        if !is_web && !is_plain(url) {
            return false;
        }
        let origin = || parsed.origin().ascii_serialization();
        let custom = || Custom::split(url, false);
        match &self.form {
            Form::Hosts(hosts) => {
                let host = host_of(&parsed);
                is_web && !host.is_empty() && hosts.matches(&host)
            }
            Form::Exact(_) if is_web => self.text == origin(),
            Form::Wild { glob, addresses_only, .. } if is_web => {
                (!addresses_only || is_address(&host_of(&parsed))) && glob.matches(&origin())
            }
            Form::Exact(pattern) => pattern.as_ref().zip(custom()).is_some_and(|(pattern, url)| pattern.covers(&url)),
            Form::Wild { custom: pattern, .. } => {
                pattern.as_ref().zip(custom()).is_some_and(|(pattern, url)| pattern.matches(&url))
            }
        }
    }
}

/// Whether all parsers agree on the host in a URL of an app's own scheme: after a user name there must be a host.
fn is_plain(url: &str) -> bool {
    let rest = url.split(['?', '#']).next().unwrap_or_default();
    let authority = rest.split_once("://").and_then(|(_, rest)| rest.split('/').next()).unwrap_or_default();
    !rest.contains('\\') && !authority.ends_with('@')
}

/// Returns the host, with the port if it is not the scheme's default.
fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// A URL of an app's own scheme, split by hand, because the part after the scheme has no standard meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Custom {
    scheme: String,
    authority: String,
    path: String,
    /// Whether the path has an escaped separator: an app that decodes it arrives elsewhere than one that does not.
    ambiguous: bool,
}

impl Custom {
    /// Splits a URL. In a pattern with wildcards, `?` is a wildcard and begins no query.
    fn split(url: &str, wild: bool) -> Option<Self> {
        let (scheme, rest) = url.split_once(':').filter(|(scheme, _)| !scheme.is_empty())?;
        let ends_path = |letter| letter == '#' || (letter == '?' && !wild);
        let rest = rest.split(ends_path).next().unwrap_or_default();
        let (authority, path) = match rest.strip_prefix("//") {
            None => ("", rest),
            Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        };
        let escaped = path.to_ascii_lowercase();
        Some(Self {
            scheme: scheme.to_ascii_lowercase(),
            authority: authority.to_ascii_lowercase(),
            path: resolve(path),
            ambiguous: escaped.contains("%2f") || escaped.contains("%5c"),
        })
    }

    fn covers(&self, url: &Self) -> bool {
        let below = url.path.strip_prefix(&self.path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        self.scheme == url.scheme
            && (self.authority.is_empty() || self.authority == url.authority)
            && (self.path.is_empty() || (below && !url.ambiguous))
    }
}

/// A URL of an app's own scheme with wildcards.
#[derive(Debug, Clone, PartialEq, Eq)]
struct CustomGlob {
    scheme: String,
    /// The pattern of the authority; `None` for any.
    authority: Option<HostGlob>,
    /// The pattern of the path; `None` for any.
    path: Option<Glob>,
}

impl CustomGlob {
    fn new(pattern: Custom) -> Self {
        let Custom { scheme, authority, path, .. } = pattern;
        Self {
            scheme,
            authority: (!authority.is_empty()).then(|| HostGlob::new(&authority)),
            path: (!path.is_empty()).then(|| Glob::new(&path)),
        }
    }

    fn matches(&self, url: &Custom) -> bool {
        let path = if url.path.is_empty() { "/" } else { &url.path };
        self.scheme == url.scheme
            && !url.authority.contains('@')
            && self.authority.as_ref().is_none_or(|authority| authority.matches(&url.authority))
            && self.path.as_ref().is_none_or(|pattern| pattern.matches(path) && !url.ambiguous)
    }
}

/// Returns a path with its escapes decoded, its `.` and `..` resolved, and without empty parts.
fn resolve(path: &str) -> String {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let mut parts: Vec<&str> = Vec::new();
    for part in decoded.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.into_iter().fold(String::new(), |whole, part| whole + "/" + part)
}

/// A pattern of hosts. If it reads like an IPv4 address, for example `192.168.*.*`, it matches only addresses: `192.168.evil.com`
/// is a name.
#[derive(Debug, Clone, PartialEq, Eq)]
struct HostGlob {
    glob: Glob,
    addresses_only: bool,
}

impl HostGlob {
    fn new(pattern: &str) -> Self {
        Self { glob: Glob::new(pattern), addresses_only: reads_like_an_address(pattern) }
    }

    fn matches(&self, host: &str) -> bool {
        (!self.addresses_only || is_address(host)) && self.glob.matches(host)
    }
}

/// Whether a pattern of hosts has only digits, dots and wildcards.
fn reads_like_an_address(pattern: &str) -> bool {
    let pattern = pattern.split(['/', ':']).next().unwrap_or_default();
    pattern.bytes().all(|byte| byte.is_ascii_digit() || b".*?".contains(&byte))
        && pattern.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether a host, with or without a port, is an IPv4 address.
fn is_address(host: &str) -> bool {
    host.split(['/', ':']).next().is_some_and(|host| host.parse::<Ipv4Addr>().is_ok())
}
