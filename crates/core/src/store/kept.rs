//! What all connections have in common that are kept between requests, wherever they lead.
//!
//! While an instance is frozen the server closes its connections, and a monotonic clock may stand still. So each connection
//! carries the wall-clock time at which it was last used; one that was idle for longer than the idle timeout is thrown away
//! before it can fail a request.

use std::time::Duration;

use deadpool::managed::{Hook, HookError, Manager, Object, Pool, PoolConfig, PoolError, Timeouts};
use futures_util::FutureExt as _;
use jiff::Timestamp;

use crate::{config::PoolBounds, stopwatch::Clock};

/// A connection that is kept.
pub(super) trait Kept {
    /// When it was last used, by the wall clock.
    fn used_at(&self) -> Timestamp;
}

/// Between attempts to connect, and in the secondary storage before a command is sent again that was refused for a moment. All of
/// those to connect are within the bound for it: a server that restarts, wakes or is full for a moment costs nobody a request.
pub(super) const PAUSES: [Duration; 3] =
    [Duration::from_millis(100), Duration::from_millis(250), Duration::from_millis(500)];

/// Connects, and tries again after each of the [`PAUSES`] while `is_passing` says that the error may be over in a moment. Bounded
/// by the pool's bound for connecting.
///
/// # Errors
/// The one that does not pass, else that of the last attempt.
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

/// Takes a connection out of the pool. `waited` is told from when until when that took, unless one was idle: then there is no
/// wait, and no clock is read.
///
/// # Errors
/// The pool's, which may be one of connecting.
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

/// For finding out whether an idle connection is still good.
const RECYCLING: Duration = Duration::from_secs(2);

/// A pool of what `manager` connects to, built without connecting.
///
/// # Errors
/// What the pool's own library says.
pub(super) fn pool<M: Manager<Type: Kept> + 'static>(
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
    // A clock that was set back says nothing about the connection: better a new one.
    idle_for.is_negative() || idle_for.unsigned_abs() > idle
}
