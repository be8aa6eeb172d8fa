//! The audit log: a change and its note are one statement, and every endpoint that changes something is noted or has a reason.

use std::collections::{BTreeMap, BTreeSet};

use gatepost_cli::{
    arguments::{Audit, Users},
    audit, cleanup, edge, roles, users,
};
use gatepost_core::functions::FUNCTIONS;
use http::Method;
use serde_json::{Value, json};

use super::stored_sessions::sources;
use crate::support::{
    http::Answer,
    postgres::{Database, block_on, execute},
    secondary_storage::{database, deployed},
    service::Service,
    wire::Wire,
};

const BASE: &str = "[email_and_password]\nenabled = true\n[user.change_email]\nenabled = true\nupdate_email_without_verification = true\n\
                    [user.delete_user]\nenabled = true\n[admin]\nenabled = true\n[two_factor]\nenabled = true\n[anonymous]\nenabled = true\n\
                    [api_key]\nenabled = true\n[organization]\nenabled = true\n[organization.teams]\nenabled = true\n\
                    [organization.dynamic_access_control]\nenabled = true\n[rate_limit]\nenabled = false\n";
const ON: &str = "[audit]\nenabled = true\n";
const PASSWORD: &str = "correct horse battery";

fn on() -> (Database, Service) {
    deployed(&format!("{BASE}{ON}"), &[])
}

/// The endpoints with a method that may change something, and the kinds that their statements note; the driven ones are those of
/// [`drive`].
const NOTED: &[(&str, &[&str])] = &[
    ("account.unlink", &["account.unlinked"]),
    ("admin.ban_user", &["session.revoked", "user.banned"]),
    ("admin.create_user", &["user.created"]),
    ("admin.impersonate_user", &["impersonation.begun"]),
    ("admin.remove_user", &["user.deleted"]),
    ("admin.revoke_user_session", &["session.revoked"]),
    ("admin.revoke_user_sessions", &["session.revoked"]),
    ("admin.set_role", &["role.set"]),
    ("admin.set_user_password", &["password.set", "session.revoked"]),
    ("admin.stop_impersonating", &["impersonation.ended"]),
    ("admin.unban_user", &["user.unbanned"]),
    ("admin.update_user", &["user.updated"]),
    ("api_key.create", &["api_key.created"]),
    ("api_key.delete", &["api_key.deleted"]),
    ("api_key.update", &["api_key.changed"]),
    ("organization.cancel_invitation", &["invitation.canceled"]),
    ("organization.create", &["organization.created", "team.created"]),
    ("organization.create_role", &["role.created"]),
    ("organization.create_team", &["team.created"]),
    ("organization.delete", &["organization.deleted"]),
    ("organization.delete_role", &["role.deleted"]),
    ("organization.invite_member", &["invitation.created"]),
    ("organization.remove_team", &["team.removed"]),
    ("organization.update", &["organization.updated"]),
    ("organization.update_role", &["role.updated"]),
    ("organization.update_team", &["team.updated"]),
    ("sign_up.email", &["user.created"]),
];

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Requests of one service.
struct Drive<'a>(&'a Service);

impl Drive<'_> {
    #[track_caller]
    fn post(&self, path: &str, cookie: &str, body: &Value) -> Answer {
        let answer = self.0.post(path, cookie, &body.to_string());
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer
    }

    fn id(&self, cookie: &str) -> String {
        text(&self.0.get("/get-session", cookie).json()["user"]["id"])
    }

    fn sign_in(&self, email: &str) -> String {
        self.post("/sign-in/email", "", &json!({ "email": email, "password": PASSWORD })).cookies()
    }
}

/// An administrator, by the statement of the operator.
fn administrator(service: &Service) -> String {
    let cookie = service.user("ada@example.com");
    let command = Users::SetRole { user: "ada@example.com".to_owned(), roles: vec!["admin".to_owned()] };
    operated(service, command);
    cookie
}

fn operated(service: &Service, command: Users) {
    let auth = service.auth.clone();
    block_on(async { users::users(auth, command, edge::request().unwrap()).await }).map(drop).unwrap();
}

