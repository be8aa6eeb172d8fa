//! Verifies the key of a request (spec management-plugins §§3.6–3.7): by one statement, or from memory if the deployment allows it.

use http::StatusCode;

use super::{
    declaration::Configuration,
    rows::{
        StoredKey,
        uses::{self, Refusal, Use},
    },
    wire, words,
};
use crate::{
    api_keys::{ApiKey, KeyOwner},
    config::Statements,
    context::{
        Context,
        places::{Answer, KeyUse},
    },
    crypto::one_time_code::hashed,
    error::Error,
    lookup,
    reason::Reason,
    store::StoreError,
};

/// Verifies the key in a header of the request, if a configuration takes it for this use.
pub(super) fn api_key(cx: &mut Context, wanted: KeyUse) -> Answer<'_, Result<Option<ApiKey>, Error>> {
    Box::pin(async move {
        let auth = cx.auth.clone();
        let features = &auth.config.features.api_key;
        if !features.enabled || wanted == KeyUse::Function && !features.protect {
            return Ok(None);
        }
        let takes = |options: &Configuration| wanted == KeyUse::Function || options.enable_session_for_api_keys;
        let found = features
            .configurations()
            .filter(|(_, options)| takes(options))
            .find_map(|(id, options)| Some((id, options, given(cx, options)?)));
        let Some((id, options, key)) = found else { return Ok(None) };
        if key.len() < options.default_key_length as usize {
            return Err(Error::api(StatusCode::FORBIDDEN, words::INVALID_API_KEY, Reason::UnknownApiKey));
        }
        let key = verify(cx, &key, Some(id), None).await?;
        if wanted == KeyUse::Session && key.user().is_none() {
            return Err(invalid_owner(Reason::ApiKeyOfOrganization));
        }
        Ok(Some(key))
    })
}

/// Returns the key in the headers of a configuration.
fn given(cx: &Context, options: &Configuration) -> Option<String> {
    options.api_key_headers.iter().filter_map(|name| cx.header(name)).find(|value| !value.is_empty())
}

/// The answer for a key without a user who could have a session.
fn invalid_owner(reason: Reason) -> Error {
    Error::api(StatusCode::UNAUTHORIZED, words::INVALID_REFERENCE_ID_FROM_API_KEY, reason)
}

/// Returns a key as the table has it.
pub(super) fn stored(options: &Configuration, key: &str) -> String {
    if options.disable_key_hashing { key.to_owned() } else { hashed(key) }
}

/// Verifies a key for a use, with the configuration that it must have and the permissions that it needs, if any. Bans of the owner
/// hold for keys. A key of an organization is valid while the organization exists.
///
/// # Errors
/// The refusal of the key, or the failure of the database.
pub async fn verify(
    cx: &mut Context,
    key: &str,
    config: Option<&str>,
    permissions: Option<&Statements>,
) -> Result<ApiKey, Error> {
    let auth = cx.auth.clone();
    let features = &auth.config.features.api_key;
    let (id, options) = features.configuration(config);
    let stored = stored(options, key);
    // A key that any configuration may have is no key of `default`.
    let place = (config.map_or("", |_| id).to_owned(), stored);
    let remembered = auth.api_keys.recall(&place, features.remember_verdicts, cx.now).filter(|_| permissions.is_none());
    if let Some(key) = remembered {
        return Ok(key);
    }
    let ids: Vec<String> = features.configurations().map(|(id, _)| id.to_owned()).collect();
    let unlimited: Vec<String> = features
        .configurations()
        .filter(|(_, options)| !options.rate_limit.enabled)
        .map(|(id, _)| id.to_owned())
        .collect();
    let of_organizations = features.of_organizations();
    let asked = permissions.map(json_of);
    let wanted = Use {
        stored: &place.1,
        config: config.map(|_| id),
        permissions: asked.as_deref(),
        configurations: &ids,
        of_organizations: &of_organizations,
        unlimited: &unlimited,
        now: cx.now,
    };
    let (found, owner) = match uses::verify(&cx.db, &wanted).await {
        // The row refers to an owner by a text that cannot be an identifier, or has permissions that are no JSON.
        Err(error @ StoreError::Refused { .. }) => return Err(refused(Refusal::Unknown).because(error)),
        found => found?.map_err(refused)?,
    };
    let counts = found.remaining.is_some();
    let key = with_owner(cx, found, owner).await?;
    if features.remember_verdicts > 0 && !counts {
        auth.api_keys.remember(place, &key, cx.now);
    }
    Ok(key)
}

