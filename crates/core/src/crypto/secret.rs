//! The secrets that sign and encrypt.

use std::fmt;

/// A text that must never be shown: it has no `Display`, and its `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the key material: the text's UTF-8 bytes, without derivation.
    pub fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Returns the text, for requests that contain it: a provider receives the client secret.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

/// All accepted secrets. The current one signs and encrypts; the others only verify and decrypt. With `BETTER_AUTH_SECRETS` they
/// have versions, and `BETTER_AUTH_SECRET` is for values that were encrypted before.
#[derive(Debug, Clone)]
pub struct Secrets {
    current: Secret,
    version: Option<u32>,
    older: Vec<(u32, Secret)>,
    legacy: Option<Secret>,
}

impl Secrets {
    /// Creates a set of one secret without a version.
    pub fn single(current: Secret) -> Self {
        Self { current, version: None, older: Vec::new(), legacy: None }
    }

    /// Creates a set of secrets with versions, and the one for values without a version.
    pub fn versioned((version, current): (u32, Secret), older: Vec<(u32, Secret)>, legacy: Option<Secret>) -> Self {
        Self { current, version: Some(version), older, legacy }
    }

    /// Returns the listed versions, the current one first; empty if the secret has no version.
    pub fn versions(&self) -> Vec<u32> {
        self.version.into_iter().chain(self.older.iter().map(|(version, _)| *version)).collect()
    }

    /// Returns the secret that signs and encrypts.
    pub fn current(&self) -> &Secret {
        &self.current
    }

    /// Returns the current secret's version, if secrets have versions.
    pub fn version(&self) -> Option<u32> {
        self.version
    }

    /// Returns the secret of a version.
    pub fn of_version(&self, version: u32) -> Option<&Secret> {
        let older = || self.older.iter().find(|(of, _)| *of == version).map(|(_, secret)| secret);
        if self.version == Some(version) { Some(&self.current) } else { older() }
    }

    /// Returns the secret for values that were encrypted without a version.
    pub fn unversioned(&self) -> Option<&Secret> {
        if self.version.is_none() { Some(&self.current) } else { self.legacy.as_ref() }
    }

    /// Returns every accepted secret, the current one first.
    pub fn all(&self) -> impl Iterator<Item = &Secret> {
        std::iter::once(&self.current).chain(self.older.iter().map(|(_, secret)| secret)).chain(&self.legacy)
    }

    /// Replaces each secret by `make` of it, and keeps the versions.
    pub fn map(&self, make: impl Fn(&Secret) -> Secret) -> Self {
        Self {
            current: make(&self.current),
            version: self.version,
            older: self.older.iter().map(|(version, secret)| (*version, make(secret))).collect(),
            legacy: self.legacy.as_ref().map(make),
        }
    }
}
