//! Organizations: what gatepost alone does, each known hole closed with a test of its name. What better-auth does is compared with it in
//! `organizations_matrix.rs` and by the scenarios in tests/client/scenarios/organization.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::support::{
    crowd::at_once,
    http::{Answer, refused},
    mailbox::Mailbox,
    node,
    postgres::Database,
    redis::Redis,
    secondary_storage::{database, deployed},
    service::Service,
    wire::Wire,
};

pub(super) const TOML: &str = "[email_and_password]\nenabled = true\n";
pub(super) const SECTION: &str = "[organization]\nenabled = true\n";
pub(super) const PARALLEL: usize = 50;

/// A service in development, so that reasons are shown, with an organization `club` of ada, who is its owner.
pub(super) struct Club {
    pub(super) database: Database,
    pub(super) service: Service,
    pub(super) ada: String,
    pub(super) id: String,
}

impl Club {
    pub(super) fn new(more: &str) -> Self {
        Self::with(&format!("{TOML}{SECTION}{more}"), &[])
    }

    /// A service without an organization.
    pub(super) fn bare(more: &str) -> Self {
        Self::without(&format!("{TOML}{SECTION}{more}"), &[])
    }

    fn without(toml: &str, more: &[(&str, &str)]) -> Self {
        let (database, service) = deployed(toml, more);
        let ada = person(&database, &service, "ada@example.com");
        Self { database, service, ada, id: String::new() }
    }

    pub(super) fn with(toml: &str, more: &[(&str, &str)]) -> Self {
        let club = Self::without(toml, more);
        let made = club.done(&club.ada, "create", &json!({ "name": "Club", "slug": "club" })).json();
        Self { id: text(&made["id"]), ..club }
    }

    /// A user whose address is confirmed, with the cookies.
    pub(super) fn person(&self, email: &str) -> String {
        person(&self.database, &self.service, email)
    }

    pub(super) fn post(&self, cookie: &str, name: &str, body: &Value) -> Answer {
        self.service.post(&format!("/organization/{name}"), cookie, &body.to_string())
    }

    pub(super) fn get(&self, cookie: &str, query: &str) -> Answer {
        self.service.get(&format!("/organization/{query}"), cookie)
    }

    #[track_caller]
    pub(super) fn done(&self, cookie: &str, name: &str, body: &Value) -> Answer {
        let answer = self.post(cookie, name, body);
        assert_eq!(answer.status, 200, "{name}: {}", answer.text());
        answer
    }

    /// Invites an address on behalf of a member, and returns the identifier of the invitation.
    #[track_caller]
    pub(super) fn invited(&self, by: &str, email: &str, role: &str) -> String {
        let body = json!({ "email": email, "role": role, "organizationId": self.id });
        text(&self.done(by, "invite-member", &body).json()["id"])
    }

    /// A new member with this role, with the cookies and the identifier of the member's row.
    #[track_caller]
    pub(super) fn member(&self, email: &str, role: &str) -> (String, String) {
        let cookie = self.person(email);
        let invitation = self.invited(&self.ada, email, role);
        let answer = self.done(&cookie, "accept-invitation", &json!({ "invitationId": invitation }));
        (cookie, text(&answer.json()["member"]["id"]))
    }

    pub(super) fn members(&self) -> usize {
        let count = self.database.value("select count(*)::text from member");
        count.parse().unwrap()
    }
}

pub(super) fn person(database: &Database, service: &Service, email: &str) -> String {
    let cookie = service.user(email);
    database.query(&format!("update \"user\" set \"emailVerified\" = true where email = '{email}'"));
    cookie
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is not a text")).to_owned()
}

#[test]
fn the_real_client_uses_organizations() {
    let mailbox = Mailbox::new();
    let url = mailbox.url();
    let all = "[organization.teams]\nenabled = true\n[organization.dynamic_access_control]\nenabled = true\n";
    let toml = format!("{TOML}{SECTION}{all}");
    let database = database(&toml);
    let variables = [("DATABASE_URL", database.url.as_str()), ("EMAIL_URL", url.as_str())];
    let service = Service::with(&toml, &variables);
    for email in ["ada@example.com", "ben@example.com", "eve@example.com"] {
        person(&database, &service, email);
    }
    let said = node::run("organization.mjs", &["--url", &service.url], Duration::from_secs(120));
    assert!(said.contains(" passed, 0 failed"), "{said}");
}

#[test]
fn what_is_off_answers_nothing_and_adds_nothing() {
    let database = Database::new();
    let service = Service::new(&database.url);
    let cookie = service.user("ada@example.com");
    for name in ["create", "invite-member", "accept-invitation", "has-permission", "set-active"] {
        let answer = service.post(&format!("/organization/{name}"), &cookie, "{}");
        assert_eq!((answer.status, answer.text().as_str()), (404, ""), "{name}");
    }
    assert_eq!(service.get("/get-session", &cookie).json()["session"].get("activeOrganizationId"), None);
}

