//! The URL of a provider's authorization page (spec jwt-oauth-schema §4.2).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::header;
use serde_json::Map;
use sha2::{Digest as _, Sha256};
use url::form_urlencoded;

use super::{
    outgoing::parsed,
    previews,
    provider::Provider,
    state::{self, FlowBeginning, Link},
    wire,
};
use crate::{
    config::RESERVED_PARAMS,
    context::Context,
    error::Error,
    flow, json,
    percent::encode_component,
    reason::Reason,
    reply::{Reply, location},
    rules::query,
};

/// Begins a flow, and redirects the browser to the provider or returns the URL (§4.1).
///
/// # Errors
/// The failure of the database, or an authorization endpoint that is not a URL.
pub async fn begin(
    cx: &mut Context,
    provider: &Provider<'_>,
    wanted: wire::Social,
    link: Option<Link>,
) -> Result<Reply, Error> {
    let server_context = if link.is_none() { flow::carried(cx).await? } else { Map::new() };
    let beginning = FlowBeginning {
        provider: provider.client.id.clone(),
        callback_url: wanted.callback_url,
        error_url: wanted.error_callback_url,
        new_user_url: wanted.new_user_callback_url,
        request_sign_up: wanted.request_sign_up,
        link,
        nonce: provider.needs_nonce(),
        server_context,
        additional: wanted.additional_data,
    };
    let state = state::begin(cx, beginning).await?;
    let own = state.oauth_state.as_deref().unwrap_or_default();
    let request = Request {
        state: &previews::parameter(cx, &provider.client.id, own)?,
        verifier: &state.code_verifier,
        nonce: state.id_token_nonce.as_deref(),
        redirect_uri: &provider.redirect_uri(cx),
        scopes: &wanted.scopes,
        login_hint: wanted.login_hint.as_deref(),
        params: &wanted.additional_params,
    };
    let url = url(provider, &request).map_err(|cause| Error::internal(Reason::ProviderUnavailable, cause))?;
    let reply = Reply::json(&wire::SentToProvider { url: &url, redirect: !wanted.disable_redirect })?;
    if wanted.disable_redirect { Ok(reply) } else { Ok(reply.with(header::LOCATION, location(&url)?)) }
}

/// The values of one flow in the URL.
pub struct Request<'a> {
    /// The state parameter, which comes back with the answer.
    pub state: &'a str,
    /// The verifier that the code is bound to, if the provider supports that.
    pub verifier: &'a str,
    /// The nonce that the ID token is bound to, if the provider needs one.
    pub nonce: Option<&'a str>,
    /// The URL to which the provider sends its answer.
    pub redirect_uri: &'a str,
    /// The scopes requested in addition to the defaults.
    pub scopes: &'a [String],
    /// The user who probably signs in.
    pub login_hint: Option<&'a str>,
    /// Additional parameters; reserved ones are ignored.
    pub params: &'a [(String, String)],
}

/// Returns the URL to which the browser is redirected.
///
/// # Errors
/// The provider's endpoint is not a URL, which a discovery document may contain.
pub fn url(provider: &Provider<'_>, request: &Request<'_>) -> Result<String, String> {
    let (entry, client) = (provider.entry, provider.client);
    let own = &client.own;
    if let Some(name) = entry.client_param {
        return of_own_form(provider, request, name);
    }
    let mut params = Params::default();
    let (response_type, response_mode) = entry.response.map_or(("code", None), |(kind, mode)| (kind, Some(mode)));
    let discovered = provider.discovery();
    let configured = discovered.and_then(|discovery| discovery.response_type.as_deref());
    params.set("response_type", configured.filter(|text| !text.is_empty()).unwrap_or(response_type));
    params.set("client_id", &client.client_id);
    params.set("state", request.state);
    params
        .set_some("scope", Some(scopes(provider, request.scopes).join(" ")).filter(|text| !text.is_empty()).as_deref());
    params.set("redirect_uri", request.redirect_uri);
    params.set_some("duration", own.duration.as_deref());
    params.set_some("display", own.display.as_deref());
    params.set_some("login_hint", request.login_hint.filter(|_| entry.login_hint));
    params.set_some("nonce", request.nonce);
    params.set_some("prompt", entry.prompt.map(|usual| client.options.prompt.as_deref().unwrap_or(usual)));
    params.set_some("hd", own.hd.as_deref());
    params.set_some("access_type", own.access_type.as_deref().filter(|_| entry.id != "dropbox"));
    let configured = discovered.and_then(|discovery| discovery.response_mode.as_deref());
    params.set_some("response_mode", response_mode.or(configured));
    if provider.pkce() {
        params.set("code_challenge_method", "S256");
        params.set("code_challenge", &URL_SAFE_NO_PAD.encode(Sha256::digest(request.verifier)));
    }
    match entry.id {
        "twitch" => params.set("claims", &claims(&own.claims)),
        "google" if !own.exclude_granted_scopes => params.set("include_granted_scopes", "true"),
        "facebook" => params.set_some("config_id", own.config_id.as_deref()),
        "cognito" => params.set_some("identity_provider", own.identity_provider.as_deref()),
        "dropbox" => params.set_some("token_access_type", own.access_type.as_deref()),
        "discord" if scopes(provider, request.scopes).iter().any(|scope| scope == "bot") => {
            params.set_some("permissions", own.permissions.map(|bits| bits.to_string()).as_deref());
        }
        _ => {}
    }
    let configured = discovered.map(|discovery| &*discovery.authorization_params).unwrap_or_default();
    // Cloudflare takes none of a request's own.
    let requested = if entry.id == "cloudflare" { &[] } else { request.params };
    params.set_unreserved(configured.iter().chain(requested), "");
    entry.params.iter().for_each(|(name, value)| params.set(name, value));
    // Cognito does not read `+` as a space.
    let scope = if entry.id == "cognito" { params.take("scope") } else { None };
    let url = params.append_to(&endpoint(provider))?;
    match scope {
        Some(scope) => Ok(parsed(&format!("{url}&scope={}", encode_component(&scope)))?.into()),
        None => Ok(url),
    }
}

