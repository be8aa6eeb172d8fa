//! What a feature declares of itself, as plain data: its tables and columns, and what it needs. `features/<name>/declaration.rs`
//! has the declaration of a feature beside its typed options ([`options`](crate::options)), and
//! [`declarations`](crate::declarations) lists them all.

/// A feature, as data. Functions are linked with every declaration, so it holds nothing that only documents; the options are
/// documented by the constant `OPTIONS` of their type.
#[derive(Debug, Clone, Copy)]
pub struct Declaration {
    /// The section of `gatepost.toml`, and the module below `features`.
    pub name: &'static str,
    /// Tables of the feature's own, in the order in which they are made: a table stands behind those that it refers to.
    pub tables: &'static [FeatureTable],
    /// Columns that the feature adds to tables, in the order in which answers show them.
    pub columns: &'static [FeatureColumn],
    /// What must be there for the feature to work.
    pub needs: &'static [Need],
    /// Options of better-auth's plugin that have no key, below the feature's section, and what becomes of each.
    pub absent: &'static [(&'static str, &'static str)],
}

impl Declaration {
    /// A feature that declares nothing but its section.
    pub const fn of(name: &'static str) -> Self {
        Self { name, tables: &[], columns: &[], needs: &[], absent: &[] }
    }
}

/// The switches that must be on for something to be there: keys below the feature's section, besides `enabled`.
pub type When = &'static [&'static str];

/// A table that a feature brings.
#[derive(Debug, Clone, Copy)]
pub struct FeatureTable {
    /// The table.
    pub model: Model,
    /// When it is needed.
    pub when: When,
}

/// A column that a feature adds to a table of the core or of its own.
#[derive(Debug, Clone, Copy)]
pub struct FeatureColumn {
    /// better-auth's name of the table.
    pub table: &'static str,
    /// The column.
    pub column: ModelColumn,
    /// Whether a client may set it at sign-up and `/update-user`.
    pub input: bool,
    /// Whether answers show it.
    pub returned: bool,
    /// When it is needed.
    pub when: When,
}

/// What a feature cannot do without.
#[derive(Debug, Clone, Copy)]
pub struct Need {
    /// What must be there.
    pub resource: Resource,
    /// The switch that asks for it, a key below the feature's section. Nothing is needed while the feature is off.
    pub switch: &'static str,
}

/// Something that a deployment has or has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// PostgreSQL, at `DATABASE_URL`.
    Database,
    /// A way for mails to leave, at `EMAIL_URL`. Its absence is a problem in production.
    Mail,
}

/// A table as better-auth has it, before the configuration gives it another name.
#[derive(Debug, Clone, Copy)]
pub struct Model {
    /// What better-auth and the statements here call it.
    pub name: &'static str,
    /// Its section in `[schema]`: the name in snake case.
    pub key: &'static str,
    /// Its columns in order, without `id`, which every table has.
    pub columns: &'static [ModelColumn],
}

/// A column as better-auth has it, before the configuration gives it another name.
#[derive(Debug, Clone, Copy)]
pub struct ModelColumn {
    /// What better-auth and the statements here call it.
    pub name: &'static str,
    /// Its key in `[schema.….fields]`: the name in snake case.
    pub key: &'static str,
    /// What it holds.
    pub holds: Holds,
    /// Whether it takes no null.
    pub required: bool,
    /// Whether no two rows have the same.
    pub unique: bool,
    /// Whether rows are looked up by it.
    pub indexed: bool,
    /// What stands there where nothing is given.
    pub default: ColumnDefault,
}

/// What stands in a column where nothing is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnDefault {
    /// Null, or nothing at all where the column takes no null.
    Nothing,
    /// The time of the insert, by the database.
    Now,
    /// This text. The service writes it.
    Text(&'static str),
    /// This number. The service writes it.
    Number(i64),
    /// True or false. The service writes it.
    Boolean(bool),
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// The row's identifier.
    Id,
    /// The identifier of a row of this table, with which the row goes.
    Reference(&'static str),
    /// Anything else.
    Value(Kind),
}

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

impl ModelColumn {
    /// A column that takes no null and has no default, with the name and the key of the configuration.
    pub const fn new(name: &'static str, key: &'static str, holds: Holds) -> Self {
        Self { name, key, holds, required: true, unique: false, indexed: false, default: ColumnDefault::Nothing }
    }

    /// A column of texts.
    pub const fn text(name: &'static str, key: &'static str) -> Self {
        Self::new(name, key, Holds::Value(Kind::Text))
    }

    /// A column of whole numbers of 32 bits.
    pub const fn number(name: &'static str, key: &'static str) -> Self {
        Self::new(name, key, Holds::Value(Kind::Number))
    }

    /// A column of true and false.
    pub const fn boolean(name: &'static str, key: &'static str) -> Self {
        Self::new(name, key, Holds::Value(Kind::Boolean))
    }

    /// A column of instants.
    pub const fn date(name: &'static str, key: &'static str) -> Self {
        Self::new(name, key, Holds::Value(Kind::Date))
    }

    /// A column with the identifier of a row of `table`, with which the row is removed.
    pub const fn reference(name: &'static str, key: &'static str, table: &'static str) -> Self {
        Self::new(name, key, Holds::Reference(table))
    }

    /// The column `userId`, by which rows are looked up.
    pub const fn owner() -> Self {
        Self::reference("userId", "user_id", "user").indexed()
    }

    /// It takes nulls.
    #[must_use]
    pub const fn optional(self) -> Self {
        Self { required: false, ..self }
    }

    /// No two rows have the same.
    #[must_use]
    pub const fn unique(self) -> Self {
        Self { unique: true, ..self }
    }

    /// Rows are looked up by it.
    #[must_use]
    pub const fn indexed(self) -> Self {
        Self { indexed: true, ..self }
    }

    /// What stands there where nothing is given.
    #[must_use]
    pub const fn or(self, default: ColumnDefault) -> Self {
        Self { default, ..self }
    }
}
