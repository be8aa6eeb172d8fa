//! The pool: one for the whole process, built without connecting, and proof against an instance that freezes between
//! two requests. Nothing in here waits without a bound.
//!
//! While an instance is frozen the server closes its connections, and a monotonic clock may stand still. So each
//! connection carries the wall-clock time at which it was last used; one that was idle for longer than the idle timeout
//! is thrown away before it can fail a statement.

use std::{
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

use deadpool::managed::{self, Hook, HookError, Metrics, PoolConfig, PoolError, RecycleError, RecycleResult, Timeouts};
use deadpool_postgres::{ClientWrapper, ManagerConfig, RecyclingMethod};
use futures_util::{
    FutureExt as _,
    future::{self, Either},
};
use jiff::Timestamp;
use tokio_postgres::{
    Row,
    types::{ToSql, Type},
};

use super::{StoreError, bound::Bound, is_passing, schema::Schema, tls, url};
pub use crate::stopwatch::Clock;
use crate::{
    config::{Database, DatabaseTransport, Secret},
    stopwatch::{Crowd, Step, Stopwatch, What, milliseconds, span},
};

/// The connections of this process.
pub struct Pool {
    /// None where there is no database.
    pool: Option<managed::Pool<Connections>>,
    clock: Clock,
    wait: Duration,
    statement: Duration,
    slow: Duration,
}

/// Whether a statement may be sent again when its connection turned out to be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// It reads, or doing it twice is doing it once.
    Safe,
    /// Doing it twice would be wrong: nobody knows whether the first one went through.
    Never,
}

/// Between attempts to connect. All of them are within the bound for connecting: a server that restarts, wakes or is full for
/// a moment costs nobody a request.
const PAUSES: [Duration; 3] = [Duration::from_millis(100), Duration::from_millis(250), Duration::from_millis(500)];

struct Connections {
    postgres: deadpool_postgres::Manager,
    clock: Clock,
}

struct Connection {
    client: ClientWrapper,
    bound: Bound,
    used_at: Timestamp,
    /// Whether a statement is not answered yet. It never will be where its request went away.
    asked: bool,
}

impl managed::Manager for Connections {
    type Type = Connection;
    type Error = tokio_postgres::Error;

    async fn create(&self) -> Result<Connection, tokio_postgres::Error> {
        let mut pauses = PAUSES.into_iter();
        loop {
            match (managed::Manager::create(&self.postgres).await, pauses.next()) {
                (Ok(client), _) => {
                    let (bound, used_at) = (Bound::default(), (self.clock)());
                    return Ok(Connection { client, bound, used_at, asked: false });
                }
                (Err(error), Some(pause)) if is_passing(&error) => tokio::time::sleep(pause).await,
                (Err(error), _) => return Err(error),
            }
        }
    }

    async fn recycle(&self, connection: &mut Connection, metrics: &Metrics) -> RecycleResult<tokio_postgres::Error> {
        if connection.asked {
            return Err(RecycleError::message("a request went away before its answer"));
        }
        managed::Manager::recycle(&self.postgres, &mut connection.client, metrics).await
    }
}

