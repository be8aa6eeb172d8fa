//! Changes of a table that the project that owns it can make: each keeps every row, and other programs work as before.

use gatepost_core::store::written::quoted;

use super::{
    fit::TEXTS,
    found::{Column, FoundTables},
};

fn altered(found: &FoundTables, table: &str, column: &str, change: &str) -> String {
    format!("`alter table {}.{} alter column {} {change}`", quoted(&found.schema), quoted(table), quoted(column))
}

/// Lets a column of texts take any length, and with an identifier the columns that refer to it.
pub fn widened(found: &FoundTables, table: &str, column: &str) -> String {
    let mut all = vec![altered(found, table, column, "type text")];
    let others = found
        .relations
        .iter()
        .flat_map(|(name, relation)| relation.columns.iter().map(move |(column, it)| (name, column, it)));
    let referring =
        others.filter(|(_, _, it)| column == "id" && it.references.as_deref() == Some(table) && it.length.is_some());
    all.extend(referring.map(|(name, column, _)| altered(found, name, column, "type text")));
    format!(
        "the project that owns the table should let the column take texts of any length, which changes no value and nothing for other \
         programs: {}",
        all.join(", then ")
    )
}

/// Gives a column a default that other programs do not notice; where `each` row needs another value, one that differs.
pub fn default(found: &FoundTables, table: &str, name: &str, column: &Column, each: bool) -> String {
    let is_text = TEXTS.contains(&column.kind.as_str()) && column.length.is_none_or(|length| length >= 36);
    let value = match column.kind.as_str() {
        "uuid" if each => "gen_random_uuid()",
        _ if each && is_text && column.labels.is_empty() => "gen_random_uuid()::text",
        _ => "…",
    };
    let differing = if each { " that differs for each row" } else { "" };
    format!(
        "the project that owns the table should give the column a default{differing}, which changes nothing for a service that writes \
         it: {}",
        altered(found, table, name, &format!("set default {value}"))
    )
}

/// Lets a column that gatepost leaves empty at first take an empty text from its default.
pub(super) fn emptied(found: &FoundTables, table: &str, name: &str, column: &Column) -> String {
    let value = if TEXTS.contains(&column.kind.as_str()) { "''" } else { "…" };
    format!(
        "the project that owns the table should give the column a default, which changes nothing for a service that writes it: {}",
        altered(found, table, name, &format!("set default {value}"))
    )
}

/// The expression that turns a column of this type into the texts that programs read from it.
fn as_text(name: &str, kind: &str) -> String {
    let name = quoted(name);
    match kind {
        // A string of JSON without its quotes.
        "json" | "jsonb" => format!("{name} #>> '{{}}'"),
        "bytea" => format!("convert_from({name}, 'UTF8')"),
        _ if kind.starts_with('_') => format!("array_to_string({name}, ',')"),
        _ => format!("{name}::text"),
    }
}

/// Makes a column hold texts that rows are found by or that no other column has: a new column would be empty.
pub fn retyped(found: &FoundTables, table: &str, name: &str, column: &Column) -> String {
    if column.is_generated {
        return format!(
            "a new column would be empty: the project that owns the table should let every program write this one, or gatepost \
             needs a database of its own: {}",
            altered(found, table, name, "drop expression")
        );
    }
    format!(
        "a new column would be empty: the project that owns the table should declare this one as better-auth does, which programs that \
         read another type from it must follow, or gatepost needs a database of its own: {}",
        altered(found, table, name, &format!("type text using {}", as_text(name, &column.kind)))
    )
}
