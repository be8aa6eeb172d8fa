//! Teams: what gatepost alone does, each known hole closed with a test of its name. What better-auth does is compared with it in
//! `organizations_matrix.rs` and by the scenarios in tests/client/scenarios/organization-teams.

use serde_json::{Value, json};

use super::organizations::{Club, PARALLEL, text};
use crate::support::{
    crowd::at_once,
    http::{Answer, refused},
    postgres::Database,
    redis::Redis,
    secondary_storage::{database, deployed},
    service::Service,
    wire::Wire,
};

const TOML: &str = "[email_and_password]\nenabled = true\n[organization]\nenabled = true\n";
const TEAMS: &str = "[organization.teams]\nenabled = true\n";

fn club(more: &str) -> Club {
    Club::new(&format!("{TEAMS}{more}"))
}

/// A new team, made by ada.
#[track_caller]
fn team(club: &Club, name: &str) -> String {
    text(&club.done(&club.ada, "create-team", &json!({ "name": name, "organizationId": club.id })).json()["id"])
}

fn user_id(club: &Club, email: &str) -> String {
    club.database.value(&format!("select id::text from \"user\" where email = '{email}'"))
}

#[track_caller]
fn added(club: &Club, by: &str, team: &str, email: &str) -> Answer {
    let body = json!({ "teamId": team, "userId": user_id(club, email), "organizationId": club.id });
    club.post(by, "add-team-member", &body)
}

/// The number of rows that members of a team have, and the number that other servers count by.
fn counted(club: &Club, team: &str) -> (String, String) {
    let rows = club.database.value(&format!("select count(*)::text from \"teamMember\" where \"teamId\" = '{team}'"));
    (rows, club.database.value(&format!("select \"memberCount\"::text from team where id = '{team}'")))
}

fn both(number: usize) -> (String, String) {
    (number.to_string(), number.to_string())
}

#[test]
fn fifty_racers_for_the_last_place_in_a_team_get_one() {
    let club = club("maximum_members_per_team = 3\n");
    let team = team(&club, "Red");
    let racers: Vec<_> = (0..PARALLEL)
        .map(|number| {
            let email = format!("r{number}@example.com");
            club.member(&email, "member");
            user_id(&club, &email)
        })
        .collect();
    for user in &racers[..2] {
        club.done(&club.ada, "add-team-member", &json!({ "teamId": team, "userId": user }));
    }
    let answers = at_once(PARALLEL, |number| {
        club.post(&club.ada, "add-team-member", &json!({ "teamId": team, "userId": racers[number] }))
    });
    let winners = answers.iter().filter(|answer| answer.status == 200).count();
    // The two who were there are answered as before.
    assert_eq!((winners, counted(&club, &team)), (3, both(3)));
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        refused(answer, 403, "TEAM_MEMBER_LIMIT_REACHED", "team_full");
    }
    // A place that becomes free is given once more.
    club.done(&club.ada, "remove-team-member", &json!({ "teamId": team, "userId": racers[0] }));
    assert_eq!(counted(&club, &team), both(2));
    let answers =
        at_once(PARALLEL, |_| club.post(&club.ada, "add-team-member", &json!({ "teamId": team, "userId": racers[0] })));
    assert!(answers.iter().all(|answer| answer.status == 200), "one request adds the member, and the others find it");
    assert_eq!(counted(&club, &team), both(3));
}

#[test]
fn fifty_racers_for_the_last_place_by_invitation_get_one() {
    let club = club("maximum_members_per_team = 1\n");
    let team = team(&club, "Red");
    let racers: Vec<_> = (0..PARALLEL)
        .map(|number| {
            let email = format!("r{number}@example.com");
            let body = json!({ "email": email, "role": "member", "teamId": team, "organizationId": club.id });
            let invitation = club.done(&club.ada, "invite-member", &body).json();
            (club.person(&email), text(&invitation["id"]))
        })
        .collect();
    let answers = at_once(PARALLEL, |number| {
        let (cookie, id) = &racers[number];
        club.post(cookie, "accept-invitation", &json!({ "invitationId": id }))
    });
    let winners = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!((winners, counted(&club, &team)), (1, both(1)));
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        refused(answer, 403, "TEAM_MEMBER_LIMIT_REACHED", "team_full");
    }
    let members = club.database.value("select count(*)::text from member");
    assert_eq!(members, "2", "who gets no place in the team is no member of the organization either");
    let pending = club.database.value("select count(*)::text from invitation where status = 'pending'");
    assert_eq!(pending, (PARALLEL - 1).to_string());
}

