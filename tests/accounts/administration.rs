//! Administration: what gatepost alone does, each known hole closed with a test of its name. What better-auth does is compared with it
//! in conformance.rs.

use std::{collections::BTreeSet, time::Duration};

use gatepost_cli::{
    edge,
    explain::{self, RequestHeaders},
};
use serde_json::{Value, json};

use crate::support::{
    flows,
    http::{Answer, refused},
    node,
    postgres::{Database, block_on},
    provider::Provider,
    redis::Redis,
    secondary_storage::{database, deployed},
    service::{Service, log_lines},
    wire::Wire,
};

pub const TOML: &str = "[email_and_password]\nenabled = true\n[admin]\nenabled = true\n";
pub const PASSWORD: &str = "correct horse battery";

/// A service in development, so that reasons are shown, with an administrator and a user.
pub struct AdminService {
    pub database: Database,
    pub service: Service,
    /// The cookies of the administrator.
    pub root: String,
    /// The cookies of the user.
    pub eve: String,
}

impl AdminService {
    pub fn new(more: &str) -> Self {
        Self::with(&format!("{TOML}{more}"), &[])
    }

    pub fn with(toml: &str, more: &[(&str, &str)]) -> Self {
        let (database, service) = deployed(toml, more);
        let (root, eve) = (service.user("root@example.com"), service.user("eve@example.com"));
        database.query("update \"user\" set role = 'admin' where email = 'root@example.com'");
        let office = Self { database, service, root, eve };
        // Where sessions are apart from the tables, they have the role only from now on.
        let root = office.sign_in("root@example.com").cookies();
        Self { root, ..office }
    }

    fn sign_in(&self, email: &str) -> Answer {
        let body = json!({ "email": email, "password": PASSWORD });
        self.service.post("/sign-in/email", "", &body.to_string())
    }

    pub fn id(&self, email: &str) -> String {
        self.database.value(&format!("select id::text from \"user\" where email = '{email}'"))
    }

    pub fn eve_id(&self) -> String {
        self.id("eve@example.com")
    }

    /// Asks as an administrator.
    fn ask(&self, name: &str, body: &Value) -> Answer {
        self.asked_by(&self.root, name, body)
    }

    pub fn asked_by(&self, cookie: &str, name: &str, body: &Value) -> Answer {
        self.service.post(&format!("/admin/{name}"), cookie, &body.to_string())
    }

    /// Asks as an administrator, with success.
    #[track_caller]
    pub fn done(&self, name: &str, body: &Value) -> Answer {
        let answer = self.ask(name, body);
        assert_eq!(answer.status, 200, "{name}: {}", answer.text());
        answer
    }

    /// A user with this role, and the cookies.
    pub fn holder(&self, role: &str) -> (String, String) {
        let email = format!("{role}@example.com");
        let cookie = self.service.user(&email);
        self.database.query(&format!("update \"user\" set role = '{role}' where email = '{email}'"));
        (self.id(&email), cookie)
    }
}

/// Why the session of these cookies is null; empty if it is not.
pub fn why_null(service: &Service, cookie: &str) -> String {
    let answer = service.get("/get-session", cookie);
    assert_eq!(answer.status, 200, "{}", answer.text());
    if answer.text() == "null" { answer.header("x-gatepost-reason").unwrap().to_owned() } else { String::new() }
}

/// The cookies of a browser after an answer.
pub fn after(before: &str, answer: &Answer) -> String {
    let new = answer.cookies();
    let names: BTreeSet<_> = answer.set_cookies().iter().filter_map(|line| line.split('=').next()).collect();
    let kept = before.split("; ").filter(|pair| !names.contains(pair.split('=').next().unwrap()));
    // Of a cookie that an answer clears and sets, the later line counts.
    kept.chain(new.split("; ").filter(|pair| !pair.is_empty())).collect::<Vec<_>>().join("; ")
}

