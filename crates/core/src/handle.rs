//! The pipeline: the stages of every request, in the order of spec core §1.1. It always answers: an error, a panic and a broken
//! configuration each become a response with a reason.

use std::{borrow::Cow, panic::AssertUnwindSafe, sync::Arc};

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, Uri, header};
use jiff::Timestamp;

use crate::{
    auth::Auth,
    bearer, body, code,
    config::Environment,
    context::{Context, DeferredWork, Edge, places::KeyUse, text_of},
    cookie::{Jar, PendingCookies},
    cors,
    crypto::random::Rng,
    endpoint::{Endpoint, Input},
    error::Error,
    guard, limit,
    outcome::{Audit, Outcome},
    protected::{self, ProtectedFunction},
    reason::Reason,
    reply::Reply,
    routes, stopwatch,
    wire::RawInput,
};

/// Answers a request with the endpoints of `tables`. The response has an [`Outcome`] for the log among its extensions.
pub async fn handle<B>(
    auth: Arc<Auth>,
    tables: &[&'static [Endpoint]],
    request: http::Request<B>,
    edge: Edge,
) -> Response<Bytes>
where
    B: http_body::Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let (parts, body) = request.into_parts();
    let (uri, mut cx) = (parts.uri.clone(), begin(auth, parts, &edge));
    let mut outcome = Outcome::default();
    let walked = AssertUnwindSafe(walk(&mut cx, tables, &uri, body, &mut outcome)).catch_unwind().await;
    finish(cx, walked, outcome, &edge)
}

/// Answers a request with your own function, after identifying the caller. It is separate from [`handle`], so that a function that
/// serves endpoints does not contain it.
pub async fn protect<B>(
    auth: Arc<Auth>,
    run: ProtectedFunction,
    request: http::Request<B>,
    edge: Edge,
) -> Response<Bytes>
where
    B: http_body::Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let (parts, body) = request.into_parts();
    let mut cx = begin(auth, parts, &edge);
    let walk = async {
        cx.answer_headers = cors::headers(&cx);
        match cors::preflight(&cx) {
            Some(reply) => Ok(reply),
            None => protected::walk(&mut cx, run, body).await,
        }
    };
    let walked = AssertUnwindSafe(walk).catch_unwind().await;
    finish(cx, walked, Outcome::default(), &edge)
}

/// Returns the context of a request before its walk, for the pipeline and for tools that call single parts of the core.
pub fn begin(auth: Arc<Auth>, parts: http::request::Parts, edge: &Edge) -> Context {
    let cx = Context {
        jar: Jar::new(text_of(&parts.headers, "cookie", "; ")),
        method: parts.method,
        headers: parts.headers,
        scheme: edge.scheme,
        session_keys: edge.session_keys,
        places: edge.places,
        now: truncated(edge.now),
        rng: Rng::from_seed(edge.seed).making(auth.config.schema.ids.form(), edge.now),
        db: auth.db().watched(auth.stopwatch()),
        api_key: None,
        cookies: PendingCookies::default(),
        answer_headers: HeaderMap::new(),
        afterwards: DeferredWork::default(),
        audit: Audit::default(),
        carried: serde_json::Map::new(),
        called: Vec::new(),
        auth,
    };
    cx.db.notes.know(|author| {
        let (client, options) = (cx.client(), &cx.auth.config.features.audit);
        author.ip_address = Some(client.ip_address).filter(|text| options.ip_address && !text.is_empty());
        author.user_agent = Some(client.user_agent).filter(|text| options.user_agent && !text.is_empty());
    });
    cx
}

/// Turns the result of the pipeline into a response, and passes on the remaining work.
fn finish(
    mut cx: Context,
    walked: Result<Result<Reply, Error>, Box<dyn std::any::Any + Send>>,
    mut outcome: Outcome,
    edge: &Edge,
) -> Response<Bytes> {
    let development = cx.auth.config.environment == Environment::Development;
    let result = walked.unwrap_or_else(|panic| Err(Error::internal(Reason::Panicked, message(panic.as_ref()))));
    outcome.statements = cx.db.trips.statements();
    outcome.commands = cx.db.trips.commands();
    outcome.pool = cx.db.trips.watch.pool();
    outcome.notice = cx.db.trips.take_notice();
    outcome.audit = std::mem::take(&mut cx.audit);
    outcome.hooks = std::mem::take(&mut cx.called);
    if cx.db.notes.has_written_events() {
        cx.places.iter().filter_map(|feature| feature.events_written).for_each(|place| place(&mut cx));
    }
    cx.afterwards.take().into_iter().for_each(&edge.wait_until);
    let reply = match result {
        Ok(reply) => reply,
        Err(error) => Reply::from(&error),
    };
    (outcome.reason, outcome.cause) = (reply.reason, reply.cause.clone());
    let reply = observe(&mut cx, reply, &outcome, edge);
    respond(cx.finish(reply), outcome, development)
}

/// Reports the times of a request's steps, if that is configured.
fn observe(cx: &mut Context, reply: Reply, outcome: &Outcome, edge: &Edge) -> Reply {
    let auth = cx.auth.clone();
    let reply = if auth.config.observability.server_timing {
        let took = stopwatch::span(edge.now, (auth.clock)());
        let header = cx.db.trips.watch.server_timing(outcome.endpoint.unwrap_or("unknown"), took);
        let value = HeaderValue::try_from(header).unwrap_or_else(|_| HeaderValue::from_static(""));
        reply.with(HeaderName::from_static("server-timing"), value)
    } else {
        reply
    };
    #[cfg(feature = "otlp")]
    note(cx, reply.status, outcome, edge);
    reply
}