/// Sends the requests of [`NOTED`] that need no mail and no second device.
fn drive(service: &Service) {
    let all = Drive(service);
    let ada = administrator(service);
    let eve = service.user("eve@example.com");
    let eve_id = all.id(&eve);
    let of_eve = json!({ "userId": eve_id });
    let with = |name: &str, value: Value| {
        let mut body = of_eve.clone();
        body[name] = value;
        body
    };
    all.post("/admin/update-user", &ada, &with("data", json!({ "name": "Eve Adams" })));
    all.post("/admin/set-role", &ada, &with("role", json!("user")));
    let begun = all.post("/admin/impersonate-user", &ada, &of_eve);
    all.post("/admin/stop-impersonating", &begun.cookies(), &json!({}));
    let token = text(&service.get("/get-session", &eve).json()["session"]["token"]);
    all.post("/admin/revoke-user-session", &ada, &json!({ "sessionToken": token }));
    all.sign_in("eve@example.com");
    all.post("/admin/revoke-user-sessions", &ada, &of_eve);
    all.sign_in("eve@example.com");
    all.post("/admin/ban-user", &ada, &of_eve);
    all.post("/admin/unban-user", &ada, &of_eve);
    all.sign_in("eve@example.com");
    all.post("/admin/set-user-password", &ada, &with("newPassword", json!(PASSWORD)));
    all.post("/admin/create-user", &ada, &json!({ "email": "bob@example.com", "name": "Bob", "password": PASSWORD }));
    all.post("/admin/remove-user", &ada, &of_eve);

    let key = all.post("/api-key/create", &ada, &json!({ "name": "CI" })).json();
    all.post("/api-key/update", &ada, &json!({ "keyId": key["id"], "enabled": false }));
    all.post("/api-key/delete", &ada, &json!({ "keyId": key["id"] }));

    let made = all.post("/organization/create", &ada, &json!({ "name": "Acme", "slug": "acme" })).json();
    let within = |mut body: Value| {
        body["organizationId"] = made["id"].clone();
        body
    };
    all.post("/organization/update", &ada, &within(json!({ "data": { "name": "Acme Inc" } })));
    let invited = within(json!({ "email": "new@example.com", "role": "member" }));
    let invited = all.post("/organization/invite-member", &ada, &invited).json();
    all.post("/organization/cancel-invitation", &ada, &json!({ "invitationId": invited["id"] }));
    let team = all.post("/organization/create-team", &ada, &within(json!({ "name": "Two" }))).json();
    all.post(
        "/organization/update-team",
        &ada,
        &json!({ "teamId": team["id"], "data": within(json!({ "name": "Three" })) }),
    );
    all.post("/organization/remove-team", &ada, &within(json!({ "teamId": team["id"] })));
    let role = within(json!({ "role": "boss", "permission": { "member": ["create"] } }));
    all.post("/organization/create-role", &ada, &role);
    let changed = json!({ "permission": { "member": ["update"] } });
    all.post("/organization/update-role", &ada, &within(json!({ "roleName": "boss", "data": changed })));
    all.post("/organization/delete-role", &ada, &within(json!({ "roleName": "boss" })));
    all.post("/organization/delete", &ada, &within(json!({})));
}

/// The noted kinds by action.
fn noted(database: &Database) -> BTreeMap<String, BTreeSet<String>> {
    let rows = database.value("select json_agg(json_build_array(coalesce(action, ''), kind)) from audit");
    let rows: Vec<(String, String)> = serde_json::from_str(&rows).unwrap();
    let mut all = BTreeMap::<_, BTreeSet<_>>::new();
    for (action, kind) in rows {
        all.entry(action).or_default().insert(kind);
    }
    all
}

#[test]
fn each_change_is_noted_with_its_kind_and_its_action() {
    let (database, service) = on();
    drive(&service);
    let found = noted(&database);
    for (action, kinds) in NOTED.iter().filter(|(action, _)| *action != "account.unlink") {
        let kinds: BTreeSet<_> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        assert_eq!(found.get(*action), Some(&kinds), "{action}: {found:?}");
    }
    assert_eq!(found["users set-role"], BTreeSet::from(["role.set".to_owned()]));
    // No change is noted twice.
    let twice =
        "select count(*) from (select 1 from audit group by kind, action, \"targetId\", \"objectId\", \"createdAt\"
        having count(*) > 1) t";
    assert_eq!(database.value(twice), "0");
}

#[test]
fn attack_a_note_holds_no_secret_and_no_address() {
    let (database, service) = on();
    drive(&service);
    let rows = database.value("select json_agg(a)::text from audit a");
    let tokens = database.value("select coalesce(string_agg(token, ' '), '') from session");
    let hashes = database.value("select string_agg(password, ' ') from account where password is not null");
    for secret in tokens.split(' ').chain(hashes.split(' ')).filter(|secret| !secret.is_empty()) {
        assert!(!rows.contains(secret));
    }
    assert!(!rows.contains("example.com") && !rows.contains(PASSWORD), "{rows}");
}

