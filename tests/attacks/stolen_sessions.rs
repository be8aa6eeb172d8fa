//! Holes for a person who has another user's session, and perhaps the password: the user ends the session, and what the person has
//! begun before comes to nothing.

use serde_json::{Value, json};

use crate::support::{
    factors::{self, App, Browser, PASSWORD},
    flows,
    http::{Answer, refused},
    mailbox::Mailbox,
    postgres::Database,
    provider::Provider,
    redis::Redis,
    secondary_storage::database,
    service::Service,
    wire::{Fault, Wire},
};

const TOML: &str = "[email_and_password]\nenabled = true\nrevoke_sessions_on_password_reset = true\n\
    [two_factor]\nenabled = true\n[two_factor.otp_options]\nsend_otp = true\n[user.delete_user]\nenabled = true\n\
    [session]\nfresh_age = 0\n";
const OTHER: &str = "another password";
/// How the transactions begin that change a second factor, a password or a user.
const LOCK: &str = "for no key update";

fn post(service: &Service, path: &str, cookie: &str, body: &Value) -> Answer {
    service.post(path, cookie, &body.to_string())
}

/// Two services on one database: what the first one sends to it can be held back.
struct TwoServices {
    database: Database,
    mailbox: Mailbox,
    wire: Wire,
    slow: Service,
    service: Service,
}

impl TwoServices {
    fn new(toml: &str, variables: &[(&str, &str)]) -> Self {
        let (database, mailbox) = (database(toml), Mailbox::new());
        let (wire, mail) = (Wire::new(&database.url), mailbox.url());
        let start = |url: &str| {
            let mut all = vec![("DATABASE_URL", url), ("EMAIL_URL", &mail), ("VERCEL_ENV", "development")];
            all.extend(variables);
            Service::with(toml, &all)
        };
        let (slow, service) = (start(&wire.url), start(&database.url));
        Self { database, mailbox, wire, slow, service }
    }

    /// A user with an address that is confirmed, and a second session.
    fn user_and_thief(&self, email: &str) -> (String, String) {
        let own = self.service.user(email);
        self.database.query("update \"user\" set \"emailVerified\" = true");
        let body = json!({ "email": email, "password": PASSWORD });
        (own, post(&self.service, "/sign-in/email", "", &body).cookies())
    }

    /// Holds the statement with this text of `request` back until `meanwhile` is done.
    fn meanwhile(
        &self,
        text: &'static str,
        request: impl FnOnce(&Service) -> Answer + Send,
        meanwhile: impl FnOnce(),
    ) -> Answer {
        self.wire.statements();
        self.wire.set(Fault::HoldBack(text));
        std::thread::scope(|scope| {
            let held = scope.spawn(|| request(&self.slow));
            self.wire.await_statement(text);
            meanwhile();
            self.wire.set(Fault::None);
            held.join().unwrap()
        })
    }

    fn is_in(&self, cookie: &str) -> bool {
        !cookie.is_empty() && !self.service.get("/get-session", cookie).json().is_null()
    }

    fn reset(&self, email: &str) {
        let before = self.mailbox.mails(0).len();
        assert_eq!(post(&self.service, "/request-password-reset", "", &json!({ "email": email })).status, 200);
        self.mailbox.mails(before + 1);
        let token = self.mailbox.token("reset-password");
        let body = json!({ "token": token, "newPassword": OTHER });
        assert_eq!(post(&self.service, "/reset-password", "", &body).status, 200);
    }
}

/// Ends the sessions of the user with this cookie and this address.
type EndsSessions = fn(&TwoServices, &str, &str);

