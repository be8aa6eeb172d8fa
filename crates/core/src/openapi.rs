//! The description of the API as one deployment serves it: made of the one that is generated from the table of endpoints
//! (`gatepost generate openapi`), without what is switched off, with the columns of one's own and the names of its cookies.

use serde_json::{Map, Value, json};

use crate::{
    config::{Config, Field, Kind},
    cookie::Cookies,
    handle,
};

/// The description of everything, as it is generated. Linked into the function that serves it and into no other.
pub const DOCUMENT: &str = include_str!("../../../docs/openapi.json");

/// `document` as this deployment serves it at `base_url`.
///
/// # Errors
/// Where `document` is no JSON, which the generated one is.
pub fn of_deployment(document: &str, config: &Config, base_url: &str) -> serde_json::Result<Value> {
    let mut document: Value = serde_json::from_str(document)?;
    if let Some(document) = document.as_object_mut() {
        document.insert("servers".to_owned(), json!([{ "url": base_url }]));
    }
    if let Some(Value::Object(paths)) = document.get_mut("paths") {
        *paths =
            std::mem::take(paths).into_iter().filter_map(|(path, item)| Some((served(config, path)?, item))).collect();
        for path in ["/sign-up/email", "/update-user", "/update-session"] {
            let own = &config.schema.additional;
            let fields = if path == "/update-session" { &own.session } else { &own.user };
            let body = paths
                .get_mut(path)
                .and_then(|item| item.pointer_mut("/post/requestBody/content/application~1json/schema"));
            let fields = fields.iter().filter(|field| field.input);
            add(body, fields, |field| {
                path == "/sign-up/email" && field.required == Some(true) && field.default.is_none()
            });
        }
    }
    for (schema, fields) in [("User", &config.schema.additional.user), ("Session", &config.schema.additional.session)] {
        let schema = document.pointer_mut(&format!("/components/schemas/{schema}"));
        add(schema, fields.iter().filter(|field| field.returned), |_| false);
    }
    if let Some(name) = document.pointer_mut("/components/securitySchemes/cookie/name") {
        *name = Cookies::new(config).session_token.name.into();
    }
    Ok(document)
}

/// Where what the description calls `path` is served, if it is.
fn served(config: &Config, path: String) -> Option<String> {
    let path = if path == "/jwks" { config.jwks.path.clone() } else { path };
    let disabled = config.disabled_paths.iter().any(|disabled| disabled.trim_end_matches('/') == path);
    let elsewhere = config.jwks.remote && path == config.jwks.path;
    let is_served = !disabled && !elsewhere && handle::named(config, &path).is_some();
    is_served.then_some(path)
}

fn add<'f>(schema: Option<&mut Value>, fields: impl Iterator<Item = &'f Field>, required: impl Fn(&Field) -> bool) {
    let Some(Value::Object(schema)) = schema else { return };
    for field in fields {
        let kind = match field.kind {
            Kind::Text => json!({ "type": ["string", "null"] }),
            Kind::Number | Kind::BigNumber => json!({ "type": ["integer", "null"] }),
            Kind::Boolean => json!({ "type": ["boolean", "null"] }),
            Kind::Date => json!({ "type": ["string", "null"], "format": "date-time" }),
            Kind::Json | Kind::List => json!({}),
        };
        let members = schema.entry("properties").or_insert_with(|| Map::new().into());
        if let Value::Object(members) = members {
            members.insert(field.name.clone(), kind);
        }
        if let (true, Value::Array(names)) = (required(field), schema.entry("required").or_insert_with(|| json!([]))) {
            names.push(field.name.as_str().into());
        }
    }
}
