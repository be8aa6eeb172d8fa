//! Second factors, as a user has them: a browser that keeps cookies, and an authenticator app.

use gatepost_cli::edge;
use gatepost_core::crypto::totp;
use serde_json::{Value, json};

use super::{
    http::{self, Answer},
    postgres::Database,
};

pub const PASSWORD: &str = "correct horse battery";

/// A browser on a page of the server at `url`.
#[derive(Clone)]
pub struct Browser {
    pub url: String,
    pub cookie: String,
}

impl Browser {
    pub fn new(url: &str) -> Self {
        Self { url: url.to_owned(), cookie: String::new() }
    }

    pub fn post(&mut self, path: &str, body: &Value) -> Answer {
        let mut headers = vec![("content-type", "application/json"), ("origin", self.url.as_str())];
        let cookie = self.cookie.clone();
        headers.extend((!cookie.is_empty()).then_some(("cookie", cookie.as_str())));
        let answer = http::send("POST", &format!("{}/api/auth{path}", self.url), &headers, body.to_string().as_bytes());
        self.absorb(&answer);
        answer
    }

    pub fn get(&mut self, path: &str) -> Answer {
        let cookie = self.cookie.clone();
        let headers: &[_] = if cookie.is_empty() { &[] } else { &[("cookie", cookie.as_str())] };
        let answer = http::send("GET", &format!("{}/api/auth{path}", self.url), headers, b"");
        self.absorb(&answer);
        answer
    }

    /// Keeps what an answer sets.
    pub fn absorb(&mut self, answer: &Answer) {
        let mut pairs: Vec<String> =
            self.cookie.split("; ").filter(|pair| !pair.is_empty()).map(str::to_owned).collect();
        for line in answer.set_cookies() {
            let pair = line.split(';').next().unwrap();
            let name = &pair[..=pair.find('=').unwrap()];
            pairs.retain(|known| !known.starts_with(name));
            if !line.contains("Max-Age=0;") {
                pairs.push(pair.to_owned());
            }
        }
        self.cookie = pairs.join("; ");
    }

    /// Signs up, and returns the user's identifier.
    pub fn sign_up(&mut self, email: &str) -> String {
        let answer = self.post("/sign-up/email", &json!({ "name": "Ada", "email": email, "password": PASSWORD }));
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["user"]["id"].as_str().unwrap().to_owned()
    }

    /// Signs in as far as the password goes.
    pub fn sign_in(&mut self) -> Answer {
        self.post("/sign-in/email", &json!({ "email": "ada@example.com", "password": PASSWORD }))
    }

    /// Signs in up to the question for a second factor.
    pub fn challenged(&mut self) {
        let answer = self.sign_in();
        assert_eq!((answer.status, &answer.json()["twoFactorRedirect"]), (200, &json!(true)), "{}", answer.text());
        assert!(self.cookie.contains(".two_factor=") && !self.is_in(), "{}", self.cookie);
    }

    /// Whether it has a session.
    pub fn is_in(&mut self) -> bool {
        !self.get("/get-session").json().is_null()
    }

    /// Gives a code to `/two-factor/verify-…`.
    pub fn give(&mut self, kind: &str, code: &str) -> Answer {
        self.post(&format!("/two-factor/verify-{kind}"), &json!({ "code": code }))
    }
}

/// A user with an authenticator app.
pub struct App {
    pub browser: Browser,
    pub user: String,
    pub uri: String,
    pub codes: Vec<String>,
}

impl App {
    /// Signs up, and sets an app up.
    pub fn enrolled(url: &str) -> Self {
        let mut browser = Browser::new(url);
        let user = browser.sign_up("ada@example.com");
        Self::of(browser, user)
    }

    /// Sets an app up for the signed-in user.
    pub fn of(mut browser: Browser, user: String) -> Self {
        let (uri, codes) = begun(&mut browser);
        let answer = browser.give("totp", &code(&uri, 0));
        assert_eq!(answer.status, 200, "{}", answer.text());
        Self { browser, user, uri, codes }
    }

    /// A code that was not given yet.
    pub fn code(&self, database: &Database) -> String {
        database.query("delete from verification where value like 'used:%'");
        code(&self.uri, 0)
    }
}

/// Begins to set an app up: its URI, and the backup codes.
pub fn begun(browser: &mut Browser) -> (String, Vec<String>) {
    let answer = browser.post("/two-factor/enable", &json!({ "password": PASSWORD }));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let told = answer.json();
    let codes = told["backupCodes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned());
    (told["totpURI"].as_str().unwrap().to_owned(), codes.collect())
}

/// The code of an app that has scanned `uri`, so many steps from now.
pub fn code(uri: &str, later: i64) -> String {
    let secret = uri.split(['?', '&']).find_map(|pair| pair.strip_prefix("secret=")).unwrap();
    let step = totp::step(edge::now().as_second(), 30).checked_add_signed(later).unwrap();
    totp::code(&totp::from_base32(secret).unwrap(), step, 6)
}

/// A code that is not that of an app.
pub fn wrong(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}
