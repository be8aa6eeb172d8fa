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
            problems.add(name, "it is no host name; write it without a scheme, like app-7.vercel.app");
        }
    }
    origins
}

/// A trailing slash never matches anything (spec core §8.4): say so instead of refusing every request.
pub(super) fn check(origins: &[String], root: &Section<'_>, problems: &mut Problems) {
    for origin in origins {
        let after_scheme = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        if after_scheme.is_some_and(|rest| rest.len() > 1 && rest.find('/') == Some(rest.len() - 1)) {
            let trimmed = origin.trim_end_matches('/');
            problems.add(
                root.place("trusted_origins"),
                format!("the trusted origin `{origin}` never matches; write `{trimmed}`"),
            );
        }
    }
}
