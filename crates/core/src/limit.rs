//! Rate limits: whether a client's request is answered (stage 3, spec core §9).

use crate::{config::LimitStorage, context::Context, error::Error, reason::Reason, rules::limit, store};

/// The maximum number of characters of a key. Longer paths belong to no endpoint and share a count.
const KEY_LENGTH: usize = 200;
/// The text instead of an address in the key of clients without one, as better-auth writes it.
const SHARED: &str = "no-trusted-ip";
/// One of this many requests removes rows that no rule needs any more.
const FORGET_EVERY: u8 = 64;

/// Counts the request. `path` is below the base path, without a slash at its end; the method does not matter.
///
/// # Errors
/// 429 if the client has reached its limit, or the failure of the store that counts.
pub(crate) async fn check(cx: &mut Context, path: &str) -> Result<(), Error> {
    let auth = cx.auth.clone();
    let config = &auth.config.rate_limit;
    if !config.enabled || auth.config.advanced.ip_address.disable_ip_tracking {
        return Ok(());
    }
    let Some(limit) = limit::rule(path, config, &auth.config.features) else { return Ok(()) };
    let address = cx.client().ip_address;
    let (address, reason) = match address.as_str() {
        "" => (SHARED, Reason::RateLimitedWithoutAddress),
        address => (address, Reason::RateLimited),
    };
    let key: String = format!("{address}|{path}").chars().take(KEY_LENGTH).collect();
    let (now, longest) = (cx.now.as_millisecond(), i64::from(config.longest_window(&auth.config.features)) * 1_000);
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
