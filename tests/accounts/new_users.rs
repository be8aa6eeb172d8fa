//! Each way in which a user is created, or gets another address, obeys `[sign_up]` and the hooks.

use std::ops::Deref;

use serde_json::{Value, json};

use super::{
    hooks::{Deployment, go_on, set},
    sign_up_rules::invite,
};
use crate::support::{
    flows,
    http::Answer,
    receiver::{Reaction, Received},
};

const TOML: &str = "[email_and_password]\nenabled = true\n[admin]\nenabled = true\n[magic_link]\nenabled = true\n\
    [email_otp]\nenabled = true\n[email_otp.change_email]\nenabled = true\n\
    [user.additional_fields]\nplan = { type = \"string\", required = false }\n";
const ONLY_EXAMPLE: &str = "[sign_up]\nenabled = true\nallow_domains = [\"example.com\"]\n";
const PASSWORD: &str = "correct horse battery";
/// The ways, as hooks learn them.
const WAYS: [&str; 5] = ["sign-up", "provider:google", "magic-link", "email-code", "administrator"];

struct SignUpDeployment {
    deployment: Deployment,
    /// The cookies of the administrator.
    root: String,
}

impl Deref for SignUpDeployment {
    type Target = Deployment;

    fn deref(&self) -> &Deployment {
        &self.deployment
    }
}

impl SignUpDeployment {
    /// With an administrator, and with these sections, in which `{receiver}` stands for the keys of a hook that is reached.
    fn new(more: &str) -> Self {
        let deployment = Deployment::with(TOML, more, &[], go_on);
        let root = deployment.service.user("root@example.com");
        deployment.database.query("update \"user\" set role = 'admin'");
        Self { deployment, root }
    }

    fn administer(&self, name: &str, body: &Value) -> Answer {
        self.post(&format!("/admin/{name}"), &self.root, body)
    }

    /// Creates a user in a way, and returns the last answer.
    fn make(&self, way: &str, email: &str) -> Answer {
        let named = json!({ "name": "Ada", "email": email, "password": PASSWORD });
        let before = self.mailbox.mails(0).len();
        match way {
            "sign-up" => self.post("/sign-up/email", "", &named),
            "provider:google" => {
                let body = json!({ "provider": "google", "callbackURL": "/in", "errorCallbackURL": "/no" });
                let begun = flows::begin(&self.service.url, "/sign-in/social", &body, "");
                let query = format!("code={}~{email}&state={}", email.split('@').next().unwrap(), begun.state);
                flows::back(&self.service.url, "google", &query, &begun.cookie)
            }
            "magic-link" => {
                let body = json!({ "email": email, "callbackURL": "/in" });
                assert_eq!(self.post("/sign-in/magic-link", "", &body).status, 200);
                let url = self.mailbox.mails(before + 1)[before]["url"].as_str().unwrap().to_owned();
                self.service.get(url.strip_prefix(&format!("{}/api/auth", self.service.url)).unwrap(), "")
            }
            "email-code" => {
                let body = json!({ "email": email, "type": "sign-in" });
                assert_eq!(self.post("/email-otp/send-verification-otp", "", &body).status, 200);
                let code = self.mailbox.mails(before + 1)[before]["code"].clone();
                self.post("/sign-in/email-otp", "", &json!({ "email": email, "otp": code }))
            }
            "administrator" => self.administer("create-user", &named),
            _ => panic!("{way}"),
        }
    }

