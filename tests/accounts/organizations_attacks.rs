//! Attacks on organizations that work on better-auth, or worked here once: a test for each closed hole. The neighbours are in
//! `organizations.rs`.

use std::{fs, path::Path};

use gatepost_cli::edge;
use gatepost_core::{
    features::organization::rows::invitations::{self, Acceptance},
    functions::FUNCTIONS,
    store::values::Values,
};
use http::Method;
use serde_json::{Map, Value, json};

use super::organizations::{Club, SECTION, TOML, person, text};
use crate::support::{
    crowd::at_once,
    http::{Answer, refused},
    mailbox::Mailbox,
    postgres::block_on,
};

const CACHED: &str = "[session.cookie_cache]\nenabled = true\n";
const ANONYMOUS: &str = "[anonymous]\nenabled = true\n";
const LETTER: &str = "\u{212A}ate@corp.example";

impl Club {
    /// Changes a row of the user with this address.
    fn set(&self, email: &str, change: &str) {
        self.database.query(&format!("update \"user\" set {change} where email = '{email}'"));
    }

    /// The identifier of the user with this address.
    fn user_id(&self, email: &str) -> String {
        self.database.value(&format!("select id::text from \"user\" where email = '{email}'"))
    }

    fn invite(&self, by: &str, email: &str, more: &Value) -> Answer {
        let mut body = json!({ "email": email, "role": "member", "organizationId": self.id });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.post(by, "invite-member", &body)
    }
}

#[test]
fn attack_a_session_that_has_ended_does_nothing_in_organizations() {
    let more = "[organization.teams]\nenabled = true\n[organization.dynamic_access_control]\nenabled = true\n";
    let club = Club::new(&format!("{more}{CACHED}"));
    let (eve, row) = club.member("eve@example.com", "owner");
    let pending = club.invited(&club.ada, "new@example.com", "member");
    let cached = club.service.get("/get-session?disableCookieCache=true", &eve).cookies();
    let eve = format!("{eve}; {cached}");
    let own = club.user_id("eve@example.com");
    club.database.query(&format!("delete from session where \"userId\"::text = '{own}'"));
    // The cached session is still believed where nothing depends on it.
    assert_eq!(club.service.get("/get-session", &eve).json()["user"]["email"], "eve@example.com");
    assert_eq!(club.get(&eve, "list").json()[0]["slug"], "club");
    let body = json!({
        "name": "X", "slug": "x", "data": { "name": "X" }, "organizationId": club.id, "email": "x@example.com",
        "role": "owner", "invitationId": pending, "memberIdOrEmail": "ada@example.com", "memberId": row,
        "teamId": "team", "userId": "user", "roleName": "x", "permission": { "member": ["delete"] },
        "permissions": { "member": ["delete"] },
    });
    let mut asked = 0;
    for endpoint in FUNCTIONS.iter().flat_map(|function| function.endpoints()) {
        if let Some(name) = endpoint.path.strip_prefix("/organization/").filter(|_| endpoint.method == Method::POST) {
            let mut body = body.clone();
            if name == "has-permission" {
                body.as_object_mut().unwrap().remove("permission");
            }
            let answer = club.post(&eve, name, &body);
            assert_eq!(answer.status, 401, "{name}: {}", answer.text());
            asked += 1;
        }
    }
    assert!(asked >= 13, "{asked}");
    assert_eq!(club.get(&eve, &format!("get-invitation?id={pending}")).status, 401);
    assert_eq!(club.get(&eve, "list-user-invitations").status, 400);
    assert_eq!(club.members(), 2);
    assert_eq!(
        club.database.value("select string_agg(status, ' ' order by status) from invitation"),
        "accepted pending"
    );
    assert_eq!(club.database.value("select string_agg(name, ' ') from organization"), "Club");
}

