//! Whether an origin or a URL is trusted (spec core §8.4). Every redirect and every `Origin` header goes through here.
//!
//! http and https URLs are read by a WHATWG parser, as the browser that follows them reads them, and compared by origin.
//! What is compared is the text that is sent: [`destination`] writes it first and checks it then.

use std::net::Ipv4Addr;

use percent_encoding::{CONTROLS, percent_decode_str, utf8_percent_encode};
use url::Url;

use super::glob::Glob;

/// `url` as a `Location` carries it. Visible ASCII stays as it is, byte for byte. Other letters are percent-encoded in UTF-8,
/// as a browser's parser does; in the host of a web URL they become Punycode.
///
/// None for a URL with a control character or a space at either end: a header loses them, and parsers disagree about them.
pub fn written(url: &str) -> Option<String> {
    if url.chars().any(char::is_control) || url.starts_with(' ') || url.ends_with(' ') {
        return None;
    }
    if url.is_ascii() {
        return Some(url.to_owned());
    }
    match Url::parse(url) {
        Ok(parsed) if is_web(parsed.scheme()) => Some(parsed.into()),
        // The set that is encoded has all letters beyond ASCII in it.
        _ => Some(utf8_percent_encode(url, CONTROLS).to_string()),
    }
}

/// `url` as it is sent, where that matches one of `patterns`. Relative URLs match where they are `allowed` and cannot leave
/// the origin.
pub fn destination<'a>(
    url: &str,
    patterns: impl IntoIterator<Item = &'a Pattern>,
    relative: Relative,
) -> Option<String> {
    written(url).filter(|url| matches_any(url, patterns, relative))
}

/// Whether there is a [`destination`].
pub fn is_trusted<'a>(url: &str, patterns: impl IntoIterator<Item = &'a Pattern>, relative: Relative) -> bool {
    destination(url, patterns, relative).is_some()
}

fn matches_any<'a>(url: &str, patterns: impl IntoIterator<Item = &'a Pattern>, relative: Relative) -> bool {
    if url.starts_with('/') {
        return relative == Relative::Allowed && stays_on_origin(url);
    }
    patterns.into_iter().any(|pattern| pattern.matches(url))
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

/// A path that no browser takes for another host: one slash, also where its dots are resolved, no backslash, no encoded slash.
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

/// Schemes that run or show what they carry. Whatever a pattern says, nobody is sent there.
const NEVER: [&str; 7] = ["javascript", "data", "vbscript", "blob", "filesystem", "file", "about"];

/// A pattern of trusted origins, read once: an origin, a URL of an app's own scheme, or either with wildcards; with wildcards
/// and without a scheme it is one of hosts, for http and https. A program of the device opens a URL of another scheme and may do
/// with it whatever it likes, so a pattern must name that scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    form: Form,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// Without wildcards: an origin, or what of a URL of an app's own scheme must be the same.
    Exact(Option<Custom>),
    /// `https://*.example.com`: the whole origin, or parts of a URL of an app's own scheme.
    Wild { glob: Glob, addresses_only: bool, custom: Option<CustomGlob> },
    /// `*.example.com`: the host of an http or https URL, with the port where it is not the scheme's own.
    Hosts(HostGlob),
}

impl Pattern {
    /// Every text is a pattern; one that is neither an origin nor a URL matches nothing.
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

    /// The pattern as it was written.
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

/// Whether all parsers agree on where the host of an app's own scheme begins and ends: behind a name of a user there must be one.
fn is_plain(url: &str) -> bool {
    let rest = url.split(['?', '#']).next().unwrap_or_default();
    let authority = rest.split_once("://").and_then(|(_, rest)| rest.split('/').next()).unwrap_or_default();
    !rest.contains('\\') && !authority.ends_with('@')
}

/// The host, and the port where it is not the scheme's own.
fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// A URL of an app's own scheme, split by hand: what follows the scheme has no standard meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Custom {
    scheme: String,
    authority: String,
    path: String,
    /// The path has an escaped separator: an app that decodes it arrives elsewhere than one that does not.
    ambiguous: bool,
}

impl Custom {
    /// In a pattern with wildcards `?` is one of them, and no query begins there.
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
    /// None for any.
    authority: Option<HostGlob>,
    /// None for any.
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

/// A path with its escapes decoded, its `.` and `..` resolved and without empty parts; nothing where nothing is left.
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

/// Hosts with wildcards. A pattern that reads like an IPv4 address, `192.168.*.*`, matches addresses only: `192.168.evil.com`
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
