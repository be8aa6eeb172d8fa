//! `mapProfileToUser` and `accountSubject` of a provider: functions that only pick members of a profile are lines here.

use gatepost_import::{
    find,
    value::{Value, ValueKind},
};

use super::{
    carry::{Carrier, absent},
    draft::{name, quoted},
    hooks, literal,
    report::Class,
};

/// The name of the argument that stands for the profile.
const PROFILE: &str = "profile";

/// The path to the member of the profile that a value is: `profile.account.login` is `account.login`.
fn path(value: &Value) -> Option<String> {
    let ValueKind::Property(of, member) = &value.what else { return None };
    if member.contains(['.', ' ']) {
        return None;
    }
    match &of.what {
        ValueKind::Parameter(name) if name == PROFILE => Some(member.clone()),
        _ => Some(format!("{}.{member}", path(of)?)),
    }
}

/// The path, or the paths of members that a text joins by one space each.
fn picked(value: &Value) -> Option<String> {
    let ValueKind::Joined(parts) = &value.what else { return path(value) };
    let mut paths = Vec::new();
    let mut expects_member = true;
    for part in parts.iter() {
        match (&part.what, expects_member) {
            (ValueKind::Text(text), _) if text.is_empty() => continue,
            (ValueKind::Text(text), false) if text == " " => {}
            (_, true) => paths.push(path(part)?),
            _ => return None,
        }
        expects_member = !expects_member;
    }
    (!expects_member).then(|| paths.join(" "))
}

/// `mapProfileToUser`: plain picks are `[social.<name>.profile]`, anything else is code.
pub(super) fn read(carrier: &mut Carrier<'_>, shown: &str, id: &str, value: &Value) {
    let argument = ValueKind::Parameter(PROFILE.to_owned()).at(value.at);
    let result = carrier.project.reader.apply(value, vec![argument], value.at);
    let result = literal::in_production(&result);
    let picks = result.object().filter(|object| object.unknown.is_empty()).and_then(|object| {
        let one = |member: &gatepost_import::value::Property| {
            let path = picked(&member.value).filter(|_| member.condition.is_none())?;
            Some((member.key.clone(), path, member.at))
        };
        object.members.iter().map(one).collect::<Option<Vec<_>>>()
    });
    // What refuses some profiles is more than a list.
    let picks = picks.filter(|picks| !picks.is_empty() && !find::refuses(&carrier.project.reader, value));
    let Some(picks) = picks else {
        let place = hooks::place(shown).unwrap_or("before a user is made");
        return hooks::needed(carrier, shown, value, place);
    };
    for (field, path, at) in picks {
        let shown = format!("{shown}.{field}");
        let input = carrier.at(&format!("user.additionalFields.{field}.input"));
        if input.is_some_and(|input| literal::in_production(input).truth() == Some(false)) {
            carrier.add(&shown, at, Class::NotNeeded, "better-auth ignores it: the field has `input: false`");
            continue;
        }
        match field.as_str() {
            "id" | "email" | "emailVerified" | "role" => {
                let says = "a profile fills neither the identifier nor the address nor rights: gatepost takes what the provider itself \
                            says of the address";
                carrier.add(&shown, at, Class::NotPossible, says).decide = true;
            }
            _ => {
                let section = format!("social.{id}.profile");
                let says = "a function that only picks members of the profile is the list of them";
                carrier.write(&shown, at, (&section, &name(&field)), &quoted(&path), says);
            }
        }
    }
}

/// `accountSubject`: one member of the profile, or code.
pub(super) fn subject(carrier: &mut Carrier<'_>, shown: &str, id: &str, value: &Value) {
    let result = match &value.what {
        ValueKind::Closure(closure) => carrier.project.reader.result(closure, value.at),
        _ => value.clone(),
    };
    match path(&result).as_deref() {
        Some("id" | "sub") => {
            carrier.add(shown, value.at, Class::Carried, "the default, not written");
        }
        Some(path) => {
            let section = format!("social.{id}");
            carrier.write(shown, value.at, (&section, "account_subject"), &quoted(path), "");
        }
        None => {
            let told = absent("social.any.account_subject").unwrap_or_default();
            carrier.add(shown, value.at, Class::NotPossible, told).decide = true;
        }
    }
}
