//! Cookies: their names and attributes, reading them from a request, signing them, and the lines that set and expire them (spec
//! core §4). Other modules decide about sessions and when to set cookies.

mod derived;

use std::fmt::Write as _;

use crate::{
    config::{Account, Config, CookieOverride, SameSite},
    crypto::{
        secret::{Secret, Secrets},
        signature,
    },
    percent,
};

/// The names and attributes of the core's cookies, settled once from the configuration.
pub struct Cookies {
    /// Contains the signed session token.
    pub session_token: Cookie,
    /// Contains the cached session, if caching is on.
    pub session_data: Cookie,
    /// Says that the browser is to forget the session when it closes.
    pub dont_remember: Cookie,
    /// Contains the account that the user signed in with, if configured (spec jwt-oauth-schema §7).
    pub account_data: Cookie,
    /// Binds a flow to the browser that began it; its state is in the database (§4.3).
    pub state: Cookie,
    /// Contains a flow's state if the database does not (§4.3).
    pub oauth_state: Cookie,
}

/// The name and attributes of a cookie.
pub struct Cookie {
    /// The full name, including `__Secure-`.
    pub name: String,
    max_age: Option<u32>,
    domain_and_path: String,
    flags: String,
}

/// The lifetime in seconds of the cookie of a flow whose state is in the database (spec jwt-oauth-schema §4.3).
const STATE: u32 = 300;
/// The lifetime in seconds of the cookie of a flow whose state is only in the cookie.
const OAUTH_STATE: u32 = 600;

impl Cookies {
    /// Determines names and attributes (spec core §§4.1–4.3).
    pub fn new(config: &Config) -> Self {
        let cached = Some(config.session.cookie_cache.max_age);
        Self {
            session_token: Cookie::new("session_token", None, config),
            session_data: Cookie::new("session_data", cached, config),
            dont_remember: Cookie::new("dont_remember", None, config),
            account_data: Cookie::new("account_data", cached, config),
            state: Cookie::new("state", Some(STATE), config),
            oauth_state: Cookie::new("oauth_state", Some(OAUTH_STATE), config),
        }
    }
}

impl Cookie {
    /// The cookie that is declared under this name, with the lifetime in seconds that it has unless the configuration names another.
    pub fn new(declared: &str, lifetime: Option<u32>, config: &Config) -> Self {
        let shared = &config.advanced.default_cookie_attributes;
        let CookieOverride { name, attributes: own } = config.advanced.cookies.of(declared);
        let secure_by_default = config.secure_cookies();
        let prefix = if secure_by_default { "__Secure-" } else { "" };
        let prefixed = || format!("{}.{declared}", config.advanced.cookie_prefix);
        let plain = name.clone().unwrap_or_else(prefixed);
        let name = format!("{prefix}{plain}");

        let begins = |prefix: &str| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        let partitioned = own.partitioned.or(shared.partitioned).unwrap_or(false);
        let same_site = own.same_site.or(shared.same_site).unwrap_or(SameSite::Lax);
        let secure = own.secure.or(shared.secure).unwrap_or(secure_by_default)
            || same_site == SameSite::None
            || partitioned
            || begins("__secure-")
            || begins("__host-");
        let domain = own.domain.as_deref().or(shared.domain.as_deref()).or(config.cookie_domain());
        let path = own.path.as_ref().or(shared.path.as_ref()).map_or("/", String::as_str);
        // Browsers refuse the prefix with a domain or another path (RFC 6265bis §4.1.3.2).
        let (domain, path) = if begins("__host-") { (None, "/") } else { (domain, path) };

        let with = |name: &str, value: &str| if value.is_empty() { String::new() } else { format!("; {name}={value}") };
        let domain_and_path = with("Domain", domain.unwrap_or_default()) + &with("Path", path);
        let same_site = match same_site {
            SameSite::Lax => "; SameSite=Lax",
            SameSite::Strict => "; SameSite=Strict",
            SameSite::None => "; SameSite=None",
        };
        let flag = |is_on: bool, text: &'static str| if is_on { text } else { "" };
        let http_only = flag(own.http_only.or(shared.http_only).unwrap_or(true), "; HttpOnly");
        let (secure, partitioned) = (flag(secure, "; Secure"), flag(partitioned, "; Partitioned"));
        let flags = [http_only, secure, same_site, partitioned].concat();
        Self { name, max_age: own.max_age.or(lifetime).or(shared.max_age), domain_and_path, flags }
    }