#[test]
fn a_session_that_has_ended_is_not_reborn_by_what_was_on_its_way() {
    let held = TwoServices::new(TOML, &[]);
    let ways: [(&str, EndsSessions); 4] = [
        ("revoke-other-sessions", |held, own, _| {
            assert_eq!(post(&held.service, "/revoke-other-sessions", own, &json!({})).status, 200);
        }),
        ("revoke-sessions", |held, own, _| {
            assert_eq!(post(&held.service, "/revoke-sessions", own, &json!({})).status, 200);
        }),
        ("change-password", |held, own, _| {
            let body = json!({ "currentPassword": PASSWORD, "newPassword": OTHER, "revokeOtherSessions": true });
            assert_eq!(post(&held.service, "/change-password", own, &body).status, 200);
        }),
        ("reset-password", |held, _, email| held.reset(email)),
    ];
    let requests = [
        ("/two-factor/enable", json!({ "password": PASSWORD, "method": "otp" })),
        ("/two-factor/enable", json!({ "password": PASSWORD })),
        ("/two-factor/disable", json!({ "password": PASSWORD })),
        (
            "/change-password",
            json!({ "currentPassword": PASSWORD, "newPassword": "of a thief", "revokeOtherSessions": true }),
        ),
        ("/delete-user", json!({ "password": PASSWORD })),
    ];
    for (at, (path, body)) in requests.iter().enumerate() {
        // Each request with one way at least, and the ways in turn.
        for (number, (way, end)) in ways.iter().enumerate().filter(|(number, _)| at == 2 || at % 4 == *number) {
            let email = format!("ada-{at}-{number}@example.com");
            let (own, thief) = held.user_and_thief(&email);
            let answer = held.meanwhile(LOCK, |slow| post(slow, path, &thief, body), || end(&held, &own, &email));
            refused(&answer, 401, "UNAUTHORIZED", "session_ended_meanwhile");
            assert!(!held.is_in(&thief) && !held.is_in(&answer.cookies()), "{path} {way}: {:?}", answer.set_cookies());
            let user = held.database.query(&format!(
                "select \"twoFactorEnabled\"::text, (select count(*) from \"twoFactor\" t where t.\"userId\" = u.id)::text
                from \"user\" u where email = '{email}'"
            ));
            let is_off = user.iter().any(|row| row[0].as_deref() != Some("true") && row[1].as_deref() == Some("0"));
            assert!(is_off, "{path} {way}: {user:?}");
        }
    }
}

#[test]
fn a_session_that_has_ended_changes_nothing_and_gets_no_cookies() {
    let held = TwoServices::new(&format!("{TOML}[session.cookie_cache]\nenabled = true\n"), &[]);
    let (own, thief) = held.user_and_thief("ada@example.com");
    let end = || assert_eq!(post(&held.service, "/revoke-other-sessions", &own, &json!({})).status, 200);
    let answer = held.meanwhile("= coalesce(", |slow| post(slow, "/update-user", &thief, &json!({ "name": "x" })), end);
    refused(&answer, 401, "UNAUTHORIZED", "session_ended_meanwhile");
    assert_eq!(answer.cookies(), "", "{:?}", answer.set_cookies());
    assert_eq!(held.database.value("select name from \"user\""), "Someone");

    let thief = sign_in(&held);
    let account = held.database.value("select id from account");
    let unlink = json!({ "accountId": account });
    let answer = held.meanwhile("with own as (", |slow| post(slow, "/unlink-account", &thief, &unlink), end);
    assert_eq!(answer.status, 400, "the last account stays anyway: {}", answer.text());
    held.database.change(
        "insert into {account} ({account.new}{account.accountId}, {account.providerId}, {account.userId}, {account.createdAt}, {account.updatedAt})
        select {new 'google'}'1', 'google', u.{user.id}, now(), now() from {user} u",
    );
    let thief = sign_in(&held);
    let answer = held.meanwhile("with own as (", |slow| post(slow, "/unlink-account", &thief, &unlink), end);
    refused(&answer, 401, "UNAUTHORIZED", "session_ended_meanwhile");
    assert_eq!(held.database.value("select count(*) from account"), "2");
}

fn sign_in(held: &TwoServices) -> String {
    post(&held.service, "/sign-in/email", "", &json!({ "email": "ada@example.com", "password": PASSWORD })).cookies()
}

