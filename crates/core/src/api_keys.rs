//! The caller that an API key stands for, and the keys that an instance knows to be valid (feature `api_key`).

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::{
    config::Statements,
    model::{Additional, Session, User},
    rules::{
        access::{self, Connector, WantedActions},
        session::Client,
    },
};

/// The owner of an API key.
#[derive(Clone)]
pub enum KeyOwner {
    /// A user.
    User(User),
    /// The organization with this identifier.
    Organization(String),
}

/// The standing of a user in an organization, with regard to an action on the API keys of the organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyAccess {
    /// The organization does not exist, or the user is not a member.
    Outside,
    /// The roles of the member do not permit the action.
    NotPermitted,
    /// The roles of the member permit the action.
    Permitted {
        /// The identifier of the organization, as its row has it.
        organization: String,
        /// The roles, as the row of the member has them.
        role: String,
    },
}

/// A valid API key with its owner.
#[derive(Clone)]
pub struct ApiKey {
    /// The identifier of the key's row.
    pub id: String,
    /// The identifier of the key's configuration.
    pub config_id: String,
    /// The name, if the key has one.
    pub name: Option<String>,
    /// The permissions; `None` if the key has none.
    pub permissions: Option<Statements>,
    /// The metadata, or null.
    pub metadata: Value,
    /// The expiry, if the key expires.
    pub expires_at: Option<Timestamp>,
    /// The owner.
    pub owner: KeyOwner,
}

impl ApiKey {
    /// Returns the owner; `None` if the key belongs to an organization.
    pub fn user(&self) -> Option<&User> {
        match &self.owner {
            KeyOwner::User(user) => Some(user),
            KeyOwner::Organization(_) => None,
        }
    }

    /// Returns the identifier of the organization that owns the key; `None` if the key belongs to a user.
    pub fn organization_id(&self) -> Option<&str> {
        match &self.owner {
            KeyOwner::User(_) => None,
            KeyOwner::Organization(id) => Some(id),
        }
    }

    /// Whether the key permits all of these actions on a resource. A key without permissions permits nothing.
    pub fn permits<A: Into<String>>(&self, resource: &str, actions: impl IntoIterator<Item = A>) -> bool {
        let asked = [WantedActions::all(resource, actions)];
        self.permissions.as_ref().is_some_and(|role| access::authorize(role, &asked, Connector::And).is_ok())
    }

    /// Returns the session of this user that stands for the key. Its token is the key's identifier, which opens nothing.
    pub fn session(&self, user: &User, client: Client, expires_in: u32, now: Timestamp) -> Session {
        let end = now.checked_add(SignedDuration::from_secs(expires_in.into())).unwrap_or(Timestamp::MAX);
        Session {
            expires_at: self.expires_at.unwrap_or(end),
            token: self.id.clone(),
            created_at: Some(now),
            updated_at: Some(now),
            ip_address: Some(client.ip_address).filter(|address| !address.is_empty()),
            user_agent: Some(client.user_agent).filter(|agent| !agent.is_empty()),
            user_id: user.id.clone(),
            additional: Additional::default(),
            id: self.id.clone(),
            values: serde_json::Map::new(),
        }
    }
}

/// The most keys that an instance remembers. With one more, it forgets all of them.
const MOST: usize = 1_000;

/// Keys that were valid recently, by configuration and stored form.
#[derive(Default)]
pub struct RememberedKeys(Mutex<HashMap<(String, String), (Timestamp, ApiKey)>>);

impl RememberedKeys {
    /// Returns a key that was valid less than so many seconds ago and has not expired since.
    pub(crate) fn recall(&self, place: &(String, String), seconds: u32, now: Timestamp) -> Option<ApiKey> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, key) = all.get(place)?;
        let is_recent = (0..i64::from(seconds)).contains(&now.duration_since(*at).as_secs());
        Some(key.clone()).filter(|key| is_recent && key.expires_at.is_none_or(|end| end >= now))
    }

    /// Remembers a key that is valid now.
    pub(crate) fn remember(&self, place: (String, String), key: &ApiKey, now: Timestamp) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(place, (now, key.clone()));
    }
}