#[test]
fn fifty_racers_for_the_last_team_allowed_get_one() {
    let club = club("maximum_teams = 3\n");
    team(&club, "Red");
    let answers = at_once(PARALLEL, |number| {
        club.post(&club.ada, "create-team", &json!({ "name": format!("Team {number}"), "organizationId": club.id }))
    });
    let winners = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!((winners, club.database.value("select count(*)::text from team").as_str()), (1, "3"));
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        refused(answer, 400, "YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_TEAMS", "team_limit");
    }
}

#[test]
fn of_teams_that_are_removed_at_the_same_moment_one_stays() {
    let club = club("");
    club.done(&club.ada, "set-active-team", &json!({ "teamId": null }));
    let mut teams: Vec<_> = (0..9).map(|number| team(&club, &format!("Team {number}"))).collect();
    let first = club.get(&club.ada, "list-teams").json();
    teams.push(text(&first[0]["id"]));
    let answers = at_once(teams.len(), |number| {
        club.post(&club.ada, "remove-team", &json!({ "teamId": teams[number], "organizationId": club.id }))
    });
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), teams.len() - 1);
    let last = answers.iter().find(|answer| answer.status != 200).unwrap();
    refused(last, 400, "UNABLE_TO_REMOVE_LAST_TEAM", "last_team");
    assert_eq!(club.database.value("select count(*)::text from team"), "1");

    let all = self::club("allow_removing_all_teams = true\n[organization.teams.default_team]\nenabled = false\n");
    assert_eq!(all.get(&all.ada, "list-teams").json(), json!([]));
    let only = team(&all, "Red");
    all.done(&all.ada, "remove-team", &json!({ "teamId": only }));
    assert_eq!(all.get(&all.ada, "list-teams").json(), json!([]));
}

#[test]
fn a_removed_member_leaves_the_teams_and_reads_none_of_them() {
    let club = club("");
    let (ben, row) = club.member("ben@example.com", "admin");
    let (red, blue) = (team(&club, "Red"), team(&club, "Blue"));
    for team in [&red, &blue] {
        assert_eq!(added(&club, &club.ada, team, "ben@example.com").status, 200);
    }
    club.done(&ben, "set-active-team", &json!({ "teamId": red }));
    assert_eq!(club.get(&ben, "list-team-members").json().as_array().unwrap().len(), 1);
    club.done(&club.ada, "remove-member", &json!({ "memberIdOrEmail": row, "organizationId": club.id }));
    for team in [&red, &blue] {
        assert_eq!(counted(&club, team), both(0));
    }
    // The session still names the team and the organization, which permits nothing.
    refused(&club.get(&ben, "list-team-members"), 400, "USER_IS_NOT_A_MEMBER_OF_THE_TEAM", "not_in_team");
    refused(&club.get(&ben, "list-teams"), 403, "YOU_ARE_NOT_ALLOWED_TO_ACCESS_THIS_ORGANIZATION", "not_a_member");
    let answer = club.post(&ben, "set-active-team", &json!({ "teamId": blue }));
    refused(&answer, 403, "USER_IS_NOT_A_MEMBER_OF_THE_TEAM", "not_in_team");
    assert_eq!(club.get(&ben, "list-user-teams").json(), json!([]));
}

