//! The statements that serve, in transactions that are rolled back, for `doctor`. Several rows of one statement meet what single rows do
//! not: a BEFORE trigger may change a row that the statement comes to later, and what an AFTER trigger makes is not there before
//! the statement ends.

use jiff::Timestamp;
use tokio_postgres::{
    Client, Row,
    types::{ToSql, Type},
};

use super::{
    Param, StoreError, account,
    additional::Lists,
    column, credential,
    learnt::THINGS,
    noted::Notes,
    schema::{Schema, TYPES},
    triggers::{self, TriggerTime},
    user::{self, NewUserRow},
    written::literal,
};
use crate::{config, model::Session};

/// A request that is rehearsed. A sign-up comes before each of the others, in the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RehearsedRequest {
    /// A sign-up with a password and, where the service writes one with it, a session.
    SignUp,
    /// A change of the password that ends every other session.
    ChangePassword,
    /// The deletion of the user.
    DeleteUser,
}

/// The rows of a rehearsal. Their address, token and identifiers are in no other row.
pub struct Rows<'a> {
    /// The user and the account.
    pub new: NewUserRow<'a>,
    /// The session that a sign-up begins; `None` if it begins none in the table.
    pub first: Option<&'a Session>,
    /// The session that a change of the password begins; `None` if sessions are not in the table.
    pub next: Option<&'a Session>,
    /// When.
    pub now: Timestamp,
}

/// Why a rehearsal went no further.
#[derive(Debug)]
pub struct StoppedRehearsal {
    /// In which step: the sign-up, or what comes after it.
    pub at: RehearsedRequest,
    /// The error of the database.
    pub error: StoreError,
    /// The AFTER triggers that the step sets off and that write rows; empty where there are none.
    pub after: String,
}

/// A connection on which nothing else is done, and the tables.
pub struct Rehearsal<'a> {
    client: &'a Client,
    schema: Schema,
}

impl<'a> Rehearsal<'a> {
    /// With these tables.
    pub fn new(client: &'a Client, tables: &config::Schema) -> Self {
        Self { client, schema: Schema::new(tables) }
    }

    /// Runs `what` and takes it back. `bounds` is SQL that the transaction begins with. There is no savepoint in it: triggers that
    /// tell rows of their own transaction by its number find the one that serves.
    ///
    /// # Errors
    /// [`StoreError`] where the connection is lost; in the inner result, what the database refuses.
    pub async fn run(
        &self,
        what: RehearsedRequest,
        rows: &Rows<'_>,
        bounds: &str,
    ) -> Result<Result<(), StoppedRehearsal>, StoreError> {
        let (mut done, mut lists) = (Ok(()), Lists::Json);
        for _ in 0..=THINGS {
            self.client.batch_execute(&format!("begin isolation level read committed; {bounds}")).await?;
            done = self.steps(what, rows, lists).await;
            self.client.batch_execute("rollback").await?;
            match &done {
                Err((_, template, error)) if self.schema.learns(template, error) => {}
                Err((_, template, error)) if lists == Lists::Json && self.has_lists(template, rows, error) => {
                    let types = self.client.query_typed(&self.schema.statement(TYPES, &[]).text, &[]).await?;
                    types.iter().try_for_each(|row| self.schema.learns_types(row))?;
                    lists = Lists::Arrays;
                }
                _ => break,
            }
        }
        let Err((at, template, error)) = done else { return Ok(Ok(())) };
        let (error, after) = if triggers::is_behind(&error) {
            (triggers::told(error, &self.triggers(template, TriggerTime::Before).await?), String::new())
        } else {
            (error, self.triggers(template, TriggerTime::After).await?)
        };
        Ok(Err(StoppedRehearsal { at, error, after }))
    }

    fn has_lists(&self, template: &str, rows: &Rows<'_>, error: &StoreError) -> bool {
        self.schema.wants_arrays(template, &[rows.new.additional.into()], error)
    }

    async fn triggers(&self, template: &str, when: TriggerTime) -> Result<String, StoreError> {
        let Some(sql) = self.schema.triggers(template, when) else { return Ok(String::new()) };
        Ok(triggers::named(&self.client.query_typed(&sql, &[]).await?))
    }

    async fn steps(
        &self,
        what: RehearsedRequest,
        rows: &Rows<'_>,
        lists: Lists,
    ) -> Result<(), (RehearsedRequest, &'static str, StoreError)> {
        let (template, params) = user::insertion(&rows.new, rows.first);
        let signed_up = async {
            let row = self.row(template, &params, lists).await?;
            let id = row.map(|row| column::filled_text(&row, 0)).transpose()?;
            let id = id.ok_or_else(|| StoreError::Failed("the row of the new user is not returned".to_owned()))?;
            self.stays(rows.first).await.map(|()| id)
        };
        let id = signed_up.await.map_err(|error| (RehearsedRequest::SignUp, template, error))?;
        match what {
            RehearsedRequest::SignUp => Ok(()),
            RehearsedRequest::ChangePassword => {
                let next = rows.next.map(|session| Session { user_id: id.clone(), ..session.clone() });
                let new = format!("{}0", rows.new.password_hash);
                let change = account::Change {
                    user_id: &id,
                    old: rows.new.password_hash,
                    session: "",
                    new: &new,
                    now: rows.now,
                };
                let token = rows.first.map_or(Param::Null, |session| (&session.token).into());
                let (template, params) = account::change(&change, token, next.as_ref());
                let changed = async {
                    self.lock(&id).await?;
                    let row = self.row(template, &params, lists).await?;
                    row.ok_or_else(|| StoreError::Failed("the account's row is not changed".to_owned()))?;
                    self.stays(next.as_ref()).await
                };
                changed.await.map_err(|error| (what, template, error))
            }
            RehearsedRequest::DeleteUser => {
                let template = user::deletion(rows.next.is_some());
                let deleted = async {
                    self.row(template, &[(&id).into(), Param::Null, Param::Null, Param::Null], lists).await?;
                    self.settle().await
                };
                deleted.await.map_err(|error| (what, template, error))
            }
        }
    }

    async fn lock(&self, id: &str) -> Result<(), StoreError> {
        let sql = self.schema.statement(credential::LOCK, &[]).with_values(&[literal(id)]);
        Ok(self.client.batch_execute(&sql).await?)
    }

    /// Checks what the end of the transaction checks.
    async fn settle(&self) -> Result<(), StoreError> {
        Ok(self.client.batch_execute("set constraints all immediate; set constraints all deferred").await?)
    }

    /// Whether the session is there once the statement that has written it is over.
    async fn stays(&self, session: Option<&Session>) -> Result<(), StoreError> {
        self.settle().await?;
        let Some(session) = session else { return Ok(()) };
        let sql = "select 1 from {session} where {session.token} = $1";
        self.row(sql, &[(&session.token).into()], Lists::Json).await?.map(|_| ()).ok_or_else(|| {
            StoreError::Failed("the new session is gone when the statement ends: a trigger deletes it".to_owned())
        })
    }

    async fn row(&self, template: &'static str, params: &[Param<'_>], lists: Lists) -> Result<Option<Row>, StoreError> {
        let statement = self.schema.statement(template, params);
        let notes = Notes::default().values(Timestamp::UNIX_EPOCH, self.schema.receivers());
        let sent = self.schema.sent(&statement, params, &notes, lists);
        let typed: Vec<(&(dyn ToSql + Sync), Type)> =
            sent.iter().map(|value| (value as &(dyn ToSql + Sync), Type::UNKNOWN)).collect();
        Ok(self.client.query_typed(&statement.text, &typed).await?.into_iter().next())
    }
}
