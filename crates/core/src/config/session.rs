//! `[session]`: how long sessions live and when they are refreshed (spec core §6).

use serde_json::Value;

use crate::{
    declaration::Resource,
    options::{
        Default, Section, choice_by, options, positive_seconds, read_by, seconds, section, switch, switch_by, text,
    },
    problem::Problems,
};

options! {
    /// How long sessions live, and when they are refreshed.
    pub struct Session {
        /// How long a session lives after sign-in, or after the last refresh, in seconds; at most 400 days.
        expires_in: u32 = positive_seconds("expires_in", 604_800),
        /// How long after a refresh the next one is due, in seconds. With `0`, every read of the session refreshes it.
        update_age: u32 = seconds("update_age", 86_400),
        /// How long after sign-in a session may do sensitive things, in seconds; with `0` always.
        fresh_age: u32 = seconds("fresh_age", 86_400),
        /// Sessions are never refreshed: each ends `expires_in` after the sign-in.
        disable_session_refresh: bool = switch("disable_session_refresh", false),
        /// Reading a session never writes; the client posts when `needsRefresh` says so.
        defer_session_refresh: bool = switch("defer_session_refresh", false),
        /// With a [secondary storage](secondary-storage.md): sessions are in the table as well, and are read there where the store has
        /// lost them.
        store_in_database: bool = switch("store_session_in_database", false).needs(Resource::SecondaryStorage),
        /// With `store_session_in_database`: rows of sessions that ended stay, with the end as their expiry. Only the
        /// secondary storage decides who is signed in.
        preserve_in_database: bool = switch("preserve_session_in_database", false).needs(Resource::SecondaryStorage),
        /// The session in a cookie of its own.
        cookie_cache: CookieCache = section::<CookieCache>("cookie_cache"),
    }
    check: lifetimes
}

options! {
    /// The session in a signed cookie, so that reading it needs no database (spec core §5).
    pub struct CookieCache {
        /// The cookie `session_data` carries the session as well, and reading it needs no database.
        enabled: bool = switch_by(
            "enabled",
            |here| here.stateless(),
            "`false`; `true` without a database and a secondary storage",
        ),
        /// How long the cookie is accepted, in seconds. Where the user asked not to be remembered, it is accepted for one minute, or
        /// for five with `"jwt"` and `"jwe"`.
        max_age: u32 = read_by(
            "max_age",
            Default::Told("`\"5m\"`; without a database and a secondary storage as long as `expires_in`"),
            max_age,
        ),
        /// How the cookie is written: `"compact"`, signed and readable by the browser's machine; `"jwt"`, the same as a JWT; or
        /// `"jwe"`, encrypted.
        strategy: CacheStrategy = choice_by(
            "strategy",
            |here| if here.stateless() { CacheStrategy::Jwe } else { CacheStrategy::Compact },
            "`\"compact\"`; `\"jwe\"` without a database and a secondary storage",
            &[("compact", CacheStrategy::Compact), ("jwt", CacheStrategy::Jwt), ("jwe", CacheStrategy::Jwe)],
        ),
        /// When the cookie is renewed: in the last fifth of `max_age`; with `{ update_age = 60 }` in the last minute; with
        /// `false` never. With a database or a secondary storage it has no effect and the log warns of it, as in better-auth.
        refresh: CacheRefresh = read_by(
            "refresh_cache",
            Default::Told("`true` without a database and a secondary storage"),
            refresh,
        ),
        /// A cookie of another version is rejected. Change it to force a fresh read of every session.
        version: String = text("version", "1"),
        /// After so many seconds the service asks the database even if the cookie is valid. A session that was revoked elsewhere lives
        /// on in the cookie for at most that long; without this key for `max_age`, as in better-auth.
        revocation_check: Option<u32> = read_by(
            "revocation_check",
            Default::Told("–"),
            |section, key, problems| section.seconds(key, problems),
        ),
    }
    check: is_needed
}

/// How the cached session is written into its cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheStrategy {
    /// Base64 of JSON with an HMAC.
    Compact,
    /// A JWT signed with the secret.
    Jwt,
    /// A JWE: the browser cannot read it.
    Jwe,
}

