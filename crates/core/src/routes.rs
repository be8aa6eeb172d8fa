//! Decides which endpoint answers a method and a path, and which endpoints a configuration serves at which paths.

use http::Method;

use crate::{
    config::Config,
    endpoint::{Condition, Endpoint},
};

/// The path of the key set in the table of endpoints.
const KEY_SET: &str = "/jwks";

/// Returns the path at which this configuration serves an endpoint, if it does: the options may switch it off, its path may be
/// disabled, and the key set may be at another path.
pub fn served<'p>(config: &'p Config, endpoint: &Endpoint) -> Option<&'p str> {
    placed(config, endpoint.path, endpoint.served.iter().copied())
}

/// Returns the path at which this configuration serves what the table of endpoints has at `path` under these conditions.
pub fn placed<'p>(
    config: &'p Config,
    path: &'p str,
    conditions: impl IntoIterator<Item = Condition<'p>>,
) -> Option<&'p str> {
    let path = routed(config, path, conditions)?;
    let is_disabled = config.disabled_paths.iter().any(|disabled| disabled.trim_end_matches('/') == path);
    let is_elsewhere = config.jwks.remote && path == config.jwks.path;
    (!is_disabled && !is_elsewhere).then_some(path)
}

/// Returns the path by which requests reach an endpoint: the key set may have been moved, even to the path of another endpoint.
fn routed<'p>(
    config: &'p Config,
    path: &'p str,
    conditions: impl IntoIterator<Item = Condition<'p>>,
) -> Option<&'p str> {
    let moved = config.jwks.path.as_str();
    let path = match path {
        KEY_SET => moved,
        _ if path == moved => return None,
        path => path,
    };
    conditions.into_iter().all(|condition| condition.holds(config)).then_some(path)
}

/// Finds the endpoint of a method and a path relative to the base path, and the segment for the path's `:name`.
pub fn find<'t, 'p>(
    config: &Config,
    tables: &[&'t [Endpoint]],
    method: &Method,
    path: &'p str,
) -> Option<(&'t Endpoint, &'p str)> {
    let mut endpoints = tables.iter().flat_map(|table| table.iter()).filter(|endpoint| endpoint.method == *method);
    endpoints.find_map(|endpoint| {
        let pattern = routed(config, endpoint.path, endpoint.served.iter().copied())?;
        Some((endpoint, parameter(pattern, path)?))
    })
}

/// Returns the pattern of the endpoint at `path`, with any method; `None` if no endpoint is there.
pub fn known<'c>(config: &'c Config, tables: &[&'static [Endpoint]], path: &str) -> Option<&'c str> {
    let patterns = tables.iter().flat_map(|table| table.iter());
    let mut patterns = patterns.filter_map(|endpoint| routed(config, endpoint.path, endpoint.served.iter().copied()));
    patterns.find(|pattern| parameter(pattern, path).is_some())
}

/// Returns the segment of `path` for a `:name` at the end of `pattern`; empty if both are equal.
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
