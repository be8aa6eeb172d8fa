//! Describes values as JSON Schema. The answer of an endpoint is declared beside it ([`Operation`](gatepost_core::declaration::Operation));
//! a test validates real answers against it.

use gatepost_core::declaration::Shape;
use serde_json::{Value, json};

/// The schemas that several answers share.
pub(super) fn schemas() -> Value {
    json!({
        "User": object(
            json!({
                "id": read_only(text()), "name": text(), "email": text(), "emailVerified": read_only(boolean()),
                "image": nullable(),
                "createdAt": instant(), "updatedAt": instant(),
            }),
            &[],
        ),
        "Session": object(
            json!({
                "id": read_only(text()), "token": text(), "userId": text(), "expiresAt": instant(), "createdAt": instant(),
                "updatedAt": instant(), "ipAddress": nullable(), "userAgent": nullable(),
            }),
            &[],
        ),
        "SessionAndUser": object(
            json!({ "session": reference("Session"), "user": reference("User"), "needsRefresh": boolean() }),
            &["needsRefresh"],
        ),
        "ListedAccount": object(
            json!({
                "id": text(), "accountId": text(), "providerId": text(), "userId": text(), "createdAt": instant(),
                "updatedAt": instant(), "scopes": { "type": "array", "items": text() },
            }),
            &[],
        ),
        "ProviderToken": object(
            json!({
                "accessToken": text(), "accessTokenExpiresAt": instant(), "idToken": text(),
                "scopes": { "type": "array", "items": text() },
            }),
            &["accessTokenExpiresAt", "idToken"],
        ),
        "ProviderTokens": object(
            json!({
                "accessToken": text(), "refreshToken": text(), "accessTokenExpiresAt": instant(),
                "refreshTokenExpiresAt": instant(), "scope": nullable(), "idToken": nullable(), "providerId": text(),
                "accountId": text(),
            }),
            &["refreshToken", "accessTokenExpiresAt", "refreshTokenExpiresAt", "scope", "idToken"],
        ),
        "Done": object(json!({ "status": boolean() }), &[]),
        "Deletion": object(json!({ "success": boolean(), "message": text() }), &[]),
        "Refusal": object(json!({ "message": text(), "code": text() }), &["code"]),
    })
}

/// A declared shape in the words of JSON Schema.
pub(super) fn shape(declared: Shape) -> Value {
    match declared {
        Shape::Boolean => boolean(),
        Shape::Number => json!({ "type": "number" }),
        Shape::Text => text(),
        Shape::FilledText => json!({ "type": "string", "minLength": 1 }),
        Shape::Email => json!({ "type": "string", "format": "email" }),
        Shape::OneOf(texts) => json!({ "type": "string", "enum": texts }),
        Shape::True => json!({ "enum": [true] }),
        Shape::Flag => {
            json!({ "type": "boolean", "description": "Any value means yes, `false` as well: leave it out for no." })
        }
        Shape::Anything => json!({}),
        Shape::MapOf(value) => json!({ "type": "object", "additionalProperties": shape(*value) }),
        Shape::TextOrNull => nullable(),
        Shape::Instant => instant(),
        Shape::OrNull(other) => json!({ "anyOf": [shape(*other), { "type": "null" }] }),
        Shape::AnyOf(shapes) => json!({ "anyOf": shapes.iter().copied().map(shape).collect::<Vec<_>>() }),
        Shape::AnyObject([]) => json!({ "type": "object" }),
        Shape::AnyObject(required) => json!({ "type": "object", "required": required }),
        Shape::List(item) => json!({ "type": "array", "items": shape(*item) }),
        Shape::Object(members) => {
            let optional: Vec<_> = members.iter().filter(|one| one.is_optional).map(|one| one.name).collect();
            object(members.iter().map(|one| (one.name, shape(one.shape))).collect(), &optional)
        }
        Shape::Component(name) => reference(name),
    }
}

/// An object with these members, all of which are there but the `optional` ones.
fn object(members: Value, optional: &[&str]) -> Value {
    let names = members.as_object().into_iter().flat_map(|members| members.keys());
    let required: Vec<_> = names.filter(|name| !optional.contains(&name.as_str())).collect();
    json!({ "type": "object", "required": required, "properties": members })
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn boolean() -> Value {
    json!({ "type": "boolean" })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn read_only(mut schema: Value) -> Value {
    if let Value::Object(words) = &mut schema {
        words.insert("readOnly".to_owned(), true.into());
    }
    schema
}

fn nullable() -> Value {
    json!({ "type": ["string", "null"] })
}

fn instant() -> Value {
    json!({ "type": "string", "format": "date-time" })
}
