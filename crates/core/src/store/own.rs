//! SQL of the deployment's own: functions and queries that the configuration names.

use super::{Db, Param, StoreError, column, pool::Repeat, written::quoted};

/// Calls a function with a text of JSON and returns its answer as text, if it is not NULL. Without a schema, the search path of the
/// connection decides which function it is. The call is not repeated: the function may write.
///
/// # Errors
/// The function does not exist, the role may not call it, or it raised an exception.
pub(crate) async fn call(db: &Db, schema: Option<&str>, name: &str, input: &str) -> Result<Option<String>, StoreError> {
    let schema = schema.map(|schema| format!("{}.", quoted(schema))).unwrap_or_default();
    let sql = format!("select {schema}{}($1::jsonb)::text", quoted(name));
    let row = db.row_of(Repeat::Never, &sql, &[Param::from(input)]).await?;
    row.map(|row| column::text(&row, 0)).transpose().map(Option::flatten)
}

/// Sends a query whose `$1` is `value`, and returns its first row as a text of JSON.
///
/// # Errors
/// The database refuses the query.
pub(crate) async fn first_row(db: &Db, query: &str, value: &str) -> Result<Option<String>, StoreError> {
    let sql = format!("select row_to_json(q)::text from ({query}) q limit 1");
    let row = db.row_of(Repeat::Safe, &sql, &[Param::from(value)]).await?;
    row.map(|row| column::text(&row, 0)).transpose().map(Option::flatten)
}
