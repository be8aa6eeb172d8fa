//! The API description of one deployment: the generated description of all endpoints (`gatepost generate openapi`), without those
//! that are off, and with the deployment's additional fields and cookie names.

use serde_json::{Map, Value, json};

use crate::{
    config::{AllowedValues, Config, Field, Kind},
    cookie::Cookies,
    endpoint::Condition,
    routes,
};

/// The generated description of all endpoints. Only the function that serves it contains it.
pub const DOCUMENT: &str = include_str!("../../../docs/openapi.json");

/// Returns `document` for this deployment, served at `base_url`.
///
/// # Errors
/// `document` is not JSON, unlike the generated one.
pub fn of_deployment(document: &str, config: &Config, base_url: &str) -> serde_json::Result<Value> {
    let mut document: Value = serde_json::from_str(document)?;
    if let Some(document) = document.as_object_mut() {
        document.insert("servers".to_owned(), json!([{ "url": base_url }]));
    }
    if let Some(Value::Object(paths)) = document.get_mut("paths") {
        *paths = std::mem::take(paths)
            .into_iter()
            .filter_map(|(path, mut item)| {
                let mut served_at = None;
                item.as_object_mut()?.retain(|_, operation| {
                    let conditions = served_where(operation);
                    let conditions = conditions.iter().map(|name| Condition::of(name));
                    let place = routes::placed(config, &path, conditions).map(str::to_owned);
                    let is_served = place.is_some();
                    served_at = place.or(served_at.take());
                    is_served
                });
                Some((served_at?, item))
            })
            .collect();
        for path in ["/sign-up/email", "/update-user", "/update-session"] {
            let own = &config.schema.additional;
            let fields = if path == "/update-session" { &own.session } else { &own.user };
            for content in ["application~1json", "application~1x-www-form-urlencoded"] {
                let schema = format!("/post/requestBody/content/{content}/schema");
                let body = paths.get_mut(path).and_then(|item| item.pointer_mut(&schema));
                let fields = fields.iter().filter(|field| field.input);
                add(body, fields, TargetSchema::Body { asks: path == "/sign-up/email" });
            }
        }
    }
    let own = &config.schema.additional;
    for (schema, fields) in [("User", &own.user), ("Session", &own.session), ("ListedAccount", &own.account)] {
        let schema = document.pointer_mut(&format!("/components/schemas/{schema}"));
        add(schema, fields.iter().filter(|field| field.returned), TargetSchema::Answer);
    }
    if let Some(name) = document.pointer_mut("/components/securitySchemes/apiKeyCookie/name") {
        *name = Cookies::new(config).session_token.name.into();
    }
    Ok(document)
}

/// The member of an operation that names the conditions under which it is served.
pub const SERVED: &str = "x-served";

/// Removes these names from an operation and returns them.
fn served_where(operation: &mut Value) -> Vec<String> {
    let names = operation.as_object_mut().and_then(|operation| operation.remove(SERVED));
    names.and_then(|names| serde_json::from_value(names).ok()).unwrap_or_default()
}

/// The schema to which fields are added.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TargetSchema {
    /// The body of a request. With `asks`, required fields are required members.
    Body { asks: bool },
    /// An answer.
    Answer,
}

fn add<'f>(schema: Option<&mut Value>, fields: impl Iterator<Item = &'f Field>, to: TargetSchema) {
    let Some(Value::Object(schema)) = schema else { return };
    for field in fields {
        let members = schema.entry("properties").or_insert_with(|| Map::new().into());
        if let Value::Object(members) = members {
            members.insert(field.name.clone(), described(field, to));
        }
        let is_required = field.required == Some(true)
            && match to {
                TargetSchema::Body { asks } => asks && field.default.is_none(),
                TargetSchema::Answer => true,
            };
        if let (true, Value::Array(names)) = (is_required, schema.entry("required").or_insert_with(|| json!([]))) {
            names.push(field.name.as_str().into());
        }
    }
}

/// Returns the JSON Schema of an additional field.
fn described(field: &Field, to: TargetSchema) -> Value {
    let mut schema = match (field.kind, &field.of) {
        (Kind::Text, AllowedValues::Choices(choices)) if matches!(to, TargetSchema::Body { .. }) => {
            json!({ "type": "string", "enum": choices })
        }
        (Kind::Text, _) => json!({ "type": "string" }),
        (Kind::Number | Kind::BigNumber, _) => json!({ "type": "number" }),
        (Kind::Boolean, _) => json!({ "type": "boolean" }),
        (Kind::Date, _) => json!({ "type": "string", "format": "date-time" }),
        (Kind::List, AllowedValues::Numbers) => json!({ "type": "array", "items": { "type": "number" } }),
        (Kind::List, _) => json!({ "type": "array", "items": { "type": "string" } }),
        (Kind::Json, _) => json!({}),
    };
    let Value::Object(words) = &mut schema else { return schema };
    if field.required != Some(true) {
        if let Some(Value::String(kind)) = words.get("type").cloned() {
            words.insert("type".to_owned(), json!([kind, "null"]));
        }
        if let Some(Value::Array(choices)) = words.get_mut("enum") {
            choices.push(Value::Null);
        }
    }
    if let Some(default) = &field.default {
        words.insert("default".to_owned(), default.clone());
    }
    if to == TargetSchema::Answer && !field.input {
        words.insert("readOnly".to_owned(), true.into());
    }
    schema
}