#[test]
fn attack_a_former_address_accepts_no_invitation() {
    let club = Club::new(CACHED);
    let ben = club.person("ben@example.com");
    let cached = club.service.get("/get-session?disableCookieCache=true", &ben).cookies();
    let ben = format!("{ben}; {cached}");
    let id = club.invited(&club.ada, "ben@example.com", "owner");
    club.set("ben@example.com", "email = 'moved@example.com'");
    let code = "YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION";
    refused(&club.post(&ben, "accept-invitation", &json!({ "invitationId": id })), 403, code, "not_the_recipient");
    refused(&club.get(&ben, &format!("get-invitation?id={id}")), 403, code, "not_the_recipient");
    assert_eq!(club.get(&ben, "list-user-invitations").json(), json!([]));
    club.set("moved@example.com", "email = 'ben@example.com', \"emailVerified\" = false");
    let code = "EMAIL_VERIFICATION_REQUIRED_BEFORE_ACCEPTING_OR_REJECTING_INVITATION";
    refused(&club.post(&ben, "accept-invitation", &json!({ "invitationId": id })), 403, code, "email_not_verified");
    assert_eq!(club.members(), 1);
}

#[test]
fn attack_an_invitation_does_not_outlive_the_rights_of_its_inviter() {
    let club = Club::new("");
    let (mallory, row) = club.member("mallory@example.com", "owner");
    let puppet = club.person("puppet@example.com");
    let id = club.invited(&mallory, "puppet@example.com", "owner");
    let give = |row: &str, role: &str| {
        let body = json!({ "memberId": row, "role": role, "organizationId": club.id });
        club.done(&club.ada, "update-member-role", &body);
    };
    let accept = || club.post(&puppet, "accept-invitation", &json!({ "invitationId": id }));
    let lost = || {
        refused(&accept(), 400, "INVITATION_NOT_FOUND", "inviter_lost_rights");
        let read = club.get(&puppet, &format!("get-invitation?id={id}"));
        refused(&read, 400, "INVITATION_NOT_FOUND", "inviter_lost_rights");
    };
    // An admin may invite, but not owners; a member may not invite.
    for role in ["member", "admin"] {
        give(&row, role);
        lost();
    }
    // Removed, and a member again.
    club.done(&club.ada, "remove-member", &json!({ "memberIdOrEmail": row, "organizationId": club.id }));
    refused(&accept(), 400, "INVITER_IS_NO_LONGER_A_MEMBER_OF_THE_ORGANIZATION", "inviter_gone");
    let again = club.invited(&club.ada, "mallory@example.com", "member");
    let row = club.done(&mallory, "accept-invitation", &json!({ "invitationId": again })).json();
    lost();
    assert_eq!(club.members(), 2);
    // With the rights, the invitation works.
    give(&text(&row["member"]["id"]), "owner");
    assert_eq!(accept().status, 200);
}

#[test]
fn attack_what_an_acceptance_depends_on_is_compared_when_it_is_written() {
    let club = Club::new("");
    club.person("puppet@example.com");
    let id = club.invited(&club.ada, "puppet@example.com", "owner");
    let (user_id, none, db) = (club.user_id("puppet@example.com"), Values::from(Map::new()), club.service.auth.db());
    let accepted = |inviter_role: &str, email: &str| {
        let acceptance = Acceptance {
            most_in_team: None,
            in_team_ids: "",
            id: &id,
            organization: &club.id,
            user_id: &user_id,
            member_id: "member",
            role: "owner",
            additional: &none,
            limit: 100,
            email,
            must_be_confirmed: true,
            inviter_role,
        };
        block_on(invitations::accept(&db, &acceptance, edge::now())).unwrap().is_some()
    };
    // As if the roles of the inviter, the address or its state changed since the request read them.
    assert!(!accepted("owner,admin", "puppet@example.com"));
    assert!(!accepted("owner", "former@example.com"));
    club.set("puppet@example.com", "\"emailVerified\" = false");
    assert!(!accepted("owner", "puppet@example.com"));
    club.set("puppet@example.com", "\"emailVerified\" = true");
    assert!(accepted("owner", "puppet@example.com"));
}

