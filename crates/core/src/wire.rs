//! Request and response bodies exactly as on the wire, and the sentences that say what is wrong with them
//! (spec core §1.4). Unknown keys are ignored.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::model;

/// What a request brings besides its headers.
pub struct Raw {
    /// The JSON or form body; none where there was none.
    pub body: Option<Value>,
    /// The query's pairs in order, decoded.
    pub query: Vec<(String, String)>,
}

impl Raw {
    /// The values of a query key.
    fn all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        self.query.iter().filter(move |(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// The first value of a query key.
    pub fn first<'a>(&'a self, key: &'a str) -> Option<&'a str> {
        self.all(key).next()
    }

    /// A flag as JavaScript's truthiness has it: `false` and `0` are true, only the empty text is not (§3.6). A key that
    /// stands there twice is a list, and lists are true.
    fn flag(&self, key: &str) -> bool {
        let mut values = self.all(key);
        values.next().is_some_and(|first| !first.is_empty() || values.next().is_some())
    }
}

/// A body or query that an endpoint reads.
pub trait Input: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// Every issue, in the order of the schema.
    fn read(raw: &Raw) -> Result<Self, Vec<String>>;
}

/// Nothing is read.
pub struct Nothing;

impl Input for Nothing {
    fn read(_: &Raw) -> Result<Self, Vec<String>> {
        Ok(Self)
    }
}

/// `POST /sign-up/email` (spec core §3.3).
pub struct SignUpEmail {
    /// What the person is called.
    pub name: String,
    /// The address as typed.
    pub email: String,
    /// The password as typed; not empty.
    pub password: String,
    /// Where a picture is.
    pub image: Option<String>,
    /// Where the link of the verification mail leads in the end.
    pub callback_url: Option<String>,
    /// Only `false` has an effect.
    pub remember_me: Option<bool>,
}

impl Input for SignUpEmail {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        // Two schemas in one: the known fields, and a record of any.
        let mut fields = Fields::of(raw.body.as_ref(), &["object", "record"]);
        let read = Self {
            name: fields.text("name"),
            email: fields.email("email"),
            password: fields.filled_text("password"),
            image: fields.optional_text("image"),
            callback_url: fields.optional_text("callbackURL"),
            remember_me: fields.optional_boolean("rememberMe"),
        };
        fields.finish(read)
    }
}

/// `POST /sign-in/email` (spec core §3.4).
pub struct SignInEmail {
    /// The address as typed.
    pub email: String,
    /// The password as typed.
    pub password: String,
    /// Where the client shall go next.
    pub callback_url: Option<String>,
    /// Only `false` has an effect.
    pub remember_me: Option<bool>,
}

impl Input for SignInEmail {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        let mut fields = Fields::of(raw.body.as_ref(), &["object"]);
        let read = Self {
            email: fields.text("email"),
            password: fields.text("password"),
            callback_url: fields.optional_text("callbackURL"),
            remember_me: fields.optional_boolean("rememberMe"),
        };
        fields.finish(read)
    }
}

/// `POST /sign-out` (spec core §3.5). The members are for providers that log out too; they are checked all the same.
pub struct SignOut;

impl Input for SignOut {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        if raw.body.is_none() {
            return Ok(Self);
        }
        let mut fields = Fields::of(raw.body.as_ref(), &["object"]);
        fields.optional_text("callbackURL");
        fields.optional_boolean("disableRedirect");
        fields.optional_text("state");
        fields.finish(Self)
    }
}

/// The query of `/get-session` (spec core §3.6); it never fails.
pub struct GetSession {
    /// Do not move the expiry.
    pub disable_refresh: bool,
}

impl Input for GetSession {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        Ok(Self { disable_refresh: raw.flag("disableRefresh") })
    }
}

/// The query of `GET /error` (spec core §3.2); it never fails.
pub struct ShowError {
    /// The code, if it is one.
    pub code: String,
    /// What a provider said.
    pub description: Option<String>,
}

impl Input for ShowError {
    fn read(raw: &Raw) -> Result<Self, Vec<String>> {
        let is_code = |text: &&str| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"'_-".contains(&byte))
        };
        let text = |key| raw.first(key).filter(|text: &&str| !text.is_empty());
        Ok(Self {
            code: text("error").filter(is_code).unwrap_or("UNKNOWN").to_owned(),
            description: text("error_description").map(str::to_owned),
        })
    }
}

/// Reads the members of a body one by one and collects what is wrong with them.
struct Fields<'a> {
    members: Option<&'a Map<String, Value>>,
    issues: Vec<String>,
}

