//! Impersonation, attacked: an administrator who acts as a user stays named and gets nothing that outlives the impersonation.

use gatepost_core::functions::{FUNCTIONS, Function};
use http::Method;
use serde_json::{Value, json};

use super::administration::{AdminService, PASSWORD, TOML, after, why_null};
use crate::support::{
    http::{Answer, refused},
    mailbox::Mailbox,
};

const FEATURES: &str = "[api_key]\nenabled = true\n[passkey]\nenabled = true\n[two_factor]\nenabled = true\nallow_passwordless = true\n\
    [user.change_email]\nenabled = true\nupdate_email_without_verification = true\n[user.delete_user]\nenabled = true\n\
    [anonymous]\nenabled = true\n[session]\nfresh_age = 0\n[email_otp]\nenabled = true\n[email_otp.change_email]\nenabled = true\n\
    [two_factor.otp_options]\nsend_otp = true\n";

/// Endpoints that an administrator does not use as another user, with a body that is valid.
fn denied() -> Vec<(&'static str, Value)> {
    vec![
        ("/api-key/create", json!({ "name": "mine" })),
        ("/api-key/update", json!({ "keyId": "key", "name": "mine" })),
        ("/change-email", json!({ "newEmail": "mine@example.com" })),
        ("/change-password", json!({ "currentPassword": PASSWORD, "newPassword": "another password" })),
        ("/delete-anonymous-user", json!({})),
        ("/delete-user", json!({ "password": PASSWORD })),
        ("/email-otp/change-email", json!({ "newEmail": "mine@example.com", "otp": "123456" })),
        ("/email-otp/request-email-change", json!({ "newEmail": "mine@example.com" })),
        ("/link-social", json!({ "provider": "github" })),
        ("/passkey/delete-passkey", json!({ "id": "passkey" })),
        ("/passkey/verify-registration", json!({ "response": {}, "name": "mine", "createSession": true })),
        ("/two-factor/disable", json!({ "password": PASSWORD })),
        ("/two-factor/enable", json!({ "password": PASSWORD })),
        ("/two-factor/generate-backup-codes", json!({ "password": PASSWORD })),
        ("/two-factor/get-totp-uri", json!({ "password": PASSWORD })),
        ("/two-factor/send-otp", json!({})),
        ("/two-factor/verify-backup-code", json!({ "code": "abcde-fghij" })),
        ("/two-factor/verify-otp", json!({ "code": "123456" })),
        ("/two-factor/verify-totp", json!({ "code": "123456" })),
        ("/unlink-account", json!({ "accountId": "credential" })),
    ]
}

/// Endpoints of a signed-in user, or without a session, that change neither how the user signs in nor what works after the session, or that are the
/// administrators' own.
const HARMLESS: [&str; 26] = [
    "/api-key/delete",
    "/get-access-token",
    "/get-session",
    "/multi-session/revoke",
    "/multi-session/set-active",
    "/passkey/update-passkey",
    "/passkey/verify-authentication",
    "/refresh-token",
    "/revoke-other-sessions",
    "/revoke-session",
    "/revoke-sessions",
    "/send-verification-email",
    "/update-session",
    // Without a changed username: `attack_an_impersonation_changes_the_name_with_which_the_user_signs_in`.
    "/update-user",
    "/verify-password",
    "/sign-out",
    // They ask for no session, or for proof of their own.
    "/forget-password/email-otp",
    "/magic-link/verify",
    "/one-tap/callback",
    "/request-password-reset",
    "/reset-password",
    "/is-username-available",
    "/one-time-token/verify",
    "/set-password",
    "/verify-email",
    "/api-key/verify",
];

impl AdminService {
    /// The cookies of an administrator who acts as Eve.
    fn as_eve(&self) -> String {
        let answer = self.done("impersonate-user", &json!({ "userId": self.eve_id() }));
        after(&self.root, &answer)
    }
}

