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

    fn chars(&self) -> usize {
        self.0.chars().count()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

/// Every secret that is still honoured. There is always a current one, which signs; the others only verify.
#[derive(Debug, Clone)]
pub struct Secrets {
    current: Secret,
    older: Vec<Secret>,
}

impl Secrets {
    /// One secret and none before it.
    pub fn single(current: Secret) -> Self {
        Self { current, older: Vec::new() }
    }

    /// The secret that signs.
    pub fn current(&self) -> &Secret {
        &self.current
    }

    /// Every secret whose signature is honoured, the current one first.
    pub fn all(&self) -> impl Iterator<Item = &Secret> {
        std::iter::once(&self.current).chain(&self.older)
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
    let mut listed = variables.get("BETTER_AUTH_SECRETS").map(|text| versioned(text, problems)).unwrap_or_default();
    if let Some(first) = listed.first() {
        inspect("BETTER_AUTH_SECRETS", first, environment, problems);
    } else if let Some((name, secret)) = &legacy {
        inspect(name, secret, environment, problems);
    }
    listed.extend(
        legacy
            .map(|(_, secret)| secret)
            .filter(|secret| secret.bytes() != DEFAULT.as_bytes() || environment == Environment::Development),
    );
    let mut secrets = listed.into_iter();
    match secrets.next() {
        Some(current) => Secrets { current, older: secrets.collect() },
        None => {
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
            format!("it is better-auth's public default, with which anybody can sign in as anybody; {MAKE_ONE}"),
        );
    } else if secret.chars() < SHORTEST {
        let length = secret.chars();
        problems.add(name, format!("it has {length} characters and needs at least {SHORTEST}; {MAKE_ONE}"));
    }
}

/// `2:newer,1:older`: entries in order, the first one current. A value may contain colons but no commas.
fn versioned(text: &str, problems: &mut Problems) -> Vec<Secret> {
    let mut versions = Vec::new();
    let mut secrets = Vec::new();
    for (at, entry) in text.split(',').enumerate() {
        let parts = entry.trim().split_once(':').map(|(version, value)| (leading_integer(version), value.trim()));
        match parts {
            Some((Some(version), value)) if !value.is_empty() => {
                if versions.contains(&version) {
                    problems.add(
                        "BETTER_AUTH_SECRETS",
                        format!("version {version} stands there twice; each needs a number of its own"),
                    );
                }
                versions.push(version);
                secrets.push(Secret::new(value));
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
