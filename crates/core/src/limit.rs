//! Rate limits: whether a client's request is answered (stage 3, spec core §9).

use crate::{
    config::LimitStorage,
    context::Context,
    error::Error,
    reason::Reason,
    rules::limit::{self, Rule},
    store,
};

/// The maximum number of characters of a key. Longer paths belong to no endpoint and share a count.
const KEY_LENGTH: usize = 200;
/// The text instead of an address in the key of clients without one, as better-auth writes it.
const SHARED: &str = "no-trusted-ip";
/// One of this many requests removes rows that no rule needs any more.
const FORGET_EVERY: u8 = 64;

/// The path whose limit holds for what mails something.
const MAILS: &str = "/send-verification-email";
/// In the place of a path at which no endpoint is.
const UNKNOWN: &str = "*";

/// Counts a mail that a request sends whose own path has another limit, as a request for a mail of the same client.
///
/// # Errors
/// As [`check`].
pub async fn check_mail(cx: &mut Context) -> Result<(), Error> {
    check(cx, MAILS, Some(MAILS)).await
}

/// Counts the request. `path` is below the base path and has no slash at its end; the method does not matter. `known` is the path of
/// the endpoint there, which may have a `:name`; none where no endpoint is.
///
/// # Errors
/// 429 where the client has had its share, and where the database fails that counts.
pub(crate) async fn check(cx: &mut Context, path: &str, known: Option<&str>) -> Result<(), Error> {
    let auth = cx.auth.clone();
    let config = &auth.config.rate_limit;
    if !config.enabled || auth.config.advanced.ip_address.disable_ip_tracking {
        return Ok(());
    }
    let Some(Rule { name, limit }) = limit::rule(path, config, &auth.config.features) else { return Ok(()) };
    let address = cx.client().ip_address;
    let (address, reason) = match address.as_str() {
        "" => (SHARED, Reason::RateLimitedWithoutAddress),
        address => (address, Reason::RateLimited),
    };
    let key = |path: &str| format!("{address}|{path}").chars().take(KEY_LENGTH).collect::<String>();
    let (now, longest) = (cx.now.as_millisecond(), i64::from(config.longest_window(&auth.config.features)) * 1_000);
    let taken = match config.storage {
        // Made-up paths share the count of the rule that holds for them: otherwise each would take room from other counts.
        LimitStorage::Memory => {
            let shared = (known != Some(path)).then(|| format!("{} {name}", known.unwrap_or(UNKNOWN)));
            auth.limits.take(key(shared.as_deref().unwrap_or(path)), limit, now)
        }
        LimitStorage::SecondaryStorage => store::limit::count(&cx.db, &key(path), limit).await?,
        LimitStorage::Database => {
            let mut dice = [0];
            cx.rng.fill(&mut dice);
            let forget = dice.iter().all(|byte| byte % FORGET_EVERY == 0);
            let forget_before = forget.then_some(now - longest);
            let (id, key) = (cx.rng.id(), key(path));
            store::limit::take(&cx.db, &store::limit::Request { key: &key, id: &id, limit, now, forget_before }).await?
        }
    };
    taken.map_err(|retry_after| Error::TooManyRequests { retry_after, reason })
}
