//! API keys of organizations: what gatepost alone does, each known hole closed with a test of its name. What better-auth does is compared
//! with it by the scenarios in tests/client/scenarios/api-key-organization.

use gatepost_cli::{arguments::Keys, edge, keys::keys};
use gatepost_core::{
    Config,
    config::{Source, Variables},
    features::api_key::{
        issue::{NewKeyRequest, for_operator},
        rows::{self, Holder, Member},
        verify,
    },
    handle,
    protected::{Caller, ProtectedFunction},
    reply::Reply,
    store::RequestProof,
};
use http_body_util::Full;
use serde_json::{Value, json};

use super::organizations::{Club, SECTION, TOML, text};
use crate::support::{
    SECRET,
    http::{Answer, refused},
    mailbox::Mailbox,
    postgres::block_on,
    secondary_storage::database,
    service::Service,
    wire::Wire,
};

const KEYS: &str = "[api_key]\nenabled = true\nprotect = true\nenable_session_for_api_keys = true\n\
    [api_key.configurations.team]\nreferences = \"organization\"\napi_key_headers = \"x-team-key\"\ndefault_prefix = \"team_\"\n\
    enable_session_for_api_keys = true\n\
    [access.statements]\napiKey = [\"create\", \"read\", \"update\", \"delete\"]\n[access.organization_roles]\n\
    owner = { built_in = \"owner\" }\nmember = { built_in = \"member\" }\n\
    admin = { built_in = \"admin\", apiKey = [\"create\", \"read\", \"update\", \"delete\"] }\n";

fn club() -> Club {
    Club::new(KEYS)
}

fn send(club: &Club, cookie: &str, name: &str, body: &Value) -> Answer {
    club.service.post(&format!("/api-key/{name}"), cookie, &body.to_string())
}

/// Asks for a key of an organization.
fn create(club: &Club, cookie: &str, organization: &str) -> Answer {
    send(club, cookie, "create", &json!({ "configId": "team", "organizationId": organization, "name": "CI" }))
}

/// A key of the club, which a member with this session makes.
#[track_caller]
fn key_of(club: &Club, cookie: &str) -> Value {
    let answer = create(club, cookie, &club.id);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let key = answer.json();
    assert_eq!((text(&key["referenceId"]), &key["configId"]), (club.id.clone(), &json!("team")));
    key
}

/// Asks for what may be done with a key of the club, and with all of them.
fn asked(club: &Club, cookie: &str, id: &str) -> [Answer; 5] {
    [
        create(club, cookie, &club.id),
        club.service.get(&format!("/api-key/get?id={id}&configId=team"), cookie),
        club.service.get(&format!("/api-key/list?organizationId={}", club.id), cookie),
        send(club, cookie, "update", &json!({ "keyId": id, "configId": "team", "name": "Eve's" })),
        send(club, cookie, "delete", &json!({ "keyId": id, "configId": "team" })),
    ]
}

/// The caller as a function of the application sees it.
fn caller(club: &Club, headers: &[(&str, &str)]) -> (u16, Value) {
    const FUNCTION: ProtectedFunction = |_, caller, _| {
        Box::pin(async move {
            let organization = match &caller {
                Caller::Key(key) => key.organization_id(),
                _ => None,
            };
            Reply::json(&json!({ "organization": organization, "user": caller.user_id() }))
        })
    };
    let mut request = http::Request::get("/api/me").header("host", "localhost");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::<&[u8]>::default()).unwrap();
    let (auth, edge) = (club.service.auth.clone(), edge::request().unwrap());
    let answer = block_on(async move { handle::protect(auth, FUNCTION, request, edge).await });
    (answer.status().as_u16(), serde_json::from_slice(answer.body()).unwrap_or_default())
}

fn row(club: &Club) -> String {
    club.database.value("select string_agg(name || ' ' || enabled, ',') from apikey")
}

