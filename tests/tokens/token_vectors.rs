//! Values that better-auth 1.7.25 itself encrypted and signed: envelopes, encrypted cookies, cached sessions.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use gatepost_core::{
    Config,
    config::{self, Source, Variables},
    cookie_cache::{Cache, CacheRefusal},
    crypto::{
        envelope::{self, Error},
        jwe,
        jwk::{self, Algorithm, SigningKey, VerifyingKey},
        random::Rng,
        secret::{Secret, Secrets},
        signature,
    },
    features::tokens::rules,
    model::Additional,
};
use jiff::Timestamp;
use serde_json::Value;

use crate::support::{SECRET, postgres::Database, service::Service};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/tokens.json")).unwrap()
}

fn core_vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/core.json")).unwrap()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn single(secret: &Value) -> Secrets {
    Secrets::single(Secret::new(text(secret)))
}

fn rng() -> Rng {
    Rng::from_seed([7; 32])
}

/// The secrets of the vectors: version 2 is current, 1 is older, and one is from before there were versions.
fn versioned(legacy: bool) -> Secrets {
    let config = &vectors()["symmetric"]["config"];
    let key = |version: u32| (version, Secret::new(text(&config["keys"][version.to_string()])));
    Secrets::versioned(key(2), vec![key(1)], legacy.then(|| Secret::new(text(&config["legacySecret"]))))
}

#[test]
fn envelopes_of_better_auth_open() {
    let symmetric = &vectors()["symmetric"];
    for case in list(&symmetric["cases"]) {
        let sealed = text(&case["ciphertext"]);
        let secrets = if sealed.starts_with('$') { versioned(false) } else { single(&case["secret"]) };
        assert_eq!(envelope::open(&secrets, sealed).as_deref(), Ok(text(&case["plaintext"])), "{case}");
        let again = envelope::seal(&secrets, text(&case["plaintext"]), &mut rng());
        assert_eq!(again.len(), sealed.len());
        assert_eq!(envelope::open(&secrets, &again).as_deref(), Ok(text(&case["plaintext"])));
        assert_eq!(envelope::open(&single(&Value::from("x".repeat(32))), &again).ok(), None);
    }
    let bare = text(&symmetric["cases"][0]["ciphertext"]);
    assert_eq!(envelope::open(&versioned(true), bare).as_deref(), Ok("hello"));
}

#[test]
fn what_cannot_be_decrypted_says_why() {
    let symmetric = &vectors()["symmetric"];
    let errors = list(&symmetric["decryptErrors"]);
    let input = |at: usize| text(&errors[at]["input"]);
    assert_eq!(envelope::open(&versioned(true), input(0)), Err(Error::UnknownVersion(9)));
    assert_eq!(envelope::open(&versioned(true), input(1)), Err(Error::WrongSecret));
    // One secret alone has no version: which one it was encrypted with cannot be told.
    assert_eq!(envelope::open(&single(&vectors()["secret"]), input(2)), Err(Error::UnknownVersion(2)));
    assert_eq!(envelope::open(&versioned(false), input(3)), Err(Error::NoUnversionedSecret));
    for malformed in ["", "zz", "ab", "$ba$", "$ba$2", "$ba$2$", "$ba$2$ab", "$ba$-1$ab", "$ba$2$zz"] {
        assert_eq!(envelope::open(&versioned(true), malformed), Err(Error::Malformed), "{malformed}");
    }
    let sealed = envelope::seal(&versioned(true), "hello", &mut rng());
    for at in 5..sealed.len() {
        let changed: String =
            sealed.char_indices().map(|(i, c)| if i == at { if c == '0' { '1' } else { '0' } } else { c }).collect();
        assert!(envelope::open(&versioned(true), &changed).is_err(), "{at}");
    }
}

#[test]
fn keys_for_a_purpose_are_better_auths() {
    for case in list(&vectors()["purposeKeys"]["cases"]) {
        let derived = envelope::for_purpose(&single(&case["secret"]), text(&case["purpose"]));
        assert_eq!(derived.current().bytes(), text(&case["derivedSecret"]).as_bytes());
    }
}

