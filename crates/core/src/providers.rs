//! The discovery documents and keys of providers that an instance knows, fetched when they are needed.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;

use crate::{crypto::jwk::Algorithm, verify::KeySet};

/// The discovery documents and keys that an instance remembers.
#[derive(Default)]
pub struct RememberedProviders {
    documents: Mutex<HashMap<String, (Arc<Document>, Timestamp)>>,
    keys: Mutex<HashMap<String, Arc<KeySet>>>,
}

impl RememberedProviders {
    /// Returns the document of the provider `id`, and when it was read.
    pub(crate) fn document(&self, id: &str) -> Option<(Arc<Document>, Timestamp)> {
        self.documents.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Remembers the document of the provider `id`, read at `now`.
    pub(crate) fn remember(&self, id: &str, document: &Arc<Document>, now: Timestamp) {
        let mut documents = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        documents.insert(id.to_owned(), (document.clone(), now));
    }

    /// Returns the keys at `url`; unknown ones are created by `open`.
    ///
    /// # Errors
    /// Those of `open`.
    pub(crate) fn keys(&self, url: &str, open: impl FnOnce() -> Result<KeySet, String>) -> Result<Arc<KeySet>, String> {
        let mut known = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(keys) = known.get(url) {
            return Ok(keys.clone());
        }
        let keys = Arc::new(open()?);
        known.insert(url.to_owned(), keys.clone());
        Ok(keys)
    }
}

/// The discovery document of a provider that gatepost does not know by name.
#[derive(Debug, Default)]
pub(crate) struct Document {
    /// The issuer in answers and ID tokens.
    pub(crate) issuer: Option<String>,
    /// The authorization endpoint.
    pub(crate) authorize: String,
    /// The token endpoint.
    pub(crate) token: String,
    /// The endpoint for user info.
    pub(crate) user_info: Option<String>,
    /// The URL of the provider's keys.
    pub(crate) keys: Option<String>,
    /// The names of the algorithms that may sign ID tokens; empty if the document has none.
    pub(crate) signing: Vec<String>,
}

impl Document {
    /// Whether the provider issues ID tokens.
    pub(crate) fn is_oidc(&self) -> bool {
        !self.signing.is_empty()
    }

    /// Returns the algorithms that may sign ID tokens, of those that gatepost knows. Without names in the document, the algorithm
    /// of the key decides: none of the known algorithms signs with a value that is public.
    pub(crate) fn algorithms(&self) -> Vec<Algorithm> {
        match self.signing.as_slice() {
            [] => Algorithm::ALL.iter().map(|(_, algorithm)| *algorithm).collect(),
            names => names.iter().filter_map(|name| Algorithm::named(name)).collect(),
        }
    }
}
