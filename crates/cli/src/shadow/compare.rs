//! Compares two answers: status, headers, cookies and body. A difference is shown with secrets masked.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Response, header};
use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::names;
use crate::doctor::browser::SetCookie;

/// Headers that clients act on.
const HEADERS: &[&str] = &[
    "allow",
    "cache-control",
    "content-type",
    "location",
    "pragma",
    "retry-after",
    "set-auth-jwt",
    "set-auth-token",
    "www-authenticate",
    "x-retry-after",
];
/// Headers whose values contain no secret, so that they are shown.
const PLAIN: &[&str] = &["allow", "cache-control", "content-type", "pragma", "retry-after", "x-retry-after"];
/// Cookies that a server sets when it extends a session: the server that answers second finds the session extended.
const OF_AN_EXTENSION: [&str; 2] = ["session_token", "dont_remember"];
/// Headers in which gatepost differs from better-auth deliberately, by endpoint (docs/DIFFERENCES.md): key sets may be cached.
const DELIBERATE: [(&str, &str); 1] = [("/jwks", "cache-control")];
/// The most differences of one answer that are shown.
const SHOWN: usize = 20;

/// An answer in which everything that has to vary has a name.
pub(super) struct NamedAnswer {
    status: u16,
    headers: BTreeMap<&'static str, Value>,
    /// By name: the attributes, and whether the cookie is removed.
    cookies: BTreeMap<String, String>,
    body: Value,
}

impl NamedAnswer {
    /// Reads an answer of the server with this origin.
    pub(super) fn of(answer: &Response<Bytes>, origin: &str) -> Self {
        let header = |name: &&'static str| {
            let text = answer.headers().get(*name)?.to_str().ok()?;
            let value = names::claims(text, origin).unwrap_or_else(|| names::text(text, origin).into());
            Some((*name, value))
        };
        let lines = answer.headers().get_all(header::SET_COOKIE).iter().filter_map(|line| line.to_str().ok());
        let body = serde_json::from_slice(answer.body())
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(answer.body()).into_owned()));
        Self {
            status: answer.status().as_u16(),
            headers: HEADERS.iter().filter_map(header).collect(),
            cookies: lines.filter_map(cookie).collect(),
            body: names::named(body, origin),
        }
    }
}

/// The name of a cookie, and its attributes in one form.
fn cookie(line: &str) -> Option<(String, String)> {
    let cookie = SetCookie::read(line)?;
    let attributes = line.split(';').skip(1).map(|part| part.trim().to_ascii_lowercase());
    let mut attributes: Vec<_> = attributes.filter(|part| !part.starts_with("expires=")).collect();
    attributes.sort_unstable();
    let value = if cookie.is_removal() { "removed" } else { "set" };
    Some((cookie.name, format!("{value}; {}", attributes.join("; "))))
}

/// A difference: where it is, and both values.
pub(super) struct Difference {
    place: String,
    is_plain: bool,
    old: Option<Value>,
    new: Option<Value>,
}

impl Difference {
    /// The difference as one line.
    pub(super) fn line(&self, mask: &Mask) -> String {
        let shown = |value: &Option<Value>| match value {
            None => "nothing".to_owned(),
            Some(Value::String(text)) if self.is_plain => text.escape_default().to_string(),
            Some(value) => mask.value(value),
        };
        format!("{} was {}, is {}", self.place, shown(&self.old), shown(&self.new))
    }
}

/// Everything that differs between the answers of two servers to a request for this endpoint.
pub(super) fn differences(endpoint: &str, old: &NamedAnswer, new: &NamedAnswer) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut add = |place: String, is_plain, old: Option<Value>, new: Option<Value>| {
        if old != new {
            found.push(Difference { place, is_plain, old, new });
        }
    };
    add("status".to_owned(), true, Some(old.status.into()), Some(new.status.into()));
    for name in HEADERS.iter().filter(|name| !DELIBERATE.contains(&(endpoint, **name))) {
        let value = |seen: &NamedAnswer| seen.headers.get(name).cloned();
        add(format!("header {name}"), PLAIN.contains(name), value(old), value(new));
    }
    let names = old.cookies.keys().chain(new.cookies.keys().filter(|name| !old.cookies.contains_key(*name)));
    for name in names {
        let value = |seen: &NamedAnswer| seen.cookies.get(name).cloned();
        let is_extension = endpoint == "/get-session"
            && OF_AN_EXTENSION.iter().any(|ending| name.ends_with(ending))
            && value(old).is_some_and(|cookie| cookie.starts_with("set"))
            && value(new).is_none();
        if !is_extension {
            // A name may contain a token: `session_token_multi-…`.
            let shown = name.split('-').take(2).collect::<Vec<_>>().join("-");
            add(format!("cookie {shown}"), true, value(old).map(Value::from), value(new).map(Value::from));
        }
    }
    walk("body", Some(&old.body), Some(&new.body), &mut add);
    found.truncate(SHOWN);
    found
}

