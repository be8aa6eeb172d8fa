//! Detects that some of better-auth's tables have rows while others are missing, and no table is known to be the missing one. The
//! missing tables then most likely have names that [`super::mapping`] does not recognise: with new, empty tables, the service would
//! not find their rows.

use std::{collections::BTreeMap, fmt::Write as _};

use gatepost_core::{
    config::{ColumnType, Naming, Schema, Table},
    store::{
        StoreError,
        written::{literal, quoted},
    },
};
use tokio_postgres::Transaction;

use super::{
    found::{FoundTables, Relation},
    lines, mapping, section,
};

/// Tables that are missing while related ones have rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncompleteTables {
    /// The tables that have rows, the missing ones, and the candidates for them.
    pub what: String,
    /// The consequence of creating new, empty tables.
    pub loss: String,
    /// Lines of `gatepost.toml` that name the missing tables, with `…` for names that only the operator knows.
    pub toml: String,
}

/// The tables that belong together: a row of one is useless without the others.
const CORE: [&str; 4] = ["user", "session", "account", "verification"];

/// The consequence for each table if the service does not find its rows.
const LOSSES: [(&str, &str); 4] = [
    ("user", "leave every user unknown"),
    ("session", "end every session"),
    ("account", "lose every password and every link to a provider"),
    ("verification", "invalidate every mailed link and code that was not used yet"),
];

/// Looks for missing tables beside tables that have rows. `None` if every table exists, or if no table has rows.
///
/// # Errors
/// If the database cannot be read.
pub async fn look(
    transaction: &Transaction<'_>,
    schema: &Schema,
    found: &FoundTables,
) -> Result<Option<IncompleteTables>, StoreError> {
    let core = || schema.tables.iter().filter(|table| CORE.contains(&table.model));
    let is_there = |table: &&Table| found.relations.contains_key(&table.name);
    let missing: Vec<&Table> = core().filter(|table| !is_there(table)).collect();
    if missing.is_empty() {
        return Ok(None);
    }
    let mut with_rows = Vec::new();
    // Verification tokens live for an hour: without other rows, there are no users.
    for table in core().filter(is_there).filter(|table| table.model != "verification") {
        if has_rows(transaction, found, &table.name).await? {
            with_rows.push(table.name.as_str());
        }
    }
    let mut unknown = None;
    if with_rows.is_empty() {
        for name in like_users(schema, found) {
            if has_rows(transaction, found, name).await? {
                unknown = Some(name);
                break;
            }
        }
    }
    let Some(rows) = with_rows.first().copied().or(unknown) else { return Ok(None) };
    Ok(Some(told(schema, found, &missing, rows, unknown)))
}

/// Finds tables that the configuration does not name and that look like users, by name and a column of addresses.
fn like_users<'a>(schema: &Schema, found: &'a FoundTables) -> Vec<&'a str> {
    let Some(users) = schema.table("user").filter(|users| !found.relations.contains_key(&users.name)) else {
        return Vec::new();
    };
    let has_address =
        |relation: &Relation| relation.columns.keys().any(|column| mapping::folded(column).contains("mail"));
    let free =
        free(schema, found).filter(|(name, relation)| mapping::nearness(users, name) > 1 && has_address(relation));
    free.map(|(name, _)| name).collect()
}

/// Lists the tables that the configuration does not name.
fn free<'a>(schema: &Schema, found: &'a FoundTables) -> impl Iterator<Item = (&'a str, &'a Relation)> {
    let is_configured = |name: &str| schema.tables.iter().any(|table| table.name == name);
    let all = found.relations.iter().map(|(name, relation)| (name.as_str(), relation));
    all.filter(move |(name, relation)| relation.is_table() && !is_configured(name))
}

/// A table that may be a missing one, with the columns that it has, by field.
pub(super) type Candidate<'a> = (&'a str, BTreeMap<&'a str, &'a str>);

