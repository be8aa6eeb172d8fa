//! Flows with a scripted provider, step by step: the test is the browser.

use serde_json::{Value, json};

use super::{
    http::{self, Answer},
    postgres::Database,
    provider::Provider,
    service::Service,
};

/// A service with a database and the providers that a test wants.
pub struct Flows {
    pub database: Database,
    pub provider: Provider,
    pub service: Service,
}

/// A flow that was begun.
pub struct Begun {
    /// The parameter that comes back.
    pub state: String,
    /// The cookies of the browser after that.
    pub cookie: String,
    /// The address to which the browser was sent.
    pub url: String,
}

/// Identifiers and secrets of the usual two.
pub const CLIENTS: [(&str, &str); 4] = [
    ("GITHUB_CLIENT_ID", "github-client"),
    ("GITHUB_CLIENT_SECRET", "github-secret"),
    ("GOOGLE_CLIENT_ID", "google-client"),
    ("GOOGLE_CLIENT_SECRET", "google-secret"),
];

impl Flows {
    /// With GitHub and Google, in development, so that reasons are shown.
    pub fn new(toml: &str) -> Self {
        Self::with(toml, |_| Database::new())
    }

    /// Also with the tables and columns of the features that are on, as `secondary_storage::database` makes them.
    pub fn with(toml: &str, database: impl FnOnce(&str) -> Database) -> Self {
        let (database, provider) = (database(toml), Provider::new());
        let service = service(toml, &[("DATABASE_URL", &database.url), ("VERCEL_ENV", "development")], &provider);
        Self { database, provider, service }
    }

    /// Begins at an endpoint.
    pub fn begin_at(&self, path: &str, provider: &str, cookie: &str) -> Begun {
        begin(
            &self.service.url,
            path,
            &json!({ "provider": provider, "callbackURL": "/in", "errorCallbackURL": "/no" }),
            cookie,
        )
    }

    /// Begins to sign in.
    pub fn begin(&self, provider: &str) -> Begun {
        self.begin_at("/sign-in/social", provider, "")
    }

    /// Comes back.
    pub fn back(&self, provider: &str, query: &str, cookie: &str) -> Answer {
        back(&self.service.url, provider, query, cookie)
    }

    /// Begins and comes back with this code.
    pub fn come(&self, provider: &str, code: &str) -> Answer {
        let begun = self.begin(provider);
        self.back(provider, &format!("code={code}&state={}", begun.state), &begun.cookie)
    }

    /// Returns the requests of token endpoints with a code.
    pub fn asked(&self, code: &str) -> Vec<Value> {
        let answer = http::send("GET", &format!("{}/asked?code={code}", self.provider.url), &[], b"");
        answer.json().as_array().unwrap().clone()
    }
}

/// A service whose providers are played by this one.
pub fn service(toml: &str, variables: &[(&str, &str)], provider: &Provider) -> Service {
    let mut all = CLIENTS.to_vec();
    all.push(("GATEPOST_FETCH_REWRITE", &provider.rewrites));
    all.extend_from_slice(variables);
    Service::with(toml, &all)
}

/// Begins a flow at a service or at the reference.
pub fn begin(url: &str, path: &str, body: &Value, cookie: &str) -> Begun {
    let mut headers = vec![("content-type", "application/json"), ("origin", url)];
    headers.extend((!cookie.is_empty()).then_some(("cookie", cookie)));
    let answer = http::send("POST", &format!("{url}/api/auth{path}"), &headers, body.to_string().as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
    let sent = answer.json()["url"].as_str().unwrap().to_owned();
    let state = sent.split(['?', '&']).find_map(|pair| pair.strip_prefix("state=")).unwrap().to_owned();
    let cookies =
        [cookie, &answer.cookies()].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ");
    Begun { state, cookie: cookies, url: sent }
}

/// Comes back to a service or to the reference.
pub fn back(url: &str, provider: &str, query: &str, cookie: &str) -> Answer {
    let headers: &[_] = if cookie.is_empty() { &[] } else { &[("cookie", cookie)] };
    http::send("GET", &format!("{url}/api/auth/callback/{provider}?{query}"), headers, b"")
}
