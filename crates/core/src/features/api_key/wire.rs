//! The bodies, queries and answers of `/api-key/*` (spec management-plugins §§3.3–3.5).

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{declaration::is_prefix, rows::StoredKey};
use crate::{
    declaration::Shape,
    json,
    wire::{Fields, Member, body, optional, optional_boolean, optional_text, query, text},
};

const ANYTHING: Shape = Shape::Anything;
const RECORD: Shape = Shape::MapOf(&Shape::List(&Shape::Text));

/// A number of at least `least`, where the member may be missing and, with `nullable`, null. Returns whether the member is there and
/// not null, with its value.
fn number_from(fields: &mut Fields<'_>, name: &'static str, least: Option<f64>, nullable: bool) -> Option<f64> {
    if nullable && fields.value(name).is_some_and(Value::is_null) {
        return None;
    }
    let number = fields.optional_number(name)?;
    if let Some(least) = least.filter(|least| number < *least) {
        fields.wrong(name, &format!("Too small: expected number to be >={least}"));
    }
    Some(number)
}

/// Seconds until a key expires: `None` if the member is missing, `Some(None)` if it is null.
const fn expires_in() -> Member<Option<Option<f64>>> {
    optional("expiresIn", Shape::OrNull(&Shape::Number), |fields, name| {
        fields.value(name)?;
        Some(number_from(fields, name, Some(1.0), true))
    })
}

/// Whether a number is there. Only servers set it.
const fn is_number(name: &'static str) -> Member<bool> {
    number_as(name, |fields, name| fields.optional_number(name).is_some())
}

/// Whether a number is there, which `read` checks. Only servers set it.
const fn number_as(name: &'static str, read: fn(&mut Fields<'_>, &'static str) -> bool) -> Member<bool> {
    optional(name, Shape::Number, read)
}

/// Whether a member is there whose value is an object of lists of texts. Only servers set it.
fn is_record(fields: &mut Fields<'_>, name: &'static str) -> bool {
    let Some(members) = fields.optional_record(name, false) else { return fields.value(name).is_some() };
    for (resource, actions) in &members {
        let place = format!("{name}.{resource}");
        match actions {
            Value::Array(actions) => {
                for (at, action) in actions.iter().enumerate().filter(|(_, action)| !action.is_string()) {
                    let received = crate::json::kind(Some(action));
                    fields.wrong(
                        &format!("{place}.{at}"),
                        &format!("Invalid input: expected string, received {received}"),
                    );
                }
            }
            other => {
                let received = crate::json::kind(Some(other));
                fields.wrong(&place, &format!("Invalid input: expected array, received {received}"));
            }
        }
    }
    true
}

/// The metadata, which may be anything here.
const fn metadata() -> Member<Option<Value>> {
    optional("metadata", ANYTHING, |fields, name| fields.value(name).cloned())
}

/// An identifier, as the text that JavaScript makes of any value.
const fn coerced(name: &'static str) -> Member<Option<String>> {
    optional(name, Shape::Text, |fields, name| fields.value(name).map(json::coerced))
}

body! {
    /// `POST /api-key/create`.
    pub(super) struct Create {
        pub(super) config_id: Option<String> = optional_text("configId"),
        pub(super) name: Option<String> = optional_text("name"),
        pub(super) expires_in: Option<Option<f64>> = expires_in(),
        pub(super) prefix: Option<String> = optional("prefix", Shape::Text, |fields, name| {
            let prefix = fields.optional_text(name)?;
            if fields.value(name).is_some_and(Value::is_string) && !is_prefix(&prefix) {
                fields.wrong(
                    name,
                    "Invalid prefix format, must be alphanumeric and contain only underscores and hyphens.",
                );
            }
            Some(prefix)
        }),
        pub(super) remaining: bool = number_as("remaining", |fields, name| number_from(fields, name, Some(0.0), true).is_some()),
        pub(super) metadata: Option<Value> = metadata(),
        pub(super) refill_amount: bool = number_as("refillAmount", |fields, name| number_from(fields, name, Some(1.0), false).is_some()),
        pub(super) refill_interval: bool = is_number("refillInterval"),
        pub(super) rate_limit_time_window: bool = is_number("rateLimitTimeWindow"),
        pub(super) rate_limit_max: bool = is_number("rateLimitMax"),
        pub(super) rate_limit_enabled: Option<bool> = optional_boolean("rateLimitEnabled"),
        pub(super) permissions: bool = optional("permissions", RECORD, is_record),
        /// Whether the body names a user.
        pub(super) user_id: bool = optional("userId", Shape::Text, |fields, name| fields.value(name).is_some()),
        /// The organization that is to own the key.
        pub(super) organization_id: Option<String> = coerced("organizationId"),
    }
}