#[test]
fn a_password_that_was_replaced_meanwhile_proves_nothing() {
    // The sessions go on after a reset here.
    let held = TwoServices::new(&TOML.replace("revoke_sessions_on_password_reset = true\n", ""), &[]);
    for (number, (path, body)) in [
        ("/delete-user", json!({ "password": PASSWORD })),
        ("/two-factor/enable", json!({ "password": PASSWORD })),
        ("/two-factor/disable", json!({ "password": PASSWORD })),
        (
            "/change-password",
            json!({ "currentPassword": PASSWORD, "newPassword": "of a thief", "revokeOtherSessions": true }),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("ada-{number}@example.com");
        let (_, thief) = held.user_and_thief(&email);
        let answer = held.meanwhile(LOCK, |slow| post(slow, path, &thief, &body), || held.reset(&email));
        refused(&answer, 400, "INVALID_PASSWORD", "wrong_password");
        assert!(held.is_in(&thief), "{path}");
        let body = json!({ "email": email, "password": OTHER });
        assert_eq!(post(&held.service, "/sign-in/email", "", &body).status, 200, "{path}");
    }
    assert_eq!(held.database.value("select count(*) from \"twoFactor\""), "0");
}

#[test]
fn a_session_in_a_secondary_storage_is_not_reborn_either() {
    for more in ["", "[session]\nstore_session_in_database = true\n"] {
        let Some(redis) = Redis::start() else { return };
        let toml = format!(
            "[email_and_password]\nenabled = true\n[two_factor]\nenabled = true\n[user.delete_user]\nenabled = true\n\
             [secondary_storage]\nenabled = true\n{more}"
        );
        let held = TwoServices::new(&toml, &[("REDIS_URL", &redis.url())]);
        // The first statement of a pair comes before the password is compared, the second one behind it.
        for (number, text) in ["left join lateral (", LOCK].into_iter().enumerate() {
            let email = format!("ada-{number}@example.com");
            let (own, thief) = held.user_and_thief(&email);
            let end = || assert_eq!(post(&held.service, "/revoke-other-sessions", &own, &json!({})).status, 200);
            let body = json!({ "password": PASSWORD });
            let answer = held.meanwhile(text, |slow| post(slow, "/two-factor/disable", &thief, &body), end);
            refused(&answer, 401, "UNAUTHORIZED", "session_ended_meanwhile");
            assert!(held.is_in(&own) && !held.is_in(&thief) && !held.is_in(&answer.cookies()), "{more} {text}");
        }
        // Without a disturbance the session goes on under another token, and the former one is nothing.
        let (own, another) = held.user_and_thief("bob@example.com");
        let answer = post(&held.service, "/two-factor/disable", &own, &json!({ "password": PASSWORD }));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let new = answer.cookies();
        assert!(held.is_in(&new) && !held.is_in(&own) && held.is_in(&another), "{more}");
        let listed = held.service.get("/list-sessions", &new).json();
        assert_eq!(listed.as_array().unwrap().len(), 2, "{listed}");
    }
}

#[test]
fn an_account_is_linked_only_while_the_session_that_began_it_is_there() {
    let toml = "[email_and_password]\nenabled = true\n[account.account_linking]\nallow_different_emails = true\n";
    let (database, provider, mailbox) = (Database::new(), Provider::new(), Mailbox::new());
    let (wire, mail) = (Wire::new(&database.url), mailbox.url());
    let start = |url: &str| {
        flows::service(toml, &[("DATABASE_URL", url), ("EMAIL_URL", &mail), ("VERCEL_ENV", "development")], &provider)
    };
    let (slow, service) = (start(&wire.url), start(&database.url));
    let held = TwoServices { database, mailbox, wire, slow, service };
    // A stranger has signed up with the address, and links an account of their own.
    let stranger = held.service.user("ada@example.com");
    let body = json!({ "provider": "google", "callbackURL": "/in", "errorCallbackURL": "/no" });
    let begun = flows::begin(&held.slow.url, "/link-social", &body, &stranger);
    let query = format!("code=eve&state={}", begun.state);
    let come_back = |slow: &Service| flows::back(&slow.url, "google", &query, &begun.cookie);
    let answer = held.meanwhile(LOCK, come_back, || held.reset("ada@example.com"));
    assert_eq!(answer.header("x-gatepost-reason"), Some("link_session_over"), "{:?}", answer.header("location"));
    assert_eq!(held.database.query("select \"providerId\" from account"), [[Some("credential".to_owned())]]);
    // In a session that is there it is linked.
    let body_in = json!({ "email": "ada@example.com", "password": OTHER });
    let own = post(&held.service, "/sign-in/email", "", &body_in).cookies();
    let begun = flows::begin(&held.service.url, "/link-social", &body, &own);
    let query = format!("code=eve&state={}", begun.state);
    let answer = flows::back(&held.service.url, "google", &query, &begun.cookie);
    assert!(answer.header("location").is_some_and(|to| to.ends_with("/in")), "{:?}", answer.header("location"));
    assert_eq!(held.database.value("select count(*) from account"), "2");
}

#[test]
fn an_abandoned_setup_lets_no_session_switch_mailed_codes_on() {
    let held = TwoServices::new(TOML, &[]);
    let mut own = Browser::new(&held.service.url);
    own.sign_up("ada@example.com");
    factors::begun(&mut own);
    let mut other = Browser::new(&held.service.url);
    assert_eq!(other.sign_in().status, 200);
    let give = |browser: &mut Browser| {
        let before = held.mailbox.mails(0).len();
        assert_eq!(browser.post("/two-factor/send-otp", &json!({})).status, 200);
        let code = held.mailbox.mails(before + 1).pop().unwrap()["code"].as_str().unwrap().to_owned();
        browser.give("otp", &code)
    };
    // In another session than the one in which it was begun, and in that one after a while.
    refused(&give(&mut other), 400, "OTP_NOT_ENABLED", "no_second_factor");
    held.database.query(
        "update verification set \"expiresAt\" = now() - interval '1 minute' where identifier like '2fa-enrolling-%'",
    );
    refused(&give(&mut own.clone()), 400, "OTP_NOT_ENABLED", "no_second_factor");
    assert!(own.is_in() && other.is_in());
    assert_eq!(own.get("/get-session").json()["user"]["twoFactorEnabled"], false);
    // Begun again, a mailed code completes it.
    factors::begun(&mut own);
    assert_eq!(give(&mut own).status, 200);
    assert_eq!(own.get("/get-session").json()["user"]["twoFactorEnabled"], true);
}

#[test]
fn a_session_alone_does_not_keep_its_owner_from_a_new_password() {
    for (more, has_store) in [("", false), ("[verification]\nstore_identifier = \"hashed\"\n", false), ("", true)] {
        let redis = if has_store { Redis::start() } else { None };
        if has_store && redis.is_none() {
            continue;
        }
        let (store, url) = match &redis {
            Some(redis) => ("[secondary_storage]\nenabled = true\n", redis.url()),
            None => ("", String::new()),
        };
        let toml = format!("[email_and_password]\nenabled = true\n[two_factor]\nenabled = true\n{more}{store}");
        let variables = [("REDIS_URL", url.as_str())];
        let held = TwoServices::new(&toml, if has_store { &variables } else { &[] });
        let app = App::enrolled(&held.service.url);
        held.database.query("update \"user\" set \"emailVerified\" = true");
        let trusted = |code: &str| {
            let mut browser = Browser::new(&held.service.url);
            browser.challenged();
            let body = json!({ "code": code, "trustDevice": true });
            assert_eq!(browser.post("/two-factor/verify-backup-code", &body).status, 200);
            browser
        };
        let (mut lost, mut kept) = (trusted(&app.codes[0]), trusted(&app.codes[1]));
        let email = json!({ "email": "ada@example.com" });
        assert_eq!(post(&held.service, "/request-password-reset", "", &email).status, 200);
        let token = held.mailbox.token("reset-password");
        for _ in 0..3 {
            assert_eq!(kept.post("/revoke-other-sessions", &json!({})).status, 200);
        }
        // Devices end with the sessions, but for the one that asks; what was mailed for the owner works.
        assert_eq!(lost.sign_in().json()["twoFactorRedirect"], true, "{more}{store}");
        assert!(kept.sign_in().json()["token"].is_string(), "{more}{store}");
        let body = json!({ "token": token, "newPassword": OTHER });
        let answer = post(&held.service, "/reset-password", "", &body);
        assert_eq!(answer.status, 200, "{more}{store}: {}", answer.text());
        // A device that is trusted after that counts.
        let body = json!({ "email": "ada@example.com", "password": OTHER });
        let mut later = Browser::new(&held.service.url);
        later.post("/sign-in/email", &body);
        let given = json!({ "code": app.codes[2], "trustDevice": true });
        assert_eq!(later.post("/two-factor/verify-backup-code", &given).status, 200);
        assert!(later.post("/sign-in/email", &body).json()["token"].is_string(), "{more}{store}");
    }
}

#[test]
fn a_count_of_codes_is_not_the_identifier_of_another_user() {
    let toml = "[email_and_password]\nenabled = true\n[two_factor]\nenabled = true\n";
    let held = TwoServices::new(toml, &[]);
    let other = held.service.user("other@example.com");
    let app = App::enrolled(&held.service.url);
    let mut waiting = Browser::new(&held.service.url);
    waiting.challenged();
    let guess = factors::wrong(&app.code(&held.database));
    assert_eq!(waiting.give("totp", &guess).status, 401);
    // Where identifiers are numbers, the count must not be one of them as a text.
    let count = held.database.value("select value from verification where identifier like '2fa-attempts-%'");
    assert_eq!(count, "+1");
    let body = json!({ "currentPassword": PASSWORD, "newPassword": OTHER });
    assert_eq!(post(&held.service, "/change-password", &other, &body).status, 200);
    assert_eq!(waiting.give("totp", &app.code(&held.database)).status, 200);
}