#[test]
fn attack_invitations_do_not_flood_a_mailbox() {
    let mailbox = Mailbox::new();
    let url = mailbox.url();
    let club = Club::with(&format!("{TOML}{SECTION}"), &[("EMAIL_URL", &url)]);
    let again = json!({ "resend": true });
    for _ in 0..10 {
        assert_eq!(club.invite(&club.ada, "stranger@example.com", &again).status, 200);
    }
    let answer = club.invite(&club.ada, "stranger@example.com", &again);
    assert_eq!((answer.status, answer.header("x-gatepost-reason")), (429, Some("invitation_mails")));
    assert_eq!(answer.header("x-retry-after"), Some("900"));
    // Another organization and another inviter do not help.
    let eve = club.person("eve@example.com");
    let other = text(&club.done(&eve, "create", &json!({ "name": "Bank", "slug": "bank" })).json()["id"]);
    let answer = club.invite(&eve, "Stranger@Example.com", &json!({ "organizationId": other }));
    assert_eq!((answer.status, answer.header("x-gatepost-reason")), (429, Some("invitation_mails")));
    assert_eq!(club.invite(&club.ada, "friend@example.com", &json!({})).status, 200);
    mailbox.newest("organization-invitation");
    let mails = mailbox.mails(11);
    assert_eq!(mails.iter().filter(|mail| mail["to"] == "stranger@example.com").count(), 10);
    // An inviter who writes to many strangers is stopped too, by the same count on every instance.
    for at in 12..50 {
        assert_eq!(club.invite(&club.ada, &format!("n{at}@example.com"), &json!({})).status, 200, "{at}");
    }
    assert_eq!(club.invite(&club.ada, "last@example.com", &json!({})).status, 429);
    assert_eq!(club.database.value("select count(*)::text from invitation where email = 'last@example.com'"), "0");
}

#[test]
fn attack_anonymous_and_unconfirmed_users_have_no_invitation_mailed() {
    let mailbox = Mailbox::new();
    let url = mailbox.url();
    let code = "YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION";
    let toml = format!("{TOML}{SECTION}{ANONYMOUS}");
    let anonymous = |club: &Club| {
        let guest = club.service.post("/sign-in/anonymous", "", "{}").cookies();
        let made = club.done(&guest, "create", &json!({ "name": "Your Bank", "slug": "bank" })).json();
        club.invite(&guest, "stranger@example.com", &json!({ "organizationId": made["id"] }))
    };
    let club = Club::with(&toml, &[("EMAIL_URL", &url)]);
    refused(&anonymous(&club), 403, code, "email_not_verified");
    assert_eq!(club.database.value("select count(*)::text from invitation"), "0");
    // Without mails the invitation reaches no mailbox.
    assert_eq!(anonymous(&Club::with(&toml, &[])).status, 200);
    // A user of a deployment that requires confirmed addresses, whose address is not confirmed any more.
    let club = Club::with(&format!("{TOML}{SECTION}"), &[("EMAIL_URL", &url)]);
    club.set("ada@example.com", "\"emailVerified\" = false");
    assert_eq!(club.invite(&club.ada, "friend@example.com", &json!({})).status, 200);
    let toml = format!("{TOML}require_email_verification = true\n{SECTION}");
    let variables = [("DATABASE_URL", club.database.url.as_str()), ("VERCEL_ENV", "development"), ("EMAIL_URL", &url)];
    let strict = crate::support::service::Service::with(&toml, &variables);
    let body = json!({ "email": "other@example.com", "role": "member", "organizationId": club.id }).to_string();
    refused(&strict.post("/organization/invite-member", &club.ada, &body), 403, code, "email_not_verified");
    club.set("ada@example.com", "\"emailVerified\" = true");
    assert_eq!(strict.post("/organization/invite-member", &club.ada, &body).status, 200);
    assert_eq!(mailbox.mails(2).iter().filter(|mail| mail["to"] == "stranger@example.com").count(), 0);
}

