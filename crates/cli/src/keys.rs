//! `gatepost keys`: an operator reads, creates, disables and removes API keys, by the statements of the service. Each change is a line
//! for the log.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use gatepost_core::{
    Auth,
    context::Edge,
    features::api_key::{
        ShownKey,
        declaration::Owner,
        issue::{self, IssueRefusal, NewKeyRequest},
        rows::{self, Change, Holder, StoredKey},
    },
    store::StoreError,
};
use serde_json::{Value, json};

use crate::{
    arguments::Keys,
    organizations,
    terminal::plain,
    users::{CommandResult, OperatorContext, lines, seconds, told, with},
};

/// Runs a subcommand of `gatepost keys`.
///
/// # Errors
/// A sentence with the cause and the fix.
pub async fn keys(auth: Arc<Auth>, command: Keys, edge: Edge) -> Result<CommandResult, String> {
    if !auth.config.features.api_key.enabled {
        return Err(
            "`[api_key] enabled` is off; switch it on, and run `gatepost migrate`, which adds the table".to_owned()
        );
    }
    let mut operator = OperatorContext::new(auth, &edge, command.name())?;
    match command {
        Keys::List { user: Some(user), .. } => {
            let id = operator.find(&user).await?.id;
            list(&operator, Holder::User(&id)).await
        }
        Keys::List { organization, .. } => {
            let id = organization_id(&operator, &organization.unwrap_or_default()).await?;
            list(&operator, Holder::Organization { id: &id, member: None }).await
        }
        Keys::Show { key } => {
            let key = find(&operator, &key).await?;
            Ok(CommandResult { text: lines(&shown(&key)), json: shown(&key), audit: None })
        }
        Keys::Create { user, name, prefix, lasts, permissions, config } => {
            let expires_in = lasts.map(|lasts| seconds(&lasts)).transpose()?.map(f64::from);
            let permissions = self::permissions(&permissions)?;
            let asked = NewKeyRequest { name, prefix, expires_in, permissions, metadata: None };
            create(&mut operator, &user, &config, asked).await
        }
        Keys::Disable { key } => set_enabled(&operator, &key, ("keys disable", false)).await,
        Keys::Enable { key } => set_enabled(&operator, &key, ("keys enable", true)).await,
        Keys::Revoke { key } => {
            let key = find(&operator, &key).await?;
            let holder = holder(&operator, &key);
            if !rows::delete(&operator.cx.db, &key.id, holder).await.map_err(|error| told(&error))? {
                return Err(removed(&key));
            }
            let text = plain(&format!("the API key {} of {} is removed", key.id, name(holder)));
            Ok(done("keys revoke", &key, text))
        }
    }
}

async fn list(operator: &OperatorContext, owner: Holder<'_>) -> Result<CommandResult, String> {
    let of_organizations = operator.cx.auth.config.features.api_key.of_organizations();
    let keys = rows::of_owner(&operator.cx.db, owner, &of_organizations).await.map_err(|error| told(&error))?;
    let mut text = keys.iter().map(|key| line(key) + "\n").collect::<String>();
    let _ = write!(text, "{} of {}", keys.len(), plain(&name(owner)));
    Ok(CommandResult { text, json: keys.iter().map(shown).collect(), audit: None })
}

/// Returns the identifier of an organization, which is named by identifier or slug.
async fn organization_id(operator: &OperatorContext, name: &str) -> Result<String, String> {
    if !operator.cx.auth.config.features.organization.enabled {
        return Err("`[organization] enabled` is off, so no organization has keys; name a user".to_owned());
    }
    Ok(organizations::id_of(&organizations::find(operator, name).await?))
}

/// Names the owner of keys.
fn name(owner: Holder<'_>) -> String {
    match owner {
        Holder::User(id) => format!("user {id}"),
        Holder::Organization { id, .. } => format!("organization {id}"),
    }
}

/// Returns the owner of a key, for whom no member of an organization acts here.
fn holder<'a>(operator: &OperatorContext, key: &'a StoredKey) -> Holder<'a> {
    let id = key.reference_id.as_str();
    let of_organizations = operator.cx.auth.config.features.api_key.of_organizations();
    match of_organizations.iter().any(|config| config == key.config()) {
        true => Holder::Organization { id, member: None },
        false => Holder::User(id),
    }
}

fn removed(key: &StoredKey) -> String {
    format!("the API key {} was removed meanwhile; nothing was changed, and there is nothing to do", key.id)
}

fn done(command: &str, key: &StoredKey, text: String) -> CommandResult {
    let (id, owner) = (&key.id, &key.reference_id);
    let audit = json!({ "level": "info", "command": command, "actor": "operator", "target": owner, "key": id });
    CommandResult { text, json: json!({ "id": id, "referenceId": owner }), audit: Some(audit) }
}