impl Pool {
    /// Builds the pool for `url`, without connecting.
    ///
    /// # Errors
    /// A sentence for the operator about the URL, quoting nothing of it.
    pub fn new(url: &Secret, config: &Database, clock: Clock) -> Result<Self, String> {
        let text = std::str::from_utf8(url.bytes()).unwrap_or_default();
        let manager = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let postgres = match config.transport {
            DatabaseTransport::Tcp => {
                let target = url::read(text)?;
                let tls = tls::connector(&target)?;
                deadpool_postgres::Manager::from_config(target.config, tls, manager)
            }
            #[cfg(feature = "websocket")]
            DatabaseTransport::WebSocket => {
                let (target, connector) = super::websocket::read(text)?;
                deadpool_postgres::Manager::from_config(target, connector, manager)
            }
        };
        let seconds = |seconds: u32| Duration::from_secs(u64::from(seconds));
        let idle = seconds(config.idle_timeout);
        let not_idle_for_long = Hook::sync_fn(move |connection: &mut Connection, _| {
            let idle_for = clock().duration_since(connection.used_at);
            // A clock that was set back says nothing about the connection: better a new one.
            if idle_for.is_negative() || idle_for.unsigned_abs() > idle {
                Err(HookError::message("idle for too long"))
            } else {
                Ok(())
            }
        });
        let timeouts = Timeouts {
            wait: Some(seconds(config.wait_timeout)),
            create: Some(seconds(config.connect_timeout)),
            recycle: Some(Duration::from_secs(2)),
        };
        let pool = managed::Pool::builder(Connections { postgres, clock })
            .config(PoolConfig { max_size: config.max_connections as usize, timeouts, ..PoolConfig::default() })
            .runtime(deadpool::Runtime::Tokio1)
            .pre_recycle(not_idle_for_long)
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self { pool: Some(pool), ..Self::absent(config, clock) })
    }

    /// For a service without a database: every statement is refused.
    pub fn absent(config: &Database, clock: Clock) -> Self {
        let seconds = |seconds: u32| Duration::from_secs(u64::from(seconds));
        Self {
            pool: None,
            clock,
            wait: seconds(config.wait_timeout),
            statement: seconds(config.statement_timeout),
            slow: Duration::MAX,
        }
    }

    /// The same, showing itself in the log where somebody waited for longer than that.
    #[must_use]
    pub fn telling_of_waits(self, slow: Duration) -> Self {
        Self { slow, ..self }
    }

    async fn checkout(&self, watch: &Stopwatch) -> Result<managed::Object<Connections>, StoreError> {
        let none = || StoreError::Unavailable("DATABASE_URL is not set".to_owned());
        let mut getting = std::pin::pin!(self.pool.as_ref().ok_or_else(none)?.get());
        // With an idle connection there is no wait, and nobody reads a clock.
        let got = match getting.as_mut().now_or_never() {
            Some(got) => got,
            None => {
                let from = (self.clock)();
                let got = getting.await;
                self.waited(from, watch);
                got
            }
        };
        got.map_err(|error| match error {
            PoolError::Timeout(managed::TimeoutType::Wait) => StoreError::Exhausted(self.wait.as_secs()),
            PoolError::Timeout(_) => StoreError::Unavailable("connecting took too long".to_owned()),
            // Whatever keeps us from a connection, the answer is the same: try again later.
            PoolError::Backend(error) => match StoreError::from(error) {
                StoreError::Failed(text) => StoreError::Unavailable(text),
                other => other,
            },
            other => StoreError::Unavailable(other.to_string()),
        })
    }

    fn waited(&self, from: Timestamp, watch: &Stopwatch) {
        let to = (self.clock)();
        watch.note(Step { what: What::Wait, from, to });
        if span(from, to) >= self.slow {
            watch.crowded(Crowd { waited_milliseconds: milliseconds(span(from, to)), ..self.status() });
        }
    }

    /// How many connections there are.
    pub fn status(&self) -> Crowd {
        let status = self.pool.as_ref().map(managed::Pool::status);
        let of = |read: fn(&deadpool::Status) -> usize| status.as_ref().map_or(0, read);
        Crowd {
            waited_milliseconds: 0.0,
            open: of(|status| status.size),
            idle: of(|status| status.available),
            waiting: of(|status| status.waiting),
            max: of(|status| status.max_size),
        }
    }

    async fn query(
        &self,
        watch: &Stopwatch,
        repeat: Repeat,
        sql: &str,
        params: Option<&[(&(dyn ToSql + Sync), Type)]>,
    ) -> Result<Vec<Row>, StoreError> {
        let mut may_repeat = repeat == Repeat::Safe;
        loop {
            let mut connection = self.checkout(watch).await?;
            connection.asked = true;
            let Connection { client, bound, .. } = &mut *connection;
            let asking = bound.within(self.statement, ask(client, sql, params));
            let answer = watch.measure(What::Database, asking).await;
            connection.asked = answer.is_none();
            connection.used_at = (self.clock)();
            match answer {
                Some(Ok(rows)) => return Ok(rows),
                Some(Err(error)) => {
                    let error = StoreError::from(error);
                    let lost = matches!(error, StoreError::Unavailable(_)) || connection.client.is_closed();
                    if lost {
                        // It must not come back into the pool, and the idle ones are likely to be as dead.
                        drop(managed::Object::take(connection));
                        self.close_idle();
                    }
                    if !lost || !may_repeat {
                        return Err(error);
                    }
                    may_repeat = false;
                }
                None => {
                    // A network that swallowed this one has swallowed the idle ones as well.
                    drop(managed::Object::take(connection));
                    self.close_idle();
                    return Err(StoreError::TimedOut(self.statement.as_secs()));
                }
            }
        }
    }

    /// Makes a connection, for whoever asks next.
    async fn connect(self: Arc<Self>) -> Result<(), StoreError> {
        self.checkout(&Stopwatch::default()).await.map(drop)
    }

    /// Closes every connection that nobody uses.
    pub fn close_idle(&self) {
        if let Some(pool) = &self.pool {
            pool.retain(|_, _| false);
        }
    }

    /// Connections that are open: in use or idle, and not those that are being made.
    pub fn size(&self) -> usize {
        self.pool.as_ref().map_or(0, |pool| pool.status().size)
    }
}

