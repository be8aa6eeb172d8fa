//! Second factors, as far as only gatepost has them: each known hole is closed by a test of its name. conformance.rs compares the
//! rest with better-auth; races are in two_factor_races.rs.

use std::time::Duration;

use gatepost_cli::edge;
use gatepost_core::{Auth, Config, auth::LinkedParts, config::Source};
use serde_json::json;

use crate::support::{
    SECRET,
    examined::{migrated, variables},
    factors::{App, Browser, PASSWORD, begun, code, wrong},
    flows,
    held::held,
    http::{Answer, shut_out},
    mailbox::Mailbox,
    node,
    postgres::Database,
    provider::Provider,
    schema,
    secondary_storage::database,
    service::{DEFAULT, Service, log_lines},
    wire::Wire,
};

const TOML: &str = "[email_and_password]\nenabled = true\n[two_factor]\nenabled = true\n";
const BY_MAIL: &str = "[two_factor.otp_options]\nsend_otp = true\n";

/// A service with mails, in development, so that reasons are shown.
struct Factors {
    database: Database,
    mailbox: Mailbox,
    service: Service,
}

impl Factors {
    fn new(more: &str) -> Self {
        let toml = format!("{TOML}{more}");
        let (database, mailbox) = (database(&toml), Mailbox::new());
        let variables =
            [("DATABASE_URL", database.url.as_str()), ("EMAIL_URL", &mailbox.url()), ("VERCEL_ENV", "development")];
        let service = Service::with(&toml, &variables);
        Self { database, mailbox, service }
    }

    fn browser(&self) -> Browser {
        Browser::new(&self.service.url)
    }

    fn app(&self) -> App {
        App::enrolled(&self.service.url)
    }

    /// A browser that has signed in with a code, and is trusted.
    fn trusted(&self, app: &App) -> Browser {
        let mut browser = self.browser();
        browser.challenged();
        let body = json!({ "code": app.code(&self.database), "trustDevice": true });
        assert_eq!(browser.post("/two-factor/verify-totp", &body).status, 200);
        assert!(browser.cookie.contains("trust_device"), "{}", browser.cookie);
        assert!(browser.clone().sign_in().json()["token"].is_string());
        // The sign-in of the clone has given the device another name.
        let answer = browser.sign_in();
        assert_eq!(answer.json()["twoFactorRedirect"], true, "a name of a device works once");
        let body = json!({ "code": app.code(&self.database), "trustDevice": true });
        assert_eq!(browser.post("/two-factor/verify-totp", &body).status, 200);
        browser
    }

    /// A user whose second factor is codes by mail alone.
    fn by_mail(&self) -> Browser {
        let mut browser = self.browser();
        browser.sign_up("ada@example.com");
        let answer = browser.post("/two-factor/enable", &json!({ "password": PASSWORD, "method": "otp" }));
        assert_eq!(answer.status, 200, "{}", answer.text());
        browser
    }

    fn mailed_code(&self, browser: &mut Browser) -> String {
        self.mailbox.mails(0);
        let before = self.mailbox.mails(0).len();
        assert_eq!(browser.post("/two-factor/send-otp", &json!({})).status, 200);
        self.mailbox.mails(before + 1);
        self.mailbox.newest("two-factor-otp")["code"].as_str().unwrap().to_owned()
    }
}

#[test]
fn the_real_client_sets_a_second_factor_up_and_signs_in_with_it() {
    let database = database(TOML);
    let service = Service::with(&format!("{TOML}[rate_limit]\nenabled = false\n"), &[("DATABASE_URL", &database.url)]);
    let said = node::run("two-factor.mjs", &["--url", &service.url], Duration::from_secs(120));
    assert!(said.contains(" passed, 0 failed"), "{said}");
}

