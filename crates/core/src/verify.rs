//! The verification of JWTs that this or another service signed (RFC 7515, RFC 7519, RFC 8725), as jose's `jwtVerify` does with a
//! local or a remote key set. Issuer, audience and algorithms are always required; the key is from the set, never from the token;
//! the time is passed in.

use std::{fmt, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, Request};
use http_body_util::Full;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

use crate::{
    crypto::jwk::{Algorithm, VerifyingKey},
    fetch,
    model::Additional,
};

/// The requirements for a JWT.
#[derive(Debug, Clone)]
pub struct Expected {
    /// The accepted issuers.
    pub issuers: Vec<String>,
    /// The accepted audiences.
    pub audiences: Vec<String>,
    /// The accepted algorithms.
    pub algorithms: Vec<Algorithm>,
    /// The number of seconds by which the issuer's clock may be off.
    pub tolerance: u32,
}

impl Expected {
    /// Requires one issuer and one audience, accepts all five algorithms, and tolerates no difference of clocks.
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        Self {
            issuers: vec![issuer.into()],
            audiences: vec![audience.into()],
            algorithms: Algorithm::ALL.iter().map(|(_, algorithm)| *algorithm).collect(),
            tolerance: 0,
        }
    }
}

/// The claims of a verified JWT.
#[derive(Debug, Clone)]
pub struct Claims(pub Map<String, Value>);

impl Claims {
    /// Returns the user's identifier, or an empty text.
    pub fn subject(&self) -> &str {
        self.0.get("sub").and_then(Value::as_str).unwrap_or_default()
    }
}

/// The reason why a JWT is not valid. The text is for operators and contains no secrets.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// It is not a JWT: wrong parts, base64 or JSON, or a repeated member.
    #[error("it is not a JWT: {0}")]
    Malformed(&'static str),
    /// Its algorithm is not accepted, or not that of its key.
    #[error("alg is {found:?}, and may be {expected}")]
    Algorithm {
        /// The algorithm in the header.
        found: String,
        /// The accepted algorithms.
        expected: String,
    },
    /// Its header requires support for an extension.
    #[error("its header has `crit`, and no extension is supported")]
    Critical,
    /// No key of the set has its `kid`.
    #[error("kid is {0:?}, which the key set does not have")]
    UnknownKey(String),
    /// Its signature does not match its key.
    #[error("its signature does not match its key")]
    Signature,
    /// A claim has a wrong value.
    #[error("{claim} is {found}, and must be {expected}")]
    Claim {
        /// The name of the claim.
        claim: &'static str,
        /// Its value; `null` if it is missing.
        found: Value,
        /// The required value.
        expected: String,
    },
    /// It has expired.
    #[error("exp is {exp}, and the time is {now}")]
    Expired {
        /// The expiry, in seconds since 1970.
        exp: i64,
        /// The current time, in seconds since 1970.
        now: i64,
    },
    /// It is not valid yet.
    #[error("nbf is {nbf}, and the time is {now}")]
    NotYet {
        /// The time from which on it is valid, in seconds since 1970.
        nbf: i64,
        /// The current time, in seconds since 1970.
        now: i64,
    },
    /// The key set is unavailable: the JWT may be valid later.
    #[error("the key set cannot be read: {0}")]
    Unavailable(String),
}

/// The source of the keys.
#[expect(clippy::large_enum_variant, reason = "a process has one of each issuer")]
pub enum KeySet {
    /// Keys that are known already.
    Local(LocalKeySet),
    /// Keys that the issuer publishes.
    Remote(RemoteKeySet),
}

impl KeySet {
    async fn find(&self, kid: &str, now: Timestamp) -> Result<Arc<Key>, Refusal> {
        match self {
            Self::Local(keys) => keys.find(kid).ok_or_else(|| Refusal::UnknownKey(kid.to_owned())),
            Self::Remote(keys) => keys.find(kid, now).await,
        }
    }
}

/// Verifies a JWT by all requirements of `expected`.
///
/// # Errors
/// The first reason why it is not valid.
pub async fn verify(token: &str, keys: &KeySet, expected: &Expected, now: Timestamp) -> Result<Claims, Refusal> {
    let parts: Vec<&str> = token.split('.').collect();
    let &[header, claims, signature] = parts.as_slice() else {
        return Err(Refusal::Malformed("it does not have three parts"));
    };
    let names = object(header)?;
    let text = |name: &str| names.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    if names.contains_key("crit") {
        return Err(Refusal::Critical);
    }
    let (alg, kid) = (text("alg"), text("kid"));
    let one_of = |algorithms: &[Algorithm]| algorithms.iter().map(|one| one.name()).collect::<Vec<_>>().join(" or ");
    let algorithm = Algorithm::named(&alg).filter(|algorithm| expected.algorithms.contains(algorithm));
    let algorithm =
        algorithm.ok_or_else(|| Refusal::Algorithm { found: alg.clone(), expected: one_of(&expected.algorithms) })?;
    let key = keys.find(&kid, now).await?;
    if key.algorithm != algorithm {
        return Err(Refusal::Algorithm { found: alg, expected: one_of(&[key.algorithm]) });
    }
    let signature = decode(signature)?;
    let signed = token.rsplit_once('.').map_or("", |(signed, _)| signed);
    if !key.verifying.verify(signed.as_bytes(), &signature) {
        return Err(Refusal::Signature);
    }
    judge(object(claims)?, expected, now.as_second())
}