fn told(
    schema: &Schema,
    found: &FoundTables,
    missing: &[&Table],
    rows: &str,
    unknown: Option<&str>,
) -> IncompleteTables {
    let users = schema.table("user").filter(|users| found.relations.contains_key(&users.name));
    let users = users.map(|users| users.name.as_str()).or(unknown).or_else(|| referenced(schema, found));
    let names: Vec<_> = missing.iter().map(|table| format!("`{}`", table.name)).collect();
    let (tables, are) = if names.len() == 1 { ("table", "is") } else { ("tables", "are") };
    let mut what = format!(
        "`{rows}` has rows, and the {tables} {} that the configuration names {are} missing",
        super::listed(&names)
    );
    let mut toml = String::new();
    let mut taken: Vec<&str> = Vec::new();
    for table in missing {
        let candidate = if table.model == "user" {
            users.and_then(|name| Some((name, mapping::alike(table, found.relations.get(name)?, None))))
        } else {
            best(schema, found, table, users, &taken)
        };
        if let Some((name, _)) = &candidate {
            taken.push(name);
            let _ = write!(what, "; `{name}` may be `{}`", table.name);
        }
        toml.push_str(&section_of(table, candidate));
    }
    let lost =
        |(model, loss): &(&str, &str)| missing.iter().any(|table| table.model == *model).then(|| (*loss).to_owned());
    let losses: Vec<String> = LOSSES.iter().filter_map(lost).collect();
    IncompleteTables { what, loss: super::listed(&losses), toml: toml.trim_end().to_owned() }
}

/// The table that sessions or accounts refer to by a foreign key.
pub(super) fn referenced<'a>(schema: &Schema, found: &'a FoundTables) -> Option<&'a str> {
    schema.tables.iter().find_map(|table| {
        let owner = table.columns.iter().find(|column| column.holds == ColumnType::Reference("user"))?;
        found.relations.get(&table.name)?.columns.get(&owner.name)?.references.as_deref()
    })
}

/// Finds the table with the most columns of the missing one. At least two must be specific: every table has an identifier and times.
fn best<'a>(
    schema: &Schema,
    found: &'a FoundTables,
    table: &'a Table,
    users: Option<&str>,
    taken: &[&str],
) -> Option<Candidate<'a>> {
    let telling = |columns: &BTreeMap<&str, &str>| {
        columns.keys().filter(|field| !matches!(**field, "id" | "createdAt" | "updatedAt")).count()
    };
    let free = free(schema, found).filter(|(name, _)| Some(*name) != users && !taken.contains(name));
    let candidates = free.map(|(name, relation)| (name, mapping::alike(table, relation, users)));
    candidates.filter(|(_, columns)| telling(columns) > 1).max_by_key(|(_, columns)| telling(columns))
}

/// The section of a missing table: its name, and the columns that have other names than the configured ones.
pub(super) fn section_of(table: &Table, candidate: Option<Candidate<'_>>) -> String {
    const UNKNOWN: &str = "…";
    let (name, columns) = candidate.map_or((UNKNOWN, None), |(name, columns)| (name, Some(columns)));
    let mut text = format!("[schema.{}]\nmodel_name = {}\n", section(table), lines::quoted(name));
    let of_model = table.columns.iter().filter(|column| column.holds != ColumnType::Id);
    let fields: Vec<_> = columns
        .iter()
        .flat_map(|columns| {
            of_model.clone().filter_map(|column| {
                let there = columns.get(column.field.as_str()).copied();
                let there = there.or(column.required.then_some(UNKNOWN)).filter(|there| *there != column.name)?;
                Some(format!("{} = {}", Naming::Snake.name(&column.field), lines::quoted(there)))
            })
        })
        .collect();
    if !fields.is_empty() {
        let _ = writeln!(text, "fields = {{ {} }}", fields.join(", "));
    }
    text.push('\n');
    text
}

/// Returns whether a table has rows. A table that the role may not read counts as having rows.
async fn has_rows(transaction: &Transaction<'_>, found: &FoundTables, name: &str) -> Result<bool, StoreError> {
    let place = format!("{}.{}", quoted(&found.schema), quoted(name));
    let may = format!("select has_table_privilege({}, 'select')", literal(&place));
    if !transaction.query_typed_one(&may, &[]).await?.try_get(0)? {
        return Ok(true);
    }
    let sql = format!("select exists (select from {place})");
    Ok(transaction.query_typed_one(&sql, &[]).await?.try_get(0)?)
}
