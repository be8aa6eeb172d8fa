//! Cached sessions, which need no database to read (spec core §5): what is written, and whether what comes back is valid. There are
//! three forms, each byte for byte better-auth's. The module `cookie` puts the text into cookies.

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

/// The number of seconds for which a session that is not remembered is cached in the compact form, regardless of `max_age`;
/// [`NOT_REMEMBERED_TOKEN`] is that for the other forms.
const NOT_REMEMBERED_COMPACT: i64 = 60;
const NOT_REMEMBERED_TOKEN: i64 = 300;
/// The audience of cached sessions that the signing keys sign: only this service, which accepts no such JWT for another audience.
pub const AUDIENCE: &str = "better-auth:session-cache";
/// The salt that separates these cookies' key from those of others.
const SALT: &str = "better-auth-session";

/// A decoder like better-auth's, which ignores padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Writes and reads cached sessions, if the deployment has them.
pub struct Cache {
    config: CookieCache,
    max_age: u32,
    with_keys: bool,
    secrets: Secrets,
    keys: jwe::Keys,
}

/// A valid cached session.
pub struct ValidCachedSession {
    /// The session at the time when the cookie was written.
    pub session: Session,
    /// The user of the session.
    pub user: User,
    /// Whether the cookie expires soon and nothing else keeps the session, so that it must be renewed.
    pub is_due: bool,
}

/// The reason why a cached session is not valid: then the database is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheRefusal {
    /// None of the secrets has signed or encrypted it, or it is not a session.
    Forged,
    /// It is the cached session of another token.
    AnotherSession,
    /// It has another `session.cookie_cache.version`.
    AnotherVersion,
    /// Its own expiry, the session's, or `session.cookie_cache.revocation_check` has passed.
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
    /// Creates the cache; `None` if `session.cookie_cache.enabled` is off.
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

    /// Whether the signing keys sign cached sessions: then the caller signs and verifies them (spec jwt-oauth-schema §1.7).
    pub fn is_signed_with_keys(&self) -> bool {
        self.with_keys
    }

    /// Returns the claims of a cached session for the signing keys.
    pub fn claims(&self, session: &Session, user: &User, remember: bool, issuer: &str, now: Timestamp) -> String {
        let payload = Payload { session, user, updated_at: now.as_millisecond(), version: &self.config.version };
        let seconds = if remember { i64::from(self.max_age) } else { NOT_REMEMBERED_TOKEN };
        let (sid, iss, sub) = (json::to_string(&session.token), json::to_string(&issuer), json::to_string(&user.id));
        let (iat, exp) = (now.as_second(), now.as_second() + seconds);
        let members = format!(r#""sid":{sid},"iat":{iat},"exp":{exp},"iss":{iss},"aud":"{AUDIENCE}","sub":{sub}"#);
        with_members(&json::to_string(&payload), &members)
    }

    /// Reads the claims of a cached session whose signature is verified, for the session with this token.
    ///
    /// # Errors
    /// The reason why it is not valid.
    pub fn believe(&self, claims: &[u8], token: &str, now: Timestamp) -> Result<ValidCachedSession, CacheRefusal> {
        let (payload, expires_at) = expiring(claims).ok_or(CacheRefusal::Forged)?;
        let of_one_session = payload.sid.as_deref() == Some(payload.session.token.as_str())
            && payload.sub.as_deref() == Some(payload.user.id.as_str());
        if of_one_session { self.judge(payload, expires_at, token, now) } else { Err(CacheRefusal::Forged) }
    }

    /// Returns the text of the cookie. `remember` is false if the browser is to forget the session when it closes.
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

    /// Reads a cached session, for the session with this token.
    ///
    /// # Errors
    /// The reason why it is not valid.
    pub fn read(&self, text: &str, token: &str, now: Timestamp) -> Result<ValidCachedSession, CacheRefusal> {
        let (payload, expires_at) = self.open(text).ok_or(CacheRefusal::Forged)?;
        self.judge(payload, expires_at, token, now)
    }

    fn judge(
        &self,
        payload: CachedMembers,
        expires_at: i64,
        token: &str,
        now: Timestamp,
    ) -> Result<ValidCachedSession, CacheRefusal> {
        let CachedMembers { session, user, updated_at, version, .. } = payload;
        let (session, user) = (session.known(), user.known());
        if session.token != token {
            return Err(CacheRefusal::AnotherSession);
        }
        if version.as_deref().unwrap_or("1") != self.config.version {
            return Err(CacheRefusal::AnotherVersion);
        }
        let checked_until = self.config.revocation_check.map(|seconds| updated_at + f64::from(seconds) * 1e3);
        let now_ms = now.as_millisecond();
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
        let unchecked = checked_until.is_some_and(|until| until < now_ms as f64);
        if expires_at < now_ms || session.expires_at < now || unchecked {
            return Err(CacheRefusal::Stale);
        }
        let is_due = self.config.refresh_before().is_some_and(|before| expires_at - now_ms < i64::from(before) * 1_000);
        Ok(ValidCachedSession { session, user, is_due })
    }

    /// Returns the payload and the cookie's own expiry in milliseconds, if it is genuine.
    fn open(&self, text: &str) -> Option<(CachedMembers, i64)> {
        let secrets = || self.secrets.all().map(crate::crypto::secret::Secret::bytes);
        match self.config.strategy {
            CacheStrategy::Compact => {
                let bytes = LENIENT.decode(text).or_else(|_| LENIENT.decode(text.replace('+', "-").replace('/', "_")));
                let bytes = bytes.ok()?;
                let CompactForm { session, expires_at, signature } = serde_json::from_slice(&bytes).ok()?;
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

/// Returns the text that the signature of the compact form covers.
fn compact(payload: &str, expires_at: i64) -> String {
    with_members(payload, &format!(r#""expiresAt":{expires_at}"#))
}

/// Appends members to the text of an object.
fn with_members(object: &str, members: &str) -> String {
    format!("{},{members}}}", object.strip_suffix('}').unwrap_or(object))
}

fn expiring(claims: &[u8]) -> Option<(CachedMembers, i64)> {
    let read: CachedMembers = serde_json::from_slice(claims).ok()?;
    let expires_at = read.exp?.checked_mul(1_000)?;
    Some((read, expires_at))
}

#[derive(Deserialize)]
struct CompactForm<'a> {
    #[serde(borrow)]
    session: &'a RawValue,
    #[serde(rename = "expiresAt")]
    expires_at: i64,
    signature: &'a str,
}

/// The required members of a cached session (spec core §5.5); other members are ignored.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CachedMembers {
    session: ReadSession,
    user: ReadUser,
    updated_at: f64,
    version: Option<String>,
    exp: Option<i64>,
    sid: Option<String>,
    sub: Option<String>,
}
