//! API keys: what they open, how their uses are counted, and a test for each closed hole. tests/conformance compares the common
//! behaviour with better-auth.

use std::time::Duration;

use gatepost_cli::{arguments::Keys, edge, keys::keys};
use gatepost_core::{
    Config,
    config::{Source, Statements, Variables},
    crypto::one_time_code::hashed,
    features::api_key::verify,
    handle,
    protected::{Caller, ProtectedFunction},
    reply::Reply,
};
use http_body_util::Full;
use serde_json::{Value, json};

use crate::support::{
    SECRET,
    crowd::at_once,
    factors::Browser,
    http::{Answer, refused},
    mailbox::Mailbox,
    node,
    node::Reference,
    postgres::{Database, block_on},
    secondary_storage::database,
    service::Service,
    wire::Wire,
};

const TOML: &str = "[email_and_password]\nenabled = true\n[api_key]\nenabled = true\n";
const SESSIONS: &str = "enable_session_for_api_keys = true\n";

/// A service whose section `[api_key]` ends with these lines.
fn with(more: &str) -> (Database, Service) {
    let toml = format!("{TOML}{more}");
    let database = database(&toml);
    let service = another(&toml, &database);
    (database, service)
}

fn another(toml: &str, database: &Database) -> Service {
    Service::with(toml, &[("DATABASE_URL", &database.url), ("VERCEL_ENV", "development")])
}

fn signed_up(service: &Service, email: &str) -> Browser {
    let mut browser = Browser::new(&service.url);
    browser.sign_up(email);
    browser
}

/// Creates a key, and returns the answer.
fn created(browser: &mut Browser, body: &Value) -> Value {
    let answer = browser.post("/api-key/create", body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn key_of(browser: &mut Browser) -> String {
    created(browser, &json!({}))["key"].as_str().unwrap().to_owned()
}

/// Reads the session for which a key stands.
fn used(service: &Service, key: &str) -> Answer {
    service.send("GET", "/get-session", &[("x-api-key", key)], "")
}

#[test]
fn api_keys_that_are_off_answer_nothing() {
    let database = Database::new();
    let service = Service::new(&database.url);
    let cookie = service.user("ada@example.com");
    assert_eq!(service.post("/api-key/create", &cookie, "{}").status, 404);
    assert_eq!(service.get("/api-key/list", &cookie).status, 404);
    assert_eq!(used(&service, &"k".repeat(64)).text(), "null");
}

#[test]
fn a_key_is_shown_once_and_stored_as_a_hash() {
    let (database, service) = with("default_prefix = \"my_\"\nenable_metadata = true\n");
    let mut browser = signed_up(&service, "ada@example.com");
    let made = created(&mut browser, &json!({ "name": "CI", "metadata": { "team": 1 }, "expiresIn": 172_800 }));
    let key = made["key"].as_str().unwrap();
    let (prefix, random) = key.split_at(3);
    assert!(prefix == "my_" && random.len() == 64 && random.bytes().all(|byte| byte.is_ascii_alphabetic()), "{key}");
    assert_eq!((&made["start"], &made["metadata"]["team"]), (&json!(key[..6]), &json!(1)));
    assert_eq!(database.value("select key from apikey"), hashed(key));
    let id = made["id"].as_str().unwrap();
    let answers = [
        browser.get(&format!("/api-key/get?id={id}")),
        browser.get("/api-key/list"),
        browser.post("/api-key/update", &json!({ "keyId": id, "name": "Builds", "enabled": false })),
    ];
    for answer in &answers {
        assert!(answer.status == 200 && !answer.text().contains(&key[6..]) && !answer.text().contains(&hashed(key)));
    }
    assert_eq!((&answers[2].json()["name"], &answers[2].json()["enabled"]), (&json!("Builds"), &json!(false)));
    assert_eq!(answers[1].json()["total"], 1);
    assert_eq!(browser.post("/api-key/delete", &json!({ "keyId": id })).text(), r#"{"success":true}"#);
    assert_eq!(database.value("select count(*) from apikey"), "0");
}

#[test]
fn verifying_a_key_is_one_statement() {
    let toml = format!("{TOML}{SESSIONS}");
    let database = database(&toml);
    let wire = Wire::new(&database.url);
    let service = Service::with(&toml, &[("DATABASE_URL", &wire.url)]);
    let key = key_of(&mut signed_up(&service, "ada@example.com"));
    wire.statements();
    assert_eq!(used(&service, &key).json()["user"]["email"], "ada@example.com");
    let sent = wire.statements();
    assert_eq!(sent.len(), 1, "{sent:?}");
    for refusal in ["update apikey set enabled = false", "update apikey set \"expiresAt\" = now() - interval '1 day'"] {
        database.query(refusal);
        wire.statements();
        assert_eq!(used(&service, &key).status, 401);
        assert_eq!(wire.statements().len(), 1);
        database.query("update apikey set enabled = true");
    }
}

#[test]
fn the_last_use_goes_to_one_of_fifty_on_several_instances() {
    let toml = format!("{TOML}{SESSIONS}[api_key.rate_limit]\nenabled = false\n");
    let database = database(&toml);
    let services = [another(&toml, &database), another(&toml, &database)];
    let key = key_of(&mut signed_up(&services[0], "ada@example.com"));
    for (left, refill) in [(1, "100"), (7, "100"), (1, "null")] {
        database.query(&format!(
            "update apikey set remaining = {left}, \"refillAmount\" = {refill}, \"refillInterval\" = 86400000"
        ));
        let answers = at_once(50, |number| used(&services[number % 2], &key));
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), left);
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            // The key without refills is removed by the use that finds none left.
            let code = answer.json()["code"].as_str().unwrap().to_owned();
            let is_gone = refill == "null" && (answer.status, code.as_str()) == (401, "INVALID_API_KEY");
            assert!(is_gone || (answer.status, code.as_str()) == (429, "USAGE_EXCEEDED"), "{}", answer.text());
        }
        if refill == "null" {
            assert_eq!(database.value("select count(*) from apikey"), "0");
        } else {
            assert_eq!(database.value("select remaining from apikey"), "0");
        }
    }
}

