//! Whether the database has the tables and columns that the configuration needs, whether these take what the service writes,
//! and whether the role may use them.

use std::collections::BTreeMap;

use gatepost_core::{
    config::{Config, Holds, LimitStorage, Schema, Table},
    store::StoreError,
};
use tokio_postgres::{
    Client, Transaction,
    types::{ToSql, Type},
};

use super::{rows, times};
use crate::{
    migrate,
    report::{Finding, Verdict},
    tables::{
        compared, fit,
        found::{Found, Relation},
        incomplete::{self, Incomplete},
        mapping,
    },
};

pub(super) const CHECK: &str = "schema";
const COLUMNS: &str = "columns";
pub(super) const RIGHTS: &str = "rights";

/// Compares what is there with what is needed; where nothing is against it, writes and reads a row of each table and takes that
/// back.
///
/// # Errors
/// Where the database cannot be read.
pub(super) async fn check(client: &mut Client, config: &Config) -> Result<Vec<Finding>, StoreError> {
    let schema = used(config);
    let transaction = client.transaction().await?;
    transaction.batch_execute(rows::BOUNDS).await?;
    let found = Found::look(&transaction, schema.name.as_deref()).await?;
    let (missing, judged) = tables(&transaction, &schema, &found).await?;
    let rights = rights(&transaction, &judged).await?;
    let times = match rights.verdict {
        Verdict::Ok => times::check(&transaction, &judged, &found).await?,
        Verdict::Warn | Verdict::Fail => Vec::new(),
    };
    transaction.rollback().await?;

    let columns = columns(&judged, &found, config);
    let mut findings: Vec<Finding> = missing.into_iter().collect();
    if findings.is_empty() && columns.iter().all(|finding| finding.verdict != Verdict::Fail) {
        findings.push(Finding::ok(CHECK, "every table and column is there, and takes what is written"));
    }
    findings.extend(columns);
    findings.extend(times);
    let unguarded = unguarded(&found.relations, &schema).into_iter().map(|text| {
        let fix = "keep these users on better-auth, which has the plugin; if the plugin is no longer used, there is nothing to do";
        Finding::warn(CHECK, text, fix)
    });
    findings.extend(unguarded);
    let may_write = rights.verdict == Verdict::Ok;
    // Without any table there is nothing to have rights on.
    findings.extend(Some(rights).filter(|_| !judged.tables.is_empty()));
    if may_write && findings.iter().all(|finding| finding.verdict != Verdict::Fail) {
        findings.extend(rows::check(client, &schema, &found, config).await?);
    }
    Ok(findings)
}

/// The tables, without those that only a feature needs which is off.
fn used(config: &Config) -> Schema {
    let mut schema = config.schema.clone();
    schema.tables.retain(|table| match table.model {
        "jwks" => config.jwt.enabled,
        "rateLimit" => config.rate_limit.storage == LimitStorage::Database,
        _ => true,
    });
    schema
}

