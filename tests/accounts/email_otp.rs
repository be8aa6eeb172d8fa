//! Codes by mail: behaviour that differs from better-auth, with a test for each closed hole. The common behaviour is compared in
//! tests/conformance.

use std::{ops::Deref, time::Duration};

use serde_json::{Value, json};

use crate::support::{
    crowd::at_once,
    factors::{App, Browser, PASSWORD, wrong},
    http::{Answer, shut_out},
    mailbox::Mailbox,
    mailing::Mailing,
    node::{self, Reference},
    postgres::Database,
    redis::Redis,
    secondary_storage::database,
    service::Service,
};

const TOML: &str = "[email_and_password]\nenabled = true\n[email_otp]\nenabled = true\n";
const EMAIL: &str = "ada@example.com";

struct Codes(Mailing);

impl Deref for Codes {
    type Target = Mailing;

    fn deref(&self) -> &Mailing {
        &self.0
    }
}

impl Codes {
    fn new(more: &str) -> Self {
        Self::with(more, &[])
    }

    fn with(more: &str, variables: &[(&str, &str)]) -> Self {
        Self(Mailing::new(&format!("{TOML}{more}"), variables))
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.service.post(path, "", &body.to_string())
    }

    /// Sends a request that mails a code, and returns it.
    fn mailed(&self, request: impl FnOnce()) -> String {
        let before = self.mailbox.mails(0).len();
        request();
        let mails = self.mailbox.mails(before + 1);
        mails[before]["code"].as_str().unwrap().to_owned()
    }

