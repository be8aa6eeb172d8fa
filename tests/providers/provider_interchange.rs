//! gatepost beside better-auth on Node: flows that one began and the other ends, tokens that one encrypted and the other
//! reads, with a database and without one.

use serde_json::{Value, json};

use crate::support::{
    flows::{back, begin, service},
    http,
    node::Reference,
    postgres::Database,
    provider::Provider,
};

const OPTIONS: &str = r#"{
    "account": { "encryptOAuthTokens": true, "storeAccountCookie": true },
    "socialProviders": {
        "github": { "clientId": "github-client", "clientSecret": "github-secret" },
        "google": { "clientId": "google-client", "clientSecret": "google-secret" }
    }
}"#;
const TOML: &str =
    "[email_and_password]\nenabled = true\n[account]\nencrypt_oauth_tokens = true\nstore_account_cookie = true\n";

fn body() -> Value {
    json!({ "provider": "github", "callbackURL": "/in", "errorCallbackURL": "/no" })
}

fn post(url: &str, path: &str, cookie: &str, body: &Value) -> http::Answer {
    let headers = [("content-type", "application/json"), ("origin", url), ("cookie", cookie)];
    http::send("POST", &format!("{url}/api/auth{path}"), &headers, body.to_string().as_bytes())
}

fn get(url: &str, path: &str, cookie: &str) -> http::Answer {
    http::send("GET", &format!("{url}/api/auth{path}"), &[("cookie", cookie)], b"")
}

#[test]
fn a_flow_that_one_server_began_is_ended_by_the_other_and_its_tokens_are_read_by_both() {
    let (database, provider) = (Database::empty(), Provider::new());
    let reference = Reference::with(&database.url, OPTIONS, &[("FETCH_REWRITE", provider.rewrites.as_str())]);
    let service = service(TOML, &[("DATABASE_URL", &database.url)], &provider);
    for (first, second, name) in [(&reference.url, &service.url, "ada"), (&service.url, &reference.url, "eve")] {
        let begun = begin(first, "/sign-in/social", &body(), "");
        let answer = back(second, "github", &format!("code={name}&state={}", begun.state), &begun.cookie);
        assert_eq!((answer.status, answer.header("location")), (302, Some("/in")), "{first} {second}");
        let cookie = answer.cookies();
        let stored = database.value(&format!(
            r#"select "accessToken" from account a join "user" u on u.id = a."userId" where u.email = '{name}@example.com'"#
        ));
        assert!(!stored.contains("access"), "{stored}");
        let id = get(first, "/list-accounts", &cookie).json()[0]["id"].as_str().unwrap().to_owned();
        for url in [first, second] {
            for selection in [json!({ "accountId": id }), json!({ "useAccountCookie": true })] {
                let token = post(url, "/get-access-token", &cookie, &selection);
                assert_eq!(token.json()["accessToken"], format!("access-{name}"), "{url} {}", token.text());
            }
        }
        // Linking, the same way round.
        let begun = begin(first, "/link-social", &json!({ "provider": "google", "callbackURL": "/in" }), &cookie);
        let linked = back(second, "google", &format!("code={name}&state={}", begun.state), &begun.cookie);
        assert_eq!((linked.status, linked.header("location")), (302, Some("/in")), "{first} {second}");
        assert_eq!(get(second, "/list-accounts", &cookie).json().as_array().map(Vec::len), Some(2));
    }
}

#[test]
fn without_a_database_a_flow_ends_in_any_instance_and_its_cookies_are_read_by_any_and_by_better_auth() {
    let provider = Provider::new();
    let options =
        r#"{"jwt":{},"socialProviders":{"github":{"clientId":"github-client","clientSecret":"github-secret"}}}"#;
    let reference = Reference::with("", options, &[("FETCH_REWRITE", provider.rewrites.as_str())]);
    let toml = "[jwt]\nenabled = true\n";
    let (one, other) = (service(toml, &[], &provider), service(toml, &[], &provider));
    let urls = [&one.url, &other.url, &reference.url];
    let mut users = Vec::new();
    for (at, first) in urls.iter().enumerate() {
        let second = urls[(at + 1) % urls.len()];
        let begun = begin(first, "/sign-in/social", &body(), "");
        assert!(begun.cookie.starts_with("better-auth.oauth_state="), "{}", begun.cookie);
        let answer = back(second, "github", &format!("code=ada~short&state={}", begun.state), &begun.cookie);
        assert_eq!((answer.status, answer.header("location")), (302, Some("/in")), "{first} {second}");
        assert!(answer.set_cookies().iter().any(|line| line.starts_with("better-auth.oauth_state=; Max-Age=0")));
        let cookie = answer.cookies();
        for url in urls {
            let session = get(url, "/get-session", &cookie).json();
            assert_eq!(session["user"]["email"], "ada@example.com", "{url}");
            let selection = json!({ "useAccountCookie": true });
            let token = post(url, "/get-access-token", &cookie, &selection);
            assert_eq!(token.json()["accessToken"], "access-ada~short~again", "{url} {}", token.text());
            assert!(token.cookies().contains("account_data"), "the new token is kept");
            let fresh = post(url, "/refresh-token", &cookie, &selection);
            assert_eq!(fresh.json()["accessToken"], "access-ada~short~again", "{url} {}", fresh.text());
            assert!(get(url, "/token", &cookie).json()["token"].is_string());
        }
        if second != &reference.url {
            users.push(get(second, "/get-session", &cookie).json()["user"]["id"].clone());
        }
        // Neither another browser's cookie nor none.
        let begun = begin(first, "/sign-in/social", &body(), "");
        let refused = back(second, "github", &format!("code=ada&state={}", begun.state), "");
        assert!(refused.header("location").unwrap().ends_with("/error?error=state_mismatch"));
    }
    // The same person is the same user in every instance.
    assert_eq!(users[0], users[1]);
    let gone = one.post("/sign-out", "", "{}");
    assert!(gone.set_cookies().iter().any(|line| line.starts_with("better-auth.account_data=; Max-Age=0")));
    assert_eq!(one.post("/link-social", "", "{}").status, 404);
}
