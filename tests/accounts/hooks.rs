//! Hooks that decide: gatepost calls them before it acts, and obeys their verdicts.

use gatepost_core::{Config, config::Source};
use serde_json::{Value, json};

use crate::support::{
    SECRET,
    examined::variables,
    flows,
    http::Answer,
    mailbox::Mailbox,
    postgres::Database,
    provider::Provider,
    receiver::{Reaction, Received, Receiver},
    secondary_storage::database,
    service::{Service, log_lines},
};

/// 32 bytes, as Standard Webhooks writes a secret.
pub(super) const SIGNING: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
pub(super) const TOML: &str = "[email_and_password]\nenabled = true\n[email_verification]\nsend_on_sign_up = true\n[user.delete_user]\nenabled = true\n[user.additional_fields]\n\
    role = { type = \"string\", required = false, input = false, default_value = \"member\" }\n\
    plan = { type = \"string\", required = false }\n\
    internal = { type = \"string\", required = false, returned = false }\n\
    [session.additional_fields]\nteam = { type = \"string\", required = false }\n[hooks]\nenabled = true\n";

pub(super) struct Deployment {
    pub(super) service: Service,
    pub(super) database: Database,
    pub(super) mailbox: Mailbox,
    pub(super) receiver: Receiver,
    _provider: Provider,
}

impl Deployment {
    /// With hooks in this text, in which `{receiver}` is the URL of the receiver with the keys that make it reachable.
    pub(super) fn new(hooks: &str, answer: impl FnMut(&Received) -> Reaction + Send + 'static) -> Self {
        Self::with(TOML, hooks, &[], answer)
    }

    /// With other sections in front of the hooks, and more variables.
    pub(super) fn with(
        toml: &str,
        hooks: &str,
        variables: &[(&str, &str)],
        answer: impl FnMut(&Received) -> Reaction + Send + 'static,
    ) -> Self {
        let receiver = Receiver::new(answer);
        let reachable = format!("url = \"{}\"\nallow_private_addresses = true", receiver.url);
        let toml = format!("{toml}{}", hooks.replace("{receiver}", &reachable));
        let (database, mailbox, provider) = (database(&toml), Mailbox::new(), Provider::new());
        let email_url = mailbox.url();
        let own = [
            ("DATABASE_URL", database.url.as_str()),
            ("EMAIL_URL", &email_url),
            ("HOOKS_SECRET", SIGNING),
            ("VERCEL_ENV", "development"),
        ];
        let service = flows::service(&toml, &[&own, variables].concat(), &provider);
        Self { service, database, mailbox, receiver, _provider: provider }
    }

    pub(super) fn post(&self, path: &str, cookie: &str, body: &Value) -> Answer {
        self.service.post(path, cookie, &body.to_string())
    }

    pub(super) fn up(&self, email: &str) -> Answer {
        self.post("/sign-up/email", "", &json!({ "name": "Ada", "email": email, "password": "correct horse battery" }))
    }

    pub(super) fn come(&self, code: &str) -> Answer {
        let body = json!({ "provider": "google", "callbackURL": "/in", "errorCallbackURL": "/no" });
        let begun = flows::begin(&self.service.url, "/sign-in/social", &body, "");
        flows::back(&self.service.url, "google", &format!("code={code}&state={}", begun.state), &begun.cookie)
    }

    pub(super) fn count(&self, table: &str) -> String {
        self.database.value(&format!("select count(*) from \"{table}\""))
    }
}

pub(super) fn go_on(_: &Received) -> Reaction {
    Reaction::json(&json!({ "verdict": "continue" }))
}

pub(super) fn set(values: Value) -> impl FnMut(&Received) -> Reaction + Send {
    move |_| Reaction::json(&json!({ "verdict": "set", "set": values }))
}

pub(super) fn told(answer: &Answer) -> (u16, String, Option<String>) {
    let reason = answer.header("x-gatepost-reason").map(str::to_owned);
    (answer.status, answer.json()["code"].as_str().unwrap_or_default().to_owned(), reason)
}

const BEFORE_USER: &str = "[hooks.gate]\nbefore = \"user.create\"\n{receiver}\n";

