//! A bound for the wait for an answer.

use std::{
    future::poll_fn,
    pin::{Pin, pin},
    task::Poll,
    time::Duration,
};

use tokio::time::{Sleep, sleep};

/// The time limit for the requests on one connection, which follow each other.
///
/// One timer serves all of them. A new timer for each request would cost two more system calls: it interrupts the reactor if it is
/// due before all others.
pub(super) struct RequestTimeLimit(Pin<Box<Sleep>>);

impl Default for RequestTimeLimit {
    fn default() -> Self {
        Self(Box::pin(sleep(Duration::ZERO)))
    }
}

impl RequestTimeLimit {
    /// Returns the result of `work`, or `None` if that takes longer than `limit`.
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
