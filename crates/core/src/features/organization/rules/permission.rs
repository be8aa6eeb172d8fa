//! Permissions of roles that organizations make: how they are stored, and which of them a member may give (spec management-plugins
//! §2.10).

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::Rules;
use crate::{
    config::{OF_MEMBERS, Statements},
    rules::access::WantedActions,
    wire::Permissions,
};

/// Reads stored permissions; `None` for a text that is not an object of lists of texts. A role with such a text permits nothing.
pub(crate) fn read(text: &str) -> Option<Statements> {
    let Ok(Value::Object(members)) = serde_json::from_str(text) else { return None };
    let action = |item: Value| if let Value::String(text) = item { Some(text) } else { None };
    let list = |value| match value {
        Value::Array(items) => items.into_iter().map(action).collect::<Option<Vec<_>>>(),
        _ => None,
    };
    members.into_iter().map(|(resource, value)| Some((resource, list(value)?))).collect()
}

/// Returns stored permissions as answers show them; null for a text that is not JSON.
pub(crate) fn shown(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// Returns permissions without repeated actions, as they are stored and shown. A client may send hundreds of thousands, so each costs
/// one look-up.
pub(crate) fn once(given: Permissions) -> Permissions {
    let once = |mut actions: Vec<String>| {
        let mut seen = HashSet::new();
        let is_first: Vec<bool> = actions.iter().map(|action| seen.insert(action.as_str())).collect();
        let mut is_first = is_first.into_iter();
        actions.retain(|_| is_first.next() == Some(true));
        actions
    };
    given.into_iter().map(|(resource, actions)| (resource, once(actions))).collect()
}

/// Returns permissions as an object.
pub(crate) fn object(given: &Permissions) -> Map<String, Value> {
    given.iter().map(|(resource, actions)| (resource.clone(), actions.clone().into())).collect()
}

/// Whether all resources exist: better-auth's own, and those of the application.
pub(crate) fn are_known(of_application: Option<&Statements>, given: &Permissions) -> bool {
    let is_own = |resource: &str| of_application.is_some_and(|statements| statements.actions(resource).is_some());
    given.iter().all(|(resource, _)| is_own(resource) || OF_MEMBERS.has_resource(resource))
}

/// Returns the permissions that a member with the roles `own` does not have, each as `resource:action`.
pub(crate) fn missing<'p>(
    rules: Rules<'_>,
    own: &str,
    wanted: impl IntoIterator<Item = (&'p str, &'p [String])>,
) -> Vec<String> {
    let mut missing = Vec::new();
    for (resource, actions) in wanted {
        let lacks = |action: &&String| !rules.may(own, &[WantedActions::all(resource, [action.as_str()])]);
        missing.extend(actions.iter().filter(lacks).map(|action| format!("{resource}:{action}")));
    }
    missing
}

/// Whether a name can be given to members: roles are stored with commas between them, and read without spaces around them. JavaScript also
/// takes U+FEFF for a space.
pub(crate) fn is_name(name: &str) -> bool {
    let trimmed = name.trim_matches(|letter: char| letter.is_whitespace() || letter == '\u{feff}');
    !name.is_empty() && !name.contains(',') && trimmed == name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stored_text_is_read() {
        let read =
            |text| read(text).map(|statements| statements.iter().map(|(name, _)| name.to_owned()).collect::<Vec<_>>());
        assert_eq!(read(r#"{"member":["create"],"ac":[]}"#), Some(vec!["ac".to_owned(), "member".to_owned()]));
        assert_eq!(read("{}"), Some(Vec::new()));
        let deep = "[".repeat(100_000);
        for text in [
            "",
            "null",
            "[]",
            "1e999",
            "{\"a\":1}",
            "{\"a\":[1]}",
            "{\"a\":[\"b\"],\"c\":null}",
            "{\"a\":[\"b\"]",
            "\u{0}",
            &deep,
        ] {
            assert_eq!(read(text), None, "{}", text.chars().take(20).collect::<String>());
        }
        assert_eq!((shown("[1]"), shown("nothing")), (serde_json::json!([1]), Value::Null));
    }

    #[test]
    fn repeated_actions_count_once_in_their_order() {
        let actions = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let given = [("a".to_owned(), actions(&["y", "x", "y", "z", "x"])), ("b".to_owned(), vec![])];
        assert_eq!(once(given.to_vec()), [("a".to_owned(), actions(&["y", "x", "z"])), ("b".to_owned(), vec![])]);
    }

    #[test]
    fn names_can_be_given() {
        for (name, is) in
            [("editor", true), ("two words", true), ("", false), ("a,b", false), (" a", false), ("a ", false)]
        {
            assert_eq!(is_name(name), is, "{name:?}");
        }
    }
}
