//! The process's environment, and what kind of deployment it says this is.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use super::variables::variables;
use crate::declaration::{Readers, Resource, Variable};

/// The environment of the service, from `VERCEL_ENV`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// `VERCEL_ENV` is anything else or absent: behave as in production.
    Production,
    /// A preview deployment: as strict as production.
    Preview,
    /// `VERCEL_ENV=development`, which `cargo dev` sets: reasons are shown, plain http is fine.
    Development,
}

impl Environment {
    pub(super) fn of(variables: &Variables) -> Self {
        match variables.get("VERCEL_ENV") {
            Some("development") => Self::Development,
            Some("preview") => Self::Preview,
            _ => Self::Production,
        }
    }
}

/// Whether Vercel runs this process, so that the headers which it sets do not come from a client. Elsewhere any client can send
/// them.
pub(super) fn is_vercel(variables: &Variables) -> bool {
    let is_set = |name| variables.get(name).is_some();
    Environment::of(variables) != Environment::Development && is_set("VERCEL_URL") && is_set("VERCEL_REGION")
}

/// The process's environment, read once at the edge. Empty values count as absent, as in better-auth.
#[derive(Clone, Default)]
pub struct Variables {
    values: BTreeMap<String, String>,
    /// The names that a function does not read, whether they are set or not.
    withheld: BTreeSet<&'static str>,
    asked: Arc<Mutex<BTreeSet<String>>>,
}

impl Variables {
    /// The value of `name`, unless it is absent or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
        self.values.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether a variable has a secret that signs.
    pub fn has_secret(&self) -> bool {
        ["BETTER_AUTH_SECRETS", "BETTER_AUTH_SECRET", "AUTH_SECRET"].iter().any(|name| self.get(name).is_some())
    }

    /// Sets a variable, or replaces it.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.values.insert(name.into(), value.into());
    }

    /// Returns only the variables that a function reads whose endpoints use these resources.
    pub fn only_for(&self, uses: impl Iterator<Item = Resource> + Clone) -> Self {
        self.only(|variable| variable.is_read_by(uses.clone()))
    }

    fn only(&self, is_read: impl Fn(&Variable) -> bool) -> Self {
        let mut read = Self::default();
        for variable in variables() {
            if is_read(variable) {
                let found = self.values.iter().filter(|(name, _)| variable.is(name));
                read.values.extend(found.map(|(name, value)| (name.clone(), value.clone())));
            } else {
                read.withheld.extend(variable.names());
            }
        }
        read
    }

    /// Returns only the variables of a command that uses the database and the secondary storage and nothing else: it asks for no
    /// secret of another service, and their absence is no problem.
    pub fn only_for_stores(&self) -> Self {
        const STORES: [&str; 4] = ["DATABASE_URL", "REDIS_URL", "UPSTASH_REDIS_REST_URL", "UPSTASH_REDIS_REST_TOKEN"];
        let signs = |variable: &Variable| variable.name.starts_with("BETTER_AUTH_SECRET");
        let is_read = |variable: &Variable| match variable.readers {
            Readers::Every => !variable.sensitive || STORES.contains(&variable.name) || signs(variable),
            Readers::Using(_) | Readers::CommandLine => false,
        };
        self.only(is_read)
    }

    /// Whether `name` is not for this function, so that its absence says nothing.
    pub fn is_withheld(&self, name: &str) -> bool {
        self.withheld.contains(name)
    }

    /// All of them, in the order of their names, the empty ones as well.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The names that have been asked for so far, of this one and of its clones.
    pub fn asked(&self) -> BTreeSet<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl FromIterator<(String, String)> for Variables {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        Self { values: variables.into_iter().collect(), ..Self::default() }
    }
}
