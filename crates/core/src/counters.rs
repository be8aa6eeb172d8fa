//! The counts of requests in the memory of an instance, if rate limits are there.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use crate::{
    config::Limit,
    rules::limit::{self, State},
};

/// The maximum number of clients and paths that an instance counts.
const KEYS: usize = 10_000;

/// The counts of requests in the memory of an instance.
#[derive(Default)]
pub struct Counters(Mutex<HashMap<String, Count>>);

/// A count, and the limit that holds for it.
struct Count {
    state: State,
    limit: Limit,
}

impl Count {
    /// Whether the window is over, so that the next request begins a new window in any case.
    fn is_over(&self, now: i64) -> bool {
        now - self.state.last_request >= limit::window(self.limit)
    }

    /// How near a client is to its limit, in thousandths.
    fn nearness(&self) -> u64 {
        u64::from(self.state.count) * 1_000 / u64::from(self.limit.max.max(1))
    }
}

impl Counters {
    /// Counts a request, or says for how many seconds to wait. Never more than a bounded number of keys. Where there is no room, the
    /// count that is farthest from its limit goes, and of several the one whose last request is the longest ago: requests that cost
    /// a client little do not remove a count that stops it.
    pub(crate) fn take(&self, key: String, limit: Limit, now: i64) -> Result<(), u32> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= KEYS && !counts.contains_key(&key) {
            counts.retain(|_, count| !count.is_over(now));
            if counts.len() >= KEYS {
                let least = counts.iter().min_by_key(|(_, count)| (count.nearness(), count.state.last_request));
                let least = least.map(|(key, _)| key.clone()).unwrap_or_default();
                counts.remove(&least);
            }
        }
        let state = limit::judge(counts.get(&key).map(|count| count.state), limit, now)?;
        counts.insert(key, Count { state, limit });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_keeps_a_bounded_number_of_counts() {
        let (counters, limit) = (Counters::default(), Limit { window: 100, max: 1 });
        for number in 0..2 * KEYS {
            assert_eq!(counters.take(number.to_string(), limit, i64::try_from(number).unwrap()), Ok(()));
        }
        assert_eq!(counters.0.lock().unwrap().len(), KEYS);
        // The newest are still known.
        assert!(counters.take((2 * KEYS - 1).to_string(), limit, 20_000).is_err());
    }

    #[test]
    fn a_count_at_its_limit_is_not_pushed_out_by_counts_far_from_theirs() {
        let (counters, strict, general) =
            (Counters::default(), Limit { window: 10, max: 3 }, Limit { window: 10, max: 100 });
        for now in 0..3 {
            assert_eq!(counters.take("guesses".to_owned(), strict, now), Ok(()));
        }
        for number in 0..2 * KEYS {
            assert_eq!(counters.take(number.to_string(), general, 3), Ok(()));
        }
        assert_eq!(counters.0.lock().unwrap().len(), KEYS);
        assert!(counters.take("guesses".to_owned(), strict, 4).is_err());
        // What is over makes room first.
        assert_eq!(counters.take("later".to_owned(), general, 20_000), Ok(()));
        assert_eq!(counters.0.lock().unwrap().len(), 1);
    }
}
