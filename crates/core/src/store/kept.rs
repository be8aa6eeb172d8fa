//! The common parts of the pools for PostgreSQL and for the secondary storage.
//!
//! While an instance is frozen, the server closes its connections and a monotonic clock may stand still. So each connection carries
//! the wall-clock time of its last use, and one that was idle for longer than the idle timeout is discarded before it can fail a
//! request.

use std::time::Duration;

use deadpool::managed::{Hook, HookError, Manager, Object, Pool, PoolConfig, PoolError, Timeouts};
use futures_util::FutureExt as _;
use jiff::Timestamp;

use crate::{config::PoolBounds, stopwatch::Clock};

/// A connection that stays open between requests.
pub(super) trait IdleConnection {
    /// Returns the time of the last use, by the wall clock.
    fn used_at(&self) -> Timestamp;
}

/// The pauses between attempts to connect, and in the secondary storage before a refused command is sent again. All attempts to
/// connect are within the bound for connecting, so a server that restarts, wakes or is full for a moment costs no request.
pub(super) const PAUSES: [Duration; 3] =
    [Duration::from_millis(100), Duration::from_millis(250), Duration::from_millis(500)];

/// Connects, and tries again after each of the [`PAUSES`] while `is_passing` says that the error may be over in a moment. The
/// pool's bound for connecting limits all attempts together.
///
/// # Errors
/// The error that does not pass, otherwise that of the last attempt.
pub(super) async fn connect<T, E, F: Future<Output = Result<T, E>>>(
    attempt: impl Fn() -> F,
    is_passing: impl Fn(&E) -> bool,
) -> Result<T, E> {
    let mut pauses = PAUSES.into_iter();
    loop {
        match (attempt().await, pauses.next()) {
            (Err(error), Some(pause)) if is_passing(&error) => tokio::time::sleep(pause).await,
            (connected, _) => return connected,
        }
    }
}

/// Takes a connection out of the pool. Calls `waited` with the start and the end of the wait, unless a connection was idle: then
/// there is no wait, and the clock is not read.
///
/// # Errors
/// The pool's, which may come from connecting.
pub(super) async fn checkout<M: Manager>(
    pool: &Pool<M>,
    clock: Clock,
    waited: impl FnOnce(Timestamp, Timestamp),
) -> Result<Object<M>, PoolError<M::Error>> {
    let mut getting = std::pin::pin!(pool.get());
    if let Some(got) = getting.as_mut().now_or_never() {
        return got;
    }
    let from = clock();
    let got = getting.await;
    waited(from, clock());
    got
}

/// The bound for checking whether an idle connection is still good.
const RECYCLING: Duration = Duration::from_secs(2);

/// Builds a pool of the connections of `manager`, without connecting.
///
/// # Errors
/// The message of the pool's library.
pub(super) fn pool<M: Manager<Type: IdleConnection> + 'static>(
    manager: M,
    bounds: &PoolBounds,
    connect_timeout: Duration,
    clock: Clock,
) -> Result<Pool<M>, String> {
    let idle_timeout = bounds.idle_timeout;
    let not_idle_for_long = Hook::sync_fn(move |connection: &mut M::Type, _| {
        let too_long = idle_for_too_long(connection.used_at(), clock(), idle_timeout);
        if too_long { Err(HookError::message("idle for too long")) } else { Ok(()) }
    });
    let timeouts =
        Timeouts { wait: Some(bounds.wait_timeout), create: Some(connect_timeout), recycle: Some(RECYCLING) };
    Pool::builder(manager)
        .config(PoolConfig { max_size: bounds.max_connections as usize, timeouts, ..PoolConfig::default() })
        .runtime(deadpool::Runtime::Tokio1)
        .pre_recycle(not_idle_for_long)
        .build()
        .map_err(|error| error.to_string())
}

fn idle_for_too_long(used_at: Timestamp, now: Timestamp, idle: Duration) -> bool {
    let idle_for = now.duration_since(used_at);
    // After the clock was set back, the age of the connection is unknown, so it is replaced.
    idle_for.is_negative() || idle_for.unsigned_abs() > idle
}