/// What is missing and what looks like it, and the tables that can be judged all the same.
async fn tables(
    transaction: &Transaction<'_>,
    schema: &Schema,
    found: &Found,
) -> Result<(Option<Finding>, Schema), StoreError> {
    let mut judged = schema.clone();
    judged.tables.retain(|table| found.relations.get(&table.name).is_some_and(Relation::is_table));
    let is_view = |name: &str| found.relations.get(name).is_some_and(|relation| !relation.is_table());
    let views: Vec<_> = schema.tables.iter().map(|table| table.name.as_str()).filter(|name| is_view(name)).collect();
    if !views.is_empty() {
        let fix = "name a table in `[schema.…] model_name`: the service's statements do not work on a view";
        return Ok((Some(Finding::fail(CHECK, format!("not a table: {}", views.join(", ")), fix)), judged));
    }
    let missing = missing(&found.relations, schema);
    let proposal = mapping::look(transaction, schema, found).await?;
    if let Some(mapping::Proposal { because, toml }) = proposal {
        let evidence = format!("missing: {}; {}", missing.join(", "), because.join(", "));
        let fix = format!(
            "if these are the service's tables, write these lines into gatepost.toml, in place of its `[schema]` sections:\n{toml}"
        );
        // A column of another name is not one that nothing fills.
        let is_whole = |table: &Table| {
            let there = found.relations.get(&table.name);
            there.is_some_and(|there| table.columns.iter().all(|column| there.columns.contains_key(&column.name)))
        };
        judged.tables.retain(is_whole);
        return Ok((Some(Finding::fail(CHECK, evidence, fix)), judged));
    }
    if missing.is_empty() {
        return Ok((None, judged));
    }
    if let Some(Incomplete { what, toml }) = incomplete::look(transaction, schema, found).await? {
        let evidence = format!("missing: {}; {what}", missing.join(", "));
        let fix = format!(
            "if the missing tables have other names, complete these lines and write them into gatepost.toml; if they do not exist, \
             `cargo gatepost migrate --new-tables` makes them:\n{toml}"
        );
        return Ok((Some(Finding::fail(CHECK, evidence, fix)), judged));
    }
    let fix = "run `cargo gatepost migrate` with this database's URL; it adds what is missing and changes nothing else. If the \
               tables are elsewhere, the URL names another database or schema than the one that has them";
    Ok((Some(Finding::fail(CHECK, format!("missing: {}", missing.join(", ")), fix)), judged))
}

/// What is needed and not there: `session`, or `user.plan`, by the names that this deployment gives to them.
fn missing(there: &BTreeMap<String, Relation>, schema: &Schema) -> Vec<String> {
    let mut missing = Vec::new();
    for table in &schema.tables {
        let Some(relation) = there.get(&table.name) else {
            missing.push(table.name.clone());
            continue;
        };
        let lacks = table.columns.iter().filter(|column| !relation.columns.contains_key(&column.name));
        missing.extend(lacks.map(|column| format!("{}.{}", table.name, column.name)));
    }
    missing
}

/// Columns that make requests fail, each once with what to configure, and what looks otherwise than it is.
fn columns(schema: &Schema, found: &Found, config: &Config) -> Vec<Finding> {
    let mut findings: Vec<Finding> = migrate::identifiers(schema, found)
        .into_iter()
        .chain(fit::faults(schema, found, &providers(config)))
        .map(|fault| Finding::fail(COLUMNS, fault.what, fault.fix))
        .collect();
    for table in &schema.tables {
        let Some(there) = found.relations.get(&table.name) else { continue };
        let known = |name: &str| table.columns.iter().any(|column| column.name == name);
        let foreign = there.columns.iter().filter(|(name, _)| !known(name));
        let unfilled = foreign.filter_map(|(name, column)| fit::unfilled(found, table, name, column));
        findings.extend(unfilled.map(|fault| Finding::fail(COLUMNS, fault.what, fault.fix)));
        for column in table.columns.iter().filter(|column| column.unique) {
            if found.has_index(&table.name, &column.name, true) {
                continue;
            }
            let place = format!("the column `{}` of `{}` has no unique index of its own", column.name, table.name);
            let fix =
                "run `cargo gatepost migrate` with this database's URL: it adds the index and changes nothing else";
            let evidence = format!("{place}: two concurrent requests may write the same value twice");
            findings.push(Finding::warn(COLUMNS, evidence, fix));
        }
    }
    let inexact = compared::inexact(schema, found).into_iter();
    findings.extend(inexact.map(|fault| Finding::warn(COLUMNS, fault.what, fault.fix)));
    findings.extend(fit::local_times(schema, found).map(|text| {
        let fix = "nothing to do for gatepost, which writes these columns itself";
        Finding::warn(COLUMNS, text, fix)
    }));
    findings
}

/// What `account.providerId` is given.
fn providers(config: &Config) -> Vec<&str> {
    let password = config.email_and_password.enabled.then_some("credential");
    password.into_iter().chain(config.social.clients.iter().map(|client| client.id.as_str())).collect()
}

