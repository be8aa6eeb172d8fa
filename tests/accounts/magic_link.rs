//! Magic links: behaviour that differs from better-auth, with a test for each closed hole. The common behaviour is compared in
//! tests/conformance.

use std::{ops::Deref, time::Duration};

use serde_json::json;

use crate::support::{
    crowd::at_once,
    factors::{App, Browser, PASSWORD},
    http::{Answer, shut_out},
    mailbox::Mailbox,
    mailing::Mailing,
    node::{self, Reference},
    postgres::Database,
    redis::Redis,
    schema,
    secondary_storage::database,
    service::{DEFAULT, Service},
};

const TOML: &str = "[email_and_password]\nenabled = true\n[magic_link]\nenabled = true\n";
const EMAIL: &str = "ada@example.com";

struct Links(Mailing);

impl Deref for Links {
    type Target = Mailing;

    fn deref(&self) -> &Mailing {
        &self.0
    }
}

impl Links {
    fn new(more: &str) -> Self {
        Self::with(more, &[])
    }

    fn with(more: &str, variables: &[(&str, &str)]) -> Self {
        Self(Mailing::new(&format!("{TOML}{more}"), variables))
    }

    /// Asks for a link, and returns its path below the base path.
    fn link(&self, email: &str) -> String {
        let before = self.mailbox.mails(0).len();
        let answer =
            self.service.post("/sign-in/magic-link", "", &json!({ "email": email, "callbackURL": "/in" }).to_string());
        assert_eq!((answer.status, answer.text().as_str()), (200, r#"{"status":true}"#));
        let mails = self.mailbox.mails(before + 1);
        let url = mails.last().unwrap()["url"].as_str().unwrap().to_owned();
        url.strip_prefix(&format!("{}/api/auth", self.service.url)).unwrap_or_else(|| panic!("{url}")).to_owned()
    }
}

#[test]
fn a_name_that_cannot_be_stored_is_refused_before_a_link_is_mailed() {
    let links = Links::new("");
    for name in ["a\0b", "\0"] {
        let body = json!({ "email": EMAIL, "name": name, "callbackURL": "/in" }).to_string();
        shut_out(&links.service.post("/sign-in/magic-link", "", &body), 400, "VALUE_NOT_STORABLE", "invalid_input");
    }
    assert_eq!((links.count("verification").as_str(), links.mailbox.mails(0).len()), ("0", 0));
    // Other letters that JSON escapes are stored as they are.
    let body = json!({ "email": EMAIL, "name": "A\u{1}\t\u{7f}\u{feff}da", "callbackURL": "/in" }).to_string();
    assert_eq!(links.service.post("/sign-in/magic-link", "", &body).status, 200);
    let url = links.mailbox.mails(1)[0]["url"].as_str().unwrap().to_owned();
    let path = url.strip_prefix(&format!("{}/api/auth", links.service.url)).unwrap().to_owned();
    assert!(opens(&links.service.get(&path, "")));
    assert_eq!(links.database.value("select length(name) from \"user\""), "7");
}

fn opens(answer: &Answer) -> bool {
    answer.cookies().contains("session_token")
}

/// The `Location` of a refused link.
#[track_caller]
fn refused(answer: &Answer, code: &str, reason: &str) {
    let location = answer.header("location").unwrap_or_default();
    assert!(answer.status == 302 && location.ends_with(&format!("?error={code}")), "{} {location}", answer.status);
    assert_eq!(answer.header("x-gatepost-reason"), Some(reason));
    assert!(!opens(answer), "{:?}", answer.set_cookies());
}

#[test]
fn the_real_client_signs_in_with_a_magic_link() {
    let links = Links::new("[rate_limit]\nenabled = false\n");
    let file = links.mailbox.url().trim_start_matches("file:").to_owned();
    let said = node::run("magic-link.mjs", &["--url", &links.service.url, "--mails", &file], Duration::from_secs(60));
    assert!(said.contains(" passed, 0 failed"), "{said}");
}

#[test]
fn magic_links_that_are_off_answer_nothing() {
    let database = Database::new();
    let service = Service::new(&database.url);
    for (method, path) in
        [("POST", "/sign-in/magic-link"), ("GET", "/magic-link/verify"), ("POST", "/magic-link/verify")]
    {
        let answer =
            service.send(method, path, &[("content-type", "application/json"), ("origin", &service.url)], "{}");
        assert_eq!((answer.status, answer.text().as_str()), (404, ""), "{path}");
    }
    let links = Links::new("send_magic_link = false\n");
    let answer = links.service.post("/sign-in/magic-link", "", r#"{"email":"ada@example.com"}"#);
    assert_eq!((answer.status, answer.header("x-gatepost-reason")), (400, Some("feature_disabled")));
    assert!(schema::of(DEFAULT).table("verification").is_some());
}

#[test]
fn ghsa_hc7v_rggr_4hvx_a_magic_link_opens_one_session_of_fifty() {
    let redis = Redis::start();
    let url = redis.as_ref().map(Redis::url);
    let stores: &[&[(&str, &str)]] = &[&[], &[("REDIS_URL", url.as_deref().unwrap_or_default())]];
    for variables in &stores[..1 + usize::from(redis.is_some())] {
        let more = if variables.is_empty() { "" } else { "[secondary_storage]\nenabled = true\n" };
        let links = Links::with(more, variables);
        let link = links.link(EMAIL);
        let answers = at_once(50, |_| links.service.get(&link, ""));
        assert_eq!(answers.iter().filter(|answer| opens(answer)).count(), 1);
        for answer in answers.iter().filter(|answer| !opens(answer)) {
            refused(answer, "INVALID_TOKEN", "invalid_token");
        }
        assert_eq!(links.count("user"), "1");
    }
}

#[test]
fn two_links_for_one_address_at_once_end_with_one_user_and_two_sessions() {
    let links = Links::new("");
    // For an address without a user, then for one that is not confirmed.
    for _ in 0..2 {
        let both = [links.link(EMAIL), links.link(EMAIL)];
        let answers = at_once(2, |number| links.service.get(&both[number], ""));
        assert!(answers.iter().all(opens), "{:?}", answers.iter().map(Answer::text).collect::<Vec<_>>());
        assert_eq!((links.count("user"), links.count("session")), ("1".to_owned(), "2".to_owned()));
        links.database.query("delete from session");
        links.database.change("update {user} set {user.emailVerified} = false");
    }
}

#[test]
fn a_scanner_that_follows_links_does_not_use_one_up() {
    let links = Links::new("confirm_on_page = true\n");
    let link = links.link(EMAIL);
    for method in ["HEAD", "GET", "GET"] {
        let answer = links.service.send(method, &link, &[], "");
        assert!(!opens(&answer), "{:?}", answer.set_cookies());
    }
    let page = links.service.get(&link, "");
    assert_eq!(
        (page.status, page.header("content-type"), page.header("cache-control")),
        (200, Some("text/html"), Some("no-store"))
    );
    assert!(page.header("content-security-policy").unwrap().contains("default-src 'none'"));
    let text = page.text();
    let token = text.split("name=\"token\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(link.contains(token) && text.contains("name=\"callbackURL\" value=\"/in\""), "{text}");
    let form = format!("token={token}&callbackURL=%2Fin");
    let send = |origin: &str, site: &str| {
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", origin),
            ("sec-fetch-site", site),
            ("sec-fetch-mode", "navigate"),
        ];
        links.service.send("POST", "/magic-link/verify", &headers, &form)
    };
    // Another site sends the form, with a link of its own user.
    for (origin, site) in
        [("https://evil.example", "cross-site"), ("https://evil.example", "same-origin"), ("null", "cross-site")]
    {
        let answer = send(origin, site);
        assert!(answer.status == 403 && !opens(&answer), "{origin}: {}", answer.text());
    }
    let own = links.service.url.clone();
    let answer = send(&own, "same-origin");
    assert!(answer.status == 302 && opens(&answer), "{} {}", answer.status, answer.text());
    assert_eq!(answer.header("location"), Some(format!("{own}/in").as_str()));
    refused(&send(&own, "same-origin"), "INVALID_TOKEN", "invalid_token");
    // Text of the link is no tag, and a URL that is not trusted is refused before a page is shown.
    let page = links.service.get("/magic-link/verify?token=%22%3E%3Cscript%3E&callbackURL=/in", "");
    assert!(page.text().contains("value=\"&quot;&gt;&lt;script&gt;\""), "{}", page.text());
    assert_eq!(links.service.get(&format!("{link}&errorCallbackURL=https://evil.example"), "").status, 403);
    // The client, which has no page to show, redeems at once.
    let token = links.link("bob@example.com").split(['=', '&']).nth(1).unwrap().to_owned();
    let answer = links.service.get(&format!("/magic-link/verify?token={token}"), "");
    assert_eq!(answer.json()["user"]["email"], "bob@example.com");
}

#[test]
fn a_magic_link_asks_for_the_second_factor() {
    let links = Links::new("[two_factor]\nenabled = true\n");
    let app = App::enrolled(&links.service.url);
    links.database.change("update {user} set {user.emailVerified} = true");
    links.database.query("delete from session");
    let mut browser = links.browser();
    let answer = browser.get(&links.link(EMAIL));
    let location = answer.header("location").unwrap();
    assert!(location.ends_with("/in?twoFactorRedirect=true&twoFactorMethods=totp"), "{location}");
    assert!(!opens(&answer) && links.count("session") == "0");
    assert_eq!(browser.give("totp", &app.code(&links.database)).status, 200);
    assert!(browser.is_in());
    let token = links.link(EMAIL).split(['=', '&']).nth(1).unwrap().to_owned();
    let answer = links.browser().get(&format!("/magic-link/verify?token={token}"));
    assert_eq!(answer.json(), json!({ "twoFactorRedirect": true, "twoFactorMethods": ["totp"] }));
}

#[test]
fn ghsa_qq9h_g4jm_a_prehijacker_keeps_nothing_after_a_magic_link() {
    let links = Links::new("[two_factor]\nenabled = true\n[username]\nenabled = true\n");
    let mut attacker = links.browser();
    let body = json!({ "name": "Eve", "email": EMAIL, "password": PASSWORD, "username": "eve" });
    assert_eq!(attacker.post("/sign-up/email", &body).status, 200);
    let app = App::of(attacker.clone(), String::new());
    let mut trusted = links.browser();
    trusted.challenged();
    let body = json!({ "code": app.code(&links.database), "trustDevice": true });
    assert_eq!(trusted.post("/two-factor/verify-totp", &body).status, 200);
    let mut owner = links.browser();
    let answer = owner.get(&links.link(EMAIL));
    assert!(opens(&answer) && answer.header("location").unwrap().ends_with("/in"), "{:?}", answer.header("location"));
    let user = owner.get("/get-session").json()["user"].clone();
    assert_eq!(
        (&user["emailVerified"], &user["twoFactorEnabled"], &user["username"]),
        (&json!(true), &json!(false), &json!(null)),
        "{user}"
    );
    assert!(!attacker.is_in() && !trusted.is_in() && !app.browser.clone().is_in());
    assert_eq!(attacker.sign_in().status, 401);
    let by_name = json!({ "username": "eve", "password": PASSWORD });
    assert_eq!(links.browser().post("/sign-in/username", &by_name).status, 401);
    assert_eq!(
        (links.count("account"), links.count("twoFactor"), links.count("session")),
        ("0".into(), "0".into(), "1".into())
    );
    assert_eq!(links.database.value("select count(*) from verification where identifier like 'trust-device%'"), "0");
}

#[test]
fn a_magic_link_does_not_survive_a_password_change() {
    let links = Links::new("");
    let mut browser = links.confirmed(EMAIL);
    let before = links.link(EMAIL);
    let body = json!({ "currentPassword": PASSWORD, "newPassword": "another password" });
    assert_eq!(browser.post("/change-password", &body).status, 200);
    refused(&links.service.get(&before, ""), "INVALID_TOKEN", "invalid_token");
    assert!(opens(&links.service.get(&links.link(EMAIL), "")));
}

#[test]
fn a_magic_link_does_not_follow_a_user_to_another_address() {
    let links = Links::new("disable_sign_up = true\n");
    links.confirmed(EMAIL);
    let link = links.link(EMAIL);
    links.database.change("update {user} set {user.email} = 'new@example.com'");
    refused(&links.service.get(&link, ""), "new_user_signup_disabled", "sign_up_disabled");
}

#[test]
fn a_request_for_a_link_costs_the_same_for_every_address() {
    let links = Links::new("disable_sign_up = true\n[observability]\nserver_timing = true\n");
    links.confirmed(EMAIL);
    let asked = |email: &str| {
        let answer = links.service.post("/sign-in/magic-link", "", &json!({ "email": email }).to_string());
        let timing = answer.header("server-timing").unwrap_or_default().to_owned();
        let names: Vec<_> = timing.split(',').map(|part| part.split(';').next().unwrap().trim().to_owned()).collect();
        (answer.status, answer.text(), answer.set_cookies().len(), names)
    };
    assert_eq!(asked(EMAIL), asked("unknown@example.com"));
    assert_eq!(links.mailbox.mails(2).len(), 2);
}

#[test]
fn a_link_leads_to_the_services_own_host_below_any_base_path() {
    for path in ["/", "/custom/auth"] {
        let toml = format!("base_path = \"{path}\"\n{TOML}");
        let (database, mailbox) = (database(&toml), Mailbox::new());
        let service = Service::with(&toml, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &mailbox.url())]);
        let base = format!("{}{}", service.url, if path == "/" { "" } else { path });
        let body = br#"{"email":"ada@example.com"}"#;
        let headers = [("content-type", "application/json"), ("origin", service.url.as_str())];
        let answer = crate::support::http::send("POST", &format!("{base}/sign-in/magic-link"), &headers, body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let url = mailbox.newest("magic-link")["url"].as_str().unwrap().to_owned();
        assert!(url.starts_with(&format!("{base}/magic-link/verify?token=")), "{url}");
        assert!(opens(&crate::support::http::send("GET", &url, &[], b"")));
    }
}

