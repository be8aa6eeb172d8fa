//! The encrypted cookies: compact JWE, `dir` with A256CBC-HS512, keyed by HKDF from the secret (spec jwt-oauth-schema §3.4, RFC
//! 7516, RFC 7518 §5.2.5). No other algorithm is accepted: A256GCM, which better-auth allows by name, needs a key of half the
//! length and therefore never opens there either.

use aes::Aes256;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _, block_padding::Pkcs7};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256, Sha512};

use super::{
    random::Rng,
    secret::{Secret, Secrets},
};

/// The info that separates the key from other uses of the secret.
const INFO: &[u8] = b"BetterAuth.js Generated Encryption Key";
/// The number of bytes of the tag: half of the HMAC.
const TAG: usize = 32;

/// The keys for one kind of cookie, the current one first.
pub struct Keys(Vec<Key>);

struct Key {
    mac: [u8; 32],
    cipher: [u8; 32],
    header: String,
    id: String,
}

impl Keys {
    /// Derives the keys of the cookies that `salt` names: `better-auth-session` or `better-auth-account`.
    pub fn new(secrets: &Secrets, salt: &str) -> Self {
        Self(secrets.all().filter_map(|secret| Key::new(secret, salt)).collect())
    }

    /// Encrypts `claims`, a JSON object, under the current secret.
    pub fn seal(&self, claims: &[u8], rng: &mut Rng) -> String {
        let mut iv = [0; 16];
        rng.fill(&mut iv);
        self.0.first().map(|key| key.seal(claims, iv)).unwrap_or_default()
    }

    /// Decrypts a token to bytes that are still untrusted. A token that names its key is decrypted only with that key, otherwise
    /// every key is tried.
    pub fn open(&self, token: &str) -> Option<Vec<u8>> {
        let parts: Vec<&str> = token.split('.').collect();
        let &[header, "", iv, sealed, tag] = parts.as_slice() else { return None };
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
        let named: Header = serde_json::from_slice(&decode(header)?).ok()?;
        if named.alg != "dir" || named.enc != "A256CBC-HS512" || named.crit.is_some() || named.zip.is_some() {
            return None;
        }
        let (iv, sealed, tag) = (decode(iv)?.try_into().ok()?, decode(sealed)?, decode(tag)?);
        let may_be = |key: &&Key| named.kid.as_ref().is_none_or(|id| *id == key.id);
        self.0.iter().filter(may_be).find_map(|key| key.open(header, iv, &sealed, &tag))
    }
}

#[derive(serde::Deserialize)]
struct Header {
    alg: String,
    enc: String,
    kid: Option<String>,
    crit: Option<serde::de::IgnoredAny>,
    zip: Option<serde::de::IgnoredAny>,
}

impl Key {
    fn new(secret: &Secret, salt: &str) -> Option<Self> {
        let mut key = [0; 64];
        Hkdf::<Sha256>::new(Some(salt.as_bytes()), secret.bytes()).expand(INFO, &mut key).ok()?;
        let thumbprint = format!(r#"{{"k":"{}","kty":"oct"}}"#, URL_SAFE_NO_PAD.encode(key));
        let id = URL_SAFE_NO_PAD.encode(Sha256::digest(thumbprint));
        let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"dir","enc":"A256CBC-HS512","kid":"{id}"}}"#));
        let (mac, cipher) = key.split_first_chunk::<32>()?;
        Some(Self { mac: *mac, cipher: cipher.try_into().ok()?, header, id })
    }

    fn seal(&self, claims: &[u8], iv: [u8; 16]) -> String {
        let sealed = cbc::Encryptor::<Aes256>::new(&self.cipher.into(), &iv.into()).encrypt_padded_vec::<Pkcs7>(claims);
        let tag = self.mac(&self.header, iv, &sealed).finalize().into_bytes();
        let tag = tag.get(..TAG).unwrap_or_default();
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        format!("{}..{}.{}.{}", self.header, encode(&iv), encode(&sealed), encode(tag))
    }

    fn open(&self, header: &str, iv: [u8; 16], sealed: &[u8], tag: &[u8]) -> Option<Vec<u8>> {
        // Nothing is decrypted before it is authenticated, so an error of the padding reveals nothing.
        if tag.len() != TAG || self.mac(header, iv, sealed).verify_truncated_left(tag).is_err() {
            return None;
        }
        cbc::Decryptor::<Aes256>::new(&self.cipher.into(), &iv.into()).decrypt_padded_vec::<Pkcs7>(sealed).ok()
    }

    /// Computes the MAC of the header, the initialization vector, the ciphertext, and the header's length in bits.
    fn mac(&self, header: &str, iv: [u8; 16], sealed: &[u8]) -> Hmac<Sha512> {
        #[expect(clippy::expect_used, reason = "HMAC accepts keys of every length")]
        let mut mac = Hmac::<Sha512>::new_from_slice(&self.mac).expect("HMAC accepts keys of every length");
        mac.update(header.as_bytes());
        mac.update(&iv);
        mac.update(sealed);
        mac.update(&(header.len() as u64 * 8).to_be_bytes());
        mac
    }
}
