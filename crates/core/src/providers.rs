//! What an instance knows of providers: their descriptions and their keys, asked for when they are needed.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;

use crate::{crypto::jwk::Algorithm, verify::KeySet};

/// The descriptions and keys that an instance remembers.
#[derive(Default)]
pub struct Remembered {
    documents: Mutex<HashMap<String, (Arc<Document>, Timestamp)>>,
    keys: Mutex<HashMap<String, Arc<KeySet>>>,
}

impl Remembered {
    /// The description of the provider `id`, and when it was read.
    pub(crate) fn document(&self, id: &str) -> Option<(Arc<Document>, Timestamp)> {
        self.documents.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Keeps the description of the provider `id`, read at `now`.
    pub(crate) fn remember(&self, id: &str, document: &Arc<Document>, now: Timestamp) {
        let mut documents = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        documents.insert(id.to_owned(), (document.clone(), now));
    }

    /// The keys at `url`; those that are not known yet are made by `open`.
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

/// What is known of a provider that is not known by name.
#[derive(Debug, Default)]
pub(crate) struct Document {
    /// What its answers and ID tokens call it.
    pub(crate) issuer: Option<String>,
    /// Where people are sent to.
    pub(crate) authorize: String,
    /// Where codes become tokens.
    pub(crate) token: String,
    /// Where it says who somebody is.
    pub(crate) user_info: Option<String>,
    /// Where its keys are.
    pub(crate) keys: Option<String>,
    /// How it may sign ID tokens; empty where it does not say.
    pub(crate) signing: Vec<String>,
}

impl Document {
    /// Whether it has ID tokens.
    pub(crate) fn is_oidc(&self) -> bool {
        !self.signing.is_empty()
    }

    /// How it may sign them, of what is known here. Where it does not say, in whichever way its keys are for: none of those
    /// known here signs with what everybody can read.
    pub(crate) fn algorithms(&self) -> Vec<Algorithm> {
        match self.signing.as_slice() {
            [] => Algorithm::ALL.iter().map(|(_, algorithm)| *algorithm).collect(),
            names => names.iter().filter_map(|name| Algorithm::named(name)).collect(),
        }
    }
}
