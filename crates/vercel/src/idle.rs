//! Closes idle connections before the instance is frozen. A frozen instance would keep them, and the database has few. The
//! platform's own `attachDatabasePool` does this for JavaScript.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use gatepost_core::Auth;
use tokio::sync::watch;

/// The wait after a connection has reached its idle timeout.
const MARGIN: Duration = Duration::from_millis(100);
/// The time for connections to close.
const GOODBYE: Duration = Duration::from_millis(20);

/// Waits until connections have been idle for long enough, then closes them. A later request replaces this one: of several that
/// wait, only the last one closes them.
pub(crate) async fn close_before_the_freeze(auth: Arc<Auth>) {
    static LATEST: OnceLock<watch::Sender<u64>> = OnceLock::new();
    let latest = LATEST.get_or_init(|| watch::Sender::new(0));
    latest.send_modify(|number| *number = number.wrapping_add(1));
    let mut later = latest.subscribe();
    later.mark_unchanged();
    let beside =
        auth.config.secondary_storage.as_ref().map_or(Duration::ZERO, |storage| storage.options.bounds.idle_timeout);
    let idle = auth.config.database.options.bounds.idle_timeout.max(beside) + MARGIN;
    if tokio::time::timeout(idle, later.changed()).await.is_err() {
        auth.pool.close_idle();
        if let Some(secondary) = &auth.secondary {
            secondary.close_idle();
        }
        tokio::time::sleep(GOODBYE).await;
    }
}
