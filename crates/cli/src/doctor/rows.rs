//! Proves that the tables accept and return the values that the service writes: writes, reads, changes and deletes a row of each with
//! the service's own role, in a transaction that is rolled back. The statements have no parameters and keep nothing in the session,
//! so that they pass every pooler; PostgreSQL reads each value by the type of its column, as it does for the service.

use gatepost_core::{
    config::{ColumnType, Config, Kind, Schema, Table},
    crypto::random::Rng,
    store::{
        StoreError,
        written::{literal, quoted},
    },
};
use tokio_postgres::{Client, SimpleQueryMessage};

use super::{
    placeholder::{ColumnValue, Placeholder},
    refusal::{Refusal, SuspectColumn},
    served,
};
use crate::{edge, report::Finding, tables::found::FoundTables};

pub(super) const CHECK: &str = "rows";
/// How long a statement of the proof may take, and how long it may wait for a lock: requests must not wait for it.
pub(super) const BOUNDS: &str = "set local statement_timeout = '5s'; set local lock_timeout = '1s'; set local idle_in_transaction_session_timeout = '20s'";

/// Writes, reads, changes and deletes a row of each table, and rolls everything back. The finding names the tables that are `left_out`.
/// `None` if the database is read-only, which another check reports.
///
/// # Errors
/// If the connection is lost.
pub(super) async fn check(
    client: &Client,
    schema: &Schema,
    left_out: &[&str],
    found: &FoundTables,
    config: &Config,
) -> Result<Option<Finding>, StoreError> {
    let seed = edge::seed().map_err(|error| StoreError::Failed(error.to_string()))?;
    let placeholder = Placeholder::new(&mut Rng::from_seed(seed).making(schema.ids.form(), edge::now()), edge::now());
    client.batch_execute(&format!("begin; {BOUNDS}")).await?;
    let proof = Proof { client, schema, found, config, placeholder };
    let proven = proof.walk().await;
    // Where the connection is lost, the server rolls back by itself.
    client.batch_execute("rollback").await?;
    match proven {
        Ok(walked) => {
            let refused = served::check(client, schema, found, config, &proof.placeholder).await?;
            Ok(Some(refused.unwrap_or_else(|| walked.finding(config, left_out))))
        }
        Err(StopReason::Refused(finding)) => Ok(Some(finding)),
        Err(StopReason::OnlyReads) => Ok(None),
        Err(StopReason::Lost(error)) => Err(error),
    }
}

/// The reason why the check stopped.
enum StopReason {
    /// The database refused a statement.
    Refused(Finding),
    /// The database is read-only.
    OnlyReads,
    /// The connection was lost.
    Lost(StoreError),
}

/// The result of a whole proof.
struct ProofResult<'a> {
    /// The names of the tables.
    tables: Vec<&'a str>,
    /// The table of users, where a deleted user's row stays.
    kept: Option<&'a Table>,
}

impl ProofResult<'_> {
    fn finding(&self, config: &Config, left_out: &[&str]) -> Finding {
        let stays =
            if config.user.delete_user.enabled { "" } else { " (users are not deleted: `[user.delete_user]` is off)" };
        let evidence = format!(
            "a row of {} was written, read, changed and deleted{stays}; everything was rolled back, including the changes of triggers \
             in this database{}",
            self.tables.join(", "),
            not_tried(left_out)
        );
        let Some(table) = self.kept else { return Finding::ok(CHECK, evidence) };
        let fix = "if users are to stay there, there is nothing to do: gatepost removes their accounts and sessions, and the address stays \
                   taken unless the trigger changes it";
        let evidence =
            format!("{evidence}. A deleted user's row in `{}` stays, by a trigger, a rule or a policy", table.name);
        Finding::warn(CHECK, evidence, fix)
    }
}

struct Proof<'a> {
    client: &'a Client,
    schema: &'a Schema,
    found: &'a FoundTables,
    config: &'a Config,
    placeholder: Placeholder,
}

