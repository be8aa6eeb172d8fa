//! Hooks that are functions of Rust: in the tests' own program, and in the functions and the server of this workspace, which are
//! linked with the crate `hooks`.

use std::{thread, time::Instant};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use gatepost_core::{Auth, Config, auth::LinkedParts, config::Source};
use serde_json::{Value, json};

use super::hooks::{Deployment, go_on, told};
use crate::support::{
    LIMIT, SECRET, examined::variables, http, instance::Instance, rust_hooks::NOTED, schema,
    secondary_storage::database, service::log_lines, serving::Serving,
};

fn deployment(hooks: &str) -> Deployment {
    Deployment::new(hooks, go_on)
}

#[test]
fn a_function_refuses_a_new_user_before_anything_is_written() {
    let deployment = deployment("[hooks.gate]\nbefore = \"user.create\"\nrust = \"refuse_freely\"\n");
    let answer = deployment.up("free@example.com");
    assert_eq!(told(&answer), (400, "WORK_ADDRESS".to_owned(), Some("refused_by_hook".to_owned())));
    assert_eq!(answer.json()["message"], "Use your work address");
    assert_eq!(["user", "account", "session"].map(|table| deployment.count(table)), ["0", "0", "0"].map(str::to_owned));
    assert_eq!(deployment.up("ada@example.com").status, 200);
}

#[test]
fn functions_set_what_every_hook_may_set() {
    let deployment = deployment(
        "[hooks.role]\nbefore = \"user.create\"\nrust = \"set_role\"\n[hooks.team]\nbefore = \"session.create\"\nrust = \"set_team\"\n\
         [hooks.plan]\nbefore = \"user.update\"\nrust = \"set_plan\"\n[hooks.shown]\nbefore = \"session.read\"\nrust = \"show_team\"\n\
         [hooks.claim]\nbefore = \"token.create\"\nrust = \"claim_plan\"\n[jwt]\nenabled = true\n",
    );
    let up = deployment.up("ada@staff.example");
    assert_eq!(up.json()["user"]["role"], "staff.example");
    let cookie = up.cookies();
    assert_eq!(deployment.post("/update-user", &cookie, &json!({ "name": "gold" })).status, 200);
    let read = deployment.service.get("/get-session", &cookie).json();
    assert_eq!((&read["session"]["team"], &read["user"]["plan"]), (&"came by sign-up".into(), &"gold".into()));
    assert_eq!(read["shown"], json!({ "team": "came by sign-up", "days": 7 }));
    let token = deployment.service.get("/token", &cookie).json()["token"].as_str().unwrap().to_owned();
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&payload).unwrap()["plan"], "gold");
}

#[test]
fn a_function_is_notified_after_the_answer() {
    let deployment = deployment("[hooks.noted]\nafter = \"user.create\"\nrust = \"note\"\n");
    assert_eq!(deployment.up("noted-by-rust@example.com").status, 200);
    let begun = Instant::now();
    let noted = || {
        NOTED
            .lock()
            .unwrap()
            .iter()
            .any(|(event, email)| event == "user.create" && email == "noted-by-rust@example.com")
    };
    while !noted() {
        assert!(begun.elapsed() < LIMIT, "the function was not called");
        thread::yield_now();
    }
}

#[test]
fn a_function_that_fails_lets_nothing_through_and_its_cause_is_in_the_log() {
    for (function, cause) in [
        ("fail", "it failed: the list of tenants cannot be read"),
        ("crash", "it panicked"),
        ("sleep", "it did not answer within 3 s"),
        ("refuse_wrongly", "its `status` is not from 400 to 499"),
        ("set_team", "it sets `team`, which a hook cannot set to this value here"),
    ] {
        let hook = format!("[hooks.broken_{function}]\nbefore = \"user.create\"\nrust = \"{function}\"\n");
        let strict = deployment(&hook);
        let answer = strict.up("ada@example.com");
        assert_eq!(told(&answer), (503, "HOOK_UNAVAILABLE".to_owned(), Some("hook_failed".to_owned())), "{function}");
        assert_eq!(strict.count("user"), "0", "{function}");
        let lines = log_lines();
        let line = lines.iter().rev().find(|line| line.contains(&format!("broken_{function}"))).unwrap();
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!((&line["hooks"][0]["verdict"], &line["hooks"][0]["cause"]), (&"failed".into(), &cause.into()));
        assert!(!line.to_string().contains("ada@example.com"), "{line}");

        let lenient = deployment(&format!("{hook}on_failure = \"continue\"\n"));
        assert_eq!(lenient.up("ada@example.com").status, 200, "{function}");
    }
}

#[test]
fn a_function_that_the_program_does_not_have_is_refused_at_the_start() {
    let toml = "[hooks]\nenabled = true\n[hooks.gate]\nbefore = \"user.create\"\nrust = \"absent\"\n";
    let source = Source { name: "gatepost.toml", text: toml };
    let given = [
        ("DATABASE_URL", "postgres://u:p@localhost/d"),
        ("BETTER_AUTH_SECRET", SECRET),
        ("BETTER_AUTH_URL", "http://localhost:3000"),
    ];
    let with = |hooks| {
        let config = Config::load(&variables(&given), Some(source)).unwrap();
        let linked = LinkedParts { hooks, ..LinkedParts::ALL };
        Auth::with(config, gatepost_cli::edge::now, linked).err().unwrap().to_string()
    };
    for (hooks, others) in [(&[][..], "none"), (gatepost_hooks::HOOKS, "`example::company_addresses`")] {
        let problem = with(hooks);
        let expected = format!(
            "hooks.gate.rust: `absent` is not among the functions of this program, which has {others}; list it in `hooks/src/lib.rs`, \
             and build the program again with this `gatepost.toml`"
        );
        assert!(problem.contains(&expected), "{problem}");
    }
    let both = format!("{toml}function = \"decide\"\n");
    let problem = Config::load(&variables(&given), Some(Source { text: &both, ..source }));
    let problem = problem.err().unwrap().to_string();
    assert!(problem.contains("the hook `gate` must have one of `url`, `function` and `rust`"), "{problem}");
}

#[test]
fn the_functions_and_the_server_of_the_workspace_have_the_crates_functions() {
    let begun = "[email_and_password]\nenabled = true\n[hooks]\nenabled = true\n";
    let toml = format!("{begun}[hooks.gate]\nbefore = \"user.create\"\nrust = \"example::company_addresses\"\n");
    let database = database(&toml);
    let folder = tempfile::tempdir().unwrap();
    let config = schema::written(folder.path(), &toml);
    let function = Instance::start("sign-up", &database.url, &config);
    let server = Serving::with(&toml, &[], &[("DATABASE_URL", &database.url)]);
    for (url, name) in [(function.url.as_str(), "function"), (server.url.as_str(), "server")] {
        let up = |domain: &str| {
            let body =
                json!({ "name": "Ada", "email": format!("{name}@{domain}"), "password": "correct horse battery" });
            let headers = [("content-type", "application/json"), ("origin", url)];
            http::send("POST", &format!("{url}/api/auth/sign-up/email"), &headers, body.to_string().as_bytes())
        };
        let refused = up("example.org");
        assert_eq!((refused.status, &refused.json()["code"]), (400, &"COMPANY_ADDRESS".into()), "{name}");
        assert_eq!(up("example.com").status, 200, "{name}");
    }
}
