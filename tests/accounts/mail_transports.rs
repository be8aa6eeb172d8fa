//! How mails leave: a real SMTP server, the API of Resend (a fake that plays its answers), a webhook; which mails are tried
//! again, which failures are logged, and that no client waits for a mail.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpListener,
    path::Path,
    sync::mpsc::{self, Receiver},
    time::Duration,
};

use gatepost_cli::edge;
use gatepost_core::{
    Config,
    config::{Source, Variables},
};
use hmac_of::hmac;
use serde_json::Value;

use crate::support::{
    LIMIT, SECRET,
    certificates::certificates,
    postgres::Database,
    service::{DEFAULT, Service},
    smtp::SmtpServer,
};

/// HMAC-SHA-256 in hex, by another implementation: Node's.
pub(super) mod hmac_of {
    use std::process::Command;

    pub(in crate::accounts) fn hmac(secret: &str, text: &str) -> String {
        let script = "process.stdout.write(require('node:crypto').createHmac('sha256', process.argv[1]).update(process.argv[2]).digest('hex'))";
        let output = Command::new("node").args(["-e", script, secret, text]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }
}

const FROM: (&str, &str) = ("EMAIL_FROM", "The Team <team@example.com>");
const RESET: &str = r#"{"email":"ada@example.com","redirectTo":"/reset"}"#;

/// The first mail in the file, once there is one.
fn first_mail(file: &Path) -> Value {
    for _ in 0..1_000 {
        if let Some(line) = fs::read_to_string(file).ok().and_then(|text| text.lines().next().map(str::to_owned)) {
            return serde_json::from_str(&line).unwrap();
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("no mail in {}", file.display());
}

#[test]
fn a_mail_server_gets_one_mail_as_text_and_as_a_page_from_whom_and_to_whom_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mails");
    let server = SmtpServer::start(&[("MAIL_FILE", file.to_str().unwrap()), ("LOGIN", "me:pass word")]);
    let database = Database::new();
    let email_url = server.url.replace("smtp://", "smtp://me:pass%20word@");
    let toml = format!("app_name = \"Example\"\n{DEFAULT}");
    let service = Service::with(&toml, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &email_url), FROM]);
    let name = r"<b>Ada</b>\r\nBcc: eve@example.com";
    let body = format!(r#"{{"name":"{name}","email":"ada@example.com","password":"correct horse battery"}}"#);
    assert_eq!(service.post("/sign-up/email", "", &body).status, 200);
    database.query("update \"user\" set \"emailVerified\" = true");
    assert_eq!(service.post("/request-password-reset", "", RESET).status, 200);
    let mail = first_mail(&file);
    assert_eq!(mail["from"], "\"The Team\" <team@example.com>");
    assert_eq!(
        (&mail["envelope"]["from"], &mail["envelope"]["to"][0]),
        (&"team@example.com".into(), &"ada@example.com".into())
    );
    assert_eq!((&mail["user"], &mail["subject"]), (&"me".into(), &"Set a new password for Example".into()));
    let (text, html) = (mail["text"].as_str().unwrap(), mail["html"].as_str().unwrap());
    let token = database.value("select substr(identifier, 16) from verification");
    let link = format!("{}/api/auth/reset-password/{token}?callbackURL=%2Freset", service.url);
    assert!(text.contains(&link), "{text}");
    assert!(html.contains(&format!("href=\"{link}\"")), "{html}");
    assert!(html.contains("Hello b Ada b Bcc eve example. com,"), "{html}");
    assert!(!mail["headers"].as_array().unwrap().contains(&"bcc".into()), "{}", mail["headers"]);
    assert!(mail["messageId"].as_str().unwrap().ends_with("@example.com>"));
}

#[test]
fn a_mail_server_with_tls_gets_mails_if_its_certificate_is_good_and_none_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (root, certificate, key) = certificates();
    let (foreign, ..) = certificates();
    for (name, text) in [("root", root), ("foreign", foreign), ("cert", certificate), ("key", key)] {
        fs::write(file(name), text).unwrap();
    }
    for (secure, scheme) in [("0", "smtp"), ("1", "smtps")] {
        let mails = file(&format!("mails{secure}"));
        let variables = [
            ("MAIL_FILE", mails.as_str()),
            ("LOGIN", "me:pass word"),
            ("KEY", &file("key")),
            ("CERT", &file("cert")),
            ("SECURE", secure),
        ];
        let server = SmtpServer::start(&variables);
        let port = server.url.rsplit(':').next().unwrap().to_owned();
        let database = Database::new();
        Service::new(&database.url).user("ada@example.com");
        // Another authority, then another name: nothing leaves, not even the password.
        for (host, authority) in [("localhost", "foreign"), ("127.0.0.1", "root"), ("localhost", "root")] {
            let email_url = format!("{scheme}://me:pass%20word@{host}:{port}?sslrootcert={}", file(authority));
            let service = Service::with(DEFAULT, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &email_url), FROM]);
            let before = fs::read_to_string(&mails).unwrap_or_default();
            assert_eq!(service.post("/request-password-reset", "", RESET).status, 200);
            if (host, authority) == ("localhost", "root") {
                let mail = first_mail(Path::new(&mails));
                assert_eq!((&mail["user"], &mail["secure"]), (&"me".into(), &true.into()));
            } else {
                // All attempts are over after two and a half seconds.
                std::thread::sleep(Duration::from_millis(2_800));
                assert_eq!(fs::read_to_string(&mails).unwrap_or_default(), before, "{scheme} {host} {authority}");
            }
        }
    }
}