#[test]
fn a_hook_refuses_a_new_user_before_anything_is_written() {
    let deployment = Deployment::new(BEFORE_USER, |_| {
        Reaction::json(
            &json!({ "verdict": "refuse", "status": 400, "code": "WORK_ADDRESS", "message": "Use your work address" }),
        )
    });
    let answer = deployment.up("ada@example.com");
    assert_eq!(told(&answer), (400, "WORK_ADDRESS".to_owned(), Some("refused_by_hook".to_owned())));
    assert_eq!(answer.json()["message"], "Use your work address");
    let callback = deployment.come("eve");
    let to = "/no?error=WORK_ADDRESS&error_description=Use+your+work+address";
    assert_eq!((callback.status, callback.header("location")), (302, Some(to)));
    for table in ["user", "account", "session"] {
        assert_eq!(deployment.count(table), "0", "{table}");
    }
    let received = deployment.receiver.received();
    let [up, by_provider] = received.as_slice() else { panic!("{received:?}") };
    let input = up.json();
    assert_eq!(
        (&input["version"], &input["hook"], &input["when"], &input["event"]),
        (&1.into(), &"gate".into(), &"before".into(), &"user.create".into())
    );
    let user = &input["data"]["user"];
    assert_eq!(
        (&user["email"], &user["role"], user.get("internal")),
        (&"ada@example.com".into(), &"member".into(), None)
    );
    assert_eq!(
        (&input["data"]["way"], &by_provider.json()["data"]["way"]),
        (&"sign-up".into(), &"provider:google".into())
    );
    let lines = log_lines();
    let line = lines.iter().rev().find(|line| line.contains("\"gate\"")).unwrap();
    let line: Value = serde_json::from_str(line).unwrap();
    assert_eq!((&line["hooks"][0]["name"], &line["hooks"][0]["verdict"]), (&"gate".into(), &"refuse".into()));
    assert!(line["hooks"][0]["milliseconds"].is_number());
}

#[test]
fn a_hook_sets_fields_of_a_new_user_also_those_that_no_client_may() {
    let values =
        json!({ "role": "staff", "name": "Dr. Ada", "internal": "secret", "image": "https://x.example/a.png" });
    let deployment = Deployment::new(BEFORE_USER, set(values));
    let rows = || deployment.database.query(r#"select name, role, internal, image from "user""#);
    let row = ["Dr. Ada", "staff", "secret", "https://x.example/a.png"].map(|text| Some(text.to_owned()));
    let user = deployment.up("ada@example.com").json()["user"].clone();
    assert_eq!((&user["role"], &user["name"], user.get("internal")), (&"staff".into(), &"Dr. Ada".into(), None));
    assert_eq!(rows(), std::slice::from_ref(&row));
    deployment.database.query(r#"delete from "user""#);
    assert_eq!(deployment.come("eve").header("location"), Some("/in"));
    assert_eq!(rows(), [row]);
}

#[test]
fn a_hook_cannot_set_what_protects_or_what_has_rules_of_its_own() {
    let deployment = Deployment::new(BEFORE_USER, go_on);
    for name in ["id", "email", "emailVerified", "password", "createdAt", "banned", "twoFactorEnabled", "unknown"] {
        deployment.receiver.say(set(json!({ name: "x" })));
        let refused = (503, "HOOK_UNAVAILABLE".to_owned(), Some("hook_failed".to_owned()));
        assert_eq!(told(&deployment.up("ada@example.com")), refused, "{name}");
    }
    deployment.receiver.say(set(json!({ "name": null })));
    assert_eq!(deployment.up("ada@example.com").status, 503);
    assert_eq!(deployment.count("user"), "0");
}

#[test]
fn calls_are_signed_as_standard_webhooks_says() {
    let deployment = Deployment::new(BEFORE_USER, go_on);
    assert_eq!(deployment.up("ada@example.com").status, 200);
    let received = deployment.receiver.received();
    let call = &received[0];
    let (id, timestamp) = (call.header("webhook-id").unwrap(), call.header("webhook-timestamp").unwrap());
    assert_eq!(call.json()["id"], id);
    let signed = call.header("webhook-signature").unwrap().to_owned();
    let script = "const [, key, text] = process.argv; const c = require('node:crypto');
        console.log('v1,' + c.createHmac('sha256', Buffer.from(key.slice(6), 'base64')).update(text).digest('base64'))";
    let text = format!("{id}.{timestamp}.{}", call.body);
    let output = std::process::Command::new("node").args(["-e", script, SIGNING, &text]).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), signed);
}

