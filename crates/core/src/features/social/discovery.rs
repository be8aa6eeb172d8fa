//! Providers with a discovery document (OpenID Connect Discovery 1.0; spec jwt-oauth-schema §4.12).

use std::sync::Arc;

use http::HeaderMap;
use jiff::Timestamp;
use serde::Deserialize;
use url::Url;

use super::outgoing::{RequestTargets, parsed};
use crate::{
    auth::Auth,
    config::{Client, Discovery},
    providers::Document,
};

/// The number of seconds for which a document is used without asking again; longer if the provider does not answer.
const MAX_AGE: i64 = 3_600;

/// The members of a discovery document.
#[derive(Default, Deserialize)]
struct DiscoveryMembers {
    issuer: Option<String>,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    userinfo_endpoint: Option<String>,
    jwks_uri: Option<String>,
    id_token_signing_alg_values_supported: Option<Vec<String>>,
}

/// Merges a document with the configuration, which has precedence.
fn document(said: DiscoveryMembers, discovery: &Discovery) -> Result<Document, String> {
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
        return Err("it has no jwks_uri, which `require_id_token_verification` requires".to_owned());
    }
    for url in [&document.authorize, &document.token] {
        parsed(url)?;
    }
    Ok(document)
}

/// Returns the provider's document, from memory or from the provider.
///
/// # Errors
/// The reason why there is no document.
pub(super) async fn find(
    auth: &Auth,
    client: &Client,
    discovery: &Discovery,
    now: Timestamp,
) -> Result<Arc<Document>, String> {
    let Some(url) = &discovery.url else { return document(DiscoveryMembers::default(), discovery).map(Arc::new) };
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
    let outgoing = RequestTargets::new(&auth.config.social, client);
    let body = outgoing.get_with(url.as_str(), discovery.discovery_headers.clone()).await?;
    let said: DiscoveryMembers =
        serde_json::from_slice(&body).map_err(|error| format!("it is not a discovery document: {error}"))?;
    // ID tokens are trusted if they name this issuer, so it must be the one that was asked (Discovery §4.3).
    let expected = url.as_str().strip_suffix("/.well-known/openid-configuration");
    let issuer = said.issuer.as_deref().ok_or("it has no issuer")?;
    if expected.is_some_and(|expected| expected != issuer.strip_suffix('/').unwrap_or(issuer)) {
        return Err(format!("its issuer is `{issuer}`, which does not match its URL"));
    }
    document(said, discovery)
}

/// Returns the headers of a request for the keys at `url`: those of the document if both have the same origin, so that no other
/// host sees them.
pub(super) fn headers_for(discovery: &Discovery, url: &str) -> HeaderMap {
    let origin = parsed(url).ok().map(|url| url.origin());
    let is_same = origin.is_some_and(|origin| discovery.url.as_ref().is_some_and(|own| own.origin() == origin));
    if is_same { discovery.discovery_headers.clone() } else { HeaderMap::new() }
}