    fn users(&self) -> String {
        self.database.value(r#"select string_agg(email, ' ' order by email) from "user""#)
    }

    fn role(&self, email: &str) -> String {
        self.database.value(&format!("select role from \"user\" where email = '{email}'"))
    }
}

/// The code of a refusal, in the answer or in the URL to which the browser is led, and its reason.
#[track_caller]
fn refusal(answer: &Answer) -> (String, String) {
    assert!(!answer.cookies().contains("session_token"), "{:?}", answer.set_cookies());
    let code = match answer.header("location") {
        Some(location) => location.split(['=', '&']).nth(1).unwrap_or_default().to_owned(),
        None => answer.json()["code"].as_str().unwrap_or_default().to_owned(),
    };
    (code, answer.header("x-gatepost-reason").unwrap_or_default().to_owned())
}

fn not_allowed() -> (String, String) {
    ("EMAIL_DOMAIN_NOT_ALLOWED".to_owned(), "domain_not_allowed".to_owned())
}

fn by_hook() -> (String, String) {
    ("REFUSED".to_owned(), "refused_by_hook".to_owned())
}

fn refuse(_: &Received) -> Reaction {
    Reaction::json(&json!({ "verdict": "refuse" }))
}

#[test]
fn no_way_creates_a_user_with_a_refused_domain() {
    let deployment = SignUpDeployment::new(ONLY_EXAMPLE);
    for way in WAYS {
        assert_eq!(refusal(&deployment.make(way, "eve@evil.example")), not_allowed(), "{way}");
        assert_eq!(deployment.users(), "root@example.com", "{way}");
    }
    let without_password = json!({ "name": "Eve", "email": "eve@evil.example" });
    assert_eq!(refusal(&deployment.administer("create-user", &without_password)), not_allowed());
    for (at, way) in WAYS.iter().enumerate() {
        let answer = deployment.make(way, &format!("p{at}@example.com"));
        assert!(matches!(answer.status, 200 | 302), "{way}: {}", answer.text());
    }
    assert_eq!(
        deployment.users(),
        "p0@example.com p1@example.com p2@example.com p3@example.com p4@example.com root@example.com"
    );
}

#[test]
fn each_way_needs_an_invitation_except_that_of_an_administrator() {
    let deployment = SignUpDeployment::new(
        "[sign_up]\nenabled = true\ninvitation_only = true\nallow_list = [\"root@example.com\"]\n",
    );
    for (at, way) in WAYS.iter().enumerate().filter(|(_, way)| **way != "administrator") {
        let email = format!("p{at}@example.com");
        let expected = ("SIGN_UP_BY_INVITATION_ONLY".to_owned(), "not_invited".to_owned());
        assert_eq!(refusal(&deployment.make(way, &email)), expected, "{way}");
        invite(&deployment.database, &email, "now() + interval '1 hour'");
        assert!(deployment.make(way, &email).cookies().contains("session_token"), "{way}");
    }
    assert_eq!(deployment.make("administrator", "bob@example.com").status, 200);
}

#[test]
fn the_first_user_gets_the_role_in_each_way() {
    let deployment = SignUpDeployment::new("[sign_up]\nenabled = true\nfirst_user_role = \"admin\"\n");
    for way in WAYS.iter().filter(|way| **way != "administrator") {
        deployment.database.query(r#"delete from "user""#);
        deployment.make(way, "first@example.com");
        deployment.make(way, "second@example.com");
        let roles = [deployment.role("first@example.com"), deployment.role("second@example.com")];
        assert_eq!(roles, ["admin", "user"], "{way}");
    }
}

#[test]
fn each_way_asks_the_hooks_before_it_creates_a_user() {
    let deployment =
        SignUpDeployment::new("[hooks]\nenabled = true\n[hooks.gate]\nbefore = \"user.create\"\n{receiver}\n");
    for way in WAYS {
        deployment.receiver.clear();
        deployment.receiver.say(refuse);
        assert_eq!(refusal(&deployment.make(way, "eve@example.com")), by_hook(), "{way}");
        assert_eq!(deployment.receiver.received()[0].json()["data"]["way"], way);
        deployment.receiver.say(|_| Reaction::Answer(500, String::new()));
        assert_eq!(deployment.make(way, "eve@example.com").status, 503, "{way}");
        assert_eq!(deployment.users(), "root@example.com", "{way}");
        deployment.receiver.say(set(json!({ "plan": "paid", "role": "staff" })));
        deployment.make(way, "eve@example.com");
        let row = deployment.database.query("select plan, role from \"user\" where email = 'eve@example.com'");
        assert_eq!(row, [["paid", "staff"].map(|text| Some(text.to_owned()))], "{way}");
        deployment.database.query("delete from \"user\" where email = 'eve@example.com'");
    }
}

#[test]
fn hooks_are_told_in_which_way_a_user_was_created() {
    let deployment =
        SignUpDeployment::new("[hooks]\nenabled = true\n[hooks.made]\nafter = \"user.create\"\n{receiver}\n");
    deployment.receiver.wait(1);
    for (at, way) in WAYS.iter().enumerate() {
        deployment.receiver.clear();
        let email = format!("p{at}@example.com");
        deployment.make(way, &email);
        let data = deployment.receiver.wait(1)[0].json()["data"].clone();
        assert_eq!((&data["way"], &data["user"]["email"]), (&Value::from(*way), &Value::from(email)));
    }
}

#[test]
fn no_way_changes_an_address_to_one_that_is_refused() {
    let deployment = SignUpDeployment::new(ONLY_EXAMPLE);
    let eve = deployment.make("email-code", "eve@example.com").cookies();
    let request = |to: &str| deployment.post("/email-otp/request-email-change", &eve, &json!({ "newEmail": to }));
    assert_eq!(refusal(&request("eve@evil.example")), not_allowed());
    let before = deployment.mailbox.mails(0).len();
    assert_eq!(request("eva@example.com").status, 200);
    let code = deployment.mailbox.mails(before + 1)[before]["code"].clone();
    let change = |to: &str| deployment.post("/email-otp/change-email", &eve, &json!({ "newEmail": to, "otp": code }));
    assert_eq!(refusal(&change("eve@evil.example")), not_allowed());
    assert_eq!(change("eva@example.com").status, 200);
    let id = deployment.database.value("select id::text from \"user\" where email = 'eva@example.com'");
    let update = |to: &str| deployment.administer("update-user", &json!({ "userId": id, "data": { "email": to } }));
    assert_eq!(refusal(&update("eva@evil.example")), not_allowed());
    assert_eq!(deployment.users(), "eva@example.com root@example.com");
    assert_eq!(update("eve@example.com").status, 200);
    assert_eq!(deployment.users(), "eve@example.com root@example.com");
}

#[test]
fn hooks_decide_about_changes_by_administrators_and_are_told() {
    let hooks = "[hooks]\nenabled = true\n[hooks.change]\nbefore = \"user.update\"\n{receiver}\n\
        [hooks.farewell]\nbefore = \"user.delete\"\n{receiver}\n[hooks.changed]\nafter = \"user.update\"\n{receiver}\n\
        [hooks.gone]\nafter = \"user.delete\"\n{receiver}\n";
    let deployment = SignUpDeployment::new(hooks);
    let eve = deployment.make("administrator", "eve@example.com").json()["user"]["id"].clone();
    deployment.receiver.say(refuse);
    let update = || deployment.administer("update-user", &json!({ "userId": eve, "data": { "name": "New" } }));
    let remove = || deployment.administer("remove-user", &json!({ "userId": eve }));
    assert_eq!((refusal(&update()), refusal(&remove())), (by_hook(), by_hook()));
    assert_eq!(deployment.receiver.received()[0].json()["data"]["changes"], json!({ "name": "New" }));
    deployment.receiver.say(set(json!({ "plan": "paid" })));
    assert_eq!(update().status, 200);
    let row = deployment.database.query("select name, plan from \"user\" where email = 'eve@example.com'");
    assert_eq!(row, [["New", "paid"].map(|text| Some(text.to_owned()))]);
    deployment.receiver.wait(4);
    deployment.receiver.say(go_on);
    for (name, more) in [("set-role", json!({ "role": "user" })), ("ban-user", json!({})), ("unban-user", json!({}))] {
        deployment.receiver.clear();
        let mut body = more;
        body["userId"] = eve.clone();
        assert_eq!(deployment.administer(name, &body).status, 200, "{name}");
        let told = deployment.receiver.wait(1)[0].json();
        assert_eq!((&told["when"], &told["event"]), (&"after".into(), &"user.update".into()), "{name}");
    }
    deployment.receiver.clear();
    assert_eq!(remove().status, 200);
    let calls = deployment.receiver.wait(2);
    let told: Vec<_> = calls.iter().map(|call| format!("{} {}", call.json()["when"], call.json()["event"])).collect();
    assert_eq!(told, [r#""before" "user.delete""#, r#""after" "user.delete""#]);
}

#[test]
fn hooks_are_told_of_what_mailed_codes_and_links_did() {
    let hooks = "[hooks]\nenabled = true\n[hooks.verified]\nafter = \"email.verify\"\n{receiver}\n\
        [hooks.reset]\nafter = \"password.reset\"\n{receiver}\n[hooks.updated]\nafter = \"user.update\"\n{receiver}\n";
    let deployment = SignUpDeployment::new(hooks);
    let told = |count: usize| {
        let calls = deployment.receiver.wait(count);
        deployment.receiver.clear();
        let mut told: Vec<_> = calls
            .iter()
            .map(|call| {
                let input = call.json();
                format!("{} {}", input["event"].as_str().unwrap(), input["data"]["user"]["email"].as_str().unwrap())
            })
            .collect();
        told.sort();
        told
    };
    let code = |kind: &str, email: &str| {
        let before = deployment.mailbox.mails(0).len();
        let body = json!({ "email": email, "type": kind });
        assert_eq!(deployment.post("/email-otp/send-verification-otp", "", &body).status, 200);
        deployment.mailbox.mails(before + 1)[before]["code"].clone()
    };
    // The address of a user who has signed up is confirmed by a code, a link, a code that signs in, and a code that resets.
    for (at, way) in ["code", "magic-link", "email-code"].iter().enumerate() {
        let email = format!("p{at}@example.com");
        assert_eq!(deployment.make("sign-up", &email).status, 200);
        match *way {
            "code" => {
                let body = json!({ "email": email, "otp": code("email-verification", &email) });
                assert_eq!(deployment.post("/email-otp/verify-email", "", &body).status, 200);
            }
            way => assert!(deployment.make(way, &email).cookies().contains("session_token")),
        }
        assert_eq!(told(1), [format!("email.verify {email}")], "{way}");
    }
    assert_eq!(deployment.make("sign-up", "eve@example.com").status, 200);
    let reset = |otp: Value| json!({ "email": "eve@example.com", "otp": otp, "password": "another horse battery" });
    let body = reset(code("forget-password", "eve@example.com"));
    assert_eq!(deployment.post("/email-otp/reset-password", "", &body).status, 200);
    assert_eq!(told(2), ["email.verify eve@example.com", "password.reset eve@example.com"]);
    let cookie = deployment.make("email-code", "eve@example.com").cookies();
    let before = deployment.mailbox.mails(0).len();
    let request = json!({ "newEmail": "eva@example.com" });
    assert_eq!(deployment.post("/email-otp/request-email-change", &cookie, &request).status, 200);
    let otp = deployment.mailbox.mails(before + 1)[before]["code"].clone();
    let change = json!({ "newEmail": "eva@example.com", "otp": otp });
    assert_eq!(deployment.post("/email-otp/change-email", &cookie, &change).status, 200);
    assert_eq!(told(1), ["user.update eva@example.com"]);
}
