//! `gatepost migrate`: adds to a database the tables, columns and indexes that the configuration needs, which are better-auth
//! 1.7.25's. Never changes or removes anything, and does everything in one transaction.

pub mod functions;
mod plan;
mod repeated;
pub mod sql;

use std::{collections::BTreeSet, time::Duration};

use gatepost_core::{
    config::{ConnectionOptions, Schema, Variables},
    store::{StoreError, single},
};

use tokio_postgres::Client;

pub use self::plan::Plan;
pub(crate) use self::plan::unguarded;
use crate::tables::{
    found::{FoundTables, Relation},
    incomplete, mapping, owners, rules, times,
};

/// The advisory lock under which migrations run one after the other. No other program uses this number.
const LOCK: i64 = 0x6761_7465_706f_7374;

/// The variables that may contain the URL for migrations, in order. URLs without a pooler come first.
const URLS: [&str; 4] = ["DATABASE_URL_UNPOOLED", "POSTGRES_URL_NON_POOLING", "DATABASE_URL", "POSTGRES_URL"];

/// Finds the URL for migrations and its variable.
pub fn url(variables: &Variables) -> Option<(&'static str, &str)> {
    URLS.iter().find_map(|name| Some((*name, variables.get(name)?)))
}

/// The reason why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The database cannot be reached, or refused a statement.
    #[error("{0}{hint}", hint = hint(.0))]
    Database(#[from] StoreError),
    /// Existing tables prevent the migration.
    #[error("nothing was changed:\n  {}", .0.join("\n  "))]
    Refused(Vec<String>),
    /// Other tables look like the missing ones.
    #[error(
        "nothing was changed: {}.\nIf these are the service's tables, replace the `[schema]` sections of gatepost.toml with \
         these lines:\n\n{}\n\n{}",
        .0.because.join(", "), .0.toml, .0.otherwise()
    )]
    Elsewhere(mapping::Proposal),
    /// Tables are missing while related ones have rows.
    #[error(
        "nothing was changed: {}. New, empty tables beside these rows would {}.\nIf the missing tables have other names, \
         complete these lines and write them into gatepost.toml:\n\n{}\n\nIf they do not exist, `cargo gatepost migrate \
         --new-tables` creates them",
        .0.what, .0.loss, .0.toml
    )]
    Incomplete(incomplete::IncompleteTables),
    /// Another transaction holds a lock.
    #[error(
        "nothing was changed: another transaction holds a lock on a table ({0}), and requests must not wait behind a migration that waits \
         for it. Wait until it has ended, or end it, and run the command again: `select pid, state, xact_start, query from \
         pg_stat_activity where xact_start is not null order by xact_start` lists transactions"
    )]
    Locked(StoreError),
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error.into())
    }
}

/// Plans a migration and changes nothing.
///
/// # Errors
/// If the database cannot be reached.
pub async fn plan(url: &str, options: &ConnectionOptions, schema: &Schema) -> Result<Plan, Failure> {
    let mut client = single::connect(url, options).await?;
    let mut transaction = client.transaction().await?;
    let mut plan = compare(&transaction, schema).await?;
    // Functions read the tables. Where those are missing, `migrate` adds the functions behind them.
    if plan.statements.is_empty() && plan.refusals.is_empty() {
        plan.keep(functions::look(&mut transaction, schema).await?);
    }
    Ok(plan)
}

/// Migrates in one transaction under a lock, and returns what was done.
///
/// # Errors
/// If the database cannot be reached or refuses a statement, or existing tables prevent the migration. Then nothing is changed.
pub async fn migrate(url: &str, options: &ConnectionOptions, schema: &Schema) -> Result<Plan, Failure> {
    migrate_beside(url, options, schema, false).await
}

/// Migrates as [`migrate`] does. With `new_tables`, creates missing tables even if others look like them or related ones have rows.
///
/// # Errors
/// As [`migrate`].
pub async fn migrate_beside(
    url: &str,
    options: &ConnectionOptions,
    schema: &Schema,
    new_tables: bool,
) -> Result<Plan, Failure> {
    let mut client = single::connect(url, options).await?;
    let mut attempts = 1;
    loop {
        match attempt(&mut client, schema, new_tables).await {
            Err(Failure::Database(error)) if is_of_locks(&error) => {
                if attempts == ATTEMPTS {
                    return Err(Failure::Locked(error));
                }
                tokio::time::sleep(PAUSE).await;
                attempts += 1;
            }
            done => return done,
        }
    }
}

