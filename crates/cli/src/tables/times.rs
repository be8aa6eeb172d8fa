//! Detects local times in columns without a time zone. The service writes and reads UTC there; better-auth on a `pg.Pool` writes the
//! local time of the Node process, and defaults like `now()` write that of the database. No request fails at once because of it, so
//! each finding is a warning.

use gatepost_core::{
    config::{ColumnType, Kind, Schema, Table},
    store::{StoreError, written::quoted},
};
use tokio_postgres::Transaction;

use super::{
    fit::Fault,
    found::{Column, FoundTables},
};

const FIX: &str = "give these columns a time zone, which every server reads alike, or keep every writer in UTC: docs/switching.md, \
                   `Times without a time zone`, says how; until then let only one server write to this database";

/// Looks for defaults that write local times, and for rows that were created in the future, or changed before they were created, by
/// more than five minutes. A table takes no longer than a second: each one that would take longer is left out and named.
///
/// # Errors
/// If the database cannot be read.
pub async fn look(
    transaction: &Transaction<'_>,
    schema: &Schema,
    found: &FoundTables,
) -> Result<Vec<Fault>, StoreError> {
    let mut faults: Vec<Fault> = defaults(schema, found).into_iter().collect();
    for table in &schema.tables {
        let Some(created) = zoneless(found, table, "createdAt") else { continue };
        // Rolling back to the savepoint ends the limit, and the effect of an error.
        transaction.batch_execute("savepoint times; set local statement_timeout = '1s'").await?;
        let read = rows(transaction, schema, table, created, zoneless(found, table, "updatedAt")).await;
        transaction.batch_execute("rollback to savepoint times").await?;
        match read {
            Ok(found) => faults.extend(found),
            Err(error) if error.to_string().contains("57014") => {
                let what =
                    format!("the times of `{}` were not compared, because that takes longer than a second", table.name);
                faults.push(Fault { what, fix: "run `doctor` while the database has less to do".to_owned() });
            }
            // The check of rights reports a role that may not read the rows.
            Err(error) if error.to_string().contains("42501") => {}
            Err(error) => return Err(error),
        }
    }
    Ok(faults)
}

/// Columns without a time zone whose defaults write local time, in a database or for a role whose time zone is not UTC. The service
/// gives these columns a value itself; another writer may not.
fn defaults(schema: &Schema, found: &FoundTables) -> Option<Fault> {
    const UTC: [&str; 8] = ["utc", "etc/utc", "gmt", "etc/gmt", "uct", "etc/uct", "zulu", "universal"];
    const NOW: [&str; 4] = ["now()", "current_timestamp", "localtimestamp", "current_date"];
    if UTC.contains(&found.time_zone.to_ascii_lowercase().as_str()) {
        return None;
    }
    let mut columns = Vec::new();
    for table in &schema.tables {
        let Some(there) = found.relations.get(&table.name) else { continue };
        for wanted in table.columns.iter().filter(|column| column.holds == ColumnType::Value(Kind::Date)) {
            let is_zoneless = |column: &&Column| matches!(column.kind.as_str(), "timestamp" | "date");
            let default =
                there.columns.get(&wanted.name).filter(is_zoneless).and_then(|column| column.default.as_deref());
            let default = default.unwrap_or_default().to_ascii_lowercase();
            if NOW.iter().any(|now| default.contains(now)) {
                columns.push(format!("{}.{}", table.name, wanted.name));
            }
        }
    }
    (!columns.is_empty()).then(|| Fault {
        what: format!(
            "the time zone of this role and database is {}, and {} have no time zone: gatepost writes and reads UTC there, but \
             defaults like now() write the local time of {0} for services that leave the value to them",
            found.time_zone,
            columns.join(", ")
        ),
        fix: "nothing to do where gatepost is the only writer, which gives these columns a value itself; elsewhere docs/switching.md, \
              `Times without a time zone`, says what to do"
            .to_owned(),
    })
}

/// Returns the name of a column if it has no time zone.
fn zoneless<'a>(found: &FoundTables, table: &'a Table, field: &str) -> Option<&'a str> {
    let name = &table.column(field)?.name;
    let is_zoneless = |column: &&Column| column.kind == "timestamp";
    found.relations.get(&table.name).filter(|relation| relation.is_table())?.columns.get(name).filter(is_zoneless)?;
    Some(name)
}

async fn rows(
    transaction: &Transaction<'_>,
    schema: &Schema,
    table: &Table,
    created: &str,
    updated: Option<&str>,
) -> Result<Vec<Fault>, StoreError> {
    let own = quoted(created);
    // Without the column, the comparison finds nothing.
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
    let mut faults = Vec::new();
    if ahead > 0 {
        let what = format!(
            "`{name}.{created}` has no time zone and is in the future in {}, by up to {}. The service reads UTC there, and \
             the writer of these rows wrote its local time: better-auth on a `pg.Pool` does where Node does not run in UTC, \
             and so do defaults like now() where the database's time zone is not UTC. Sessions and mailed links of that \
             writer end late or early by as much",
            counted(ahead),
            lasting(by)
        );
        faults.push(Fault { what, fix: FIX.to_owned() });
    }
    if let Some(updated) = updated.filter(|_| backwards > 0) {
        let what = format!(
            "`{name}.{updated}` is earlier than `{name}.{created}` in {}, by up to {}. Both columns have no time zone, and their writers \
             use different ones: the service writes UTC, better-auth on a `pg.Pool` the local time of Node, defaults like now() that of \
             the database. Each reads the other's sessions and mailed links shifted by as much",
            counted(backwards),
            lasting(apart)
        );
        faults.push(Fault { what, fix: FIX.to_owned() });
    }
    Ok(faults)
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
