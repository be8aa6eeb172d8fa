//! Permissions of roles: the answers of better-auth's own package, for all of its roles and for configured ones.

use std::time::Duration;

use gatepost_core::{
    Config,
    config::{OF_MEMBERS, OF_USERS, Roles, Source, Variables},
    rules::access::{Connector, WantedActions, authorize, permits},
};
use serde_json::Value;

use crate::support::node;

const LISTED: &str = r#"
[access.statements]
project = ["create", "update", "share"]

[access.roles]
admin = { built_in = "admin" }
user = { built_in = "user" }
editor = { project = ["create", "update"] }
support = { built_in = "admin", user = ["list", "get"], project = [] }
"#;
/// The roles in the form of better-auth's option `roles`.
const GIVEN: &str = r#"{"users":{"editor":{"project":["create","update"]},
    "support":{"user":["list","get"],"session":["list","revoke","delete"],"project":[]}}}"#;

fn roles(toml: &str) -> Roles {
    let (roles, problems) = read(toml);
    assert_eq!(problems, Vec::<String>::new());
    roles
}

/// The roles of a configuration, and what is wrong with its section `[access]`.
fn read(toml: &str) -> (Roles, Vec<String>) {
    let source = Source { name: "gatepost.toml", text: toml };
    let (config, problems) = Config::examine(&Variables::default(), Some(source));
    let problems = problems.0.iter().map(ToString::to_string).filter(|text| text.starts_with("gatepost.toml"));
    (config.access.roles, problems.collect())
}

fn connector(text: &Value) -> Connector {
    if text == "OR" { Connector::Or } else { Connector::And }
}

fn wanted((resource, actions): (&Value, &Value)) -> WantedActions {
    let (list, connector) = match actions.as_array() {
        Some(list) => (list, Connector::And),
        None => (actions["actions"].as_array().unwrap(), connector(&actions["connector"])),
    };
    let actions = list.iter().map(|action| action.as_str().unwrap().to_owned()).collect();
    WantedActions { resource: resource.as_str().unwrap().to_owned(), actions, connector }
}

#[test]
fn every_role_permits_what_better_auth_permits() {
    let text = node::run("access.mjs", &[GIVEN], Duration::from_secs(60));
    let (listed, of_users, of_members) = (roles(LISTED), OF_USERS.all(), OF_MEMBERS.all());
    let (mut answers, mut permitted) = (0, 0);
    for line in text.lines() {
        let told: Value = serde_json::from_str(line).unwrap();
        let name = told["role"].as_str().unwrap();
        let sets = match told["kind"].as_str() {
            Some("members") => vec![&of_members],
            _ if of_users.get(name).is_some() => vec![&of_users, &listed],
            _ => vec![&listed],
        };
        let asked: Vec<_> =
            told["request"].as_array().unwrap().iter().map(|pair| wanted((&pair[0], &pair[1]))).collect();
        for role in sets.into_iter().map(|set| set.get(name).unwrap()) {
            let answer = authorize(role, &asked, connector(&told["connector"]));
            let error = answer.err().map_or(Value::Null, |refusal| refusal.text().into());
            assert_eq!((answer.is_ok(), &error), (told["success"] == true, &told["error"]), "{line}");
            answers += 1;
            permitted += usize::from(answer.is_ok());
        }
    }
    assert!(answers > 7_000 && permitted > 1_500, "{answers} answers, {permitted} permitted");
}

#[test]
fn roles_are_not_added_up_and_names_without_a_role_permit_nothing() {
    let roles = roles(LISTED);
    let both = [WantedActions::all("project", ["create"]), WantedActions::all("user", ["list"])];
    assert!(!permits(&roles, ["editor", "support"], &both));
    assert!(permits(&roles, ["editor", "support"], &both[..1]) && permits(&roles, ["editor", "support"], &both[1..]));
    for name in ["", "Editor", " editor", "constructor", "__proto__", "guest"] {
        assert!(!permits(&roles, [name], &both[..1]), "{name}");
    }
}

#[test]
fn roles_that_cannot_work_are_refused_at_start_with_what_to_write() {
    let wrong = r#"[access]
actions = []
[access.statements]
project = ["create"]
task = "all"
[access.roles]
"a,b" = {}
" c" = { project = ["create"] }
d = { built_in = "owner" }
e = { projects = ["create"] }
f = { project = ["creat"], user = ["fly"], session = ["list"] }
g = "admin"
"#;
    let (_, problems) = read(wrong);
    let expected = [
        (5, "`access.statements.task` must be a list of texts"),
        (7, "`a,b` cannot be a role"),
        (8, "` c` cannot be a role"),
        (9, "better-auth has no role `owner`; write one of \"admin\", \"user\""),
        (10, "`access.statements` has no resource `projects`"),
        (11, "the resource `project` has no action `creat`"),
        (11, "the resource `user` has no action `fly`"),
        (12, "`access.roles.g` must be a table"),
        (2, "`access.actions` is not a known key"),
    ];
    for (line, text) in expected {
        assert!(
            problems.iter().any(|told| told.contains(text) && told.contains(&format!(":{line}"))),
            "{text}: {problems:#?}"
        );
    }
    assert_eq!(problems.len(), expected.len(), "{problems:#?}");
    // Without a list of statements, a role may name any resource.
    assert!(roles("[access.roles.e]\nprojects = [\"create\"]\n").are_listed);
}
