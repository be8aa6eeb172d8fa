//! Checks whether the database has the tables and columns that the configuration needs, whether these accept the values that the
//! service writes, and whether the role may use them.

use std::collections::BTreeMap;

use gatepost_core::{
    config::{Config, Holds, Schema, Table},
    store::StoreError,
};
use tokio_postgres::{
    Client, Transaction,
    types::{ToSql, Type},
};

use super::rows;
use crate::{
    deployment, migrate,
    report::{Finding, Verdict},
    tables::{
        compared, fit,
        found::{Found, Relation},
        incomplete::{self, Incomplete},
        mapping, times,
    },
};

pub(super) const CHECK: &str = "schema";
const COLUMNS: &str = "columns";
const TIMES: &str = "times";
pub(super) const RIGHTS: &str = "rights";

/// Compares the tables of the database with the required ones. If columns and rights allow it, also writes and reads a row of each
/// complete table and rolls it back.
///
/// # Errors
/// If the database cannot be read.
pub(super) async fn check(client: &mut Client, config: &Config) -> Result<Vec<Finding>, StoreError> {
    let schema = deployment::used(config.schema.clone(), config);
    let transaction = client.transaction().await?;
    transaction.batch_execute(rows::BOUNDS).await?;
    let found = Found::look(&transaction, schema.name.as_deref()).await?;
    let (missing, judged) = tables(&transaction, &schema, &found, config).await?;
    let rights = rights(&transaction, &judged).await?;
    let times = times::look(&transaction, &judged, &found).await?;
    transaction.rollback().await?;

    let columns = columns(&judged, &found, config);
    let mut findings: Vec<Finding> = missing.into_iter().collect();
    if findings.is_empty() && columns.iter().all(|finding| finding.verdict != Verdict::Fail) {
        findings.push(Finding::ok(CHECK, "every table and column exists and accepts what gatepost writes"));
    }
    findings.extend(columns);
    findings.extend(times.into_iter().map(|fault| Finding::warn(TIMES, fault.what, fault.fix)));
    let unguarded = unguarded(&found.relations, &schema).into_iter().map(|text| {
        let fix = "keep these users on better-auth, which has the plugin; if the plugin is no longer used, there is nothing to do";
        Finding::warn(CHECK, text, fix)
    });
    findings.extend(unguarded);
    let may_write = rights.verdict == Verdict::Ok;
    // Without tables, rights do not matter.
    findings.extend(Some(rights).filter(|_| !judged.tables.is_empty()));
    let tried = writable(&judged, &found);
    // The rows of existing tables are tried also if other tables are missing.
    let is_against = |finding: &Finding| finding.verdict == Verdict::Fail && finding.check != CHECK;
    if may_write && !tried.tables.is_empty() && !findings.iter().any(is_against) {
        let is_left_out = |table: &&Table| tried.tables.iter().all(|other| other.name != table.name);
        let left_out: Vec<_> = schema.tables.iter().filter(is_left_out).map(|table| table.name.as_str()).collect();
        findings.extend(rows::check(client, &tried, &left_out, &found, config).await?);
    }
    Ok(findings)
}

/// Reduces the schema to the tables that have every column.
fn whole(schema: &Schema, found: &Found) -> Schema {
    let mut whole = schema.clone();
    whole.tables.retain(|table| {
        let there = found.relations.get(&table.name);
        there.is_some_and(|there| table.columns.iter().all(|column| there.columns.contains_key(&column.name)))
    });
    whole
}

/// Reduces the schema to the tables into which a row can be written: complete ones, and without users only those that refer to none.
fn writable(schema: &Schema, found: &Found) -> Schema {
    let mut whole = whole(schema, found);
    if whole.table("user").is_none() {
        whole.tables.retain(|table| !table.columns.iter().any(|column| column.holds == Holds::Reference("user")));
    }
    whole
}

