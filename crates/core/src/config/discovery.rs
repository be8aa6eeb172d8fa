//! `[social.<name>]` for a provider that is not known by name: the URL of its description, its endpoints, and further
//! parameters of its requests (spec jwt-oauth-schema §4.12).

use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::Problems;
use crate::{
    options::{Default, Options as _, Section, choice, optional_seconds, optional_text, options, read_by, switch},
    syntax::network::is_loopback,
};

/// The providers that are known by name.
pub const KNOWN: [&str; 36] = [
    "apple",
    "atlassian",
    "cloudflare",
    "cognito",
    "discord",
    "dropbox",
    "facebook",
    "figma",
    "github",
    "gitlab",
    "google",
    "huggingface",
    "kakao",
    "kick",
    "line",
    "linear",
    "linkedin",
    "microsoft",
    "naver",
    "notion",
    "paybin",
    "paypal",
    "polar",
    "railway",
    "reddit",
    "roblox",
    "salesforce",
    "slack",
    "spotify",
    "tiktok",
    "twitch",
    "twitter",
    "vercel",
    "vk",
    "wechat",
    "zoom",
];

options! {
    /// A provider that describes itself (OpenID Connect Discovery 1.0), or that the configuration describes.
    pub struct Discovery {
        /// An https URL at which the provider describes itself, usually `https://…/.well-known/openid-configuration`. Its issuer must be
        /// where it is.
        url: Option<Url> = read_by("discovery_url", Default::Told("–"), endpoint),
        /// The page to which users are sent. It replaces the one in the description, and is needed without `discovery_url`.
        authorize: Option<String> = read_by("authorization_url", Default::Told(DESCRIBED), endpoint_as_text),
        /// The endpoint that exchanges codes for tokens. It replaces the one in the description, and is needed without `discovery_url`.
        token: Option<String> = read_by("token_url", Default::Told(DESCRIBED), endpoint_as_text),
        /// The endpoint that returns the user's profile. It replaces the one in the description.
        user_info: Option<String> = read_by("user_info_url", Default::Told(DESCRIBED), endpoint_as_text),
        /// With `discovery_url`: no user signs in unless the description names the keys of ID tokens.
        requires_keys: bool = switch("require_id_token_verification", false),
        /// The member of the user info that identifies the user, instead of `id`: a name, or names that dots separate. Choose one that a
        /// user never changes and that no other user gets. It needs `user_info_url` without `discovery_url`: with ID tokens, `sub` identifies
        /// the user.
        account_subject: Option<String> = read_by("account_subject", Default::Told("`id`"), account_subject),
        /// ID tokens need not have the nonce of the flow.
        disable_nonce: bool = switch("disable_id_token_nonce_binding", false),
        /// A code is bound to a verifier.
        pkce: bool = switch("pkce", true),
        /// The place of the client's secret: `"post"`, in the body; `"basic"`, in a header.
        basic: bool = choice("authentication", POST, &[POST, ("basic", true)]),
        /// The parameter `access_type` of the page to which users are sent.
        access_type: Option<String> = optional_text("access_type", "–"),
        /// The parameter `response_type`.
        response_type: Option<String> = optional_text("response_type", "–"),
        /// The parameter `response_mode`.
        response_mode: Option<String> = optional_text("response_mode", "–"),
        /// More parameters of the page to which users are sent: `{ audience = "api" }`. A request's `additionalParams` go above them.
        authorization_params: Vec<(String, String)> =
            read_by("authorization_url_params", Default::Told("–"), |section, key, problems| {
                params(section, key, &RESERVED_PARAMS, problems)
            }),
        /// Further parameters of the request that exchanges a code.
        token_params: Vec<(String, String)> = read_by("token_url_params", Default::Told("–"), token_params),
        /// Further parameters of the request that uses a refresh token.
        refresh_params: Vec<(String, String)> = read_by("refresh_token_params", Default::Told("–"), token_params),
        /// Headers of both requests for tokens: `{ X-Staging-Token = "…" }`.
        token_headers: HeaderMap = read_by("authorization_headers", Default::Told("–"), headers),
        /// Headers of the request for the description, and of that for its keys at the same origin.
        discovery_headers: HeaderMap = read_by("discovery_headers", Default::Told("–"), headers),
        /// How long an access token works whose answer does not say so, in seconds.
        access_token_expires_in: Option<u32> = optional_seconds("access_token_expires_in", "–"),
    }
}

/// The value of an endpoint that is not configured.
const DESCRIBED: &str = "the description's";
const POST: (&str, bool) = ("post", false);

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