/// When the cookie of the cached session is renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheRefresh {
    /// Never.
    Never,
    /// Never, though the configuration asks for it: sessions are stored.
    Ignored,
    /// In the last fifth of its time.
    LastFifth,
    /// So many seconds before its end.
    Before(u32),
}

/// Seconds that a session lives if its user asked not to be remembered. `expires_in` does not change it.
const NOT_REMEMBERED: u32 = 86_400;
/// The longest lifetime that a cookie may have: browsers and better-auth stop at 400 days (spec core §4.3).
const LONGEST: u32 = 34_560_000;

impl Session {
    /// Seconds from sign-in to the expiry. `remember` is false only where the user asked not to be remembered.
    pub fn lifetime(&self, remember: bool) -> u32 {
        if remember { self.expires_in } else { NOT_REMEMBERED }
    }

    /// Seconds after which no session is left of those that began before. A secondary storage knows for as long that sessions
    /// were revoked.
    pub fn longest_lifetime(&self) -> u32 {
        self.lifetime(true).max(self.lifetime(false))
    }
}

fn lifetimes(read: &mut Session, section: &Section<'_>, problems: &mut Problems) {
    if read.cookie_cache.max_age == AS_SESSIONS {
        read.cookie_cache.max_age = read.expires_in;
    }
    if read.expires_in > LONGEST {
        let text = "`session.expires_in` is above 400 days, the longest that a cookie may live; write at most \"400d\"";
        problems.add(section.place("expires_in"), text);
    }
}

fn is_needed(read: &CookieCache, section: &Section<'_>, problems: &mut Problems) {
    if section.circumstances().stateless() && !read.enabled {
        let text = "`session.cookie_cache.enabled` must be true without DATABASE_URL: sessions live in that cookie";
        problems.add(section.place("enabled"), text);
    }
}

/// The `max_age` that stands for the lifetime of sessions. A configured zero counts as absent, as in better-auth.
const AS_SESSIONS: u32 = 0;

fn max_age(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> u32 {
    let by_default = if section.circumstances().stateless() { AS_SESSIONS } else { 300 };
    section.seconds(key, problems).filter(|seconds| *seconds > 0).unwrap_or(by_default)
}

impl CookieCache {
    /// The key that [`CookieCache::warning`] is about.
    pub const REFRESH: &str = "session.cookie_cache.refresh_cache";

    /// Returns a warning about a section that works. better-auth logs it as well.
    pub fn warning(&self) -> Option<&'static str> {
        (self.refresh == CacheRefresh::Ignored).then_some(
            "`refresh_cache` has no effect where sessions are stored in a database or a secondary storage, and is switched off; remove it",
        )
    }

    /// How many seconds before its end the cookie is renewed; `None` if it is not.
    pub fn refresh_before(&self) -> Option<u32> {
        match self.refresh {
            CacheRefresh::Never | CacheRefresh::Ignored => None,
            CacheRefresh::LastFifth => Some(self.max_age / 5),
            CacheRefresh::Before(seconds) => Some(seconds),
        }
    }
}

/// `true`, `false`, or a table with `update_age`, the seconds before the end. better-auth switches it off where sessions are stored:
/// they are read there.
fn refresh(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> CacheRefresh {
    let stateless = section.circumstances().stateless();
    let given = section.json(key);
    let read = match &given {
        None | Some(Value::Bool(true)) => Some(CacheRefresh::LastFifth),
        Some(Value::Bool(false)) => Some(CacheRefresh::Never),
        Some(given) => match given.get("update_age") {
            Some(age) => age.as_u64().and_then(|age| u32::try_from(age).ok()).map(CacheRefresh::Before),
            None => given.is_object().then_some(CacheRefresh::LastFifth),
        },
    };
    if read.is_none() {
        let text = "`session.cookie_cache.refresh_cache` must be true, false or { update_age = 60 }, in seconds";
        problems.add(section.place(key), text);
    }
    match read.unwrap_or(CacheRefresh::Never) {
        read if stateless || read == CacheRefresh::Never => read,
        _ if given.is_none() => CacheRefresh::Never,
        _ => CacheRefresh::Ignored,
    }
}
