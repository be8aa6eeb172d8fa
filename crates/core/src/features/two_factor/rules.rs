//! Decides which users have a second factor (spec sign-in-plugins §4.4).

use crate::{model::User, rules::fields};

/// The additional field of users that says so.
pub(super) const FIELD: &str = "twoFactorEnabled";

/// Whether a user has a second factor.
pub(super) fn is_enabled(user: &User) -> bool {
    fields::is_yes(user.additional.get(FIELD))
}
