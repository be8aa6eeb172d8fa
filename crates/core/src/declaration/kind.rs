//! The kinds of values in the columns of tables.

/// The kind of a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text, or one of a list that is not enforced.
    Text,
    /// A whole number of 32 bits.
    Number,
    /// A whole number of 64 bits.
    BigNumber,
    /// True or false.
    Boolean,
    /// An instant.
    Date,
    /// Anything.
    Json,
    /// A list of texts or numbers.
    List,
}

impl Kind {
    /// The column's type in PostgreSQL (spec core §11.3).
    pub fn sql(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "integer",
            Self::BigNumber => "bigint",
            Self::Boolean => "boolean",
            Self::Date => "timestamptz",
            Self::Json | Self::List => "jsonb",
        }
    }
}
