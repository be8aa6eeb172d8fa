//! The signing keys that an instance knows: its copy of the table, and the key that is ready to sign.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::{
    crypto::jwk::{Algorithm, SigningKey},
    model::Jwk,
};

/// The number of seconds for which an instance uses its copy of the table.
const KEPT: i64 = 60;
/// The number of seconds after a failure for which reading a session does not try again to sign a JWT.
const PAUSE: i64 = 10;

/// The signing keys that an instance knows.
#[derive(Default)]
pub struct Keyring {
    known: Mutex<KnownKeys>,
    /// Held by the one request that asks the database for unknown keys, while other requests wait.
    pub(crate) asking: tokio::sync::Mutex<()>,
}

#[derive(Default)]
pub(crate) struct KnownKeys {
    pub(crate) keys: Option<(Timestamp, Arc<Vec<Jwk>>)>,
    pub(crate) signer: Option<Arc<Signer>>,
    pub(crate) failed_at: Option<Timestamp>,
}

/// A signing key that is ready to sign.
pub(crate) struct Signer {
    pub(crate) id: String,
    /// The private half as it is stored: the same text is the same key.
    pub(crate) private_key: String,
    /// The encoded header of every JWT.
    pub(crate) header: String,
    pub(crate) algorithm: Algorithm,
    pub(crate) key: SigningKey,
    pub(crate) expires_at: Option<Timestamp>,
}

impl Keyring {
    pub(crate) fn known<T>(&self, look: impl FnOnce(&mut KnownKeys) -> T) -> T {
        look(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn keys(&self, now: Timestamp) -> Option<Arc<Vec<Jwk>>> {
        let is_fresh = |at: Timestamp| (0..KEPT).contains(&now.duration_since(at).as_secs());
        self.known(|known| known.keys.as_ref().filter(|(at, _)| is_fresh(*at)).map(|(_, keys)| keys.clone()))
    }

    /// Returns the keys, regardless of the age of the copy.
    pub(crate) fn old_keys(&self) -> Option<Arc<Vec<Jwk>>> {
        self.known(|known| known.keys.as_ref().map(|(_, keys)| keys.clone()))
    }

    pub(crate) fn signer(&self, now: Timestamp) -> Option<Arc<Signer>> {
        self.known(|known| known.signer.clone()).filter(|signer| signer.expires_at.is_none_or(|at| at > now))
    }

    /// Whether the last attempt failed recently.
    pub(crate) fn is_pausing(&self, now: Timestamp) -> bool {
        let is_recent = |at: Timestamp| (0..PAUSE).contains(&now.duration_since(at).as_secs());
        self.known(|known| known.failed_at.is_some_and(is_recent))
    }
}
