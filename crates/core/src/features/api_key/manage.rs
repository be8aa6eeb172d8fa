//! The keys of the signed-in user, and of organizations of which the user is a member: created, read, listed, changed and removed (spec
//! management-plugins §§3.3–3.5, 3.8). A request with a key can do none of this; otherwise the holder of a key could make a new one before it ends.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::Value;

use super::{
    declaration::{self, Configuration},
    issue::{self, IssuedKey, NewKeyRequest},
    owner::{Owner, action, not_permitted},
    rows::{self, Change, ListedConfigurations, StoredKey},
    rules, wire, words,
};
use crate::{
    code::Code,
    context::Context,
    error::Error,
    reason::Reason,
    reply::Reply,
    signed_in::{self, SignedIn},
    store::{RequestProof, StoreError},
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
    let organization = body.organization_id.as_deref().filter(|id| !id.is_empty());
    if options.references == declaration::Owner::Organization && organization.is_none() {
        return Err(Error::bad(words::ORGANIZATION_ID_REQUIRED, Reason::NoOrganization));
    }
    let own = own.map_err(unauthorized)?;
    own.in_person()?;
    let owner = match organization.filter(|_| options.references == declaration::Owner::Organization) {
        None => Owner::User(&own),
        Some(id) => Owner::organization(cx, &own, id, action::CREATE).await?,
    };
    let metadata = body.metadata.clone().unwrap_or_default();
    let expires_in = body.expires_in.flatten();
    rules::new_key(options, &body).map_err(refused)?;
    let asked = NewKeyRequest {
        name: body.name,
        prefix: body.prefix,
        expires_in,
        permissions: None,
        metadata: Some(rules::metadata(&metadata).map_err(Issue)?),
    };
    let made = issue::make(cx, (id, options), owner.id(), asked);
    let IssuedKey { key, row, stored } = made.map_err(|_| Error::from(too_late()))?;
    let ground = RequestProof::session(&own.session.token);
    let of_organizations = cx.auth.config.features.api_key.of_organizations();
    let now = (cx.now, of_organizations.as_slice());
    match rows::insert(&cx.db, (&row, &stored), owner.holder(), Some(&ground), now).await? {
        Some(made) => Reply::json(&wire::ShownKey::from(&made).with_key(&key, metadata)),
        None if owner.is_organization() => Err(owner.overtaken(cx, &ground, not_permitted()).await),
        None => Err(unauthorized(Reason::SessionEndedMeanwhile)),
    }
}

/// The issue of an expiry that no column can hold.
fn too_late() -> Issue {
    Issue("[body.expiresIn] Invalid input: the time is beyond the year 9999".to_owned())
}

/// Returns a key of a configuration with its owner: the signed-in user, or an organization where the user may perform the action.
async fn named<'a>(
    cx: &Context,
    own: &'a SignedIn,
    id: &str,
    (config, options): (&str, &Configuration),
    action: &'static str,
) -> Result<(StoredKey, Owner<'a>), Error> {
    let found = match rows::by_id(&cx.db, id).await {
        // A text that cannot be an identifier names no key.
        Err(StoreError::Refused { .. }) => None,
        found => found?,
    };
    let key = found.filter(|key| key.config() == config).ok_or_else(unknown)?;
    let owner = match options.references {
        declaration::Owner::User if key.reference_id == own.user.id => Owner::User(own),
        declaration::Owner::User => return Err(unknown()),
        declaration::Owner::Organization => Owner::of_key(cx, own, &key.reference_id, action).await?,
    };
    Ok((key, owner))
}

/// `GET /api-key/get`.
pub(super) async fn get(cx: &mut Context, query: wire::Get, own: SignedIn) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let configuration = auth.config.features.api_key.configuration(query.config_id.as_deref());
    let (key, _) = named(cx, &own, &query.id, configuration, action::READ).await?;
    Reply::json(&wire::ShownKey::from(&key))
}

/// `GET /api-key/list`.
pub(super) async fn list(cx: &mut Context, query: wire::List, own: SignedIn) -> Result<Reply, Error> {
    let owner = match query.organization_id.as_deref().filter(|id| !id.is_empty()) {
        None => Owner::User(&own),
        Some(id) => Owner::organization(cx, &own, id, action::READ).await?,
    };
    // An empty text is an organization without keys, as in better-auth.
    let id = query.organization_id.as_deref().filter(|_| !owner.is_organization()).unwrap_or(owner.id());
    let search = rules::search(&cx.auth.config.schema, id, &query).map_err(Issue)?;
    let listed = ListedConfigurations {
        config: query.config_id.as_deref().filter(|config| !config.is_empty()),
        of_organizations: &cx.auth.config.features.api_key.of_organizations(),
        is_of_organization: owner.is_organization(),
    };
    let page = rows::page(&cx.db, &search, &listed).await?;
    let api_keys = page.keys.iter().map(wire::ShownKey::from).collect();
    Reply::json(&wire::Keys { api_keys, total: page.total, limit: query.limit, offset: query.offset })
}

/// `POST /api-key/update`.
pub(super) async fn update(cx: &mut Context, body: wire::Update) -> Result<Reply, Error> {
    let auth = cx.auth.clone();
    let configuration = auth.config.features.api_key.configuration(body.config_id.as_deref());
    let own = signed_in::stored(cx).await?.map_err(unauthorized)?;
    own.in_person()?;
    if body.user_id.as_deref().is_some_and(|id| !id.is_empty() && id != own.user.id) {
        return Err(unauthorized(Reason::ServerOnlyProperty));
    }
    if body.is_servers() {
        return Err(servers());
    }
    let (key, owner) = named(cx, &own, &body.key_id, configuration, action::UPDATE).await?;
    let change = change(cx.now, configuration.1, body)?;
    let ground = RequestProof::session(&own.session.token);
    match rows::update(&cx.db, &key.id, owner.holder(), &change, Some(&ground)).await? {
        Some(changed) => Reply::json(&wire::ShownKey::from(&changed)),
        None => Err(owner.overtaken(cx, &ground, unknown()).await),
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
    let (config, options) = auth.config.features.api_key.configuration(body.config_id.as_deref());
    let owner = match options.references {
        // The statement that removes the key also looks for its owner.
        declaration::Owner::User => Owner::User(&own),
        declaration::Owner::Organization => named(cx, &own, &body.key_id, (config, options), action::DELETE).await?.1,
    };
    let ground = RequestProof::session(&own.session.token);
    match rows::delete_of(&cx.db, &body.key_id, owner.holder(), config, &ground).await {
        Ok(true) => Reply::json(&wire::Success { success: true }),
        Ok(false) => Err(owner.overtaken(cx, &ground, unknown()).await),
        Err(StoreError::Refused { .. }) => Err(unknown()),
        Err(error) => Err(error.into()),
    }
}
