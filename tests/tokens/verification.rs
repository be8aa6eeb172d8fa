//! Checking tokens in your own function, with keys at hand or with those that an issuer shows.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use gatepost_core::{
    crypto::{
        jwk::{self, Algorithm, SigningKey},
        jwt,
        random::Rng,
    },
    verify::{Expected, Keeping, KeySet, LocalKeySet, Refusal, RemoteKeySet, verify},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::support::postgres::block_on;

const ISSUER: &str = "https://auth.example";
const AUDIENCE: &str = "https://api.example";

fn now() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

/// A key pair under a `kid`.
struct Signer {
    kid: &'static str,
    algorithm: Algorithm,
    public: Value,
    key: SigningKey,
}

impl Signer {
    fn new(kid: &'static str, algorithm: Algorithm) -> Self {
        let pair = jwk::generate(algorithm, 2048, &mut Rng::from_seed([kid.len() as u8; 32])).unwrap();
        let mut public: Value = serde_json::from_str(&pair.public).unwrap();
        public["kid"] = kid.into();
        public["alg"] = algorithm.name().into();
        Self { kid, algorithm, public, key: SigningKey::read(algorithm, &pair.private).unwrap() }
    }

    fn sign(&self, claims: &Value) -> String {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        let header = json!({ "alg": self.algorithm.name(), "kid": self.kid }).to_string();
        let sign = |message: &[u8]| self.key.sign(message, &mut Rng::from_seed([1; 32]));
        jwt::sign_with(&URL_SAFE_NO_PAD.encode(header), claims.to_string().as_bytes(), sign).unwrap()
    }
}

fn set(signers: &[&Signer]) -> String {
    json!({ "keys": signers.iter().map(|signer| signer.public.clone()).collect::<Vec<_>>() }).to_string()
}

fn local(signers: &[&Signer]) -> KeySet {
    KeySet::Local(LocalKeySet::read(set(signers).as_bytes()).unwrap())
}

