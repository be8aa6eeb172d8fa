//! The database for one request.

use std::{
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::{
    FutureExt as _,
    future::{self, Either},
};
use jiff::Timestamp;
use tokio_postgres::{
    Row,
    types::{ToSql, Type},
};

use super::{
    Param, Pool, StoreError,
    additional::Lists,
    founded::{self, FoundedOrganization},
    learnt::THINGS,
    noted::{self, Notes, WrittenRows},
    param::{SentValue, TypedValue},
    pool::{Repeat, StatementInput},
    schema::{Schema, TYPES},
    secondary::Secondary,
    stored::StoredStatement,
    triggers::{self, TriggerTime},
    trips::RoundTrips,
    unknown,
};
use crate::stopwatch::{StepKind, Stopwatch};

type Connecting = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

/// The database for one request: the pool, the schema and, if configured, the secondary storage.
pub struct Db {
    pool: Arc<Pool>,
    pub(crate) schema: Arc<Schema>,
    /// The secondary storage, if configured.
    pub(crate) secondary: Option<Arc<dyn Secondary>>,
    connecting: Mutex<Option<Connecting>>,
    /// The organization of the user whom the request creates.
    pub founding: Option<FoundedOrganization>,
    /// The round trips of the request and the times of its steps.
    pub trips: RoundTrips,
    /// The author of the changes that statements note.
    pub notes: Notes,
}

impl Db {
    /// Creates the database for one request.
    pub fn new(pool: Arc<Pool>, schema: Arc<Schema>, secondary: Option<Arc<dyn Secondary>>) -> Self {
        Self {
            notes: Notes::new(schema.has(noted::TABLE), schema.has(noted::OUTBOX)),
            pool,
            schema,
            secondary,
            connecting: Mutex::default(),
            founding: None,
            trips: RoundTrips::default(),
        }
    }

    /// Asks the database for an answer, which costs one round trip.
    ///
    /// # Errors
    /// The reason why it does not answer.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.row(Repeat::Safe, "select 1", &[]).await.map(drop)
    }

    /// Waits for `something` that comes before the first statement, and meanwhile connects if the pool has no connection.
    pub(crate) async fn connecting_meanwhile<T>(&self, something: impl Future<Output = T>) -> T {
        let mut something = pin!(something);
        // Usually it is already done.
        if let Some(done) = something.as_mut().now_or_never() {
            return done;
        }
        if self.pool.size() > 0 {
            return something.await;
        }
        match future::select(something, Box::pin(self.pool.clone().connect())).await {
            Either::Left((done, connecting)) => {
                *self.connecting() = Some(connecting);
                done
            }
            // If connecting failed, the first statement tries again.
            Either::Right((_, something)) => something.await,
        }
    }

    fn connecting(&self) -> MutexGuard<'_, Option<Connecting>> {
        self.connecting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the database with `watch`, which measures the steps of the request.
    #[must_use]
    pub fn watched(mut self, watch: Stopwatch) -> Self {
        self.trips.watch = watch;
        self
    }

    /// Sends one statement, whose placeholders the schema fills in, and reads all of its rows.
    pub(crate) async fn rows(
        &self,
        repeat: Repeat,
        template: &'static str,
        params: &[Param<'_>],
    ) -> Result<Vec<Row>, StoreError> {
        self.sent(repeat, template, params, &TransactionMode::Nothing).await
    }

    /// Sends a statement and reads as many of its rows as fit into memory (`store::list`).
    pub(crate) async fn list(&self, template: &'static str, params: &[Param<'_>]) -> Result<Vec<Row>, StoreError> {
        self.sent(Repeat::Safe, template, params, &TransactionMode::List).await
    }

    /// Calls the function that the database keeps of a statement and reads its row, if any. Sends the statement itself if the
    /// deployment has no such functions, or if the call fails.
    pub(crate) async fn stored_row(
        &self,
        repeat: Repeat,
        stored: &'static StoredStatement,
        params: &[Param<'_>],
    ) -> Result<Option<Row>, StoreError> {
        if self.schema.has_stored_functions()
            && let Some(rows) = self.called(repeat, stored.template, params).await
        {
            return Ok(rows?.into_iter().next());
        }
        self.row(repeat, stored.template, params).await
    }

    /// Calls the function of a statement. Returns `None` if the statement is to be sent itself: a call that the database refuses has
    /// written nothing.
    async fn called(
        &self,
        repeat: Repeat,
        template: &'static str,
        params: &[Param<'_>],
    ) -> Option<Result<Vec<Row>, StoreError>> {
        let statement = self.schema.statement(template, params);
        let (call, now) = (statement.call(), self.pool.now());
        if call.is_paused(now) {
            return None;
        }
        let params = self.schema.unknown().sent(params);
        let notes = self.notes_of(template);
        let sent = self.schema.sent(&statement, &params, &notes.1, Lists::Json);
        match self.send(repeat, &call.text, StatementInput::Params(&typed(&sent))).await {
            Err(error @ (StoreError::Failed(_) | StoreError::Refused(_))) => {
                if let Some(notice) = call.pause(&error, now) {
                    self.trips.notice(notice);
                }
                None
            }
            answer => {
                if answer.is_ok() && notes.0 != WrittenRows::Nothing {
                    self.notes.wrote();
                }
                Some(answer)
            }
        }
    }

    /// Returns the rows that a statement writes besides its change, and their values.
    fn notes_of(&self, template: &str) -> (WrittenRows, Vec<Option<String>>) {
        let writes = self.notes.writes(template);
        let values = match writes {
            WrittenRows::Nothing => Vec::new(),
            WrittenRows::Change => self.notes.values(self.now(), self.schema.receivers()),
            WrittenRows::Opening => Notes::values_of_opening(self.now(), self.schema.receivers()),
        };
        (writes, values)
    }

    /// Sends several statements as one transaction, in one round trip. `values` are SQL, because this protocol has no parameters.
    pub(super) async fn batch(
        &self,
        repeat: Repeat,
        template: &'static str,
        values: &[String],
    ) -> Result<(), StoreError> {
        let send = async || {
            let sql = self.schema.statement(template, &[]).with_values(values);
            self.send(repeat, &sql, StatementInput::Nothing).await
        };
        match send().await {
            // The refused transaction has written nothing.
            Err(error) if self.schema.learns(template, &error) => send().await,
            answer => answer,
        }
        .map(|_| ())
    }

    /// Sends a statement behind another one that takes locks, as one transaction in one round trip, and reads its row, if any.
    ///
    /// A statement sees the rows of the moment when it began: one that both locks and acts overlooks what the transactions did for
    /// which it waited. The values of the locking statement are SQL.
    pub(crate) async fn row_behind(
        &self,
        lock: (&'static str, &[String]),
        template: &'static str,
        params: &[Param<'_>],
    ) -> Result<Option<Row>, StoreError> {
        let around = TransactionMode::Behind(self.lock(lock));
        Ok(self.sent(Repeat::Never, template, params, &around).await?.into_iter().next())
    }

    fn lock(&self, (template, values): (&'static str, &[String])) -> String {
        self.schema.statement(template, &[]).with_values(values)
    }

    /// Sends an insert with `{user.once}` and reads its row, if any: alone, or behind `lock` like [`Self::row_behind`] if the table
    /// has no constraint that keeps addresses unique.
    pub(crate) async fn row_once(
        &self,
        lock: (&'static str, &[String]),
        template: &'static str,
        params: &[Param<'_>],
    ) -> Result<Option<Row>, StoreError> {
        let around = TransactionMode::Once(self.lock(lock));
        Ok(self.sent(Repeat::Never, template, params, &around).await?.into_iter().next())
    }

    /// Sends a statement in a transaction that is rolled back, in one round trip, and reads its row, if any: the database refuses
    /// what it would refuse, and nothing is written.
    pub(super) async fn row_undone(
        &self,
        template: &'static str,
        params: &[Param<'_>],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.sent(Repeat::Safe, template, params, &TransactionMode::Undone).await?.into_iter().next())
    }

    /// Sends a statement, and once more with NULL if the column of client addresses may have refused the empty text.
    async fn sent(
        &self,
        repeat: Repeat,
        template: &'static str,
        params: &[Param<'_>],
        around: &TransactionMode,
    ) -> Result<Vec<Row>, StoreError> {
        let params = self.schema.unknown().sent(params);
        let (writes, notes) = self.notes_of(template);
        // Repeating a change would note it twice.
        let repeat = if writes == WrittenRows::Change { Repeat::Never } else { repeat };
        let answer = self.sent_noting(repeat, template, params, &(around, notes.as_slice())).await;
        if answer.is_ok() && writes != WrittenRows::Nothing && !matches!(around, TransactionMode::Undone) {
            self.notes.wrote();
        }
        answer
    }

    async fn sent_noting(
        &self,
        repeat: Repeat,
        template: &'static str,
        params: Vec<Param<'_>>,
        around: &(&TransactionMode, &[Option<String>]),
    ) -> Result<Vec<Row>, StoreError> {
        match self.sent_learning(repeat, template, &params, around).await {
            Err(refused) if unknown::may_be_refused(&refused, &params) => {
                let params = unknown::with_null(&params);
                match self.sent_learning(repeat, template, &params, around).await {
                    Err(StoreError::Refused { .. }) => Err(refused),
                    answer => answer.inspect(|_| self.schema.unknown().learn()),
                }
            }
            answer => answer,
        }
    }

    /// Sends a statement, and again in another form if the error shows that the tables need it.
    async fn sent_learning(
        &self,
        repeat: Repeat,
        template: &'static str,
        params: &[Param<'_>],
        around: &(&TransactionMode, &[Option<String>]),
    ) -> Result<Vec<Row>, StoreError> {
        let mut answer = self.sent_once(repeat, template, params, around, Lists::Json).await;
        for _ in 0..THINGS {
            match &answer {
                // A refused statement has written nothing.
                Err(error) if self.schema.learns(template, error) => {
                    answer = self.sent_once(repeat, template, params, around, Lists::Json).await;
                }
                _ => break,
            }
        }
        match answer {
            Err(error) if self.schema.wants_arrays(template, params, &error) => {
                let types =
                    self.sent_once(Repeat::Safe, TYPES, &[], &(&TransactionMode::Nothing, &[]), Lists::Json).await?;
                types.iter().try_for_each(|row| self.schema.learns_types(row))?;
                self.sent_once(repeat, template, params, around, Lists::Arrays).await
            }
            Err(error) if triggers::is_behind(&error) => Err(self.with_triggers(template, error).await),
            answer => answer,
        }
    }

    /// An error with the triggers that may be behind it, which its message does not name.
    async fn with_triggers(&self, template: &str, error: StoreError) -> StoreError {
        let Some(sql) = self.schema.triggers(template, TriggerTime::Before) else { return error };
        let rows = self.send(Repeat::Safe, &sql, StatementInput::Params(&[])).await;
        triggers::told(error, &triggers::named(&rows.unwrap_or_default()))
    }

    async fn sent_once(
        &self,
        repeat: Repeat,
        template: &'static str,
        params: &[Param<'_>],
        (around, notes): &(&TransactionMode, &[Option<String>]),
        lists: Lists,
    ) -> Result<Vec<Row>, StoreError> {
        let founding = self.founding.as_ref().filter(|_| template.contains(founded::PLACE));
        let with_founding = founding.map(|founding| founded::params(params, founding));
        let params = with_founding.as_deref().unwrap_or(params);
        let statement = self.schema.statement(template, params);
        let sent = self.schema.sent(&statement, params, notes, lists);
        let typed = typed(&sent);
        let with = match around {
            TransactionMode::Behind(lock) => StatementInput::Behind(lock, &typed),
            // If the schema knows this by now, it has filled in the statement for it.
            TransactionMode::Once(lock) if self.schema.addresses_may_repeat() => StatementInput::Behind(lock, &typed),
            TransactionMode::List => StatementInput::List(&typed),
            TransactionMode::Nothing | TransactionMode::Once(_) => StatementInput::Params(&typed),
            TransactionMode::Undone => StatementInput::Undone(&typed),
        };
        self.send(repeat, &statement.text, with).await
    }

    async fn send(&self, repeat: Repeat, sql: &str, with: StatementInput<'_>) -> Result<Vec<Row>, StoreError> {
        self.trips.sent();
        let connecting = self.connecting().take();
        if let Some(connecting) = connecting {
            self.trips.watch.measure(StepKind::Wait, connecting).await?;
        }
        self.pool.query(&self.trips.watch, repeat, sql, with).await
    }

    /// Sends a statement that has no placeholders and is not known before the configuration is read, and reads its row, if any.
    pub(super) async fn row_of(
        &self,
        repeat: Repeat,
        sql: &str,
        params: &[Param<'_>],
    ) -> Result<Option<Row>, StoreError> {
        let sent: Vec<_> = params.iter().map(|param| param.sent()).collect();
        Ok(self.send(repeat, sql, StatementInput::Params(&typed(&sent))).await?.into_iter().next())
    }

    /// Sends one statement whose answer has at most one row.
    pub(crate) async fn row(
        &self,
        repeat: Repeat,
        template: &'static str,
        params: &[Param<'_>],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(repeat, template, params).await?.into_iter().next())
    }

    /// Returns the time of the pool's clock, in whole milliseconds as rows have them.
    pub(crate) fn now(&self) -> Timestamp {
        let now = self.pool.now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}

/// Returns values as the driver takes them. Without a type, PostgreSQL reads each by its context.
fn typed<'a>(sent: &'a [SentValue<'_>]) -> Vec<TypedValue<'a>> {
    sent.iter().map(|value| (value as &(dyn ToSql + Sync), Type::UNKNOWN)).collect()
}

/// The transaction around a statement.
enum TransactionMode {
    /// None.
    Nothing,
    /// None, for a list.
    List,
    /// A transaction that begins with this SQL, which takes locks.
    Behind(String),
    /// Such a transaction if the table lets an address occur twice, otherwise nothing.
    Once(String),
    /// A transaction that is rolled back.
    Undone,
}
