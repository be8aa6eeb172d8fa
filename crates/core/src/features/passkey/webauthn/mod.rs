//! The checks of a registration (WebAuthn §7.1) and of a sign-in (§7.2), as SimpleWebAuthn does them for better-auth. They are pure:
//! an answer of an authenticator, what is expected of it, and the stored key lead to a decision.

pub mod authenticator;

use base64::{
    Engine as _,
    alphabet::URL_SAFE,
    engine::{
        DecodePaddingMode,
        general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD, URL_SAFE_NO_PAD},
    },
};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use self::authenticator::{AttestationObject, AuthenticatorData};
use crate::crypto::cose::{EDDSA, ES256, Key, RS256};

/// Decodes base64url with or without padding.
const BASE_64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The algorithms of keys, in the order in which better-auth prefers them.
pub const ALGORITHMS: [i64; 3] = [EDDSA, ES256, RS256];

/// The formats of attestation besides `none` and `packed` (WebAuthn §8). Attestation is not requested, so that what an authenticator
/// says of itself is not evaluated.
const FORMATS: [&str; 5] = ["android-key", "android-safetynet", "apple", "fido-u2f", "tpm"];

/// The requirements for an answer of an authenticator.
#[derive(Debug, Clone, Copy)]
pub struct CeremonyRequirements<'a> {
    /// The challenge, as base64url.
    pub challenge: &'a str,
    /// The origins of the page.
    pub origins: &'a [String],
    /// The domain.
    pub rp_id: &'a str,
    /// Whether the authenticator must have verified the person.
    pub verification: bool,
}

/// The reason why an answer is not valid, for operators.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A part is missing or malformed.
    #[error("{0} is missing or malformed")]
    Malformed(&'static str),
    /// It belongs to the other ceremony.
    #[error("its type is {0:?}")]
    Type(String),
    /// It answers another challenge.
    #[error("it answers another challenge")]
    Challenge,
    /// Its page has another origin.
    #[error("its origin is {found:?}, and may be {expected}")]
    Origin {
        /// The origin of the page.
        found: String,
        /// The expected ones.
        expected: String,
    },
    /// Its page is in a frame of another origin.
    #[error(
        "its page is in a frame of {0}, which `passkey.origin` does not list; list it if its pages may frame this one"
    )]
    Framed(String),
    /// Its domain is another one.
    #[error("its domain is not {0:?}")]
    Domain(String),
    /// No person was present.
    #[error("no person was present at the authenticator")]
    Absent,
    /// The person was not verified.
    #[error(
        "the authenticator has not verified the person, as `passkey.authenticator_selection.user_verification` requires"
    )]
    Unverified,
    /// Its flags contradict each other.
    #[error("it is backed up, which a passkey of one device cannot be")]
    BackedUp,
    /// Its key has none of the supported algorithms.
    #[error("its key is not one of ES256, EdDSA and RS256")]
    Key,
    /// Its attestation is not valid.
    #[error("its attestation of the format {0:?} is not valid")]
    Attestation(String),
    /// It was used before: the authenticator may be copied.
    #[error("its counter is {found} after {stored}: the authenticator may be copied")]
    Counter {
        /// The counter of the answer.
        found: u32,
        /// The stored counter.
        stored: i64,
    },
    /// Its signature does not match the stored key.
    #[error("its signature does not match the stored key")]
    Signature,
}

/// The maximum number of characters of a client's text that reach the log.
const SHOWN: usize = 200;

fn shown(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

/// A registered credential, as better-auth stores it.
#[derive(Debug, PartialEq, Eq)]
pub struct RegisteredCredential {
    /// Its identifier, as base64url.
    pub credential_id: String,
    /// Its public key: COSE, as base64.
    pub public_key: String,
    /// How often it was used.
    pub counter: u32,
    /// `multiDevice` or `singleDevice`.
    pub device_type: &'static str,
    /// Whether it is on several devices now.
    pub backed_up: bool,
    /// How browsers reach the authenticator, with commas between.
    pub transports: String,
    /// The model of the authenticator, as a UUID.
    pub aaguid: String,
    /// Whether the authenticator verified the person.
    pub is_verified: bool,
}

/// The members of `clientDataJSON` that are checked (WebAuthn §5.8.1).
#[derive(Deserialize)]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    /// Whether a page around this one has another origin.
    #[serde(rename = "crossOrigin")]
    is_framed: Option<bool>,
    /// The origin of the outermost page, if it is another one.
    #[serde(rename = "topOrigin")]
    top: Option<String>,
}

