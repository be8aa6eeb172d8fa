//! Checks whether the database has the tables and columns that the configuration needs, whether these accept the values that the
//! service writes, and whether the role may use them.

use std::collections::BTreeMap;

use gatepost_core::{
    config::{ColumnType, Config, Schema, Table},
    store::StoreError,
};
use tokio_postgres::{Client, Transaction};

use super::{rights, rows};
use crate::{
    deployment,
    migrate::{
        self,
        functions::{CatalogueCheck, FOREIGN, glance},
    },
    report::{Finding, Verdict},
    tables::{
        compared,
        fit::{self, Fault},
        found::{FoundTables, Relation},
        identifiers,
        incomplete::{self, IncompleteTables},
        indexes, mapping, owners, rules, times,
        unique::{self, Uniqueness},
    },
};

pub(super) const CHECK: &str = "schema";
const COLUMNS: &str = "columns";
const INDEXES: &str = "indexes";
const RULES: &str = "rules";
const TIMES: &str = "times";
const FUNCTIONS: &str = "stored functions";

/// Compares the tables of the database with the required ones. If columns and rights allow it, also writes and reads a row of each
/// complete table and rolls it back.
///
/// # Errors
/// If the database cannot be read.
pub(super) async fn check(client: &mut Client, config: &Config) -> Result<Vec<Finding>, StoreError> {
    let schema = deployment::used(config.schema.clone(), config);
    let transaction = client.transaction().await?;
    transaction.batch_execute(rows::BOUNDS).await?;
    let found = FoundTables::look(&transaction, schema.name.as_deref()).await?;
    let (missing, judged) = tables(&transaction, &schema, &found, config).await?;
    let rights = rights::check(&transaction, &judged).await?;
    let times = times::look(&transaction, &judged, &found).await?;
    let rules = rules::look(&transaction, &judged, &found).await?;
    let indexes = indexes::look(&transaction, &judged, &found, config).await?;
    let functions = match schema.stored_functions {
        true => Some(functions(glance(&transaction, &schema).await?)),
        false => None,
    };
    transaction.rollback().await?;

    let mut columns = columns(&judged, &found, config);
    columns.extend(rules.into_iter().map(|fault| Finding::fail(RULES, fault.what, fault.fix)));
    let mut findings: Vec<Finding> = missing.into_iter().collect();
    if findings.is_empty() && columns.iter().all(|finding| finding.verdict != Verdict::Fail) {
        findings.push(Finding::ok(CHECK, "every table and column exists and accepts what gatepost writes"));
    }
    findings.extend(columns);
    findings.extend(functions);
    findings.extend(indexes.into_iter().map(|fault| Finding::warn(INDEXES, fault.what, fault.fix)));
    findings.extend(times.into_iter().map(|fault| Finding::warn(TIMES, fault.what, fault.fix)));
    let unguarded = unguarded(&found.relations, &schema).into_iter().map(|text| {
        let fix = "switch on the section that is named here; if the column is no longer used, there is nothing to do";
        Finding::warn(CHECK, text, fix)
    });
    findings.extend(unguarded);
    let may_write = rights.verdict != Verdict::Fail;
    // Without any table there is nothing to have rights on.
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
fn whole(schema: &Schema, found: &FoundTables) -> Schema {
    let mut whole = schema.clone();
    whole.tables.retain(|table| {
        let there = found.relations.get(&table.name);
        there.is_some_and(|there| table.columns.iter().all(|column| there.columns.contains_key(&column.name)))
    });
    whole
}

/// Reduces the schema to the tables into which a row can be written: complete ones, and without users only those that refer to none.
fn writable(schema: &Schema, found: &FoundTables) -> Schema {
    let mut whole = whole(schema, found);
    if whole.table("user").is_none() {
        whole.tables.retain(|table| !table.columns.iter().any(|column| column.holds == ColumnType::Reference("user")));
    }
    whole
}

/// Finds missing tables and columns and candidates for them; also returns the tables that can be checked regardless.
async fn tables(
    transaction: &Transaction<'_>,
    schema: &Schema,
    found: &FoundTables,
    config: &Config,
) -> Result<(Option<Finding>, Schema), StoreError> {
    let mut judged = schema.clone();
    judged.tables.retain(|table| found.relations.get(&table.name).is_some_and(Relation::is_table));
    if let Some(Fault { what, fix }) = owners::astray(found) {
        judged.tables.clear();
        return Ok((Some(Finding::fail(CHECK, what, fix)), judged));
    }
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
    if let Some(Fault { what, fix }) = owners::elsewhere(schema, found) {
        return Ok((Some(Finding::fail(CHECK, what, fix)), judged));
    }
    let is_foreign = |table: &Table| found.relations.get(&table.name).is_some_and(|it| !it.columns.contains_key("id"));
    let (foreign, own): (Vec<_>, Vec<_>) = judged.tables.drain(..).partition(is_foreign);
    judged.tables = own;
    if !foreign.is_empty() {
        let (evidence, fixes): (Vec<_>, Vec<_>) =
            foreign.iter().map(owners::foreign).map(|Fault { what, fix }| (what, fix)).unzip();
        return Ok((Some(Finding::fail(CHECK, evidence.join("; "), fixes.join("; "))), judged));
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
    if let Some(IncompleteTables { what, toml, .. }) = incomplete::look(transaction, schema, found).await? {
        let evidence = format!("missing: {}; {what}", missing.join(", "));
        let fix = format!(
            "if the missing tables have other names, complete these lines and write them into gatepost.toml; if they do not \
             exist, `cargo gatepost migrate --new-tables` creates them:\n{toml}"
        );
        return Ok((Some(Finding::fail(CHECK, evidence, fix)), judged));
    }
    if let Some(Fault { what, fix }) = owners::unnamed(schema, found) {
        return Ok((Some(Finding::fail(CHECK, what, fix)), judged));
    }
    let mut fix = "run `cargo gatepost migrate` with this database's URL; it adds what is missing and changes nothing else. If the \
                   tables are elsewhere, the URL names another database or schema than the one that has them"
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
fn columns(schema: &Schema, found: &FoundTables, config: &Config) -> Vec<Finding> {
    let mut findings: Vec<Finding> = identifiers::faults(schema, found)
        .into_iter()
        .chain(fit::faults(schema, found, &providers(config)))
        .chain(unique::shared_defaults(schema, found))
        .map(|fault| Finding::fail(COLUMNS, fault.what, fault.fix))
        .collect();
    let has_providers = !config.social.clients.is_empty();
    findings.extend(fit::short_state(schema, found).map(|fault| match has_providers {
        true => Finding::fail(COLUMNS, fault.what, fault.fix),
        false => Finding::warn(COLUMNS, fault.what, fault.fix),
    }));
    for table in &schema.tables {
        let Some(there) = found.relations.get(&table.name) else { continue };
        let known = |name: &str| table.columns.iter().any(|column| column.name == name);
        let foreign = there.columns.iter().filter(|(name, _)| !known(name));
        let unfilled = foreign.filter_map(|(name, column)| fit::unfilled(found, table, name, column));
        findings.extend(unfilled.map(|fault| Finding::fail(COLUMNS, fault.what, fault.fix)));
        for column in table.columns.iter().filter(|column| column.unique) {
            let is_there = there.columns.contains_key(&column.name);
            if is_there && unique::of(found, &table.name, &column.name) != Uniqueness::Missing {
                continue;
            }
            let place = format!("the column `{}` of `{}` has no unique index of its own", column.name, table.name);
            let fix = "run `cargo gatepost migrate` with this database's URL: it adds the index and changes nothing else, or \
                       says which values prevent it";
            let evidence = format!("{place}: two concurrent requests may write the same value twice");
            findings.push(Finding::warn(COLUMNS, evidence, fix));
        }
    }
    let warned = unique::limited(schema, found).into_iter().chain(compared::inexact(schema, found));
    findings.extend(warned.map(|fault| Finding::warn(COLUMNS, fault.what, fault.fix)));
    findings
}

/// The values that the service writes into `account.providerId`.
fn providers(config: &Config) -> Vec<&str> {
    let password = config.email_and_password.enabled.then_some("credential");
    password.into_iter().chain(config.social.clients.iter().map(|client| client.id.as_str())).collect()
}

/// Warns of columns that protect users and belong to features that are off.
fn unguarded(there: &BTreeMap<String, Relation>, schema: &Schema) -> Vec<String> {
    let of = |name: &String, relation: &Relation| {
        let table = schema.tables.iter().find(|table| table.name == *name)?;
        Some(relation.columns.keys().filter_map(|column| migrate::unguarded(table, column)).collect::<Vec<_>>())
    };
    there.iter().filter_map(|(name, relation)| of(name, relation)).flatten().collect()
}

/// Says whether the stored functions exist and can be trusted.
fn functions(found: CatalogueCheck) -> Finding {
    match found {
        CatalogueCheck::Foreign => {
            let (what, fix) = FOREIGN.split_once(". ").unwrap_or((FOREIGN, ""));
            Finding::fail(FUNCTIONS, what, fix)
        }
        CatalogueCheck::Missing(missing) if missing.is_empty() => {
            Finding::ok(FUNCTIONS, "every stored function exists")
        }
        CatalogueCheck::Missing(missing) => {
            let missing = missing.join(", ");
            let what =
                format!("missing: {missing}; gatepost sends their statements instead, which costs the database more");
            Finding::warn(FUNCTIONS, what, "run `cargo gatepost migrate`")
        }
    }
}
