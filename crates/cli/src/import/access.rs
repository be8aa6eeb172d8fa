//! `ac` and `roles` of the plugins `admin` and `organization`: statements and roles of better-auth's access control are `[access]`.

use gatepost_core::options::Default;
use gatepost_import::value::{Object, Value, ValueKind};

use super::{carry::Carrier, draft::name, literal, report::Class};

/// The holders of roles.
#[derive(Clone, Copy)]
pub(super) struct Holders {
    /// The section of their roles.
    roles: &'static str,
    /// better-auth's own resources.
    resources: &'static [&'static str],
    /// better-auth's own roles: the name of the export, and that of the role.
    built_in: &'static [(&'static str, &'static str)],
}

impl Holders {
    /// The holders of the roles of a plugin that has some, by its section.
    pub(super) fn of(section: &str) -> Option<Self> {
        match section {
            "admin" => Some(Self {
                roles: "access.roles",
                resources: &["user", "session"],
                built_in: &[("adminAc", "admin"), ("userAc", "user")],
            }),
            "organization" => Some(Self {
                roles: "access.organization_roles",
                resources: &["organization", "member", "invitation", "team", "ac"],
                built_in: &[("ownerAc", "owner"), ("adminAc", "admin"), ("memberAc", "member")],
            }),
            _ => None,
        }
    }
}

/// Reads one of the two options.
pub(super) fn read(carrier: &mut Carrier<'_>, holders: Holders, shown: &str, key: &str, value: &Value) {
    match (key, created(value, "createAccessControl"), value.object()) {
        ("ac", Some(object), _) => statements(carrier, holders, shown, value, &object),
        ("roles", _, Some(object)) => {
            let object = object.clone();
            for member in object.holding() {
                let shown = format!("{shown}.{}", member.key);
                match role(carrier, holders, &member.value) {
                    Some(toml) => carrier.write(&shown, member.at, (holders.roles, &name(&member.key)), &toml, ""),
                    None => unknown(carrier, &shown, &member.value),
                }
            }
            for other in &object.unknown {
                unknown(carrier, &format!("{shown}..."), other);
            }
        }
        _ => unknown(carrier, shown, value),
    }
}

/// Adds an option that is not understood. Roles protect.
fn unknown(carrier: &mut Carrier<'_>, shown: &str, value: &Value) {
    carrier.not_understood(shown, value);
    if let Some(entry) = carrier.entries.last_mut() {
        entry.protection = true;
    }
}

/// The object that a function of better-auth's access control was given.
fn created(value: &Value, function: &str) -> Option<Object> {
    let ValueKind::Called(called) = &value.what else { return None };
    let is_it = match &called.callee.what {
        ValueKind::External(one) => one.name() == function,
        ValueKind::Property(_, name) => name == function,
        _ => false,
    };
    called.arguments.first().filter(|_| is_it)?.object().map(|object| object.as_ref().clone())
}

fn statements(carrier: &mut Carrier<'_>, holders: Holders, shown: &str, value: &Value, object: &Object) {
    let is_own = |one: &Value| one.origin().is_some_and(|one| one.name() == "defaultStatements");
    if let Some(other) = object.unknown.iter().find(|one| !is_own(one)) {
        return unknown(carrier, shown, other);
    }
    carrier.add(shown, value.at, Class::Carried, "the statements are in [access.statements]");
    let of_application = |key: &str| !holders.resources.contains(&key);
    for member in object.holding().into_iter().filter(|member| of_application(&member.key)) {
        if carrier.draft.value("access.statements", &name(&member.key)).is_some() {
            // Both plugins may have the same resources.
            continue;
        }
        let shown = format!("{shown}.{}", member.key);
        match literal::of(carrier.project, &member.value, &Default::EmptyList) {
            Ok(read) => carrier.write(&shown, value.at, ("access.statements", &name(&member.key)), &read.toml, ""),
            Err(_) => unknown(carrier, &shown, &member.value),
        }
    }
}

/// A role as a table.
fn role(carrier: &Carrier<'_>, holders: Holders, value: &Value) -> Option<String> {
    let built_in = |value: &Value| {
        let export = value.origin()?.path.first()?;
        let (_, role) = holders.built_in.iter().find(|(known, _)| known == export)?;
        Some(format!("built_in = \"{role}\""))
    };
    let Some(object) = created(value, "newRole") else { return Some(format!("{{ {} }}", built_in(value)?)) };
    let mut members = object.unknown.iter().map(built_in).collect::<Option<Vec<_>>>()?;
    if members.len() > 1 {
        return None;
    }
    for member in object.holding() {
        let actions = literal::of(carrier.project, &member.value, &Default::EmptyList).ok()?;
        members.push(format!("{} = {}", name(&member.key), actions.toml));
    }
    Some(if members.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", members.join(", ")) })
}
