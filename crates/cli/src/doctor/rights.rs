//! Whether the role may read and write the rows, and whether row level security lets it.

use std::collections::BTreeSet;

use gatepost_core::{
    config::{ColumnType, Schema},
    store::{StoreError, written::quoted},
};
use tokio_postgres::{
    Transaction,
    types::{ToSql, Type},
};

use crate::report::Finding;

pub(super) const CHECK: &str = "rights";

/// Compares the role's rights with what is needed. Conditions of policies are a warning: the rows that are written next show whether
/// they refuse the service's own.
///
/// # Errors
/// An error of the database, if it cannot be read.
pub(super) async fn check(transaction: &Transaction<'_>, schema: &Schema) -> Result<Finding, StoreError> {
    let tables: Vec<&str> = schema.tables.iter().map(|table| table.name.as_str()).collect();
    let sql =
        "select t.name, p.kind, not has_table_privilege(c.oid, p.kind), row_security_active(c.oid), current_user::text,
            case when p.kind = 'delete' then false else has_any_column_privilege(c.oid, p.kind) end
        from unnest($1) as t (name)
            join pg_class c on c.oid = format('%I.%I', coalesce($2, current_schema()::text), t.name)::regclass,
            (values ('select'), ('insert'), ('update'), ('delete')) as p (kind)
        where not (t.name = coalesce($3, '') and p.kind in ('update', 'delete'))";
    // Requests only add notes of changes, and read them.
    let audit = schema.table("audit").map(|table| table.name.as_str());
    let params: [(&(dyn ToSql + Sync), Type); 3] =
        [(&tables, Type::TEXT_ARRAY), (&schema.name, Type::TEXT), (&audit, Type::TEXT)];
    let (mut refused, mut by_columns, mut secured, mut role) = (Vec::new(), Vec::new(), BTreeSet::new(), String::new());
    for row in transaction.query_typed(sql, &params).await? {
        let (table, kind): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        role = row.try_get(4)?;
        if row.try_get(2)? {
            if row.try_get(5)? {
                by_columns.push(format!("`grant {kind} on {} to {}`", place(schema, &table), quoted(&role)));
            }
            refused.push(format!("{kind} on {table}"));
        }
        if row.try_get(3)? {
            secured.insert(table);
        }
    }
    refused.extend(sequences(transaction, schema).await?);
    if !refused.is_empty() {
        let mut fix =
            "run the SQL of `cargo gatepost generate roles` as the owner of the tables, or grant these rights"
                .to_owned();
        let mut evidence = format!("the role {role} may not {}", refused.join(", "));
        if !by_columns.is_empty() {
            evidence += "; some of it is granted on single columns, and gatepost's statements return whole rows";
            fix = format!("{fix}, on whole tables: {}", by_columns.join("; "));
        }
        return Ok(Finding::fail(CHECK, evidence, fix));
    }
    if secured.is_empty() {
        return Ok(Finding::ok(CHECK, format!("the role {role} reads and writes every table")));
    }
    let policies = policies(transaction, schema, &secured).await?;
    Ok(judged(schema, &role, &secured, &policies))
}

/// A policy of a table that has row level security.
struct Policy {
    table: String,
    name: String,
    is_permissive: bool,
    /// `*`, or of `select`, `insert`, `update` and `delete`: `r`, `a`, `w` or `d`.
    command: String,
    using: Option<String>,
    check: Option<String>,
    /// Whether it is for this role.
    applies: bool,
}

impl Policy {
    /// Whether it lets every row through for a command.
    fn is_open(&self, command: &str) -> bool {
        let is_true = |condition: &Option<String>| condition.as_deref() == Some("true");
        // Without a condition of its own a written row meets the other one.
        let check = if self.check.is_some() { &self.check } else { &self.using };
        match command {
            "a" => is_true(check),
            "w" => is_true(&self.using) && is_true(check),
            _ => is_true(&self.using),
        }
    }

    fn is_for(&self, table: &str, command: &str) -> bool {
        self.applies && self.table == table && (self.command == "*" || self.command == command)
    }

    fn told(&self) -> String {
        let kind = if self.is_permissive { "policy" } else { "RESTRICTIVE policy" };
        format!("the {kind} `{}` of `{}`", self.name, self.table)
    }
}

async fn policies(
    transaction: &Transaction<'_>,
    schema: &Schema,
    tables: &BTreeSet<String>,
) -> Result<Vec<Policy>, StoreError> {
    let sql = "select t.name, p.polname::text, p.polpermissive, p.polcmd::text, pg_get_expr(p.polqual, p.polrelid),
            pg_get_expr(p.polwithcheck, p.polrelid),
            exists (select from unnest(p.polroles) as r (id) where case r.id when 0 then true else pg_has_role(current_user, r.id, 'usage') end)
        from unnest($1) as t (name)
            join pg_class c on c.oid = format('%I.%I', coalesce($2, current_schema()::text), t.name)::regclass
            join pg_policy p on p.polrelid = c.oid order by 1, 2";
    let tables: Vec<&str> = tables.iter().map(String::as_str).collect();
    let params: [(&(dyn ToSql + Sync), Type); 2] = [(&tables, Type::TEXT_ARRAY), (&schema.name, Type::TEXT)];
    let rows = transaction.query_typed(sql, &params).await?;
    let policy = |row: &tokio_postgres::Row| {
        Ok(Policy {
            table: row.try_get(0)?,
            name: row.try_get(1)?,
            is_permissive: row.try_get(2)?,
            command: row.try_get(3)?,
            using: row.try_get(4)?,
            check: row.try_get(5)?,
            applies: row.try_get(6)?,
        })
    };
    rows.iter().map(policy).collect()
}

