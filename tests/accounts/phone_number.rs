//! Phone numbers: behaviour that differs from better-auth, with a test for each closed hole. The common behaviour is compared in
//! tests/conformance.

use std::{ops::Deref, time::Duration};

use serde_json::{Value, json};

use super::hooks::{Deployment, go_on};
use crate::support::{
    crowd::at_once,
    factors::{App, Browser, PASSWORD, wrong},
    http::{Answer, shut_out},
    mailbox::Mailbox,
    mailing::Mailing,
    node::{self, Reference},
    postgres::Database,
    receiver::{Reaction, Received},
    redis::Redis,
    secondary_storage::database,
    service::Service,
};

const TOML: &str = "[email_and_password]\nenabled = true\n[phone_number]\nenabled = true\n";
const SIGN_UP: &str =
    "[phone_number.sign_up_on_verification]\nenabled = true\ntemp_email = \"{digits}@phone.example.com\"\n";
const NUMBER: &str = "+41790000001";
const OTHER: &str = "+41790000002";
const EMAIL: &str = "ada@example.com";

struct Phones {
    mailing: Mailing,
    texts: Mailbox,
}

impl Deref for Phones {
    type Target = Mailing;

    fn deref(&self) -> &Mailing {
        &self.mailing
    }
}

impl Phones {
    fn new(more: &str) -> Self {
        Self::with(more, &[])
    }

    fn with(more: &str, variables: &[(&str, &str)]) -> Self {
        let texts = Mailbox::new();
        let url = texts.url();
        let mailing = Mailing::new(&format!("{TOML}{more}"), &[&[("SMS_URL", url.as_str())], variables].concat());
        Self { mailing, texts }
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.service.post(path, "", &body.to_string())
    }

    /// Sends a request that sends a code, and returns the code.
    fn texted(&self, request: impl FnOnce()) -> String {
        let before = self.texts.mails(0).len();
        request();
        self.texts.mails(before + 1)[before]["code"].as_str().unwrap().to_owned()
    }

