//! What `[social.<name>]` says of a provider that is not known by name: where it describes itself, its endpoints, and what its
//! requests have besides (spec jwt-oauth-schema §4.12).

use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::Problems;
use crate::options::Section;
use crate::syntax::network::is_loopback;

/// The providers that are known by name.
pub const KNOWN: [&str; 12] = [
    "apple",
    "discord",
    "facebook",
    "github",
    "gitlab",
    "google",
    "linkedin",
    "microsoft",
    "slack",
    "spotify",
    "twitch",
    "twitter",
];

/// A provider that describes itself (OpenID Connect Discovery 1.0), or that the configuration describes.
#[derive(Debug, Clone)]
pub struct Discovery {
    /// Where it describes itself.
    pub url: Option<Url>,
    /// Where people are sent to, whatever the description says.
    pub authorize: Option<String>,
    /// Where codes become tokens, whatever the description says.
    pub token: Option<String>,
    /// Where it says who somebody is, whatever the description says.
    pub user_info: Option<String>,
    /// Whether it must show the keys of its ID tokens. Default off.
    pub requires_keys: bool,
    /// Whether a code is bound to a verifier. Default on.
    pub pkce: bool,
    /// Whether the secret is in a header in the place of the body. Default off.
    pub basic: bool,
    /// What comes back, if not a code alone.
    pub response_type: Option<String>,
    /// How the answer comes back, if not in the query.
    pub response_mode: Option<String>,
    /// Whether ID tokens are bound to the flow. Default on.
    pub nonce: bool,
    /// Seconds for which an access token works whose answer does not say so.
    pub access_token_expires_in: Option<u32>,
    /// What the URL of its page has besides.
    pub authorization_params: Vec<(String, String)>,
    /// What is posted with a code besides.
    pub token_params: Vec<(String, String)>,
    /// What is posted with a refresh token besides.
    pub refresh_params: Vec<(String, String)>,
    /// Headers of requests for tokens.
    pub token_headers: HeaderMap,
    /// Headers of the request for its description, and for its keys where they are at the same origin.
    pub discovery_headers: HeaderMap,
}

/// How a client proves at the token endpoint who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenAuth {
    /// It does not: it has no secret (RFC 6749 §2.1).
    None,
    /// By its secret in a header.
    Basic,
    /// By its secret in the body.
    Post,
}

/// What a request for authorization has of its own: these bind the answer to the flow, and neither a client nor the
/// configuration may set them.
pub const RESERVED_PARAMS: [&str; 8] = [
    "state",
    "client_id",
    "redirect_uri",
    "response_type",
    "code_challenge",
    "code_challenge_method",
    "nonce",
    "scope",
];

/// What a request for tokens has of its own.
const OF_TOKENS: [&str; 10] = [
    "grant_type",
    "code",
    "code_verifier",
    "device_id",
    "redirect_uri",
    "refresh_token",
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
];

impl TokenAuth {
    /// Providers that take no client without a secret.
    pub(super) const WITH_SECRET: [&'static str; 4] = ["apple", "facebook", "google", "twitter"];

    pub(super) fn read(id: &str, section: &mut Section<'_>, problems: &mut Problems) -> Option<Self> {
        const KEY: &str = "token_endpoint_auth";
        let all = [("none", Self::None), ("client_secret_basic", Self::Basic), ("client_secret_post", Self::Post)];
        match KNOWN.contains(&id) {
            true if Self::WITH_SECRET.contains(&id) => None,
            true => section.choice(KEY, problems, &all[..1]),
            false => section.choice(KEY, problems, &all),
        }
    }
}

impl Discovery {
    /// None where the provider is known by name and the section says nothing of a description.
    pub(super) fn read(id: &str, place: &str, section: &mut Section<'_>, problems: &mut Problems) -> Option<Self> {
        let is_known = KNOWN.contains(&id);
        let given = section.text("discovery_url", problems);
        if is_known && given.is_none() {
            return None;
        }
        let url = given.as_deref().and_then(|text| endpoint(section, "discovery_url", text, problems));
        let mut named = |key| {
            let text = section.text(key, problems)?;
            endpoint(section, key, &text, problems).map(|_| text)
        };
        let (authorize, token, user_info) = (named("authorization_url"), named("token_url"), named("user_info_url"));
        let authentication = [("post", false), ("basic", true)];
        let read = Self {
            requires_keys: section.boolean("require_id_token_verification", problems).unwrap_or(false),
            pkce: section.boolean("pkce", problems).unwrap_or(true),
            basic: section.choice("authentication", problems, &authentication).unwrap_or(false),
            response_type: section.text("response_type", problems),
            response_mode: section.text("response_mode", problems),
            nonce: !section.boolean("disable_id_token_nonce_binding", problems).unwrap_or(false),
            access_token_expires_in: section.seconds("access_token_expires_in", problems).filter(|age| *age > 0),
            authorization_params: params("authorization_url_params", &RESERVED_PARAMS, section, problems),
            token_params: params("token_url_params", &OF_TOKENS, section, problems),
            refresh_params: params("refresh_token_params", &OF_TOKENS, section, problems),
            token_headers: headers("authorization_headers", section, problems),
            discovery_headers: headers("discovery_headers", section, problems),
            url,
            authorize,
            token,
            user_info,
        };
        if given.is_none() && (read.authorize.is_none() || read.token.is_none()) {
            let text = format!(
                "`{id}` is not a provider that gatepost knows by name; set `discovery_url`, or `authorization_url` and \
                 `token_url`, or use one of {}",
                KNOWN.join(", ")
            );
            problems.add(place, text);
        }
        if given.is_none() && read.requires_keys {
            let text = "`require_id_token_verification` needs the keys of ID tokens; set `discovery_url`, or remove it";
            problems.add(section.place("require_id_token_verification"), text);
        }
        Some(read)
    }
}

/// An address that may be asked.
fn endpoint(section: &Section<'_>, key: &str, text: &str, problems: &mut Problems) -> Option<Url> {
    let is_safe =
        |url: &Url| url.scheme() == "https" || (url.scheme() == "http" && url.host_str().is_some_and(is_loopback));
    let url = Url::parse(text).ok().filter(is_safe);
    if url.is_none() {
        let example = match key {
            "discovery_url" => ".well-known/openid-configuration",
            _ => "oauth2/endpoint",
        };
        problems.add(section.place(key), format!("it must be an https URL, like https://id.example.com/{example}"));
    }
    url
}

/// Parameters of a request, none of which are `taken`.
fn params(
    key: &'static str,
    taken: &[&str],
    section: &mut Section<'_>,
    problems: &mut Problems,
) -> Vec<(String, String)> {
    let pairs = section.pairs(key, problems);
    for (name, _) in pairs.iter().filter(|(name, _)| taken.contains(&name.as_str())) {
        problems.add(section.place(key), format!("`{name}` in `{key}` is set by gatepost; remove it"));
    }
    pairs
}

/// Headers of a request. Their values may be secret, so that none is printed.
fn headers(key: &'static str, section: &mut Section<'_>, problems: &mut Problems) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in section.pairs(key, problems) {
        match (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(&value)) {
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(true);
                headers.insert(name, value);
            }
            _ => problems.add(
                section.place(key),
                format!(
                    "`{name}` in `{key}` is not a header, or its value cannot be that of a header; correct or remove it"
                ),
            ),
        }
    }
    headers
}
