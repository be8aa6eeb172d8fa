//! A provider that describes itself: a certified one, oidc-provider on Node, with everything that it enforces.

use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

use gatepost_core::verify::Keeping;
use serde_json::{Value, json};

use crate::support::{
    http::{self, Answer},
    node::{self, Reference},
    postgres::Database,
    service::{DEFAULT, Service},
};

/// oidc-provider. Dropping it ends it.
struct Issuer {
    url: String,
    child: Child,
}

impl Issuer {
    fn new() -> Self {
        let mut child = Command::new("node")
            .arg("oidc-provider.mjs")
            .current_dir(node::client())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node is needed to run oidc-provider: install Node.js");
        let url = node::listening(&mut child);
        Self { url, child }
    }

    fn configure(&self, service: &str, more: &Value) {
        let mut all = json!({ "redirects": [format!("{service}/api/auth/callback/acme")] });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = http::send("POST", &format!("{}/configure", self.url), &[], all.to_string().as_bytes());
        assert_eq!(answer.status, 200);
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Acme {
    database: Database,
    issuer: Issuer,
    service: Service,
}

/// A service with the provider `acme`.
fn acme(toml: &str, more: &Value) -> Acme {
    let (database, issuer) = (Database::new(), Issuer::new());
    let toml = format!(
        "{DEFAULT}[social.acme]\ndiscovery_url = \"{}/.well-known/openid-configuration\"\nscope = [\"email\", \"profile\", \"offline_access\"]\nallow_private_addresses = true\nprompt = \"consent\"\n{toml}",
        issuer.url
    );
    let service = Service::with(&toml, &variables(&database.url));
    issuer.configure(&service.url, more);
    Acme { database, issuer, service }
}

fn variables(database: &str) -> [(&'static str, &str); 4] {
    [
        ("DATABASE_URL", database),
        ("VERCEL_ENV", "development"),
        ("ACME_CLIENT_ID", "acme-client"),
        ("ACME_CLIENT_SECRET", "acme-secret"),
    ]
}

impl Acme {
    /// Begins, lets the provider do its part, and returns the query that it sends back and the flow's cookie.
    fn travelled(&self) -> (String, String) {
        let body = json!({ "provider": "acme", "callbackURL": "/in", "errorCallbackURL": "/no" }).to_string();
        let begun = self.service.post("/sign-in/social", "", &body);
        assert_eq!(begun.status, 200, "{}", begun.text());
        let (mut url, mut jar) = (begun.json()["url"].as_str().unwrap().to_owned(), Vec::<String>::new());
        for _ in 0..12 {
            let answer = http::send("GET", &url, &[("cookie", &jar.join("; "))], b"");
            let pairs = answer.set_cookies().into_iter().filter_map(|line| line.split(';').next()).map(str::to_owned);
            for pair in pairs.collect::<Vec<_>>() {
                let name = pair.split('=').next().unwrap().to_owned();
                jar.retain(|other| !other.starts_with(&format!("{name}=")));
                jar.push(pair);
            }
            let location = answer.header("location").unwrap_or_else(|| panic!("{} {}", answer.status, answer.text()));
            url =
                if location.starts_with('/') { format!("{}{location}", self.issuer.url) } else { location.to_owned() };
            if let Some((_, query)) = url.split_once("/api/auth/callback/acme?") {
                return (query.to_owned(), begun.cookies());
            }
        }
        panic!("the provider sends the browser in circles");
    }

    fn back(&self, query: &str, cookie: &str) -> Answer {
        self.service.get(&format!("/callback/acme?{query}"), cookie)
    }

    /// Changes what the flow that was begun last remembers.
    fn change_state(&self, expression: &str, with: &str) {
        self.database
            .query(&format!("update verification set value = regexp_replace(value, '{expression}', '{with}')"));
    }
}

#[track_caller]
fn assert_sent(answer: &Answer, to: &str, reason: &str) {
    let found = (answer.status, answer.header("location"), answer.header("x-gatepost-reason"));
    assert_eq!(found, (302, Some(to), Some(reason)), "{}", answer.text());
}

#[track_caller]
fn assert_in(answer: &Answer) {
    assert_eq!(
        (answer.status, answer.header("location")),
        (302, Some("/in")),
        "{:?}",
        answer.header("x-gatepost-reason")
    );
}

#[test]
fn the_real_client_signs_in_with_a_certified_provider_and_uses_its_tokens() {
    for (toml, more) in [
        ("", json!({})),
        ("", json!({ "inIdToken": false })),
        ("authentication = \"basic\"\n", json!({ "authentication": "client_secret_basic" })),
    ] {
        let acme = acme(toml, &more);
        let arguments = ["--url", acme.service.url.as_str(), "--provider", "acme"];
        let said = node::run("social.mjs", &arguments, Duration::from_secs(60));
        assert!(said.contains(" passed, 0 failed"), "{said}");
    }
}

#[test]
fn an_id_token_that_is_bound_to_another_flow_signs_nobody_in() {
    let acme = acme("", &json!({}));
    let (query, cookie) = acme.travelled();
    acme.change_state("\"idTokenNonce\":\"[^\"]+\"", "\"idTokenNonce\":\"another\"");
    assert_sent(&acme.back(&query, &cookie), "/no?error=unable_to_get_user_info", "no_profile");
    let (query, cookie) = acme.travelled();
    acme.change_state("\"idTokenNonce\":\"[^\"]+\",", "");
    assert_sent(&acme.back(&query, &cookie), "/no?error=nonce_binding_missing", "no_nonce");
    let (query, cookie) = acme.travelled();
    assert_in(&acme.back(&query, &cookie));
}

#[test]
fn an_answer_of_another_issuer_is_refused_before_the_code_is_spent() {
    let acme = acme("", &json!({}));
    let (query, cookie) = acme.travelled();
    assert!(query.contains("&iss=http"), "{query}");
    let (before, _) = query.split_once("&iss=").unwrap();
    let wrong = acme.back(&format!("{before}&iss=https://evil.example"), &cookie);
    assert_sent(&wrong, "/no?error=issuer_mismatch", "issuer_mismatch");
}

#[test]
fn a_code_with_another_verifier_a_second_time_or_too_late_is_not_taken() {
    let acme = acme("", &json!({ "codeSeconds": 1 }));
    let (query, cookie) = acme.travelled();
    acme.change_state("\"codeVerifier\":\"[^\"]{6}", "\"codeVerifier\":\"forged");
    assert_sent(&acme.back(&query, &cookie), "/no?error=invalid_code", "code_refused");
    let (query, cookie) = acme.travelled();
    std::thread::sleep(Duration::from_millis(2_100));
    assert_sent(&acme.back(&query, &cookie), "/no?error=invalid_code", "code_refused");
    acme.issuer.configure(&acme.service.url, &json!({}));
    let (first, cookie) = acme.travelled();
    assert_in(&acme.back(&first, &cookie));
    let (second, cookie) = acme.travelled();
    let (code, state) = (first.split('&').next().unwrap(), second.split_once('&').unwrap().1);
    assert_sent(&acme.back(&format!("{code}&{state}"), &cookie), "/no?error=invalid_code", "code_refused");
}

#[test]
fn a_description_of_another_issuer_is_not_believed() {
    let (database, issuer) = (Database::new(), Issuer::new());
    // The same server by another name: what it says of itself is not where it was asked.
    let url = issuer.url.replace("localhost", "127.0.0.1");
    let toml = format!(
        "{DEFAULT}[social.acme]\ndiscovery_url = \"{url}/.well-known/openid-configuration\"\nallow_private_addresses = true\n"
    );
    let service = Service::with(&toml, &variables(&database.url));
    issuer.configure(&service.url, &json!({}));
    let answer = service.post("/sign-in/social", "", r#"{"provider":"acme"}"#);
    assert_eq!((answer.status, answer.header("x-gatepost-reason")), (503, Some("provider_unavailable")));
}

#[test]
fn better_auth_sends_people_to_the_same_page_of_it() {
    let acme = acme("", &json!({}));
    let theirs = Database::empty();
    let discovery = format!("{}/.well-known/openid-configuration", acme.issuer.url);
    let options = json!({ "genericOAuth": [{
        "providerId": "acme", "clientId": "acme-client", "clientSecret": "acme-secret", "discoveryUrl": discovery,
        "scopes": ["email", "profile", "offline_access"], "prompt": "consent",
    }] });
    let reference = Reference::new(&theirs.url, &options.to_string());
    let sent = |url: &str| {
        let body = json!({ "provider": "acme", "callbackURL": "/in", "scopes": ["more"], "loginHint": "a", "additionalParams": { "x": "y" } });
        let headers = [("content-type", "application/json"), ("origin", url)];
        let answer =
            http::send("POST", &format!("{url}/api/auth/sign-in/social"), &headers, body.to_string().as_bytes());
        let text = answer.json()["url"].as_str().unwrap_or_else(|| panic!("{}", answer.text())).to_owned();
        let port = url.rsplit(':').next().unwrap();
        let varying = |pair: &&str| !["state=", "nonce=", "code_challenge="].iter().any(|name| pair.starts_with(name));
        text.split(['?', '&']).filter(varying).map(|pair| pair.replace(port, "PORT")).collect::<Vec<_>>()
    };
    assert_eq!(sent(&acme.service.url), sent(&reference.url));
}

#[test]
fn a_provider_that_changed_its_keys_is_believed_as_soon_as_they_are_asked_for_again() {
    let acme = acme("", &json!({}));
    let (query, cookie) = acme.travelled();
    assert_in(&acme.back(&query, &cookie));
    acme.issuer.configure(&acme.service.url, &json!({}));
    let (query, cookie) = acme.travelled();
    // It was asked for a moment ago: a client that invents identifiers of keys does not cause a request for each.
    assert_sent(&acme.back(&query, &cookie), "/no?error=unable_to_get_user_info", "no_profile");
    std::thread::sleep(Keeping::default().cooldown + Duration::from_secs(1));
    let (query, cookie) = acme.travelled();
    assert_in(&acme.back(&query, &cookie));
}
