//! The description of the API beside that of better-auth's plugin `openAPI`: who generates a client from either has the same
//! functions with the same parameters, bodies and answers. Where they differ it is listed here, with the reason.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{
    node::Reference,
    postgres::Database,
    service::{DEFAULT, Service},
};

/// The permitted differences, by the path that [`Differences`] gives each, and why. The reasons are in docs/DIFFERENCES.md as well.
const ALLOWED: &[(&str, &str)] = &[
    // Tables, some with secrets, that no answer has.
    ("schema Account", "no answer has the row of an account"),
    ("schema Verification", "no answer has it"),
    ("schema Jwks", "no answer has it"),
    // A type that JSON Schema has not.
    ("schema User: meta: type", "better-auth writes \"json\" and a list of the choices"),
    ("schema User: kind: type", "better-auth writes \"json\" and a list of the choices"),
    ("schema User: hidden", "answers do not show it"),
    // Members that better-auth does not answer either.
    ("post /change-email: 200: user", "it is not answered"),
    ("post /change-email: 200: message", "it is not answered"),
    ("post /update-user: 200: user", "it is not answered"),
    ("post /get-access-token: 200: tokenType", "it is not answered"),
    ("post /refresh-token: 200: tokenType", "it is not answered"),
    ("get /reset-password/{token}: 200", "it is always a redirect"),
    ("post /sign-out: 200: url", "signing out never goes to the provider"),
    ("post /sign-out: 200: redirect", "signing out never goes to the provider"),
    ("get /error: 200", "on a deployment it is a redirect"),
    // Any text that a provider calls an address.
    ("post /sign-up/email: 200: user: email: format", "a provider's address may not have the format"),
    ("post /change-password: 200: user: email: format", "a provider's address may not have the format"),
    // Bodies that are not read.
    ("post /get-session: body", "it is not read"),
    // Any provider may be configured, and better-auth's list is followed by any text.
    ("post /sign-in/social: body: provider: type", "any text, as better-auth's second choice"),
    ("post /link-social: body: provider: type", "any text, as better-auth's second choice"),
];

/// The parts of better-auth's description that gatepost's lacks.
struct Differences<'a> {
    theirs: &'a Value,
    ours: &'a Value,
    found: BTreeSet<String>,
}

impl Differences<'_> {
    fn note(&mut self, what: String) {
        self.found.insert(what);
    }

    /// A schema behind its reference.
    fn resolved<'s>(document: &'s Value, schema: &'s Value) -> &'s Value {
        match schema["$ref"].as_str() {
            Some(name) => document.pointer(name.trim_start_matches('#')).unwrap(),
            None => schema,
        }
    }

    /// The types that a value may have, but for null.
    fn types(schema: &Value) -> BTreeSet<&str> {
        let all = match &schema["type"] {
            Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
            one => one.as_str().into_iter().collect::<BTreeSet<_>>(),
        };
        all.into_iter().filter(|name| *name != "null").collect()
    }

    /// Whether null may stand there instead of an object: written in the type, or as one of two.
    fn whole(schema: &Value) -> &Value {
        let either = schema["anyOf"].as_array().filter(|either| either.iter().any(|one| one["type"] == "null"));
        either.and_then(|either| either.iter().find(|one| one["type"] != "null")).unwrap_or(schema)
    }

    fn schema(&mut self, at: &str, theirs: &Value, ours: &Value, with_required: bool) {
        let (theirs, ours) = (Self::whole(theirs), Self::whole(ours));
        // What both describe elsewhere is compared there.
        if theirs["$ref"].is_string() && theirs["$ref"] == ours["$ref"] {
            return;
        }
        let (theirs, ours) = (Self::resolved(self.theirs, theirs), Self::resolved(self.ours, ours));
        if let (Some(theirs), Some(ours)) = (theirs["anyOf"].as_array(), ours["anyOf"].as_array()) {
            assert_eq!(theirs.len(), ours.len(), "{at}");
            for (number, (theirs, ours)) in theirs.iter().zip(ours).enumerate() {
                self.schema(&format!("{at}: {number}"), theirs, ours, with_required);
            }
            return;
        }
        if Self::types(theirs) != Self::types(ours) {
            self.note(format!("{at}: type"));
        }
        for word in ["format", "default"] {
            if !theirs[word].is_null() && theirs[word] != ours[word] && theirs[word] != "uri" && theirs[word] != false {
                self.note(format!("{at}: {word}"));
            }
        }
        if theirs["readOnly"] == true && ours["readOnly"] != true {
            self.note(format!("{at}: readOnly"));
        }
        let names = |schema: &Value| {
            let names = schema["required"].as_array().into_iter().flatten();
            names.map(|name| name.as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
        };
        if with_required && names(theirs) != names(ours) {
            self.note(format!("{at}: required"));
        }
        for name in names(theirs).difference(&names(ours)) {
            self.note(format!("{at}: {name} is not required"));
        }
        for (name, theirs) in theirs["properties"].as_object().into_iter().flatten() {
            match ours["properties"].get(name) {
                Some(ours) => self.schema(&format!("{at}: {name}"), theirs, ours, with_required),
                None => self.note(format!("{at}: {name}")),
            }
        }
        if !theirs["items"].is_null() {
            self.schema(&format!("{at}: items"), &theirs["items"], &ours["items"], with_required);
        }
    }

    fn operation(&mut self, at: &str, theirs: &Value, ours: &Value) {
        if !theirs["operationId"].is_null() && theirs["operationId"] != ours["operationId"] {
            self.note(format!("{at}: operationId"));
        }
        if theirs["tags"][0] != ours["tags"][0] {
            self.note(format!("{at}: tags"));
        }
        for parameter in theirs["parameters"].as_array().into_iter().flatten() {
            let own = ours["parameters"].as_array().into_iter().flatten();
            let mut same = own.filter(|own| own["name"] == parameter["name"] && own["in"] == parameter["in"]);
            match same.next() {
                Some(own) if parameter["required"] == true && own["required"] != true => {
                    self.note(format!("{at}: parameter {} is not required", parameter["name"]));
                }
                Some(own) => self.schema(
                    &format!("{at}: parameter {}", parameter["name"]),
                    &parameter["schema"],
                    &own["schema"],
                    true,
                ),
                None => self.note(format!("{at}: parameter {}", parameter["name"])),
            }
        }
        let json = |one: &Value| one["content"]["application/json"]["schema"].clone();
        let (body, own) = (json(&theirs["requestBody"]), json(&ours["requestBody"]));
        match (body.is_null(), own.is_null()) {
            (true, _) => {}
            (false, true) => self.note(format!("{at}: body")),
            (false, false) => self.schema(&format!("{at}: body"), &body, &own, true),
        }
        for (status, answer) in theirs["responses"].as_object().unwrap() {
            let Some(own) = ours["responses"].get(status) else {
                self.note(format!("{at}: {status}"));
                continue;
            };
            // The body of a refusal is one schema here; a 404 and a 500 may have no body, which the description says in words.
            if status.starts_with('2') && !json(answer).is_null() {
                self.schema(&format!("{at}: {status}"), &json(answer), &json(own), false);
            }
        }
    }
}