#[test]
fn members_manage_the_keys_of_their_organization_as_their_roles_permit() {
    let club = club();
    let (ben, _) = club.member("ben@example.com", "admin");
    let (eve, _) = club.member("eve@example.com", "member");
    // The role of creators has no permission of its own, and may do everything.
    for cookie in [&ben, &club.ada] {
        let id = text(&key_of(&club, cookie)["id"]);
        let [_, read, listed, changed, deleted] = asked(&club, cookie, &id);
        assert_eq!((read.status, &read.json()["name"]), (200, &json!("CI")));
        assert!(read.json().get("key").is_none() && listed.json()["total"].as_i64() > Some(1));
        assert_eq!((changed.status, &changed.json()["name"]), (200, &json!("Eve's")));
        assert_eq!(deleted.text(), r#"{"success":true}"#);
    }
    let id = text(&key_of(&club, &club.ada)["id"]);
    for answer in asked(&club, &eve, &id) {
        refused(&answer, 403, "INSUFFICIENT_API_KEY_PERMISSIONS", "member_not_permitted");
    }
    assert!(!row(&club).contains("Eve's"));
}

#[test]
fn membership_and_roles_are_one_statement_besides_that_of_the_session() {
    let toml = format!("{TOML}{SECTION}{KEYS}[organization.dynamic_access_control]\nenabled = true\n");
    let database = database(&toml);
    let wire = Wire::new(&database.url);
    let variables = [("DATABASE_URL", wire.url.as_str()), ("VERCEL_ENV", "development")];
    let service = Service::with(&toml, &variables);
    let ada = service.user("ada@example.com");
    let made = service.post("/organization/create", &ada, r#"{"name":"Club","slug":"club"}"#).json();
    let club = Club { database, service, ada, id: text(&made["id"]) };
    let id = text(&key_of(&club, &club.ada)["id"]);
    wire.statements();
    let counts = asked(&club, &club.ada, &id).map(|answer| answer.status);
    assert_eq!(counts, [200; 5]);
    let sent = wire.statements();
    // Creating and listing send three; the others also look for the key, whose organization decides.
    assert_eq!(sent.len(), 3 + 3 + 3 + 4 + 4, "{sent:#?}");
    let key = text(&key_of(&club, &club.ada)["key"]);
    wire.statements();
    assert_eq!(caller(&club, &[("x-team-key", &key)]).0, 200);
    assert_eq!(wire.statements().len(), 1);
}

#[test]
fn a_role_that_an_organization_made_permits_keys() {
    let club = Club::new(&format!("{KEYS}[organization.dynamic_access_control]\nenabled = true\n"));
    let (ben, _) = club.member("ben@example.com", "admin");
    let body = json!({ "role": "keys", "permission": { "apiKey": ["read"] }, "organizationId": club.id });
    assert_eq!(club.post(&ben, "create-role", &body).status, 200);
    let (eve, _) = club.member("eve@example.com", "keys");
    let id = text(&key_of(&club, &club.ada)["id"]);
    let statuses = asked(&club, &eve, &id).map(|answer| answer.status);
    assert_eq!(statuses, [403, 200, 200, 403, 403]);
    // A row that other programs broke permits nothing.
    club.database.query("update \"organizationRole\" set permission = '{\"apiKey\":\"read\"}'");
    assert_eq!(asked(&club, &eve, &id).map(|answer| answer.status), [403; 5]);
}

#[test]
fn attack_the_keys_of_another_organization() {
    let club = club();
    let id = text(&key_of(&club, &club.ada)["id"]);
    let eve = club.person("eve@example.com");
    let home = text(&club.done(&eve, "create", &json!({ "name": "Home", "slug": "home" })).json()["id"]);
    for answer in asked(&club, &eve, &id) {
        refused(&answer, 403, "USER_NOT_MEMBER_OF_ORGANIZATION", "not_a_member");
    }
    // The organization that owns the key decides, and not the one that a request names.
    for (name, body) in [
        ("update", json!({ "keyId": id, "configId": "team", "organizationId": home, "name": "Eve's" })),
        ("delete", json!({ "keyId": id, "configId": "team", "organizationId": home })),
    ] {
        refused(&send(&club, &eve, name, &body), 403, "USER_NOT_MEMBER_OF_ORGANIZATION", "not_a_member");
    }
    let path = format!("/api-key/get?id={id}&configId=team&organizationId={home}");
    refused(&club.service.get(&path, &eve), 403, "USER_NOT_MEMBER_OF_ORGANIZATION", "not_a_member");
    assert_eq!(club.service.get(&format!("/api-key/list?organizationId={home}"), &eve).json()["total"], 0);
    assert_eq!(club.service.get("/api-key/list", &eve).json()["total"], 0);
    let body = json!({ "configId": "team", "organizationId": home, "name": "own", "referenceId": club.id });
    assert_eq!(text(&send(&club, &eve, "create", &body).json()["referenceId"]), home);
    assert!(!row(&club).contains("Eve's"));
}

#[test]
fn attack_a_removed_member_with_a_live_session() {
    let club = club();
    let (ben, member) = club.member("ben@example.com", "admin");
    let id = text(&key_of(&club, &ben)["id"]);
    club.done(&club.ada, "remove-member", &json!({ "memberIdOrEmail": member, "organizationId": club.id }));
    assert!(!club.service.get("/get-session", &ben).json().is_null());
    for answer in asked(&club, &ben, &id) {
        refused(&answer, 403, "USER_NOT_MEMBER_OF_ORGANIZATION", "not_a_member");
    }
    assert_eq!(row(&club), "CI true");
}

#[test]
fn attack_a_member_who_loses_the_role_between_the_check_and_the_statement() {
    let club = club();
    let id = text(&key_of(&club, &club.ada)["id"]);
    let ada = club.database.value("select id from \"user\" where email = 'ada@example.com'");
    let token = club.database.value("select token from session");
    let auth = club.service.auth.clone();
    let configuration = auth.config.features.api_key.configuration(Some("team"));
    let ground = RequestProof::session(&token);
    let request = http::Request::get("/").body(()).unwrap().into_parts().0;
    let mut cx = handle::begin(auth.clone(), request, &edge::request().unwrap());
    let new =
        for_operator(&mut cx, configuration, &club.id, NewKeyRequest::default()).unwrap_or_else(|_| panic!("no key"));
    let change = || rows::Change { name: Some("late".to_owned()), ..rows::Change::default() };
    for (role, may) in [("admin", false), ("owner", true)] {
        let holder = Holder::Organization { id: &club.id, member: Some(Member { user: &ada, role }) };
        let done = block_on(async {
            let made =
                rows::insert(&cx.db, (&new.row, &new.stored), holder, Some(&ground), (cx.now, &[])).await.unwrap();
            let changed = rows::update(&cx.db, &id, holder, &change(), Some(&ground)).await.unwrap();
            let deleted = rows::delete_of(&cx.db, &id, holder, "team", &ground).await.unwrap();
            [made.is_some(), changed.is_some(), deleted]
        });
        assert_eq!(done, [may; 3], "{role}");
    }
}

#[test]
fn attack_a_user_is_no_organization() {
    let club = club();
    let (ben, eve) = (club.person("ben@example.com"), club.person("eve@example.com"));
    let id = club.database.value("select id from \"user\" where email = 'eve@example.com'");
    for cookie in [&club.ada, &ben, &eve] {
        refused(&create(&club, cookie, &id), 403, "USER_NOT_MEMBER_OF_ORGANIZATION", "not_a_member");
        let answer = club.service.get(&format!("/api-key/list?organizationId={id}"), cookie);
        refused(&answer, 403, "USER_NOT_MEMBER_OF_ORGANIZATION", "not_a_member");
    }
    let body = json!({ "configId": "team", "organizationId": "" });
    for body in [body, json!({ "configId": "team" })] {
        refused(&send(&club, &eve, "create", &body), 400, "ORGANIZATION_ID_REQUIRED", "no_organization");
    }
    assert_eq!(club.database.value("select count(*) from apikey"), "0");
}

#[test]
fn attack_a_key_that_no_list_of_the_organization_shows() {
    for ids in ["\"uuid\"", "\"serial\""] {
        let club = Club::new(&format!("{KEYS}[advanced.database]\ngenerate_id = {ids}\n"));
        let (ben, _) = club.member("ben@example.com", "admin");
        let other = if ids.contains("uuid") { club.id.to_uppercase() } else { format!("0{}", club.id) };
        // The database reads this text as the same identifier.
        let made = create(&club, &ben, &other);
        assert_eq!((made.status, text(&made.json()["referenceId"])), (200, club.id.clone()), "{ids}");
        for id in [&club.id, &other] {
            let listed = club.service.get(&format!("/api-key/list?organizationId={id}"), &club.ada);
            assert_eq!(listed.json()["total"], 1, "{id}");
        }
        assert_eq!(caller(&club, &[("x-team-key", &text(&made.json()["key"]))]).1["organization"], club.id);
    }
}

#[test]
fn attack_a_member_takes_a_role_with_more_rights_on_keys() {
    let roles = KEYS.replace(
        "apiKey = [\"create\", \"read\", \"update\", \"delete\"] }\n",
        "apiKey = [\"read\"] }\nkeys = { apiKey = [\"create\", \"read\", \"update\", \"delete\"] }\n",
    );
    assert!(roles.contains("keys = {"));
    let club = Club::new(&roles);
    let (ben, member) = club.member("ben@example.com", "admin");
    let (eve, eves) = club.member("eve@example.com", "member");
    refused(&create(&club, &ben, &club.id), 403, "INSUFFICIENT_API_KEY_PERMISSIONS", "member_not_permitted");
    let refusal = "YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER";
    for (row, role) in [(&member, json!(["admin", "keys"])), (&eves, json!("keys"))] {
        let body = json!({ "memberId": row, "role": role, "organizationId": club.id });
        refused(&club.post(&ben, "update-member-role", &body), 403, refusal, "member_outranked");
    }
    let body = json!({ "email": "kim@example.com", "role": "keys", "organizationId": club.id });
    let refusal = "YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE";
    refused(&club.post(&ben, "invite-member", &body), 403, refusal, "member_outranked");
    // The owner gives the role, and the admin does not take it away.
    club.done(&club.ada, "update-member-role", &json!({ "memberId": eves, "role": "keys", "organizationId": club.id }));
    assert_eq!(create(&club, &eve, &club.id).status, 200);
    let body = json!({ "memberIdOrEmail": eves, "organizationId": club.id });
    refused(
        &club.post(&ben, "remove-member", &body),
        401,
        "YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_MEMBER",
        "member_outranked",
    );
}

#[test]
fn prehijack_the_keys_of_an_organization_that_an_unproven_address_founded() {
    let mailbox = Mailbox::new();
    let founding = "[sign_up]\nenabled = true\ncreate_organization = true\n[magic_link]\nenabled = true\n";
    let club = Club::with(&format!("{TOML}{SECTION}{KEYS}{founding}"), &[("EMAIL_URL", &mailbox.url())]);
    let kept = key_of(&club, &club.ada);
    let eve = club.service.user("kim@example.com");
    let own = text(&club.get(&eve, "list").json()[0]["id"]);
    let key = text(&create(&club, &eve, &own).json()["key"]);
    assert_eq!(caller(&club, &[("x-team-key", &key)]).0, 200);
    // A person who does not own the mailbox made the key of the organization, which has no other member.
    club.service.post("/sign-in/magic-link", "", r#"{"email":"kim@example.com"}"#);
    assert_eq!(club.service.get(&format!("/magic-link/verify?token={}", mailbox.token("magic-link")), "").status, 200);
    assert_eq!(caller(&club, &[("x-team-key", &key)]).0, 401);
    assert_eq!(caller(&club, &[("x-team-key", &text(&kept["key"]))]).0, 200);
}

#[test]
fn attack_the_configuration_of_another_kind_of_owner() {
    let club = club();
    let (eve, _) = club.member("eve@example.com", "member");
    let team = key_of(&club, &club.ada);
    let id = text(&team["id"]);
    // A configuration of users does not open the key of an organization, nor does one that does not exist.
    for config in ["", "&configId=default", "&configId=unknown"] {
        for cookie in [&club.ada, &eve] {
            let answer = club.service.get(&format!("/api-key/get?id={id}{config}"), cookie);
            refused(&answer, 404, "KEY_NOT_FOUND", "unknown_api_key");
        }
    }
    for (name, body) in
        [("update", json!({ "keyId": id, "name": "Eve's" })), ("delete", json!({ "keyId": id, "configId": "default" }))]
    {
        refused(&send(&club, &eve, name, &body), 404, "KEY_NOT_FOUND", "unknown_api_key");
    }
    // The configuration of organizations does not open the key of a user.
    let own = send(&club, &club.ada, "create", &json!({ "organizationId": club.id, "name": "own" })).json();
    assert_ne!(text(&own["referenceId"]), club.id);
    let path = format!("/api-key/get?id={}&configId=team", text(&own["id"]));
    refused(&club.service.get(&path, &club.ada), 404, "KEY_NOT_FOUND", "unknown_api_key");
    let (own, team) = (text(&own["key"]), text(&team["key"]));
    for (header, key) in [("x-team-key", &own), ("x-api-key", &team)] {
        let answer = club.service.send("GET", "/get-session", &[(header, key)], "");
        refused(&answer, 401, "INVALID_API_KEY", "unknown_api_key");
    }
    assert_eq!(club.service.get("/api-key/list", &club.ada).json()["total"], 1);
    assert_eq!(club.service.get("/api-key/list?configId=team", &club.ada).json()["total"], 0);
}

#[test]
fn attack_a_user_with_the_identifier_of_an_organization() {
    let mailbox = Mailbox::new();
    let toml = format!("{TOML}{SECTION}{KEYS}[magic_link]\nenabled = true\n");
    let club = Club::with(&toml, &[("EMAIL_URL", &mailbox.url())]);
    let key = key_of(&club, &club.ada);
    let (eve, key) = (club.service.user("eve@example.com"), (text(&key["id"]), text(&key["key"])));
    let eves = club.database.value("select id from \"user\" where email = 'eve@example.com'");
    // Where the database counts identifiers, the first organization and the first user have the same one.
    club.database.query(&format!("update apikey set \"referenceId\" = '{eves}'"));
    assert_eq!(club.service.get("/api-key/list", &eve).json()["total"], 0);
    refused(&club.service.get(&format!("/api-key/get?id={}", key.0), &eve), 404, "KEY_NOT_FOUND", "unknown_api_key");
    let answer = send(&club, &eve, "delete", &json!({ "keyId": key.0, "configId": "team" }));
    refused(&answer, 403, "USER_NOT_MEMBER_OF_ORGANIZATION", "not_a_member");
    let (status, told) = caller(&club, &[("x-team-key", &key.1)]);
    assert_eq!((status, &told["code"]), (401, &json!("INVALID_REFERENCE_ID_FROM_API_KEY")));
    let listed = Keys::List { user: Some("eve@example.com".to_owned()), organization: None };
    let auth = club.service.auth.clone();
    let listed = block_on(async { keys(auth, listed, edge::request().unwrap()).await }).unwrap();
    assert_eq!(listed.json, json!([]));
    // The first proof of a mailbox removes the keys of its user, and no others.
    club.service.post("/sign-in/magic-link", "", r#"{"email":"eve@example.com"}"#);
    assert_eq!(club.service.get(&format!("/magic-link/verify?token={}", mailbox.token("magic-link")), "").status, 200);
    assert_eq!(club.database.value("select \"emailVerified\" from \"user\" where email = 'eve@example.com'"), "t");
    assert_eq!(row(&club), "CI true");
    // The key of a user is none of the organization with the user's identifier.
    club.database.query(&format!("update apikey set \"configId\" = 'default', \"referenceId\" = '{}'", club.id));
    let listed = club.service.get(&format!("/api-key/list?organizationId={}", club.id), &club.ada);
    assert_eq!(listed.json()["total"], 0);
    let statuses = asked(&club, &club.ada, &key.0).map(|answer| answer.status);
    assert_eq!(statuses, [200, 404, 200, 404, 404]);
}

#[test]
fn attack_the_key_of_an_organization_opens_no_session() {
    let club = club();
    let key = text(&key_of(&club, &club.ada)["key"]);
    for (path, used) in [("/get-session", 1), ("/list-accounts", 2), ("/api-key/list", 3), ("/ok", 4)] {
        let answer = club.service.send("GET", path, &[("x-team-key", &key), ("cookie", &club.ada)], "");
        refused(&answer, 401, "INVALID_REFERENCE_ID_FROM_API_KEY", "api_key_of_organization");
        assert!(answer.set_cookies().is_empty());
        assert_eq!(club.database.value("select \"requestCount\" from apikey"), used.to_string());
    }
    club.database.query("update apikey set \"requestCount\" = 10");
    let answer = club.service.send("GET", "/get-session", &[("x-team-key", &key)], "");
    refused(&answer, 429, "RATE_LIMITED", "api_key_rate_limited");
}

#[test]
fn attack_the_key_of_a_deleted_organization() {
    let club = club();
    let made = key_of(&club, &club.ada);
    let (id, key) = (text(&made["id"]), text(&made["key"]));
    let expected = json!({ "organization": club.id, "user": null });
    assert_eq!(caller(&club, &[("x-team-key", &key)]), (200, expected));
    club.done(&club.ada, "delete", &json!({ "organizationId": club.id }));
    let (status, told) = caller(&club, &[("x-team-key", &key)]);
    assert_eq!((status, &told["code"]), (401, &json!("INVALID_REFERENCE_ID_FROM_API_KEY")));
    let answer = club.service.send("GET", "/get-session", &[("x-team-key", &key)], "");
    refused(&answer, 401, "INVALID_REFERENCE_ID_FROM_API_KEY", "api_key_owner_gone");
    for answer in asked(&club, &club.ada, &id) {
        refused(&answer, 403, "USER_NOT_MEMBER_OF_ORGANIZATION", "not_a_member");
    }
}

#[test]
fn attack_a_function_takes_the_key_of_an_organization_for_no_user() {
    let club = club();
    let key = text(&key_of(&club, &club.ada)["key"]);
    let own = text(&send(&club, &club.ada, "create", &json!({ "name": "own" })).json()["key"]);
    let ada = club.database.value("select id from \"user\"");
    assert_eq!(
        caller(&club, &[("x-team-key", &key), ("cookie", &club.ada)]),
        (200, json!({ "organization": club.id, "user": null }))
    );
    assert_eq!(caller(&club, &[("x-api-key", &own)]), (200, json!({ "organization": null, "user": ada })));
    for (header, key) in [("x-api-key", &key), ("x-team-key", &own)] {
        assert_eq!(caller(&club, &[(header, key), ("cookie", &club.ada)]).0, 401);
    }
}

#[test]
fn attack_the_key_of_a_configuration_that_is_gone() {
    let club = club();
    let key = text(&key_of(&club, &club.ada)["key"]);
    let verified = || {
        let request = http::Request::get("/").body(()).unwrap().into_parts().0;
        let mut cx = handle::begin(club.service.auth.clone(), request, &edge::request().unwrap());
        let found = block_on(async { verify(&mut cx, &key, None, None).await });
        found.map(|key| key.organization_id().map(str::to_owned)).map_err(|error| error.reason().name())
    };
    assert_eq!(verified(), Ok(Some(club.id.clone())));
    // Whether its owner is a user or an organization is not known any more.
    club.database.query("update apikey set \"configId\" = 'former'");
    assert_eq!(verified(), Err("unknown_api_key"));
}

#[test]
fn keys_of_organizations_need_organizations() {
    let problems = |toml: &str| {
        let text = format!("{TOML}[api_key]\nenabled = true\n{toml}");
        let database = ("DATABASE_URL", "postgres://u@localhost/x");
        let variables = [("BETTER_AUTH_SECRET", SECRET), database, ("EMAIL_URL", "file:/dev/null")];
        let variables: Variables =
            variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect();
        Config::load(&variables, Some(Source { name: "gatepost.toml", text: &text })).err().map(|all| all.to_string())
    };
    let of_organizations = "references = \"organization\"\n";
    for (toml, key) in [
        (of_organizations.to_owned(), "api_key.references"),
        (format!("[api_key.configurations.a]\n{of_organizations}"), "api_key.configurations.a.references"),
    ] {
        let told = problems(&toml).unwrap();
        assert!(told.contains(key) && told.contains("set `organization.enabled = true`"), "{told}");
        assert_eq!(problems(&format!("{toml}{SECTION}")), None);
    }
    let club = Club::with(&format!("{TOML}{SECTION}"), &[]);
    assert_eq!(club.service.get(&format!("/api-key/list?organizationId={}", club.id), &club.ada).status, 404);
}

#[test]
fn an_operator_disables_and_removes_keys_of_organizations_and_creates_none() {
    let club = club();
    let made = key_of(&club, &club.ada);
    let (id, key) = (text(&made["id"]), text(&made["key"]));
    let run = |command: Keys| {
        let auth = club.service.auth.clone();
        block_on(async { keys(auth, command, edge::request().unwrap()).await })
    };
    let create = Keys::Create {
        user: "ada@example.com".to_owned(),
        name: None,
        prefix: None,
        lasts: None,
        permissions: Vec::new(),
        config: "team".to_owned(),
    };
    let told = run(create).err().unwrap();
    assert!(told.starts_with("the keys of the configuration `team` belong to organizations"), "{told}");
    let listed = |user: Option<&str>, organization: Option<&str>| {
        run(Keys::List { user: user.map(str::to_owned), organization: organization.map(str::to_owned) })
    };
    assert_eq!(listed(Some("ada@example.com"), None).unwrap().json, json!([]));
    for named in ["club", &club.id] {
        let found = listed(None, Some(named)).unwrap();
        assert_eq!((&found.json[0]["id"], found.json.as_array().unwrap().len()), (&json!(id), 1));
        assert!(found.text.ends_with(&format!("1 of organization {}", club.id)), "{}", found.text);
    }
    let told = listed(None, Some("nothing")).err().unwrap();
    assert!(told.starts_with("no organization has the identifier or the slug `nothing`"), "{told}");
    assert_eq!(run(Keys::Show { key: id.clone() }).unwrap().json["referenceId"], made["referenceId"]);
    assert_eq!(run(Keys::Disable { key: id.clone() }).unwrap().json["enabled"], false);
    assert_eq!(caller(&club, &[("x-team-key", &key)]).0, 401);
    run(Keys::Enable { key: id.clone() }).unwrap();
    assert_eq!(caller(&club, &[("x-team-key", &key)]).0, 200);
    let told = run(Keys::Revoke { key: id.clone() }).unwrap().text;
    assert_eq!(told, format!("the API key {id} of organization {} is removed", club.id));
    assert_eq!(club.database.value("select count(*) from apikey"), "0");
}

#[test]
fn notes_name_the_organization_of_a_key() {
    let club = Club::new(&format!("{KEYS}[audit]\nenabled = true\n"));
    let id = text(&key_of(&club, &club.ada)["id"]);
    send(&club, &club.ada, "create", &json!({ "name": "own" }));
    let statuses = asked(&club, &club.ada, &id).map(|answer| answer.status);
    assert_eq!(statuses, [200; 5]);
    let ada = club.database.value("select id from \"user\"");
    let notes = club.database.value(
        "select string_agg(kind || ' ' || coalesce(\"targetId\", '-') || ' ' || coalesce(\"organizationId\", '-'), ','
            order by kind, \"organizationId\") from audit where kind like 'api_key.%'",
    );
    let expected = ["changed - {club}", "created - {club}", "created - {club}", "created {ada} -", "deleted - {club}"];
    let expected = expected.map(|one| format!("api_key.{one}").replace("{club}", &club.id).replace("{ada}", &ada));
    assert_eq!(notes, expected.join(","));
}
