//! Additional fields of users, sessions and accounts in statements (spec core §12). Each value is a parameter of its own, which
//! PostgreSQL reads by the type of its column; a field without a value gets the column's default. Values are read as Node's driver
//! reads each type.

use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use serde_json::{Map, Value, value::RawValue};
use tokio_postgres::types::{self, Type};

use super::{
    StoreError, column,
    written::{self, array, quoted},
};
use crate::{
    config::{Field, Kind},
    json,
    model::Additional,
};

/// The form in which lists in additional fields are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lists {
    /// JSON, for columns of JSON or text.
    Json,
    /// Arrays of PostgreSQL.
    Arrays,
}

/// The type of a column before any row has shown it.
const UNKNOWN: u8 = 0;
/// A column that is an array of PostgreSQL.
const ARRAY: u8 = 1;
/// A column that is not an array of PostgreSQL.
const OTHER: u8 = 2;

/// The additional fields of one table.
pub(crate) struct Columns {
    alias: char,
    fields: Vec<Field>,
    defaults: Map<String, Value>,
    /// For each field, what rows have shown of its column: [`UNKNOWN`], [`ARRAY`] or [`OTHER`].
    arrays: Vec<AtomicU8>,
}

impl Columns {
    /// Creates the fields of the table that statements call `alias`.
    pub(super) fn new(alias: char, fields: &[Field]) -> Self {
        let defaults = Field::defaults(fields);
        Self {
            alias,
            fields: fields.to_vec(),
            defaults,
            arrays: fields.iter().map(|_| AtomicU8::new(UNKNOWN)).collect(),
        }
    }

    /// Returns the number of fields.
    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    /// Returns how many columns `{user.*}` has for the fields: one, which is a text of JSON, or none if answers show no field.
    pub(super) fn width(&self) -> usize {
        usize::from(self.returned().next().is_some())
    }

    fn returned(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.returned)
    }

    /// Returns the configured defaults, which a new row gets for fields without a value.
    pub(super) fn defaults(&self) -> &Map<String, Value> {
        &self.defaults
    }

    /// Returns the fields that have a value: the index of each with its quoted column.
    pub(super) fn given<'a>(&'a self, values: &'a Map<String, Value>) -> impl Iterator<Item = (usize, String)> + 'a {
        let given = self.fields.iter().enumerate().filter(|(_, field)| values.contains_key(&field.name));
        given.map(|(at, field)| (at, quoted(&field.column).into_owned()))
    }

    /// Returns the quoted columns of the fields that have no value.
    pub(super) fn not_given<'a>(&'a self, values: &'a Map<String, Value>) -> impl Iterator<Item = String> + 'a {
        let others = self.fields.iter().filter(|field| !values.contains_key(&field.name));
        others.map(|field| quoted(&field.column).into_owned())
    }

    /// Returns a value as it is sent; `None` is NULL. Lists are written as the column wants them, or as `lists` says if the
    /// column's type is not known.
    pub(super) fn sent(&self, values: &Map<String, Value>, at: usize, lists: Lists) -> Option<String> {
        let field = self.fields.get(at)?;
        let lists = match self.arrays.get(at).map(|known| known.load(Relaxed)) {
            Some(ARRAY) => Lists::Arrays,
            Some(OTHER) => Lists::Json,
            _ => lists,
        };
        sent(field.kind, values.get(&field.name)?, lists)
    }

    /// Whether the values include a list, which the column may want as an array of PostgreSQL.
    pub(super) fn has_list(&self, values: &Map<String, Value>) -> bool {
        let is_list = |field: &Field| field.kind == Kind::List && values.get(&field.name).is_some_and(Value::is_array);
        self.fields.iter().any(is_list)
    }

    /// Returns the SQL for the fields that answers show, after a comma: pairs of the type's OID and the value. `coalesce` replaces
    /// a domain by its base type, which is what Node's driver sees.
    pub(super) fn read(&self) -> String {
        let pair = |field: &Field| {
            let column = format!("{}.{}", self.alias, quoted(&field.column));
            format!("json_build_array(pg_typeof(coalesce({column}, null))::oid::bigint, {column})")
        };
        let pairs: Vec<_> = self.returned().map(pair).collect();
        // An array takes any number of values; a function takes at most a hundred.
        if pairs.is_empty() { String::new() } else { format!(", array_to_json(array[{}])::text", pairs.join(", ")) }
    }

    /// Reads the fields that answers show out of column `at`.
    ///
    /// # Errors
    /// [`StoreError::Failed`] if the column is not what [`Columns::read`] selects.
    pub(super) fn additional(&self, row: &tokio_postgres::Row, at: usize) -> Result<Additional, StoreError> {
        if self.width() == 0 {
            return Ok(Additional::default());
        }
        let text = column::filled_text(row, at)?;
        let pairs: Vec<(u32, &RawValue)> = serde_json::from_str(&text)
            .map_err(|error| StoreError::Failed(format!("the additional fields cannot be read: {error}")))?;
        let known = self.fields.iter().zip(&self.arrays).filter(|(field, _)| field.returned).map(|(_, known)| known);
        for (known, (oid, raw)) in known.zip(&pairs) {
            if let Some(is_array) = is_array(*oid, raw) {
                known.store(if is_array { ARRAY } else { OTHER }, Relaxed);
            }
        }
        let read = |(field, (oid, raw)): (&Field, (u32, &RawValue))| (field.name.clone(), read(field.kind, oid, raw));
        Ok(Additional(self.returned().zip(pairs).map(read).collect()))
    }
}