fn decoded(answer: &Value, name: &'static str) -> Result<Vec<u8>, Refusal> {
    let text = answer.get("response").and_then(|response| response.get(name)).and_then(Value::as_str);
    text.and_then(|text| BASE_64.decode(text).ok()).ok_or(Refusal::Malformed(name))
}

/// Checks what both ceremonies have in common, and returns the SHA-256 of the client data.
fn client_data(answer: &Value, kind: &str, expected: &CeremonyRequirements<'_>) -> Result<[u8; 32], Refusal> {
    let text = |name| answer.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let id = text("id").ok_or(Refusal::Malformed("id"))?;
    if text("rawId") != Some(id) {
        return Err(Refusal::Malformed("rawId"));
    }
    if text("type") != Some("public-key") {
        return Err(Refusal::Malformed("type"));
    }
    let bytes = decoded(answer, "clientDataJSON")?;
    let data: ClientData = serde_json::from_slice(&bytes).map_err(|_| Refusal::Malformed("clientDataJSON"))?;
    if data.r#type != kind {
        return Err(Refusal::Type(shown(&data.r#type)));
    }
    if data.challenge != expected.challenge {
        return Err(Refusal::Challenge);
    }
    if !expected.origins.contains(&data.origin) {
        let expected = expected.origins.join(" or ");
        return Err(Refusal::Origin { found: shown(&data.origin), expected });
    }
    // A page that frames this one could lead a person to confirm what the person does not see (WebAuthn §§7.1, 7.2, 13.4.2).
    let is_listed = data.top.as_ref().map(|top| expected.origins.contains(top));
    if is_listed.map_or(data.is_framed == Some(true), |is_listed| !is_listed) {
        let top = data.top.map_or_else(|| "an unnamed page".to_owned(), |top| format!("{:?}", shown(&top)));
        return Err(Refusal::Framed(top));
    }
    Ok(Sha256::digest(&bytes).into())
}

fn check_data(data: &AuthenticatorData<'_>, expected: &CeremonyRequirements<'_>) -> Result<(), Refusal> {
    if data.rp_id_hash[..] != Sha256::digest(expected.rp_id)[..] {
        return Err(Refusal::Domain(expected.rp_id.to_owned()));
    }
    if !data.is_present() {
        return Err(Refusal::Absent);
    }
    if expected.verification && !data.is_verified() {
        return Err(Refusal::Unverified);
    }
    if data.is_backed_up() && !data.may_be_backed_up() {
        return Err(Refusal::BackedUp);
    }
    Ok(())
}

/// Checks the answer to a registration.
///
/// # Errors
/// The first reason why it is not valid.
pub fn register(answer: &Value, expected: &CeremonyRequirements<'_>) -> Result<RegisteredCredential, Refusal> {
    let hash = client_data(answer, "webauthn.create", expected)?;
    let bytes = decoded(answer, "attestationObject")?;
    let object = AttestationObject::read(&bytes).ok_or(Refusal::Malformed("attestationObject"))?;
    let data = AuthenticatorData::read(object.data).ok_or(Refusal::Malformed("authenticatorData"))?;
    check_data(&data, expected)?;
    let attested = data.attested.ok_or(Refusal::Malformed("the attested credential"))?;
    let key = Key::read(attested.public_key).ok_or(Refusal::Key)?;
    if !is_attested(&object, &key, &hash) {
        return Err(Refusal::Attestation(shown(object.format)));
    }
    Ok(RegisteredCredential {
        credential_id: URL_SAFE_NO_PAD.encode(attested.id),
        public_key: STANDARD.encode(attested.public_key),
        counter: data.counter,
        device_type: if data.may_be_backed_up() { "multiDevice" } else { "singleDevice" },
        backed_up: data.is_backed_up(),
        transports: transports(answer)?,
        aaguid: uuid(&attested.aaguid),
        is_verified: data.is_verified(),
    })
}

/// Whether the attestation is valid. A statement that the credential signed itself is verified. One that names the certificate of a
/// manufacturer is not: no manufacturer is trusted, so that it would prove no more than `none` does.
fn is_attested(object: &AttestationObject<'_>, key: &Key, hash: &[u8; 32]) -> bool {
    match object.format {
        "none" => object.is_empty(),
        "packed" => object.packed().is_some_and(|packed| {
            let signed = [object.data, hash].concat();
            packed.has_certificates || packed.algorithm == key.algorithm() && key.verify(&signed, packed.signature)
        }),
        format => FORMATS.contains(&format),
    }
}

/// Returns the transports with commas between them; none if the browser does not name them.
fn transports(answer: &Value) -> Result<String, Refusal> {
    match answer.get("response").and_then(|response| response.get("transports")) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::Array(items)) => {
            let texts =
                items.iter().map(|item| item.as_str().filter(|text| !text.contains(','))).collect::<Option<Vec<_>>>();
            texts.map(|texts| texts.join(",")).ok_or(Refusal::Malformed("transports"))
        }
        Some(_) => Err(Refusal::Malformed("transports")),
    }
}

