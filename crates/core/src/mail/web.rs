//! Sends mails and text messages over HTTP: with the API of Resend, or to your own webhook.

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{Method, Request, header};
use http_body_util::Full;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::Sha256;
use url::Url;

use super::{
    message::{Failure, Mail},
    template::RenderedMail,
};
use crate::{config::Sender, crypto::secret::Secret, fetch};

const JSON: &str = "application/json";

/// Hands a mail to Resend, which honours the idempotency key for a day.
pub(super) async fn resend(
    (key, base): (&Secret, &Url),
    sender: Option<&Sender>,
    mail: &Mail,
    rendered: &RenderedMail,
    id: &str,
) -> Result<(), Failure> {
    let sender = sender.ok_or_else(|| Failure::lasting("EMAIL_FROM is missing"))?;
    let body = json!({
        "from": sender.to_string(),
        "to": [mail.to],
        "subject": rendered.subject,
        "text": rendered.text,
        "html": rendered.html,
    });
    let url = base.join("emails").map_err(Failure::lasting)?;
    let key = String::from_utf8_lossy(key.bytes()).into_owned();
    let headers = [("authorization", format!("Bearer {key}")), ("idempotency-key", id.to_owned())];
    post("Resend", &url, JSON, &headers, body.to_string().into()).await
}

/// Hands a message to a webhook. `x-gatepost-signature` is `t=<seconds since 1970>,v1=<hex>`, the HMAC-SHA-256 of `<t>.<body>` under
/// the secret; the recipient verifies it, and how old it is.
pub(super) async fn webhook(
    (secret, url): (&Secret, &Url),
    message: &impl Serialize,
    id: &str,
    now: i64,
) -> Result<(), Failure> {
    let mut body: Value = serde_json::to_value(message).map_err(Failure::lasting)?;
    if let Some(members) = body.as_object_mut() {
        members.insert("id".to_owned(), id.into());
    }
    let body = body.to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.bytes()).map_err(Failure::lasting)?;
    mac.update(format!("{now}.{body}").as_bytes());
    let signature = format!("t={now},v1={}", hex::encode(mac.finalize().into_bytes()));
    let headers = [("x-gatepost-signature", signature), ("idempotency-key", id.to_owned())];
    post("the webhook", url, JSON, &headers, body.into()).await
}

/// Sends a request to the service `who`.
pub(super) async fn post(
    who: &str,
    url: &Url,
    content_type: &str,
    headers: &[(&str, String)],
    body: Bytes,
) -> Result<(), Failure> {
    let mut request = Request::builder().method(Method::POST);
    request = request.header(header::CONTENT_TYPE, content_type).header(header::USER_AGENT, "gatepost");
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    // An error of the builder could quote a header.
    let request = request.body(Full::new(body)).map_err(|_| {
        Failure::lasting(format!("the variable that names {who} contains characters that a request cannot have"))
    })?;
    let answer = fetch::send(url, request).await.map_err(|cause| Failure::passing(format!("{who}: {cause}")))?;
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    // A number cannot hold an address or a code.
    let known = serde_json::from_slice::<Value>(answer.body()).ok().and_then(|body| body.get("code")?.as_u64());
    let known = known.map(|code| format!(" (error {code})")).unwrap_or_default();
    let cause = format!("{who} answered {status}{known}");
    match status.is_server_error() || status.as_u16() == 429 {
        true => Err(Failure::passing(cause)),
        false => Err(Failure::lasting(cause)),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read as _, Write as _},
        net::TcpListener,
    };

    use super::*;

    /// Sends a request to a service that gives this answer, and returns the failure.
    fn failure(status: &'static str, body: &'static str) -> Failure {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let serving = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let read = stream.read(&mut [0; 4_096]).unwrap();
            assert!(read > 0);
            let length = body.len();
            stream
                .write_all(format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n\r\n{body}").as_bytes())
                .unwrap();
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let failure = runtime.block_on(post("Twilio", &url, JSON, &[], Bytes::from_static(b"{}"))).unwrap_err();
        serving.join().unwrap();
        failure
    }

    #[test]
    fn a_failure_has_the_code_of_the_service_and_not_its_words() {
        let lasting = failure("400 Bad Request", r#"{"code":21612,"message":"to +41790000007 is not reachable"}"#);
        assert_eq!((lasting.passing, lasting.cause.as_str()), (false, "Twilio answered 400 Bad Request (error 21612)"));
        let passing = failure("503 Service Unavailable", r#"{"code":"+41790000007"}"#);
        assert_eq!((passing.passing, passing.cause.as_str()), (true, "Twilio answered 503 Service Unavailable"));
    }
}
