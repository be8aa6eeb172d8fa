//! Whether the database has the tables and columns that the configuration needs, and lets the service use them.

use std::collections::BTreeSet;

use gatepost_core::{
    config::{Config, LimitStorage, Table},
    store::StoreError,
};
use tokio_postgres::{
    Client,
    types::{ToSql, Type},
};

use crate::{migrate, report::Finding};

const CHECK: &str = "schema";
const RIGHTS: &str = "rights";

/// Compares what is there with what is needed.
///
/// # Errors
/// Where the database cannot be read.
pub(super) async fn check(client: &Client, config: &Config) -> Result<Vec<Finding>, StoreError> {
    let there = columns(client, config).await?;
    let missing = missing(&there, config);
    if !missing.is_empty() {
        let fix = "run `cargo gatepost migrate` with this database's URL; it adds what is missing and changes nothing else. If the \
                   tables are elsewhere, the URL names another database or schema than the one that has them";
        return Ok(vec![Finding::fail(CHECK, format!("missing: {}", missing.join(", ")), fix)]);
    }
    let schema = Finding::ok(CHECK, "every table and column is there");
    let unguarded = unguarded(&there, config).into_iter().map(|text| {
        let fix = "keep these people on better-auth, which has the plugin; if it is not used any more, drop the column";
        Finding::warn(CHECK, text, fix)
    });
    let mut findings: Vec<_> = std::iter::once(schema).chain(unguarded).collect();
    findings.push(rights(client, config).await?);
    Ok(findings)
}

/// Tables with their columns.
type Columns = BTreeSet<(String, String)>;

async fn columns(client: &Client, config: &Config) -> Result<Columns, StoreError> {
    let sql = "select table_name::text, column_name::text from information_schema.columns
        where table_schema = coalesce($1, current_schema()::text)";
    let mut there = Columns::new();
    for row in client.query_typed(sql, &[(&config.schema.name, Type::TEXT)]).await? {
        there.insert((row.try_get(0)?, row.try_get(1)?));
    }
    Ok(there)
}

/// What is needed and not there: `session`, or `user.plan`, by the names that this deployment gives to them.
fn missing(there: &Columns, config: &Config) -> Vec<String> {
    let mut missing = Vec::new();
    for table in used(config) {
        if !there.iter().any(|(name, _)| *name == table.name) {
            missing.push(table.name.clone());
            continue;
        }
        let lacks = table.columns.iter().filter(|column| !there.contains(&(table.name.clone(), column.name.clone())));
        missing.extend(lacks.map(|column| format!("{}.{}", table.name, column.name)));
    }
    missing
}

/// What would keep somebody out with better-auth and does not here.
fn unguarded(there: &Columns, config: &Config) -> Vec<String> {
    let of = |(name, column): &(String, String)| {
        migrate::unguarded(config.schema.tables.iter().find(|table| table.name == *name)?, column)
    };
    there.iter().filter_map(of).collect()
}

/// The tables, without those that only a feature needs which is off.
fn used(config: &Config) -> impl Iterator<Item = &Table> {
    config.schema.tables.iter().filter(|table| match table.model {
        "jwks" => config.jwt.enabled,
        "rateLimit" => config.rate_limit.storage == LimitStorage::Database,
        _ => true,
    })
}

/// Whether the role may read and write the rows, and sees them all.
async fn rights(client: &Client, config: &Config) -> Result<Finding, StoreError> {
    let tables: Vec<&str> = used(config).map(|table| table.name.as_str()).collect();
    let sql = "select t.name, p.kind, not has_table_privilege(c.oid, p.kind), row_security_active(c.oid), c.relkind not in ('r', 'p'),
            current_user::text
        from unnest($1) as t (name)
            join pg_class c on c.oid = format('%I.%I', coalesce($2, current_schema()::text), t.name)::regclass,
            (values ('select'), ('insert'), ('update'), ('delete')) as p (kind)";
    let params: [(&(dyn ToSql + Sync), Type); 2] = [(&tables, Type::TEXT_ARRAY), (&config.schema.name, Type::TEXT)];
    let (mut refused, mut hidden, mut views, mut role) = (Vec::new(), Vec::new(), Vec::new(), String::new());
    for row in client.query_typed(sql, &params).await? {
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