fn uuid(bytes: &[u8; 16]) -> String {
    let hex = hex::encode(bytes);
    let part = |range| hex.get(range).unwrap_or_default();
    [part(0..8), part(8..12), part(12..16), part(16..20), part(20..32)].join("-")
}

/// The answer to a sign-in that is valid except for its key.
#[derive(Debug)]
pub struct Assertion {
    signed: Vec<u8>,
    signature: Vec<u8>,
    /// How often the credential was used.
    pub counter: u32,
    /// Whether the authenticator verified the person.
    pub is_verified: bool,
}

/// Checks what an answer to a sign-in says.
///
/// # Errors
/// The first reason why it is not valid.
pub fn assertion(answer: &Value, expected: &CeremonyRequirements<'_>) -> Result<Assertion, Refusal> {
    let hash = client_data(answer, "webauthn.get", expected)?;
    let bytes = decoded(answer, "authenticatorData")?;
    let signature = decoded(answer, "signature")?;
    let data = AuthenticatorData::read(&bytes).ok_or(Refusal::Malformed("authenticatorData"))?;
    check_data(&data, expected)?;
    let (counter, is_verified) = (data.counter, data.is_verified());
    Ok(Assertion { signed: [&bytes[..], &hash].concat(), signature, counter, is_verified })
}

