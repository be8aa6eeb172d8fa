//! Unique indexes: whether a column has one, whether one can be made, and which values they forbid.

use gatepost_core::config::{Column, Schema, Table};
use serde_json::Value;

use super::{
    fit::Fault,
    found::{FoundTables, Index},
    remedy,
};

/// The index that keeps two rows of a table from having one value in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Uniqueness<'a> {
    /// A unique index over every row.
    Whole,
    /// A unique index over some of the rows.
    Partial {
        /// Its name.
        index: &'a str,
        /// Which rows it has, as SQL.
        condition: &'a str,
    },
    /// Nothing, and PostgreSQL has no unique index on this column alone: the table is partitioned by others.
    Impossible {
        /// The columns by which the table is partitioned; empty where an expression does it.
        by: &'a [String],
    },
    /// Nothing.
    Missing,
}

/// Finds the index of a column.
pub fn of<'a>(found: &'a FoundTables, table: &str, column: &str) -> Uniqueness<'a> {
    if found.has_index(table, column, true) {
        return Uniqueness::Whole;
    }
    let is_on = |index: &&Index| index.table == table && index.unique && index.columns == [column];
    let partial =
        found.indexes.iter().find_map(|(name, index)| Some((name, Some(index).filter(is_on)?.condition.as_ref()?)));
    let partition = found.relations.get(table).and_then(|relation| relation.partitioned_by.as_deref());
    match (partial, partition) {
        (Some((index, condition)), _) => Uniqueness::Partial { index, condition },
        (None, Some(by)) if by.is_empty() || by.iter().any(|other| other != column) => Uniqueness::Impossible { by },
        _ => Uniqueness::Missing,
    }
}

/// The columns that a unique index should have and that `migrate` gives none: it would refuse rows that the owner of the table allows,
/// or PostgreSQL does not make it.
pub fn limited(schema: &Schema, found: &FoundTables) -> Vec<Fault> {
    let columns = schema.tables.iter().flat_map(|table| {
        let unique = table.columns.iter().filter(|column| column.unique);
        unique.map(move |column| (table, column))
    });
    let there = columns.filter(|(table, column)| {
        found.relations.get(&table.name).is_some_and(|relation| relation.columns.contains_key(&column.name))
    });
    there.filter_map(|(table, column)| told(table, column, &of(found, &table.name, &column.name))).collect()
}

fn told(table: &Table, column: &Column, uniqueness: &Uniqueness<'_>) -> Option<Fault> {
    let place = format!("`{}` of `{}`", column.name, table.name);
    let is_address = table.model == "user" && column.field == "email";
    let (what, fix) = match uniqueness {
        Uniqueness::Whole | Uniqueness::Missing => return None,
        Uniqueness::Partial { index, condition } => {
            let cost = if is_address {
                "gatepost does not know the condition: an address counts as taken if any row has it, and where several rows have it, a \
                 sign-in may open any of them"
            } else {
                "two concurrent requests may write the same value into other rows"
            };
            (
                format!("the unique index `{index}` on the column {place} has only rows where {condition}; {cost}"),
                "`cargo gatepost migrate` adds no index over all rows, since these rows may share values on purpose. If several rows \
                 should not have one value, let the project that owns the table change the value in the rows that the index leaves out"
                    .to_owned(),
            )
        }
        Uniqueness::Impossible { by } => {
            let by: Vec<_> = by.iter().map(|name| format!("`{name}`")).collect();
            let by = if by.is_empty() { "an expression".to_owned() } else { super::listed(&by) };
            let cost = if is_address {
                "gatepost takes a lock for each new address instead, and other writers may write one twice"
            } else {
                "two concurrent requests may write the same value twice"
            };
            let random = if column.field == "token" { ": tokens are random, and no two are equal" } else { "" };
            (
                format!(
                    "the column {place} has no unique index, and PostgreSQL does not make one, since the table is partitioned by {by}; {cost}"
                ),
                format!("nothing to do for gatepost{random}; `cargo gatepost migrate` leaves the index out"),
            )
        }
    };
    Some(Fault { what, fix })
}

/// The unique indexes that a column is a part of, in their expressions too.
pub(super) fn indexes<'a>(found: &'a FoundTables, table: &str, column: &str) -> impl Iterator<Item = &'a str> {
    found.indexes.iter().filter_map(move |(name, index)| {
        let has = |columns: &[String]| columns.iter().any(|name| name == column);
        let is_it = index.unique && index.table == table && (has(&index.columns) || has(&index.involved));
        is_it.then_some(name.as_str())
    })
}

/// Additional fields whose `default_value` is the same for each row, in columns that no two rows may share a value in.
pub fn shared_defaults(schema: &Schema, found: &FoundTables) -> Vec<Fault> {
    let fields = ["user", "session", "account"].into_iter().filter_map(|model| schema.table(model));
    let fields = fields.flat_map(|table| schema.additional.of(table.model).iter().map(move |field| (table, field)));
    let literal = fields.filter(|(_, field)| field.default.as_ref().is_some_and(|value| *value != Value::Null));
    literal
        .filter_map(|(table, field)| {
            let column = found.relations.get(&table.name)?.columns.get(&field.column)?;
            let is_on = |index: &&Index| index.unique && index.whole && index.table == table.name && index.columns == [field.column.clone()];
            let (index, _) = found.indexes.iter().find(|(_, index)| is_on(index))?;
            Some(Fault {
                what: format!(
                    "the column `{}` of `{}` has the unique index `{index}`, and `default_value` gives every row the same value: \
                     only the first row is accepted",
                    field.column, table.name
                ),
                fix: format!(
                    "remove `default_value` of `{}` in `[{}.additional_fields]`. {}",
                    field.name,
                    table.model,
                    remedy::default(found, &table.name, &field.column, column, true)
                ),
            })
        })
        .collect()
}
