//! Requests to the operator's own code, signed as Standard Webhooks says: the headers `webhook-id`, `webhook-timestamp` and
//! `webhook-signature`. Hooks and events send them.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{Method, Request, header};
use http_body_util::Full;
use sha2::Sha256;
use url::Url;

use crate::fetch::{self, Reach};

/// The time limit for a call, with the second attempt.
pub(crate) const TIME: Duration = Duration::from_secs(3);

/// The reason why a call failed.
pub(crate) struct Failure {
    /// Whether another attempt may succeed.
    pub(crate) passing: bool,
    /// The cause, without the URL.
    pub(crate) cause: String,
}

impl Failure {
    pub(crate) fn passing(cause: impl ToString) -> Self {
        Self { passing: true, cause: cause.to_string() }
    }
}

/// Returns the secrets in the value of a variable, separated by spaces; `None` if one of them is malformed or too short.
pub fn secrets(value: &[u8]) -> Option<Vec<Vec<u8>>> {
    let text = std::str::from_utf8(value).ok()?;
    let decoded = |word: &str| {
        let bytes = STANDARD.decode(word.strip_prefix("whsec_")?).ok()?;
        (24..=64).contains(&bytes.len()).then_some(bytes)
    };
    let all: Vec<_> = text.split_ascii_whitespace().map(decoded).collect::<Option<_>>()?;
    (!all.is_empty()).then_some(all)
}

/// Sends `body`, and once more under the same `id` if the connection breaks. Returns the body of an answer of the class 2xx.
pub(crate) async fn post(
    secrets: &[Vec<u8>],
    url: &Url,
    private: bool,
    id: &str,
    now: i64,
    body: String,
) -> Result<String, Failure> {
    let reach = if private { Reach::Anywhere } else { Reach::Public };
    let signature = signature(secrets, id, now, &body);
    let attempt = || async {
        let request = Request::builder()
            .method(Method::POST)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::USER_AGENT, "gatepost")
            .header("webhook-id", id)
            .header("webhook-timestamp", now)
            .header("webhook-signature", &signature)
            .body(Full::new(Bytes::from(body.clone())))
            .map_err(|error| error.to_string())?;
        fetch::send_within(reach, url, request).await
    };
    let twice = async {
        match attempt().await {
            Err(_) => attempt().await,
            answer => answer,
        }
    };
    let answer = match tokio::time::timeout(TIME, twice).await {
        Ok(answer) => answer.map_err(Failure::passing)?,
        Err(_) => return Err(Failure::passing(format!("it did not answer within {} s", TIME.as_secs()))),
    };
    let status = answer.status();
    match status {
        _ if status.is_success() => Ok(String::from_utf8_lossy(answer.body()).into_owned()),
        _ => {
            let passing = status.is_server_error() || matches!(status.as_u16(), 408 | 429);
            let redirects = if status.is_redirection() { ", and redirects are not followed" } else { "" };
            Err(Failure { passing, cause: format!("it answered {status}{redirects}") })
        }
    }
}

/// Returns the header `webhook-signature`: a signature for each secret, so that the receiver may know any of them.
fn signature(secrets: &[Vec<u8>], id: &str, now: i64, body: &str) -> String {
    let signed = |secret: &Vec<u8>| {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
        mac.update(format!("{id}.{now}.{body}").as_bytes());
        Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    };
    secrets.iter().filter_map(signed).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_signed_as_standard_webhooks_says() {
        // The example of the specification's reference libraries.
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = r#"{"test": 2432232314}"#;
        let signed = signature(std::slice::from_ref(&secret), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let both = signature(&[secret, vec![1; 24]], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(both.split(' ').next(), Some(signed.as_str()));
        assert_eq!(both.split(' ').count(), 2);
    }
}
