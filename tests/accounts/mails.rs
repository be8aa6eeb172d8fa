//! The mail that confirms an address: which requests send it, what it says, and that it never stands in their way.

use serde_json::Value;

use crate::support::{mailbox::Mailbox, postgres::Database, service::Service};

const PERSON: &str =
    r#"{"name":"Ada","email":"Ada@example.com","password":"correct horse battery","callbackURL":"/welcome?a=b"}"#;
const REQUIRED: &str = "[email_and_password]\nenabled = true\nrequire_email_verification = true\n[email_verification]\nsend_on_sign_in = true\n";

#[test]
fn signing_up_and_signing_in_unconfirmed_mail_the_link() {
    let (database, mailbox) = (Database::new(), Mailbox::new());
    let service = Service::with(REQUIRED, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &mailbox.url())]);
    let answer = service.post("/sign-up/email", "", PERSON);
    assert_eq!((answer.status, &answer.json()["token"]), (200, &Value::Null));
    let mail = &mailbox.mails(1)[0];
    assert_eq!((mail["kind"].as_str(), mail["to"].as_str()), (Some("verify-email"), Some("ada@example.com")));
    let (url, token) = (mail["url"].as_str().unwrap(), mail["token"].as_str().unwrap());
    assert_eq!(url, format!("{}/api/auth/verify-email?token={token}&callbackURL=%2Fwelcome%3Fa%3Db", service.url));
    assert!(token.starts_with("eyJhbGciOiJIUzI1NiJ9."), "{token}");

    let answer = service.post("/sign-in/email", "", PERSON);
    assert_eq!((answer.status, answer.json()["code"].as_str()), (403, Some("EMAIL_NOT_VERIFIED")));
    assert_eq!(mailbox.mails(2).len(), 2);
    // A client that does not know the password causes no mail, and neither does an address that its owner has confirmed.
    database.query("update \"user\" set \"emailVerified\" = true");
    assert_eq!(service.post("/sign-in/email", "", &PERSON.replace("correct", "wrong")).status, 401);
    assert_eq!(service.post("/sign-up/email", "", PERSON).status, 200);
    assert_eq!(mailbox.mails(2).len(), 2);
}

#[test]
fn a_mail_that_cannot_be_sent_fails_no_request() {
    let database = Database::new();
    let service =
        Service::with(REQUIRED, &[("DATABASE_URL", &database.url), ("EMAIL_URL", "file:/nonexistent/folder/mails")]);
    assert_eq!(service.post("/sign-up/email", "", PERSON).status, 200);
    assert_eq!(database.value("select count(*) from \"user\""), "1");
}

#[test]
fn a_transport_switches_the_mails_on_that_everybody_needs_and_a_key_switches_them_off() {
    let (database, mailbox) = (Database::new(), Mailbox::new());
    let variables = [("DATABASE_URL", database.url.as_str()), ("EMAIL_URL", &mailbox.url())];
    let asked = |toml: &str, variables: &[(&str, &str)]| {
        let service = Service::with(toml, variables);
        ["/request-password-reset", "/send-verification-email"]
            .map(|path| service.post(path, "", r#"{"email":"nobody@example.com"}"#).status)
    };
    let off =
        "[email_and_password]\nsend_reset_password = false\n[email_verification]\nsend_verification_email = false\n";
    assert_eq!(asked("", &variables), [200, 200]);
    assert_eq!(asked(off, &variables), [400, 400]);
    assert_eq!(asked("", &variables[..1]), [400, 400]);

    // Those that change what an endpoint does wait for a key.
    let toml = "[email_and_password]\nenabled = true\n[user.delete_user]\nenabled = true\n";
    let service = Service::with(toml, &variables);
    let cookie = service.user("ada@example.com");
    assert_eq!(service.post("/delete-user", &cookie, "{}").json()["message"], "User deleted");
    let service = Service::with(&format!("{toml}send_delete_account_verification = true\n"), &variables);
    let cookie = service.user("ada@example.com");
    assert_eq!(service.post("/delete-user", &cookie, "{}").json()["message"], "Verification email sent");
    assert_eq!(mailbox.newest("delete-account")["to"], "ada@example.com");
    let service = Service::with(&format!("{toml}send_delete_account_verification = true\n"), &variables[..1]);
    let cookie = service.user("eve@example.com");
    assert_eq!(service.post("/delete-user", &cookie, "{}").json()["message"], "User deleted");
}
