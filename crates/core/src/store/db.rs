//! The database as one request uses it.

use std::{
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use futures_util::{
    FutureExt as _,
    future::{self, Either},
};
use jiff::Timestamp;
use tokio_postgres::Row;

use super::{
    Param, Pool, StoreError,
    pool::{Repeat, With},
    schema::Schema,
    secondary::Secondary,
};
use crate::stopwatch::{Stopwatch, What};

type Connecting = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

/// The pool as one request uses it: counts the statements, each of them one round trip.
pub struct Db {
    pool: Arc<Pool>,
    pub(super) schema: Arc<Schema>,
    /// The key-value store beside the database, where there is one.
    pub(super) secondary: Option<Arc<dyn Secondary>>,
    statements: AtomicU32,
    commands: AtomicU32,
    connecting: Mutex<Option<Connecting>>,
    /// What the request spends its time with.
    pub watch: Stopwatch,
}

impl Db {
    /// For one request.
    pub fn new(pool: Arc<Pool>, schema: Arc<Schema>, secondary: Option<Arc<dyn Secondary>>) -> Self {
        Self {
            pool,
            schema,
            secondary,
            statements: AtomicU32::new(0),
            commands: AtomicU32::new(0),
            connecting: Mutex::default(),
            watch: Stopwatch::default(),
        }
    }

    /// Waits for `something` that comes before the first statement, and connects meanwhile where there is no connection yet.
    pub(crate) async fn connecting_meanwhile<T>(&self, something: impl Future<Output = T>) -> T {
        let mut something = pin!(something);
        // Mostly it is there already.
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
            // Where it failed, the first statement tries again.
            Either::Right((_, something)) => something.await,
        }
    }

    fn connecting(&self) -> MutexGuard<'_, Option<Connecting>> {
        self.connecting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same, measured.
    #[must_use]
    pub fn watched(self, watch: Stopwatch) -> Self {
        Self { watch, ..self }
    }

    /// Sends one statement, whose places the schema fills in, and reads all of its rows.
    pub(super) async fn rows(
        &self,
        repeat: Repeat,
        template: &'static str,
        params: &[Param<'_>],
    ) -> Result<Vec<Row>, StoreError> {
        self.sent(repeat, template, With::Params(params), &[]).await
    }

    /// Sends several statements as one transaction, in one round trip. What is in the place of a parameter is SQL: there are
    /// none in this protocol.
    pub(super) async fn batch(
        &self,
        repeat: Repeat,
        template: &'static str,
        values: &[String],
    ) -> Result<(), StoreError> {
        self.sent(repeat, template, With::Nothing, values).await.map(|_| ())
    }

    /// Sends a statement behind another one that takes locks, as one transaction, in one round trip, and reads its row if there
    /// is one. A statement sees what was there when it began: one that locks and acts overlooks what was done by those it
    /// waited for. What stands in the other one in the place of a parameter is SQL.
    pub(super) async fn row_behind(
        &self,
        (lock, values): (&'static str, &[String]),
        template: &'static str,
        params: &[Param<'_>],
    ) -> Result<Option<Row>, StoreError> {
        let lock = with_values(&self.schema.statement(lock), values);
        let rows = self.sent(Repeat::Never, template, With::Behind(&lock, params), &[]).await?;
        Ok(rows.into_iter().next())
    }

    async fn sent(
        &self,
        repeat: Repeat,
        template: &'static str,
        with: With<'_>,
        values: &[String],
    ) -> Result<Vec<Row>, StoreError> {
        match self.sent_once(repeat, template, with, values).await {
            // It has written nothing.
            Err(error) if self.schema.learns(template, &error) => self.sent_once(repeat, template, with, values).await,
            answer => answer,
        }
    }

    /// With parameters, or with values in their places.
    async fn sent_once(
        &self,
        repeat: Repeat,
        template: &'static str,
        with: With<'_>,
        values: &[String],
    ) -> Result<Vec<Row>, StoreError> {
        self.statements.fetch_add(1, Relaxed);
        let connecting = self.connecting().take();
        if let Some(connecting) = connecting {
            self.watch.measure(What::Wait, connecting).await?;
        }
        let sql = self.schema.statement(template);
        match with {
            With::Nothing => self.pool.query(&self.watch, repeat, &with_values(&sql, values), with).await,
            _ => self.pool.query(&self.watch, repeat, &sql, with).await,
        }
    }

    /// Sends one statement whose answer has at most one row.
    pub(super) async fn row(
        &self,
        repeat: Repeat,
        template: &'static str,
        params: &[Param<'_>],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(repeat, template, params).await?.into_iter().next())
    }

    /// Statements so far.
    pub fn statements(&self) -> u32 {
        self.statements.load(Relaxed)
    }

    /// Counts a command to the secondary storage, which is one round trip.
    pub(super) fn commanded(&self) {
        self.commands.fetch_add(1, Relaxed);
    }

    /// Commands to the secondary storage so far.
    pub fn commands(&self) -> u32 {
        self.commands.load(Relaxed)
    }

    /// What the pool's clock says, in whole milliseconds as rows have them.
    pub(super) fn now(&self) -> Timestamp {
        let now = self.pool.now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}

/// A statement with `$1` and so on replaced by values, in one pass: what is in a value stays.
fn with_values(sql: &str, values: &[String]) -> String {
    let mut parts = sql.split('$');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        let (number, rest) = part.split_at_checked(digits).unwrap_or(("", part));
        let value = number.parse::<usize>().ok().and_then(|number| values.get(number.checked_sub(1)?));
        text.push_str(value.map_or("null", String::as_str));
        text.push_str(rest);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_take_the_places_of_parameters_and_are_not_looked_at_again() {
        let values = ["'$2'".to_owned(), "b".to_owned()];
        assert_eq!(with_values("($1, $2, $2)", &values), "('$2', b, b)");
        assert_eq!(with_values("none", &values), "none");
    }
}