#[test]
fn a_rate_limit_holds_for_fifty_uses_on_several_instances() {
    let toml = format!("{TOML}{SESSIONS}[api_key.rate_limit]\nmax_requests = 4\ntime_window = 60000\n");
    let database = database(&toml);
    let services = [another(&toml, &database), another(&toml, &database)];
    let key = key_of(&mut signed_up(&services[0], "ada@example.com"));
    let answers = at_once(50, |number| used(&services[number % 2], &key));
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 4);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        refused(answer, 429, "RATE_LIMITED", "api_key_rate_limited");
        let wait = answer.json()["details"]["tryAgainIn"].as_i64().unwrap();
        assert!((1..=60_000).contains(&wait), "{wait}");
    }
    assert_eq!(database.value("select \"requestCount\" from apikey"), "4");
    // A new window begins after a time without uses, and a refused use takes none of the remaining ones.
    database.query("update apikey set \"lastRequest\" = now() - interval '2 minutes', remaining = 5");
    assert_eq!(used(&services[0], &key).status, 200);
    assert_eq!(database.value("select \"requestCount\" || ' ' || remaining from apikey"), "1 4");
    database.query("update apikey set \"requestCount\" = 4");
    assert_eq!(used(&services[0], &key).status, 429);
    assert_eq!(database.value("select remaining from apikey"), "4");
}

#[test]
fn a_refill_comes_once_an_interval_has_passed() {
    let (database, service) = with(&format!("{SESSIONS}[api_key.rate_limit]\nenabled = false\n"));
    let key = key_of(&mut signed_up(&service, "ada@example.com"));
    database.query(
        "update apikey set remaining = 0, \"refillAmount\" = 3, \"refillInterval\" = 60000, \"createdAt\" = now() - interval '1 hour'",
    );
    // The first use after the interval finds three, also of fifty.
    let answers = at_once(50, |_| used(&service, &key));
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 3);
    assert_eq!(database.value("select remaining || ' ' || (\"lastRefillAt\" is not null) from apikey"), "0 true");
    refused(&used(&service, &key), 429, "USAGE_EXCEEDED", "api_key_exhausted");
    database.query("update apikey set \"lastRefillAt\" = now() - interval '61 seconds'");
    assert_eq!(used(&service, &key).status, 200);
    assert_eq!(database.value("select remaining from apikey"), "2");
}

