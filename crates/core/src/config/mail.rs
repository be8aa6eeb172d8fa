//! `[mail]`: what mails contain that the deployment decides.

use url::Url;

use super::Problems;
use crate::{
    options::{Default, Section, options, read_by, section},
    percent::encode_component,
    syntax::origin::{self, Pattern, RelativeUrls},
};

options! {
    /// The contents of mails.
    pub struct MailOptions {
        /// Links to your own pages.
        urls: MailUrls = section::<MailUrls>("urls"),
    }
}

options! {
    /// Links of mails, instead of gatepost's own: `"https://app.example.com/reset?token={token}"`. `{token}` is the token that
    /// your page gives back to gatepost, `{callback_url}` the URL that the client gave for afterwards, `{url}` gatepost's own
    /// link, each percent-encoded. The origin must be https or a trusted origin.
    pub struct MailUrls {
        /// The link that confirms an address. Your page calls `authClient.verifyEmail({ query: { token } })`.
        verify_email: Option<MailUrl> = read_by("verify_email", Default::Told("gatepost's link"), MailUrl::read),
        /// The link to set a new password. Your page calls `authClient.resetPassword({ newPassword, token })`.
        reset_password: Option<MailUrl> = read_by("reset_password", Default::Told("gatepost's link"), MailUrl::read),
        /// The link that deletes the user. Your page calls `authClient.deleteUser({ token })`.
        delete_account: Option<MailUrl> = read_by("delete_account", Default::Told("gatepost's link"), MailUrl::read),
        /// The link to the old address that confirms a new one. Your page calls `authClient.verifyEmail({ query: { token } })`.
        change_email_confirmation: Option<MailUrl> =
            read_by("change_email_confirmation", Default::Told("gatepost's link"), MailUrl::read),
        /// The page that accepts an invitation to an organization; `{token}` is the invitation's identifier. Your page calls
        /// `authClient.organization.acceptInvitation({ invitationId })`.
        organization_invitation: Option<MailUrl> = read_by(
            "organization_invitation",
            Default::Told("`/accept-invitation/{token}` at the service's own origin"),
            MailUrl::read,
        ),
    }
}

/// The pattern of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailUrl(String);

/// The placeholders of a pattern.
const PLACES: [&str; 3] = ["token", "callback_url", "url"];

impl MailUrl {
    fn read(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Option<Self> {
        let text = section.text(key, problems)?;
        let flaw = Self::flaw(&text);
        if let Some(flaw) = flaw {
            let example = "\"https://app.example.com/page?token={token}\"";
            problems.add(section.place(key), format!("`mail.urls.{key}` {flaw}; write a URL like {example}"));
        }
        Some(Self(text))
    }

    /// Returns the flaw of a pattern, if it has one.
    fn flaw(text: &str) -> Option<&'static str> {
        let places: Vec<_> = text.split('{').skip(1).map(|rest| rest.split_once('}').map(|(place, _)| place)).collect();
        if places.iter().any(|place| place.is_none_or(|place| !PLACES.contains(&place))) {
            return Some("has an unknown placeholder; known are {token}, {callback_url} and {url}");
        }
        if !places.iter().any(|place| matches!(place, Some("token" | "url"))) {
            return Some("has no {token}, without which the link is of no use");
        }
        // The values must not decide where the link leads.
        let (before, _) = text.split_once('{')?;
        let rest = before.split_once("://").map(|(_, rest)| rest);
        if !rest.is_some_and(|rest| rest.contains(['/', '?', '#'])) {
            return Some("has a placeholder in its origin");
        }
        let is_url =
            origin::written(text).is_some() && Url::parse(&Self(text.to_owned()).filled("t", "c", "u")).is_ok();
        (!is_url).then_some("is not a URL")
    }

    /// Adds a problem if a link leads to an origin that is neither https nor trusted.
    fn check(&self, key: &str, own: Option<&Pattern>, trusted: &[Pattern], problems: &mut Problems) {
        let url = self.filled("t", "c", "u");
        let is_https = Url::parse(&url).is_ok_and(|url| url.scheme() == "https");
        if !is_https && !origin::is_trusted(&url, own.into_iter().chain(trusted), RelativeUrls::Refused) {
            let text = "it is neither https nor a trusted origin, and carries tokens; write https, or add the origin to `trusted_origins`";
            problems.add(format!("mail.urls.{key}"), text);
        }
    }

    /// Returns the link with these values.
    pub fn filled(&self, token: &str, callback_url: &str, url: &str) -> String {
        let mut text = String::new();
        let mut rest = self.0.as_str();
        while let Some((before, (place, after))) =
            rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
        {
            let value = match place {
                "token" => token,
                "callback_url" => callback_url,
                _ => url,
            };
            text += before;
            text += &encode_component(value).to_string();
            rest = after;
        }
        text + rest
    }
}

impl MailUrls {
    /// Checks where the links lead.
    pub(super) fn check(&self, own: Option<&str>, trusted: &[Pattern], problems: &mut Problems) {
        let own = own.map(Pattern::new);
        let all = [
            ("verify_email", &self.verify_email),
            ("reset_password", &self.reset_password),
            ("delete_account", &self.delete_account),
            ("change_email_confirmation", &self.change_email_confirmation),
            ("organization_invitation", &self.organization_invitation),
        ];
        for (key, url) in all {
            // A text that is not a URL has a problem already.
            if let Some(url) = url.as_ref().filter(|url| MailUrl::flaw(&url.0).is_none()) {
                url.check(key, own.as_ref(), trusted, problems);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_url_with_known_places_behind_its_origin() {
        for good in [
            "https://app.example.com/reset?token={token}",
            "https://app.example.com/#/reset/{token}?then={callback_url}",
            "myapp://reset/?link={url}",
            "https://app.example.com?token={token}",
        ] {
            assert_eq!(MailUrl::flaw(good), None, "{good}");
        }
        for bad in [
            "https://app.example.com/reset",
            "https://{token}.example.com/",
            "https://app.example.com{token}",
            "{url}",
            "https://app.example.com/?token={Token}",
            "https://app.example.com/?token={token",
            "/reset?token={token}",
            "https://app.example.com/?then={callback_url}",
            "https://a b/?token={token}",
            "",
        ] {
            assert!(MailUrl::flaw(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn values_are_percent_encoded() {
        let pattern = MailUrl("https://a.example/?t={token}&c={callback_url}&u={url}".to_owned());
        let filled = pattern.filled("a&b={url}#", "/x?y=z", "https://b.example/?q=1");
        assert_eq!(
            filled,
            "https://a.example/?t=a%26b%3D%7Burl%7D%23&c=%2Fx%3Fy%3Dz&u=https%3A%2F%2Fb.example%2F%3Fq%3D1"
        );
    }
}
