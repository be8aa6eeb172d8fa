//! Google's One Tap: behaviour that differs from better-auth. The common behaviour is compared in tests/conformance.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use crate::support::{
    crowd::at_once,
    factors::App,
    flows::{self, Flows},
    http::{self, Answer},
    postgres::Database,
    provider::Provider,
    redis::Redis,
    secondary_storage::database,
    service::{Service, log_lines},
};

const TOML: &str = "[email_and_password]\nenabled = true\n[one_tap]\nenabled = true\n";

/// A token of Google with these claims instead of the usual ones, different each time.
fn token(flows: &Flows, more: &Value) -> String {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let now = gatepost_cli::edge::now().as_second();
    let mut claims = json!({
        "iss": "https://accounts.google.com", "aud": "google-client", "sub": "g-1",
        "email": "ada@example.com", "email_verified": true, "name": "Ada", "iat": now, "exp": now + 3_600, "jti": MADE.fetch_add(1, Ordering::Relaxed).to_string(),
    });
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let mint = format!("{}/mint", flows.provider.url);
    let minted = http::send("POST", &mint, &[], json!({ "claims": claims }).to_string().as_bytes()).json();
    minted["token"].as_str().unwrap().to_owned()
}

fn tap(flows: &Flows, more: &Value) -> Answer {
    give(flows, &token(flows, more))
}

fn give(flows: &Flows, token: &str) -> Answer {
    flows.service.post("/one-tap/callback", "", &json!({ "idToken": token }).to_string())
}

fn opens(answer: &Answer) -> bool {
    answer.status == 200 && answer.cookies().contains("session_token")
}

