//! `ac` and `roles` of the plugin `admin`: statements and roles of better-auth's access control are `[access]`.

use gatepost_core::options::Default;
use gatepost_import::value::{Object, Value, What};

use super::{carry::Carrier, draft::name, literal, report::Class};

/// Reads one of the two options.
pub(super) fn read(carrier: &mut Carrier<'_>, shown: &str, key: &str, value: &Value) {
    match (key, created(value, "createAccessControl"), value.object()) {
        ("ac", Some(object), _) => statements(carrier, shown, value, &object),
        ("roles", _, Some(object)) => {
            let object = object.clone();
            for member in object.holding() {
                let shown = format!("{shown}.{}", member.key);
                match role(carrier, &member.value) {
                    Some(toml) => carrier.write(&shown, member.at, ("access.roles", &name(&member.key)), &toml, ""),
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
    let What::Called(called) = &value.what else { return None };
    let is_it = match &called.callee.what {
        What::External(one) => one.name() == function,
        What::Property(_, name) => name == function,
        _ => false,
    };
    called.arguments.first().filter(|_| is_it)?.object().map(|object| object.as_ref().clone())
}

fn statements(carrier: &mut Carrier<'_>, shown: &str, value: &Value, object: &Object) {
    let is_own = |one: &Value| one.origin().is_some_and(|one| one.name() == "defaultStatements");
    if let Some(other) = object.unknown.iter().find(|one| !is_own(one)) {
        return unknown(carrier, shown, other);
    }
    carrier.add(shown, value.at, Class::Carried, "the statements are in [access.statements]");
    for member in object.holding().into_iter().filter(|member| !matches!(member.key.as_str(), "user" | "session")) {
        let shown = format!("{shown}.{}", member.key);
        match literal::of(carrier.project, &member.value, &Default::EmptyList) {
            Ok(read) => carrier.write(&shown, value.at, ("access.statements", &name(&member.key)), &read.toml, ""),
            Err(_) => unknown(carrier, &shown, &member.value),
        }
    }
}

/// A role as a table.
fn role(carrier: &Carrier<'_>, value: &Value) -> Option<String> {
    let built_in = |value: &Value| match value.origin()?.path.first()?.as_str() {
        "adminAc" => Some("built_in = \"admin\"".to_owned()),
        "userAc" => Some("built_in = \"user\"".to_owned()),
        _ => None,
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