impl Assertion {
    /// Checks the counter and the signature by the stored key, which is COSE as base64, and the stored counter.
    ///
    /// # Errors
    /// The first reason why it is not valid.
    pub fn verify(&self, public_key: &str, stored: i64) -> Result<(), Refusal> {
        let counts = self.counter > 0 || stored > 0;
        if counts && i64::from(self.counter) <= stored {
            return Err(Refusal::Counter { found: self.counter, stored });
        }
        let key = STANDARD.decode(public_key).ok().and_then(|bytes| Key::read(&bytes)).ok_or(Refusal::Key)?;
        if key.verify(&self.signed, &self.signature) { Ok(()) } else { Err(Refusal::Signature) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Answers of authenticators, with the rows that better-auth stored.
    fn vectors() -> Value {
        serde_json::from_str(include_str!("../../../../../../tests/vectors/passkeys.json")).unwrap()
    }

    fn expected<'a>(challenge: &'a Value, origins: &'a [String]) -> CeremonyRequirements<'a> {
        let challenge = challenge.as_str().unwrap();
        CeremonyRequirements { challenge, origins, rp_id: "localhost", verification: false }
    }

    #[test]
    fn what_is_registered_is_stored_as_better_auth_stores_it() {
        let (vectors, origins) = (vectors(), ["http://localhost:3000".to_owned()]);
        for (name, row) in [("registration", "result_row"), ("registration_ed25519", "result")] {
            let case = &vectors[name];
            let expected = expected(&case["options"]["challenge"], &origins);
            let found = register(&case["client_response"], &expected).unwrap();
            let text = |member: &str| case[row][member].as_str().unwrap().to_owned();
            assert_eq!(found.credential_id, text("credentialID"));
            assert_eq!(found.public_key, text("publicKey"));
            assert_eq!(found.device_type, text("deviceType"));
            assert_eq!(found.transports, text("transports"));
            assert_eq!(found.aaguid, text("aaguid"));
            assert_eq!(json!(found.counter), case[row]["counter"]);
            assert_eq!(json!(found.backed_up), case[row]["backedUp"]);
        }
    }

    #[test]
    fn each_part_of_an_answer_must_be_what_is_expected() {
        let (vectors, origins) = (vectors(), ["http://localhost:3000".to_owned()]);
        let case = &vectors["authentication"];
        let (answer, key) = (&case["client_response"], case["public_key_base64_cose"].as_str().unwrap());
        let expected = expected(&case["options"]["challenge"], &origins);
        let found = assertion(answer, &expected).unwrap();
        assert_eq!((found.counter, found.is_verified, found.verify(key, 0)), (1, true, Ok(())));
        assert_eq!(found.verify(key, 1), Err(Refusal::Counter { found: 1, stored: 1 }));
        assert_eq!(found.verify("pAEBAycgBiFYIA==", 0), Err(Refusal::Key));

        let refused = |expected: &CeremonyRequirements<'_>| assertion(answer, expected).unwrap_err();
        assert_eq!(refused(&CeremonyRequirements { challenge: "x", ..expected }), Refusal::Challenge);
        assert_eq!(
            refused(&CeremonyRequirements { rp_id: "example.com", ..expected }),
            Refusal::Domain("example.com".to_owned())
        );
        assert!(matches!(refused(&CeremonyRequirements { origins: &[], ..expected }), Refusal::Origin { .. }));
        assert!(assertion(answer, &CeremonyRequirements { verification: true, ..expected }).is_ok());
        assert_eq!(register(answer, &expected), Err(Refusal::Type("webauthn.get".to_owned())));
        let without = |member: &str| {
            let mut answer = answer.clone();
            answer["response"][member] = json!(7);
            assertion(&answer, &expected).unwrap_err()
        };
        for member in ["clientDataJSON", "authenticatorData", "signature"] {
            assert!(matches!(without(member), Refusal::Malformed(_)), "{member}");
        }
        let mut other = answer.clone();
        other["response"]["signature"] = json!("AAAA");
        assert_eq!(assertion(&other, &expected).unwrap().verify(key, 0), Err(Refusal::Signature));
    }

    #[test]
    fn every_broken_answer_is_refused() {
        let (vectors, origins) = (vectors(), ["http://localhost:3000".to_owned()]);
        let case = &vectors["registration"];
        let expected = expected(&case["options"]["challenge"], &origins);
        let object =
            BASE_64.decode(case["client_response"]["response"]["attestationObject"].as_str().unwrap()).unwrap();
        let with = |object: &[u8]| {
            let mut answer = case["client_response"].clone();
            answer["response"]["attestationObject"] = json!(URL_SAFE_NO_PAD.encode(object));
            register(&answer, &expected)
        };
        assert!(with(&object).is_ok());
        for length in 0..object.len() {
            assert!(with(&object[..length]).is_err(), "{length} bytes");
        }
        // No broken byte panics. Some are free: flags, the counter, the model, the identifier and the key.
        for at in 0..object.len() {
            for bit in 0..8 {
                let mut broken = object.clone();
                broken[at] ^= 1 << bit;
                with(&broken).ok();
            }
        }
    }
}
