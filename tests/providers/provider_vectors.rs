//! Values that better-auth 1.7.25 itself produced on the way to providers and back: the URLs of their pages, the header that
//! says who asks for tokens, and where errors lead.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use gatepost_core::{
    features::social::{entries, tokens},
    rules::query::with_params,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::form_urlencoded;

use crate::support::{
    flows,
    postgres::Database,
    service::{DEFAULT, Service},
};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/tokens.json")).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[test]
fn people_are_sent_to_the_pages_of_providers_as_by_better_auth() {
    // Whom the vectors know, at the address where better-auth was; nothing else is configured, there or here.
    const OWN: &str = "http://localhost:3000";
    let (database, vectors) = (Database::new(), vectors());
    let urls = vectors["authorizationUrls"].as_object().unwrap();
    for entry in entries() {
        assert!(urls.contains_key(entry.id), "no vector is about {}", entry.id);
    }
    let clients: Vec<(String, &str)> = urls
        .keys()
        .flat_map(|id| ["ID", "SECRET"].map(|what| (format!("{}_CLIENT_{what}", id.to_uppercase()), "CID")))
        .collect();
    let mut variables = vec![("DATABASE_URL", database.url.as_str()), ("BETTER_AUTH_URL", OWN)];
    variables.extend(clients.iter().map(|(name, value)| (name.as_str(), *value)));
    // Cognito has no address of its own.
    let pool =
        "[social.cognito]\ndomain = \"pool.auth.example.com\"\nregion = \"eu-1\"\nuser_pool_id = \"eu-1_Pool\"\n";
    let service = Service::with(&format!("{DEFAULT}{pool}"), &variables);
    for (id, url) in urls {
        let begun = flows::begin(&service.url, "/sign-in/social", &json!({ "provider": id }), "");
        let row = database.value(&format!(
            "select value from verification where identifier = 'auth-state:{}'",
            begun.state.replace('\'', "")
        ));
        let row: Value = serde_json::from_str(&row).unwrap();
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(text(&row["codeVerifier"])));
        let expected = text(url).replace("{STATE}", &begun.state).replace("{CHALLENGE}", &challenge);
        assert_eq!(begun.url, expected, "{id}");
    }
}

#[test]
fn identifier_and_secret_are_in_a_header_as_better_auth_writes_it() {
    for case in vectors()["basicAuth"].as_array().unwrap() {
        assert_eq!(tokens::basic(text(&case["clientId"]), text(&case["clientSecret"])), text(&case["header"]));
    }
}

#[test]
fn parameters_are_added_to_where_errors_lead_as_by_better_auth() {
    for case in vectors()["appendQueryParams"].as_array().unwrap() {
        let pairs: Vec<_> = form_urlencoded::parse(text(&case["query"]).as_bytes()).collect();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(with_params(text(&case["url"]), &pairs).as_deref(), Some(text(&case["result"])), "{case}");
    }
}