#[test]
fn a_change_whose_note_is_refused_is_not_made() {
    let (database, service) = on();
    let (ada, all) = (administrator(&service), Drive(&service));
    database.query("alter table audit add constraint refused check (kind not in ('user.updated', 'password.changed', 'user.created'))  not valid");
    let name = || database.value("select name from \"user\" where email = 'ada@example.com'");
    let before = name();
    assert!(service.post("/update-user", &ada, r#"{"name":"Other"}"#).status >= 400);
    assert_eq!(name(), before);
    let changed = json!({ "currentPassword": PASSWORD, "newPassword": "another horse battery" }).to_string();
    assert!(service.post("/change-password", &ada, &changed).status >= 400);
    all.sign_in("ada@example.com");
    let new = json!({ "email": "new@example.com", "password": PASSWORD, "name": "New" }).to_string();
    assert!(service.post("/sign-up/email", "", &new).status >= 400);
    assert_eq!(database.value("select count(*) from \"user\""), "1");
    assert_eq!(database.value("select count(*) from account"), "1");
}

#[test]
fn a_note_names_the_session_the_impersonator_the_key_and_the_operator() {
    let (database, service) = on();
    let (ada, all) = (administrator(&service), Drive(&service));
    let eve = service.user("eve@example.com");
    let (ada_id, eve_id) = (all.id(&ada), all.id(&eve));
    let one = |kind: &str, field: &str| {
        database.value(&format!(
            "select coalesce(\"{field}\", '') from audit where kind = '{kind}' order by \"createdAt\" desc limit 1"
        ))
    };
    assert_eq!((one("role.set", "actorType"), one("role.set", "targetId")), ("operator".to_owned(), ada_id.clone()));
    assert_eq!(
        (one("user.created", "actorType"), one("user.created", "actorId")),
        ("client".to_owned(), String::new())
    );
    let begun = all.post("/admin/impersonate-user", &ada, &json!({ "userId": eve_id }));
    assert_eq!(
        (one("impersonation.begun", "actorId"), one("impersonation.begun", "targetId")),
        (ada_id.clone(), eve_id.clone())
    );
    all.post("/update-user", &begun.cookies(), &json!({ "name": "By Ada" }));
    let session = text(&service.get("/get-session", &begun.cookies()).json()["session"]["id"]);
    let found =
        ["actorType", "actorId", "impersonatedBy", "targetId", "sessionId"].map(|field| one("user.updated", field));
    assert_eq!(found, ["session".to_owned(), eve_id.clone(), ada_id, eve_id, session]);
}

#[test]
fn notes_cost_no_further_statement() {
    let trips = |toml: &str| {
        let database = database(toml);
        let wire = Wire::new(&database.url);
        let service = Service::with(toml, &[("DATABASE_URL", &wire.url), ("VERCEL_ENV", "development")]);
        let ada = service.user("ada@example.com");
        ["/update-user", "/change-password", "/revoke-sessions"].map(|path| {
            wire.statements();
            let body = json!({ "name": "x", "currentPassword": PASSWORD, "newPassword": PASSWORD }).to_string();
            assert_eq!(service.post(path, &ada, &body).status, 200, "{path}");
            wire.statements().len()
        })
    };
    assert_eq!(trips(&format!("{BASE}{ON}")), trips(BASE));
}

#[test]
fn administrators_read_notes_by_user_actor_kind_and_time_in_pages() {
    let (_database, service) = on();
    let (ada, all) = (administrator(&service), Drive(&service));
    let eve = service.user("eve@example.com");
    let (ada_id, eve_id) = (all.id(&ada), all.id(&eve));
    all.post("/update-user", &eve, &json!({ "name": "One" }));
    all.post("/update-user", &eve, &json!({ "name": "Two" }));
    let list = |query: &str| {
        let answer = service.get(&format!("/admin/list-audit?{query}"), &ada);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    };
    let count = |query: &str| list(query)["changes"].as_array().unwrap().len();
    assert_eq!(count(&format!("userId={eve_id}")), 3);
    assert_eq!(count(&format!("actorId={eve_id}&kind=user.updated")), 2);
    assert_eq!(count(&format!("actorId={ada_id}")), 0);
    assert_eq!(count("action=users%20set-role"), 1);
    assert_eq!((count("since=2999-01-01T00:00:00Z"), count("until=2000-01-01T00:00:00Z")), (0, 0));
    let page = list(&format!("userId={eve_id}&limit=2"));
    assert_eq!((page["changes"].as_array().unwrap().len(), &page["hasMore"]), (2, &json!(true)));
    let last = list(&format!("userId={eve_id}&limit=2&offset=2"));
    assert_eq!((&last["changes"][0]["kind"], &last["hasMore"]), (&json!("user.created"), &json!(false)));
    assert_eq!(service.get("/admin/list-audit?since=soon", &ada).status, 400);

    let refused = service.get("/admin/list-audit", &eve);
    assert_eq!((refused.status, refused.json()["code"].as_str()), (403, Some("YOU_ARE_NOT_ALLOWED_TO_LIST_AUDIT")));
    assert_eq!(refused.header("x-gatepost-reason"), Some("audit_not_permitted"));
    assert_eq!(service.get("/admin/list-audit", "").status, 401);
}

#[test]
fn a_role_of_the_configuration_permits_to_read_notes() {
    let roles = "[access.roles]\nadmin = { built_in = \"admin\" }\nauditor = { audit = [\"list\"] }\nuser = {}\n";
    let (_database, service) = deployed(&format!("{BASE}{ON}{roles}"), &[]);
    let ada = administrator(&service);
    assert_eq!(service.get("/admin/list-audit", &ada).status, 403);
    let command =
        Users::SetRole { user: "ada@example.com".to_owned(), roles: vec!["user".to_owned(), "auditor".to_owned()] };
    operated(&service, command);
    assert_eq!(service.get("/admin/list-audit", &ada).status, 200);
}

#[test]
fn an_operator_reads_notes() {
    let (_database, service) = on();
    let ada = administrator(&service);
    Drive(&service).post("/update-user", &ada, &json!({ "name": "\u{1b}[2J" }));
    let run = |kind: &str, since: &str| {
        let asked = Audit {
            user: Some("Ada@Example.com".to_owned()),
            actor: None,
            organization: None,
            kind: Some(kind.to_owned()),
            action: None,
            since: Some(since.to_owned()),
            until: None,
            limit: 100,
            offset: 0,
        };
        let auth = service.auth.clone();
        block_on(async { audit::audit(auth, asked, edge::request().unwrap()).await })
    };
    let found = run("user.updated", "1d").unwrap();
    assert!(found.text.contains("user.updated  by ") && found.text.ends_with("\n1 change"), "{}", found.text);
    assert_eq!(found.json["changes"][0]["action"], "user.update");
    assert!(found.audit.is_none());
    assert_eq!(run("role.set", "1d").unwrap().json["changes"][0]["actorType"], "operator");
    assert!(run("role.set", "soon").err().unwrap().contains("`soon` is no time"));
    assert!(run("role.set", "99999d").err().unwrap().contains("`99999d` is too long"));
    for kind in ["nope", "session.created"] {
        let told = run(kind, "1d").err().unwrap();
        assert!(told.starts_with(&format!("there is no kind `{kind}`; write one of user.created, ")), "{told}");
    }
}

#[test]
fn old_notes_are_removed_by_the_owner_and_not_by_the_role_of_the_functions() {
    let (database, service) = on();
    service.user("ada@example.com");
    service.user("eve@example.com");
    database.query(
        "update audit set \"createdAt\" = now() - interval '366 days' where ctid = (select min(ctid) from audit)",
    );
    let role = format!("audited_{}", std::process::id());
    execute(&database.direct, &roles::sql(&role, &service.auth.config.schema));
    for (statement, expected) in
        [("insert", true), ("select", true), ("update", false), ("delete", false), ("truncate", false)]
    {
        let asked = format!("select has_table_privilege('{role}', 'audit', '{statement}')::text");
        assert_eq!(database.value(&asked), expected.to_string(), "{statement}");
    }
    execute(&database.direct, &format!("drop owned by {role}; drop role {role}"));
    let done = block_on(async { cleanup::run(&service.auth, None, false, &mut |_| {}).await }).unwrap();
    assert_eq!((&done.json["audit"], database.value("select count(*) from audit")), (&json!(1), "1".to_owned()));
}

/// The endpoints that note changes in requests that [`drive`] does not send: they need mails, providers or devices. The kind is in the
/// statement that they share with a driven endpoint, or in a test of its own file.
const SHARED: &[(&str, &str)] = &[
    ("account.callback_form", "account.linked"),
    ("account.link", "account.linked"),
    ("anonymous.delete", "user.deleted"),
    ("anonymous.sign_in", "user.created"),
    ("email.confirm", "email.verified"),
    ("email_otp.change_email", "email.changed"),
    ("email_otp.reset_password", "password.reset"),
    ("email_otp.verify_email", "email.verified"),
    ("magic_link.redeem", "email.verified"),
    ("multi_session.revoke", "session.revoked"),
    ("one_tap.callback", "account.linked"),
    ("organization.accept_invitation", "invitation.accepted"),
    ("organization.add_team_member", "team_member.added"),
    ("organization.leave", "member.removed"),
    ("organization.reject_invitation", "invitation.rejected"),
    ("organization.remove_member", "member.removed"),
    ("organization.remove_team_member", "team_member.removed"),
    ("organization.update_member_role", "member.role_set"),
    ("passkey.delete", "passkey.removed"),
    ("passkey.register", "passkey.added"),
    ("passkey.update", "passkey.renamed"),
    ("password.change", "password.changed"),
    ("password.reset", "password.reset"),
    ("phone_number.reset_password", "password.reset"),
    ("phone_number.verify", "phone.verified"),
    ("sessions.revoke", "session.revoked"),
    ("sessions.revoke_all", "session.revoked"),
    ("sessions.revoke_others", "session.revoked"),
    ("sign_in.email_otp", "user.created"),
    ("sign_in.social", "account.linked"),
    ("sign_out", "session.revoked"),
    ("two_factor.disable", "two_factor.disabled"),
    ("two_factor.enable", "two_factor.prepared"),
    ("two_factor.generate_backup_codes", "two_factor.codes_replaced"),
    ("two_factor.verify_backup_code", "two_factor.code_used"),
    ("two_factor.verify_otp", "two_factor.enabled"),
    ("two_factor.verify_totp", "two_factor.enabled"),
    ("user.change_email", "email.changed"),
    ("user.delete", "user.deleted"),
    ("user.update", "user.updated"),
];

/// The endpoints that note nothing, with the reason.
const SILENT: &[(&str, &str)] = &[
    ("account.access_token", "stores new tokens of the provider; the account stays as it is"),
    ("account.refresh_token", "stores new tokens of the provider; the account stays as it is"),
    ("admin.has_permission", "only reads"),
    ("admin.list_user_sessions", "only reads"),
    ("email.send_verification", "only mails"),
    ("email_otp.check", "only counts a try"),
    ("email_otp.forget_password", "only mails"),
    ("email_otp.request_change", "only mails"),
    ("email_otp.request_reset", "only mails"),
    ("email_otp.send", "only mails"),
    ("get_session.refresh", "only moves the expiry of a session"),
    ("magic_link.send", "only mails"),
    ("multi_session.set_active", "only sets cookies"),
    ("one_time_token.verify", "only sets cookies"),
    ("organization.check_slug", "only reads"),
    ("organization.has_permission", "only reads"),
    ("organization.set_active", "only changes the view of one session"),
    ("organization.set_active_team", "only changes the view of one session"),
    ("passkey.sign_in", "only opens a session, which the table of sessions shows"),
    ("password.request_reset", "only mails"),
    ("password.verify", "only reads"),
    ("phone_number.request_reset", "only sends a text message"),
    ("phone_number.send", "only sends a text message"),
    ("sessions.update", "only changes fields of one session that the application defines"),
    ("sign_in.email", "only opens a session, which the table of sessions shows"),
    ("sign_in.phone_number", "only opens a session, which the table of sessions shows"),
    ("sign_in.username", "only opens a session, which the table of sessions shows"),
    ("two_factor.send_otp", "only sends a code"),
    ("two_factor.totp_uri", "only reads"),
    ("username.is_available", "only reads"),
];

#[test]
fn every_endpoint_that_may_change_something_is_noted_or_has_a_reason() {
    let all = FUNCTIONS.iter().flat_map(|function| function.endpoints());
    let changing: BTreeSet<_> = all.filter(|endpoint| endpoint.method == Method::POST).map(|one| one.id).collect();
    let noted = NOTED.iter().map(|(id, _)| *id).chain(SHARED.iter().map(|(id, _)| *id));
    let known: Vec<_> = noted.chain(SILENT.iter().map(|(id, _)| *id)).collect();
    let listed: BTreeSet<_> = known.iter().copied().collect();
    assert_eq!(listed.len(), known.len(), "an endpoint is listed twice");
    let missing: Vec<_> = changing.difference(&listed).collect();
    assert!(missing.is_empty(), "list these endpoints as noted, or with the reason why not: {missing:?}");
    let unknown: Vec<_> = listed.difference(&changing).collect();
    assert!(unknown.is_empty(), "there are no such endpoints: {unknown:?}");
    let kinds = NOTED.iter().flat_map(|(_, kinds)| *kinds).chain(SHARED.iter().map(|(_, kind)| kind));
    let sources: String = sources().into_iter().map(|(_, text)| text).collect();
    for kind in kinds {
        let is_there =
            sources.contains(&format!("{{change {kind} ")) || sources.contains(&format!("next_is(\"{kind}\")"));
        assert!(is_there, "no statement notes {kind}");
    }
}
