//! The signing keys, which sign JWTs for other services (spec jwt-oauth-schema §§1.5, 1.6): each instance loads, decrypts and keeps
//! them for a minute, creates the first one, and replaces them in time. `rules::keys` decides which one signs.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::{
    auth::Auth,
    config::Config,
    context::Context,
    crypto::{
        envelope,
        jwk::{self, Algorithm, SigningKey},
        random::Rng,
    },
    error::Error,
    json,
    keyring::Signer,
    model::{Additional, Jwk},
    outcome::Outcome,
    reason::Reason,
    rules::keys,
    store::{self, Db, StoreError},
    verify::LocalKeySet,
    wire,
};

/// The maximum number of attempts to create and read keys, after which it is a failure.
const ATTEMPTS: usize = 3;

/// Returns the public halves to publish, in better-auth's form; creates a key if there is none.
///
/// # Errors
/// The failure of the database.
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
    Ok(public_halves(cx, &keys))
}

fn public_halves(cx: &Context, keys: &[Jwk]) -> Vec<Additional> {
    let config = &cx.auth.config;
    keys::shown(keys, &config.jwks, cx.now).map(|key| public(key, config)).collect()
}

/// Returns the key set that verifies JWTs.
///
/// # Errors
/// The failure of the database.
pub async fn verifying(cx: &mut Context) -> Result<LocalKeySet, Error> {
    key_set(&shown(cx).await?).map_err(|error| Error::internal(Reason::NoSigningKey, error))
}

/// Returns the key set of [`verifying`] without creating a key.
///
/// # Errors
/// The failure of the database.
pub async fn existing(cx: &Context) -> Result<LocalKeySet, StoreError> {
    let keys = match cx.auth.keys.keys(cx.now) {
        Some(keys) => keys,
        None => load(&cx.auth, &cx.db, cx.now).await?,
    };
    key_set(&public_halves(cx, &keys)).map_err(|error| StoreError::Failed(error.to_string()))
}

fn key_set(keys: &[Additional]) -> Result<LocalKeySet, serde_json::Error> {
    LocalKeySet::read(json::to_string(&wire::KeySet { keys }).as_bytes())
}

/// Returns the public half of one key, expired or not; `None` if no key has this identifier. A key in the copy of the table is
/// returned regardless of the copy's age.
///
/// # Errors
/// The failure of the database.
pub(crate) async fn public_half(cx: &Context, kid: &str) -> Result<Option<Additional>, StoreError> {
    let auth = cx.auth.clone();
    let has_it = |keys: &Arc<Vec<Jwk>>| keys.iter().any(|key| key.id == kid);
    let keys = match auth.keys.keys(cx.now).or_else(|| auth.keys.old_keys().filter(has_it)) {
        Some(keys) => keys,
        None => load(&auth, &cx.db, cx.now).await?,
    };
    Ok(keys.iter().find(|key| key.id == kid).map(|key| public(key, &auth.config)))
}

