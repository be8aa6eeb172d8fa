//! Closes connections that nobody uses before the instance is frozen: a frozen one would hold them for as long as it stands
//! still, and the database has few. The platform's own `attachDatabasePool` does the same, for JavaScript.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use gatepost_core::Auth;
use tokio::sync::watch;

/// After a connection was idle for as long as it may be.
const MARGIN: Duration = Duration::from_millis(100);
/// For a connection to say goodbye.
const GOODBYE: Duration = Duration::from_millis(20);

/// Waits until connections have been idle for long enough, then closes them. A later request takes this one's place: of any
/// number that wait, only the last one does.
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
