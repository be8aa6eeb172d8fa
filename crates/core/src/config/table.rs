//! A table and its columns as a deployment has them: what the model is called there, by `[schema]`.

use serde_json::Value;

use super::{
    database_url::{LONGEST, is_name},
    naming::{Naming, STYLES},
};
use crate::{
    declaration::{ColumnDefault, ColumnType, Model, ModelColumn},
    options::Section,
    problem::Problems,
};

/// A table.
#[derive(Debug, Clone)]
pub struct Table {
    /// better-auth's name of the table.
    pub model: &'static str,
    /// Its section in `[schema]`.
    pub key: &'static str,
    /// Its name.
    pub name: String,
    /// How columns are called that have no name of their own in the configuration.
    pub naming: Naming,
    /// Its columns in order.
    pub columns: Vec<Column>,
}

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name on the wire.
    pub field: String,
    /// Its name.
    pub name: String,
    /// The kind of its values.
    pub holds: ColumnType,
    /// Whether it takes no null.
    pub required: bool,
    /// Whether no two rows have the same.
    pub unique: bool,
    /// Whether rows are looked up by it.
    pub indexed: bool,
    /// The value of a row that gives none.
    pub default: Option<DefaultValue>,
    /// Whether no answer shows it.
    pub hidden: bool,
}

/// The value of a column in a row that gives none.
#[derive(Debug, Clone, PartialEq)]
pub enum DefaultValue {
    /// The time of the insert.
    Now,
    /// Always this. The service writes it itself; the database needs it only for rows that are there already.
    Always(Value),
}

impl DefaultValue {
    /// Converts a declared default.
    fn of(declared: ColumnDefault) -> Option<Self> {
        match declared {
            ColumnDefault::Nothing => None,
            ColumnDefault::Now => Some(Self::Now),
            ColumnDefault::Text(text) => Some(Self::Always(text.into())),
            ColumnDefault::Number(number) => Some(Self::Always(number.into())),
            ColumnDefault::Boolean(truth) => Some(Self::Always(truth.into())),
        }
    }
}

impl Table {
    /// The column that better-auth calls `field`.
    pub fn column(&self, field: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.field == field)
    }
}

/// The table of a model with these columns: with the names that its section of the file gives, and the others in the naming style.
pub(super) fn read(
    model: &Model,
    columns_of_model: &[&ModelColumn],
    mut section: Section<'_>,
    (naming, plural): (Naming, bool),
    problems: &mut Problems,
) -> Table {
    let name = section.text("model_name", problems).unwrap_or_else(|| naming.table(model, plural));
    if !is_name(&name) {
        let text = format!("`{name}` cannot be a table; write a name of 1 to {LONGEST} bytes");
        problems.add(section.place("model_name"), text);
    }
    let (mut names, style) = section.section_or("fields", problems, STYLES);
    let naming = style.unwrap_or(naming);
    let mut columns = vec![Column {
        field: "id".to_owned(),
        name: "id".to_owned(),
        holds: ColumnType::Id,
        required: true,
        unique: false,
        indexed: false,
        default: None,
        hidden: false,
    }];
    let mut keys = vec!["id"];
    for declared in columns_of_model {
        let given = names.text(declared.key, problems);
        let column = column(declared, given.unwrap_or_else(|| naming.column(declared).to_owned()));
        if !is_name(&column.name) {
            let text = format!("`{}` cannot be a column; write a name of 1 to {LONGEST} bytes", column.name);
            problems.add(names.place(declared.key), text);
        } else if let Some(other) = columns.iter().position(|other| other.name == column.name) {
            // Of the two, at least one was given its name.
            let key = if names.has(declared.key) { declared.key } else { keys.get(other).unwrap_or(&declared.key) };
            problems.add(
                names.place(key),
                format!("two fields have the column `{}`; write another name for one of them", column.name),
            );
        }
        keys.push(declared.key);
        columns.push(column);
    }
    names.finish(problems);
    section.finish(problems);
    Table { model: model.name, key: model.key, name, naming, columns }
}

fn column(declared: &ModelColumn, name: String) -> Column {
    Column {
        field: declared.name.to_owned(),
        name,
        holds: declared.holds,
        required: declared.required,
        unique: declared.unique,
        indexed: declared.indexed,
        default: DefaultValue::of(declared.default),
        hidden: declared.hidden,
    }
}
