//! Closes connections of clients that are too slow, and of clients that wait while others need a place. A connection is in one of three
//! phases, each with a bound for reading: it waits for a request, reads the head of one, or answers one. `body.rs` of the core bounds the
//! time of bodies.

use std::{
    future::poll_fn,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

use crate::{server::Bounds, work::Work};

/// The phases, by the remainder of the count of changes divided by three.
const HEAD: u64 = 0;
const ANSWERING: u64 = 1;
const WAITING: u64 = 2;
const PHASES: u64 = 3;

/// The phase of a connection, as the count of its changes: so two heads that follow each other have different values, and each has
/// its own bound. The connection begins with a head, since clients connect to send.
#[derive(Clone, Default)]
pub(crate) struct Phase(Arc<AtomicU64>);

impl Phase {
    /// Sets that a request is being answered.
    pub(crate) fn answer(&self) {
        self.advance(ANSWERING);
    }

    /// Sets that the request was answered, and wakes the connection: a read that began while the request was answered has no bound
    /// yet.
    pub(crate) async fn wait(&self) {
        self.advance(WAITING);
        poll_fn(|cx| {
            cx.waker().wake_by_ref();
            Poll::Ready(())
        })
        .await;
    }

    /// Goes on to the next change that has this phase, or stays in it.
    fn advance(&self, phase: u64) {
        let _ = self.0.fetch_update(Relaxed, Relaxed, |count| {
            Some(count.wrapping_add((PHASES + phase - count % PHASES) % PHASES))
        });
    }

    fn count(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// A stream whose reads and writes end with an error when the client is too slow.
pub(crate) struct BoundedStream<S> {
    stream: S,
    phase: Phase,
    header_time: Duration,
    idle_time: Duration,
    write_time: Duration,
    work: Work,
    /// The bound for reading, with the count of the phase that it holds for.
    read: Option<(u64, Pin<Box<Sleep>>)>,
    /// Ready when another client needs the place of this connection. Only one that waits for a request gives it away.
    needed: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    /// The bound for writing, since the last byte that was written.
    write: Option<Pin<Box<Sleep>>>,
}

impl<S> BoundedStream<S> {
    pub(crate) fn new(stream: S, phase: Phase, bounds: &Bounds, work: Work) -> Self {
        let Bounds { header_time, idle_time, write_time, .. } = *bounds;
        Self { stream, phase, header_time, idle_time, write_time, work, read: None, needed: None, write: None }
    }

    /// Ends the wait for the client's bytes if its phase has lasted too long.
    fn wait_for_bytes(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let count = self.phase.count();
        let limit = match count % PHASES {
            HEAD => self.header_time,
            WAITING => self.idle_time,
            _ => {
                (self.read, self.needed) = (None, None);
                return Poll::Pending;
            }
        };
        if count % PHASES == WAITING {
            let work = &self.work;
            let needed = self.needed.get_or_insert_with(|| Box::pin(work.clone().room_is_needed()));
            if needed.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
        } else {
            self.needed = None;
        }
        if self.read.as_ref().is_none_or(|(of, _)| *of != count) {
            self.read = Some((count, Box::pin(sleep(limit))));
        }
        match &mut self.read {
            Some((_, timer)) => timer.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into())),
            None => Poll::Pending,
        }
    }

    /// Ends the wait for a client that does not read.
    fn wait_for_reader<T>(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        let limit = self.write_time;
        let timer = self.write.get_or_insert_with(|| Box::pin(sleep(limit)));
        timer.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for BoundedStream<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(cx, buffer);
        if read.is_pending() {
            return this.wait_for_bytes(cx);
        }
        if buffer.filled().len() > before && this.phase.count() % PHASES == WAITING {
            this.phase.advance(HEAD);
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for BoundedStream<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        match Pin::new(&mut this.stream).poll_write(cx, bytes) {
            Poll::Pending => this.wait_for_reader(cx),
            written => {
                this.write = None;
                written
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        match Pin::new(&mut this.stream).poll_write_vectored(cx, slices) {
            Poll::Pending => this.wait_for_reader(cx),
            written => {
                this.write = None;
                written
            }
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
