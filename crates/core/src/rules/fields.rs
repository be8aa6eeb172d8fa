//! Validates what a client sets in additional fields (spec core §12). Their types are left to the database.

use serde_json::{Map, Value};

use crate::{
    code::{self, Code},
    config::{Config, Field},
    model::{Additional, User},
};

/// The reason why a field is refused.
#[derive(Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The field is required and missing.
    Missing(String),
    /// Clients may not set the field.
    NotAllowed(String),
    /// No text of PostgreSQL can be the value of the field.
    Unstorable(String),
}

impl Refusal {
    /// Returns the code and the message for the client.
    pub fn told(&self) -> (Code, String) {
        match self {
            Self::Missing(name) => (code::MISSING_FIELD, format!("{name} is required")),
            Self::NotAllowed(name) => (code::FIELD_NOT_ALLOWED, format!("{name} is not allowed to be set")),
            Self::Unstorable(name) => (code::VALUE_NOT_STORABLE, format!("{name} cannot be stored")),
        }
    }
}

/// Checks the size of a picture, which lists of users contain.
///
/// # Errors
/// The issue of the member at `place` of the body.
pub fn check_image(config: &Config, place: &str, image: Option<&str>) -> Result<(), String> {
    check_size(place, image, usize::try_from(config.user.maximum_image_bytes).unwrap_or(usize::MAX))
}

/// Checks that the database can hold a text: none of PostgreSQL has U+0000. A text that waits in a stored JSON, or for a code that is used up
/// first, is checked before that: otherwise the row could not be written any more when it is needed.
///
/// # Errors
/// The refusal of the member with this name.
pub fn check_text(name: &str, text: Option<&str>) -> Result<(), Refusal> {
    match text.is_some_and(|text| text.contains('\0')) {
        true => Err(Refusal::Unstorable(name.to_owned())),
        false => Ok(()),
    }
}