fn claims() -> Value {
    json!({ "sub": "ada", "iss": ISSUER, "aud": AUDIENCE, "iat": now().as_second(), "exp": now().as_second() + 60 })
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn check(token: &str, keys: &KeySet) -> Result<String, String> {
    let checked = block_on(verify(token, keys, &Expected::new(ISSUER, AUDIENCE), now()));
    checked.map(|claims| claims.subject().to_owned()).map_err(|refusal| refusal.to_string())
}

#[test]
fn a_token_of_each_algorithm_is_checked_and_an_error_names_the_claim_and_its_two_values() {
    for (_, algorithm) in Algorithm::ALL {
        let signer = Signer::new("one", *algorithm);
        let keys = local(&[&signer]);
        assert_eq!(check(&signer.sign(&claims()), &keys), Ok("ada".to_owned()), "{algorithm:?}");
    }
    let signer = Signer::new("one", Algorithm::EdDsa);
    let keys = local(&[&signer]);
    let (s, now) = (|name, value| check(&signer.sign(&with(name, value)), &keys).unwrap_err(), now().as_second());
    assert_eq!(
        s("iss", json!("https://evil.example")),
        r#"iss is "https://evil.example", and must be "https://auth.example""#
    );
    assert_eq!(s("aud", json!(["a", "b"])), r#"aud is ["a","b"], and must be "https://api.example""#);
    assert_eq!(s("sub", json!("")), r#"sub is "", and must be a text"#);
    assert_eq!(s("exp", json!(now)), format!("exp is {now}, and the time is {now}"));
    assert_eq!(s("exp", Value::Null), "exp is null, and must be a number of seconds");
    assert_eq!(s("exp", json!("tomorrow")), r#"exp is "tomorrow", and must be a number of seconds"#);
    assert_eq!(s("exp", json!(1e300)), "exp is 1e+300, and must be a number of seconds");
    assert_eq!(s("nbf", json!(now + 1)), format!("nbf is {}, and the time is {now}", now + 1));
    assert_eq!(s("iat", json!([])), "iat is [], and must be a number of seconds");
    assert_eq!(check(&signer.sign(&with("aud", json!(["x", AUDIENCE]))), &keys), Ok("ada".to_owned()));
}

#[test]
fn what_may_be_signed_how_and_how_far_clocks_may_be_apart_is_configured() {
    let signer = Signer::new("one", Algorithm::Es256);
    let keys = local(&[&signer]);
    let over = signer.sign(&with("exp", json!(now().as_second() - 5)));
    let expected = Expected { tolerance: 6, ..Expected::new(ISSUER, AUDIENCE) };
    assert!(block_on(verify(&over, &keys, &expected, now())).is_ok());
    let expected = Expected { tolerance: 5, ..expected };
    assert!(matches!(block_on(verify(&over, &keys, &expected, now())), Err(Refusal::Expired { .. })));
    let only = Expected { algorithms: vec![Algorithm::EdDsa], ..Expected::new(ISSUER, AUDIENCE) };
    let refusal = block_on(verify(&signer.sign(&claims()), &keys, &only, now())).unwrap_err();
    assert_eq!(refusal.to_string(), r#"alg is "ES256", and may be EdDSA"#);
}

/// An issuer's key set on a port of this machine; counts who asks.
struct Issuer {
    url: url::Url,
    asked: Arc<AtomicUsize>,
    body: Arc<Mutex<Option<String>>>,
}

impl Issuer {
    fn new(body: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/jwks", listener.local_addr().unwrap()).parse().unwrap();
        let (asked, body) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Some(body))));
        let (counter, told) = (asked.clone(), body.clone());
        // It ends with the process of the tests.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut request = [0; 4_096];
                let _ = stream.read(&mut request);
                counter.fetch_add(1, Relaxed);
                let answer = match told.lock().unwrap().clone() {
                    Some(body) => {
                        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
                    }
                    None => "HTTP/1.1 500 Broken\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_owned(),
                };
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        Self { url, asked, body }
    }

    fn shows(&self, body: Option<String>) {
        *self.body.lock().unwrap() = body;
    }

    fn asked(&self) -> usize {
        self.asked.load(Relaxed)
    }
}

#[test]
fn a_remote_key_set_is_asked_once_and_again_where_it_may_know_more() {
    let (first, second) = (Signer::new("one", Algorithm::EdDsa), Signer::new("other", Algorithm::Es256));
    let issuer = Issuer::new(set(&[&first]));
    let keys = KeySet::Remote(RemoteKeySet::new(issuer.url.clone(), Keeping::default()));
    let long = |signer: &Signer| signer.sign(&with("exp", json!(now().as_second() + 999_999)));
    let (one, other) = (long(&first), long(&second));
    let at = |token: &str, seconds: i64| {
        let now = now() + SignedDuration::from_secs(seconds);
        block_on(verify(token, &keys, &Expected::new(ISSUER, AUDIENCE), now)).map(|_| ())
    };
    let unknown = Err(Refusal::UnknownKey("other".to_owned()));
    assert_eq!((at(&one, 0), at(&one, 599), issuer.asked()), (Ok(()), Ok(()), 1));
    // An unknown key is asked for once in the cooldown.
    assert_eq!((at(&other, 29), issuer.asked()), (unknown.clone(), 1));
    assert_eq!((at(&other, 30), at(&other, 59), issuer.asked()), (unknown.clone(), unknown, 2));
    issuer.shows(Some(set(&[&first, &second])));
    assert_eq!((at(&other, 60), issuer.asked()), (Ok(()), 3));
    // While the issuer fails, known keys stay good for a day; unknown keys are refused until it answers.
    issuer.shows(None);
    assert_eq!((at(&one, 660), issuer.asked()), (Ok(()), 4));
    assert_eq!((at(&one, 661), issuer.asked()), (Ok(()), 4));
    let third = long(&Signer::new("a third", Algorithm::EdDsa));
    assert!(matches!(at(&third, 662), Err(Refusal::Unavailable(_))));
    assert!(matches!(at(&one, 60 + 600 + 86_400), Err(Refusal::Unavailable(_))));
}

#[test]
fn a_request_that_goes_away_while_keys_are_fetched_leaves_the_next_one_to_fetch_them() {
    let signer = Signer::new("one", Algorithm::EdDsa);
    let issuer = Issuer::new(set(&[&signer]));
    let keys = KeySet::Remote(RemoteKeySet::new(issuer.url.clone(), Keeping::default()));
    let token = signer.sign(&claims());
    let held = issuer.body.lock().unwrap();
    let gone = block_on(async {
        let (expected, soon) = (Expected::new(ISSUER, AUDIENCE), Duration::from_millis(200));
        tokio::time::timeout(soon, verify(&token, &keys, &expected, now())).await.is_err()
    });
    drop(held);
    assert!(gone);
    assert_eq!(check(&token, &keys), Ok("ada".to_owned()));
}

#[test]
fn a_key_set_that_does_not_answer_makes_nobody_wait_for_longer_than_the_bound() {
    // It takes the connection and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap()).parse().unwrap();
    let keeping = Keeping { timeout: Duration::from_millis(50), ..Keeping::default() };
    let keys = KeySet::Remote(RemoteKeySet::new(url, keeping));
    let signer = Signer::new("one", Algorithm::EdDsa);
    let told = check(&signer.sign(&claims()), &keys).unwrap_err();
    assert_eq!(told, "the key set cannot be read: no answer within 50ms");
}

#[test]
fn keys_for_other_uses_and_what_is_no_key_are_passed_over() {
    let signer = Signer::new("one", Algorithm::EdDsa);
    let mut encryption = signer.public.clone();
    encryption["use"] = "enc".into();
    let mut nameless = signer.public.clone();
    nameless.as_object_mut().unwrap().remove("kid");
    for odd in
        [encryption, nameless, json!({}), json!(7), json!({ "kty": "oct", "k": "AAAA", "kid": "one", "alg": "HS256" })]
    {
        let keys = KeySet::Local(LocalKeySet::read(json!({ "keys": [odd] }).to_string().as_bytes()).unwrap());
        assert_eq!(
            check(&signer.sign(&claims()), &keys),
            Err(r#"kid is "one", which the key set does not have"#.to_owned())
        );
    }
    // Without a name for its algorithm a key of a curve is for the curve's.
    let mut unnamed = signer.public.clone();
    unnamed.as_object_mut().unwrap().remove("alg");
    let keys = KeySet::Local(LocalKeySet::read(json!({ "keys": [unnamed] }).to_string().as_bytes()).unwrap());
    assert_eq!(check(&signer.sign(&claims()), &keys), Ok("ada".to_owned()));
    assert!(LocalKeySet::read(b"{}").is_err());
}