/// A server that records requests and answers each with the next status; the last one stays.
struct Web {
    address: String,
    requests: Receiver<(String, String)>,
}

impl Web {
    fn start(statuses: &'static [u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (send, requests) = mpsc::channel();
        std::thread::spawn(move || {
            for number in 0.. {
                let Ok((mut stream, _)) = listener.accept() else { return };
                stream.set_read_timeout(Some(LIMIT)).unwrap();
                let mut bytes = Vec::new();
                let (head, body) = loop {
                    let mut buffer = [0; 4096];
                    let read = stream.read(&mut buffer).unwrap_or(0);
                    bytes.extend_from_slice(&buffer[..read]);
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                    let length = head.lines().find_map(|line| {
                        line.to_ascii_lowercase().strip_prefix("content-length: ").map(|l| l.parse::<usize>().unwrap())
                    });
                    if read == 0 || body.len() >= length.unwrap_or(0) {
                        break (head.to_owned(), body.to_owned());
                    }
                };
                let status = statuses[number.min(statuses.len() - 1)];
                let location = if status == 307 { "location: /elsewhere\r\n" } else { "" };
                let answer =
                    format!("HTTP/1.1 {status} x\r\n{location}content-length: 2\r\nconnection: close\r\n\r\n{{}}");
                let _ = stream.write_all(answer.as_bytes());
                if send.send((head, body)).is_err() {
                    return;
                }
            }
        });
        Self { address, requests }
    }

    fn request(&self) -> (String, String) {
        self.requests.recv_timeout(LIMIT).expect("no request within the bound")
    }

    fn service(&self, email_url: &str) -> (Database, Service) {
        let database = Database::new();
        let email_url = email_url.replace("ADDRESS", &self.address);
        let service = Service::with(DEFAULT, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &email_url), FROM]);
        service.user("ada@example.com");
        (database, service)
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[test]
fn resend_gets_the_mail_again_under_the_same_key_while_it_is_busy() {
    let web = Web::start(&[429, 500, 200]);
    let (_database, service) = web.service("resend://re_secret@ADDRESS");
    assert_eq!(service.post("/request-password-reset", "", RESET).status, 200);
    let requests = [web.request(), web.request(), web.request()];
    let (head, body) = &requests[0];
    assert!(head.starts_with("POST /emails HTTP/1.1"), "{head}");
    assert_eq!(header(head, "authorization"), Some("Bearer re_secret"));
    let mail: Value = serde_json::from_str(body).unwrap();
    assert_eq!((&mail["from"], &mail["to"][0]), (&"\"The Team\" <team@example.com>".into(), &"ada@example.com".into()));
    assert!(mail["text"].as_str().unwrap().contains("/reset-password/"));
    assert!(mail["html"].as_str().unwrap().contains("/reset-password/"));
    let keys: Vec<_> = requests.iter().map(|(head, _)| header(head, "idempotency-key").unwrap()).collect();
    assert!(keys[0].len() == 32 && keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    assert!(requests.iter().all(|(_, other)| other == body));
}

#[test]
fn what_will_fail_again_is_not_tried_again_and_no_redirect_is_followed() {
    for statuses in [&[422_u16], &[307]] {
        let web = Web::start(statuses);
        let (_database, service) = web.service("resend://re_secret@ADDRESS");
        assert_eq!(service.post("/request-password-reset", "", RESET).status, 200);
        web.request();
        assert!(web.requests.recv_timeout(Duration::from_secs(1)).is_err(), "{statuses:?} was tried again");
    }
}

#[test]
fn a_webhook_gets_what_a_mail_is_made_of_and_can_tell_that_it_is_ours() {
    let web = Web::start(&[204]);
    let (_database, service) = web.service("webhook+http://hook-secret@ADDRESS/mails?x=y");
    assert_eq!(service.post("/request-password-reset", "", RESET).status, 200);
    let (head, body) = web.request();
    assert!(head.starts_with("POST /mails?x=y HTTP/1.1"), "{head}");
    assert!(!head.contains("hook-secret"), "{head}");
    let (time, signature) = header(&head, "x-gatepost-signature").unwrap().split_once(",v1=").unwrap();
    let time = time.strip_prefix("t=").unwrap();
    assert_eq!(signature, hmac("hook-secret", &format!("{time}.{body}")));
    let mail: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (&mail["kind"], &mail["to"], &mail["name"]),
        (&"reset-password".into(), &"ada@example.com".into(), &"Someone".into())
    );
    assert!(mail["url"].as_str().unwrap().contains(mail["token"].as_str().unwrap()));
    assert_eq!(header(&head, "idempotency-key"), mail["id"].as_str());
}