/// How often a migration tries to lock its tables, and the pause after each attempt.
const ATTEMPTS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(500);
/// How long it waits for each lock. The requests of a running service wait behind it, and the database looks for a deadlock after a second
/// (`deadlock_timeout`): the migration gives up before, so that no request ends with one.
const WAIT: &str = "set local lock_timeout = '400ms'";

/// Whether another transaction holds a lock on a table.
fn is_of_locks(error: &StoreError) -> bool {
    ["55P03", "40P01"].iter().any(|state| error.to_string().contains(state))
}

async fn attempt(client: &mut Client, schema: &Schema, new_tables: bool) -> Result<Plan, Failure> {
    let mut transaction = client.transaction().await?;
    transaction.batch_execute(&format!("select pg_advisory_xact_lock({LOCK}); {WAIT}")).await?;
    let mut plan = compare(&transaction, schema).await?.judged(new_tables)?;
    if !plan.refusals.is_empty() {
        return Err(Failure::Refused(plan.refusals));
    }
    for statement in &plan.statements {
        transaction.batch_execute(statement).await?;
    }
    let functions = functions::look(&mut transaction, schema).await?;
    if let Some(refusal) = functions.refusal {
        return Err(Failure::Refused(vec![refusal]));
    }
    for statement in &functions.statements {
        transaction.batch_execute(statement).await?;
    }
    plan.keep(functions);
    transaction.commit().await?;
    Ok(plan)
}

async fn compare(transaction: &tokio_postgres::Transaction<'_>, schema: &Schema) -> Result<Plan, Failure> {
    let found = FoundTables::look(transaction, schema.name.as_deref()).await?;
    if let Some(fault) = owners::astray(&found) {
        let refusals = vec![format!("{}: {}", fault.what, fault.fix)];
        return Ok(Plan { refusals, ..Plan::default() });
    }
    let mut populated = BTreeSet::new();
    for table in &schema.tables {
        // Rows matter only if a column is missing.
        let lacks = |columns: &Relation| table.columns.iter().any(|column| !columns.columns.contains_key(&column.name));
        if found.relations.get(&table.name).is_some_and(|there| there.is_table() && lacks(there)) {
            let sql = format!("select exists (select from {})", schema.quoted(table));
            if transaction.query_typed_one(&sql, &[]).await?.try_get(0)? {
                populated.insert(table.name.clone());
            }
        }
    }
    let proposal = mapping::look(transaction, schema, &found).await?;
    let incomplete = incomplete::look(transaction, schema, &found).await?;
    let repeated = repeated::look(transaction, schema, &found).await?;
    let elsewhere = owners::elsewhere(schema, &found);
    let incomplete = incomplete.filter(|_| elsewhere.is_none());
    let owner =
        elsewhere.or_else(|| owners::unnamed(schema, &found)).map(|fault| format!("{}: {}", fault.what, fault.fix));
    let mut plan = Plan { proposal, incomplete, owner, ..Plan::new(schema, &found, &populated, &repeated) };
    let rules = rules::look(transaction, schema, &found).await?.into_iter();
    plan.problems.extend(rules.map(|fault| format!("{}. To fix it, {}", fault.what, fault.fix)));
    let times = times::look(transaction, schema, &found).await?.into_iter();
    plan.warnings.extend(times.map(|fault| format!("{}: {}", fault.what, fault.fix)));
    Ok(plan)
}

/// The fix for an error of the database, unless the error contains it after a semicolon.
fn hint(error: &StoreError) -> &'static str {
    let text = error.to_string();
    let hints = [
        ("3F000", ". Create that schema, or set `[database] schema_name`"),
        ("42501", ". This role may not change tables: set DATABASE_URL_UNPOOLED to the URL of the tables' owner"),
        (
            "P0001",
            ". A function of this database refused it, for example an event trigger: make the change as it allows",
        ),
        ("25006", ". This server is read-only: use the URL of the primary"),
        (
            "23505",
            ". Two rows have a value that must be unique: the project that owns the table must decide which row stays",
        ),
    ];
    let found = hints.into_iter().find(|(state, _)| text.contains(state));
    let is_silent = matches!(error, StoreError::Unavailable(_)) && !text.contains("; ");
    let unreachable = is_silent.then_some(". Start the database, or correct the URL");
    found.map(|(_, hint)| hint).or(unreachable).unwrap_or_default()
}
