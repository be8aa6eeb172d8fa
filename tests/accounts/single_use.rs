//! Secrets that are mailed: each works once, for its purpose and for its user, however many requests come at once.

use crate::support::{
    crowd::at_once, held::held, http::Answer, mailbox::Mailbox, postgres::Database, service::Service,
};

const TOML: &str = "[email_and_password]\nenabled = true\n[email_verification]\nsend_on_sign_up = true\nauto_sign_in_after_verification = true\n\
    [user.delete_user]\nenabled = true\nsend_delete_account_verification = true\n\
    [user.change_email]\nenabled = true\nsend_change_email_confirmation = true\n";
const PARALLEL: usize = 50;

struct Mailing {
    service: Service,
    database: Database,
    mailbox: Mailbox,
}

impl Mailing {
    fn new() -> Self {
        let (database, mailbox) = (Database::new(), Mailbox::new());
        let service = Service::with(TOML, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &mailbox.url())]);
        Self { service, database, mailbox }
    }
}

fn winners(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| answer.status == 200).count()
}

#[test]
fn ghsa_hc7v_rggr_4hvx_a_reset_token_sets_one_password_of_fifty() {
    let mailing = Mailing::new();
    mailing.service.user("ada@example.com");
    mailing.service.post("/request-password-reset", "", r#"{"email":"ada@example.com"}"#);
    let token = mailing.mailbox.token("reset-password");
    let reset = |number: usize| {
        let body = format!(r#"{{"newPassword":"password {number:02}","token":"{token}"}}"#);
        // The service asks clients to come again if their hashes would wait too long; these requests use nothing up.
        loop {
            let answer = mailing.service.post("/reset-password", "", &body);
            if answer.status != 503 {
                return answer;
            }
        }
    };
    let answers = at_once(PARALLEL, reset);
    assert_eq!(winners(&answers), 1);
    let winner = answers.iter().position(|answer| answer.status == 200).unwrap();
    let body = format!(r#"{{"email":"ada@example.com","password":"password {winner:02}"}}"#);
    assert_eq!(mailing.service.post("/sign-in/email", "", &body).status, 200);
    assert!(answers.iter().all(|answer| answer.status == 200 || answer.json()["code"] == "INVALID_TOKEN"));
}

#[test]
fn a_delete_token_deletes_once() {
    let mailing = Mailing::new();
    let cookie = mailing.service.user("ada@example.com");
    mailing.service.post("/delete-user", &cookie, "{}");
    let token = mailing.mailbox.token("delete-account");
    let answers = at_once(PARALLEL, |number| {
        if number % 2 == 0 {
            mailing.service.post("/delete-user", &cookie, &format!(r#"{{"token":"{token}"}}"#))
        } else {
            mailing.service.get(&format!("/delete-user/callback?token={token}"), &cookie)
        }
    });
    assert_eq!(winners(&answers), 1);
    for table in ["user", "session", "account", "verification"] {
        assert_eq!(mailing.database.value(&format!("select count(*) from \"{table}\"")), "0", "{table}");
    }
}

#[test]
fn a_link_that_changes_an_address_changes_it_once() {
    let mailing = Mailing::new();
    let cookie = mailing.service.user("ada@example.com");
    let _ = mailing.mailbox.token("verify-email");
    mailing.mailbox.clear();
    mailing.service.post("/change-email", &cookie, r#"{"newEmail":"new@example.com"}"#);
    let token = mailing.mailbox.token("verify-email");
    let answers = at_once(PARALLEL, |_| mailing.service.get(&format!("/verify-email?token={token}"), ""));
    assert_eq!(winners(&answers), 1);
    assert_eq!(mailing.database.value("select email from \"user\""), "new@example.com");
}

#[test]
fn a_link_that_confirms_an_address_opens_one_session_however_many_follow_it_at_once() {
    const AT_ONCE: usize = 20;
    let (database, mailbox) = (Database::new(), Mailbox::new());
    let toml = format!("{TOML}[database]\nmax_connections = 20\nstatement_timeout = 60\n");
    let service = Service::with(&toml, &[("DATABASE_URL", &database.direct), ("EMAIL_URL", &mailbox.url())]);
    service.user("ada@example.com");
    database.query("delete from session");
    let link = format!("/verify-email?token={}", mailbox.token("verify-email"));
    let answers: Vec<Answer> = held(&database, "update on {user}", |held| {
        std::thread::scope(|scope| {
            let all: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(|| service.get(&link, ""))).collect();
            held.waiting(AT_ONCE);
            held.let_go();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        })
    });
    // The others are answered like a user who follows a link again.
    assert_eq!(winners(&answers), AT_ONCE);
    assert_eq!(answers.iter().filter(|answer| answer.cookies().contains("session_token")).count(), 1);
    assert_eq!(database.value("select count(*) from session"), "1");
}

#[test]
fn a_link_that_changes_an_address_is_over_where_somebody_has_it_by_now() {
    let mailing = Mailing::new();
    let cookie = mailing.service.user("ada@example.com");
    let _ = mailing.mailbox.token("verify-email");
    mailing.mailbox.clear();
    mailing.service.post("/change-email", &cookie, r#"{"newEmail":"new@example.com"}"#);
    let token = mailing.mailbox.token("verify-email");
    mailing.service.user("new@example.com");
    let answer = mailing.service.get(&format!("/verify-email?token={token}"), "");
    assert_eq!((answer.status, answer.json()["code"].as_str()), (401, Some("INVALID_TOKEN")));
    let emails = r#"select string_agg(email, ' ' order by email) from "user""#;
    assert_eq!(mailing.database.value(emails), "ada@example.com new@example.com");
}

#[test]
fn a_password_is_changed_once_from_the_one_that_was_known() {
    let mailing = Mailing::new();
    let cookie = mailing.service.user("ada@example.com");
    let answers = at_once(PARALLEL, |number| {
        let body = format!(
            r#"{{"currentPassword":"correct horse battery","newPassword":"password {number:02}","revokeOtherSessions":true}}"#
        );
        mailing.service.post("/change-password", &cookie, &body)
    });
    // Those that were refused came too late for the session, for the password, or for a hash.
    assert_eq!(winners(&answers), 1);
    assert_eq!(mailing.database.value("select count(*) from session"), "1");
}

#[test]
fn of_two_accounts_one_stays_whoever_is_faster() {
    let mailing = Mailing::new();
    let cookie = mailing.service.user("ada@example.com");
    for round in 0..5 {
        mailing.database.change(
            "insert into {account} ({account.new}{account.accountId}, {account.providerId}, {account.userId}, {account.createdAt}, {account.updatedAt})
            select {new 'second'}'g1', 'github', u.{user.id}, now(), now() from {user} u",
        );
        let ids = mailing.database.query("select id from account order by id");
        let ids: Vec<String> = ids.into_iter().map(|row| row[0].clone().unwrap()).collect();
        let answers = at_once(PARALLEL, |number| {
            let id = &ids[number % 2];
            mailing.service.post("/unlink-account", &cookie, &format!(r#"{{"accountId":"{id}"}}"#))
        });
        assert_eq!(winners(&answers), 1, "round {round}");
        assert_eq!(mailing.database.value("select count(*) from account"), "1", "round {round}");
        mailing.database.query("delete from account where \"accountId\" = 'g1'");
        mailing.database.change(
            "insert into {account} ({account.new}{account.accountId}, {account.providerId}, {account.userId}, {account.createdAt}, {account.updatedAt})
            select {new 'first' || random()}u.{user.id}::text, 'credential', u.{user.id}, now(), now() from {user} u
            where not exists (select 1 from {account})",
        );
    }
}

#[test]
fn ghsa_965c_763c_88jm_a_secret_of_one_purpose_is_refused_for_every_other() {
    let mailing = Mailing::new();
    let cookie = mailing.service.user("ada@example.com");
    mailing.service.post("/request-password-reset", "", r#"{"email":"ada@example.com"}"#);
    mailing.service.post("/delete-user", &cookie, "{}");
    let verify = mailing.mailbox.token("verify-email");
    mailing.database.query("update \"user\" set \"emailVerified\" = true");
    mailing.service.post("/change-email", &cookie, r#"{"newEmail":"new@example.com"}"#);
    let session = cookie.split(['=', '.']).nth(2).unwrap().to_owned();
    let secrets = [
        ("reset", mailing.mailbox.token("reset-password")),
        ("delete", mailing.mailbox.token("delete-account")),
        ("verify", verify),
        ("change", mailing.mailbox.token("change-email-confirmation")),
        ("session", session),
    ];
    let state = || mailing.database.query("select identifier, value from verification order by identifier");
    let before = state();
    for (purpose, secret) in &secrets {
        let (service, cookie) = (&mailing.service, cookie.as_str());
        let as_reset = || {
            service.post("/reset-password", "", &format!(r#"{{"newPassword":"another password","token":"{secret}"}}"#))
        };
        let as_delete = || service.post("/delete-user", cookie, &format!(r#"{{"token":"{secret}"}}"#));
        let as_delete_link = || service.get(&format!("/delete-user/callback?token={secret}"), cookie);
        let as_verify = || service.get(&format!("/verify-email?token={secret}"), "");
        let as_session =
            || service.send("GET", "/list-accounts", &[("authorization", &format!("Bearer {secret}"))], "");
        let uses: [(&[&str], &dyn Fn() -> Answer); 5] = [
            (&["reset"], &as_reset),
            (&["delete"], &as_delete),
            (&["delete"], &as_delete_link),
            (&["verify", "change"], &as_verify),
            (&["session"], &as_session),
        ];
        for (own, request) in uses.iter().filter(|(own, _)| !own.contains(purpose)) {
            let answer = request();
            let refused = [400, 401, 404].contains(&answer.status) && answer.json()["code"] != "VALIDATION_ERROR";
            assert!(refused, "{purpose} as {own:?}: {} {}", answer.status, answer.text());
        }
    }
    assert_eq!(state(), before, "a secret was used up by what it is not for");
    assert_eq!(mailing.database.value("select count(*) from \"user\" where email = 'ada@example.com'"), "1");
}

#[test]
fn a_scanner_that_follows_links_confirms_and_changes_no_address() {
    let (database, mailbox) = (Database::new(), Mailbox::new());
    let toml = TOML.replace("[email_verification]\n", "[email_verification]\nconfirm_on_page = true\n");
    let service = Service::with(&toml, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &mailbox.url())]);
    let cookie = service.user("ada@example.com");
    let address = || database.value(r#"select email || ' ' || "emailVerified" from "user""#);
    let followed = |token: &str| {
        let link = format!("/verify-email?token={token}&callbackURL=/in");
        for _ in 0..2 {
            let answer = service.get(&link, "");
            assert!(answer.status == 200 && answer.set_cookies().is_empty(), "{}", answer.text());
        }
        service.get(&link, "")
    };
    let token = mailbox.token("verify-email");
    let page = followed(&token);
    assert_eq!((page.header("content-type"), page.header("cache-control")), (Some("text/html"), Some("no-store")));
    let text = page.text();
    assert!(text.contains("action=\"verify-email\"") && text.contains(&format!("value=\"{token}\"")), "{text}");
    assert_eq!(address(), "ada@example.com false");
    let press = |token: &str, origin: &str, site: &str| {
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", origin),
            ("sec-fetch-site", site),
            ("sec-fetch-mode", "navigate"),
        ];
        service.send("POST", "/verify-email", &headers, &format!("token={token}&callbackURL=%2Fin"))
    };
    // Another site presses the button in its user's browser.
    assert_eq!(press(&token, "https://evil.example", "cross-site").status, 403);
    let elsewhere = format!(r#"{{"token":"{token}","callbackURL":"https://evil.example/"}}"#);
    assert_eq!(service.post("/verify-email", "", &elsewhere).json()["code"], "INVALID_CALLBACK_URL");
    let pressed = press(&token, &service.url, "same-origin");
    assert_eq!((pressed.status, pressed.header("location")), (302, Some("/in")), "{}", pressed.text());
    assert!(pressed.cookies().contains("session_token"));
    assert_eq!(address(), "ada@example.com true");
    // The links to both addresses change one only by the button.
    mailbox.clear();
    service.post("/change-email", &cookie, r#"{"newEmail":"new@example.com"}"#);
    let token = mailbox.token("change-email-confirmation");
    followed(&token);
    assert_eq!(mailbox.mails(1).len(), 1, "nothing was asked of the new address");
    mailbox.clear();
    assert_eq!(press(&token, &service.url, "same-origin").status, 302);
    let token = mailbox.token("verify-email");
    followed(&token);
    assert_eq!(address(), "ada@example.com true");
    assert_eq!(press(&token, &service.url, "same-origin").status, 302);
    assert_eq!(address(), "new@example.com true");
    // Where the option is off, there is no button, and no endpoint for one.
    let mailing = Mailing::new();
    assert_eq!(mailing.service.post("/verify-email", "", r#"{"token":"x"}"#).status, 404);
}

#[test]
fn a_scanner_that_follows_links_sets_no_password_and_deletes_no_user() {
    let mailing = Mailing::new();
    let cookie = mailing.service.user("ada@example.com");
    let _ = mailing.mailbox.token("verify-email");
    mailing.mailbox.clear();
    mailing.service.post("/request-password-reset", "", r#"{"email":"ada@example.com","redirectTo":"/reset"}"#);
    let token = mailing.mailbox.token("reset-password");
    for _ in 0..2 {
        let answer = mailing.service.get(&format!("/reset-password/{token}?callbackURL=/reset"), "");
        assert!(answer.header("location").unwrap().ends_with(&format!("/reset?token={token}")));
    }
    mailing.service.post("/delete-user", &cookie, "{}");
    let deletion = mailing.mailbox.token("delete-account");
    // A scanner has no session.
    let answer = mailing.service.get(&format!("/delete-user/callback?token={deletion}"), "");
    assert_eq!((answer.status, answer.json()["code"].as_str()), (404, Some("FAILED_TO_GET_USER_INFO")));
    assert_eq!(mailing.database.value("select count(*) from \"user\""), "1");
    let body = format!(r#"{{"newPassword":"another password","token":"{token}"}}"#);
    assert_eq!(mailing.service.post("/reset-password", "", &body).status, 200);
}