#[test]
fn a_hook_that_fails_refuses_or_lets_the_request_go_on_as_configured() {
    for (more, refused) in [("", true), ("on_failure = \"continue\"\n", false)] {
        let deployment = Deployment::new(&format!("{BEFORE_USER}{more}"), go_on);
        let failures = [
            Reaction::Answer(500, String::new()),
            Reaction::Answer(404, String::new()),
            Reaction::Answer(200, "<html>".to_owned()),
            Reaction::json(&json!({ "verdict": "maybe" })),
            Reaction::Redirect(format!("{}/elsewhere", deployment.receiver.url)),
            Reaction::Nothing,
            Reaction::Silence,
        ];
        for (at, said) in failures.into_iter().enumerate() {
            deployment.receiver.say(move |_| said.clone());
            let answer = deployment.up(&format!("p{at}@example.com"));
            let expected = if refused { 503 } else { 200 };
            assert_eq!(answer.status, expected, "{at} {refused}: {}", answer.text());
            if refused {
                assert_eq!(
                    (answer.header("retry-after"), answer.header("x-gatepost-reason")),
                    (Some("1"), Some("hook_failed"))
                );
            }
        }
        assert_eq!(deployment.count("user"), if refused { "0" } else { "7" });
        assert!(deployment.receiver.received().iter().all(|call| call.head.starts_with("POST /hooks ")));
    }
    let lines = log_lines().join("\n");
    assert!(lines.contains("it did not answer within 3 s") && lines.contains("redirects are not followed"), "{lines}");
}

#[test]
fn a_broken_connection_is_tried_once_more_under_the_same_id() {
    let mut calls = 0;
    let deployment = Deployment::new(BEFORE_USER, move |received| {
        calls += 1;
        if calls == 1 { Reaction::Nothing } else { go_on(received) }
    });
    assert_eq!(deployment.up("ada@example.com").status, 200);
    let received = deployment.receiver.received();
    let ids: Vec<_> = received.iter().map(|call| call.header("webhook-id").unwrap()).collect();
    assert_eq!((ids.len(), ids.first()), (2, ids.last()));
}

#[test]
fn a_private_address_is_not_called_unless_that_is_configured() {
    let url = "https://127.0.0.1:1/hooks";
    let toml = format!("{TOML}[hooks.gate]\nbefore = \"user.create\"\nurl = \"{url}\"\n");
    let database = database(&toml);
    let variables = [("DATABASE_URL", database.url.as_str()), ("HOOKS_SECRET", SIGNING)];
    let service = Service::with(&toml, &variables);
    let body = r#"{"name":"Ada","email":"private@example.com","password":"correct horse battery"}"#;
    assert_eq!(service.post("/sign-up/email", "", body).status, 503);
    assert!(log_lines().iter().any(|line| line.contains("the host has no public address")));
}

#[test]
fn a_refusal_does_not_tell_which_addresses_are_taken() {
    let hooks = format!("{BEFORE_USER}[email_and_password]\n");
    let refuse = |_: &Received| Reaction::json(&json!({ "verdict": "refuse" }));
    let deployment = Deployment::new(hooks.trim_end_matches("[email_and_password]\n"), go_on);
    assert_eq!(deployment.up("ada@example.com").status, 200);
    deployment.receiver.say(refuse);
    deployment.receiver.clear();
    let answers = ["ada@example.com", "free@example.com"].map(|email| told(&deployment.up(email)));
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], (403, "REFUSED".to_owned(), Some("refused_by_hook".to_owned())));
    let inputs: Vec<_> =
        deployment.receiver.received().iter().map(|call| call.json()["data"]["user"]["name"].clone()).collect();
    assert_eq!(inputs, ["Ada", "Ada"]);
}

