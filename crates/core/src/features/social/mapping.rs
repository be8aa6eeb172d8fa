//! Makes users of profiles by paths to members, those of the table and those of `[social.<name>.profile]`.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{
    entry::Entry,
    provider::Provider,
    rules::{Picture, Profile, subject},
};
use crate::{json, model::Additional, syntax::email, wire::MOST_NAME};

/// Whether a flag is true, which some providers write as a text.
pub(super) fn is_true(value: &Value) -> bool {
    *value == Value::Bool(true) || value == "true"
}

/// Returns a member by its path: a name, or names and positions in lists that dots separate.
pub(super) fn member<'a>(profile: &'a Additional, path: &str) -> Option<&'a Value> {
    if let Some(found) = profile.find(path) {
        return Some(found);
    }
    let mut parts = path.split('.');
    let first = profile.find(parts.next()?)?;
    parts.try_fold(first, |value, part| match value {
        Value::Array(items) => items.get(part.parse::<usize>().ok()?),
        value => value.get(part),
    })
}

/// Returns a member, or several that a space separates as one text: those that are not empty, with spaces between them.
fn value<'a>(profile: &'a Additional, path: &str) -> Option<Cow<'a, Value>> {
    match member(profile, path) {
        None if path.contains(' ') => {
            let parts = path.split(' ').filter_map(|path| member(profile, path)).filter(|part| json::is_truthy(part));
            let joined = parts.filter_map(json::text).collect::<Vec<_>>().join(" ");
            (!joined.is_empty()).then_some(Cow::Owned(joined.into()))
        }
        found => found.map(Cow::Borrowed),
    }
}

/// Returns the first member that JavaScript treats as true, otherwise the last that is present.
fn first<'a>(profile: &'a Additional, paths: &[&str]) -> Option<&'a Value> {
    let found = || paths.iter().filter_map(|path| member(profile, path));
    found().find(|value| json::is_truthy(value)).or_else(|| found().next_back())
}

/// Returns the name. `keeps_empty` says that only `null` is left out, not an empty text.
fn name(profile: &Additional, paths: &[&str], keeps_empty: bool) -> Option<String> {
    for path in paths {
        if path.is_empty() {
            return Some(String::new());
        }
        let Some(found) = value(profile, path) else { continue };
        if json::is_truthy(&found) || (keeps_empty && !found.is_null()) {
            return json::text(&found);
        }
    }
    // One member alone may be empty.
    let [only] = paths else { return None };
    value(profile, only).and_then(|found| json::text(&found))
}

/// Reads a picture from a member.
pub(super) fn picture(said: Option<&Value>) -> Picture {
    match said? {
        Value::Null => Some(None),
        said => said.as_str().map(|url| Some(url.to_owned())),
    }
}

/// Creates a profile whose address is the member `email`.
///
/// # Errors
/// The profile identifies no person.
pub(super) fn profile(
    raw: Additional,
    id: &Value,
    name: Option<String>,
    image: Picture,
    verified: bool,
) -> Result<Profile, String> {
    Ok(Profile {
        subject: subject(id).ok_or("the provider's identifier of the user is missing or empty")?,
        name,
        email: raw.text("email").filter(|email| !email.is_empty()).map(str::to_owned),
        email_verified: verified,
        image,
        fields: Map::new(),
        left_out: None,
        raw,
    })
}

/// Creates the profile of a provider that is known by name, by the members of its entry.
///
/// # Errors
/// The profile identifies no person.
pub(super) fn read(entry: &Entry, raw: Additional) -> Result<Profile, String> {
    let members = &entry.profile;
    let id = first(&raw, members.id).cloned().unwrap_or_default();
    let name = name(&raw, members.name, matches!(entry.id, "gitlab" | "vercel"));
    // Zoom writes a number.
    let is_yes = |said: &Value| is_true(said) || (entry.id == "zoom" && *said == 1);
    let confirms = |path: &&str| member(&raw, path).is_some_and(is_yes);
    let verified = !members.verified.is_empty() && members.verified.iter().all(confirms);
    let mut image = picture(first(&raw, members.image));
    if entry.id == "reddit" {
        image = image.flatten().map(|url| Some(url.split('?').next().unwrap_or_default().to_owned()));
    }
    let email = member(&raw, members.email).and_then(Value::as_str).filter(|email| !email.is_empty());
    let email = email.map(str::to_owned).or_else(|| placeholder(entry, &id));
    Ok(Profile { email, ..profile(raw, &id, name, image, verified)? })
}

/// Returns the address of a user without one, to which no mail leads, if the provider's users get one.
pub(super) fn placeholder(entry: &Entry, id: &Value) -> Option<String> {
    let address = || Some(own_placeholder(&subject(id)?, entry));
    entry.placeholder.then(address)?.filter(|text| email::is_valid(text))
}

