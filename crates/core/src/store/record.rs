//! Rows of the tables of features as answers show them: the columns in better-auth's order, the additional fields, the identifier.

use serde_json::Value;
use tokio_postgres::Row;

use super::{StoreError, column, schema::Schema};
use crate::{
    config::{Column, ColumnType, Kind},
    model::Additional,
};

/// A row of a feature's table, by the names of its fields.
pub type Record = Additional;

/// Returns the number of columns that `{member.*}` has for this table.
pub(crate) fn width(schema: &Schema, model: &str) -> usize {
    let Some((table, own)) = schema.table(model) else { return 0 };
    let shown = table.columns.iter().filter(|column| !column.hidden).count();
    own.map_or(shown, |own| shown - own.len() + own.width())
}

/// Reads a row of a table from the columns that begin at `at`. Texts, flags and times are read.
///
/// # Errors
/// [`StoreError::Failed`] if the row has other columns.
pub(crate) fn from_row(schema: &Schema, model: &str, row: &Row, at: usize) -> Result<Record, StoreError> {
    let Some((table, own)) = schema.table(model) else {
        return Err(StoreError::Failed(format!("there is no table `{model}`")));
    };
    let count = table.columns.len() - own.map_or(0, |own| own.len());
    let mut members = Vec::with_capacity(table.columns.len());
    let shown: Vec<_> = table.columns.iter().take(count).filter(|column| !column.hidden).collect();
    for (number, column) in shown.iter().enumerate().skip(1) {
        members.push((column.field.clone(), value(column, row, at + number)?));
    }
    if let Some(own) = own {
        members.extend(own.additional(row, at + shown.len())?.0);
    }
    members.push(("id".to_owned(), column::text(row, at)?.into()));
    Ok(Additional(members))
}

fn value(read: &Column, row: &Row, at: usize) -> Result<Value, StoreError> {
    Ok(match read.holds {
        ColumnType::Value(Kind::Date) => column::instant(row, at)?.map(|instant| format!("{instant:.3}")).into(),
        ColumnType::Value(Kind::Boolean) => column::flag(row, at)?.into(),
        _ => column::text(row, at)?.into(),
    })
}
