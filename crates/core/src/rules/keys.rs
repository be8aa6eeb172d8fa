//! Decides which key signs, which keys are published, and when a new one is due (spec jwt-oauth-schema §1.6).

use jiff::{SignedDuration, Timestamp};

use crate::{config::Jwks, crypto::jwk::Algorithm, model::Jwk};

/// The number of seconds by which a copy of the public keys may be older than the table: instances, intermediate caches and readers
/// keep it for a minute each, plus a margin. A new key signs only after that time, if another key can.
const PUBLICATION: u32 = 300;

/// Returns how long before its first signature a key is published: less if keys are rotated often.
pub fn lead(config: &Jwks) -> SignedDuration {
    let interval = config.rotation_interval.unwrap_or(u32::MAX);
    SignedDuration::from_secs(i64::from(PUBLICATION.min(interval / 4)))
}

fn is_live(key: &Jwk, now: Timestamp) -> bool {
    key.expires_at.is_none_or(|at| at > now)
}

/// Returns the algorithm of a key. Rows from before the column `alg` have the configured one.
pub fn algorithm(key: &Jwk, config: &Jwks) -> Option<Algorithm> {
    key.alg.as_deref().map_or(Some(config.new_keys.algorithm), Algorithm::named)
}

/// Returns the keys that may sign, the best first: keys of the configured algorithm before others, keys that every reader has seen
/// before new ones, then the newest.
pub fn candidates<'a>(keys: &'a [Jwk], config: &Jwks, now: Timestamp) -> Vec<&'a Jwk> {
    let mut live: Vec<&Jwk> = keys.iter().filter(|key| is_live(key, now)).collect();
    let is_new = |key: &Jwk| now.duration_since(key.created_at) < lead(config);
    live.sort_by_key(|key| {
        (algorithm(key, config) != Some(config.new_keys.algorithm), is_new(key), std::cmp::Reverse(key.created_at))
    });
    live
}

/// Whether to make the successor of `current` now, so that every reader has seen it in time.
pub fn is_due(current: &Jwk, keys: &[Jwk], config: &Jwks, now: Timestamp) -> bool {
    let soon = now.saturating_add(lead(config)).unwrap_or(now);
    let lasts = |key: &Jwk| key.expires_at.is_none_or(|at| at > soon);
    !lasts(current) && !keys.iter().any(lasts)
}

/// Returns the keys to publish: those with tokens that may still be in use.
pub fn shown<'a>(keys: &'a [Jwk], config: &Jwks, now: Timestamp) -> impl Iterator<Item = &'a Jwk> {
    let grace = SignedDuration::from_secs(i64::from(config.grace_period));
    keys.iter()
        .filter(move |key| key.expires_at.is_none_or(|at| at.saturating_add(grace).is_ok_and(|until| until > now)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(toml: &str) -> Jwks {
        let variables = [("BETTER_AUTH_SECRET", "x".repeat(32)), ("DATABASE_URL", "postgres://localhost/x".to_owned())];
        let variables = variables.map(|(k, v)| (k.to_owned(), v)).into_iter().collect();
        let source = crate::config::Source { name: "gatepost.toml", text: toml };
        crate::config::Config::load(&variables, Some(source)).unwrap().jwks
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn key(id: &str, alg: &str, created: i64, expires: Option<i64>) -> Jwk {
        Jwk {
            id: id.to_owned(),
            public_key: String::new(),
            private_key: String::new(),
            created_at: at(created),
            expires_at: expires.map(at),
            alg: (!alg.is_empty()).then(|| alg.to_owned()),
            crv: None,
        }
    }

    fn ids<'a>(keys: impl IntoIterator<Item = &'a Jwk>) -> Vec<&'a str> {
        keys.into_iter().map(|key| key.id.as_str()).collect()
    }

    #[test]
    fn the_newest_key_of_the_configured_algorithm_signs_once_everybody_has_seen_it() {
        let keys = [
            key("old", "EdDSA", -9_000, None),
            key("other", "ES256", -1_000, None),
            key("unnamed", "", -4_000, None),
            key("new", "EdDSA", -299, None),
            key("over", "EdDSA", -2_000, Some(0)),
        ];
        assert_eq!(ids(candidates(&keys, &config(""), at(0))), ["unnamed", "old", "new", "other"]);
        assert_eq!(ids(candidates(&keys, &config(""), at(1))), ["new", "unnamed", "old", "other"]);
        let another = config("[jwks.key_pair_config]\nalg = \"ES512\"");
        assert_eq!(ids(candidates(&keys[..2], &another, at(0))), ["other", "old"]);
    }

    #[test]
    fn a_key_that_is_about_to_expire_has_its_successor_made_once() {
        let config = config("[jwks]\nrotation_interval = \"1h\"");
        let mut keys = vec![key("a", "EdDSA", -3_600, Some(301))];
        assert!(!is_due(&keys[0], &keys, &config, at(0)));
        assert!(is_due(&keys[0], &keys, &config, at(1)));
        keys.push(key("b", "EdDSA", 1, Some(3_601)));
        assert!(!is_due(&keys[0], &keys, &config, at(2)));
        assert!(!is_due(&key("for ever", "", 0, None), &[], &config, at(0)));
    }

    #[test]
    fn an_expired_key_is_shown_until_the_end_of_the_grace_period() {
        let config = config("[jwks]\ngrace_period = 10");
        let keys = [key("for ever", "", 0, None), key("over", "", 0, Some(0))];
        assert_eq!(ids(shown(&keys, &config, at(9))), ["for ever", "over"]);
        assert_eq!(ids(shown(&keys, &config, at(10))), ["for ever"]);
    }
}
