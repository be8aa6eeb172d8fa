//! `[access]`: the resources of an application, their actions, and the roles that may act on them (spec management-plugins §0.9).
//! The keys are names of roles and resources, which the application decides, so that this file reads them by hand.

use std::collections::BTreeMap;

use crate::{options::Section, problem::Problems};

/// The actions that a role may perform, by resource. In `[access.statements]`, the actions that a resource has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statements(BTreeMap<String, Vec<String>>);

impl Statements {
    /// Returns the actions on a resource; `None` if the statements do not name the resource.
    pub fn actions(&self, resource: &str) -> Option<&[String]> {
        self.0.get(resource).map(Vec::as_slice)
    }

    /// Adds the actions of other statements.
    fn add(&mut self, other: Self) {
        for (resource, actions) in other.0 {
            let own = self.0.entry(resource).or_default();
            own.extend(actions.into_iter().filter(|action| !own.contains(action)).collect::<Vec<_>>());
        }
    }

    /// Returns every resource with its actions.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0.iter().map(|(resource, actions)| (resource.as_str(), actions.as_slice()))
    }
}

impl FromIterator<(String, Vec<String>)> for Statements {
    fn from_iter<T: IntoIterator<Item = (String, Vec<String>)>>(statements: T) -> Self {
        Self(statements.into_iter().collect())
    }
}

/// Roles by name, and what each may do.
#[derive(Debug, Clone)]
pub struct Roles {
    roles: BTreeMap<String, Statements>,
    /// Whether the configuration lists the roles. If not, they are better-auth's own, and rows may name others, which may do
    /// nothing.
    pub are_listed: bool,
}

impl Roles {
    /// Returns a role; `None` if there is no role of this name.
    pub fn get(&self, name: &str) -> Option<&Statements> {
        self.roles.get(name)
    }

    /// Returns these roles and others. A role that is in both permits the actions of both.
    #[must_use]
    pub fn with(&self, others: impl IntoIterator<Item = (String, Statements)>) -> Self {
        let mut all = self.clone();
        others.into_iter().for_each(|(name, statements)| all.roles.entry(name).or_default().add(statements));
        all
    }

    /// Returns the names of the roles, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.roles.keys().map(String::as_str)
    }
}

type Actions = &'static [(&'static str, &'static [&'static str])];

/// The statements and roles that better-auth has for one kind of role holders.
#[derive(Debug, Clone, Copy)]
pub struct BuiltInAccess {
    /// The resources with all of their actions (`defaultStatements`).
    pub statements: Actions,
    /// The roles (`defaultRoles`).
    pub roles: &'static [(&'static str, Actions)],
}

/// The statements and roles of users, which the plugin `admin` has.
pub const OF_USERS: BuiltInAccess = BuiltInAccess {
    statements: &[
        (
            "user",
            &[
                "create",
                "list",
                "set-role",
                "ban",
                "impersonate",
                "impersonate-admins",
                "delete",
                "set-password",
                "set-email",
                "set-phone",
                "get",
                "update",
            ],
        ),
        ("session", &["list", "revoke", "delete"]),
    ],
    roles: &[
        (
            "admin",
            &[
                (
                    "user",
                    &[
                        "create",
                        "list",
                        "set-role",
                        "ban",
                        "impersonate",
                        "delete",
                        "set-password",
                        "set-email",
                        "set-phone",
                        "get",
                        "update",
                    ],
                ),
                ("session", &["list", "revoke", "delete"]),
            ],
        ),
        ("user", &[("user", &[]), ("session", &[])]),
    ],
};

/// Every action on the teams of an organization, and on its members.
const CHANGES: &[&str] = &["create", "update", "delete"];
/// Every action on the roles of an organization.
const OF_ROLES: &[&str] = &["create", "read", "update", "delete"];

/// The statements and roles of members of an organization, which the plugin `organization` has.
pub const OF_MEMBERS: BuiltInAccess = BuiltInAccess {
    statements: &[
        ("organization", &["update", "delete"]),
        ("member", CHANGES),
        ("invitation", &["create", "cancel"]),
        ("team", CHANGES),
        ("ac", OF_ROLES),
    ],
    roles: &[
        (
            "admin",
            &[
                ("organization", &["update"]),
                ("invitation", &["create", "cancel"]),
                ("member", CHANGES),
                ("team", CHANGES),
                ("ac", OF_ROLES),
            ],
        ),
        (
            "owner",
            &[
                ("organization", &["update", "delete"]),
                ("member", CHANGES),
                ("invitation", &["create", "cancel"]),
                ("team", CHANGES),
                ("ac", OF_ROLES),
            ],
        ),
        ("member", &[("organization", &[]), ("member", &[]), ("invitation", &[]), ("team", &[]), ("ac", &["read"])]),
    ],
};