/// Returns the URL of the page of a provider that calls the client's identifier `name`, and has its parameters in another order.
fn of_own_form(provider: &Provider<'_>, request: &Request<'_>, name: &str) -> Result<String, String> {
    let client = provider.client;
    let mut params = Params::default();
    params.set("scope", &scopes(provider, request.scopes).join(","));
    params.set("response_type", "code");
    params.set(name, &client.client_id);
    params.set("redirect_uri", request.redirect_uri);
    params.set("state", request.state);
    if provider.entry.id == "wechat" {
        params.set("lang", client.own.lang.as_deref().unwrap_or("cn"));
    }
    params.set_unreserved(request.params.iter(), name);
    params.append_to(&endpoint(provider))
}

/// Returns the authorization endpoint: the configured one, or the provider's.
fn endpoint(provider: &Provider<'_>) -> String {
    match (&provider.client.options.authorization_endpoint, &provider.document) {
        (Some(endpoint), _) => endpoint.clone(),
        (None, Some(document)) => document.authorize.clone(),
        (None, None) => provider.filled(provider.entry.authorize),
    }
}

/// Returns the `claims` parameter for Twitch's ID token: two claims always, and the configured ones or the defaults.
fn claims(configured: &[String]) -> String {
    let usual = ["preferred_username", "picture"].map(str::to_owned);
    let asked = if configured.is_empty() { &usual } else { configured };
    let mut names = vec!["email", "email_verified"];
    names.extend(asked.iter().map(String::as_str).filter(|name| !["email", "email_verified"].contains(name)));
    let members: Vec<_> = names.iter().map(|name| format!("{}:null", json::to_string(name))).collect();
    format!(r#"{{"id_token":{{{}}}}}"#, members.join(","))
}

/// Returns the scopes in the provider's order (§4.2). The defaults add no duplicates; configured and requested ones stay as they
/// are.
fn scopes(provider: &Provider<'_>, requested: &[String]) -> Vec<String> {
    let (entry, client) = (provider.entry, provider.client);
    // An app at PayPal and Zoom has its scopes at the provider.
    if matches!(entry.id, "paypal" | "zoom") {
        return Vec::new();
    }
    let usual = if client.options.disable_default_scope { &[] } else { entry.scopes };
    let mut all: Vec<String> = usual.iter().map(|scope| (*scope).to_owned()).collect();
    let (first, then) = if entry.request_scopes_first {
        (requested, &*client.options.scope)
    } else {
        (&*client.options.scope, requested)
    };
    all.extend(first.iter().chain(then).cloned());
    if entry.id == "cloudflare" {
        all = all
            .iter()
            .enumerate()
            .filter(|(at, one)| !all.iter().take(*at).any(|before| before == *one))
            .map(|(_, one)| one.clone())
            .collect();
    }
    if provider.document.as_ref().is_some_and(|document| document.is_oidc()) && !all.iter().any(|one| one == "openid") {
        all.insert(0, "openid".to_owned());
    }
    all
}

/// Parameters in the order in which they were first set.
#[derive(Default)]
struct Params(Vec<(String, String)>);

impl Params {
    fn set(&mut self, name: &str, value: &str) {
        match self.0.iter_mut().find(|(found, _)| found == name) {
            Some((_, found)) => value.clone_into(found),
            None => self.0.push((name.to_owned(), value.to_owned())),
        }
    }

    fn set_some(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.set(name, value);
        }
    }

    /// Sets parameters from the configuration or a request, except those that bind the answer to the flow, and `except`.
    fn set_unreserved<'p>(&mut self, params: impl Iterator<Item = &'p (String, String)>, except: &str) {
        for (name, value) in params.filter(|(name, _)| !RESERVED_PARAMS.contains(&name.as_str()) && name != except) {
            self.set(name, value);
        }
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(found, _)| found == name)?;
        Some(self.0.remove(at).1)
    }

    /// Adds the parameters to the endpoint's URL, whose own query stays as written, except for the parameters that are set here.
    fn append_to(&self, endpoint: &str) -> Result<String, String> {
        let mut url = parsed(endpoint)?;
        let is_ours = |pair: &str| {
            let name = form_urlencoded::parse(pair.as_bytes()).next().map(|(name, _)| name.into_owned());
            name.is_none_or(|name| self.0.iter().any(|(ours, _)| *ours == name))
        };
        let kept: Vec<&str> = url.query().unwrap_or_default().split('&').filter(|pair| !is_ours(pair)).collect();
        let kept = kept.join("&");
        url.set_query(Some(&kept));
        query::add(&mut url, &self.0);
        Ok(url.into())
    }
}