/// Columns of better-auth's plugins that protect, which the service does not heed.
fn unguarded(there: &BTreeMap<String, Relation>, schema: &Schema) -> Vec<String> {
    let of = |name: &String, relation: &Relation| {
        let table = schema.tables.iter().find(|table| table.name == *name)?;
        Some(relation.columns.keys().filter_map(|column| migrate::unguarded(table, column)).collect::<Vec<_>>())
    };
    there.iter().filter_map(|(name, relation)| of(name, relation)).flatten().collect()
}

/// Whether the role may read and write the rows, and sees them all.
async fn rights(transaction: &Transaction<'_>, schema: &Schema) -> Result<Finding, StoreError> {
    let tables: Vec<&str> = schema.tables.iter().map(|table| table.name.as_str()).collect();
    let sql =
        "select t.name, p.kind, not has_table_privilege(c.oid, p.kind), row_security_active(c.oid), current_user::text
        from unnest($1) as t (name)
            join pg_class c on c.oid = format('%I.%I', coalesce($2, current_schema()::text), t.name)::regclass,
            (values ('select'), ('insert'), ('update'), ('delete')) as p (kind)";
    let params: [(&(dyn ToSql + Sync), Type); 2] = [(&tables, Type::TEXT_ARRAY), (&schema.name, Type::TEXT)];
    let (mut refused, mut hidden, mut role) = (Vec::new(), Vec::new(), String::new());
    for row in transaction.query_typed(sql, &params).await? {
        let (table, kind): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        if row.try_get(2)? {
            refused.push(format!("{kind} on {table}"));
        }
        if row.try_get(3)? && !hidden.contains(&table) {
            hidden.push(table);
        }
        role = row.try_get(4)?;
    }
    refused.extend(sequences(transaction, schema).await?);
    Ok(if !refused.is_empty() {
        let fix = "run what `cargo gatepost generate roles` prints as the owner of the tables, or grant these";
        Finding::fail(RIGHTS, format!("the role {role} may not {}", refused.join(", ")), fix)
    } else if !hidden.is_empty() {
        let policies: Vec<_> = hidden.iter().map(|table| policy(schema, table, &role)).collect();
        let fix = format!(
            "as the owner of the tables, let this role see every row, which shows nothing to any other role: {}",
            policies.join("; ")
        );
        Finding::fail(
            RIGHTS,
            format!("row level security hides rows of {} from the role {role}", hidden.join(", ")),
            fix,
        )
    } else {
        Finding::ok(RIGHTS, format!("the role {role} reads and writes every table"))
    })
}

fn policy(schema: &Schema, table: &str, role: &str) -> String {
    use gatepost_core::store::written::quoted;
    let place = schema.tables.iter().find(|found| found.name == table).map(|found| schema.quoted(found));
    format!(
        "create policy gatepost on {} to {} using (true) with check (true)",
        place.unwrap_or_default(),
        quoted(role)
    )
}

/// The sequences that number rows and that the role may not use. An identity needs no right of its own.
async fn sequences(transaction: &Transaction<'_>, schema: &Schema) -> Result<Vec<String>, StoreError> {
    let numbered = |holds: Holds| holds == Holds::Id;
    let ids = schema.tables.iter().filter(|table| table.columns.iter().any(|column| numbered(column.holds)));
    let tables: Vec<&str> = ids.map(|table| table.name.as_str()).collect();
    let sql = "select distinct s.relname::text from unnest($1) as t (name)
            join pg_class c on c.oid = format('%I.%I', coalesce($2, current_schema()::text), t.name)::regclass
            join pg_attribute a on a.attrelid = c.oid and a.attname = 'id' and a.attidentity = ''
            join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
            join pg_depend p on p.classid = 'pg_attrdef'::regclass and p.objid = d.oid and p.refclassid = 'pg_class'::regclass
            join pg_class s on s.oid = p.refobjid
        where case when s.relkind = 'S' then not has_sequence_privilege(s.oid, 'usage') else false end order by 1";
    let params: [(&(dyn ToSql + Sync), Type); 2] = [(&tables, Type::TEXT_ARRAY), (&schema.name, Type::TEXT)];
    let rows = transaction.query_typed(sql, &params).await?;
    rows.iter().map(|row| Ok(format!("usage on the sequence {}", row.try_get::<_, String>(0)?))).collect()
}