impl<'a> Fields<'a> {
    /// `expected` are the names by which the schemas call an object.
    fn of(body: Option<&'a Value>, expected: &[&str]) -> Self {
        let members = body.and_then(Value::as_object);
        let issue = |name: &&str| format!("[body] Invalid input: expected {name}, received {}", kind(body));
        let issues = if members.is_some() { Vec::new() } else { expected.iter().map(issue).collect() };
        Self { members, issues }
    }

    /// A member; the place of a body that is no object has been taken by its own issue.
    fn member(&mut self, key: &str) -> Option<Option<&'a Value>> {
        self.members.map(|members| members.get(key))
    }

    fn expected(&mut self, key: &str, expected: &str, received: Option<&Value>) {
        self.issues.push(format!("[body.{key}] Invalid input: expected {expected}, received {}", kind(received)));
    }

    fn text(&mut self, key: &str) -> String {
        match self.member(key) {
            None => String::new(),
            Some(Some(Value::String(text))) => text.clone(),
            Some(other) => {
                self.expected(key, "string", other);
                String::new()
            }
        }
    }

    fn filled_text(&mut self, key: &str) -> String {
        let issues = self.issues.len();
        let text = self.text(key);
        match self.member(key).flatten() {
            Some(Value::String(text)) if text.is_empty() => {
                self.issues.push(format!("[body.{key}] Too small: expected string to have >=1 characters"));
            }
            // The length is looked at even where the type is wrong.
            Some(Value::Array(items)) if items.is_empty() && self.issues.len() > issues => {
                self.issues.push(format!("[body.{key}] Too small: expected array to have >=1 items"));
            }
            _ => {}
        }
        text
    }

    fn email(&mut self, key: &str) -> String {
        let text = self.text(key);
        if self.member(key).flatten().is_some_and(Value::is_string) && !crate::rules::email::is_valid(&text) {
            self.issues.push(format!("[body.{key}] Invalid email address"));
        }
        text
    }

    fn optional_text(&mut self, key: &str) -> Option<String> {
        self.member(key).flatten()?;
        Some(self.text(key))
    }

    fn optional_boolean(&mut self, key: &str) -> Option<bool> {
        let value = self.member(key).flatten()?;
        if value.as_bool().is_none() {
            self.expected(key, "boolean", Some(value));
        }
        value.as_bool()
    }

    fn finish<T>(self, read: T) -> Result<T, Vec<String>> {
        if self.issues.is_empty() { Ok(read) } else { Err(self.issues) }
    }
}

/// A value's type, as the messages call it.
fn kind(value: Option<&Value>) -> &'static str {
    match value {
        None => "undefined",
        Some(Value::Null) => "null",
        Some(Value::Bool(_)) => "boolean",
        Some(Value::Number(_)) => "number",
        Some(Value::String(_)) => "string",
        Some(Value::Array(_)) => "array",
        Some(Value::Object(_)) => "object",
    }
}

/// The answer of `POST /sign-up/email`.
#[derive(Serialize)]
pub struct SignedUp<'a> {
    /// None where signing up does not sign in.
    pub token: Option<&'a str>,
    /// The new user, or one that only looks like it (spec core §14).
    pub user: &'a model::User,
}

/// The answer of `POST /sign-in/email`.
#[derive(Serialize)]
pub struct SignedIn<'a> {
    /// Whether the client shall go to `url`.
    pub redirect: bool,
    /// The session's token.
    pub token: &'a str,
    /// The `callbackURL` of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<&'a str>,
    /// Who signed in.
    pub user: &'a model::User,
}

/// The answer of `POST /sign-out`.
#[derive(Serialize)]
pub struct SignedOut {
    /// Always true.
    pub success: bool,
}

/// The answer of `/get-session`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionAndUser<'a> {
    /// The session.
    pub session: &'a model::Session,
    /// Whose it is.
    pub user: &'a model::User,
    /// Only where reading never writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs_refresh: Option<bool>,
}

/// The answer of `GET /ok`.
#[derive(Serialize)]
pub struct Health {
    /// Always true.
    pub ok: bool,
}

/// The claims of a verification link, in the order of spec core §13.1.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VerificationClaims<'a> {
    /// The address to confirm.
    pub email: &'a str,
    /// Whose it is.
    pub user_id: &'a str,
    /// Seconds since 1970.
    pub iat: i64,
    /// Seconds since 1970.
    pub exp: i64,
}
