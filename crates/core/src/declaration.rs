//! The declaration of a feature as plain data: its tables and columns, and its needs. `features/<name>/declaration.rs`
//! has the declaration of a feature beside its typed options ([`options`](mod@crate::options)), and
//! [`declarations`](crate::declarations) lists them all.

mod kind;
mod operation;
mod variable;

use crate::{code::Code, reason::ExplainedReason};

pub use self::{
    kind::Kind,
    operation::{Answers, Member, Operation, Shape},
    variable::{PROVIDER, Readers, Resource, Variable, VariablePlace},
};

/// A feature, as data. Functions are linked with every declaration: what documents at length is in [`Documentation`] and in the
/// constant `TABLE` of the options.
#[derive(Debug, Clone, Copy)]
pub struct Declaration {
    /// The section of `gatepost.toml`, and the module below `features`.
    pub name: &'static str,
    /// Tables of the feature's own, in the order in which they are made: a table stands behind those that it refers to.
    pub tables: &'static [FeatureTable],
    /// Columns that the feature adds to tables, in the order in which answers show them.
    pub columns: &'static [FeatureColumn],
    /// Limits of requests that are stricter or wider than the general one.
    pub limits: &'static [LimitRule],
    /// The tables of the feature whose section of `[schema]` takes `additional_fields`, by better-auth's names.
    pub extensible: &'static [&'static str],
    /// Cookies.
    pub cookies: &'static [CookieDeclaration],
    /// Variables of the environment.
    pub variables: &'static [Variable],
    /// Whether the feature ends sessions that the stores still have, at the place `session_found`. Then a cached session does not
    /// prove enough for a token that outlives it.
    pub ends_sessions: bool,
    /// The actions on resources that the feature's endpoints permit by the roles of users. An administrator gives, and acts against, only
    /// users and roles whose rights on them the administrator has.
    pub rights: &'static [(&'static str, &'static [&'static str])],
    /// Headers that the pages of an application send to the feature. A page on another trusted origin may send them too.
    pub request_headers: &'static [&'static str],
    /// Options of better-auth's plugin that have no key below the feature's section, and the answer to each.
    pub absent: &'static [(&'static str, &'static str)],
}

impl Declaration {
    /// A feature that declares nothing but its section.
    pub const fn of(name: &'static str) -> Self {
        Self {
            name,
            tables: &[],
            columns: &[],
            limits: &[],
            extensible: &[],
            cookies: &[],
            variables: &[],
            ends_sessions: false,
            rights: &[],
            request_headers: &[],
            absent: &[],
        }
    }
}

/// The documentation of a feature besides its options. It is linked into no function.
#[derive(Debug, Clone, Copy)]
pub struct Documentation {
    /// Its reasons, in words.
    pub reasons: &'static [ExplainedReason],
    /// Its codes.
    pub codes: &'static [Code],
}

impl Documentation {
    /// Of a feature that refuses nothing.
    pub const NONE: Self = Self { reasons: &[], codes: &[] };
}

/// The switches that must be on for something to be there: keys below the feature's section, besides `enabled`.
pub type RequiredSwitches = &'static [&'static str];

/// A table that a feature brings.
#[derive(Debug, Clone, Copy)]
pub struct FeatureTable {
    /// The table.
    pub model: Model,
    /// When it is needed.
    pub when: RequiredSwitches,
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
    pub when: RequiredSwitches,
}

/// A cookie.
#[derive(Debug, Clone, Copy)]
pub struct CookieDeclaration {
    /// Its name.
    pub name: CookieName,
    /// How long browsers keep it, for the documentation.
    pub lifetime: &'static str,
    /// Its content, for the documentation.
    pub about: &'static str,
    /// Whether signing out removes it from the browser.
    pub ends_at_sign_out: bool,
}

impl CookieDeclaration {
    /// A cookie with a prefix, which signing out leaves where it is.
    pub const fn of(name: &'static str) -> Self {
        Self { name: CookieName::Prefixed(name), lifetime: "", about: "", ends_at_sign_out: false }
    }
}

