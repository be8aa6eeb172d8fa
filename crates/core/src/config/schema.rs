//! `[schema]`: what the tables and their columns are called (spec jwt-oauth-schema §5.4), with the additional fields and the
//! kind of identifiers. Whatever speaks to the database about names and types asks here.

use serde_json::Value;

use super::{
    Account, AdditionalFields, Features, Field, Kind, Problems, Session, Source, User, Variables, database,
    database_url::{LONGEST, is_name},
    fields::{self, Of},
    naming::{Naming, STYLES},
    reader::{self, Section},
    secondary_storage::Beside,
    tables::{Added, Given, MODELS, Model, Plain},
};

/// The tables of this deployment.
#[derive(Debug, Clone)]
pub struct Schema {
    /// The PostgreSQL schema, as `[database] schema_name` or a connection URL names it. None: the first one of the connection's search path.
    pub name: Option<String>,
    /// Who makes identifiers, and of what type they are.
    pub ids: Ids,
    /// In the order in which they are made.
    pub tables: Vec<Table>,
    /// The columns of one's own, as requests see them.
    pub additional: AdditionalFields,
}

/// `[advanced.database] generate_id` (spec jwt-oauth-schema §5.3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ids {
    /// Texts of 32 letters and digits, made here.
    #[default]
    Text,
    /// UUIDs, made by the database.
    Uuid,
    /// Numbers, counted by the database.
    Serial,
}

/// A table.
#[derive(Debug, Clone)]
pub struct Table {
    /// What better-auth calls it where nobody gave it another name.
    pub model: &'static str,
    /// What it is called.
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
    /// What it is called.
    pub name: String,
    /// What it holds.
    pub holds: Holds,
    /// Whether it takes no null.
    pub required: bool,
    /// Whether no two rows have the same.
    pub unique: bool,
    /// Whether rows are looked up by it.
    pub indexed: bool,
    /// What stands there where nothing is given.
    pub default: Option<Otherwise>,
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

/// What stands in a column where nothing is given.
#[derive(Debug, Clone, PartialEq)]
pub enum Otherwise {
    /// The time of the insert.
    Now,
    /// Always this. The service writes it itself; the database needs it only for rows that are there already.
    Always(Value),
}

impl Schema {
    /// Reads only this out of a file: for whoever works on the tables and needs nothing else of the configuration.
    ///
    /// # Errors
    /// Every problem there is in it.
    pub fn load(source: Source<'_>) -> Result<Self, Problems> {
        Self::of_deployment(source, &Variables::default())
    }

    /// The same, in the PostgreSQL schema that the connection URLs of `variables` name where the file names none.
    ///
    /// # Errors
    /// The same, and where the two name different ones.
    pub fn of_deployment(source: Source<'_>, variables: &Variables) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let table = reader::parse(source, &mut problems);
        let mut root = Section::root(source, table.as_ref().map(|table| table.get_ref()));
        let name = root.section("database", &mut problems).text("schema_name", &mut problems);
        let name = database::schema_name(name, variables, &mut problems);
        let ids = Ids::read(&mut root.section("advanced", &mut problems), &mut problems);
        let features = Features::read(&mut root, &mut problems);
        let added = features.columns();
        let mut read = Self::read(root.section("schema", &mut problems), name, ids, &added, &mut problems);
        User::read(root.section("user", &mut problems), &mut read, &mut problems);
        Session::read(root.section("session", &mut problems), &mut read, false, &mut problems);
        Account::read(root.section("account", &mut problems), &mut read, false, false, &mut problems);
        let unused = Beside::read(&mut root.again()).tables();
        if problems.0.is_empty() { Ok(read.without(&unused).without(features.unused_tables())) } else { Err(problems) }
    }

    /// Every table with the columns that features add, without additional fields.
    pub(super) fn read(
        mut section: Section<'_>,
        name: Option<String>,
        ids: Ids,
        added: &[Added],
        problems: &mut Problems,
    ) -> Self {
        if let Some(name) = name.as_deref().filter(|name| !is_name(name)) {
            problems.add("database.schema_name", format!("`{name}` cannot be a schema: 1 to {LONGEST} bytes"));
        }
        let naming = section.choice("naming", problems, STYLES).unwrap_or_default();
        let plural = section.boolean("plural", problems).unwrap_or(false);
        let mut read: Vec<(Table, String, bool)> = Vec::new();
        for model in MODELS {
            let own = section.section(model.key, problems);
            let (place, named) = (own.place("model_name"), own.has("model_name"));
            let added = if model.name == "user" { added } else { &[] };
            let table = table(&model, added, own, (naming, plural), problems);
            if let Some((other, theirs, _)) = read.iter().find(|(other, ..)| other.name == table.name) {
                let text = format!("`{}` and `{}` cannot both be the table `{}`", other.model, table.model, table.name);
                problems.add(if named { &place } else { theirs }, text);
            }
            read.push((table, place, named));
        }
        section.finish(problems);
        let tables: Vec<Table> = read.into_iter().map(|(table, ..)| table).collect();
        let user = tables.iter().find(|table| table.model == "user");
        let of_feature = |added: &Added| Some(of_feature(added, user?.column(added.column.name)?));
        let user = added.iter().filter_map(of_feature).collect();
        Self { name, ids, tables, additional: AdditionalFields { user, ..AdditionalFields::default() } }
    }

