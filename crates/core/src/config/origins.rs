//! Origins out of the environment and of `trusted_origins`.

use super::{Problems, Variables};
use crate::options::Section;
use crate::syntax::origin;

/// The deployment's own host names, as the platform tells them: trusted exactly, so that previews work and no other
/// deployment of the same domain is trusted with them.
pub(super) fn of_platform(variables: &Variables, problems: &mut Problems) -> Vec<String> {
    let mut origins = Vec::new();
    for name in ["VERCEL_URL", "VERCEL_BRANCH_URL", "VERCEL_PROJECT_PRODUCTION_URL"] {
        let Some(host) = variables.get(name) else { continue };
        let origin = format!("https://{}", host.to_ascii_lowercase());
        if origin::of(&origin).as_ref() == Some(&origin) {
            origins.push(origin);
        } else {
            problems.add(name, "it is not a host name; write it without a scheme, like app-7.vercel.app");
        }
    }
    origins
}

/// The variable that adds to `trusted_origins`.
const LISTED: &str = "BETTER_AUTH_TRUSTED_ORIGINS";

/// `BETTER_AUTH_TRUSTED_ORIGINS`, split at commas. Trimmed, which better-auth forgets (docs/DIFFERENCES.md).
fn listed(variables: &Variables) -> impl Iterator<Item = String> {
    let listed = variables.get(LISTED).unwrap_or_default();
    listed.split(',').map(str::trim).filter(|origin| !origin.is_empty()).map(str::to_owned)
}

/// The problem of a URL that has a login. It quotes no part of the URL.
pub(super) const LOGIN: &str =
    "it has a user or a password in front of its host, which the service does not use; write the address without them";

/// Whether a URL has a user or a password in front of its host.
pub(super) fn has_login(url: &str) -> bool {
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    rest.split(['/', '?', '#', '\\']).next().is_some_and(|authority| authority.contains('@'))
}

/// Returns the trusted origins: those of the file, then those of the variable. A problem names the one that has it.
pub(super) fn trusted(
    of_file: Vec<String>,
    variables: &Variables,
    root: &Section<'_>,
    problems: &mut Problems,
) -> Vec<String> {
    let mut origins = checked(of_file, &root.place("trusted_origins"), problems);
    origins.extend(checked(listed(variables).collect(), LISTED, problems));
    origins
}

/// A trailing slash never matches anything (spec core §8.4), and neither does a URL with a login: say so instead of refusing every
/// request. A login is removed, so that no message has it.
fn checked(mut origins: Vec<String>, place: &str, problems: &mut Problems) -> Vec<String> {
    let count = origins.len();
    origins.retain(|origin| !has_login(origin));
    if origins.len() < count {
        problems
            .add(place, "an origin in it has a user or a password in front of its host; write the origin without them");
    }
    for origin in &origins {
        let after_scheme = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        if after_scheme.is_some_and(|rest| rest.len() > 1 && rest.find('/') == Some(rest.len() - 1)) {
            let trimmed = origin.trim_end_matches('/');
            problems.add(place, format!("the trusted origin `{origin}` never matches; write `{trimmed}`"));
        }
    }
    origins
}
