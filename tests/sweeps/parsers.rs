//! Values from outside that decide who a user is: cookies, tokens, encrypted cookies, `Authorization` headers. Genuine
//! ones with something changed, and plain noise, a hundred thousand times from a fixed seed: nothing panics, and no value is
//! believed except those that were signed.

use gatepost_core::{
    Config,
    config::{Source, Variables},
    cookie::{Cookies, Jar},
    cookie_cache::Cache,
    crypto::{
        jwe,
        jwk::{self, Algorithm, SigningKey},
        jwt,
        random::Rng,
        secret::{Secret, Secrets},
        signature,
    },
    model::{Additional, Session, User},
    verify::{Expected, KeySet, LocalKeySet, verify},
};
use jiff::Timestamp;
use serde_json::json;

use crate::support::{
    SECRET,
    chance::Chance,
    postgres::{Database, block_on},
    service::Service,
};

/// How often each parser is tried.
const ROUNDS: usize = 100_000;
/// The number of rounds that cost a signature, or a request.
const FEWER_ROUNDS: usize = 10_000;
const REQUESTS: usize = 2_000;

fn now() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

fn secrets() -> Secrets {
    Secrets::single(Secret::new(SECRET))
}

fn config(toml: &str) -> Config {
    let variables: Variables = [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", "postgres://localhost/x")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into_iter()
        .collect();
    Config::load(&variables, Some(Source { name: "gatepost.toml", text: toml })).unwrap()
}

#[test]
fn a_cookie_header_is_read_without_panic_and_no_broken_cookie_is_believed() {
    let token = "abcdefghijklmnopqrstuvwxyzABCDEF";
    let cookies = Cookies::new(&config(""));
    let (name, signature) = (&cookies.session_token.name, signature::sign(SECRET.as_bytes(), token));
    let header = format!("a=b; {name}={token}.{signature}; c=d");
    let mut believed = 0;
    Chance(1).try_both(ROUNDS, &header, |header| {
        let jar = Jar::new(Some(header.to_owned()));
        if let Some(value) = jar.signed(&cookies.session_token.name, &secrets()).genuine() {
            assert_eq!(value, token, "{header:?}");
            believed += 1;
        }
        let _ = jar.whole(&cookies.session_data);
    });
    // What was changed beside it leaves it as it is.
    assert!(believed > ROUNDS / 100 && believed < ROUNDS / 2, "{believed}");
}

fn somebody() -> (Session, User) {
    let session = Session {
        expires_at: "2026-12-24T12:00:00Z".parse().unwrap(),
        token: "token".to_owned(),
        created_at: Some(now()),
        updated_at: Some(now()),
        ip_address: Some(String::new()),
        user_agent: None,
        user_id: "ada".to_owned(),
        additional: Additional(vec![("theme".to_owned(), json!({ "a": [1, null] }))]),
        id: "session".to_owned(),
        values: serde_json::Map::new(),
    };
    let user = User {
        name: Some("Ada \"é\" \u{1f600}".to_owned()),
        email: "ada@example.com".to_owned(),
        email_verified: Some(true),
        image: None,
        created_at: Some(now()),
        updated_at: Some(now()),
        additional: Additional::default(),
        id: "ada".to_owned(),
    };
    (session, user)
}

#[test]
fn a_cached_session_is_read_without_panic_and_no_broken_one_is_believed() {
    let (session, user) = somebody();
    for (seed, strategy) in ["compact", "jwt", "jwe"].into_iter().enumerate() {
        let toml = format!("[session.cookie_cache]\nenabled = true\nstrategy = \"{strategy}\"");
        let cache = Cache::new(&config(&toml)).unwrap();
        let genuine = cache.write(&session, &user, true, now(), &mut Rng::from_seed([1; 32]));
        assert!(cache.read(&genuine, "token", now()).is_ok(), "{strategy}");
        let whole = serde_json::to_value((&session, &user)).unwrap();
        Chance(seed as u64 + 2).try_both(ROUNDS, &genuine, |text| {
            if let Ok(read) = cache.read(text, "token", now()) {
                assert_eq!(serde_json::to_value((&read.session, &read.user)).unwrap(), whole, "{strategy} {text:?}");
            }
        });
    }
}

#[test]
fn an_encrypted_cookie_and_a_token_of_the_secret_are_read_without_panic_and_no_broken_one_opens() {
    let keys = jwe::Keys::new(&secrets(), "better-auth-session");
    let sealed = keys.seal(b"{\"a\":1}", &mut Rng::from_seed([2; 32]));
    Chance(5).try_both(ROUNDS, &sealed, |text| {
        if let Some(opened) = keys.open(text) {
            assert_eq!((opened.as_slice(), text), (b"{\"a\":1}".as_slice(), sealed.as_str()));
        }
    });
    let signed = jwt::sign(SECRET.as_bytes(), b"{\"a\":1}");
    Chance(6).try_both(ROUNDS, &signed, |text| {
        if let Some(claims) = jwt::verify(SECRET.as_bytes(), text) {
            assert_eq!((claims.as_slice(), text), (b"{\"a\":1}".as_slice(), signed.as_str()));
        }
    });
}

#[test]
fn attack_an_encrypted_cookie_with_another_algorithm_or_compression_does_not_open() {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let keys = jwe::Keys::new(&secrets(), "better-auth-session");
    let sealed = keys.seal(b"{\"a\":1}", &mut Rng::from_seed([2; 32]));
    let (_, rest) = sealed.split_once('.').unwrap();
    for header in [
        json!({ "alg": "dir", "enc": "A256CBC-HS512", "zip": "DEF" }),
        json!({ "alg": "dir", "enc": "A256GCM" }),
        json!({ "alg": "dir", "enc": "A128CBC-HS256" }),
        json!({ "alg": "A256KW", "enc": "A256CBC-HS512" }),
        json!({ "alg": "none", "enc": "A256CBC-HS512" }),
        json!({ "alg": "dir", "enc": "A256CBC-HS512", "crit": ["exp"] }),
        json!({ "alg": "dir", "enc": "A256CBC-HS512", "kid": "another" }),
        json!({ "alg": "dir", "enc": "A256CBC-HS512" }),
        json!({}),
    ] {
        assert_eq!(keys.open(&format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header.to_string()))), None, "{header}");
    }
}

