//! Reads the members of a body or a query one by one, and collects their issues.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::RawInput;

/// The most characters of a name or an address that a client gives.
pub(crate) const MOST_NAME: usize = 1_000;

/// The reader of an object's members, with the issues so far.
pub(crate) struct Fields<'a> {
    place: Cow<'static, str>,
    members: Option<Cow<'a, Map<String, Value>>>,
    issues: Vec<String>,
}

impl<'a> Fields<'a> {
    /// Reads a body; `expected` are the names that the schemas use for an object.
    pub(crate) fn of(raw: &'a RawInput, expected: &[&str]) -> Self {
        let body = raw.body.as_ref();
        let members = body.and_then(Value::as_object).map(Cow::Borrowed);
        let issue =
            |name: &&str| format!("[body] Invalid input: expected {name}, received {}", crate::json::kind(body));
        let issues = if members.is_some() { Vec::new() } else { expected.iter().map(issue).collect() };
        Self { place: "body".into(), members, issues }
    }

    /// A body that may be left out: then it has no members.
    pub(crate) fn of_optional(raw: &'a RawInput) -> Self {
        match raw.body {
            Some(_) => Self::of(raw, &["object"]),
            None => Self { place: "body".into(), members: Some(Cow::Owned(Map::new())), issues: Vec::new() },
        }
    }

    /// Reads the query, in which a repeated key is a list.
    pub(crate) fn of_query(raw: &'a RawInput) -> Self {
        let mut members = Map::new();
        for (key, value) in &raw.query {
            let value = Value::String(value.clone());
            match members.get_mut(key) {
                None => {
                    members.insert(key.clone(), value);
                }
                Some(Value::Array(values)) => values.push(value),
                Some(first) => *first = Value::Array(vec![first.take(), value]),
            }
        }
        Self { place: "query".into(), members: Some(Cow::Owned(members)), issues: Vec::new() }
    }

    /// Returns a member; `None` if the body is not an object, which is an issue of its own.
    fn member(&self, key: &str) -> Option<Option<&Value>> {
        self.members.as_ref().map(|members| members.get(key))
    }

    /// Returns the value of a member; `None` if it is missing.
    pub(crate) fn value(&self, key: &str) -> Option<&Value> {
        self.member(key).flatten()
    }

    /// Whether there is an object to read from.
    pub(crate) fn is_object(&self) -> bool {
        self.members.is_some()
    }

    fn expected(&mut self, key: &str, expected: &str) {
        let received = crate::json::kind(self.member(key).flatten());
        self.issue(key, &format!("Invalid input: expected {expected}, received {received}"));
    }

    fn issue(&mut self, key: &str, text: &str) {
        self.issues.push(format!("[{}.{key}] {text}", self.place));
    }

    pub(crate) fn text(&mut self, key: &str) -> String {
        match self.member(key) {
            None => String::new(),
            Some(Some(Value::String(text))) => text.clone(),
            Some(_) => {
                self.expected(key, "string");
                String::new()
            }
        }
    }

    pub(crate) fn filled_text(&mut self, key: &str) -> String {
        let issues = self.issues.len();
        let text = self.text(key);
        match self.member(key).flatten() {
            Some(Value::String(text)) if text.is_empty() => {
                self.issue(key, "Too small: expected string to have >=1 characters");
            }
            // The length is checked even if the type is wrong.
            Some(Value::Array(items)) if items.is_empty() && self.issues.len() > issues => {
                self.issue(key, "Too small: expected array to have >=1 items");
            }
            _ => {}
        }
        text
    }

    pub(crate) fn email(&mut self, key: &str) -> String {
        let text = self.text(key);
        if self.member(key).flatten().is_some_and(Value::is_string) && !crate::syntax::email::is_valid(&text) {
            self.issue(key, "Invalid email address");
        }
        text
    }

    pub(crate) fn optional_text(&mut self, key: &str) -> Option<String> {
        self.member(key).flatten()?;
        Some(self.text(key))
    }