    fn line(&self, name: &str, value: &str, max_age: Option<u32>) -> String {
        let mut line = format!("{name}={}", percent::encode_component(value));
        if let Some(seconds) = max_age {
            // Writing into a String cannot fail.
            let _ = write!(line, "; Max-Age={seconds}");
        }
        line + &self.domain_and_path + &self.flags
    }

    /// Whether a `Set-Cookie` line sets this cookie or one of the pieces of a large one, `<name>.0`, `<name>.1`, ….
    fn is_set_by(&self, line: &str) -> bool {
        line.split_once('=').is_some_and(|(name, _)| self.is_family(name))
    }

    fn is_family(&self, name: &str) -> bool {
        self.place(name).is_some()
    }

    /// Returns the position of `name` among the names of this cookie: the cookie itself first, then its pieces. Returns `None` for
    /// all others, including `<name>.100`, which is never written.
    fn place(&self, name: &str) -> Option<usize> {
        match name.strip_prefix(self.name.as_str())? {
            "" => Some(0),
            rest => rest.strip_prefix('.').and_then(index).map(|index| index + 1),
        }
    }
}

/// The maximum size in bytes of a line that sets a cookie; [`MOST_PIECES`] is the maximum number of pieces (spec core §4.8).
const LARGEST: usize = 4_050;
const MOST_PIECES: usize = 100;

/// Parses the number of a piece, in JavaScript's notation.
fn index(text: &str) -> Option<usize> {
    let plain = text == "0" || (text.len() <= 2 && !text.starts_with(['0', '+']));
    text.parse().ok().filter(|number| plain && *number < MOST_PIECES)
}

/// The time for which a browser keeps a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// This number of seconds.
    Seconds(u32),
    /// Until the browser is closed.
    UntilClosed,
}

/// The `Set-Cookie` lines of one answer, in the order in which they were added.
#[derive(Default)]
pub struct PendingCookies(Vec<String>);

impl PendingCookies {
    /// Sets a signed cookie and returns its value.
    pub fn sign(&mut self, cookie: &Cookie, value: &str, lifetime: Lifetime, secret: &Secret) -> String {
        let max_age = match lifetime {
            Lifetime::Seconds(seconds) => Some(seconds),
            Lifetime::UntilClosed => None,
        };
        let signed = format!("{value}.{}", signature::sign(secret.bytes(), value));
        self.0.push(cookie.line(&cookie.name, &signed, max_age));
        signed
    }

    /// Sets a signed cookie with the configured lifetime, which usually is none.
    pub fn sign_as_configured(&mut self, cookie: &Cookie, value: &str, secret: &Secret) {
        let lifetime = cookie.max_age.map_or(Lifetime::UntilClosed, Lifetime::Seconds);
        self.sign(cookie, value, lifetime, secret);
    }

    /// Sets a cookie whose value protects itself, with its configured lifetime.
    pub fn set(&mut self, cookie: &Cookie, value: &str) {
        self.0.push(cookie.line(&cookie.name, value, cookie.max_age));
    }

    /// Whether a cookie or a piece of it is set.
    pub fn has(&self, cookie: &Cookie) -> bool {
        self.0.iter().any(|line| cookie.is_set_by(line))
    }

