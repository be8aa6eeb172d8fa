//! Decides what a role may do (spec management-plugins §0.9), with the answers of `authorize` in better-auth's
//! `createAccessControl(…).newRole(…)`.

use crate::config::{Roles, Statements};

/// How several actions, or several resources, are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connector {
    /// All are needed.
    And,
    /// One is enough.
    Or,
}

/// The actions that are asked for on one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedActions {
    /// The resource.
    pub resource: String,
    /// The actions. Without one, nothing is permitted.
    pub actions: Vec<String>,
    /// Whether all of the actions are needed.
    pub connector: Connector,
}

impl WantedActions {
    /// All of these actions on a resource.
    pub fn all<A: Into<String>>(resource: impl Into<String>, actions: impl IntoIterator<Item = A>) -> Self {
        let actions = actions.into_iter().map(Into::into).collect();
        Self { resource: resource.into(), actions, connector: Connector::And }
    }
}

/// The reason why a role may not do what is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal<'a> {
    /// The role does not name the resource.
    UnknownResource(&'a str),
    /// The role does not permit these actions on the resource.
    Resource(&'a str),
    /// Nothing is asked for, or none of it is permitted.
    Nothing,
}

impl Refusal<'_> {
    /// Returns better-auth's text.
    pub fn text(self) -> String {
        match self {
            Self::UnknownResource(resource) => format!("You are not allowed to access resource: {resource}"),
            Self::Resource(resource) => format!("unauthorized to access resource \"{resource}\""),
            Self::Nothing => "Not authorized".to_owned(),
        }
    }
}

/// Decides whether a role may do what is asked for. The connector combines the resources.
///
/// # Errors
/// The first reason why not.
pub fn authorize<'a>(role: &Statements, asked: &'a [WantedActions], connector: Connector) -> Result<(), Refusal<'a>> {
    let mut permitted = false;
    for wanted in asked {
        let refusal = match role.actions(&wanted.resource) {
            None => Refusal::UnknownResource(&wanted.resource),
            Some(actions) if permits_actions(actions, wanted) => {
                permitted = true;
                continue;
            }
            Some(_) => Refusal::Resource(&wanted.resource),
        };
        if connector == Connector::And {
            return Err(refusal);
        }
    }
    if permitted { Ok(()) } else { Err(Refusal::Nothing) }
}

fn permits_actions(permitted: &[String], wanted: &WantedActions) -> bool {
    let mut actions = wanted.actions.iter();
    match wanted.connector {
        _ if wanted.actions.is_empty() => false,
        Connector::And => actions.all(|action| permitted.contains(action)),
        Connector::Or => actions.any(|action| permitted.contains(action)),
    }
}

/// Whether one of the roles that a holder has permits all that is asked for. What two roles permit is not added up. Names without a
/// role permit nothing.
pub fn permits<'n>(roles: &Roles, held: impl IntoIterator<Item = &'n str>, asked: &[WantedActions]) -> bool {
    held.into_iter().filter_map(|name| roles.get(name)).any(|role| authorize(role, asked, Connector::And).is_ok())
}
