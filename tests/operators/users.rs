//! `gatepost users` and `gatepost sessions`: what an operator changes counts for the service at once, and each change is a line.

use gatepost_cli::{
    arguments::{Sessions, Users},
    edge,
    users::{self, CommandResult},
};
use serde_json::{Value, json};

use crate::support::{
    postgres::{Database, block_on},
    secondary_storage::database,
    service::{DEFAULT, Service},
};

const TOML: &str = "[email_and_password]\nenabled = true\n[admin]\nenabled = true\n[access.roles]\n\
                    admin = { built_in = \"admin\" }\nuser = {}\n";

fn working() -> (Database, Service) {
    let database = database(TOML);
    let service = Service::with(TOML, &[("DATABASE_URL", &database.url), ("VERCEL_ENV", "development")]);
    (database, service)
}

fn of_users(service: &Service, command: Users) -> Result<CommandResult, String> {
    let auth = service.auth.clone();
    block_on(async { users::users(auth, command, edge::request().unwrap()).await })
}

fn of_sessions(service: &Service, command: Sessions) -> Result<CommandResult, String> {
    let auth = service.auth.clone();
    block_on(async { users::sessions(auth, command, edge::request().unwrap()).await })
}

fn list(search: Option<&str>, filter: Option<&str>) -> Users {
    let (search, filter) = (search.map(str::to_owned), filter.map(str::to_owned));
    Users::List { search, filter, sort: "createdAt".to_owned(), descending: false, limit: 100, offset: 0 }
}

/// The line for the log of a change of this user.
fn line(command: &str, id: &str) -> Option<Value> {
    Some(json!({ "level": "info", "command": command, "actor": "operator", "target": id }))
}

#[test]
fn the_first_administrator_is_made_on_the_command_line() {
    let (_database, service) = working();
    let cookie = service.user("ada@example.com");
    let ask = || service.get("/admin/list-users", &cookie).status;
    assert_eq!(ask(), 403);
    let roles = |names: &[&str]| Users::SetRole {
        user: "Ada@Example.com".to_owned(),
        roles: names.iter().map(|name| (*name).to_owned()).collect(),
    };
    let done = of_users(&service, roles(&["user", "admin"])).unwrap();
    assert_eq!(done.json["role"], "user,admin");
    assert_eq!(done.audit, line("users set-role", done.json["id"].as_str().unwrap()));
    assert_eq!(ask(), 200);
    let error = of_users(&service, roles(&["boss"])).err().unwrap();
    assert!(error.contains("there is no role `boss`; write one of admin, user"), "{error}");
}

#[test]
fn what_an_operator_does_to_a_user_counts_at_once() {
    let (database, service) = working();
    let (ada, eve) = (service.user("ada@example.com"), service.user("eve@example.com"));
    let session = |cookie: &str| service.get("/get-session", cookie).json();
    let id = session(&eve)["user"]["id"].as_str().unwrap().to_owned();
    let user = || "eve@example.com".to_owned();

    let shown = of_users(&service, Users::Show { user: id.clone() }).unwrap();
    assert!(shown.text.contains("email: eve@example.com") && shown.audit.is_none(), "{}", shown.text);
    let found = of_users(&service, list(Some("eve"), None)).unwrap();
    assert_eq!((found.json["total"].clone(), found.text.lines().count()), (1.into(), 2), "{}", found.text);

    let ban = |lasts: &str| Users::Ban { user: user(), reason: Some("spam".to_owned()), lasts: Some(lasts.to_owned()) };
    assert!(of_users(&service, ban("soon")).err().unwrap().contains("`soon` is no duration"));
    let banned = of_users(&service, ban("7d")).unwrap();
    assert_eq!((&banned.json["banned"], &banned.json["banReason"]), (&json!(true), &json!("spam")));
    assert_eq!(banned.audit, line("users ban", &id));
    assert_eq!((session(&eve), session(&ada).is_object()), (Value::Null, true));
    assert_eq!(of_users(&service, list(None, Some("banned=true"))).unwrap().json["total"], 1);
    assert_eq!(of_users(&service, Users::Unban { user: user() }).unwrap().json["banned"], false);

    let body = r#"{"email":"eve@example.com","password":"correct horse battery"}"#;
    let eve = service.post("/sign-in/email", "", body).cookies();
    let sessions = of_sessions(&service, Sessions::List { user: user() }).unwrap();
    assert_eq!(sessions.json.as_array().unwrap().len(), 1);
    let token =
        database.value("select token from session s join \"user\" u on u.id = s.\"userId\" where u.email like 'eve%'");
    assert!(!sessions.text.contains(&token) && !sessions.json.to_string().contains(&token), "{}", sessions.text);
    let revoke = |session: &str| Sessions::Revoke { user: user(), session: session.to_owned() };
    assert!(of_sessions(&service, revoke("nothing")).err().unwrap().contains("has no session `nothing`"));
    let own = sessions.json[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(of_sessions(&service, revoke(&own)).unwrap().audit, line("sessions revoke", &id));
    assert_eq!(session(&eve), Value::Null);

    let eve = service.post("/sign-in/email", "", body).cookies();
    assert_eq!(
        of_users(&service, Users::RevokeSessions { user: user() }).unwrap().audit,
        line("users revoke-sessions", &id)
    );
    assert_eq!(session(&eve), Value::Null);
    assert_eq!(of_users(&service, Users::Remove { user: user(), yes: true }).unwrap().audit, line("users remove", &id));
    assert!(of_users(&service, Users::Show { user: user() }).err().unwrap().contains("no user has"));
}

#[test]
fn without_administration_the_command_says_what_to_switch_on() {
    let database = Database::new();
    let service = Service::with(DEFAULT, &[("DATABASE_URL", &database.url)]);
    service.user("ada@example.com");
    let error = of_users(&service, Users::Unban { user: "ada@example.com".to_owned() }).err().unwrap();
    assert!(error.contains("`[admin] enabled` is off; switch it on, and run `gatepost migrate`"), "{error}");
    assert!(of_users(&service, Users::Show { user: "ada@example.com".to_owned() }).is_ok());
}
