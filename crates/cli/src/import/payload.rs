//! `definePayload` and `getSubject` of the plugin `jwt`: functions that pick fields of the user are lists here.

use gatepost_import::{
    find,
    value::{Value, ValueKind},
};

use super::{carry::Carrier, draft::quoted, hooks, report::Class};

/// The result of a function of the session, if it is constant in its form.
fn result(carrier: &Carrier<'_>, value: &Value) -> Option<Value> {
    let ValueKind::Closure(closure) = &value.what else { return None };
    // What refuses some users is more than a list.
    if find::refuses(&carrier.project.reader, value) {
        return None;
    }
    Some(carrier.project.reader.result(closure, value.at))
}

/// The field of the user that a value is: `user.email` is `email`.
fn picked(value: &Value) -> Option<&str> {
    let ValueKind::Property(of, field) = &value.what else { return None };
    match &of.what {
        ValueKind::Parameter(name) if name == "user" => Some(field),
        ValueKind::Property(_, name) if name == "user" => Some(field),
        _ => None,
    }
}

/// `definePayload`: plain picks are a list, anything else is code.
pub(super) fn read(carrier: &mut Carrier<'_>, shown: &str, value: &Value) {
    let result = result(carrier, value);
    let picks = result.as_ref().and_then(Value::object).filter(|object| object.unknown.is_empty()).and_then(|object| {
        let one = |member: &gatepost_import::value::Property| {
            let field = picked(&member.value)?;
            match (member.key.as_str(), field) {
                ("sub", "id") => Some(None),
                (key, field) => (key == field).then(|| Some(field.to_owned())),
            }
        };
        object.members.iter().map(one).collect::<Option<Vec<_>>>()
    });
    match picks {
        Some(fields) => {
            let fields: Vec<String> = fields.into_iter().flatten().map(|field| quoted(&field)).collect();
            let says = "a function that only picks fields of the user is the list of them";
            carrier.write(shown, value.at, ("jwt", "payload"), &format!("[{}]", fields.join(", ")), says);
        }
        None => hooks::needed(carrier, shown, value, "what a token contains"),
    }
}

/// `getSubject`: one field of the user, or code.
pub(super) fn subject(carrier: &mut Carrier<'_>, shown: &str, value: &Value) {
    match result(carrier, value).as_ref().and_then(picked) {
        Some("id") => {
            carrier.add(shown, value.at, Class::Carried, "the default, not written");
        }
        Some(field) => carrier.write(shown, value.at, ("jwt", "subject"), &quoted(field), ""),
        None => hooks::needed(carrier, shown, value, "what a token contains"),
    }
}
