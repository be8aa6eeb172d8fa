//! The keys that sign tokens for other services (spec jwt-oauth-schema §§1.5, 1.6): loaded, decrypted and kept by each
//! instance for a minute, made where there are none, and replaced in time. Which one signs is `rules::keys`' decision.

use std::sync::{Arc, Mutex, PoisonError};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::Value;

use crate::{
    auth::Auth,
    config::Config,
    context::Context,
    cookie_cache::{AUDIENCE, Disbelief},
    crypto::{
        envelope,
        jwk::{self, Algorithm, SigningKey},
        jwt,
        random::Rng,
    },
    error::{Error, Reason},
    json,
    model::{Additional, Jwk},
    outcome::Outcome,
    rules::{keys, token},
    store::{self, Db, StoreError},
    verify::{self, Expected, KeySet, LocalKeySet},
    wire,
};

/// Seconds for which an instance believes its copy of the table.
const KEPT: i64 = 60;
/// Seconds for which nobody tries again after a failure, where the token is a courtesy.
const PAUSE: i64 = 10;
/// How often keys are made and read again before this is called a failure.
const ATTEMPTS: usize = 3;

/// Keeps a session in its cookie from being taken for a token, and the reverse.
const CACHE_TYPE: &str = "better-auth.session-cache+jwt";

/// What an instance knows of the keys.
#[derive(Default)]
pub struct Keyring {
    known: Mutex<Known>,
    /// Of requests that need what is not known yet, one asks the database and the others wait.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Known {
    keys: Option<(Timestamp, Arc<Vec<Jwk>>)>,
    signer: Option<Arc<Signer>>,
    failed_at: Option<Timestamp>,
}

/// A key that is ready to sign.
struct Signer {
    id: String,
    /// As it is stored: the same text is the same key.
    private_key: String,
    /// The encoded header of every token.
    header: String,
    algorithm: Algorithm,
    key: SigningKey,
    expires_at: Option<Timestamp>,
}

