//! The connection pool: one per process, built without connecting. It tolerates instances that freeze between two requests
//! (`store/kept.rs`), and every wait in it has a bound.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use deadpool::managed::{self, Metrics, PoolError, RecycleError, RecycleResult};
use deadpool_postgres::{ClientWrapper, ManagerConfig, RecyclingMethod};
use futures_util::future;
use jiff::Timestamp;
use tokio_postgres::{
    Row, Socket,
    tls::{MakeTlsConnect, TlsConnect},
};

use super::{
    StoreError, advice,
    bound::RequestTimeLimit,
    error::is_passing,
    kept::{self, IdleConnection},
    list,
    param::TypedValue,
    tls,
    url::{self, Target},
    words,
};
pub use crate::stopwatch::Clock;
use crate::{
    config::{Database, DatabaseTransport},
    crypto::secret::Secret,
    stopwatch::{PoolStatus, Step, StepKind, Stopwatch, milliseconds, span},
};

/// The pool of connections of this process.
pub struct Pool {
    /// `None` if no database is configured.
    pool: Option<managed::Pool<Connections>>,
    clock: Clock,
    wait: Duration,
    statement: Duration,
    slow: Duration,
}

/// Whether a statement may be sent again if its connection turns out to be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// The statement reads, or doing it twice has the effect of doing it once.
    Safe,
    /// Doing it twice would be wrong, and it is unknown whether the first attempt took effect.
    Never,
}

/// The values and the transaction of a statement.
#[derive(Clone, Copy)]
pub(super) enum StatementInput<'a> {
    /// Nothing. The text may be several statements, which are one transaction.
    Nothing,
    /// Values for its parameters.
    Params(&'a [TypedValue<'a>]),
    /// Values of a list, of which as many rows are read as fit into memory ([`list`]).
    List(&'a [TypedValue<'a>]),
    /// Values, and a statement before it in the same transaction: this statement sees the results of what the first one waited for.
    Behind(&'a str, &'a [TypedValue<'a>]),
    /// Values, in a transaction that is rolled back.
    Undone(&'a [TypedValue<'a>]),
}

impl StatementInput<'_> {
    /// Returns the same statement in a transaction of the isolation that every statement is written for, regardless of the
    /// database's default: it succeeds where stricter isolation undid it.
    fn read_committed(self) -> Self {
        match self {
            Self::Params(params) => Self::Behind("", params),
            other => other,
        }
    }
}

struct Connections {
    postgres: deadpool_postgres::Manager,
    /// The manager without the search path of the URL's `options`, if they have one.
    without_search_path: Option<deadpool_postgres::Manager>,
    /// Whether a pooler has refused those options.
    is_refused: AtomicBool,
    /// The text that errors must not contain: [`words::unsaid`].
    unsaid: Option<String>,
    clock: Clock,
}

struct Connection {
    client: ClientWrapper,
    bound: RequestTimeLimit,
    used_at: Timestamp,
    /// Whether a statement is unanswered. It stays unanswered if its request was dropped.
    asked: bool,
}

impl IdleConnection for Connection {
    fn used_at(&self) -> Timestamp {
        self.used_at
    }
}

impl Connections {
    /// Connects with the search path of the URL, which triggers may rely on, unless a pooler refuses it: statements name the
    /// schema.
    async fn connect(&self) -> Result<ClientWrapper, tokio_postgres::Error> {
        let Some(without) = &self.without_search_path else { return managed::Manager::create(&self.postgres).await };
        if !self.is_refused.load(Relaxed) {
            match managed::Manager::create(&self.postgres).await {
                Err(error) if advice::is_refused_parameter(&error) => self.is_refused.store(true, Relaxed),
                created => return created,
            }
        }
        managed::Manager::create(without).await
    }
}

impl managed::Manager for Connections {
    type Type = Connection;
    type Error = tokio_postgres::Error;

    async fn create(&self) -> Result<Connection, tokio_postgres::Error> {
        let client = kept::connect(|| self.connect(), is_passing).await?;
        Ok(Connection { client, bound: RequestTimeLimit::default(), used_at: (self.clock)(), asked: false })
    }

    async fn recycle(&self, connection: &mut Connection, metrics: &Metrics) -> RecycleResult<tokio_postgres::Error> {
        if connection.asked {
            return Err(RecycleError::message("a request was dropped before its answer"));
        }
        managed::Manager::recycle(&self.postgres, &mut connection.client, metrics).await
    }
}

