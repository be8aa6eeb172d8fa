//! The keys of `gatepost.toml` that decide how a deployment is built. The build script of `gatepost-vercel` includes this
//! file, so that it names only the standard library and `toml`, and reads the list of features as text.

use toml::de::{DeTable, DeValue};

/// The keys on which the set of functions and their routes depend.
const DECISIVE: [&str; 12] = [
    "database.enabled",
    "deployment.functions",
    "disabled_paths",
    "email_verification.confirm_on_page",
    "jwks.jwks_path",
    "jwks.remote_url",
    "jwt.enabled",
    "open_api.enabled",
    "organization.dynamic_access_control.enabled",
    "organization.teams.enabled",
    "secondary_storage.enabled",
    "social.enabled",
];

/// The list of the features: a line for each between `$with! {` and `}`, `name: Options,`.
const FEATURES: &str = include_str!("../declarations.rs");

/// The names of the features, in the order of their list.
pub(crate) fn features() -> impl Iterator<Item = &'static str> {
    let list = FEATURES.split_once("$with! {\n").and_then(|(_, rest)| rest.split_once("}"));
    let lines = list.map_or("", |(list, _)| list).lines();
    lines.filter_map(|line| line.trim().split_once(": ")).map(|(name, _)| name)
}

/// How the line in `Cargo.toml` begins that records for which values `gatepost generate` has written the functions.
pub(crate) const RECORD: &str = "# For gatepost.toml with ";

/// The value at a dotted path of keys, in each form that TOML has for it.
pub(crate) fn value<'t>(table: &'t DeTable<'t>, path: &str) -> Option<&'t DeValue<'t>> {
    let (key, rest) = path.split_once('.').map_or((path, None), |(key, rest)| (key, Some(rest)));
    let (_, found) = table.iter().find(|(name, _)| name.get_ref() == key)?;
    match (rest, found.get_ref()) {
        (None, found) => Some(found),
        (Some(rest), DeValue::Table(table)) => value(table, rest),
        (Some(_), _) => None,
    }
}

/// The line that records the values on which the functions depend.
pub(crate) fn record(table: &DeTable<'_>) -> String {
    let written = |key: &String| Some(format!("{key} = {}", text(value(table, key)?)));
    let of_features = features().map(|name| format!("{name}.enabled"));
    let mut keys: Vec<_> = DECISIVE.iter().map(|key| (*key).to_owned()).chain(of_features).collect();
    keys.sort_unstable();
    let values: Vec<_> = keys.iter().filter_map(written).collect();
    format!("{RECORD}{}.\n", if values.is_empty() { "the defaults".to_owned() } else { values.join(", ") })
}

fn text(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Boolean(value) => value.to_string(),
        DeValue::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| text(item.get_ref())).collect();
            format!("[{}]", items.join(", "))
        }
        // No key here takes anything else.
        other => format!("a {}", other.type_str()),
    }
}