#[test]
fn attack_an_impersonation_makes_itself_permanent() {
    let mailbox = Mailbox::new();
    let variables = [("GITHUB_CLIENT_ID", "id"), ("GITHUB_CLIENT_SECRET", "secret"), ("EMAIL_URL", &mailbox.url())];
    let office = AdminService::with(&format!("{TOML}{FEATURES}[social.github]\n"), &variables);
    let browser = office.as_eve();
    let before = office.database.query("select * from \"user\" order by email");
    for (path, body) in denied() {
        let answer = office.service.post(path, &browser, &body.to_string());
        refused(&answer, 403, "NOT_WHILE_IMPERSONATING", "impersonated_session");
    }
    let options = office.service.get("/passkey/generate-register-options", &browser);
    refused(&options, 403, "NOT_WHILE_IMPERSONATING", "impersonated_session");
    assert_eq!(office.database.query("select * from \"user\" order by email"), before);
    for table in ["apikey", "passkey", "\"twoFactor\""] {
        assert_eq!(office.database.value(&format!("select count(*) from {table}")), "0", "{table}");
    }
    // Eve herself may.
    let made = office.service.post("/api-key/create", &office.eve, r#"{"name":"own"}"#);
    assert_eq!(made.status, 200, "{}", made.text());
}

#[test]
fn attack_an_impersonation_changes_the_name_with_which_the_user_signs_in() {
    let office = AdminService::new("[username]\nenabled = true\n");
    let update = |cookie: &str, body: &Value| office.service.post("/update-user", cookie, &body.to_string());
    let row = || office.database.value("select username from \"user\" where email = 'eve@example.com'");
    // A first name, another one and none at all decide how the user signs in.
    refused(
        &update(&office.as_eve(), &json!({ "username": "mine" })),
        403,
        "NOT_WHILE_IMPERSONATING",
        "impersonated_session",
    );
    assert_eq!(update(&office.eve, &json!({ "username": "Eve_1" })).status, 200);
    let browser = office.as_eve();
    for username in [json!("mine"), json!("root"), Value::Null] {
        let answer = update(&browser, &json!({ "username": username, "name": "Mine" }));
        refused(&answer, 403, "NOT_WHILE_IMPERSONATING", "impersonated_session");
    }
    assert_eq!(row(), "eve_1");
    // A form that sends the name as it is works, and so does a change of how it is shown.
    for body in
        [json!({ "username": "eve_1", "name": "E" }), json!({ "username": "EVE_1" }), json!({ "displayUsername": "E" })]
    {
        let answer = update(&browser, &body);
        assert_eq!(answer.status, 200, "{body}: {}", answer.text());
    }
    assert_eq!(update(&office.eve, &json!({ "username": "eve_2" })).status, 200);
    assert_eq!(row(), "eve_2");
}

/// Endpoints of organizations that an administrator does not use as another user, with a body that is valid.
fn denied_in_organizations(id: &str) -> Vec<(&'static str, Value)> {
    let permission = json!({ "organization": ["update"] });
    vec![
        ("accept-invitation", json!({ "invitationId": "invitation" })),
        ("add-team-member", json!({ "teamId": "team", "userId": "user" })),
        ("create-role", json!({ "organizationId": id, "role": "helper", "permission": permission })),
        ("invite-member", json!({ "organizationId": id, "email": "mine@example.com", "role": "owner" })),
        ("update-member-role", json!({ "organizationId": id, "memberId": "member", "role": "owner" })),
        ("update-role", json!({ "organizationId": id, "roleName": "helper", "data": { "permission": permission } })),
    ]
}

/// Endpoints of organizations that give no person lasting rights in an organization of others.
const HARMLESS_IN_ORGANIZATIONS: [&str; 16] = [
    "cancel-invitation",
    "check-slug",
    "create",
    "create-team",
    "delete",
    "delete-role",
    "has-permission",
    "leave",
    "reject-invitation",
    "remove-member",
    "remove-team",
    "remove-team-member",
    "set-active",
    "set-active-team",
    "update",
    "update-team",
];

#[test]
fn attack_an_impersonation_gives_lasting_rights_in_the_users_organizations() {
    let more = "[organization]\nenabled = true\n[organization.teams]\nenabled = true\n\
        [organization.dynamic_access_control]\nenabled = true\n";
    let office = AdminService::new(more);
    let post = |cookie: &str, name: &str, body: &Value| {
        office.service.post(&format!("/organization/{name}"), cookie, &body.to_string())
    };
    let made = post(&office.eve, "create", &json!({ "name": "Club", "slug": "club" })).json();
    let id = made["id"].as_str().unwrap();
    let browser = office.as_eve();
    for (name, body) in denied_in_organizations(id) {
        refused(&post(&browser, name, &body), 403, "NOT_WHILE_IMPERSONATING", "impersonated_session");
    }
    for table in ["invitation", "\"organizationRole\""] {
        assert_eq!(office.database.value(&format!("select count(*) from {table}")), "0", "{table}");
    }
    // What helps the user and gives no person a right still works, and so does everything for Eve herself.
    let renamed = json!({ "organizationId": id, "data": { "name": "Else" } });
    assert_eq!(post(&browser, "update", &renamed).status, 200);
    let invite = json!({ "organizationId": id, "email": "friend@example.com", "role": "member" });
    let invited = post(&office.eve, "invite-member", &invite);
    assert_eq!(invited.status, 200, "{}", invited.text());
    let canceled = post(&browser, "cancel-invitation", &json!({ "invitationId": invited.json()["id"] }));
    assert_eq!(canceled.status, 200, "{}", canceled.text());
}

#[test]
fn every_endpoint_of_organizations_that_writes_is_denied_or_harmless_in_an_impersonation() {
    let denied: Vec<_> = denied_in_organizations("").into_iter().map(|(name, _)| name).collect();
    let all = FUNCTIONS.iter().flat_map(Function::endpoints).filter(|one| one.method == Method::POST);
    let names: Vec<_> = all.filter_map(|one| one.path.strip_prefix("/organization/")).collect();
    let known = |name: &&str| denied.contains(name) || HARMLESS_IN_ORGANIZATIONS.contains(name);
    let unknown: Vec<_> = names.iter().filter(|name| !known(name)).collect();
    assert!(unknown.is_empty(), "say what an administrator may do as a user: {unknown:?}");
    assert_eq!(names.len(), denied.len() + HARMLESS_IN_ORGANIZATIONS.len());
}

#[test]
fn every_endpoint_that_writes_is_denied_or_harmless_in_an_impersonation() {
    let denied: Vec<_> = denied().into_iter().map(|(path, _)| path).collect();
    let groups = ["/admin/", "/sign-in/", "/sign-up/", "/organization/", "/email-otp/", "/phone-number/"];
    let paths =
        FUNCTIONS.iter().flat_map(Function::endpoints).filter(|one| one.method == Method::POST).map(|one| one.path);
    let is_of_group = |path: &str| groups.iter().any(|group| path.starts_with(group));
    let known = |path: &str| denied.contains(&path) || HARMLESS.contains(&path) || is_of_group(path);
    let unknown: Vec<_> = paths.filter(|path| !known(path) && !path.contains(':')).collect();
    assert!(unknown.is_empty(), "say what an administrator may do as a user: {unknown:?}");
}

#[test]
fn attack_an_impersonation_reads_the_tokens_of_the_users_sessions() {
    let office = AdminService::new("");
    let browser = office.as_eve();
    let listed = office.service.get("/list-sessions", &browser).json();
    let own = office.service.get("/get-session", &browser).json()["session"]["token"].clone();
    let tokens: Vec<_> = listed.as_array().unwrap().iter().map(|session| session["token"].clone()).collect();
    assert_eq!(tokens, [own]);
}

#[test]
fn attack_an_impersonation_outlives_the_rights_of_its_administrator() {
    let office = AdminService::new(
        "[access.roles]\nadmin = { built_in = \"admin\" }\nuser = {}\nactor = { user = [\"impersonate\"] }\n",
    );
    let (actor, cookie) = office.holder("actor");
    let act = || {
        let answer = office.asked_by(&cookie, "impersonate-user", &json!({ "userId": office.eve_id() }));
        assert_eq!(answer.status, 200, "{}", answer.text());
        after(&cookie, &answer)
    };
    // The administrator loses the role, by a change behind the service.
    let browser = act();
    let set =
        |role: &str| office.database.query(&format!("update \"user\" set role = '{role}' where id::text = '{actor}'"));
    set("user");
    assert_eq!(why_null(&office.service, &browser), "impersonator_gone");
    set("actor");
    // The user has more rights than the administrator.
    let browser = act();
    office.done("set-role", &json!({ "userId": office.eve_id(), "role": "admin" }));
    assert_eq!(why_null(&office.service, &browser), "impersonator_gone");
    office.done("set-role", &json!({ "userId": office.eve_id(), "role": "user" }));
    // The administrator changes a stolen password.
    let browser = act();
    assert_eq!(why_null(&office.service, &browser), "");
    let body = json!({ "currentPassword": PASSWORD, "newPassword": "another password", "revokeOtherSessions": true });
    let changed = office.service.post("/change-password", &cookie, &body.to_string());
    assert_eq!(changed.status, 200, "{}", changed.text());
    assert_eq!(why_null(&office.service, &browser), "impersonator_gone");
    // The administrator ends all other sessions.
    let cookie = after(&cookie, &changed);
    let answer = office.asked_by(&cookie, "impersonate-user", &json!({ "userId": office.eve_id() }));
    let browser = after(&cookie, &answer);
    assert_eq!(why_null(&office.service, &browser), "");
    let body = json!({ "email": "actor@example.com", "password": "another password" });
    let elsewhere = office.service.post("/sign-in/email", "", &body.to_string()).cookies();
    assert_eq!(office.service.post("/revoke-other-sessions", &elsewhere, "{}").status, 200);
    assert_eq!(why_null(&office.service, &browser), "unknown_session");
}

#[test]
fn attack_an_impersonation_within_an_impersonation_hides_the_administrator() {
    let office = AdminService::new("allow_impersonating_admins = true\n");
    let (other, _) = office.holder("admin");
    let first = office.done("impersonate-user", &json!({ "userId": other }));
    // A browser that has dropped the cookie which leads back.
    let only = |answer: &Answer| {
        let cookies = answer.cookies();
        let kept = cookies.split("; ").filter(|pair| pair.contains("session_token"));
        kept.collect::<Vec<_>>().join("; ")
    };
    let second = office.asked_by(&only(&first), "impersonate-user", &json!({ "userId": office.eve_id() }));
    assert_eq!(second.status, 200, "{}", second.text());
    let root = office.id("root@example.com");
    assert_eq!(second.json()["session"]["impersonatedBy"], root.as_str());
    assert!(!second.cookies().contains("admin_session="), "{:?}", second.set_cookies());
    let browser = only(&second);
    assert_eq!(why_null(&office.service, &browser), "");
    office.database.query(&format!("update \"user\" set banned = true where id::text = '{root}'"));
    assert_eq!(why_null(&office.service, &browser), "impersonator_gone");
}

#[test]
fn attack_a_sign_out_leaves_the_session_of_the_administrator() {
    let office = AdminService::new("");
    let browser = office.as_eve();
    let out = office.service.post("/sign-out", &browser, "{}");
    assert_eq!(out.status, 200, "{}", out.text());
    let expires = |line: &&String| line.contains("admin_session=;") && line.contains("Max-Age=0");
    assert!(out.set_cookies().iter().any(|line| expires(&&line.to_string())), "{:?}", out.set_cookies());
    assert_eq!(why_null(&office.service, &office.root), "unknown_session");
}

#[test]
fn attack_signing_in_during_an_impersonation_deletes_the_anonymous_user() {
    let office = AdminService::new("[anonymous]\nenabled = true\n");
    let guest = office.service.post("/sign-in/anonymous", "", "{}").json()["user"]["id"].as_str().unwrap().to_owned();
    let answer = office.done("impersonate-user", &json!({ "userId": guest }));
    let body = json!({ "email": "root@example.com", "password": PASSWORD });
    let signed_in = office.service.post("/sign-in/email", &after(&office.root, &answer), &body.to_string());
    assert_eq!(signed_in.status, 200, "{}", signed_in.text());
    let left = format!("select count(*) from \"user\" where id::text = '{guest}'");
    assert_eq!(office.database.value(&left), "1");
}

#[test]
fn attack_a_permission_to_update_users_switches_a_second_factor_off() {
    let office = AdminService::new(
        "[two_factor]\nenabled = true\n[anonymous]\nenabled = true\n[access.roles]\nadmin = { built_in = \"admin\" }\nuser = {}\n\
         editor = { user = [\"update\"] }\n",
    );
    let (_, editor) = office.holder("editor");
    for field in ["twoFactorEnabled", "isAnonymous"] {
        let body = json!({ "userId": office.eve_id(), "data": { field: true } });
        let answer = office.asked_by(&editor, "update-user", &body);
        refused(&answer, 403, "YOU_ARE_NOT_ALLOWED_TO_SET_USERS_PASSWORD", "not_permitted");
        office.done("update-user", &body);
    }
    let allowed =
        office.asked_by(&editor, "update-user", &json!({ "userId": office.eve_id(), "data": { "name": "E" } }));
    assert_eq!(allowed.status, 200, "{}", allowed.text());
}
