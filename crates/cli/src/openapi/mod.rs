//! `gatepost generate openapi`: describes the endpoints as OpenAPI 3.1. Handlers declare what they read
//! ([`Input`](gatepost_core::wire::Input)), operations declare the answers; the rest is in the table of endpoints.

mod answers;

use std::{collections::BTreeMap, io};

use gatepost_core::{
    Config,
    config::{Source, Variables},
    declaration::{Member, Operation, Shape},
    endpoint::{Body, Endpoint, Guard},
    functions::{FUNCTIONS, Function},
    openapi,
};
use http::Method;
use serde_json::{Map, Value, json};

/// The description of everything that can be served.
///
/// # Errors
/// Names an endpoint whose answer is not described.
pub fn document() -> io::Result<String> {
    let mut paths: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for function in FUNCTIONS {
        for endpoint in function.endpoints() {
            let operation = operation(endpoint, function)?;
            paths.entry(path(endpoint.path)).or_default().insert(endpoint.method.as_str().to_lowercase(), operation);
        }
    }
    let document = json!({
        "openapi": "3.1.1",
        "info": {
            "title": "gatepost",
            "description": "The API that the better-auth client calls. Written by `cargo gatepost generate`.",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/api/auth" }],
        "paths": paths,
        "components": {
            "schemas": answers::schemas(),
            "securitySchemes": {
                "apiKeyCookie": { "type": "apiKey", "in": "cookie", "name": "__Secure-better-auth.session_token" },
                "bearerAuth": { "type": "http", "scheme": "bearer", "description": "The token of `set-auth-token`." },
            },
        },
    });
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

/// Describes the endpoints that the deployment with this configuration serves.
///
/// # Errors
/// As [`document`].
pub fn of_deployment(variables: &Variables, file: Source<'_>) -> io::Result<String> {
    // The description needs no database; `check env` reports other problems.
    let mut variables = variables.clone();
    if variables.get("DATABASE_URL").is_none() {
        variables.set("DATABASE_URL", "postgres://localhost/any");
    }
    let (config, _) = Config::examine(&variables, Some(file));
    let origin = config.base_url.as_ref().map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    let served = openapi::of_deployment(&document()?, &config, &format!("{origin}{}", config.base_path))?;
    Ok(serde_json::to_string_pretty(&served)?)
}

/// A path as OpenAPI writes it.
fn path(path: &str) -> String {
    path.split_once(':').map_or_else(|| path.to_owned(), |(before, name)| format!("{before}{{{name}}}"))
}

fn operation(endpoint: &Endpoint, function: &Function) -> io::Result<Value> {
    let missing = || io::Error::other(format!("`{}` has no row in the `OPERATIONS` beside it", endpoint.id));
    let declared = function.operation(endpoint).ok_or_else(missing)?;
    let reads = endpoint.run.reads;
    let mut operation = vec![
        ("operationId", declared.name.into()),
        ("tags", json!([declared.tag])),
        ("x-function", function.name.into()),
        (openapi::SERVED, endpoint.served.iter().map(|condition| condition.name()).collect()),
        ("summary", endpoint.about.into()),
        ("responses", responses(declared)),
        ("security", security(if declared.is_of_session { Guard::Session } else { endpoint.guard })),
    ];
    let parameters = parameters(endpoint);
    if !parameters.is_empty() {
        operation.push(("parameters", parameters.into()));
    }
    if endpoint.body != Body::Ignored {
        let required = !reads.body_is_optional;
        let schema = body(reads.body.unwrap_or(Shape::Object(&[])));
        let types = endpoint.body.types().iter().rev().map(|name| ((*name).to_owned(), json!({ "schema": schema })));
        let content: Map<_, _> = types.collect();
        operation.push(("requestBody", json!({ "required": required, "content": content })));
    }
    if endpoint.method != Method::GET {
        // Browsers send it themselves; a request with a cookie and without it is refused.
        operation.push(("description", "With a cookie, the header `Origin` must name a trusted origin.".into()));
    }
    Ok(collected(operation))
}

/// An object of these members.
fn collected(members: Vec<(&str, Value)>) -> Value {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>().into()
}

fn security(guard: Guard) -> Value {
    match guard {
        Guard::Session | Guard::SessionOrKey | Guard::StoredSession | Guard::FreshSession => {
            json!([{ "apiKeyCookie": [] }, { "bearerAuth": [] }])
        }
        Guard::Open | Guard::LoginCsrf | Guard::Link | Guard::Redirects => json!([]),
    }
}

fn parameters(endpoint: &Endpoint) -> Vec<Value> {
    let segment = endpoint.path.split_once(':').map(|(_, name)| {
        json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string", "minLength": 1 } })
    });
    let query = endpoint.run.reads.query.iter().map(|member| {
        json!({ "name": member.name, "in": "query", "required": !member.is_optional, "schema": answers::shape(member.shape) })
    });
    segment.into_iter().chain(query).collect()
}

/// A body: unknown members are ignored, so none is forbidden.
fn body(declared: Shape) -> Value {
    let members: &[Member] = match declared {
        Shape::Object(members) => members,
        Shape::AnyOf(shapes) => return json!({ "anyOf": shapes.iter().copied().map(body).collect::<Vec<_>>() }),
        other => return answers::shape(other),
    };
    let properties: Map<_, _> = members.iter().map(|one| (one.name.to_owned(), body(one.shape))).collect();
    let required: Vec<_> = members.iter().filter(|one| !one.is_optional).map(|one| one.name).collect();
    let mut object = vec![("type", "object".into()), ("properties", properties.into())];
    if !required.is_empty() {
        object.push(("required", required.into()));
    }
    collected(object)
}

/// The statuses of refusals that have a message; `default` is for the others, which are rare.
const REFUSALS: [(&str, &str); 4] = [
    ("400", "Something that was sent is missing or wrong."),
    ("401", "No user is signed in, or the credentials are not valid."),
    ("403", "The user may not do this, or the request comes from an origin that is not trusted."),
    ("429", "Too many requests: `X-Retry-After` says after how many seconds to try again."),
];

fn responses(declared: &Operation) -> Value {
    let answer = &declared.answer;
    let refusal = json!({ "application/json": { "schema": { "$ref": "#/components/schemas/Refusal" } } });
    let refused = "Refused, with a message and, except rate limits and some links, a code.";
    let absent = "There is no such endpoint, or nothing of that name; the body may be empty.";
    let failed = "The service failed, or is not configured correctly; the body may be empty.";
    let mut responses = vec![
        ("404", json!({ "description": absent })),
        ("500", json!({ "description": failed })),
        ("default", json!({ "description": refused, "content": refusal })),
    ];
    for (status, about) in REFUSALS.iter().chain(declared.refusals) {
        responses.push((*status, json!({ "description": about, "content": refusal })));
    }
    if declared.is_of_session {
        responses.push(("401", json!({ "description": "No user is signed in; the body is empty." })));
    }
    if let Some(schema) = answer.body.map(answers::shape) {
        let content = json!({ "application/json": { "schema": schema } });
        responses.push(("200", json!({ "description": answer.about, "content": content })));
    }
    if answer.redirects {
        let location = json!({ "Location": { "schema": { "type": "string" } } });
        let next = "The address to which the browser goes next; after a failure, with `?error=`.";
        responses.push(("302", json!({ "description": next, "headers": location })));
    }
    collected(responses)
}
