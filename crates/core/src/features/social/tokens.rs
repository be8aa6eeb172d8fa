//! A provider's tokens: exchanges codes and refresh tokens for them, and stores them (spec jwt-oauth-schema §§4.5, 4.9).

use std::borrow::Cow;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use http::{HeaderValue, header};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::provider::Provider;
use crate::{
    config::{Client, Config, TokenAuth},
    crypto::{envelope, jwk, random::Rng},
    json,
    model::{Additional, LinkedAccount},
    rules::query,
};

/// The tokens that a provider issues.
#[derive(Default)]
pub struct Tokens {
    /// The access token, which authorizes requests on behalf of the user.
    pub access_token: Option<String>,
    /// The refresh token, which gets a new access token.
    pub refresh_token: Option<String>,
    /// The ID token, which identifies the user.
    pub id_token: Option<String>,
    /// The expiry of the access token.
    pub access_token_expires_at: Option<Timestamp>,
    /// The expiry of the refresh token.
    pub refresh_token_expires_at: Option<Timestamp>,
    /// The granted scopes.
    pub scopes: Vec<String>,
    /// WeChat's identifier of the user for this app, with which it returns the profile.
    pub open_id: Option<String>,
}

/// Exchanges a code for tokens.
///
/// # Errors
/// The reason why there are no tokens, without secrets.
pub async fn exchange(
    provider: &Provider<'_>,
    code: &str,
    verifier: &str,
    device_id: Option<&str>,
    redirect_uri: &str,
    now: Timestamp,
) -> Result<Tokens, String> {
    if provider.entry.id == "wechat" {
        return wechat(provider, "access_token", &[("code", code)], now).await;
    }
    let mut form = Form::new("authorization_code");
    form.add("code", code);
    // TikTok, and Zoom without PKCE, get the verifier without a challenge before.
    if provider.pkce() || matches!(provider.entry.id, "tiktok" | "zoom") {
        form.add("code_verifier", verifier);
    }
    if let Some(device_id) = device_id.filter(|id| provider.entry.id == "vk" && !id.is_empty()) {
        form.add("device_id", device_id);
    }
    form.add("redirect_uri", redirect_uri);
    form.add_all(provider.discovery().map(|discovery| &*discovery.token_params));
    let answer = post(provider, form, now).await?;
    // GitHub and Slack report a refusal with status 200; GitHub only by the presence of this member.
    match answer.find("error") {
        Some(error) if provider.entry.id == "github" || json::is_truthy(error) => {
            Err(format!("the answer has the error {error}"))
        }
        _ => Ok(Tokens::of(provider, &answer, now)),
    }
}

/// Exchanges a refresh token for new tokens.
///
/// # Errors
/// The reason why there are no tokens, without secrets.
pub async fn refresh(provider: &Provider<'_>, token: &str, now: Timestamp) -> Result<Tokens, String> {
    if provider.entry.id == "wechat" {
        return wechat(provider, "refresh_token", &[("refresh_token", token)], now).await;
    }
    let mut form = Form::new("refresh_token");
    form.add("refresh_token", token);
    if provider.entry.id == "microsoft" {
        let usual = if provider.client.options.disable_default_scope { &[] } else { provider.entry.scopes };
        let scopes: Vec<&str> =
            usual.iter().copied().chain(provider.client.options.scope.iter().map(String::as_str)).collect();
        form.add("scope", &scopes.join(" "));
    }
    form.add_all(provider.discovery().map(|discovery| &*discovery.refresh_params));
    let answer = post(provider, form, now).await?;
    match answer.text("access_token") {
        Some(token) if !token.is_empty() => Ok(Tokens::of(provider, &answer, now)),
        _ => Err("the answer has no access token".to_owned()),
    }
}

async fn post(provider: &Provider<'_>, mut form: Form, now: Timestamp) -> Result<Additional, String> {
    let (id, secret) = (&provider.client.client_id, secret(provider.client, now)?);
    let mut headers = provider.discovery().map(|discovery| discovery.token_headers.clone()).unwrap_or_default();
    let renews = form.0.iter().any(|(name, _)| name == "refresh_token");
    let auth = match provider.entry.id {
        // Notion's clients send the secret in a header only with a code.
        "notion" if renews => TokenAuth::Post,
        "reddit" if !renews => {
            headers.insert(header::ACCEPT, HeaderValue::from_static("text/plain"));
            provider.token_auth()
        }
        _ => provider.token_auth(),
    };
    match auth {
        TokenAuth::None => form.add("client_id", id),
        TokenAuth::Post => {
            form.add(provider.entry.client_param.unwrap_or("client_id"), id);
            form.add("client_secret", &secret);
        }
        TokenAuth::Basic => {
            let value = HeaderValue::from_str(&basic(id, &secret)).map_err(|error| error.to_string())?;
            headers.insert(header::AUTHORIZATION, value);
        }
    }
    let form = form.written();
    provider.outgoing().form(&provider.token_endpoint(), form, headers).await
}

