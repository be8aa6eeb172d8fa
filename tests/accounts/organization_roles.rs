//! Roles that organizations make: what gatepost alone does, each known hole closed with a test of its name. What better-auth does is
//! compared with it in `organizations_matrix.rs` and by the scenarios in tests/client/scenarios/organization-roles.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::organizations::{Club, PARALLEL, text};
use crate::support::{
    crowd::at_once,
    http::{Answer, refused},
    secondary_storage::database,
    service::Service,
    wire::Wire,
};

const TOML: &str = "[email_and_password]\nenabled = true\n[organization]\nenabled = true\n";
const ROLES: &str = "[organization.dynamic_access_control]\nenabled = true\n";
const ACCESS: &str = "[access.statements]\nproject = [\"create\", \"share\"]\n[access.organization_roles]\n\
    owner = { built_in = \"owner\", project = [\"create\"] }\nadmin = { built_in = \"admin\" }\nmember = { built_in = \"member\" }\n";

fn club(more: &str) -> Club {
    Club::new(&format!("{ROLES}{more}"))
}

/// A new role, made by ada.
#[track_caller]
fn role(club: &Club, name: &str, permission: &Value) -> String {
    let body = json!({ "role": name, "permission": permission, "organizationId": club.id });
    text(&club.done(&club.ada, "create-role", &body).json()["roleData"]["id"])
}

#[track_caller]
fn may(club: &Club, cookie: &str, permissions: &Value) -> bool {
    let body = json!({ "permissions": permissions, "organizationId": club.id });
    club.done(cookie, "has-permission", &body).json()["success"] == true
}

#[track_caller]
fn lacks(answer: &Answer, code: &str, missing: &[&str]) {
    refused(answer, 403, code, "member_outranked");
    assert_eq!(answer.json()["missingPermissions"], json!(missing));
}