fn owned(actions: Actions) -> impl Iterator<Item = (String, Vec<String>)> {
    actions.iter().map(|(resource, actions)| {
        ((*resource).to_owned(), actions.iter().map(|action| (*action).to_owned()).collect())
    })
}

impl BuiltInAccess {
    /// Returns a role of better-auth.
    pub fn role(&self, name: &str) -> Option<Statements> {
        self.roles.iter().find(|(known, _)| *known == name).map(|(_, actions)| owned(actions).collect())
    }

    /// Whether better-auth has this resource.
    pub fn has_resource(&self, name: &str) -> bool {
        self.statements.iter().any(|(known, _)| *known == name)
    }

    /// Returns the roles of a configuration that lists none.
    pub fn all(&self) -> Roles {
        let roles = self.roles.iter().map(|(name, actions)| ((*name).to_owned(), owned(actions).collect()));
        Roles { roles: roles.collect(), are_listed: false }
    }
}

/// `[access]`: the resources of the application, the roles of users, and those of members of organizations.
#[derive(Debug, Clone)]
pub struct Access {
    /// The resources of the application, if the configuration lists them. better-auth's own are not among them.
    pub statements: Option<Statements>,
    /// The roles of users.
    pub roles: Roles,
    /// The roles of members of organizations.
    pub organization_roles: Roles,
}

impl Default for Access {
    fn default() -> Self {
        Self { statements: None, roles: OF_USERS.all(), organization_roles: OF_MEMBERS.all() }
    }
}

/// The key of a role that takes the statements of one of better-auth's roles over.
const TAKEN_OVER: &str = "built_in";

impl Access {
    /// Reads the section.
    pub(super) fn read(mut section: Section<'_>, problems: &mut Problems) -> Self {
        let has_statements = section.has("statements");
        let statements = section.section("statements", problems).lists(problems);
        let statements = statements.into_iter().map(|(resource, _, actions)| (resource, actions)).collect();
        let statements = has_statements.then_some(statements);
        let mut read = |key, built_in: &BuiltInAccess| {
            let is_listed = section.has(key);
            let listed = section.section(key, problems);
            if is_listed { roles(listed, built_in, statements.as_ref(), problems) } else { built_in.all() }
        };
        let (roles, organization_roles) = (read("roles", &OF_USERS), read("organization_roles", &OF_MEMBERS));
        section.finish(problems);
        Self { statements, roles, organization_roles }
    }
}

/// Reads a section whose tables are roles, which replace all of better-auth's roles of this kind. A role may take the statements of
/// one of them over, and name other actions for some of its resources.
fn roles(
    section: Section<'_>,
    built_in: &BuiltInAccess,
    statements: Option<&Statements>,
    problems: &mut Problems,
) -> Roles {
    let mut roles = BTreeMap::new();
    for (name, place, mut table) in section.tables(problems) {
        if name.is_empty() || name.contains(',') || name.trim() != name {
            let text = format!(
                "`{name}` cannot be a role, since a user's roles are stored with commas between them; write a name without commas and spaces around it"
            );
            problems.add(place, text);
        }
        let mut role = Statements::default();
        if !table.is_list(TAKEN_OVER)
            && let Some(taken) = table.text(TAKEN_OVER, problems)
        {
            match built_in.role(&taken) {
                Some(of_better_auth) => role = of_better_auth,
                None => {
                    let known: Vec<_> = built_in.roles.iter().map(|(name, _)| format!("\"{name}\"")).collect();
                    let text = format!("better-auth has no role `{taken}`; write one of {}", known.join(", "));
                    problems.add(table.place(TAKEN_OVER), text);
                }
            }
        }
        for (resource, place, actions) in table.lists(problems) {
            if let Some(text) = unknown(&resource, &actions, built_in, statements) {
                problems.add(place, text);
            }
            role.0.insert(resource, actions);
        }
        roles.insert(name, role);
    }
    Roles { roles, are_listed: true }
}

/// Returns what is wrong with the actions of a role on a resource of better-auth, or on any if the configuration lists the resources of
/// the application.
fn unknown(
    resource: &str,
    actions: &[String],
    built_in: &BuiltInAccess,
    statements: Option<&Statements>,
) -> Option<String> {
    let own = statements.and_then(|statements| statements.actions(resource));
    let of_better_auth = built_in.statements.iter().find(|(known, _)| *known == resource).map(|(_, actions)| *actions);
    if of_better_auth.is_none() && own.is_none() {
        statements?;
        return Some(format!("`access.statements` has no resource `{resource}`; add it there, or correct the name"));
    }
    let is_known = |action: &String| {
        own.is_some_and(|own| own.contains(action))
            || of_better_auth.is_some_and(|known| known.contains(&action.as_str()))
    };
    let action = actions.iter().find(|action| !is_known(action))?;
    Some(format!("the resource `{resource}` has no action `{action}`; add it to `access.statements`, or correct it"))
}
