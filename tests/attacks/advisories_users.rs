//! Holes that software of this kind has had around users, their sessions and their addresses, each closed here: a test
//! is named after the advisory, or after the class where there was none.

use serde_json::json;

use crate::support::{flows, http::Answer, mailbox::Mailbox, postgres::Database, provider::Provider, service::Service};

const TOML: &str = "[email_and_password]\nenabled = true\n[email_verification]\nsend_on_sign_up = true\nauto_sign_in_after_verification = true\n\
    [user.delete_user]\nenabled = true\n[user.change_email]\nenabled = true\n";

fn service() -> (Database, Mailbox, Service) {
    let (database, mailbox) = (Database::new(), Mailbox::new());
    let variables = [("DATABASE_URL", database.url.as_str()), ("EMAIL_URL", &mailbox.url())];
    let service = Service::with(TOML, &variables);
    (database, mailbox, service)
}

fn token_of(cookie: &str) -> &str {
    cookie.split(['=', '.']).nth(2).unwrap()
}

#[test]
fn ghsa_99h5_pjcv_gr6v_a_body_never_says_who_acts() {
    let (database, _mailbox, service) = service();
    let eve = service.user("eve@example.com");
    let ada = service.user("ada@example.com");
    let id = database.value("select id from \"user\" where email = 'ada@example.com'");
    let acts = [
        ("/update-user", format!(r#"{{"name":"Owned","userId":"{id}","id":"{id}"}}"#)),
        (
            "/change-password",
            format!(
                r#"{{"currentPassword":"correct horse battery","newPassword":"another password","userId":"{id}"}}"#
            ),
        ),
        ("/revoke-sessions", format!(r#"{{"userId":"{id}"}}"#)),
    ];
    for (path, body) in &acts {
        assert_eq!(service.post(path, "", body).status, 401, "{path}");
        assert_eq!(service.post(path, &eve, body).status, 200, "{path}");
    }
    assert_eq!(database.value("select name from \"user\" where email = 'ada@example.com'"), "Someone");
    assert_eq!(service.get("/get-session", &ada).json()["user"]["email"], "ada@example.com");
}

#[test]
fn ghsa_4vcf_q4xf_f48m_nobody_reaches_another_users_rows_by_their_identifiers() {
    let (database, _mailbox, service) = service();
    let ada = service.user("ada@example.com");
    let eve = service.user("eve@example.com");
    database.change(
        "insert into {account} ({account.new}{account.accountId}, {account.providerId}, {account.userId}, {account.createdAt}, {account.updatedAt})
        select {new 'second ' || random()}u.{user.email}, 'github', u.{user.id}, now(), now() from {user} u",
    );
    let account = database.value("select id from account where \"accountId\" = 'ada@example.com'");
    let before = database.query("select id, token from session order by id");
    let accounts = database.query("select id from account order by id");
    let acts = [
        ("/unlink-account", format!(r#"{{"accountId":"{account}"}}"#), 400),
        ("/revoke-session", format!(r#"{{"token":"{}"}}"#, token_of(&ada)), 200),
        ("/revoke-other-sessions", "{}".to_owned(), 200),
    ];
    for (path, body, status) in &acts {
        assert_eq!(service.post(path, &eve, body).status, *status, "{path}");
    }
    assert_eq!(database.query("select id, token from session order by id"), before);
    assert_eq!(database.query("select id from account order by id"), accounts);
}

#[test]
fn ghsa_2vg6_77g8_24mp_no_session_outlives_its_user_or_its_password() {
    let (database, mailbox, service) = service();
    let deleted = service.user("ada@example.com");
    let elsewhere = service
        .post("/sign-in/email", "", r#"{"email":"ada@example.com","password":"correct horse battery"}"#)
        .cookies();
    assert_eq!(service.post("/delete-user", &deleted, "{}").status, 200);
    for cookie in [&deleted, &elsewhere] {
        assert_eq!(service.get("/get-session", cookie).text(), "null");
        assert_eq!(service.get("/list-accounts", cookie).status, 401);
    }
    assert_eq!(database.value("select count(*) from session"), "0");

    let stolen = service.user("eve@example.com");
    let change =
        r#"{"currentPassword":"correct horse battery","newPassword":"another password","revokeOtherSessions":true}"#;
    let kept = service.post("/change-password", &stolen, change).cookies();
    assert_eq!(service.get("/get-session", &stolen).text(), "null");
    assert_eq!(service.get("/get-session", &kept).json()["user"]["email"], "eve@example.com");

    let revoking =
        TOML.replace("enabled = true\n[email_v", "enabled = true\nrevoke_sessions_on_password_reset = true\n[email_v");
    let service = Service::with(&revoking, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &mailbox.url())]);
    service.post("/request-password-reset", "", r#"{"email":"eve@example.com"}"#);
    let token = mailbox.token("reset-password");
    let body = format!(r#"{{"newPassword":"a third password","token":"{token}"}}"#);
    assert_eq!(service.post("/reset-password", "", &body).status, 200);
    assert_eq!(service.get("/get-session", &kept).text(), "null");
}

#[test]
fn pull_11023_a_link_to_an_address_confirms_nobody_who_signed_up_with_it_later() {
    let (database, mailbox, service) = service();
    service.user("ada@example.com");
    let first = mailbox.token("verify-email");
    database.query("delete from \"user\"");
    mailbox.clear();
    // Another user has the address now.
    service.user("ada@example.com");
    let second = mailbox.token("verify-email");
    let follow = |token: &str| service.get(&format!("/verify-email?token={token}"), "");
    let answer = follow(&first);
    assert_eq!((answer.status, answer.json()["code"].as_str()), (401, Some("INVALID_TOKEN")));
    assert!(answer.set_cookies().is_empty());
    assert_eq!(database.value("select \"emailVerified\" from \"user\""), "f");
    assert_eq!(follow(&second).status, 200);
    assert_eq!(database.value("select \"emailVerified\" from \"user\""), "t");
}

#[test]
fn pull_7196_an_address_changes_only_when_its_mailbox_says_so() {
    let (database, mailbox, service) = service();
    let cookie = service.user("ada@example.com");
    database.query("update \"user\" set \"emailVerified\" = true");
    mailbox.newest("verify-email");
    mailbox.clear();
    assert_eq!(service.post("/change-email", &cookie, r#"{"newEmail":"typo@example.com"}"#).status, 200);
    assert_eq!(database.value("select email from \"user\""), "ada@example.com");
    assert_eq!(mailbox.newest("verify-email")["to"], "typo@example.com");
}

#[test]
fn cve_2026_27946_what_a_body_may_not_set_stays_as_it_was() {
    let (database, _mailbox, service) = service();
    let body = r#"{"name":"Ada","email":"ada@example.com","password":"correct horse battery","emailVerified":true,"id":"chosen","createdAt":"2000-01-01T00:00:00.000Z","role":"admin"}"#;
    let cookie = service.post("/sign-up/email", "", body).cookies();
    let update = r#"{"name":"Ada","emailVerified":true,"id":"chosen","createdAt":"2000-01-01T00:00:00.000Z","updatedAt":"2000-01-01T00:00:00.000Z"}"#;
    assert_eq!(service.post("/update-user", &cookie, update).status, 200);
    let update = r#"{"expiresAt":"2099-01-01T00:00:00.000Z","userId":"chosen","token":"chosen","ipAddress":"x"}"#;
    assert_eq!(service.post("/update-session", &cookie, update).status, 400);
    let kept = database.value(
        r#"select u."emailVerified" = false and u.id::text <> 'chosen' and u."createdAt" > '2020-01-01' and u."updatedAt" > '2020-01-01'
        and s."expiresAt" < '2098-01-01' and s.token <> 'chosen' and s."userId" = u.id from "user" u, session s"#,
    );
    assert_eq!(kept, "t");
}

#[test]
fn cve_2026_27840_a_token_that_is_cut_off_or_goes_on_is_none() {
    let (database, mailbox, service) = service();
    let cookie = service.user("ada@example.com");
    let confirm = mailbox.token("verify-email");
    assert_eq!(service.post("/request-password-reset", "", r#"{"email":"ada@example.com"}"#).status, 200);
    let reset = mailbox.token("reset-password");
    let (name, signed) = cookie.split_once('=').unwrap();
    for (whole, accepted) in [
        (
            confirm.as_str(),
            &(|token: &str| service.get(&format!("/verify-email?token={token}"), "").status == 200)
                as &dyn Fn(&str) -> bool,
        ),
        (&reset, &|token| {
            let body = format!(r#"{{"newPassword":"another password","token":"{token}"}}"#);
            service.post("/reset-password", "", &body).status == 200
        }),
        (signed, &|value| service.get("/get-session", &format!("{name}={value}")).text() != "null"),
    ] {
        for length in [1, whole.len() / 2, whole.len() - 4, whole.len() - 1] {
            assert!(!accepted(&whole[..length]), "the first {length} of {}", whole.len());
        }
        assert!(!accepted(&format!("{whole}A")) && !accepted(&format!("A{whole}")));
        assert!(accepted(whole));
    }
    assert_eq!(database.value("select \"emailVerified\" from \"user\""), "t");
}

#[test]
fn links_in_mails_are_built_from_the_configured_address_whoever_asked_first() {
    let (_database, mailbox, service) = service();
    let person = r#"{"name":"Ada","email":"ada@example.com","password":"correct horse battery"}"#;
    let host = service.url.strip_prefix("http://").unwrap().replace("localhost", "127.0.0.1");
    let request = format!(
        "POST /api/auth/sign-up/email HTTP/1.1\r\nhost: evil.example\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{person}",
        person.len()
    );
    let answer = crate::support::http::raw(&host, request.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
    let url = mailbox.newest("verify-email")["url"].as_str().unwrap().to_owned();
    assert!(url.starts_with(&format!("{}/api/auth/verify-email?", service.url)), "{url}");
}

#[test]
fn takeover_by_a_change_of_an_address_that_was_asked_for_before_its_owner_came() {
    let (database, mailbox, provider) = (Database::new(), Mailbox::new(), Provider::new());
    let toml = format!("{TOML}[account.account_linking]\nrequire_local_email_verified = false\n");
    let variables = [("DATABASE_URL", database.url.as_str()), ("EMAIL_URL", &mailbox.url())];
    let service = flows::service(&toml, &variables, &provider);
    let come = |name: &str, code: &str| -> Answer {
        let body = json!({ "provider": name, "callbackURL": "/in", "errorCallbackURL": "/no" });
        let begun = flows::begin(&service.url, "/sign-in/social", &body, "");
        flows::back(&service.url, name, &format!("code={code}&state={}", begun.state), &begun.cookie)
    };
    // A user comes with an unconfirmed address and without a password, and wants it changed.
    let stranger = come("google", "eve~unverified~ada@example.com").cookies();
    mailbox.newest("verify-email");
    mailbox.clear();
    assert_eq!(service.post("/change-email", &stranger, r#"{"newEmail":"eve@example.com"}"#).status, 200);
    let link = mailbox.token("verify-email");
    // The owner comes: the stranger's account and session end, and so does the link.
    assert_eq!(come("github", "ada").header("location"), Some("/in"));
    assert_eq!(database.value("select count(*) from account"), "1");
    assert_eq!(service.get(&format!("/verify-email?token={link}"), "").status, 401);
    assert_eq!(database.value("select email from \"user\""), "ada@example.com");
}

#[test]
fn prehijack_by_an_account_that_was_linked_before_its_provider_confirmed_the_address() {
    let toml = "[email_and_password]\nenabled = true\n";
    let (database, provider) = (Database::new(), Provider::new());
    let service = flows::service(toml, &[("DATABASE_URL", &database.url)], &provider);
    let body = |provider: &str| json!({ "provider": provider, "callbackURL": "/in", "errorCallbackURL": "/no" });
    let come = |code: &str| {
        let begun = flows::begin(&service.url, "/sign-in/social", &body("google"), "");
        flows::back(&service.url, "google", &format!("code={code}&state={}", begun.state), &begun.cookie)
    };
    // A stranger signs up with the address, and the owner's account gets linked in the stranger's session.
    let stranger = service.user("ada@example.com");
    let begun = flows::begin(&service.url, "/link-social", &body("google"), &stranger);
    flows::back(&service.url, "google", &format!("code=ada&state={}", begun.state), &begun.cookie);
    assert_eq!(database.value("select count(*) from account"), "2");
    // The provider confirms every address.
    let own = come("ada");
    assert!(own.header("location").is_some_and(|to| to.ends_with("/in")), "{:?}", own.header("location"));
    assert_eq!(service.get("/get-session", &own.cookies()).json()["user"]["emailVerified"], true);
    assert!(service.get("/get-session", &stranger).json().is_null(), "the stranger's session goes on");
    assert_eq!(database.query("select \"providerId\" from account"), [[Some("google".to_owned())]]);
    let again = come("ada");
    assert_eq!(service.get("/get-session", &again.cookies()).status, 200);
    assert!(!service.get("/get-session", &own.cookies()).json().is_null(), "a confirmed user keeps the sessions");
}
