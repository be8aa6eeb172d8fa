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
pub struct Counters(Mutex<HashMap<String, State>>);

impl Counters {
    /// Counts a request, or returns after how many seconds to try again. The number of keys is bounded: the one with the oldest
    /// request makes room.
    pub(crate) fn take(&self, key: String, limit: Limit, now: i64, longest: i64) -> Result<(), u32> {
        let mut states = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if states.len() >= KEYS && !states.contains_key(&key) {
            states.retain(|_, state| now - state.last_request < longest);
            if states.len() >= KEYS {
                let oldest = states.iter().min_by_key(|(_, state)| state.last_request);
                let oldest = oldest.map(|(key, _)| key.clone()).unwrap_or_default();
                states.remove(&oldest);
            }
        }
        let state = limit::judge(states.get(&key).copied(), limit, now)?;
        states.insert(key, state);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_keeps_a_bounded_number_of_counts() {
        let (counters, limit) = (Counters::default(), Limit { window: 10, max: 1 });
        for number in 0..2 * KEYS {
            assert_eq!(counters.take(number.to_string(), limit, i64::try_from(number).unwrap(), 100_000), Ok(()));
        }
        assert_eq!(counters.0.lock().unwrap().len(), KEYS);
        // The newest keys are still known.
        assert!(counters.take((2 * KEYS - 1).to_string(), limit, 20_000, 100_000).is_err());
    }
}
