//! `[jwt]` and `[jwks]`: tokens for other services, and the keys that sign them (spec jwt-oauth-schema §1).

use serde::Serialize;
use serde_json::Value;

use super::{AdditionalFields, CacheStrategy, CookieCache, Problems};
use crate::{
    crypto::jwk::Algorithm,
    options::{
        Default, Options as _, Section, choice, number, optional_seconds, optional_text, options, read_by, seconds,
        section, switch, text,
    },
};

options! {
    /// Tokens for other services.
    pub struct Jwt {
        /// `GET /token` answers a signed token for other services, `GET /jwks` the keys that verify it.
        enabled: bool = switch("enabled", true),
        /// The claim `iss`.
        issuer: Option<String> = read_by("issuer", Default::Told(ORIGIN), |section, key, problems| {
            section.text(key, problems).filter(|text| !text.is_empty())
        }),
        /// The claim `aud`; may be a list.
        audience: Option<Audience> = read_by("audience", Default::Told(ORIGIN), audience),
        /// When a token expires: after a span of time, or, with a number, at this instant in seconds since 1970, as in better-auth.
        expiration: Expiration = read_by("expiration_time", Default::Text("15m"), expiration),
        /// The user's field that becomes `sub`; where it is null, `id` does.
        subject: String = text("subject", "id"),
        /// The user's fields that become claims, in this order, like `["email", "name"]`.
        payload: Option<Vec<String>> = read_by(
            "payload",
            Default::Told("all that answers show"),
            |section, key, problems| section.texts(key, problems),
        ),
        /// With `session.cookie_cache.strategy = "jwt"`, that cookie is signed with these keys, so that others can check it without
        /// the secret.
        session_cookie_cache: bool = switch("session_cookie_cache", false),
    }
}

options! {
    /// The keys that sign tokens.
    pub struct Jwks {
        /// How new keys are made.
        new_keys: NewKeys = section::<NewKeys>("key_pair_config"),
        /// How long a key signs; a new one is published five minutes before it takes over.
        rotation_interval: Option<u32> = optional_seconds("rotation_interval", "–"),
        /// How long an expired key is still published, in seconds.
        grace_period: u32 = seconds("grace_period", 2_592_000),
        /// New private halves are stored as they are; both kinds are read.
        disable_private_key_encryption: bool = switch("disable_private_key_encryption", false),
        /// The keys are published at this URL; `GET /jwks` is 404.
        remote: bool = read_by("remote_url", Default::Told("–"), |section, key, problems| {
            section.text(key, problems).is_some_and(|url| !url.is_empty())
        }),
        /// The path of the key set, relative to the base path; run `cargo gatepost generate` after a change.
        path: String = text("jwks_path", "/jwks"),
        /// `GET /get-session` has no header `set-auth-jwt`.
        disable_setting_jwt_header: bool = switch("disable_setting_jwt_header", false),
    }
    check: path
}

options! {
    /// How new keys are made.
    pub struct NewKeys {
        /// How new keys sign: `"EdDSA"`, `"ES256"`, `"ES512"`, `"RS256"` or `"PS256"`. An existing key keeps signing until it
        /// expires.
        algorithm: Algorithm = choice("alg", ("EdDSA", Algorithm::EdDsa), Algorithm::ALL),
        /// `"Ed25519"`, `"P-256"` or `"P-521"`; the curve must be one of the algorithm.
        curve: Option<String> = optional_text("crv", "the algorithm's"),
        /// Bits of a new RSA key.
        modulus_length: u32 = number("modulus_length", 2048, 4096, 2048),
    }
    check: curve
}

/// The default of `iss` and `aud`.
const ORIGIN: &str = "the service's origin";

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

/// Claims that a user's field of the same name must not set: what stands in it may be the user's own choice.
pub const REGISTERED: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

/// Whether hooks and queries may set a claim: neither a registered one nor `act`, which names the administrator in an impersonation
/// (RFC 8693 §4.1).
pub fn is_free_claim(name: &str) -> bool {
    name != "act" && !REGISTERED.contains(&name)
}
/// The user's own fields, in the order in which better-auth writes them.
const USER: [&str; 7] = ["name", "email", "emailVerified", "image", "createdAt", "updatedAt", "id"];

impl Jwt {
    /// Reads the section, whose options must fit these fields of users and this cache.
    pub(super) fn checked(
        section: Section<'_>,
        fields: &AdditionalFields,
        cache: &CookieCache,
        problems: &mut Problems,
    ) -> Self {
        let places = section.again();
        let read = Self::read(section, problems);
        let is_jwt = cache.enabled && cache.strategy == CacheStrategy::Jwt;
        if read.session_cookie_cache && !(read.enabled && is_jwt) {
            let text = "`jwt.session_cookie_cache` needs other options; set `jwt.enabled = true`, \
                        `session.cookie_cache.enabled = true` and `session.cookie_cache.strategy = \"jwt\"`";
            problems.add(places.place("session_cookie_cache"), text);
        }
        let shown = fields.user.iter().filter(|field| field.returned).map(|field| field.name.as_str());
        let known: Vec<&str> = USER.into_iter().chain(shown).collect();
        let subject = [("subject", &read.subject)].into_iter();
        let payload = read.payload.iter().flatten().map(|name| ("payload", name));
        for (key, name) in subject.chain(payload).filter(|(_, name)| !known.contains(&name.as_str())) {
            let text = format!("`jwt.{key}`: `{name}` is not a field of the user; write one of {}", known.join(", "));
            problems.add(places.place(key), text);
        }
        read
    }
}

fn audience(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Option<Audience> {
    if section.is_list(key) {
        section.texts(key, problems).map(Audience::Several)
    } else {
        section.text(key, problems).filter(|text| !text.is_empty()).map(Audience::One)
    }
}

fn expiration(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Expiration {
    let read = match section.json(key) {
        None => Some(Expiration::After(900)),
        Some(Value::String(text)) => span(&text).map(Expiration::After),
        Some(number) => number.as_i64().map(Expiration::At),
    };
    read.unwrap_or_else(|| {
        let text = "`jwt.expiration_time` must be a span like \"15m\", \"1 hour\", \"7d\", or a whole number: an instant \
                    in seconds since 1970";
        problems.add(section.place(key), text);
        Expiration::After(900)
    })
}

fn path(read: &Jwks, section: &Section<'_>, problems: &mut Problems) {
    if !read.path.starts_with('/') || read.path.len() < 2 || read.path.contains("..") || read.path.ends_with('/') {
        let text = "`jwks.jwks_path` must be a path like \"/jwks\": a slash first, none last, no `..`";
        problems.add(section.place("jwks_path"), text);
    }
}

fn curve(read: &NewKeys, section: &Section<'_>, problems: &mut Problems) {
    let algorithm = read.algorithm;
    if read.curve.is_some() && read.curve.as_deref() != algorithm.curve() {
        let text = match algorithm.curve() {
            Some(curve) => format!("`jwks.key_pair_config.crv` must be \"{curve}\" for {}", algorithm.name()),
            None => format!("`jwks.key_pair_config.crv` is not for {}; remove it", algorithm.name()),
        };
        problems.add(section.place("crv"), text);
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
