//! The keys of `[social.<name>]` that only one provider has. The provider's name decides which keys there are, so that this file reads
//! them by hand.

use url::Url;

use super::Problems;
use crate::options::Section;

/// Keys that only one provider has.
#[derive(Debug, Clone, Default)]
pub struct ProviderKeys {
    /// Google, Dropbox, discovered ones: `offline` for a refresh token.
    pub access_type: Option<String>,
    /// Google: how the page looks.
    pub display: Option<String>,
    /// Google: the only hosted domain whose people may come; `*` is any.
    pub hd: Option<String>,
    /// Google: whether what was granted before stays granted. Default on.
    pub exclude_granted_scopes: bool,
    /// Microsoft: whose people may come. Default `common`.
    pub tenant: Option<String>,
    /// Microsoft: another cloud's address.
    pub authority: Option<String>,
    /// Microsoft: the picture's edge in pixels; 0 leaves it out. Default 48.
    pub photo: Option<u32>,
    /// The provider's own server, instead of the usual one: a URL of GitLab and Paybin, a host of Cognito, PayPal and Salesforce.
    pub server: Option<String>,
    /// Cognito: the URL of the pool of users, which is the issuer of ID tokens.
    pub pool: Option<String>,
    /// Cognito: the provider behind it to which users are sent.
    pub identity_provider: Option<String>,
    /// Reddit: how long a grant lasts.
    pub duration: Option<String>,
    /// WeChat: the language of the page.
    pub lang: Option<String>,
    /// Zoom: whether codes are not bound to a verifier. Default off.
    pub without_pkce: bool,
    /// Discord: what a bot may do.
    pub permissions: Option<u32>,
    /// Facebook: a configuration of its login.
    pub config_id: Option<String>,
    /// Facebook: what is asked for besides the usual.
    pub fields: Vec<String>,
    /// Twitch: the claims to ask for in its ID token, instead of the usual ones.
    pub claims: Vec<String>,
    /// Apple: the audience of ID tokens, instead of the client.
    pub audience: Vec<String>,
    /// Apple: whose key signs the client's secret, where it is not a variable.
    pub signing: Option<Signing>,
}

/// The signer of the client's secret at Apple.
#[derive(Debug, Clone)]
pub struct Signing {
    /// `APPLE_TEAM_ID`.
    pub team_id: String,
    /// `APPLE_KEY_ID`.
    pub key_id: String,
}

impl ProviderKeys {
    pub(super) fn read(id: &str, section: &mut Section<'_>, problems: &mut Problems) -> Self {
        let mut own = Self::default();
        match id {
            "google" => {
                own.access_type = section.text("access_type", problems);
                own.display = section.text("display", problems);
                own.hd = section.text("hd", problems);
                own.exclude_granted_scopes = section.boolean("include_granted_scopes", problems) == Some(false);
            }
            "microsoft" => {
                own.tenant = section.text("tenant_id", problems);
                own.authority = section.text("authority", problems).map(|url| url.trim_end_matches('/').to_owned());
                let off = section.boolean("disable_profile_photo", problems) == Some(true);
                own.photo = section.number("profile_photo_size", problems, 1..=648);
                own.photo = if off { Some(0) } else { own.photo };
            }
            "gitlab" => own.server = section.text("issuer", problems).map(|url| url.trim_end_matches('/').to_owned()),
            "paybin" => own.server = section.text("issuer", problems),
            "cognito" => {
                own.server = host(section, "domain", problems);
                let mut name = |key| section.text(key, problems).map(|text| (key, text));
                let (region, pool) = (name("region"), name("user_pool_id"));
                for (key, text) in region.iter().chain(&pool) {
                    if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
                        problems.add(
                            section.place(key),
                            format!("`{key}` may have letters, digits, `-` and `_`; write it as AWS shows it"),
                        );
                    }
                }
                own.pool = region
                    .zip(pool)
                    .map(|((_, region), (_, pool))| format!("https://cognito-idp.{region}.amazonaws.com/{pool}"));
                own.identity_provider = section.text("identity_provider", problems);
            }
            "dropbox" => own.access_type = section.text("access_type", problems),
            "paypal" => {
                let hosts = [("sandbox", "sandbox.paypal.com"), ("live", "paypal.com")];
                own.server = section.choice("environment", problems, &hosts).map(str::to_owned);
            }
            "salesforce" => {
                let hosts = [("production", "login.salesforce.com"), ("sandbox", "test.salesforce.com")];
                let environment = section.choice("environment", problems, &hosts).map(str::to_owned);
                own.server = host(section, "login_url", problems).or(environment);
            }
            "reddit" => own.duration = section.text("duration", problems),
            "wechat" => own.lang = section.text("lang", problems),
            "zoom" => own.without_pkce = section.boolean("pkce", problems) == Some(false),
            "discord" => own.permissions = section.number("permissions", problems, 0..=u32::MAX),
            "facebook" => {
                own.config_id = section.text("config_id", problems);
                own.fields = section.texts("fields", problems).unwrap_or_default();
            }
            "twitch" => own.claims = section.texts("claims", problems).unwrap_or_default(),
            "apple" => {
                let bundle = section.text("app_bundle_identifier", problems);
                own.audience = section.texts("audience", problems).unwrap_or_else(|| bundle.into_iter().collect());
            }
            _ => {}
        }
        own
    }
}

/// A host, without a scheme.
fn host(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Option<String> {
    let text = section.text(key, problems)?;
    let host = text.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/').to_owned();
    let url = Url::parse(&format!("https://{host}"));
    if !url.is_ok_and(|url| url.host_str() == Some(host.to_ascii_lowercase().as_str())) {
        problems.add(section.place(key), "it is no host; write one like id.example.com");
    }
    Some(host)
}