/// Checks what a client gives for these additional fields like [`check_text`], before a code is used up.
///
/// # Errors
/// The refusal of the first field that has such a text.
pub fn check_texts(fields: &[Field], given: &Map<String, Value>) -> Result<(), Refusal> {
    let mut given = fields.iter().filter_map(|field| Some((field.name.as_str(), given.get(&field.name)?)));
    match given.find(|(_, value)| has_nul(value)) {
        Some((name, _)) => Err(Refusal::Unstorable(name.to_owned())),
        None => Ok(()),
    }
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Checks that a text has at most so many bytes.
///
/// # Errors
/// The issue of the member at `place` of the body.
pub fn check_size(place: &str, text: Option<&str>, most: usize) -> Result<(), String> {
    match text {
        Some(text) if text.len() > most => Err(format!("[{place}] Too big: expected at most {most} bytes")),
        _ => Ok(()),
    }
}

/// Returns the values of the additional fields for a new row.
pub fn create(fields: &[Field], body: &Map<String, Value>) -> Result<Map<String, Value>, Refusal> {
    let mut values = Map::new();
    for field in fields {
        let value = match (body.get(&field.name), &field.default) {
            (Some(_), Some(default)) if !field.input => Some(default.clone()),
            (Some(given), None) if !field.input => refuse_truthy(field, given)?,
            (Some(Value::Null), Some(default)) if field.required == Some(true) => Some(default.clone()),
            (Some(given), _) => Some(given.clone()),
            (None, Some(default)) => Some(default.clone()),
            (None, None) if field.required == Some(true) => return Err(Refusal::Missing(field.name.clone())),
            (None, None) => None,
        };
        values.extend(value.map(|value| (field.name.clone(), value)));
    }
    Ok(values)
}

/// Returns the values of the additional fields for a new row that an administrator gives, who may set every field.
pub fn given(fields: &[Field], data: &Map<String, Value>) -> Map<String, Value> {
    let value = |field: &Field| data.get(&field.name).or(field.default.as_ref()).cloned();
    fields.iter().filter_map(|field| Some((field.name.clone(), value(field)?))).collect()
}

/// Returns the additional fields as answers show them of a row with these values that was never written (spec core §14).
pub fn shown(fields: &[Field], values: &Map<String, Value>) -> Additional {
    let returned = fields.iter().filter(|field| field.returned);
    let value = |field: &Field| (field.name.clone(), values.get(&field.name).cloned().unwrap_or_default());
    Additional(returned.map(value).collect())
}

/// Returns the values of the additional fields that an update changes.
pub fn update(fields: &[Field], body: &Map<String, Value>) -> Result<Map<String, Value>, Refusal> {
    let mut values = Map::new();
    for field in fields {
        let value = match body.get(&field.name) {
            Some(given) if !field.input => refuse_truthy(field, given)?,
            given => given.cloned(),
        };
        values.extend(value.map(|value| (field.name.clone(), value)));
    }
    Ok(values)
}

fn refuse_truthy(field: &Field, given: &Value) -> Result<Option<Value>, Refusal> {
    if is_truthy(given) { Err(Refusal::NotAllowed(field.name.clone())) } else { Ok(None) }
}

/// Whether JavaScript treats a value as true.
pub fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// The column of users without credentials (feature `anonymous`).
pub const IS_ANONYMOUS: &str = "isAnonymous";

/// Whether a user has no credentials (feature `anonymous`).
pub fn is_anonymous(user: &User) -> bool {
    is_yes(user.additional.get(IS_ANONYMOUS))
}

/// Returns the values to store with a new address or another credential of a user, who is anonymous no more: a user with credentials must
/// not be deleted as an anonymous one.
pub fn no_more_anonymous(user: &User) -> Map<String, Value> {
    let field = is_anonymous(user).then(|| (IS_ANONYMOUS.to_owned(), Value::Bool(false)));
    field.into_iter().collect()
}

/// Whether the value of a field of type `boolean` is yes. If the column has another type, every value is yes except words for no.
pub fn is_yes(value: &Value) -> bool {
    match value {
        Value::String(text) => {
            !["", "f", "false", "n", "no", "off", "0"].contains(&text.trim().to_ascii_lowercase().as_str())
        }
        other => is_truthy(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::Kind;

    fn field(required: Option<bool>, default: Option<Value>, input: bool) -> [Field; 1] {
        let (name, column) = ("plan".to_owned(), "plan".to_owned());
        [Field {
            name,
            column,
            kind: Kind::Text,
            of: Default::default(),
            required,
            default,
            input,
            returned: true,
            unique: false,
            index: false,
        }]
    }

    fn made(fields: &[Field], body: Value) -> Result<Value, Refusal> {
        create(fields, body.as_object().unwrap()).map(Value::Object)
    }

    fn changed(fields: &[Field], body: Value) -> Result<Value, Refusal> {
        update(fields, body.as_object().unwrap()).map(Value::Object)
    }

    #[test]
    fn a_new_row_has_what_was_given_else_the_default() {
        let plain = field(Some(false), Some(json!("free")), true);
        assert_eq!(made(&plain, json!({ "plan": "paid", "other": 1 })), Ok(json!({ "plan": "paid" })));
        assert_eq!(made(&plain, json!({ "plan": null })), Ok(json!({ "plan": null })));
        assert_eq!(made(&plain, json!({})), Ok(json!({ "plan": "free" })));
        assert_eq!(made(&field(Some(true), None, true), json!({})), Err(Refusal::Missing("plan".to_owned())));
        assert_eq!(made(&field(Some(true), None, true), json!({ "plan": "" })), Ok(json!({ "plan": "" })));
        assert_eq!(made(&field(None, None, true), json!({})), Ok(json!({})));
        let asked_for = field(Some(true), Some(json!("free")), true);
        assert_eq!(made(&asked_for, json!({ "plan": null })), Ok(json!({ "plan": "free" })));
        assert_eq!(made(&field(None, Some(json!("free")), true), json!({ "plan": null })), Ok(json!({ "plan": null })));
    }

    #[test]
    fn what_the_client_may_not_set_it_does_not_set() {
        let defaulted = field(Some(false), Some(json!("free")), false);
        assert_eq!(made(&defaulted, json!({ "plan": "paid" })), Ok(json!({ "plan": "free" })));
        let closed = field(Some(false), None, false);
        let refused = || Err(Refusal::NotAllowed("plan".to_owned()));
        assert_eq!(made(&closed, json!({ "plan": "paid" })), refused());
        assert_eq!(made(&closed, json!({ "plan": "" })), Ok(json!({})));
        assert_eq!(changed(&closed, json!({ "plan": "paid" })), refused());
        assert_eq!(changed(&defaulted, json!({ "plan": true })), refused());
        assert_eq!(changed(&closed, json!({ "plan": 0 })), Ok(json!({})));
    }

    #[test]
    fn a_column_of_another_type_says_no_only_where_it_does() {
        for value in [json!(true), json!(1), json!("true"), json!("t"), json!("yes"), json!({})] {
            assert!(is_yes(&value), "{value}");
        }
        for value in [json!(null), json!(false), json!(0), json!("false"), json!(" F "), json!("0"), json!("")] {
            assert!(!is_yes(&value), "{value}");
        }
    }
}