#[test]
fn a_membership_of_a_team_without_one_of_the_organization_permits_nothing() {
    let club = club("");
    let (ben, row) = club.member("ben@example.com", "member");
    let red = team(&club, "Red");
    assert_eq!(added(&club, &club.ada, &red, "ben@example.com").status, 200);
    // Another server, or a statement by hand, has removed the member alone.
    club.database.query(&format!("delete from member where id = '{row}'"));
    let listed = club.get(&ben, &format!("list-team-members?teamId={red}"));
    refused(&listed, 400, "USER_IS_NOT_A_MEMBER_OF_THE_TEAM", "not_in_team");
    let active = club.post(&ben, "set-active-team", &json!({ "teamId": red }));
    refused(&active, 403, "USER_IS_NOT_A_MEMBER_OF_THE_TEAM", "not_in_team");
    assert_eq!(club.get(&ben, "list-user-teams").json(), json!([]));
}

#[test]
fn a_team_of_another_organization_is_unknown() {
    let club = club("");
    let red = team(&club, "Red");
    let eve = club.person("eve@example.com");
    let home = text(&club.done(&eve, "create", &json!({ "name": "Home", "slug": "home" })).json()["id"]);
    let own = json!({ "teamId": red, "userId": user_id(&club, "eve@example.com"), "organizationId": home });
    for (name, body) in [
        ("add-team-member", own.clone()),
        ("remove-team-member", own),
        ("remove-team", json!({ "teamId": red, "organizationId": home })),
        ("update-team", json!({ "teamId": red, "data": { "name": "Stolen", "organizationId": home } })),
        ("set-active-team", json!({ "teamId": red })),
        ("invite-member", json!({ "email": "x@example.com", "role": "member", "teamId": red })),
        ("invite-member", json!({ "email": "x@example.com", "role": "member", "teamId": [red] })),
    ] {
        refused(&club.post(&eve, name, &body), 400, "TEAM_NOT_FOUND", "unknown_team");
    }
    let comma = json!({ "email": "x@example.com", "role": "member", "teamId": format!("{red},{red}") });
    refused(&club.post(&eve, "invite-member", &comma), 400, "INVALID_TEAM_ID", "unknown_team");
    assert_eq!(club.database.value(&format!("select name from team where id = '{red}'")), "Red");
}

#[test]
fn a_session_without_an_active_team_names_none() {
    let club = club("");
    let (ben, _) = club.member("ben@example.com", "member");
    let answer = club.get(&ben, "list-team-members");
    refused(&answer, 400, "YOU_DO_NOT_HAVE_AN_ACTIVE_TEAM", "no_active_team");
    let first = club.service.get("/get-session", &club.ada).json()["session"]["activeTeamId"].clone();
    let answer = club.post(&club.ada, "remove-team", &json!({ "teamId": first }));
    refused(&answer, 403, "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_TEAM", "active_team");
    let answer = club.service.post("/update-session", &ben, &json!({ "activeTeamId": first }).to_string());
    assert_eq!(answer.status, 400, "a client does not write the field itself: {}", answer.text());
}

#[test]
fn an_invitation_names_several_teams_and_the_user_joins_all_of_them() {
    let club = club("");
    let (red, blue) = (team(&club, "Red"), team(&club, "Blue"));
    let ben = club.person("ben@example.com");
    let body =
        json!({ "email": "ben@example.com", "role": "member", "teamId": [red, blue], "organizationId": club.id });
    let invitation = club.done(&club.ada, "invite-member", &body).json();
    assert_eq!(invitation["teamId"], format!("{red},{blue}"));
    let answer = club.done(&ben, "accept-invitation", &json!({ "invitationId": invitation["id"] }));
    assert_eq!(answer.header("set-cookie"), None, "with several teams none is active, and no cookie changes");
    assert_eq!((counted(&club, &red), counted(&club, &blue)), (both(1), both(1)));
    let names = club.get(&ben, "list-user-teams").json();
    let names: Vec<_> = names.as_array().unwrap().iter().map(|team| text(&team["name"])).collect();
    assert_eq!(names, ["Red", "Blue"]);
    // A team that is removed meanwhile is not joined, and the invitation still holds.
    let eve = club.person("eve@example.com");
    let body =
        json!({ "email": "eve@example.com", "role": "member", "teamId": [red, blue], "organizationId": club.id });
    let invitation = club.done(&club.ada, "invite-member", &body).json();
    club.done(&club.ada, "remove-team", &json!({ "teamId": blue }));
    let accepted = club.done(&eve, "accept-invitation", &json!({ "invitationId": invitation["id"] })).json();
    assert_eq!(accepted["invitation"]["teamId"], red);
    assert_eq!(club.service.get("/get-session", &eve).json()["session"]["activeTeamId"], red);
}

