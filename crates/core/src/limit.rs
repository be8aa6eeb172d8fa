//! Stage 3: whether this client's request is answered at all (spec core §9), and the counts that an instance keeps.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use crate::{
    config::{Limit, LimitStorage},
    context::Context,
    error::{Error, Reason},
    rules::limit::{self, State},
    store,
};

/// The most clients and paths of which an instance keeps a count.
const KEYS: usize = 10_000;
/// The most characters of a key: longer paths are nobody's, and they share a count.
const KEY_LENGTH: usize = 200;
/// In the place of an address in the key of clients without one, as better-auth writes it.
const SHARED: &str = "no-trusted-ip";
/// With one of so many requests, rows that no rule needs any more go.
const FORGET_EVERY: u8 = 64;

/// The counts that an instance keeps for itself.
#[derive(Default)]
pub struct Memory(Mutex<HashMap<String, State>>);

impl Memory {
    /// Counts a request, or says for how many seconds to wait. Never more than a bounded number of keys: the one whose
    /// last request is the longest ago makes room.
    fn take(&self, key: String, limit: Limit, now: i64, longest: i64) -> Result<(), u32> {
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

/// Counts the request. `path` is below the base path and has no slash at its end; the method does not matter.
///
/// # Errors
/// 429 where the client has had its share, and where the database fails that counts.
pub(crate) async fn check(cx: &mut Context, path: &str) -> Result<(), Error> {
    let auth = cx.auth.clone();
    let config = &auth.config.rate_limit;
    if !config.enabled || auth.config.advanced.ip_address.disable_ip_tracking {
        return Ok(());
    }
    let Some(limit) = limit::rule(path, config) else { return Ok(()) };
    let address = cx.client().ip_address;
    let (address, reason) = match address.as_str() {
        "" => (SHARED, Reason::RateLimitedWithoutAddress),
        address => (address, Reason::RateLimited),
    };
    let key: String = format!("{address}|{path}").chars().take(KEY_LENGTH).collect();
    let (now, longest) = (cx.now.as_millisecond(), i64::from(config.longest_window()) * 1_000);
    let taken = match config.storage {
        LimitStorage::Memory => auth.limits.take(key, limit, now, longest),
        LimitStorage::SecondaryStorage => store::limit::count(&cx.db, &key, limit).await?,
        LimitStorage::Database => {
            let mut dice = [0];
            cx.rng.fill(&mut dice);
            let forget = dice.iter().all(|byte| byte % FORGET_EVERY == 0);
            let forget_before = forget.then_some(now - longest);
            let id = cx.rng.id();
            store::limit::take(&cx.db, &store::limit::Request { key: &key, id: &id, limit, now, forget_before }).await?
        }
    };
    taken.map_err(|retry_after| Error::TooManyRequests { retry_after, reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_keeps_a_bounded_number_of_counts() {
        let (memory, limit) = (Memory::default(), Limit { window: 10, max: 1 });
        for number in 0..2 * KEYS {
            assert_eq!(memory.take(number.to_string(), limit, i64::try_from(number).unwrap(), 100_000), Ok(()));
        }
        assert_eq!(memory.0.lock().unwrap().len(), KEYS);
        // The newest are still known.
        assert!(memory.take((2 * KEYS - 1).to_string(), limit, 20_000, 100_000).is_err());
    }
}