#[test]
fn the_real_client_administers_users() {
    let office = AdminService::new("");
    let said = node::run("admin.mjs", &["--url", &office.service.url], Duration::from_secs(120));
    assert!(said.contains(" passed, 0 failed"), "{said}");
}

#[test]
fn what_is_off_answers_nothing_and_adds_nothing() {
    let database = Database::new();
    let service = Service::new(&database.url);
    let cookie = service.user("ada@example.com");
    for name in ["set-role", "create-user", "ban-user", "impersonate-user", "has-permission"] {
        let answer = service.post(&format!("/admin/{name}"), &cookie, "{}");
        assert_eq!((answer.status, answer.text().as_str()), (404, ""), "{name}");
    }
    let session = service.get("/get-session", &cookie).json();
    assert_eq!((session["user"].get("role"), session["session"].get("impersonatedBy")), (None, None));
}

#[test]
fn each_refusal_has_its_reason() {
    let office = AdminService::new("[access.roles]\nadmin = { built_in = \"admin\" }\nuser = {}\n");
    for (method, path) in [
        ("POST", "/admin/set-role"),
        ("GET", "/admin/get-user?id=x"),
        ("POST", "/admin/create-user"),
        ("POST", "/admin/update-user"),
        ("GET", "/admin/list-users"),
        ("POST", "/admin/list-user-sessions"),
        ("POST", "/admin/unban-user"),
        ("POST", "/admin/ban-user"),
        ("POST", "/admin/impersonate-user"),
        ("POST", "/admin/stop-impersonating"),
        ("POST", "/admin/revoke-user-session"),
        ("POST", "/admin/revoke-user-sessions"),
        ("POST", "/admin/remove-user"),
        ("POST", "/admin/set-user-password"),
        ("POST", "/admin/has-permission"),
    ] {
        let body = r#"{"userId":"x","role":"user","email":"a@b.co","name":"A","data":{"name":"A"},"sessionToken":"x","newPassword":"x","permissions":{}}"#;
        let headers = [("content-type", "application/json"), ("origin", office.service.url.as_str())];
        let answer = office.service.send(method, path, &headers, if method == "GET" { "" } else { body });
        let found = (answer.status, answer.text(), answer.header("x-gatepost-reason").unwrap().to_owned());
        assert_eq!(found, (401, String::new(), "no_session_cookie".to_owned()), "{path}");
    }
    let (root, eve) = (office.id("root@example.com"), office.eve_id());
    for (name, body, status, reason) in [
        ("set-role", json!({ "userId": eve, "role": "boss" }), 400, "unknown_role"),
        ("ban-user", json!({ "userId": root }), 400, "own_user"),
        ("remove-user", json!({ "userId": root }), 400, "own_user"),
        ("stop-impersonating", json!({}), 400, "not_impersonating"),
        ("impersonate-user", json!({ "userId": root }), 403, "protected_user"),
    ] {
        let answer = office.ask(name, &body);
        assert_eq!((answer.status, answer.header("x-gatepost-reason")), (status, Some(reason)), "{}", answer.text());
    }
    let answer = office.asked_by(&office.eve, "ban-user", &json!({ "userId": root }));
    refused(&answer, 403, "YOU_ARE_NOT_ALLOWED_TO_BAN_USERS", "not_permitted");
    let browser = office.done("impersonate-user", &json!({ "userId": eve })).cookies();
    let without: Vec<_> = browser.split("; ").filter(|pair| !pair.contains("admin_session")).collect();
    let answer = office.asked_by(&without.join("; "), "stop-impersonating", &json!({}));
    assert_eq!((answer.status, answer.header("x-gatepost-reason")), (500, Some("no_admin_session")));
}

