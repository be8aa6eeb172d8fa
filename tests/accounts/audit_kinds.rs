//! The record of changes: each change of a request has a row with the kind of that change.

use gatepost_cli::{arguments::Users, edge, users};
use gatepost_core::{features::api_key::verify, handle};
use serde_json::{Value, json};

use super::organizations::{Club, SECTION, TOML};
use crate::support::{
    http::{Answer, refused},
    postgres::{Database, block_on},
    redis::{MISSING, Redis},
    secondary_storage::deployed,
    service::Service,
};

const BASE: &str = "[email_and_password]\nenabled = true\n[admin]\nenabled = true\n[api_key]\nenabled = true\n\
                    [rate_limit]\nenabled = false\n[audit]\nenabled = true\n";
const PASSWORD: &str = "correct horse battery";

struct AuditedService {
    database: Database,
    service: Service,
    /// The cookies of an administrator.
    ada: String,
}

impl AuditedService {
    fn new() -> Self {
        Self::with("", &[])
    }

    fn with(more: &str, variables: &[(&str, &str)]) -> Self {
        let (database, service) = deployed(&format!("{BASE}{more}"), variables);
        let ada = service.user("ada@example.com");
        let command = Users::SetRole { user: "ada@example.com".to_owned(), roles: vec!["admin".to_owned()] };
        let auth = service.auth.clone();
        block_on(async { users::users(auth, command, edge::request().unwrap()).await }).map(drop).unwrap();
        Self { database, service, ada }
    }

    #[track_caller]
    fn post(&self, path: &str, cookie: &str, body: &Value) -> Answer {
        let answer = self.service.post(path, cookie, &body.to_string());
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer
    }

    fn id(&self, cookie: &str) -> String {
        self.service.get("/get-session", cookie).json()["user"]["id"].as_str().unwrap().to_owned()
    }

    /// The kinds of the rows that `work` writes, in alphabetical order.
    fn kinds(&self, work: impl FnOnce()) -> Vec<String> {
        kinds(&self.database, work)
    }

    /// The kinds of the rows of an update of a user by the administrator.
    #[track_caller]
    fn update(&self, user: &str, data: Value) -> Vec<String> {
        self.kinds(|| drop(self.post("/admin/update-user", &self.ada, &json!({ "userId": user, "data": data }))))
    }
}

fn kinds(database: &Database, work: impl FnOnce()) -> Vec<String> {
    database.query("delete from audit");
    work();
    let rows = database.value("select coalesce(json_agg(kind order by kind), '[]') from audit");
    serde_json::from_str(&rows).unwrap()
}

#[test]
fn an_update_by_an_administrator_notes_each_of_its_changes() {
    let office = AuditedService::new();
    let eve = office.id(&office.service.user("eve@example.com"));
    assert_eq!(office.update(&eve, json!({ "name": "Eve Adams" })), ["user.updated"]);
    let moved = json!({ "role": "user", "email": "eve@example.org", "emailVerified": true });
    assert_eq!(office.update(&eve, moved), ["email.changed", "email.verified", "role.set"]);
    assert_eq!(office.update(&eve, json!({ "emailVerified": true })), ["user.updated"]);
    let all = json!({ "banned": true, "role": "admin", "email": "eve@example.net", "name": "Eve" });
    let expected = ["email.changed", "role.set", "session.revoked", "user.banned", "user.updated"];
    assert_eq!(office.update(&eve, all), expected);
    // Each row names the user and the administrator.
    let named = format!(
        "select count(*) from audit where \"actorId\" = '{}' and \"targetId\" = '{eve}' and action = 'admin.update_user'",
        office.id(&office.ada)
    );
    assert_eq!(office.database.value(&named), "5");
}

#[test]
fn a_ban_that_an_update_or_a_sign_in_lifts_is_noted_as_such() {
    let office = AuditedService::new();
    let eve = office.id(&office.service.user("eve@example.com"));
    let sign_in = json!({ "email": "eve@example.com", "password": PASSWORD });
    office.update(&eve, json!({ "banned": true }));
    assert_eq!(office.update(&eve, json!({ "banned": false })), ["user.unbanned"]);
    assert_eq!(office.update(&eve, json!({ "banned": false })), ["user.updated"]);
    office.update(&eve, json!({ "banned": true }));
    assert_eq!(office.update(&eve, json!({ "banReason": "another" })), ["user.banned"]);
    assert_eq!(office.update(&eve, json!({ "banExpires": "2020-01-01T00:00:00.000Z" })), ["user.unbanned"]);
    let lifted = office.kinds(|| drop(office.post("/sign-in/email", "", &sign_in)));
    assert_eq!(lifted, ["user.unbanned"]);
}

