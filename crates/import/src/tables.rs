//! Tables as a project's own schema describes them.

use crate::{
    eval::Reader,
    value::{Value, ValueKind},
};

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name in the database.
    pub name: String,
    /// Its PostgreSQL schema, if the project names one.
    pub schema: Option<String>,
    /// Its columns in order.
    pub columns: Vec<Column>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The name by which the project's code knows it.
    pub property: String,
    /// Its name in the database.
    pub name: String,
    /// The type, as the schema's language has it, in lower case.
    pub kind: String,
    /// Whether the database has a default for it.
    pub has_default: bool,
    /// The most characters that it takes, if the schema says so.
    pub length: Option<usize>,
    /// The form of the identifiers that the project's own code makes for it, if it is known.
    pub form: Option<IdForm>,
    /// Whether the database counts its values.
    pub counts: bool,
    /// Whether its values are unique.
    pub is_unique: bool,
    /// Whether the database makes its values and takes no others.
    pub is_generated: bool,
}

/// A form of identifiers that code makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdForm {
    /// A random UUID.
    UuidV4,
    /// A UUID with its time.
    UuidV7,
    /// 26 letters and digits with their time.
    Ulid,
    /// 21 characters.
    NanoId,
}

impl IdForm {
    /// The form that a function makes when it is called without arguments, by its name.
    pub fn of(function: &str) -> Option<Self> {
        match function {
            "randomUUID" | "uuid" | "uuidv4" | "v4" => Some(Self::UuidV4),
            "uuidv7" | "uuid7" | "v7" => Some(Self::UuidV7),
            "ulid" => Some(Self::Ulid),
            "nanoid" => Some(Self::NanoId),
            _ => None,
        }
    }

    /// The form that a function of the project makes: `() => crypto.randomUUID()`, or `ulid`.
    pub fn made_by(reader: &Reader, function: &Value) -> Option<Self> {
        let made = match &function.what {
            ValueKind::External(one) => return Self::of(one.name()),
            ValueKind::Closure(closure) => reader.result(closure, function.at),
            _ => function.clone(),
        };
        let (one, called) = made.call()?;
        Self::of(one.name()).filter(|_| called.arguments.is_empty())
    }
}

impl Table {
    /// The column that the project's code knows by this name.
    pub fn column(&self, property: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.property == property)
    }
}
