//! What endpoints answer, a row each, in the words of JSON Schema: the types of `wire::answers` and `model`, whose members
//! they are compared with by a test that validates real answers.

use serde_json::{Value, json};

/// What an endpoint answers where it does not refuse.
pub(super) struct Answer {
    /// What a 200 means.
    pub(super) about: &'static str,
    /// Its body; none where the endpoint only redirects.
    pub(super) json: Option<Value>,
    /// Whether the answer may be a redirect.
    pub(super) redirects: bool,
}

fn answer(about: &'static str, json: Value) -> Option<Answer> {
    Some(Answer { about, json: Some(json), redirects: false })
}

/// The answer of an endpoint.
pub(super) fn of(id: &str) -> Option<Answer> {
    let link = |answer: Option<Answer>| answer.map(|answer| Answer { redirects: true, ..answer });
    match id {
        "get_session" | "get_session.refresh" => answer(
            "Who is signed in, or `null`.",
            json!({ "anyOf": [reference("SessionAndUser"), { "type": "null" }] }),
        ),
        "sign_in.email" | "sign_in.username" => answer(
            "Somebody is signed in. With `twoFactorRedirect` the second factor is asked for, and the other members are absent.",
            object(
                json!({
                    "redirect": boolean(), "token": text(), "url": text(), "user": reference("User"),
                    "twoFactorRedirect": boolean(), "twoFactorMethods": texts(),
                }),
                &["url", "twoFactorRedirect", "twoFactorMethods"],
            ),
        ),
        "two_factor.enable" => answer(
            "What the user needs to give codes.",
            object(json!({ "method": text(), "totpURI": text(), "backupCodes": texts() }), &["totpURI", "backupCodes"]),
        ),
        "two_factor.totp_uri" => answer("What an app scans.", object(json!({ "totpURI": text() }), &[])),
        "two_factor.generate_backup_codes" => {
            answer("The new codes.", object(json!({ "status": boolean(), "backupCodes": texts() }), &[]))
        }
        "two_factor.disable" | "two_factor.send_otp" => answer("It was done.", reference("Done")),
        "two_factor.verify_totp" | "two_factor.verify_otp" => {
            answer("The code was right.", object(json!({ "token": text(), "user": reference("User") }), &[]))
        }
        "two_factor.verify_backup_code" => {
            answer("The code was right.", object(json!({ "token": text(), "user": reference("User") }), &["token"]))
        }
        "sign_up.email" => answer(
            "Somebody signed up, or it looks as if.",
            object(json!({ "token": nullable(), "user": reference("User") }), &[]),
        ),
        "username.is_available" => {
            answer("Whether no user has the username.", object(json!({ "available": boolean() }), &[]))
        }
        "sign_out" => answer("Nobody is signed in any more.", object(json!({ "success": boolean() }), &[])),
        "sessions.list" => answer("The user's sessions.", json!({ "type": "array", "items": reference("Session") })),
        "sessions.update" => answer("As it is now.", object(json!({ "session": reference("Session") }), &[])),
        "sessions.revoke"
        | "sessions.revoke_all"
        | "sessions.revoke_others"
        | "user.update"
        | "user.change_email"
        | "email.send_verification"
        | "password.verify"
        | "password.reset"
        | "account.unlink" => answer("It was done.", reference("Done")),
        "user.delete" => answer("The user is gone, or was mailed.", reference("Deletion")),
        "user.follow_delete" => link(answer("The user is gone.", reference("Deletion"))),
        "email.verify" => link(answer(
            "The address is confirmed.",
            object(json!({ "status": boolean(), "user": { "anyOf": [reference("User"), { "type": "null" }] } }), &[]),
        )),
        "password.change" => {
            answer("The password is replaced.", object(json!({ "token": nullable(), "user": reference("User") }), &[]))
        }
        "password.request_reset" => {
            answer("The same for every address.", object(json!({ "status": boolean(), "message": text() }), &[]))
        }
        "password.follow_reset" | "status.error" => Some(Answer { about: "", json: None, redirects: true }),
        "account.list" => {
            answer("The user's accounts.", json!({ "type": "array", "items": reference("ListedAccount") }))
        }
        "sign_in.social" => answer(
            "Where the browser goes, or the session that an ID token opened.",
            object(
                json!({ "redirect": boolean(), "url": text(), "token": text(), "user": reference("User") }),
                &["url", "token", "user"],
            ),
        ),
        "account.callback" | "account.callback_form" => Some(Answer { about: "", json: None, redirects: true }),
        "account.link" => answer(
            "Where the browser goes, or that it was done.",
            object(json!({ "redirect": boolean(), "url": text(), "status": boolean() }), &["status"]),
        ),
        "account.access_token" => answer("A token that is still good.", reference("ProviderToken")),
        "account.refresh_token" => answer("New tokens, as they are stored.", reference("ProviderTokens")),
        "account.info" => answer(
            "What the provider says of the user.",
            object(
                json!({
                    "user": object(
                        json!({ "name": text(), "email": nullable(), "image": text(), "emailVerified": boolean() }),
                        &["name", "email", "image"],
                    ),
                    "data": { "type": "object" },
                    "account": object(json!({ "id": text(), "providerId": text(), "accountId": text() }), &[]),
                }),
                &[],
            ),
        ),
        "token" => answer("The token.", object(json!({ "token": text() }), &[])),
        "jwks" => answer(
            "Public halves.",
            object(
                json!({ "keys": { "type": "array", "items": object(
                    json!({
                        "kid": text(), "kty": text(), "alg": text(), "use": text(), "n": text(), "e": text(),
                        "crv": text(), "x": text(), "y": text(),
                    }),
                    &["use", "n", "e", "crv", "x", "y"],
                ) } }),
                &[],
            ),
        ),
        "status.ok" => answer("The service runs.", object(json!({ "ok": boolean() }), &[])),
        "status.open_api" => answer("OpenAPI 3.1.", json!({ "type": "object", "required": ["openapi", "paths"] })),
        _ => None,
    }
}

/// What several answers have.
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

fn texts() -> Value {
    json!({ "type": "array", "items": text() })
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
