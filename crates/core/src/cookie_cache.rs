//! The session in a cookie, so that reading it needs no database (spec core §5): what is written, and whether what comes
//! back is believed. Three forms, each byte for byte better-auth's. How the text gets into cookies is `cookie`'s part.

use base64::{
    Engine as _, alphabet,
    engine::{
        DecodePaddingMode,
        general_purpose::{GeneralPurpose, GeneralPurposeConfig, URL_SAFE_NO_PAD},
    },
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    config::{CacheStrategy, Config, CookieCache},
    crypto::{jwe, jwt, random::Rng, secret::Secrets, signature},
    json,
    model::{ReadSession, ReadUser, Session, User},
};

/// Seconds for which a session that is not to be remembered is believed, whatever `max_age` says.
const NOT_REMEMBERED_COMPACT: i64 = 60;
const NOT_REMEMBERED_TOKEN: i64 = 300;
/// For whom a JWT of the keys that sign tokens is: nobody but this service, which takes no such token for another.
pub const AUDIENCE: &str = "better-auth:session-cache";
/// Separates the key of these cookies from that of others.
const SALT: &str = "better-auth-session";

/// Like better-auth's decoder: padding is not looked at.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Writes and reads the cookie, where a deployment has one.
pub struct Cache {
    config: CookieCache,
    max_age: u32,
    with_keys: bool,
    secrets: Secrets,
    keys: jwe::Keys,
}

/// What a cookie says that is believed.
pub struct Cached {
    /// The session when the cookie was written.
    pub session: Session,
    /// Whose it is.
    pub user: User,
    /// Whether the cookie is about to end and nothing else keeps the session: it is written anew.
    pub is_due: bool,
}

/// Why a cookie is not believed: then the database is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disbelief {
    /// Signed or encrypted with none of the secrets, or no session.
    Forged,
    /// Another session's than that of the token beside it.
    AnotherSession,
    /// Written with another `session.cookie_cache.version`.
    AnotherVersion,
    /// Past its own expiry, the session's, or `session.cookie_cache.revocation_check`.
    Stale,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    session: &'a Session,
    user: &'a User,
    updated_at: i64,
    version: &'a str,
}

impl Cache {
    /// None where `session.cookie_cache.enabled` is off.
    pub fn new(config: &Config) -> Option<Self> {
        let cache = &config.session.cookie_cache;
        cache.enabled.then(|| Self {
            config: cache.clone(),
            max_age: config.advanced.cookies.believed_for("session_data", cache.max_age),
            with_keys: config.jwt.session_cookie_cache,
            secrets: config.secrets.clone(),
            keys: jwe::Keys::new(&config.secrets, SALT),
        })
    }

    /// Whether it is a JWT of the keys that sign tokens: then these are the caller's part (spec jwt-oauth-schema §1.7).
    pub fn is_signed_with_keys(&self) -> bool {
        self.with_keys
    }

