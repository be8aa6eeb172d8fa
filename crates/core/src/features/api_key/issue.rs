//! New keys: their text, and the row that recognizes them. A user creates a key with a session, an operator on the command line.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{
    declaration::{Configuration, is_prefix},
    rows::StoredKey,
    rules, verify,
};
use crate::{code::Code, context::Context};

/// The requested properties of a new key.
#[derive(Default)]
pub struct NewKeyRequest {
    /// The name.
    pub name: Option<String>,
    /// The prefix; without one, the key has that of the configuration.
    pub prefix: Option<String>,
    /// The seconds for which the key is valid; without them, it is valid as long as the configuration says.
    pub expires_in: Option<f64>,
    /// The permissions, as JSON; without them, the key has those of the configuration.
    pub permissions: Option<String>,
    /// The metadata, as JSON.
    pub metadata: Option<String>,
}

/// A new key that is not stored yet.
pub struct IssuedKey {
    /// The text of the key, which is shown once.
    pub key: String,
    /// The row.
    pub row: StoredKey,
    /// The key as the table has it.
    pub stored: String,
}

/// The reason why a key cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssueRefusal {
    /// The expiry is beyond the year 9999.
    TooLate,
    /// The prefix has other characters than letters, digits, `_` and `-`, or none.
    Prefix,
    /// The name or the prefix is not one that the configuration permits.
    Code(Code),
}

/// Makes a key of a configuration for an owner.
///
/// # Errors
/// [`IssueRefusal::TooLate`].
pub(super) fn make(
    cx: &mut Context,
    (id, options): (&str, &Configuration),
    owner: &str,
    asked: NewKeyRequest,
) -> Result<IssuedKey, IssueRefusal> {
    let prefix = asked.prefix.or_else(|| Some(options.default_prefix.clone()).filter(|prefix| !prefix.is_empty()));
    let random = cx.rng.api_key(options.default_key_length as usize);
    let key = format!("{}{random}", prefix.as_deref().unwrap_or_default());
    let starts = &options.starting_characters;
    let expires_in = asked.expires_in.or(options.key_expiration.default_expires_in.map(f64::from));
    let row = StoredKey {
        id: cx.rng.id(),
        config_id: Some(id.to_owned()),
        name: asked.name,
        start: starts.should_store.then(|| key.chars().take(starts.length as usize).collect()),
        reference_id: owner.to_owned(),
        prefix,
        refill_interval: None,
        refill_amount: None,
        last_refill_at: None,
        enabled: Some(true),
        rate_limit_enabled: Some(options.rate_limit.enabled),
        rate_limit_time_window: Some(options.rate_limit.time_window.into()),
        rate_limit_max: Some(options.rate_limit.max_requests.into()),
        request_count: Some(0),
        remaining: None,
        last_request: None,
        expires_at: expires_in.map(|seconds| after(cx.now, seconds).ok_or(IssueRefusal::TooLate)).transpose()?,
        created_at: Some(cx.now),
        updated_at: Some(cx.now),
        permissions: asked.permissions.or_else(|| rules::permissions(options)),
        metadata: asked.metadata,
    };
    let stored = verify::stored(options, &key);
    Ok(IssuedKey { key, row, stored })
}

/// Makes a key for an operator, who may give it any expiry and any permissions.
///
/// # Errors
/// The reason for the refusal.
pub fn for_operator(
    cx: &mut Context,
    configuration: (&str, &Configuration),
    owner: &str,
    asked: NewKeyRequest,
) -> Result<IssuedKey, IssueRefusal> {
    if asked.prefix.as_deref().is_some_and(|prefix| !is_prefix(prefix)) {
        return Err(IssueRefusal::Prefix);
    }
    rules::named(configuration.1, asked.name.as_deref(), asked.prefix.as_deref()).map_err(IssueRefusal::Code)?;
    let metadata = asked.metadata.or_else(|| rules::metadata(&Value::Null).ok());
    make(cx, configuration, owner, NewKeyRequest { metadata, ..asked })
}

/// Returns the instant that is this many seconds from now; `None` beyond the year 9999.
pub(super) fn after(now: Timestamp, seconds: f64) -> Option<Timestamp> {
    let span = SignedDuration::try_from_secs_f64(seconds).ok()?;
    let end = now.checked_add(span).ok()?;
    Timestamp::from_millisecond(end.as_millisecond()).ok()
}
