//! gatepost beside better-auth on Node, on one database: second factors that one set up and the other asks for, sign-ins that one
//! began and the other completes, devices that one trusts.

use serde_json::json;

use crate::support::{
    factors::{App, Browser, PASSWORD},
    mailbox::Mailbox,
    node::Reference,
    secondary_storage::database,
    service::Service,
};

const TOML: &str = "[email_and_password]\nenabled = true\n[two_factor]\nenabled = true\n[two_factor.otp_options]\nsend_otp = true\n\
    store_otp = \"encrypted\"\n";
const OPTIONS: &str = r#"{"twoFactor":{"otpOptions":{"sendOTP":true,"storeOTP":"encrypted"}}}"#;

#[test]
fn second_factors_sign_ins_and_trusted_devices_are_those_of_both_servers() {
    let (database, mailbox) = (database(TOML), Mailbox::new());
    let file = mailbox.url().trim_start_matches("file:").to_owned();
    let reference = Reference::with(&database.direct, OPTIONS, &[("MIGRATE", "0"), ("MAIL_FILE", &file)]);
    let service = Service::with(TOML, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &mailbox.url())]);
    for (first, second) in [(&reference.url, &service.url), (&service.url, &reference.url)] {
        let step = |text: &str| format!("{first} then {second}: {text}");
        let app = App::enrolled(first);
        let at = |browser: &mut Browser, url: &str| url.clone_into(&mut browser.url);
        // Begun at one, completed at the other, trusted by that one.
        let mut browser = Browser::new(first);
        browser.challenged();
        at(&mut browser, second);
        let body = json!({ "code": app.code(&database), "trustDevice": true });
        let answer = browser.post("/two-factor/verify-totp", &body);
        assert_eq!(answer.status, 200, "{}: {}", step("totp"), answer.text());
        assert!(browser.is_in());
        // Trusted by the first one as well, which gives the device another name, and by the second one again.
        for url in [first, second, first] {
            at(&mut browser, url);
            let answer = browser.sign_in();
            assert!(answer.json()["token"].is_string(), "{}: {}", step("trusted"), answer.text());
        }
        // Backup codes.
        for (number, (began, completed)) in [(first, second), (second, first)].into_iter().enumerate() {
            let mut browser = Browser::new(began);
            browser.challenged();
            at(&mut browser, completed);
            let answer = browser.give("backup-code", &app.codes[number]);
            assert_eq!(answer.status, 200, "{}: {}", step("backup code"), answer.text());
            let mut browser = Browser::new(began);
            browser.challenged();
            assert_eq!(browser.give("backup-code", &app.codes[number]).status, 401, "{}", step("used"));
        }
        // A code that one mailed.
        let mut browser = Browser::new(second);
        browser.challenged();
        let before = mailbox.mails(0).len();
        assert_eq!(browser.post("/two-factor/send-otp", &json!({})).status, 200);
        mailbox.mails(before + 1);
        let code = mailbox.newest("two-factor-otp")["code"].as_str().unwrap().to_owned();
        at(&mut browser, first);
        let answer = browser.give("otp", &code);
        assert_eq!(answer.status, 200, "{}: {}", step("by mail"), answer.text());
        // Wrong codes count together.
        let mut browser = Browser::new(first);
        browser.challenged();
        let statuses: Vec<_> = [second, first, second, first, second, first]
            .into_iter()
            .map(|url| {
                at(&mut browser, url);
                browser.give("totp", "no code").status
            })
            .collect();
        assert_eq!(statuses, [401, 401, 401, 401, 401, 400], "{}", step("wrong codes"));
        // Disabled at the other one.
        let mut own = app.browser.clone();
        at(&mut own, second);
        assert_eq!(
            own.post("/two-factor/disable", &json!({ "password": PASSWORD })).status,
            200,
            "{}",
            step("disable")
        );
        assert!(Browser::new(first).sign_in().json()["token"].is_string());
        database.query(r#"delete from verification; delete from session; delete from account; delete from "user""#);
    }
}
