//! Providers that describe themselves (OpenID Connect Discovery 1.0; spec jwt-oauth-schema §4.12).

use std::sync::Arc;

use http::HeaderMap;
use jiff::Timestamp;
use serde::Deserialize;
use url::Url;

use super::outgoing::{Outgoing, parsed};
use crate::{
    auth::Auth,
    config::{Client, Discovery},
    providers::Document,
};

/// Seconds for which a description is believed without asking again; where the provider does not answer, also longer.
const MAX_AGE: i64 = 3_600;

/// What a provider says of itself.
#[derive(Default, Deserialize)]
struct Said {
    issuer: Option<String>,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    userinfo_endpoint: Option<String>,
    jwks_uri: Option<String>,
    id_token_signing_alg_values_supported: Option<Vec<String>>,
}

/// What it says, with what is configured in its place.
fn document(said: Said, discovery: &Discovery) -> Result<Document, String> {
    let or = |configured: &Option<String>, said: Option<String>| configured.clone().or(said);
    let document = Document {
        issuer: said.issuer,
        authorize: or(&discovery.authorize, said.authorization_endpoint).ok_or("it has no authorization_endpoint")?,
        token: or(&discovery.token, said.token_endpoint).ok_or("it has no token_endpoint")?,
        user_info: or(&discovery.user_info, said.userinfo_endpoint),
        keys: said.jwks_uri,
        signing: said.id_token_signing_alg_values_supported.unwrap_or_default(),
    };
    if discovery.requires_keys && document.keys.is_none() {
        return Err("it has no jwks_uri, which `require_id_token_verification` demands".to_owned());
    }
    for url in [&document.authorize, &document.token] {
        parsed(url)?;
    }
    Ok(document)
}

/// The provider's description of itself, asked for once in a while.
///
/// # Errors
/// Why it cannot be had.
pub(super) async fn find(
    auth: &Auth,
    client: &Client,
    discovery: &Discovery,
    now: Timestamp,
) -> Result<Arc<Document>, String> {
    let Some(url) = &discovery.url else { return document(Said::default(), discovery).map(Arc::new) };
    let found = auth.providers.document(&client.id);
    if let Some((document, _)) = found.clone().filter(|(_, read)| now.duration_since(*read).as_secs() < MAX_AGE) {
        return Ok(document);
    }
    match fetch(auth, client, discovery, url).await {
        Ok(document) => {
            let document = Arc::new(document);
            auth.providers.remember(&client.id, &document, now);
            Ok(document)
        }
        Err(cause) => found.map(|(document, _)| document).ok_or(cause),
    }
}

async fn fetch(auth: &Auth, client: &Client, discovery: &Discovery, url: &Url) -> Result<Document, String> {
    let outgoing = Outgoing::new(&auth.config.social, client);
    let body = outgoing.get_with(url.as_str(), discovery.discovery_headers.clone()).await?;
    let said: Said = serde_json::from_slice(&body).map_err(|error| format!("it is no discovery document: {error}"))?;
    // The issuer is whom ID tokens are believed from: it must be the one that was asked (Discovery §4.3).
    let expected = url.as_str().strip_suffix("/.well-known/openid-configuration");
    let issuer = said.issuer.as_deref().ok_or("it has no issuer")?;
    if expected.is_some_and(|expected| expected != issuer.strip_suffix('/').unwrap_or(issuer)) {
        return Err(format!("its issuer is `{issuer}`, which is not where it was asked for"));
    }
    document(said, discovery)
}

/// The headers of a request for the keys at `url`: those of the description where both have one origin, so that no other
/// host sees them.
pub(super) fn headers_for(discovery: &Discovery, url: &str) -> HeaderMap {
    let origin = parsed(url).ok().map(|url| url.origin());
    let is_same = origin.is_some_and(|origin| discovery.url.as_ref().is_some_and(|own| own.origin() == origin));
    if is_same { discovery.discovery_headers.clone() } else { HeaderMap::new() }
}
