//! Whether the database has the tables and columns that the configuration needs, and lets the service use them.

use gatepost_core::{
    config::{Config, LimitStorage},
    store::StoreError,
};
use tokio_postgres::{Client, types::Type};

use crate::{migrate, report::Finding};

const CHECK: &str = "schema";
const RIGHTS: &str = "rights";

/// Compares what is there with what is needed.
///
/// # Errors
/// Where the database cannot be read.
pub(super) async fn check(client: &Client, config: &Config) -> Result<Vec<Finding>, StoreError> {
    let missing = missing(client, config).await?;
    if !missing.is_empty() {
        let fix = "run `cargo gatepost migrate` with this database's URL; it adds what is missing and changes nothing else. If the \
                   tables are elsewhere, the URL names another database or schema than the one that has them";
        return Ok(vec![Finding::fail(CHECK, format!("missing: {}", missing.join(", ")), fix)]);
    }
    let schema = Finding::ok(CHECK, "every table and column is there");
    Ok(vec![schema, rights(client, config).await?])
}

/// What is needed and not there: `session`, or `user.plan`.
async fn missing(client: &Client, config: &Config) -> Result<Vec<String>, StoreError> {
    let sql = "select table_name::text, column_name::text from information_schema.columns where table_schema = current_schema()";
    let mut there = Vec::new();
    for row in client.query_typed(sql, &[]).await? {
        there.push((row.try_get::<_, String>(0)?, row.try_get::<_, String>(1)?));
    }
    let mut missing: Vec<String> = Vec::new();
    for (table, column) in needed(&migrate::schema(&config.additional_fields)) {
        if !is_used(&table, config) {
            continue;
        }
        let name =
            if there.iter().any(|(name, _)| *name == table) { format!("{table}.{column}") } else { table.clone() };
        if !there.contains(&(table, column)) && !missing.contains(&name) {
            missing.push(name);
        }
    }
    Ok(missing)
}

/// Tables that only a feature needs.
fn is_used(table: &str, config: &Config) -> bool {
    match table {
        "jwks" => config.jwt.enabled,
        "rateLimit" => config.rate_limit.storage == LimitStorage::Database,
        _ => true,
    }
}

/// Tables and columns, read out of the schema's SQL, whose lines are ours.
fn needed(sql: &str) -> Vec<(String, String)> {
    let quoted = |text: &str| text.split('"').nth(1).map(str::to_owned);
    let mut table = String::new();
    let mut needed = Vec::new();
    for line in sql.lines() {
        if let Some(name) = line.strip_prefix("create table if not exists ").and_then(quoted) {
            table = name;
        } else if let Some(column) = line.strip_prefix("    \"").and_then(|rest| rest.split('"').next()) {
            needed.push((table.clone(), column.to_owned()));
        } else if let Some((table, column)) =
            line.strip_prefix("alter table ").and_then(|rest| rest.split_once(" add column if not exists "))
        {
            needed.extend(quoted(table).zip(quoted(column)));
        }
    }
    needed
}

/// Whether the role may read and write the rows, and sees them all.
async fn rights(client: &Client, config: &Config) -> Result<Finding, StoreError> {
    let names = needed(&migrate::schema(&config.additional_fields)).into_iter().map(|(table, _)| table);
    let mut tables: Vec<String> = names.filter(|table| is_used(table, config)).collect();
    tables.dedup();
    let sql = "select t.name, p.kind, not has_table_privilege(c.oid, p.kind), row_security_active(c.oid), c.relkind not in ('r', 'p'),
            current_user::text
        from unnest($1) as t (name) join pg_class c on c.oid = quote_ident(t.name)::regclass,
            (values ('select'), ('insert'), ('update'), ('delete')) as p (kind)";
    let (mut refused, mut hidden, mut views, mut role) = (Vec::new(), Vec::new(), Vec::new(), String::new());
    for row in client.query_typed(sql, &[(&tables, Type::TEXT_ARRAY)]).await? {
        let (table, kind): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        if row.try_get(2)? {
            refused.push(format!("{kind} on {table}"));
        }
        if row.try_get(3)? && !hidden.contains(&table) {
            hidden.push(table.clone());
        }
        if row.try_get(4)? && !views.contains(&table) {
            views.push(table);
        }
        role = row.try_get(5)?;
    }
    if !views.is_empty() {
        let fix = "let a table have this name: statements that the service sends do not work on a view";
        return Ok(Finding::fail(CHECK, format!("not a table: {}", views.join(", ")), fix));
    }
    Ok(if !refused.is_empty() {
        let fix = "run what `cargo gatepost generate roles` prints as the owner of the tables, or grant these";
        Finding::fail(RIGHTS, format!("the role {role} may not {}", refused.join(", ")), fix)
    } else if !hidden.is_empty() {
        let fix =
            "disable row level security on these tables, or give the role BYPASSRLS: nobody but the service asks them";
        Finding::fail(
            RIGHTS,
            format!("row level security hides rows of {} from the role {role}", hidden.join(", ")),
            fix,
        )
    } else {
        Finding::ok(RIGHTS, format!("the role {role} reads and writes every table"))
    })
}

#[cfg(test)]
mod tests {
    use gatepost_core::config::{AdditionalFields, Source};

    use super::*;

    #[test]
    fn tables_and_columns_are_read_out_of_the_schema() {
        let text = "[user.additional_fields]\nplan = { type = \"string\", required = false }\n";
        let fields = AdditionalFields::load(Some(Source { name: "gatepost.toml", text })).unwrap();
        let needed = needed(&migrate::schema(&fields));
        for (table, column) in
            [("user", "id"), ("user", "plan"), ("session", "userId"), ("jwks", "crv"), ("rateLimit", "lastRequest")]
        {
            assert!(needed.contains(&(table.to_owned(), column.to_owned())), "{table}.{column}");
        }
        assert_eq!(needed.len(), 46);
    }
}
