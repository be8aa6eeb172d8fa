//! Requests to providers (spec sign-in-plugins §10).

use serde::Serialize;
use url::form_urlencoded;

use super::declaration::Provider;

/// A question to a provider about a response.
pub(super) struct Question<'a> {
    /// The deployment's secret key.
    pub(super) secret: &'a str,
    /// The response that the page sent.
    pub(super) response: &'a str,
    /// The site key, where one is configured.
    pub(super) site_key: Option<&'a str>,
    /// The client's address, where one is known.
    pub(super) address: Option<&'a str>,
}

impl Question<'_> {
    /// The content type and the body, as the provider expects them.
    pub(super) fn written(&self, provider: Provider) -> (&'static str, String) {
        match provider {
            Provider::Turnstile => ("application/json", self.json()),
            Provider::Recaptcha | Provider::Hcaptcha => (FORM, self.form("remoteip")),
            Provider::CaptchaFox => (FORM, self.form("remoteIp")),
        }
    }

    fn json(&self) -> String {
        #[derive(Serialize)]
        struct Body<'a> {
            secret: &'a str,
            response: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            remoteip: Option<&'a str>,
        }
        let body = Body { secret: self.secret, response: self.response, remoteip: self.address };
        // Texts alone can always be written.
        serde_json::to_string(&body).unwrap_or_default()
    }

    fn form(&self, address: &str) -> String {
        let pairs = [
            ("secret", Some(self.secret)),
            ("response", Some(self.response)),
            ("sitekey", self.site_key),
            (address, self.address),
        ];
        let given = pairs.into_iter().filter_map(|(name, value)| Some((name, value?)));
        form_urlencoded::Serializer::new(String::new()).extend_pairs(given).finish()
    }
}

const FORM: &str = "application/x-www-form-urlencoded";
