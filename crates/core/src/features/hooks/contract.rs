//! The input of hooks and their verdicts, in version 1 (docs/hooks.md). The input has no password, token or hash: users and sessions are
//! written by types that have none.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::declaration::{Hook, Moment};
use crate::{
    hooks::Verdict,
    json,
    model::{Additional, Session, User, iso, iso_or_null},
    rules::session::Client,
};

/// The version of input and verdicts. A member may be added in one version, but none is changed or removed.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Input<'a> {
    version: u32,
    id: &'a str,
    hook: &'a str,
    when: &'static str,
    event: &'static str,
    #[serde(serialize_with = "iso")]
    at: Timestamp,
    data: &'a Data<'a>,
}

/// The subject of a call.
#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct Data<'a> {
    /// The user; before the user is created, as the row will be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<&'a User>,
    /// The session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<HookSession<'a>>,
    /// The anonymous user whom the user replaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) anonymous: Option<HookAnonymousUser<'a>>,
    /// The values with which the user is updated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) changes: Option<&'a Map<String, Value>>,
    /// The way in which the user proved who they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) way: Option<String>,
    /// The request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) request: Option<HookRequest<'a>>,
}

/// An anonymous user with the session.
#[derive(Serialize)]
pub(super) struct HookAnonymousUser<'a> {
    /// The user.
    pub(super) user: &'a User,
    /// The session.
    pub(super) session: HookSession<'a>,
}

/// A session without its token.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HookSession<'a> {
    id: &'a str,
    user_id: &'a str,
    #[serde(serialize_with = "iso")]
    expires_at: Timestamp,
    #[serde(serialize_with = "iso_or_null")]
    created_at: Option<Timestamp>,
    ip_address: Option<&'a str>,
    user_agent: Option<&'a str>,
    #[serde(flatten)]
    additional: &'a Additional,
}

impl<'a> From<&'a Session> for HookSession<'a> {
    fn from(session: &'a Session) -> Self {
        Self {
            id: &session.id,
            user_id: &session.user_id,
            expires_at: session.expires_at,
            created_at: session.created_at,
            ip_address: session.ip_address.as_deref(),
            user_agent: session.user_agent.as_deref(),
            additional: &session.additional,
        }
    }
}

/// A request without its body, query, cookies and other headers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HookRequest<'a> {
    /// The path below the base path.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<&'a str>,
    ip_address: String,
    user_agent: String,
}

impl<'a> HookRequest<'a> {
    /// The client of a request.
    pub(super) fn of(client: Client) -> Self {
        Self { path: None, method: None, ip_address: client.ip_address, user_agent: client.user_agent }
    }

    /// The client with the path and the method of its request. The path of a mailed link is without the link's token.
    pub(super) fn at(client: Client, path: &'a str, method: &'a str) -> Self {
        let path = if path.starts_with("/reset-password/") { "/reset-password/:token" } else { path };
        Self { path: Some(path), method: Some(method), ..Self::of(client) }
    }
}

/// Returns the body of a call.
pub(super) fn input(hook: &Hook, id: &str, at: Timestamp, data: &Data<'_>) -> String {
    let when = if hook.moment == Moment::Before { "before" } else { "after" };
    json::to_string(&Input { version: VERSION, id, hook: &hook.name, when, event: hook.event.name(), at, data })
}

#[derive(Deserialize, Serialize, Default)]
#[serde(deny_unknown_fields)]
struct Answer {
    verdict: String,
    #[serde(default)]
    status: Option<u16>,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    set: Option<Map<String, Value>>,
}

/// Returns the text of a verdict, which [`verdict`] reads.
pub(super) fn text(verdict: Verdict) -> String {
    let answer = match verdict {
        Verdict::Continue => Answer { verdict: "continue".to_owned(), ..Answer::default() },
        Verdict::Refuse { status, code, message } => {
            Answer { verdict: "refuse".to_owned(), status: Some(status), code, message, set: None }
        }
        Verdict::Set(set) => Answer { verdict: "set".to_owned(), set: Some(set), ..Answer::default() },
    };
    json::to_string(&answer)
}

/// The maximum length of a message, in characters.
const LONGEST_MESSAGE: usize = 500;

/// Reads the answer of a hook. An empty one lets the request go on.
///
/// # Errors
/// The fault of the answer, without quoting it.
pub(super) fn verdict(text: &str) -> Result<Verdict, String> {
    if text.trim().is_empty() {
        return Ok(Verdict::Continue);
    }
    let answer: Answer = serde_json::from_str(text).map_err(|error| {
        format!("its answer is not a verdict, at line {} and column {}", error.line(), error.column())
    })?;
    match (answer.verdict.as_str(), answer.set) {
        ("continue", None) => Ok(Verdict::Continue),
        ("set", Some(set)) => Ok(Verdict::Set(set)),
        ("refuse", None) => {
            let status = answer.status.unwrap_or(403);
            let is_code = |code: &String| {
                (1..=64).contains(&code.len())
                    && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
            };
            let is_message = |message: &String| message.chars().take(LONGEST_MESSAGE + 1).count() <= LONGEST_MESSAGE;
            match () {
                () if !(400..500).contains(&status) => Err("its `status` is not from 400 to 499".to_owned()),
                () if !answer.code.iter().all(is_code) => {
                    Err("its `code` has characters other than A to Z, digits and `_`, or more than 64".to_owned())
                }
                () if !answer.message.iter().all(is_message) => {
                    Err(format!("its `message` has more than {LONGEST_MESSAGE} characters"))
                }
                () => Ok(Verdict::Refuse { status, code: answer.code, message: answer.message }),
            }
        }
        ("set", None) => Err("its verdict is `set`, and it has no member `set`".to_owned()),
        ("continue" | "refuse", Some(_)) => Err("it has a member `set`, and its verdict is another one".to_owned()),
        _ => Err("its `verdict` is none of `continue`, `refuse` and `set`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn verdicts_are_read_strictly() {
        let refuse = |status, code: Option<&str>, message: Option<&str>| {
            Ok(Verdict::Refuse { status, code: code.map(str::to_owned), message: message.map(str::to_owned) })
        };
        for (text, expected) in [
            ("", Ok(Verdict::Continue)),
            (r#"{"verdict":"continue"}"#, Ok(Verdict::Continue)),
            (r#"{"verdict":"refuse"}"#, refuse(403, None, None)),
            (r#"{"verdict":"refuse","status":400,"code":"A_1","message":"No"}"#, refuse(400, Some("A_1"), Some("No"))),
            (
                r#"{"verdict":"set","set":{"role":"x"}}"#,
                Ok(Verdict::Set(json!({ "role": "x" }).as_object().unwrap().clone())),
            ),
        ] {
            assert_eq!(verdict(text), expected, "{text}");
        }
        for text in [
            "null",
            "true",
            "{}",
            "<html>",
            r#"{"verdict":"allow"}"#,
            r#"{"verdict":"continue","set":{}}"#,
            r#"{"verdict":"set"}"#,
            r#"{"verdict":"refuse","set":{}}"#,
            r#"{"verdict":"refuse","status":200}"#,
            r#"{"verdict":"refuse","status":500}"#,
            r#"{"verdict":"refuse","code":"a b"}"#,
            r#"{"verdict":"refuse","code":""}"#,
            r#"{"verdict":"continue","verdit":1}"#,
        ] {
            assert!(verdict(text).is_err(), "{text}");
        }
        let long = format!(r#"{{"verdict":"refuse","message":"{}"}}"#, "x".repeat(501));
        assert!(verdict(&long).is_err_and(|told| !told.contains("xx")));
    }
}