type Add<'a> = dyn FnMut(String, bool, Option<Value>, Option<Value>) + 'a;

fn walk(place: &str, old: Option<&Value>, new: Option<&Value>, add: &mut Add<'_>) {
    match (old, new) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let names = old.keys().chain(new.keys().filter(|name| !old.contains_key(*name)));
            for name in names {
                walk(&format!("{place}.{}", name.escape_default()), old.get(name), new.get(name), add);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) if old.len() == new.len() => {
            for (at, (old, new)) in old.iter().zip(new).enumerate() {
                walk(&format!("{place}[{at}]"), Some(old), Some(new), add);
            }
        }
        _ => add(place.to_owned(), false, old.cloned(), new.cloned()),
    }
}

/// Shows values without what they contain: a text becomes its length and a mark. Equal texts have equal marks within a run, and the
/// mark does not reveal the text, because it depends on a random key.
pub(super) struct Mask {
    key: String,
}

impl Mask {
    /// Makes the mask of one run from a random text.
    pub(super) fn new(key: String) -> Self {
        Self { key }
    }

    fn value(&self, value: &Value) -> String {
        match value {
            Value::String(text) if is_open(text) => text.clone(),
            Value::String(text) => {
                let digest = Sha256::digest(format!("{}{text}", self.key));
                let mark: String = digest.iter().take(3).map(|byte| format!("{byte:02x}")).collect();
                format!("<text of {} characters #{mark}>", text.chars().count())
            }
            Value::Array(list) => format!("<list of {}>", list.len()),
            Value::Object(members) => {
                let names: Vec<_> = members.keys().take(SHOWN).map(|name| name.escape_default().to_string()).collect();
                format!("<object with {}>", names.join(", "))
            }
            other => other.to_string(),
        }
    }
}

/// Whether a text is a code, such as `INVALID_ORIGIN`, or a time, which reveal nothing.
fn is_open(text: &str) -> bool {
    let is_code =
        text.contains('_') && text.len() < 60 && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    is_code || text.parse::<Timestamp>().is_ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn seen(headers: &[(&str, &str)], body: &Value) -> NamedAnswer {
        let mut answer = Response::builder().status(200);
        for (name, value) in headers {
            answer = answer.header(*name, *value);
        }
        NamedAnswer::of(&answer.body(Bytes::from(body.to_string())).unwrap(), "http://localhost:1")
    }

    fn lines(endpoint: &str, old: &NamedAnswer, new: &NamedAnswer) -> Vec<String> {
        let mask = Mask::new("k".to_owned());
        differences(endpoint, old, new).iter().map(|difference| difference.line(&mask)).collect()
    }

    #[test]
    fn a_difference_names_its_place_and_shows_no_secret() {
        let old = seen(
            &[("cache-control", "no-store")],
            &json!({ "user": { "email": "ada@example.com", "n": 1 }, "a": null }),
        );
        let new = seen(&[], &json!({ "user": { "email": "eve@example.com", "n": 2 }, "code": "NOT_FOUND_X" }));
        let lines = lines("/get-session", &old, &new);
        assert_eq!(lines[0], "header cache-control was no-store, is nothing");
        assert!(lines.contains(&"body.a was null, is nothing".to_owned()), "{lines:?}");
        assert!(lines.contains(&"body.code was nothing, is NOT_FOUND_X".to_owned()), "{lines:?}");
        assert!(lines.contains(&"body.user.n was 1, is 2".to_owned()), "{lines:?}");
        assert_eq!(lines.len(), 5);
        assert!(!lines.concat().contains("example.com"), "{lines:?}");
    }

    #[test]
    fn cookies_are_compared_by_their_attributes_and_an_extension_is_expected() {
        let body = json!(null);
        let token = "better-auth.session_token=s3cret.x; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax";
        let (extended, not) = (seen(&[("set-cookie", token)], &body), seen(&[], &body));
        assert!(lines("/get-session", &extended, &not).is_empty());
        assert_eq!(lines("/list-sessions", &extended, &not).len(), 1);
        assert_eq!(lines("/get-session", &not, &extended).len(), 1);
        let insecure = seen(&[("set-cookie", &token.replace("; HttpOnly", "").replace("s3cret", "other"))], &body);
        let found = lines("/get-session", &extended, &insecure).concat();
        assert!(found.contains("httponly") && !found.contains("s3cret") && !found.contains("other"), "{found}");
        let same = seen(&[("set-cookie", &token.replace("s3cret", "other"))], &body);
        assert!(lines("/get-session", &extended, &same).is_empty(), "values of cookies vary");
    }
}
