//! Serves the endpoints over HTTP/1.1 in this process. The functions of a deployment use the platform's runtime instead; everything
//! behind it is the same.

use std::{
    convert::Infallible,
    pin::pin,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use bytes::Bytes;
use gatepost_core::{
    Auth,
    context::{Background, Edge},
    endpoint::Endpoint,
    functions::FUNCTIONS,
    handle,
    outcome::Outcome,
};
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{Full, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};

use crate::{
    edge, hosts,
    listener::{Listener, Stream},
    peer::{Identity, Peer, Proxies},
    probes::Probes,
    slow::{BoundedStream, Phase},
    strict,
    work::{Place, Work},
};

/// The pause after a connection could not be accepted, for example because too many files are open.
const PAUSE: Duration = Duration::from_millis(100);

/// The bytes of a head on a developer's machine, where `localhost` has the cookies of every project.
const LOCAL_HEADER_BYTES: usize = 409_600;

/// The tables of all endpoints.
static TABLES: LazyLock<Vec<&'static [Endpoint]>> =
    LazyLock::new(|| FUNCTIONS.iter().flat_map(|function| function.tables).map(|table| table.endpoints).collect());

/// The bounds for clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The number of connections at once.
    pub connections: u32,
    /// The bytes of a request's first line and headers.
    pub header_bytes: usize,
    /// The bytes of a request's body.
    pub body_bytes: usize,
    /// The time within which a request's headers must arrive.
    pub header_time: Duration,
    /// The time for which a connection may wait for its next request.
    pub idle_time: Duration,
    /// The time without progress after which a client that does not read is cut.
    pub write_time: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connections: 4_096,
            header_bytes: 32_768,
            body_bytes: 1_048_576,
            header_time: Duration::from_secs(10),
            // Longer than the proxies of large platforms keep theirs, so that the proxy closes first and loses no request.
            idle_time: Duration::from_secs(75),
            write_time: Duration::from_secs(10),
        }
    }
}

/// A service: the state of requests, and how it treats clients.
pub struct Service {
    /// The state that all requests share.
    pub auth: Arc<Auth>,
    /// The page at `/`, if there is one.
    pub page: Option<String>,
    /// Receives the log line of each request.
    pub log: fn(&str),
    /// Whether only requests are answered whose `Host` is a name of this machine, of the base URL or of a trusted origin. Any site can
    /// point its own name to this machine (DNS rebinding), and would then have the same origin as the service.
    pub knows_hosts: bool,
    /// The proxies whose headers name clients. `None` trusts every client, for a developer's machine.
    pub proxies: Option<Proxies>,
    /// The probes, if there are any.
    pub probes: Option<Probes>,
    /// The bounds for clients.
    pub bounds: Bounds,
    /// Everything that runs.
    pub work: Work,
    /// The beginning of the identifiers of requests in the log.
    pub instance: String,
    /// Whether the log says that a client's address was not believed.
    pub has_warned: AtomicBool,
}

impl Service {
    /// Makes the service of a developer's machine, or of a test.
    pub fn local(auth: Arc<Auth>, log: fn(&str)) -> Self {
        let bounds = Bounds {
            header_bytes: LOCAL_HEADER_BYTES,
            body_bytes: gatepost_core::body::BODY_LIMIT,
            ..Bounds::default()
        };
        Self {
            auth,
            page: None,
            log,
            knows_hosts: false,
            proxies: None,
            probes: None,
            bounds,
            work: Work::new(bounds.connections),
            instance: "local".to_owned(),
            has_warned: AtomicBool::new(false),
        }
    }
}

