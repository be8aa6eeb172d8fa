//! The secrets that sign and encrypt, and the rules for reading them (spec jwt-oauth-schema §3.1).

use std::fmt;

use super::{Environment, Problems, Variables};

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

    /// The text itself, for whoever must send it: a client's secret to its provider.
    pub fn text(&self) -> &str {
        &self.0
    }

    fn chars(&self) -> usize {
        self.0.chars().count()
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

    /// Reads only the secrets, for whoever works with nothing else.
    ///
    /// # Errors
    /// What is wrong with them, anywhere but on a developer's machine as strictly as on a deployment.
    pub fn load(variables: &Variables) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let secrets = read(variables, Environment::of(variables), &mut problems);
        if problems.0.is_empty() { Ok(secrets) } else { Err(problems) }
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

/// better-auth's built-in secret: anybody can sign with it.
const DEFAULT: &str = "better-auth-secret-12345678901234567890";
/// The fewest characters of a secret that is accepted on a deployment.
const SHORTEST: usize = 32;
/// What a problem with a secret tells the operator to run.
const MAKE_ONE: &str = "make one with `cargo gatepost secret new`";

/// Reads `BETTER_AUTH_SECRETS`, and `BETTER_AUTH_SECRET` or `AUTH_SECRET`, which stays honoured as the oldest secret.
pub(super) fn read(variables: &Variables, environment: Environment, problems: &mut Problems) -> Secrets {
    let legacy = ["BETTER_AUTH_SECRET", "AUTH_SECRET"]
        .into_iter()
        .find_map(|name| variables.get(name).map(|value| (name, Secret::new(value))));
    let listed = variables.get("BETTER_AUTH_SECRETS").map(|text| versioned(text, problems)).unwrap_or_default();
    if let Some((_, first)) = listed.first() {
        inspect("BETTER_AUTH_SECRETS", first, environment, problems);
    } else if let Some((name, secret)) = &legacy {
        inspect(name, secret, environment, problems);
    }
    let legacy = legacy.map(|(_, secret)| secret);
    let mut listed = listed.into_iter();
    match (listed.next(), legacy) {
        (Some(current), legacy) => {
            let legacy = legacy.filter(|secret| secret.bytes() != DEFAULT.as_bytes());
            Secrets::versioned(current, listed.collect(), legacy)
        }
        (None, Some(secret)) => Secrets::single(secret),
        (None, None) => {
            if !problems.0.iter().any(|problem| problem.place.ends_with("SECRET") || problem.place.ends_with("SECRETS"))
            {
                problems
                    .add("BETTER_AUTH_SECRET", format!("it is missing; {MAKE_ONE} and set it for this environment"));
            }
            Secrets::single(Secret::new(""))
        }
    }
}

fn inspect(name: &str, secret: &Secret, environment: Environment, problems: &mut Problems) {
    if environment == Environment::Development {
        return;
    }
    if secret.bytes() == DEFAULT.as_bytes() {
        problems.add(
            name,
            format!("it is better-auth's public default, with which anyone can sign in as any user; {MAKE_ONE}"),
        );
    } else if secret.chars() < SHORTEST {
        let length = secret.chars();
        problems.add(name, format!("it has {length} characters and needs at least {SHORTEST}; {MAKE_ONE}"));
    }
}

/// `2:newer,1:older`: entries in order, the first one current. A value may contain colons but no commas.
fn versioned(text: &str, problems: &mut Problems) -> Vec<(u32, Secret)> {
    let mut secrets: Vec<(u32, Secret)> = Vec::new();
    for (at, entry) in text.split(',').enumerate() {
        let parts = entry.trim().split_once(':').map(|(version, value)| (leading_integer(version), value.trim()));
        match parts {
            Some((Some(version), value)) if !value.is_empty() => {
                if secrets.iter().any(|(other, _)| *other == version) {
                    problems.add(
                        "BETTER_AUTH_SECRETS",
                        format!("version {version} stands there twice; each needs a number of its own"),
                    );
                }
                secrets.push((version, Secret::new(value)));
            }
            _ => {
                let text = format!(
                    "entry {} is not `<version>:<secret>`; write `2:newer,1:older`, the current one first",
                    at + 1
                );
                problems.add("BETTER_AUTH_SECRETS", text);
            }
        }
    }
    secrets
}

/// JavaScript's `parseInt` for what may stand here: `02` is 2 and so is `2x`.
fn leading_integer(text: &str) -> Option<u32> {
    let digits: String = text.trim().chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}