/// Finds missing tables and columns and candidates for them; also returns the tables that can be checked regardless.
async fn tables(
    transaction: &Transaction<'_>,
    schema: &Schema,
    found: &Found,
    config: &Config,
) -> Result<(Option<Finding>, Schema), StoreError> {
    let mut judged = schema.clone();
    judged.tables.retain(|table| found.relations.get(&table.name).is_some_and(Relation::is_table));
    let missing = missing(&found.relations, schema);
    let proposal = mapping::look(transaction, schema, found).await?;
    if let Some(mapping::Proposal { because, toml, .. }) = proposal {
        let because = because.join(", ");
        let evidence = if missing.is_empty() { because } else { format!("missing: {}; {because}", missing.join(", ")) };
        let fix = format!(
            "if these are the service's tables, replace the `[schema]` sections of gatepost.toml with these lines:\n{toml}"
        );
        // A column under another name must not be reported as one that gatepost does not write.
        let judged = whole(&judged, found);
        return Ok((Some(Finding::fail(CHECK, evidence, fix)), judged));
    }
    let occupied: Vec<String> = mapping::occupied(schema, found).collect();
    if !occupied.is_empty() {
        let fix = "set `[schema.…] model_name` to the table that has the rows: the service's statements do not work on a view";
        return Ok((Some(Finding::fail(CHECK, occupied.join("; "), fix)), judged));
    }
    if missing.is_empty() {
        return Ok((None, judged));
    }
    if !found.exists {
        let evidence = format!(
            "the schema `{}`, which the URL or `[database] schema_name` names, does not exist in this database",
            found.schema
        );
        let fix = "correct the name, or the database in the URL; if the schema is new, `cargo gatepost migrate` creates it \
                   with its tables";
        return Ok((Some(Finding::fail(CHECK, evidence, fix)), judged));
    }
    if let Some(Incomplete { what, toml, .. }) = incomplete::look(transaction, schema, found).await? {
        let evidence = format!("missing: {}; {what}", missing.join(", "));
        let fix = format!(
            "if the missing tables have other names, complete these lines and write them into gatepost.toml; if they do not \
             exist, `cargo gatepost migrate --new-tables` creates them:\n{toml}"
        );
        return Ok((Some(Finding::fail(CHECK, evidence, fix)), judged));
    }
    let mut fix =
        "run `cargo gatepost migrate` with this database's URL; it adds everything that is missing and changes nothing else. \
         If the tables exist elsewhere, correct the database or the schema in the URL"
            .to_owned();
    let lacks_keys = schema.table("jwks").is_some_and(|keys| missing.contains(&keys.name));
    if lacks_keys && !config.jwt.session_cookie_cache {
        fix += ". If no other service reads JWTs, you can set `[jwt] enabled = false` in gatepost.toml instead: the table of \
                keys is not needed then";
    }
    Ok((Some(Finding::fail(CHECK, format!("missing: {}", missing.join(", ")), fix)), judged))
}

/// Lists missing tables (`session`) and columns (`user.plan`) by the names that this deployment gives them.
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

/// Finds columns that make requests fail, with the fix, and columns without their unique index or with inexact comparisons.
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
            let fix = "run `cargo gatepost migrate` with this database's URL: it adds the index and changes nothing else, or \
                       says which values prevent it";
            let evidence = format!("{place}: two concurrent requests may write the same value twice");
            findings.push(Finding::warn(COLUMNS, evidence, fix));
        }
    }
    let inexact = compared::inexact(schema, found).into_iter();
    findings.extend(inexact.map(|fault| Finding::warn(COLUMNS, fault.what, fault.fix)));
    findings
}

/// The values that the service writes into `account.providerId`.
fn providers(config: &Config) -> Vec<&str> {
    let password = config.email_and_password.enabled.then_some("credential");
    password.into_iter().chain(config.social.clients.iter().map(|client| client.id.as_str())).collect()
}

/// Warns of columns of better-auth's plugins that protect users and that gatepost ignores.
fn unguarded(there: &BTreeMap<String, Relation>, schema: &Schema) -> Vec<String> {
    let of = |name: &String, relation: &Relation| {
        let table = schema.tables.iter().find(|table| table.name == *name)?;
        Some(relation.columns.keys().filter_map(|column| migrate::unguarded(table, column)).collect::<Vec<_>>())
    };
    there.iter().filter_map(|(name, relation)| of(name, relation)).flatten().collect()
}

/// Checks whether the role may read and write the rows, and sees all of them.
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
        let fix = "run the SQL of `cargo gatepost generate roles` as the owner of the tables, or grant these rights";
        Finding::fail(RIGHTS, format!("the role {role} may not {}", refused.join(", ")), fix)
    } else if !hidden.is_empty() {
        let policies: Vec<_> = hidden.iter().map(|table| policy(schema, table, &role)).collect();
        let fix = format!(
            "as the owner of the tables, let this role see every row; other roles see no more than before: {}",
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

/// Lists the sequences that number rows and that the role may not use. An identity column needs no right of its own.
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
