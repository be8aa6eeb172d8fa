//! Describes the parts of bodies that their readers do not report: members of members, and members that belong together.

use serde_json::{Map, Value, json};

/// Completes the body of an endpoint.
pub(super) fn complete(id: &str, schema: &mut Map<String, Value>) {
    let Some(Value::Object(members)) = schema.get_mut("properties") else { return };
    match id {
        "sign_in.social" | "account.link" => {
            let texts = json!({ "type": "object", "additionalProperties": { "type": "string" } });
            for (name, known) in [
                ("idToken", id_token()),
                ("additionalParams", texts),
                ("additionalData", json!({ "type": "object", "additionalProperties": {} })),
            ] {
                if let Some(member) = members.get_mut(name) {
                    *member = known;
                }
            }
        }
        "user.update" => {
            members.insert("name".to_owned(), json!({ "type": "string" }));
            members.insert("image".to_owned(), json!({ "type": ["string", "null"] }));
        }
        "account.access_token" | "account.refresh_token" => {
            let text = json!({ "type": "string" });
            let row = json!({ "accountId": text, "userId": text });
            let cookie = json!({ "useAccountCookie": { "enum": [true] }, "userId": text });
            let either = json!([
                { "type": "object", "properties": row, "required": ["accountId"] },
                { "type": "object", "properties": cookie, "required": ["useAccountCookie"] },
            ]);
            schema.clear();
            schema.insert("anyOf".to_owned(), either);
        }
        _ => {}
    }
}

fn id_token() -> Value {
    let text = json!({ "type": "string" });
    let name = json!({ "type": "object", "properties": { "firstName": text, "lastName": text } });
    json!({
        "type": "object",
        "required": ["token"],
        "properties": {
            "token": text, "nonce": text, "accessToken": text, "refreshToken": text, "expiresAt": { "type": "number" },
            "user": { "type": "object", "properties": { "name": name, "email": text } },
        },
    })
}