    /// What such a JWT says.
    pub fn claims(&self, session: &Session, user: &User, remember: bool, issuer: &str, now: Timestamp) -> String {
        let payload = Payload { session, user, updated_at: now.as_millisecond(), version: &self.config.version };
        let seconds = if remember { i64::from(self.max_age) } else { NOT_REMEMBERED_TOKEN };
        let (sid, iss, sub) = (json::to_string(&session.token), json::to_string(&issuer), json::to_string(&user.id));
        let (iat, exp) = (now.as_second(), now.as_second() + seconds);
        let members = format!(r#""sid":{sid},"iat":{iat},"exp":{exp},"iss":{iss},"aud":"{AUDIENCE}","sub":{sub}"#);
        with_members(&json::to_string(&payload), &members)
    }

    /// What such a JWT says of the session with this token, once its signature is known to be genuine.
    ///
    /// # Errors
    /// Why it is not believed.
    pub fn believe(&self, claims: &[u8], token: &str, now: Timestamp) -> Result<Cached, Disbelief> {
        let (payload, expires_at) = expiring(claims).ok_or(Disbelief::Forged)?;
        let of_one_session = payload.sid.as_deref() == Some(payload.session.token.as_str())
            && payload.sub.as_deref() == Some(payload.user.id.as_str());
        if of_one_session { self.judge(payload, expires_at, token, now) } else { Err(Disbelief::Forged) }
    }

    /// The cookie's text. `remember` is false where the browser is to forget the session when it closes.
    pub fn write(&self, session: &Session, user: &User, remember: bool, now: Timestamp, rng: &mut Rng) -> String {
        let payload = Payload { session, user, updated_at: now.as_millisecond(), version: &self.config.version };
        let payload = json::to_string(&payload);
        let lifetime = |not_remembered| if remember { i64::from(self.max_age) } else { not_remembered };
        let secret = self.secrets.current().bytes();
        let (iat, exp) = (now.as_second(), now.as_second() + lifetime(NOT_REMEMBERED_TOKEN));
        match self.config.strategy {
            CacheStrategy::Compact => {
                let expires_at = now.as_millisecond() + lifetime(NOT_REMEMBERED_COMPACT) * 1_000;
                let signature = URL_SAFE_NO_PAD.encode(signature::hmac(secret, &compact(&payload, expires_at)));
                let text = format!(r#"{{"session":{payload},"expiresAt":{expires_at},"signature":"{signature}"}}"#);
                URL_SAFE_NO_PAD.encode(text)
            }
            CacheStrategy::Jwt => {
                let claims = with_members(&payload, &format!(r#""iat":{iat},"exp":{exp}"#));
                jwt::sign(secret, claims.as_bytes())
            }
            CacheStrategy::Jwe => {
                let claims = with_members(&payload, &format!(r#""iat":{iat},"exp":{exp},"jti":"{}""#, rng.uuid()));
                self.keys.seal(claims.as_bytes(), rng)
            }
        }
    }

    /// What the cookie says of the session with this token.
    ///
    /// # Errors
    /// Why it is not believed.
    pub fn read(&self, text: &str, token: &str, now: Timestamp) -> Result<Cached, Disbelief> {
        let (payload, expires_at) = self.open(text).ok_or(Disbelief::Forged)?;
        self.judge(payload, expires_at, token, now)
    }

    fn judge(&self, payload: Read, expires_at: i64, token: &str, now: Timestamp) -> Result<Cached, Disbelief> {
        let Read { session, user, updated_at, version, .. } = payload;
        let (session, user) = (session.known(), user.known());
        if session.token != token {
            return Err(Disbelief::AnotherSession);
        }
        if version.as_deref().unwrap_or("1") != self.config.version {
            return Err(Disbelief::AnotherVersion);
        }
        let checked_until = self.config.revocation_check.map(|seconds| updated_at + f64::from(seconds) * 1e3);
        let now_ms = now.as_millisecond();
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
        let unchecked = checked_until.is_some_and(|until| until < now_ms as f64);
        if expires_at < now_ms || session.expires_at < now || unchecked {
            return Err(Disbelief::Stale);
        }
        let is_due = self.config.refresh_before().is_some_and(|before| expires_at - now_ms < i64::from(before) * 1_000);
        Ok(Cached { session, user, is_due })
    }

    /// The payload and the cookie's own expiry in milliseconds, if it is genuine.
    fn open(&self, text: &str) -> Option<(Read, i64)> {
        let secrets = || self.secrets.all().map(crate::crypto::secret::Secret::bytes);
        match self.config.strategy {
            CacheStrategy::Compact => {
                let bytes = LENIENT.decode(text).or_else(|_| LENIENT.decode(text.replace('+', "-").replace('/', "_")));
                let bytes = bytes.ok()?;
                let Compact { session, expires_at, signature } = serde_json::from_slice(&bytes).ok()?;
                let signed = compact(session.get(), expires_at);
                let signature = LENIENT.decode(signature).ok()?;
                let genuine = secrets().any(|secret| signature::verify_bytes(secret, &signed, &signature));
                let read = genuine.then(|| serde_json::from_str(session.get()).ok()).flatten()?;
                Some((read, expires_at))
            }
            CacheStrategy::Jwt => expiring(&secrets().find_map(|secret| jwt::verify(secret, text))?),
            CacheStrategy::Jwe => expiring(&self.keys.open(text)?),
        }
    }
}

/// What the signature of the compact form is over.
fn compact(payload: &str, expires_at: i64) -> String {
    with_members(payload, &format!(r#""expiresAt":{expires_at}"#))
}

/// An object's text with more members at its end.
fn with_members(object: &str, members: &str) -> String {
    format!("{},{members}}}", object.strip_suffix('}').unwrap_or(object))
}

fn expiring(claims: &[u8]) -> Option<(Read, i64)> {
    let read: Read = serde_json::from_slice(claims).ok()?;
    let expires_at = read.exp?.checked_mul(1_000)?;
    Some((read, expires_at))
}

#[derive(Deserialize)]
struct Compact<'a> {
    #[serde(borrow)]
    session: &'a RawValue,
    #[serde(rename = "expiresAt")]
    expires_at: i64,
    signature: &'a str,
}

/// What has to be in a cookie (spec core §5.5); whatever else is in it stays.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Read {
    session: ReadSession,
    user: ReadUser,
    updated_at: f64,
    version: Option<String>,
    exp: Option<i64>,
    sid: Option<String>,
    sub: Option<String>,
}
