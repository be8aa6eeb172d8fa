//! Hooks that gatepost notifies after it has answered, hooks in PostgreSQL, and the recipe that verifies the calls of hooks.

use std::process::{Child, Command, Stdio};

use gatepost_cli::roles;
use gatepost_core::{Config, config::Source};
use serde_json::json;

use super::hooks::{Deployment, SIGNING, TOML, go_on, told};
use crate::support::{
    SECRET,
    examined::variables,
    http,
    mailbox::Mailbox,
    node,
    receiver::{Reaction, Received, Receiver},
    secondary_storage::database,
    service::{Service, log_lines},
};

const AFTER_ALL: &str = "[hooks.all_user]\nafter = \"user.create\"\n{receiver}\n[hooks.updated]\nafter = \"user.update\"\n{receiver}\n\
    [hooks.deleted]\nafter = \"user.delete\"\n{receiver}\n[hooks.opened]\nafter = \"session.create\"\n{receiver}\n\
    [hooks.verified]\nafter = \"email.verify\"\n{receiver}\n[hooks.reset]\nafter = \"password.reset\"\n{receiver}\n";

#[test]
fn hooks_are_told_after_the_answer_of_what_was_written() {
    let deployment = Deployment::new(AFTER_ALL, go_on);
    let cookie = deployment.up("ada@example.com").cookies();
    let events = |count: usize| {
        let received = deployment.receiver.wait(count);
        let mut events: Vec<_> =
            received.iter().map(|call| call.json()["event"].as_str().unwrap().to_owned()).collect();
        events.sort();
        deployment.receiver.clear();
        (received.iter().map(Received::json).collect::<Vec<_>>(), events)
    };
    let (inputs, told) = events(2);
    assert_eq!(told, ["session.create", "user.create"]);
    assert!(inputs.iter().all(|input| input["when"] == "after" && input["data"]["user"]["email"] == "ada@example.com"));
    let session = inputs.iter().find_map(|input| input["data"]["session"].as_object()).unwrap();
    assert!(session.contains_key("id") && !session.contains_key("token"), "{session:?}");
    let token = deployment.mailbox.token("verify-email");
    assert_eq!(deployment.service.get(&format!("/verify-email?token={token}"), &cookie).status, 200);
    assert_eq!(events(1).1, ["email.verify"]);
    assert_eq!(deployment.post("/update-user", &cookie, &json!({ "name": "New" })).status, 200);
    let (inputs, told) = events(1);
    assert_eq!((told, &inputs[0]["data"]["user"]["name"]), (vec!["user.update".to_owned()], &"New".into()));
    deployment.post("/request-password-reset", "", &json!({ "email": "ada@example.com" }));
    let token = deployment.mailbox.token("reset-password");
    let body = json!({ "token": token, "newPassword": "another horse battery" });
    assert_eq!(deployment.post("/reset-password", "", &body).status, 200);
    assert_eq!(events(1).1, ["password.reset"]);
    assert_eq!(deployment.post("/delete-user", &cookie, &json!({ "password": "another horse battery" })).status, 200);
    assert_eq!(events(1).1, ["user.delete"]);
}

#[test]
fn a_hook_that_was_not_told_is_told_again_under_the_same_id() {
    let mut calls = 0;
    let deployment = Deployment::new("[hooks.billing]\nafter = \"user.create\"\n{receiver}\n", move |received| {
        calls += 1;
        if calls == 1 { Reaction::Answer(503, String::new()) } else { go_on(received) }
    });
    assert_eq!(deployment.up("ada@example.com").status, 200);
    let received = deployment.receiver.wait(2);
    assert_eq!(received[0].header("webhook-id"), received[1].header("webhook-id"));
    assert_eq!(received[0].body, received[1].body);
}