/// Whether a column of this type is an array. For types that PostgreSQL does not define itself, for example enums, only a value
/// shows it.
fn is_array(oid: u32, raw: &RawValue) -> Option<bool> {
    match Type::from_oid(oid) {
        Some(known) => Some(matches!(known.kind(), types::Kind::Array(_))),
        None if raw.get() == "null" => None,
        None => Some(raw.get().starts_with('[')),
    }
}

/// Returns a value as better-auth hands it to Node's driver and as the driver sends it.
fn sent(kind: Kind, value: &Value, lists: Lists) -> Option<String> {
    Some(match (kind, value) {
        (_, Value::Null) => return None,
        (Kind::Date, Value::String(text)) => {
            // No type of a time reads these words, so the database refuses what JavaScript's `Date` does not take.
            date(text).map_or_else(|| "Invalid Date".to_owned(), written::instant)
        }
        (_, Value::String(text)) => text.clone(),
        (Kind::Json, value) => json::to_string(value),
        (Kind::List, Value::Array(_)) if lists == Lists::Json => json::to_string(value),
        (_, Value::Array(elements)) => listed(elements),
        (_, value) => json::to_string(value),
    })
}

/// Writes an array as Node's driver does: elements are text, or JSON if they are objects.
fn listed(elements: &[Value]) -> String {
    let texts: Vec<_> = elements
        .iter()
        .map(|element| match element {
            Value::Array(elements) => Some(Err(listed(elements))),
            element => sent(Kind::Text, element, Lists::Arrays).map(Ok),
        })
        .collect();
    let parts = texts.iter().map(|element| match element {
        None => "NULL".to_owned(),
        Some(Err(list)) => list.clone(),
        Some(Ok(text)) => array(std::iter::once(Some(text.as_str()))).trim_matches(['{', '}']).to_owned(),
    });
    format!("{{{}}}", parts.collect::<Vec<_>>().join(","))
}

/// Parses an instant in ISO 8601: a year, a month or a day, which begin in UTC, or a day with a time, in UTC unless it has an
/// offset. Years have four digits.
fn date(text: &str) -> Option<jiff::Timestamp> {
    let whole = match text.len() {
        4 => format!("{text}-01-01T00:00Z"),
        7 => format!("{text}-01T00:00Z"),
        10 => format!("{text}T00:00Z"),
        _ => text.to_owned(),
    };
    let is_plain = whole.as_bytes().first().is_some_and(u8::is_ascii_digit)
        && whole.as_bytes().get(4) == Some(&b'-')
        && whole.bytes().all(|byte| byte.is_ascii_digit() || b"-:.+TZ ".contains(&byte));
    let at = column::parsed(&whole).filter(|_| is_plain)?;
    jiff::Timestamp::from_millisecond(at.as_millisecond()).ok()
}

/// Returns a value as better-auth answers it: read by Node's driver by its type, then written as JSON.
fn read(kind: Kind, oid: u32, raw: &RawValue) -> Value {
    let value = typed(oid, raw);
    // Node's driver makes a `Date` of a time, which better-auth keeps; better-auth parses only texts.
    let is_time = matches!(Type::from_oid(oid), Some(Type::TIMESTAMP | Type::TIMESTAMPTZ | Type::DATE));
    match (kind, &value) {
        (Kind::List, Value::String(text)) if !is_time => serde_json::from_str(text).unwrap_or_default(),
        _ => value,
    }
}

/// Returns a value as Node's driver reads it by its type and as JavaScript writes it in JSON.
fn typed(oid: u32, raw: &RawValue) -> Value {
    let Ok(value) = serde_json::from_str::<Value>(raw.get()) else { return Value::Null };
    let Some(column) = Type::from_oid(oid) else { return value };
    match (column, value) {
        (_, Value::Null) => Value::Null,
        // Node's driver keeps numbers that a double cannot hold as texts.
        (Type::INT8 | Type::NUMERIC, Value::Number(_)) => raw.get().into(),
        (Type::FLOAT4 | Type::FLOAT8, Value::String(_)) => Value::Null,
        (Type::TIMESTAMP | Type::TIMESTAMPTZ | Type::DATE, Value::String(text)) => instant(&text),
        (Type::BYTEA, Value::String(text)) => bytes(&text),
        (Type::INT8_ARRAY, value) => each(value, &|element| match element {
            Value::Number(number) => number.to_string().into(),
            other => other,
        }),
        (Type::FLOAT4_ARRAY | Type::FLOAT8_ARRAY | Type::NUMERIC_ARRAY, value) => {
            each(value, &|element| match element {
                Value::String(_) => Value::Null,
                other => other,
            })
        }
        (Type::TIMESTAMP_ARRAY | Type::TIMESTAMPTZ_ARRAY | Type::DATE_ARRAY, value) => {
            each(value, &|element| element.as_str().map_or(Value::Null, instant))
        }
        (Type::BYTEA_ARRAY, value) => each(value, &|element| element.as_str().map_or(Value::Null, bytes)),
        (_, value) => value,
    }
}