#[test]
fn a_signed_token_is_read_without_panic_and_no_broken_one_is_believed() {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let pair = jwk::generate(Algorithm::EdDsa, 0, &mut Rng::from_seed([3; 32])).unwrap();
    let public = format!(r#"{{"keys":[{},"kid":"one","alg":"EdDSA"}}]}}"#, pair.public.strip_suffix('}').unwrap());
    let keys = KeySet::Local(LocalKeySet::read(public.as_bytes()).unwrap());
    let key = SigningKey::read(Algorithm::EdDsa, &pair.private).unwrap();
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"EdDSA","kid":"one"}"#);
    let claims = json!({ "sub": "ada", "iss": "i", "aud": "a", "exp": now().as_second() + 60 }).to_string();
    let sign = |message: &[u8]| key.sign(message, &mut Rng::from_seed([4; 32]));
    let genuine = jwt::sign_with(&header, claims.as_bytes(), sign).unwrap();
    let check = |token: &str| block_on(verify(token, &keys, &Expected::new("i", "a"), now()));
    assert!(check(&genuine).is_ok());
    Chance(7).try_both(FEWER_ROUNDS, &genuine, |token| {
        assert!(token == genuine || check(token).is_err(), "{token:?}");
    });
}

#[test]
fn an_authorization_header_is_read_without_panic_and_no_broken_one_signs_in() {
    let database = Database::new();
    let service = Service::new(&database.url);
    let cookie = service.user("ada@example.com");
    let signed =
        percent_encoding::percent_decode_str(cookie.split_once('=').unwrap().1).decode_utf8().unwrap().into_owned();
    let mut chance = Chance(8);
    for _ in 0..REQUESTS {
        let token = chance.broken(&signed);
        let header: String = format!("Bearer {token}").chars().filter(|letter| (' '..='~').contains(letter)).collect();
        let answer = service.send("GET", "/get-session", &[("authorization", &header)], "");
        assert_eq!(answer.status, 200, "{header:?}");
        // The session's own token needs no signature: a client that has it is let in.
        let whole = signed.split_once('.').unwrap().0;
        let sent = header["Bearer ".len()..].trim();
        let may = sent == whole || sent.starts_with(&format!("{whole}."));
        assert!(answer.text() == "null" || may, "{header:?}");
    }
}
