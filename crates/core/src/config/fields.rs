//! `[user.additional_fields.…]`, the same of sessions, accounts and tables of features: additional fields (spec core §12).
//! The keys are names of fields, and `type` takes a text or a list, so that this file reads them by hand.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::table::Table;
use crate::{declaration::Kind, options::Section, problem::Problems};

/// An additional field.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// The name on the wire.
    pub name: String,
    /// The column's name. Default: the same, in the table's naming style.
    pub column: String,
    /// The kind of its values.
    pub kind: Kind,
    /// The texts that are allowed, or the kind of the list's items, for the description of the API; nothing enforces it.
    pub of: AllowedValues,
    /// `Some(true)`: sign-up asks for it. If unset, the column is still NOT NULL.
    pub required: Option<bool>,
    /// The value if the request has none.
    pub default: Option<Value>,
    /// Whether the client may set it. Default yes.
    pub input: bool,
    /// Whether answers show it. Default yes.
    pub returned: bool,
    /// Whether no two rows have the same. Default no.
    pub unique: bool,
    /// Whether there is an index on it. Default no.
    pub index: bool,
}

impl Field {
    /// Returns the values of a row if the request has none.
    pub fn defaults(fields: &[Self]) -> Map<String, Value> {
        fields.iter().filter_map(|field| Some((field.name.clone(), field.default.clone()?))).collect()
    }
}

/// The texts that are allowed, or the kind of a list's items.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum AllowedValues {
    /// Any text.
    #[default]
    Anything,
    /// One of these texts.
    Choices(Vec<String>),
    /// A list of texts.
    Texts,
    /// A list of numbers.
    Numbers,
}

impl AllowedValues {
    fn list(kind: Kind, numbers: bool) -> Self {
        match kind {
            Kind::List if numbers => Self::Numbers,
            Kind::List => Self::Texts,
            _ => Self::Anything,
        }
    }
}

/// Each with whether it is a list of numbers.
const KINDS: &[(&str, (Kind, bool))] = &[
    ("string", (Kind::Text, false)),
    ("number", (Kind::Number, false)),
    ("boolean", (Kind::Boolean, false)),
    ("date", (Kind::Date, false)),
    ("json", (Kind::Json, false)),
    ("string[]", (Kind::List, false)),
    ("number[]", (Kind::List, true)),
];

/// The names of all kinds, for a message.
fn kinds() -> String {
    let names: Vec<_> = KINDS.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    format!("one of {}, or a list of texts, like [\"a\", \"b\"]", names.join(", "))
}

/// Reads the additional fields of `model`. They may not have the names of columns that the table has, nor of what requests and
/// answers have besides.
pub(super) fn read(section: Section<'_>, model: &Table, problems: &mut Problems) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for (name, place, mut table) in section.tables(problems) {
        let (kind, of) = match table.is_list("type") {
            true => (Some(Kind::Text), AllowedValues::Choices(table.texts("type", problems).unwrap_or_default())),
            false => table
                .one_of("type", problems, &kinds(), KINDS)
                .map_or((None, AllowedValues::Anything), |(kind, numbers)| {
                    (Some(kind), AllowedValues::list(kind, numbers))
                }),
        };
        let bigint = table.boolean("bigint", problems).unwrap_or(false);
        let field = Field {
            column: table.text("field_name", problems).unwrap_or_else(|| model.naming.name(&name)),
            kind: match kind {
                Some(Kind::Number) if bigint => Kind::BigNumber,
                kind => kind.unwrap_or(Kind::Text),
            },
            of,
            required: table.boolean("required", problems),
            default: table.json("default_value"),
            input: table.boolean("input", problems).unwrap_or(true),
            returned: table.boolean("returned", problems).unwrap_or(true),
            unique: table.boolean("unique", problems).unwrap_or(false),
            index: table.boolean("index", problems).unwrap_or(false),
            name,
        };
        let other = model.columns.iter().find(|column| column.name == field.column);
        if BESIDES.contains(&(model.model, field.name.as_str())) || model.column(&field.name).is_some() {
            problems.add(place, format!("`{}` is already a column; choose another name", field.name));
        } else if let Some(other) = other {
            let text = format!(
                "the column `{}` of `{}` is the one of `{}`; write another `field_name`",
                field.column, field.name, other.field
            );
            problems.add(place, text);
        } else if fields.iter().any(|other| other.column == field.column) {
            problems.add(
                place,
                format!("two fields have the column `{}`; write another name for one of them", field.column),
            );
        } else if field.column.contains('\0') || field.column.is_empty() || field.column.len() > 63 {
            problems.add(place, format!("`{}` cannot be a column; write a name of 1 to 63 bytes", field.column));
        }
        table.finish(problems);
        fields.push(field);
    }
    fields
}

/// The additional fields of each table that has some.
#[derive(Debug, Clone, Default)]
pub struct AdditionalFields {
    /// `[user.additional_fields]`.
    pub user: Vec<Field>,
    /// `[session.additional_fields]`.
    pub session: Vec<Field>,
    /// `[account.additional_fields]`, which no client sets: a new row has their defaults.
    pub account: Vec<Field>,
    /// `[schema.<table>.additional_fields]` of features' tables, by better-auth's name of the table.
    pub of_features: BTreeMap<&'static str, Vec<Field>>,
}

impl AdditionalFields {
    /// The additional fields of the table that better-auth calls `model`; none for a table that takes none.
    pub fn of(&self, model: &str) -> &[Field] {
        match model {
            "user" => &self.user,
            "session" => &self.session,
            "account" => &self.account,
            other => self.of_features.get(other).map_or(&[], Vec::as_slice),
        }
    }

    /// The fields of a table, to be changed; `None` for a table that takes none.
    pub(super) fn of_mut(&mut self, model: &str) -> Option<&mut Vec<Field>> {
        match model {
            "user" => Some(&mut self.user),
            "session" => Some(&mut self.session),
            "account" => Some(&mut self.account),
            other => self.of_features.get_mut(other),
        }
    }
}

/// Members of requests and answers, by the table beside whose columns they stand: sign-up and `/list-accounts` have them.
const BESIDES: &[(&str, &str)] =
    &[("user", "password"), ("user", "callbackURL"), ("user", "rememberMe"), ("account", "scopes")];
