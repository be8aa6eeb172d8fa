//! Tables as a project's own schema describes them.

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
    /// Whether the database counts its values.
    pub counts: bool,
    /// Whether its values are unique.
    pub is_unique: bool,
    /// Whether the database makes its values and takes no others.
    pub is_generated: bool,
}

impl Table {
    /// The column that the project's code knows by this name.
    pub fn column(&self, property: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.property == property)
    }
}