impl Pool {
    /// Builds the pool for `url`, without connecting.
    ///
    /// # Errors
    /// A sentence for the operator about the URL, which quotes nothing of it.
    pub fn new(url: &Secret, config: &Database, clock: Clock) -> Result<Self, String> {
        let text = std::str::from_utf8(url.bytes()).unwrap_or_default();
        let (postgres, without_search_path, unsaid) = match config.options.connection.transport {
            DatabaseTransport::Tcp => {
                let target = url::read(text)?;
                let tls = tls::connector(&target, &config.options.connection)?;
                managers(target, tls)
            }
            #[cfg(feature = "websocket")]
            DatabaseTransport::WebSocket => {
                let (target, connector) = super::websocket::read(text, &config.options.connection)?;
                managers(target, connector)
            }
        };
        let is_refused = AtomicBool::new(false);
        let connections = Connections { postgres, without_search_path, is_refused, unsaid, clock };
        let pool = kept::pool(connections, &config.options.bounds, config.options.connect_timeout, clock)?;
        Ok(Self { pool: Some(pool), ..Self::absent(config, clock) })
    }

    /// Creates the pool of a service without a database: it refuses every statement.
    pub fn absent(config: &Database, clock: Clock) -> Self {
        Self {
            pool: None,
            clock,
            wait: config.options.bounds.wait_timeout,
            statement: config.options.statement_timeout,
            slow: Duration::MAX,
        }
    }

    /// Sets the wait from which on the pool's status is written to the log.
    #[must_use]
    pub fn logging_waits(self, slow: Duration) -> Self {
        Self { slow, ..self }
    }

    async fn checkout(&self, watch: &Stopwatch) -> Result<managed::Object<Connections>, StoreError> {
        let none = || StoreError::Unavailable("DATABASE_URL is not set".to_owned());
        let pool = self.pool.as_ref().ok_or_else(none)?;
        let got = kept::checkout(pool, self.clock, |from, to| self.waited(from, to, watch)).await;
        got.map_err(|error| match error {
            PoolError::Timeout(managed::TimeoutType::Wait) => StoreError::Exhausted(self.wait.as_secs()),
            PoolError::Timeout(_) => StoreError::Unavailable("connecting took too long".to_owned()),
            PoolError::Backend(error) => StoreError::connecting(&error, pool.manager().unsaid.as_deref()),
            other => StoreError::Unavailable(other.to_string()),
        })
    }

    fn waited(&self, from: Timestamp, to: Timestamp, watch: &Stopwatch) {
        watch.note(Step { kind: StepKind::Wait, from, to });
        if span(from, to) >= self.slow {
            watch.record_pool(PoolStatus { waited_milliseconds: milliseconds(span(from, to)), ..self.status() });
        }
    }

    /// Returns the time of the pool's clock.
    pub(super) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Returns the numbers of connections and of waiting requests.
    pub fn status(&self) -> PoolStatus {
        let status = self.pool.as_ref().map(managed::Pool::status);
        let of = |read: fn(&deadpool::Status) -> usize| status.as_ref().map_or(0, read);
        PoolStatus {
            waited_milliseconds: 0.0,
            open: of(|status| status.size),
            idle: of(|status| status.available),
            waiting: of(|status| status.waiting),
            max: of(|status| status.max_size),
        }
    }

    pub(super) async fn query(
        &self,
        watch: &Stopwatch,
        repeat: Repeat,
        sql: &str,
        with: StatementInput<'_>,
    ) -> Result<Vec<Row>, StoreError> {
        let (mut may_repeat, mut with) = (repeat == Repeat::Safe, with);
        let mut was_undone = false;
        loop {
            let mut connection = self.checkout(watch).await?;
            connection.asked = true;
            let Connection { client, bound, .. } = &mut *connection;
            let asking = bound.within(self.statement, ask(client, sql, with));
            let answer = watch.measure(StepKind::Database, asking).await;
            connection.asked = answer.is_none();
            connection.used_at = (self.clock)();
            match answer {
                Some(Ok(rows)) => return Ok(rows),
                Some(Err(error)) => {
                    let error = StoreError::from(error);
                    if matches!(error, StoreError::Undone(_)) && !was_undone {
                        (was_undone, with) = (true, with.read_committed());
                        drop(connection);
                        tokio::time::sleep(PAUSE).await;
                        continue;
                    }
                    let lost = matches!(error, StoreError::Unavailable(_)) || connection.client.is_closed();
                    if lost {
                        // It must not return to the pool, and the idle connections are probably dead as well.
                        drop(managed::Object::take(connection));
                        self.close_idle();
                    }
                    if !lost || !may_repeat {
                        return Err(error);
                    }
                    may_repeat = false;
                }
                None => {
                    // A network that swallowed this statement has swallowed the idle connections as well.
                    drop(managed::Object::take(connection));
                    self.close_idle();
                    return Err(StoreError::TimedOut(self.statement.as_secs()));
                }
            }
        }
    }

