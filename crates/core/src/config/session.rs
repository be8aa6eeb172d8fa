//! `[session]`: how long sessions live and when their expiry moves (spec core §6).

use serde_json::Value;

use super::{Problems, Schema};
use crate::options::Section;

/// Lifetimes of sessions, in seconds.
#[derive(Debug, Clone)]
pub struct Session {
    /// From sign-in or the last move to the expiry. Default 7 days.
    pub expires_in: u32,
    /// How long after a move the next one is due. Default 1 day; 0 moves on every read.
    pub update_age: u32,
    /// For how long after sign-in a session may do sensitive things. Default 1 day; 0 switches the rule off.
    pub fresh_age: u32,
    /// Never move the expiry. Default off.
    pub disable_session_refresh: bool,
    /// Reading never writes; the client posts when `needsRefresh` says so. Default off.
    pub defer_session_refresh: bool,
    /// With a secondary storage: sessions are in the table as well. Default off: they are nowhere else.
    pub store_in_database: bool,
    /// With that: rows of sessions that ended stay, marked by their expiry. Default off.
    pub preserve_in_database: bool,
    /// The session in a cookie of its own.
    pub cookie_cache: CookieCache,
}

/// `[session.cookie_cache]`: the session in a signed cookie, so that reading it needs no database (spec core §5).
#[derive(Debug, Clone)]
pub struct CookieCache {
    /// Default off.
    pub enabled: bool,
    /// Seconds for which the cookie is believed. Default 300.
    pub max_age: u32,
    /// Without a database: how many seconds before its end the cookie is written anew. Default a fifth of `max_age`; none
    /// where that is switched off.
    pub refresh_before: Option<u32>,
    /// Whether `refresh_cache` is switched on where sessions are stored, and so has no effect.
    pub refresh_is_ignored: bool,
    /// How the cookie is written.
    pub strategy: CacheStrategy,
    /// A cookie of another version is not believed. Default "1".
    pub version: String,
    /// Seconds after which the database is asked again, whatever the cookie says: so long a session that was revoked
    /// elsewhere lives on. Default none: as long as `max_age`, as in better-auth.
    pub revocation_check: Option<u32>,
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

/// Seconds that a session lives when its user asked not to be remembered, whatever `expires_in` says.
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

    /// `stateless` says that there is no database: then the cookie is all there is, and what is not configured about it
    /// has other defaults (spec jwt-oauth-schema §7).
    pub(super) fn read(
        mut section: Section<'_>,
        schema: &mut Schema,
        stateless: bool,
        problems: &mut Problems,
    ) -> Self {
        schema.read_additional("session", section.section("additional_fields", problems), problems);
        let mut cache = section.section("cookie_cache", problems);
        let expires_in = section.seconds("expires_in", problems).filter(|seconds| *seconds > 0).unwrap_or(604_800);
        let max_age = cache.seconds("max_age", problems).filter(|seconds| *seconds > 0);
        let max_age = max_age.unwrap_or(if stateless { expires_in } else { 300 });
        let by_default = if stateless { CacheStrategy::Jwe } else { CacheStrategy::Compact };
        let refresh = refresh(&mut cache, max_age, problems);
        let read = Self {
            expires_in,
            update_age: section.seconds("update_age", problems).unwrap_or(86_400),
            fresh_age: section.seconds("fresh_age", problems).unwrap_or(86_400),
            disable_session_refresh: section.boolean("disable_session_refresh", problems).unwrap_or(false),
            defer_session_refresh: section.boolean("defer_session_refresh", problems).unwrap_or(false),
            store_in_database: section.boolean("store_session_in_database", problems).unwrap_or(false),
            preserve_in_database: section.boolean("preserve_session_in_database", problems).unwrap_or(false),
            cookie_cache: CookieCache {
                enabled: cache.boolean("enabled", problems).unwrap_or(stateless),
                max_age,
                // Where sessions are stored they are read anew there: better-auth switches this off too.
                refresh_before: refresh.unwrap_or(Some(max_age / 5)).filter(|_| stateless),
                refresh_is_ignored: !stateless && matches!(refresh, Some(Some(_))),
                strategy: cache.choice("strategy", problems, STRATEGIES).unwrap_or(by_default),
                revocation_check: cache.seconds("revocation_check", problems),
                version: cache.text("version", problems).unwrap_or_else(|| "1".to_owned()),
            },
        };
        if read.expires_in > LONGEST {
            let text =
                "`session.expires_in` is above 400 days, the longest that a cookie may live; write at most \"400d\"";
            problems.add(section.place("expires_in"), text);
        }
        if stateless && !read.cookie_cache.enabled {
            let text = "`session.cookie_cache.enabled` must be true without DATABASE_URL: sessions live in that cookie";
            problems.add(cache.place("enabled"), text);
        }
        cache.finish(problems);
        section.finish(problems);
        read
    }
}

impl CookieCache {
    /// The key that [`CookieCache::warning`] is about.
    pub const REFRESH: &str = "session.cookie_cache.refresh_cache";

    /// What an operator should know of the section though it works, which better-auth logs as well.
    pub fn warning(&self) -> Option<&'static str> {
        self.refresh_is_ignored.then_some(
            "`refresh_cache` has no effect where sessions are stored in a database or a secondary storage, and is switched off; remove it",
        )
    }
}

/// `true`, `false`, or a table with `update_age`: the seconds before the end, none within where it is `false`. None where nothing
/// is written.
fn refresh(cache: &mut Section<'_>, max_age: u32, problems: &mut Problems) -> Option<Option<u32>> {
    let place = cache.place("refresh_cache");
    Some(match cache.json("refresh_cache")? {
        Value::Bool(true) => Some(max_age / 5),
        Value::Bool(false) => None,
        given => {
            let age = given.get("update_age").map(|age| age.as_u64().and_then(|age| u32::try_from(age).ok()));
            let is_table = given.is_object();
            let seconds = age.unwrap_or(is_table.then_some(max_age / 5));
            if seconds.is_none() {
                let text =
                    "`session.cookie_cache.refresh_cache` must be true, false or { update_age = 60 }, in seconds";
                problems.add(place, text);
            }
            seconds
        }
    })
}

const STRATEGIES: &[(&str, CacheStrategy)] =
    &[("compact", CacheStrategy::Compact), ("jwt", CacheStrategy::Jwt), ("jwe", CacheStrategy::Jwe)];