#[test]
fn the_owner_of_a_taken_address_is_told_of_where_the_answer_does_not_reveal_it() {
    let hooks = "[hooks.again]\nafter = \"sign_up.taken\"\n{receiver}\n";
    let toml = TOML.replacen("enabled = true\n", "enabled = true\nrequire_email_verification = true\n", 1);
    let receiver = Receiver::new(go_on);
    let hooks = hooks.replace("{receiver}", &format!("url = \"{}\"\nallow_private_addresses = true", receiver.url));
    let toml = format!("{toml}{hooks}");
    let (database, mailbox) = (database(&toml), Mailbox::new());
    let email_url = mailbox.url();
    let variables = [("DATABASE_URL", database.url.as_str()), ("EMAIL_URL", &email_url), ("HOOKS_SECRET", SIGNING)];
    let service = Service::with(&toml, &variables);
    let up = || {
        service.post(
            "/sign-up/email",
            "",
            r#"{"name":"Ada","email":"ada@example.com","password":"correct horse battery"}"#,
        )
    };
    assert_eq!((up().status, receiver.received().len()), (200, 0));
    assert_eq!(up().status, 200);
    let input = receiver.wait(1)[0].json();
    assert_eq!(
        (&input["event"], &input["data"]["user"]["email"]),
        (&"sign_up.taken".into(), &"ada@example.com".into())
    );
}

#[test]
fn a_hook_never_learns_a_password_a_token_or_a_hash() {
    let mut hooks = String::from(AFTER_ALL);
    for event in
        ["request", "user.create", "user.update", "user.delete", "session.create", "session.read", "token.create"]
    {
        hooks += &format!("[hooks.before_{}]\nbefore = \"{event}\"\n{{receiver}}\n", event.replace('.', "_"));
    }
    hooks += "[jwt]\nenabled = true\n";
    let deployment = Deployment::new(&hooks, go_on);
    let mut secrets = vec!["correct horse battery".to_owned(), "another horse battery".to_owned(), SIGNING.to_owned()];
    let up = deployment.up("ada@example.com");
    let cookie = up.cookies();
    secrets.push(up.json()["token"].as_str().unwrap().to_owned());
    secrets.extend(deployment.database.query("select password from account").into_iter().flatten().flatten());
    let verify = deployment.mailbox.token("verify-email");
    deployment.service.get(&format!("/verify-email?token={verify}"), &cookie);
    let read = deployment.service.get("/get-session", &cookie);
    secrets.push(read.header("set-auth-jwt").unwrap().to_owned());
    secrets.push(deployment.service.get("/token", &cookie).json()["token"].as_str().unwrap().to_owned());
    deployment.post("/request-password-reset", "", &json!({ "email": "ada@example.com", "redirectTo": "/x" }));
    let reset = deployment.mailbox.token("reset-password");
    deployment.service.get(&format!("/reset-password/{reset}?callbackURL=/x"), "");
    let body = json!({ "token": reset, "newPassword": "another horse battery" });
    assert_eq!(deployment.post("/reset-password", "", &body).status, 200);
    secrets.extend(deployment.database.query("select password from account").into_iter().flatten().flatten());
    let body = json!({ "email": "ada@example.com", "password": "another horse battery" });
    let signed_in = deployment.post("/sign-in/email", "", &body);
    secrets.push(signed_in.json()["token"].as_str().unwrap().to_owned());
    assert_eq!(deployment.come("eve").header("location"), Some("/in"));
    secrets.extend(deployment.database.query("select token from session").into_iter().flatten().flatten());
    let tokens = r#"select unnest(array["accessToken", "refreshToken", "idToken"]) from account"#;
    secrets.extend(deployment.database.query(tokens).into_iter().flatten().flatten());
    deployment.post("/update-user", &signed_in.cookies(), &json!({ "name": "New" }));
    deployment.post("/delete-user", &signed_in.cookies(), &json!({ "password": "another horse battery" }));
    secrets.extend([verify, reset]);
    let cookies = [&cookie, &signed_in.cookies()].map(|cookie| cookie.split('=').nth(1).unwrap().to_owned());
    secrets.extend(cookies);
    let received = deployment.receiver.wait(20);
    let events: std::collections::BTreeSet<_> =
        received.iter().map(|call| call.json()["event"].as_str().unwrap().to_owned()).collect();
    assert_eq!(events.len(), 9, "{events:?}");
    for secret in secrets.iter().filter(|secret| secret.len() > 8) {
        for call in &received {
            let hidden = call.head.contains(secret.as_str()) || call.body.contains(secret.as_str());
            assert!(!hidden, "{secret} is in {}", call.body);
        }
    }
    assert!(secrets.len() > 12, "{}", secrets.len());
    let log = log_lines().join("\n");
    assert!(!log.contains(SIGNING) && !log.contains(&deployment.receiver.url));
}

