//! The secrets that sign and encrypt.

use std::fmt;

/// A text that must never be shown: no `Display`, and `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The key material: the text's UTF-8 bytes, with no derivation.
    pub fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The text itself, for requests that contain it: a provider receives the client's secret.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

/// Every secret that is still honoured. There is always a current one, which signs and encrypts; the others only verify
/// and decrypt. With `BETTER_AUTH_SECRETS` they have versions, and `BETTER_AUTH_SECRET` stands for what was encrypted before
/// there were any.
#[derive(Debug, Clone)]
pub struct Secrets {
    current: Secret,
    version: Option<u32>,
    older: Vec<(u32, Secret)>,
    legacy: Option<Secret>,
}

impl Secrets {
    /// One secret, without a version, and none before it.
    pub fn single(current: Secret) -> Self {
        Self { current, version: None, older: Vec::new(), legacy: None }
    }

    /// Secrets with versions, and the one from before there were any.
    pub fn versioned((version, current): (u32, Secret), older: Vec<(u32, Secret)>, legacy: Option<Secret>) -> Self {
        Self { current, version: Some(version), older, legacy }
    }

    /// The versions that are listed, the current one first; none where there is one secret without a version.
    pub fn versions(&self) -> Vec<u32> {
        self.version.into_iter().chain(self.older.iter().map(|(version, _)| *version)).collect()
    }

    /// The secret that signs and encrypts.
    pub fn current(&self) -> &Secret {
        &self.current
    }

    /// The current secret's version, where secrets have versions.
    pub fn version(&self) -> Option<u32> {
        self.version
    }

    /// The secret of a version.
    pub fn of_version(&self, version: u32) -> Option<&Secret> {
        let older = || self.older.iter().find(|(of, _)| *of == version).map(|(_, secret)| secret);
        if self.version == Some(version) { Some(&self.current) } else { older() }
    }

    /// The secret of what was encrypted without a version.
    pub fn unversioned(&self) -> Option<&Secret> {
        if self.version.is_none() { Some(&self.current) } else { self.legacy.as_ref() }
    }

    /// Every secret that is honoured, the current one first.
    pub fn all(&self) -> impl Iterator<Item = &Secret> {
        std::iter::once(&self.current).chain(self.older.iter().map(|(_, secret)| secret)).chain(&self.legacy)
    }

    /// The same versions with other secrets in their places.
    pub fn map(&self, make: impl Fn(&Secret) -> Secret) -> Self {
        Self {
            current: make(&self.current),
            version: self.version,
            older: self.older.iter().map(|(version, secret)| (*version, make(secret))).collect(),
            legacy: self.legacy.as_ref().map(make),
        }
    }
}
