//! A user as an export has it, in the form that all exports have in common, and how values are read out of records.

use gatepost_core::{crypto::hashes::scheme::SchemeName, syntax::email};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::{Map, Value};

/// A user of an export.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Candidate {
    /// The identifier.
    pub id: Option<String>,
    /// The address, in the form in which it is stored.
    pub email: String,
    /// Whether the address is confirmed.
    pub email_verified: bool,
    /// The name; empty if there is none.
    pub name: String,
    /// The URL of a picture.
    pub image: Option<String>,
    /// The username as the user writes it.
    pub username: Option<String>,
    /// The hash of the password.
    pub hash: Option<String>,
    /// The time of the sign-up.
    pub created_at: Option<Timestamp>,
    /// The providers by which the user signs in, each with the user's identifier there.
    pub accounts: Vec<(String, String)>,
    /// Values of additional fields.
    pub fields: Map<String, Value>,
    /// Whether the export says that the user had a second factor.
    pub has_second_factor: bool,
}

impl Candidate {
    /// Checks what every export must have: a valid address, texts without NUL, a hash of a known scheme.
    ///
    /// # Errors
    /// The cause, which contains no value of the record.
    pub fn checked(self) -> Result<Self, String> {
        let email = email::stored(self.email.trim());
        if email.is_empty() {
            return Err("the user has no email address".to_owned());
        }
        if !email::is_valid(&email) {
            return Err("the email address is not valid".to_owned());
        }
        let texts =
            [Some(&self.name), self.image.as_ref(), self.username.as_ref(), self.id.as_ref(), self.hash.as_ref()];
        let fields = Value::Object(self.fields.clone()).to_string();
        if texts.into_iter().flatten().any(|text| text.contains('\0')) || fields.contains("\\u0000") {
            return Err("a value contains a NUL character, which PostgreSQL does not store".to_owned());
        }
        let is_known = |hash: &String| scheme(hash).is_some();
        if self.hash.as_ref().is_some_and(|hash| !is_known(hash)) {
            return Err("the password hash has no known scheme; import the user with --without-passwords".to_owned());
        }
        Ok(Self { email, ..self })
    }
}

/// Returns the scheme of a hash as `accept_hashes` names it, or `better-auth`; `None` if it has none of these.
pub(super) fn scheme(hash: &str) -> Option<&'static str> {
    let is_hex = |text: &str| text.len() >= 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_plain = || hash.split_once(':').is_some_and(|(salt, key)| !salt.is_empty() && is_hex(key));
    SchemeName::of(hash).map(SchemeName::text).or_else(|| is_plain().then_some("better-auth"))
}

/// A record whose members are read by name. In CSV all are texts.
pub(super) struct Members<'a>(pub(super) &'a Map<String, Value>);

impl Members<'_> {
    /// Returns the first of these members that is a text or a number and not empty.
    pub(super) fn text(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| match self.0.get(*name)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    }

    /// Whether the first of these members is true.
    pub(super) fn flag(&self, names: &[&str]) -> bool {
        names.iter().find_map(|name| self.0.get(*name)).is_some_and(|value| match value {
            Value::Bool(flag) => *flag,
            Value::Number(number) => number.as_i64() == Some(1),
            Value::String(text) => ["true", "t", "1", "yes"].contains(&text.to_ascii_lowercase().as_str()),
            _ => false,
        })
    }

    /// Whether one of these members is a list that is not empty, or the JSON text of one.
    pub(super) fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| match self.0.get(*name) {
            Some(Value::Array(list)) => !list.is_empty(),
            Some(Value::String(text)) => {
                serde_json::from_str::<Vec<Value>>(text).map_or(!text.is_empty(), |list| !list.is_empty())
            }
            _ => false,
        })
    }

    /// Returns the first of these members that is a time.
    ///
    /// # Errors
    /// A member is there and not a time.
    pub(super) fn time(&self, names: &[&str]) -> Result<Option<Timestamp>, String> {
        let Some((name, text)) = names.iter().find_map(|name| Some((name, self.text(&[name])?))) else {
            return Ok(None);
        };
        instant(&text).map(Some).ok_or_else(|| format!("`{name}` is not a time"))
    }

    /// Returns a member that is an object, also as a text of JSON.
    pub(super) fn object(&self, name: &str) -> Map<String, Value> {
        match self.0.get(name) {
            Some(Value::Object(map)) => map.clone(),
            Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
            _ => Map::new(),
        }
    }

    /// Returns the objects of a member that is a list, also as a text of JSON.
    pub(super) fn objects(&self, name: &str) -> Vec<Map<String, Value>> {
        let list = match self.0.get(name) {
            Some(Value::Array(list)) => list.clone(),
            Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
            _ => Vec::new(),
        };
        list.into_iter().filter_map(|value| if let Value::Object(map) = value { Some(map) } else { None }).collect()
    }
}

/// Parses a time: ISO 8601, as PostgreSQL prints it, or seconds or milliseconds since 1970. Without an offset it is in UTC.
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    if let Ok(number) = text.parse::<f64>() {
        let milliseconds = if number.abs() < 1e11 { number * 1e3 } else { number };
        return Timestamp::from_millisecond(milliseconds as i64).ok();
    }
    let text = text.trim().trim_end_matches(" UTC");
    let zoned = text.parse::<Timestamp>().ok();
    zoned.or_else(|| text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_every_export_are_read() {
        for text in [
            "2023-05-01T10:00:00Z",
            "2023-05-01 10:00:00+00",
            "2023-05-01 12:00:00.000+02:00",
            "2023-05-01 10:00:00 UTC",
            "2023-05-01 10:00:00",
            "2023-05-01T10:00:00.000",
            "1682935200",
            "1682935200000",
        ] {
            assert_eq!(instant(text).map(|at| at.as_second()), Some(1_682_935_200), "{text}");
        }
        assert_eq!((instant("yesterday"), instant("")), (None, None));
    }
}