#[test]
fn teams_are_the_same_with_each_kind_of_identifier() {
    for ids in ["\"uuid\"", "\"serial\""] {
        let toml = format!("{TOML}{TEAMS}maximum_members_per_team = 2\n[advanced.database]\ngenerate_id = {ids}\n");
        let club = Club::with(&toml, &[]);
        let (red, blue) = (team(&club, "Red"), team(&club, "Blue"));
        let ben = club.person("ben@example.com");
        let body =
            json!({ "email": "ben@example.com", "role": "member", "teamId": [red, blue], "organizationId": club.id });
        let invitation = club.done(&club.ada, "invite-member", &body).json();
        club.done(&ben, "accept-invitation", &json!({ "invitationId": invitation["id"] }));
        assert_eq!((counted(&club, &red), counted(&club, &blue)), (both(1), both(1)), "{ids}");
        assert_eq!(added(&club, &club.ada, &red, "ada@example.com").status, 200, "{ids}");
        club.done(&club.ada, "update-team", &json!({ "teamId": red, "data": { "name": "Crimson" } }));
        refused(
            &club.post(&club.ada, "remove-team", &json!({ "teamId": "nothing" })),
            400,
            "TEAM_NOT_FOUND",
            "unknown_team",
        );
        let answer = club.get(&club.ada, "list-team-members?teamId=nothing");
        refused(&answer, 400, "TEAM_NOT_FOUND", "unknown_team");
        club.done(&club.ada, "remove-team", &json!({ "teamId": blue }));
        club.done(&ben, "leave", &json!({ "organizationId": club.id }));
        assert_eq!(counted(&club, &red), both(1), "{ids}");
        club.done(&club.ada, "delete", &json!({ "organizationId": club.id }));
        assert_eq!(club.database.value("select count(*)::text from team"), "0", "{ids}");
    }
}

#[test]
fn additional_fields_of_teams_are_asked_for_and_kept() {
    let fields = "[schema.team.additional_fields]\ncolour = { type = \"string\" }\nsecret = { type = \"string\", required = false, \
        default_value = \"x\", input = false, returned = false }\n";
    let toml = format!("{TOML}{TEAMS}[organization.teams.default_team]\nenabled = false\n{fields}");
    let club = Club::with(&toml, &[]);
    let answer = club.post(&club.ada, "create-team", &json!({ "name": "Red" }));
    assert_eq!(answer.status, 400, "{}", answer.text());
    let made = club.done(&club.ada, "create-team", &json!({ "name": "Red", "colour": "red", "secret": "y" })).json();
    assert_eq!((&made["colour"], made.get("secret"), made.get("memberCount")), (&json!("red"), None, None));
    assert_eq!(club.database.value("select secret from team"), "x");
    let data = json!({ "colour": "crimson" });
    let changed = club.done(&club.ada, "update-team", &json!({ "teamId": made["id"], "data": data })).json();
    assert_eq!((&changed["colour"], &changed["name"]), (&json!("crimson"), &json!("Red")));
}

