//! `[social.<name>]`: the providers by which people sign in. Identifiers and secrets come from the variables
//! `<NAME>_CLIENT_ID` and `<NAME>_CLIENT_SECRET`; a provider exists where both are there (spec jwt-oauth-schema §4.11).
//! [`ProviderKeys`] reads the keys of single providers.

use url::Url;

use super::{Discovery, Field, Problems, ProviderKeys, Signing, TokenAuth, Variables, discovery::KNOWN, profile};
use crate::{
    crypto::{jwk, secret::Secret},
    features::one_tap::declaration::OneTap,
    options::{Default, Options as _, Section, optional_text, options, read_by, switch, texts},
};

options! {
    /// The options of every provider.
    pub struct ClientOptions {
        /// Users can sign in with this provider.
        enabled: bool = switch("enabled", true),
        /// `"none"`: the client is public, it has no secret, and only `<NAME>_CLIENT_ID` is set (not for apple, atlassian, facebook, figma,
        /// google, notion, paybin, paypal, railway, reddit, salesforce, tiktok, twitter and wechat). For cloudflare and vercel, and with
        /// `discovery_url`, also `"client_secret_basic"` and `"client_secret_post"`, which go above `authentication`.
        token_auth: Option<TokenAuth> = read_by("token_endpoint_auth", Default::Told("by the provider"), TokenAuth::read),
        /// Scopes to ask for besides the usual ones.
        scope: Vec<String> = texts("scope"),
        /// The service does not ask for the usual scopes.
        disable_default_scope: bool = switch("disable_default_scope", false),
        /// The URL to which the provider sends users back.
        redirect_uri: Option<String> = optional_text("redirect_uri", "`<base URL>/callback/<name>`"),
        /// The page to which users are sent.
        authorization_endpoint: Option<String> =
            read_by("authorization_endpoint", Default::Told("the provider's"), authorization_endpoint),
        /// How the provider asks users; only atlassian, cognito, discord, github, google, microsoft, paybin, paypal, polar, roblox and
        /// providers that you describe read it.
        prompt: Option<String> = optional_text("prompt", "the provider's"),
        /// Identifiers of your other clients, such as an app, whose ID tokens are taken too.
        more_client_ids: Vec<String> = texts("more_client_ids"),
        /// No new user signs up with this provider.
        disable_sign_up: bool = switch("disable_sign_up", false),
        /// Only a request with `requestSignUp` makes users.
        disable_implicit_sign_up: bool = switch("disable_implicit_sign_up", false),
        /// Every sign-in takes over name, picture and address.
        override_user_info: bool = switch("override_user_info_on_sign_in", false),
        /// No user gets a session before the address is confirmed.
        require_email_verification: bool = switch("require_email_verification", false),
        /// An ID token alone signs no user in.
        disable_id_token_sign_in: bool = switch("disable_id_token_sign_in", false),
        /// The provider's hosts may be in a private network, and be asked over http.
        allow_private_addresses: bool = switch("allow_private_addresses", false),
    }
}