#[test]
fn a_ban_set_behind_the_service_ends_live_sessions_at_once() {
    let office = AdminService::new("[bearer]\nenabled = true\n");
    let token = office.database.value(
        "select token from session s join \"user\" u on u.id = s.\"userId\" where u.email = 'eve@example.com' limit 1",
    );
    assert_eq!(why_null(&office.service, &office.eve), "");
    office.database.query("update \"user\" set banned = true where email = 'eve@example.com'");
    assert_eq!(why_null(&office.service, &office.eve), "banned");
    for path in ["/update-user", "/revoke-other-sessions", "/sign-out"] {
        let answer = office.service.post(path, &office.eve, r#"{"name":"E"}"#);
        let expected = if path == "/sign-out" { 200 } else { 401 };
        assert_eq!(answer.status, expected, "{path}: {}", answer.text());
    }
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("origin", office.service.url.as_str())];
    assert_eq!(office.service.send("GET", "/get-session", &headers, "").text(), "null");
}

#[test]
fn a_ban_stops_every_way_to_a_session() {
    let provider = Provider::new();
    let toml = format!(
        "{TOML}banned_user_message = \"Go away.\"\n[username]\nenabled = true\n[account.account_linking]\n\
         require_local_email_verified = false\n"
    );
    let database = database(&toml);
    let variables = [("DATABASE_URL", database.url.as_str()), ("VERCEL_ENV", "development")];
    let service = flows::service(&toml, &variables, &provider);
    // The scripted provider knows this person by the code.
    let begun = flows::begin(
        &service.url,
        "/sign-in/social",
        &json!({ "provider": "github", "callbackURL": "/in", "errorCallbackURL": "/no" }),
        "",
    );
    let come =
        |state: &str, cookie: &str| flows::back(&service.url, "github", &format!("code=ada&state={state}"), cookie);
    let first = come(&begun.state, &begun.cookie);
    assert_eq!(first.header("location"), Some("/in"), "{}", first.text());
    database.query("update \"user\" set banned = true, username = 'ada'");
    let begun = flows::begin(
        &service.url,
        "/sign-in/social",
        &json!({ "provider": "github", "callbackURL": "/in", "errorCallbackURL": "/no" }),
        "",
    );
    let again = come(&begun.state, &begun.cookie);
    assert_eq!(again.header("location"), Some("/no?error=BANNED_USER&error_description=Go+away."), "{}", again.text());
    assert_eq!(again.header("x-gatepost-reason"), Some("banned"));
    assert!(!again.cookies().contains("session_token"), "{:?}", again.set_cookies());
    assert_eq!(why_null(&service, &first.cookies()), "banned");

    let office = AdminService::new("[username]\nenabled = true\n");
    office.database.query("update \"user\" set banned = true, username = 'evie' where email = 'eve@example.com'");
    refused(&office.sign_in("eve@example.com"), 403, "BANNED_USER", "banned");
    let by_name = json!({ "username": "evie", "password": PASSWORD }).to_string();
    refused(&office.service.post("/sign-in/username", "", &by_name), 403, "BANNED_USER", "banned");
    refused(&office.ask("impersonate-user", &json!({ "userId": office.eve_id() })), 403, "BANNED_USER", "banned");
    // The password is still checked first, so that the answer does not tell who is banned.
    let wrong = json!({ "email": "eve@example.com", "password": "wrong horse battery" }).to_string();
    refused(&office.service.post("/sign-in/email", "", &wrong), 401, "INVALID_EMAIL_OR_PASSWORD", "wrong_password");
}

#[test]
fn no_browser_with_several_sessions_switches_to_that_of_a_banned_user() {
    let office = AdminService::new("[multi_session]\nenabled = true\n");
    let body = json!({ "email": "eve@example.com", "password": PASSWORD }).to_string();
    let root = office.sign_in("root@example.com").cookies();
    let answer = office.service.post("/sign-in/email", &root, &body);
    let browser = after(&root, &answer);
    let count = || office.service.get("/multi-session/list-device-sessions", &browser).json().as_array().unwrap().len();
    assert_eq!(count(), 2);
    office.database.query("update \"user\" set banned = true where email = 'eve@example.com'");
    assert_eq!(count(), 1);
    let token = json!({ "sessionToken": answer.json()["token"] }).to_string();
    assert_eq!(office.service.post("/multi-session/set-active", &browser, &token).status, 401);
}