/// Accepts connections until the process stops, or until the future is dropped.
pub async fn serve(listener: Listener, service: Arc<Service>) {
    let work = &service.work;
    let mut stopping = pin!(work.stopping());
    loop {
        let accept = async {
            let accepted = listener.accept().await;
            (work.place().await, accepted)
        };
        let accepted = tokio::select! {
            () = &mut stopping => return,
            accepted = accept => accepted,
        };
        match accepted {
            (Ok(place), Ok((stream, peer))) => {
                tokio::spawn(connection(stream, peer, service.clone(), place));
            }
            (Err(_), _) => return,
            (_, Err(error)) => {
                let cause = error.to_string();
                (service.log)(&serde_json::json!({ "level": "error", "serve": "accept", "cause": cause }).to_string());
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Answers the requests of a connection, one after the other.
async fn connection(stream: Box<dyn Stream>, peer: Peer, service: Arc<Service>, place: Place) {
    let (bounds, phase) = (service.bounds, Phase::default());
    let stream = TokioIo::new(BoundedStream::new(stream, phase.clone(), &bounds, service.work.clone()));
    let answer = service_fn(|request| {
        phase.answer();
        let (service, place, phase) = (service.clone(), place.clone(), phase.clone());
        async move {
            let mut answer = answer(&service, peer, request, place).await;
            if service.work.is_full() {
                // A connection that waits for its next request would keep another client out.
                answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            phase.wait().await;
            Ok::<_, Infallible>(answer)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // `BoundedStream` bounds the time of headers.
        .header_read_timeout(None)
        .max_header_size(bounds.header_bytes)
        .max_buf_size(bounds.header_bytes)
        .serve_connection(stream, answer);
    let mut connection = pin!(connection);
    // An error means that the client disconnected, was too slow, or does not speak HTTP: no one receives an answer.
    let _ = tokio::select! {
        ended = connection.as_mut() => ended,
        () = service.work.stopping() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
}

async fn answer(
    service: &Arc<Service>,
    peer: Peer,
    mut request: Request<Incoming>,
    place: Place,
) -> Response<Full<Bytes>> {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    // On a developer's machine no proxy stands in front, and the answers are those of the functions.
    if service.proxies.is_some() && strict::is_ambiguous(&request) {
        let head = Response::builder().status(StatusCode::BAD_REQUEST).header(header::CONNECTION, "close");
        return head.body(Full::default()).unwrap_or_default();
    }
    if let Some(probes) = &service.probes {
        let asked = (request.method(), request.uri().path());
        if let Some(answer) = probes.answer(asked, &service.auth, &service.work, service.log).await {
            return answer;
        }
    }
    if service.knows_hosts && !hosts::is_known(&service.auth, &request) {
        let head = Response::builder().status(StatusCode::MISDIRECTED_REQUEST);
        let head = head.header(header::CONTENT_TYPE, "text/plain; charset=utf-8");
        return head.body(Full::from(hosts::UNKNOWN_HOST)).unwrap_or_default();
    }
    if let Some(page) = service.page.as_ref().filter(|_| request.method() == Method::GET && request.uri().path() == "/")
    {
        let head = Response::builder().header(header::CONTENT_TYPE, "text/html; charset=utf-8");
        return head.body(Full::from(page.clone())).unwrap_or_default();
    }
    let started = edge::monotonic();
    let Ok(seed) = edge::seed() else { return failed() };
    let Identity { scheme, id, .. } = identify(service, peer, &mut request);
    let id = id.unwrap_or_else(|| format!("{}-{}", service.instance, NUMBER.fetch_add(1, Relaxed)));
    let work = service.work.clone();
    let edge = Edge {
        now: edge::now(),
        seed,
        scheme,
        session_keys: Some(gatepost_core::session_jwt::SESSION_KEYS),
        places: gatepost_core::functions::PLACES,
        wait_until: Box::new(move |background: Background| {
            work.spawn(background);
        }),
    };
    let (auth, log) = (service.auth.clone(), service.log);
    let request = request.map(|body| Limited::new(body, service.bounds.body_bytes));
    // A task of its own: a request that wrote something still leaves its mails if the client disconnects.
    let handled = service.work.spawn(async move {
        let _place = place;
        let response = handle::handle(auth, &TABLES, request, edge).await;
        if let Some(outcome) = response.extensions().get::<Outcome>() {
            log(&outcome.line(&id, response.status(), started.elapsed()));
        }
        response
    });
    handled.await.map_or_else(|_| failed(), |response| response.map(Full::from))
}

/// Identifies the client, and logs once that an address in a header was not believed.
fn identify(service: &Service, peer: Peer, request: &mut Request<Incoming>) -> Identity {
    const WARNING: &str = "a client that is not a named proxy sent a header with an address, which is ignored; if it is your \
                           proxy, name it with --trust-proxy, or else all its clients share one rate limit";
    let Some(proxies) = &service.proxies else { return Identity { scheme: "http", id: None, disbelieved: false } };
    let names = &service.auth.config.advanced.ip_address.ip_address_headers;
    let identity = proxies.identify(request.headers_mut(), peer, names);
    if identity.disbelieved && !service.has_warned.swap(true, Relaxed) {
        (service.log)(&serde_json::json!({ "level": "warn", "serve": "clients", "warning": WARNING }).to_string());
    }
    identity
}

fn failed() -> Response<Full<Bytes>> {
    Response::builder().status(StatusCode::INTERNAL_SERVER_ERROR).body(Full::default()).unwrap_or_default()
}
