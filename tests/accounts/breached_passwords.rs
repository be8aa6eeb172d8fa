//! Breached passwords: what is gatepost's alone, each closed hole with a test of its name. What is better-auth's is compared with it
//! in tests/conformance/configurations.rs.

use gatepost_cli::{doctor, report::Verdict};
use gatepost_core::{
    Config,
    config::{Source, Variables},
    functions::{FUNCTIONS, Function},
};
use http::Method;
use serde_json::{Value, json};

use crate::support::{
    SECRET,
    checks::Checks,
    examined,
    http::Answer,
    mailbox::Mailbox,
    postgres::{Database, block_on},
    schema,
    service::{DEFAULT, Service, log_lines},
};

/// The stand-in has it in its list.
const BREACHED: &str = "password123";

/// A service whose new passwords the stand-in judges, in development, so that reasons are shown.
struct Checked {
    checks: Checks,
    database: Database,
    mailbox: Mailbox,
    service: Service,
}

impl Checked {
    fn new(more: &str) -> Self {
        let (checks, database, mailbox) = (Checks::new(), Database::new(), Mailbox::new());
        let toml =
            format!("{DEFAULT}[have_i_been_pwned]\nenabled = true\nrange_url = \"{}/ours/range/\"\n{more}", checks.url);
        let variables =
            [("DATABASE_URL", database.url.as_str()), ("EMAIL_URL", &mailbox.url()), ("VERCEL_ENV", "development")];
        let service = Service::with(&toml, &variables);
        Self { checks, database, mailbox, service }
    }

    fn sign_up(&self, email: &str, password: &str) -> Answer {
        let body = json!({ "name": "Ada", "email": email, "password": password });
        self.service.post("/sign-up/email", "", &body.to_string())
    }

    fn signs_in(&self, password: &str) -> bool {
        let body = json!({ "email": "ada@example.com", "password": password });
        self.service.post("/sign-in/email", "", &body.to_string()).status == 200
    }
}

#[track_caller]
fn refused(answer: &Answer) {
    assert_eq!(
        (answer.status, answer.json()["code"].as_str()),
        (400, Some("PASSWORD_COMPROMISED")),
        "{}",
        answer.text()
    );
    assert_eq!(answer.header("x-gatepost-reason"), Some("password_breached"));
    assert_eq!(answer.set_cookies(), Vec::<&str>::new());
}

#[track_caller]
fn unchecked(answer: &Answer) {
    let message = "Failed to check password. Please try again later.";
    assert_eq!((answer.status, answer.json()), (500, json!({ "message": message })));
    assert_eq!(answer.header("x-gatepost-reason"), Some("password_unchecked"));
}

#[test]
fn what_is_off_asks_nothing() {
    let checked = Checked::new("");
    let url = format!("{}/ours/range/", checked.checks.url);
    let toml = format!("{DEFAULT}[have_i_been_pwned]\nenabled = false\nrange_url = \"{url}\"\n");
    let service = Service::with(&toml, &[("DATABASE_URL", &checked.database.url)]);
    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": BREACHED });
    assert_eq!(service.post("/sign-up/email", "", &body.to_string()).status, 200);
    assert_eq!(checked.checks.asked(), Vec::<Value>::new());
}