/// Checks the claims of a JWT whose signature is verified.
fn judge(claims: Map<String, Value>, expected: &Expected, now: i64) -> Result<Claims, Refusal> {
    let found = |claim: &str| claims.get(claim).cloned().unwrap_or_default();
    let wrong = |claim: &'static str, expected: String| Refusal::Claim { claim, found: found(claim), expected };
    let quoted = |texts: &[String]| texts.iter().map(|text| format!("{text:?}")).collect::<Vec<_>>().join(" or ");
    if !found("iss").as_str().is_some_and(|iss| expected.issuers.iter().any(|one| one == iss)) {
        return Err(wrong("iss", quoted(&expected.issuers)));
    }
    let audiences = match found("aud") {
        Value::Array(several) => several,
        one => vec![one],
    };
    let is_meant = |aud: &Value| aud.as_str().is_some_and(|aud| expected.audiences.iter().any(|one| one == aud));
    if !audiences.iter().any(is_meant) {
        return Err(wrong("aud", quoted(&expected.audiences)));
    }
    if found("sub").as_str().is_none_or(str::is_empty) {
        return Err(wrong("sub", "a text".to_owned()));
    }
    let tolerance = i64::from(expected.tolerance);
    let instant = |claim: &'static str| match found(claim) {
        Value::Null => Ok(None),
        value => whole(&value).map(Some).ok_or_else(|| wrong(claim, "a number of seconds".to_owned())),
    };
    let exp = instant("exp")?.ok_or_else(|| wrong("exp", "a number of seconds".to_owned()))?;
    if exp <= now - tolerance {
        return Err(Refusal::Expired { exp, now });
    }
    match instant("nbf")? {
        Some(nbf) if nbf > now + tolerance => Err(Refusal::NotYet { nbf, now }),
        _ => {
            instant("iat")?;
            Ok(Claims(claims))
        }
    }
}

/// Returns a time in whole seconds, rounded down; `None` if it is beyond 10^12.
fn whole(value: &Value) -> Option<i64> {
    let seconds = value.as_f64().filter(|seconds| seconds.abs() < 1e12)?;
    #[expect(clippy::cast_possible_truncation, reason = "below 10^12")]
    Some(seconds.floor() as i64)
}

fn decode(part: &str) -> Result<Vec<u8>, Refusal> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::Malformed("a part is not base64url"))
}

/// Decodes an object, and refuses repeated members, because readers disagree about which of them counts.
fn object(part: &str) -> Result<Map<String, Value>, Refusal> {
    let members: Additional =
        serde_json::from_slice(&decode(part)?).map_err(|_| Refusal::Malformed("a part is not a JSON object"))?;
    let count = members.0.len();
    let object: Map<String, Value> = members.0.into_iter().collect();
    if object.len() == count { Ok(object) } else { Err(Refusal::Malformed("a member is repeated")) }
}

/// A public key with its algorithm.
struct Key {
    id: String,
    algorithm: Algorithm,
    verifying: VerifyingKey,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.algorithm.name(), self.id)
    }
}

/// A set of keys that are known already.
#[derive(Debug, Default, Clone)]
pub struct LocalKeySet(Vec<Arc<Key>>);

impl LocalKeySet {
    /// Reads a JWK set (RFC 7517 §5). Keys of other kinds, for other uses or without a `kid` are ignored.
    ///
    /// # Errors
    /// The text is not such a set.
    pub fn read(set: &[u8]) -> Result<Self, serde_json::Error> {
        Self::read_with(set, None)
    }

    /// Reads a JWK set whose RSA keys without an algorithm are for `rsa`.
    fn read_with(set: &[u8], rsa: Option<Algorithm>) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct KeySetMembers {
            keys: Vec<Value>,
        }
        let set: KeySetMembers = serde_json::from_slice(set)?;
        Ok(Self(set.keys.iter().filter_map(|jwk| Key::read(jwk, rsa)).map(Arc::new).collect()))
    }

    fn find(&self, kid: &str) -> Option<Arc<Key>> {
        self.0.iter().find(|key| key.id == kid).cloned()
    }
}