fn authorization_endpoint(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Option<String> {
    let text = section.text(key, problems)?;
    if !Url::parse(&text).is_ok_and(|url| matches!(url.scheme(), "https" | "http")) {
        problems.add(section.place(key), "it is no URL; write one like https://example.com/authorize");
    }
    Some(text)
}

/// The providers of a deployment.
#[derive(Debug, Clone)]
pub struct Social {
    /// Whether people can sign in with providers at all. Default on; where it is off, no variable of a provider counts.
    pub enabled: bool,
    /// Those that people can sign in with.
    pub clients: Vec<Client>,
    /// Rewritten requests to providers, for tests: the beginning of a URL and its replacement.
    pub rewrites: Vec<(String, String)>,
}

/// This service as a client of one provider.
#[derive(Debug, Clone)]
pub struct Client {
    /// The provider's name, in paths and rows.
    pub id: String,
    /// The client's identifier.
    pub client_id: String,
    /// Its secret; with `own.signing` the key that signs one, and empty where `token_auth` is [`TokenAuth::None`].
    pub client_secret: Secret,
    /// The options of every provider.
    pub options: ClientOptions,
    /// The options of a provider that is not known by name (§4.12).
    pub discovery: Option<Discovery>,
    /// The options of one provider alone.
    pub own: ProviderKeys,
    /// Fields of the user, each with the path to a member of the profile.
    pub profile: Vec<(String, String)>,
}

impl Signing {
    /// Reads the variables, in which `APPLE_PRIVATE_KEY` replaces `APPLE_CLIENT_SECRET`. Returns the key as well.
    fn read(variables: &Variables, problems: &mut Problems) -> Option<(Self, String)> {
        let Some(key) = variables.get("APPLE_PRIVATE_KEY") else {
            for name in ["APPLE_TEAM_ID", "APPLE_KEY_ID"].into_iter().filter(|name| variables.get(name).is_some()) {
                problems.add(name, "it is set, and APPLE_PRIVATE_KEY is not; set all three, or none");
            }
            return None;
        };
        // Some settings keep a text on one line.
        let key = key.replace("\\n", "\n");
        if variables.get("APPLE_CLIENT_SECRET").is_some() {
            problems.add("APPLE_PRIVATE_KEY", "APPLE_CLIENT_SECRET is set too; keep one of them");
        }
        if jwk::sign_es256(&key, b"").is_none() {
            let text = "it is not a P-256 key; write the whole file that Apple gave, with its BEGIN and END lines";
            problems.add("APPLE_PRIVATE_KEY", text);
        }
        let mut named = |name: &str| {
            let value = variables.get(name);
            if value.is_none() {
                problems.add(name, "it is missing, and APPLE_PRIVATE_KEY needs it; set all three, or none");
            }
            value.unwrap_or_default().to_owned()
        };
        Some((Self { team_id: named("APPLE_TEAM_ID"), key_id: named("APPLE_KEY_ID") }, key))
    }
}

impl Client {
    /// For whom ID tokens may be.
    pub fn audiences(&self) -> Vec<String> {
        if !self.own.audience.is_empty() {
            return self.own.audience.clone();
        }
        std::iter::once(&self.client_id).chain(&self.options.more_client_ids).cloned().collect()
    }
}

impl Social {
    /// The client of a provider.
    pub fn client(&self, id: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.id == id)
    }

    /// Returns the client whose ID tokens Google's One Tap may bring: Google's, with the identifier and the rule for new users of
    /// `[one_tap]`; `None` if no identifier is configured. Unlike a flow, One Tap needs no secret.
    pub fn one_tap(&self, options: &OneTap) -> Option<Client> {
        const GOOGLE: &str = "google";
        let mut client = match (self.client(GOOGLE), &options.client_id) {
            (Some(google), _) => google.clone(),
            (None, Some(_)) => Client {
                id: GOOGLE.to_owned(),
                client_id: String::new(),
                client_secret: Secret::new(""),
                options: ClientOptions::read(Section::empty(), &mut Problems::default()),
                discovery: None,
                own: ProviderKeys::default(),
                profile: Vec::new(),
            },
            (None, None) => return None,
        };
        if let Some(id) = &options.client_id {
            client.client_id.clone_from(id);
            client.options.more_client_ids.clear();
        }
        client.options.disable_sign_up |= options.disable_sign_up;
        Some(client)
    }

    pub(super) fn read(
        mut section: Section<'_>,
        variables: &Variables,
        fields: &[Field],
        problems: &mut Problems,
    ) -> Self {
        let enabled = section.boolean("enabled", problems).unwrap_or(true);
        let none = Variables::default();
        let variables = if enabled { variables } else { &none };
        let mut clients = Vec::new();
        let mut named: Vec<String> = Vec::new();
        for (id, place, section) in section.tables(problems) {
            let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
            if id == "credential" || !id.bytes().all(is_plain) {
                let text =
                    format!("`{id}` cannot be a provider's name; use a-z, 0-9, `-` and `_`, and not `credential`");
                problems.add(place.clone(), text);
            }
            clients.extend(Client::read((&id, &place), section, variables, fields, problems));
            named.push(id);
        }
        let nothing = Section::empty();
        for id in KNOWN.iter().filter(|id| !named.iter().any(|named| named == *id)) {
            clients.extend(Client::read((id, ""), nothing.again(), variables, fields, problems));
        }
        Self { enabled, clients, rewrites: rewrites(variables, problems) }
    }
}