body! {
    /// `POST /api-key/update`.
    pub(super) struct Update {
        pub(super) config_id: Option<String> = optional_text("configId"),
        pub(super) key_id: String = text("keyId"),
        /// The user whom the body names, as the text that JavaScript makes of it.
        pub(super) user_id: Option<String> = coerced("userId"),
        pub(super) name: Option<String> = optional_text("name"),
        pub(super) enabled: Option<bool> = optional_boolean("enabled"),
        pub(super) remaining: bool = number_as("remaining", |fields, name| number_from(fields, name, Some(1.0), false).is_some()),
        pub(super) refill_amount: bool = is_number("refillAmount"),
        pub(super) refill_interval: bool = is_number("refillInterval"),
        pub(super) metadata: Option<Value> = metadata(),
        pub(super) expires_in: Option<Option<f64>> = expires_in(),
        pub(super) rate_limit_enabled: Option<bool> = optional_boolean("rateLimitEnabled"),
        pub(super) rate_limit_time_window: bool = is_number("rateLimitTimeWindow"),
        pub(super) rate_limit_max: bool = is_number("rateLimitMax"),
        pub(super) permissions: bool = optional("permissions", Shape::OrNull(&RECORD), |fields, name| {
            fields.value(name).is_some_and(Value::is_null) || is_record(fields, name)
        }),
    }
}

/// Adds the look for members that only servers set to bodies.
macro_rules! servers {
    ($($body:ident),*) => { $(
        impl $body {
            /// Whether the body has a member that only servers set.
            pub(super) fn is_servers(&self) -> bool {
                self.remaining
                    || self.refill_amount
                    || self.refill_interval
                    || self.rate_limit_time_window
                    || self.rate_limit_max
                    || self.rate_limit_enabled.is_some()
                    || self.permissions
            }
        }
    )* };
}

servers!(Create, Update);

body! {
    /// `POST /api-key/delete`.
    pub(super) struct Delete {
        pub(super) config_id: Option<String> = optional_text("configId"),
        pub(super) key_id: String = text("keyId"),
    }
}

query! {
    /// `GET /api-key/get`.
    pub(super) struct Get {
        pub(super) config_id: Option<String> = optional_text("configId"),
        pub(super) id: String = text("id"),
    }
}

/// A whole number that is not negative, as JavaScript makes it of a text.
fn whole(fields: &mut Fields<'_>, name: &'static str) -> Option<i64> {
    let number = match fields.value(name)? {
        text @ Value::String(_) => json::number(text).filter(|number| !number.is_nan()),
        _ => None,
    };
    match number {
        None => fields.wrong(name, "Invalid input: expected number, received NaN"),
        Some(number) if number.fract() != 0.0 => fields.wrong(name, "Invalid input: expected int, received number"),
        Some(number) if number < 0.0 => fields.wrong(name, "Too small: expected number to be >=0"),
        #[expect(clippy::cast_possible_truncation, reason = "checked above; more is no different")]
        Some(number) => return Some(number.min(1e15) as i64),
    }
    None
}

