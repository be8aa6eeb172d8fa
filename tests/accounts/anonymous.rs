//! Anonymous users: behaviour that differs from better-auth, with a test for each closed hole. The common behaviour is compared in
//! tests/conformance.

use std::{ops::Deref, time::Duration};

use serde_json::{Value, json};

use super::{
    hooks::{Deployment, go_on},
    sign_up_rules::invite,
};
use crate::support::{
    authenticator::Authenticator,
    factors::{App, Browser, PASSWORD},
    flows,
    http::{self, shut_out},
    node::{self, Reference},
    postgres::Database,
    receiver::{Reaction, Received, Receiver},
    redis::Redis,
    service::Service,
};

const TOML: &str = "[email_and_password]\nenabled = true\n[anonymous]\nenabled = true\n";
const LINK: &str = "[hooks]\nenabled = true\n[hooks.moves]\nbefore = \"user.link\"\n{receiver}\n\
    [hooks.linked]\nafter = \"user.link\"\n{receiver}\n";

struct Guests(Deployment);

impl Deref for Guests {
    type Target = Deployment;

    fn deref(&self) -> &Deployment {
        &self.0
    }
}

impl Guests {
    fn new(more: &str) -> Self {
        Self::with(more, &[])
    }

    fn with(more: &str, variables: &[(&str, &str)]) -> Self {
        Self(Deployment::with(TOML, more, variables, go_on))
    }

    /// A browser with an anonymous session, and the identifier of its user.
    fn guest(&self) -> (Browser, String) {
        let mut browser = Browser::new(&self.service.url);
        let answer = browser.post("/sign-in/anonymous", &json!({}));
        assert_eq!(answer.status, 200, "{}", answer.text());
        (browser, answer.json()["user"]["id"].as_str().unwrap().to_owned())
    }

    fn users(&self) -> String {
        self.database.value(
            r#"select coalesce(string_agg(case when "isAnonymous" then 'guest' else email end, ' ' order by "isAnonymous", email), '') from "user""#,
        )
    }

    fn sessions(&self) -> String {
        self.database.value("select count(*) from session")
    }
}

fn events(receiver: &Receiver, count: usize) -> Vec<(String, Value)> {
    let name = |input: &Value| format!("{} {}", input["when"].as_str().unwrap(), input["event"].as_str().unwrap());
    let calls = receiver.wait(count);
    calls.iter().map(|call| (name(&call.json()), call.json()["data"].clone())).collect()
}

#[test]
fn the_real_client_signs_in_anonymously() {
    let guests = Guests::new("[rate_limit]\nenabled = false\n");
    let said = node::run("anonymous.mjs", &["--url", &guests.service.url], Duration::from_secs(60));
    assert!(said.contains(" passed, 0 failed"), "{said}");
}

#[test]
fn anonymous_users_that_are_off_answer_nothing() {
    let database = Database::new();
    let service = Service::new(&database.url);
    for path in ["/sign-in/anonymous", "/delete-anonymous-user"] {
        let answer = service.post(path, "", "{}");
        assert_eq!((answer.status, answer.text().as_str()), (404, ""), "{path}");
    }
}

#[test]
fn refusals_have_their_codes_and_reasons() {
    let guests = Guests::new("");
    let (mut guest, _) = guests.guest();
    let again = guest.post("/sign-in/anonymous", &json!({}));
    shut_out(&again, 400, "ANONYMOUS_USERS_CANNOT_SIGN_IN_AGAIN_ANONYMOUSLY", "already_anonymous");
    let mut ada = Browser::new(&guests.service.url);
    ada.sign_up("ada@example.com");
    shut_out(&ada.post("/delete-anonymous-user", &json!({})), 403, "USER_IS_NOT_ANONYMOUS", "not_anonymous");
    let guests = Guests::new("disable_delete_anonymous_user = true\n");
    let (mut guest, _) = guests.guest();
    let kept = guest.post("/delete-anonymous-user", &json!({}));
    shut_out(&kept, 400, "DELETE_ANONYMOUS_USER_DISABLED", "feature_disabled");
}

