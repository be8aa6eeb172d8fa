//! `gatepost shadow`: answers every request from one server, sends those that only read to another one as well, and compares the
//! answers. The second server never delays the first: its requests wait in a bounded queue, and are left out if the queue is full.

mod compare;
mod names;
mod replay;
mod requests;
mod summary;

use std::{
    convert::Infallible,
    future::Future,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use gatepost_core::crypto::random::Rng;
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{net::TcpListener, sync::Semaphore};

use self::{
    compare::{Difference, Mask, NamedAnswer},
    requests::{ShadowRequest, Side, is_repeatable},
};
pub use self::{replay::read as read_recording, summary::Summary};
use crate::{dev, edge};

/// The most bytes of a request's body; better-auth and gatepost read no longer one.
const BODY: usize = 4_500_000;
/// How many requests wait for the second server at most, including those that it is answering.
pub const QUEUE: u16 = 100;
/// How many requests the second server answers at once.
const AT_ONCE: usize = 4;
/// How long the end waits for requests in the queue.
const GRACE: Duration = Duration::from_secs(10);

/// Receives a line for each difference.
pub type OnDifference = Arc<dyn Fn(&str) + Send + Sync>;

/// Two servers, and what their comparison has found so far.
pub struct Shadow {
    old: Side,
    new: Side,
    mask: Mask,
    tell: OnDifference,
    queue: Arc<Semaphore>,
    size: u16,
    at_once: Semaphore,
    summary: Mutex<Summary>,
}

impl Shadow {
    /// Prepares the comparison of the servers at the URLs `from` and `to`, with at most `queue` requests that wait.
    ///
    /// # Errors
    /// If a URL is malformed, or the operating system provides no randomness, with a sentence that says so.
    pub fn new(from: &str, to: &str, queue: u16, tell: OnDifference) -> Result<Self, String> {
        let seed = edge::seed().map_err(|error| error.to_string())?;
        Ok(Self {
            old: Side::new("--from", from)?,
            new: Side::new("--to", to)?,
            mask: Mask::new(Rng::from_seed(seed).id()),
            tell,
            queue: Arc::new(Semaphore::new(queue.into())),
            size: queue,
            at_once: Semaphore::new(AT_ONCE),
            summary: Mutex::default(),
        })
    }

    /// Serves until `stop` is ready, then waits for the requests in the queue, at most ten seconds.
    ///
    /// # Errors
    /// If the listener fails for good.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()>) -> std::io::Result<Summary> {
        let shadow = Arc::new(self);
        let accepting = async {
            loop {
                let (stream, peer) = listener.accept().await?;
                // A failure to set it costs some milliseconds, nothing else.
                let _ = stream.set_nodelay(true);
                let shadow = shadow.clone();
                tokio::spawn(async move {
                    let answer = service_fn(|request| answer(&shadow, peer.ip(), request));
                    let connection =
                        http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), answer);
                    // The client disconnected or does not speak HTTP: no one receives an answer.
                    let _ = connection.await;
                });
            }
        };
        tokio::select! {
            failed = accepting => return failed,
            () = stop => {}
        }
        let empty = shadow.queue.acquire_many(shadow.size.into());
        let _ = tokio::time::timeout(GRACE, empty).await;
        // Requests that still wait are not compared.
        shadow.queue.close();
        Ok(shadow.counts().clone())
    }

    /// Sends recorded requests that only read to both servers, one after the other.
    pub async fn replay(&self, recorded: Vec<ShadowRequest>) -> Summary {
        for asked in recorded {
            self.counts().answered += 1;
            if !is_repeatable(&asked, &self.old) {
                self.counts().only_old += 1;
                continue;
            }
            match self.old.ask(&asked).await {
                Ok(old) => self.compare(&asked, &old).await,
                Err(cause) => self.fail("from", &asked, &cause),
            }
        }
        self.counts().clone()
    }

    /// Queues a request for the second server, or leaves it out if the queue is full.
    fn repeat(self: &Arc<Self>, asked: ShadowRequest, old: Response<Bytes>) {
        let Ok(place) = self.queue.clone().try_acquire_owned() else {
            self.counts().left_out += 1;
            return;
        };
        let shadow = self.clone();
        tokio::spawn(async move {
            let _place = place;
            if let Ok(_turn) = shadow.at_once.acquire().await {
                shadow.compare(&asked, &old).await;
            }
        });
    }

    /// Compares an answer of the first server with one of the second. If they differ, asks both once more: a session may have ended
    /// between the two answers.
    async fn compare(&self, asked: &ShadowRequest, old: &Response<Bytes>) {
        let path = asked.endpoint(&self.old);
        let mut differences = match self.differences(asked, old).await {
            Ok(differences) => differences,
            Err(cause) => return self.fail("to", asked, &cause),
        };
        if !differences.is_empty() {
            let old = match self.old.ask(asked).await {
                Ok(old) => old,
                Err(cause) => return self.fail("from", asked, &cause),
            };
            differences = match self.differences(asked, &old).await {
                Ok(differences) => differences,
                Err(cause) => return self.fail("to", asked, &cause),
            };
        }
        if differences.is_empty() {
            self.counts().same += 1;
            return;
        }
        self.counts().different(path);
        for difference in &differences {
            (self.tell)(&format!("DIFFERS {} {path}: {}", asked.method, difference.line(&self.mask)));
        }
    }

    async fn differences(&self, asked: &ShadowRequest, old: &Response<Bytes>) -> Result<Vec<Difference>, String> {
        let new = self.new.ask_in_place_of(&self.old, asked).await?;
        let seen = (NamedAnswer::of(old, &self.old.origin), NamedAnswer::of(&new, &self.new.origin));
        Ok(compare::differences(asked.endpoint(&self.old), &seen.0, &seen.1))
    }

    fn fail(&self, server: &str, asked: &ShadowRequest, cause: &str) {
        self.counts().failed += 1;
        (self.tell)(&format!("FAILED {} {}: --{}: {cause}", asked.method, asked.shown(&self.old), server));
    }

    fn counts(&self) -> MutexGuard<'_, Summary> {
        self.summary.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Listens on a port of this machine and compares until the process is interrupted.
