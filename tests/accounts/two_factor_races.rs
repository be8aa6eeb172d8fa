//! Second factors, and requests that come at once: no more codes are compared than the bounds allow, and each is taken once.

use serde_json::json;

use crate::support::{
    crowd::at_once,
    factors::{App, Browser, PASSWORD, code, wrong},
    http::Answer,
    postgres::Database,
    redis::Redis,
    secondary_storage::{database, service as with_store},
    service::Service,
};

const TOML: &str = "[email_and_password]\nenabled = true\n[two_factor]\nenabled = true\n";
const PARALLEL: usize = 50;

fn started() -> (Database, Service) {
    let database = database(TOML);
    let service = Service::with(TOML, &[("DATABASE_URL", &database.url)]);
    (database, service)
}

fn with(answers: &[Answer], code: &str) -> usize {
    answers.iter().filter(|answer| answer.text().contains(&format!("\"{code}\""))).count()
}

/// Browsers whose sign-ins wait.
fn waiting(url: &str, count: usize) -> Vec<Browser> {
    let one = |_| {
        let mut browser = Browser::new(url);
        browser.challenged();
        browser
    };
    (0..count).map(one).collect()
}

#[test]
fn of_fifty_guesses_at_once_five_are_compared_in_one_sign_in() {
    let (database, service) = started();
    let app = App::enrolled(&service.url);
    let mut browser = Browser::new(&service.url);
    browser.challenged();
    let guess = wrong(&app.code(&database));
    let answers = at_once(PARALLEL, |_| browser.clone().give("totp", &guess));
    assert_eq!(with(&answers, "INVALID_CODE"), 5, "{answers:?}");
    assert_eq!(database.value(r#"select "failedVerificationCount" from "twoFactor""#), "5");
}

#[test]
fn of_guesses_in_many_sign_ins_at_once_ten_are_compared_for_one_user() {
    let (database, service) = started();
    let app = App::enrolled(&service.url);
    let browsers = waiting(&service.url, 16);
    let guess = wrong(&app.code(&database));
    let answers = at_once(browsers.len(), |at| browsers[at].clone().give("totp", &guess));
    let told = (with(&answers, "INVALID_CODE"), with(&answers, "ACCOUNT_TEMPORARILY_LOCKED"));
    assert_eq!(told, (10, 6), "{answers:?}");
    let mut another = Browser::new(&service.url);
    another.challenged();
    let answer = another.give("totp", &app.code(&database));
    assert_eq!(answer.status, 429, "the right one is not compared either");
}

#[test]
fn a_backup_code_completes_one_sign_in_of_fifty() {
    let (database, service) = started();
    let app = App::enrolled(&service.url);
    database.query("delete from session");
    let browsers = waiting(&service.url, 10);
    let answers = at_once(PARALLEL, |at| browsers[at % browsers.len()].clone().give("backup-code", &app.codes[0]));
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
    assert_eq!(database.value("select count(*) from session"), "1");
}

#[test]
fn a_code_of_an_app_completes_one_sign_in_of_several() {
    let (database, service) = started();
    let app = App::enrolled(&service.url);
    database.query("delete from session");
    let browsers = waiting(&service.url, 8);
    let right = app.code(&database);
    let answers = at_once(browsers.len(), |at| browsers[at].clone().give("totp", &right));
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
    assert_eq!(database.value("select count(*) from session"), "1");
}

#[test]
fn a_right_code_given_fifty_times_at_once_with_one_try_left_completes_the_sign_in() {
    let (database, service) = started();
    let app = App::enrolled(&service.url);
    for kind in ["totp", "backup-code"] {
        database.query("delete from session");
        let mut browser = Browser::new(&service.url);
        browser.challenged();
        let right = if kind == "totp" { app.code(&database) } else { app.codes[0].clone() };
        for _ in 0..4 {
            assert_eq!(browser.give("totp", &wrong(&app.code(&database))).status, 401);
        }
        let answers = at_once(PARALLEL, |_| browser.clone().give(kind, &right));
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{kind}: {answers:?}");
        assert_eq!(database.value("select count(*) from session"), "1", "{kind}");
        assert_eq!(database.value(r#"select "failedVerificationCount" from "twoFactor""#), "0", "{kind}");
    }
}

#[test]
fn one_sign_in_is_completed_once() {
    let (database, service) = started();
    let app = App::enrolled(&service.url);
    database.query("delete from session");
    let mut browser = Browser::new(&service.url);
    browser.challenged();
    let codes = [code(&app.uri, 1), app.codes[0].clone(), app.codes[1].clone(), app.codes[2].clone()];
    let answers = at_once(4, |at| browser.clone().give(if at == 0 { "totp" } else { "backup-code" }, &codes[at]));
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
    assert_eq!(database.value("select count(*) from session"), "1");
}

#[test]
fn concurrent_enable_leaves_one_row() {
    let (database, service) = started();
    let mut browser = Browser::new(&service.url);
    browser.sign_up("ada@example.com");
    let body = json!({ "password": PASSWORD });
    let answers = at_once(6, |_| browser.clone().post("/two-factor/enable", &body));
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    assert_eq!(database.value(r#"select count(*) from "twoFactor""#), "1");
    // The last one's app is the one that counts.
    let right =
        |answer: &Answer| browser.clone().give("totp", &code(answer.json()["totpURI"].as_str().unwrap(), 0)).status;
    assert_eq!(answers.iter().map(right).filter(|status| *status == 200).count(), 1);
}

#[test]
fn a_password_that_changes_meanwhile_leaves_no_session() {
    let (database, service) = started();
    let mut app = App::enrolled(&service.url);
    let browsers = waiting(&service.url, 6);
    let change =
        json!({ "newPassword": "another horse battery", "currentPassword": PASSWORD, "revokeOtherSessions": true });
    let own = app.browser.clone();
    let answers = at_once(7, |at| match browsers.get(at) {
        Some(browser) => browser.clone().give("backup-code", &app.codes[at]),
        None => own.clone().post("/change-password", &change),
    });
    let changed = answers.last().unwrap();
    assert_eq!(changed.status, 200, "{}", changed.text());
    app.browser.absorb(changed);
    assert!(app.browser.is_in());
    assert_eq!(database.value("select count(*) from session"), "1", "{answers:?}");
}

#[test]
fn bounds_hold_where_secrets_are_in_a_secondary_storage() {
    let Some(redis) = Redis::start() else { return };
    let toml = format!("{TOML}[secondary_storage]\nenabled = true\n");
    let database = database(&toml);
    let service = with_store(&toml, &database, &redis.url());
    let app = App::enrolled(&service.url);
    let mut browser = Browser::new(&service.url);
    browser.challenged();
    let guess = wrong(&code(&app.uri, 1));
    let answers = at_once(PARALLEL, |_| browser.clone().give("totp", &guess));
    assert!((1..=5).contains(&with(&answers, "INVALID_CODE")), "{answers:?}");
    let browsers = waiting(&service.url, 4);
    let right = code(&app.uri, 1);
    let answers = at_once(browsers.len(), |at| browsers[at].clone().give("totp", &right));
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
    // A sign-in that waits ends with the password, and so does a trusted device.
    let mut pending = Browser::new(&service.url);
    pending.challenged();
    let mut trusted = Browser::new(&service.url);
    trusted.challenged();
    let body = json!({ "code": app.codes[0], "trustDevice": true });
    assert_eq!(trusted.post("/two-factor/verify-backup-code", &body).status, 200);
    assert!(trusted.sign_in().json()["token"].is_string());
    let mut own = app.browser.clone();
    let change = json!({ "newPassword": "another horse battery", "currentPassword": PASSWORD });
    assert_eq!(own.post("/change-password", &change).status, 200);
    assert_eq!(pending.give("backup-code", &app.codes[1]).status, 401);
    let answer =
        trusted.post("/sign-in/email", &json!({ "email": "ada@example.com", "password": "another horse battery" }));
    assert_eq!(answer.json()["twoFactorRedirect"], true, "{}", answer.text());
}
