//! Whether a user has a second factor (spec sign-in-plugins §4).

use serde_json::Value;

use crate::{model::User, rules::fields::is_truthy};

/// The column of users.
pub(super) const FIELD: &str = "twoFactorEnabled";

/// Whether a user has a second factor.
pub(super) fn is_enabled(user: &User) -> bool {
    match user.additional.get(FIELD) {
        Value::Null => false,
        Value::Bool(is_enabled) => *is_enabled,
        // In a column of another type only what says no is no.
        Value::String(text) => {
            !["", "f", "false", "n", "no", "off", "0"].contains(&text.trim().to_ascii_lowercase().as_str())
        }
        other => is_truthy(other),
    }
}