#[test]
fn encrypted_cookies_of_better_auth_open() {
    for case in list(&vectors()["jwe"]["cases"]) {
        let keys = jwe::Keys::new(&single(&case["secret"]), text(&case["salt"]));
        let opened: Value = serde_json::from_slice(&keys.open(text(&case["token"])).unwrap()).unwrap();
        assert_eq!(opened, case["decoded"]);
        let sealed = keys.seal(b"{}", &mut rng());
        assert_eq!(sealed.split('.').next(), text(&case["token"]).split('.').next(), "the header");
        assert_eq!(keys.open(&sealed).as_deref(), Some(b"{}".as_slice()));
        let other = jwe::Keys::new(&single(&case["secret"]), "better-auth-other");
        assert_eq!(other.open(text(&case["token"])), None);
    }
    // For each listed secret: the token names its key.
    let case = &vectors()["jwe"]["cases"][2];
    assert!(jwe::Keys::new(&versioned(true), text(&case["salt"])).open(text(&case["token"])).is_some());
    let account = &core_vectors()["account_data"];
    let keys = jwe::Keys::new(&single(&core_vectors()["secret"]), "better-auth-account");
    let opened: Value = serde_json::from_slice(&keys.open(text(&account["value"])).unwrap()).unwrap();
    assert_eq!(opened, account["decoded"]);
}