impl Proof<'_> {
    /// Every table in the order of its references.
    async fn walk(&self) -> Result<ProofResult<'_>, StopReason> {
        let mut written: Vec<(&Table, String)> = Vec::new();
        for table in &self.schema.tables {
            let row = self.placeholder.row(self.schema, table, self.found, self.config, &written);
            let id = self.insert(table, &row).await?;
            self.read(table, &id).await?;
            written.push((table, id));
        }
        if let Err(error) = self.client.batch_execute("set constraints all immediate").await {
            return Err(self.refused(
                "the constraints that are checked at the end of a transaction",
                None,
                (&[], &[]),
                &error,
            ));
        }
        let mut kept = None;
        for (table, id) in written.iter().rev() {
            // Requests add noted changes, and no request changes or deletes one.
            if table.model == "audit" {
                continue;
            }
            self.change(table, id).await?;
            let sql = format!("delete from {} where \"id\" = {}", self.schema.quoted(table), literal(id));
            if table.model != "user" {
                self.touches(table, "deleted", &sql).await?;
            } else if self.config.user.delete_user.enabled && self.touched(table, "deleted", &sql).await? == 0 {
                kept = Some(*table);
            }
        }
        Ok(ProofResult { tables: written.iter().map(|(table, _)| table.name.as_str()).collect(), kept })
    }

    /// Writes the row and returns its identifier.
    async fn insert(&self, table: &Table, row: &[ColumnValue]) -> Result<String, StopReason> {
        let names: Vec<_> = row.iter().map(|written| quoted(&written.column).into_owned()).collect();
        let values: Vec<_> =
            row.iter().map(|written| written.value.as_deref().map_or_else(|| "null".to_owned(), literal)).collect();
        let place = self.schema.quoted(table);
        let column =
            |field: &str| table.column(field).map(|column| quoted(&column.name).into_owned()).unwrap_or_default();
        let is_unique = |field: &str| {
            table.column(field).is_some_and(|column| self.found.has_index(&table.name, &column.name, true))
        };
        let again = match table.model {
            "session" if is_unique("token") => {
                format!(" on conflict ({0}) do update set {0} = excluded.{0}", column("token"))
            }
            "rateLimit" if is_unique("key") => {
                format!(" on conflict ({}) do update set {1} = {place}.{1} + 1", column("key"), column("count"))
            }
            _ => String::new(),
        };
        let sql = format!(
            "insert into {place} ({}) values ({}){again} returning \"id\"::text",
            names.join(", "),
            values.join(", ")
        );
        let answer = match self.client.simple_query(&sql).await {
            Ok(answer) => answer,
            Err(error) => {
                // No savepoint: a trigger may tell rows of its own transaction by their number, which a savepoint's rows do not have.
                self.client.batch_execute(&format!("rollback; begin; {BOUNDS}")).await.map_err(lost)?;
                let suspects = self.suspects(table, row).await?;
                let checked = self.checked(table, &error).await?;
                return Err(self.refused(
                    &format!("a row of `{}`", table.name),
                    Some(table),
                    (&suspects, &checked),
                    &error,
                ));
            }
        };
        let id = answer.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        id.ok_or_else(|| self.gone(table, "there"))
    }

    /// Columns whose type does not take their value: the server does not name them.
    async fn suspects(&self, table: &Table, row: &[ColumnValue]) -> Result<Vec<SuspectColumn>, StopReason> {
        let Some(there) = self.found.relations.get(&table.name) else { return Ok(Vec::new()) };
        let mut suspects = Vec::new();
        for ColumnValue { column, value } in row {
            let (Some(value), Some(found)) = (value, there.columns.get(column)) else { continue };
            let is_long = found.length.is_some_and(|length| value.chars().count() > length);
            let sql = format!("savepoint suspect; select {}::{}", literal(value), found.declared);
            let is_refused = self.client.simple_query(&sql).await.is_err();
            self.client.batch_execute("rollback to savepoint suspect").await.map_err(lost)?;
            if is_long || is_refused {
                suspects.push(SuspectColumn { column: column.clone(), declared: found.declared.clone() });
            }
        }
        Ok(suspects)
    }

    /// The columns of the table's constraint that refuses a row; empty where it was none.
    async fn checked(&self, table: &Table, error: &tokio_postgres::Error) -> Result<Vec<String>, StopReason> {
        let Some(name) = error.as_db_error().and_then(|answer| answer.constraint()) else { return Ok(Vec::new()) };
        let sql = format!(
            "select a.attname from pg_constraint k, pg_attribute a where k.conname = {} and k.conrelid = {}::regclass
                and k.contype = 'c' and a.attrelid = k.conrelid and a.attnum = any (k.conkey)",
            literal(name),
            literal(&self.schema.quoted(table))
        );
        let answer = self.client.simple_query(&sql).await.map_err(lost)?;
        let name = |message: &SimpleQueryMessage| match message {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        };
        Ok(answer.iter().filter_map(name).collect())
    }

    /// Finds the row as the service looks for it.
    async fn read(&self, table: &Table, id: &str) -> Result<(), StopReason> {
        let place = |model: &str| self.schema.table(model).map(|table| self.schema.quoted(table)).unwrap_or_default();
        let column = |model: &str, field: &str| {
            let column = self.schema.table(model).and_then(|table| table.column(field));
            column.map(|column| quoted(&column.name).into_owned()).unwrap_or_default()
        };
        let own = |field: &str| column(table.model, field);
        let (user, later) = (place("user"), literal(&self.placeholder.instant(0)));
        let from = self.schema.quoted(table);
        let sql = match table.model {
            "user" => format!("select from {from} where {} = {}", own("email"), literal(&self.placeholder.email)),
            "session" => format!(
                "select from {from} s join {user} u on u.\"id\" = s.{} where s.{} = {} and s.{} > {later}",
                own("userId"),
                own("token"),
                literal(&self.placeholder.token),
                own("expiresAt"),
            ),
            "account" => format!(
                "select from {from} a join {user} u on u.\"id\" = a.{} where a.{}::text <> '' and a.\"id\" = {}",
                own("userId"),
                own("providerId"),
                literal(id)
            ),
            "verification" => {
                let identifier = literal(&format!("gatepost-doctor:{}", self.placeholder.token));
                format!(
                    "select from {from} where {} = {identifier} and {} > {later}",
                    own("identifier"),
                    own("expiresAt")
                )
            }
            _ => format!("select from {from} where \"id\" = {}", literal(id)),
        };
        self.touches(table, "found again", &sql).await
    }

    /// Changes a value of the row, and looks whether it is there: a trigger may keep the old one. Triggers often write `updatedAt`, so
    /// that it proves nothing.
    async fn change(&self, table: &Table, id: &str) -> Result<(), StopReason> {
        let fields = match table.model {
            "user" => &["name"][..],
            // Triggers on the password may end sessions.
            "account" => &["accessToken"],
            _ => &["expiresAt", "updatedAt"],
        };
        let Some(changed) = fields.iter().find_map(|field| table.column(field)) else { return Ok(()) };
        let declared = self.found.relations.get(&table.name).and_then(|there| there.columns.get(&changed.name));
        let Some(declared) = declared.map(|column| column.declared.as_str()) else { return Ok(()) };
        let value = match changed.holds {
            ColumnType::Value(Kind::Text) => "gatepost doctor 2".to_owned(),
            ColumnType::Value(_) => self.placeholder.instant(48),
            ColumnType::Id | ColumnType::Reference(_) => return Ok(()),
        };
        let (place, name, value, id) = (self.schema.quoted(table), quoted(&changed.name), literal(&value), literal(id));
        self.touches(table, "changed", &format!("update {place} set {name} = {value} where \"id\" = {id}")).await?;
        if changed.field == "updatedAt" {
            return Ok(());
        }
        let sql = format!("select from {place} where \"id\" = {id} and {name}::text = {value}::{declared}::text");
        self.touches(table, "changed", &sql).await
    }

    /// Sends a statement about one row, and fails if it affects none.
    async fn touches(&self, table: &Table, what: &str, sql: &str) -> Result<(), StopReason> {
        if self.touched(table, what, sql).await? > 0 { Ok(()) } else { Err(self.gone(table, what)) }
    }

    /// Sends a statement about one row, and counts the rows that it is about.
    async fn touched(&self, table: &Table, what: &str, sql: &str) -> Result<u64, StopReason> {
        let answer = self.client.simple_query(sql).await;
        let answer = answer.map_err(|error| {
            self.refused(&format!("that a row of `{}` is {what}", table.name), Some(table), (&[], &[]), &error)
        })?;
        let counts = answer.iter().map(|message| match message {
            SimpleQueryMessage::CommandComplete(count) => *count,
            _ => 0,
        });
        Ok(counts.sum())
    }

    /// Reports a refusal of the database. Without an answer, the connection is lost.
    fn refused(
        &self,
        what: &str,
        table: Option<&Table>,
        (suspects, checked): (&[SuspectColumn], &[String]),
        error: &tokio_postgres::Error,
    ) -> StopReason {
        match error.as_db_error() {
            None => StopReason::Lost(StoreError::Failed(error.to_string())),
            Some(answer) if answer.code().code() == "25006" => StopReason::OnlyReads,
            Some(answer) => {
                StopReason::Refused(Refusal { found: self.found, what, table, suspects, checked, answer }.finding())
            }
        }
    }

    fn gone(&self, table: &Table, what: &str) -> StopReason {
        StopReason::Refused(Finding::fail(
            CHECK,
            format!(
                "a row of `{}` that was written is not {what}: a trigger, a rule or a policy changes or hides it",
                table.name
            ),
            "check the triggers, rules and policies of the table: rows that gatepost's role writes must stay unchanged",
        ))
    }
}

fn not_tried(tables: &[&str]) -> String {
    if tables.is_empty() {
        String::new()
    } else {
        format!(". Not tried: {}, because a table or a column is missing", tables.join(", "))
    }
}

fn lost(error: tokio_postgres::Error) -> StopReason {
    StopReason::Lost(error.into())
}
