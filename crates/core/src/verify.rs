//! Checks tokens that this or another service signed, for whatever is protected by them (RFC 7515, RFC 7519, RFC 8725): what
//! jose's `jwtVerify` does with a local or a remote key set. Issuer, audience and algorithms are always asked for; the key
//! is one of the set's, never one that the token brings along; the time is a value.

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

/// What a token must say.
#[derive(Debug, Clone)]
pub struct Expected {
    /// Who may have issued it: one of these.
    pub issuers: Vec<String>,
    /// For whom it must be: one of these.
    pub audiences: Vec<String>,
    /// How it may be signed.
    pub algorithms: Vec<Algorithm>,
    /// Seconds by which the issuer's clock may be off.
    pub tolerance: u32,
}

impl Expected {
    /// From one issuer for one audience, signed in whichever of the five ways, with clocks that agree.
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        Self {
            issuers: vec![issuer.into()],
            audiences: vec![audience.into()],
            algorithms: Algorithm::ALL.iter().map(|(_, algorithm)| *algorithm).collect(),
            tolerance: 0,
        }
    }
}

/// What a token says, once it is believed.
#[derive(Debug, Clone)]
pub struct Claims(pub Map<String, Value>);

impl Claims {
    /// Whom it is about.
    pub fn subject(&self) -> &str {
        self.0.get("sub").and_then(Value::as_str).unwrap_or_default()
    }
}

/// Why a token is not believed. What it says of values is for the service's own people; none is secret.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// It is no JWT: parts, base64, JSON, a member twice.
    #[error("it is no JWT: {0}")]
    Malformed(&'static str),
    /// Its algorithm is none of those that may be used, or not its key's.
    #[error("alg is {found:?}, and may be {expected}")]
    Algorithm {
        /// What the header says.
        found: String,
        /// What it may say.
        expected: String,
    },
    /// Its header asks for an extension that must be understood.
    #[error("its header has `crit`, and no extension is known here")]
    Critical,
    /// No key of the set has its `kid`.
    #[error("kid is {0:?}, which the key set does not have")]
    UnknownKey(String),
    /// Its signature is not its key's.
    #[error("its signature is not that of its key")]
    Signature,
    /// A claim has another value.
    #[error("{claim} is {found}, and must be {expected}")]
    Claim {
        /// Which.
        claim: &'static str,
        /// What it says; `null` where it is not there.
        found: Value,
        /// What it must say.
        expected: String,
    },
    /// It is over.
    #[error("exp is {exp}, and it is {now}")]
    Expired {
        /// Seconds since 1970.
        exp: i64,
        /// Seconds since 1970.
        now: i64,
    },
    /// It has not begun.
    #[error("nbf is {nbf}, and it is {now}")]
    NotYet {
        /// Seconds since 1970.
        nbf: i64,
        /// Seconds since 1970.
        now: i64,
    },
    /// The key set cannot be had: the token may be good, later.
    #[error("the key set cannot be read: {0}")]
    Unavailable(String),
}