#[cfg(feature = "otlp")]
/// Records an answered request, and sends the records after the answer.
fn note(cx: &mut Context, status: StatusCode, outcome: &Outcome, edge: &Edge) {
    let auth = cx.auth.clone();
    let Some(telemetry) = &auth.telemetry else { return };
    let mut seed = [0; 32];
    cx.rng.fill(&mut seed);
    telemetry.note(&crate::telemetry::AnsweredRequest {
        endpoint: outcome.endpoint,
        method: cx.method.clone(),
        status: status.as_u16(),
        reason: outcome.reason,
        statements: outcome.statements,
        from: edge.now,
        to: (auth.clock)(),
        steps: cx.db.trips.watch.steps(),
        parent: cx.header("traceparent"),
        seed,
    });
    let auth = auth.clone();
    (edge.wait_until)(Box::pin(async move {
        if let Some(telemetry) = &auth.telemetry {
            telemetry.flush(&auth.pool, auth.clock).await;
        }
    }));
}

/// Answers while the configuration is wrong. The client learns nothing else.
pub fn misconfigured(cause: &crate::config::Problems) -> Response<Bytes> {
    let error = Error::api(StatusCode::INTERNAL_SERVER_ERROR, code::SERVER_MISCONFIGURED, Reason::Misconfigured);
    let outcome = Outcome { reason: Some(Reason::Misconfigured), cause: Some(cause.to_string()), ..Outcome::default() };
    respond(Reply::from(&error), outcome, false)
}

/// Runs the stages of a request: first a preflight, then stages 2 to 11.
async fn walk<B>(
    cx: &mut Context,
    tables: &[&'static [Endpoint]],
    uri: &Uri,
    body: B,
    outcome: &mut Outcome,
) -> Result<Reply, Error>
where
    B: http_body::Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    cx.answer_headers = cors::headers(cx);
    if let Some(reply) = cors::preflight(cx) {
        return Ok(reply);
    }
    let auth = cx.auth.clone();
    let config = &auth.config;
    let whole = resolved(uri.path());
    let path = whole.strip_prefix(config.base_path.as_str()).filter(|path| path.starts_with('/'));
    let path = path.ok_or_else(|| Error::not_found(Reason::UnknownRoute))?;
    let trimmed = path.trim_end_matches('/');
    if config.disabled_paths.iter().any(|disabled| disabled.trim_end_matches('/') == trimmed) {
        return Ok(disabled_path());
    }
    let one_less = path.strip_suffix('/').filter(|_| config.advanced.skip_trailing_slashes);
    let found = routes::find(config, tables, &cx.method, one_less.unwrap_or(path));
    // Before the first refusal, so that the log line of a refused request has its endpoint.
    outcome.endpoint = found.map(|(endpoint, _)| endpoint.id);
    cx.db.notes.know(|author| author.action = outcome.endpoint);
    limit::check(cx, trimmed, routes::known(config, tables, trimmed)).await?;
    for place in cx.places.iter().filter_map(|feature| feature.request) {
        place(cx, path).await?;
    }
    let (endpoint, parameter) = found.ok_or_else(|| Error::not_found(Reason::UnknownRoute))?;
    let body = cx.db.connecting_meanwhile(body::read(endpoint.body, &cx.headers, body)).await?;
    let mut raw = RawInput { body, query: query(uri), parameter: parameter.to_owned() };
    guard::check_origin(cx, endpoint.guard, &mut raw)?;
    bearer::apply(cx);
    cx.api_key = cx.find_api_key(KeyUse::Session).await?;
    (endpoint.run.call)(cx, endpoint, &Input(raw)).await
}

/// Resolves the dot segments of a path, before any decision about it.
fn resolved(path: &str) -> Cow<'_, str> {
    if !path.contains(['.', '%', '\\']) {
        return path.into();
    }
    let url = url::Url::parse(&format!("http://localhost{path}"));
    url.map_or(path.into(), |url| url.path().to_owned().into())
}

/// Truncates a time to whole milliseconds, as rows and JSON have it (spec core §11.2).
fn truncated(now: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

/// Returns the only 404 with a body (spec core §1.1, stage 2).
fn disabled_path() -> Reply {
    let text = HeaderValue::from_static("text/plain;charset=UTF-8");
    let reply = Reply::html("Not Found".to_owned()).with(header::CONTENT_TYPE, text);
    Reply { status: StatusCode::NOT_FOUND, reason: Some(Reason::DisabledPath), ..reply }
}

fn query(uri: &Uri) -> Vec<(String, String)> {
    let query = uri.query().unwrap_or_default();
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

fn respond(reply: Reply, outcome: Outcome, development: bool) -> Response<Bytes> {
    let mut response = Response::new(reply.body);
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    if let Some(reason) = outcome.reason.filter(|_| development) {
        response.headers_mut().insert("x-gatepost-reason", HeaderValue::from_static(reason.name()));
    }
    response.extensions_mut().insert(outcome);
    response
}

/// Returns the message of a panic.
fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without a message".to_owned())
}