#[test]
fn a_ban_between_the_lookup_and_the_new_session_counts() {
    let office = AdminService::new("");
    let answer = office.sign_in("eve@example.com");
    office.done("ban-user", &json!({ "userId": office.eve_id() }));
    // As if the session had been written at the moment of the ban.
    office.database.query(&format!(
        "insert into session (id, token, \"userId\", \"expiresAt\", \"createdAt\", \"updatedAt\") select {}, '{}', id, \
         now() + interval '1 day', now(), now() from \"user\" where email = 'eve@example.com'",
        match crate::support::schema::ids() {
            "uuid" => "gen_random_uuid()",
            "serial" => "100000",
            _ => "'s'",
        },
        answer.json()["token"].as_str().unwrap()
    ));
    assert_eq!(why_null(&office.service, &answer.cookies()), "banned");
}

#[test]
fn no_token_is_issued_to_a_banned_user_whose_session_is_in_a_cookie() {
    let office = AdminService::new("[session.cookie_cache]\nenabled = true\n[jwt]\nenabled = true\n");
    let eve = office.sign_in("eve@example.com").cookies();
    assert_eq!(office.service.get("/token", &eve).status, 200);
    office.done("ban-user", &json!({ "userId": office.eve_id() }));
    // As in better-auth, the cookie counts for its time, `session.cookie_cache.max_age`, but it opens nothing else.
    assert_eq!(why_null(&office.service, &eve), "");
    assert_eq!(office.service.get("/token", &eve).status, 401);
    assert_eq!(office.service.get("/get-session", &eve).header("set-auth-jwt"), None);
    assert_eq!(why_null(&office.service, &format!("{eve}; x=y")), "");
    let asking = office.service.get("/get-session?disableCookieCache=true", &eve);
    assert_eq!(asking.text(), "null");
}

#[test]
fn a_ban_ends_by_its_time_in_sessions_and_at_a_sign_in() {
    let office = AdminService::new("");
    office.database.query(
        "update \"user\" set banned = true, \"banExpires\" = now() + interval '1 hour' where email = 'eve@example.com'",
    );
    assert_eq!(why_null(&office.service, &office.eve), "banned");
    office
        .database
        .query("update \"user\" set \"banExpires\" = now() - interval '1 second' where email = 'eve@example.com'");
    assert_eq!(why_null(&office.service, &office.eve), "");
    let row = "select banned::text, \"banExpires\"::text from \"user\" where email = 'eve@example.com'";
    assert_eq!(office.database.query(row)[0][0].as_deref(), Some("true"));
    assert_eq!(office.sign_in("eve@example.com").status, 200);
    assert_eq!(office.database.query(row)[0], [Some("false".to_owned()), None]);
}

#[test]
fn explain_says_until_when_a_user_is_banned() {
    let office = AdminService::new("");
    office.database.query(
        "update \"user\" set banned = true, \"banExpires\" = '2999-01-01T00:00:00Z' where email = 'eve@example.com'",
    );
    let asked = RequestHeaders::given(Some(office.eve.clone()), None);
    let auth = office.service.auth.clone();
    let report =
        block_on(async { explain::request(auth, &asked, edge::request().unwrap()).await }).unwrap().to_string();
    assert!(report.contains("is banned until 2999-01-01T00:00:00.000Z") && report.contains("null, banned"), "{report}");
}

