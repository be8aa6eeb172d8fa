//! Strangers who take an address before its owner comes: by a way that leaves no password, so that there is none to remove.

use serde_json::{Value, json};

use crate::support::{
    factors::Browser, http::refused, mailbox::Mailbox, postgres::Database, redis::Redis, secondary_storage,
    service::Service,
};

const TOML: &str = "[email_and_password]\nenabled = true\nrequire_email_verification = true\n\
    [email_verification]\nauto_sign_in_after_verification = true\n[anonymous]\nenabled = true\n\
    [user.change_email]\nenabled = true\nupdate_email_without_verification = true\n";
const CODES: &str = "[email_otp]\nenabled = true\noverride_default_email_verification = true\n";
const OWNER: &str = "owner@example.com";

struct Claimed {
    service: Service,
    database: Database,
    mailbox: Mailbox,
    stranger: Browser,
}

impl Claimed {
    /// A stranger without a password has the owner's address, and an account of a provider.
    fn new(more: &str, variables: &[(&str, &str)]) -> Self {
        let toml = format!("{TOML}{more}");
        let (database, mailbox) = (secondary_storage::database(&toml), Mailbox::new());
        let own =
            [("DATABASE_URL", database.url.as_str()), ("EMAIL_URL", &mailbox.url()), ("VERCEL_ENV", "development")];
        let service = Service::with(&toml, &[&own[..], variables].concat());
        let mut stranger = Browser::new(&service.url);
        assert_eq!(stranger.post("/sign-in/anonymous", &json!({})).status, 200);
        let changed = stranger.post("/change-email", &json!({ "newEmail": OWNER }));
        assert_eq!(changed.status, 200, "{}", changed.text());
        database.change(
            "insert into {account} ({account.new}{account.accountId}, {account.providerId}, {account.userId}, {account.createdAt},
                {account.updatedAt}) select {new 'strangers'}'s1', 'github', u.{user.id}, now(), now() from {user} u",
        );
        Self { service, database, mailbox, stranger }
    }

    /// The owner signs up.
    fn sign_up(&self) {
        let before = self.mailbox.mails(0).len();
        let body = json!({ "name": "Owner", "email": OWNER, "password": "the owner's password" });
        assert_eq!(self.service.post("/sign-up/email", "", &body.to_string()).status, 200);
        self.mailbox.mails(before + 1);
    }

    fn newest(&self, member: &str) -> String {
        self.mailbox.mails(1).last().unwrap()[member].as_str().unwrap().to_owned()
    }

    fn follow(&self) {
        let answer = self.service.get(&self.link(), "");
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    fn link(&self) -> String {
        format!("/verify-email?token={}", self.newest("token"))
    }

    fn is_in(&mut self) -> bool {
        self.stranger.get("/get-session").json() != Value::Null
    }

    fn accounts(&self) -> String {
        self.database.value("select count(*) from account where \"providerId\" = 'github'")
    }

    fn is_confirmed(&self) -> bool {
        self.database.value("select \"emailVerified\"::text from \"user\"") == "true"
    }
}

#[test]
fn prehijack_without_a_password_ends_when_the_owner_signs_up_and_follows_the_link() {
    let mut claimed = Claimed::new("", &[]);
    claimed.sign_up();
    // A sign-up alone changes nothing: it proves nothing.
    assert!(claimed.is_in());
    claimed.follow();
    assert!(claimed.is_confirmed() && !claimed.is_in());
    assert_eq!(claimed.accounts(), "0");
}

#[test]
fn prehijack_without_a_password_ends_when_the_owner_signs_up_and_gives_the_code() {
    let mut claimed = Claimed::new(CODES, &[]);
    claimed.sign_up();
    let body = json!({ "email": OWNER, "otp": claimed.newest("code") });
    let answer = claimed.service.post("/email-otp/verify-email", "", &body.to_string());
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(claimed.is_confirmed() && !claimed.is_in());
    assert_eq!(claimed.accounts(), "0");
}

#[test]
fn prehijack_without_a_password_ends_where_secrets_are_in_a_secondary_storage() {
    let Some(redis) = Redis::start() else { return };
    let mut claimed = Claimed::new("[secondary_storage]\nenabled = true\n", &[("REDIS_URL", &redis.url())]);
    claimed.sign_up();
    claimed.follow();
    assert!(claimed.is_confirmed() && !claimed.is_in());
    assert_eq!(claimed.accounts(), "0");
}

#[test]
fn attack_a_stranger_sets_a_password_or_moves_the_address_after_the_owners_sign_up() {
    let mut claimed = Claimed::new("", &[]);
    claimed.sign_up();
    for to in ["elsewhere@example.com", OWNER] {
        assert_eq!(claimed.stranger.post("/change-email", &json!({ "newEmail": to })).status, 200);
    }
    claimed.database.change(
        "insert into {account} ({account.new}{account.accountId}, {account.providerId}, {account.userId}, {account.password},
            {account.createdAt}, {account.updatedAt}) select {new 'password'}u.{user.id}::text, 'credential', u.{user.id}, 'x:y', now(),
            now() from {user} u",
    );
    let before = claimed.mailbox.mails(0).len();
    let body = json!({ "email": OWNER });
    assert_eq!(claimed.service.post("/send-verification-email", "", &body.to_string()).status, 200);
    claimed.mailbox.mails(before + 1);
    claimed.follow();
    assert!(claimed.is_confirmed() && !claimed.is_in());
    assert_eq!(claimed.database.value("select count(*) from account"), "0");
}

#[test]
fn who_signs_up_twice_and_confirms_in_the_same_browser_keeps_everything() {
    let mut claimed = Claimed::new("", &[]);
    claimed.sign_up();
    let link = claimed.link();
    assert_eq!(claimed.stranger.get(&link).status, 200);
    assert!(claimed.is_confirmed() && claimed.is_in());
    assert_eq!(claimed.accounts(), "1");
}

#[test]
fn a_user_whose_address_no_second_sign_up_claims_keeps_everything() {
    let mut claimed = Claimed::new("", &[]);
    let body = json!({ "email": OWNER });
    assert_eq!(claimed.service.post("/send-verification-email", "", &body.to_string()).status, 200);
    claimed.mailbox.mails(1);
    claimed.follow();
    assert!(claimed.is_confirmed() && claimed.is_in());
    assert_eq!(claimed.accounts(), "1");
}

#[test]
fn attack_a_client_takes_the_address_of_a_providers_user_who_has_none() {
    let toml = "[email_and_password]\nenabled = true\n[email_otp]\nenabled = true\n[magic_link]\nenabled = true\n\
        [user.change_email]\nenabled = true\nupdate_email_without_verification = true\n";
    let (database, mailbox) = (secondary_storage::database(toml), Mailbox::new());
    let variables =
        [("DATABASE_URL", database.url.as_str()), ("EMAIL_URL", &mailbox.url()), ("VERCEL_ENV", "development")];
    let service = Service::with(toml, &variables);
    for address in ["4711@roblox.placeholder.invalid", "A@Reddit.Placeholder.INVALID"] {
        let body = json!({ "name": "Eve", "email": address, "password": "correct horse battery" });
        refused(&service.post("/sign-up/email", "", &body.to_string()), 400, "INVALID_EMAIL", "placeholder_address");
        let cookie = service.user(&format!("{}@example.com", address.split_once('@').unwrap().0));
        let body = json!({ "newEmail": address }).to_string();
        refused(&service.post("/change-email", &cookie, &body), 400, "INVALID_EMAIL", "placeholder_address");
    }
    assert_eq!(database.value("select count(*) from \"user\" where email like '%placeholder%'"), "0");
}
