//! `[jwt]` and `[jwks]`: tokens for other services, and the keys that sign them (spec jwt-oauth-schema §1).

use serde::Serialize;
use serde_json::Value;

use super::{AdditionalFields, CacheStrategy, CookieCache, Problems};
use crate::crypto::jwk::Algorithm;
use crate::options::Section;

/// Tokens for other services.
#[derive(Debug, Clone)]
pub struct Jwt {
    /// Default on: a service of its own is there for other services.
    pub enabled: bool,
    /// `iss`. Default: the service's origin.
    pub issuer: Option<String>,
    /// `aud`. Default: the service's origin.
    pub audience: Option<Audience>,
    /// When a token expires. Default 15 minutes.
    pub expiration: Expiration,
    /// The user's field that becomes `sub`. Default `id`, which also stands in where the field is null.
    pub subject: Option<String>,
    /// Whether the session in the cookie is signed with these keys in the place of the secret (§1.7). Default off.
    pub session_cookie_cache: bool,
    /// The user's fields that become claims, in this order. Default: all that answers show.
    pub payload: Option<Vec<String>>,
}

/// For whom a token is; written as it is configured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Audience {
    /// One.
    One(String),
    /// Any of several.
    Several(Vec<String>),
}

/// When a token expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiration {
    /// So many seconds after it was issued.
    After(i64),
    /// At this instant, in seconds since 1970, whenever it was issued.
    At(i64),
}

/// The keys that sign tokens.
#[derive(Debug, Clone)]
pub struct Jwks {
    /// Where the public halves are, relative to the base path. Default `/jwks`.
    pub path: String,
    /// How new keys sign. Default EdDSA.
    pub algorithm: Algorithm,
    /// Bits of a new RSA key. Default 2048.
    pub modulus_length: u32,
    /// Seconds after which a new key takes over. Default never.
    pub rotation_interval: Option<u32>,
    /// Seconds for which the public half of an expired key is still shown. Default 30 days.
    pub grace_period: u32,
    /// Whether new private halves are stored as they are. Default off.
    pub disable_private_key_encryption: bool,
    /// Whether the public halves are shown elsewhere: then not here.
    pub remote: bool,
    /// Whether `/get-session` says no token in `set-auth-jwt`. Default off.
    pub disable_setting_jwt_header: bool,
}

/// Claims that a user's field of the same name must not set: what stands in it may be the user's own choice.
pub const REGISTERED: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];
/// The user's own fields, in the order in which better-auth writes them.
const USER: [&str; 7] = ["name", "email", "emailVerified", "image", "createdAt", "updatedAt", "id"];
/// The lengths of RSA keys that anybody verifies.
const MODULUS: std::ops::RangeInclusive<u32> = 2048..=4096;

impl Jwt {
    pub(super) fn read(
        mut section: Section<'_>,
        fields: &AdditionalFields,
        cache: &CookieCache,
        problems: &mut Problems,
    ) -> Self {
        let read = Self {
            enabled: section.boolean("enabled", problems).unwrap_or(true),
            issuer: section.text("issuer", problems).filter(|text| !text.is_empty()),
            audience: audience(&mut section, problems),
            expiration: expiration(&mut section, problems),
            subject: section.text("subject", problems),
            payload: section.texts("payload", problems),
            session_cookie_cache: section.boolean("session_cookie_cache", problems).unwrap_or(false),
        };
        let is_jwt = cache.enabled && cache.strategy == CacheStrategy::Jwt;
        if read.session_cookie_cache && !(read.enabled && is_jwt) {
            let text = "`jwt.session_cookie_cache` needs other options; set `jwt.enabled = true`, \
                        `session.cookie_cache.enabled = true` and `session.cookie_cache.strategy = \"jwt\"`";
            problems.add(section.place("session_cookie_cache"), text);
        }
        let shown = fields.user.iter().filter(|field| field.returned).map(|field| field.name.as_str());
        let known: Vec<&str> = USER.into_iter().chain(shown).collect();
        let named = |key, names: &[String], problems: &mut Problems| {
            for name in names.iter().filter(|name| !known.contains(&name.as_str())) {
                let text =
                    format!("`jwt.{key}`: `{name}` is not a field of the user; write one of {}", known.join(", "));
                problems.add(section.place(key), text);
            }
        };
        named("subject", read.subject.as_slice(), problems);
        named("payload", read.payload.as_deref().unwrap_or_default(), problems);
        section.finish(problems);
        read
    }
}

