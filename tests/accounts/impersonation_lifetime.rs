//! The end of an impersonation, attacked: it ends at its time, and with the sessions of its administrator.

use gatepost_cli::{arguments::Users, edge, users};
use serde_json::{Value, json};

use super::administration::{AdminService, PASSWORD, TOML, after, why_null};
use crate::support::{
    http::{Answer, refused},
    postgres::block_on,
    redis::Redis,
    service::Service,
    wire::{Fault, Wire},
};

const STORED: &str = "[secondary_storage]\nenabled = true\n";
/// Each read moves the expiry of a session that may move, and every way to hand a session over is on.
const EAGER: &str = "[session]\nupdate_age = 0\nfresh_age = 0\n[bearer]\nenabled = true\n[multi_session]\nenabled = true\n\
    [one_time_token]\nenabled = true\n[session.additional_fields]\nnote = { type = \"string\", required = false }\n";

/// An administrator who acts as Eve.
struct Acting {
    office: AdminService,
    /// The identifier of the administrator.
    id: String,
    /// The cookies of the administrator.
    own: String,
    /// The cookies in the impersonation.
    browser: String,
}

impl Acting {
    fn new(office: AdminService) -> Self {
        let (id, _) = office.holder("admin");
        // Where sessions are apart from the tables, they have the role only from now on.
        let own = signed_in(&office, "admin@example.com");
        let mut acting = Self { office, id, own, browser: String::new() };
        acting.act();
        acting
    }

    /// Begins an impersonation of Eve.
    fn act(&mut self) {
        let answer = self.office.asked_by(&self.own, "impersonate-user", &json!({ "userId": self.office.eve_id() }));
        assert_eq!(answer.status, 200, "{}", answer.text());
        self.browser = after(&self.own, &answer);
        assert_eq!(why_null(&self.office.service, &self.browser), "");
    }

    /// Signs the administrator in anew, and begins another impersonation.
    fn again(&mut self) {
        self.own = signed_in(&self.office, "admin@example.com");
        self.act();
    }

    fn done(&self, name: &str) {
        self.office.done(name, &json!({ "userId": self.id }));
    }

    fn posted(&self, path: &str, body: &Value) {
        let answer = self.office.service.post(path, &self.own, &body.to_string());
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    }

    #[track_caller]
    fn is_over(&self, why: &str) {
        assert_eq!(why_null(&self.office.service, &self.browser), why);
    }
}

fn signed_in(office: &AdminService, email: &str) -> String {
    let body = json!({ "email": email, "password": PASSWORD });
    let answer = office.service.post("/sign-in/email", "", &body.to_string());
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.cookies()
}

/// The cookies whose names contain one of these.
fn only(cookies: &str, names: &[&str]) -> String {
    let kept =
        cookies.split("; ").filter(|pair| names.iter().any(|name| pair.split('=').next().unwrap().contains(name)));
    kept.collect::<Vec<_>>().join("; ")
}

