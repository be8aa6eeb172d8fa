//! Mails as adopters' own functions wrote them: what the transports carry, and links to pages of the deployment (`[mail.urls]`).

use serde_json::{Value, json};

use crate::support::{mailbox::Mailbox, postgres::Database, service::Service};

const TOML: &str = "trusted_origins = [\"https://app.example.com\", \"myapp://\"]\n\
    [email_and_password]\nenabled = true\n[email_verification]\nsend_on_sign_up = true\n\
    [user.delete_user]\nenabled = true\nsend_delete_account_verification = true\n\
    [user.change_email]\nenabled = true\nsend_change_email_confirmation = true\n\
    [user.additional_fields]\nplan = { type = \"string\", required = false, default_value = \"free\" }\n\
    hidden = { type = \"string\", required = false, default_value = \"secret\", returned = false }\n";
const URLS: &str = "[mail.urls]\n\
    verify_email = \"https://app.example.com/verify?token={token}&then={callback_url}\"\n\
    reset_password = \"https://app.example.com/reset?token={token}\"\n\
    delete_account = \"myapp://delete/?token={token}\"\n\
    change_email_confirmation = \"https://app.example.com/#/change/{token}\"\n";

struct Mailing {
    service: Service,
    database: Database,
    mailbox: Mailbox,
}

impl Mailing {
    fn new(more: &str) -> Self {
        let toml = format!("{TOML}{more}");
        let (database, mailbox) = (crate::support::secondary_storage::database(&toml), Mailbox::new());
        let service = Service::with(&toml, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &mailbox.url())]);
        Self { service, database, mailbox }
    }

    fn post(&self, path: &str, cookie: &str, body: &Value) {
        let headers = [
            ("content-type", "application/json"),
            ("origin", "https://app.example.com"),
            ("accept-language", "de-CH,de;q=0.9,en;q=0.8"),
            ("cookie", cookie),
        ];
        let answer = self.service.send("POST", path, &headers, &body.to_string());
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    }

    /// Makes a mail of each kind and returns them.
    fn all(&self) -> Vec<Value> {
        let cookie = self.service.user("ada@example.com");
        self.mailbox.newest("verify-email");
        self.post("/send-verification-email", "", &json!({ "email": "ada@example.com", "callbackURL": "/a?b=c&d" }));
        self.mailbox.mails(2);
        self.database.query("update \"user\" set \"emailVerified\" = true");
        self.post("/request-password-reset", "", &json!({ "email": "ada@example.com", "redirectTo": "/reset" }));
        self.post("/delete-user", &cookie, &json!({ "callbackURL": "/bye" }));
        self.post("/change-email", &cookie, &json!({ "newEmail": "new@example.com" }));
        self.mailbox.mails(5).split_off(1)
    }
}

#[test]
fn a_mail_carries_the_user_the_language_and_the_page() {
    let mailing = Mailing::new("");
    for mail in mailing.all() {
        let kind = mail["kind"].clone();
        assert_eq!((&mail["locale"], &mail["origin"]), (&json!("de-CH"), &json!("https://app.example.com")), "{kind}");
        let user = &mail["user"];
        let id = mailing.database.value("select id::text from \"user\"");
        assert_eq!(
            (&user["id"], &user["email"], &user["name"]),
            (&json!(id), &json!("ada@example.com"), &json!("Someone")),
            "{kind}"
        );
        // What answers do not show is not mailed either.
        assert_eq!((&user["plan"], user.get("hidden")), (&json!("free"), None), "{kind}");
        let (url, token) = (mail["url"].as_str().unwrap(), mail["token"].as_str().unwrap());
        assert!(url.starts_with(&format!("{}/api/auth/", mailing.service.url)) && url.contains(token), "{kind}: {url}");
    }
}

#[test]
fn an_origin_that_is_not_trusted_and_a_language_that_is_none_are_left_out() {
    let mailing = Mailing::new("");
    mailing.service.user("ada@example.com");
    mailing.mailbox.mails(1);
    let body = json!({ "email": "ada@example.com" }).to_string();
    for (language, origin) in [("<script>", "https://eve.example"), ("*", ""), ("x".repeat(100).as_str(), "null")] {
        let headers = [("content-type", "application/json"), ("accept-language", language), ("origin", origin)];
        let before = mailing.mailbox.mails(1).len();
        let answer = mailing.service.send("POST", "/request-password-reset", &headers, &body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let mail = mailing.mailbox.mails(before + 1).pop().unwrap();
        assert_eq!((mail.get("locale"), mail.get("origin")), (None, None), "{mail}");
    }
}

#[test]
fn links_lead_to_the_pages_that_are_configured_and_their_tokens_work() {
    let mailing = Mailing::new(URLS);
    let mails = mailing.all();
    let link = |kind: &str| {
        let mail = mails.iter().find(|mail| mail["kind"] == kind).unwrap();
        (mail["url"].as_str().unwrap().to_owned(), mail["token"].as_str().unwrap().to_owned())
    };
    let (url, token) = link("verify-email");
    assert_eq!(url, format!("https://app.example.com/verify?token={token}&then=%2Fa%3Fb%3Dc%26d"));
    let (url, change) = link("change-email-confirmation");
    assert_eq!(url, format!("https://app.example.com/#/change/{change}"));
    let (url, delete) = link("delete-account");
    assert_eq!(url, format!("myapp://delete/?token={delete}"));
    let (url, reset) = link("reset-password");
    assert_eq!(url, format!("https://app.example.com/reset?token={reset}"));
    let body = json!({ "newPassword": "another password", "token": reset });
    assert_eq!(mailing.service.post("/reset-password", "", &body.to_string()).status, 200);
    let body = json!({ "email": "ada@example.com", "password": "another password" });
    assert_eq!(mailing.service.post("/sign-in/email", "", &body.to_string()).status, 200);
}

#[test]
fn links_that_would_leak_a_token_or_carry_none_are_refused_at_start() {
    use gatepost_core::{Config, config::Source};
    let told = |line: &str| {
        let variables = crate::support::examined::variables(&[
            ("BETTER_AUTH_SECRET", crate::support::SECRET),
            ("DATABASE_URL", "postgres://u@localhost/x"),
        ]);
        let toml = format!("trusted_origins = [\"http://localhost:3000\"]\n[mail.urls]\n{line}\n");
        match Config::load(&variables, Some(Source { name: "gatepost.toml", text: &toml })) {
            Ok(_) => String::new(),
            Err(problems) => problems.to_string(),
        }
    };
    for (line, expected) in [
        ("reset_password = \"https://any.example/reset?token={token}\"", ""),
        ("reset_password = \"http://localhost:3000/reset?token={token}\"", ""),
        ("reset_password = \"http://app.example.com/reset?token={token}\"", "neither https nor a trusted origin"),
        ("verify_email = \"other://x/?token={token}\"", "neither https nor a trusted origin"),
        ("verify_email = \"javascript://x/%0a{token}\"", "neither https nor a trusted origin"),
        ("reset_password = \"https://app.example.com/reset\"", "has no {token}"),
        ("reset_password = \"https://app.example.com/{tokens}\"", "unknown placeholder"),
        ("reset_password = \"https://{token}/\"", "placeholder in its origin"),
        ("reset_password = \"/reset?token={token}\"", "placeholder in its origin"),
        ("reset_pasword = \"https://app.example.com/?t={token}\"", "not a known key"),
    ] {
        let told = told(line);
        assert!(if expected.is_empty() { told.is_empty() } else { told.contains(expected) }, "{line}: {told}");
    }
}
