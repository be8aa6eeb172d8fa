//! A provider and gatepost's registration there as its client.

use std::sync::Arc;

use jiff::Timestamp;

use super::{
    discovery,
    entry::{self, Entry},
    outgoing::RequestTargets,
    previews,
    table::FIRST,
    table_more::MORE,
};
use crate::{
    auth::Auth,
    code,
    config::{Client, Discovery, TokenAuth},
    context::Context,
    error::Error,
    providers::Document,
    reason::Reason,
    verify::{KeySet, RemoteKeySet},
};

/// A provider and gatepost's registration there as its client.
pub struct Provider<'a> {
    /// The configuration of the OAuth client.
    pub client: &'a Client,
    pub(super) entry: &'static Entry,
    pub(super) document: Option<Arc<Document>>,
    auth: &'a Auth,
}

/// Returns every provider that gatepost knows by name.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    FIRST.iter().chain(&MORE)
}

/// Returns the provider with this name.
///
/// # Errors
/// `unknown` if no provider has the name; 503 if a provider's discovery document is unavailable.
pub async fn find<'a>(auth: &'a Auth, id: &str, now: Timestamp, unknown: Error) -> Result<Provider<'a>, Error> {
    let Some(client) = auth.config.social.client(id) else { return Err(unknown) };
    let (entry, document) = match &client.discovery {
        None => (entries().find(|entry| entry.id == id), None),
        Some(discovery) => {
            let found = discovery::find(auth, client, discovery, now).await;
            let document = found.map_err(|cause| Error::Unavailable {
                code: code::PROVIDER_UNAVAILABLE,
                reason: Reason::ProviderUnavailable,
                cause,
            })?;
            (Some(&entry::DISCOVERED), Some(document))
        }
    };
    let Some(entry) = entry else { return Err(unknown) };
    Ok(Provider { client, entry, document, auth })
}

/// Returns the provider of a client that has no discovery document, by the client's name.
pub(super) fn named<'a>(auth: &'a Auth, client: &'a Client) -> Option<Provider<'a>> {
    let entry = entries().find(|entry| entry.id == client.id)?;
    Some(Provider { client, entry, document: None, auth })
}

impl Provider<'_> {
    /// Returns the URL to which the provider sends its answers.
    pub fn redirect_uri(&self, cx: &Context) -> String {
        let own = || format!("{}/callback/{}", previews::callback_base(cx), self.client.id);
        self.client.options.redirect_uri.clone().unwrap_or_else(own)
    }

    /// Returns the issuer of the provider's answers, if its document names one.
    pub fn issuer(&self) -> Option<&str> {
        self.document.as_ref().and_then(|document| document.issuer.as_deref())
    }

    /// Whether a flow needs a nonce, which the ID token must then have (§4.12).
    pub fn needs_nonce(&self) -> bool {
        let asked = self.discovery().is_some_and(|discovery| !discovery.disable_nonce);
        asked && self.document.as_ref().is_some_and(|document| document.keys.is_some())
    }

    /// Whether an ID token alone may sign a user in (§4.1).
    pub fn takes_id_tokens(&self) -> bool {
        let verifiable = self.entry.id_token.is_some() || self.document.as_ref().is_some_and(|one| one.keys.is_some());
        verifiable && !self.client.options.disable_id_token_sign_in
    }

    /// Returns how many bytes the picture of a user may have.
    pub(super) fn most_image_bytes(&self) -> usize {
        usize::try_from(self.auth.config.user.maximum_image_bytes).unwrap_or(usize::MAX)
    }

    pub(super) fn discovery(&self) -> Option<&Discovery> {
        self.client.discovery.as_ref()
    }

    /// Whether codes are bound to a verifier.
    pub(super) fn pkce(&self) -> bool {
        self.discovery().map_or(self.entry.pkce && !self.client.own.without_pkce, |discovery| discovery.pkce)
    }

    /// Whether the provider exchanges refresh tokens.
    pub(super) fn refreshes(&self) -> bool {
        self.entry.id != "vercel"
    }

    pub(super) fn token_auth(&self) -> TokenAuth {
        let basic = self.discovery().map_or(self.entry.basic, |discovery| discovery.basic);
        self.client.options.token_auth.unwrap_or(if basic { TokenAuth::Basic } else { TokenAuth::Post })
    }

    pub(super) fn token_endpoint(&self) -> String {
        self.document.as_ref().map_or_else(|| self.filled(self.entry.token), |document| document.token.clone())
    }

    /// Returns a URL of the table with the configured server filled in.
    pub(super) fn filled(&self, url: &str) -> String {
        let own = &self.client.own;
        let or = |given: &Option<String>, usual: &str| given.clone().unwrap_or_else(|| usual.to_owned());
        url.replace("{authority}", &or(&own.authority, "https://login.microsoftonline.com"))
            .replace("{tenant}", &or(&own.tenant, "common"))
            .replace("{server}", own.server.as_deref().unwrap_or(self.entry.server))
            .replace("{pool}", own.pool.as_deref().unwrap_or_default())
    }

    pub(super) fn outgoing(&self) -> RequestTargets<'_> {
        RequestTargets::new(&self.auth.config.social, self.client)
    }

    /// Returns the keys that sign the provider's ID tokens.
    pub(super) fn keys(&self, url: &str) -> Result<Arc<KeySet>, String> {
        self.auth.providers.keys(url, || {
            let (target, reach) = self.outgoing().target(url)?;
            let headers = self.discovery().map(|discovery| discovery::headers_for(discovery, url)).unwrap_or_default();
            Ok(KeySet::Remote(RemoteKeySet::of_provider(target, reach, headers)))
        })
    }
}
