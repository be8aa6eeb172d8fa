//! Values that better-auth 1.7.25 itself produced or accepted: cookies, password hashes, origins, addresses.

use gatepost_core::{
    Config,
    config::{Secret, Secrets, Source, Variables},
    cookie::{Cookies, Jar, Pending, Signed},
    crypto::{
        password::{self, Hasher},
        signature,
    },
    rules::{
        address,
        origin::{self, Relative},
    },
};
use serde_json::Value;

use super::support::{SECRET, postgres::block_on};

fn vectors() -> Value {
    serde_json::from_str(include_str!("vectors/core.json")).unwrap()
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

fn read(cookie: &str, secret: &str) -> Signed {
    Jar::new(Some(format!("x={cookie}"))).signed("x", &Secrets::single(Secret::new(secret)))
}

#[test]
fn cookies_are_signed_and_read_like_better_auths() {
    let vectors = vectors();
    for case in vectors["signed_cookie"].as_array().unwrap() {
        let value = text(&case["value"]);
        assert_eq!(signature::sign(SECRET.as_bytes(), value), text(&case["signature_b64"]));
        for form in ["cookie_value", "unencoded"] {
            assert_eq!(read(text(&case[form]), SECRET), Signed::Genuine(value.to_owned()), "{case}");
        }
        assert_eq!(read(text(&case["cookie_value"]), "another-secret-another-secret-123456"), Signed::Forged);
    }
    for case in vectors["signed_cookie_rejected"].as_array().unwrap() {
        assert_eq!(read(text(&case["cookie_value"]), SECRET), Signed::Forged, "{}", case["why"]);
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
    let mut pending = Pending::default();
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
        assert_eq!(block_on(hasher.check(Some(stored), password)), Ok(true));
        assert_eq!(block_on(hasher.check(Some(stored), &format!("{password}x"))), Ok(false));
    }
}

#[test]
fn an_unknown_user_costs_a_hash_like_a_known_one() {
    // With room for one and nobody waiting, whoever costs a hash keeps the next one out.
    let stored = vectors()["scrypt"]["vectors"][0]["hash"].as_str().unwrap().to_owned();
    for first in [None, Some(stored.as_str())] {
        let hasher = Hasher::new(0);
        let (one, other) =
            block_on(async { tokio::join!(hasher.check(first, "password"), hasher.check(None, "password")) });
        assert_eq!((one, other), (Ok(false), Err(password::Error::Overloaded(0))));
        assert_eq!(block_on(hasher.check(first, "password")), Ok(false));
    }
}

#[test]
fn origins_are_trusted_like_better_auths() {
    let vectors = vectors();
    let cases = vectors["origin_match"].as_array().unwrap();
    assert_eq!(cases.len(), 55);
    for case in cases {
        let relative = if case["allowRelativePaths"] == true { Relative::Allowed } else { Relative::Refused };
        let trusted = origin::is_trusted(text(&case["url"]), [text(&case["pattern"])], relative);
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
