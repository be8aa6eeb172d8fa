//! The kinds of the changes that one request of an administrator makes to a user. Each has a note of its own.

use jiff::Timestamp;
use serde_json::Value;

use super::{
    rows::Amendment,
    rules::{BAN_EXPIRES, BAN_REASON, BANNED, BanState, ROLE, standing},
};
use crate::{model::User, rules::fields::is_yes};

const PHONE: &str = "phoneNumber";
const PHONE_VERIFIED: &str = "phoneNumberVerified";
const TWO_FACTOR: &str = "twoFactorEnabled";
/// The additional fields whose changes have kinds of their own.
const OWN: [&str; 7] = [ROLE, BANNED, BAN_REASON, BAN_EXPIRES, PHONE, PHONE_VERIFIED, TWO_FACTOR];

/// Returns the kinds of the changes of a user's row.
pub(super) fn of_update(user: &User, amendment: &Amendment, now: Timestamp) -> Vec<&'static str> {
    let mut changed = user.clone();
    changed.additional.extend(amendment.additional.clone());
    let given = |name: &str| amendment.additional.contains_key(name);
    let moves = |name: &str| given(name) && changed.additional.get(name) != user.additional.get(name);
    let becomes = |name: &str, yes: bool| {
        given(name) && is_yes(changed.additional.get(name)) == yes && is_yes(user.additional.get(name)) != yes
    };
    let is_moved = amendment.email.as_ref().is_some_and(|email| *email != user.email);
    let is_confirmed = amendment.email_verified == Some(Some(true)) && (is_moved || !user.is_verified());
    let [was_banned, is_banned] = [user, &changed].map(|user| standing(user, now) == BanState::Banned);
    let has_ban = [BANNED, BAN_REASON, BAN_EXPIRES].into_iter().any(given);
    let is_verified = given(PHONE_VERIFIED)
        && is_yes(changed.additional.get(PHONE_VERIFIED))
        && (moves(PHONE) || !is_yes(user.additional.get(PHONE_VERIFIED)));
    let kinds = [
        (given(ROLE), "role.set"),
        (has_ban && is_banned, "user.banned"),
        (has_ban && was_banned && !is_banned, "user.unbanned"),
        (is_moved, "email.changed"),
        (is_confirmed, "email.verified"),
        (moves(PHONE), "phone.changed"),
        (is_verified, "phone.verified"),
        (becomes(TWO_FACTOR, true), "two_factor.enabled"),
        (becomes(TWO_FACTOR, false), "two_factor.disabled"),
    ];
    let mut kinds: Vec<_> = kinds.into_iter().filter(|(is_there, _)| *is_there).map(|(_, kind)| kind).collect();
    let has_other = amendment.name.is_some()
        || amendment.image.is_some()
        || amendment.created_at.is_some()
        || amendment.updated_at.is_some()
        || amendment.email_verified.is_some_and(|verified| verified != Some(true))
        || amendment.additional.keys().any(|name| !OWN.contains(&name.as_str()));
    if has_other || kinds.is_empty() {
        kinds.push("user.updated");
    }
    kinds
}

/// Returns the kinds of the changes of a new user, to whom the administrator gives a role or not, with the value of the ban.
pub(super) fn of_creation(has_role: bool, banned: Option<&Value>) -> Vec<&'static str> {
    let more = [(has_role, "role.set"), (banned.is_some_and(is_yes), "user.banned")];
    let more = more.into_iter().filter(|(is_there, _)| *is_there).map(|(_, kind)| kind);
    ["user.created"].into_iter().chain(more).collect()
}