#[test]
fn login_csrf_another_site_signs_no_browser_in_anonymously() {
    let guests = Guests::new("");
    let url = format!("{}/api/auth/sign-in/anonymous", guests.service.url);
    let cross_site = [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
    ];
    // A form without fields has an empty body.
    for headers in [&cross_site[..], &[&cross_site[..], &[("content-type", "application/json")]].concat()] {
        let answer = http::send("POST", &url, headers, b"");
        assert_eq!((answer.status, answer.set_cookies().len()), (403, 0), "{}", answer.text());
    }
    assert_eq!(guests.users(), "");
    // The client of an application sends an origin that is trusted, with or without a body.
    for body in ["", "{}", "null"] {
        let headers = [("origin", guests.service.url.as_str()), ("content-type", "application/json")];
        let answer = http::send("POST", &url, if body.is_empty() { &headers[..1] } else { &headers }, body.as_bytes());
        assert_eq!(answer.status, 200, "{body:?}: {}", answer.text());
    }
}

#[test]
fn hooks_move_what_belongs_to_the_anonymous_user_before_the_user_is_deleted() {
    let guests =
        Guests::new("[hooks]\nenabled = true\n[hooks.moves]\nbefore = \"user.link\"\nfunction = \"move_cart\"\n");
    guests.database.query(
        "create table cart (item text, owner text); create function move_cart(input jsonb) returns void language sql as $$
            update cart set owner = input->'data'->'user'->>'id' where owner = input->'data'->'anonymous'->'user'->>'id' $$",
    );
    let (mut guest, id) = guests.guest();
    guests.database.query(&format!("insert into cart values ('book', '{id}'), ('pen', 'another')"));
    let ada = guest.sign_up("ada@example.com");
    let cart = guests.database.query("select item, owner from cart order by item");
    let row = |item: &str, owner: &str| vec![Some(item.to_owned()), Some(owner.to_owned())];
    assert_eq!(cart, [row("book", &ada), row("pen", "another")]);
    assert_eq!((guests.users().as_str(), guests.sessions().as_str()), ("ada@example.com", "1"));
    assert!(guest.is_in());
}

#[test]
fn hooks_learn_both_users_and_no_token() {
    let guests = Guests::new(LINK);
    let (mut guest, id) = guests.guest();
    let token = guests.database.value("select token from session");
    guest.sign_up("ada@example.com");
    let told = events(&guests.receiver, 2);
    assert_eq!(told.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["before user.link", "after user.link"]);
    for (_, data) in &told {
        assert_eq!(
            (&data["anonymous"]["user"]["id"], &data["user"]["email"], &data["way"]),
            (&Value::from(id.as_str()), &"ada@example.com".into(), &"sign-up".into())
        );
        assert_eq!(data["anonymous"]["session"]["userId"], id.as_str());
        assert_eq!(data["session"]["userId"], data["user"]["id"]);
        assert!(!data.to_string().contains(&token));
    }
}

#[test]
fn a_hook_that_refuses_or_fails_leaves_the_anonymous_user_and_no_session() {
    let guests = Guests::new(LINK);
    let (mut guest, _) = guests.guest();
    let mut elsewhere = Browser::new(&guests.service.url);
    elsewhere.sign_up("ada@example.com");
    let refuse = |_: &Received| Reaction::json(&json!({ "verdict": "refuse", "code": "CART_FULL", "message": "No" }));
    guests.receiver.say(refuse);
    shut_out(&guest.clone().sign_in(), 403, "CART_FULL", "refused_by_hook");
    guests.receiver.say(|_| Reaction::Answer(500, String::new()));
    shut_out(&guest.clone().sign_in(), 503, "HOOK_UNAVAILABLE", "hook_failed");
    assert_eq!((guests.users().as_str(), guests.sessions().as_str()), ("ada@example.com guest", "2"));
    assert!(guest.is_in());
    guests.receiver.say(go_on);
    assert_eq!(guest.sign_in().status, 200);
    assert_eq!((guests.users().as_str(), guests.sessions().as_str()), ("ada@example.com", "2"));
}

