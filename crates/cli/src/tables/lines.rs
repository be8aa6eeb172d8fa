//! Writes the lines of `gatepost.toml` that name tables and columns as the database does, in the short forms if these suffice.

use std::fmt::Write as _;

use gatepost_core::{
    config::{Naming, Schema, Source, Table},
    declaration::{Declaration, FeatureColumn},
    declarations,
};

use super::{mapping::Match, section};

/// The styles in which all tables might be named, the default first.
const STYLES: [(Naming, bool); 4] =
    [(Naming::Camel, false), (Naming::Snake, false), (Naming::Snake, true), (Naming::Camel, true)];

/// Writes the lines for these tables, and keeps configured names that follow no style. `None` if no lines can express the names.
pub(crate) fn toml(schema: &Schema, matches: &[Match<'_>], elsewhere: Option<&str>) -> Option<String> {
    let on = features(schema);
    let styles: Vec<Style> =
        STYLES.iter().map(|(naming, plural)| Style::of(*naming, *plural, &on)).collect::<Option<_>>()?;
    let written = styles.iter().map(|style| style.written(schema, matches, &styles));
    let (_, text) = written.min_by_key(|(lines, _)| *lines)?;
    Schema::load(Source { name: "gatepost.toml", text: &format!("{text}\n{on}") }).ok()?;
    // If the URL names a schema, the file cannot name another one.
    let too = if schema.name.is_some() { "   # the URL must name the same schema, or none" } else { "" };
    let other =
        elsewhere.map(|name| format!("[database]\nschema_name = {}{too}\n\n", quoted(name))).unwrap_or_default();
    Some(format!("{other}{text}").trim_end().to_owned())
}

/// The lines that switch on the features whose tables and columns the schema has.
fn features(schema: &Schema) -> String {
    let has_table = |feature: &Declaration| feature.tables.iter().any(|one| schema.table(one.model.name).is_some());
    let has_column = |feature: &Declaration| {
        let has =
            |one: &FeatureColumn| schema.table(one.table).is_some_and(|table| table.column(one.column.name).is_some());
        feature.columns.iter().any(has)
    };
    let on = declarations::ALL.iter().filter(|feature| has_table(feature) || has_column(feature));
    on.map(|feature| format!("[{}]\nenabled = true\n", feature.name)).collect()
}

/// The names that all tables and columns have in a style.
struct Style {
    naming: Naming,
    plural: bool,
    schema: Schema,
}

impl Style {
    fn of(naming: Naming, plural: bool, on: &str) -> Option<Self> {
        let text = format!("{}\n{on}", head(naming, plural));
        let schema = Schema::load(Source { name: "gatepost.toml", text: &text }).ok()?;
        Some(Self { naming, plural, schema })
    }

    /// Writes the lines with this style as the default, and returns their cost with them.
    fn written(&self, schema: &Schema, matches: &[Match<'_>], all: &[Self]) -> (usize, String) {
        let mut text = head(self.naming, self.plural);
        let mut below = String::new();
        for table in &schema.tables {
            let found = matches.iter().find(|found| found.table.model == table.model);
            let name = found.map_or_else(|| kept(all, table, None), |found| Some(found.name));
            let renamed = name.filter(|name| self.schema.table(table.model).is_none_or(|own| own.name != **name));
            let columns: Vec<(&str, &str)> = table
                .columns
                .iter()
                .filter_map(|column| {
                    let field = column.field.as_str();
                    let there = found.and_then(|found| found.columns.get(field).copied());
                    Some((field, there.or_else(|| kept(all, table, Some(field)))?))
                })
                .collect();
            let own = columns.iter().filter(|(field, _)| is_additional(schema, table, field));
            for (field, name) in own.filter(|(field, name)| self.naming.name(field) != **name) {
                let model = table.model;
                let _ = writeln!(below, "# in [{model}.additional_fields], for {field}: field_name = {}", quoted(name));
            }
            let other = if self.naming == Naming::Snake { Naming::Camel } else { Naming::Snake };
            let of_model: Vec<_> = columns.iter().filter(|(field, _)| !is_additional(schema, table, field)).collect();
            let differing = |naming: Naming| {
                let styled = move |field: &str| if field == "id" { "id".to_owned() } else { naming.name(field) };
                of_model.iter().filter(move |(field, name)| styled(field) != *name).collect::<Vec<_>>()
            };
            let differing_here = differing(self.naming);
            let in_other_style = differing_here.len() > 1 && differing(other).is_empty();
            if renamed.is_none() && differing_here.is_empty() {
                continue;
            }
            let _ = writeln!(text, "\n[schema.{}]", section(table));
            if let Some(name) = renamed {
                let _ = writeln!(text, "model_name = {}", quoted(name));
            }
            if in_other_style {
                let _ = writeln!(text, "fields = \"{}\"", called(other));
            } else if !differing_here.is_empty() {
                let fields: Vec<_> = differing_here
                    .into_iter()
                    .map(|(field, name)| format!("{} = {}", Naming::Snake.name(field), quoted(name)))
                    .collect();
                let _ = writeln!(text, "fields = {{ {} }}", fields.join(", "));
            }
        }
        let cost = text.lines().count() + text.matches(" = ").count();
        let below = if below.is_empty() { below } else { format!("\n{below}") };
        (cost, (text + &below).trim_start().to_owned())
    }
}

/// Returns the configured name of a table or a column if it follows no style.
fn kept<'a>(styles: &[Style], table: &'a Table, field: Option<&str>) -> Option<&'a str> {
    let name_in = |table: &'a Table| match field {
        None => Some(table.name.as_str()),
        Some(field) => table.column(field).map(|column| column.name.as_str()),
    };
    let name = name_in(table)?;
    let styled = styles.iter().any(|style| {
        let own = style.schema.table(table.model);
        own.is_some_and(|own| match field {
            None => own.name == name,
            Some(field) => style.naming.name(field) == name,
        })
    });
    (!styled).then_some(name)
}