#[test]
fn no_endpoint_stores_a_breached_password() {
    let checked = Checked::new("[user.change_email]\nenabled = true\n");
    let mut cookie = checked.service.user("ada@example.com");
    checked.service.post("/request-password-reset", "", r#"{"email":"ada@example.com","redirectTo":"/x"}"#);
    let token = checked.mailbox.token("reset-password");
    checked.checks.asked();
    let before = checked.database.value("select password from account");
    let members = [
        ("currentPassword", "correct horse battery"),
        ("email", "ada@example.com"),
        ("name", "Ada"),
        ("token", &token),
    ];
    let mut body: Value = members.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect();
    for member in ["password", "newPassword", "new_password", "hash"] {
        body[member] = BREACHED.into();
    }
    let posted = FUNCTIONS.iter().flat_map(Function::endpoints).filter(|endpoint| endpoint.method == Method::POST);
    let mut asked = Vec::new();
    for endpoint in posted {
        // Some of them end the session.
        if checked.service.get("/get-session", &cookie).text() == "null" {
            let body = r#"{"email":"ada@example.com","password":"correct horse battery"}"#;
            cookie = checked.service.post("/sign-in/email", "", body).cookies();
        }
        for cookie in ["", cookie.as_str()] {
            let answer = checked.service.post(endpoint.path, cookie, &body.to_string());
            let found = checked.checks.asked().len();
            asked.extend((found > 0).then_some(endpoint.path));
            assert!(found == 0 || answer.status == 400, "{}: {}", endpoint.path, answer.text());
        }
    }
    asked.dedup();
    assert_eq!(asked, ["/sign-up/email", "/change-password", "/reset-password"]);
    assert_eq!(checked.database.query("select password from account").len(), 1);
    assert_eq!(checked.database.value("select password from account"), before);
    assert!(!checked.signs_in(BREACHED) && checked.signs_in("correct horse battery"));
    // The link of the mail was used for nothing.
    let body = json!({ "newPassword": "a fine new password", "token": token });
    assert_eq!(checked.service.post("/reset-password", "", &body.to_string()).status, 200);
}

#[test]
fn a_breached_password_in_another_unicode_form_is_refused() {
    let checked = Checked::new("");
    // With wide letters, and with a ring that is a character of its own: each is stored as the breached one.
    for password in
        ["ｐａｓｓｗｏｒｄ１２３", "password①②③", "A\u{30a}ngstro\u{308}m password", "\u{212b}ngstr\u{f6}m password"]
    {
        refused(&checked.sign_up("ada@example.com", password));
    }
    // What is in the list as typed is refused too.
    refused(&checked.sign_up("ada@example.com", "\u{c5}ngstr\u{f6}m password"));
    assert_eq!(checked.database.query("select id from \"user\"").len(), 0);
    checked.checks.asked();
    assert_eq!(checked.sign_up("ada@example.com", "ｗｉｄｅ ａｎｄ ｆｉｎｅ").status, 200);
    assert_eq!(checked.checks.asked().len(), 2);
}

#[test]
fn a_breached_password_does_not_tell_a_taken_address_from_a_free_one() {
    for more in ["", "[email_verification]\nsend_on_sign_up = true\n"] {
        let checked = Checked::new(more);
        checked.service.user("ada@example.com");
        checked.checks.asked();
        let answers = ["ada@example.com", "eve@example.com"].map(|email| {
            let mut told = Vec::new();
            for said in [json!({}), json!({ "status": 503 }), json!({ "drop": true })] {
                checked.checks.say(&said);
                let answer = checked.sign_up(email, BREACHED);
                told.push((answer.status, answer.text(), checked.checks.asked()));
            }
            told
        });
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0].iter().map(|(status, ..)| *status).collect::<Vec<_>>(), [400, 500, 500]);
        // Neither has asked the database: their time follows from the password alone.
        let lines = log_lines();
        let refused: Vec<_> = lines.iter().filter(|line| line.contains("\"password_breached\"")).collect();
        let of_sign_up = refused.iter().filter(|line| line.contains("sign_up.email"));
        assert!(
            of_sign_up.clone().count() > 1 && of_sign_up.clone().all(|line| line.contains("\"round_trips\":0")),
            "{refused:#?}"
        );
    }
}

#[test]
fn an_answer_that_is_no_list_does_not_count_as_not_breached() {
    let checked = Checked::new("");
    for text in ["", "\r\n", "<html><body>Welcome to the network</body></html>", "{}", "SUFFIX", "0000:0\nSUFFIX"] {
        checked.checks.say(&json!({ "text": text }));
        unchecked(&checked.sign_up("ada@example.com", BREACHED));
    }
    checked.checks.say(&json!({ "text": "0000:0" }));
    assert_eq!(checked.sign_up("ada@example.com", BREACHED).status, 200);
}

#[test]
fn an_api_that_redirects_says_too_much_or_nothing_has_failed() {
    let checked = Checked::new("");
    let elsewhere = format!("{}/ours/asked", checked.checks.url);
    checked.checks.say(&json!({ "status": 302, "location": elsewhere }));
    let answer = checked.sign_up("ada@example.com", BREACHED);
    assert_eq!((answer.status, answer.json()), (500, json!({ "message": "Failed to check password. Status: 302" })));
    assert_eq!(checked.checks.asked().len(), 1);
    for said in [json!({ "padding": 1_100_000 }), json!({ "silent": true })] {
        checked.checks.say(&said);
        unchecked(&checked.sign_up("ada@example.com", BREACHED));
    }
    // The longest lists are far below the bound.
    checked.checks.say(&json!({ "text": "SUFFIX:1\r\n", "padding": 0 }));
    refused(&checked.sign_up("ada@example.com", BREACHED));
    let long = "0123456789ABCDEF0123456789ABCDEF012:12\r\n".repeat(20_000);
    checked.checks.say(&json!({ "text": format!("{long}SUFFIX:1") }));
    refused(&checked.sign_up("ada@example.com", BREACHED));
}