#[test]
fn a_new_user_with_a_role_or_a_ban_is_noted_with_both() {
    let office = AuditedService::new();
    let create = |number: u8, more: Value| {
        let mut body = json!({ "email": format!("new{number}@example.com"), "name": "New" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        office.kinds(|| drop(office.post("/admin/create-user", &office.ada, &body)))
    };
    assert_eq!(create(1, json!({})), ["user.created"]);
    assert_eq!(create(2, json!({ "role": "admin" })), ["role.set", "user.created"]);
    assert_eq!(create(3, json!({ "role": "admin", "password": PASSWORD })), ["role.set", "user.created"]);
    assert_eq!(create(4, json!({ "data": { "banned": true } })), ["user.banned", "user.created"]);
}

#[test]
fn each_end_of_an_impersonation_is_noted_as_such() {
    for in_redis in [false, true] {
        let redis = if in_redis { Redis::start() } else { None };
        if in_redis && redis.is_none() {
            println!("{MISSING}");
            continue;
        }
        let url = redis.as_ref().map(Redis::url);
        let variables: Vec<_> = url.iter().map(|url| ("REDIS_URL", url.as_str())).collect();
        let office =
            AuditedService::with(if in_redis { "[secondary_storage]\nenabled = true\n" } else { "" }, &variables);
        let eve = office.service.user("eve@example.com");
        let of_eve = json!({ "userId": office.id(&eve) });
        let begin = |by: &str| office.post("/admin/impersonate-user", by, &of_eve).cookies();
        let begun = begin(&office.ada);
        let token = office.service.get("/get-session", &begun).json()["session"]["token"].clone();
        let revoke = json!({ "sessionToken": token });
        let ended = office.kinds(|| drop(office.post("/admin/revoke-user-session", &office.ada, &revoke)));
        assert_eq!(ended, ["impersonation.ended"]);
        if !in_redis {
            begin(&office.ada);
            let ended = office.kinds(|| drop(office.post("/revoke-sessions", &eve, &json!({}))));
            assert_eq!(ended, ["impersonation.ended", "session.revoked"]);
        }
        let begun = begin(&office.ada);
        // Signing out also ends the session of the administrator, whose cookie goes with it.
        let ended = office.kinds(|| drop(office.post("/sign-out", &begun, &json!({}))));
        assert_eq!(ended, ["impersonation.ended", "session.revoked"]);
    }
}

#[test]
fn a_new_password_that_ends_sessions_notes_their_end() {
    let office = AuditedService::new();
    let eve = office.service.user("eve@example.com");
    let mut change = json!({ "currentPassword": PASSWORD, "newPassword": "another horse battery" });
    let changed = office.kinds(|| drop(office.post("/change-password", &eve, &change)));
    assert_eq!(changed, ["password.changed"]);
    change =
        json!({ "currentPassword": "another horse battery", "newPassword": PASSWORD, "revokeOtherSessions": true });
    let changed = office.kinds(|| drop(office.post("/change-password", &eve, &change)));
    assert_eq!(changed, ["password.changed", "session.revoked"]);
}

#[test]
fn a_key_whose_uses_or_time_are_over_leaves_a_row() {
    for stored_functions in [false, true] {
        let office = AuditedService::with(&format!("[database]\nstored_functions = {stored_functions}\n"), &[]);
        let ada = office.id(&office.ada);
        let make = || office.post("/api-key/create", &office.ada, &json!({})).json();
        let used = |key: &Value| {
            let request = http::Request::get("/").body(()).unwrap().into_parts().0;
            let mut cx = handle::begin(office.service.auth.clone(), request, &edge::request().unwrap());
            let key = key["key"].as_str().unwrap().to_owned();
            block_on(async { verify(&mut cx, &key, None, None).await }).is_ok()
        };
        let over = |key: &Value, how: &str| {
            office.database.query(&format!("update apikey set {how} where id = '{}'", key["id"].as_str().unwrap()));
        };
        let key = make();
        assert_eq!(office.kinds(|| assert!(used(&key))), [""; 0]);
        for how in ["remaining = 0", "\"expiresAt\" = now() - interval '1 hour'"] {
            let key = make();
            over(&key, how);
            assert_eq!(office.kinds(|| assert!(!used(&key))), ["api_key.ended"], "{how}");
            let row = "select json_build_array(\"targetId\", \"objectId\", \"organizationId\")::text from audit";
            let row: Value = serde_json::from_str(&office.database.value(row)).unwrap();
            assert_eq!(row, json!([ada, key["id"], null]));
            // The key is gone, so a further use changes nothing.
            assert_eq!(office.kinds(|| assert!(!used(&key))), [""; 0]);
        }
        let old = make();
        over(&old, "\"expiresAt\" = now() - interval '1 hour'");
        assert_eq!(office.kinds(|| drop(make())), ["api_key.created", "api_key.ended"]);
        let row = "select json_build_array(\"targetId\", \"objectId\")::text from audit where kind = 'api_key.ended'";
        let row: Value = serde_json::from_str(&office.database.value(row)).unwrap();
        assert_eq!(row, json!([ada, old["id"]]));
    }
}

const AUDITED: &str = "[audit]\nenabled = true\n";

#[test]
fn an_invitation_that_another_one_replaces_is_noted_as_canceled() {
    let club = Club::with(&format!("{TOML}{SECTION}cancel_pending_invitations_on_re_invite = true\n{AUDITED}"), &[]);
    let first = club.invited(&club.ada, "ben@example.com", "member");
    let again = kinds(&club.database, || drop(club.invited(&club.ada, "ben@example.com", "admin")));
    assert_eq!(again, ["invitation.canceled", "invitation.created"]);
    let canceled = "select \"objectId\" || ' ' || \"organizationId\" from audit where kind = 'invitation.canceled'";
    assert_eq!(club.database.value(canceled), format!("{first} {}", club.id));
}

#[test]
fn attack_a_member_who_may_only_invite_cancels_no_invitation_of_another_member() {
    let roles = "[access.organization_roles]\nowner = { built_in = \"owner\" }\nhost = { invitation = [\"create\"] }\nmember = {}\n\
                 guard = { invitation = [\"create\", \"cancel\"] }\n";
    let section = format!("{SECTION}cancel_pending_invitations_on_re_invite = true\n");
    let club = Club::with(&format!("{TOML}{section}{roles}"), &[]);
    let (host, _) = club.member("host@example.com", "host");
    let (guard, _) = club.member("guard@example.com", "guard");
    let of_owner = club.invited(&club.ada, "ben@example.com", "member");
    let body = json!({ "email": "ben@example.com", "role": "member", "organizationId": club.id });
    let code = "USER_IS_ALREADY_INVITED_TO_THIS_ORGANIZATION";
    refused(&club.post(&host, "invite-member", &body), 400, code, "already_invited");
    let status = |id: &str| club.database.value(&format!("select status from invitation where id = '{id}'"));
    assert_eq!(status(&of_owner), "pending");
    // A member replaces the member's own invitation, and one with the permission to cancel any.
    let own = club.invited(&host, "new@example.com", "member");
    let next = club.invited(&host, "new@example.com", "host");
    assert_eq!((status(&own).as_str(), status(&next).as_str()), ("canceled", "pending"));
    club.invited(&guard, "ben@example.com", "member");
    assert_eq!(status(&of_owner), "canceled");
}

#[test]
fn a_team_of_a_new_organization_or_of_an_accepted_invitation_has_a_row() {
    let club = Club::with(&format!("{TOML}{SECTION}[organization.teams]\nenabled = true\n{AUDITED}"), &[]);
    let made = kinds(&club.database, || {
        club.done(&club.ada, "create", &json!({ "name": "Two", "slug": "two" }));
    });
    assert_eq!(made, ["organization.created", "team.created"]);
    let team = json!({ "name": "Sea", "organizationId": club.id });
    let team = club.done(&club.ada, "create-team", &team).json()["id"].clone();
    let ben = club.person("ben@example.com");
    let body = json!({ "email": "ben@example.com", "role": "member", "organizationId": club.id, "teamId": team });
    let invitation = club.done(&club.ada, "invite-member", &body).json()["id"].clone();
    let accepted = kinds(&club.database, || {
        club.done(&ben, "accept-invitation", &json!({ "invitationId": invitation }));
    });
    assert_eq!(accepted, ["invitation.accepted", "team_member.added"]);
    assert_eq!(club.database.value("select \"objectId\" from audit where kind = 'team_member.added'"), team);
    let removed = kinds(&club.database, || {
        club.done(
            &club.ada,
            "remove-member",
            &json!({ "memberIdOrEmail": "ben@example.com", "organizationId": club.id }),
        );
    });
    assert_eq!(removed, ["member.removed"]);
}