    pub(crate) fn optional_number(&mut self, key: &str) -> Option<f64> {
        let value = self.member(key).flatten()?.as_f64();
        if value.is_none() {
            self.expected(key, "number");
        }
        value
    }

    /// Returns the names of all members.
    pub(crate) fn names(&self) -> Vec<String> {
        self.members.iter().flat_map(|members| members.keys().cloned()).collect()
    }

    pub(crate) fn optional_texts(&mut self, key: &str) -> Option<Vec<String>> {
        let Value::Array(items) = self.member(key).flatten()?.clone() else {
            self.expected(key, "array");
            return None;
        };
        let mut texts = Vec::new();
        for (at, item) in items.iter().enumerate() {
            match item {
                Value::String(text) => texts.push(text.clone()),
                other => {
                    let received = crate::json::kind(Some(other));
                    self.issue(&format!("{key}.{at}"), &format!("Invalid input: expected string, received {received}"));
                }
            }
        }
        Some(texts)
    }

    /// Reads an object with any members; with `texts`, with text members only.
    pub(crate) fn optional_record(&mut self, key: &str, texts: bool) -> Option<Map<String, Value>> {
        let Value::Object(members) = self.member(key).flatten()?.clone() else {
            self.expected(key, "record");
            return None;
        };
        for (name, value) in members.iter().filter(|(_, value)| texts && !value.is_string()) {
            let received = crate::json::kind(Some(value));
            self.issue(&format!("{key}.{name}"), &format!("Invalid input: expected string, received {received}"));
        }
        Some(members)
    }

    /// Refuses a text of more than `most` characters. Lists return such texts many times, and must fit into the memory of an instance.
    pub(crate) fn at_most(&mut self, key: &str, text: &str, most: usize) {
        if text.chars().nth(most).is_some() {
            self.issue(key, &format!("Too big: expected string to have <={most} characters"));
        }
    }

    /// Refuses an object without this member, of which better-auth says that it expects a `kind`.
    pub(crate) fn require(&mut self, key: &str, kind: &str) {
        if self.is_object() && self.value(key).is_none() {
            self.wrong(key, &format!("Invalid input: expected {kind}, received undefined"));
        }
    }

    /// Adds an issue of a member, with a text of your own.
    pub(crate) fn wrong(&mut self, key: &str, text: &str) {
        self.issue(key, text);
    }

    /// Adds an issue of the whole body or query.
    pub(crate) fn wrong_as_a_whole(&mut self, text: &str) {
        self.issues.push(format!("[{}] {text}", self.place));
    }

    /// Reads an object within, by a reader of its own.
    pub(crate) fn optional_object<T>(&mut self, key: &str, read: impl FnOnce(&mut Fields<'_>) -> T) -> Option<T> {
        let Value::Object(members) = self.member(key).flatten()?.clone() else {
            self.expected(key, "object");
            return None;
        };
        let place = format!("{}.{key}", self.place).into();
        let mut inner = Fields { place, members: Some(Cow::Owned(members)), issues: Vec::new() };
        let read = read(&mut inner);
        self.issues.append(&mut inner.issues);
        Some(read)
    }

    pub(crate) fn optional_boolean(&mut self, key: &str) -> Option<bool> {
        let value = self.member(key).flatten()?.as_bool();
        if value.is_none() {
            self.expected(key, "boolean");
        }
        value
    }

    /// Returns all members, for endpoints that read a record with any members.
    pub(crate) fn record(&self) -> Map<String, Value> {
        self.members.as_deref().cloned().unwrap_or_default()
    }

    /// Appends the issues of another reader, if there are none so far.
    pub(crate) fn then(mut self, other: Fields<'_>) -> Self {
        if self.issues.is_empty() {
            self.issues = other.issues;
        }
        self
    }

    pub(crate) fn finish<T>(self, read: T) -> Result<T, Vec<String>> {
        if self.issues.is_empty() { Ok(read) } else { Err(self.issues) }
    }
}
