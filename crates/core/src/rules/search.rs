//! Searches that a client describes by the names of fields: conditions, an order and a page (spec management-plugins §1.5). The
//! fields are those that answers show, so that a search reveals nothing else.

use crate::config::{Column, ColumnType, Field, Kind, Schema};

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// Equal.
    Equal,
    /// Not equal.
    NotEqual,
    /// Less.
    Less,
    /// Less or equal.
    AtMost,
    /// Greater.
    Greater,
    /// Greater or equal.
    AtLeast,
    /// Equal to one of several values.
    In,
    /// Not equal to any of several values.
    NotIn,
    /// As a text.
    Text(Match),
}

impl Operator {
    /// Every operator by the name that clients use.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("eq", Self::Equal),
        ("ne", Self::NotEqual),
        ("lt", Self::Less),
        ("lte", Self::AtMost),
        ("gt", Self::Greater),
        ("gte", Self::AtLeast),
        ("in", Self::In),
        ("not_in", Self::NotIn),
        ("contains", Self::Text(Match::Contains)),
        ("starts_with", Self::Text(Match::StartsWith)),
        ("ends_with", Self::Text(Match::EndsWith)),
    ];
}

/// The part of a text that is compared. Upper and lower case differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// Anywhere.
    Contains,
    /// At the beginning.
    StartsWith,
    /// At the end.
    EndsWith,
}

/// The value of a condition, as a query has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchValue {
    /// One text.
    One(String),
    /// Several, from a key that occurs several times.
    Several(Vec<String>),
}

/// A field of a table by which rows are searched or sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchField {
    /// The column, as the database calls it.
    pub column: String,
    /// The kind of its values.
    pub kind: Kind,
}

impl SearchField {
    /// Finds a field of a model by its name on the wire, or by that of its column, as better-auth does. A field that answers do not
    /// show is not found.
    pub fn of(schema: &Schema, model: &str, name: &str) -> Option<Self> {
        let columns = &schema.table(model)?.columns;
        let by = |is: &dyn Fn(&&Column) -> bool| columns.iter().find(is);
        let column = by(&|column| column.field == name).or_else(|| by(&|column| column.name == name))?;
        let is_hidden = |field: &Field| field.name == column.field && !field.returned;
        if schema.additional.of(model).iter().any(is_hidden) {
            return None;
        }
        let kind = if let ColumnType::Value(kind) = column.holds { kind } else { Kind::Text };
        Some(Self { column: column.name.clone(), kind })
    }
}

/// A condition on a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The field.
    pub field: SearchField,
    /// How it is compared.
    pub operator: Operator,
    /// The value to compare with, in the form in which the database reads it.
    pub value: SearchValue,
}

impl Condition {
    /// Creates a condition. Only `true` is true of a field that is true or false, as in better-auth; several values have an effect
    /// with [`Operator::In`] and [`Operator::NotIn`], and otherwise are one text.
    pub fn new(field: SearchField, operator: Operator, asked: SearchValue) -> Self {
        let plain = |text: String| match field.kind {
            Kind::Boolean => (text == "true").to_string(),
            Kind::Number | Kind::BigNumber => text.trim().to_owned(),
            _ => text,
        };
        let value = match (operator, asked) {
            (Operator::In | Operator::NotIn, SearchValue::One(text)) => SearchValue::Several(vec![plain(text)]),
            (Operator::In | Operator::NotIn, SearchValue::Several(texts)) => {
                SearchValue::Several(texts.into_iter().map(plain).collect())
            }
            (Operator::Text(place), asked) => SearchValue::One(pattern(place, &joined(asked))),
            (_, SearchValue::One(text)) => SearchValue::One(plain(text)),
            (_, asked) => SearchValue::One(joined(asked)),
        };
        Self { field, operator, value }
    }
}

fn joined(asked: SearchValue) -> String {
    match asked {
        SearchValue::One(text) => text,
        SearchValue::Several(texts) => texts.join(","),
    }
}

/// Returns the pattern of `like` that finds a text. `%` and `_` in it stand for themselves (docs/DIFFERENCES.md).
fn pattern(place: Match, text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    match place {
        Match::Contains => format!("%{text}%"),
        Match::StartsWith => format!("{text}%"),
        Match::EndsWith => format!("%{text}"),
    }
}

/// A search in the rows of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// All of these hold for a row that is found.
    pub conditions: Vec<Condition>,
    /// The field that decides the order; rows that are equal in it are in the order of their identifiers.
    pub order: SearchField,
    /// Whether the order is descending.
    pub descending: bool,
    /// The most rows.
    pub limit: i64,
    /// How many rows are skipped.
    pub offset: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Source;

    fn schema(toml: &str) -> Schema {
        Schema::load(Source { name: "gatepost.toml", text: toml }).unwrap()
    }

    fn value(field: &str, operator: Operator, asked: SearchValue) -> SearchValue {
        Condition::new(SearchField::of(&schema(""), "user", field).unwrap(), operator, asked).value
    }

    #[test]
    fn a_field_is_known_by_its_name_or_its_column_unless_it_is_hidden() {
        let schema = schema(
            "[schema.user.fields]\nemail = \"e-mail\"\n[user.additional_fields]\nnote = { type = \"number\", returned = false }\n\
             plan = { type = \"date\", field_name = \"the plan\" }\n",
        );
        let column = |name: &str| SearchField::of(&schema, "user", name).map(|known| known.column);
        assert_eq!(column("email").as_deref(), Some("e-mail"));
        assert_eq!(column("e-mail").as_deref(), Some("e-mail"));
        assert_eq!(column("the plan").as_deref(), Some("the plan"));
        assert_eq!(column("id").as_deref(), Some("id"));
        for name in ["note", "password", "", "id; drop table", "constructor"] {
            assert_eq!(column(name), None, "{name}");
        }
    }

    #[test]
    fn a_pattern_finds_what_is_typed() {
        let one = |text: &str| SearchValue::One(text.to_owned());
        for (operator, expected) in [
            (Operator::Text(Match::Contains), r"%50\%\_\\%"),
            (Operator::Text(Match::StartsWith), r"50\%\_\\%"),
            (Operator::Text(Match::EndsWith), r"%50\%\_\\"),
            (Operator::Equal, r"50%_\"),
        ] {
            assert_eq!(value("email", operator, one(r"50%_\")), one(expected));
        }
        let several = |texts: &[&str]| SearchValue::Several(texts.iter().map(|text| (*text).to_owned()).collect());
        assert_eq!(value("email", Operator::In, one("a")), several(&["a"]));
        assert_eq!(value("email", Operator::NotIn, several(&["a", "b"])), several(&["a", "b"]));
        assert_eq!(value("email", Operator::Equal, several(&["a", "b"])), one("a,b"));
        assert_eq!(value("emailVerified", Operator::Equal, one("yes")), one("false"));
    }
}
