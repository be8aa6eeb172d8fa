//! Values that better-auth 1.7.25 itself produced or accepted: cookies, password hashes, origins, addresses.

use gatepost_core::{
    Config,
    config::{Source, Variables},
    cookie::{Cookies, Jar, PendingCookies, SignedCookie},
    crypto::{
        hashes::scheme::SchemeName,
        password::{self, Hasher, PasswordCheck},
        secret::{Secret, Secrets},
        signature,
    },
    rules::address,
    syntax::origin::{self, Pattern, RelativeUrls},
};
use serde_json::Value;

use crate::support::{SECRET, postgres::block_on};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/core.json")).unwrap()
}

fn config(toml: &str) -> Config {
    let variables: Variables = [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", "postgres://localhost/x")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into_iter()
        .collect();
    Config::load(&variables, Some(Source { name: "gatepost.toml", text: toml }))
        .unwrap_or_else(|problems| panic!("{problems}"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn read(cookie: &str, secret: &str) -> SignedCookie {
    Jar::new(Some(format!("x={cookie}"))).signed("x", &Secrets::single(Secret::new(secret)))
}

#[test]
fn cookies_are_signed_and_read_like_better_auths() {
    let vectors = vectors();
    for case in vectors["signed_cookie"].as_array().unwrap() {
        let value = text(&case["value"]);
        assert_eq!(signature::sign(SECRET.as_bytes(), value), text(&case["signature_b64"]));
        for form in ["cookie_value", "unencoded"] {
            assert_eq!(read(text(&case[form]), SECRET), SignedCookie::Genuine(value.to_owned()), "{case}");
        }
        assert_eq!(read(text(&case["cookie_value"]), "another-secret-another-secret-123456"), SignedCookie::Forged);
    }
    for case in vectors["signed_cookie_rejected"].as_array().unwrap() {
        assert_eq!(read(text(&case["cookie_value"]), SECRET), SignedCookie::Forged, "{}", case["why"]);
    }
    let other = &vectors["signed_cookie_other_secret"];
    assert_eq!(
        signature::sign(text(&other["secret"]).as_bytes(), text(&other["value"])),
        text(&other["signature_b64"])
    );
}

#[test]
fn secure_cookies_have_better_auths_names_and_attributes() {
    let https = &vectors()["https_cookies"];
    let config = config(&format!("base_url = \"{}\"", text(&https["baseURL"])));
    let cookies = Cookies::new(&config);
    let mut pending = PendingCookies::default();
    let request = Jar::new(Some(format!("{}=x", cookies.session_data.name)));
    pending.clear_session(&cookies, &request, &config.account);
    let lines: Vec<String> = pending.into_lines().collect();
    let expected: Vec<&str> = https["sign_out_set_cookie"].as_array().unwrap().iter().map(text).collect();
    assert_eq!(lines, expected);
}

#[test]
fn password_hashes_are_better_auths() {
    let hasher = Hasher::new(10);
    for case in vectors()["scrypt"]["vectors"].as_array().unwrap() {
        let (password, stored) = (text(&case["password"]), text(&case["hash"]));
        let salt = stored.split(':').next().unwrap().to_owned();
        assert_eq!(block_on(hasher.hash(password, salt)).unwrap(), stored, "{password}");
        let check = |password: &str| block_on(hasher.check(Some(stored), password, "0".repeat(32)));
        assert_eq!(check(password), Ok(PasswordCheck::Right));
        assert_eq!(check(&format!("{password}x")), Ok(PasswordCheck::Wrong));
    }
}

#[test]
fn foreign_hash_is_an_oracle_no_longer_it_costs_as_much_as_a_known_one_and_as_none() {
    // With room for one and none waiting, a request that costs a hash keeps the next one out.
    let stored = vectors()["scrypt"]["vectors"][0]["hash"].as_str().unwrap().to_owned();
    let (salt, key) = stored.split_once(':').unwrap();
    let foreign = [
        "nonsense".to_owned(),
        ":".to_owned(),
        format!(":{key}"),
        format!("{salt}:"),
        format!("{salt}:{}", &key[1..]),
        format!("{salt}:{key}0"),
        format!("{salt}:{}", key.to_uppercase()),
        format!("{salt}:g{}", &key[1..]),
        format!("{salt}:{}\u{e9}", &key[2..]),
        "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy".to_owned(),
        "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA".to_owned(),
        "pbkdf2:sha256:260000$salt$abcdef".to_owned(),
        "\u{0}:\u{0}".to_owned(),
        "x".repeat(5_000_000),
        format!("{}:{key}", "x".repeat(5_000_000)),
        format!("{salt}:{}", "0".repeat(5_000_000)),
    ];
    let expected =
        |stored: &str| SchemeName::of(stored).map_or(PasswordCheck::Damaged(None), PasswordCheck::NotAccepted);
    let foreign = foreign.iter().map(|stored| (Some(stored.as_str()), expected(stored)));
    for (first, expected) in
        [(None, PasswordCheck::NoHash), (Some(stored.as_str()), PasswordCheck::Wrong)].into_iter().chain(foreign)
    {
        let hasher = Hasher::new(0);
        let check = |stored| hasher.check(stored, "password", "0".repeat(32));
        let (one, other) = block_on(async { tokio::join!(check(first), check(None)) });
        assert_eq!((one, other), (Ok(expected.clone()), Err(password::Error::Overloaded(0))));
        assert_eq!(block_on(check(first)), Ok(expected));
    }
}

#[test]
fn origins_are_trusted_like_better_auths() {
    let vectors = vectors();
    let cases = vectors["origin_match"].as_array().unwrap();
    assert_eq!(cases.len(), 55);
    for case in cases {
        let relative = if case["allowRelativePaths"] == true { RelativeUrls::Allowed } else { RelativeUrls::Refused };
        let trusted = origin::is_trusted(text(&case["url"]), [&Pattern::new(text(&case["pattern"]))], relative);
        assert_eq!(Value::from(trusted), case["match"], "{case}");
    }
}

#[test]
fn addresses_are_read_like_better_auths() {
    let vectors = vectors();
    for case in vectors["ip_from_header"].as_array().unwrap() {
        let proxies = case["options"].get("trustedProxies").map(|proxies| format!("trusted_proxies = {proxies}\n"));
        let subnet = case["options"].get("ipv6Subnet").map(|bits| format!("ipv6_subnet = {bits}\n"));
        let toml = format!("[advanced.ip_address]\n{}{}", proxies.unwrap_or_default(), subnet.unwrap_or_default());
        let found = address::client([text(&case["header"])].into_iter(), &config(&toml).advanced.ip_address);
        assert_eq!(found.as_deref(), case["result"].as_str(), "{case}");
    }
}
