//! Rate limits (spec core §9): which rule applies to a path, and the decision about the next request. The window begins anew with
//! every answered request.

use crate::{
    config::{Limit, RateLimit},
    declarations::Features,
    syntax::glob::Glob,
};

/// The rule for a path below the base path, without a slash at its end; none is no limit.
pub fn rule(path: &str, config: &RateLimit, features: &Features) -> Option<Limit> {
    let custom = config.custom_rules.iter().find(|(pattern, _)| pattern == path || is_match(pattern, path));
    let special = || RateLimit::special(features).find(|rule| rule.paths.have(path)).map(|rule| rule.limit);
    custom.map_or_else(|| Some(special().unwrap_or(config.general())), |(_, limit)| *limit)
}

fn is_match(pattern: &str, path: &str) -> bool {
    pattern.contains('*') && Glob::new(pattern).matches(path)
}

/// The count of one client's requests to one path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// The number of requests answered in this window.
    pub count: u32,
    /// The time of the last of them, in milliseconds since 1970.
    pub last_request: i64,
}

/// Returns the state after a request that is answered now, or after how many seconds to try again.
pub fn judge(state: Option<State>, limit: Limit, now: i64) -> Result<State, u32> {
    match state {
        Some(state) if now - state.last_request < window(limit) => {
            if state.count < limit.max {
                Ok(State { count: state.count + 1, last_request: now })
            } else {
                Err(wait(state.last_request, limit, now))
            }
        }
        _ => Ok(State { count: 1, last_request: now }),
    }
}

/// Returns a limit's window in milliseconds.
pub fn window(limit: Limit) -> i64 {
    i64::from(limit.window) * 1_000
}

/// Returns the seconds until the window of a request at `last_request` ends, rounded up.
pub fn wait(last_request: i64, limit: Limit, now: i64) -> u32 {
    let milliseconds = last_request.saturating_add(window(limit)).saturating_sub(now);
    u32::try_from(milliseconds.max(0).saturating_add(999) / 1_000).unwrap_or(limit.window)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Source, Variables};

    #[test]
    fn the_first_rule_of_ones_own_wins_then_the_special_ones() {
        let toml = "[rate_limit.custom_rules]\n\"/ok\" = false\n\"/sign-in/*\" = { window = 1, max = 1 }\n\"/sign-in/email\" = false\n";
        let source = Source { name: "gatepost.toml", text: toml };
        let (config, _) = Config::examine(&Variables::default(), Some(source));
        let rule = |path| rule(path, &config.rate_limit, &config.features);
        assert_eq!(rule("/ok"), None);
        assert_eq!(rule("/sign-in/email"), Some(Limit { window: 1, max: 1 }));
        assert_eq!(rule("/sign-up/email"), Some(Limit { window: 10, max: 3 }));
        assert_eq!(rule("/request-password-reset"), Some(Limit { window: 60, max: 3 }));
        assert_eq!(rule("/request-password-reset/more"), Some(config.rate_limit.general()));
        assert_eq!(rule("/get-session"), Some(config.rate_limit.general()));
    }

    #[test]
    fn the_window_begins_anew_with_every_answer() {
        let limit = Limit { window: 10, max: 3 };
        let mut state = None;
        for now in [0, 1_000, 2_000] {
            state = Some(judge(state, limit, now).unwrap());
        }
        assert_eq!(judge(state, limit, 3_000), Err(9));
        assert_eq!(judge(state, limit, 11_999), Err(1));
        assert_eq!(judge(state, limit, 12_000), Ok(State { count: 1, last_request: 12_000 }));
    }
}