impl Keyring {
    fn known<T>(&self, look: impl FnOnce(&mut Known) -> T) -> T {
        look(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn keys(&self, now: Timestamp) -> Option<Arc<Vec<Jwk>>> {
        let is_fresh = |at: Timestamp| (0..KEPT).contains(&now.duration_since(at).as_secs());
        self.known(|known| known.keys.as_ref().filter(|(at, _)| is_fresh(*at)).map(|(_, keys)| keys.clone()))
    }

    fn signer(&self, now: Timestamp) -> Option<Arc<Signer>> {
        self.keys(now)?;
        self.known(|known| known.signer.clone()).filter(|signer| signer.expires_at.is_none_or(|at| at > now))
    }
}

/// A token that says who `user` is, as answers show the user.
///
/// # Errors
/// Where the database fails, or no key can be had.
pub async fn token(cx: &mut Context, user: &impl Serialize) -> Result<String, Error> {
    let signer = signer(cx).await?;
    let user: Additional = serde_json::from_str(&json::to_string(user)).unwrap_or_default();
    let claims = token::claims(&user.0, &cx.auth.config.jwt, &cx.origin().unwrap_or_default(), cx.now);
    let claims = json::to_string(&Additional(claims));
    jwt::sign_with(&signer.header, claims.as_bytes(), |message| signer.key.sign(message, &mut cx.rng))
        .ok_or_else(|| Error::internal(Reason::NoSigningKey, format!("key {} failed to sign", signer.id)))
}

/// The same as a courtesy to whoever reads a session: where it fails, the session is read nevertheless.
pub async fn courtesy_token(cx: &mut Context, user: &impl Serialize) -> Option<String> {
    let (auth, now) = (cx.auth.clone(), cx.now);
    let pausing = |at: Timestamp| (0..PAUSE).contains(&now.duration_since(at).as_secs());
    if auth.keys.known(|known| known.failed_at.is_some_and(pausing)) {
        return None;
    }
    match token(cx, user).await {
        Ok(token) => Some(token),
        Err(error) => {
            auth.keys.known(|known| known.failed_at = Some(now));
            Outcome::background("set_auth_jwt", error.cause().unwrap_or_else(|| error.reason().name()));
            None
        }
    }
}

/// Signs a session for its cookie (spec jwt-oauth-schema §1.7); none where there is no key to sign with, which the log says.
pub async fn sign_cached(cx: &mut Context, claims: &str) -> Option<String> {
    let signer = match signer(cx).await {
        Ok(signer) => signer,
        Err(error) => {
            Outcome::background("session_cookie_cache", error.cause().unwrap_or_else(|| error.reason().name()));
            return None;
        }
    };
    let header = format!(
        r#"{{"alg":"{}","kid":{},"typ":"{CACHE_TYPE}"}}"#,
        signer.algorithm.name(),
        Value::from(signer.id.as_str())
    );
    let sign = |message: &[u8]| signer.key.sign(message, &mut cx.rng);
    jwt::sign_with(&URL_SAFE_NO_PAD.encode(header), claims.as_bytes(), sign)
}

/// What a session in its cookie says, if one of the keys has signed it; expired ones count as long as they are known.
///
/// # Errors
/// [`Disbelief::Forged`] where it is not, or where the keys cannot be read.
pub async fn open_cached(cx: &mut Context, token: &str) -> Result<Vec<u8>, Disbelief> {
    let (header, claims) = token.split_once('.').ok_or(Disbelief::Forged)?;
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Disbelief::Forged);
    let header: Value = serde_json::from_slice(&decode(header)?).map_err(|_| Disbelief::Forged)?;
    if header.get("typ").and_then(Value::as_str) != Some(CACHE_TYPE) {
        return Err(Disbelief::Forged);
    }
    let auth = cx.auth.clone();
    let keys = match auth.keys.keys(cx.now) {
        Some(keys) => keys,
        None => load(&auth, &cx.db, cx.now).await.map_err(|_| Disbelief::Forged)?,
    };
    let named = header.get("kid").and_then(Value::as_str);
    let all: Vec<Additional> =
        keys.iter().filter(|key| Some(key.id.as_str()) == named).map(|key| public(key, &auth.config)).collect();
    let set = json::to_string(&wire::KeySet { keys: &all });
    let set = KeySet::Local(LocalKeySet::read(set.as_bytes()).map_err(|_| Disbelief::Forged)?);
    let expected = Expected { tolerance: 15, ..Expected::new(cache_issuer(cx), AUDIENCE) };
    verify::verify(token, &set, &expected, cx.now).await.map_err(|_| Disbelief::Forged)?;
    decode(claims.split('.').next().unwrap_or_default())
}

/// The issuer of such a session: the base URL as it is configured, else with the base path.
pub fn cache_issuer(cx: &Context) -> String {
    cx.auth.config.base_url_text.clone().unwrap_or_else(|| cx.base_url())
}

/// The public halves that are shown, each as better-auth writes it; one is made where there is none.
///
/// # Errors
/// Where the database fails.
pub async fn shown(cx: &mut Context) -> Result<Vec<Additional>, Error> {
    let auth = cx.auth.clone();
    let keys = match auth.keys.keys(cx.now) {
        Some(keys) => keys,
        None => {
            let _asking = auth.keys.asking.lock().await;
            let mut keys = load(&auth, &cx.db, cx.now).await?;
            if keys.is_empty() {
                make(&auth, &cx.db, &keys, cx.now, &mut cx.rng).await?;
                keys = load(&auth, &cx.db, cx.now).await?;
            }
            keys
        }
    };
    Ok(keys::shown(&keys, &auth.config.jwks, cx.now).map(|key| public(key, &auth.config)).collect())
}

/// The public halves that are shown, ready to check tokens with.
///
/// # Errors
/// Where the database fails.
pub async fn verifying(cx: &mut Context) -> Result<LocalKeySet, Error> {
    let keys = shown(cx).await?;
    let set = json::to_string(&wire::KeySet { keys: &keys });
    LocalKeySet::read(set.as_bytes()).map_err(|error| Error::internal(Reason::NoSigningKey, error))
}

/// The public half of a row: algorithm, curve, the stored members, and the row's identifier as `kid`.
fn public(key: &Jwk, config: &Config) -> Additional {
    let stored: Additional = serde_json::from_str(&key.public_key).unwrap_or_default();
    let alg = key.alg.clone().unwrap_or_else(|| config.jwks.algorithm.name().to_owned());
    let mut members = vec![("alg".to_owned(), Value::from(alg))];
    members.extend(key.crv.clone().map(|crv| ("crv".to_owned(), Value::from(crv))));
    let new = |(name, _): &(String, Value)| {
        !["alg", "crv", "kid"].contains(&name.as_str()) || (name == "crv" && key.crv.is_none())
    };
    members.extend(stored.0.into_iter().filter(new));
    members.push(("kid".to_owned(), Value::from(key.id.as_str())));
    Additional(members)
}

async fn load(auth: &Auth, db: &Db, now: Timestamp) -> Result<Arc<Vec<Jwk>>, StoreError> {
    let keys = if auth.config.is_stateless() { derived(&auth.config) } else { store::jwk::all(db).await? };
    let keys = Arc::new(keys);
    auth.keys.known(|known| known.keys = Some((now, keys.clone())));
    Ok(keys)
}

/// Without a database the keys come of the secrets, the same in every instance: the current one's signs, those of the older
/// ones are shown.
fn derived(config: &Config) -> Vec<Jwk> {
    let keys = config.secrets.all().enumerate().filter_map(|(at, secret)| {
        let pair = jwk::derive(secret)?;
        Some(Jwk {
            id: jwk::thumbprint(&pair.public)?,
            public_key: pair.public,
            private_key: pair.private,
            // The newest signs.
            created_at: Timestamp::from_second(-i64::try_from(at).ok()?).ok()?,
            expires_at: None,
            alg: Some(Algorithm::EdDsa.name().to_owned()),
            crv: Algorithm::EdDsa.curve().map(str::to_owned),
        })
    });
    keys.collect()
}

async fn signer(cx: &mut Context) -> Result<Arc<Signer>, Error> {
    let (auth, now) = (cx.auth.clone(), cx.now);
    if let Some(signer) = auth.keys.signer(now) {
        return Ok(signer);
    }
    let _asking = auth.keys.asking.lock().await;
    if let Some(signer) = auth.keys.signer(now) {
        return Ok(signer);
    }
    for _ in 0..ATTEMPTS {
        let keys = load(&auth, &cx.db, now).await?;
        let (found, useless) = choose(&auth, &keys, now);
        if !useless.is_empty() {
            store::jwk::retire(&cx.db, &useless, now).await?;
        }
        let Some((key, signer)) = found else {
            make(&auth, &cx.db, &keys, now, &mut cx.rng).await?;
            continue;
        };
        if keys::is_due(key, &keys, &auth.config.jwks, now) {
            make_later(cx, keys.clone());
        }
        encrypt_anew(cx, key);
        auth.keys.known(|known| known.signer = Some(signer.clone()));
        return Ok(signer);
    }
    let cause = "another process with another secret keeps storing keys that this one cannot decrypt: give both the same \
                 secrets, or each a database of its own";
    Err(Error::internal(Reason::NoSigningKey, cause))
}

/// Encrypts the private half under the current secret, so that the older one can be dropped; nobody waits for it.
fn encrypt_anew(cx: &mut Context, key: &Jwk) {
    let auth = cx.auth.clone();
    let secrets = &auth.config.secrets;
    let Ok(sealed) = serde_json::from_str::<String>(&key.private_key) else { return };
    let outdated = envelope::is_outdated(secrets, &sealed);
    let Some(private) = outdated.then(|| envelope::open(secrets, &sealed).ok()).flatten() else { return };
    let anew = Value::from(envelope::seal(secrets, &private, &mut cx.rng)).to_string();
    let (id, old) = (key.id.clone(), key.private_key.clone());
    cx.afterwards.push(Box::pin(async move {
        let db = Db::new(auth.pool.clone(), auth.schema.clone());
        if let Err(error) = store::jwk::replace_private(&db, &id, &old, &anew).await {
            Outcome::background("jwks", &format!("key {id} was not encrypted with the current secret: {error}"));
        }
    }));
}

/// The key to sign with, and those in front of it whose private halves cannot be read.
fn choose<'a>(auth: &Auth, keys: &'a [Jwk], now: Timestamp) -> (Option<(&'a Jwk, Arc<Signer>)>, Vec<&'a str>) {
    let mut useless = Vec::new();
    for key in keys::candidates(keys, &auth.config.jwks, now) {
        let kept = auth.keys.known(|known| known.signer.clone());
        let kept = kept.filter(|signer| signer.id == key.id && signer.private_key == key.private_key);
        match kept.map_or_else(|| read(key, &auth.config).map(Arc::new), Ok) {
            Ok(signer) => return (Some((key, signer)), useless),
            Err(cause) => {
                let cause = format!(
                    "the private half of key {} cannot be used: {cause}. It signs no more, its public half is shown for \
                     the grace period, and a new key takes over",
                    key.id
                );
                Outcome::background("jwks", &cause);
                useless.push(key.id.as_str());
            }
        }
    }
    (None, useless)
}

/// Private halves are stored encrypted, between quotes, or as they are: whichever it is, whatever the configuration says now.
fn read(key: &Jwk, config: &Config) -> Result<Signer, String> {
    let algorithm = keys::algorithm(key, &config.jwks)
        .ok_or_else(|| format!("its algorithm {} is not known", key.alg.as_deref().unwrap_or_default()))?;
    let private = match serde_json::from_str::<Value>(&key.private_key) {
        Ok(Value::String(sealed)) => envelope::open(&config.secrets, &sealed).map_err(|error| error.to_string())?,
        _ => key.private_key.clone(),
    };
    let header = format!(r#"{{"alg":"{}","kid":{}}}"#, algorithm.name(), Value::from(key.id.as_str()));
    Ok(Signer {
        id: key.id.clone(),
        private_key: key.private_key.clone(),
        header: URL_SAFE_NO_PAD.encode(header),
        algorithm,
        key: SigningKey::read(algorithm, &private).ok_or("it is no private JWK of its algorithm")?,
        expires_at: key.expires_at,
    })
}

/// Makes a key, unless another instance was faster.
async fn make(auth: &Auth, db: &Db, known: &[Jwk], now: Timestamp, rng: &mut Rng) -> Result<(), Error> {
    let config = &auth.config.jwks;
    let (algorithm, modulus_length) = (config.algorithm, config.modulus_length);
    let mut own = rng.fork();
    let generate = move || jwk::generate(algorithm, modulus_length, &mut own);
    let failed = || Error::internal(Reason::NoSigningKey, "no key pair could be made");
    let pair = tokio::task::spawn_blocking(generate).await.ok().flatten().ok_or_else(failed)?;
    let private_key = if config.disable_private_key_encryption {
        pair.private
    } else {
        Value::from(envelope::seal(&auth.config.secrets, &pair.private, rng)).to_string()
    };
    let lives = |seconds: u32| now.saturating_add(SignedDuration::from_secs(i64::from(seconds))).ok();
    let key = Jwk {
        id: rng.id(),
        public_key: pair.public,
        private_key,
        created_at: now,
        expires_at: config.rotation_interval.and_then(lives),
        alg: Some(algorithm.name().to_owned()),
        crv: algorithm.curve().map(str::to_owned),
    };
    Ok(store::jwk::add(db, &key, known, now).await?)
}

/// Makes the key that takes over soon; nobody waits for it.
fn make_later(cx: &mut Context, known: Arc<Vec<Jwk>>) {
    let (auth, now, mut rng) = (cx.auth.clone(), cx.now, cx.rng.fork());
    cx.afterwards.push(Box::pin(async move {
        let db = Db::new(auth.pool.clone(), auth.schema.clone());
        match make(&auth, &db, &known, now, &mut rng).await {
            Ok(()) => auth.keys.known(|known| known.keys = None),
            Err(error) => Outcome::background("jwks", error.cause().unwrap_or_else(|| error.reason().name())),
        }
    }));
}
