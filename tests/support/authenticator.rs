//! An authenticator in software with keys of Ed25519, and the browser around it.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{factors::Browser, http::Answer};

pub const REGISTER: &str = "/passkey/generate-register-options";
pub const REGISTERED: &str = "/passkey/verify-registration";
pub const SIGN_IN: &str = "/passkey/generate-authenticate-options";
pub const SIGNED_IN: &str = "/passkey/verify-authentication";

/// A person was present, and was verified.
pub const PRESENT: u8 = 1;
pub const VERIFIED: u8 = 5;

/// A passkey, and what its authenticator says of the next use.
pub struct Authenticator {
    key: Ed25519KeyPair,
    id: [u8; 16],
    /// The domain.
    pub rp_id: &'static str,
    pub flags: u8,
    /// The counter of the next answer.
    pub counter: u32,
    /// Members of the client data besides the type, the challenge and the origin, for example that the page is in a frame.
    pub said: Value,
}

impl Authenticator {
    pub fn new(seed: u8) -> Self {
        let key = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        Self { key, id: [seed; 16], rp_id: "localhost", flags: VERIFIED, counter: 0, said: json!({}) }
    }

    pub fn id(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.id)
    }

    fn cose(&self) -> Vec<u8> {
        let head = [0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 32];
        [&head[..], self.key.public_key().as_ref()].concat()
    }

    /// The public key as it is stored.
    pub fn public_key(&self) -> String {
        STANDARD.encode(self.cose())
    }

    fn data(&self, flags: u8, attested: &[u8]) -> Vec<u8> {
        let hash = Sha256::digest(self.rp_id);
        [&hash[..], &[self.flags | flags], &self.counter.to_be_bytes(), attested].concat()
    }

    fn client_data(&self, kind: &str, options: &Value, origin: &str) -> Vec<u8> {
        let mut data = json!({ "type": kind, "challenge": options["challenge"], "origin": origin });
        data.as_object_mut().unwrap().extend(self.said.as_object().unwrap().clone());
        data.to_string().into_bytes()
    }

    fn answer(&self, response: Value) -> Value {
        json!({ "id": self.id(), "rawId": self.id(), "type": "public-key", "response": response })
    }

    /// The answer to the options of a registration, from a page of this origin.
    pub fn register(&self, options: &Value, origin: &str) -> Value {
        let attested = [&[0; 16][..], &[0, 16], &self.id, &self.cose()].concat();
        let data = self.data(0x40, &attested);
        let head = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58";
        let object = [&head[..], &[u8::try_from(data.len()).unwrap()], &data].concat();
        let client = self.client_data("webauthn.create", options, origin);
        self.answer(json!({
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
            "attestationObject": URL_SAFE_NO_PAD.encode(object),
            "transports": ["internal"],
        }))
    }

    /// The answer to the options of a sign-in, from a page of this origin.
    pub fn sign(&self, options: &Value, origin: &str) -> Value {
        let data = self.data(0, &[]);
        let client = self.client_data("webauthn.get", options, origin);
        let signature = self.key.sign(&[&data[..], &Sha256::digest(&client)[..]].concat());
        self.answer(json!({
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
            "authenticatorData": URL_SAFE_NO_PAD.encode(data),
            "signature": URL_SAFE_NO_PAD.encode(signature.as_ref()),
        }))
    }
}

impl Browser {
    /// The options of a ceremony.
    #[track_caller]
    pub fn options(&mut self, path: &str) -> Value {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// Registers a passkey for the user who is signed in.
    pub fn register(&mut self, key: &Authenticator) -> Answer {
        let options = self.options(REGISTER);
        let response = key.register(&options, &self.url.clone());
        self.post(REGISTERED, &json!({ "response": response }))
    }

    /// Signs in with a passkey.
    pub fn enter(&mut self, key: &Authenticator) -> Answer {
        let options = self.options(SIGN_IN);
        let response = key.sign(&options, &self.url.clone());
        self.post(SIGNED_IN, &json!({ "response": response }))
    }
}
