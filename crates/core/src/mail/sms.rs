//! Text messages with codes.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Serialize;
use url::form_urlencoded;

use super::{
    message::{Failure, MailRequestContext},
    sending::{self, Attempts},
    web,
};
use crate::config::{Config, SmsTransport, Twilio};

/// A text message.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sms {
    /// The kind of the message.
    pub kind: Kind,
    /// The number of the recipient, in E.164.
    pub to: String,
    /// The code.
    pub code: String,
    /// The message as the recipient reads it.
    pub text: String,
    /// The request that caused the message.
    #[serde(flatten)]
    pub asked: MailRequestContext,
}

/// The kinds of text messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Contains a code that verifies the number, and signs in.
    PhoneNumberOtp,
    /// Contains a code that sets a new password.
    PhoneNumberPasswordResetOtp,
}

impl Kind {
    /// Returns the name in files, webhooks and logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::PhoneNumberOtp => "phone-number-otp",
            Self::PhoneNumberPasswordResetOtp => "phone-number-password-reset-otp",
        }
    }
}

/// Hands `sms` to the configured transport, in up to three attempts. A message that cannot be sent becomes a line in the log, without
/// number and code. `id` is the same in each attempt, so that a webhook can detect repetitions. `now` is the time of the request for
/// the message, in seconds since 1970.
pub(crate) async fn deliver(config: &Config, sms: &Sms, id: &str, now: i64) {
    let Some(transport) = &config.sms else { return };
    let mut attempts = Attempts::new("sms", sms.kind.name());
    while attempts.goes_on(attempt(transport, sms, id, now).await).await {}
}

async fn attempt(transport: &SmsTransport, sms: &Sms, id: &str, now: i64) -> Result<(), Failure> {
    match transport {
        SmsTransport::File(path) => sending::append("SMS_URL", path, sms).await,
        SmsTransport::Log => sending::log("sms", sms),
        SmsTransport::Twilio(sender) => twilio(sender, sms).await,
        SmsTransport::Webhook { secret, url } => web::webhook((secret, url), sms, id, now).await,
    }
}

/// Hands a text message to Twilio's Messages API. A failure names Twilio's error code, with which its documentation explains the
/// cause.
async fn twilio(sender: &Twilio, sms: &Sms) -> Result<(), Failure> {
    let path = format!("2010-04-01/Accounts/{}/Messages.json", sender.account);
    let url = sender.base.join(&path).map_err(Failure::lasting)?;
    let by_service = sender.from.starts_with("MG");
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("To", &sms.to)
        .append_pair(if by_service { "MessagingServiceSid" } else { "From" }, &sender.from)
        .append_pair("Body", &sms.text)
        .finish();
    let login = [sender.user.as_bytes(), b":", sender.password.bytes()].concat();
    let headers = [("authorization", format!("Basic {}", STANDARD.encode(login)))];
    web::post("Twilio", &url, "application/x-www-form-urlencoded", &headers, body.into()).await
}