const OPTIONS: &str = r#"{
  "openAPI": {}, "jwt": {},
  "user": {
    "deleteUser": { "enabled": true }, "changeEmail": { "enabled": true },
    "additionalFields": {
      "plan": { "type": "string", "required": true, "defaultValue": "free" },
      "tags": { "type": "string[]", "required": false },
      "marks": { "type": "number[]", "required": false },
      "kind": { "type": ["a", "b"], "required": true },
      "age": { "type": "number", "required": false, "input": false },
      "born": { "type": "date", "required": false },
      "meta": { "type": "json", "required": false },
      "news": { "type": "boolean", "required": true },
      "hidden": { "type": "string", "required": false, "returned": false }
    }
  },
  "session": { "additionalFields": { "theme": { "type": "string", "required": false, "defaultValue": "dark" } } }
}"#;

const TOML: &str = r#"
[jwt]
enabled = true
[open_api]
enabled = true
[user.delete_user]
enabled = true
[user.change_email]
enabled = true
[user.additional_fields]
plan = { type = "string", required = true, default_value = "free" }
tags = { type = "string[]", required = false }
marks = { type = "number[]", required = false }
kind = { type = ["a", "b"], required = true }
age = { type = "number", required = false, input = false }
born = { type = "date", required = false }
meta = { type = "json", required = false }
news = { type = "boolean", required = true }
hidden = { type = "string", required = false, returned = false }
[session.additional_fields]
theme = { type = "string", required = false, default_value = "dark" }
"#;

#[test]
fn a_client_that_is_generated_has_what_it_has_of_better_auth() {
    let (theirs, ours) = (Database::empty(), Database::new());
    let reference = Reference::new(&theirs.direct, OPTIONS);
    let service =
        Service::with(&format!("{DEFAULT}{TOML}"), &[("DATABASE_URL", &ours.url), ("EMAIL_URL", "file:/dev/null")]);
    let described = |url: &str| {
        let answer = crate::support::http::send("GET", &format!("{url}/api/auth/open-api/generate-schema"), &[], b"");
        assert_eq!(answer.status, 200, "{url}");
        answer.json()
    };
    let (theirs, ours) = (described(&reference.url), described(&service.url));
    let mut differences = Differences { theirs: &theirs, ours: &ours, found: BTreeSet::new() };
    for (path, item) in theirs["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            match ours["paths"][path].get(method) {
                Some(own) => differences.operation(&format!("{method} {path}"), operation, own),
                None => differences.note(format!("{method} {path}")),
            }
        }
    }
    for (name, schema) in theirs["components"]["schemas"].as_object().unwrap() {
        match ours["components"]["schemas"].get(name) {
            Some(own) => differences.schema(&format!("schema {name}"), schema, own, false),
            None => differences.note(format!("schema {name}")),
        }
    }
    for name in theirs["components"]["securitySchemes"].as_object().unwrap().keys() {
        assert!(ours["components"]["securitySchemes"].get(name).is_some(), "{name}");
    }
    let allowed: BTreeSet<String> = ALLOWED.iter().map(|(what, _)| (*what).to_owned()).collect();
    assert_eq!(differences.found, allowed);
    // The comparison sees what it compares.
    assert!(theirs["paths"].as_object().unwrap().len() > 25);
    assert_eq!(ours["paths"]["/sign-up/email"]["post"]["operationId"], json!("signUpWithEmailAndPassword"));
}
