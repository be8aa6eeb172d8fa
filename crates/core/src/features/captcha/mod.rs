//! Captchas (spec sign-in-plugins §10): requests to guarded endpoints carry the response of a widget, and the provider of the
//! widget is asked about it before the body is read. README.md lists the threats.

pub mod declaration;
mod rules;
mod wire;

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::Full;
use serde_json::Value;
use url::Url;

use self::{
    declaration::{Captcha, HEADER, Provider, SECRET_KEY},
    wire::Question,
};
use crate::{
    context::{
        Context,
        places::{Answer, Places},
    },
    crypto::secret::Secret,
    error::Error,
    fetch,
    reason::Reason,
};

/// The places at which the feature acts.
pub const PLACES: Places = Places { request: Some(request), ..Places::NONE };

/// The most bytes of a response that a provider is asked about. Those of Turnstile have at most 2,048.
const LONGEST_RESPONSE: usize = 16_384;

/// Refuses a request to a guarded endpoint that carries no response, or one that the provider does not accept.
pub fn request<'a>(cx: &'a mut Context, path: &'a str) -> Answer<'a, Result<(), Error>> {
    Box::pin(async move {
        let auth = cx.auth.clone();
        let config = &auth.config.features.captcha;
        let Some(provider) = config.provider.filter(|_| guards(config, path)) else { return Ok(()) };
        let response = cx.header(HEADER).filter(|response| !response.is_empty());
        let response = response.ok_or_else(|| Error::bad(declaration::MISSING_RESPONSE, Reason::CaptchaMissing))?;
        if response.len() > LONGEST_RESPONSE {
            return Err(refused(format!("the response has {} bytes, more than any provider's", response.len())));
        }
        let secret = auth.config.features.value(SECRET_KEY);
        let secret = secret.ok_or_else(|| unavailable(format!("{SECRET_KEY} is missing")))?;
        let address = cx.client().ip_address;
        let question = Question {
            secret: secret.text(),
            response: &response,
            site_key: Some(config.site_key.as_str()).filter(|key| provider.takes_site_key() && !key.is_empty()),
            address: Some(address.as_str()).filter(|address| !address.is_empty()),
        };
        let answer = ask(provider, config.site_verify_url.as_ref(), &question).await.map_err(unavailable)?;
        rules::judge(&answer, provider, config).map_err(refused)
    })
}

/// Whether a path below the base path is guarded.
pub fn guards(config: &Captcha, path: &str) -> bool {
    config.enabled && rules::guards(&config.patterns(), path)
}

/// Sends a made-up response to the provider, to check the secret key. Returns `Ok` if the provider accepts it, as it does with
/// keys for tests, or the reason of its refusal.
///
/// # Errors
/// Why the provider cannot be asked.
pub async fn made_up(config: &Captcha, secret: &Secret) -> Result<Result<(), String>, String> {
    let Some(provider) = config.provider else { return Err("`captcha.provider` is missing".to_owned()) };
    let question = Question { secret: secret.text(), response: "gatepost-doctor", site_key: None, address: None };
    let answer = ask(provider, config.site_verify_url.as_ref(), &question).await?;
    Ok(rules::succeeds(&answer))
}

/// Returns the provider's answer; an answer that is not JSON is null.
///
/// # Errors
/// The provider does not answer, its status is not a success, or its body is empty.
async fn ask(provider: Provider, url: Option<&Url>, question: &Question<'_>) -> Result<Value, String> {
    let url = match url {
        Some(url) => url.clone(),
        None => Url::parse(provider.url()).map_err(|error| error.to_string())?,
    };
    let host = url.host_str().unwrap_or_default().to_owned();
    let (content_type, body) = question.written(provider);
    let request = Request::post("/")
        .header(header::CONTENT_TYPE, content_type)
        .header(header::ACCEPT, "application/json")
        .header(header::USER_AGENT, "gatepost")
        .body(Full::new(Bytes::from(body)))
        .map_err(|error| error.to_string())?;
    let answer = fetch::send(&url, request).await.map_err(|error| format!("{host}: {error}"))?;
    if !answer.status().is_success() {
        return Err(format!("{host} answered {}", answer.status()));
    }
    match serde_json::from_slice(answer.body()) {
        Ok(Value::Null) => Err(format!("{host} answered nothing")),
        Err(_) if answer.body().is_empty() => Err(format!("{host} answered nothing")),
        read => Ok(read.unwrap_or_default()),
    }
}

fn refused(cause: String) -> Error {
    Error::api(StatusCode::FORBIDDEN, declaration::VERIFICATION_FAILED, Reason::CaptchaRefused).because(cause)
}

fn unavailable(cause: String) -> Error {
    Error::Internal { code: Some(declaration::UNKNOWN_ERROR), reason: Reason::CaptchaUnavailable, cause }
}
