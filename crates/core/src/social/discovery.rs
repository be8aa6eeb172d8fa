//! Providers that describe themselves (OpenID Connect Discovery 1.0; spec jwt-oauth-schema §4.12).

use std::sync::{Arc, PoisonError};

use jiff::Timestamp;
use serde::Deserialize;

use super::{outgoing::Outgoing, parsed};
use crate::{
    auth::Auth,
    config::{Client, Discovery},
    crypto::jwk::Algorithm,
};

/// Seconds for which a description is believed without asking again; where the provider does not answer, also longer.
const MAX_AGE: i64 = 3_600;

/// What a provider says of itself.
#[derive(Debug, Deserialize)]
pub(super) struct Document {
    /// What its answers and ID tokens call it.
    pub(super) issuer: String,
    /// Where people are sent to.
    #[serde(rename = "authorization_endpoint")]
    pub(super) authorize: String,
    /// Where codes become tokens.
    #[serde(rename = "token_endpoint")]
    pub(super) token: String,
    /// Where it says who somebody is.
    #[serde(rename = "userinfo_endpoint")]
    pub(super) user_info: Option<String>,
    /// Where its keys are.
    #[serde(rename = "jwks_uri")]
    pub(super) keys: Option<String>,
    #[serde(rename = "id_token_signing_alg_values_supported")]
    signing: Option<Vec<String>>,
}

impl Document {
    /// Whether it has ID tokens.
    pub(super) fn is_oidc(&self) -> bool {
        !self.listed().is_empty()
    }

    /// How it may sign them, of what is known here. Where it does not say, in whichever way its keys are for: none of those
    /// known here signs with what everybody can read.
    pub(super) fn algorithms(&self) -> Vec<Algorithm> {
        match self.listed() {
            [] => Algorithm::ALL.iter().map(|(_, algorithm)| *algorithm).collect(),
            names => names.iter().filter_map(|name| Algorithm::named(name)).collect(),
        }
    }

    fn listed(&self) -> &[String] {
        self.signing.as_deref().unwrap_or_default()
    }
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
    let known = || auth.providers.documents.lock().unwrap_or_else(PoisonError::into_inner);
    let found = known().get(&client.id).cloned();
    if let Some((document, _)) = found.clone().filter(|(_, read)| now.duration_since(*read).as_secs() < MAX_AGE) {
        return Ok(document);
    }
    match fetch(auth, client, discovery).await {
        Ok(document) => {
            let document = Arc::new(document);
            known().insert(client.id.clone(), (document.clone(), now));
            Ok(document)
        }
        Err(cause) => found.map(|(document, _)| document).ok_or(cause),
    }
}

async fn fetch(auth: &Auth, client: &Client, discovery: &Discovery) -> Result<Document, String> {
    let body = Outgoing::new(&auth.config.social, client).get(discovery.url.as_str(), None).await?;
    let document: Document =
        serde_json::from_slice(&body).map_err(|error| format!("it is no discovery document: {error}"))?;
    // The issuer is whom ID tokens are believed from: it must be the one that was asked (Discovery §4.3).
    let expected = discovery.url.as_str().strip_suffix("/.well-known/openid-configuration");
    let said = document.issuer.strip_suffix('/').unwrap_or(&document.issuer);
    if expected.is_some_and(|expected| expected != said) {
        return Err(format!("its issuer is `{}`, which is not where it was asked for", document.issuer));
    }
    for url in [&document.authorize, &document.token] {
        parsed(url)?;
    }
    Ok(document)
}
