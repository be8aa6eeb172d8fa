//! One function for each fuzz target. A function feeds its input to a parser of the core, asserts what must hold for every input,
//! and tells whether the parser accepted the input. `fuzz_targets/` hands these functions to libFuzzer; the tests below run them over
//! the corpus on the stable toolchain.

mod secondary;

use std::sync::LazyLock;

use futures_util::FutureExt as _;
use gatepost_core::{
    Config,
    config::{DatabaseUrl, Source, Variables},
    cookie::{Cookies, Jar},
    cookie_cache::Cache,
    crypto::{
        cose::Key,
        jwe, jwt,
        secret::{Secret, Secrets},
    },
    features::{
        passkey::webauthn::{
            self,
            authenticator::{AttestationObject, AuthenticatorData},
        },
        social::state::State,
    },
    syntax::origin::{self, Pattern, RelativeUrls},
    verify::{Expected, KeySet, LocalKeySet, verify},
};
use jiff::Timestamp;
use serde_json::{Value, json};
use url::Url;

/// A fuzz target: its name, which is also the name of its binary and of its folder in the corpus, and its function.
pub type Target = (&'static str, fn(&[u8]) -> bool);

/// All targets.
pub const TARGETS: &[Target] = &[
    ("cookies", cookies),
    ("tokens", tokens),
    ("jwe", jwe),
    ("oauth_state", oauth_state),
    ("origins", origins),
    ("callback_urls", callback_urls),
    ("config", config),
    ("resp", resp),
    ("database_urls", database_urls),
    ("passkeys", passkeys),
];

const SECRET: &str = "better-auth-test-secret-0123456789abcdef";
/// The session token in the corpus of `cookies`.
const TOKEN: &str = "abcdefghijklmnopqrstuvwxyzABCDEF";
/// The claims in the corpus of `jwe` and of the tokens that the secret signs.
const CLAIMS: &[u8] = b"{\"a\":1}";
/// The public half of the key that signed the JWT in the corpus of `tokens`.
const KEY_SET: &str = include_str!("../corpus/key-set.json");

fn now() -> Timestamp {
    Timestamp::from_second(1_795_521_600).unwrap()
}

fn secrets() -> Secrets {
    Secrets::single(Secret::new(SECRET))
}

fn configured(toml: &str) -> Config {
    let variables: Variables = [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", "postgres://localhost/x")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into_iter()
        .collect();
    Config::load(&variables, Some(Source { name: "gatepost.toml", text: toml })).unwrap()
}

/// A `Cookie` header: only the genuine session token is accepted, and a cached session only for the token beside it.
pub fn cookies(input: &[u8]) -> bool {
    static PARTS: LazyLock<(Cookies, Vec<Cache>)> = LazyLock::new(|| {
        let cache = |strategy| {
            let toml = format!("[session.cookie_cache]\nenabled = true\nstrategy = \"{strategy}\"");
            Cache::new(&configured(&toml)).unwrap()
        };
        (Cookies::new(&configured("")), ["compact", "jwt", "jwe"].map(cache).into())
    });
    let (cookies, caches) = &*PARTS;
    let jar = Jar::new(Some(String::from_utf8_lossy(input).into_owned()));
    let _ = jar.names().count();
    let token = jar.signed(&cookies.session_token.name, &secrets()).genuine();
    if let Some(token) = &token {
        assert_eq!(token, TOKEN);
    }
    if let Some(data) = jar.whole(&cookies.session_data) {
        for cache in caches {
            if let Ok(cached) = cache.read(&data, TOKEN, now()) {
                assert_eq!(cached.session.token, TOKEN);
            }
        }
    }
    token.is_some()
}

/// A JWT of the key set or of the secret, or a key set: only the claims that were signed are accepted.
pub fn tokens(input: &[u8]) -> bool {
    static KEYS: LazyLock<KeySet> = LazyLock::new(|| KeySet::Local(LocalKeySet::read(KEY_SET.as_bytes()).unwrap()));
    let _ = LocalKeySet::read(input);
    let Ok(token) = std::str::from_utf8(input) else { return false };
    if let Some(claims) = jwt::verify(SECRET.as_bytes(), token) {
        assert_eq!(claims, CLAIMS);
        return true;
    }
    let checked =
        verify(token, &KEYS, &Expected::new("i", "a"), now()).now_or_never().expect("local keys need no waiting");
    if let Ok(claims) = &checked {
        assert_eq!(claims.subject(), "ada");
    }
    checked.is_ok()
}

/// An encrypted cookie: only the claims that were encrypted come out.
pub fn jwe(input: &[u8]) -> bool {
    static KEYS: LazyLock<jwe::Keys> = LazyLock::new(|| jwe::Keys::new(&secrets(), "better-auth-session"));
    let opened = std::str::from_utf8(input).ok().and_then(|token| KEYS.open(token));
    if let Some(claims) = &opened {
        assert_eq!(claims, CLAIMS);
    }
    opened.is_some()
}

/// The stored state of a flow: what is read is what is stored.
pub fn oauth_state(input: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(input) else { return false };
    let Some(state) = State::read(text) else { return false };
    let stored: Value = serde_json::from_str(text).unwrap();
    for (name, value) in json!(state).as_object().unwrap().iter().filter(|(name, _)| *name != "expiresAt") {
        assert_eq!(stored.get(name), Some(value));
    }
    true
}

/// A pattern of trusted origins and, on the next line, a URL: a trusted URL stays the same when it is checked again.
pub fn origins(input: &[u8]) -> bool {
    let text = String::from_utf8_lossy(input);
    let (pattern, url) = text.split_once('\n').unwrap_or((&text, ""));
    let pattern = Pattern::new(pattern);
    assert!(pattern.as_str().len() <= text.len());
    let _ = origin::of(url);
    let Some(sent) = origin::destination(url, [&pattern], RelativeUrls::Refused) else { return false };
    assert!(sent.is_ascii() && !sent.starts_with('/'), "{sent:?}");
    assert_eq!(origin::destination(&sent, [&pattern], RelativeUrls::Refused).as_ref(), Some(&sent));
    true
}

/// A URL to redirect to: a browser that follows it stays within the trusted origins.
pub fn callback_urls(input: &[u8]) -> bool {
    static TRUSTED: LazyLock<[Pattern; 3]> =
        LazyLock::new(|| ["https://app.example.com", "https://*.example.com", "myapp://"].map(Pattern::new));
    static BASE: LazyLock<Url> = LazyLock::new(|| Url::parse("https://auth.example.com/api/auth").unwrap());
    let text = String::from_utf8_lossy(input);
    let Some(sent) = origin::destination(&text, TRUSTED.iter(), RelativeUrls::Allowed) else { return false };
    assert!(sent.is_ascii() && !sent.contains(|letter: char| letter.is_ascii_control()), "{sent:?}");
    let followed = BASE.join(&sent).unwrap_or_else(|error| panic!("{sent:?}: {error}"));
    match followed.scheme() {
        "https" => assert!(followed.host_str().is_some_and(|host| host.ends_with(".example.com")), "{sent:?}"),
        scheme => assert_eq!(scheme, "myapp", "{sent:?}"),
    }
    true
}

/// A `gatepost.toml`: it is read, or refused with a problem.
pub fn config(input: &[u8]) -> bool {
    let variables: Variables = [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", "postgres://localhost/x")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into_iter()
        .collect();
    let text = String::from_utf8_lossy(input);
    match Config::load(&variables, Some(Source { name: "gatepost.toml", text: &text })) {
        Ok(_) => true,
        Err(problems) => {
            let told = problems.to_string();
            assert!(!told.is_empty() && !told.contains(SECRET));
            false
        }
    }
}

/// An answer of Redis.
pub fn resp(input: &[u8]) -> bool {
    secondary::read(input)
}

/// A connection URL: it is read, or refused with a text that has no part of the password in it.
pub fn database_urls(input: &[u8]) -> bool {
    let text = String::from_utf8_lossy(input);
    match DatabaseUrl::read(&text) {
        Ok(url) => {
            let _ = (url.keywords(), url.port(), url.without_search_path());
            true
        }
        Err(told) => {
            assert!(!told.is_empty());
            // The password of the corpus, wherever it stands.
            assert!(!told.contains("s3cr3t-p4ss"), "{told}");
            false
        }
    }
}

/// A binary part of an authenticator's answer, or an answer as JSON: what is read lies within the input and fits together.
pub fn passkeys(input: &[u8]) -> bool {
    let data = AuthenticatorData::read(input);
    if let Some(data) = data {
        assert_eq!(data.rp_id_hash[..], input[..32]);
        if let Some(attested) = data.attested {
            assert!((1..1024).contains(&attested.id.len()));
            assert!(attested.id.len() + attested.public_key.len() + 55 <= input.len());
        }
    }
    let object = AttestationObject::read(input);
    if let Some(object) = object {
        assert!(object.data.len() + object.statement.len() < input.len());
        let _ = (object.is_empty(), object.packed(), AuthenticatorData::read(object.data));
    }
    let key = Key::read(input);
    if let Some(key) = &key {
        // No key verifies an empty signature.
        assert!(!key.verify(input, b""));
    }
    let answer: Value = serde_json::from_slice(input).unwrap_or_default();
    let origins = ["http://localhost:3000".to_owned()];
    let challenge = "kg0pf7YXiUEc3aIhpsQDf9RJv2GJtVivOUgAVW3xQT8";
    let expected = webauthn::CeremonyRequirements { challenge, origins: &origins, rp_id: "localhost", verification: false };
    let registered = webauthn::register(&answer, &expected);
    let assertion = webauthn::assertion(&answer, &expected);
    assert!(registered.is_err() || assertion.is_err(), "an answer is for one ceremony");
    data.is_some() || object.is_some() || key.is_some() || registered.is_ok() || assertion.is_ok()
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::TARGETS;

    /// How often each file of the corpus is changed and tried, unless `GATEPOST_FUZZ_ROUNDS` says otherwise.
    const ROUNDS: usize = 2_000;

    /// Bytes from a seed, with one to three changes: the same in every run.
    struct Chance(u64);

    impl Chance {
        fn below(&mut self, bound: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 >> 11) as usize % bound.max(1)
        }

        fn changed(&mut self, input: &[u8]) -> Vec<u8> {
            let mut bytes = input.to_vec();
            for _ in 0..=self.below(3) {
                let at = self.below(bytes.len());
                let byte = self.below(256) as u8;
                match self.below(5) {
                    0 if !bytes.is_empty() => bytes[at] = byte,
                    1 if !bytes.is_empty() => drop(bytes.remove(at)),
                    2 => bytes.insert(at, byte),
                    3 => bytes.truncate(at),
                    _ => {
                        let end = at + self.below(bytes.len() - at);
                        let part = bytes[at..end].to_vec();
                        bytes.extend(part);
                    }
                }
            }
            bytes
        }
    }

    /// Every target accepts something of its corpus and refuses something, and holds for all changes of it.
    #[test]
    fn the_corpus_runs() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let rounds = std::env::var("GATEPOST_FUZZ_ROUNDS").map_or(ROUNDS, |rounds| rounds.parse().unwrap());
        for (seed, (name, run)) in TARGETS.iter().enumerate() {
            let mut files: Vec<_> =
                fs::read_dir(folder.join("corpus").join(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
            files.sort();
            let (mut accepted, mut refused) = (0, 0);
            let mut chance = Chance(seed as u64 + 1);
            for file in &files {
                let input = fs::read(file).unwrap();
                if run(&input) {
                    accepted += 1
                } else {
                    refused += 1
                }
                for _ in 0..rounds {
                    run(&chance.changed(&input));
                }
            }
            assert!(accepted > 0 && refused > 0, "{name}: {accepted} of the corpus accepted, {refused} refused");
        }
    }

    #[test]
    fn every_target_has_a_binary() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        assert_eq!(manifest.matches("[[bin]]").count(), TARGETS.len());
        for (name, _) in TARGETS {
            assert!(manifest.contains(&format!("name = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"")), "{name}");
            let binary = fs::read_to_string(folder.join(format!("fuzz_targets/{name}.rs"))).unwrap();
            assert!(binary.contains(&format!("gatepost_fuzz::{name}(input)")), "{name}");
        }
    }
}
