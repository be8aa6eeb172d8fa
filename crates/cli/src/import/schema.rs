//! The names of tables and columns, and the kind of identifiers: from the schema of Drizzle or Prisma, or from better-auth's own
//! options.

use std::collections::BTreeMap;

use gatepost_core::config::{Schema, Source};
use gatepost_import::{
    drizzle::{self, Casing},
    tables::Table,
    value::{Entry as Item, Value, ValueKind},
};

use super::{carry::Carrier, report::Class, storage::Kind};
use crate::tables::{lines, mapping::Match};

/// The models of the core that a project's schema names.
const MODELS: [&str; 4] = ["user", "session", "account", "verification"];

/// The tables of the project, as far as they are known.
pub(super) struct Names {
    tables: BTreeMap<String, Table>,
    /// Whether the names in the options are the database's own.
    by_options: bool,
    /// better-auth's names of columns that have other properties, by model.
    renamed: BTreeMap<String, BTreeMap<String, String>>,
    style: Schema,
}

impl Names {
    /// The column of a property of a model.
    pub(super) fn column(&self, model: &str, property: &str) -> Option<String> {
        match self.tables.get(model) {
            Some(table) => table.column(property).map(|column| column.name.clone()),
            None => self.by_options.then(|| property.to_owned()),
        }
    }

    /// Whether the model's table is known.
    pub(super) fn is_known(&self, model: &str) -> bool {
        self.tables.contains_key(model)
    }

    /// Whether the model's table has a column.
    pub(super) fn has(&self, model: &str, column: &str) -> bool {
        self.tables.get(model).is_some_and(|table| table.columns.iter().any(|own| own.name == column))
    }

    /// The field of better-auth's core that has a column.
    pub(super) fn core_field(&self, model: &str, column: &str) -> Option<String> {
        let schema = Schema::default();
        let table = schema.table(model)?;
        let renamed = self.renamed.get(model);
        let fields = table.columns.iter().map(|own| own.field.as_str());
        let mut fields = fields.filter(|field| {
            let property = renamed.and_then(|renamed| renamed.get(*field)).map_or(*field, String::as_str);
            self.column(model, property).as_deref() == Some(column)
        });
        fields.next().map(str::to_owned)
    }

    /// The column of an additional field that names none, in the style of the model's table.
    pub(super) fn style(&self, model: &str, field: &str) -> String {
        self.style.table(model).map_or_else(|| field.to_owned(), |table| table.naming.name(field))
    }
}

/// Finds the tables of the project and the lines that name them.
pub(super) fn names(carrier: &Carrier<'_>) -> Names {
    let (tables, by_options) = tables(carrier);
    let renamed = MODELS.map(|model| (model.to_owned(), renamed(carrier, model))).into_iter().collect();
    let text = lines_of(carrier, &tables, by_options);
    let style = Schema::load(Source { name: "gatepost.toml", text: &text }).unwrap_or_default();
    Names { tables, by_options, renamed, style }
}

/// The options `fields` of a model, as far as they are known.
fn renamed(carrier: &Carrier<'_>, model: &str) -> BTreeMap<String, String> {
    let mut renamed = BTreeMap::new();
    for fields in given(carrier, model, "fields") {
        let members = fields.object().map(|object| object.holding()).unwrap_or_default();
        renamed.extend(members.into_iter().filter_map(|one| Some((one.key.clone(), one.value.text()?.to_owned()))));
    }
    renamed
}

/// The values of an option of a model: that of better-auth, and those in the option `schema` of plugins.
fn given(carrier: &Carrier<'_>, model: &str, key: &str) -> Vec<Value> {
    let own = carrier.at(&format!("{model}.{key}")).cloned();
    let plugins = carrier.option("plugins").map(Carrier::items).unwrap_or_default();
    let of_plugin = |item: Item| match item {
        Item::One(plugin) => plugin.call()?.1.arguments.first()?.get("schema")?.get(model)?.get(key).cloned(),
        Item::Spread(_) => None,
    };
    own.into_iter().chain(plugins.into_iter().filter_map(of_plugin)).collect()
}

/// The tables of the models, and whether the names in the options are the database's own.
pub(super) fn tables(carrier: &Carrier<'_>) -> (BTreeMap<String, Table>, bool) {
    let mut found = BTreeMap::new();
    let Some(database) = carrier.option("database") else { return (found, true) };
    let plural = adapter_option(database, "usePlural").and_then(|value| value.truth()) == Some(true);
    match super::storage::kind(carrier, database) {
        Kind::Drizzle => {
            let client = adapter_client(database).and_then(drizzle::database);
            let casing = client.as_ref().map_or(Casing::Property, |client| client.casing);
            let schema = adapter_option(database, "schema").cloned().or(client.and_then(|client| client.schema));
            let Some(schema) = schema else { return (found, false) };
            for model in models(carrier) {
                let name = model_name(carrier, &model);
                let keys = if plural { vec![format!("{name}s"), name.clone()] } else { vec![name.clone()] };
                let value = keys.iter().find_map(|key| schema.get(key));
                if let Some(table) = value.and_then(|value| drizzle::table(&carrier.project.reader, value, casing)) {
                    found.insert(model, table);
                }
            }
            (found, false)
        }
        Kind::Prisma => {
            let Some(prisma) = &carrier.project.prisma else { return (found, false) };
            for model in models(carrier) {
                let name = model_name(carrier, &model);
                let keys = if plural { vec![format!("{name}s"), name.clone()] } else { vec![name.clone()] };
                if let Some(one) = keys.iter().find_map(|key| prisma.model(key)) {
                    found.insert(model, one.table.clone());
                }
            }
            (found, false)
        }
        _ => (found, true),
    }
}