impl Key {
    fn read(jwk: &Value, rsa: Option<Algorithm>) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        if text("use").is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let algorithm = match text("alg") {
            Some(name) => Algorithm::named(name)?,
            // An RSA key without an algorithm could be for either of two.
            None if text("kty") == Some("RSA") => rsa?,
            None => Algorithm::ALL
                .iter()
                .map(|(_, algorithm)| *algorithm)
                .find(|algorithm| algorithm.curve().is_some() && algorithm.curve() == text("crv"))?,
        };
        let verifying = VerifyingKey::read(algorithm, &jwk.to_string())?;
        Some(Self { id: text("kid").filter(|kid| !kid.is_empty())?.to_owned(), algorithm, verifying })
    }
}

/// The times for which a remote key set is kept.
#[derive(Debug, Clone, Copy)]
pub struct Keeping {
    /// How long keys are used without asking again. Default: 10 minutes.
    pub max_age: Duration,
    /// How long the issuer is not asked again for an unknown `kid`, so that invented tokens do not cause a request each. Default:
    /// 30 seconds.
    pub cooldown: Duration,
    /// The longest wait for an answer. Default: 5 seconds.
    pub timeout: Duration,
    /// How long after `max_age` keys are still used if the issuer does not answer. Default: one day.
    pub stale_if_error: Duration,
}

impl Default for Keeping {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { max_age: seconds(600), cooldown: seconds(30), timeout: seconds(5), stale_if_error: seconds(86_400) }
    }
}

/// The keys that an issuer publishes, fetched when they are needed.
pub struct RemoteKeySet {
    url: Url,
    reach: fetch::Reach,
    headers: HeaderMap,
    rsa: Option<Algorithm>,
    keeping: Keeping,
    kept: tokio::sync::Mutex<KeptKeySet>,
}

#[derive(Default)]
struct KeptKeySet {
    keys: LocalKeySet,
    /// The time when the keys were read.
    read_at: Option<Timestamp>,
    /// The time of the last attempt to read them.
    tried_at: Option<Timestamp>,
}

impl RemoteKeySet {
    /// Creates a key set without fetching it.
    pub fn new(url: Url, keeping: Keeping) -> Self {
        let reach = fetch::Reach::Anywhere;
        Self { url, reach, headers: HeaderMap::new(), rsa: None, keeping, kept: tokio::sync::Mutex::default() }
    }

    /// Creates the key set of a provider, whose RSA keys without an algorithm are for RS256.
    pub(crate) fn of_provider(url: Url, reach: fetch::Reach, headers: HeaderMap) -> Self {
        Self { reach, headers, rsa: Some(Algorithm::Rs256), ..Self::new(url, Keeping::default()) }
    }

    /// Finds a key. Of several JWTs that wait for the keys, one fetches them.
    async fn find(&self, kid: &str, now: Timestamp) -> Result<Arc<Key>, Refusal> {
        let mut kept = self.kept.lock().await;
        let within = |since: Option<Timestamp>, limit: Duration| {
            since.is_some_and(|at| now.duration_since(at).unsigned_abs() < limit)
        };
        let fresh = within(kept.read_at, self.keeping.max_age);
        let found = kept.keys.find(kid);
        if let Some(key) = found.clone().filter(|_| fresh) {
            return Ok(key);
        }
        let unknown = || Refusal::UnknownKey(kid.to_owned());
        if fresh && within(kept.tried_at, self.keeping.cooldown) {
            return Err(unknown());
        }
        let usable = within(kept.read_at, self.keeping.max_age + self.keeping.stale_if_error);
        if !fresh && within(kept.tried_at, self.keeping.cooldown) && kept.tried_at != kept.read_at {
            // The issuer failed recently.
            let failed = || Refusal::Unavailable("the issuer did not answer recently".to_owned());
            return found.filter(|_| usable).ok_or_else(failed);
        }
        let fetched = self.fetch().await;
        // Set after fetching: a request that is dropped meanwhile has tried nothing.
        kept.tried_at = Some(now);
        match fetched {
            Ok(keys) => {
                *kept = KeptKeySet { keys, read_at: Some(now), tried_at: Some(now) };
                kept.keys.find(kid).ok_or_else(unknown)
            }
            Err(cause) => found.filter(|_| usable).ok_or(Refusal::Unavailable(cause)),
        }
    }

    async fn fetch(&self) -> Result<LocalKeySet, String> {
        let request = Request::get("/").header("accept", "application/json").body(Full::<Bytes>::default());
        let mut request = request.map_err(|error| error.to_string())?;
        request.headers_mut().extend(self.headers.clone());
        let late = |_| format!("no answer within {:?}", self.keeping.timeout);
        let answer = tokio::time::timeout(self.keeping.timeout, fetch::send_within(self.reach, &self.url, request))
            .await
            .map_err(late)??;
        if !answer.status().is_success() {
            return Err(format!("the answer is {}", answer.status()));
        }
        LocalKeySet::read_with(answer.body(), self.rsa).map_err(|_| "the answer is not a key set".to_owned())
    }
}