#[test]
fn a_hook_sets_columns_of_a_new_session_or_refuses_it() {
    let deployment =
        Deployment::new("[hooks.team]\nbefore = \"session.create\"\n{receiver}\n", set(json!({ "team": "blue" })));
    let cookie = deployment.up("ada@example.com").cookies();
    let session = |cookie: &str| deployment.service.get("/get-session", cookie).json()["session"].clone();
    assert_eq!(session(&cookie)["team"], "blue");
    deployment.receiver.say(set(json!({ "team": "green" })));
    let body = json!({ "email": "ada@example.com", "password": "correct horse battery" });
    let second = deployment.post("/sign-in/email", "", &body);
    assert_eq!((&session(&second.cookies())["team"], &session(&cookie)["team"]), (&"green".into(), &"blue".into()));
    deployment
        .receiver
        .say(|_| Reaction::json(&json!({ "verdict": "refuse", "code": "NOT_NOW", "message": "Not now" })));
    let refused = deployment.post("/sign-in/email", "", &body);
    assert_eq!(told(&refused), (403, "NOT_NOW".to_owned(), Some("refused_by_hook".to_owned())));
    assert!(!refused.cookies().contains("session_token"));
    // A user whose first session is refused is not created.
    assert_eq!(deployment.up("eve@example.com").status, 403);
    assert_eq!((deployment.count("user"), deployment.count("session")), ("1".to_owned(), "2".to_owned()));
    deployment.receiver.say(set(json!({ "token": "mine" })));
    assert_eq!(deployment.post("/sign-in/email", "", &body).status, 503);
}