    /// Sets a cookie, in pieces if it is too large for one (spec core §4.8), and replaces or expires the pieces that the request
    /// sent. A value of more than a hundred pieces is not set. `remember` says whether the browser keeps it for its configured
    /// lifetime, or until it closes.
    pub fn set_pieces(&mut self, cookie: &Cookie, value: &str, remember: bool, request: &Jar) {
        let max_age = cookie.max_age.filter(|_| remember);
        let room = LARGEST.saturating_sub(cookie.line(&format!("{}.99", cookie.name), "", max_age).len()).max(1);
        let whole = value.len() <= room;
        let name = |at: usize| if whole { cookie.name.clone() } else { format!("{}.{at}", cookie.name) };
        let pieces = value.as_bytes().chunks(room).map(String::from_utf8_lossy).enumerate();
        let mut pieces: Vec<_> = pieces.take(MOST_PIECES + 1).map(|(at, piece)| (name(at), piece)).collect();
        if pieces.len() > MOST_PIECES {
            pieces.clear();
        }
        for existing in request.pieces(cookie) {
            match pieces.iter().position(|(name, _)| name == existing.name) {
                Some(at) => {
                    let (name, piece) = pieces.remove(at);
                    self.0.push(cookie.line(&name, &piece, max_age));
                }
                None => self.0.push(cookie.line(existing.name, "", Some(0))),
            }
        }
        self.0.extend(pieces.iter().map(|(name, piece)| cookie.line(name, piece, max_age)));
    }

    /// Withdraws the lines of a cookie and its pieces.
    pub fn take_back(&mut self, cookie: &Cookie) {
        self.0.retain(|line| !cookie.is_set_by(line));
    }

    /// Expires a cookie, and withdraws earlier lines of it and its pieces in this answer (spec core §4.5).
    pub fn expire(&mut self, cookie: &Cookie) {
        self.take_back(cookie);
        self.0.push(cookie.line(&cookie.name, "", Some(0)));
    }

    /// Expires what the request sent of a cookie that may come in pieces.
    pub fn expire_pieces(&mut self, cookie: &Cookie, request: &Jar) {
        for piece in request.pieces(cookie) {
            self.0.push(cookie.line(piece.name, "", Some(0)));
        }
    }

    /// Ends the session in the browser (spec core §4.5), and what belongs to it.
    pub fn clear_session(&mut self, cookies: &Cookies, request: &Jar, account: &Account) {
        self.clear_session_but_wish(cookies, request, account);
        self.expire(&cookies.dont_remember);
    }

    /// Ends the session in the browser like [`PendingCookies::clear_session`], but keeps whether it is to remember the next session.
    pub fn clear_session_but_wish(&mut self, cookies: &Cookies, request: &Jar, account: &Account) {
        self.expire(&cookies.session_token);
        self.expire(&cookies.session_data);
        if account.store_account_cookie {
            self.expire(&cookies.account_data);
            self.expire_pieces(&cookies.account_data, request);
        }
        if account.state_in_cookie {
            self.expire(&cookies.oauth_state);
        }
        self.expire_pieces(&cookies.session_data, request);
    }

    /// Returns the lines.
    pub fn into_lines(self) -> impl Iterator<Item = String> {
        self.0.into_iter()
    }
}

/// The cookies of a request. Reading never fails: malformed cookies count as absent.
#[derive(Default)]
pub struct Jar {
    header: Option<String>,
    /// A cookie that replaces that of the request.
    instead: Option<(String, String)>,
}

/// The result of reading a signed cookie.
#[derive(Debug, PartialEq, Eq)]
pub enum SignedCookie {
    /// The cookie is absent or empty.
    Absent,
    /// None of the secrets has signed the cookie.
    Forged,
    /// The current secret has signed the cookie.
    Genuine(String),
    /// A secret that is not the current one any more has signed the cookie.
    Outdated(String),
}

impl SignedCookie {
    /// Returns the signed value, regardless of which accepted secret has signed it.
    pub fn genuine(self) -> Option<String> {
        match self {
            Self::Genuine(value) | Self::Outdated(value) => Some(value),
            Self::Absent | Self::Forged => None,
        }
    }
}

impl Jar {
    /// Wraps the `Cookie` header; several headers are joined, as HTTP requires.
    pub fn new(header: Option<String>) -> Self {
        Self { header, instead: None }
    }

    /// Returns the same cookies, except that `value` replaces one.
    pub fn standing_for(&self, name: &str, value: String) -> Self {
        Self { header: self.header.clone(), instead: Some((name.to_owned(), value)) }
    }

    /// Whether the request had a `Cookie` header, even an empty one: then it must name its origin.
    pub fn is_present(&self) -> bool {
        self.header.is_some()
    }

