//! Everything that runs in the process: connections up to a bound, requests, and work after answers. The end of the process waits
//! for it.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{AcquireError, Notify, OwnedSemaphorePermit, Semaphore, watch},
    task::JoinHandle,
};

/// The interval at which a client that waits for a place closes another connection.
const PRESSING: Duration = Duration::from_secs(1);

/// The stages of a process, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The service accepts and answers.
    Serving,
    /// The service still accepts and answers, but reports that it is not ready, so that load balancers look for another one.
    Draining,
    /// The service accepts nothing new and closes connections that wait for a request.
    Stopping,
}

/// The place of one connection, until it and its requests have ended.
pub(crate) type Place = Arc<OwnedSemaphorePermit>;

/// The running work of a process. Clones share it.
#[derive(Clone)]
pub struct Work(Arc<State>);

struct State {
    places: Arc<Semaphore>,
    connections: u32,
    /// Closes the connection that has waited longest for a request.
    room: Notify,
    tasks: watch::Sender<usize>,
    stage: watch::Sender<Stage>,
}

/// A running task. Dropping it reports its end, also if the task panicked.
struct Task(Work);

impl Task {
    fn begin(work: &Work) -> Self {
        work.0.tasks.send_modify(|count| *count = count.saturating_add(1));
        Self(work.clone())
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.0.tasks.send_modify(|count| *count = count.saturating_sub(1));
    }
}

impl Work {
    /// Allows at most this many connections at once.
    pub fn new(connections: u32) -> Self {
        let places = Arc::new(Semaphore::new(connections as usize));
        Self(Arc::new(State {
            places,
            connections,
            room: Notify::new(),
            tasks: watch::Sender::new(0),
            stage: watch::Sender::new(Stage::Serving),
        }))
    }

    /// Runs `task` until its end, whether or not its result is still wanted.
    pub fn spawn<T: Send + 'static>(&self, task: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        let running = Task::begin(self);
        tokio::spawn(async move {
            let result = task.await;
            drop(running);
            result
        })
    }

    /// Waits for the place of one more connection. Meanwhile those that have waited longest for a request are closed: otherwise a
    /// client could keep all places by such connections.
    pub(crate) async fn place(&self) -> Result<Place, AcquireError> {
        let mut place = std::pin::pin!(self.0.places.clone().acquire_owned());
        while self.is_full() {
            self.0.room.notify_one();
            if let Ok(place) = tokio::time::timeout(PRESSING, place.as_mut()).await {
                return place.map(Arc::new);
            }
        }
        place.await.map(Arc::new)
    }

    /// Waits until another client needs the place of a connection that waits for a request, and none has waited longer.
    pub(crate) async fn room_is_needed(self) {
        self.0.room.notified().await;
    }

    /// Whether other clients wait for a place.
    pub(crate) fn is_full(&self) -> bool {
        self.0.places.available_permits() == 0
    }

    /// The stage of the process.
    pub fn stage(&self) -> Stage {
        *self.0.stage.borrow()
    }

    /// Goes on to a later stage.
    pub fn enter(&self, stage: Stage) {
        self.0.stage.send_modify(|current| *current = stage.max(*current));
    }

    /// Waits until the process stops accepting.
    pub(crate) async fn stopping(&self) {
        // The sender lives as long as `self`.
        let _ = self.0.stage.subscribe().wait_for(|stage| *stage == Stage::Stopping).await;
    }

    /// Waits until all connections are closed, then until all other work is done.
    pub async fn finished(&self) {
        let _ = self.0.places.acquire_many(self.0.connections).await;
        let _ = self.0.tasks.subscribe().wait_for(|count| *count == 0).await;
    }

    /// The numbers of open connections and of running tasks.
    pub fn counts(&self) -> (usize, usize) {
        let open = (self.0.connections as usize).saturating_sub(self.0.places.available_permits());
        (open, *self.0.tasks.borrow())
    }
}