#[test]
fn an_invitation_is_mailed_with_a_link_to_the_applications_page() {
    let mailbox = Mailbox::new();
    let url = mailbox.url();
    let club = Club::with(&format!("{TOML}{SECTION}"), &[("EMAIL_URL", &url)]);
    club.done(&club.ada, "update", &json!({ "organizationId": club.id, "data": { "name": "See evil.example/now" } }));
    let id = club.invited(&club.ada, "Ben@Example.com", "member");
    let mail = mailbox.newest("organization-invitation");
    assert_eq!((&mail["to"], &mail["token"]), (&json!("ben@example.com"), &json!(id)));
    assert_eq!(mail["url"], format!("{}/accept-invitation/{id}", club.service.url));
    let told = &mail["invitation"];
    assert_eq!((&told["role"], &told["inviterEmail"]), (&json!("member"), &json!("ada@example.com")));
    assert_eq!(told["organization"]["slug"], "club");
    let toml = format!(
        "{TOML}{SECTION}[mail.urls]\norganization_invitation = \"https://app.example.com/join?id={{token}}\"\n"
    );
    mailbox.clear();
    let own = Club::with(&toml, &[("EMAIL_URL", &url)]);
    let id = own.invited(&own.ada, "ben@example.com", "member");
    assert_eq!(mailbox.newest("organization-invitation")["url"], format!("https://app.example.com/join?id={id}"));
    mailbox.clear();
    let silent = Club::with(&format!("{TOML}{SECTION}send_invitation_email = false\n"), &[("EMAIL_URL", &url)]);
    silent.invited(&silent.ada, "ben@example.com", "member");
    silent.service.post("/request-password-reset", "", r#"{"email":"ada@example.com"}"#);
    assert_eq!(mailbox.mails(1)[0]["kind"], "reset-password");
}

#[test]
fn an_invitation_is_for_a_confirmed_address() {
    let club = Club::new("");
    let id = club.invited(&club.ada, "eve@example.com", "admin");
    let eve = club.service.user("eve@example.com");
    let body = json!({ "invitationId": id });
    let code = "EMAIL_VERIFICATION_REQUIRED_BEFORE_ACCEPTING_OR_REJECTING_INVITATION";
    refused(&club.post(&eve, "accept-invitation", &body), 403, code, "email_not_verified");
    refused(&club.post(&eve, "reject-invitation", &body), 403, code, "email_not_verified");
    let code = "EMAIL_VERIFICATION_REQUIRED_FOR_INVITATION";
    refused(&club.get(&eve, &format!("get-invitation?id={id}")), 403, code, "email_not_verified");
    refused(&club.get(&eve, "list-user-invitations"), 403, code, "email_not_verified");
    assert_eq!(club.members(), 1);
    club.database.query("update \"user\" set \"emailVerified\" = true where email = 'eve@example.com'");
    club.done(&eve, "accept-invitation", &body);
    let lax = Club::new("require_email_verification_on_invitation = false\n");
    let id = lax.invited(&lax.ada, "eve@example.com", "admin");
    let eve = lax.service.user("eve@example.com");
    lax.done(&eve, "accept-invitation", &json!({ "invitationId": id }));
}

#[test]
fn attack_an_invited_stranger_reads_and_answers_no_invitation_of_another_address() {
    let club = Club::new("");
    let id = club.invited(&club.ada, "ben@example.com", "admin");
    let eve = club.person("eve@example.com");
    let code = "YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION";
    for name in ["accept-invitation", "reject-invitation"] {
        refused(&club.post(&eve, name, &json!({ "invitationId": id })), 403, code, "not_the_recipient");
    }
    refused(&club.get(&eve, &format!("get-invitation?id={id}")), 403, code, "not_the_recipient");
    assert_eq!(club.get(&eve, "list-user-invitations").json(), json!([]));
    refused(
        &club.post(&eve, "cancel-invitation", &json!({ "invitationId": id })),
        400,
        "MEMBER_NOT_FOUND",
        "not_a_member",
    );
    // Being invited is no membership.
    club.invited(&club.ada, "eve@example.com", "admin");
    let answer = club.get(&eve, &format!("list-members?organizationId={}", club.id));
    refused(&answer, 403, "YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION", "not_a_member");
}

#[test]
fn attack_an_invitation_that_is_over_cannot_be_accepted() {
    let club = Club::new("");
    let accept = |cookie: &str, id: &str| club.post(cookie, "accept-invitation", &json!({ "invitationId": id }));
    let ben = club.person("ben@example.com");
    let rejected = club.invited(&club.ada, "ben@example.com", "member");
    club.done(&ben, "reject-invitation", &json!({ "invitationId": rejected }));
    refused(&accept(&ben, &rejected), 400, "INVITATION_NOT_FOUND", "invitation_gone");
    // A member who may cancel does not rewrite what the recipient answered.
    let answer = club.post(&club.ada, "cancel-invitation", &json!({ "invitationId": rejected }));
    refused(&answer, 400, "INVITATION_NOT_FOUND", "invitation_gone");
    let canceled = club.invited(&club.ada, "ben@example.com", "member");
    club.done(&club.ada, "cancel-invitation", &json!({ "invitationId": canceled }));
    refused(&accept(&ben, &canceled), 400, "INVITATION_NOT_FOUND", "invitation_gone");
    let over = club.invited(&club.ada, "ben@example.com", "member");
    club.database.query("update invitation set \"expiresAt\" = now() - interval '1 second' where status = 'pending'");
    refused(&accept(&ben, &over), 400, "INVITATION_NOT_FOUND", "invitation_gone");
    let accepted = club.invited(&club.ada, "ben@example.com", "member");
    assert_eq!(accept(&ben, &accepted).status, 200);
    refused(&accept(&ben, &accepted), 400, "INVITATION_NOT_FOUND", "invitation_gone");
    for unknown in ["", "nothing", "\u{0}", "' or 1=1 --"] {
        refused(&accept(&ben, unknown), 400, "INVITATION_NOT_FOUND", "invitation_gone");
    }
    assert_eq!(club.members(), 2);
}

#[test]
fn attack_an_invitation_does_not_outlive_its_inviter() {
    let club = Club::new("");
    let (mallory, row) = club.member("mallory@example.com", "admin");
    let id = club.invited(&mallory, "eve@example.com", "admin");
    club.done(&club.ada, "remove-member", &json!({ "memberIdOrEmail": row, "organizationId": club.id }));
    let eve = club.person("eve@example.com");
    let code = "INVITER_IS_NO_LONGER_A_MEMBER_OF_THE_ORGANIZATION";
    refused(&club.post(&eve, "accept-invitation", &json!({ "invitationId": id })), 400, code, "inviter_gone");
    refused(&club.get(&eve, &format!("get-invitation?id={id}")), 400, code, "inviter_gone");
    assert_eq!(club.members(), 1);
}

#[test]
fn attack_identifiers_of_another_organization_reach_nothing() {
    let club = Club::new("");
    let (_, ben) = club.member("ben@example.com", "member");
    let mallory = club.person("mallory@example.com");
    let own = text(&club.done(&mallory, "create", &json!({ "name": "Own", "slug": "own" })).json()["id"]);
    let ada = club.database.value(
        "select m.id::text from member m join \"user\" u on u.id = m.\"userId\" where email = 'ada@example.com'",
    );
    // With the attacker's own organization in the request, members of another one are unknown, owners among them.
    for row in [&ben, &ada] {
        let body = json!({ "memberIdOrEmail": row, "organizationId": own });
        refused(&club.post(&mallory, "remove-member", &body), 400, "MEMBER_NOT_FOUND", "unknown_member");
        let body = json!({ "memberId": row, "role": "member", "organizationId": own });
        refused(&club.post(&mallory, "update-member-role", &body), 400, "MEMBER_NOT_FOUND", "unknown_member");
    }
    let body = json!({ "memberIdOrEmail": "ben@example.com", "organizationId": own });
    refused(&club.post(&mallory, "remove-member", &body), 400, "MEMBER_NOT_FOUND", "unknown_member");
    // With the other organization in the request, the attacker is no member.
    let body = json!({ "memberIdOrEmail": ben, "organizationId": club.id });
    refused(&club.post(&mallory, "remove-member", &body), 400, "MEMBER_NOT_FOUND", "not_a_member");
    let body = json!({ "email": "x@example.com", "role": "member", "organizationId": club.id });
    refused(&club.post(&mallory, "invite-member", &body), 400, "MEMBER_NOT_FOUND", "not_a_member");
    let code = "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION";
    let body = json!({ "organizationId": club.id, "data": { "name": "X" } });
    refused(&club.post(&mallory, "update", &body), 400, code, "not_a_member");
    refused(&club.post(&mallory, "delete", &json!({ "organizationId": club.id })), 400, code, "not_a_member");
    let body = json!({ "organizationId": club.id, "permissions": { "member": ["delete"] } });
    refused(&club.post(&mallory, "has-permission", &body), 401, code, "not_a_member");
    for query in [format!("organizationId={}", club.id), "organizationSlug=club".to_owned()] {
        refused(&club.get(&mallory, &format!("get-organization?{query}")), 403, code, "not_a_member");
        refused(&club.get(&mallory, &format!("get-full-organization?{query}")), 403, code, "not_a_member");
        let answer = club.get(&mallory, &format!("list-members?{query}"));
        refused(&answer, 403, "YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION", "not_a_member");
    }
    // Asking for another organization changes nothing for the session.
    let session = club.service.get("/get-session", &mallory).json();
    assert_eq!(session["session"]["activeOrganizationId"], own);
    // No filter leaves the organization.
    let query = format!("list-members?organizationId={own}&filterField=organizationId&filterValue={}", club.id);
    assert_eq!(club.get(&mallory, &query).json(), json!({ "members": [], "total": 0 }));
    assert_eq!(club.members(), 3);
}

#[test]
fn attack_a_removed_member_with_a_live_session_can_do_nothing() {
    let club = Club::new("");
    let (eve, row) = club.member("eve@example.com", "admin");
    let session = club.service.get("/get-session", &eve).json();
    assert_eq!(session["session"]["activeOrganizationId"], club.id);
    club.done(&club.ada, "remove-member", &json!({ "memberIdOrEmail": row, "organizationId": club.id }));
    // The session still names the organization.
    for (name, body) in [
        ("invite-member", json!({ "email": "x@example.com", "role": "admin" })),
        ("update", json!({ "data": { "name": "X" } })),
        ("remove-member", json!({ "memberIdOrEmail": "ada@example.com" })),
        ("update-member-role", json!({ "memberId": row, "role": "admin" })),
        ("has-permission", json!({ "permissions": { "member": ["delete"] } })),
        ("leave", json!({ "organizationId": club.id })),
    ] {
        let answer = club.post(&eve, name, &body);
        assert!((400..404).contains(&answer.status), "{name}: {} {}", answer.status, answer.text());
        assert_eq!(answer.header("x-gatepost-reason"), Some("not_a_member"), "{name}");
    }
    for query in ["list-members", "get-active-member", "get-active-member-role", "list-invitations"] {
        let answer = club.get(&eve, query);
        assert!((400..404).contains(&answer.status), "{query}: {}", answer.text());
        assert_eq!(answer.header("x-gatepost-reason"), Some("not_a_member"), "{query}");
    }
    // Reading the organization leaves the session without one.
    let code = "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION";
    refused(&club.get(&eve, "get-organization"), 403, code, "not_a_member");
    let session = club.service.get("/get-session", &eve).json();
    assert_eq!(session["session"]["activeOrganizationId"], Value::Null);
    assert_eq!(club.members(), 1);
}

#[test]
fn attack_no_member_gives_a_role_above_their_own() {
    let club = Club::new(
        "[access.organization_roles]\nowner = { built_in = \"owner\" }\nadmin = { built_in = \"admin\" }\n\
         hr = { member = [\"update\", \"delete\"], invitation = [\"create\"] }\nmember = {}\n",
    );
    let (hr, hr_row) = club.member("hr@example.com", "hr");
    let (admin, admin_row) = club.member("admin@example.com", "admin");
    let (_, ben_row) = club.member("ben@example.com", "member");
    let give = |by: &str, row: &str, role: &str| {
        club.post(by, "update-member-role", &json!({ "memberId": row, "role": role, "organizationId": club.id }))
    };
    let invite = |by: &str, role: &str| {
        club.post(by, "invite-member", &json!({ "email": "new@example.com", "role": role, "organizationId": club.id }))
    };
    let code = "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER";
    for (by, row, role) in [
        (&hr, &hr_row, "admin"),
        (&hr, &ben_row, "admin"),
        (&hr, &ben_row, "member,admin"),
        (&hr, &ben_row, "owner"),
        (&hr, &admin_row, "member"),
        (&admin, &admin_row, "owner"),
        (&admin, &ben_row, " owner "),
    ] {
        refused(&give(by, row, role), 403, code, "member_outranked");
    }
    let code = "YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE";
    for (by, role) in [(&hr, "admin"), (&hr, "owner"), (&admin, "owner"), (&admin, "member, owner")] {
        refused(&invite(by, role), 403, code, "member_outranked");
    }
    let body = json!({ "memberIdOrEmail": "admin@example.com", "organizationId": club.id });
    refused(
        &club.post(&hr, "remove-member", &body),
        401,
        "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_MEMBER",
        "member_outranked",
    );
    assert_eq!(give(&hr, &ben_row, "hr").status, 200);
    assert_eq!(invite(&hr, "hr").status, 200);
    // Sending an invitation again needs the rights that it gives.
    club.invited(&club.ada, "second@example.com", "admin");
    let body = json!({ "email": "second@example.com", "role": "member", "organizationId": club.id, "resend": true });
    refused(&club.post(&hr, "invite-member", &body), 403, code, "member_outranked");
    let roles = club.database.value("select string_agg(role, ' ' order by role) from member");
    assert_eq!(roles, "admin hr hr owner");
}

#[test]
fn the_last_owner_can_neither_leave_nor_be_removed_nor_demoted() {
    let club = Club::new("");
    let row = club.database.value("select id::text from member");
    let (admin, _) = club.member("admin@example.com", "admin");
    let code = "YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER";
    refused(&club.post(&club.ada, "leave", &json!({ "organizationId": club.id })), 400, code, "last_owner");
    for by in [&club.ada, &admin] {
        let body = json!({ "memberIdOrEmail": row, "organizationId": club.id });
        refused(&club.post(by, "remove-member", &body), 400, code, "last_owner");
    }
    let body = json!({ "memberId": row, "role": "admin", "organizationId": club.id });
    let code = "YOU_CANNOT_LEAVE_THE_ORGANIZATION_WITHOUT_AN_OWNER";
    refused(&club.post(&club.ada, "update-member-role", &body), 400, code, "last_owner");
    let body = json!({ "memberId": row, "role": ["owner", "admin"], "organizationId": club.id });
    assert_eq!(club.done(&club.ada, "update-member-role", &body).json()["role"], "owner,admin");
}

#[test]
fn of_owners_who_go_at_the_same_moment_one_stays() {
    let club = Club::new("");
    let others: Vec<_> = (0..7).map(|number| club.member(&format!("o{number}@example.com"), "owner").0).collect();
    let owners: Vec<_> = std::iter::once(&club.ada).chain(&others).collect();
    let rows: Vec<_> = club.database.query("select id::text from member order by \"createdAt\"");
    let answers = at_once(owners.len(), |number| match number % 2 {
        0 => club.post(owners[number], "leave", &json!({ "organizationId": club.id })),
        _ => {
            let row = rows[number][0].clone().unwrap();
            let body = json!({ "memberId": row, "role": "member", "organizationId": club.id });
            club.post(owners[number], "update-member-role", &body)
        }
    });
    let gone = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(gone, 7, "{:?}", answers.iter().map(Answer::text).collect::<Vec<_>>());
    assert_eq!(club.database.value("select count(*)::text from member where role = 'owner'"), "1");
}

#[test]
fn fifty_racers_for_the_last_seat_get_one() {
    let club = Club::new("membership_limit = 3\ninvitation_limit = 100\n");
    club.member("ben@example.com", "member");
    let first = club.person("r0@example.com");
    // Each racer needs an address and a session of its own, and no password of its own.
    let racers: Vec<_> = (0..PARALLEL)
        .map(|number| {
            let email = format!("r{number}@example.com");
            let cookie = if number == 0 { first.clone() } else { club.person(&email) };
            (cookie, club.invited(&club.ada, &email, "member"))
        })
        .collect();
    let answers = at_once(PARALLEL, |number| {
        let (cookie, id) = &racers[number];
        club.post(cookie, "accept-invitation", &json!({ "invitationId": id }))
    });
    let winners = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!((winners, club.members()), (1, 3));
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        refused(answer, 403, "ORGANIZATION_MEMBERSHIP_LIMIT_REACHED", "organization_full");
    }
    let pending = club.database.value("select count(*)::text from invitation where status = 'pending'");
    assert_eq!(pending, (PARALLEL - 1).to_string(), "the invitations of the others can be accepted later");
}

