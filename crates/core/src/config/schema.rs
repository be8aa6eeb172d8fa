//! `[schema]`: what the tables and their columns are called (spec jwt-oauth-schema §5.4), with the columns of one's own and
//! the kind of identifiers. Whoever speaks to the database about names and types asks here.

use serde_json::Value;

use super::{
    Account, AdditionalFields, Field, Kind, Problems, Session, Source, User, Variables, database,
    database_url::{LONGEST, is_name},
    reader::{self, Section},
    secondary_storage::Beside,
    tables::{MODELS, Model, Plain},
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
        let mut additional = AdditionalFields::default();
        User::read(root.section("user", &mut problems), &mut additional.user, &mut problems);
        Session::read(root.section("session", &mut problems), &mut additional.session, false, &mut problems);
        Account::read(root.section("account", &mut problems), &mut additional.account, false, false, &mut problems);
        let name = root.section("database", &mut problems).text("schema_name", &mut problems);
        let name = database::schema_name(name, variables, &mut problems);
        let ids = Ids::read(&mut root.section("advanced", &mut problems), &mut problems);
        let unused = Beside::read(&mut root.again()).tables();
        let read = Self::read(root.section("schema", &mut problems), name, ids, additional, &unused, &mut problems);
        if problems.0.is_empty() { Ok(read) } else { Err(problems) }
    }

    pub(super) fn read(
        mut section: Section<'_>,
        name: Option<String>,
        ids: Ids,
        additional: AdditionalFields,
        unused: &[&str],
        problems: &mut Problems,
    ) -> Self {
        if let Some(name) = name.as_deref().filter(|name| !is_name(name)) {
            problems.add("database.schema_name", format!("`{name}` cannot be a schema: 1 to {LONGEST} bytes"));
        }
        let mut tables: Vec<Table> = Vec::new();
        for model in MODELS {
            let own: &[Field] = match model.name {
                "user" => &additional.user,
                "session" => &additional.session,
                "account" => &additional.account,
                _ => &[],
            };
            let (place, table) = table(&model, section.section(model.key, problems), own, problems);
            if let Some(other) = tables.iter().find(|other| other.name == table.name) {
                let text = format!("`{}` and `{}` cannot both be the table `{}`", other.model, table.model, table.name);
                problems.add(place, text);
            }
            if !unused.contains(&table.model) {
                tables.push(table);
            }
        }
        section.finish(problems);
        Self { name, ids, tables, additional }
    }

    /// The table that better-auth calls `model`.
    pub fn table(&self, model: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.model == model)
    }
}

impl Default for Schema {
    fn default() -> Self {
        let nowhere = Section::root(Source { name: "", text: "" }, None);
        Self::read(nowhere, None, Ids::Text, AdditionalFields::default(), &[], &mut Problems::default())
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

/// A table with the names that its section gives it, and where it says so.
fn table(model: &Model, mut section: Section<'_>, own: &[Field], problems: &mut Problems) -> (String, Table) {
    let given = section.text("model_name", problems);
    let place = section.place("model_name");
    let name = given.unwrap_or_else(|| model.name.to_owned());
    if !is_name(&name) {
        problems.add(place.clone(), format!("`{name}` cannot be a table: 1 to {LONGEST} bytes"));
    }
    let mut fields = section.section("fields", problems);
    let mut columns = vec![Column {
        field: "id".to_owned(),
        name: "id".to_owned(),
        holds: Holds::Id,
        required: true,
        unique: false,
        indexed: false,
        default: None,
    }];
    for plain in model.fields {
        let given = fields.text(plain.key, problems);
        let column = of_model(plain, given);
        if !is_name(&column.name) {
            let text = format!("`{}` cannot be a column: 1 to {LONGEST} bytes", column.name);
            problems.add(fields.place(plain.key), text);
        } else if columns.iter().any(|other| other.name == column.name) {
            problems.add(fields.place(plain.key), format!("two fields have the column `{}`", column.name));
        }
        columns.push(column);
    }
    for field in own {
        // The field's own section has said what else is wrong with it.
        let renamed = model.fields.iter().zip(columns.iter().skip(1)).find(|(_, column)| column.name == field.column);
        if let Some((plain, _)) = renamed {
            let text = format!("`{}` is the column of a field of one's own already", field.column);
            problems.add(fields.place(plain.key), text);
        }
        columns.push(of_ones_own(field));
    }
    fields.finish(problems);
    section.finish(problems);
    (place, Table { model: model.name, name, columns })
}

fn of_model(plain: &Plain, name: Option<String>) -> Column {
    Column {
        field: plain.name.to_owned(),
        name: name.unwrap_or_else(|| plain.name.to_owned()),
        holds: plain.holds,
        required: plain.required,
        unique: plain.unique,
        indexed: plain.indexed,
        default: plain.now.then_some(Otherwise::Now),
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