#[test]
fn a_refill_is_given_once_to_fifty_on_several_instances() {
    let toml = format!("{TOML}{SESSIONS}[api_key.rate_limit]\nenabled = false\n");
    let database = database(&toml);
    let services = [another(&toml, &database), another(&toml, &database), another(&toml, &database)];
    let key = key_of(&mut signed_up(&services[0], "ada@example.com"));
    // A second refill would open the key more often than the amount, or forget uses.
    for (left, amount, opened) in [(0, 3, 3), (2, 3, 3), (0, 100, 50), (7, 60, 50)] {
        database.query(&format!(
            "update apikey set remaining = {left}, \"refillAmount\" = {amount}, \"refillInterval\" = 3600000, \
             \"lastRefillAt\" = now() - interval '61 minutes'"
        ));
        let answers = at_once(50, |number| used(&services[number % 3], &key));
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), opened, "{left} {amount}");
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            refused(answer, 429, "USAGE_EXCEEDED", "api_key_exhausted");
        }
        assert_eq!(database.value("select remaining from apikey"), (amount - opened).to_string(), "{left} {amount}");
        assert_eq!(database.value("select \"lastRefillAt\" > now() - interval '30 minutes' from apikey"), "t");
    }
}

#[test]
fn keys_that_are_over_are_refused_with_the_reason() {
    let (database, service) = with(SESSIONS);
    let mut browser = signed_up(&service, "ada@example.com");
    refused(&used(&service, "short"), 403, "INVALID_API_KEY", "unknown_api_key");
    refused(&used(&service, &"k".repeat(64)), 401, "INVALID_API_KEY", "unknown_api_key");
    let key = key_of(&mut browser);
    database.query("update apikey set enabled = false");
    refused(&used(&service, &key), 401, "KEY_DISABLED", "api_key_disabled");
    database.query("update apikey set enabled = true, \"expiresAt\" = now() - interval '1 second'");
    refused(&used(&service, &key), 401, "KEY_EXPIRED", "api_key_expired");
    assert_eq!(database.value("select count(*) from apikey"), "0");
    // Every endpoint refuses a request with a key that is not valid.
    let answer = service.send("GET", "/ok", &[("x-api-key", &key)], "");
    refused(&answer, 401, "INVALID_API_KEY", "unknown_api_key");
    assert_eq!(browser.get("/api-key/get?id=nothing").status, 404);
    refused(&browser.get("/api-key/get?id=nothing"), 404, "KEY_NOT_FOUND", "unknown_api_key");
}

#[test]
fn expired_keys_are_removed_when_another_one_is_made() {
    let (database, service) = with("");
    let mut browser = signed_up(&service, "ada@example.com");
    key_of(&mut browser);
    database.query("update apikey set \"expiresAt\" = now() - interval '1 second'");
    key_of(&mut browser);
    assert_eq!(database.value("select count(*) from apikey where \"expiresAt\" is null"), "1");
    assert_eq!(database.value("select count(*) from apikey"), "1");
}

#[test]
fn attack_the_key_of_another_user_by_its_identifier() {
    let (database, service) = with("");
    let mut ada = signed_up(&service, "ada@example.com");
    let mut eve = signed_up(&service, "eve@example.com");
    let id = created(&mut ada, &json!({ "name": "Ada's" }))["id"].clone();
    let path = format!("/api-key/get?id={}", id.as_str().unwrap());
    refused(&eve.get(&path), 404, "KEY_NOT_FOUND", "unknown_api_key");
    refused(
        &eve.post("/api-key/update", &json!({ "keyId": id, "name": "Eve's" })),
        404,
        "KEY_NOT_FOUND",
        "unknown_api_key",
    );
    refused(&eve.post("/api-key/delete", &json!({ "keyId": id })), 404, "KEY_NOT_FOUND", "unknown_api_key");
    assert_eq!(eve.get("/api-key/list").json()["total"], 0);
    assert_eq!(database.value("select name from apikey"), "Ada's");
}

#[test]
fn attack_the_key_of_a_banned_or_deleted_owner() {
    let (database, service) = with(&format!("{SESSIONS}[admin]\nenabled = true\n"));
    let key = key_of(&mut signed_up(&service, "ada@example.com"));
    assert_eq!(used(&service, &key).status, 200);
    database.query("update \"user\" set banned = true");
    refused(&used(&service, &key), 401, "USER_BANNED", "banned");
    database.query("update \"user\" set banned = false");
    assert_eq!(used(&service, &key).status, 200);
    database.query("delete from session; delete from account; delete from \"user\"");
    refused(&used(&service, &key), 401, "INVALID_REFERENCE_ID_FROM_API_KEY", "api_key_owner_gone");
}

