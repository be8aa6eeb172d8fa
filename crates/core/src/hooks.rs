//! Hooks in Rust: functions of your own crate (docs/hooks.md), which gatepost calls in its own process. They have the input and the
//! verdicts of all hooks, in types instead of JSON.

use std::pin::Pin;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Map, Value};

/// The answer of a function: a verdict, or why it has none. The reason is a constant text, so that no value of a user gets into the
/// log with it.
pub type HookResult = Result<Verdict, &'static str>;

/// A function with its name. [`rust_hooks!`](crate::rust_hooks) makes it.
#[derive(Clone, Copy)]
pub struct RustHook {
    /// The name in `gatepost.toml`.
    pub name: &'static str,
    /// Calls the function.
    pub run: fn(Input) -> Pin<Box<dyn Future<Output = HookResult> + Send>>,
}

/// Lists functions `async fn(Input) -> HookResult`, each under its path as it is written.
#[macro_export]
macro_rules! rust_hooks {
    ($($function:path),* $(,)?) => {
        &[$($crate::hooks::RustHook {
            name: stringify!($function),
            run: |input| ::std::boxed::Box::pin($function(input)),
        }),*]
    };
}

/// The input of a hook, in version 1. Later versions of gatepost may add members.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct Input {
    /// The version of the input, `1`.
    pub version: u32,
    /// The identifier of the call, `msg_…`; the same in every attempt.
    pub id: String,
    /// The name of the hook in `gatepost.toml`.
    pub hook: String,
    /// `before` or `after`.
    pub when: String,
    /// The event, for example `user.create`.
    pub event: String,
    /// The time of the request.
    #[serde(deserialize_with = "time")]
    pub at: Timestamp,
    /// The subject. Which members it has depends on the event.
    pub data: Data,
}

/// The subject of a call.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Data {
    /// The user; before the user is created, as the row will be.
    pub user: Option<User>,
    /// The session.
    pub session: Option<Session>,
    /// The anonymous user whom the user replaces.
    pub anonymous: Option<AnonymousUser>,
    /// The values with which the user is updated.
    pub changes: Option<Map<String, Value>>,
    /// The way in which the user proved who they are, for example `sign-up` or `provider:github`.
    pub way: Option<String>,
    /// The request.
    pub request: Option<Request>,
}

/// A user.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct User {
    /// The identifier. Before a user is created, the row may get another one from the database.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// The address, in lower case.
    pub email: Option<String>,
    /// Whether the address is confirmed.
    pub email_verified: Option<bool>,
    /// The URL of a picture.
    pub image: Option<String>,
    /// The time when the row was written.
    #[serde(deserialize_with = "optional_time", default)]
    pub created_at: Option<Timestamp>,
    /// The time when the row was last changed.
    #[serde(deserialize_with = "optional_time", default)]
    pub updated_at: Option<Timestamp>,
    /// The additional fields that `/get-session` shows.
    #[serde(flatten)]
    pub additional: Map<String, Value>,
}

/// A session without its token.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Session {
    /// The identifier of the row.
    pub id: String,
    /// The identifier of the user.
    pub user_id: String,
    /// The time at which the session ends.
    #[serde(deserialize_with = "time")]
    pub expires_at: Timestamp,
    /// The time when the user signed in.
    #[serde(deserialize_with = "optional_time", default)]
    pub created_at: Option<Timestamp>,
    /// The address of the client.
    pub ip_address: Option<String>,
    /// The header `User-Agent` of the client.
    pub user_agent: Option<String>,
    /// The additional fields that `/get-session` shows.
    #[serde(flatten)]
    pub additional: Map<String, Value>,
}

/// An anonymous user with the session.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct AnonymousUser {
    /// The user.
    pub user: User,
    /// The session.
    pub session: Session,
}

/// A request without its body, query, cookies and other headers.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Request {
    /// The path below the base path, for the event `request`.
    pub path: Option<String>,
    /// The method, for the event `request`.
    pub method: Option<String>,
    /// The address of the client; empty if it is not known.
    pub ip_address: String,
    /// The header `User-Agent` of the client.
    pub user_agent: String,
}

/// The decision of a hook.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The request goes on.
    Continue,
    /// The request is refused.
    Refuse {
        /// The status, of the class 4xx.
        status: u16,
        /// The code for the client.
        code: Option<String>,
        /// The message for the client.
        message: Option<String>,
    },
    /// The request goes on with these values.
    Set(Map<String, Value>),
}

impl Verdict {
    /// Refuses the request with a status of the class 4xx, a code (`A` to `Z`, digits, `_`; at most 64) and a message (at most 500
    /// characters). gatepost treats other values as a failure of the hook.
    pub fn refuse(status: u16, code: &str, message: &str) -> Self {
        Self::Refuse { status, code: Some(code.to_owned()), message: Some(message.to_owned()) }
    }

    /// Sets these values. docs/hooks.md lists the names for each event.
    pub fn set<'a>(values: impl IntoIterator<Item = (&'a str, Value)>) -> Self {
        Self::Set(values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

fn optional_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(D::Error::custom)).transpose()
}