/// Parameters that each request for authorization sets: these bind the answer to the flow, and neither a client nor the
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

/// Parameters that each request for tokens sets.
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
    pub(super) const WITH_SECRET: [&'static str; 14] = [
        "apple",
        "atlassian",
        "facebook",
        "figma",
        "google",
        "notion",
        "paybin",
        "paypal",
        "railway",
        "reddit",
        "salesforce",
        "tiktok",
        "twitter",
        "wechat",
    ];
    /// Providers that are known by name and take the secret in a header or in the body.
    const OF_CHOICE: [&'static str; 2] = ["cloudflare", "vercel"];

    /// Reads it out of the section of a provider, whose name decides what may be written.
    pub(super) fn read(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Option<Self> {
        let all = [("none", Self::None), ("client_secret_basic", Self::Basic), ("client_secret_post", Self::Post)];
        match section.name() {
            id if Self::WITH_SECRET.contains(&id) => None,
            id if KNOWN.contains(&id) && !Self::OF_CHOICE.contains(&id) => section.choice(key, problems, &all[..1]),
            _ => section.choice(key, problems, &all),
        }
    }
}

impl Discovery {
    /// Returns `None` if the provider is known by name and the section names no description.
    pub(super) fn of(id: &str, place: &str, section: &mut Section<'_>, problems: &mut Problems) -> Option<Self> {
        const URL: &str = "discovery_url";
        if KNOWN.contains(&id) && section.text(URL, problems).is_none() {
            return None;
        }
        let read = Self::read_part(section, problems);
        if !section.has(URL) && (read.authorize.is_none() || read.token.is_none()) {
            let text = format!(
                "`{id}` is not a provider that gatepost knows by name; set `discovery_url`, or `authorization_url` and \
                 `token_url`, or use one of {}",
                KNOWN.join(", ")
            );
            problems.add(place, text);
        }
        if !section.has(URL) && read.requires_keys {
            let text = "`require_id_token_verification` needs the keys of ID tokens; set `discovery_url`, or remove it";
            problems.add(section.place("require_id_token_verification"), text);
        }
        Some(read)
    }
}

/// The last parts of paths to members that a user may change, or that another user may get later.
const CHANGING: [&str; 12] = [
    "email",
    "mail",
    "emails",
    "upn",
    "username",
    "user_name",
    "login",
    "name",
    "nickname",
    "preferred_username",
    "phone",
    "phone_number",
];

fn account_subject(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Option<String> {
    let path = section.text(key, problems)?;
    let last = path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    if path.is_empty() || CHANGING.contains(&last.as_str()) {
        let text = format!(
            "`{path}` does not identify a user for good: an address or a name can become another person's, who would then sign in \
             as this user; write a member like \"user_id\""
        );
        problems.add(section.place(key), text);
    } else if section.has("discovery_url") {
        let text = "`account_subject` is for a provider without `discovery_url`: with ID tokens, `sub` identifies the user; remove it";
        problems.add(section.place(key), text);
    }
    Some(path)
}

/// An address that may be asked.
fn endpoint(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Option<Url> {
    let text = section.text(key, problems)?;
    let is_safe =
        |url: &Url| url.scheme() == "https" || (url.scheme() == "http" && url.host_str().is_some_and(is_loopback));
    let url = Url::parse(&text).ok().filter(is_safe);
    if url.is_none() {
        let example = match key {
            "discovery_url" => ".well-known/openid-configuration",
            _ => "oauth2/endpoint",
        };
        problems.add(section.place(key), format!("it must be an https URL, like https://id.example.com/{example}"));
    }
    url
}

/// An address that may be asked, as it is written.
fn endpoint_as_text(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Option<String> {
    endpoint(section, key, problems)?;
    section.text(key, problems)
}

fn token_params(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Vec<(String, String)> {
    params(section, key, &OF_TOKENS, problems)
}

/// Parameters of a request, none of which are `taken`.
fn params(
    section: &mut Section<'_>,
    key: &'static str,
    taken: &[&str],
    problems: &mut Problems,
) -> Vec<(String, String)> {
    let pairs = section.pairs(key, problems);
    for (name, _) in pairs.iter().filter(|(name, _)| taken.contains(&name.as_str())) {
        problems.add(section.place(key), format!("`{name}` in `{key}` is set by gatepost; remove it"));
    }
    pairs
}

/// Headers of a request. Their values may be secret, so that none is printed.
fn headers(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> HeaderMap {
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
