//! How long an answer is waited for.

use std::{
    future::poll_fn,
    pin::{Pin, pin},
    task::Poll,
    time::Duration,
};

use tokio::time::{Sleep, sleep};

/// The bound of whatever is asked on one connection, one question after the other.
///
/// It is one timer that is moved on. A new one for each question would cost two system calls more: where it is due before all
/// others it interrupts the reactor.
pub(super) struct Bound(Pin<Box<Sleep>>);

impl Default for Bound {
    fn default() -> Self {
        Self(Box::pin(sleep(Duration::ZERO)))
    }
}

impl Bound {
    /// What `work` comes to, or none where that takes longer than `limit`.
    pub(super) async fn within<T>(&mut self, limit: Duration, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        self.0.as_mut().reset(sleep(limit).deadline());
        poll_fn(|cx| match work.as_mut().poll(cx) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending => self.0.as_mut().poll(cx).map(|()| None),
        })
        .await
    }
}
