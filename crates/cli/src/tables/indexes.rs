//! Indexes that better-auth's schema lacks and that statements of the service need on large tables (docs/scale.md). No program depends on
//! them, so each finding is a warning, and `migrate` creates none.

use std::collections::BTreeMap;

use gatepost_core::{
    config::{Config, Schema},
    store::{StoreError, written::quoted},
};
use tokio_postgres::{Transaction, types::Type};

use super::{fit::Fault, found::FoundTables};

/// The number of rows from which a table is large: reading all of them costs tens of milliseconds.
const LARGE: i64 = 100_000;

/// An index: the table's model, the fields, what stands before and behind the columns, and the requests that read the whole table without
/// it.
struct Wanted {
    model: &'static str,
    fields: &'static [&'static str],
    kind: &'static str,
    present: bool,
    requests: &'static str,
}

const WANTED: [Wanted; 6] = [
    Wanted {
        model: "account",
        fields: &["accountId", "providerId"],
        kind: "",
        present: false,
        requests: "each sign-in with a provider",
    },
    Wanted {
        model: "verification",
        fields: &["expiresAt"],
        kind: "",
        present: false,
        requests: "each mailed link and each start of a sign-in with a provider",
    },
    Wanted {
        model: "verification",
        fields: &["value"],
        kind: "using hash ",
        present: false,
        requests: "each new password and each proof of a mailbox",
    },
    Wanted {
        model: "session",
        fields: &["impersonatedBy"],
        kind: "",
        present: true,
        requests: "each end of an administrator's right to impersonate",
    },
    Wanted {
        model: "invitation",
        fields: &["inviterId"],
        kind: "",
        present: false,
        requests: "each deletion of a user",
    },
    Wanted { model: "apikey", fields: &["expiresAt"], kind: "", present: true, requests: "each new API key" },
];

/// Lists the indexes that are missing on large tables.
///
/// # Errors
/// If the database cannot be read.
pub async fn look(
    transaction: &Transaction<'_>,
    schema: &Schema,
    found: &FoundTables,
    config: &Config,
) -> Result<Vec<Fault>, StoreError> {
    let rows = estimated(transaction, found).await?;
    let is_needed = |wanted: &Wanted| match (wanted.model, wanted.fields) {
        ("account", _) => !config.social.clients.is_empty(),
        ("verification", ["expiresAt"]) => !config.verification.disable_cleanup,
        _ => true,
    };
    let fault = |wanted: &Wanted| {
        let table = schema.table(wanted.model)?;
        let count = rows.get(&table.name).filter(|count| **count >= LARGE)?;
        let names: Option<Vec<&str>> =
            wanted.fields.iter().map(|field| Some(table.column(field)?.name.as_str())).collect();
        let names = names?;
        let there = found.relations.get(&table.name)?;
        // PostgreSQL makes no index of a partitioned table `concurrently`.
        let is_there = found.indexes.values().any(|index| {
            index.table == table.name && index.columns.first().is_some_and(|first| names.contains(&first.as_str()))
        });
        if is_there || there.partitioned_by.is_some() || !names.iter().all(|name| there.columns.contains_key(*name)) {
            return None;
        }
        let columns: Vec<_> = names.iter().map(|name| quoted(name).into_owned()).collect();
        let present = if wanted.present { format!(" where {} is not null", columns.first()?) } else { String::new() };
        Some(Fault {
            what: format!(
                "`{}` has about {count} rows, and {} reads all of them, because no index begins with {}",
                table.name,
                wanted.requests,
                columns.join(" or ")
            ),
            fix: format!(
                "as the owner of the table, and in no transaction: `create index concurrently on {} {}({}){present}`. It changes nothing for \
                 other programs, but that each of their writes costs a little more",
                schema.quoted(table),
                wanted.kind,
                columns.join(", ")
            ),
        })
    };
    Ok(WANTED.iter().filter(|wanted| is_needed(wanted)).filter_map(fault).collect())
}

/// The numbers of rows that PostgreSQL estimates, by table.
async fn estimated(transaction: &Transaction<'_>, found: &FoundTables) -> Result<BTreeMap<String, i64>, StoreError> {
    let sql =
        "select c.relname::text, c.reltuples::bigint from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = $1 and c.relkind = 'r'";
    let rows = transaction.query_typed(sql, &[(&found.schema, Type::TEXT)]).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}