/// The models that may have tables: those of the core and of features.
fn models(_: &Carrier<'_>) -> Vec<String> {
    let of_features = gatepost_core::declarations::ALL.iter().flat_map(|feature| feature.tables);
    let of_features = of_features.map(|table| table.model.name.to_owned());
    let of_core = Schema::default().tables.iter().map(|table| table.model.to_owned()).collect::<Vec<_>>();
    let mut all = of_core;
    all.extend(of_features);
    all.dedup();
    all
}

fn model_name(carrier: &Carrier<'_>, model: &str) -> String {
    let given = given(carrier, model, "modelName");
    given.first().and_then(Value::text).map_or_else(|| model.to_owned(), str::to_owned)
}

/// An option of an adapter.
pub(super) fn adapter_option<'a>(database: &'a Value, key: &str) -> Option<&'a Value> {
    let (_, called) = database.call()?;
    called.arguments.iter().find_map(|argument| argument.get(key))
}

/// The client that an adapter was given.
fn adapter_client(database: &Value) -> Option<&Value> {
    database.call()?.1.arguments.first()
}

/// The lines of `[schema]`.
fn lines_of(carrier: &Carrier<'_>, tables: &BTreeMap<String, Table>, by_options: bool) -> String {
    // The features that are on bring tables and columns of their own.
    let on: String = gatepost_core::declarations::ALL
        .iter()
        .filter(|feature| carrier.draft.value(feature.name, "enabled") == Some("true"))
        .map(|feature| format!("[{}]\nenabled = true\n", feature.name))
        .collect();
    let schema = Schema::load(Source { name: "gatepost.toml", text: &on }).unwrap_or_default();
    let mut named: Vec<(&gatepost_core::config::Table, String, BTreeMap<&str, String>)> = Vec::new();
    for table in &schema.tables {
        let renamed = renamed(carrier, table.model);
        let property = |field: &str| renamed.get(field).cloned().unwrap_or_else(|| field.to_owned());
        match tables.get(table.model) {
            Some(own) => {
                let columns = table.columns.iter().filter_map(|column| {
                    let name = own.column(&property(&column.field)).map(|found| found.name.clone())?;
                    Some((column.field.as_str(), name))
                });
                named.push((table, own.name.clone(), columns.collect()));
            }
            None if by_options => {
                let columns = table.columns.iter().map(|column| (column.field.as_str(), property(&column.field)));
                named.push((table, model_name(carrier, table.model), columns.collect()));
            }
            None => {}
        }
    }
    let matches: Vec<Match<'_>> = named
        .iter()
        .map(|(table, name, columns)| Match {
            table,
            name,
            columns: columns.iter().map(|(field, name)| (*field, name.as_str())).collect(),
        })
        .collect();
    lines::toml(&schema, &matches, None).unwrap_or_default()
}