#[test]
fn prehijack_the_key_of_an_unproven_address_goes_when_its_owner_proves_it() {
    let toml = format!("{TOML}{SESSIONS}[magic_link]\nenabled = true\n");
    for way in ["magic-link", "reset-password"] {
        let (database, mailbox) = (database(&toml), Mailbox::new());
        let more = [("DATABASE_URL", database.url.as_str()), ("EMAIL_URL", &mailbox.url())];
        let service = Service::with(&toml, &[&more[..], &[("VERCEL_ENV", "development")]].concat());
        let key = key_of(&mut signed_up(&service, "ada@example.com"));
        assert_eq!(used(&service, &key).status, 200);
        let mut owner = Browser::new(&service.url);
        let asked = match way {
            "magic-link" => owner.post("/sign-in/magic-link", &json!({ "email": "ada@example.com" })),
            _ => owner.post("/request-password-reset", &json!({ "email": "ada@example.com" })),
        };
        assert_eq!(asked.status, 200, "{}", asked.text());
        let token = mailbox.token(way);
        let redeemed = match way {
            "magic-link" => owner.get(&format!("/magic-link/verify?token={token}")),
            _ => owner.post("/reset-password", &json!({ "token": token, "newPassword": "another password" })),
        };
        assert_eq!(redeemed.status, 200, "{way}: {}", redeemed.text());
        assert_eq!(used(&service, &key).json()["code"], "INVALID_API_KEY", "{way}");
        assert_eq!(database.value("select count(*) from apikey"), "0", "{way}");
    }
}

#[test]
fn attack_a_key_is_no_session_where_that_is_not_enabled() {
    let (_database, service) = with("");
    let key = key_of(&mut signed_up(&service, "ada@example.com"));
    assert_eq!(used(&service, &key).text(), "null");
    assert_eq!(service.send("GET", "/list-accounts", &[("x-api-key", &key)], "").status, 401);
}

