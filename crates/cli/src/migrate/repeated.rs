//! Finds values that occur in several rows of a column that needs a unique index. The database cannot create the index then, and the
//! project that owns the table must decide which row keeps the value.

use gatepost_core::{
    config::{Column, Schema, Table},
    store::{StoreError, written::quoted},
};
use tokio_postgres::Transaction;

use crate::tables::{
    found::FoundTables,
    unique::{self, Uniqueness},
};

/// A column with values that occur in several rows.
pub(super) struct RepeatedValues {
    table: String,
    column: String,
    /// The number of such values.
    values: i64,
    /// The number of rows that have them.
    rows: i64,
    /// The SQL that lists them.
    sql: String,
}

impl RepeatedValues {
    /// Returns whether this is the column.
    pub(super) fn is(&self, table: &Table, column: &Column) -> bool {
        self.table == table.name && self.column == column.name
    }

    /// The message about the index that `migrate` leaves out: the cause and the fix, without any value of a row.
    pub(super) fn problem(&self, index: &str, is_address: bool) -> String {
        let Self { table, column, values, rows, sql } = self;
        let (values, occur) =
            if *values == 1 { ("1 value".to_owned(), "occurs") } else { (format!("{values} values"), "occur") };
        let meanwhile = if is_address {
            "Until then no new user gets an address that another user has, but a sign-in with an address that several users have may \
             open any one of them"
        } else {
            "The service works without the index, but two concurrent requests may write a value twice"
        };
        format!(
            "the unique index `{index}` was left out: in the column `{column}` of `{table}`, {values} {occur} in {rows} rows, \
             compared as they are stored. `{sql}` lists them. The project that owns the table must decide which row keeps \
             each value; then run `cargo gatepost migrate` again. {meanwhile}"
        )
    }
}

/// Looks for repeated values in columns that lack their unique index.
///
/// # Errors
/// If the database cannot be read.
pub(super) async fn look(
    transaction: &Transaction<'_>,
    schema: &Schema,
    found: &FoundTables,
) -> Result<Vec<RepeatedValues>, StoreError> {
    let mut repeated = Vec::new();
    for table in &schema.tables {
        let Some(there) = found.relations.get(&table.name).filter(|relation| relation.is_table()) else { continue };
        let lacking = |column: &&Column| {
            column.unique
                && there.columns.contains_key(&column.name)
                && unique::of(found, &table.name, &column.name) == Uniqueness::Missing
        };
        for column in table.columns.iter().filter(lacking) {
            let name = quoted(&column.name);
            // An index lets any number of rows have NULL.
            let sql = format!(
                "select {name}, count(*) from {} where {name} is not null group by {name} having count(*) > 1",
                schema.quoted(table)
            );
            let counted = format!("select count(*), coalesce(sum(count), 0)::int8 from ({sql}) as repeated");
            let row = transaction.query_typed_one(&counted, &[]).await?;
            let (values, rows) = (row.try_get(0)?, row.try_get(1)?);
            if values > 0 {
                let (table, column) = (table.name.clone(), column.name.clone());
                repeated.push(RepeatedValues { table, column, values, rows, sql });
            }
        }
    }
    Ok(repeated)
}