/// Sends every request that may move the expiry, without the cookie that says not to, and returns the expiries that answers have.
fn reads(office: &AdminService, browser: &str, token: &str) -> Vec<String> {
    let bare = only(browser, &["session_token"]);
    let several = only(browser, &["session_token", "_multi"]);
    let bearer = [("authorization", format!("Bearer {token}"))];
    let headers: Vec<_> = bearer.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let service = &office.service;
    let ends = |answer: Answer| {
        assert_eq!(answer.status, 200, "{}", answer.text());
        let json = answer.json();
        assert!(json["session"]["impersonatedBy"].is_string(), "{json}");
        json["session"]["expiresAt"].as_str().unwrap().to_owned()
    };
    let mut all = vec![
        ends(service.get("/get-session", browser)),
        ends(service.get("/get-session", &bare)),
        ends(service.send("GET", "/get-session", &headers, "")),
        ends(service.get("/get-session?disableCookieCache=true", &bare)),
        ends(service.post("/update-session", &bare, r#"{"note":"mine"}"#)),
    ];
    for (path, body) in
        [("/update-user", json!({ "name": "E" })), ("/multi-session/set-active", json!({ "sessionToken": token }))]
    {
        let answer = service.post(path, &several, &body.to_string());
        assert!(answer.status < 500, "{path}: {}", answer.text());
    }
    let handed = service.get("/one-time-token/generate", &bare).json()["token"].as_str().unwrap().to_owned();
    let taken = service.post("/one-time-token/verify", "", &json!({ "token": handed }).to_string());
    all.push(ends(service.get("/get-session", &taken.cookies())));
    // The cookies that the answers set, the cached session among them.
    let fresh = after(&bare, &service.get("/get-session", &bare));
    all.push(ends(service.get("/get-session", &fresh)));
    all.push(ends(service.get("/get-session?disableCookieCache=true", &bare)));
    all
}

#[test]
fn attack_an_impersonation_is_extended_by_requests_without_a_cookie() {
    let redis = Redis::start();
    let url = redis.as_ref().map(Redis::url).unwrap_or_default();
    let cached = "[session.cookie_cache]\nenabled = true\n";
    let both = format!("{STORED}{cached}");
    let all = [
        ("", vec![]),
        (cached, vec![]),
        (STORED, vec![("REDIS_URL", url.as_str())]),
        (&both, vec![("REDIS_URL", url.as_str())]),
    ];
    for (more, variables) in all.into_iter().filter(|(_, variables)| variables.is_empty() || redis.is_some()) {
        let office = AdminService::with(&format!("{TOML}{EAGER}{more}"), &variables);
        let answer = office.done("impersonate-user", &json!({ "userId": office.eve_id() }));
        let begun = answer.json()["session"].clone();
        let browser = after(&office.root, &answer);
        let read = reads(&office, &browser, begun["token"].as_str().unwrap());
        assert!(read.iter().all(|ends| *ends == begun["expiresAt"]), "{more}: {} {read:?}", begun["expiresAt"]);
    }
}

#[test]
fn attack_an_impersonation_is_extended_where_the_refresh_is_deferred() {
    let office = AdminService::with(&format!("{TOML}[session]\nupdate_age = 0\ndefer_session_refresh = true\n"), &[]);
    let answer = office.done("impersonate-user", &json!({ "userId": office.eve_id() }));
    let ends = answer.json()["session"]["expiresAt"].clone();
    let bare = only(&after(&office.root, &answer), &["session_token"]);
    let got = office.service.get("/get-session", &bare).json();
    assert_eq!((&got["session"]["expiresAt"], &got["needsRefresh"]), (&ends, &Value::Null));
    let posted = office.service.post("/get-session", &bare, "{}").json();
    assert_eq!(posted["session"]["expiresAt"], ends);
}

/// Ends all sessions of an administrator in each way, and asks for the impersonation.
fn ends_with_the_sessions(mut acting: Acting, over: &str) {
    let revoke = |acting: &Acting| {
        let command = Users::RevokeSessions { user: acting.id.clone() };
        let auth = acting.office.service.auth.clone();
        block_on(async { users::users(auth, command, edge::request().unwrap()).await }).unwrap();
    };
    acting.done("revoke-user-sessions");
    acting.is_over(over);
    acting.again();
    revoke(&acting);
    acting.is_over(over);
    // Other impersonations and sessions stay.
    let root = acting.office.done("impersonate-user", &json!({ "userId": acting.office.eve_id() }));
    let root = after(&acting.office.root, &root);
    acting.again();
    acting.posted("/revoke-other-sessions", &json!({}));
    acting.is_over(over);
    acting.act();
    acting.posted("/revoke-sessions", &json!({}));
    acting.is_over(over);
    // A ban ends it for good, also if the ban is lifted.
    acting.again();
    acting.done("ban-user");
    acting.done("unban-user");
    acting.is_over(over);
    acting.again();
    let by_field = |banned: bool| json!({ "userId": acting.id, "data": { "banned": banned } });
    acting.office.done("update-user", &by_field(true));
    acting.office.done("update-user", &by_field(false));
    acting.is_over(over);
    // So does the loss of the role, also if the administrator gets it again.
    acting.again();
    for role in ["user", "admin"] {
        acting.office.done("set-role", &json!({ "userId": acting.id, "role": role }));
    }
    acting.is_over(over);
    acting.again();
    for role in ["user", "admin"] {
        acting.office.done("update-user", &json!({ "userId": acting.id, "data": { "role": role } }));
    }
    acting.is_over(over);
    // A new password that an administrator sets.
    acting.again();
    acting.office.done("set-user-password", &json!({ "userId": acting.id, "newPassword": PASSWORD }));
    acting.is_over(over);
    assert_eq!(why_null(&acting.office.service, &root), "");
    assert_eq!(why_null(&acting.office.service, &signed_in(&acting.office, "eve@example.com")), "");
}

#[test]
fn attack_impersonations_outlive_the_sessions_of_their_administrator() {
    ends_with_the_sessions(Acting::new(AdminService::new("")), "unknown_session");
}

#[test]
fn attack_impersonations_in_a_secondary_storage_outlive_the_sessions_of_their_administrator() {
    let Some(redis) = Redis::start() else { return };
    let url = redis.url();
    let in_table = "[session]\nstore_session_in_database = true\n";
    for more in ["", in_table, &format!("{in_table}preserve_session_in_database = true\n")] {
        let office = AdminService::with(&format!("{TOML}{STORED}{more}"), &[("REDIS_URL", &url)]);
        ends_with_the_sessions(Acting::new(office), "session_revoked");
    }
}

#[test]
fn an_impersonation_that_is_over_is_in_no_list_of_sessions() {
    let Some(redis) = Redis::start() else { return };
    let url = redis.url();
    let acting = Acting::new(AdminService::with(&format!("{TOML}{STORED}"), &[("REDIS_URL", &url)]));
    let listed = || {
        let answer = acting.office.done("list-user-sessions", &json!({ "userId": acting.office.eve_id() })).json();
        let all = answer["sessions"].as_array().unwrap().clone();
        all.iter().filter(|session| session["impersonatedBy"] == acting.id.as_str()).count()
    };
    assert_eq!(listed(), 1);
    acting.done("revoke-user-sessions");
    assert_eq!(listed(), 0);
    // The time of the end is kept no longer than an impersonation could last.
    let key = redis.keys().into_iter().find(|key| key.contains("impersonations")).unwrap();
    assert!((1..=7 * 86_400).contains(&redis.seconds(&key)), "{key}");
}

#[test]
fn attack_an_impersonation_begins_while_the_sessions_of_its_administrator_end() {
    let acting = Acting::new(AdminService::new(""));
    let wire = Wire::new(&acting.office.database.url);
    let slow = Service::with(TOML, &[("DATABASE_URL", &wire.url), ("VERCEL_ENV", "development")]);
    let text = "insert into";
    wire.set(Fault::HoldBack(text));
    let body = json!({ "userId": acting.office.eve_id() }).to_string();
    let answer = std::thread::scope(|scope| {
        let held = scope.spawn(|| slow.post("/admin/impersonate-user", &acting.own, &body));
        wire.await_statement(text);
        acting.done("revoke-user-sessions");
        wire.set(Fault::None);
        held.join().unwrap()
    });
    refused(&answer, 401, "UNAUTHORIZED", "session_ended_meanwhile");
    assert_eq!(acting.office.database.value("select count(*) from session where \"impersonatedBy\" is not null"), "0");
}

/// Runs a command of an operator.
#[track_caller]
fn commanded(acting: &Acting, command: Users) {
    let auth = acting.office.service.auth.clone();
    block_on(async { users::users(auth, command, edge::request().unwrap()).await }).unwrap();
}

/// Bans an administrator, or takes the role away, on the command line, and asks for the impersonation once the right is back: an
/// impersonation that only waits would be there again.
fn ends_with_the_commands(mut acting: Acting, over: &str) {
    let (id, eve) = (acting.id.clone(), acting.office.eve.clone());
    let role = |name: &str| Users::SetRole { user: id.clone(), roles: vec![name.to_owned()] };
    let ban = || Users::Ban { user: id.clone(), reason: None, lasts: None };
    let unban = || Users::Unban { user: id.clone() };
    commanded(&acting, ban());
    acting.is_over(over);
    commanded(&acting, unban());
    acting.is_over(over);
    for (taken, given) in [(ban(), unban()), (role("user"), role("admin"))] {
        acting.again();
        commanded(&acting, taken);
        commanded(&acting, given);
        acting.is_over(over);
    }
    // The user stays signed in.
    assert_eq!(why_null(&acting.office.service, &eve), "");
}

#[test]
fn a_ban_and_another_role_by_an_operator_end_impersonations() {
    ends_with_the_commands(Acting::new(AdminService::new("")), "unknown_session");
    let Some(redis) = Redis::start() else { return };
    let office = AdminService::with(&format!("{TOML}{STORED}"), &[("REDIS_URL", &redis.url())]);
    ends_with_the_commands(Acting::new(office), "session_revoked");
}