#[test]
fn an_impersonation_ends_with_the_access_of_its_administrator() {
    let office = AdminService::new("");
    let (helper, cookie) = office.holder("admin");
    let answer = office.asked_by(&cookie, "impersonate-user", &json!({ "userId": office.eve_id() }));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let browser = after(&cookie, &answer);
    let session = office.service.get("/get-session", &browser).json();
    assert_eq!(session["session"]["impersonatedBy"], helper.as_str());
    assert_eq!(session["user"]["email"], "eve@example.com");
    office.database.query(&format!("update \"user\" set banned = true where id::text = '{helper}'"));
    assert_eq!(why_null(&office.service, &browser), "impersonator_gone");
    // Nor does the way back lead to the session of a banned administrator.
    assert_eq!(office.asked_by(&browser, "stop-impersonating", &json!({})).status, 401);
    office.done("remove-user", &json!({ "userId": helper }));
    assert_eq!(why_null(&office.service, &browser), "impersonator_gone");
}

#[test]
fn an_impersonation_within_an_impersonation_keeps_the_way_back() {
    let office = AdminService::new("allow_impersonating_admins = true\n");
    let (other, _) = office.holder("admin");
    let first = office.done("impersonate-user", &json!({ "userId": other }));
    let browser = after(&office.root, &first);
    let second = office.asked_by(&browser, "impersonate-user", &json!({ "userId": office.eve_id() }));
    assert_eq!(second.status, 200, "{}", second.text());
    assert_eq!(second.json()["session"]["impersonatedBy"], office.id("root@example.com").as_str());
    let browser = after(&browser, &second);
    let back = office.asked_by(&browser, "stop-impersonating", &json!({}));
    assert_eq!(
        (back.status, back.json()["user"]["email"].clone()),
        (200, "root@example.com".into()),
        "{}",
        back.text()
    );
    assert_eq!(why_null(&office.service, &after(&browser, &back)), "");
    assert_eq!(office.database.value("select count(*) from session where \"impersonatedBy\" is not null"), "0");
}

#[test]
fn an_impersonation_is_marked_in_the_log_and_in_tokens() {
    let office = AdminService::new("[jwt]\nenabled = true\n");
    let answer = office.done("impersonate-user", &json!({ "userId": office.eve_id() }));
    let browser = after(&office.root, &answer);
    let token = office.service.get("/token", &browser).json()["token"].as_str().unwrap().to_owned();
    let claims = base64_json(token.split('.').nth(1).unwrap());
    let (root, eve) = (office.id("root@example.com"), office.eve_id());
    assert_eq!((&claims["sub"], &claims["act"]), (&json!(eve), &json!({ "sub": root })));
    let lines = log_lines();
    let has = |parts: &[String]| lines.iter().any(|line| parts.iter().all(|part| line.contains(part.as_str())));
    let member = |name: &str, value: &str| format!("\"{name}\":\"{value}\"");
    assert!(has(&[member("endpoint", "token"), member("impersonated_by", &root)]), "{lines:#?}");
    assert!(has(&[member("endpoint", "admin.impersonate_user"), member("actor", &root), member("target", &eve)]));
}

