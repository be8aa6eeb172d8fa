//! `GET /ok`, `GET /error` and the API description; also in the function that answers for paths without an endpoint.

use http::{HeaderValue, Method, header};

use crate::{
    config::Environment,
    context::Context,
    declaration::{Answers, Member, Operation, Shape},
    endpoint::{Body, Condition, Endpoint, Guard},
    error::Error,
    html::escaped,
    openapi,
    reason::Reason,
    reply::Reply,
    rules::query,
    run::run,
    wire,
};

/// The endpoints that report a status.
pub const ENDPOINTS: &[Endpoint] = &[
    Endpoint {
        id: "status.ok",
        method: Method::GET,
        path: "/ok",
        about: "Answers that the service runs. Does not use the database.",
        body: Body::Ignored,
        guard: Guard::Open,
        served: &[],
        uses: &[],
        run: run!(ok),
    },
    Endpoint {
        id: "status.error",
        method: Method::GET,
        path: "/error",
        about: "The end of a failed flow: redirects to `[on_api_error] error_url` or to `/`; a page in development.",
        body: Body::Ignored,
        guard: Guard::Open,
        served: &[],
        uses: &[],
        run: run!(error),
    },
];

/// The endpoint of the API description.
pub const OPEN_API: &[Endpoint] = &[Endpoint {
    id: "status.open_api",
    method: Method::GET,
    path: "/open-api/generate-schema",
    about: "Returns this description of every endpoint that is served, as OpenAPI 3.1; only with `open_api.enabled`.",
    body: Body::Ignored,
    guard: Guard::Open,
    served: &[Condition::Switch("open_api.enabled")],
    uses: &[],
    run: run!(open_api),
}];

/// The operations of [`ENDPOINTS`] and [`OPEN_API`] in the API description.
pub const OPERATIONS: &[Operation] = &[
    Operation::of(
        "status.ok",
        "ok",
        Answers::of("The service runs.", Shape::Object(&[Member::of("ok", Shape::Boolean)])),
    ),
    Operation::of("status.error", "error", Answers::REDIRECT),
    Operation::of(
        "status.open_api",
        "generateOpenAPISchema",
        Answers::of("OpenAPI 3.1.", Shape::AnyObject(&["openapi", "paths"])),
    ),
];

/// Answers that the service runs (spec core §3.1).
async fn ok(_: &mut Context, _: wire::NoInput) -> Result<Reply, Error> {
    Reply::json(&wire::Health { ok: true })
}

/// Returns the API description, at the path of better-auth's plugin.
async fn open_api(cx: &mut Context, _: wire::NoInput) -> Result<Reply, Error> {
    let document = openapi::of_deployment(openapi::DOCUMENT, &cx.auth.config, &cx.base_url());
    Reply::json(&document.map_err(|error| Error::internal(Reason::Panicked, error))?)
}

/// Shows the error of a failed flow (spec core §3.2).
async fn error(cx: &mut Context, query: wire::ShowError) -> Result<Reply, Error> {
    match &cx.auth.config.error_url {
        Some(url) => Reply::redirect(&with_error(url, &query)),
        None if cx.auth.config.environment == Environment::Development => Ok(page(&cx.auth.config.app_name, &query)),
        None => Reply::redirect(&with_error("/", &query)),
    }
}

/// Returns a URL with the error in its query.
fn with_error(url: &str, query: &wire::ShowError) -> String {
    let description = query.description.iter().map(|text| ("error_description", text.as_str()));
    let params: Vec<_> = [("error", query.code.as_str())].into_iter().chain(description).collect();
    query::appended(url, &params)
}

/// The page's content security policy. It allows no script and loads nothing, so that text which escaping missed has no effect.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

fn page(app_name: &str, query: &wire::ShowError) -> Reply {
    let (app_name, code) = (escaped(app_name), escaped(&query.code));
    let description = escaped(query.description.as_deref().unwrap_or("No description was given."));
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>{app_name}: error</title>\n<style>body{{font:1rem/1.5 system-ui;max-width:40rem;margin:4rem auto;padding:0 1rem}}</style>\n\
         <h1>Something went wrong</h1>\n<p>{description}</p>\n<p>Code: <code>{code}</code></p>\n</html>\n"
    );
    Reply::html(page)
        .with(header::CONTENT_SECURITY_POLICY, POLICY)
        .with(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"))
}
