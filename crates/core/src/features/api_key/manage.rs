//! The keys of the signed-in user: created, read, listed, changed and removed (spec management-plugins §§3.3–3.5). A key cannot do any of
//! it, so that a key does not outlive itself.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::Value;

use super::{
    declaration::Configuration,
    issue::{self, Asked, Issued},
    rows::{self, Change, StoredKey},
    rules, wire, words,
};
use crate::{
    code::Code,
    context::Context,
    error::Error,
    reason::Reason,
    reply::Reply,
    signed_in::{self, SignedIn},
    store::{Ground, StoreError},
    wire::Issue,
};

fn unauthorized(reason: Reason) -> Error {
    Error::api(StatusCode::UNAUTHORIZED, words::UNAUTHORIZED_SESSION, reason)
}

fn refused(code: Code) -> Error {
    Error::bad(code, Reason::InvalidInput)
}

fn servers() -> Error {
    Error::bad(words::SERVER_ONLY_PROPERTY, Reason::ServerOnlyProperty)
}

fn unknown() -> Error {
    Error::api(StatusCode::NOT_FOUND, words::KEY_NOT_FOUND, Reason::UnknownApiKey)
}

/// `POST /api-key/create`.
pub(super) async fn create(cx: &mut Context, body: wire::Create) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let (id, options) = auth.config.features.api_key.configuration(body.config_id.as_deref());
    let own = signed_in::stored(cx).await?;
    if body.is_servers() {
        return Err(servers());
    }
    if body.user_id {
        return Err(unauthorized(Reason::ServerOnlyProperty));
    }
    let own = own.map_err(unauthorized)?;
    own.in_person()?;
    let metadata = body.metadata.clone().unwrap_or_default();
    let expires_in = body.expires_in.flatten();
    rules::new_key(options, &body).map_err(refused)?;
    let asked = Asked {
        name: body.name,
        prefix: body.prefix,
        expires_in,
        permissions: None,
        metadata: Some(rules::metadata(&metadata).map_err(Issue)?),
    };
    let made = issue::make(cx, (id, options), &own.user.id, asked);
    let Issued { key, row, stored } = made.map_err(|_| Error::from(too_late()))?;
    let ground = Ground::session(&own.session.token);
    let made = rows::insert(&cx.db, &row, &stored, Some(&ground), cx.now).await?;
    let made = made.ok_or_else(|| unauthorized(Reason::SessionEndedMeanwhile))?;
    Reply::json(&wire::ShownKey::from(&made).with_key(&key, metadata))
}

/// The issue of an expiry that no column can hold.
fn too_late() -> Issue {
    Issue("[body.expiresIn] Invalid input: the time is beyond the year 9999".to_owned())
}

/// Returns a key of the signed-in user in a configuration.
async fn own_key(cx: &Context, own: &SignedIn, id: &str, config: &str) -> Result<StoredKey, Error> {
    let found = match rows::by_id(&cx.db, id).await {
        // A text that cannot be an identifier names no key.
        Err(StoreError::Refused { .. }) => None,
        found => found?,
    };
    found.filter(|key| key.reference_id == own.user.id && rules::config_of(key) == config).ok_or_else(unknown)
}

/// `GET /api-key/get`.
pub(super) async fn get(cx: &mut Context, query: wire::Get, own: SignedIn) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let (config, _) = auth.config.features.api_key.configuration(query.config_id.as_deref());
    let key = own_key(cx, &own, &query.id, config).await?;
    Reply::json(&wire::ShownKey::from(&key))
}

/// `GET /api-key/list`.
pub(super) async fn list(cx: &mut Context, query: wire::List, own: SignedIn) -> Result<Reply, Error> {
    if query.organization_id.as_ref().is_some_and(|id| !id.is_empty()) {
        return Err(Error::bad(words::ORGANIZATION_PLUGIN_REQUIRED, Reason::FeatureDisabled));
    }
    let config = query.config_id.as_deref().filter(|config| !config.is_empty());
    let search = rules::search(&cx.auth.config.schema, &own.user.id, &query).map_err(Issue)?;
    let page = rows::page(&cx.db, &search, config).await?;
    let api_keys = page.keys.iter().map(wire::ShownKey::from).collect();
    Reply::json(&wire::Keys { api_keys, total: page.total, limit: query.limit, offset: query.offset })
}

/// `POST /api-key/update`.
pub(super) async fn update(cx: &mut Context, body: wire::Update) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let (config, options) = auth.config.features.api_key.configuration(body.config_id.as_deref());
    let own = signed_in::stored(cx).await?.map_err(unauthorized)?;
    own.in_person()?;
    if body.user_id.as_deref().is_some_and(|id| !id.is_empty() && id != own.user.id) {
        return Err(unauthorized(Reason::ServerOnlyProperty));
    }
    if body.is_servers() {
        return Err(servers());
    }
    let key = own_key(cx, &own, &body.key_id, config).await?;
    let change = change(cx.now, options, body)?;
    let ground = Ground::session(&own.session.token);
    let changed = rows::update(&cx.db, (&key.id, &own.user.id), &change, Some(&ground)).await?;
    match changed {
        Some(changed) => Reply::json(&wire::ShownKey::from(&changed)),
        None => Err(signed_in::overtaken(cx, &own.user.id, &ground, unknown()).await),
    }
}

/// Reads the changes of a key.
fn change(now: Timestamp, options: &Configuration, body: wire::Update) -> Result<Change, Error> {
    if let Some(name) = &body.name {
        rules::name(options, name).map_err(refused)?;
    }
    let expires_at = match body.expires_in {
        None => None,
        Some(seconds) => {
            rules::expiry(options, seconds).map_err(refused)?;
            Some(seconds.map(|seconds| issue::after(now, seconds).ok_or_else(too_late)).transpose()?)
        }
    };
    let metadata = match body.metadata.filter(|_| options.enable_metadata) {
        None => None,
        Some(metadata @ (Value::Object(_) | Value::Array(_) | Value::Null)) => {
            Some(rules::metadata(&metadata).map_err(Issue)?)
        }
        Some(_) => return Err(refused(words::INVALID_METADATA_TYPE)),
    };
    let change = Change { name: body.name, enabled: body.enabled, expires_at, metadata };
    let is_empty =
        change.name.is_none() && change.enabled.is_none() && change.expires_at.is_none() && change.metadata.is_none();
    if is_empty {
        return Err(Error::bad(words::NO_VALUES_TO_UPDATE, Reason::NothingToUpdate));
    }
    Ok(change)
}

/// `POST /api-key/delete`.
pub(super) async fn delete(cx: &mut Context, body: wire::Delete, own: SignedIn) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let (config, _) = auth.config.features.api_key.configuration(body.config_id.as_deref());
    let ground = Ground::session(&own.session.token);
    match rows::delete_of(&cx.db, &body.key_id, &own.user.id, config, &ground).await {
        Ok(true) => Reply::json(&wire::Success { success: true }),
        Ok(false) => Err(signed_in::overtaken(cx, &own.user.id, &ground, unknown()).await),
        Err(StoreError::Refused { .. }) => Err(unknown()),
        Err(error) => Err(error.into()),
    }
}
