//! Serves the endpoints over HTTP in this process, for `cargo dev` and the tests. The functions of a deployment use the platform's
//! runtime instead; everything below is the same.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use bytes::Bytes;
use gatepost_core::{
    Auth,
    context::{Background, Edge},
    functions::FUNCTIONS,
    handle,
    outcome::Outcome,
    syntax::origin::{self, Pattern, Relative},
};
use http::{Method, Response, StatusCode, Uri, header};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use url::{Host, Url};

/// A service: the state of requests and the receiver of log lines.
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
}

/// Accepts connections until the future is dropped.
///
/// # Errors
/// If the listener fails for good.
pub async fn serve(listener: TcpListener, service: Arc<Service>) -> std::io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        // A failure to set it costs some milliseconds, nothing else.
        let _ = stream.set_nodelay(true);
        let service = service.clone();
        tokio::spawn(async move {
            let answer = service_fn(|request| answer(&service, request));
            // The client disconnected or does not speak HTTP: no one receives an answer.
            let _ = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), answer).await;
        });
    }
}

async fn answer(service: &Service, request: http::Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    if service.knows_hosts && !is_known(&service.auth, &request) {
        let head = Response::builder().status(StatusCode::MISDIRECTED_REQUEST);
        let head = head.header(header::CONTENT_TYPE, "text/plain; charset=utf-8");
        return Ok(head.body(Full::from(UNKNOWN_HOST)).unwrap_or_default());
    }
    if let Some(page) = service.page.as_ref().filter(|_| request.method() == Method::GET && request.uri().path() == "/")
    {
        let head = Response::builder().header(header::CONTENT_TYPE, "text/html; charset=utf-8");
        return Ok(head.body(Full::from(page.clone())).unwrap_or_default());
    }
    let started = crate::edge::monotonic();
    let id = format!("local-{}", NUMBER.fetch_add(1, Relaxed));
    let Ok(seed) = crate::edge::seed() else {
        return Ok(Response::builder().status(500).body(Full::default()).unwrap_or_default());
    };
    let wait_until = Box::new(|work: Background| {
        tokio::spawn(work);
    });
    let edge = Edge {
        now: crate::edge::now(),
        seed,
        scheme: "http",
        session_keys: Some(gatepost_core::session_jwt::SESSION_KEYS),
        places: gatepost_core::functions::PLACES,
        wait_until,
    };
    let tables: Vec<_> = FUNCTIONS.iter().flat_map(|function| function.tables).map(|table| table.endpoints).collect();
    let response = handle::handle(service.auth.clone(), &tables, request, edge).await;
    if let Some(outcome) = response.extensions().get::<Outcome>() {
        (service.log)(&outcome.line(&id, response.status(), started.elapsed()));
    }
    Ok(response.map(Full::from))
}

/// The answer to a request for an unknown host. Does not repeat the request.
const UNKNOWN_HOST: &str = "This server answers to localhost, to the host of BETTER_AUTH_URL and to trusted origins. To reach it \
                            by another name, set BETTER_AUTH_URL or add the origin to BETTER_AUTH_TRUSTED_ORIGINS.\n";

fn is_known<B>(auth: &Auth, request: &http::Request<B>) -> bool {
    let named = |uri: &Uri| uri.authority().map(|authority| authority.as_str().to_owned());
    let header = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let Some(host) = named(request.uri()).or_else(|| header.map(str::to_owned)) else { return false };
    let Ok(url) = Url::parse(&format!("http://{host}")) else { return false };
    let is_local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let config = &auth.config;
    let own = config.base_url.as_ref().map(|url| Pattern::new(&url.origin().ascii_serialization()));
    let patterns = || own.iter().chain(&config.trusted_origins);
    let is_trusted = |scheme| origin::is_trusted(&format!("{scheme}://{host}"), patterns(), Relative::Refused);
    is_local || is_trusted("http") || is_trusted("https")
}