#[test]
fn what_is_off_answers_nothing_and_adds_nothing() {
    let database = Database::new();
    let service = Service::new(&database.url);
    for path in [
        "/two-factor/enable",
        "/two-factor/disable",
        "/two-factor/get-totp-uri",
        "/two-factor/generate-backup-codes",
        "/two-factor/verify-totp",
        "/two-factor/send-otp",
        "/two-factor/verify-otp",
        "/two-factor/verify-backup-code",
    ] {
        let answer = service.post(path, "", r#"{"password":"x","code":"x"}"#);
        assert_eq!((answer.status, answer.text().as_str()), (404, ""), "{path}");
    }
    let cookie = service.user("ada@example.com");
    assert_eq!(service.get("/get-session", &cookie).json()["user"].get("twoFactorEnabled"), None);
    assert!(schema::of(DEFAULT).table("twoFactor").is_none());
}

#[test]
fn no_session_exists_before_the_second_factor_is_given() {
    let factors = Factors::new("[session.cookie_cache]\nenabled = true\n");
    let app = factors.app();
    factors.database.query("delete from session");
    let mut browser = factors.browser();
    let answer = browser.sign_in();
    assert_eq!(answer.header("x-gatepost-reason"), Some("second_factor_required"));
    assert_eq!(answer.json(), json!({ "twoFactorRedirect": true, "twoFactorMethods": ["totp"] }));
    assert!(!answer.cookies().contains("session"), "{:?}", answer.set_cookies());
    assert_eq!(factors.database.value("select count(*) from session"), "0");
    assert!(!browser.is_in());
    for path in ["/two-factor/disable", "/two-factor/generate-backup-codes", "/change-password", "/update-user"] {
        assert_eq!(
            browser
                .post(
                    path,
                    &json!({ "password": PASSWORD, "name": "x", "newPassword": PASSWORD, "currentPassword": PASSWORD })
                )
                .status,
            401,
            "{path}"
        );
    }
    assert_eq!(browser.give("totp", &app.code(&factors.database)).status, 200);
    assert!(browser.is_in());
    assert_eq!(factors.database.value("select count(*) from session"), "1");
}

/// Mails a link that signs its reader in, and follows it.
fn by_link(factors: &Factors, callback: &str) -> (Browser, Answer) {
    factors.database.query(r#"update "user" set "emailVerified" = false"#);
    let before = factors.mailbox.mails(0).len();
    let body = json!({ "email": "ada@example.com", "callbackURL": callback });
    assert_eq!(factors.browser().post("/send-verification-email", &body).status, 200);
    factors.mailbox.mails(before + 1);
    let mail = factors.mailbox.newest("verify-email");
    let path = mail["url"].as_str().unwrap().split("/api/auth").nth(1).unwrap().to_owned();
    let mut browser = factors.browser();
    let answer = browser.get(&path);
    (browser, answer)
}

const SIGNS_IN_BY_LINK: &str = "[email_verification]\nauto_sign_in_after_verification = true\n";

#[test]
fn a_link_by_mail_asks_for_the_second_factor() {
    let factors = Factors::new(SIGNS_IN_BY_LINK);
    let app = factors.app();
    let (mut browser, answer) = by_link(&factors, "/in?x=1#y");
    let location = "/in?x=1&twoFactorRedirect=true&twoFactorMethods=totp#y";
    assert_eq!((answer.status, answer.header("location")), (302, Some(location)), "{}", answer.text());
    assert!(!browser.is_in());
    assert_eq!(factors.database.value(r#"select "emailVerified" from "user""#), "t");
    assert_eq!(browser.give("totp", &app.code(&factors.database)).status, 200);
    assert!(browser.is_in());
}

#[test]
fn a_page_of_ones_own_asks_for_the_second_factor_and_is_told_where_to_go_on() {
    let page = "ask_on = \"every_way\"\ntwo_factor_page = \"/two-factor\"\n";
    let factors = Factors::new(&format!("{page}{SIGNS_IN_BY_LINK}"));
    factors.app();
    let (_, answer) = by_link(&factors, "/in?x=1");
    let location = "/two-factor?twoFactorRedirect=true&twoFactorMethods=totp&callbackURL=%2Fin%3Fx%3D1";
    assert_eq!((answer.status, answer.header("location")), (302, Some(location)), "{}", answer.text());
}

#[test]
fn asked_of_credentials_alone_a_link_signs_in_as_in_better_auth() {
    let factors = Factors::new(&format!("ask_on = \"credentials\"\n{SIGNS_IN_BY_LINK}"));
    factors.app();
    let (mut browser, answer) = by_link(&factors, "/in");
    assert_eq!((answer.status, answer.header("location")), (302, Some("/in")));
    assert!(browser.is_in());
    factors.browser().challenged();
}

#[test]
fn a_provider_and_a_username_ask_for_the_second_factor() {
    let toml = format!("{TOML}[username]\nenabled = true\n");
    let (database, provider) = (database(&toml), Provider::new());
    let service = flows::service(&toml, &[("DATABASE_URL", &database.url), ("VERCEL_ENV", "development")], &provider);
    let mut browser = Browser::new(&service.url);
    let user = browser.sign_up("ada@example.com");
    assert_eq!(browser.post("/update-user", &json!({ "username": "ada" })).status, 200);
    database.query(r#"update "user" set "emailVerified" = true"#);
    let app = App::of(browser.clone(), user);
    let mut by_name = Browser::new(&service.url);
    let answer = by_name.post("/sign-in/username", &json!({ "username": "ada", "password": PASSWORD }));
    assert_eq!(answer.json()["twoFactorMethods"], json!(["totp"]), "{}", answer.text());
    assert!(!by_name.is_in());

    let begun =
        flows::begin(&service.url, "/sign-in/social", &json!({ "provider": "github", "callbackURL": "/in" }), "");
    let answer = flows::back(&service.url, "github", &format!("code=ada&state={}", begun.state), &begun.cookie);
    let location = "/in?twoFactorRedirect=true&twoFactorMethods=totp";
    assert_eq!((answer.status, answer.header("location")), (302, Some(location)), "{}", answer.text());
    assert_eq!(answer.header("x-gatepost-reason"), Some("second_factor_required"));
    let mut by_provider = Browser::new(&service.url);
    by_provider.absorb(&answer);
    assert!(!by_provider.is_in());
    assert_eq!(by_provider.give("totp", &app.code(&database)).status, 200);
    assert!(by_provider.is_in());
}

#[test]
fn a_challenge_does_not_survive_a_password_change() {
    let factors = Factors::new("");
    let mut app = factors.app();
    let change = |to: &str, from: &str, revoke: bool| json!({ "newPassword": to, "currentPassword": from, "revokeOtherSessions": revoke });
    for (from, to, revoke) in [(PASSWORD, "another horse battery", true), ("another horse battery", PASSWORD, false)] {
        let mut waiting = factors.browser();
        let answer = waiting.post("/sign-in/email", &json!({ "email": "ada@example.com", "password": from }));
        assert_eq!(answer.json()["twoFactorRedirect"], true);
        let changed = app.browser.post("/change-password", &change(to, from, revoke));
        assert_eq!(changed.status, 200, "{}", changed.text());
        let answer = waiting.give("totp", &app.code(&factors.database));
        shut_out(&answer, 401, "INVALID_TWO_FACTOR_COOKIE", "no_pending_sign_in");
    }
    // Another server changed the password, and left the row.
    let mut waiting = factors.browser();
    waiting.challenged();
    factors.database.query("update account set password = '0:0'");
    let answer = waiting.give("totp", &app.code(&factors.database));
    shut_out(&answer, 401, "INVALID_TWO_FACTOR_COOKIE", "pending_sign_in_overtaken");
    assert!(!waiting.is_in());
}

#[test]
fn a_challenge_and_a_trusted_device_do_not_survive_a_reset() {
    let factors = Factors::new("");
    let app = factors.app();
    factors.database.query(r#"update "user" set "emailVerified" = true"#);
    let (mut trusted, mut waiting) = (factors.trusted(&app), factors.browser());
    waiting.challenged();
    factors.browser().post("/request-password-reset", &json!({ "email": "ada@example.com" }));
    let token = factors.mailbox.token("reset-password");
    let reset = factors.browser().post("/reset-password", &json!({ "newPassword": PASSWORD, "token": token }));
    assert_eq!(reset.status, 200, "{}", reset.text());
    shut_out(
        &waiting.give("totp", &app.code(&factors.database)),
        401,
        "INVALID_TWO_FACTOR_COOKIE",
        "no_pending_sign_in",
    );
    trusted.challenged();
}

#[test]
fn a_trusted_device_does_not_survive_disable() {
    let factors = Factors::new("");
    let mut app = factors.app();
    let mut trusted = factors.trusted(&app);
    assert_eq!(app.browser.post("/two-factor/disable", &json!({ "password": PASSWORD })).status, 200);
    let mut app = App::of(app.browser.clone(), app.user.clone());
    trusted.challenged();
    assert!(!trusted.cookie.contains("trust_device"), "{}", trusted.cookie);
    // Nor one of which the row was left, where the password has changed since.
    let mut trusted = factors.trusted(&app);
    let rows = factors.database.query("select identifier from verification where identifier like 'trust-device-%'");
    let names = rows.into_iter().flatten().flatten();
    let name = names.into_iter().find(|name| trusted.cookie.contains(name)).unwrap();
    let changed = json!({ "newPassword": "another horse battery", "currentPassword": PASSWORD });
    assert_eq!(app.browser.post("/change-password", &changed).status, 200);
    factors.database.query(&format!(
        r#"insert into verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt")
           select {}, '{}', '{}', now() + interval '1 day', now(), now()"#,
        match schema::ids() {
            "text" => "'again'",
            "uuid" => "gen_random_uuid()",
            _ => "9001",
        },
        name,
        app.user
    ));
    let answer =
        trusted.post("/sign-in/email", &json!({ "email": "ada@example.com", "password": "another horse battery" }));
    assert_eq!(answer.json()["twoFactorRedirect"], true, "{}", answer.text());
}

#[test]
fn trusted_devices_end_with_other_sessions() {
    for path in ["/revoke-other-sessions", "/revoke-sessions"] {
        let factors = Factors::new("");
        let app = factors.app();
        let (mut own, mut other) = (factors.trusted(&app), factors.trusted(&app));
        assert_eq!(own.post(path, &json!({})).status, 200);
        assert!(own.sign_in().json()["token"].is_string(), "{path}: the browser that asked is trusted");
        other.challenged();
    }
}

#[test]
fn a_totp_code_is_not_replayed_inside_its_window() {
    let factors = Factors::new("");
    let app = factors.app();
    let (mut first, mut second) = (factors.browser(), factors.browser());
    first.challenged();
    second.challenged();
    let code = app.code(&factors.database);
    assert_eq!(first.give("totp", &code).status, 200);
    shut_out(&second.give("totp", &code), 401, "INVALID_CODE", "code_used");
    // The code that set the app up counts as well.
    let mut eve = factors.browser();
    eve.sign_up("eve@example.com");
    let (uri, _) = begun(&mut eve);
    let code = self::code(&uri, 0);
    assert_eq!(eve.give("totp", &code).status, 200);
    let mut waiting = factors.browser();
    waiting.post("/sign-in/email", &json!({ "email": "eve@example.com", "password": PASSWORD }));
    shut_out(&waiting.give("totp", &code), 401, "INVALID_CODE", "code_used");
}

#[test]
fn users_with_codes_by_mail_alone_are_locked_too() {
    let factors = Factors::new(&format!("{BY_MAIL}[two_factor.account_lockout]\nmax_failed_attempts = 7\n"));
    factors.by_mail();
    let mut waiting = factors.browser();
    let mut statuses = Vec::new();
    for _ in 0..2 {
        waiting.challenged();
        let code = factors.mailed_code(&mut waiting);
        for _ in 0..4 {
            statuses.push(waiting.give("otp", &wrong(&code)).status);
        }
    }
    assert_eq!(statuses, [401, 401, 401, 401, 401, 401, 401, 429]);
    waiting.challenged();
    let code = factors.mailed_code(&mut waiting);
    shut_out(&waiting.give("otp", &code), 429, "ACCOUNT_TEMPORARILY_LOCKED", "second_factor_locked");
    // The row that counts is no app, and can become one.
    assert_eq!(waiting.sign_in().json()["twoFactorMethods"], json!(["otp"]));
    let rows = factors.database.query(r#"select verified, "failedVerificationCount" from "twoFactor""#);
    assert_eq!(rows, [[Some("f".to_owned()), Some("7".to_owned())]]);
}

#[test]
fn a_session_alone_does_not_set_codes_by_mail_up() {
    let factors = Factors::new(BY_MAIL);
    let mut browser = factors.browser();
    browser.sign_up("ada@example.com");
    let code = factors.mailed_code(&mut browser);
    shut_out(&browser.give("otp", &code), 400, "OTP_NOT_ENABLED", "no_second_factor");
    let is_on = |browser: &mut Browser| browser.get("/get-session").json()["user"]["twoFactorEnabled"].clone();
    assert_eq!(is_on(&mut browser), json!(false));
    shut_out(
        &browser.post("/two-factor/enable", &json!({ "password": "wrong password", "method": "otp" })),
        400,
        "INVALID_PASSWORD",
        "wrong_password",
    );
    begun(&mut browser);
    let code = factors.mailed_code(&mut browser);
    assert_eq!(browser.give("otp", &code).status, 200);
    assert_eq!(is_on(&mut browser), json!(true));
}

#[test]
fn attack_no_device_is_trusted_with_a_time_of_zero() {
    let (factors, off) = (Factors::new(""), "trust_device_max_age = 0\n");
    let app = factors.app();
    let before = factors.trusted(&app);
    let toml = format!("{TOML}{off}");
    let service = Service::with(&toml, &[("DATABASE_URL", &factors.database.url), ("VERCEL_ENV", "development")]);
    let mut browser = Browser::new(&service.url);
    browser.challenged();
    let stored = || factors.database.value("select count(*) from verification where identifier like 'trust-device%'");
    let devices = stored();
    let body = json!({ "code": app.code(&factors.database), "trustDevice": true });
    let answer = browser.post("/two-factor/verify-totp", &body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(!browser.cookie.contains("trust_device") && stored() == devices, "{}", browser.cookie);
    // Nor is a device that was trusted before.
    for mut browser in [browser, Browser { url: service.url.clone(), ..before }] {
        assert_eq!(browser.sign_in().json()["twoFactorRedirect"], true);
    }
}

#[test]
fn trusting_a_device_does_not_undo_remember_me_false() {
    let factors = Factors::new("");
    let mut app = factors.app();
    let mut browser = factors.browser();
    browser.post("/sign-in/email", &json!({ "email": "ada@example.com", "password": PASSWORD, "rememberMe": false }));
    let body = json!({ "code": app.code(&factors.database), "trustDevice": true });
    assert_eq!(browser.post("/two-factor/verify-totp", &body).status, 200);
    assert!(browser.cookie.contains("dont_remember") && browser.cookie.contains("trust_device"), "{}", browser.cookie);
    // Nor does setting a second factor up.
    factors.database.query("delete from session");
    app.browser.challenged();
    let lasting = |database: &Database| {
        database.value(r#"select count(*) from session where "expiresAt" > now() + interval '2 days'"#)
    };
    let mut browser = factors.browser();
    browser.post("/sign-in/email", &json!({ "email": "ada@example.com", "password": PASSWORD, "rememberMe": false }));
    assert_eq!(browser.give("totp", &app.code(&factors.database)).status, 200);
    assert_eq!(browser.post("/two-factor/disable", &json!({ "password": PASSWORD })).status, 200);
    assert_eq!((browser.is_in(), lasting(&factors.database)), (true, "0".to_owned()));
}

#[test]
fn a_prehijackers_second_factor_goes_with_the_first_proof_of_the_mailbox() {
    let factors = Factors::new("");
    factors.app();
    factors.browser().post("/request-password-reset", &json!({ "email": "ada@example.com" }));
    let token = factors.mailbox.token("reset-password");
    let body = json!({ "newPassword": "the owner's password", "token": token });
    assert_eq!(factors.browser().post("/reset-password", &body).status, 200);
    let mut owner = factors.browser();
    let answer =
        owner.post("/sign-in/email", &json!({ "email": "ada@example.com", "password": "the owner's password" }));
    assert!(answer.json()["token"].is_string(), "{}", answer.text());
    assert_eq!(factors.database.value(r#"select count(*) from "twoFactor""#), "0");

    let (database, provider) = (database(TOML), Provider::new());
    let toml = format!("{TOML}[account.account_linking]\nrequire_local_email_verified = false\n");
    let service = flows::service(&toml, &[("DATABASE_URL", &database.url)], &provider);
    App::enrolled(&service.url);
    let begun =
        flows::begin(&service.url, "/sign-in/social", &json!({ "provider": "github", "callbackURL": "/in" }), "");
    let answer = flows::back(&service.url, "github", &format!("code=ada&state={}", begun.state), &begun.cookie);
    assert_eq!((answer.status, answer.header("location")), (302, Some("/in")), "{}", answer.text());
    let mut owner = Browser::new(&service.url);
    owner.absorb(&answer);
    assert!(owner.is_in());
    assert_eq!(owner.get("/get-session").json()["user"]["twoFactorEnabled"], false);
}

#[test]
fn a_prehijackers_second_factor_goes_with_a_second_sign_up_that_is_confirmed() {
    let (database, mailbox) = (database(TOML), Mailbox::new());
    App::enrolled(&Service::with(TOML, &[("DATABASE_URL", &database.url)]).url);
    // Verification is required from now on.
    let toml = TOML.replace("enabled = true\n[two", "enabled = true\nrequire_email_verification = true\n[two");
    let service = Service::with(&toml, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &mailbox.url())]);
    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": "the owner's password" });
    assert_eq!(service.post("/sign-up/email", "", &body.to_string()).status, 200);
    let token = mailbox.token("verify-email");
    assert_eq!(database.value(r#"select count(*) from "twoFactor""#), "1");
    assert_eq!(service.get(&format!("/verify-email?token={token}"), "").status, 200);
    assert_eq!(database.value(r#"select count(*) from "twoFactor""#), "0");
    assert_eq!(database.value(r#"select "twoFactorEnabled" from "user""#), "f");
}

#[test]
fn a_challenge_that_is_over_mails_no_code() {
    let factors = Factors::new(BY_MAIL);
    factors.by_mail();
    let mut waiting = factors.browser();
    waiting.challenged();
    factors.database.query(r#"update verification set "expiresAt" = now() - interval '1 second'"#);
    let answer = waiting.post("/two-factor/send-otp", &json!({}));
    shut_out(&answer, 401, "INVALID_TWO_FACTOR_COOKIE", "no_pending_sign_in");
}

#[test]
fn no_more_than_ten_codes_are_mailed_to_a_user_in_a_quarter_of_an_hour() {
    let factors = Factors::new(BY_MAIL);
    factors.by_mail();
    let mut waiting = factors.browser();
    for sent in 0..12 {
        waiting.challenged();
        let answer = waiting.post("/two-factor/send-otp", &json!({}));
        match sent {
            0..10 => assert_eq!(answer.status, 200, "{sent}"),
            _ => assert_eq!((answer.status, answer.header("x-retry-after")), (429, Some("900")), "{sent}"),
        }
        let reason = answer.header("x-gatepost-reason");
        assert_eq!(reason, (sent >= 10).then_some("too_many_codes_mailed"));
    }
    assert_eq!(factors.mailbox.mails(10).len(), 10);
}

#[test]
fn what_goes_wrong_is_named() {
    let factors = Factors::new(BY_MAIL);
    let mut app = factors.app();
    let enable = app.browser.post("/two-factor/enable", &json!({ "password": PASSWORD }));
    shut_out(&enable, 400, "TOTP_ALREADY_ENABLED", "second_factor_there");
    let mut waiting = factors.browser();
    waiting.challenged();
    let right = app.code(&factors.database);
    shut_out(&waiting.give("otp", "000000"), 400, "OTP_HAS_EXPIRED", "code_expired");
    shut_out(&waiting.give("backup-code", "none"), 401, "INVALID_BACKUP_CODE", "wrong_code");
    for _ in 0..4 {
        shut_out(&waiting.give("totp", &wrong(&right)), 401, "INVALID_CODE", "wrong_code");
    }
    shut_out(&waiting.give("totp", &right), 400, "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE", "too_many_codes");
    shut_out(&waiting.give("totp", &right), 401, "INVALID_TWO_FACTOR_COOKIE", "no_pending_sign_in");
    waiting.challenged();
    factors.database.query(r#"update "twoFactor" set secret = 'no key'"#);
    let answer = waiting.give("totp", &right);
    let found = (answer.status, answer.text(), answer.header("x-gatepost-reason").map(str::to_owned));
    assert_eq!(found, (500, String::new(), Some("unreadable_second_factor".to_owned())));
    let cause = |line: &String| line.contains("unreadable_second_factor") && line.contains("it is not encrypted");
    assert!(log_lines().iter().any(cause));
}

#[test]
fn of_two_who_use_backup_codes_at_once_one_is_told_to_try_again() {
    let factors = Factors::new("");
    let app = factors.app();
    let wanted = schema::of(TOML);
    let table = wanted.quoted(wanted.table("twoFactor").unwrap());
    let answers: Vec<Answer> = held(&factors.database, &format!("update on {table}"), |held| {
        std::thread::scope(|scope| {
            let codes = app.codes.iter().take(2);
            let all: Vec<_> = codes.map(|code| scope.spawn(|| app.browser.clone().give("backup-code", code))).collect();
            held.waiting(2);
            held.let_go();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        })
    });
    let mut told: Vec<_> = answers.iter().map(|answer| (answer.status, answer.header("x-gatepost-reason"))).collect();
    told.sort_unstable();
    assert_eq!(told, [(200, None), (409, Some("backup_code_race"))]);
    let text = answers.iter().find(|answer| answer.status == 409).unwrap().text();
    assert_eq!(text, r#"{"message":"Failed to verify backup code. Please try again."}"#);
}

#[test]
fn no_other_site_completes_a_sign_in() {
    let factors = Factors::new("");
    let app = factors.app();
    let mut waiting = factors.browser();
    waiting.challenged();
    let headers =
        [("content-type", "application/json"), ("origin", "https://evil.example"), ("cookie", waiting.cookie.as_str())];
    let body = json!({ "code": app.code(&factors.database) }).to_string();
    let answer = factors.service.send("POST", "/two-factor/verify-totp", &headers, &body);
    shut_out(&answer, 403, "INVALID_ORIGIN", "untrusted_origin");
}

#[test]
fn a_cookie_that_was_signed_for_something_else_names_no_sign_in_and_no_device() {
    let factors = Factors::new("");
    let mut app = factors.app();
    let signed = |browser: &Browser, name: &str| {
        let found =
            browser.cookie.split("; ").find_map(|pair| pair.split_once('=').filter(|(found, _)| found.ends_with(name)));
        found.unwrap().1.to_owned()
    };
    let session = signed(&app.browser, "session_token");
    let mut waiting = factors.browser();
    waiting.challenged();
    let pending = signed(&waiting, "two_factor");
    let code = app.code(&factors.database);
    let mut other = factors.browser();
    other.cookie = format!("better-auth.two_factor={session}");
    shut_out(&other.give("totp", &code), 401, "INVALID_TWO_FACTOR_COOKIE", "no_pending_sign_in");
    other.cookie = format!("better-auth.session_token={pending}; better-auth.trust_device={pending}");
    assert!(!other.is_in());
    other.cookie = format!("better-auth.trust_device={session}");
    other.challenged();
    assert!(app.browser.is_in());
}

#[test]
fn secrets_are_replaced_and_second_factors_stay_readable() {
    const NEW: &str = "a-newer-secret-a-newer-secret-0123456789";
    let factors = Factors::new("");
    let app = factors.app();
    let (mut trusted, mut waiting) = (factors.trusted(&app), factors.browser());
    waiting.challenged();
    let variables = [
        ("DATABASE_URL", factors.database.url.as_str()),
        ("BETTER_AUTH_SECRET", SECRET),
        ("BETTER_AUTH_SECRETS", &format!("2:{NEW},1:{SECRET}")),
    ];
    let service = Service::with(TOML, &variables);
    for browser in [&mut trusted, &mut waiting] {
        browser.url = service.url.clone();
    }
    assert!(trusted.sign_in().json()["token"].is_string());
    assert_eq!(waiting.give("totp", &app.code(&factors.database)).status, 200);
    let mut by_code = Browser::new(&service.url);
    by_code.challenged();
    assert_eq!(by_code.give("backup-code", &app.codes[0]).status, 200);
    // The codes that are left are encrypted with the newer one.
    assert!(factors.database.value(r#"select "backupCodes" from "twoFactor""#).starts_with("$ba$2$"));
}

#[test]
fn the_last_login_method_is_known_of_a_sign_in_that_waits() {
    let factors = Factors::new("[last_login_method]\nenabled = true\n");
    let app = factors.app();
    let mut waiting = factors.browser();
    waiting.challenged();
    assert!(waiting.cookie.contains("last_used_login_method=email"), "{}", waiting.cookie);
    assert_eq!(waiting.give("totp", &app.code(&factors.database)).status, 200);
}

#[test]
fn what_a_second_factor_costs_is_counted() {
    let database = database(TOML);
    let wire = Wire::new(&database.url);
    let service = Service::with(TOML, &[("DATABASE_URL", &wire.url)]);
    let app = App::enrolled(&service.url);
    wire.statements();
    let mut waiting = Browser::new(&service.url);
    waiting.challenged();
    assert_eq!(wire.statements().len(), 2);
    assert_eq!(waiting.give("totp", &app.code(&database)).status, 200);
    // The sign-in, the user, the count, the step, what is settled, the session; those behind a lock are four each.
    let sent = wire.statements().len();
    assert!((6..=14).contains(&sent), "{sent}");
}

#[test]
fn what_is_configured_wrongly_is_told() {
    let problems = |toml: &str, all: &[(&str, &str)]| {
        let all = [&[("BETTER_AUTH_SECRET", SECRET)][..], all].concat();
        let loaded = Config::load(&variables(&all), Some(Source { name: "gatepost.toml", text: toml }));
        loaded.err().map(|found| found.to_string()).unwrap_or_default()
    };
    let url = ("DATABASE_URL", "postgres://u@localhost/x");
    for (toml, expected) in [
        ("[two_factor]\nenabled = true\n[two_factor.totp_options]\ndisable = true\n", "no second factor is left"),
        ("[two_factor]\ntwo_factor_page = \"javascript:x\"\n", "cannot be a page"),
        ("[two_factor]\nask_on = \"never\"\n", "one of \"every_way\", \"credentials\""),
        ("[two_factor]\ntwo_factor_table = \"x\"\n", "write `[schema.two_factor] model_name`"),
        (
            "[schema.user]\nfields = { two_factor_enabled = \"x\" }\n",
            "`schema.user.fields.two_factor_enabled` is not a known key",
        ),
        ("[two_factor]\nenabled = true\n[user.additional_fields]\ntwoFactorEnabled = {}\n", "is already a column"),
    ] {
        let found = problems(toml, &[url]);
        assert!(found.contains(expected), "{toml}: {found}");
    }
    let found = problems(TOML, &[]);
    assert!(found.contains("`email_and_password.enabled` and `two_factor.enabled` need it"), "{found}");
    let by_mail = format!("{TOML}{BY_MAIL}");
    let found = problems(&by_mail, &[url, ("VERCEL_ENV", "production"), ("VERCEL", "1")]);
    assert!(found.contains("`two_factor.otp_options.send_otp` needs it"), "{found}");
    let linked = LinkedParts { features: Some("username last_login_method"), ..LinkedParts::ALL };
    let all = variables(&[("BETTER_AUTH_SECRET", SECRET), url]);
    let config = Config::load(&all, Some(Source { name: "gatepost.toml", text: TOML })).unwrap();
    let found = Auth::with(config, edge::now, linked).err().unwrap().to_string();
    assert!(found.contains("two_factor: it is not built in"), "{found}");
}

#[test]
fn a_database_that_is_there_gets_the_table_and_doctor_asks_for_it() {
    let (database, report) = migrated(TOML, &schema::of(TOML).table("twoFactor").unwrap().name);
    assert!(!report.to_string().contains("only their password"), "{report}");
    let app = App::enrolled(&Service::with(TOML, &[("DATABASE_URL", &database.url)]).url);
    assert_eq!(app.codes.len(), 10);
}

#[test]
fn the_log_has_no_code_no_key_and_no_cookie() {
    let factors = Factors::new(BY_MAIL);
    let app = factors.app();
    let mut waiting = factors.browser();
    waiting.challenged();
    let mailed = factors.mailed_code(&mut waiting);
    let totp = app.code(&factors.database);
    waiting.give("totp", &wrong(&totp));
    waiting.give("backup-code", &app.codes[0]);
    let name = waiting.cookie.split("2fa-").nth(1).map(str::to_owned);
    let key = app.uri.split("secret=").nth(1).unwrap()[..20].to_owned();
    let lines = log_lines();
    assert!(lines.iter().any(|line| line.contains("two_factor.verify_totp") && line.contains("wrong_code")));
    for secret in [&mailed, &totp, &app.codes[0], &key].into_iter().chain(&name) {
        assert!(lines.iter().all(|line| !line.contains(&format!("{secret}\""))), "{secret}");
    }
    // An identifier may be a small number, which is also in the lines of other tests.
    if schema::ids() == "text" {
        assert!(lines.iter().all(|line| !line.contains(&format!("\"{}\"", app.user))), "{}", app.user);
    }
}