fn judged(schema: &Schema, role: &str, secured: &BTreeSet<String>, policies: &[Policy]) -> Finding {
    let (mut closed, mut conditional, mut restrictive) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    let mut told: Vec<String> = Vec::new();
    for table in secured {
        for command in ["r", "a", "w", "d"] {
            let those = |permissive: bool| {
                policies
                    .iter()
                    .filter(move |policy| policy.is_permissive == permissive && policy.is_for(table, command))
            };
            if those(true).next().is_none() {
                closed.push(table.as_str());
            } else if !those(true).any(|policy| policy.is_open(command)) {
                conditional.insert(table.as_str());
                told.extend(those(true).map(Policy::told));
            }
            for policy in those(false).filter(|policy| !policy.is_open(command)) {
                restrictive.insert((table.as_str(), policy.name.as_str()));
                told.push(policy.told());
            }
        }
    }
    closed.dedup();
    told.sort();
    told.dedup();
    let opened: BTreeSet<&str> = closed.iter().copied().chain(conditional).collect();
    let mut fixes: Vec<String> = opened.iter().map(|table| opening(schema, table, role, policies)).collect();
    if !fixes.is_empty() {
        fixes = vec![format!(
            "as the owner of the tables, let this role see every row. A policy holds for every program that uses the role: if another one \
             does, give gatepost a role of its own first (`cargo gatepost generate roles`), and write that role here: {}",
            fixes.join("; ")
        )];
    }
    fixes.extend(restrictive.iter().map(|(table, name)| {
        format!(
            "no other policy widens a RESTRICTIVE one: declare {} for the other roles alone, with `alter policy {} on {} to …`",
            quoted(name),
            quoted(name),
            place(schema, table)
        )
    }));
    if !closed.is_empty() {
        let evidence = format!("row level security hides rows of {} from the role {role}", closed.join(", "));
        return Finding::fail(CHECK, evidence, fixes.join(". "));
    }
    if told.is_empty() {
        let evidence = format!(
            "the role {role} reads and writes every table; policies of row level security let it through on {}",
            secured.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
        );
        return Finding::ok(CHECK, evidence);
    }
    let evidence = format!(
        "the role {role} reads and writes every table, but row level security may hide rows from it or refuse them: {}",
        told.join(", ")
    );
    let fix = format!(
        "if these conditions leave gatepost every row that it should see, there is nothing to do; otherwise, {}",
        fixes.join(". ")
    );
    Finding::warn(CHECK, evidence, fix)
}

/// A policy that lets the role through, by a name that the table does not have yet.
fn opening(schema: &Schema, table: &str, role: &str, policies: &[Policy]) -> String {
    let is_taken = |name: &str| policies.iter().any(|policy| policy.table == table && policy.name == name);
    let names = std::iter::once("gatepost".to_owned()).chain((2..).map(|number| format!("gatepost_{number}")));
    let name = names.into_iter().find(|name| !is_taken(name)).unwrap_or_default();
    format!("create policy {name} on {} to {} using (true) with check (true)", place(schema, table), quoted(role))
}

fn place(schema: &Schema, table: &str) -> String {
    let found = schema.tables.iter().find(|found| found.name == table);
    found.map(|found| schema.quoted(found)).unwrap_or_default()
}

/// The sequences that number rows and that the role may not use. An identity needs no right of its own.
async fn sequences(transaction: &Transaction<'_>, schema: &Schema) -> Result<Vec<String>, StoreError> {
    let numbered = |holds: ColumnType| holds == ColumnType::Id;
    let ids = schema.tables.iter().filter(|table| table.columns.iter().any(|column| numbered(column.holds)));
    let tables: Vec<&str> = ids.map(|table| table.name.as_str()).collect();
    let sql = "select distinct s.relname::text from unnest($1) as t (name)
            join pg_class c on c.oid = format('%I.%I', coalesce($2, current_schema()::text), t.name)::regclass
            join pg_attribute a on a.attrelid = c.oid and a.attidentity = ''
            join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
            join pg_depend p on p.classid = 'pg_attrdef'::regclass and p.objid = d.oid and p.refclassid = 'pg_class'::regclass
            join pg_class s on s.oid = p.refobjid
        where case when s.relkind = 'S' then not has_sequence_privilege(s.oid, 'usage') else false end order by 1";
    let params: [(&(dyn ToSql + Sync), Type); 2] = [(&tables, Type::TEXT_ARRAY), (&schema.name, Type::TEXT)];
    let rows = transaction.query_typed(sql, &params).await?;
    rows.iter().map(|row| Ok(format!("usage on the sequence {}", row.try_get::<_, String>(0)?))).collect()
}
