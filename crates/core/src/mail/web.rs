//! Sends mails over HTTP: with the API of Resend, or to your own webhook.

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{Method, Request, header};
use http_body_util::Full;
use serde_json::{Value, json};
use sha2::Sha256;
use url::Url;

use super::{
    message::{Failure, Mail},
    template::Rendered,
};
use crate::{config::Sender, crypto::secret::Secret, fetch};

/// Hands a mail to Resend, which honours the idempotency key for a day.
pub(super) async fn resend(
    (key, base): (&Secret, &Url),
    sender: Option<&Sender>,
    mail: &Mail,
    rendered: &Rendered,
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
    post("Resend", &url, &headers, body.to_string().into()).await
}

/// Hands a mail to a webhook. `x-gatepost-signature` is `t=<seconds since 1970>,v1=<hex>`, the HMAC-SHA-256 of `<t>.<body>` under
/// the secret; the recipient verifies it, and how old it is.
pub(super) async fn webhook((secret, url): (&Secret, &Url), mail: &Mail, id: &str, now: i64) -> Result<(), Failure> {
    let mut body: Value = serde_json::to_value(mail).map_err(Failure::lasting)?;
    if let Some(members) = body.as_object_mut() {
        members.insert("id".to_owned(), id.into());
    }
    let body = body.to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.bytes()).map_err(Failure::lasting)?;
    mac.update(format!("{now}.{body}").as_bytes());
    let signature = format!("t={now},v1={}", hex::encode(mac.finalize().into_bytes()));
    let headers = [("x-gatepost-signature", signature), ("idempotency-key", id.to_owned())];
    post("the webhook", url, &headers, body.into()).await
}

async fn post(who: &str, url: &Url, headers: &[(&str, String)], body: Bytes) -> Result<(), Failure> {
    let mut request = Request::builder().method(Method::POST);
    request = request.header(header::CONTENT_TYPE, "application/json").header(header::USER_AGENT, "gatepost");
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    // An error of the builder could quote a header.
    let request = request
        .body(Full::new(body))
        .map_err(|_| Failure::lasting("EMAIL_URL contains characters that a request cannot have"))?;
    let answer = fetch::send(url, request).await.map_err(|cause| Failure::passing(format!("{who}: {cause}")))?;
    let status = answer.status();
    match status {
        _ if status.is_success() => Ok(()),
        _ if status.is_server_error() || status.as_u16() == 429 => {
            Err(Failure::passing(format!("{who} answered {status}")))
        }
        _ => Err(Failure::lasting(format!("{who} answered {status}"))),
    }
}
