//! `gatepost migrate`: brings a database to the schema that better-auth 1.7.25 creates. Additive only, and nothing where
//! everything is there.

use gatepost_core::{
    config::{AdditionalFields, Field, Variables},
    store::{StoreError, schema::quoted, single},
};

/// The migrations in order: file and SQL.
pub const MIGRATIONS: &[(&str, &str)] = &[("0001_core.sql", include_str!("../../../migrations/0001_core.sql"))];

/// Whoever else migrates waits here; the number is ours alone.
const LOCK: i64 = 0x6761_7465_706f_7374;

/// Variables that may hold the URL to migrate by: a pooler in between serves no purpose here.
const URLS: [&str; 4] = ["DATABASE_URL_UNPOOLED", "POSTGRES_URL_NON_POOLING", "DATABASE_URL", "POSTGRES_URL"];

/// The URL to migrate by, and its variable.
pub fn url(variables: &Variables) -> Option<(&'static str, &str)> {
    URLS.iter().find_map(|name| Some((*name, variables.get(name)?)))
}

/// Applies the migrations in one transaction under an advisory lock, and says which tables are new.
///
/// # Errors
/// Where the database cannot be reached or refuses a statement; nothing is changed then.
pub async fn migrate(url: &str, additional: &AdditionalFields) -> Result<Vec<String>, StoreError> {
    let mut client = single::connect(url).await?;
    let transaction = client.transaction().await?;
    transaction.batch_execute(&format!("select pg_advisory_xact_lock({LOCK})")).await?;
    let before = tables(&transaction).await?;
    transaction.batch_execute(&schema(additional)).await?;
    let after = tables(&transaction).await?;
    transaction.commit().await?;
    Ok(after.into_iter().filter(|table| !before.contains(table)).collect())
}

/// The whole schema as SQL: running it again changes nothing.
pub fn schema(additional: &AdditionalFields) -> String {
    let mut sql: String = MIGRATIONS.iter().map(|(_, sql)| *sql).collect();
    for (table, fields) in [("user", &additional.user), ("session", &additional.session)] {
        for field in fields {
            sql.push_str(&column(table, field));
            sql.push_str(";\n");
        }
    }
    sql
}

/// A column of one's own, where it is not there yet. It takes no null unless it is optional, as in better-auth; a table
/// that has rows already refuses such a column, and nothing is changed.
fn column(table: &str, field: &Field) -> String {
    let not_null = if field.required == Some(false) { "" } else { " not null" };
    let (table, column) = (quoted(table), quoted(&field.column));
    format!("alter table {table} add column if not exists {column} {}{not_null}", field.kind.sql())
}

async fn tables(transaction: &tokio_postgres::Transaction<'_>) -> Result<Vec<String>, StoreError> {
    let sql = "select table_name::text from information_schema.tables where table_schema = current_schema() order by 1";
    let rows = transaction.query_typed(sql, &[]).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}