#[test]
fn a_function_of_postgres_decides_and_is_told() {
    let hooks = "[hooks.decides]\nbefore = \"user.create\"\nfunction = \"Own Hooks.decide\"\n\
        [hooks.told]\nafter = \"user.create\"\nfunction = \"Own Hooks.told\"\n";
    let deployment = Deployment::new(hooks, go_on);
    let sql = |sql: &str| drop(deployment.database.query(sql));
    sql("create schema \"Own Hooks\"; create table \"Own Hooks\".seen (input jsonb);
        create function \"Own Hooks\".decide(input jsonb) returns jsonb language sql as $$
            select case when input->'data'->'user'->>'email' like '%@evil.example'
                then jsonb_build_object('verdict', 'refuse', 'code', 'EVIL', 'message', 'No')
                else jsonb_build_object('verdict', 'set', 'set', jsonb_build_object('role', 'staff')) end $$;
        create function \"Own Hooks\".told(input jsonb) returns void language sql as $$
            insert into \"Own Hooks\".seen values (input) $$");
    assert_eq!(told(&deployment.up("eve@evil.example")), (403, "EVIL".to_owned(), Some("refused_by_hook".to_owned())));
    assert_eq!(deployment.up("ada@example.com").json()["user"]["role"], "staff");
    let seen = "select coalesce(max(input->'data'->'user'->>'email'), '') from \"Own Hooks\".seen";
    let is_told = (0..1_000).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        deployment.database.value(seen) == "ada@example.com"
    });
    assert!(is_told);
    sql("create or replace function \"Own Hooks\".decide(input jsonb) returns jsonb language plpgsql as $$
        begin raise exception 'the row % is wrong', input; end $$");
    assert_eq!(deployment.up("bob@example.com").status, 503);
    sql("drop function \"Own Hooks\".decide");
    assert_eq!(deployment.up("bob@example.com").status, 503);
    let lines = log_lines().join("\n");
    assert!(lines.contains("hook_failed") && !lines.contains("bob@example.com"), "{lines}");
}

#[test]
fn the_generated_role_may_call_the_functions_of_hooks_and_nothing_else_of_their_schema() {
    let toml = format!("{TOML}[hooks.decides]\nbefore = \"user.create\"\nfunction = \"Own Hooks.decide\"\n");
    let database = database(&toml);
    let sql = |sql: &str| drop(database.query(sql));
    sql("create schema \"Own Hooks\"; create table \"Own Hooks\".rules (domain text);
        create function \"Own Hooks\".decide(input jsonb) returns jsonb language sql security definer as
            $$ select jsonb_build_object('verdict', 'continue') from (select count(*) from \"Own Hooks\".rules) r $$;
        revoke all on function \"Own Hooks\".decide from public");
    let all = variables(&[("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", &database.url)]);
    let (config, _) = Config::examine(&all, Some(Source { name: "gatepost.toml", text: &toml }));
    let role = format!("hooks_{}", std::process::id());
    sql(&format!("create role {role}"));
    let call = format!("set role {role}; select \"Own Hooks\".decide('{{}}'::jsonb); reset role");
    let may = |sql: &str| std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(database.query(sql)))).is_ok();
    assert!(!may(&call));
    sql(&roles::of_hooks(&role, &config.features.hooks));
    assert!(may(&call));
    assert!(!may(&format!("set role {role}; select * from \"Own Hooks\".rules; reset role")));
    sql(&format!("drop owned by {role}; drop role {role}"));
}