    fn code(&self, number: &str) -> String {
        self.texted(|| {
            let answer = self.post("/phone-number/send-otp", &json!({ "phoneNumber": number }));
            assert_eq!((answer.status, answer.text().as_str()), (200, r#"{"message":"code sent"}"#));
        })
    }

    fn reset_code(&self, number: &str) -> String {
        self.texted(|| {
            let answer = self.post("/phone-number/request-password-reset", &json!({ "phoneNumber": number }));
            assert_eq!((answer.status, answer.text().as_str()), (200, r#"{"status":true}"#));
        })
    }

    fn verify(&self, number: &str, code: &str) -> Answer {
        self.post("/phone-number/verify", &json!({ "phoneNumber": number, "code": code }))
    }

    fn sign_in(&self, number: &str, password: &str) -> Answer {
        self.post("/sign-in/phone-number", &json!({ "phoneNumber": number, "password": password }))
    }

    /// Gives the number to the user of a browser.
    fn given(&self, browser: &mut Browser, number: &str) {
        let code = self.texted(|| {
            assert_eq!(browser.post("/phone-number/send-otp", &json!({ "phoneNumber": number })).status, 200);
        });
        let body = json!({ "phoneNumber": number, "code": code, "updatePhoneNumber": true });
        let answer = browser.post("/phone-number/verify", &body);
        assert_eq!((answer.status, &answer.json()["user"]["phoneNumber"]), (200, &json!(number)), "{}", answer.text());
    }

    /// The browser of a user with a confirmed address, a password and a verified number.
    fn user(&self) -> Browser {
        let mut browser = self.confirmed(EMAIL);
        self.given(&mut browser, NUMBER);
        browser
    }
}

fn opens(answer: &Answer) -> bool {
    answer.status == 200 && answer.cookies().contains("session_token")
}

/// The parts of an answer that a client sees, and the names of its steps.
fn told(answer: &Answer) -> (u16, String, usize, Option<String>, Vec<String>) {
    let timing = answer.header("server-timing").unwrap_or_default();
    let names = timing.split(',').map(|part| part.split(';').next().unwrap().trim().to_owned()).collect();
    let reason = answer.header("x-gatepost-reason").map(str::to_owned);
    (answer.status, answer.text(), answer.set_cookies().len(), reason, names)
}

#[test]
fn what_cannot_be_stored_of_a_new_user_uses_no_code_up() {
    let phones =
        Phones::new(&format!("{SIGN_UP}[user.additional_fields]\nplan = {{ type = \"string\", required = false }}\n"));
    let code = phones.code(NUMBER);
    let give =
        |plan: &str| phones.post("/phone-number/verify", &json!({ "phoneNumber": NUMBER, "code": code, "plan": plan }));
    shut_out(&give("a\0b"), 400, "VALUE_NOT_STORABLE", "invalid_input");
    assert_eq!(phones.count("user"), "0");
    let answer = give("pro");
    assert!(opens(&answer), "{}", answer.text());
    assert_eq!(phones.database.value("select plan from \"user\""), "pro");
}

#[test]
fn the_real_client_uses_phone_numbers() {
    let phones = Phones::new(&format!("{SIGN_UP}[rate_limit]\nenabled = false\n"));
    let file = phones.texts.url().trim_start_matches("file:").to_owned();
    let said =
        node::run("phone-number.mjs", &["--url", &phones.service.url, "--mails", &file], Duration::from_secs(60));
    assert!(said.contains(" passed, 0 failed"), "{said}");
}

#[test]
fn phone_numbers_that_are_off_answer_nothing() {
    let database = Database::new();
    let service = Service::new(&database.url);
    for path in [
        "/sign-in/phone-number",
        "/phone-number/send-otp",
        "/phone-number/verify",
        "/phone-number/request-password-reset",
        "/phone-number/reset-password",
    ] {
        let answer = service.post(path, "", r#"{"phoneNumber":"+41790000001","code":"000000"}"#);
        assert_eq!((answer.status, answer.text().as_str()), (404, ""), "{path}");
    }
    let phones = Phones::new("send_otp = false\n");
    let answer = phones.post("/phone-number/send-otp", &json!({ "phoneNumber": NUMBER }));
    shut_out(&answer, 501, "SEND_OTP_NOT_IMPLEMENTED", "feature_disabled");
}

#[test]
fn fifty_guesses_at_once_on_two_instances_have_together_three_tries() {
    let redis = Redis::start();
    let url = redis.as_ref().map(Redis::url);
    let stores: &[&[(&str, &str)]] = &[&[], &[("REDIS_URL", url.as_deref().unwrap_or_default())]];
    for variables in &stores[..1 + usize::from(redis.is_some())] {
        let more = if variables.is_empty() { "" } else { "[secondary_storage]\nenabled = true\n" };
        let phones = Phones::with(&format!("{SIGN_UP}{more}"), variables);
        let own = [
            ("DATABASE_URL", phones.database.url.as_str()),
            ("SMS_URL", &phones.texts.url()),
            ("VERCEL_ENV", "development"),
        ];
        let other = Service::with(&format!("{TOML}{SIGN_UP}{more}"), &[&own[..], variables].concat());
        let right = phones.code(NUMBER);
        let answers = at_once(50, |number| {
            let service = if number % 2 == 0 { &phones.service } else { &other };
            let body = json!({ "phoneNumber": NUMBER, "code": wrong(&right) });
            service.post("/phone-number/verify", "", &body.to_string())
        });
        let is_compared = |answer: &&Answer| answer.header("x-gatepost-reason") == Some("wrong_phone_code");
        let compared = answers.iter().filter(is_compared).count();
        assert!(answers.iter().all(|answer| [400, 403].contains(&answer.status)));
        match variables.is_empty() {
            true => assert_eq!(compared, 3),
            // Requests that meet find no code, and are not counted.
            false => assert!((1..=3).contains(&compared), "{compared}"),
        }
        if variables.is_empty() {
            shut_out(&phones.verify(NUMBER, &right), 400, "OTP_NOT_FOUND", "no_phone_code");
        }
        assert_eq!(phones.count("user"), "0");
    }
}

#[test]
fn wrong_codes_are_counted_and_each_is_told_apart_for_the_operator() {
    let phones = Phones::new(SIGN_UP);
    let right = phones.code(NUMBER);
    for _ in 0..3 {
        shut_out(&phones.verify(NUMBER, &wrong(&right)), 400, "INVALID_OTP", "wrong_phone_code");
    }
    shut_out(&phones.verify(NUMBER, &right), 403, "TOO_MANY_ATTEMPTS", "phone_code_spent");
    shut_out(&phones.verify(NUMBER, &right), 400, "OTP_NOT_FOUND", "no_phone_code");
    let right = phones.code(NUMBER);
    phones.database.change("update {verification} set {verification.expiresAt} = now() - interval '1 day' where {verification.identifier} like 'phone-number-otp-%'");
    shut_out(&phones.verify(NUMBER, &right), 400, "OTP_EXPIRED", "phone_code_expired");
    let none = Phones::new(&format!("allowed_attempts = 0\n{SIGN_UP}"));
    let right = none.code(NUMBER);
    shut_out(&none.verify(NUMBER, &right), 403, "TOO_MANY_ATTEMPTS", "phone_code_spent");
}

#[test]
fn a_right_code_given_fifty_times_at_once_opens_one_session() {
    let phones = Phones::new(SIGN_UP);
    let right = phones.code(NUMBER);
    let answers = at_once(50, |_| phones.verify(NUMBER, &right));
    assert_eq!(answers.iter().filter(|answer| opens(answer)).count(), 1);
    assert_eq!((phones.count("user"), phones.count("session")), ("1".to_owned(), "1".to_owned()));
}

#[test]
fn a_right_code_given_fifty_times_at_once_sets_one_password() {
    let phones = Phones::new("");
    phones.user();
    let right = phones.reset_code(NUMBER);
    let answers = at_once(50, |number| {
        let body = json!({ "phoneNumber": NUMBER, "otp": right, "newPassword": format!("password {number:04}") });
        phones.post("/phone-number/reset-password", &body)
    });
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    let winner = answers.iter().position(|answer| answer.status == 200).unwrap();
    assert!(opens(&phones.sign_in(NUMBER, &format!("password {winner:04}"))));
}

#[test]
fn toll_fraud_ends_at_the_limit_of_a_number_and_of_a_client() {
    let phones = Phones::new(&format!(
        "{SIGN_UP}[phone_number.limits]\nper_number = 2\nper_client = 6\n[rate_limit]\nenabled = false\n"
    ));
    phones.user();
    let ask = |path: &str, number: &str| {
        let headers = [("content-type", "application/json"), ("x-forwarded-for", "203.0.113.7")];
        phones.service.send("POST", path, &headers, &json!({ "phoneNumber": number }).to_string())
    };
    let send = |number: &str| ask("/phone-number/send-otp", number);
    let reset = |number: &str| ask("/phone-number/request-password-reset", number);
    // The user's number has received one code. Both purposes count together, and a number without a user counts alike.
    assert_eq!((send(NUMBER).status, send(OTHER).status, reset(OTHER).status), (200, 200, 200));
    for (answer, number) in [(send(NUMBER), NUMBER), (reset(NUMBER), NUMBER), (send(OTHER), OTHER)] {
        assert_eq!((answer.status, answer.header("x-retry-after")), (429, Some("3600")), "{number}");
        assert_eq!(answer.header("x-gatepost-reason"), Some("too_many_texts"), "{number}");
    }
    // The client has none left for other numbers either.
    let answer = send("+41790000003");
    assert_eq!((answer.status, answer.header("x-gatepost-reason")), (429, Some("too_many_texts")));
    assert_eq!(phones.texts.mails(3).len(), 3);
}

#[test]
fn toll_fraud_reaches_only_allowed_prefixes() {
    let phones = Phones::new(&format!("allowed_prefixes = [\"+41\", \"+4930\"]\n{SIGN_UP}"));
    for number in ["+4179", "0790000001", "+41 79 000 00 01", "", "+49891234567", "+8821234567890", "+41790000001\0"] {
        let body = json!({ "phoneNumber": number, "password": PASSWORD });
        for path in ["/phone-number/send-otp", "/sign-in/phone-number"] {
            shut_out(&phones.post(path, &body), 400, "INVALID_PHONE_NUMBER", "invalid_phone_number");
        }
        assert_eq!(phones.post("/phone-number/request-password-reset", &body).text(), r#"{"status":true}"#);
    }
    shut_out(&phones.verify("+41790000001\0", "000000"), 400, "OTP_NOT_FOUND", "invalid_phone_number");
    assert!(opens(&phones.verify("+49301234567", &phones.code("+49301234567"))));
    assert_eq!(phones.texts.mails(1).len(), 1);
}

#[test]
fn nothing_leaves_to_a_number_that_could_not_use_it() {
    let phones = Phones::new("");
    let body = json!({ "phoneNumber": OTHER });
    let answer = phones.post("/phone-number/send-otp", &body);
    assert_eq!((answer.status, answer.text().as_str()), (200, r#"{"message":"code sent"}"#));
    assert_eq!(phones.post("/phone-number/request-password-reset", &body).status, 200);
    // The message to the user's own number comes after the two that are not sent.
    phones.user();
    assert_eq!(phones.texts.mails(1).len(), 1);
    shut_out(&phones.verify(OTHER, "none"), 400, "INVALID_OTP", "wrong_phone_code");
}

#[test]
fn a_sign_in_by_phone_asks_for_the_second_factor() {
    let phones = Phones::new("[two_factor]\nenabled = true\n");
    let mut app = App::enrolled(&phones.service.url);
    phones.given(&mut app.browser, NUMBER);
    phones.database.query("delete from session");
    let asked = json!({ "twoFactorRedirect": true, "twoFactorMethods": ["totp"] });
    assert_eq!(phones.verify(NUMBER, &phones.code(NUMBER)).json(), asked);
    let mut browser = phones.browser();
    let body = json!({ "phoneNumber": NUMBER, "password": PASSWORD });
    assert_eq!(browser.post("/sign-in/phone-number", &body).json(), asked);
    assert_eq!(phones.count("session"), "0");
    assert_eq!(browser.give("totp", &app.code(&phones.database)).status, 200);
    assert!(browser.is_in());
}

#[test]
fn ghsa_qq9h_g4jm_a_prehijacker_keeps_no_phone_number() {
    let phones = Phones::new("[email_otp]\nenabled = true\n");
    let mut attacker = phones.browser();
    attacker.sign_up(EMAIL);
    phones.given(&mut attacker, NUMBER);
    let pending = phones.code(NUMBER);
    assert_eq!(
        phones.post("/email-otp/send-verification-otp", &json!({ "email": EMAIL, "type": "sign-in" })).status,
        200
    );
    let otp = phones.mailbox.newest("sign-in-otp")["code"].as_str().unwrap().to_owned();
    let answer = phones.post("/sign-in/email-otp", &json!({ "email": EMAIL, "otp": otp }));
    let user = &answer.json()["user"];
    assert!(opens(&answer), "{}", answer.text());
    assert_eq!((&user["phoneNumber"], &user["phoneNumberVerified"]), (&json!(null), &json!(false)));
    shut_out(&phones.verify(NUMBER, &pending), 400, "OTP_NOT_FOUND", "no_phone_code");
    shut_out(&phones.sign_in(NUMBER, PASSWORD), 401, "INVALID_PHONE_NUMBER_OR_PASSWORD", "unknown_user");
}

#[test]
fn a_code_does_not_survive_a_change_of_password_or_number() {
    let phones = Phones::new("[phone_number.limits]\nper_number = 100\n");
    let mut browser = phones.user();
    let (sign_in, reset) = (phones.code(NUMBER), phones.reset_code(NUMBER));
    let body = json!({ "currentPassword": PASSWORD, "newPassword": "another password" });
    assert_eq!(browser.post("/change-password", &body).status, 200);
    shut_out(&phones.verify(NUMBER, &sign_in), 400, "INVALID_OTP", "phone_code_overtaken");
    let body = json!({ "phoneNumber": NUMBER, "otp": reset, "newPassword": "a third password" });
    shut_out(&phones.post("/phone-number/reset-password", &body), 400, "INVALID_OTP", "phone_code_overtaken");
    let (sign_in, reset) = (phones.code(NUMBER), phones.reset_code(NUMBER));
    phones.given(&mut browser, OTHER);
    shut_out(&phones.verify(NUMBER, &sign_in), 400, "OTP_NOT_FOUND", "no_phone_code");
    let body = json!({ "phoneNumber": NUMBER, "otp": reset, "newPassword": "a third password" });
    shut_out(&phones.post("/phone-number/reset-password", &body), 400, "OTP_NOT_FOUND", "no_phone_code");
    // A number that is removed takes its codes along.
    let sign_in = phones.code(OTHER);
    assert_eq!(browser.post("/update-user", &json!({ "phoneNumber": null })).status, 200);
    shut_out(&phones.verify(OTHER, &sign_in), 400, "OTP_NOT_FOUND", "no_phone_code");
}

#[test]
fn requests_are_answered_alike_for_every_number() {
    let phones = Phones::new("require_verification = true\n[observability]\nserver_timing = true\n");
    phones.user();
    for path in ["/phone-number/send-otp", "/phone-number/request-password-reset"] {
        let of = |number: &str| told(&phones.post(path, &json!({ "phoneNumber": number })));
        assert_eq!(of(NUMBER), of(OTHER), "{path}");
    }
    // A code for a number without a user is stored and counted as well.
    for (path, code) in [("/phone-number/verify", "code"), ("/phone-number/reset-password", "otp")] {
        let of = |number: &str| {
            told(&phones.post(path, &json!({ "phoneNumber": number, code: "none", "newPassword": PASSWORD })))
        };
        assert_eq!(of(NUMBER), of(OTHER), "{path}");
    }
    // A wrong password, a user without one, and no user, each with a hash that is computed.
    let wrong = told(&phones.sign_in(NUMBER, "not the password"));
    let unknown = told(&phones.sign_in(OTHER, "not the password"));
    phones.database.query("update account set password = null");
    let without = told(&phones.sign_in(NUMBER, "not the password"));
    for (found, reason) in [(&unknown, "unknown_user"), (&without, "no_password")] {
        assert_eq!((found.0, &found.1, found.2, &found.4), (wrong.0, &wrong.1, wrong.2, &wrong.4), "{reason}");
        assert_eq!(found.3.as_deref(), Some(reason));
    }
}

#[test]
fn an_unverified_number_gets_a_code_only_after_the_right_password() {
    let phones = Phones::new("require_verification = true\n");
    phones.confirmed(EMAIL);
    phones.database.query(r#"update "user" set "phoneNumber" = '+41790000001', "phoneNumberVerified" = false"#);
    for number in [NUMBER, OTHER] {
        let answer = phones.sign_in(number, "not the password");
        assert_eq!((answer.status, &answer.json()["code"]), (401, &json!("INVALID_PHONE_NUMBER_OR_PASSWORD")));
    }
    let code = phones.texted(|| {
        let answer = phones.sign_in(NUMBER, PASSWORD);
        shut_out(&answer, 401, "PHONE_NUMBER_NOT_VERIFIED", "phone_number_unverified");
    });
    assert_eq!(phones.texts.mails(1).len(), 1);
    assert!(opens(&phones.verify(NUMBER, &code)));
    assert!(opens(&phones.sign_in(NUMBER, PASSWORD)));
}

#[test]
fn only_a_code_sets_a_number() {
    let phones = Phones::new("[admin]\nenabled = true\n");
    let mut browser = phones.user();
    // For a free and for a taken address.
    for email in ["eve@example.com", EMAIL] {
        let body = json!({ "name": "Eve", "email": email, "password": PASSWORD, "phoneNumber": OTHER });
        shut_out(&phones.post("/sign-up/email", &body), 400, "PHONE_NUMBER_CANNOT_BE_SET", "phone_number_unproven");
    }
    assert_eq!(phones.count("user"), "1");
    for given in [json!(OTHER), json!("")] {
        let answer = browser.post("/update-user", &json!({ "phoneNumber": given, "name": "Eve" }));
        shut_out(&answer, 400, "PHONE_NUMBER_CANNOT_BE_UPDATED", "phone_number_unproven");
    }
    // A number that a user has is not given away, not even to its own user.
    let code = phones.code(NUMBER);
    let body = json!({ "phoneNumber": NUMBER, "code": code, "updatePhoneNumber": true });
    let answer = browser.post("/phone-number/verify", &body);
    shut_out(&answer, 400, "PHONE_NUMBER_EXIST", "phone_number_taken");
    // An administrator may, who says that it is verified.
    phones.database.query(r#"update "user" set role = 'admin'"#);
    let create = |email: &str, data: Value| {
        let body = json!({ "name": "Ben", "email": email, "password": PASSWORD, "data": data });
        let answer = browser.clone().post("/admin/create-user", &body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let user = answer.json()["user"].clone();
        (user["phoneNumber"].clone(), user["phoneNumberVerified"].clone())
    };
    assert_eq!(create("ben@example.com", json!({ "phoneNumber": OTHER })), (json!(null), json!(false)));
    let verified = json!({ "phoneNumber": OTHER, "phoneNumberVerified": true });
    assert_eq!(create("cat@example.com", verified), (json!(OTHER), json!(true)));
}

#[test]
fn a_code_given_in_two_browsers_at_once_gives_its_number_to_one_user() {
    let phones = Phones::new("[phone_number.limits]\nper_number = 100\n");
    let mut browsers: Vec<_> = (0..2).map(|_| phones.browser()).collect();
    for (number, browser) in browsers.iter_mut().enumerate() {
        browser.sign_up(&format!("user{number}@example.com"));
    }
    let code = phones.texted(|| {
        assert_eq!(browsers[0].post("/phone-number/send-otp", &json!({ "phoneNumber": NUMBER })).status, 200);
    });
    let body = json!({ "phoneNumber": NUMBER, "code": code, "updatePhoneNumber": true });
    let answers = at_once(2, |number| browsers[number].clone().post("/phone-number/verify", &body));
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(phones.database.value(r#"select count(*) from "user" where "phoneNumber" is not null"#), "1");
}

#[test]
fn a_new_password_by_phone_keeps_the_accounts_of_providers() {
    let phones = Phones::new("");
    let mut browser = phones.browser();
    browser.sign_up(EMAIL);
    phones.given(&mut browser, NUMBER);
    phones.database.change(
        "insert into {account} ({account.new}{account.accountId}, {account.providerId}, {account.userId}, {account.createdAt}, {account.updatedAt})
        select {new 'second'}'g1', 'github', u.{user.id}, now(), now() from {user} u",
    );
    let otp = phones.reset_code(NUMBER);
    let reset = |password: &str| {
        phones.post(
            "/phone-number/reset-password",
            &json!({ "phoneNumber": NUMBER, "otp": otp, "newPassword": password }),
        )
    };
    shut_out(&reset("short"), 400, "PASSWORD_TOO_SHORT", "password_too_short");
    assert_eq!(reset("another password").text(), r#"{"status":true}"#);
    assert_eq!(phones.count("account"), "2");
    assert!(opens(&phones.sign_in(NUMBER, "another password")));
}

#[test]
fn a_banned_user_does_not_sign_in_by_phone() {
    let phones = Phones::new("[admin]\nenabled = true\n");
    phones.user();
    phones.database.query(r#"update "user" set banned = true"#);
    for answer in [phones.sign_in(NUMBER, PASSWORD), phones.verify(NUMBER, &phones.code(NUMBER))] {
        shut_out(&answer, 403, "BANNED_USER", "banned");
    }
}

#[test]
fn a_new_user_by_phone_has_the_names_of_the_patterns_and_the_fields_of_the_body() {
    let phones = Phones::new(
        "[phone_number.sign_up_on_verification]\nenabled = true\ntemp_email = \"p{digits}@phone.example.com\"\ntemp_name = \"Phone {phone_number}\"\n\
         [user.additional_fields]\nplan = { type = \"string\", required = false }\n",
    );
    let body = json!({ "phoneNumber": NUMBER, "code": phones.code(NUMBER), "name": "Eve", "email": "eve@example.com", "plan": "paid" });
    let user = phones.post("/phone-number/verify", &body).json()["user"].clone();
    assert_eq!(
        (&user["email"], &user["name"]),
        (&json!("p41790000001@phone.example.com"), &json!("Phone +41790000001"))
    );
    assert_eq!(
        (&user["plan"], &user["emailVerified"], &user["phoneNumberVerified"]),
        (&json!("paid"), &json!(false), &json!(true))
    );
}

#[test]
fn a_new_user_by_phone_obeys_hooks_and_the_rules_for_new_users() {
    let toml =
        format!("{TOML}{SIGN_UP}[sign_up]\nenabled = true\nfirst_user_role = \"admin\"\n[admin]\nenabled = true\n");
    let hooks = "[hooks]\nenabled = true\n[hooks.gate]\nbefore = \"user.create\"\n{receiver}\n";
    let texts = Mailbox::new();
    let refuse = |_: &Received| Reaction::json(&json!({ "verdict": "refuse" }));
    let deployment = Deployment::with(&toml, hooks, &[("SMS_URL", &texts.url())], refuse);
    let verify = |count: usize| {
        let body = json!({ "phoneNumber": NUMBER });
        assert_eq!(deployment.post("/phone-number/send-otp", "", &body).status, 200);
        let code = texts.mails(count)[count - 1]["code"].clone();
        deployment.post("/phone-number/verify", "", &json!({ "phoneNumber": NUMBER, "code": code }))
    };
    shut_out(&verify(1), 403, "REFUSED", "refused_by_hook");
    let data = &deployment.receiver.received()[0].json()["data"];
    assert_eq!((&data["way"], &data["user"]["email"]), (&json!("phone-code"), &json!("41790000001@phone.example.com")));
    assert_eq!(deployment.count("user"), "0");
    deployment.receiver.say(go_on);
    assert!(opens(&verify(2)));
    assert_eq!(deployment.database.value(r#"select role from "user""#), "admin");
    let closed = Phones::new(&format!("{SIGN_UP}[sign_up]\nenabled = true\nallow_domains = [\"example.com\"]\n"));
    let answer = closed.verify(NUMBER, &closed.code(NUMBER));
    shut_out(&answer, 403, "EMAIL_DOMAIN_NOT_ALLOWED", "domain_not_allowed");
}

#[test]
fn a_code_by_phone_signs_no_browser_in_from_another_site() {
    let phones = Phones::new(SIGN_UP);
    let code = phones.code(NUMBER);
    let body = json!({ "phoneNumber": NUMBER, "code": code, "password": PASSWORD }).to_string();
    for path in ["/phone-number/verify", "/sign-in/phone-number"] {
        let headers = [("content-type", "application/json"), ("origin", "https://evil.example")];
        let answer = phones.service.send("POST", path, &headers, &body);
        assert_eq!((answer.status, answer.json()["code"].as_str()), (403, Some("INVALID_ORIGIN")), "{path}");
    }
    assert!(opens(&phones.verify(NUMBER, &code)));
}

#[test]
fn codes_that_better_auth_sent_are_redeemed_here_and_ours_there() {
    let toml = format!("{TOML}{SIGN_UP}[phone_number.limits]\nper_number = 100\n");
    let (database, texts) = (database(&toml), Mailbox::new());
    let file = texts.url().trim_start_matches("file:").to_owned();
    let options = r#"{"phoneNumber":{"sendOTP":true,"sendPasswordResetOTP":true,"signUpOnVerification":{"getTempEmail":"{digits}@phone.example.com"}}}"#;
    let reference = Reference::with(&database.direct, options, &[("MIGRATE", "0"), ("MAIL_FILE", &file)]);
    let service = Service::with(&toml, &[("DATABASE_URL", &database.url), ("SMS_URL", &texts.url())]);
    for (first, second) in [(&reference.url, &service.url), (&service.url, &reference.url)] {
        let post = |url: &str, path: &str, body: &Value| Browser::new(url).post(path, body);
        let code = |path: &str| {
            let before = texts.mails(0).len();
            assert_eq!(post(first, path, &json!({ "phoneNumber": NUMBER })).status, 200);
            texts.mails(before + 1)[before]["code"].as_str().unwrap().to_owned()
        };
        let otp = code("/phone-number/send-otp");
        // Wrong codes count together.
        for (url, status) in [(second, 400), (first, 400), (second, 400), (first, 403)] {
            let body = json!({ "phoneNumber": NUMBER, "code": wrong(&otp) });
            let answer = post(url, "/phone-number/verify", &body);
            assert_eq!(answer.status, status, "{first} then {second}: {}", answer.text());
        }
        let body = json!({ "phoneNumber": NUMBER, "code": code("/phone-number/send-otp") });
        let answer = post(second, "/phone-number/verify", &body);
        assert!(opens(&answer), "{first} then {second}: {}", answer.text());
        let body = json!({ "phoneNumber": NUMBER, "otp": code("/phone-number/request-password-reset"), "newPassword": PASSWORD });
        assert_eq!(post(second, "/phone-number/reset-password", &body).status, 200, "{first} then {second}");
        assert!(opens(&post(first, "/sign-in/phone-number", &json!({ "phoneNumber": NUMBER, "password": PASSWORD }))));
    }
}

#[test]
fn attack_an_impersonation_gives_the_user_a_number() {
    let phones = Phones::new("[admin]\nenabled = true\n[anonymous]\nenabled = true\n");
    let (mut root, mut guest) = (phones.confirmed("root@example.com"), phones.browser());
    phones.database.query("update \"user\" set role = 'admin'");
    let user = guest.post("/sign-in/anonymous", &json!({})).json()["user"]["id"].clone();
    let acts = root.post("/admin/impersonate-user", &json!({ "userId": user }));
    assert_eq!(acts.status, 200, "{}", acts.text());
    let code = phones.texted(|| {
        assert_eq!(root.post("/phone-number/send-otp", &json!({ "phoneNumber": NUMBER })).status, 200);
    });
    let body = json!({ "phoneNumber": NUMBER, "code": code, "updatePhoneNumber": true });
    shut_out(&root.post("/phone-number/verify", &body), 403, "NOT_WHILE_IMPERSONATING", "impersonated_session");
    // The user may, and is anonymous no more.
    phones.given(&mut guest, NUMBER);
    shut_out(&guest.post("/delete-anonymous-user", &json!({})), 403, "USER_IS_NOT_ANONYMOUS", "not_anonymous");
}

#[test]
fn attack_a_cookie_or_token_without_a_session_sends_texts_to_strangers() {
    let phones = Phones::new("[bearer]\nenabled = true\n[phone_number.limits]\nper_number = 100\n");
    let mut browser = phones.user();
    let kept = browser.clone();
    assert_eq!(browser.post("/sign-out", &json!({})).status, 200);
    let body = json!({ "phoneNumber": OTHER });
    assert_eq!(kept.clone().post("/phone-number/send-otp", &body).status, 200);
    for token in ["x", "0123456789abcdefghijklmnopqrstuv"] {
        let headers = [("content-type", "application/json"), ("authorization", &format!("Bearer {token}"))];
        let answer = phones.service.send("POST", "/phone-number/send-otp", &headers, &body.to_string());
        assert_eq!((answer.status, answer.text().as_str()), (200, r#"{"message":"code sent"}"#));
        assert_eq!(answer.set_cookies().len(), 0);
    }
    // The message to the user's own number comes after those that are not sent.
    phones.code(NUMBER);
    assert!(phones.texts.mails(2).iter().all(|text| text["to"] == NUMBER));
}

#[test]
fn attack_a_client_without_an_address_escapes_the_limit_of_texts() {
    let limits = "[phone_number.limits]\nper_client = 3\n[rate_limit]\nenabled = false\n";
    let ask = |phones: &Phones, headers: &[(&str, &str)], number: u8| {
        let headers = [&[("content-type", "application/json")], headers].concat();
        let body = json!({ "phoneNumber": format!("+4179000010{number}") });
        phones.service.send("POST", "/phone-number/send-otp", &headers, &body.to_string()).status
    };
    let phones = Phones::new(&format!("{SIGN_UP}{limits}"));
    // Two addresses without a known proxy, and what is none, are no address.
    let hidden = [
        [("x-forwarded-for", "1.1.1.1, 2.2.2.2")],
        [("x-forwarded-for", "unknown")],
        [("x-forwarded-for", "1.1.1.2, 2.2.2.2")],
        [("x-forwarded-for", "1.1.1.3:80")],
        [("x-other", "")],
    ];
    let statuses: Vec<u16> = hidden.iter().zip(0..).map(|(headers, number)| ask(&phones, headers, number)).collect();
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
    assert_eq!(ask(&phones, &[("x-forwarded-for", "203.0.113.7")], 9), 200, "a client with an address is another one");
    let phones = Phones::new(&format!("{SIGN_UP}{limits}[advanced.ip_address]\ndisable_ip_tracking = true\n"));
    assert_eq!((0..5).map(|number| ask(&phones, &[], number)).collect::<Vec<_>>(), [200; 5]);
}

#[test]
fn attack_a_stranger_takes_the_address_of_a_number_or_asks_whether_it_has_a_user() {
    let phones = Phones::new(&format!(
        "{SIGN_UP}[magic_link]\nenabled = true\n[user.change_email]\nenabled = true\n[rate_limit]\nenabled = false\n"
    ));
    assert!(opens(&phones.verify(NUMBER, &phones.code(NUMBER))));
    let address = |number: &str| format!("{}@PHONE.example.com", number.trim_start_matches('+'));
    let told = |number: &str| {
        let body = json!({ "name": "Eve", "email": address(number), "password": PASSWORD });
        let answer = phones.post("/sign-up/email", &body);
        shut_out(&answer, 400, "INVALID_EMAIL", "phone_address_reserved");
        answer.text()
    };
    assert_eq!(told(NUMBER), told(OTHER), "the answer does not tell which number has a user");
    let mut eve = phones.confirmed("eve@example.com");
    for number in [NUMBER, OTHER] {
        let answer = eve.post("/change-email", &json!({ "newEmail": address(number) }));
        shut_out(&answer, 400, "INVALID_EMAIL", "phone_address_reserved");
    }
    assert!(opens(&phones.verify(OTHER, &phones.code(OTHER))));
    let mut own = phones.browser();
    own.sign_up("4ever@phone.example.com");
}

#[test]
fn the_next_owner_of_a_number_signs_up_though_the_former_user_keeps_its_address() {
    let phones = Phones::new(&format!("{SIGN_UP}[phone_number.limits]\nper_number = 100\n"));
    let first = phones.verify(NUMBER, &phones.code(NUMBER));
    assert_eq!(first.json()["user"]["email"], "41790000001@phone.example.com");
    phones.database.query(r#"update "user" set "phoneNumber" = null, "phoneNumberVerified" = false"#);
    let second = phones.verify(NUMBER, &phones.code(NUMBER));
    assert!(opens(&second), "{}", second.text());
    let (user, former) = (second.json()["user"].clone(), first.json()["user"].clone());
    let email = user["email"].as_str().unwrap();
    assert!(email.starts_with("41790000001-") && email.ends_with("@phone.example.com"), "{email}");
    assert_eq!((&user["name"], &user["phoneNumber"]), (&json!(NUMBER), &json!(NUMBER)));
    assert_ne!(user["id"], former["id"]);
}

#[test]
fn attack_another_user_of_the_machine_reads_the_file_of_messages() {
    let phones = Phones::new(&format!("{SIGN_UP}[email_verification]\nsend_on_sign_up = true\n"));
    phones.code(NUMBER);
    phones.browser().sign_up(EMAIL);
    phones.mailbox.newest("verify-email");
    for url in [phones.texts.url(), phones.mailbox.url()] {
        let file = std::fs::metadata(url.trim_start_matches("file:")).unwrap();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&file.permissions()) & 0o077, 0, "{url}");
    }
}
