//! The description of the API: valid, true of what is answered, and nothing that it allows makes the service fail.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use gatepost_core::functions::{FUNCTIONS, Function};
use serde_json::{Value, json};

use crate::support::{
    http::Answer,
    postgres::Database,
    python,
    service::{DEFAULT, Service},
};

const ENABLED: &str = "[open_api]\nenabled = true\n[user.delete_user]\nenabled = true\n[user.change_email]\nenabled = true\n\
                       [jwt]\nenabled = true\n";

fn service(database: &Database, more: &str) -> Service {
    Service::with(
        &format!("{DEFAULT}{ENABLED}{more}"),
        &[("DATABASE_URL", &database.url), ("EMAIL_URL", "file:/dev/null"), ("CRON_SECRET", crate::support::SECRET)],
    )
}

fn described(service: &Service) -> Value {
    let answer = service.get("/open-api/generate-schema", "");
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    answer.json()
}

fn operations(document: &Value) -> usize {
    document["paths"].as_object().unwrap().values().map(|item| item.as_object().unwrap().len()).sum()
}

#[test]
fn the_description_is_served_where_it_is_enabled_and_nowhere_else() {
    let database = Database::new();
    let answer = Service::new(&database.url).get("/open-api/generate-schema", "");
    assert_eq!((answer.status, answer.text().as_str()), (404, ""));
    let features = [
        "username",
        "two_factor",
        "multi_session",
        "admin",
        "magic_link",
        "email_otp",
        "phone_number",
        "one_tap",
        "one_time_token",
        "anonymous",
        "api_key",
        "audit",
        "passkey",
        "organization",
        "cleanup",
        "events",
    ]
    .map(|name| format!("[{name}]\nenabled = true\n"));
    let more = "[organization.teams]\nenabled = true\n[organization.dynamic_access_control]\nenabled = true\n\
                [email_verification]\nconfirm_on_page = true\n";
    let service = service(&database, &(features.concat() + more));
    let document = described(&service);
    assert_eq!(document["servers"][0]["url"], format!("{}/api/auth", service.url));
    let all = FUNCTIONS.iter().flat_map(Function::endpoints).count();
    assert_eq!(operations(&document), all);
    let required = |path: &str, method: &str| {
        let pointer = "/requestBody/content/application~1json/schema/required";
        document["paths"][path][method].pointer(pointer).cloned().unwrap_or_default()
    };
    assert_eq!(required("/sign-up/email", "post"), json!(["name", "email", "password"]));
    assert_eq!(required("/delete-user", "post"), Value::Null);
    assert_eq!(document["paths"]["/sign-out"]["post"]["requestBody"]["required"], false);
    assert_eq!(document["paths"]["/delete-user"]["post"]["requestBody"]["required"], true);
    assert_eq!(document["paths"]["/reset-password/{token}"]["get"]["parameters"][1]["name"], "callbackURL");
}

#[test]
fn the_description_is_of_this_deployment() {
    let database = Database::new();
    database.change("alter table {user} add \"plan\" text, add \"secret_note\" text");
    let more = "[user.additional_fields]\nplan = { required = true }\nsecret_note = { required = false, returned = false, input = false }\n\
                [advanced]\ncookie_prefix = \"mine\"\n[jwks]\njwks_path = \"/keys\"\n";
    let text = format!("disabled_paths = [\"/sign-out\"]\n{DEFAULT}{ENABLED}{more}");
    let document = described(&Service::with(&text, &[("DATABASE_URL", &database.url)]));
    let paths = document["paths"].as_object().unwrap();
    assert!(
        paths.contains_key("/keys") && !paths.contains_key("/jwks") && !paths.contains_key("/sign-out"),
        "{paths:?}"
    );
    assert_eq!(document["components"]["securitySchemes"]["apiKeyCookie"]["name"], "mine.session_token");
    let user = &document["components"]["schemas"]["User"]["properties"];
    assert!(user.get("plan").is_some() && user.get("secret_note").is_none(), "{user}");
    let body = &paths["/sign-up/email"]["post"]["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(body["required"], json!(["name", "email", "password", "plan"]));
    assert!(body["properties"].get("secret_note").is_none());
    // Without a database there is less.
    let document = described(&Service::with("[open_api]\nenabled = true\n[jwt]\nenabled = true\n", &[]));
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().collect();
    let expected = [
        "/account-info",
        "/callback/{id}",
        "/error",
        "/get-access-token",
        "/get-session",
        "/jwks",
        "/ok",
        "/open-api/generate-schema",
        "/refresh-token",
        "/sign-in/social",
        "/sign-out",
        "/token",
    ];
    assert_eq!(paths, expected);
}

#[test]
fn the_description_is_valid_and_true_of_a_journey() {
    let Some(python) = python::validators() else { return };
    let database = Database::new();
    let service = service(&database, "");
    let mut answers = Vec::new();
    let mut note = |method: &str, path: &str, answer: &Answer, status: u16| {
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        answers.push(json!({ "method": method, "path": path, "status": status, "body": answer.json() }));
    };
    let sign_up = r#"{"name":"Ada","email":"ada@example.com","password":"correct horse battery"}"#;
    let answer = service.post("/sign-up/email", "", sign_up);
    let cookie = answer.cookies();
    note("post", "/sign-up/email", &answer, 200);
    let sign_in = r#"{"email":"ada@example.com","password":"correct horse battery","callbackURL":"/home"}"#;
    note("post", "/sign-in/email", &service.post("/sign-in/email", "", sign_in), 200);
    note("post", "/sign-in/email", &service.post("/sign-in/email", "", &sign_in.replace("horse", "cow")), 401);
    note("get", "/get-session", &service.get("/get-session", ""), 200);
    for path in
        ["/get-session", "/list-sessions", "/list-accounts", "/token", "/jwks", "/ok", "/open-api/generate-schema"]
    {
        note("get", path, &service.get(path, &cookie), 200);
    }
    for (path, body, status) in [
        ("/update-user", r#"{"name":"Ada L."}"#, 200),
        ("/update-user", "{}", 400),
        ("/verify-password", r#"{"password":"correct horse battery"}"#, 200),
        ("/request-password-reset", r#"{"email":"ada@example.com"}"#, 200),
        ("/reset-password", r#"{"newPassword":"correct horse battery","token":"x"}"#, 400),
        ("/change-email", r#"{"newEmail":"other@example.com"}"#, 200),
        ("/unlink-account", r#"{"accountId":"nothing"}"#, 400),
        (
            "/change-password",
            r#"{"newPassword":"wrong horse battery","currentPassword":"correct horse battery","revokeOtherSessions":false}"#,
            200,
        ),
        ("/revoke-other-sessions", "{}", 200),
        ("/revoke-session", r#"{"token":"nothing"}"#, 200),
        ("/delete-user", r#"{"password":"wrong horse battery"}"#, 200),
        ("/sign-out", "{}", 200),
    ] {
        note("post", path, &service.post(path, &cookie, body), status);
    }
    let given = json!({ "document": described(&service), "answers": answers }).to_string();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/open_api/conforms.py");
    let mut child =
        Command::new(python).arg("-B").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(given.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
}
