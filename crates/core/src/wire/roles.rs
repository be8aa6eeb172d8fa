//! Members of bodies that name roles, and the permissions that are asked about (spec management-plugins §0.9).

use serde_json::Value;

use super::Fields;
use crate::declaration::Shape;

/// The shape of a role, or of several.
pub(crate) const ROLES: Shape = Shape::AnyOf(&[Shape::Text, Shape::List(&Shape::Text)]);

/// A role, or several.
pub(crate) fn roles(fields: &mut Fields<'_>, name: &'static str) -> Option<Vec<String>> {
    let roles = match fields.value(name)? {
        Value::String(role) => Some(vec![role.clone()]),
        Value::Array(roles) => roles.iter().map(|role| role.as_str().map(str::to_owned)).collect(),
        _ => None,
    };
    if roles.is_none() {
        fields.wrong(name, "Invalid input");
    }
    roles
}

/// Actions by resource, in the order of the body.
pub(crate) type Permissions = Vec<(String, Vec<String>)>;

/// Reads the permissions that a body asks about; `None` if it has them under the former name `permission`.
pub(crate) fn permissions(fields: &mut Fields<'_>) -> Option<Permissions> {
    let (former, permissions) = (record_of_lists(fields, "permission"), record_of_lists(fields, "permissions"));
    match (&former, &permissions) {
        (Some(_), Some(_)) => fields.wrong_as_a_whole("Invalid input: more than one option matched"),
        (None, None) => fields.wrong_as_a_whole("Invalid input"),
        _ => {}
    }
    permissions
}

/// Reads an object whose members are lists of texts, in the order of the body; `None` if it is not one.
fn record_of_lists(fields: &Fields<'_>, name: &str) -> Option<Permissions> {
    let text = |item: &Value| item.as_str().map(str::to_owned);
    let list = |value: &Value| value.as_array()?.iter().map(text).collect::<Option<Vec<_>>>();
    fields.value(name)?.as_object()?.iter().map(|(name, value)| Some((name.clone(), list(value)?))).collect()
}