    /// Opens a connection for the next statement.
    pub(super) async fn connect(self: Arc<Self>) -> Result<(), StoreError> {
        self.checkout(&Stopwatch::default()).await.map(drop)
    }

    /// Closes every idle connection.
    pub fn close_idle(&self) {
        if let Some(pool) = &self.pool {
            pool.retain(|_, _| false);
        }
    }

    /// Returns the number of open connections, in use or idle, without those that are being opened.
    pub fn size(&self) -> usize {
        self.pool.as_ref().map_or(0, |pool| pool.status().size)
    }
}

/// Returns the manager of connections to `target`, the one without the target's search path if it has one, and the text that errors
/// must not contain.
fn managers<C>(
    target: Target,
    connector: C,
) -> (deadpool_postgres::Manager, Option<deadpool_postgres::Manager>, Option<String>)
where
    C: MakeTlsConnect<Socket, Stream: Send + Sync, TlsConnect: Send + Sync> + Clone + Send + Sync + 'static,
    <C::TlsConnect as TlsConnect<Socket>>::Future: Send,
{
    let manager = |config| {
        let options = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        deadpool_postgres::Manager::from_config(config, connector.clone(), options)
    };
    let unsaid = words::unsaid(&target.config).map(str::to_owned);
    let without_search_path = target.without_search_path.map(manager);
    (manager(target.config), without_search_path, unsaid)
}

async fn ask(
    client: &tokio_postgres::Client,
    sql: &str,
    with: StatementInput<'_>,
) -> Result<Vec<Row>, tokio_postgres::Error> {
    match with {
        StatementInput::Params(params) => client.query_typed(sql, params).await,
        StatementInput::List(params) => list::read(client, sql, params).await,
        StatementInput::Nothing => client.batch_execute(sql).await.map(|()| Vec::new()),
        StatementInput::Behind(first, params) => transaction(client, first, (sql, params)).await,
        StatementInput::Undone(params) => undone(client, (sql, params)).await,
    }
}

/// The time before a statement that the database undid is sent again. The other transaction of the conflict wakes up and takes its lock
/// within this time. Without the pause, the statement could lock the same row first and end in the same deadlock.
const PAUSE: Duration = Duration::from_millis(20);

/// Undoes a statement. The transaction commits, and so waits for the disk and for replicas as one does that has written: how long it takes
/// must not tell the two apart.
const UNDONE: &str = "rollback to savepoint undone; commit";

/// Sends three messages at once in this order, which is one round trip. If one of them fails, nothing is done.
async fn transaction(
    client: &tokio_postgres::Client,
    first: &str,
    (sql, params): (&str, &[TypedValue<'_>]),
) -> Result<Vec<Row>, tokio_postgres::Error> {
    let begin = format!("begin isolation level read committed; {first}");
    let (begun, rows, done) =
        future::join3(client.batch_execute(&begin), client.query_typed(sql, params), client.batch_execute("commit"))
            .await;
    begun?;
    let rows = rows?;
    done.map(|()| rows)
}

/// Sends a statement that is undone, in one round trip. Constraints that wait for the end of the transaction are checked behind the statement,
/// as they are where it is not undone.
async fn undone(
    client: &tokio_postgres::Client,
    (sql, params): (&str, &[TypedValue<'_>]),
) -> Result<Vec<Row>, tokio_postgres::Error> {
    let (begun, rows, checked, done) = future::join4(
        client.batch_execute("begin isolation level read committed; savepoint undone"),
        client.query_typed(sql, params),
        client.batch_execute("set constraints all immediate"),
        client.batch_execute(UNDONE),
    )
    .await;
    begun?;
    let rows = rows?;
    checked?;
    done.map(|()| rows)
}