#[test]
fn one_tap_that_is_off_answers_nothing_and_without_a_client_says_so() {
    let database = Database::new();
    let answer = Service::new(&database.url).post("/one-tap/callback", "", r#"{"idToken":"x"}"#);
    assert_eq!((answer.status, answer.text().as_str()), (404, ""));
    let service = Service::with(TOML, &[("DATABASE_URL", &database.url), ("VERCEL_ENV", "development")]);
    let answer = service.post("/one-tap/callback", "", r#"{"idToken":"x"}"#);
    let message = "Google client ID is required for One Tap. Set it on the oneTap plugin (clientId) or on socialProviders.google.";
    assert_eq!((answer.status, answer.json()), (400, json!({ "message": message })));
    assert_eq!(answer.header("x-gatepost-reason"), Some("unknown_provider"));
}

#[test]
fn attack_a_picture_of_one_tap_has_a_largest_size() {
    let flows = Flows::new(&format!("{TOML}[user]\nmaximum_image_bytes = 2029\n"));
    let picture = |bytes: usize| "x".repeat(bytes);
    let stored = |email: &str| {
        flows
            .database
            .value(&format!("select name || coalesce(octet_length(image), 0) from \"user\" where email = '{email}'"))
    };
    let answer = tap(&flows, &json!({ "picture": picture(2_030), "name": "A\0da" }));
    assert!(opens(&answer), "{}", answer.text());
    assert_eq!((answer.json()["user"]["image"].clone(), stored("ada@example.com")), (Value::Null, "Ada0".to_owned()));
    let is_noted = |line: &String| line.contains("it has 2030 bytes; `user.maximum_image_bytes` permits 2029");
    assert_eq!(log_lines().iter().filter(|line| is_noted(line)).count(), 1);
    let other = json!({ "picture": picture(2_029), "sub": "g-2", "email": "eve@example.com" });
    assert!(opens(&tap(&flows, &other)));
    assert_eq!(stored("eve@example.com"), "Ada2029");
}

#[test]
fn one_tap_asks_for_the_second_factor() {
    let flows = Flows::with(&format!("{TOML}[two_factor]\nenabled = true\n"), database);
    App::enrolled(&flows.service.url);
    flows.database.change("update {user} set {user.emailVerified} = true");
    flows.database.query("delete from session");
    let asked = json!({ "twoFactorRedirect": true, "twoFactorMethods": ["totp"] });
    assert_eq!(tap(&flows, &json!({})).json(), asked);
    assert_eq!(flows.database.value("select count(*) from session"), "0");
}

#[test]
fn one_tap_obeys_bans_and_the_rules_for_new_users() {
    let flows = Flows::with(
        &format!("{TOML}[admin]\nenabled = true\n[sign_up]\nenabled = true\nallow_domains = [\"example.com\"]\n"),
        database,
    );
    let refused = tap(&flows, &json!({ "sub": "g-2", "email": "eve@elsewhere.example" }));
    assert_eq!(
        (refused.status, &refused.json()["code"]),
        (403, &json!("EMAIL_DOMAIN_NOT_ALLOWED")),
        "{}",
        refused.text()
    );
    assert!(opens(&tap(&flows, &json!({}))));
    flows.database.query(r#"update "user" set banned = true"#);
    let answer = tap(&flows, &json!({}));
    assert_eq!((answer.status, &answer.json()["code"]), (403, &json!("BANNED_USER")), "{}", answer.text());
}

#[test]
fn ghsa_qq9h_g4jm_one_tap_confirms_no_registration_of_another_person() {
    let flows = Flows::new(TOML);
    flows.service.user("ada@example.com");
    let answer = tap(&flows, &json!({}));
    assert_eq!((answer.status, answer.json()), (401, json!({ "message": "account not linked" })));
    flows.database.change("update {user} set {user.emailVerified} = true");
    let unconfirmed = tap(&flows, &json!({ "email_verified": false }));
    assert_eq!((unconfirmed.status, unconfirmed.json()), (401, json!({ "message": "account not linked" })));
    assert!(opens(&tap(&flows, &json!({}))));
    assert_eq!(
        flows.database.value(r#"select scope from account where "providerId" = 'google'"#),
        "openid,profile,email"
    );
}

#[test]
fn one_tap_signs_no_browser_in_from_another_site() {
    let flows = Flows::new(TOML);
    let headers = [("content-type", "application/json"), ("origin", "https://evil.example")];
    let body = json!({ "idToken": token(&flows, &json!({})) }).to_string();
    let answer = flows.service.send("POST", "/one-tap/callback", &headers, &body);
    assert_eq!((answer.status, answer.json()["code"].as_str()), (403, Some("INVALID_ORIGIN")));
    let body = json!({ "idToken": token(&flows, &json!({})), "callbackURL": "https://evil.example/" }).to_string();
    assert_eq!(flows.service.post("/one-tap/callback", "", &body).json()["code"], "INVALID_CALLBACK_URL");
}

#[test]
fn a_token_of_one_tap_opens_one_session_of_fifty() {
    let redis = Redis::start();
    let url = redis.as_ref().map(Redis::url);
    let mut all = vec![Flows::new(TOML)];
    if let Some(url) = &url {
        let toml = format!("{TOML}[secondary_storage]\nenabled = true\n");
        let (database, provider) = (Database::new(), Provider::new());
        let variables = [("DATABASE_URL", database.url.as_str()), ("VERCEL_ENV", "development"), ("REDIS_URL", url)];
        let service = flows::service(&toml, &variables, &provider);
        all.push(Flows { database, provider, service });
    }
    for flows in &all {
        let token = token(flows, &json!({}));
        let answers = at_once(50, |_| give(flows, &token));
        assert_eq!(answers.iter().filter(|answer| opens(answer)).count(), 1);
        for answer in answers.iter().filter(|answer| !opens(answer)) {
            assert_eq!((answer.status, answer.json()), (400, json!({ "message": "invalid id token" })));
            assert_eq!(answer.header("x-gatepost-reason"), Some("used_id_token"));
        }
        // Neither is it one at the other endpoint, nor with its signature written in another way.
        let social = |token: &str| {
            let body = json!({ "provider": "google", "idToken": { "token": token } });
            flows.service.post("/sign-in/social", "", &body.to_string())
        };
        let refused = social(&token);
        assert_eq!((refused.status, refused.json()["code"].as_str()), (401, Some("INVALID_TOKEN")));
        assert_eq!(refused.header("x-gatepost-reason"), Some("used_id_token"));
        assert!(!opens(&give(flows, &format!("{token}="))));
        // A token of an app, which its device keeps, works there as before.
        let kept = self::token(flows, &json!({}));
        assert!(opens(&social(&kept)) && opens(&social(&kept)) && opens(&give(flows, &kept)));
        assert!(!opens(&social(&kept)));
    }
}

#[test]
fn without_any_storage_a_token_of_one_tap_works_again() {
    let provider = Provider::new();
    let service = flows::service("[one_tap]\nenabled = true\n", &[("VERCEL_ENV", "development")], &provider);
    // The service does not know the database.
    let flows = Flows { database: Database::empty(), provider, service };
    let token = token(&flows, &json!({}));
    assert!(opens(&give(&flows, &token)) && opens(&give(&flows, &token)));
}