#[test]
fn attack_what_clients_store_of_organizations_fits_into_memory() {
    let club = Club::new(
        "[schema.organization.additional_fields]\nplan = { type = \"string\", required = false }\n\
         [schema.invitation.additional_fields]\nnote = { type = \"json\", required = false }\n",
    );
    let long = |length: usize| "x".repeat(length);
    let fields = [
        ("name", json!(long(1_000)), json!(long(1_001))),
        ("slug", json!(long(2_000)), json!(long(2_001))),
        ("logo", json!(long(2_000)), json!(long(2_001))),
        ("metadata", json!({ "a": long(9_992) }), json!({ "a": long(9_993) })),
        ("plan", json!(long(9_998)), json!(long(9_999))),
    ];
    for (field, most, more) in fields {
        let with = |value: &Value| {
            let mut body = json!({ "name": "N", "slug": format!("own-{field}") });
            body[field] = value.clone();
            body
        };
        let change = |value: &Value| json!({ "organizationId": club.id, "data": { (field): value } });
        refused(&club.post(&club.ada, "create", &with(&more)), 400, "VALIDATION_ERROR", "invalid_input");
        refused(&club.post(&club.ada, "update", &change(&more)), 400, "VALIDATION_ERROR", "invalid_input");
        club.done(&club.ada, "create", &with(&most));
        // Another organization has the longest slug by now.
        let is_free = field != "slug";
        assert_eq!(club.post(&club.ada, "update", &change(&most)).status == 200, is_free, "{field}");
    }
    let email = format!("{}@example.com", long(1_000));
    refused(&club.invite(&club.ada, &email, &json!({})), 400, "VALIDATION_ERROR", "invalid_input");
    let note = json!({ "note": { "a": long(10_000) } });
    refused(&club.invite(&club.ada, "ben@example.com", &note), 400, "VALIDATION_ERROR", "invalid_input");
    // A role that is given many times is stored once.
    let roles = vec!["member"; 100_000];
    let answer = club.invite(&club.ada, "ben@example.com", &json!({ "role": roles }));
    assert_eq!((answer.status, &answer.json()["role"]), (200, &json!("member")));
    let (_, row) = club.member("eve@example.com", "admin, member,admin");
    assert_eq!(club.database.value(&format!("select role from member where id::text = '{row}'")), "admin,member");
    let body = json!({ "memberId": row, "role": ["admin", "admin,member"], "organizationId": club.id });
    assert_eq!(club.done(&club.ada, "update-member-role", &body).json()["role"], "admin,member");
}