#[test]
fn a_hook_decides_about_updates_and_deletions() {
    let hooks = "[hooks.change]\nbefore = \"user.update\"\n{receiver}\n[hooks.farewell]\nbefore = \"user.delete\"\n{receiver}\n";
    let deployment = Deployment::new(hooks, go_on);
    let cookie = deployment.up("ada@example.com").cookies();
    deployment.receiver.say(set(json!({ "role": "staff", "plan": "checked" })));
    assert_eq!(deployment.post("/update-user", &cookie, &json!({ "name": "New", "plan": "paid" })).status, 200);
    let row = || deployment.database.query(r#"select name, plan, role from "user""#);
    assert_eq!(row(), [["New", "checked", "staff"].map(|text| Some(text.to_owned()))]);
    let input = deployment.receiver.received()[0].json();
    assert_eq!(input["data"]["changes"], json!({ "name": "New", "plan": "paid" }));
    assert_eq!(input["data"]["user"]["name"], "Ada");
    deployment.receiver.say(|_| Reaction::json(&json!({ "verdict": "refuse" })));
    assert_eq!(deployment.post("/update-user", &cookie, &json!({ "name": "Newer" })).status, 403);
    assert_eq!(deployment.post("/delete-user", &cookie, &json!({ "password": "correct horse battery" })).status, 403);
    assert_eq!((deployment.count("user"), &row()[0][0]), ("1".to_owned(), &Some("New".to_owned())));
    deployment.receiver.clear();
    // A token that does not work asks no hook.
    assert_eq!(deployment.post("/delete-user", &cookie, &json!({ "token": "unknown" })).status, 404);
    assert_eq!(deployment.receiver.received().len(), 0);
    deployment.receiver.say(go_on);
    assert_eq!(deployment.post("/delete-user", &cookie, &json!({ "password": "correct horse battery" })).status, 200);
    assert_eq!(deployment.count("user"), "0");
}

#[test]
fn a_request_can_be_refused_before_its_body_is_read() {
    let deployment = Deployment::new("[hooks.closed]\nbefore = \"request\"\n{receiver}\n", |received| {
        let closed = received.json()["data"]["request"]["path"] == "/sign-up/email";
        if closed {
            Reaction::json(&json!({ "verdict": "refuse", "code": "CLOSED", "message": "Closed for now" }))
        } else {
            go_on(received)
        }
    });
    assert_eq!(told(&deployment.up("ada@example.com")), (403, "CLOSED".to_owned(), Some("refused_by_hook".to_owned())));
    assert_eq!(deployment.service.get("/get-session", "").status, 200);
    let request = deployment.receiver.received()[0].json()["data"]["request"].clone();
    assert_eq!((&request["path"], &request["method"]), (&"/sign-up/email".into(), &"POST".into()));
}

#[test]
fn hooks_show_more_of_a_session_and_of_a_token_and_nothing_is_stored() {
    let hooks = "[hooks.view]\nbefore = \"session.read\"\n{receiver}\n[hooks.claims]\nbefore = \"token.create\"\n{receiver}\n[jwt]\nenabled = true\n";
    let deployment = Deployment::new(hooks, |received| {
        let values = match received.json()["event"].as_str() {
            Some("session.read") => {
                json!({ "roles": ["editor"], "user": { "plan": "shown" }, "session": { "device": "phone" } })
            }
            _ => json!({ "roles": ["editor"] }),
        };
        Reaction::json(&json!({ "verdict": "set", "set": values }))
    });
    let cookie = deployment.up("ada@example.com").cookies();
    let answer = deployment.service.get("/get-session", &cookie);
    let shown = answer.json();
    assert_eq!(
        (&shown["roles"], &shown["user"]["plan"], &shown["session"]["device"]),
        (&json!(["editor"]), &"shown".into(), &"phone".into())
    );
    assert_eq!(deployment.database.query(r#"select plan from "user""#), [[None]]);
    let token = answer.header("set-auth-jwt").unwrap().to_owned();
    let script = "console.log(Buffer.from(process.argv[1].split('.')[1], 'base64url').toString())";
    let output = std::process::Command::new("node").args(["-e", script, &token]).output().unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap()["roles"], json!(["editor"]));
    for (values, at) in [
        (json!({ "user": { "id": "x" } }), "session.read"),
        (json!({ "session": { "token": "x" } }), "session.read"),
        // Neither hides that an administrator acts as the user.
        (json!({ "session": { "impersonatedBy": null } }), "session.read"),
    ] {
        deployment.receiver.say(set(values));
        assert_eq!(deployment.service.get("/get-session", &cookie).status, 503, "{at}");
    }
    for claims in [json!({ "sub": "another" }), json!({ "act": null })] {
        deployment.receiver.say(set(claims));
        assert_eq!(deployment.service.get("/token", &cookie).status, 503);
    }
}

#[test]
fn hooks_that_cannot_work_are_refused_at_start() {
    let problems = |toml: &str, secret: &str| {
        let all =
            [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", "postgres://u@localhost/x"), ("HOOKS_SECRET", secret)];
        let variables = variables(if secret.is_empty() { &all[..2] } else { &all });
        let loaded = Config::load(&variables, Some(Source { name: "gatepost.toml", text: toml }));
        loaded.err().map(|found| found.to_string()).unwrap_or_default()
    };
    const URL: &str = "url = \"https://app.example.com/hooks\"\n";
    for (hook, expected) in [
        (URL.to_owned(), "must have either `before` or `after`"),
        (format!("before = \"user.create\"\nafter = \"user.create\"\n{URL}"), "must have either `before` or `after`"),
        ("before = \"user.create\"\n".to_owned(), "must have one of `url`, `function` and `rust`"),
        (format!("before = \"user.create\"\nfunction = \"f\"\n{URL}"), "must have one of `url`, `function` and `rust`"),
        (format!("after = \"user.create\"\non_failure = \"refuse\"\n{URL}"), "has no effect"),
        (format!("before = \"email.verify\"\n{URL}"), "`hooks.x.before` must be one of"),
        ("before = \"user.create\"\nurl = \"http://localhost/x\"\n".to_owned(), "has an http URL"),
        ("before = \"user.create\"\nurl = \"http://app.example.com/x\"\n".to_owned(), "https URL"),
        ("before = \"user.create\"\nfunction = \"a.b.c\"\n".to_owned(), "is not a function"),
        ("before = \"user.create\"\nfunction = \"f()\"\n".to_owned(), "is not a function"),
        (format!("befor = \"user.create\"\n{URL}"), "write `hooks.x.before`"),
    ] {
        let found = problems(&format!("[hooks]\nenabled = true\n[hooks.x]\n{hook}"), SIGNING);
        assert!(found.contains(expected), "{hook}: {found}");
    }
    let fine = format!("[hooks]\nenabled = true\n[hooks.x]\nbefore = \"user.create\"\n{URL}");
    assert_eq!(problems(&fine, SIGNING), "");
    assert_eq!(problems(&fine, &format!("{SIGNING} {SIGNING}")), "");
    assert!(problems(&fine, "").contains("HOOKS_SECRET"));
    for malformed in ["secret", "whsec_short", "whsec_!!!"] {
        let found = problems(&fine, malformed);
        assert!(found.contains("HOOKS_SECRET") && !found.contains(malformed), "{found}");
    }
    let off = problems(&fine.replace("enabled = true", "enabled = false"), SIGNING);
    assert!(off.contains("is not called while `hooks.enabled` is off"), "{off}");
}