query! {
    /// `GET /api-key/list`.
    pub(super) struct List {
        pub(super) config_id: Option<String> = optional_text("configId"),
        pub(super) organization_id: Option<String> = optional_text("organizationId"),
        pub(super) limit: Option<i64> = optional("limit", Shape::Text, whole),
        pub(super) offset: Option<i64> = optional("offset", Shape::Text, whole),
        pub(super) sort_by: Option<String> = optional_text("sortBy"),
        /// Whether the order is descending.
        pub(super) descending: bool = optional("sortDirection", Shape::OneOf(&["asc", "desc"]), |fields, name| {
            let direction = fields.value(name).cloned();
            if direction.as_ref().is_some_and(|one| one != "asc" && one != "desc") {
                fields.wrong(name, "Invalid option: expected one of \"asc\"|\"desc\"");
            }
            direction.is_some_and(|one| one == "desc")
        }),
    }
}

/// A key in an answer, in better-auth's order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShownKey<'a> {
    config_id: Option<&'a str>,
    name: Option<&'a str>,
    start: Option<&'a str>,
    reference_id: &'a str,
    prefix: Option<&'a str>,
    /// The key itself, which only the answer that creates it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    refill_interval: Option<i64>,
    refill_amount: Option<i64>,
    last_refill_at: Option<String>,
    enabled: Option<bool>,
    rate_limit_enabled: Option<bool>,
    rate_limit_time_window: Option<i64>,
    rate_limit_max: Option<i64>,
    request_count: Option<i64>,
    remaining: Option<i64>,
    last_request: Option<String>,
    expires_at: Option<String>,
    created_at: Option<String>,
    updated_at: Option<String>,
    permissions: Value,
    metadata: Value,
    id: &'a str,
}

impl<'a> ShownKey<'a> {
    /// Returns the new key with its text, and with the metadata as the client sent it.
    pub(super) fn with_key(self, key: &'a str, metadata: Value) -> Self {
        Self { key: Some(key), metadata, ..self }
    }
}

impl<'a> From<&'a StoredKey> for ShownKey<'a> {
    fn from(key: &'a StoredKey) -> Self {
        let time = |at: Option<Timestamp>| at.map(|at| format!("{at:.3}"));
        Self {
            config_id: key.config_id.as_deref(),
            name: key.name.as_deref(),
            start: key.start.as_deref(),
            reference_id: &key.reference_id,
            prefix: key.prefix.as_deref(),
            key: None,
            refill_interval: key.refill_interval,
            refill_amount: key.refill_amount,
            last_refill_at: time(key.last_refill_at),
            enabled: key.enabled,
            rate_limit_enabled: key.rate_limit_enabled,
            rate_limit_time_window: key.rate_limit_time_window,
            rate_limit_max: key.rate_limit_max,
            request_count: key.request_count,
            remaining: key.remaining,
            last_request: time(key.last_request),
            expires_at: time(key.expires_at),
            created_at: time(key.created_at),
            updated_at: time(key.updated_at),
            permissions: parsed(key.permissions.as_deref()),
            metadata: parsed(key.metadata.as_deref()),
            id: &key.id,
        }
    }
}

/// Reads JSON out of a column. Old versions of better-auth stored metadata as JSON in a text of JSON.
pub(super) fn parsed(text: Option<&str>) -> Value {
    let read = |text: &str| json::parse(text).unwrap_or_default();
    match text.map(read) {
        Some(Value::String(inner)) => read(&inner),
        read => read.unwrap_or_default(),
    }
}

/// The answer of `GET /api-key/list`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Keys<'a> {
    /// The keys of the page.
    pub(super) api_keys: Vec<ShownKey<'a>>,
    /// The number of all keys that the query describes.
    pub(super) total: i64,
    /// The limit that the query has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) limit: Option<i64>,
    /// The offset that the query has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) offset: Option<i64>,
}

/// The answer of `POST /api-key/delete`.
#[derive(Serialize)]
pub(super) struct Success {
    /// Always true.
    pub(super) success: bool,
}