#[test]
fn attack_the_deletion_of_a_user_leaves_no_organization_without_an_owner() {
    let deletion = "[user.delete_user]\nenabled = true\n[admin]\nenabled = true\n";
    let club = Club::new(&format!("{deletion}{ANONYMOUS}"));
    let (ben, ben_row) = club.member("ben@example.com", "member");
    let root = club.person("root@example.com");
    club.set("root@example.com", "role = 'admin'");
    let code = "YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER";
    let password = r#"{"password":"correct horse battery"}"#;
    let remove = |email: &str| {
        let body = json!({ "userId": club.user_id(email) }).to_string();
        club.service.post("/admin/remove-user", &root, &body)
    };
    refused(&club.service.post("/delete-user", &club.ada, password), 400, code, "last_owner");
    refused(&remove("ada@example.com"), 400, code, "last_owner");
    assert_eq!(club.members(), 2);
    // An anonymous owner who signs in stays, with the organization.
    let guest = club.service.post("/sign-in/anonymous", "", "{}").cookies();
    let own = text(&club.done(&guest, "create", &json!({ "name": "G", "slug": "g" })).json()["id"]);
    let id = text(&club.invite(&guest, "ben@example.com", &json!({ "organizationId": own })).json()["id"]);
    club.done(&ben, "accept-invitation", &json!({ "invitationId": id }));
    let body = r#"{"email":"root@example.com","password":"correct horse battery"}"#;
    assert_eq!(club.service.post("/sign-in/email", &guest, body).status, 200);
    let owners =
        format!("select count(*)::text from member where role = 'owner' and \"organizationId\"::text = '{own}'");
    assert_eq!(club.database.value(&owners), "1");
    // With another owner, and without other members, a user can go.
    let body = json!({ "memberId": ben_row, "role": "owner", "organizationId": club.id });
    club.done(&club.ada, "update-member-role", &body);
    assert_eq!(club.service.post("/delete-user", &club.ada, password).status, 200);
    club.service.user("alone@example.com");
    let alone =
        club.service.post("/sign-in/email", "", r#"{"email":"alone@example.com","password":"correct horse battery"}"#);
    club.done(&alone.cookies(), "create", &json!({ "name": "A", "slug": "alone" }));
    assert_eq!(remove("alone@example.com").status, 200);
}

#[test]
fn attack_owners_who_delete_their_users_at_the_same_moment_leave_one() {
    let club = Club::new("[user.delete_user]\nenabled = true\n");
    club.member("ben@example.com", "member");
    let others: Vec<_> = (0..7).map(|number| club.member(&format!("o{number}@example.com"), "owner").0).collect();
    let owners: Vec<_> = std::iter::once(&club.ada).chain(&others).collect();
    let answers = at_once(owners.len(), |number| match number % 4 {
        3 => club.post(owners[number], "leave", &json!({ "organizationId": club.id })),
        _ => club.service.post("/delete-user", owners[number], "{}"),
    });
    let owners = club.database.value("select count(*)::text from member where role = 'owner'");
    assert_eq!(owners, "1", "{:?}", answers.iter().map(Answer::text).collect::<Vec<_>>());
    let mut kept = answers.iter().filter(|answer| answer.status != 200);
    let code = "YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER";
    refused(kept.next().unwrap(), 400, code, "last_owner");
    assert!(kept.next().is_none());
}

#[test]
fn attack_an_address_with_another_letter_is_another_address() {
    let club = Club::new("");
    let eve = person(&club.database, &club.service, "eve@example.com");
    let id = club.invited(&club.ada, "kate@corp.example", "admin");
    // A provider can store such an address: the Kelvin sign, which is a small `k` in lower case.
    club.set("eve@example.com", &format!("email = '{LETTER}'"));
    assert_eq!(club.get(&eve, "list-user-invitations").json(), json!([]));
    let code = "YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION";
    for name in ["accept-invitation", "reject-invitation"] {
        refused(&club.post(&eve, name, &json!({ "invitationId": id })), 403, code, "not_the_recipient");
    }
    refused(&club.get(&eve, &format!("get-invitation?id={id}")), 403, code, "not_the_recipient");
    refused(&club.invite(&club.ada, LETTER, &json!({})), 400, "INVALID_EMAIL", "invalid_email");
    // The member with the plain address is not the one who is named.
    club.member("kate@plain.example", "member");
    let body = json!({ "memberIdOrEmail": "\u{212A}ate@plain.example", "organizationId": club.id });
    refused(&club.post(&club.ada, "remove-member", &body), 400, "MEMBER_NOT_FOUND", "unknown_member");
}

#[test]
fn addresses_are_put_into_lower_case_by_one_function() {
    // These files have other texts: names, tokens and SQL.
    const OTHERS: &[&str] = &[
        "syntax/email.rs",
        "config/naming.rs",
        "config/search_path.rs",
        "features/username/rules.rs",
        "features/multi_session/cookies.rs",
        "crypto/totp.rs",
        "store/triggers.rs",
        // Names of roles.
        "features/organization/roles/change.rs",
    ];
    fn walk(folder: &Path, found: &mut Vec<String>, root: &Path) {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                walk(&path, found, root);
            } else if fs::read_to_string(&path).is_ok_and(|text| text.contains(".to_lowercase()")) {
                found.push(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/core/src");
    let mut found = Vec::new();
    walk(&root, &mut found, &root);
    assert!(found.contains(&OTHERS[0].to_owned()), "{found:?}");
    found.retain(|file| !OTHERS.contains(&file.as_str()));
    assert_eq!(found, Vec::<String>::new(), "compare addresses with `syntax::email::stored`");
}
