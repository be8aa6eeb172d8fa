//! The values of a statement. Each is sent as text and without a type, as Node's driver sends it, and PostgreSQL reads it by the
//! type of the column beside it.

use std::{borrow::Cow, error::Error};

use bytes::BytesMut;
use jiff::Timestamp;
use serde_json::{Map, Value};
use tokio_postgres::types::{Format, IsNull, ToSql, Type, to_sql_checked};

use super::{
    values::Values,
    written::{array, instant},
};
use crate::rules::search::{Search, SearchValue};

/// A value with its type, as the driver takes it.
pub(super) type TypedValue<'a> = (&'a (dyn ToSql + Sync), Type);

/// A value of a statement.
#[derive(Clone, Copy)]
pub(crate) enum Param<'a> {
    /// No value.
    Null,
    /// A text, and anything else that a column reads from text: identifiers, enums, numbers.
    Text(&'a str),
    /// The address of a client, empty if it is not known.
    Address(&'a str),
    /// True or false.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// An instant, sent in UTC with milliseconds. A column without a time zone keeps the time in UTC.
    Instant(Timestamp),
    /// Texts, for `= any($1)`.
    Texts(&'a [String]),
    /// Values of additional fields, for `{user.values $1}` and similar placeholders. Each becomes a parameter of its own.
    Fields(&'a Map<String, Value>),
    /// A search, for `{user.where $1}` and `{user.order $1}`. Each value of its conditions becomes a parameter of its own.
    Search(&'a Search),
}

impl<'a> From<&'a str> for Param<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Param<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<Option<&'a str>> for Param<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }
}

impl<'a> From<&'a Option<String>> for Param<'a> {
    fn from(text: &'a Option<String>) -> Self {
        text.as_deref().into()
    }
}

impl From<bool> for Param<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Option<bool>> for Param<'_> {
    fn from(flag: Option<bool>) -> Self {
        flag.map_or(Self::Null, Self::Flag)
    }
}

impl From<i64> for Param<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<Option<i64>> for Param<'_> {
    fn from(number: Option<i64>) -> Self {
        number.map_or(Self::Null, Self::Number)
    }
}

impl From<Timestamp> for Param<'_> {
    fn from(instant: Timestamp) -> Self {
        Self::Instant(instant)
    }
}

impl From<Option<Timestamp>> for Param<'_> {
    fn from(instant: Option<Timestamp>) -> Self {
        instant.map_or(Self::Null, Self::Instant)
    }
}

impl<'a> From<&'a [String]> for Param<'a> {
    fn from(texts: &'a [String]) -> Self {
        Self::Texts(texts)
    }
}

impl<'a> From<&'a Values> for Param<'a> {
    fn from(values: &'a Values) -> Self {
        Self::Fields(values.json())
    }
}

impl<'a> From<&'a Map<String, Value>> for Param<'a> {
    fn from(values: &'a Map<String, Value>) -> Self {
        Self::Fields(values)
    }
}

impl<'a> From<&'a Search> for Param<'a> {
    fn from(search: &'a Search) -> Self {
        Self::Search(search)
    }
}

/// Returns the value of a condition of a search as it is sent.
pub(super) fn of_condition(search: &Search, at: usize) -> Option<String> {
    Some(match &search.conditions.get(at)?.value {
        SearchValue::One(text) => text.clone(),
        SearchValue::Several(texts) => array(texts.iter().map(|text| Some(text.as_str()))),
    })
}

/// A value in the form in which it is sent; `None` is NULL.
#[derive(Debug)]
pub(super) struct SentValue<'a>(pub(super) Option<Cow<'a, str>>);

impl<'a> Param<'a> {
    /// Returns the value as text. Additional fields have no text together: [`super::statement`] takes them one by one.
    pub(super) fn sent(self) -> SentValue<'a> {
        SentValue(match self {
            Self::Null | Self::Fields(_) | Self::Search(_) => None,
            Self::Text(text) | Self::Address(text) => Some(text.into()),
            Self::Flag(flag) => Some(if flag { "true" } else { "false" }.into()),
            Self::Number(number) => Some(number.to_string().into()),
            Self::Instant(at) => Some(instant(at).into()),
            Self::Texts(texts) => Some(array(texts.iter().map(|text| Some(text.as_str()))).into()),
        })
    }
}

impl ToSql for SentValue<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        Ok(match &self.0 {
            Some(text) => {
                out.extend_from_slice(text.as_bytes());
                IsNull::No
            }
            None => IsNull::Yes,
        })
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    to_sql_checked!();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_and_arrays_are_written_as_nodes_driver_writes_them() {
        let instant: Timestamp = "2020-01-02T03:04:05.678Z".parse().unwrap();
        assert_eq!(Param::from(instant).sent().0.unwrap(), "2020-01-02T03:04:05.678+00:00");
        let texts = [r#"a"b"#.to_owned(), r"c\d".to_owned(), "{e,f}".to_owned()];
        assert_eq!(Param::from(&texts[..]).sent().0.unwrap(), r#"{"a\"b","c\\d","{e,f}"}"#);
    }
}