#[test]
fn a_stored_role_counts_in_every_check_of_a_permission() {
    let club = club("");
    role(&club, "recruiter", &json!({ "invitation": ["create", "cancel"] }));
    role(&club, "editor", &json!({ "organization": ["update"], "member": ["update", "delete"] }));
    let (ben, row) = club.member("ben@example.com", "recruiter");
    assert!(may(&club, &ben, &json!({ "invitation": ["create"] })));
    assert!(!may(&club, &ben, &json!({ "organization": ["update"] })));
    let id = club.invited(&ben, "zoe@example.com", "member");
    assert_eq!(club.get(&ben, "list-invitations").json().as_array().unwrap().len(), 2);
    club.done(&ben, "cancel-invitation", &json!({ "invitationId": id }));
    let update = json!({ "organizationId": club.id, "data": { "name": "Else" } });
    let answer = club.post(&ben, "update", &update);
    refused(&answer, 403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_ORGANIZATION", "member_not_permitted");
    let body = json!({ "memberId": row, "role": ["recruiter", "editor"], "organizationId": club.id });
    club.done(&club.ada, "update-member-role", &body);
    club.done(&ben, "update", &update);
    let (_, eve) = club.member("eve@example.com", "member");
    club.done(&ben, "update-member-role", &json!({ "memberId": eve, "role": "editor", "organizationId": club.id }));
    club.done(&ben, "remove-member", &json!({ "memberIdOrEmail": eve, "organizationId": club.id }));
}

#[test]
fn a_member_gives_a_role_only_permissions_of_the_member() {
    let club = club(ACCESS);
    role(&club, "lead", &json!({ "ac": ["create", "read", "update", "delete"], "member": ["update"] }));
    let strong = role(&club, "strong", &json!({ "organization": ["delete"] }));
    let (ben, row) = club.member("ben@example.com", "lead");
    let create = |permission: Value| {
        club.post(&ben, "create-role", &json!({ "role": "new", "permission": permission, "organizationId": club.id }))
    };
    let code = "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_ROLE";
    lacks(&create(json!({ "organization": ["delete"], "ac": ["read"] })), code, &["organization:delete"]);
    lacks(&create(json!({ "project": ["create", "share"] })), code, &["project:create", "project:share"]);
    lacks(&create(json!({ "member": ["update", "fly"] })), code, &["member:fly"]);
    refused(&create(json!({ "zoo": ["visit"] })), 400, "INVALID_RESOURCE", "unknown_resource");
    assert_eq!(create(json!({ "member": ["update"] })).status, 200);
    // Not even the owner gives what the owner's role does not permit.
    let body = json!({ "role": "sharer", "permission": { "project": ["share"] }, "organizationId": club.id });
    lacks(&club.post(&club.ada, "create-role", &body), code, &["project:share"]);
    // A role is not widened, and a stronger role not narrowed or renamed, by a member who lacks its rights.
    let update = |selected: Value, data: Value| {
        let mut body = json!({ "data": data, "organizationId": club.id });
        body.as_object_mut().unwrap().extend(selected.as_object().unwrap().clone());
        club.post(&ben, "update-role", &body)
    };
    let code = "YOU_ARE_NOT_ALLOWED_TO_UPDATE_A_ROLE";
    let delete = json!({ "permission": { "organization": ["delete"] } });
    lacks(&update(json!({ "roleName": "lead" }), delete), code, &["organization:delete"]);
    lacks(&update(json!({ "roleId": strong }), json!({ "permission": {} })), code, &["organization:delete"]);
    lacks(&update(json!({ "roleId": strong }), json!({ "roleName": "weak" })), code, &["organization:delete"]);
    // Nor is it given.
    let give = json!({ "memberId": row, "role": "strong", "organizationId": club.id });
    let answer = club.post(&ben, "update-member-role", &give);
    refused(&answer, 403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER", "member_outranked");
    assert!(!may(&club, &ben, &json!({ "organization": ["delete"] })));
}

#[test]
fn attack_a_member_takes_a_made_role_with_rights_that_the_member_lacks() {
    let access = "[access.statements]\nproject = [\"create\", \"share\"]\nmember = [\"create\", \"update\", \"delete\", \"praise\"]\n\
        [access.organization_roles]\nowner = { built_in = \"owner\", project = [\"create\", \"share\"], member = [\"praise\"] }\n\
        admin = { built_in = \"admin\", project = [\"create\"] }\nbilling = { project = [\"share\"] }\nmember = { built_in = \"member\" }\n";
    let club = club(access);
    role(&club, "sharer", &json!({ "project": ["share"] }));
    role(&club, "fan", &json!({ "member": ["praise"] }));
    role(&club, "maker", &json!({ "project": ["create"], "ac": ["read"] }));
    let (ben, own) = club.member("ben@example.com", "admin");
    let (eve, eves) = club.member("eve@example.com", "member");
    let give = |by: &str, row: &str, role: Value| {
        club.post(by, "update-member-role", &json!({ "memberId": row, "role": role, "organizationId": club.id }))
    };
    let invite = |by: &str, email: &str, role: &str| {
        club.post(by, "invite-member", &json!({ "email": email, "role": role, "organizationId": club.id }))
    };
    // A member who could not make the role does not give it either.
    for name in ["sharer", "fan"] {
        for (row, roles) in
            [(&own, json!(["admin", name])), (&own, json!(name)), (&eves, json!(format!("member, {name}")))]
        {
            let answer = give(&ben, row, roles);
            refused(&answer, 403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER", "member_outranked");
        }
        let answer = invite(&ben, "kim@example.com", name);
        refused(&answer, 403, "YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE", "member_outranked");
    }
    assert!(!may(&club, &ben, &json!({ "project": ["share"] })));
    assert_eq!(club.database.value("select count(*) from invitation where email = 'kim@example.com'"), "0");
    // Rights that the member has are given, also with a role that reads roles, and creators give every role. The configuration decides about
    // its own roles.
    assert_eq!(give(&ben, &eves, json!(["member", "billing"])).status, 200);
    assert_eq!(give(&ben, &eves, json!(["member", "maker"])).status, 200);
    assert!(may(&club, &eve, &json!({ "project": ["create"] })));
    assert_eq!(invite(&ben, "zoe@example.com", "maker").status, 200);
    assert_eq!(give(&club.ada, &eves, json!(["sharer", "billing", "fan"])).status, 200);
    assert!(may(&club, &eve, &json!({ "project": ["share"] })));
    // A member who gives less takes nothing that would need the right.
    assert_eq!(give(&ben, &eves, json!("member")).status, 200);
}

const CHIEFS: &str = "[access.organization_roles]\nchief = { built_in = \"owner\" }\nlead = { member = [\"create\", \"update\"], \
    invitation = [\"create\"] }\nmember = {}\n";

#[test]
fn attack_a_member_waits_with_the_name_of_a_role_that_is_made_later() {
    let toml = format!(
        "[email_and_password]\nenabled = true\n[organization]\nenabled = true\ncreator_role = \"chief\"\n{ROLES}{CHIEFS}"
    );
    let club = Club::with(&toml, &[]);
    let (lead, row) = club.member("lead@example.com", "lead");
    let give = |by: &str, roles: Value| {
        club.post(by, "update-member-role", &json!({ "memberId": row, "role": roles, "organizationId": club.id }))
    };
    for name in ["admin", "owner"] {
        let answer = give(&lead, json!(["lead", name]));
        refused(&answer, 403, "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER", "member_outranked");
        let body = json!({ "email": "new@example.com", "role": ["member", name], "organizationId": club.id });
        let answer = club.post(&lead, "invite-member", &body);
        refused(&answer, 403, "YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE", "member_outranked");
    }
    // Better-auth's names that the configuration does not list can be given by those who have such rights, and never permit anything.
    assert_eq!(give(&club.ada, json!(["lead", "admin"])).status, 200);
    for (name, permission) in
        [("admin", json!({ "organization": ["update", "delete"] })), ("Owner", json!({ "ac": ["read"] }))]
    {
        let body = json!({ "role": name, "permission": permission, "organizationId": club.id });
        refused(&club.post(&club.ada, "create-role", &body), 400, "ROLE_NAME_IS_ALREADY_TAKEN", "role_name_taken");
    }
    role(&club, "other", &json!({ "organization": ["update"] }));
    let body = json!({ "roleName": "other", "data": { "roleName": "admin" }, "organizationId": club.id });
    refused(&club.post(&club.ada, "update-role", &body), 400, "ROLE_NAME_IS_ALREADY_TAKEN", "role_name_taken");
    assert!(!may(&club, &lead, &json!({ "organization": ["update"] })));
}

#[test]
fn a_role_of_another_organization_is_neither_read_nor_given_nor_deleted() {
    let club = club("");
    let id = role(&club, "editor", &json!({ "organization": ["delete"] }));
    let eve = club.person("eve@example.com");
    let home = text(&club.done(&eve, "create", &json!({ "name": "Home", "slug": "home" })).json()["id"]);
    let own = club.database.value(&format!("select id from member where \"organizationId\" = '{home}'"));
    assert_eq!(club.get(&eve, "list-roles").json(), json!([]));
    for selected in [json!({ "roleId": id }), json!({ "roleName": "editor" })] {
        let (name, value) = selected.as_object().unwrap().iter().next().unwrap();
        let query = format!("get-role?organizationId={home}&{name}={}", value.as_str().unwrap());
        refused(&club.get(&eve, &query), 400, "ROLE_NOT_FOUND", "unknown_member_role");
        for (path, data) in [("update-role", json!({ "permission": {} })), ("delete-role", Value::Null)] {
            let mut body = json!({ "organizationId": home, "data": data });
            body[name] = value.clone();
            refused(&club.post(&eve, path, &body), 400, "ROLE_NOT_FOUND", "unknown_member_role");
        }
        let foreign = format!("get-role?organizationId={}&{name}={}", club.id, value.as_str().unwrap());
        refused(&club.get(&eve, &foreign), 403, "YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION", "not_a_member");
    }
    let give = json!({ "organizationId": home, "memberId": own, "role": ["owner", "editor"] });
    refused(&club.post(&eve, "update-member-role", &give), 400, "ROLE_NOT_FOUND", "unknown_member_role");
    let invite = json!({ "organizationId": home, "email": "x@example.com", "role": "editor" });
    assert_eq!(club.post(&eve, "invite-member", &invite).json()["message"], "ROLE_NOT_FOUND: editor");
    // A name that only another organization gives a meaning permits nothing.
    club.database.query(&format!("update member set role = 'editor' where id = '{own}'"));
    let asked = json!({ "organizationId": home, "permissions": { "organization": ["delete"] } });
    assert_eq!(club.done(&eve, "has-permission", &asked).json()["success"], false);
}

#[test]
fn a_role_that_members_have_is_not_deleted() {
    let club = club("");
    let id = role(&club, "editor", &json!({}));
    let (_, row) = club.member("ben@example.com", "member, editor");
    for body in [json!({ "roleName": "editor" }), json!({ "roleId": id })] {
        refused(&club.post(&club.ada, "delete-role", &body), 400, "ROLE_IS_ASSIGNED_TO_MEMBERS", "role_held");
    }
    let answer = club.post(&club.ada, "delete-role", &json!({ "roleName": "admin" }));
    refused(&answer, 400, "CANNOT_DELETE_A_PRE_DEFINED_ROLE", "role_of_configuration");
    club.done(&club.ada, "update-member-role", &json!({ "memberId": row, "role": "member" }));
    club.done(&club.ada, "delete-role", &json!({ "roleName": "editor" }));
    assert_eq!(club.get(&club.ada, "list-roles").json(), json!([]));
}

#[test]
fn a_role_is_not_given_while_it_is_deleted() {
    let club = club("");
    let (_, row) = club.member("ben@example.com", "member");
    for _ in 0..5 {
        club.done(&club.ada, "update-member-role", &json!({ "memberId": row, "role": "member" }));
        role(&club, "editor", &json!({}));
        at_once(20, |number| match number % 2 {
            0 => club.post(&club.ada, "delete-role", &json!({ "roleName": "editor" })),
            _ => club.post(&club.ada, "update-member-role", &json!({ "memberId": row, "role": "editor" })),
        });
        let held = club.database.value(&format!("select role from member where id = '{row}'"));
        let left = club.database.value("select count(*)::text from \"organizationRole\"");
        assert!(matches!((held.as_str(), left.as_str()), ("editor", "1") | ("member", "0")), "{held} {left}");
        club.done(&club.ada, "update-member-role", &json!({ "memberId": row, "role": "member" }));
        club.post(&club.ada, "delete-role", &json!({ "roleName": "editor" }));
    }
}

#[test]
fn fifty_racers_for_the_last_role_allowed_get_one_and_a_name_is_given_once() {
    let club = club("maximum_roles_per_organization = 2\n");
    role(&club, "first", &json!({}));
    let create = |name: String| club.post(&club.ada, "create-role", &json!({ "role": name, "permission": {} }));
    let answers = at_once(PARALLEL, |number| create(format!("role {number}")));
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        refused(answer, 400, "TOO_MANY_ROLES", "role_limit");
    }
    let many = self::club("");
    let answers =
        at_once(PARALLEL, |_| many.post(&many.ada, "create-role", &json!({ "role": "Editor", "permission": {} })));
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        refused(answer, 400, "ROLE_NAME_IS_ALREADY_TAKEN", "role_name_taken");
    }
    assert_eq!(many.database.value("select string_agg(role, ',') from \"organizationRole\""), "editor");
}

#[test]
fn a_name_that_no_member_could_have_is_refused() {
    let club = club("");
    // better-auth with the same database trims the last one: for it, the role would be `owner`.
    for name in ["", "a,b", " a", "a ", "\u{feff}owner"] {
        let answer = club.post(&club.ada, "create-role", &json!({ "role": name, "permission": {} }));
        refused(&answer, 400, "VALIDATION_ERROR", "invalid_input");
    }
    // A repeated action is stored once, so that a role is not larger than the actions that there are.
    let body = json!({ "role": "twice", "permission": { "member": vec!["update"; 1000] } });
    let made = club.done(&club.ada, "create-role", &body).json();
    assert_eq!(made["statements"], json!({ "member": ["update"] }));
    let stored = club.database.value("select permission from \"organizationRole\" where role = 'twice'");
    assert_eq!(stored, r#"{"member":["update"]}"#);
}

#[test]
fn stored_permissions_that_cannot_be_read_permit_nothing_and_break_nothing() {
    let club = club("");
    let id = role(&club, "editor", &json!({ "organization": ["update"] }));
    let (ben, _) = club.member("ben@example.com", "editor");
    let deep = "[".repeat(10_000);
    for stored in
        ["", "nothing", "null", "[]", "{\"organization\":\"update\"}", "{\"organization\":[\"update\"],\"x\":1}", &deep]
    {
        club.database.query(&format!("update \"organizationRole\" set permission = '{stored}' where id = '{id}'"));
        assert!(!may(&club, &ben, &json!({ "organization": ["update"] })), "{stored:.40}");
        assert!(may(&club, &club.ada, &json!({ "organization": ["update"] })), "{stored:.40}");
        let listed = club.get(&club.ada, "list-roles");
        assert_eq!((listed.status, &listed.json()[0]["role"]), (200, &json!("editor")), "{stored:.40}");
        assert_eq!(club.get(&club.ada, "get-role?roleName=editor").status, 200, "{stored:.40}");
    }
    // The role can be repaired, and a role of the configuration with the same name is not lost.
    let data = json!({ "permission": { "organization": ["update"] } });
    club.done(&club.ada, "update-role", &json!({ "roleName": "editor", "data": data }));
    assert!(may(&club, &ben, &json!({ "organization": ["update"] })));
    club.database.query(&format!(
        "update \"organizationRole\" set role = 'admin', permission = '{{\"organization\":[\"delete\"]}}' where id = '{id}'"
    ));
    let (eve, _) = club.member("eve@example.com", "admin");
    assert!(may(&club, &eve, &json!({ "organization": ["update", "delete"] })), "the rights of both roles are united");
}

#[test]
fn tokens_say_what_stored_roles_permit() {
    let toml = format!("{TOML}claims = [\"roles\", \"permissions\"]\n{ROLES}[jwt]\nenabled = true\n{ACCESS}");
    let club = Club::with(&toml, &[]);
    role(&club, "editor", &json!({ "project": ["create"] }));
    let (ben, _) = club.member("ben@example.com", "editor");
    let token = text(&club.service.get("/token", &ben).json()["token"]);
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!((&claims["org_roles"], &claims["org_permissions"]), (&json!(["editor"]), &json!(["project:create"])));
}

#[test]
fn roles_are_the_same_with_each_kind_of_identifier() {
    for ids in ["\"uuid\"", "\"serial\""] {
        let club = Club::with(&format!("{TOML}{ROLES}[advanced.database]\ngenerate_id = {ids}\n"), &[]);
        let id = role(&club, "editor", &json!({ "member": ["update"] }));
        club.done(&club.ada, "update-role", &json!({ "roleId": id, "data": { "roleName": "writer" } }));
        let answer = club.get(&club.ada, "get-role?roleId=nothing");
        refused(&answer, 400, "ROLE_NOT_FOUND", "unknown_member_role");
        let (ben, row) = club.member("ben@example.com", "writer");
        assert!(may(&club, &ben, &json!({ "member": ["update"] })), "{ids}");
        club.done(&club.ada, "remove-member", &json!({ "memberIdOrEmail": row }));
        club.done(&club.ada, "delete-role", &json!({ "roleId": id }));
    }
}

#[test]
fn additional_fields_of_roles_are_asked_for_and_kept() {
    let fields = "[schema.organization_role.additional_fields]\ncolour = { type = \"string\", required = false }\n";
    let club = club(fields);
    let body = json!({ "role": "editor", "permission": {}, "additionalFields": { "colour": "red", "other": 1 } });
    let made = club.done(&club.ada, "create-role", &body).json();
    assert_eq!((&made["roleData"]["colour"], made["roleData"].get("other")), (&json!("red"), None));
    let data = json!({ "colour": "blue" });
    let changed = club.done(&club.ada, "update-role", &json!({ "roleName": "editor", "data": data })).json();
    assert_eq!(changed["roleData"]["colour"], "blue");
    assert_eq!(club.get(&club.ada, "get-role?roleName=editor").json()["colour"], "blue");
}

#[test]
fn a_check_of_a_permission_costs_one_statement_with_stored_roles_too() {
    let toml = format!("{TOML}{ROLES}");
    let database = database(&toml);
    let wire = Wire::new(&database.url);
    let service = Service::with(&toml, &[("DATABASE_URL", &wire.url)]);
    let ada = service.user("ada@example.com");
    let count = |path: &str, body: Option<Value>| {
        wire.statements();
        let answer = match body {
            Some(body) => service.post(&format!("/organization/{path}"), &ada, &body.to_string()),
            None => service.get(&format!("/organization/{path}"), &ada),
        };
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        wire.statements().len()
    };
    count("create", Some(json!({ "name": "Club", "slug": "club" })));
    // A statement behind a lock counts three times.
    assert_eq!(
        count("create-role", Some(json!({ "role": "editor", "permission": { "member": ["update"] } }))),
        1 + 1 + 3
    );
    assert_eq!(count("has-permission", Some(json!({ "permissions": { "member": ["create"] } }))), 1 + 1);
    for path in ["list-roles", "get-role?roleName=editor", "list-members", "get-active-member"] {
        assert_eq!(count(path, None), 1 + 1, "{path}");
    }
    assert_eq!(count("update-role", Some(json!({ "roleName": "editor", "data": {} }))), 1 + 1 + 3);
    assert_eq!(count("delete-role", Some(json!({ "roleName": "editor" }))), 1 + 1 + 3);
    assert_eq!(wire.named(), Vec::<String>::new());
}

#[test]
fn attack_the_names_of_roles_fill_the_memory_of_each_request() {
    let club = club("");
    let (most, more) = ("x".repeat(100), "x".repeat(101));
    let create = |role: &str| club.post(&club.ada, "create-role", &json!({ "role": role, "permission": {} }));
    let rename = |to: &str| {
        let body = json!({ "roleName": "short", "data": { "roleName": to } });
        club.post(&club.ada, "update-role", &body)
    };
    assert_eq!(create("short").status, 200);
    for answer in [create(&more), rename(&more)] {
        refused(&answer, 400, "VALIDATION_ERROR", "invalid_input");
    }
    assert_eq!(rename(&most).status, 200);
}

#[test]
fn attack_hundreds_of_thousands_of_actions_hold_no_processor() {
    let club = club("");
    let actions: Vec<String> = (0..400_000).map(|number| format!("{number:x}")).collect();
    // Comparing each with all others takes many times as long as a client waits.
    let answer = club.post(&club.ada, "create-role", &json!({ "role": "wide", "permission": { "member": actions } }));
    refused(&answer, 403, "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_ROLE", "member_outranked");
    assert_eq!(answer.json()["missingPermissions"].as_array().unwrap().len(), 400_000);
}