#[test]
fn a_token_with_a_nul_is_an_unknown_one() {
    let links = Links::new("");
    refused(&links.service.get("/magic-link/verify?token=%00&callbackURL=/in", ""), "INVALID_TOKEN", "invalid_token");
}

#[test]
fn links_that_better_auth_mailed_are_redeemed_here_and_ours_there() {
    for (more, options) in [("", ""), ("store_token = \"hashed\"\n", r#","storeToken":"hashed""#)] {
        let toml = format!("{TOML}{more}");
        let (database, mailbox) = (database(&toml), Mailbox::new());
        let file = mailbox.url().trim_start_matches("file:").to_owned();
        let options = format!(r#"{{"magicLink":{{"sendMagicLink":true{options}}}}}"#);
        let reference = Reference::with(&database.direct, &options, &[("MIGRATE", "0"), ("MAIL_FILE", &file)]);
        let service = Service::with(&toml, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &mailbox.url())]);
        for (number, (first, second)) in
            [(&reference.url, &service.url), (&service.url, &reference.url)].into_iter().enumerate()
        {
            for email in [format!("new-{number}@example.com"), format!("new-{number}@example.com")] {
                let before = mailbox.mails(0).len();
                let body = json!({ "email": email, "name": "Ada", "callbackURL": "/in" });
                assert_eq!(Browser::new(first).post("/sign-in/magic-link", &body).status, 200);
                let url = mailbox.mails(before + 1)[before]["url"].as_str().unwrap().replace(first.as_str(), second);
                let path = url.split("/api/auth").nth(1).unwrap().to_owned();
                let mut browser = Browser::new(second);
                let answer = browser.get(&path);
                assert!(opens(&answer), "{first} then {second}: {:?}", answer.header("location"));
                assert!(browser.is_in());
                let again = Browser::new(first).get(&path);
                assert!(again.header("location").unwrap().ends_with("/in?error=INVALID_TOKEN"), "{first}");
            }
        }
    }
}