/// Returns the public half of a row: algorithm, curve, the stored members, and the row's identifier as `kid`.
fn public(key: &Jwk, config: &Config) -> Additional {
    let stored: Additional = serde_json::from_str(&key.public_key).unwrap_or_default();
    let alg = key.alg.clone().unwrap_or_else(|| config.jwks.new_keys.algorithm.name().to_owned());
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

/// Derives the keys from the secrets for a service without a database, the same in every instance: that of the current secret
/// signs, those of the older ones are only published.
fn derived(config: &Config) -> Vec<Jwk> {
    let keys = config.secrets.all().enumerate().filter_map(|(at, secret)| {
        let pair = jwk::derive(secret)?;
        Some(Jwk {
            id: jwk::thumbprint(&pair.public)?,
            public_key: pair.public,
            private_key: pair.private,
            // The newest key signs.
            created_at: Timestamp::from_second(-i64::try_from(at).ok()?).ok()?,
            expires_at: None,
            alg: Some(Algorithm::EdDsa.name().to_owned()),
            crv: Algorithm::EdDsa.curve().map(str::to_owned),
        })
    });
    keys.collect()
}

/// Returns the key that signs. A known key continues to sign while the table is read again after the answer: if the database fails
/// meanwhile, sessions that do not need it can still be read.
pub(crate) async fn signer(cx: &mut Context) -> Result<Arc<Signer>, Error> {
    let (auth, now) = (cx.auth.clone(), cx.now);
    if let Some(signer) = auth.keys.signer(now) {
        if auth.keys.keys(now).is_none() && !auth.keys.is_pausing(now) {
            ask_later(cx);
        }
        return Ok(signer);
    }
    let _asking = auth.keys.asking.lock().await;
    if let Some(signer) = auth.keys.signer(now) {
        return Ok(signer);
    }
    let (signer, rest) = ask(&auth, &cx.db, now, &mut cx.rng).await?;
    if let Some(rest) = rest {
        cx.afterwards.push(Box::pin(rest.work(auth.clone(), now)));
    }
    Ok(signer)
}

/// Reads the table again after the answer.
fn ask_later(cx: &mut Context) {
    let (auth, now, mut rng) = (cx.auth.clone(), cx.now, cx.rng.fork());
    cx.afterwards.push(Box::pin(async move {
        let Ok(_asking) = auth.keys.asking.try_lock() else { return };
        let db = auth.db();
        match ask(&auth, &db, now, &mut rng).await {
            Ok((_, Some(rest))) => rest.work(auth.clone(), now).await,
            Ok((_, None)) => {}
            Err(error) => {
                auth.keys.known(|known| known.failed_at = Some(now));
                Outcome::background("jwks", error.cause().unwrap_or_else(|| error.reason().name()));
            }
        }
    }));
}

/// Reads the table, and creates a key if none can sign.
async fn ask(
    auth: &Auth,
    db: &Db,
    now: Timestamp,
    rng: &mut Rng,
) -> Result<(Arc<Signer>, Option<RemainingWork>), Error> {
    for _ in 0..ATTEMPTS {
        let keys = load(auth, db, now).await?;
        let (found, useless) = choose(auth, &keys, now);
        if !useless.is_empty() {
            store::jwk::retire(db, &useless, now).await?;
        }
        let Some((key, signer)) = found else {
            make(auth, db, &keys, now, rng).await?;
            continue;
        };
        let rest = RemainingWork {
            successor: keys::is_due(key, &keys, &auth.config.jwks, now).then(|| keys.clone()),
            sealed: sealed_anew(key, &auth.config, rng),
            rng: rng.fork(),
        };
        auth.keys.known(|known| known.signer = Some(signer.clone()));
        return Ok((signer, Some(rest).filter(|rest| rest.successor.is_some() || rest.sealed.is_some())));
    }
    let cause = "a process with another secret keeps storing keys that this one cannot decrypt: give both the same \
                 secrets, or each a database of its own";
    Err(Error::internal(Reason::NoSigningKey, cause))
}

/// The remaining work on the keys, for after the answer.
struct RemainingWork {
    /// The known keys, if a successor of the signing key is to be created.
    successor: Option<Arc<Vec<Jwk>>>,
    /// A private half under the current secret, so that the older one can be removed.
    sealed: Option<SealedKey>,
    rng: Rng,
}

struct SealedKey {
    id: String,
    old: String,
    new: String,
}

impl RemainingWork {
    async fn work(mut self, auth: Arc<Auth>, now: Timestamp) {
        let db = auth.db();
        let told = |error: &Error| {
            Outcome::background("jwks", error.cause().unwrap_or_else(|| error.reason().name()));
        };
        if let Some(SealedKey { id, old, new }) = &self.sealed
            && let Err(error) = store::jwk::replace_private(&db, id, old, new).await
        {
            told(&error.into());
        }
        if let Some(known) = &self.successor {
            match make(&auth, &db, known, now, &mut self.rng).await {
                Ok(()) => auth.keys.known(|known| known.keys = None),
                Err(error) => told(&error),
            }
        }
    }
}

fn sealed_anew(key: &Jwk, config: &Config, rng: &mut Rng) -> Option<SealedKey> {
    let sealed: String = serde_json::from_str(&key.private_key).ok()?;
    let private = envelope::is_outdated(&config.secrets, &sealed).then(|| envelope::open(&config.secrets, &sealed))?;
    let new = Value::from(envelope::seal(&config.secrets, &private.ok()?, rng)).to_string();
    Some(SealedKey { id: key.id.clone(), old: key.private_key.clone(), new })
}

/// Returns the key that signs, and better candidates whose private halves cannot be read.
fn choose<'a>(auth: &Auth, keys: &'a [Jwk], now: Timestamp) -> (Option<(&'a Jwk, Arc<Signer>)>, Vec<String>) {
    let mut useless = Vec::new();
    for key in keys::candidates(keys, &auth.config.jwks, now) {
        let kept = auth.keys.known(|known| known.signer.clone());
        let kept = kept.filter(|signer| signer.id == key.id && signer.private_key == key.private_key);
        match kept.map_or_else(|| read(key, &auth.config).map(Arc::new), Ok) {
            Ok(signer) => return (Some((key, signer)), useless),
            Err(cause) => {
                let cause = format!(
                    "the private half of key {} cannot be used: {cause}. The key does not sign any more, its public half is \
                     published for the grace period, and a new key takes over",
                    key.id
                );
                Outcome::background("jwks", &cause);
                useless.push(key.id.clone());
            }
        }
    }
    (None, useless)
}

/// Reads the private half of a key, which is stored encrypted as a JSON text, or unencrypted; the stored form decides, regardless
/// of the configuration.
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
        key: SigningKey::read(algorithm, &private).ok_or("it is not a private JWK of its algorithm")?,
        expires_at: key.expires_at,
    })
}

/// Creates a key, unless another instance has done so.
async fn make(auth: &Auth, db: &Db, known: &[Jwk], now: Timestamp, rng: &mut Rng) -> Result<(), Error> {
    let config = &auth.config.jwks;
    let (algorithm, modulus_length) = (config.new_keys.algorithm, config.new_keys.modulus_length);
    let mut own = rng.fork();
    let generate = move || jwk::generate(algorithm, modulus_length, &mut own);
    let failed = || Error::internal(Reason::NoSigningKey, "no key pair could be created");
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