fn audience(section: &mut Section<'_>, problems: &mut Problems) -> Option<Audience> {
    if section.is_list("audience") {
        section.texts("audience", problems).map(Audience::Several)
    } else {
        section.text("audience", problems).filter(|text| !text.is_empty()).map(Audience::One)
    }
}

fn expiration(section: &mut Section<'_>, problems: &mut Problems) -> Expiration {
    let read = match section.json("expiration_time") {
        None => Some(Expiration::After(900)),
        Some(Value::String(text)) => span(&text).map(Expiration::After),
        Some(number) => number.as_i64().map(Expiration::At),
    };
    read.unwrap_or_else(|| {
        let text = "`jwt.expiration_time` must be a span like \"15m\", \"1 hour\", \"7d\", or a whole number: an instant \
                    in seconds since 1970";
        problems.add(section.place("expiration_time"), text);
        Expiration::After(900)
    })
}

impl Jwks {
    pub(super) fn read(mut section: Section<'_>, problems: &mut Problems) -> Self {
        let mut pair = section.section("key_pair_config", problems);
        let algorithm = pair.choice("alg", problems, Algorithm::ALL).unwrap_or(Algorithm::EdDsa);
        let curve = pair.text("crv", problems);
        if curve.is_some() && curve.as_deref() != algorithm.curve() {
            let text = match algorithm.curve() {
                Some(curve) => format!("`jwks.key_pair_config.crv` must be \"{curve}\" for {}", algorithm.name()),
                None => format!("`jwks.key_pair_config.crv` is not for {}; remove it", algorithm.name()),
            };
            problems.add(pair.place("crv"), text);
        }
        let modulus_length = pair.number("modulus_length", problems, MODULUS).unwrap_or(2048);
        pair.finish(problems);
        let read = Self {
            path: section.text("jwks_path", problems).unwrap_or_else(|| "/jwks".to_owned()),
            algorithm,
            modulus_length,
            rotation_interval: section.seconds("rotation_interval", problems).filter(|seconds| *seconds > 0),
            grace_period: section.seconds("grace_period", problems).unwrap_or(2_592_000),
            disable_private_key_encryption: section
                .boolean("disable_private_key_encryption", problems)
                .unwrap_or(false),
            remote: section.text("remote_url", problems).is_some_and(|url| !url.is_empty()),
            disable_setting_jwt_header: section.boolean("disable_setting_jwt_header", problems).unwrap_or(false),
        };
        if !read.path.starts_with('/') || read.path.len() < 2 || read.path.contains("..") || read.path.ends_with('/') {
            let text = "`jwks.jwks_path` must be a path like \"/jwks\": a slash first, none last, no `..`";
            problems.add(section.place("jwks_path"), text);
        }
        section.finish(problems);
        read
    }
}

/// Seconds of a span of time in jose's grammar: `15m`, `2 hours`, `1.5h`, `-30s`, `1 week ago` (spec jwt-oauth-schema §1.3).
pub fn span(text: &str) -> Option<i64> {
    let lower = text.to_ascii_lowercase();
    let (sign, rest) = match lower.strip_prefix(['+', '-']) {
        Some(rest) => (lower.chars().next(), rest.strip_prefix(' ').unwrap_or(rest)),
        None => (None, lower.as_str()),
    };
    let (rest, ago) = match (rest.strip_suffix(" ago"), rest.strip_suffix(" from now")) {
        (Some(rest), _) => (rest, Some(true)),
        (_, Some(rest)) => (rest, Some(false)),
        _ => (rest, None),
    };
    if sign.is_some() && ago.is_some() {
        return None;
    }
    let end = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
    let (number, unit) = rest.split_at_checked(end)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if [whole, fraction].iter().any(|digits| digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let seconds = match unit.strip_prefix(' ').unwrap_or(unit) {
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600.0,
        "d" | "day" | "days" => 86_400.0,
        "w" | "week" | "weeks" => 604_800.0,
        "mo" | "month" | "months" => 2_592_000.0,
        "y" | "yr" | "yrs" | "year" | "years" => 31_557_600.0,
        _ => return None,
    };
    let span = number.parse::<f64>().ok()? * seconds;
    let span = if sign == Some('-') || ago == Some(true) { -span } else { span };
    #[expect(clippy::cast_possible_truncation, reason = "within a thousand years")]
    (span.abs() < 3e10).then(|| span.round() as i64)
}