    /// Returns the names of the request's cookies in order, with repetitions.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.pairs().map(|(name, _)| name)
    }

    fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.header.as_deref().unwrap_or_default().split(';');
        pairs.filter_map(|pair| pair.split_once('=')).map(|(name, value)| (name.trim(), value.trim()))
    }

    /// Returns the value of `name`: that of the first cookie, without quotes, and decoded if the escapes are valid (§4.6).
    pub fn get(&self, name: &str) -> Option<String> {
        if let Some((_, value)) = self.instead.as_ref().filter(|(instead, _)| instead == name) {
            return Some(value.clone());
        }
        let (_, value) = self.pairs().find(|(found, _)| *found == name)?;
        let value = match value.strip_prefix('"') {
            Some(rest) => {
                let mut rest = rest.chars();
                rest.next_back();
                rest.as_str()
            }
            None => value,
        };
        Some(percent::decode_component(value))
    }

    /// Reads a signed cookie. Every accepted secret is tried, so sessions stay valid during a rotation.
    pub fn signed(&self, name: &str, secrets: &Secrets) -> SignedCookie {
        let Some(text) = self.get(name).filter(|text| !text.is_empty()) else { return SignedCookie::Absent };
        let Some((value, signature)) = text.rsplit_once('.').filter(|(value, _)| !value.is_empty()) else {
            return SignedCookie::Forged;
        };
        let is_of = |secret: &Secret| signature::verify(secret.bytes(), value, signature);
        match secrets.all().position(is_of) {
            Some(0) => SignedCookie::Genuine(value.to_owned()),
            Some(_) => SignedCookie::Outdated(value.to_owned()),
            None => SignedCookie::Forged,
        }
    }

    /// Returns the value of a cookie that may come in pieces: the whole one, otherwise the joined pieces (spec core §4.8). Returns
    /// `None` if the request has neither.
    pub fn whole(&self, cookie: &Cookie) -> Option<String> {
        if let Some(whole) = self.get(&cookie.name).filter(|value| !value.is_empty()) {
            return Some(whole);
        }
        let mut pieces = self.pieces(cookie);
        pieces.retain(|piece| piece.place > 0);
        pieces.sort_unstable_by_key(|piece| piece.place);
        let value: String = pieces.into_iter().map(|piece| percent::decode_component(piece.value)).collect();
        Some(value).filter(|value| !value.is_empty())
    }

    /// Returns what the request has of a cookie and its pieces: each name once, in the order of first occurrence, with its last
    /// value. Pieces are read more strictly than in [`Jar::get`]: malformed values are ignored (spec core §4.7). A single empty
    /// cookie counts as absent. The header is read once, and the number of pieces is bounded.
    fn pieces<'a>(&'a self, cookie: &Cookie) -> Vec<Piece<'a>> {
        let mut pieces: Vec<Piece<'a>> = Vec::new();
        let mut known: [Option<usize>; MOST_PIECES + 1] = [None; MOST_PIECES + 1];
        for (name, value) in self.pairs() {
            let Some(place) = cookie.place(name) else { continue };
            let plain = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
            let Some(known) = known.get_mut(place).filter(|_| plain.bytes().all(is_cookie_octet)) else { continue };
            match known.and_then(|at| pieces.get_mut(at)) {
                Some(piece) => piece.value = value,
                None => {
                    *known = Some(pieces.len());
                    pieces.push(Piece { place, name, value });
                }
            }
        }
        let is_empty = || self.get(&cookie.name).is_none_or(|value| value.is_empty());
        let alone = pieces.iter().all(|piece| piece.place == 0);
        if alone && is_empty() { Vec::new() } else { pieces }
    }
}

/// A cookie or a piece of it in a request.
struct Piece<'a> {
    /// The position, as [`Cookie::place`] returns it.
    place: usize,
    name: &'a str,
    value: &'a str,
}

fn is_cookie_octet(byte: u8) -> bool {
    matches!(byte, 0x20..=0x21 | 0x23..=0x3A | 0x3C..=0x5B | 0x5D..=0x7E)
}

#[cfg(test)]
mod tests;