#[test]
fn fifty_requests_accept_an_invitation_once() {
    let club = Club::new("");
    let ben = club.person("ben@example.com");
    let id = club.invited(&club.ada, "ben@example.com", "member");
    let body = json!({ "invitationId": id });
    let answers = at_once(PARALLEL, |_| club.post(&ben, "accept-invitation", &body));
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(club.members(), 2);
}

#[test]
fn limits_hold_for_requests_at_the_same_moment() {
    let club = Club::new("organization_limit = 3\ninvitation_limit = 4\n");
    let answers = at_once(PARALLEL, |number| {
        club.post(&club.ada, "create", &json!({ "name": "X", "slug": format!("x{number}") }))
    });
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 2);
    let code = "YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_ORGANIZATIONS";
    let lost = answers.iter().find(|answer| answer.status != 200).unwrap();
    refused(lost, 403, code, "organization_limit");
    let answers = at_once(PARALLEL, |number| {
        let body = json!({ "email": format!("x{number}@example.com"), "role": "member", "organizationId": club.id });
        club.post(&club.ada, "invite-member", &body)
    });
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 4);
    let lost = answers.iter().find(|answer| answer.status != 200).unwrap();
    refused(lost, 403, "INVITATION_LIMIT_REACHED", "invitation_limit");
    // One address has one pending invitation, and one slug one organization.
    club.database.query("delete from invitation");
    let body = json!({ "email": "same@example.com", "role": "member", "organizationId": club.id });
    let answers = at_once(PARALLEL, |_| club.post(&club.ada, "invite-member", &body));
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    let lost = answers.iter().find(|answer| answer.status != 200).unwrap();
    refused(lost, 400, "USER_IS_ALREADY_INVITED_TO_THIS_ORGANIZATION", "already_invited");
    let people: Vec<_> = (0..6).map(|number| club.person(&format!("p{number}@example.com"))).collect();
    let answers = at_once(6, |number| club.post(&people[number], "create", &json!({ "name": "S", "slug": "same" })));
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    let lost = answers.iter().find(|answer| answer.status != 200).unwrap();
    refused(lost, 400, "ORGANIZATION_ALREADY_EXISTS", "organization_exists");
}

