//! Which endpoint answers to a method and a path, and what a configuration serves where.

use http::Method;

use crate::{config::Config, endpoint::Endpoint};

/// Where the table of endpoints has the key set.
const KEY_SET: &str = "/jwks";

/// The path by which the table of endpoints knows what is served at `path`: the key set may have been moved, and what is
/// switched off is nowhere.
pub(crate) fn named<'p>(config: &Config, path: &'p str) -> Option<&'p str> {
    /// What needs no database, besides the two of tokens.
    const STATELESS: [&str; 8] = [
        "/get-session",
        "/sign-out",
        "/ok",
        "/error",
        "/sign-in/social",
        "/get-access-token",
        "/refresh-token",
        "/account-info",
    ];
    /// What needs a provider, besides what providers send people back to.
    const PROVIDERS: [&str; 5] =
        ["/sign-in/social", "/link-social", "/get-access-token", "/refresh-token", "/account-info"];
    /// What needs sessions somewhere, and nothing else.
    const SESSIONS: [&str; 5] =
        ["/list-sessions", "/update-session", "/revoke-session", "/revoke-sessions", "/revoke-other-sessions"];
    let is_served = |path: &str| {
        STATELESS.contains(&path)
            || path.starts_with("/callback/")
            || (SESSIONS.contains(&path) && config.stores_sessions())
    };
    match path {
        _ if path == config.jwks.path => config.jwt.enabled.then_some(KEY_SET),
        KEY_SET => None,
        "/token" => config.jwt.enabled.then_some(path),
        "/sign-in/username" | "/is-username-available" => config.features.username.enabled.then_some(path),
        _ if path.starts_with("/two-factor/") => config.features.two_factor.enabled.then_some(path),
        "/open-api/generate-schema" => config.open_api.then_some(path),
        _ if !config.social.enabled && (PROVIDERS.contains(&path) || path.starts_with("/callback/")) => None,
        _ => (!config.is_stateless() || is_served(path)).then_some(path),
    }
}

/// Where this configuration serves what the table of endpoints has at `path`, if it serves it at all.
pub fn served<'p>(config: &'p Config, path: &'p str) -> Option<&'p str> {
    let path = if path == KEY_SET { config.jwks.path.as_str() } else { path };
    let is_disabled = config.disabled_paths.iter().any(|disabled| disabled.trim_end_matches('/') == path);
    let is_elsewhere = config.jwks.remote && path == config.jwks.path;
    (!is_disabled && !is_elsewhere && named(config, path).is_some()).then_some(path)
}

/// Finds the endpoint of a method and a path relative to the base path, and what stands there for the path's `:name`.
pub fn find<'t, 'p>(tables: &[&'t [Endpoint]], method: &Method, path: &'p str) -> Option<(&'t Endpoint, &'p str)> {
    let mut endpoints = tables.iter().flat_map(|table| table.iter()).filter(|endpoint| endpoint.method == *method);
    endpoints.find_map(|endpoint| Some((endpoint, parameter(endpoint.path, path)?)))
}

/// What stands in `path` for the last segment of `pattern` where that is a `:name`; empty where both are simply equal.
fn parameter<'p>(pattern: &str, path: &'p str) -> Option<&'p str> {
    let Some((before, _)) = pattern.split_once(':') else { return (pattern == path).then_some("") };
    path.strip_prefix(before).filter(|rest| !rest.is_empty() && !rest.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_with_a_name_stands_for_any_one_segment() {
        assert_eq!(parameter("/reset-password/:token", "/reset-password/abc"), Some("abc"));
        for path in ["/reset-password", "/reset-password/", "/reset-password/a/b", "/reset-passwords/a"] {
            assert_eq!(parameter("/reset-password/:token", path), None, "{path}");
        }
    }
}