async fn ask(
    client: &tokio_postgres::Client,
    sql: &str,
    params: Option<&[(&(dyn ToSql + Sync), Type)]>,
) -> Result<Vec<Row>, tokio_postgres::Error> {
    match params {
        Some(params) => client.query_typed(sql, params).await,
        None => client.batch_execute(sql).await.map(|()| Vec::new()),
    }
}

type Connecting = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

/// The pool as one request uses it: counts the statements, each of them one round trip.
pub struct Db {
    pool: Arc<Pool>,
    pub(super) schema: Arc<Schema>,
    statements: AtomicU32,
    connecting: Mutex<Option<Connecting>>,
    /// What the request spends its time with.
    pub watch: Stopwatch,
}

impl Db {
    /// For one request.
    pub fn new(pool: Arc<Pool>, schema: Arc<Schema>) -> Self {
        let (statements, connecting) = (AtomicU32::new(0), Mutex::default());
        Self { pool, schema, statements, connecting, watch: Stopwatch::default() }
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
        params: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Vec<Row>, StoreError> {
        match self.sent(repeat, template, Ok(params)).await {
            // It has written nothing.
            Err(error) if self.schema.learns(template, &error) => self.sent(repeat, template, Ok(params)).await,
            answer => answer,
        }
    }

    /// Sends several statements as one transaction, in one round trip. What is in the place of a parameter is SQL: there are
    /// none in this protocol.
    pub(super) async fn batch(
        &self,
        repeat: Repeat,
        template: &'static str,
        values: &[String],
    ) -> Result<(), StoreError> {
        let answer = match self.sent(repeat, template, Err(values)).await {
            Err(error) if self.schema.learns(template, &error) => self.sent(repeat, template, Err(values)).await,
            answer => answer,
        };
        answer.map(|_| ())
    }

    /// With parameters, or with values in their places.
    async fn sent(
        &self,
        repeat: Repeat,
        template: &'static str,
        with: Result<&[(&(dyn ToSql + Sync), Type)], &[String]>,
    ) -> Result<Vec<Row>, StoreError> {
        self.statements.fetch_add(1, Relaxed);
        let connecting = self.connecting().take();
        if let Some(connecting) = connecting {
            self.watch.measure(What::Wait, connecting).await?;
        }
        let sql = self.schema.statement(template);
        match with {
            Ok(params) => self.pool.query(&self.watch, repeat, &sql, Some(params)).await,
            Err(values) => self.pool.query(&self.watch, repeat, &with_values(&sql, values), None).await,
        }
    }

    /// Sends one statement whose answer has at most one row.
    pub(super) async fn row(
        &self,
        repeat: Repeat,
        template: &'static str,
        params: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(repeat, template, params).await?.into_iter().next())
    }

    /// Statements so far.
    pub fn statements(&self) -> u32 {
        self.statements.load(Relaxed)
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