#[test]
fn hooks_are_called_in_the_order_of_the_file_and_each_sees_what_the_others_set() {
    let hooks = "[hooks.second_by_name]\nbefore = \"user.create\"\n{receiver}\n[hooks.a]\nbefore = \"user.create\"\n{receiver}\n";
    let deployment = Deployment::new(hooks, |received| {
        let input = received.json();
        let plan = input["data"]["user"]["plan"].as_str().unwrap_or_default().to_owned()
            + input["hook"].as_str().unwrap()
            + " ";
        Reaction::json(&json!({ "verdict": "set", "set": { "plan": plan } }))
    });
    assert_eq!(deployment.up("ada@example.com").json()["user"]["plan"], "second_by_name a ");
}

/// The recipe, as a framework serves it. Dropping it ends it.
struct Recipe {
    url: String,
    child: Child,
}

impl Recipe {
    fn new() -> Self {
        let mut child = Command::new("node")
            .arg("hooks.mjs")
            .env("HOOKS_SECRET", SIGNING)
            .current_dir(node::client())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self { url: node::listening(&mut child), child }
    }
}

impl Drop for Recipe {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_recipe_answers_hooks() {
    let recipe = Recipe::new();
    let hook = |name: &str, when: &str| {
        format!(
            "[hooks.{name}]\n{when} = \"user.create\"\nurl = \"{}/hooks\"\nallow_private_addresses = true\n",
            recipe.url
        )
    };
    let toml = hook("work_addresses", "before") + &hook("billing", "after");
    let deployment = Deployment::new(&toml, go_on);
    let refused = deployment.up("eve@throwaway.example");
    assert_eq!(told(&refused), (400, "WORK_ADDRESS".to_owned(), Some("refused_by_hook".to_owned())));
    assert_eq!(deployment.up("boss@corp.example").json()["user"]["role"], "staff");
    assert_eq!(deployment.up("ada@example.com").json()["user"]["role"], "member");
    let forged = http::send("POST", &recipe.url, &[], br#"{"version":1,"hook":"work_addresses","data":{}}"#);
    assert_eq!(forged.status, 401);
}

#[test]
fn the_recipe_tells_genuine_calls_from_forged_and_repeated_ones() {
    let deployment = Deployment::new("[hooks.gate]\nbefore = \"user.create\"\n{receiver}\n", go_on);
    assert_eq!(deployment.up("ada@example.com").status, 200);
    let call = deployment.receiver.received()[0].clone();
    let header = |name: &str| call.header(name).unwrap().to_owned();
    let (id, at, signature) = (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"));
    let now: i64 = at.parse().unwrap();
    let case = |id: &str, at: &str, signature: &str, body: &str, now: i64| json!({ "headers": { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": signature }, "body": body, "now": now });
    let other = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let cases = json!([
        case(&id, &at, &signature, &call.body, now),
        case(&id, &at, &format!("{other} {signature}"), &call.body, now + 299),
        case(&id, &at, &signature, &call.body, now + 301),
        case(&id, &(now + 301).to_string(), &signature, &call.body, now + 301),
        case("msg_other", &at, &signature, &call.body, now),
        case(&id, &at, &signature, &format!("{} ", call.body), now),
        case(&id, &at, other, &call.body, now),
        case(&id, &at, "", &call.body, now),
        case(&id, "soon", &signature, &call.body, now),
    ]);
    let judge = |secret: &str| {
        let output = Command::new("node")
            .args(["hooks.mjs", "--judge", &cases.to_string()])
            .env("HOOKS_SECRET", secret)
            .current_dir(node::client())
            .output()
            .unwrap();
        serde_json::from_slice::<Vec<bool>>(&output.stdout).unwrap()
    };
    assert_eq!(judge(SIGNING), [true, true, false, false, false, false, false, false, false]);
    let another = "whsec_HxwdHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";
    assert!(judge(&format!("{another} {SIGNING}"))[0]);
    assert_eq!(judge(another), [false; 9]);
}
