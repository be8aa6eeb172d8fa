//! The mail that confirms an address: which requests send it, what it says, and that it never stands in their way.

use serde_json::Value;

use super::support::{mailbox::Mailbox, postgres::Database, service::Service};

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
    // Somebody who does not know the password causes no mail, and neither does a taken address.
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