/// Requests tokens from WeChat, which takes everything in the query of a GET, and separates scopes by commas.
async fn wechat(
    provider: &Provider<'_>,
    action: &str,
    grant: &[(&str, &str)],
    now: Timestamp,
) -> Result<Tokens, String> {
    let client = provider.client;
    let mut params = vec![("appid", client.client_id.as_str())];
    let endpoint = match action {
        "refresh_token" => {
            params.push(("grant_type", action));
            params.extend(grant);
            provider.token_endpoint().replace("access_token", action)
        }
        _ => {
            params.push(("secret", client.client_secret.text()));
            params.extend(grant);
            params.push(("grant_type", "authorization_code"));
            provider.token_endpoint()
        }
    };
    let answer = provider.outgoing().object(&query::appended(&endpoint, &params), None).await?;
    if json::is_truthy(answer.get("errcode")) || answer.text("access_token").is_none_or(str::is_empty) {
        return Err(format!("the answer has the error {}", answer.get("errcode")));
    }
    let scopes = answer.text("scope").unwrap_or_default().split(',').map(str::to_owned).collect();
    Ok(Tokens {
        scopes,
        id_token: None,
        open_id: json::text(answer.get("openid")),
        ..Tokens::of(provider, &answer, now)
    })
}

/// Returns the client secret; for Apple, one that is signed for this request.
fn secret(client: &Client, now: Timestamp) -> Result<Cow<'_, str>, String> {
    let Some(signing) = &client.own.signing else { return Ok(client.client_secret.text().into()) };
    let encode = |json: serde_json::Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let header = encode(json!({ "alg": "ES256", "kid": signing.key_id }));
    let (iat, audience) = (now.as_second(), "https://appleid.apple.com");
    let claims =
        json!({ "iss": signing.team_id, "iat": iat, "exp": iat + 300, "aud": audience, "sub": client.client_id });
    let signed = format!("{header}.{}", encode(claims));
    let signature = jwk::sign_es256(client.client_secret.text(), signed.as_bytes());
    let signature = signature.ok_or("APPLE_PRIVATE_KEY is not a key")?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)).into())
}

/// Returns identifier and secret as a header (RFC 6749 §2.3.1): each is form-encoded first.
pub fn basic(id: &str, secret: &str) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret))))
}

/// The members of a posted form, in order.
struct Form(Vec<(String, String)>);

impl Form {
    fn new(grant: &str) -> Self {
        Self(vec![("grant_type".to_owned(), grant.to_owned())])
    }

    fn add(&mut self, name: &str, value: &str) {
        self.0.push((name.to_owned(), value.to_owned()));
    }

    fn add_all(&mut self, params: Option<&[(String, String)]>) {
        self.0.extend_from_slice(params.unwrap_or_default());
    }

    fn written(&self) -> String {
        query::encoded(&self.0)
    }
}

impl Tokens {
    /// Reads the tokens in an answer. An access token without an expiry gets the configured one.
    fn of(provider: &Provider<'_>, answer: &Additional, now: Timestamp) -> Self {
        let read = Self::read(answer, now);
        let seconds = provider.discovery().and_then(|discovery| discovery.access_token_expires_in);
        let usual = seconds.and_then(|seconds| now.checked_add(SignedDuration::from_secs(seconds.into())).ok());
        Self { access_token_expires_at: read.access_token_expires_at.or(usual), ..read }
    }

    fn read(answer: &Additional, now: Timestamp) -> Self {
        let text = |name: &str| json::text(answer.get(name)).filter(|_| json::is_truthy(answer.get(name)));
        let after = |name: &str| {
            let said = Some(answer.get(name)).filter(|said| json::is_truthy(said))?;
            // A thousand years are enough for a token.
            let seconds = json::number(said).filter(|seconds| seconds.abs() < 3.2e10)?;
            now.checked_add(SignedDuration::from_millis((seconds * 1e3) as i64)).ok()
        };
        let scopes = match answer.get("scope") {
            Value::String(text) => text.split_whitespace().map(str::to_owned).collect(),
            Value::Array(items) => {
                let items = items.iter().filter_map(Value::as_str).map(str::trim);
                items.filter(|item| !item.is_empty()).map(str::to_owned).collect()
            }
            _ => Vec::new(),
        };
        Self {
            access_token: text("access_token"),
            refresh_token: text("refresh_token"),
            id_token: text("id_token"),
            access_token_expires_at: after("expires_in"),
            refresh_token_expires_at: after("refresh_token_expires_in"),
            scopes,
            open_id: None,
        }
    }

    /// Stores the present tokens in an account; absent ones stay. Scopes are left out, because a provider may grant fewer than
    /// before.
    pub fn store_in(&self, account: &mut LinkedAccount, config: &Config, rng: &mut Rng) {
        let mut put = |place: &mut Option<String>, token: &Option<String>| {
            if let Some(token) = token {
                *place = Some(sealed(token, config, rng));
            }
        };
        put(&mut account.access_token, &self.access_token);
        put(&mut account.refresh_token, &self.refresh_token);
        if self.id_token.is_some() {
            account.id_token.clone_from(&self.id_token);
        }
        account.access_token_expires_at = self.access_token_expires_at.or(account.access_token_expires_at);
        account.refresh_token_expires_at = self.refresh_token_expires_at.or(account.refresh_token_expires_at);
    }
}

/// Returns a token as it is stored.
fn sealed(token: &str, config: &Config, rng: &mut Rng) -> String {
    if config.account.encrypt_oauth_tokens { envelope::seal(&config.secrets, token, rng) } else { token.to_owned() }
}

/// Decrypts a stored token. Tokens from before encryption was switched on are returned as they are.
///
/// # Errors
/// The secret that encrypted the token is missing.
pub fn opened(stored: &str, config: &Config) -> Result<String, envelope::Error> {
    let hex = stored.len().is_multiple_of(2) && stored.bytes().all(|byte| byte.is_ascii_hexdigit());
    if config.account.encrypt_oauth_tokens && !stored.is_empty() && (stored.starts_with("$ba$") || hex) {
        envelope::open(&config.secrets, stored)
    } else {
        Ok(stored.to_owned())
    }
}