#[test]
fn without_a_session_each_endpoint_says_so() {
    let club = Club::new("");
    let body = r#"{"name":"X","slug":"x","data":{},"organizationId":"x","email":"x@example.com","role":"member",
        "invitationId":"x","memberIdOrEmail":"x","memberId":"x","permissions":{}}"#;
    for path in [
        "/organization/create",
        "/organization/check-slug",
        "/organization/update",
        "/organization/delete",
        "/organization/set-active",
        "/organization/invite-member",
        "/organization/cancel-invitation",
        "/organization/accept-invitation",
        "/organization/reject-invitation",
        "/organization/remove-member",
        "/organization/update-member-role",
        "/organization/leave",
        "/organization/has-permission",
    ] {
        let answer = club.service.post(path, "", body);
        assert_eq!((answer.status, answer.header("x-gatepost-reason")), (401, Some("no_session_cookie")), "{path}");
    }
    for (path, status) in [
        ("/organization/list", 401),
        ("/organization/get-organization", 401),
        ("/organization/get-full-organization", 401),
        ("/organization/get-invitation?id=x", 401),
        ("/organization/list-invitations", 401),
        ("/organization/list-user-invitations", 400),
        ("/organization/list-members", 401),
        ("/organization/get-active-member", 401),
        ("/organization/get-active-member-role", 401),
    ] {
        let answer = club.service.get(path, "");
        assert_eq!((answer.status, answer.header("x-gatepost-reason")), (status, Some("no_session_cookie")), "{path}");
    }
}

