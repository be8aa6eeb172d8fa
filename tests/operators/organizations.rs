//! `gatepost organizations`: an operator needs no membership, the last owner stays, and each change is a line.

use gatepost_cli::{arguments::Organizations, edge, organizations, users::CommandResult};
use serde_json::{Value, json};

use crate::support::{
    postgres::{Database, block_on},
    schema,
    secondary_storage::database,
    service::{DEFAULT, Service},
};

const TOML: &str = "[email_and_password]\nenabled = true\n[organization]\nenabled = true\n[organization.teams]\nenabled = true\n\
                    [organization.dynamic_access_control]\nenabled = true\n";

/// The identifier of a row in SQL: this text, unless the database makes identifiers.
fn identifier(text: &str) -> String {
    if schema::ids() == "text" { format!("'{text}'") } else { "default".to_owned() }
}

fn run(service: &Service, command: Organizations) -> Result<CommandResult, String> {
    let auth = service.auth.clone();
    block_on(async { organizations::organizations(auth, command, edge::request().unwrap()).await })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A service, its database, and an organization `acme` with the owner Ada and the member Eve. Returns the identifiers of the three.
fn acme() -> (Database, Service, [String; 3]) {
    let database = database(TOML);
    let service = Service::with(TOML, &[("DATABASE_URL", &database.url), ("VERCEL_ENV", "development")]);
    let (ada, eve) = (service.user("ada@example.com"), service.user("eve@example.com"));
    let id = |cookie: &str| text(&service.get("/get-session", cookie).json()["user"]["id"]);
    let made = service.post("/organization/create", &ada, r#"{"name":"Acme \u001b","slug":"acme"}"#);
    assert_eq!(made.status, 200, "{}", made.text());
    let acme = text(&made.json()["id"]);
    let (ada, eve) = (id(&ada), id(&eve));
    database.query(&format!(
        "insert into member (id, \"organizationId\", \"userId\", role, \"createdAt\")
            values ({}, '{acme}', '{eve}', 'member', now())",
        identifier("eve")
    ));
    (database, service, [acme, ada, eve])
}

fn remove(user: &str) -> Organizations {
    Organizations::RemoveMember { organization: "acme".to_owned(), user: user.to_owned() }
}

fn set_role(user: &str, roles: &[&str]) -> Organizations {
    let roles = roles.iter().map(|role| (*role).to_owned()).collect();
    Organizations::SetRole { organization: "acme".to_owned(), user: user.to_owned(), roles }
}

#[test]
fn an_operator_lists_and_shows_organizations() {
    let (_database, service, [acme, ada, _]) = acme();
    let list = |search: Option<&str>| Organizations::List {
        search: search.map(str::to_owned),
        filter: None,
        sort: "createdAt".to_owned(),
        descending: false,
        limit: 10,
        offset: 0,
    };
    let all = run(&service, list(Some("acm"))).unwrap();
    assert_eq!((&all.json["total"], &all.json["organizations"][0]["memberCount"]), (&json!(1), &json!(2)));
    assert!(all.text.contains("acme  Acme \\u{1b}  2 members\n1 of 1") && all.audit.is_none(), "{}", all.text);
    assert_eq!(run(&service, list(Some("other"))).unwrap().text, "0 of 0");
    for name in ["acme", &acme] {
        let shown = run(&service, Organizations::Show { organization: name.to_owned() }).unwrap();
        assert!(shown.text.contains("2 members") && shown.text.contains("ada@example.com  owner"), "{}", shown.text);
        assert_eq!(shown.json["members"][0]["user"]["id"], json!(ada));
        assert_eq!((shown.json["invitations"].clone(), shown.json["teams"].as_array().unwrap().len()), (json!([]), 1));
    }
    let error = run(&service, Organizations::Show { organization: "nothing".to_owned() }).err().unwrap();
    assert!(error.contains("no organization has the identifier or the slug `nothing`"), "{error}");
}

#[test]
fn an_operator_changes_members_but_leaves_an_owner() {
    let (database, service, [acme, ada, eve]) = acme();
    let line = |command: &str, user: &str| {
        Some(json!({
            "level": "info", "command": command, "actor": "operator", "organization": acme, "target": user,
        }))
    };
    for command in [remove("ada@example.com"), set_role("ada@example.com", &["member"])] {
        let error = run(&service, command).err().unwrap();
        assert!(error.contains("is the last member of organization") && error.contains("first, or delete"), "{error}");
    }
    let error = run(&service, set_role("eve@example.com", &["boss"])).err().unwrap();
    assert!(error.contains("there is no role `boss`; write one of admin, member, owner"), "{error}");
    database.query(&format!(
        "insert into \"organizationRole\" (id, \"organizationId\", role, permission, \"createdAt\")
            values ({}, '{acme}', 'boss', '{{}}', now())",
        identifier("boss")
    ));
    let changed = run(&service, set_role(&eve, &["boss", "owner"])).unwrap();
    assert_eq!((&changed.json["role"], changed.audit), (&json!("boss,owner"), line("organizations set-role", &eve)));
    let removed = run(&service, remove("Ada@Example.com")).unwrap();
    assert_eq!(removed.audit, line("organizations remove-member", &ada));
    assert_eq!(database.value("select count(*) from member"), "1");
    let error = run(&service, remove(&ada)).err().unwrap();
    assert!(error.contains("is not a member of organization"), "{error}");
}

#[test]
fn an_operator_deletes_an_organization() {
    let (database, service, [acme, ..]) = acme();
    let delete = || Organizations::Delete { organization: "acme".to_owned(), yes: true };
    let deleted = run(&service, delete()).unwrap();
    let line = json!({ "level": "info", "command": "organizations delete", "actor": "operator", "organization": acme });
    assert_eq!(deleted.audit, Some(line));
    for table in ["organization", "member", "invitation", "team"] {
        assert_eq!(database.value(&format!("select count(*) from {table}")), "0", "{table}");
    }
    assert!(run(&service, delete()).is_err());
}

#[test]
fn without_organizations_the_command_says_what_to_switch_on() {
    let database = Database::new();
    let service = Service::with(DEFAULT, &[("DATABASE_URL", &database.url)]);
    let error = run(&service, Organizations::Show { organization: "x".to_owned() }).err().unwrap();
    assert!(error.contains("`[organization] enabled` is off; switch it on, and run `gatepost migrate`"), "{error}");
}