#[test]
fn attack_a_key_becomes_no_more_than_a_key() {
    let (_database, service) = with(SESSIONS);
    let mut browser = signed_up(&service, "ada@example.com");
    let key = key_of(&mut browser);
    let shown = used(&service, &key);
    // The key is not repeated, and its session's token opens nothing.
    assert!(!shown.text().contains(&key) && shown.set_cookies().is_empty(), "{}", shown.text());
    let token = format!("Bearer {}", shown.json()["session"]["token"].as_str().unwrap());
    assert_eq!(service.send("GET", "/get-session", &[("authorization", &token)], "").text(), "null");
    assert_eq!(service.send("GET", "/list-accounts", &[("x-api-key", &key)], "").status, 200);
    let headers = [("x-api-key", key.as_str()), ("content-type", "application/json")];
    for (method, path, body) in [
        ("GET", "/list-sessions", ""),
        ("GET", "/api-key/list", ""),
        ("POST", "/api-key/create", "{}"),
        ("POST", "/update-user", r#"{"name":"Eve"}"#),
        ("POST", "/revoke-sessions", "{}"),
        ("POST", "/change-password", r#"{"currentPassword":"correct horse battery","newPassword":"another password"}"#),
    ] {
        let answer = service.send(method, path, &headers, body);
        assert_eq!(answer.status, 401, "{path}: {}", answer.text());
        assert!(answer.set_cookies().is_empty() && answer.header("set-auth-token").is_none());
    }
    // With the browser's session beside it, the session counts.
    let cookie = browser.cookie.clone();
    let answer = service.send("GET", "/list-sessions", &[("x-api-key", &key), ("cookie", &cookie)], "");
    assert_eq!(answer.status, 200);
}

#[test]
fn attack_a_client_sets_what_only_servers_set() {
    let (database, service) = with("enable_metadata = true\n");
    let mut browser = signed_up(&service, "ada@example.com");
    let mut eve = Browser::new(&service.url);
    let victim = eve.sign_up("eve@example.com");
    let id = created(&mut browser, &json!({}))["id"].clone();
    for (field, value) in [
        ("remaining", json!(1_000_000)),
        ("refillAmount", json!(5)),
        ("refillInterval", json!(1)),
        ("rateLimitMax", json!(1_000_000)),
        ("rateLimitTimeWindow", json!(1)),
        ("rateLimitEnabled", json!(false)),
        ("permissions", json!({ "files": ["read"] })),
    ] {
        let answer = browser.post("/api-key/create", &json!({ field: value }));
        refused(&answer, 400, "SERVER_ONLY_PROPERTY", "server_only_property");
        let answer = browser.post("/api-key/update", &json!({ "keyId": id, field: value }));
        refused(&answer, 400, "SERVER_ONLY_PROPERTY", "server_only_property");
    }
    for path in ["/api-key/create", "/api-key/update"] {
        let answer = browser.post(path, &json!({ "keyId": id, "userId": victim }));
        refused(&answer, 401, "UNAUTHORIZED_SESSION", "server_only_property");
    }
    // Columns that no body names are ignored.
    created(
        &mut browser,
        &json!({ "referenceId": victim, "key": "x", "requestCount": -9, "enabled": false, "start": "zz" }),
    );
    let forged = "select count(*) from apikey where key = 'x' or \"requestCount\" < 0 or not enabled or start = 'zz'";
    assert_eq!(database.value(forged), "0");
    assert_eq!(eve.get("/api-key/list").json()["total"], 0);
    for path in ["/api-key/verify", "/api-key/delete-all-expired-api-keys"] {
        assert_eq!(browser.post(path, &json!({ "key": "x" })).status, 404);
    }
}

#[test]
fn attack_prefixes_and_metadata_of_any_size() {
    let (database, service) = with("enable_metadata = true\n");
    let mut browser = signed_up(&service, "ada@example.com");
    for (body, code) in [
        (json!({ "prefix": "x".repeat(33) }), "INVALID_PREFIX_LENGTH"),
        (json!({ "prefix": "a b" }), "VALIDATION_ERROR"),
        (json!({ "prefix": "é" }), "VALIDATION_ERROR"),
        (json!({ "name": "x".repeat(33) }), "INVALID_NAME_LENGTH"),
        (json!({ "metadata": { "x": "x".repeat(10_000) } }), "VALIDATION_ERROR"),
        (json!({ "metadata": "text" }), "INVALID_METADATA_TYPE"),
        (json!({ "expiresIn": 1 }), "EXPIRES_IN_IS_TOO_SMALL"),
        (json!({ "expiresIn": 1e9 }), "EXPIRES_IN_IS_TOO_LARGE"),
        (json!({ "expiresIn": 1e300 }), "EXPIRES_IN_IS_TOO_LARGE"),
        (json!({ "expiresIn": 0 }), "VALIDATION_ERROR"),
    ] {
        let answer = browser.post("/api-key/create", &body);
        assert_eq!((answer.status, answer.json()["code"].as_str()), (400, Some(code)), "{body}: {}", answer.text());
    }
    let answer = browser.post("/api-key/create", &json!({ "name": "a\u{0}b" }));
    assert_eq!((answer.status, answer.json()["code"].as_str()), (400, Some("VALUE_NOT_STORABLE")), "{}", answer.text());
    assert_eq!(database.value("select count(*) from apikey"), "0");
}

#[test]
fn keys_of_several_configurations_are_apart() {
    let (database, service) = with(
        "[api_key.configurations.ci]\napi_key_headers = [\"x-ci\", \"x-build\"]\ndefault_prefix = \"ci_\"\n\
         default_key_length = 24\nenable_session_for_api_keys = true\nrequire_name = true\n\
         permissions = { default_permissions = { builds = [\"read\", \"start\"] } }\n\
         [api_key.configurations.plain]\napi_key_headers = \"x-plain\"\nenable_session_for_api_keys = true\n\
         disable_key_hashing = true\n",
    );
    let mut browser = signed_up(&service, "ada@example.com");
    let ci = created(&mut browser, &json!({ "configId": "ci", "name": "CI" }));
    let plain = created(&mut browser, &json!({ "configId": "plain" }));
    let unknown = created(&mut browser, &json!({ "configId": "unknown" }));
    assert_eq!((ci["configId"].as_str(), unknown["configId"].as_str()), (Some("ci"), Some("default")));
    assert_eq!(ci["permissions"], json!({ "builds": ["read", "start"] }));
    let key = |made: &Value| made["key"].as_str().unwrap().to_owned();
    assert!(key(&ci).starts_with("ci_") && key(&ci).len() == 27);
    assert_eq!(database.value("select key from apikey where \"configId\" = 'plain'"), key(&plain));
    let get = |header: &str, key: &str| service.send("GET", "/get-session", &[(header, key)], "");
    assert_eq!(get("x-build", &key(&ci)).status, 200);
    assert_eq!(get("x-plain", &key(&plain)).status, 200);
    refused(&get("x-ci", &key(&unknown)), 401, "INVALID_API_KEY", "unknown_api_key");
    refused(&get("x-plain", &hashed(&key(&ci)).repeat(2)), 401, "INVALID_API_KEY", "unknown_api_key");
    assert_eq!(get("x-api-key", &key(&unknown)).text(), "null");
    let id = ci["id"].as_str().unwrap();
    assert_eq!(browser.get(&format!("/api-key/get?id={id}")).status, 404);
    assert_eq!(browser.get(&format!("/api-key/get?id={id}&configId=ci")).status, 200);
    assert_eq!(browser.get("/api-key/list?configId=ci").json()["total"], 1);
    assert_eq!(
        browser.get("/api-key/list?sortBy=name&sortDirection=desc&limit=1&offset=2").json()["apiKeys"][0]["name"],
        "CI"
    );
}

#[test]
fn an_instance_remembers_a_verdict_only_if_it_may() {
    let toml = format!("{TOML}{SESSIONS}remember_verdicts = 60\n");
    let database = database(&toml);
    let wire = Wire::new(&database.url);
    let service = Service::with(&toml, &[("DATABASE_URL", &wire.url)]);
    let mut browser = signed_up(&service, "ada@example.com");
    let (key, counted) = (key_of(&mut browser), key_of(&mut browser));
    let of_counted = hashed(&counted);
    database.query(&format!("update apikey set remaining = 2 where key = '{of_counted}'"));
    assert_eq!(used(&service, &key).status, 200);
    wire.statements();
    for _ in 0..20 {
        assert_eq!(used(&service, &key).status, 200);
    }
    assert_eq!(wire.statements(), Vec::<String>::new());
    // Each use of a key with a remaining count is counted.
    let statuses: Vec<_> = (0..3).map(|_| used(&service, &counted).status).collect();
    assert_eq!(statuses, [200, 200, 429]);
    // Another instance asks the database.
    database.query("update apikey set enabled = false");
    assert_eq!((used(&service, &key).status, used(&another(&toml, &database), &key).status), (200, 401));
}

#[test]
fn a_key_is_verified_for_the_permissions_that_a_function_needs() {
    let (database, service) = with("[api_key.permissions]\ndefault_permissions = { files = [\"read\", \"write\"] }\n");
    let key = key_of(&mut signed_up(&service, "ada@example.com"));
    let verified = |permissions: &[(&str, &[&str])]| {
        let texts = |actions: &[&str]| actions.iter().map(|action| (*action).to_owned()).collect();
        let asked: Statements =
            permissions.iter().map(|(name, actions)| ((*name).to_owned(), texts(actions))).collect();
        let request = http::Request::get("/").body(()).unwrap().into_parts().0;
        let mut cx = handle::begin(service.auth.clone(), request, &edge::request().unwrap());
        block_on(async { verify(&mut cx, &key, None, Some(&asked)).await })
            .map(|key| key.user().unwrap().email.clone())
            .map_err(|error| error.reason().name())
    };
    for (permissions, expected) in [
        (&[("files", &["read"][..])][..], Ok("ada@example.com")),
        (&[("files", &["write", "read"])], Ok("ada@example.com")),
        (&[("files", &["delete"])], Err("api_key_not_permitted")),
        (&[("files", &["read"]), ("mail", &["read"])], Err("api_key_not_permitted")),
        (&[("files", &[])], Err("api_key_not_permitted")),
        (&[], Err("api_key_not_permitted")),
    ] {
        assert_eq!(verified(permissions), expected.map(str::to_owned), "{permissions:?}");
    }
    // Uses without the permissions are not counted.
    assert_eq!(database.value("select \"requestCount\" from apikey"), "2");
    database.query("update apikey set permissions = null");
    assert_eq!(verified(&[("files", &["read"])]), Err("api_key_not_permitted"));
}

#[test]
fn the_configuration_refuses_what_is_not_available_by_name() {
    for (line, told) in [
        ("storage = \"secondary-storage\"", "`api_key.storage = \"secondary-storage\"` is not available"),
        (
            "[api_key.configurations.default]\nrequire_name = true",
            "write the options of the configuration `default` in `[api_key]`",
        ),
        ("minimum_name_length = 40", "has a minimum that is larger than the maximum"),
        ("api_key_headers = \"x key\"", "`x key` cannot be a header"),
        ("default_key_length = 8", "a whole number from 16 to 512"),
    ] {
        let text = format!("[api_key]\nenabled = true\n{line}\n");
        let source = Source { name: "gatepost.toml", text: &text };
        let variables = [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", "postgres://u@localhost/x")];
        let variables: Variables =
            variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect();
        let problems = Config::load(&variables, Some(source)).err().unwrap();
        assert!(problems.0.len() == 1 && problems.0[0].text.contains(told), "{line}: {problems}");
    }
}

#[test]
fn keys_of_better_auth_are_valid_here_and_ours_there() {
    let toml = format!("{TOML}{SESSIONS}default_prefix = \"my_\"\n");
    let database = database(&toml);
    let options = r#"{"apiKey":{"enableSessionForAPIKeys":true,"defaultPrefix":"my_"}}"#;
    let reference = Reference::with(&database.direct, options, &[("MIGRATE", "0")]);
    let service = another(&toml, &database);
    for (first, second) in [(&reference.url, &service.url), (&service.url, &reference.url)] {
        let mut browser = Browser::new(first);
        browser.sign_up("ada@example.com");
        let key = key_of(&mut browser);
        let url = format!("{second}/api/auth/get-session");
        let answer = crate::support::http::send("GET", &url, &[("x-api-key", &key)], b"");
        assert_eq!(answer.json()["user"]["email"], "ada@example.com", "{first} then {second}: {}", answer.text());
        database.query(r#"delete from apikey; delete from session; delete from account; delete from "user""#);
    }
}

#[test]
fn the_client_takes_its_keys_from_creation_to_removal() {
    let (_database, service) = with(&format!("{SESSIONS}enable_metadata = true\n"));
    let said = node::run("api-keys.mjs", &["--url", &service.url], Duration::from_secs(60));
    assert!(said.contains("0 failed"), "{said}");
}

#[test]
fn an_operator_lists_shows_and_revokes_keys() {
    let (database, service) = with("");
    let key = created(&mut signed_up(&service, "ada@example.com"), &json!({ "name": "C\u{1b}I" }));
    let id = key["id"].as_str().unwrap().to_owned();
    let run = |command: Keys| {
        let auth = service.auth.clone();
        block_on(async { keys(auth, command, edge::request().unwrap()).await })
    };
    let listed = run(Keys::List { user: Some("Ada@Example.com".to_owned()), organization: None }).unwrap();
    assert!(
        listed.text.starts_with(&id) && listed.text.contains("C\\u{1b}I") && listed.audit.is_none(),
        "{}",
        listed.text
    );
    let shown = run(Keys::Show { key: id.clone() }).unwrap();
    assert_eq!((&shown.json["start"], shown.json.get("key")), (&key["start"], None));
    assert!(shown.text.contains("rateLimitMax: 10") && !shown.text.contains(&hashed(key["key"].as_str().unwrap())));
    let revoked = run(Keys::Revoke { key: id.clone() }).unwrap();
    let line = json!({
        "level": "info", "command": "keys revoke", "actor": "operator", "target": key["referenceId"], "key": id,
    });
    assert_eq!(revoked.audit, Some(line));
    assert_eq!(database.value("select count(*) from apikey"), "0");
    for error in [run(Keys::Show { key: id.clone() }), run(Keys::Revoke { key: id })] {
        assert!(error.err().unwrap().starts_with("no API key has the identifier"));
    }
    let service = Service::new(&database.url);
    let auth = service.auth.clone();
    let off = block_on(async { keys(auth, Keys::Show { key: "x".to_owned() }, edge::request().unwrap()).await });
    assert!(off.err().unwrap().starts_with("`[api_key] enabled` is off"));
}

#[test]
fn an_operator_creates_disables_and_enables_keys() {
    let (database, service) = with("[api_key.configurations.ci]\nrequire_name = true\n");
    let ada = signed_up(&service, "ada@example.com");
    let run = |command: Keys| {
        let auth = service.auth.clone();
        block_on(async { keys(auth, command, edge::request().unwrap()).await })
    };
    let create = |name: Option<&str>, lasts: Option<&str>, permission: &str, config: &str| Keys::Create {
        user: "ada@example.com".to_owned(),
        name: name.map(str::to_owned),
        prefix: Some("ops_".to_owned()),
        lasts: lasts.map(str::to_owned),
        permissions: vec![permission.to_owned()],
        config: config.to_owned(),
    };
    let with_prefix = |prefix: &str| match create(None, None, "files:read", "default") {
        Keys::Create { user, name, lasts, permissions, config, .. } => {
            Keys::Create { user, name, prefix: Some(prefix.to_owned()), lasts, permissions, config }
        }
        other => other,
    };
    for (command, told) in [
        (create(None, Some("soon"), "files:read", "default"), "`soon` is no duration"),
        (
            create(None, Some("99999d"), "files:read", "default"),
            "`99999d` is too long; write a duration of at most 49710d",
        ),
        (create(None, Some("0d"), "files:read", "default"), "`0d` is no time at all"),
        (with_prefix("\u{fc}"), "write such a --prefix"),
        (with_prefix(""), "write such a --prefix"),
        (create(None, None, "files", "default"), "pass --permission as RESOURCE:ACTION"),
        (
            create(None, None, "files:read", "other"),
            "there is no configuration `other` of API keys; write one of default, ci",
        ),
        (create(None, None, "files:read", "ci"), "write another --name or --prefix"),
    ] {
        let error = run(command).err().unwrap();
        assert!(error.contains(told), "{error}");
    }
    let made = run(create(Some("deploy"), Some("90d"), "files:read", "ci")).unwrap();
    let (key, id) = (made.json["key"].as_str().unwrap().to_owned(), made.json["id"].as_str().unwrap().to_owned());
    assert!(key.starts_with("ops_") && made.text.starts_with(&format!("{key}\n")), "{}", made.text);
    assert_eq!(made.text.matches(&key).count(), 1);
    assert_eq!(made.json["permissions"], json!({ "files": ["read"] }));
    let line = |command: &str| {
        let owner = &made.json["referenceId"];
        Some(json!({ "level": "info", "command": command, "actor": "operator", "target": owner, "key": id }))
    };
    assert_eq!(made.audit, line("keys create"));
    let stored = database.value("select key from apikey");
    assert!(stored == hashed(&key) && !made.text.contains(&stored), "the hash is stored and not shown");
    assert!(!run(Keys::Show { key: id.clone() }).unwrap().text.contains(&key));

    let disabled = run(Keys::Disable { key: id.clone() }).unwrap();
    assert_eq!((&disabled.json["enabled"], disabled.audit), (&json!(false), line("keys disable")));
    let enabled = run(Keys::Enable { key: id.clone() }).unwrap();
    assert_eq!((&enabled.json["enabled"], enabled.audit), (&json!(true), line("keys enable")));
    assert!(run(Keys::Enable { key: "x".to_owned() }).err().unwrap().starts_with("no API key has the identifier"));
    drop(ada);
}

#[test]
fn a_function_accepts_keys_only_if_that_is_enabled() {
    const FUNCTION: ProtectedFunction = |_, caller, _| {
        Box::pin(async move {
            let by = match &caller {
                Caller::Session(_) => "session",
                Caller::Token(_) => "token",
                Caller::Key(key) if key.permits("files", ["read"]) && !key.permits("files", ["write"]) => "key",
                Caller::Key(_) => "another key",
            };
            Reply::json(&json!({ "by": by, "id": caller.user_id() }))
        })
    };
    let permissions = "[api_key.permissions]\ndefault_permissions = { files = [\"read\"] }\n";
    for (more, status) in [(format!("protect = true\n{permissions}"), 200), (permissions.to_owned(), 401)] {
        let (database, service) = with(&more);
        let mut browser = signed_up(&service, "ada@example.com");
        let key = key_of(&mut browser);
        let ask = |headers: &[(&str, &str)]| {
            let mut request = http::Request::get("/api/me").header("host", "localhost");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let request = request.body(Full::<&[u8]>::default()).unwrap();
            let (auth, edge) = (service.auth.clone(), edge::request().unwrap());
            block_on(async move { handle::protect(auth, FUNCTION, request, edge).await })
        };
        let answer = ask(&[("x-api-key", &key)]);
        assert_eq!(answer.status(), status, "{answer:?}");
        if status == 200 {
            let told: Value = serde_json::from_slice(answer.body()).unwrap();
            assert_eq!(told["by"], "key");
            assert_eq!(database.value("select \"requestCount\" from apikey"), "1");
            // An invalid key is refused, also beside a valid session.
            let cookie = browser.cookie.clone();
            let other = "k".repeat(64);
            assert_eq!(ask(&[("x-api-key", &other), ("cookie", &cookie)]).status(), 401);
            database.query("update apikey set \"requestCount\" = 10");
            assert_eq!(ask(&[("x-api-key", &key)]).status(), 429);
        }
    }
}

#[test]
fn a_remembered_key_stays_a_key_of_its_configuration() {
    let (_database, service) = with("remember_verdicts = 60\n[api_key.configurations.ci]\nrequire_name = true\n");
    let made = created(&mut signed_up(&service, "ada@example.com"), &json!({ "configId": "ci", "name": "CI" }));
    let key = made["key"].as_str().unwrap();
    let verified = |config: Option<&str>| {
        let request = http::Request::get("/").body(()).unwrap().into_parts().0;
        let mut cx = handle::begin(service.auth.clone(), request, &edge::request().unwrap());
        let found = block_on(async { verify(&mut cx, key, config, None).await });
        found.map(|key| key.config_id).map_err(|error| error.reason().name())
    };
    for _ in 0..2 {
        assert_eq!(verified(None), Ok("ci".to_owned()));
        assert_eq!(verified(Some("ci")), Ok("ci".to_owned()));
        assert_eq!(verified(Some("default")), Err("unknown_api_key"));
    }
}