/// Acts as a receiver does by docs/CONFIGURATION.md, at a time in seconds since 1970: the identifier of a mail that it accepts.
fn received(head: &str, body: &str, now: i64) -> Option<String> {
    let (time, signature) = header(head, "x-gatepost-signature")?.strip_prefix("t=")?.split_once(",v1=")?;
    let is_ours = signature == hmac("hook-secret", &format!("{time}.{body}"));
    let is_new = (now - time.parse::<i64>().ok()?).abs() <= 300;
    (is_ours && is_new).then(|| header(head, "idempotency-key").unwrap().to_owned())
}

#[test]
fn attack_a_webhook_can_tell_a_replayed_and_a_changed_mail() {
    let before = edge::now().as_second();
    let web = Web::start(&[503, 204]);
    let (_database, service) = web.service("webhook+http://hook-secret@ADDRESS/mails");
    assert_eq!(service.post("/request-password-reset", "", RESET).status, 200);
    let (first, again) = (web.request(), web.request());
    let sent = edge::now().as_second();
    let id = received(&first.0, &first.1, sent).expect("it is taken for a forgery");
    // A repetition is the same mail to a receiver that remembers identifiers, and the signature covers the one in the body.
    assert_eq!(received(&again.0, &again.1, sent).as_deref(), Some(id.as_str()));
    assert_eq!(serde_json::from_str::<Value>(&again.1).unwrap()["id"], id);
    let time: i64 = header(&first.0, "x-gatepost-signature").unwrap()[2..].split(',').next().unwrap().parse().unwrap();
    assert!((before..=sent).contains(&time), "{before} {time} {sent}");
    // A copy of it later, with another time, with another link, and with a signature by no known key.
    assert_eq!(received(&first.0, &first.1, sent + 400), None);
    let later = first.0.replace(&format!("t={time}"), &format!("t={}", time + 400));
    assert_eq!(received(&later, &first.1, sent + 400), None);
    assert_eq!(received(&first.0, &first.1.replace("/reset-password/", "/elsewhere/"), sent), None);
    assert_eq!(received(&first.0, &format!("{} ", first.1), sent), None);
}

#[test]
fn nobody_waits_for_a_mail() {
    // It takes connections and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let database = Database::new();
    let email_url = format!("smtp://{}", silent.local_addr().unwrap());
    let service = Service::with(DEFAULT, &[("DATABASE_URL", &database.url), ("EMAIL_URL", &email_url), FROM]);
    service.user("ada@example.com");
    for body in [RESET, r#"{"email":"nobody@example.com"}"#] {
        // The answers are here while the server still says nothing: it never will.
        assert_eq!(service.post("/request-password-reset", "", body).status, 200);
    }
    silent.set_nonblocking(true).unwrap();
    let asked = (0..500).find_map(|_| {
        std::thread::sleep(Duration::from_millis(10));
        silent.accept().ok()
    });
    assert!(asked.is_some(), "the mail was never tried");
}

#[test]
fn production_refuses_by_name_what_needs_a_mail_that_never_leaves() {
    let toml = "[email_and_password]\nenabled = true\nrequire_email_verification = true\nsend_reset_password = true\n\
        [email_verification]\nsend_on_sign_in = true\n[user.delete_user]\nsend_delete_account_verification = true\n\
        [user.change_email]\nsend_change_email_confirmation = true\n";
    let load = |more: &[(&str, &str)]| {
        let mut variables: Variables = Variables::default();
        variables.set("BETTER_AUTH_SECRET", SECRET);
        variables.set("DATABASE_URL", "postgres://localhost/x");
        variables.set("VERCEL_ENV", "production");
        more.iter().for_each(|(name, value)| variables.set(*name, *value));
        Config::load(&variables, Some(Source { name: "gatepost.toml", text: toml }))
    };
    let told = load(&[]).unwrap_err().to_string();
    assert_eq!(told.matches("EMAIL_URL: it is missing, and ").count(), 1, "{told}");
    for key in [
        "email_and_password.require_email_verification",
        "email_and_password.send_reset_password",
        "email_verification.send_on_sign_in",
        "user.delete_user.send_delete_account_verification",
        "user.change_email.send_change_email_confirmation",
    ] {
        assert!(told.contains(&format!("`{key}`")), "{told}");
    }
    assert!(load(&[("EMAIL_URL", "smtp://mail.example.com"), FROM]).is_ok());
    let told = load(&[("EMAIL_URL", "smtp://mail.example.com")]).unwrap_err().to_string();
    assert!(told.contains("EMAIL_FROM: it is missing"), "{told}");
    let told = load(&[("EMAIL_URL", "log:")]).unwrap_err().to_string();
    assert!(told.contains("EMAIL_URL: `log:` is for development only"), "{told}");
}
