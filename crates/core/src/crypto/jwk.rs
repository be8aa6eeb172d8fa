//! The key pairs that sign JWTs, as JSON Web Keys (RFC 7517, RFC 7518 §6, RFC 8037) with their members in better-auth's order (spec
//! jwt-oauth-schema §1.5). There are five algorithms, and a key is used only for its own.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use hkdf::Hkdf;
use p521::ecdsa::signature::{RandomizedSigner as _, SignatureEncoding as _, Signer as _, Verifier as _};
use rsa::{
    BoxedUint, PrivateKey, PublicKey, pkcs1v15, pss,
    traits::{PrivateKeyParts as _, PublicKeyParts as _},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{random::Rng, secret::Secret};

/// An algorithm that signs JWTs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// Ed25519 (RFC 8037).
    EdDsa,
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// ECDSA with P-521 and SHA-512.
    Es512,
    /// RSA with PKCS #1 v1.5 padding and SHA-256.
    Rs256,
    /// RSA with PSS padding and SHA-256.
    Ps256,
}

impl Algorithm {
    /// Every algorithm with its name in a header.
    pub const ALL: &[(&'static str, Self)] = &[
        ("EdDSA", Self::EdDsa),
        ("ES256", Self::Es256),
        ("ES512", Self::Es512),
        ("RS256", Self::Rs256),
        ("PS256", Self::Ps256),
    ];

    /// Returns the name in a header.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, algorithm)| *algorithm == self).map_or("", |(name, _)| *name)
    }

    /// Returns the algorithm with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, algorithm)| *algorithm)
    }

    /// Returns the curve, if the algorithm has one.
    pub fn curve(self) -> Option<&'static str> {
        match self {
            Self::EdDsa => Some("Ed25519"),
            Self::Es256 => Some("P-256"),
            Self::Es512 => Some("P-521"),
            Self::Rs256 | Self::Ps256 => None,
        }
    }
}

/// A new key pair, with both halves as JSON.
pub struct KeyPair {
    /// The public half.
    pub public: String,
    /// The private half, which must stay secret.
    pub private: String,
}

/// The members of a JWK, in no particular order.
#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
struct Members {
    kty: String,
    crv: String,
    x: String,
    y: String,
    d: String,
    n: String,
    e: String,
    p: String,
    q: String,
}

/// A private key that signs.
pub struct SigningKey(Private);

