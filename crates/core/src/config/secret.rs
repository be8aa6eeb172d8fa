//! How the secrets are read from variables (spec jwt-oauth-schema §3.1).

use super::{Environment, Problems, Variables};
use crate::crypto::secret::{Secret, Secrets};

/// better-auth's built-in secret: every attacker can sign with it.
const DEFAULT: &str = "better-auth-secret-12345678901234567890";
/// The fewest characters of a secret that is accepted on a deployment.
const SHORTEST: usize = 32;
/// The fix in each problem with a secret.
const MAKE_ONE: &str = "make one with `cargo gatepost secret new`";

/// Reads only the secrets, from the variables that hold them.
///
/// # Errors
/// The problems of the secrets. Except on a developer's machine, the rules are those of a deployment.
pub fn load_secrets(variables: &Variables) -> Result<Secrets, Problems> {
    let mut problems = Problems::default();
    let secrets = read(variables, Environment::of(variables), &mut problems);
    if problems.0.is_empty() { Ok(secrets) } else { Err(problems) }
}

/// Reads `BETTER_AUTH_SECRETS`, and `BETTER_AUTH_SECRET` or `AUTH_SECRET`, which is still accepted as the oldest secret.
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
    let length = secret.text().chars().count();
    if secret.bytes() == DEFAULT.as_bytes() {
        problems.add(
            name,
            format!("it is better-auth's public default, with which anyone can sign in as any user; {MAKE_ONE}"),
        );
    } else if length < SHORTEST {
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
                        format!("version {version} occurs twice; give each secret its own number"),
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