fn base64_json(part: &str) -> Value {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[test]
fn a_role_with_one_permission_is_not_worth_every_other_one() {
    let office = AdminService::new(
        "[access.roles]\nadmin = { built_in = \"admin\" }\nuser = {}\nsupport = { user = [\"set-password\", \"set-email\", \
         \"update\", \"ban\", \"delete\", \"impersonate\", \"set-role\", \"create\"], \
         session = [\"list\", \"revoke\"] }\n",
    );
    let (_, support) = office.holder("support");
    let (root, eve) = (office.id("root@example.com"), office.eve_id());
    let requests = |id: &str| {
        [
            ("set-user-password", json!({ "userId": id, "newPassword": "another password" })),
            ("update-user", json!({ "userId": id, "data": { "email": "taken-over@example.com" } })),
            ("ban-user", json!({ "userId": id })),
            ("unban-user", json!({ "userId": id })),
            ("set-role", json!({ "userId": id, "role": "user" })),
            ("impersonate-user", json!({ "userId": id })),
            ("list-user-sessions", json!({ "userId": id })),
            ("revoke-user-sessions", json!({ "userId": id })),
            ("remove-user", json!({ "userId": id })),
        ]
    };
    let token = office.database.value(&format!("select token from session where \"userId\"::text = '{root}' limit 1"));
    let revoked = office.asked_by(&support, "revoke-user-session", &json!({ "sessionToken": token }));
    refused(&revoked, 403, "YOU_ARE_NOT_ALLOWED_TO_REVOKE_USERS_SESSIONS", "outranked");
    for (name, body) in requests(&root) {
        let answer = office.asked_by(&support, name, &body);
        assert_eq!(answer.status, 403, "{name}: {}", answer.text());
        let reason = if name == "impersonate-user" { "protected_user" } else { "outranked" };
        assert_eq!(answer.header("x-gatepost-reason"), Some(reason), "{name}");
    }
    for (name, body) in [
        ("set-role", json!({ "userId": eve, "role": "admin" })),
        ("update-user", json!({ "userId": eve, "data": { "role": "admin" } })),
        ("create-user", json!({ "email": "new@example.com", "name": "New", "role": "admin" })),
        ("create-user", json!({ "email": "new@example.com", "name": "New", "data": { "role": "admin" } })),
    ] {
        refused(&office.asked_by(&support, name, &body), 403, "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE", "outranked");
    }
    for (name, body) in requests(&eve).into_iter().filter(|(name, _)| *name != "impersonate-user") {
        let answer = office.asked_by(&support, name, &body);
        assert_eq!(answer.status, 200, "{name}: {}", answer.text());
    }
    assert_eq!(why_null(&office.service, &office.root), "");
}

#[test]
fn attack_a_role_takes_a_right_of_the_server_that_is_not_better_auths() {
    let roles = "[audit]\nenabled = true\n[access.statements]\naudit = [\"list\"]\n[access.roles]\nuser = {}\n\
        admin = { built_in = \"admin\", audit = [\"list\"] }\nauditor = { audit = [\"list\"] }\n\
        setter = { user = [\"set-role\", \"update\", \"create\", \"delete\"] }\nsupport = { user = [\"impersonate\"] }\n";
    let office = AdminService::new(roles);
    let (setter, cookie) = office.holder("setter");
    let (auditor, _) = office.holder("auditor");
    let (_, support) = office.holder("support");
    let refusal = "YOU_ARE_NOT_ALLOWED_TO_CHANGE_USERS_ROLE";
    for (name, body, code) in [
        ("set-role", json!({ "userId": setter, "role": ["setter", "auditor"] }), refusal),
        ("update-user", json!({ "userId": setter, "data": { "role": "auditor" } }), refusal),
        ("create-user", json!({ "email": "new@example.com", "name": "N", "role": "auditor" }), refusal),
        ("set-role", json!({ "userId": auditor, "role": "user" }), refusal),
        ("remove-user", json!({ "userId": auditor }), "YOU_ARE_NOT_ALLOWED_TO_DELETE_USERS"),
    ] {
        refused(&office.asked_by(&cookie, name, &body), 403, code, "outranked");
    }
    let answer = office.asked_by(&support, "impersonate-user", &json!({ "userId": auditor }));
    refused(&answer, 403, "YOU_CANNOT_IMPERSONATE_ADMINS", "protected_user");
    let list = |cookie: &str| office.service.get("/admin/list-audit", cookie).status;
    assert_eq!([list(&cookie), list(&support), list(&office.root)], [403, 403, 200]);
    // An administrator with the right gives it.
    office.done("set-role", &json!({ "userId": setter, "role": ["setter", "auditor"] }));
    assert_eq!(list(&cookie), 200);
}

#[test]
fn a_right_of_a_feature_that_is_off_is_the_applications_own() {
    let office = AdminService::new(
        "[access.statements]\naudit = [\"list\"]\n[access.roles]\nuser = {}\nadmin = { built_in = \"admin\" }\n\
         auditor = { audit = [\"list\"] }\n",
    );
    office.done("set-role", &json!({ "userId": office.eve_id(), "role": "auditor" }));
}

#[test]
fn no_administrator_chooses_the_identifier_of_a_new_user() {
    let office = AdminService::with(
        &format!(
            "{TOML}admin_user_ids = [\"chosen\"]\n[access.roles]\nuser = {{}}\nadmin = {{ built_in = \"admin\" }}\n"
        ),
        &[],
    );
    let body = json!({ "email": "new@example.com", "name": "New", "password": PASSWORD, "data": { "id": "chosen" } });
    let made = office.done("create-user", &body).json();
    assert_ne!(made["user"]["id"], "chosen");
    let cookie = office.sign_in("new@example.com").cookies();
    assert_eq!(office.service.get("/admin/list-users", &cookie).status, 403);
}

#[test]
fn attack_administrators_who_remove_or_ban_themselves_by_another_text_of_their_identifier() {
    for ids in ["\"uuid\"", "\"serial\""] {
        let office = AdminService::new(&format!("[advanced.database]\ngenerate_id = {ids}\n"));
        let id = office.id("root@example.com");
        // The database reads this text as the same identifier.
        let other = if ids.contains("uuid") { id.to_uppercase() } else { format!("0{id}") };
        for id in [&id, &other] {
            let removed = office.ask("remove-user", &json!({ "userId": id }));
            refused(&removed, 400, "YOU_CANNOT_REMOVE_YOURSELF", "own_user");
            let banned = office.ask("update-user", &json!({ "userId": id, "data": { "banned": true } }));
            refused(&banned, 400, "YOU_CANNOT_BAN_YOURSELF", "own_user");
            let banned = office.ask("ban-user", &json!({ "userId": id }));
            refused(&banned, 400, "YOU_CANNOT_BAN_YOURSELF", "own_user");
        }
    }
}

#[test]
fn set_user_password_ends_the_users_sessions() {
    let office = AdminService::new("");
    office.done("set-user-password", &json!({ "userId": office.eve_id(), "newPassword": "another password" }));
    assert_eq!(why_null(&office.service, &office.eve), "unknown_session");
    assert_eq!(office.sign_in("eve@example.com").status, 401);
    // Administrators who set their own stay signed in here.
    office.done(
        "set-user-password",
        &json!({ "userId": office.id("root@example.com"), "newPassword": "another password" }),
    );
    assert_eq!(why_null(&office.service, &office.root), "");
    assert_eq!(office.database.value("select count(*) from session"), "1");
}

#[test]
fn a_search_finds_what_is_typed_and_nothing_by_hidden_fields() {
    let office = AdminService::new(
        "[user.additional_fields]\nnote = { type = \"string\", required = false, returned = false }\n",
    );
    let list = |query: &str| office.service.get(&format!("/admin/list-users?{query}"), &office.root);
    assert_eq!(list("searchValue=%25").json()["total"], 0);
    assert_eq!(list("searchValue=_").json()["total"], 0);
    assert_eq!(list("searchValue=eve%40").json()["total"], 1);
    assert_eq!(list("filterOperator=in&filterValue=eve%40example.com").json()["total"], 1);
    for query in
        ["filterField=note&filterValue=a", "sortBy=note", "filterField=nothing&filterValue=a", "limit=-1", "offset=1.5"]
    {
        refused(&list(query), 400, "VALIDATION_ERROR", "invalid_input");
    }
    refused(&list("filterField=createdAt&filterValue=soon"), 400, "VALIDATION_ERROR", "invalid_input");
    let page = |offset: usize| list(&format!("limit=1&offset={offset}")).json()["users"][0]["email"].clone();
    assert_eq!([page(0), page(1)], ["root@example.com", "eve@example.com"]);
}

#[test]
fn a_new_user_of_a_provider_has_the_default_role_whatever_the_profile_says() {
    let provider = Provider::new();
    let toml = format!("{TOML}default_role = \"member\"\n");
    let database = database(&toml);
    let service = flows::service(&toml, &[("DATABASE_URL", database.url.as_str())], &provider);
    let begun =
        flows::begin(&service.url, "/sign-in/social", &json!({ "provider": "github", "callbackURL": "/in" }), "");
    let answer = flows::back(&service.url, "github", &format!("code=ada&state={}", begun.state), &begun.cookie);
    assert_eq!(answer.header("location"), Some("/in"), "{}", answer.text());
    assert_eq!(
        database.query("select role, banned::text from \"user\"")[0],
        [Some("member".to_owned()), Some("false".to_owned())]
    );
}

#[test]
fn each_request_of_administration_sends_as_few_statements_as_promised() {
    let database = database(TOML);
    let wire = Wire::new(&database.url);
    let service = Service::with(TOML, &[("DATABASE_URL", &wire.url)]);
    let (root, eve) = (service.user("root@example.com"), service.user("eve@example.com"));
    database.query("update \"user\" set role = 'admin' where email = 'root@example.com'");
    let id = database.value("select id::text from \"user\" where email = 'eve@example.com'");
    let count = |name: &str, cookie: &str, body: Option<Value>| {
        wire.statements();
        let answer = match body {
            Some(body) => service.post(&format!("/admin/{name}"), cookie, &body.to_string()),
            None => service.get(name, cookie),
        };
        assert_eq!(answer.status, 200, "{name}: {}", answer.text());
        (name.to_owned(), wire.statements().len())
    };
    let user = || Some(json!({ "userId": id }));
    let counts = [
        count("/get-session", &eve, None),
        count("has-permission", &root, Some(json!({ "permissions": { "user": ["list"] } }))),
        count("/admin/list-users", &root, None),
        count(&format!("/admin/get-user?id={id}"), &root, None),
        count("set-role", &root, Some(json!({ "userId": id, "role": "user" }))),
        count("update-user", &root, Some(json!({ "userId": id, "data": { "name": "E" } }))),
        count("list-user-sessions", &root, user()),
        count("revoke-user-sessions", &root, user()),
        count("ban-user", &root, user()),
        count("unban-user", &root, user()),
        count("create-user", &root, Some(json!({ "email": "new@example.com", "name": "New" }))),
    ];
    let expected = [1, 1, 2, 2, 3, 3, 3, 3, 4, 3, 3];
    assert_eq!(counts.each_ref().map(|(_, count)| *count), expected, "{counts:?}");
    assert_eq!(wire.named(), Vec::<String>::new());
}

#[test]
fn a_ban_reaches_sessions_in_the_secondary_storage() {
    let Some(redis) = Redis::start() else { return };
    let toml = format!("{TOML}[secondary_storage]\nenabled = true\n");
    let url = redis.url();
    let office = AdminService::with(&toml, &[("REDIS_URL", &url)]);
    let eve = office.sign_in("eve@example.com").cookies();
    assert_eq!(why_null(&office.service, &eve), "");
    office.done("ban-user", &json!({ "userId": office.eve_id() }));
    assert_ne!(why_null(&office.service, &eve), "");
    refused(&office.sign_in("eve@example.com"), 403, "BANNED_USER", "banned");
}

#[test]
fn roles_of_administrators_that_do_not_exist_are_refused_at_start() {
    use gatepost_core::config::{Source, Variables};
    let problems = |toml: &str| {
        let source = Source { name: "gatepost.toml", text: toml };
        let (_, problems) = gatepost_core::Config::examine(&Variables::default(), Some(source));
        let texts = problems.0.iter().map(ToString::to_string);
        texts.filter(|text| text.contains("admin.admin_roles")).collect::<Vec<_>>()
    };
    let of = |roles: &str| problems(&format!("[admin]\nenabled = true\nadmin_roles = {roles}\n"));
    assert_eq!(of("[\"Admin\", \"user\"]"), Vec::<String>::new());
    assert_eq!(of("\"admin,user\""), Vec::<String>::new());
    assert!(of("[\"admin\", \"boss\"]")[0].contains("there is no role `boss`"));
}