#[test]
fn each_request_of_a_team_sends_as_few_statements_as_promised() {
    let toml = format!("{TOML}{TEAMS}");
    let database: Database = database(&toml);
    let wire = Wire::new(&database.url);
    let service = Service::with(&toml, &[("DATABASE_URL", &wire.url)]);
    let ada = service.user("ada@example.com");
    let id = database.value("select id::text from \"user\"");
    let count = |path: &str, body: Option<Value>| {
        wire.statements();
        let answer = match body {
            Some(body) => service.post(&format!("/organization/{path}"), &ada, &body.to_string()),
            None => service.get(&format!("/organization/{path}"), &ada),
        };
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        (wire.statements().len(), answer.json())
    };
    // A statement behind a lock counts three times. Creating also changes the session.
    assert_eq!(count("create", Some(json!({ "name": "Club", "slug": "club" }))).0, 1 + 3 + 1);
    let (sent, team) = count("create-team", Some(json!({ "name": "Red" })));
    let team = text(&team["id"]);
    assert_eq!(sent, 1 + 1 + 3);
    for path in ["list-teams", "list-user-teams", "list-team-members"] {
        assert_eq!(count(path, None).0, 2, "{path}");
    }
    let member = json!({ "teamId": team, "userId": id });
    assert_eq!(count("add-team-member", Some(member.clone())).0, 1 + 1 + 3);
    assert_eq!(count("set-active-team", Some(json!({ "teamId": team }))).0, 1 + 1 + 1);
    assert_eq!(count("update-team", Some(json!({ "teamId": team, "data": { "name": "Blue" } }))).0, 1 + 1 + 1);
    assert_eq!(count("remove-team-member", Some(member)).0, 1 + 1 + 3);
    assert_eq!(count("get-full-organization", None).0, 1 + 4);
    assert_eq!(wire.named(), Vec::<String>::new());
}

#[test]
fn an_active_team_in_a_secondary_storage() {
    let Some(redis) = Redis::start() else { return };
    let url = redis.url();
    let toml = format!("{TOML}{TEAMS}[secondary_storage]\nenabled = true\n");
    let club = Club::with(&toml, &[("REDIS_URL", &url)]);
    let session = club.service.get("/get-session", &club.ada).json();
    let first = club.get(&club.ada, "list-teams").json();
    assert_eq!(session["session"]["activeTeamId"], first[0]["id"]);
    club.done(&club.ada, "set-active-team", &json!({ "teamId": null }));
    let session = club.service.get("/get-session", &club.ada).json();
    assert_eq!(session["session"].get("activeTeamId").cloned().unwrap_or_default(), Value::Null);
}

#[test]
fn without_teams_nothing_of_them_is_there() {
    let (database, service) = deployed(TOML, &[]);
    let ada = service.user("ada@example.com");
    let made = service.post("/organization/create", &ada, r#"{"name":"Club","slug":"club"}"#);
    assert_eq!(made.status, 200, "{}", made.text());
    for path in [
        "/organization/create-team",
        "/organization/update-team",
        "/organization/remove-team",
        "/organization/set-active-team",
        "/organization/add-team-member",
        "/organization/remove-team-member",
        "/organization/create-role",
        "/organization/update-role",
        "/organization/delete-role",
    ] {
        let answer = service.post(path, &ada, "{}");
        assert_eq!((answer.status, answer.text().as_str()), (404, ""), "{path}");
    }
    for path in [
        "/organization/list-teams",
        "/organization/list-user-teams",
        "/organization/list-team-members",
        "/organization/list-roles",
        "/organization/get-role?roleName=x",
    ] {
        let answer = service.get(path, &ada);
        assert_eq!((answer.status, answer.text().as_str()), (404, ""), "{path}");
    }
    let full = service.get("/organization/get-full-organization", &ada).json();
    assert_eq!(full.get("teams"), None);
    assert_eq!(service.get("/get-session", &ada).json()["session"].get("activeTeamId"), None);
    let tables = "select count(*)::text from information_schema.columns where table_name in ('team', 'teamMember', 'organizationRole')
        or column_name in ('teamId', 'activeTeamId')";
    assert_eq!(database.value(tables), "0");
}

#[test]
fn attack_the_names_of_teams_fill_the_memory_of_a_list() {
    let club = club("");
    let create = |length: usize| {
        let body = json!({ "name": "x".repeat(length), "organizationId": club.id });
        club.post(&club.ada, "create-team", &body)
    };
    refused(&create(1_001), 400, "VALIDATION_ERROR", "invalid_input");
    let team = text(&create(1_000).json()["id"]);
    let body = json!({ "teamId": team, "data": { "name": "x".repeat(1_001), "organizationId": club.id } });
    refused(&club.post(&club.ada, "update-team", &body), 400, "VALIDATION_ERROR", "invalid_input");
}
