//! `[social.<name>.profile]`: members of a provider's profile that fill fields of the user, as better-auth's `mapProfileToUser`. The keys
//! are names of fields, so that this file reads them by hand.

use super::Field;
use crate::{options::Section, problem::Problems};

/// The fields of every user that a profile may fill.
const OF_USERS: [&str; 2] = ["name", "image"];
/// The fields of features that prove something, or by which users sign in after a proof.
const PROVEN: [&str; 2] = ["phoneNumber", "phoneNumberVerified"];

/// Reads the fields, each with the path to a member. Only fields that clients may set are accepted: a user often chooses what a profile
/// says, so that nothing that grants rights, confirms or identifies comes from there.
pub(super) fn read(section: Section<'_>, fields: &[Field], problems: &mut Problems) -> Vec<(String, String)> {
    let may = |field: &&Field| field.input && !PROVEN.contains(&field.name.as_str());
    let allowed: Vec<&str> =
        OF_USERS.into_iter().chain(fields.iter().filter(may).map(|field| field.name.as_str())).collect();
    let pairs = section.all_texts(problems);
    let mut mapping = Vec::new();
    for (field, place, path) in pairs {
        if path.is_empty() || path.len() > 200 {
            problems.add(place, format!("`{field}` needs the name of a member, like \"login\" or \"account.login\""));
        } else if !allowed.contains(&field.as_str()) {
            let text = format!("`{field}` is no field that a profile fills; it fills {}", allowed.join(", "));
            problems.add(place, text);
        } else {
            mapping.push((field, path));
        }
    }
    mapping
}