#[test]
fn where_it_is_configured_a_password_that_cannot_be_checked_is_accepted() {
    let checked = Checked::new("on_failure = \"continue\"\n");
    refused(&checked.sign_up("ada@example.com", BREACHED));
    for (said, email) in [
        (json!({ "status": 503 }), "ada@example.com"),
        (json!({ "drop": true }), "eve@example.com"),
        (json!({ "text": "<html>" }), "mal@example.com"),
    ] {
        checked.checks.say(&said);
        assert_eq!(checked.sign_up(email, BREACHED).status, 200, "{said}");
    }
    checked.checks.say(&json!({}));
    refused(&checked.sign_up("kim@example.com", BREACHED));
}

#[test]
fn neither_the_password_nor_its_hash_leaves_or_is_logged() {
    const HASH: &str = "CBFDAC6008F9CAB4083784CBD1874F76618D2A97";
    let checked = Checked::new("");
    checked.sign_up("ada@example.com", BREACHED);
    let asked = json!([{ "method": "GET", "url": "/range/CBFDA", "add-padding": "true" }]);
    assert_eq!(Value::from(checked.checks.asked()), asked);
    for said in [json!({ "status": 500 }), json!({ "drop": true }), json!({ "text": "SUFFIX:x" })] {
        checked.checks.say(&said);
        let answer = checked.sign_up("ada@example.com", BREACHED);
        assert!(!answer.text().contains("CBFDA"), "{}", answer.text());
    }
    let lines = log_lines();
    let told: Vec<_> = lines.iter().filter(|line| line.contains("password_unchecked")).collect();
    for cause in ["127.0.0.1 answered 500", "127.0.0.1: ", "no list of hashes"] {
        assert!(told.iter().any(|line| line.contains(cause)), "{cause}: {told:#?}");
    }
    let leaks = |line: &&String| line.contains(BREACHED) || line.contains(&HASH[..5]) || line.contains(&HASH[5..]);
    assert_eq!(lines.iter().find(leaks), None);
}

#[test]
fn doctor_asks_the_range_api_and_says_what_its_failure_means() {
    let (checks, database, folder) = (Checks::new(), Database::new(), tempfile::tempdir().unwrap());
    let examined = |more: &str| {
        let url = format!("{}/ours/range/", checks.url);
        let toml = format!("{DEFAULT}[have_i_been_pwned]\nenabled = true\nrange_url = \"{url}\"\n{more}");
        schema::written(folder.path(), &toml);
        let variables = [
            ("BETTER_AUTH_SECRET", SECRET),
            ("DATABASE_URL", database.url.as_str()),
            ("BETTER_AUTH_URL", "https://auth.example.com"),
            ("VERCEL_ENV", "preview"),
        ];
        let report = block_on(doctor::local(folder.path(), &examined::variables(&variables), None)).unwrap();
        let found = report.findings.iter().find(|finding| finding.check == "breached-passwords").unwrap();
        (found.verdict, found.evidence.clone())
    };
    assert_eq!(examined("").0, Verdict::Ok);
    for (said, told) in [(json!({ "status": 503 }), "answered 503"), (json!({ "text": "<html>" }), "no list of hashes")]
    {
        checks.say(&said);
        let (verdict, evidence) = examined("");
        assert!(
            verdict == Verdict::Fail && evidence.contains(told) && evidence.contains("cannot sign up"),
            "{evidence}"
        );
        let (verdict, evidence) = examined("on_failure = \"continue\"\n");
        assert!(verdict == Verdict::Warn && evidence.contains(told) && evidence.contains("unchecked"), "{evidence}");
    }
}

#[test]
fn options_that_check_nothing_are_refused_at_start() {
    let problems = |toml: &str| {
        let variables: Variables = [("BETTER_AUTH_SECRET", SECRET), ("DATABASE_URL", "postgres://u@localhost/x")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into_iter()
            .collect();
        let text = format!("[have_i_been_pwned]\nenabled = true\n{toml}\n");
        let loaded = Config::load(&variables, Some(Source { name: "gatepost.toml", text: &text }));
        loaded.err().map(|problems| problems.to_string()).unwrap_or_default()
    };
    for (toml, told) in [
        ("paths = []", "gatepost.toml:3: no password would be checked"),
        ("paths = [\"/sign-up\"]", "gatepost.toml:3: no password is set at `/sign-up`; write one of /sign-up/email"),
        ("paths = [\"/reset-password/\"]", "no password is set at `/reset-password/`"),
        ("on_failure = \"ignore\"", "`have_i_been_pwned.on_failure` must be one of \"refuse\", \"continue\""),
        ("range_url = \"http://mirror.example/range/\"", "`have_i_been_pwned.range_url` must be an https URL"),
        ("range_url = \"mirror\"", "`have_i_been_pwned.range_url` must be an https URL"),
    ] {
        assert!(problems(toml).contains(told), "{told}: {}", problems(toml));
    }
    assert_eq!(
        problems("paths = [\"/sign-up/email\", \"/admin/set-user-password\"]\nrange_url = \"https://mirror.example\""),
        ""
    );
}
