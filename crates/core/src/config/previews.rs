//! `[previews]` and `GATEPOST_PREVIEW_KEY`: preview deployments sign people in through the production deployment, the only
//! one that providers know. Off unless both are there.

use url::Url;

use super::{Problems, Variables};
use crate::{
    crypto::secret::Secret,
    options::{Options as _, Section, optional_text, options},
    syntax::network::is_loopback,
};

/// The key's variable.
const KEY: &str = "GATEPOST_PREVIEW_KEY";
/// Characters that a key has at least.
const SHORTEST: usize = 32;

options! {
    /// Preview deployments sign users in with providers through the production deployment.
    pub struct PreviewOptions {
        /// The production deployment, to which providers send users back.
        production_url: Option<String> = optional_text("production_url", "–"),
    }
}

/// How preview deployments come to what providers answer.
#[derive(Debug, Clone)]
pub struct Previews {
    /// The production deployment's base URL, `https://auth.example.com/api/auth`: what providers send people back to.
    pub production: String,
    /// Encrypts what passes between the two; it signs nothing else and nothing else stands in for it.
    pub key: Secret,
    /// The origins of this deployment, exactly, as the platform tells them.
    pub own: Vec<String>,
}

impl Previews {
    pub(super) fn of(
        section: Section<'_>,
        base_path: &str,
        own: Vec<String>,
        variables: &Variables,
        problems: &mut Problems,
    ) -> Option<Self> {
        let place = section.place("production_url");
        let text = PreviewOptions::read(section, problems).production_url;
        let (text, key) = match (text, variables.get(KEY)) {
            (None, None) => return None,
            // A function without sign-ins by providers does not know the key.
            (Some(_), None) if variables.is_withheld(KEY) => return None,
            (Some(_), None) => {
                problems.add(
                    KEY,
                    "it is missing, and `previews.production_url` needs it; make one with `gatepost secret new`",
                );
                return None;
            }
            (None, Some(_)) => {
                problems.add(KEY, "it is set, and `previews.production_url` is not; set both, or neither");
                return None;
            }
            (Some(text), Some(key)) => (text, key),
        };
        if key.chars().count() < SHORTEST {
            let text = format!("it is shorter than {SHORTEST} characters; make one with `gatepost secret new`");
            problems.add(KEY, text);
        }
        let secrets = ["BETTER_AUTH_SECRET", "BETTER_AUTH_SECRETS", "AUTH_SECRET"];
        if secrets.iter().filter_map(|name| variables.get(name)).any(|secret| secret.contains(key)) {
            problems.add(
                KEY,
                "it is also a secret of this deployment, which previews would know then; make a separate key with `gatepost \
                 secret new`",
            );
        }
        let url = Url::parse(&text).ok().filter(|url| {
            let safe = url.scheme() == "https" || url.host_str().is_some_and(is_loopback);
            let host = url.host_str().unwrap_or_default();
            safe && !host.is_empty() && !host.contains('*') && url.query().is_none() && url.fragment().is_none()
        });
        let Some(url) = url else {
            problems.add(place, "`previews.production_url` must be an https URL, like https://auth.example.com");
            return None;
        };
        let path = match url.path().trim_end_matches('/') {
            "" => base_path,
            path => path,
        };
        let production = format!("{}{path}", url.origin().ascii_serialization());
        Some(Self { production, key: Secret::new(key), own })
    }
}