#[test]
fn each_refusal_has_its_reason() {
    let club = Club::new("disable_organization_deletion = true\n");
    let (ben, ben_row) = club.member("ben@example.com", "member");
    let id = &club.id;
    let answer = club.post(&club.ada, "delete", &json!({ "organizationId": id }));
    refused(&answer, 404, "ORGANIZATION_DELETION_DISABLED", "feature_disabled");
    let body = json!({ "email": "ben@example.com", "role": "member", "organizationId": id });
    refused(
        &club.post(&club.ada, "invite-member", &body),
        400,
        "USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION",
        "already_member",
    );
    let body = json!({ "email": "x@example.com", "role": "boss", "organizationId": id });
    let answer = club.post(&club.ada, "invite-member", &body);
    assert_eq!((answer.status, answer.json()), (400, json!({ "message": "ROLE_NOT_FOUND: boss" })));
    let body = json!({ "memberId": ben_row, "role": "boss", "organizationId": id });
    refused(&club.post(&club.ada, "update-member-role", &body), 400, "ROLE_NOT_FOUND", "unknown_member_role");
    let body = json!({ "email": "x@example.com", "role": "member", "organizationId": id });
    let code = "YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION";
    refused(&club.post(&ben, "invite-member", &body), 403, code, "member_not_permitted");
    let answer = club.get(&club.person("eve@example.com"), "list-members");
    refused(&answer, 400, "NO_ACTIVE_ORGANIZATION", "no_organization");
    let closed = Club::new("");
    let toml = format!("{TOML}{SECTION}allow_user_to_create_organization = false\n");
    let variables = [("DATABASE_URL", closed.database.url.as_str()), ("VERCEL_ENV", "development")];
    let service = Service::with(&toml, &variables);
    let answer = service.post("/organization/create", &closed.ada, r#"{"name":"X","slug":"x"}"#);
    refused(&answer, 403, "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_ORGANIZATION", "organizations_closed");
}

#[test]
fn several_memberships_of_one_user_end_together() {
    let club = Club::new("");
    let (eve, row) = club.member("eve@example.com", "member");
    // As better-auth writes them when a member accepts another invitation.
    let new_id = club
        .database
        .query("select data_type from information_schema.columns where table_name = 'member' and column_name = 'id'");
    let id = if new_id[0][0].as_deref() == Some("text") { "'second', " } else { "" };
    let column = if id.is_empty() { "" } else { "id, " };
    club.database.query(&format!(
        "insert into member ({column}\"organizationId\", \"userId\", role, \"createdAt\")
         select {id}\"organizationId\", \"userId\", 'admin', now() from member where id::text = '{row}'"
    ));
    let body = json!({ "memberId": row, "role": "member", "organizationId": club.id });
    club.done(&club.ada, "update-member-role", &body);
    assert_eq!(club.database.value("select string_agg(distinct role, ' ' order by role) from member"), "member owner");
    club.done(&club.ada, "remove-member", &json!({ "memberIdOrEmail": row, "organizationId": club.id }));
    assert_eq!(club.members(), 1);
    assert_eq!(club.get(&eve, "list").json(), json!([]));
}

#[test]
fn each_table_takes_additional_fields() {
    let club = Club::new(
        "[schema.organization.additional_fields]\nplan = { type = \"string\", required = false, default_value = \"free\" }\n\
         secret = { type = \"string\", required = false, returned = false }\n\
         [schema.member.additional_fields]\nseat = { type = \"number\", required = false, default_value = 7, input = false }\n\
         [schema.invitation.additional_fields]\nnote = { type = \"string\", field_name = \"the note\" }\n",
    );
    let body = json!({ "name": "B", "slug": "b", "plan": "paid", "secret": "s", "other": 1 });
    let made = club.done(&club.ada, "create", &body).json();
    assert_eq!((&made["plan"], made.get("secret"), made.get("other")), (&json!("paid"), None, None));
    assert_eq!(made["members"][0]["seat"], 7);
    assert_eq!(club.database.value("select secret from organization where slug = 'b'"), "s");
    let answer = club.post(&club.ada, "create", &json!({ "name": "C", "slug": "c", "plan": 5 }));
    refused(&answer, 400, "VALIDATION_ERROR", "invalid_input");
    let body = json!({ "organizationId": made["id"], "data": { "plan": "gold" } });
    assert_eq!(club.done(&club.ada, "update", &body).json()["plan"], "gold");
    let body = json!({ "email": "ben@example.com", "role": "member", "organizationId": club.id });
    let answer = club.post(&club.ada, "invite-member", &body);
    assert_eq!(answer.json()["message"], "[body.note] Invalid input: expected string, received undefined");
    let body = json!({ "email": "ben@example.com", "role": "member", "organizationId": club.id, "note": "Hi" });
    let invitation = club.done(&club.ada, "invite-member", &body).json();
    assert_eq!(invitation["note"], "Hi");
    let ben = club.person("ben@example.com");
    let answer = club.done(&ben, "accept-invitation", &json!({ "invitationId": invitation["id"] })).json();
    assert_eq!((&answer["invitation"]["note"], &answer["member"]["seat"]), (&json!("Hi"), &json!(7)));
    let list = club.get(&ben, "list-members?filterField=seat&filterOperator=gte&filterValue=7").json();
    assert_eq!(list["total"], 2, "{list}");
    assert_eq!(club.get(&ben, "list").json()[0]["plan"], "free");
}

#[test]
fn tokens_say_the_active_organization_with_roles_and_permissions() {
    let jwt = "[jwt]\nenabled = true\n";
    let all = "claims = [\"organization\", \"roles\", \"permissions\"]\n";
    let club = Club::new(&format!(
        "{all}{jwt}[access.organization_roles]\nowner = {{ built_in = \"owner\" }}\n\
        admin = {{ project = [\"create\", \"share\"] }}\nmember = {{ project = [\"create\"] }}\n"
    ));
    let claims = |service: &Service, cookie: &str| {
        let token = text(&service.get("/token", cookie).json()["token"]);
        let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        serde_json::from_slice::<Value>(&payload).unwrap()
    };
    let (ben, row) = club.member("ben@example.com", "member,admin");
    let found = claims(&club.service, &ben);
    assert_eq!((&found["org_id"], &found["org_slug"]), (&json!(club.id), &json!("club")));
    assert_eq!(found["org_roles"], json!(["member", "admin"]));
    assert_eq!(found["org_permissions"], json!(["project:create", "project:share"]));
    club.done(&ben, "set-active", &json!({ "organizationId": null }));
    assert_eq!(claims(&club.service, &ben).get("org_id"), None);
    club.done(&ben, "set-active", &json!({ "organizationSlug": "club" }));
    assert_eq!(claims(&club.service, &ben)["org_id"], club.id);
    // A removed member has no claims, regardless of the organization that the session names.
    club.done(&club.ada, "remove-member", &json!({ "memberIdOrEmail": row, "organizationId": club.id }));
    let found = claims(&club.service, &ben);
    assert!(
        ["org_id", "org_slug", "org_roles", "org_permissions"].iter().all(|name| found.get(name).is_none()),
        "{found}"
    );
    let plain = Club::new(jwt);
    assert_eq!(claims(&plain.service, &plain.ada).get("org_id"), None);
}

#[test]
fn each_request_of_an_organization_sends_as_few_statements_as_promised() {
    let toml = format!("{TOML}{SECTION}");
    let database = database(&toml);
    let wire = Wire::new(&database.url);
    let service = Service::with(&toml, &[("DATABASE_URL", &wire.url)]);
    let (ada, ben) = (person(&database, &service, "ada@example.com"), person(&database, &service, "ben@example.com"));
    let made = service.post("/organization/create", &ada, r#"{"name":"Club","slug":"club"}"#).json();
    let id = text(&made["id"]);
    let count = |cookie: &str, path: &str, body: Option<Value>| {
        wire.statements();
        let answer = match body {
            Some(body) => service.post(&format!("/organization/{path}"), cookie, &body.to_string()),
            None => service.get(path, cookie),
        };
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        (path.to_owned(), wire.statements().len(), answer.json())
    };
    let read = |path: &str| count(&ada, path, None);
    let invited = count(&ada, "invite-member", Some(json!({ "email": "ben@example.com", "role": "member" })));
    let accept = json!({ "invitationId": invited.2["id"] });
    let counts = [
        read("/get-session"),
        count(&ada, "has-permission", Some(json!({ "permissions": { "member": ["create"] } }))),
        read("/organization/list-members"),
        read("/organization/list"),
        read("/organization/get-organization"),
        read("/organization/get-full-organization"),
        read("/organization/get-active-member"),
        read("/organization/get-active-member-role"),
        read("/organization/list-invitations"),
        invited,
        count(&ben, "accept-invitation", Some(accept)),
        count(&ada, "set-active", Some(json!({ "organizationId": id }))),
        count(&ada, "update", Some(json!({ "data": { "name": "Else" } }))),
        count(&ben, "leave", Some(json!({ "organizationId": id }))),
        count(&ada, "create", Some(json!({ "name": "Other", "slug": "other" }))),
    ];
    // A statement behind a lock counts three times, and is one round trip: the transaction with the lock, the statement, and the end.
    let expected = [1, 2, 2, 2, 2, 4, 2, 2, 3, 6, 6, 3, 3, 6, 5];
    assert_eq!(
        counts.each_ref().map(|(_, count, _)| *count),
        expected,
        "{:?}",
        counts.each_ref().map(|one| (&one.0, one.1))
    );
    assert_eq!(wire.named(), Vec::<String>::new());
}

#[test]
fn an_active_organization_in_a_secondary_storage() {
    let Some(redis) = Redis::start() else { return };
    let url = redis.url();
    let club = Club::with(&format!("{TOML}{SECTION}[secondary_storage]\nenabled = true\n"), &[("REDIS_URL", &url)]);
    let session = club.service.get("/get-session", &club.ada).json();
    assert_eq!(session["session"]["activeOrganizationId"], club.id);
    club.done(&club.ada, "set-active", &json!({ "organizationId": null }));
    let session = club.service.get("/get-session", &club.ada).json();
    assert_eq!(session["session"].get("activeOrganizationId").cloned().unwrap_or_default(), Value::Null);
}

#[test]
fn a_role_of_creators_that_does_not_exist_and_options_without_a_key_are_refused_at_start() {
    use gatepost_core::config::{Source, Variables};
    let problems = |toml: &str| {
        let source = Source { name: "gatepost.toml", text: toml };
        let variables = [("DATABASE_URL", "postgres://u@localhost/x"), ("EMAIL_URL", "file:/dev/null")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let (_, problems) = gatepost_core::Config::examine(&variables.into_iter().collect::<Variables>(), Some(source));
        let texts = problems.0.iter().map(ToString::to_string);
        texts.filter(|text| text.contains("organization")).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(problems(SECTION), "");
    assert!(problems(&format!("{SECTION}creator_role = \"boss\"\n")).contains("there is no role `boss`"));
    assert!(problems(&format!("{SECTION}claims = [\"boss\"]\n")).contains("`boss` is no claim"));
    for (more, told) in [
        ("[organization.teams.default_team]\ncustom_create_default_team = true\n", "no code is called"),
        ("[organization.dynamic_access_control]\nmaximum_roles_per_organization = 1001\n", "1000"),
        ("roles = {}\n", "write `[access.organization_roles.<name>]`"),
    ] {
        let found = problems(&format!("{SECTION}{more}"));
        assert!(found.contains(told), "{found}");
    }
}