/// Where the keys come from.
#[expect(clippy::large_enum_variant, reason = "a process has one of each issuer")]
pub enum KeySet {
    /// Known already.
    Local(LocalKeySet),
    /// Shown by the issuer.
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

/// Checks a token by the whole of `expected`.
///
/// # Errors
/// The first reason not to believe it.
pub async fn verify(token: &str, keys: &KeySet, expected: &Expected, now: Timestamp) -> Result<Claims, Refusal> {
    let parts: Vec<&str> = token.split('.').collect();
    let &[header, claims, signature] = parts.as_slice() else {
        return Err(Refusal::Malformed("it has not three parts"));
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

/// What the claims of a token that is genuine must be.
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

/// Seconds, whose fractions do not count; nothing that is no instant of this or the next millennia.
fn whole(value: &Value) -> Option<i64> {
    let seconds = value.as_f64().filter(|seconds| seconds.abs() < 1e12)?;
    #[expect(clippy::cast_possible_truncation, reason = "below 10^12")]
    Some(seconds.floor() as i64)
}

fn decode(part: &str) -> Result<Vec<u8>, Refusal> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::Malformed("a part is not base64url"))
}

/// An object of which no member stands there twice: readers disagree about which of them counts.
fn object(part: &str) -> Result<Map<String, Value>, Refusal> {
    let members: Additional =
        serde_json::from_slice(&decode(part)?).map_err(|_| Refusal::Malformed("a part is no JSON object"))?;
    let count = members.0.len();
    let object: Map<String, Value> = members.0.into_iter().collect();
    if object.len() == count { Ok(object) } else { Err(Refusal::Malformed("a member stands there twice")) }
}

/// A public key and what it is for.
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

/// Keys that are known already.
#[derive(Debug, Default, Clone)]
pub struct LocalKeySet(Vec<Arc<Key>>);

impl LocalKeySet {
    /// Reads a JWK set (RFC 7517 §5). Keys of other kinds, for other uses or without a `kid` are passed over.
    ///
    /// # Errors
    /// Where it is no such set.
    pub fn read(set: &[u8]) -> Result<Self, serde_json::Error> {
        Self::read_with(set, None)
    }

    /// The same where RSA keys that do not say their algorithm are for this one.
    fn read_with(set: &[u8], rsa: Option<Algorithm>) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = serde_json::from_slice(set)?;
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
            // An RSA key without one could be for either of two.
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

/// How a remote key set is kept.
#[derive(Debug, Clone, Copy)]
pub struct Keeping {
    /// For so long it is believed without asking again. Default 10 minutes.
    pub max_age: Duration,
    /// For so long an unknown `kid` is not asked for again: nobody makes this service ask the issuer for every token they
    /// make up. Default 30 seconds.
    pub cooldown: Duration,
    /// The longest wait for an answer. Default 5 seconds.
    pub timeout: Duration,
    /// For so long after `max_age` it is still believed where the issuer does not answer. Default a day.
    pub stale_if_error: Duration,
}

impl Default for Keeping {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { max_age: seconds(600), cooldown: seconds(30), timeout: seconds(5), stale_if_error: seconds(86_400) }
    }
}

/// The keys that an issuer shows, fetched when they are needed.
pub struct RemoteKeySet {
    url: Url,
    reach: fetch::Reach,
    headers: HeaderMap,
    rsa: Option<Algorithm>,
    keeping: Keeping,
    kept: tokio::sync::Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    keys: LocalKeySet,
    /// When the keys were read.
    read_at: Option<Timestamp>,
    /// When somebody last tried to.
    tried_at: Option<Timestamp>,
}

impl RemoteKeySet {
    /// Asks nothing yet.
    pub fn new(url: Url, keeping: Keeping) -> Self {
        let reach = fetch::Reach::Anywhere;
        Self { url, reach, headers: HeaderMap::new(), rsa: None, keeping, kept: tokio::sync::Mutex::default() }
    }

    /// The set of a provider of sign-ins, which may leave out that its RSA keys are for RS256.
    pub(crate) fn of_provider(url: Url, reach: fetch::Reach, headers: HeaderMap) -> Self {
        Self { reach, headers, rsa: Some(Algorithm::Rs256), ..Self::new(url, Keeping::default()) }
    }

    /// Of tokens that wait for the same answer, one asks.
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
            // The issuer failed a moment ago.
            let failed = || Refusal::Unavailable("the issuer did not answer a moment ago".to_owned());
            return found.filter(|_| usable).ok_or_else(failed);
        }
        let fetched = self.fetch().await;
        // Not before: a request that goes away meanwhile has tried nothing.
        kept.tried_at = Some(now);
        match fetched {
            Ok(keys) => {
                *kept = Kept { keys, read_at: Some(now), tried_at: Some(now) };
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
        LocalKeySet::read_with(answer.body(), self.rsa).map_err(|_| "the answer is no key set".to_owned())
    }
}