fn is_additional(schema: &Schema, table: &Table, field: &str) -> bool {
    let mut of_features = gatepost_core::declarations::ALL.iter().flat_map(|feature| feature.columns);
    let is_of_feature = of_features.any(|added| added.table == table.model && added.column.name == field);
    !is_of_feature && schema.additional.of(table.model).iter().any(|own| own.name == field)
}

/// The lines of `[schema]` itself; empty if they are the defaults.
fn head(naming: Naming, plural: bool) -> String {
    let naming = (naming != Naming::Camel).then(|| format!("naming = \"{}\"\n", called(naming)));
    let plural = plural.then(|| "plural = true\n".to_owned());
    let lines: String = naming.into_iter().chain(plural).collect();
    if lines.is_empty() { lines } else { format!("[schema]\n{lines}") }
}

fn called(naming: Naming) -> &'static str {
    if naming == Naming::Snake { "snake_case" } else { "camelCase" }
}

/// Quotes a text for TOML, in which quoted texts have the form of JSON.
pub(super) fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_quoted_as_toml_has_it() {
        let text = format!("[schema.user]\nmodel_name = {}\n", quoted("the \"people\"\n\\ü"));
        let schema = Schema::load(Source { name: "", text: &text }).unwrap();
        assert_eq!(schema.table("user").unwrap().name, "the \"people\"\n\\ü");
    }

    #[test]
    fn tables_of_features_that_are_on_are_named_too() {
        let load = |text: &str| Schema::load(Source { name: "", text }).unwrap();
        let on = "[two_factor]\nenabled = true\n[username]\nenabled = true\n";
        let (schema, snake) = (load(on), load(&format!("[schema]\nnaming = \"snake_case\"\n{on}")));
        let matched = |table: &'static Table, there: &'static Table| Match {
            table,
            name: &there.name,
            columns: table
                .columns
                .iter()
                .zip(&there.columns)
                .map(|(a, b)| (a.field.as_str(), b.name.as_str()))
                .collect(),
        };
        let (schema, snake): (&'static Schema, &'static Schema) =
            (Box::leak(Box::new(schema)), Box::leak(Box::new(snake)));
        let matches: Vec<_> =
            schema.tables.iter().map(|table| matched(table, snake.table(table.model).unwrap())).collect();
        assert_eq!(toml(schema, &matches, None).as_deref(), Some("[schema]\nnaming = \"snake_case\""));
    }
}