/// Writes the lines of `[schema]` and of the PostgreSQL schema, and says what the tables are.
pub(super) fn write(carrier: &mut Carrier<'_>) {
    if carrier.option("database").is_none() {
        return;
    }
    let (tables, by_options) = tables(carrier);
    carrier.draft.schema = lines_of(carrier, &tables, by_options);
    let in_storage = carrier.option("secondaryStorage").is_some();
    if tables.is_empty() {
        let origin = match (by_options, &carrier.project.prisma) {
            (true, _) => {
                "no schema of the project names the tables: better-auth's own names are assumed; --database checks them"
            }
            (false, _) => {
                "the project's schema is not found: better-auth's own names are assumed; --database checks them"
            }
        };
        carrier.tables.push(origin.to_owned());
        let is_adapter = !by_options;
        if let Some(database) = carrier.option("database").filter(|_| is_adapter) {
            carrier.add("database (schema)", database.at, Class::NotUnderstood, origin);
        }
        return;
    }
    let mut schemas: Vec<String> = Vec::new();
    let mut renamed_ids: Vec<(String, String)> = Vec::new();
    for model in MODELS {
        match tables.get(model) {
            Some(table) => {
                let schema = table.schema.as_ref().map(|schema| format!("{schema}.")).unwrap_or_default();
                let id = table.column("id");
                let other = id.filter(|id| id.name != "id").map(|id| (id.name.clone(), table.name.clone()));
                let kind = id.map(|id| format!(", identifiers {}", id.kind)).unwrap_or_default();
                carrier.tables.push(format!("{model} is {schema}{}{kind}", table.name));
                renamed_ids.extend(other);
                schemas.extend(
                    table.schema.clone().filter(|name| !schemas.contains(name)).into_iter().collect::<Vec<_>>(),
                );
            }
            None if in_storage && matches!(model, "session" | "verification") => {
                carrier.tables.push(format!("{model} has no table: it is in the secondary storage"));
            }
            None => {
                let says = format!("the project's schema has no table for {model}; `gatepost migrate` makes it");
                carrier.tables.push(says);
            }
        }
    }
    if let (false, Some(database)) = (renamed_ids.is_empty(), carrier.option("database")) {
        let places: Vec<_> = renamed_ids.iter().map(|(column, table)| format!("`{column}` of `{table}`")).collect();
        let says = format!(
            "gatepost reads identifiers from columns `id`, and these have other names: {}; rename the columns in the database and keep the \
             names in the code",
            places.join(", ")
        );
        carrier.add("database (identifiers)", database.at, Class::NotPossible, says).blocks = true;
    }
    // The table of users decides: one PostgreSQL schema holds for all tables.
    let of_users = tables.get("user").and_then(|table| table.schema.clone());
    if let Some(schema) = of_users.or_else(|| schemas.first().cloned()) {
        carrier.line("database", "schema_name", &super::draft::quoted(&schema), None);
        for model in MODELS {
            let other = tables.get(model).and_then(|table| table.schema.clone()).filter(|other| *other != schema);
            if let Some(other) = other {
                let says = format!(
                    "{model} is in the schema {other}, and one schema_name holds for all tables: `gatepost migrate` makes it in {schema}"
                );
                carrier.tables.push(says);
            }
        }
    }
}

/// An option that names a table or its columns.
pub(super) fn named(carrier: &mut Carrier<'_>, path: &str, value: &Value) {
    let is_known = match &value.what {
        ValueKind::Text(_) => true,
        ValueKind::Object(object) => {
            object.unknown.is_empty() && object.members.iter().all(|member| member.value.text().is_some())
        }
        _ => false,
    };
    if !is_known {
        return carrier.not_understood(path, value);
    }
    let model = path.split('.').next().unwrap_or_default().to_owned();
    let (tables, by_options) = tables(carrier);
    let says = match (tables.get(&model), by_options) {
        (Some(table), _) => format!("the project's schema says what it is in the database: the table `{}`", table.name),
        (None, true) => "the names in the database".to_owned(),
        (None, false) => {
            return carrier.not_understood(
                path,
                &Value::unknown(
                    value.at,
                    "the project's schema is not found, which says what the names are in the database",
                ),
            );
        }
    };
    let key = if model == "rateLimit" { "rate_limit" } else { &model };
    carrier.add(path, value.at, Class::Carried, says).key = Some(format!("schema.{key}"));
}

/// The option `schema` of a plugin.
pub(super) fn of_plugin(carrier: &mut Carrier<'_>, shown: &str, value: &Value) {
    // The models of which a section takes additional fields, and the key of each.
    const WITH_FIELDS: [(&str, &str); 5] = [
        ("organization", "organization"),
        ("member", "member"),
        ("invitation", "invitation"),
        ("team", "team"),
        ("organizationRole", "organization_role"),
    ];
    let Some(models) = value.object() else { return carrier.not_understood(shown, value) };
    let (tables, by_options) = tables(carrier);
    let is_known = by_options || !tables.is_empty();
    for model in models.holding() {
        let key = WITH_FIELDS.iter().find(|(name, _)| *name == model.key).map(|(_, key)| *key);
        let options = model.value.object().map(|object| object.holding().into_iter().cloned().collect::<Vec<_>>());
        for option in options.unwrap_or_default() {
            let shown = format!("{shown}.{}.{}", model.key, option.key);
            match (option.key.as_str(), key) {
                ("additionalFields", Some(key)) => {
                    let section = format!("schema.{key}.additional_fields");
                    super::fields::read_into(carrier, &model.key, (&shown, &section), &option.value);
                }
                ("modelName" | "fields", _) if is_known => {
                    let says = "`[schema]` has the names in the database";
                    carrier.add(&shown, option.at, Class::Carried, says);
                }
                ("modelName" | "fields", _) => {
                    let says = format!(
                        "write these names into `[schema.{}]`, as docs/CONFIGURATION.md has it",
                        key.unwrap_or(&model.key)
                    );
                    carrier.add(&shown, option.at, Class::NotUnderstood, says);
                }
                _ => carrier.not_understood(&shown, &option.value),
            }
        }
        if model.value.object().is_none() {
            carrier.not_understood(&format!("{shown}.{}", model.key), &model.value);
        }
    }
    for unknown in &models.unknown {
        carrier.not_understood(&format!("{shown}..."), unknown);
    }
}
