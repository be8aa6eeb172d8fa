//! `additionalFields` of users, sessions and accounts.

use gatepost_core::options::Default;
use gatepost_import::value::{Object, Value, ValueKind};

use super::{carry::Carrier, draft::name, hooks, literal, report::Class, schema};

/// The keys of a field in the order in which they are written, with the value that need not be.
const KEYS: [(&str, &str, &str); 9] = [
    ("type", "type", "\"string\" is always written"),
    ("bigint", "bigint", "false"),
    ("required", "required", ""),
    ("unique", "unique", "false"),
    ("defaultValue", "default_value", ""),
    ("input", "input", "true"),
    ("returned", "returned", "true"),
    ("index", "index", "false"),
    ("fieldName", "field_name", ""),
];

/// Reads the fields of a model.
pub(super) fn read(carrier: &mut Carrier<'_>, model: &str, value: &Value) {
    let (path, section) = (format!("{model}.additionalFields"), format!("{model}.additional_fields"));
    read_into(carrier, model, (&path, &section), value);
}

/// Reads the fields of a model at a path of options into a section.
pub(super) fn read_into(carrier: &mut Carrier<'_>, model: &str, (path, section): (&str, &str), value: &Value) {
    let Some(object) = value.object() else { return carrier.not_understood(path, value) };
    for member in object.holding() {
        let shown = format!("{path}.{}", member.key);
        let Some(field) = carrier.decided(&shown, member) else { continue };
        match field.object() {
            Some(object) => one(carrier, (model, section), &shown, &member.key, &field, object),
            None => carrier.not_understood(&shown, &field),
        }
    }
    for unknown in &object.unknown {
        carrier.not_understood(&format!("{path}..."), unknown);
    }
}

fn one(
    carrier: &mut Carrier<'_>,
    (model, section): (&str, &str),
    shown: &str,
    field: &str,
    value: &Value,
    object: &Object,
) {
    let names = schema::names(carrier);
    let property = object.get("fieldName").and_then(|member| member.value.text()).unwrap_or(field);
    let column = names.column(model, property);
    if let Some(core) = column.as_ref().and_then(|column| names.core_field(model, column)) {
        let says = format!(
            "its column is the one of `{core}`, and gatepost gives a column one name: answers lose `{field}`, and `{core}` has the same value"
        );
        carrier.add(shown, value.at, Class::NotPossible, says);
        return;
    }
    let (mut members, mut says) = (Vec::new(), Vec::new());
    let mut confirm = false;
    for (key, written, omitted) in KEYS {
        if key == "fieldName" {
            let column = column.as_deref().unwrap_or(property);
            if names.is_known(model) && !names.has(model, column) {
                says.push(format!("the project's schema has no column for it; `gatepost migrate` adds `{column}`"));
            }
            if names.style(model, field) != column {
                members.push(format!("{written} = {}", super::draft::quoted(column)));
            }
            continue;
        }
        let Some(member) = object.get(key) else { continue };
        let (read, was_function) = literal::constant_result(carrier.project, &literal::in_production(&member.value));
        if matches!(read.what, ValueKind::Undefined) {
            continue;
        }
        match literal::of(carrier.project, &read, &Default::EmptyList) {
            Ok(read) if read.toml == omitted => {}
            Ok(read) => {
                if was_function {
                    says.push("a function that returns a constant is that constant".to_owned());
                }
                confirm |= !read.confirm.is_empty();
                says.extend(read.notes);
                members.push(format!("{written} = {}", read.toml));
            }
            Err(_) if matches!(read.what, ValueKind::Closure(_)) => {
                let shown = format!("{shown}.{key}");
                hooks::needed(carrier, &shown, &read, "before a row is made; a default of the column can do it");
            }
            Err(_) => {
                let shown = format!("{shown}.{key}");
                carrier.not_understood(&shown, &read);
            }
        }
    }
    carrier.write(shown, value.at, (section, &name(field)), &format!("{{ {} }}", members.join(", ")), &says.join("; "));
    if let Some(entry) = carrier.entries.last_mut() {
        entry.decide = confirm;
    }
    for member in object.holding().into_iter().filter(|member| !KEYS.iter().any(|(key, ..)| *key == member.key)) {
        besides(carrier, &format!("{shown}.{}", member.key), &member.key, &member.value);
    }
}

/// Handles the members of a field that no key carries.
fn besides(carrier: &mut Carrier<'_>, shown: &str, key: &str, value: &Value) {
    match (key, value.object()) {
        ("validator" | "transform", Some(object)) => {
            for member in object.holding() {
                let shown = format!("{shown}.{}", member.key);
                if let Some(place) = hooks::place(if key == "validator" {
                    shown.trim_end_matches(".input").trim_end_matches(".output")
                } else {
                    &shown
                }) {
                    hooks::needed(carrier, &shown, &member.value, place);
                }
            }
        }
        ("sortable", _) => {
            carrier.add(shown, value.at, Class::NotNeeded, "every column can be sorted");
        }
        ("references", _) => {
            carrier.add(
                shown,
                value.at,
                Class::Replaced,
                "a foreign key in the database, which gatepost leaves as it is",
            );
        }
        ("onUpdate", _) => {
            hooks::needed(carrier, shown, value, "before a user is changed; a trigger in the database can do it");
        }
        _ => {
            let says = "it is no option of better-auth 1.7.25, which ignores it; left out";
            carrier.add(shown, value.at, Class::Ignored, says);
        }
    }
}