/// The name of a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CookieName {
    /// This, behind the configured prefix. `[advanced.cookies]` has a key of this name for it.
    Prefixed(&'static str),
    /// As this option of the feature says.
    Configured(&'static str),
}

/// A limit for some paths below the base path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitRule {
    /// Which paths it holds for.
    pub paths: Paths,
    /// How many requests of one client each of them takes.
    pub limit: Limit,
}

/// Paths below the base path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paths {
    /// Every path that begins so.
    BeginWith(&'static str),
    /// This one.
    Are(&'static str),
}

impl Paths {
    /// Whether `path` is one of them.
    pub fn have(self, path: &str) -> bool {
        match self {
            Self::BeginWith(prefix) => path.starts_with(prefix),
            Self::Are(one) => path == one,
        }
    }

    /// The path that is written.
    pub fn text(self) -> &'static str {
        match self {
            Self::BeginWith(text) | Self::Are(text) => text,
        }
    }
}

/// So many requests in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Seconds.
    pub window: u32,
    /// Requests.
    pub max: u32,
}

/// A table as better-auth has it, before the configuration gives it another name.
#[derive(Debug, Clone, Copy)]
pub struct Model {
    /// Its name in better-auth and in the statements here.
    pub name: &'static str,
    /// Its section in `[schema]`: the name in snake case.
    pub key: &'static str,
    /// Its columns in order, without `id`, which every table has.
    pub columns: &'static [ModelColumn],
}

/// A column as better-auth has it, before the configuration gives it another name.
#[derive(Debug, Clone, Copy)]
pub struct ModelColumn {
    /// Its name in better-auth and in the statements here.
    pub name: &'static str,
    /// Its key in `[schema.….fields]`: the name in snake case.
    pub key: &'static str,
    /// The kind of its values.
    pub holds: ColumnType,
    /// Whether it takes no null.
    pub required: bool,
    /// Whether no two rows have the same.
    pub unique: bool,
    /// Whether rows are looked up by it.
    pub indexed: bool,
    /// The value of a row that gives none.
    pub default: ColumnDefault,
    /// Whether no answer shows it: `{table.*}` leaves it out.
    pub hidden: bool,
    /// The switches of the table's feature with which the column is there.
    pub when: RequiredSwitches,
}

/// The value of a column in a row that gives none.
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

/// The kind of a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// The row's identifier.
    Id,
    /// The identifier of a row of this table, with which the row goes.
    Reference(&'static str),
    /// Anything else.
    Value(Kind),
}

impl ModelColumn {
    /// A column that takes no null and has no default, with the name and the key of the configuration.
    pub const fn new(name: &'static str, key: &'static str, holds: ColumnType) -> Self {
        let default = ColumnDefault::Nothing;
        Self { name, key, holds, required: true, unique: false, indexed: false, default, hidden: false, when: &[] }
    }

    /// A column of texts.
    pub const fn text(name: &'static str, key: &'static str) -> Self {
        Self::new(name, key, ColumnType::Value(Kind::Text))
    }

    /// A column of whole numbers of 32 bits.
    pub const fn number(name: &'static str, key: &'static str) -> Self {
        Self::new(name, key, ColumnType::Value(Kind::Number))
    }

    /// A column of true and false.
    pub const fn boolean(name: &'static str, key: &'static str) -> Self {
        Self::new(name, key, ColumnType::Value(Kind::Boolean))
    }

    /// A column of instants.
    pub const fn date(name: &'static str, key: &'static str) -> Self {
        Self::new(name, key, ColumnType::Value(Kind::Date))
    }

    /// A column with the identifier of a row of `table`, with which the row is removed.
    pub const fn reference(name: &'static str, key: &'static str, table: &'static str) -> Self {
        Self::new(name, key, ColumnType::Reference(table))
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

    /// The value of a row that gives none.
    #[must_use]
    pub const fn or(self, default: ColumnDefault) -> Self {
        Self { default, ..self }
    }

    /// No answer shows it.
    #[must_use]
    pub const fn hidden(self) -> Self {
        Self { hidden: true, ..self }
    }

    /// It is there only with these switches of the table's feature.
    #[must_use]
    pub const fn when(self, when: RequiredSwitches) -> Self {
        Self { when, ..self }
    }
}
