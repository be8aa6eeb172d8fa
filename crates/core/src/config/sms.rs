//! `SMS_URL`: how text messages are sent.

use url::Url;

use super::{
    Environment, Problems, Variables,
    transport::{Service, TransportValue},
};
use crate::crypto::secret::Secret;

/// How text messages are sent.
#[derive(Debug, Clone)]
pub enum SmsTransport {
    /// One JSON object a line is appended to this file.
    File(String),
    /// Into the log, with the code: in development only.
    Log,
    /// The API of Twilio.
    Twilio(Twilio),
    /// A signed POST to the operator's own sender.
    Webhook {
        /// The key that signs the request.
        secret: Secret,
        /// The receiver of the request.
        url: Url,
    },
}

/// A sender at Twilio.
#[derive(Debug, Clone)]
pub struct Twilio {
    /// The account's identifier (`AC…`), which pays for the messages.
    pub account: String,
    /// The name with which requests log in: the account, or an API key (`SK…`).
    pub user: String,
    /// The secret with which requests log in.
    pub password: Secret,
    /// The sender: a number, a name, or a messaging service (`MG…`).
    pub from: String,
    /// The address of the API.
    pub base: Url,
}

const NAME: &str = "SMS_URL";
const FORMS: &str = "twilio://ACCOUNT_SID:AUTH_TOKEN@api.twilio.com?from=NUMBER, webhook+https://SECRET@host/path, \
                     file:PATH, or in development log:";

impl SmsTransport {
    pub(super) fn read(variables: &Variables, environment: Environment, problems: &mut Problems) -> Option<Self> {
        match Self::parse(variables.get(NAME)?) {
            Ok(Self::Log) if environment != Environment::Development => {
                let text = "`log:` is for development only, because it writes codes that are secrets into the log; use \
                            another transport";
                problems.add(NAME, text);
                None
            }
            Ok(transport) => Some(transport),
            Err(text) => {
                problems.add(NAME, text);
                None
            }
        }
    }

    /// Reads the value. The error does not quote it, because it may hold a secret.
    fn parse(text: &str) -> Result<Self, String> {
        let service = match TransportValue::parse(text, FORMS)? {
            TransportValue::File(path) => return Ok(Self::File(path)),
            TransportValue::Log => return Ok(Self::Log),
            TransportValue::Service(service) => service,
        };
        match service.scheme {
            "twilio" => Twilio::read(service).map(Self::Twilio),
            "webhook+https" | "webhook+http" => {
                let (secret, url) = service.webhook(FORMS)?;
                Ok(Self::Webhook { secret, url })
            }
            _ => Err(format!("it names no transport; write {FORMS}")),
        }
    }
}

impl Twilio {
    fn read(service: Service<'_>) -> Result<Self, String> {
        let (mut from, mut account) = (None, None);
        for (name, value) in service.url.query_pairs() {
            match name.as_ref() {
                "from" => from = Some(value.into_owned()),
                "account" => account = Some(value.into_owned()),
                _ => return Err("it has a parameter other than `from` and `account`; remove it".to_owned()),
            }
        }
        let from = from.filter(|from| !from.trim().is_empty()).ok_or_else(|| {
            "it names no sender; add `?from=` with a number of yours, or with a messaging service (MG…)".to_owned()
        })?;
        // A `+` in a query is a space.
        let from = match from.strip_prefix(' ') {
            Some(digits) => format!("+{}", digits.trim()),
            None => from,
        };
        let is_sid = |text: &String| text.starts_with("AC") && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let account = account.unwrap_or_else(|| service.user.clone());
        if !is_sid(&account) {
            return Err("it names no account; write twilio://ACCOUNT_SID:AUTH_TOKEN@…, or with an API key \
                        twilio://KEY_SID:SECRET@api.twilio.com?account=ACCOUNT_SID&from=NUMBER"
                .to_owned());
        }
        let password = service.password.clone().filter(|password| !password.is_empty());
        let password = password.ok_or_else(|| format!("it has no secret behind the account; write {FORMS}"))?;
        let mut base = service.address(service.is_local, FORMS)?;
        base.set_query(None);
        Ok(Self { account, user: service.user, password: Secret::new(password), from, base })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn twilio(text: &str) -> Twilio {
        match SmsTransport::parse(text) {
            Ok(SmsTransport::Twilio(twilio)) => twilio,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn each_transport_is_read_from_its_url() {
        for from in ["+15005550006", "%2B15005550006"] {
            let read = twilio(&format!("twilio://AC12:t%3Ak@api.twilio.com?from={from}"));
            assert_eq!(
                (read.account.as_str(), read.user.as_str(), read.from.as_str()),
                ("AC12", "AC12", "+15005550006")
            );
            assert_eq!((read.password.bytes(), read.base.as_str()), (b"t:k".as_slice(), "https://api.twilio.com/"));
        }
        let read = twilio("twilio://SK1:s@api.sydney.au1.twilio.com?account=AC12&from=MG7");
        assert_eq!((read.account.as_str(), read.user.as_str(), read.from.as_str()), ("AC12", "SK1", "MG7"));
        assert_eq!(twilio("twilio://AC12:s@127.0.0.1:4?from=Acme").base.as_str(), "http://127.0.0.1:4/");
        let Ok(SmsTransport::Webhook { secret, url }) = SmsTransport::parse("webhook+https://S3@x.example/sms") else {
            panic!()
        };
        assert_eq!((secret.bytes(), url.as_str()), (b"S3".as_slice(), "https://x.example/sms"));
    }

    #[test]
    fn a_problem_does_not_quote_the_secret() {
        for text in [
            "S3CRET",
            "nexmo://S3CRET@x.example",
            "twilio://AC12:S3CRET@api.twilio.com",
            "twilio://AC12:S3CRET@api.twilio.com?from=",
            "twilio://AC12:S3CRET@api.twilio.com?from=1&to=2",
            "twilio://S3CRET:x@api.twilio.com?from=1",
            "twilio://AC12S3CRET@api.twilio.com?from=1",
            "webhook+http://S3CRET@x.example/",
            "file:",
        ] {
            let told = SmsTransport::parse(text).err().unwrap_or_default();
            assert!(!told.is_empty() && !told.contains("S3CRET"), "{text}: {told}");
        }
    }
}