/// Reads permissions as the table has them: the actions of each resource, as JSON.
fn permissions(given: &[String]) -> Result<Option<String>, String> {
    let mut all = BTreeMap::<&str, Vec<&str>>::new();
    for one in given {
        let (resource, action) =
            one.split_once(':').filter(|(resource, action)| !resource.is_empty() && !action.is_empty()).ok_or_else(
                || format!("`{one}` is no permission; pass --permission as RESOURCE:ACTION, such as files:read"),
            )?;
        all.entry(resource).or_default().push(action);
    }
    Ok((!all.is_empty()).then(|| json!(all).to_string()))
}

async fn create(
    operator: &mut OperatorContext,
    user: &str,
    config: &str,
    asked: NewKeyRequest,
) -> Result<CommandResult, String> {
    let auth = operator.cx.auth.clone();
    let options = &auth.config.features.api_key;
    let configuration = options.configurations().find(|(known, _)| *known == config);
    let configuration = configuration.ok_or_else(|| {
        let names: Vec<_> = options.configurations().map(|(name, _)| name).collect();
        format!(
            "there is no configuration `{config}` of API keys; write one of {}, or add `[api_key.configurations.{config}]`",
            names.join(", ")
        )
    })?;
    if configuration.1.references == Owner::Organization {
        return Err(format!(
            "the keys of the configuration `{config}` belong to organizations, and this command creates keys of users; let a member \
             with the permission `apiKey:create` create the key in your application"
        ));
    }
    let owner = operator.find(user).await?;
    let issued = issue::for_operator(&mut operator.cx, configuration, &owner.id, asked).map_err(|refused| {
        let cause = match refused {
            IssueRefusal::TooLate => {
                return "the key would expire after the year 9999; write a shorter --for".to_owned();
            }
            IssueRefusal::Prefix => {
                return "a prefix has only the letters a to z and A to Z, digits, `_` and `-`; write such a --prefix"
                    .to_owned();
            }
            IssueRefusal::Code(code) => code.message.trim_end_matches('.'),
        };
        format!("{cause}; write another --name or --prefix, or change the lengths in `[api_key]`")
    })?;
    let now = (operator.cx.now, &options.of_organizations()[..]);
    let made = rows::insert(&operator.cx.db, (&issued.row, &issued.stored), Holder::User(&owner.id), None, now).await;
    let made = made.map_err(|error| told(&error))?.ok_or_else(|| {
        format!("user {} was removed meanwhile; no key was made, and there is nothing to do", owner.id)
    })?;
    let text = format!(
        "{}\n{}\nThe first line is the key. Keep it now: it is not shown again.",
        plain(&issued.key),
        lines(&shown(&made))
    );
    let json = with(shown(&made), "key", issued.key);
    Ok(CommandResult { json, ..done("keys create", &made, text) })
}

async fn set_enabled(
    operator: &OperatorContext,
    key: &str,
    (command, enabled): (&str, bool),
) -> Result<CommandResult, String> {
    let key = find(operator, key).await?;
    let change = Change { enabled: Some(enabled), ..Change::default() };
    let changed = rows::update(&operator.cx.db, &key.id, holder(operator, &key), &change, None).await;
    let changed = changed.map_err(|error| told(&error))?.ok_or_else(|| removed(&key))?;
    Ok(CommandResult { json: shown(&changed), ..done(command, &changed, lines(&shown(&changed))) })
}

async fn find(operator: &OperatorContext, id: &str) -> Result<StoredKey, String> {
    let found = match rows::by_id(&operator.cx.db, id).await {
        // A text that cannot be an identifier names no key.
        Err(StoreError::Refused { .. }) => None,
        found => found.map_err(|error| told(&error))?,
    };
    found.ok_or_else(|| {
        format!("no API key has the identifier `{id}`; `gatepost keys list` prints those of a user or an organization")
    })
}

/// Returns a key as answers show it: without its text and its hash.
fn shown(key: &StoredKey) -> Value {
    json!(ShownKey::from(key))
}

/// Shows a key in one line.
fn line(key: &StoredKey) -> String {
    let text = |text: &Option<String>| text.as_deref().filter(|text| !text.is_empty()).unwrap_or("-").to_owned();
    let until = key.expires_at.map(|at| format!("  until {at}")).unwrap_or_default();
    let remaining = key.remaining.map(|count| format!("  {count} uses remain")).unwrap_or_default();
    let disabled = if key.enabled == Some(false) { "  disabled" } else { "" };
    plain(&format!("{}  {}…  {}{until}{remaining}{disabled}", key.id, text(&key.start), text(&key.name)))
}