    fn code(&self, kind: &str, email: &str) -> String {
        self.mailed(|| {
            let answer = self.post("/email-otp/send-verification-otp", &json!({ "email": email, "type": kind }));
            assert_eq!((answer.status, answer.text().as_str()), (200, r#"{"success":true}"#));
        })
    }

    fn sign_in(&self, otp: &str) -> Answer {
        self.post("/sign-in/email-otp", &json!({ "email": EMAIL, "otp": otp }))
    }
}

fn opens(answer: &Answer) -> bool {
    answer.status == 200 && answer.cookies().contains("session_token")
}

#[test]
fn what_cannot_be_stored_of_a_new_user_uses_no_code_up() {
    let codes = Codes::new(
        "[user.additional_fields]\nplan = { type = \"string\", required = false }\nmore = { type = \"json\", required = false }\n",
    );
    let otp = codes.code("sign-in", EMAIL);
    let give = |more: Value| {
        let mut body = json!({ "email": EMAIL, "otp": otp });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        codes.post("/sign-in/email-otp", &body)
    };
    for more in [
        json!({ "name": "a\0b" }),
        json!({ "name": "Ada", "image": "https://example.com/\0" }),
        json!({ "plan": "\0" }),
        json!({ "more": { "a": [{ "b": "\0" }] } }),
        json!({ "more": { "\0": 1 } }),
    ] {
        shut_out(&give(more), 400, "VALUE_NOT_STORABLE", "invalid_input");
    }
    assert_eq!(codes.count("user"), "0");
    let answer = give(json!({ "name": "Ada", "plan": "pro", "more": { "a": "b" } }));
    assert!(opens(&answer), "{}", answer.text());
}

#[test]
fn the_real_client_uses_codes_by_mail_and_one_time_tokens() {
    let codes = Codes::new(
        "[email_otp.change_email]\nenabled = true\n[one_time_token]\nenabled = true\n[rate_limit]\nenabled = false\n",
    );
    let file = codes.mailbox.url().trim_start_matches("file:").to_owned();
    let said = node::run("email-otp.mjs", &["--url", &codes.service.url, "--mails", &file], Duration::from_secs(60));
    assert!(said.contains(" passed, 0 failed"), "{said}");
}

#[test]
fn codes_by_mail_that_are_off_answer_nothing() {
    let database = Database::new();
    let service = Service::new(&database.url);
    for path in [
        "/email-otp/send-verification-otp",
        "/email-otp/check-verification-otp",
        "/email-otp/verify-email",
        "/sign-in/email-otp",
        "/email-otp/request-password-reset",
        "/email-otp/reset-password",
        "/forget-password/email-otp",
        "/email-otp/request-email-change",
        "/email-otp/change-email",
    ] {
        let answer = service.post(path, "", r#"{"email":"ada@example.com","otp":"000000"}"#);
        assert_eq!((answer.status, answer.text().as_str()), (404, ""), "{path}");
    }
    let codes = Codes::new("send_verification_otp = false\n");
    let answer = codes.post("/email-otp/send-verification-otp", &json!({ "email": EMAIL, "type": "sign-in" }));
    assert_eq!((answer.status, answer.header("x-gatepost-reason")), (400, Some("feature_disabled")));
}

#[test]
fn fifty_guesses_at_once_on_two_instances_have_together_three_tries() {
    let redis = Redis::start();
    let url = redis.as_ref().map(Redis::url);
    let stores: &[&[(&str, &str)]] = &[&[], &[("REDIS_URL", url.as_deref().unwrap_or_default())]];
    for variables in &stores[..1 + usize::from(redis.is_some())] {
        let more = if variables.is_empty() { "" } else { "[secondary_storage]\nenabled = true\n" };
        let codes = Codes::with(more, variables);
        let own = [
            ("DATABASE_URL", codes.database.url.as_str()),
            ("EMAIL_URL", &codes.mailbox.url()),
            ("VERCEL_ENV", "development"),
        ];
        let other = Service::with(&format!("{TOML}{more}"), &[&own[..], variables].concat());
        let right = codes.code("sign-in", EMAIL);
        let answers = at_once(50, |number| {
            let service = if number % 2 == 0 { &codes.service } else { &other };
            service.post("/sign-in/email-otp", "", &json!({ "email": EMAIL, "otp": wrong(&right) }).to_string())
        });
        let compared =
            answers.iter().filter(|answer| answer.header("x-gatepost-reason") == Some("wrong_mailed_code")).count();
        assert!(answers.iter().all(|answer| [400, 403].contains(&answer.status)));
        match variables.is_empty() {
            true => assert_eq!(compared, 3),
            // Requests that meet find no code, and are not counted.
            false => assert!((1..=3).contains(&compared), "{compared}"),
        }
        if variables.is_empty() {
            shut_out(&codes.sign_in(&right), 400, "INVALID_OTP", "no_mailed_code");
        }
        assert_eq!(codes.count("user"), "0");
    }
}

#[test]
fn wrong_codes_are_counted_and_each_is_told_apart_for_the_operator() {
    let codes = Codes::new("");
    let right = codes.code("sign-in", EMAIL);
    for _ in 0..3 {
        shut_out(&codes.sign_in(&wrong(&right)), 400, "INVALID_OTP", "wrong_mailed_code");
    }
    shut_out(&codes.sign_in(&right), 403, "TOO_MANY_ATTEMPTS", "mailed_code_spent");
    shut_out(&codes.sign_in(&right), 400, "INVALID_OTP", "no_mailed_code");
    let right = codes.code("sign-in", EMAIL);
    codes.database.change("update {verification} set {verification.expiresAt} = now() - interval '1 day' where {verification.identifier} like 'sign-in-%'");
    shut_out(&codes.sign_in(&right), 400, "OTP_EXPIRED", "mailed_code_expired");
    let other = Codes::new("store_otp = \"encrypted\"\n");
    let right = other.code("sign-in", EMAIL);
    other.database.change("update {verification} set {verification.value} = 'never encrypted:0'");
    let answer = other.sign_in(&right);
    assert_eq!((answer.status, answer.header("x-gatepost-reason")), (500, Some("unreadable_mailed_code")));
}

#[test]
fn a_right_code_given_fifty_times_at_once_opens_one_session() {
    for form in ["plain", "hashed", "encrypted"] {
        // A code that may be tried once is not used up by a second click on its button.
        let codes = Codes::new(&format!("allowed_attempts = 1\nstore_otp = \"{form}\"\n"));
        let right = codes.code("sign-in", EMAIL);
        let answers = at_once(50, |_| codes.sign_in(&right));
        assert_eq!(answers.iter().filter(|answer| opens(answer)).count(), 1, "{form}");
        assert_eq!((codes.count("user"), codes.count("session")), ("1".to_owned(), "1".to_owned()));
    }
}

#[test]
fn a_right_code_that_is_checked_fifty_times_at_once_stays() {
    let codes = Codes::new("store_otp = \"encrypted\"\n");
    codes.service.user(EMAIL);
    let right = codes.code("sign-in", EMAIL);
    let check = json!({ "email": EMAIL, "otp": right, "type": "sign-in" });
    let answers = at_once(50, |_| codes.post("/email-otp/check-verification-otp", &check));
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 50);
    assert!(opens(&codes.sign_in(&right)));
}

#[test]
fn no_more_than_ten_codes_are_mailed_to_an_address_in_a_quarter_of_an_hour() {
    let codes = Codes::new("");
    for _ in 0..10 {
        codes.code("sign-in", EMAIL);
    }
    let answer = codes.post("/email-otp/send-verification-otp", &json!({ "email": EMAIL, "type": "sign-in" }));
    assert_eq!((answer.status, answer.text().as_str()), (200, r#"{"success":true}"#));
    // The mail to another address comes after the one that is not sent.
    codes.code("sign-in", "bob@example.com");
    assert_eq!(codes.mailbox.mails(11).len(), 11);
}

#[test]
fn a_sign_in_by_code_asks_for_the_second_factor() {
    let codes =
        Codes::new("[two_factor]\nenabled = true\n[email_verification]\nauto_sign_in_after_verification = true\n");
    let app = App::enrolled(&codes.service.url);
    codes.database.change("update {user} set {user.emailVerified} = true");
    codes.database.query("delete from session");
    let asked = json!({ "twoFactorRedirect": true, "twoFactorMethods": ["totp"] });
    let verify = json!({ "email": EMAIL, "otp": codes.code("email-verification", EMAIL) });
    assert_eq!(codes.post("/email-otp/verify-email", &verify).json(), asked);
    let mut browser = codes.browser();
    let body = json!({ "email": EMAIL, "otp": codes.code("sign-in", EMAIL) });
    assert_eq!(browser.post("/sign-in/email-otp", &body).json(), asked);
    assert_eq!(codes.count("session"), "0");
    assert_eq!(browser.give("totp", &app.code(&codes.database)).status, 200);
    assert!(browser.is_in());
}

#[test]
fn ghsa_qq9h_g4jm_a_prehijacker_keeps_nothing_after_a_code() {
    let codes = Codes::new("[two_factor]\nenabled = true\n[username]\nenabled = true\n");
    let mut attacker = codes.browser();
    let body = json!({ "name": "Eve", "email": EMAIL, "password": PASSWORD, "username": "eve" });
    assert_eq!(attacker.post("/sign-up/email", &body).status, 200);
    App::of(attacker.clone(), String::new());
    let answer = codes.sign_in(&codes.code("sign-in", EMAIL));
    let user = &answer.json()["user"];
    assert!(opens(&answer), "{}", answer.text());
    assert_eq!(
        (&user["emailVerified"], &user["twoFactorEnabled"], &user["username"]),
        (&json!(true), &json!(false), &json!(null))
    );
    assert!(!attacker.is_in());
    assert_eq!(attacker.sign_in().status, 401);
    assert_eq!(
        (codes.count("account"), codes.count("twoFactor"), codes.count("session")),
        ("0".into(), "0".into(), "1".into())
    );
}

#[test]
fn a_prehijackers_sessions_and_accounts_end_with_a_password_by_code() {
    let codes = Codes::new("");
    let mut attacker = codes.browser();
    attacker.sign_up(EMAIL);
    codes.database.change(
        "insert into {account} ({account.new}{account.accountId}, {account.providerId}, {account.userId}, {account.createdAt}, {account.updatedAt})
        select {new 'second'}'g1', 'github', u.{user.id}, now(), now() from {user} u",
    );
    let otp = codes.mailed(|| {
        assert_eq!(codes.post("/email-otp/request-password-reset", &json!({ "email": EMAIL })).status, 200);
    });
    let body = json!({ "email": EMAIL, "otp": otp, "password": "another password" });
    assert_eq!(codes.post("/email-otp/reset-password", &body).status, 200);
    assert!(!attacker.is_in());
    assert_eq!(codes.count("account"), "1");
    let answer = codes.post("/sign-in/email", &json!({ "email": EMAIL, "password": "another password" }));
    assert_eq!(answer.json()["user"]["emailVerified"], true);
}

#[test]
fn a_code_does_not_confirm_a_password_that_another_person_set_after_it() {
    let codes = Codes::new("[email_verification]\n");
    let mut browser = codes.browser();
    browser.sign_up(EMAIL);
    let otp = codes.code("email-verification", EMAIL);
    let body = json!({ "currentPassword": PASSWORD, "newPassword": "another password" });
    assert_eq!(browser.post("/change-password", &body).status, 200);
    let verify = json!({ "email": EMAIL, "otp": otp });
    shut_out(&codes.post("/email-otp/verify-email", &verify), 400, "INVALID_OTP", "mailed_code_overtaken");
    assert_eq!(browser.get("/get-session").json()["user"]["emailVerified"], false);
}

#[test]
fn a_second_sign_up_with_another_password_leaves_none_after_a_code() {
    let toml = "[email_and_password]\nenabled = true\nrequire_email_verification = true\n[email_otp]\nenabled = true\nsend_verification_on_sign_up = true\n";
    let (database, mailbox) = (database(toml), Mailbox::new());
    let service = Service::with(toml, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &mailbox.url())]);
    for (number, password) in ["the attacker's password", "the owner's password"].into_iter().enumerate() {
        let body = json!({ "name": "Ada", "email": EMAIL, "password": password });
        assert_eq!(service.post("/sign-up/email", "", &body.to_string()).status, 200);
        // Each sign-up mails a link and a code.
        mailbox.mails(2 * (number + 1));
    }
    let otp = mailbox.newest("email-verification-otp")["code"].as_str().unwrap().to_owned();
    let answer = service.post("/email-otp/verify-email", "", &json!({ "email": EMAIL, "otp": otp }).to_string());
    assert_eq!((answer.status, &answer.json()["user"]["emailVerified"]), (200, &json!(true)), "{}", answer.text());
    for password in ["the attacker's password", "the owner's password"] {
        let answer = service.post("/sign-in/email", "", &json!({ "email": EMAIL, "password": password }).to_string());
        assert_eq!(answer.status, 401, "{password}");
    }
}

#[test]
fn a_code_does_not_survive_a_password_change() {
    let codes = Codes::new("");
    let mut browser = codes.confirmed(EMAIL);
    let otp = codes.code("sign-in", EMAIL);
    let body = json!({ "currentPassword": PASSWORD, "newPassword": "another password" });
    assert_eq!(browser.post("/change-password", &body).status, 200);
    // A wrong code does not make it newer.
    shut_out(&codes.sign_in(&wrong(&otp)), 400, "INVALID_OTP", "wrong_mailed_code");
    shut_out(&codes.sign_in(&otp), 400, "INVALID_OTP", "mailed_code_overtaken");
    assert!(opens(&codes.sign_in(&codes.code("sign-in", EMAIL))));
}

#[test]
fn attack_a_code_that_a_new_password_overtook_is_mailed_again() {
    for (change, kind) in [("sign-in", "sign-in"), ("forget-password", "forget-password")] {
        let codes = Codes::new("resend_strategy = \"reuse\"\n");
        let mut browser = codes.confirmed(EMAIL);
        let known = codes.code(kind, EMAIL);
        assert_eq!(codes.code(kind, EMAIL), known, "{change}: it is the same code while the password is");
        let body = json!({ "currentPassword": PASSWORD, "newPassword": "another password" });
        assert_eq!(browser.post("/change-password", &body).status, 200);
        let next = codes.code(kind, EMAIL);
        assert_ne!(next, known, "{change}");
        let body = json!({ "email": EMAIL, "otp": known, "password": "the attacker's password" });
        let path = if kind == "sign-in" { "/sign-in/email-otp" } else { "/email-otp/reset-password" };
        shut_out(&codes.post(path, &body), 400, "INVALID_OTP", "wrong_mailed_code");
    }
}

#[test]
fn guesses_are_answered_alike_for_every_address() {
    let codes = Codes::new("disable_sign_up = true\n[rate_limit]\nenabled = false\n");
    codes.confirmed(EMAIL);
    for (kind, path) in [
        ("sign-in", "/sign-in/email-otp"),
        ("forget-password", "/email-otp/reset-password"),
        ("email-verification", "/email-otp/verify-email"),
    ] {
        let of = |email: &str| {
            let stored = "select count(*) from verification where identifier like '%-otp-%'";
            let before = codes.database.value(stored);
            let request = json!({ "email": email, "type": kind });
            assert_eq!(codes.post("/email-otp/send-verification-otp", &request).status, 200);
            let begun = std::time::Instant::now();
            while codes.database.value(stored) == before {
                assert!(begun.elapsed() < crate::support::LIMIT, "no code is stored for {email}");
            }
            let guess = json!({ "email": email, "otp": "none", "password": "another password" });
            let answers = (0..5).map(|_| codes.post(path, &guess));
            answers.map(|answer| (answer.status, answer.json()["code"].clone())).collect::<Vec<_>>()
        };
        assert_eq!(of(EMAIL), of("nobody@example.com"), "{kind}");
    }
}

#[test]
fn a_request_for_a_code_is_answered_alike_for_every_address() {
    let codes = Codes::new("disable_sign_up = true\n[observability]\nserver_timing = true\n");
    codes.confirmed(EMAIL);
    let asked = |path: &str, body: Value| {
        let answer = codes.post(path, &body);
        let timing = answer.header("server-timing").unwrap_or_default().to_owned();
        let names: Vec<_> = timing.split(',').map(|part| part.split(';').next().unwrap().trim().to_owned()).collect();
        (
            answer.status,
            answer.text(),
            answer.set_cookies().len(),
            answer.header("x-gatepost-reason").map(str::to_owned),
            names,
        )
    };
    for kind in ["sign-in", "email-verification", "forget-password"] {
        let of = |email: &str| asked("/email-otp/send-verification-otp", json!({ "email": email, "type": kind }));
        assert_eq!(of(EMAIL), of("unknown@example.com"), "{kind}");
    }
    for path in ["/email-otp/request-password-reset", "/forget-password/email-otp"] {
        let of = |email: &str| asked(path, json!({ "email": email }));
        assert_eq!(of(EMAIL), of("unknown@example.com"), "{path}");
    }
    assert_eq!(codes.mailbox.mails(5).len(), 5);
}

#[test]
fn a_code_signs_no_browser_in_from_another_site() {
    let codes = Codes::new("");
    let otp = codes.code("sign-in", EMAIL);
    let body = json!({ "email": EMAIL, "otp": otp }).to_string();
    for path in ["/sign-in/email-otp", "/email-otp/verify-email"] {
        let headers = [("content-type", "application/json"), ("origin", "https://evil.example")];
        let answer = codes.service.send("POST", path, &headers, &body);
        assert_eq!((answer.status, answer.json()["code"].as_str()), (403, Some("INVALID_ORIGIN")), "{path}");
    }
    assert!(opens(&codes.sign_in(&otp)));
}

#[test]
fn an_address_with_a_nul_has_no_code() {
    let codes = Codes::new("");
    let answer = codes.post("/sign-in/email-otp", &json!({ "email": "a\u{0}@example.com", "otp": "000000" }));
    shut_out(&answer, 400, "INVALID_OTP", "invalid_email");
}

#[test]
fn an_address_that_is_taken_meanwhile_is_not_changed_to() {
    let codes = Codes::new("[email_otp.change_email]\nenabled = true\n");
    let mut browser = codes.confirmed(EMAIL);
    let body = json!({ "newEmail": "new@example.com" });
    let otp = codes.mailed(|| assert_eq!(browser.post("/email-otp/request-email-change", &body).status, 200));
    codes.service.user("new@example.com");
    let body = json!({ "newEmail": "new@example.com", "otp": otp });
    let answer = browser.post("/email-otp/change-email", &body);
    assert_eq!((answer.status, answer.text().as_str()), (400, r#"{"message":"Email already in use"}"#));
    assert_eq!(browser.get("/get-session").json()["user"]["email"], EMAIL);
}

#[test]
fn codes_that_better_auth_mailed_are_redeemed_here_and_ours_there() {
    for (more, options) in [
        ("", ""),
        ("store_otp = \"hashed\"\n", r#","storeOTP":"hashed""#),
        ("store_otp = \"encrypted\"\n", r#","storeOTP":"encrypted""#),
    ] {
        let toml = format!("{TOML}{more}");
        let (database, mailbox) = (database(&toml), Mailbox::new());
        let file = mailbox.url().trim_start_matches("file:").to_owned();
        let options = format!(r#"{{"emailOTP":{{"sendVerificationOTP":true{options}}}}}"#);
        let reference = Reference::with(&database.direct, &options, &[("MIGRATE", "0"), ("MAIL_FILE", &file)]);
        let service = Service::with(&toml, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &mailbox.url())]);
        for (first, second) in [(&reference.url, &service.url), (&service.url, &reference.url)] {
            let post = |url: &str, path: &str, body: &Value| Browser::new(url).post(path, body);
            let code = |kind: &str| {
                let before = mailbox.mails(0).len();
                let body = json!({ "email": EMAIL, "type": kind });
                assert_eq!(post(first, "/email-otp/send-verification-otp", &body).status, 200);
                mailbox.mails(before + 1)[before]["code"].as_str().unwrap().to_owned()
            };
            let otp = code("sign-in");
            // Wrong codes count together.
            for (url, status) in [(second, 400), (first, 400), (second, 400), (first, 403)] {
                let answer = post(url, "/sign-in/email-otp", &json!({ "email": EMAIL, "otp": wrong(&otp) }));
                assert_eq!(answer.status, status, "{first} then {second}: {}", answer.text());
            }
            let otp = code("sign-in");
            let answer = post(second, "/sign-in/email-otp", &json!({ "email": EMAIL, "otp": otp }));
            assert!(opens(&answer), "{first} then {second}: {}", answer.text());
            let otp = code("forget-password");
            let body = json!({ "email": EMAIL, "otp": otp, "password": PASSWORD });
            assert_eq!(post(second, "/email-otp/reset-password", &body).status, 200, "{first} then {second}");
            assert!(opens(&post(first, "/sign-in/email", &json!({ "email": EMAIL, "password": PASSWORD }))));
        }
    }
}