fn own_placeholder(subject: &str, entry: &Entry) -> String {
    format!("{subject}@{}{}", entry.id, email::PLACEHOLDER)
}

/// Returns the beginning of a name: as much as a name may have at the other ways to sign up. U+0000, which no text of PostgreSQL has, is
/// left out: the person cannot change what the provider says.
pub(super) fn bounded(whole: &str) -> String {
    whole.chars().filter(|letter| *letter != '\0').take(MOST_NAME).collect()
}

/// Completes a profile: adds what `[social.<name>.profile]` names ([`apply`]), bounds what is stored ([`fit`]), and removes an address that
/// only users of another provider have.
pub(super) fn complete(provider: &Provider<'_>, profile: Profile) -> Profile {
    let mut profile = fit(provider, apply(&provider.client.profile, profile));
    let own = provider.entry.placeholder.then(|| own_placeholder(&profile.subject, provider.entry));
    profile.email = profile
        .email
        .filter(|address| !email::is_placeholder(&email::stored(address)) || own.as_ref() == Some(address));
    profile
}

/// Cuts a long name, and leaves out a picture that is larger than users may have, or that no text of PostgreSQL can be. The sign-in works,
/// and a former picture stays.
pub(super) fn fit(provider: &Provider<'_>, mut profile: Profile) -> Profile {
    profile.name = profile.name.as_deref().map(bounded);
    if let Some(Some(picture)) = &profile.image {
        let most = provider.most_image_bytes();
        let why = match picture.len() {
            bytes if bytes > most => format!("has {bytes} bytes; `user.maximum_image_bytes` permits {most}"),
            _ if picture.contains('\0') => "contains U+0000".to_owned(),
            _ => return profile,
        };
        profile.left_out =
            Some(format!("the picture that {} returned is left out, because it {why}", provider.client.id));
        profile.image = None;
    }
    profile
}

/// Puts the members that `[social.<name>.profile]` names into the profile. The address, whether it is confirmed, and the identifier
/// stay the provider's.
fn apply(configured: &[(String, String)], mut profile: Profile) -> Profile {
    for (field, path) in configured {
        let found = value(&profile.raw, path).map(Cow::into_owned);
        match field.as_str() {
            "name" => profile.name = found.as_ref().and_then(json::text),
            "image" => profile.image = picture(found.as_ref()),
            field => profile.fields.extend(found.map(|value| (field.to_owned(), value))),
        }
    }
    profile
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(value: Value) -> Additional {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_path_leads_through_objects_and_lists_and_a_name_with_dots_is_one_name() {
        let profile = said(json!({ "a": { "b": [{ "c": 1 }, 2] }, "https://x.example/a.b": "whole", "n": null }));
        for (path, found) in [
            ("a.b.0.c", Some(json!(1))),
            ("a.b.1", Some(json!(2))),
            ("https://x.example/a.b", Some(json!("whole"))),
            ("n", Some(json!(null))),
            ("n.a", None),
            ("a.b.2", None),
            ("a.b.-1", None),
            ("a.b.c", None),
            ("a..b", None),
            ("", None),
            (".", None),
        ] {
            assert_eq!(member(&profile, path).cloned(), found, "{path}");
        }
    }

    #[test]
    fn several_members_are_one_text_without_those_that_are_empty() {
        let profile = said(json!({ "first": "Ada", "last": "L", "middle": "", "list": [1] }));
        let text = |path: &str| value(&profile, path).map(Cow::into_owned);
        assert_eq!(text("first middle last"), Some(json!("Ada L")));
        assert_eq!(text("first list"), Some(json!("Ada")));
        assert_eq!(text("middle none"), None);
    }

    #[test]
    fn a_mapping_changes_no_address_and_no_identifier() {
        let raw = said(json!({ "id": "1", "email": "ada@example.com", "login": "ada", "admin": true, "list": [1] }));
        let own = profile(raw, &json!("1"), Some("Ada".to_owned()), None, false).unwrap();
        let pairs = [("name", "login"), ("image", "list"), ("plan", "list"), ("none", "nothing")];
        let pairs = pairs.map(|(field, path)| (field.to_owned(), path.to_owned()));
        let mapped = apply(&pairs, own);
        assert_eq!((mapped.subject.as_str(), mapped.email.as_deref()), ("1", Some("ada@example.com")));
        assert_eq!((mapped.name.as_deref(), mapped.image, mapped.email_verified), (Some("ada"), None, false));
        assert_eq!(Value::Object(mapped.fields), json!({ "plan": [1] }));
    }
}
