//! Users whose address changes while links are on the way to the address before: those links do nothing any more.

use serde_json::{Value, json};

use crate::support::{
    flows, http::Answer, mailbox::Mailbox, postgres::Database, provider::Provider, redis::Redis, secondary_storage,
    service::Service,
};

const OVERRIDING: &str = "[email_and_password]\nenabled = true\n[user.delete_user]\nenabled = true\nsend_delete_account_verification = true\n\
    [social.google]\noverride_user_info_on_sign_in = true\n";

struct Deployment {
    service: Service,
    database: Database,
    mailbox: Mailbox,
    _provider: Provider,
}

impl Deployment {
    fn new(toml: &str, more: &[(&str, &str)]) -> Self {
        let (database, mailbox, provider) = (secondary_storage::database(toml), Mailbox::new(), Provider::new());
        let url = mailbox.url();
        let variables = [&[("DATABASE_URL", database.url.as_str()), ("EMAIL_URL", &url)], more].concat();
        let service = flows::service(toml, &variables, &provider);
        Self { service, database, mailbox, _provider: provider }
    }

    /// Signs in with Google, which says who `code` is.
    fn come(&self, code: &str) -> Answer {
        let body = json!({ "provider": "google", "callbackURL": "/in", "errorCallbackURL": "/no" });
        let begun = flows::begin(&self.service.url, "/sign-in/social", &body, "");
        let answer =
            flows::back(&self.service.url, "google", &format!("code={code}&state={}", begun.state), &begun.cookie);
        assert_eq!(answer.header("location"), Some("/in"));
        answer
    }

    fn post(&self, path: &str, cookie: &str, body: &Value) -> Answer {
        self.service.post(path, cookie, &body.to_string())
    }

    /// The token of a reset link that is mailed to `ada@example.com`.
    fn reset_link(&self) -> String {
        let before = self.mailbox.mails(0).len();
        self.post("/request-password-reset", "", &json!({ "email": "ada@example.com" }));
        self.mailbox.mails(before + 1);
        self.mailbox.token("reset-password")
    }

    fn reset(&self, token: &str, password: &str) -> u16 {
        self.post("/reset-password", "", &json!({ "token": token, "newPassword": password })).status
    }
}

#[test]
fn reset_link_outlives_an_address_that_a_provider_changed() {
    for has_password in [false, true] {
        let deployment = Deployment::new(OVERRIDING, &[]);
        deployment.come("ada");
        if has_password {
            assert_eq!(deployment.reset(&deployment.reset_link(), "the owner's password"), 200);
        }
        let link = deployment.reset_link();
        // The same address again changes nothing.
        deployment.come("ada");
        assert_eq!(deployment.database.value("select count(*) from verification where identifier like 'reset-%'"), "1");
        deployment.come("ada~new@example.com");
        assert_eq!(deployment.database.value(r#"select email from "user""#), "new@example.com");
        assert_eq!(deployment.reset(&link, "the attacker's password"), 400, "{has_password}");
    }
}

#[test]
fn reset_link_outlives_a_changed_address_in_a_secondary_storage() {
    let Some(redis) = Redis::start() else { return };
    let changing = format!("{}[user.change_email]\nenabled = true\n", secondary_storage::TOML);
    let overriding = format!("{OVERRIDING}[secondary_storage]\nenabled = true\n");
    for (toml, by_provider) in [(changing, false), (overriding, true)] {
        let deployment = Deployment::new(&toml, &[("REDIS_URL", &redis.url())]);
        let cookie = deployment.come("ada").cookies();
        let link = deployment.reset_link();
        if by_provider {
            deployment.come("ada~new@example.com");
        } else {
            let body = json!({ "newEmail": "new@example.com" });
            assert_eq!(deployment.post("/change-email", &cookie, &body).status, 200);
            let token = deployment.mailbox.token("verify-email");
            assert_eq!(deployment.service.get(&format!("/verify-email?token={token}"), &cookie).status, 200);
        }
        assert_eq!(deployment.database.value(r#"select email from "user""#), "new@example.com");
        assert_eq!(deployment.reset(&link, "the attacker's password"), 400, "{by_provider}");
    }
}

#[test]
fn deletion_link_outlives_a_changed_address_in_a_secondary_storage() {
    let Some(redis) = Redis::start() else { return };
    let toml = format!("{OVERRIDING}[secondary_storage]\nenabled = true\n");
    let deployment = Deployment::new(&toml, &[("REDIS_URL", &redis.url())]);
    let cookie = deployment.come("ada").cookies();
    assert_eq!(deployment.post("/delete-user", &cookie, &json!({})).status, 200);
    let token = deployment.mailbox.token("delete-account");
    let cookie = deployment.come("ada~new@example.com").cookies();
    assert_eq!(deployment.post("/delete-user", &cookie, &json!({ "token": token })).status, 404);
    assert_eq!(deployment.database.value(r#"select count(*) from "user""#), "1");
}
