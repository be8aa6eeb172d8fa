//! Rules (`create rule`) on the service's tables. The service writes users, accounts and sessions together in one statement, and takes
//! an address once by `on conflict`: PostgreSQL refuses both on a table with a rule for new or changed rows.

use gatepost_core::{config::Schema, store::StoreError};
use tokio_postgres::{Transaction, types::Type};

use super::{fit::Fault, found::FoundTables};

/// Reports the rules for new and changed rows of users, sessions and accounts.
///
/// # Errors
/// If the database cannot be read.
pub async fn look(
    transaction: &Transaction<'_>,
    schema: &Schema,
    found: &FoundTables,
) -> Result<Vec<Fault>, StoreError> {
    let tables = schema.tables.iter().filter(|table| matches!(table.model, "user" | "session" | "account"));
    let names: Vec<&str> = tables.map(|table| table.name.as_str()).collect();
    let sql = "select r.rulename::text, c.relname::text, case r.ev_type when '3' then 'new' else 'changed' end
        from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = $1 and c.relkind in ('r', 'p') and r.ev_type in ('2', '3') and c.relname = any ($2) order by 2, 1";
    let rows = transaction.query_typed(sql, &[(&found.schema, Type::TEXT), (&names, Type::TEXT_ARRAY)]).await?;
    let fault = |row: &tokio_postgres::Row| {
        let (rule, table, which): (String, String, String) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        Ok(Fault {
            what: format!(
                "the rule `{rule}` on `{table}` rewrites statements about {which} rows, and PostgreSQL refuses those that write several \
                 tables at once or have `on conflict`: sign-ups and sign-ins fail"
            ),
            fix: format!(
                "the project that owns the table should do by a trigger `after … on {table} for each row` what the rule does, which works \
                 for every program"
            ),
        })
    };
    rows.iter().map(fault).collect()
}
