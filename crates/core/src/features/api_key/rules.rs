//! Decides what clients may ask of keys (spec management-plugins §§3.3–3.5).

use serde_json::Value;

use super::{
    declaration::Configuration,
    wire::{Create, List},
    words,
};
use crate::{
    code::Code,
    config::Schema,
    json,
    rules::search::{Condition, Operator, Search, SearchField, SearchValue},
};

const SECONDS_PER_DAY: f64 = 86_400.0;
/// The most bytes of metadata as JSON. A list of keys must fit into the memory of an instance.
const MOST_METADATA: usize = 10_000;
/// The most keys of a page.
const MOST_KEYS: i64 = 1_000;

/// Checks what a client asks of a new key.
pub(super) fn new_key(options: &Configuration, body: &Create) -> Result<(), Code> {
    if let Some(metadata) = body.metadata.as_ref().filter(|metadata| json::is_truthy(metadata)) {
        if !options.enable_metadata {
            return Err(words::METADATA_DISABLED);
        }
        if !metadata.is_object() && !metadata.is_array() {
            return Err(words::INVALID_METADATA_TYPE);
        }
    }
    if let Some(seconds) = body.expires_in.flatten() {
        expiry(options, Some(seconds))?;
    }
    named(options, body.name.as_deref(), body.prefix.as_deref())
}

/// Checks the name and the prefix of a new key.
pub(super) fn named(options: &Configuration, given: Option<&str>, prefix: Option<&str>) -> Result<(), Code> {
    if let Some(prefix) = prefix {
        let lengths = options.minimum_prefix_length..=options.maximum_prefix_length;
        within(lengths, prefix, words::INVALID_PREFIX_LENGTH)?;
    }
    match given.filter(|name| !name.is_empty()) {
        Some(given) => name(options, given),
        None if options.require_name => Err(words::NAME_REQUIRED),
        None => Ok(()),
    }
}

fn within(lengths: std::ops::RangeInclusive<u32>, text: &str, code: Code) -> Result<(), Code> {
    // JavaScript counts the code units of UTF-16.
    let length = u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX);
    if lengths.contains(&length) { Ok(()) } else { Err(code) }
}

/// Checks the name of a key.
pub(super) fn name(options: &Configuration, name: &str) -> Result<(), Code> {
    within(options.minimum_name_length..=options.maximum_name_length, name, words::INVALID_NAME_LENGTH)
}

/// Checks how long a key is to be valid, in seconds; `None` asks for a key without an expiry.
pub(super) fn expiry(options: &Configuration, seconds: Option<f64>) -> Result<(), Code> {
    let rules = &options.key_expiration;
    if rules.disable_custom_expires_time {
        return Err(words::KEY_DISABLED_EXPIRATION);
    }
    let Some(days) = seconds.map(|seconds| seconds / SECONDS_PER_DAY) else { return Ok(()) };
    if days < f64::from(rules.min_expires_in) {
        return Err(words::EXPIRES_IN_IS_TOO_SMALL);
    }
    if days > f64::from(rules.max_expires_in) {
        return Err(words::EXPIRES_IN_IS_TOO_LARGE);
    }
    Ok(())
}

/// Returns the permissions of a new key, as the table has them.
pub(super) fn permissions(options: &Configuration) -> Option<String> {
    let statements = options.permissions.default_permissions.as_ref()?;
    let members = statements.iter().map(|(resource, actions)| (resource.clone(), Value::from(actions.clone())));
    Some(json::to_string(&Value::Object(members.collect())))
}

/// Returns metadata as the table has it. A value that counts as none is stored as `null`.
///
/// # Errors
/// A text for the client about metadata that is too large.
pub(super) fn metadata(metadata: &Value) -> Result<String, String> {
    let kept = if json::is_truthy(metadata) { metadata } else { &Value::Null };
    let text = json::to_string(kept);
    if text.len() > MOST_METADATA {
        return Err(format!("[body.metadata] Too big: expected at most {MOST_METADATA} bytes"));
    }
    Ok(text)
}

/// Returns the search for a page of the keys of an owner, the oldest first unless the query says otherwise.
///
/// # Errors
/// A text for the client about a field that answers do not show.
pub(super) fn search(schema: &Schema, owner: &str, query: &List) -> Result<Search, String> {
    let known = |field: &str| {
        let known = SearchField::of(schema, "apikey", field).filter(|_| field != "key");
        known.ok_or_else(|| format!("[query.sortBy] Invalid input: keys have no field `{field}`"))
    };
    let sort_by = query.sort_by.as_deref().filter(|field| !field.is_empty());
    let owner = Condition::new(known("referenceId")?, Operator::Equal, SearchValue::One(owner.to_owned()));
    Ok(Search {
        conditions: vec![owner],
        order: known(sort_by.unwrap_or("createdAt"))?,
        descending: sort_by.is_some() && query.descending,
        limit: query.limit.unwrap_or(MOST_KEYS).min(MOST_KEYS),
        offset: query.offset.unwrap_or(0),
    })
}