impl Client {
    fn read(
        (id, place): (&str, &str),
        mut section: Section<'_>,
        variables: &Variables,
        fields: &[Field],
        problems: &mut Problems,
    ) -> Option<Self> {
        let prefix = id.to_ascii_uppercase().replace('-', "_");
        let names = [format!("{prefix}_CLIENT_ID"), format!("{prefix}_CLIENT_SECRET")];
        let signed = if id == "apple" { Signing::read(variables, problems) } else { None };
        let (signing, key) = signed.unzip();
        let secret = key.as_deref().or_else(|| variables.get(&names[1]));
        let values = [variables.get(&names[0]), secret];
        let options = ClientOptions::read_part(&mut section, problems);
        let (enabled, is_public) = (options.enabled, options.token_auth == Some(TokenAuth::None));
        check_pair(id, &names, values, is_public, enabled, problems);
        let discovery = Discovery::of(id, place, &mut section, problems);
        let access_type = discovery.as_ref().and_then(|discovery| discovery.access_type.clone());
        let own = match &discovery {
            Some(_) => ProviderKeys { access_type, ..ProviderKeys::default() },
            None => {
                let own = ProviderKeys::read(id, &mut section, problems);
                let is_used = enabled && values[0].is_some();
                if is_used && id == "cognito" && (own.server.is_none() || own.pool.is_none()) {
                    let text = "`social.cognito` needs `domain`, `region` and `user_pool_id`; write them, or remove COGNITO_CLIENT_ID";
                    problems.add(if place.is_empty() { &names[0] } else { place }, text);
                }
                own
            }
        };
        let own = ProviderKeys { signing, ..own };
        let profile = profile::read(section.section("profile", problems), fields, problems);
        section.finish(problems);
        let client = Self {
            id: id.to_owned(),
            client_id: values[0].unwrap_or_default().to_owned(),
            client_secret: Secret::new(values[1].unwrap_or_default()),
            options,
            discovery,
            own,
            profile,
        };
        (enabled && values[0].is_some() && (is_public || values[1].is_some())).then_some(client)
    }
}

/// That a client has an identifier and a secret, or an identifier alone where it is a public one.
fn check_pair(
    id: &str,
    names: &[String; 2],
    values: [Option<&str>; 2],
    is_public: bool,
    enabled: bool,
    problems: &mut Problems,
) {
    let [client, secret] = names;
    match values {
        _ if !enabled => {}
        [_, Some(_)] if is_public => {
            let text = format!("it is set, and `social.{id}.token_endpoint_auth` is \"none\"; remove one of them");
            problems.add(secret, text);
        }
        [None, Some(_)] => {
            problems.add(client, format!("it is missing, and {secret} is set; set both, or neither"));
        }
        [Some(_), None] if !is_public => {
            let public = match TokenAuth::WITH_SECRET.contains(&id) {
                true => String::new(),
                false => {
                    format!(", or write `social.{id}.token_endpoint_auth = \"none\"` for a client without a secret")
                }
            };
            problems.add(secret, format!("it is missing, and {client} is set; set both, or neither{public}"));
        }
        _ => {}
    }
}

/// The variable that sends requests to providers elsewhere. Production refuses it ([`Config::check_rewrites`](super::Config)).
pub(super) const REWRITES: &str = "GATEPOST_FETCH_REWRITE";

fn rewrites(variables: &Variables, problems: &mut Problems) -> Vec<(String, String)> {
    let Some(text) = variables.get(REWRITES) else { return Vec::new() };
    match serde_json::from_str::<std::collections::BTreeMap<String, String>>(text) {
        Ok(rewrites) => rewrites.into_iter().rev().collect(),
        Err(_) => {
            problems.add(
                REWRITES,
                "it must be a JSON object of URLs, like {\"https://github.com\": \"http://127.0.0.1:9000\"}",
            );
            Vec::new()
        }
    }
}