#[test]
fn a_refused_link_leads_a_browser_back_from_a_provider() {
    let guests = Guests::new(LINK);
    let (guest, _) = guests.guest();
    guests.receiver.say(|_| Reaction::json(&json!({ "verdict": "refuse", "code": "CART_FULL", "message": "No" })));
    let body = json!({ "provider": "google", "callbackURL": "/in", "errorCallbackURL": "/no" });
    let begun = flows::begin(&guests.service.url, "/sign-in/social", &body, &guest.cookie);
    let query = format!("code=ada&state={}", begun.state);
    let back = flows::back(&guests.service.url, "google", &query, &format!("{}; {}", guest.cookie, begun.cookie));
    assert_eq!(back.header("location"), Some("/no?error=CART_FULL&error_description=No"));
    assert!(!back.cookies().contains("session_token"), "{:?}", back.set_cookies());
    assert_eq!(guests.sessions(), "1");
}

#[test]
fn a_flow_links_the_user_who_began_it_without_the_sessions_cookie() {
    let guests = Guests::new("");
    let (guest, _) = guests.guest();
    let come = |cookie: &str, more: Value| {
        let body = json!({ "provider": "google", "callbackURL": "/in", "additionalData": more });
        let begun = flows::begin(&guests.service.url, "/sign-in/social", &body, cookie);
        flows::back(&guests.service.url, "google", &format!("code=ada&state={}", begun.state), &begun.cookie)
    };
    // A client cannot name the user.
    let (_, another) = guests.guest();
    assert_eq!(come("", json!({ "serverContext": { "anonymousUserId": another } })).header("location"), Some("/in"));
    assert!(guests.users().ends_with("guest guest"), "{}", guests.users());
    assert_eq!(come(&guest.cookie, json!({})).header("location"), Some("/in"));
    assert_eq!(guests.users().matches("guest").count(), 1);
    let left = guests.database.value(r#"select id::text from "user" where "isAnonymous""#);
    assert_eq!(left, another);
}

#[test]
fn a_wait_for_a_second_factor_does_not_orphan_the_anonymous_user() {
    let guests = Guests::new(&format!("[two_factor]\nenabled = true\n{LINK}"));
    let app = App::enrolled(&guests.service.url);
    let (mut guest, id) = guests.guest();
    guest.challenged();
    assert_eq!(guests.receiver.received().len(), 0);
    assert!(guests.users().ends_with("guest"), "{}", guests.users());
    assert_eq!(guest.give("totp", &app.code(&guests.database)).status, 200);
    let told = events(&guests.receiver, 2);
    assert_eq!((&told[0].1["anonymous"]["user"]["id"], &told[0].1["way"]), (&id.into(), &"second-factor".into()));
    assert_eq!(guests.users(), "ada@example.com");
    assert!(guest.is_in() && !guest.cookie.contains("anonymous_link"), "{}", guest.cookie);
}

#[test]
fn an_anonymous_user_who_is_kept_is_linked_all_the_same() {
    let guests = Guests::new(&format!("disable_delete_anonymous_user = true\n{LINK}"));
    let (mut guest, _) = guests.guest();
    guest.sign_up("ada@example.com");
    assert_eq!(events(&guests.receiver, 2).len(), 2);
    assert_eq!(guests.users(), "ada@example.com guest");
}

#[test]
fn failed_sign_ins_and_sessions_without_credentials_link_nothing() {
    let guests = Guests::new(&format!("[one_time_token]\nenabled = true\n{LINK}"));
    let mut ada = Browser::new(&guests.service.url);
    ada.sign_up("ada@example.com");
    let (mut guest, _) = guests.guest();
    let wrong = json!({ "email": "ada@example.com", "password": "another horse battery" });
    assert_eq!(guest.post("/sign-in/email", &wrong).status, 401);
    let token = ada.get("/one-time-token/generate").json()["token"].clone();
    assert_eq!(guest.clone().post("/one-time-token/verify", &json!({ "token": token })).status, 200);
    let updated = guest.post("/update-user", &json!({ "name": "Guest" }));
    assert_eq!((updated.status, guests.receiver.received().len()), (200, 0));
    assert_eq!(guests.users(), "ada@example.com guest");
}

#[test]
fn an_anonymous_user_gets_no_role_of_the_first_and_no_address_without_an_invitation() {
    let toml = "[admin]\nenabled = true\n[user.change_email]\nenabled = true\nupdate_email_without_verification = true\n\
        [sign_up]\nenabled = true\nfirst_user_role = \"admin\"\ninvitation_only = true\n";
    let guests = Guests::new(toml);
    let (mut guest, _) = guests.guest();
    assert_eq!(guests.database.value(r#"select role from "user""#), "user");
    let mut change = || guest.post("/change-email", &json!({ "newEmail": "eve@example.com" }));
    shut_out(&change(), 403, "SIGN_UP_BY_INVITATION_ONLY", "not_invited");
    invite(&guests.database, "eve@example.com", "null");
    assert_eq!(change().status, 200);
    assert_eq!(guests.mailbox.newest("verify-email")["to"], "eve@example.com");
}

#[test]
fn no_client_decides_whether_a_user_is_anonymous() {
    let guests = Guests::new("");
    let mut ada = Browser::new(&guests.service.url);
    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": PASSWORD, "isAnonymous": true });
    assert_eq!(ada.post("/sign-up/email", &body).json()["user"]["isAnonymous"], false);
    let (mut guest, _) = guests.guest();
    guest.post("/update-user", &json!({ "name": "Guest", "isAnonymous": false }));
    assert_eq!(guests.users(), "ada@example.com guest");
}

#[test]
fn an_anonymous_user_in_a_secondary_storage_is_linked() {
    let Some(redis) = Redis::start() else { return };
    let guests = Guests::with("[secondary_storage]\nenabled = true\n", &[("REDIS_URL", &redis.url())]);
    let (mut guest, _) = guests.guest();
    let before = guest.clone();
    guest.sign_up("ada@example.com");
    assert_eq!(guests.users(), "ada@example.com");
    assert!(guest.is_in() && !before.clone().is_in());
}

#[test]
fn node_links_the_anonymous_users_of_gatepost_and_gatepost_those_of_node() {
    let guests = Guests::new("");
    let reference = Reference::with(&guests.database.direct, r#"{"anonymous":{}}"#, &[("MIGRATE", "0")]);
    let (mut guest, _) = guests.guest();
    let mut on_node = Browser { url: reference.url.clone(), cookie: guest.cookie.clone() };
    on_node.sign_up("ada@example.com");
    assert_eq!(guests.users(), "ada@example.com");
    let mut node = Browser::new(&reference.url);
    assert_eq!(node.post("/sign-in/anonymous", &json!({})).status, 200);
    guest.cookie = node.cookie;
    guest.sign_up("bob@example.com");
    assert_eq!(guests.users(), "ada@example.com bob@example.com");
}

#[test]
fn attack_a_user_with_credentials_is_deleted_as_an_anonymous_one() {
    let guests = Guests::new(
        "[user.change_email]\nenabled = true\nupdate_email_without_verification = true\n[session]\nfresh_age = 0\n\
         [passkey]\nenabled = true\n",
    );
    // With an address.
    let (mut moved, id) = guests.guest();
    let answer = moved.post("/change-email", &json!({ "newEmail": "grace@example.com" }));
    assert_eq!(answer.status, 200, "{}", answer.text());
    // With an account.
    let (mut linked, linked_id) = guests.guest();
    guests.database.change(&format!(
        "insert into {{account}} ({{account.new}}{{account.accountId}}, {{account.providerId}}, {{account.userId}}, {{account.createdAt}},
            {{account.updatedAt}}) select {{new 'a'}}'7', 'github', u.{{user.id}}, now(), now() from {{user}} u
            where u.{{user.id}}::text = '{linked_id}'"
    ));
    // With a passkey.
    let (mut keyed, keyed_id) = guests.guest();
    let registered = keyed.register(&Authenticator::new(7));
    assert_eq!(registered.status, 200, "{}", registered.text());
    let mut ada = Browser::new(&guests.service.url);
    ada.sign_up("ada@example.com");
    for (browser, id) in [(&mut moved, id), (&mut linked, linked_id), (&mut keyed, keyed_id)] {
        shut_out(&browser.post("/delete-anonymous-user", &json!({})), 403, "USER_IS_NOT_ANONYMOUS", "not_anonymous");
        let body = json!({ "email": "ada@example.com", "password": PASSWORD });
        let answer = browser.post("/sign-in/email", &body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let left = guests.database.value(&format!("select count(*) from \"user\" where id::text = '{id}'"));
        assert_eq!(left, "1");
    }
}