#[test]
fn lists_of_secrets_are_read_like_better_auths() {
    for case in list(&vectors()["secretsEnv"]) {
        let variables: Variables = [
            ("BETTER_AUTH_SECRETS", text(&case["input"])),
            ("BETTER_AUTH_SECRET", "legacy"),
            ("DATABASE_URL", "postgres://localhost/x"),
            ("VERCEL_ENV", "development"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into_iter()
        .collect();
        let loaded = Config::load(&variables, None);
        if case.get("error").is_some() {
            let problems = loaded.err().unwrap().to_string();
            assert!(problems.contains("BETTER_AUTH_SECRETS"), "{case}: {problems}");
            continue;
        }
        let secrets = loaded.unwrap_or_else(|problems| panic!("{case}: {problems}")).secrets;
        let expected = case["result"].as_array().cloned().unwrap_or_default();
        for entry in &expected {
            let version = u32::try_from(entry["version"].as_u64().unwrap()).unwrap();
            assert_eq!(secrets.of_version(version).unwrap().bytes(), text(&entry["value"]).as_bytes());
        }
        assert_eq!(secrets.all().count(), expected.len() + 1);
        assert_eq!(secrets.unversioned().unwrap().bytes(), b"legacy");
        assert_eq!(secrets.version().map(Value::from), expected.first().map(|first| first["version"].clone()));
    }
}

#[test]
fn values_are_signed_like_better_auths() {
    let case = &vectors()["signedValue"];
    assert_eq!(signature::sign(text(&vectors()["secret"]).as_bytes(), text(&case["value"])), text(&case["signature"]));
}

fn config_with(secret: &str, toml: &str) -> Config {
    let variables: Variables = [("BETTER_AUTH_SECRET", secret), ("DATABASE_URL", "postgres://localhost/x")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into_iter()
        .collect();
    Config::load(&variables, Some(Source { name: "gatepost.toml", text: toml })).unwrap()
}

fn config(toml: &str) -> Config {
    config_with(SECRET, toml)
}

fn cache(strategy: &str, secret: &str, more: &str) -> Cache {
    let toml = format!("[session.cookie_cache]\nenabled = true\nstrategy = \"{strategy}\"\n{more}");
    Cache::new(&config_with(secret, &toml)).unwrap()
}

fn after(seconds: i64) -> Timestamp {
    let now = core_vectors()["now_ms"].as_i64().unwrap();
    Timestamp::from_millisecond(now + seconds * 1_000).unwrap()
}

#[test]
fn cached_sessions_are_better_auths_byte_for_byte() {
    let vectors = core_vectors();
    for strategy in ["compact", "jwt", "jwe"] {
        let case = &vectors["cookie_cache"][strategy];
        let cache = cache(strategy, SECRET, "");
        let token = text(&case["response_body"]["token"]);
        let read = cache.read(text(&case["session_data"]), token, after(0)).ok().unwrap();
        let answer: Value = serde_json::from_str(text(&case["get_session_from_cache"]["body"])).unwrap();
        assert_eq!(serde_json::to_value(&read.session).unwrap(), answer["session"]);
        assert_eq!(serde_json::to_value(&read.user).unwrap(), answer["user"]);
        let written = cache.write(&read.session, &read.user, true, after(0), &mut rng());
        if strategy == "jwe" {
            assert_eq!(written.len(), text(&case["session_data"]).len());
        } else {
            assert_eq!(written, text(&case["session_data"]));
        }
        assert!(cache.read(&written, token, after(0)).is_ok());
        // One that is not to be remembered is believed for a shorter time.
        let seconds = if strategy == "compact" { 60 } else { 300 };
        let brief = &case["dont_remember"];
        let (_, cookie) = text(&brief["set_cookie"][0]).split_once('=').unwrap();
        let brief_token = cookie.split('.').next().unwrap();
        let written = cache.write(&read.session, &read.user, false, after(0), &mut rng());
        for (cookie, token) in [(text(&brief["session_data"]), brief_token), (&written, token)] {
            assert!(cache.read(cookie, token, after(seconds)).is_ok());
            assert_eq!(cache.read(cookie, token, after(seconds + 1)).err(), Some(CacheRefusal::Stale));
        }
    }
}

#[test]
fn a_cached_session_is_believed_only_within_its_bounds() {
    let vectors = core_vectors();
    for strategy in ["compact", "jwt", "jwe"] {
        let case = &vectors["cookie_cache"][strategy];
        let (cookie, token) = (text(&case["session_data"]), text(&case["response_body"]["token"]));
        let read = |more: &str, token: &str, seconds: i64| {
            cache(strategy, SECRET, more).read(cookie, token, after(seconds)).err()
        };
        assert_eq!(read("", token, 300), None);
        assert_eq!(read("", token, 301), Some(CacheRefusal::Stale));
        assert_eq!(read("", "another", 0), Some(CacheRefusal::AnotherSession));
        assert_eq!(read("version = \"2\"", token, 0), Some(CacheRefusal::AnotherVersion));
        assert_eq!(read("revocation_check = 10", token, 10), None);
        assert_eq!(read("revocation_check = 10", token, 11), Some(CacheRefusal::Stale));
        let another = cache(strategy, "another-secret-another-secret-123456", "");
        assert_eq!(another.read(cookie, token, after(0)).err(), Some(CacheRefusal::Forged));
        for other in ["compact", "jwt", "jwe"].into_iter().filter(|other| *other != strategy) {
            assert_eq!(cache(other, SECRET, "").read(cookie, token, after(0)).err(), Some(CacheRefusal::Forged));
        }
    }
}

/// A private key as its row holds it, decrypted.
fn private_jwk(case: &Value) -> String {
    let sealed: String = serde_json::from_str(text(&case["row"]["privateKey"])).unwrap();
    envelope::open(&single(&vectors()["secret"]), &sealed).unwrap()
}

#[test]
fn rows_of_keys_that_better_auth_wrote_sign_and_verify() {
    let vectors = vectors();
    let cases = list(&vectors["jwks"]["cases"]);
    assert_eq!(cases.len(), Algorithm::ALL.len());
    for case in cases {
        let algorithm = Algorithm::named(text(&case["row"]["alg"])).unwrap();
        let private = private_jwk(case);
        assert_eq!(serde_json::from_str::<Value>(&private).unwrap(), case["decryptedPrivateJwk"]);
        let signing = SigningKey::read(algorithm, &private).unwrap();
        let verifying = VerifyingKey::read(algorithm, text(&case["row"]["publicKey"])).unwrap();
        let (signed, signature) = text(&case["token"]).rsplit_once('.').unwrap();
        assert!(verifying.verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()));
        let own = signing.sign(signed.as_bytes(), &mut rng()).unwrap();
        assert!(verifying.verify(signed.as_bytes(), &own));
        assert!(!verifying.verify(&signed.as_bytes()[1..], &own));
        let deterministic = [Algorithm::EdDsa, Algorithm::Rs256].contains(&algorithm);
        assert!(!deterministic || URL_SAFE_NO_PAD.encode(&own) == signature, "{algorithm:?}");
        // A key is for its own algorithm alone.
        for (_, other) in Algorithm::ALL.iter().filter(|(_, other)| *other != algorithm) {
            let read = VerifyingKey::read(*other, text(&case["row"]["publicKey"]));
            assert!(read.is_none_or(|key| !key.verify(signed.as_bytes(), &own)), "{algorithm:?} as {other:?}");
        }
    }
}

#[test]
fn new_keys_have_the_members_of_better_auths_in_their_order() {
    let members = |jwk: &str| -> Vec<String> {
        let parts = jwk.trim_matches(['{', '}']).split(',');
        parts.map(|member| member.split(':').next().unwrap().to_owned()).collect()
    };
    let vectors = vectors();
    for case in list(&vectors["jwks"]["cases"]) {
        let algorithm = Algorithm::named(text(&case["row"]["alg"])).unwrap();
        let pair = jwk::generate(algorithm, 2048, &mut rng()).unwrap();
        assert_eq!(members(&pair.public), members(text(&case["row"]["publicKey"])));
        assert_eq!(members(&pair.private), members(&private_jwk(case)));
        let signature = SigningKey::read(algorithm, &pair.private).unwrap().sign(b"x", &mut rng()).unwrap();
        assert!(VerifyingKey::read(algorithm, &pair.public).unwrap().verify(b"x", &signature));
        let another = jwk::generate(algorithm, 2048, &mut Rng::from_seed([8; 32])).unwrap();
        assert!(!VerifyingKey::read(algorithm, &another.public).unwrap().verify(b"x", &signature));
    }
}

#[test]
fn spans_of_time_are_read_like_better_auths() {
    for case in list(&vectors()["expirationTime"]) {
        assert_eq!(config::span(text(&case["input"])), case["seconds"].as_i64(), "{case}");
    }
}

#[test]
fn claims_are_better_auths() {
    let toml = |label: &str| match label {
        "default" => Some(""),
        // Which fields there are is configured here; their values are the user's.
        "definePayload_getSubject" => None,
        "emptyPayload" => Some("[jwt]\npayload = []"),
        "numericExp" => Some("[jwt]\nexpiration_time = 1999999999"),
        other => panic!("{other}"),
    };
    let vectors = vectors();
    let default = vectors["jwtClaims"][0]["payload"].as_object().unwrap();
    for case in list(&vectors["jwtClaims"]) {
        let Some(toml) = toml(text(&case["label"])) else { continue };
        let payload = case["payload"].as_object().unwrap();
        let iat = Timestamp::from_second(payload["iat"].as_i64().unwrap()).unwrap();
        let order = ["name", "email", "emailVerified", "createdAt", "updatedAt", "id"];
        let of = |name: &str| {
            payload.get(name).or_else(|| if name == "id" { payload.get("sub") } else { default.get(name) })
        };
        let user: Vec<_> = order.iter().map(|name| ((*name).to_owned(), of(name).unwrap().clone())).collect();
        let config = config(toml).jwt;
        let claims = rules::claims(&user, Additional::default(), &config, "http://localhost:3000", iat);
        let told: serde_json::Map<String, Value> = claims.clone().into_iter().collect();
        assert_eq!(&told, payload, "{}", case["label"]);
        let names: Vec<&str> = claims.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!((names[0], &names[names.len() - 4..]), ("iat", ["sub", "exp", "iss", "aud"].as_slice()));
    }
}

#[test]
fn an_authorization_header_is_read_like_better_auths() {
    let database = Database::new();
    let secret = text(&vectors()["secret"]).to_owned();
    for case in list(&vectors()["bearer"]["cases"]) {
        let label = text(&case["label"]);
        let strict = label.starts_with("requireSignature");
        let toml = format!("[email_and_password]\nenabled = true\n[bearer]\nrequire_signature = {strict}\n");
        let service = Service::with(&toml, &[("DATABASE_URL", &database.url), ("BETTER_AUTH_SECRET", &secret)]);
        let cookie = service.user(&format!("user{}@example.com", label.replace([' ', '+'], "-")));
        let (_, encoded) = cookie.split_once('=').unwrap();
        let signed = percent_encoding::percent_decode_str(encoded).decode_utf8().unwrap();
        let (token, signature) = signed.split_once('.').unwrap();
        let encoded_signature = encoded.split_once('.').unwrap().1;
        // Two cases have the signature of the recording written out.
        let recorded = "1cSuilAf6nT8WFfdPNlTzeeWh3K28g";
        let fill = |header: &str| {
            let header = match header.split_once(recorded) {
                Some((before, rest)) if rest.starts_with('_') => {
                    format!("{before}{}", signature.trim_end_matches('=').replace('+', "-").replace('/', "_"))
                }
                Some((before, _)) => format!("{before}{}", signature.trim_end_matches('=')),
                None => header.to_owned(),
            };
            header.replace("<TOKEN>", token).replace("<SIG-urlencoded>", encoded_signature).replace("<SIG>", signature)
        };
        let headers = case["headers"]
            .as_object()
            .cloned()
            .unwrap_or_else(|| [("authorization".to_owned(), Value::from("Bearer <TOKEN>"))].into_iter().collect());
        let headers: Vec<(String, String)> =
            headers.iter().map(|(name, value)| (name.clone(), fill(text(value)))).collect();
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = service.send("GET", "/get-session", &headers, "");
        assert_eq!(answer.text() != "null", case["authenticated"] == true, "{label}");
        assert_eq!(!answer.set_cookies().is_empty(), case["clearsCookies"] == true, "{label}");
    }
}

#[test]
fn rows_of_keys_open_under_versioned_secrets_and_without_encryption() {
    let jwks = &vectors()["jwks"];
    let row = &jwks["versionedRow"];
    let sealed: String = serde_json::from_str(text(&row["privateKey"])).unwrap();
    let (version, _) = envelope::version_of(&sealed).unwrap();
    let secrets = Secrets::versioned((version, Secret::new(text(&vectors()["secret"]))), Vec::new(), None);
    let algorithm = Algorithm::named(text(&row["alg"])).unwrap();
    let plain = text(&jwks["unencryptedRow"]["privateKey"]);
    assert!(SigningKey::read(algorithm, plain).is_some());
    let opened = envelope::open(&secrets, &sealed).unwrap();
    assert!(SigningKey::read(algorithm, &opened).is_some());
}

#[test]
fn tokens_of_providers_and_the_state_of_a_flow_that_better_auth_encrypted_open() {
    let vectors = vectors();
    let (secrets, tokens) = (single(&vectors["secret"]), &vectors["encryptedOAuthTokens"]);
    for token in ["accessToken", "refreshToken"] {
        let opened = envelope::open(&secrets, text(&tokens["row"][token]));
        assert_eq!(opened.as_deref(), Ok(text(&tokens[token])));
    }
    let state = &vectors["stateCookie"];
    let (_, cookie) = text(&state["setCookie"][0]).split_once('=').unwrap();
    let sealed = cookie.split(';').next().unwrap();
    let own = envelope::for_purpose(&secrets, text(&state["purpose"]));
    assert_eq!(envelope::open(&own, sealed).as_deref(), Ok(text(&state["plaintext"])));
    let link: Value = serde_json::from_str(text(&vectors["linkState"]["value"])).unwrap();
    let sealed = text(&link["link"]["encryptedSessionToken"]);
    let other = envelope::for_purpose(&secrets, "oauth-link-session-token");
    assert_eq!(envelope::open(&other, sealed).as_deref(), Ok(text(&vectors["linkState"]["sessionToken"])));
    // What was encrypted for one purpose opens for no other.
    for secrets in [&secrets, &own] {
        assert_eq!(envelope::open(secrets, sealed), Err(Error::WrongSecret));
    }
}
