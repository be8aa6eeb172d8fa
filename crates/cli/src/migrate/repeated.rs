//! Values that stand in several rows of a column that is to have a unique index: the database makes none then, and which row keeps the
//! value is for the project to decide that owns the table.

use gatepost_core::{
    config::{Column, Schema, Table},
    store::{StoreError, written::quoted},
};
use tokio_postgres::Transaction;

use crate::tables::{
    found::Found,
    unique::{self, Uniqueness},
};

/// A column with values that stand in several rows.
pub(super) struct Repeated {
    table: String,
    column: String,
    /// How many values do.
    values: i64,
    /// In how many rows together.
    rows: i64,
    /// SQL that lists them.
    sql: String,
}

impl Repeated {
    /// Whether it is this column.
    pub(super) fn is(&self, table: &Table, column: &Column) -> bool {
        self.table == table.name && self.column == column.name
    }

    /// The message about the index that `migrate` leaves out: the cause and the fix, without any value of a row.
    pub(super) fn problem(&self, index: &str, is_address: bool) -> String {
        let Self { table, column, values, rows, sql } = self;
        let (values, stand) =
            if *values == 1 { ("1 value".to_owned(), "stands") } else { (format!("{values} values"), "stand") };
        let meanwhile = if is_address {
            "Until then no new user gets an address that another user has, but a sign-in with an address that several users have may \
             open any one of them"
        } else {
            "The service works without the index, but two requests at once may write one value twice"
        };
        format!(
            "the unique index `{index}` was left out: in the column `{column}` of `{table}`, {values} {stand} in {rows} rows, compared as \
             they are stored. `{sql}` lists them. The project that owns the table must decide which row keeps each value; then run \
             `cargo gatepost migrate` again. {meanwhile}"
        )
    }
}

/// Looks at the columns that lack their unique index.
///
/// # Errors
/// Where the database cannot be read.
pub(super) async fn look(
    transaction: &Transaction<'_>,
    schema: &Schema,
    found: &Found,
) -> Result<Vec<Repeated>, StoreError> {
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
                repeated.push(Repeated { table, column, values, rows, sql });
            }
        }
    }
    Ok(repeated)
}