/// Applies `change` to every element of a list and of the lists in it.
fn each(value: Value, change: &dyn Fn(Value) -> Value) -> Value {
    match value {
        Value::Array(elements) => elements.into_iter().map(|element| each(element, change)).collect(),
        other => change(other),
    }
}

/// Writes a time as JavaScript does; null if it is beyond JavaScript's times, as `infinity` is.
fn instant(text: &str) -> Value {
    let whole = if text.len() == 10 { format!("{text}T00:00:00") } else { text.to_owned() };
    column::parsed(&whole).map_or(Value::Null, |at| format!("{at:.3}").into())
}

/// Writes bytes as better-auth answers a `Buffer`: as an object whose members are the bytes by index.
fn bytes(text: &str) -> Value {
    let data = text.strip_prefix("\\x").and_then(|digits| hex::decode(digits).ok()).unwrap_or_default();
    let members = data.into_iter().enumerate().map(|(at, byte)| (at.to_string(), byte.into()));
    Value::Object(members.collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_sent_as_nodes_driver_sends_them() {
        for (kind, value, expected) in [
            (Kind::Text, json!("a"), Some("a")),
            (Kind::Text, json!(36.0), Some("36")),
            (Kind::Number, json!(5.25), Some("5.25")),
            (Kind::Number, json!(1e21), Some("1e+21")),
            (Kind::Boolean, json!(true), Some("true")),
            (Kind::Text, json!({ "a": [1] }), Some(r#"{"a":[1]}"#)),
            (Kind::Text, json!(["a", null, ["b\""]]), Some(r#"{"a",NULL,{"b\""}}"#)),
            (Kind::List, json!(["a"]), Some(r#"["a"]"#)),
            (Kind::List, json!("a"), Some("a")),
            (Kind::Json, json!("{}"), Some("{}")),
            (Kind::Json, json!([1]), Some("[1]")),
            (Kind::Json, json!(null), None),
            (Kind::Date, json!("2020-01"), Some("2020-01-01T00:00:00.000+00:00")),
            (Kind::Date, json!("2020-01-02 03:04:05.6789"), Some("2020-01-02T03:04:05.678+00:00")),
            (Kind::Date, json!("2020-01-02T03:04+02:00"), Some("2020-01-02T01:04:00.000+00:00")),
            (Kind::Date, json!("now"), Some("Invalid Date")),
            (Kind::Date, json!("2020-02-30"), Some("Invalid Date")),
        ] {
            assert_eq!(sent(kind, &value, Lists::Json).as_deref(), expected, "{kind:?} {value}");
        }
        assert_eq!(sent(Kind::List, &json!(["a", 1]), Lists::Arrays).as_deref(), Some(r#"{"a","1"}"#));
    }

    #[test]
    fn values_are_read_as_nodes_driver_reads_them() {
        for (column, raw, expected) in [
            (Type::INT4, "5", json!(5)),
            (Type::INT8, "5", json!("5")),
            (Type::NUMERIC, "5.250", json!("5.250")),
            (Type::FLOAT8, "\"NaN\"", json!(null)),
            (Type::BOOL, "true", json!(true)),
            (Type::TIMESTAMPTZ, "\"2020-01-01T22:04:05.678-05:00\"", json!("2020-01-02T03:04:05.678Z")),
            (Type::TIMESTAMP, "\"2020-01-02T03:04:05.678\"", json!("2020-01-02T03:04:05.678Z")),
            (Type::DATE, "\"2020-01-02\"", json!("2020-01-02T00:00:00.000Z")),
            (Type::TIMESTAMP, "\"infinity\"", json!(null)),
            (Type::BYTEA, "\"\\\\x0102\"", json!({ "0": 1, "1": 2 })),
            (Type::JSONB, "{\"a\": [1]}", json!({ "a": [1] })),
            (Type::INT8_ARRAY, "[1,[2,null]]", json!(["1", ["2", null]])),
            (Type::UUID, "\"x\"", json!("x")),
        ] {
            let raw = RawValue::from_string(raw.to_owned()).unwrap();
            assert_eq!(typed(column.oid(), &raw), expected, "{column} {raw}");
        }
        for (column, raw, expected) in [
            (Type::TEXT, r#""[\"a\"]""#, json!(["a"])),
            (Type::TEXT, "\"2020-01-02\"", json!(null)),
            (Type::DATE, "\"2020-01-02\"", json!("2020-01-02T00:00:00.000Z")),
            (Type::TIMESTAMPTZ, "\"2020-01-02T03:04:05+00:00\"", json!("2020-01-02T03:04:05.000Z")),
        ] {
            let raw = RawValue::from_string(raw.to_owned()).unwrap();
            assert_eq!(read(Kind::List, column.oid(), &raw), expected, "{column} {raw}");
        }
    }
}
