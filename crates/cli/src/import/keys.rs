//! The keys of `gatepost.toml`, from their declarations: an option of better-auth is carried if a key has its name. A key that is
//! declared later is carried without a change here.

use std::collections::BTreeMap;

use gatepost_core::{
    config, declarations,
    options::{Default, Row, plain},
};

/// A key.
#[derive(Debug, Clone)]
pub(super) struct Key {
    /// Its section: `session`; empty in front of all sections.
    pub(super) section: String,
    /// Its name within the section, with dots between the parts.
    pub(super) name: String,
    /// The default.
    pub(super) default: Default,
}

impl Key {
    /// The whole path.
    pub(super) fn path(&self) -> String {
        if self.section.is_empty() { self.name.clone() } else { format!("{}.{}", self.section, self.name) }
    }
}

/// All keys, by their letters and digits.
pub(super) struct Keys {
    keys: BTreeMap<String, Key>,
    /// The sections of features.
    features: Vec<&'static str>,
}

/// The letters and digits of each part of a path.
fn folded(path: &str) -> String {
    path.split('.').map(|part| plain(part).into_iter().collect::<String>()).collect::<Vec<_>>().join(".")
}

impl Keys {
    /// The keys that are declared.
    pub(super) fn declared() -> Self {
        let mut all = Self { keys: BTreeMap::new(), features: Vec::new() };
        for (section, table) in config::OPTIONS.iter().chain(declarations::OPTIONS) {
            all.add(section, "", table.rows);
        }
        all.features = declarations::OPTIONS.iter().map(|(section, _)| *section).collect();
        all
    }

    fn add(&mut self, section: &str, above: &str, rows: &[Row]) {
        for Row { key, default, .. } in rows {
            let name = match (above, *key) {
                (above, "") => above.to_owned(),
                ("", key) => key.to_owned(),
                (above, key) => format!("{above}.{key}"),
            };
            if let Default::Section(rows) = default {
                self.add(section, &name, rows);
                continue;
            }
            let key = Key { section: section.to_owned(), name, default: *default };
            self.keys.insert(folded(&key.path()), key);
        }
    }

    /// The key of a path in either case.
    pub(super) fn find(&self, path: &str) -> Option<&Key> {
        self.keys.get(&folded(path))
    }

    /// Whether there are keys below a path.
    pub(super) fn has_below(&self, path: &str) -> bool {
        let below = format!("{}.", folded(path));
        self.keys.range(below.clone()..).next().is_some_and(|(key, _)| key.starts_with(&below))
    }

    /// The section of the feature that is better-auth's plugin of this name.
    pub(super) fn feature(&self, plugin: &str) -> Option<&'static str> {
        self.features.iter().copied().find(|section| plain(section) == plain(plugin))
    }

    /// The order of the sections.
    pub(super) fn sections(&self) -> impl Iterator<Item = &'static str> {
        config::OPTIONS.iter().chain(declarations::OPTIONS).map(|(section, _)| *section)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_better_auth_find_the_keys() {
        let keys = Keys::declared();
        for (option, key) in [
            ("appName", "app_name"),
            ("emailAndPassword.minPasswordLength", "email_and_password.min_password_length"),
            ("onAPIError.errorURL", "on_api_error.error_url"),
            ("advanced.ipAddress.ipv6Subnet", "advanced.ip_address.ipv6_subnet"),
            ("advanced.disableCSRFCheck", "advanced.disable_csrf_check"),
            ("account.encryptOAuthTokens", "account.encrypt_oauth_tokens"),
        ] {
            assert_eq!(keys.find(option).map(Key::path).as_deref(), Some(key), "{option}");
        }
        assert_eq!(keys.feature("haveIBeenPwned"), Some("have_i_been_pwned"));
        assert!(keys.has_below("session.cookieCache") && !keys.has_below("session.cookie"));
    }
}
