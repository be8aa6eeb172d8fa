//! `gatepost keys`: an operator reads and revokes API keys, by the statements of the service. Each change is a line for the log.

use std::{fmt::Write as _, sync::Arc};

use gatepost_core::{
    Auth,
    context::Edge,
    features::api_key::{
        ShownKey,
        rows::{self, StoredKey},
    },
    store::StoreError,
};
use serde_json::{Value, json};

use crate::{
    arguments::Keys,
    users::{Done, Office, lines, plain, told},
};

/// Runs a subcommand of `gatepost keys`.
///
/// # Errors
/// A sentence with the cause and the fix.
pub async fn keys(auth: Arc<Auth>, command: Keys, edge: Edge) -> Result<Done, String> {
    if !auth.config.features.api_key.enabled {
        return Err(
            "`[api_key] enabled` is off; switch it on, and run `gatepost migrate`, which adds the table".to_owned()
        );
    }
    let operator = Office::new(auth, &edge)?;
    match command {
        Keys::List { user } => {
            let user = operator.find(&user).await?;
            let keys = rows::of_owner(&operator.cx.db, &user.id).await.map_err(|error| told(&error))?;
            let mut text = keys.iter().map(|key| line(key) + "\n").collect::<String>();
            let _ = write!(text, "{} of user {}", keys.len(), user.id);
            Ok(Done { text, json: keys.iter().map(shown).collect(), audit: None })
        }
        Keys::Show { key } => {
            let key = find(&operator, &key).await?;
            Ok(Done { text: lines(&shown(&key)), json: shown(&key), audit: None })
        }
        Keys::Revoke { key } => {
            let key = find(&operator, &key).await?;
            if !rows::delete(&operator.cx.db, &key.id).await.map_err(|error| told(&error))? {
                return Err(format!("the API key {} was removed meanwhile", key.id));
            }
            let (id, owner) = (&key.id, &key.reference_id);
            let audit =
                json!({ "level": "info", "command": "keys revoke", "actor": "operator", "target": owner, "key": id });
            let text = plain(&format!("the API key {id} of user {owner} is removed"));
            Ok(Done { text, json: json!({ "id": id, "referenceId": owner }), audit: Some(audit) })
        }
    }
}

async fn find(operator: &Office, id: &str) -> Result<StoredKey, String> {
    let found = match rows::by_id(&operator.cx.db, id).await {
        // A text that cannot be an identifier names no key.
        Err(StoreError::Refused { .. }) => None,
        found => found.map_err(|error| told(&error))?,
    };
    found.ok_or_else(|| format!("no API key has the identifier `{id}`; `gatepost keys list` prints those of a user"))
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