///
/// # Errors
/// If the port cannot be opened, with the fix.
pub async fn listen(shadow: Shadow, port: u16) -> Result<Summary, String> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await;
    let listener =
        listener.map_err(|error| format!("cannot listen on port {port}: {error}; choose another one with --port"))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    (shadow.tell)(&format!("listening on http://localhost:{}", address.port()));
    let stop = async {
        // Without signals it compares until it is killed.
        if dev::interrupted().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    shadow.serve(listener, stop).await.map_err(|error| error.to_string())
}

/// Answers a request from the first server.
async fn answer(
    shadow: &Arc<Shadow>,
    peer: IpAddr,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY).collect().await else {
        return Ok(plain(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large, or broke off"));
    };
    let asked = ShadowRequest::received(parts, body.to_bytes(), peer);
    shadow.counts().answered += 1;
    let old = match shadow.old.ask(&asked).await {
        Ok(old) => old,
        Err(cause) => {
            shadow.fail("from", &asked, &cause);
            return Ok(plain(StatusCode::BAD_GATEWAY, "the server of --from does not answer"));
        }
    };
    let answer = requests::passed(&old);
    if is_repeatable(&asked, &shadow.old) {
        shadow.repeat(asked, old);
    } else {
        shadow.counts().only_old += 1;
    }
    Ok(answer.map(Full::from))
}

fn plain(status: StatusCode, text: &'static str) -> Response<Full<Bytes>> {
    let head = Response::builder().status(status).header(header::CONTENT_TYPE, "text/plain; charset=utf-8");
    head.body(Full::from(text)).unwrap_or_default()
}
