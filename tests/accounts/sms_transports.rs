//! How text messages leave: the API of Twilio (a receiver that plays its answers), a webhook, a file, and what is logged if one does
//! not leave.

use serde_json::json;

use super::mail_transports::hmac_of::hmac;
use crate::support::{
    mailbox::Mailbox,
    postgres::Database,
    receiver::{Reaction, Received, Receiver},
    secondary_storage::database,
    service::Service,
};

const TOML: &str = "app_name = \"Example\"\n[phone_number]\nenabled = true\n[phone_number.sign_up_on_verification]\nenabled = true\ntemp_email = \"{digits}@phone.example.com\"\n";

/// Returns the service, which sends the message after its answer.
fn send(database: &Database, toml: &str, sms_url: &str, number: &str) -> Service {
    let service = Service::with(toml, &[("DATABASE_URL", &database.url), ("SMS_URL", sms_url)]);
    let headers = [("content-type", "application/json"), ("accept-language", "de-CH,de;q=0.9")];
    let answer =
        service.send("POST", "/phone-number/send-otp", &headers, &json!({ "phoneNumber": number }).to_string());
    assert_eq!(answer.status, 200, "{}", answer.text());
    service
}

fn stored(database: &Database, number: &str) -> String {
    database.value(&format!(
        "select split_part(value, ':', 1) from verification where identifier = 'phone-number-otp-{number}'"
    ))
}

/// The host and port of a receiver.
fn host(receiver: &Receiver) -> String {
    receiver.url.split('/').nth(2).unwrap().to_owned()
}

/// The fields of a form.
fn form(received: &Received) -> Vec<(String, String)> {
    url::form_urlencoded::parse(received.body.as_bytes()).into_owned().collect()
}

#[test]
fn twilio_gets_the_message_of_its_api_and_is_asked_again_after_a_temporary_error() {
    let mut answers = 0;
    let receiver = Receiver::new(move |_| {
        answers += 1;
        if answers == 1 { Reaction::Answer(503, "{}".to_owned()) } else { Reaction::Answer(201, "{}".to_owned()) }
    });
    let host = host(&receiver);
    let database = database(TOML);
    let _service = send(&database, TOML, &format!("twilio://AC12:to%3Aken@{host}?from=+15005550006"), "+41790000001");
    let received = receiver.wait(2);
    let code = stored(&database, "+41790000001");
    for one in &received {
        assert!(one.head.starts_with("POST /2010-04-01/Accounts/AC12/Messages.json HTTP/1.1"), "{}", one.head);
        // AC12:to:ken
        assert_eq!(one.header("authorization"), Some("Basic QUMxMjp0bzprZW4="));
        assert_eq!(one.header("content-type"), Some("application/x-www-form-urlencoded"));
        let wanted =
            [("To", "+41790000001"), ("From", "+15005550006"), ("Body", &format!("{code} is your Example code."))];
        assert_eq!(form(one), wanted.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
    receiver.clear();
    let toml =
        TOML.replace("enabled = true\n[phone_number.sign", "enabled = true\nmessage = \"{code}\"\n[phone_number.sign");
    let _service = send(&database, &toml, &format!("twilio://SK9:key@{host}?account=AC12&from=MG7"), "+41790000002");
    let received = receiver.wait(1);
    let wanted = [("To", "+41790000002"), ("MessagingServiceSid", "MG7"), ("Body", &stored(&database, "+41790000002"))];
    assert_eq!(form(&received[0]), wanted.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert!(received[0].head.starts_with("POST /2010-04-01/Accounts/AC12/"), "{}", received[0].head);
}

#[test]
fn a_message_that_twilio_refuses_is_not_sent_again() {
    let receiver = Receiver::new(|_| {
        Reaction::Answer(400, r#"{"code":21612,"message":"to +41790000007 is not reachable"}"#.to_owned())
    });
    let host = host(&receiver);
    let database = database(TOML);
    let _service = send(&database, TOML, &format!("twilio://AC12:S3CRET@{host}?from=Acme"), "+41790000007");
    receiver.wait(1);
    // The first of further attempts would follow after half a second.
    std::thread::sleep(std::time::Duration::from_secs(1));
    assert_eq!(receiver.received().len(), 1);
}

#[test]
fn a_webhook_gets_a_signed_message() {
    let receiver = Receiver::new(|_| Reaction::Answer(200, String::new()));
    let database = database(TOML);
    let _service = send(&database, TOML, &format!("webhook+http://S3@{}/sms", host(&receiver)), "+41790000001");
    let received = receiver.wait(1).remove(0);
    let (body, code) = (received.json(), stored(&database, "+41790000001"));
    assert_eq!(
        (&body["kind"], &body["to"], &body["code"]),
        (&json!("phone-number-otp"), &json!("+41790000001"), &json!(code))
    );
    assert_eq!((&body["text"], &body["locale"]), (&json!(format!("{code} is your Example code.")), &json!("de-CH")));
    assert_eq!(body["id"].as_str(), received.header("idempotency-key"));
    assert!(received.head.starts_with("POST /sms "), "{}", received.head);
    let signature = received.header("x-gatepost-signature").unwrap();
    let (time, given) = signature.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
    assert_eq!(given, hmac("S3", &format!("{time}.{}", received.body)));
}

#[test]
fn a_file_gets_a_line_for_each_message() {
    let (database, texts) = (database(TOML), Mailbox::new());
    let _service = send(&database, TOML, &texts.url(), "+41790000001");
    let message = texts.mails(1).remove(0);
    assert_eq!((&message["kind"], &message["to"]), (&json!("phone-number-otp"), &json!("+41790000001")));
    assert_eq!(message["code"], stored(&database, "+41790000001"));
}