/// Writes permissions as a statement compares them. An empty list permits nothing, so it becomes a text that no key contains.
fn json_of(permissions: &Statements) -> String {
    let is_empty = permissions.iter().next().is_none() || permissions.iter().any(|(_, actions)| actions.is_empty());
    if is_empty {
        return "\"nothing\"".to_owned();
    }
    let members = permissions.iter().map(|(resource, actions)| (resource.to_owned(), actions.to_vec().into()));
    serde_json::Value::Object(members.collect()).to_string()
}

/// Returns a key with its owner, unless the owner is gone or a feature ends the owner's sessions.
async fn with_owner(cx: &Context, found: StoredKey, owner: Option<KeyOwner>) -> Result<ApiKey, Error> {
    let key = ApiKey {
        id: found.id.clone(),
        config_id: found.config().to_owned(),
        name: found.name,
        permissions: permissions(found.permissions.as_deref()),
        metadata: wire::parsed(found.metadata.as_deref()),
        expires_at: found.expires_at,
        owner: owner.ok_or_else(|| invalid_owner(Reason::ApiKeyOwnerGone))?,
    };
    let Some(user) = key.user() else { return Ok(key) };
    let session = key.session(user, cx.client(), cx.auth.config.session.expires_in, cx.now);
    match lookup::over(cx, &session, user).await? {
        None => Ok(key),
        Some(over) => Err(Error::api(StatusCode::UNAUTHORIZED, words::USER_BANNED, over.reason).because(over.told)),
    }
}

/// Reads stored permissions. Anything but an object of lists of texts permits nothing.
fn permissions(text: Option<&str>) -> Option<Statements> {
    let value = wire::parsed(text);
    let members = value.as_object()?.iter();
    let texts = |value: &serde_json::Value| {
        value.as_array()?.iter().map(|one| one.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
    };
    members.map(|(resource, actions)| Some((resource.clone(), texts(actions)?))).collect()
}

/// Returns the answer for a key that is refused.
fn refused(refusal: Refusal) -> Error {
    let (unauthorized, many) = (StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS);
    match refusal {
        Refusal::Unknown => Error::api(unauthorized, words::INVALID_API_KEY, Reason::UnknownApiKey),
        Refusal::Disabled => Error::api(unauthorized, words::KEY_DISABLED, Reason::ApiKeyDisabled),
        Refusal::Expired => Error::api(unauthorized, words::KEY_EXPIRED, Reason::ApiKeyExpired),
        Refusal::NotPermitted => Error::api(unauthorized, words::KEY_NOT_FOUND, Reason::ApiKeyNotPermitted),
        Refusal::Exhausted => Error::api(many, words::USAGE_EXCEEDED, Reason::ApiKeyExhausted),
        Refusal::RateLimited(milliseconds) => {
            Error::TryAgain { code: words::RATE_LIMITED, milliseconds, reason: Reason::ApiKeyRateLimited }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::{Options as _, Section};

    #[test]
    fn keys_are_stored_as_better_auth_stores_them() {
        let vectors = include_str!("../../../../../tests/vectors/management-plugins.json");
        let vectors: serde_json::Value = serde_json::from_str(vectors).unwrap();
        let mut options = Configuration::read(Section::empty(), &mut crate::problem::Problems::default());
        let cases = vectors["api_key"]["cases"].as_array().unwrap();
        assert!(cases.len() >= 3);
        for case in cases {
            let key = case["plaintext"].as_str().unwrap();
            options.disable_key_hashing = false;
            assert_eq!(stored(&options, key), case["stored_key"]);
            options.disable_key_hashing = true;
            assert_eq!(stored(&options, key), key);
        }
    }
}
