//! Decides which users have a second factor (spec sign-in-plugins §4.4).

use serde_json::Value;

use crate::{model::User, rules::fields::is_truthy};

/// The additional field of users that says so.
pub(super) const FIELD: &str = "twoFactorEnabled";

/// Whether a user has a second factor. If the column's type is not `boolean`, every value counts as true that is not a word for
/// false.
pub(super) fn is_enabled(user: &User) -> bool {
    match user.additional.get(FIELD) {
        Value::String(text) => {
            !["", "f", "false", "n", "no", "off", "0"].contains(&text.trim().to_ascii_lowercase().as_str())
        }
        other => is_truthy(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::Additional;

    #[test]
    fn a_column_of_another_type_says_no_only_where_it_does() {
        let user = |value| User {
            name: None,
            email: String::new(),
            email_verified: None,
            image: None,
            created_at: None,
            updated_at: None,
            additional: Additional(vec![(FIELD.to_owned(), value)]),
            id: String::new(),
        };
        for value in [json!(true), json!(1), json!("true"), json!("t"), json!("yes"), json!({})] {
            assert!(is_enabled(&user(value.clone())), "{value}");
        }
        for value in [json!(null), json!(false), json!(0), json!("false"), json!(" F "), json!("0"), json!("")] {
            assert!(!is_enabled(&user(value.clone())), "{value}");
        }
    }
}