    /// Reads the additional fields of the table that better-auth calls `model`, and gives the table their columns.
    pub(super) fn read_additional(&mut self, model: &str, section: Section<'_>, problems: &mut Problems) {
        let Some(table) = self.tables.iter_mut().find(|table| table.model == model) else { return };
        let (kept, taken) = match model {
            "user" => (&mut self.additional.user, fields::USER),
            "account" => (&mut self.additional.account, fields::ACCOUNT),
            _ => (&mut self.additional.session, fields::SESSION),
        };
        let read = fields::read(section, taken, table, problems);
        table.columns.extend(read.iter().map(of_ones_own));
        kept.extend(read);
    }

    /// Removes the tables that better-auth calls so.
    pub(super) fn without(mut self, unused: &[&str]) -> Self {
        self.tables.retain(|table| !unused.contains(&table.model));
        self
    }

    /// The table that better-auth calls `model`.
    pub fn table(&self, model: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.model == model)
    }
}

impl Default for Schema {
    fn default() -> Self {
        let nowhere = Section::root(Source { name: "", text: "" }, None);
        Self::read(nowhere, None, Ids::Text, &[], &mut Problems::default()).without(&["twoFactor"])
    }
}

impl Table {
    /// The column that better-auth calls `field`.
    pub fn column(&self, field: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.field == field)
    }
}

impl Ids {
    /// Reads it out of `[advanced]`.
    pub(super) fn read(advanced: &mut Section<'_>, problems: &mut Problems) -> Self {
        let mut section = advanced.section("database", problems);
        let read = section.choice("generate_id", problems, &[("uuid", Self::Uuid), ("serial", Self::Serial)]);
        section.finish(problems);
        read.unwrap_or_default()
    }

    /// The type of identifiers in PostgreSQL.
    pub fn sql(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Uuid => "uuid",
            Self::Serial => "integer",
        }
    }
}

/// A table with the names that its section gives it, and the others in the naming style.
fn table(
    model: &Model,
    added: &[Added],
    mut section: Section<'_>,
    (naming, plural): (Naming, bool),
    problems: &mut Problems,
) -> Table {
    let name = section.text("model_name", problems).unwrap_or_else(|| naming.table(model, plural));
    if !is_name(&name) {
        let text = format!("`{name}` cannot be a table: 1 to {LONGEST} bytes");
        problems.add(section.place("model_name"), text);
    }
    let (mut fields, style) = section.section_or("fields", problems, STYLES);
    let naming = style.unwrap_or(naming);
    let mut columns = vec![Column {
        field: "id".to_owned(),
        name: "id".to_owned(),
        holds: Holds::Id,
        required: true,
        unique: false,
        indexed: false,
        default: None,
    }];
    let mut keys = vec!["id"];
    for plain in model.fields.iter().chain(added.iter().map(|added| &added.column)) {
        let given = fields.text(plain.key, problems);
        let column = of_model(plain, given.unwrap_or_else(|| naming.column(plain).to_owned()));
        if !is_name(&column.name) {
            let text = format!("`{}` cannot be a column: 1 to {LONGEST} bytes", column.name);
            problems.add(fields.place(plain.key), text);
        } else if let Some(other) = columns.iter().position(|other| other.name == column.name) {
            // Of the two, at least one was given its name.
            let key = if fields.has(plain.key) { plain.key } else { keys.get(other).unwrap_or(&plain.key) };
            problems.add(fields.place(key), format!("two fields have the column `{}`", column.name));
        }
        keys.push(plain.key);
        columns.push(column);
    }
    fields.finish(problems);
    section.finish(problems);
    Table { model: model.name, name, naming, columns }
}

fn of_model(plain: &Plain, name: String) -> Column {
    Column {
        field: plain.name.to_owned(),
        name,
        holds: plain.holds,
        required: plain.required,
        unique: plain.unique,
        indexed: plain.indexed,
        default: match plain.otherwise {
            Some(Given::Flag(flag)) => Some(Otherwise::Always(flag.into())),
            Some(Given::Number(number)) => Some(Otherwise::Always(number.into())),
            None => plain.now.then_some(Otherwise::Now),
        },
    }
}

/// The column of a feature as requests see it.
fn of_feature(added: &Added, column: &Column) -> Field {
    let kind = if let Holds::Value(kind) = column.holds { kind } else { Kind::Text };
    Field {
        name: column.field.clone(),
        column: column.name.clone(),
        kind,
        of: Of::Anything,
        required: Some(column.required),
        default: match &column.default {
            Some(Otherwise::Always(value)) => Some(value.clone()),
            _ => None,
        },
        input: added.input,
        returned: true,
        unique: column.unique,
        index: column.indexed,
    }
}

fn of_ones_own(field: &Field) -> Column {
    Column {
        field: field.name.clone(),
        name: field.column.clone(),
        holds: Holds::Value(field.kind),
        // Left open it takes no null, as in better-auth.
        required: field.required != Some(false),
        unique: field.unique,
        indexed: field.index,
        default: field.default.clone().map(Otherwise::Always),
    }
}
