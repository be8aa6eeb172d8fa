//! Whether columns without a time zone hold local times. The service writes and reads UTC there; better-auth on a `pg.Pool`
//! writes the local time of the Node process, and defaults like `now()` the one of the database.

use gatepost_core::{
    config::{Schema, Table},
    store::{StoreError, written::quoted},
};
use tokio_postgres::Transaction;

use crate::{
    report::Finding,
    tables::found::{Column, Found},
};

const CHECK: &str = "times";
const FIX: &str = "give these columns a time zone, which every server reads alike, or keep every writer in UTC: docs/switching.md, \
                   `Times without a time zone`, says how; until then let only one server write to this database";

/// Looks for rows that were created in the future, or changed before they were created, by more than five minutes. Large tables
/// are left out after a second each, and a warning names them.
///
/// # Errors
/// Where the database cannot be read.
pub(super) async fn check(
    transaction: &Transaction<'_>,
    schema: &Schema,
    found: &Found,
) -> Result<Vec<Finding>, StoreError> {
    transaction.batch_execute("set local statement_timeout = '1s'").await?;
    let mut findings = Vec::new();
    for table in &schema.tables {
        let Some(created) = zoneless(found, table, "createdAt") else { continue };
        match rows(transaction, schema, table, created, zoneless(found, table, "updatedAt")).await {
            Ok(found) => findings.extend(found),
            Err(error) if error.to_string().contains("57014") => {
                let evidence =
                    format!("the times of `{}` were not compared: it takes longer than a second", table.name);
                let fix = "run `doctor` while the database has less to do";
                findings.push(Finding::warn(CHECK, evidence, fix));
                // The transaction takes no further statement.
                break;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(findings)
}

/// The name of a column that has no time zone.
fn zoneless<'a>(found: &Found, table: &'a Table, field: &str) -> Option<&'a str> {
    let name = &table.column(field)?.name;
    let is_zoneless = |column: &&Column| column.kind == "timestamp";
    found.relations.get(&table.name)?.columns.get(name).filter(is_zoneless)?;
    Some(name)
}

async fn rows(
    transaction: &Transaction<'_>,
    schema: &Schema,
    table: &Table,
    created: &str,
    updated: Option<&str>,
) -> Result<Vec<Finding>, StoreError> {
    let own = quoted(created);
    // Without the column nothing was changed before anything.
    let changed = updated.map_or_else(|| own.clone(), quoted);
    let sql = format!(
        "select count(*) filter (where {own} > utc + interval '5 minutes'),
            coalesce(round(extract(epoch from max({own}) - min(utc)) / 60), 0)::int8,
            count(*) filter (where {changed} < {own} - interval '5 minutes'),
            coalesce(round(extract(epoch from max({own} - {changed})) / 60), 0)::int8
        from {}, (select now() at time zone 'utc') as clock (utc) where isfinite({own}) and isfinite({changed})",
        schema.quoted(table)
    );
    let row = transaction.query_typed_one(&sql, &[]).await?;
    let (ahead, by): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    let (backwards, apart): (i64, i64) = (row.try_get(2)?, row.try_get(3)?);
    let name = &table.name;
    let mut findings = Vec::new();
    if ahead > 0 {
        let evidence = format!(
            "`{name}.{created}` has no time zone and lies in the future in {}, by up to {}. The service reads UTC there, and the writer \
             of these rows wrote its local time: better-auth on a `pg.Pool` does where Node does not run in UTC, and so do defaults like \
             now() where the database's time zone is not UTC. Sessions and mailed links of that writer end late or early by as much",
            counted(ahead),
            lasting(by)
        );
        findings.push(Finding::warn(CHECK, evidence, FIX));
    }
    if let Some(updated) = updated.filter(|_| backwards > 0) {
        let evidence = format!(
            "`{name}.{updated}` is earlier than `{name}.{created}` in {}, by up to {}. Both columns have no time zone, and their writers \
             use different ones: the service writes UTC, better-auth on a `pg.Pool` the local time of Node, defaults like now() that of \
             the database. Each reads the other's sessions and mailed links shifted by as much",
            counted(backwards),
            lasting(apart)
        );
        findings.push(Finding::warn(CHECK, evidence, FIX));
    }
    Ok(findings)
}

fn counted(rows: i64) -> String {
    if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") }
}

/// Minutes in words: `2 h 5 min`.
fn lasting(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}