enum Private {
    Ed25519(ed25519_dalek::SigningKey),
    P256(p256::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
    Rs256(pkcs1v15::SigningKey<Sha256>),
    Ps256(pss::SigningKey<Sha256>),
}

/// A public key that verifies signatures.
pub struct VerifyingKey(Public);

enum Public {
    Ed25519(ed25519_dalek::VerifyingKey),
    P256(p256::ecdsa::VerifyingKey),
    P521(p521::ecdsa::VerifyingKey),
    Rs256(pkcs1v15::VerifyingKey<Sha256>),
    Ps256(pss::VerifyingKey<Sha256>),
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Decodes a coordinate or a scalar of `N` bytes.
fn fixed<const N: usize>(text: &str) -> Option<[u8; N]> {
    decode(text)?.try_into().ok()
}

fn number(text: &str) -> Option<BoxedUint> {
    decode(text).map(|bytes| BoxedUint::from_be_slice_vartime(&bytes))
}

fn number_text(number: &BoxedUint) -> String {
    encode(number.to_be_bytes_trimmed_vartime())
}

/// Returns an uncompressed point (SEC 1 §2.3.3).
fn point(x: &[u8], y: &[u8]) -> Vec<u8> {
    [&[4], x, y].concat()
}

/// Creates a key pair. `modulus_length` is in bits and only for RSA, which takes up to seconds: keep it off the threads that answer
/// requests. Returns `None` if RSA does not support the length.
pub fn generate(algorithm: Algorithm, modulus_length: u32, rng: &mut Rng) -> Option<KeyPair> {
    match algorithm {
        Algorithm::EdDsa => {
            let mut seed = [0; 32];
            rng.fill(&mut seed);
            Some(ed25519(&seed))
        }
        Algorithm::Es256 => {
            let (key, d) = scalar::<32, _>(rng, 0xFF, |bytes| p256::ecdsa::SigningKey::from_slice(bytes).ok());
            elliptic("P-256", key.verifying_key().to_sec1_point(false).as_bytes(), &d)
        }
        Algorithm::Es512 => {
            let (key, d) = scalar::<66, _>(rng, 0x01, |bytes| p521::ecdsa::SigningKey::from_slice(bytes).ok());
            elliptic("P-521", key.verifying_key().to_sec1_point(false).as_bytes(), &d)
        }
        Algorithm::Rs256 | Algorithm::Ps256 => {
            let key = PrivateKey::new(rng.generator(), usize::try_from(modulus_length).ok()?).ok()?;
            let public = format!(r#"{{"kty":"RSA","n":"{}","e":"{}"}}"#, encode(key.n_bytes()), encode(key.e_bytes()));
            let private = rsa_private(&key, &public)?;
            Some(KeyPair { public, private })
        }
    }
}

/// Derives the Ed25519 key pair of a secret: the same secret always gives the same key pair, which reveals nothing about it.
pub fn derive(secret: &Secret) -> Option<KeyPair> {
    let mut seed = [0; 32];
    Hkdf::<Sha256>::new(Some(b"gatepost:signing-key:v1"), secret.bytes()).expand(b"Ed25519", &mut seed).ok()?;
    Some(ed25519(&seed))
}

fn ed25519(seed: &[u8; 32]) -> KeyPair {
    let key = ed25519_dalek::SigningKey::from_bytes(seed);
    let (d, x) = (encode(seed), encode(key.verifying_key().as_bytes()));
    KeyPair {
        public: format!(r#"{{"crv":"Ed25519","x":"{x}","kty":"OKP"}}"#),
        private: format!(r#"{{"crv":"Ed25519","d":"{d}","x":"{x}","kty":"OKP"}}"#),
    }
}

/// Returns the thumbprint of an Ed25519 key (RFC 7638, RFC 8037 §2).
pub fn thumbprint(jwk: &str) -> Option<String> {
    let key: Members = serde_json::from_str(jwk).ok()?;
    let members = format!(r#"{{"crv":"{}","kty":"{}","x":"{}"}}"#, key.crv, key.kty, key.x);
    Some(encode(Sha256::digest(members)))
}

/// Draws a scalar of `N` bytes that is valid for the curve: nearly always the first draw is.
fn scalar<const N: usize, K>(rng: &mut Rng, first: u8, read: impl Fn(&[u8]) -> Option<K>) -> (K, [u8; N]) {
    loop {
        let mut bytes = [0; N];
        rng.fill(&mut bytes);
        if let Some(top) = bytes.first_mut() {
            *top &= first;
        }
        if let Some(key) = read(&bytes) {
            return (key, bytes);
        }
    }
}

fn elliptic(curve: &str, point: &[u8], d: &[u8]) -> Option<KeyPair> {
    let (x, y) = point.get(1..)?.split_at_checked(d.len())?;
    let public = format!(r#"{{"kty":"EC","x":"{}","y":"{}","crv":"{curve}"}}"#, encode(x), encode(y));
    let private = format!(r#"{},"d":"{}"}}"#, public.strip_suffix('}')?, encode(d));
    Some(KeyPair { public, private })
}

fn rsa_private(key: &PrivateKey, public: &str) -> Option<String> {
    let [p, q] = key.primes() else { return None };
    let members = [
        ("d", key.d().clone()),
        ("p", p.as_ref().clone()),
        ("q", q.as_ref().clone()),
        ("dp", key.dp()?.clone()),
        ("dq", key.dq()?.clone()),
        ("qi", key.crt_coefficient()?),
    ];
    let members = members.iter().map(|(name, value)| format!(r#","{name}":"{}""#, number_text(value)));
    Some(format!("{}{}}}", public.strip_suffix('}')?, members.collect::<String>()))
}

impl SigningKey {
    /// Reads a private JWK for one algorithm; `None` if it is for another one, incomplete, or its halves do not match.
    pub fn read(algorithm: Algorithm, jwk: &str) -> Option<Self> {
        let key: Members = serde_json::from_str(jwk).ok()?;
        let private = match (algorithm, key.kty.as_str(), key.crv.as_str()) {
            (Algorithm::EdDsa, "OKP", "Ed25519") => {
                let private = ed25519_dalek::SigningKey::from_bytes(&fixed(&key.d)?);
                let same = *private.verifying_key().as_bytes() == fixed(&key.x)?;
                same.then_some(Private::Ed25519(private))?
            }
            (Algorithm::Es256, "EC", "P-256") => {
                let private = p256::ecdsa::SigningKey::from_slice(&fixed::<32>(&key.d)?).ok()?;
                let public = point(&fixed::<32>(&key.x)?, &fixed::<32>(&key.y)?);
                let same = private.verifying_key().to_sec1_point(false).as_bytes() == public;
                same.then_some(Private::P256(private))?
            }
            (Algorithm::Es512, "EC", "P-521") => {
                let private = p521::ecdsa::SigningKey::from_slice(&fixed::<66>(&key.d)?).ok()?;
                let public = point(&fixed::<66>(&key.x)?, &fixed::<66>(&key.y)?);
                let same = private.verifying_key().to_sec1_point(false).as_bytes() == public;
                same.then_some(Private::P521(private))?
            }
            (Algorithm::Rs256 | Algorithm::Ps256, "RSA", "") => {
                let (n, e, d) = (number(&key.n)?, number(&key.e)?, number(&key.d)?);
                let primes = vec![number(&key.p)?, number(&key.q)?];
                let private = PrivateKey::from_components(n, e, d, primes).ok()?;
                if algorithm == Algorithm::Rs256 {
                    Private::Rs256(pkcs1v15::SigningKey::new(private))
                } else {
                    Private::Ps256(pss::SigningKey::new(private))
                }
            }
            _ => return None,
        };
        Some(Self(private))
    }

    /// Returns the signature in the form of a JWS. Randomness blinds RSA and salts PSS; the others need none. Returns `None` only
    /// if RSA fails.
    pub fn sign(&self, message: &[u8], rng: &mut Rng) -> Option<Vec<u8>> {
        match &self.0 {
            Private::Ed25519(key) => Some(key.sign(message).to_bytes().to_vec()),
            Private::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                Some(signature.to_vec())
            }
            Private::P521(key) => {
                let signature: p521::ecdsa::Signature = key.sign(message);
                Some(signature.to_vec())
            }
            Private::Rs256(key) => Some(key.try_sign_with_rng(rng.generator(), message).ok()?.to_vec()),
            Private::Ps256(key) => Some(key.try_sign_with_rng(rng.generator(), message).ok()?.to_vec()),
        }
    }
}

/// Signs for ES256 with a P-256 key in PKCS #8 PEM (RFC 5958), as Apple issues them. Returns `None` if it is not such a key.
pub fn sign_es256(pem: &str, message: &[u8]) -> Option<Vec<u8>> {
    /// The object identifier of P-256; `BEFORE` precedes the scalar: the version, and an octet string of 32 bytes (RFC 5915).
    const CURVE: [u8; 8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
    const BEFORE: [u8; 5] = [2, 1, 1, 4, 32];
    let body: String = pem.lines().map(str::trim).filter(|line| !line.starts_with("-----")).collect();
    let der = STANDARD.decode(body).ok().filter(|der| der.windows(CURVE.len()).any(|bytes| bytes == CURVE))?;
    let at = der.windows(BEFORE.len()).position(|bytes| bytes == BEFORE)? + BEFORE.len();
    let key = p256::ecdsa::SigningKey::from_slice(der.get(at..at + 32)?).ok()?;
    let signature: p256::ecdsa::Signature = key.sign(message);
    Some(signature.to_vec())
}

impl VerifyingKey {
    /// Reads a public JWK for one algorithm; `None` if it is for another one or incomplete.
    pub fn read(algorithm: Algorithm, jwk: &str) -> Option<Self> {
        let key: Members = serde_json::from_str(jwk).ok()?;
        let public = match (algorithm, key.kty.as_str(), key.crv.as_str()) {
            (Algorithm::EdDsa, "OKP", "Ed25519") => {
                Public::Ed25519(ed25519_dalek::VerifyingKey::from_bytes(&fixed(&key.x)?).ok()?)
            }
            (Algorithm::Es256, "EC", "P-256") => {
                let public = point(&fixed::<32>(&key.x)?, &fixed::<32>(&key.y)?);
                Public::P256(p256::ecdsa::VerifyingKey::from_sec1_bytes(&public).ok()?)
            }
            (Algorithm::Es512, "EC", "P-521") => {
                let public = point(&fixed::<66>(&key.x)?, &fixed::<66>(&key.y)?);
                Public::P521(p521::ecdsa::VerifyingKey::from_sec1_bytes(&public).ok()?)
            }
            (Algorithm::Rs256 | Algorithm::Ps256, "RSA", "") => {
                let public = PublicKey::new(number(&key.n)?, number(&key.e)?).ok()?;
                if algorithm == Algorithm::Rs256 {
                    Public::Rs256(pkcs1v15::VerifyingKey::new(public))
                } else {
                    Public::Ps256(pss::VerifyingKey::new(public))
                }
            }
            _ => return None,
        };
        Some(Self(public))
    }

    /// Whether `signature` is this key's signature of `message`.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.0 {
            Public::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
            Public::P256(key) => p256::ecdsa::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
            Public::P521(key) => p521::ecdsa::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
            Public::Rs256(key) => {
                pkcs1v15::Signature::try_from(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok())
            }
            Public::Ps256(key) => {
                pss::Signature::try_from(signature).is_ok_and(|signature| key.verify(message, &signature).is_ok())
            }
        }
    }
}
