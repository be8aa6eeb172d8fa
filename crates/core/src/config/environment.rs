//! The process's environment, and what kind of deployment it says this is.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use super::variables::variables;
use crate::declaration::Resource;

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

    /// Sets a variable, or replaces it.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.values.insert(name.into(), value.into());
    }

    /// Returns only the variables that a function reads whose endpoints use these resources.
    pub fn only_for(&self, uses: impl Iterator<Item = Resource> + Clone) -> Self {
        let mut read = Self::default();
        for variable in variables() {
            if variable.is_read_by(uses.clone()) {
                let found = self.values.iter().filter(|(name, _)| variable.is(name));
                read.values.extend(found.map(|(name, value)| (name.clone(), value.clone())));
            } else {
                read.withheld.extend(variable.names());
            }
        }
        read
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
