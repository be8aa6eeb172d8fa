//! `[schema]`: the names of the tables and their columns (spec jwt-oauth-schema §5.4), with the additional fields and the
//! kind of identifiers. All code that needs the database's names and types asks here.
//! The keys are names of tables, which features and the configuration decide, so that this file reads them by hand.

use super::{
    database_url::{LONGEST, is_name},
    fields::{self, AdditionalFields, AllowedValues, Field},
    naming::STYLES,
    table::{self, Column, DefaultValue, Table},
    tables::MODELS,
};
use crate::{
    crypto::random::IdForm,
    declaration::{ColumnType, FeatureColumn, Kind},
    declarations::Features,
    options::Section,
    problem::Problems,
};

/// The tables of this deployment.
#[derive(Debug, Clone)]
pub struct Schema {
    /// The PostgreSQL schema, as `[database] schema_name` or a connection URL names it. None: the first one of the connection's search path.
    pub name: Option<String>,
    /// The maker and the type of identifiers.
    pub ids: Ids,
    /// In the order in which they are made.
    pub tables: Vec<Table>,
    /// `[database] stored_functions`: whether the database keeps statements as functions.
    pub stored_functions: bool,
    /// The additional fields, as requests see them.
    pub additional: AdditionalFields,
    /// Whether the statement that writes a new user also writes the user's organization.
    pub founds: bool,
    /// The receivers of each kind of event, as JSON: names of receivers by kind.
    pub receivers: String,
}

/// `[advanced.database] generate_id` (spec jwt-oauth-schema §5.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ids {
    /// Texts of this form, made by the service.
    Here(IdForm),
    /// UUIDs, made by the database.
    Uuid,
    /// Numbers, counted by the database.
    Serial,
    /// Values of any type, made by the default of each table's column.
    Database,
}

impl Schema {
    /// Every table, those of the features that are on among them, with the columns that features add, and without additional fields.
    pub(super) fn read(
        mut section: Section<'_>,
        name: Option<String>,
        ids: Ids,
        features: &Features,
        problems: &mut Problems,
    ) -> Self {
        if let Some(name) = name.as_deref().filter(|name| !is_name(name)) {
            problems.add(
                "database.schema_name",
                format!("`{name}` cannot be a schema; write a name of 1 to {LONGEST} bytes"),
            );
        }
        let naming = section.choice("naming", problems, STYLES).unwrap_or_default();
        let plural = section.boolean("plural", problems).unwrap_or(false);
        let mut read: Vec<(Table, String, bool)> = Vec::new();
        let mut extended = Vec::new();
        for model in MODELS.iter().chain(features.tables()) {
            let mut own = section.section(model.key, problems);
            if features.is_extensible(model.name) {
                extended.push((model.name, own.section("additional_fields", problems)));
            }
            let (place, named) = (own.place("model_name"), own.has("model_name"));
            let of_model = model.columns.iter().filter(|column| features.needs(model.name, column));
            let columns: Vec<_> = of_model.chain(features.columns(model.name).map(|added| &added.column)).collect();
            let table = table::read(model, &columns, own, (naming, plural), problems);
            if let Some((other, theirs, _)) = read.iter().find(|(other, ..)| other.name == table.name) {
                let text = format!(
                    "`{}` and `{}` cannot both be the table `{}`; write another `model_name` for one of them",
                    other.model, table.model, table.name
                );
                problems.add(if named { &place } else { theirs }, text);
            }
            read.push((table, place, named));
        }
        section.finish(problems);
        let mut schema = Self {
            name,
            ids,
            tables: read.into_iter().map(|(table, ..)| table).collect(),
            stored_functions: false,
            additional: AdditionalFields::default(),
            founds: features.is_on("sign_up.create_organization") && features.is_on("organization.enabled"),
            receivers: features.events.receivers_by_kind(),
        };
        for table in &schema.tables {
            let Some(fields) = schema.additional.of_mut(table.model) else { continue };
            let of_feature = |added: &FeatureColumn| Some(of_feature(added, table.column(added.column.name)?));
            fields.extend(features.columns(table.model).filter_map(of_feature));
        }
        for (model, section) in extended {
            schema.additional.of_features.insert(model, Vec::new());
            schema.read_additional(model, section, problems);
        }
        schema
    }

    /// Reads the additional fields of the table that better-auth calls `model`, and gives the table their columns.
    pub(super) fn read_additional(&mut self, model: &str, section: Section<'_>, problems: &mut Problems) {
        let Some(table) = self.tables.iter_mut().find(|table| table.model == model) else { return };
        let Some(kept) = self.additional.of_mut(model) else { return };
        let read = fields::read(section, table, problems);
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
        let (mut nowhere, problems) = (Section::empty(), &mut Problems::default());
        let features = Features::read(&mut nowhere, problems);
        Self::read(nowhere, None, Ids::Here(IdForm::Letters), &features, problems)
    }
}

impl Ids {
    /// The type of the columns of identifiers in PostgreSQL, in tables that `gatepost migrate` makes.
    pub fn sql(self) -> &'static str {
        match self {
            Self::Here(IdForm::UuidV4 | IdForm::UuidV7) | Self::Uuid | Self::Database => "uuid",
            Self::Here(_) => "text",
            Self::Serial => "integer",
        }
    }

    /// Whether the service makes identifiers.
    pub fn is_made_here(self) -> bool {
        matches!(self, Self::Here(_))
    }

    /// The form of the identifiers that the service makes: of all, or of those of which the database makes none.
    pub fn form(self) -> IdForm {
        match self {
            Self::Here(form) => form,
            Self::Uuid | Self::Serial | Self::Database => IdForm::Letters,
        }
    }
}

/// The column of a feature as requests see it.
fn of_feature(added: &FeatureColumn, column: &Column) -> Field {
    let kind = if let ColumnType::Value(kind) = column.holds { kind } else { Kind::Text };
    Field {
        name: column.field.clone(),
        column: column.name.clone(),
        kind,
        of: AllowedValues::Anything,
        required: Some(column.required),
        default: match &column.default {
            Some(DefaultValue::Always(value)) => Some(value.clone()),
            Some(DefaultValue::Now) | None => None,
        },
        input: added.input,
        returned: added.returned,
        unique: column.unique,
        index: column.indexed,
    }
}

fn of_ones_own(field: &Field) -> Column {
    Column {
        field: field.name.clone(),
        name: field.column.clone(),
        holds: ColumnType::Value(field.kind),
        // Left open it takes no null, as in better-auth.
        required: field.required != Some(false),
        unique: field.unique,
        indexed: field.index,
        default: field.default.clone().map(DefaultValue::Always),
        hidden: false,
    }
}
