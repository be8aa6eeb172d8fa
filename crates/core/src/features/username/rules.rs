//! Decides which usernames are valid, and how they are stored (spec sign-in-plugins §1.1).

use super::declaration::{Username, ValidatedForm};

/// The reason why a username is not valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// It is shorter than `min_username_length`.
    TooShort,
    /// It is longer than `max_username_length`.
    TooLong,
    /// It has characters other than ASCII letters, digits, `_` and `.`.
    Invalid,
}

/// Returns the username as it is stored and looked up.
pub(super) fn normalized(username: &str, config: &Username) -> String {
    if config.normalization { username.to_lowercase() } else { username.to_owned() }
}

/// Checks a username as typed. Its length counts UTF-16 units, as JavaScript does.
pub(super) fn judge(username: &str, config: &Username) -> Result<(), Flaw> {
    let judged = if config.validation_order.username == ValidatedForm::Normalized {
        &normalized(username, config)
    } else {
        username
    };
    let length = judged.encode_utf16().count();
    if length < config.min_length as usize {
        return Err(Flaw::TooShort);
    }
    if length > config.max_length as usize {
        return Err(Flaw::TooLong);
    }
    let is_valid = judged.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.');
    if is_valid { Ok(()) } else { Err(Flaw::Invalid) }
}

#[cfg(test)]
mod tests {
    use super::{super::declaration::ValidationOrder, *};

    const CONFIG: Username = Username {
        enabled: true,
        min_length: 3,
        max_length: 30,
        normalization: true,
        validation_order: ValidationOrder { username: ValidatedForm::AsTyped },
        immutable: false,
        display: true,
    };

    #[test]
    fn usernames_are_judged_as_better_auth_judges_them() {
        let vectors = include_str!("../../../../../tests/vectors/sign-in-plugins.json");
        let vectors: serde_json::Value = serde_json::from_str(vectors).unwrap();
        let cases = vectors["username_validation"]["cases"].as_array().unwrap();
        assert_eq!(cases.len(), 14);
        // The endpoint handles the empty username.
        for case in cases.iter().filter(|case| case["username"] != "") {
            let code = match judge(case["username"].as_str().unwrap(), &CONFIG) {
                Ok(()) => serde_json::Value::Null,
                Err(Flaw::TooShort) => "USERNAME_TOO_SHORT".into(),
                Err(Flaw::TooLong) => "USERNAME_TOO_LONG".into(),
                Err(Flaw::Invalid) => "INVALID_USERNAME".into(),
            };
            assert_eq!(code, case["body"]["code"], "{case}");
        }
    }

    #[test]
    fn the_order_says_whether_the_username_is_judged_as_typed_or_in_lower_case() {
        // In lower case, the Kelvin sign is a `k`.
        assert_eq!(judge("\u{212a}elvin", &CONFIG), Err(Flaw::Invalid));
        let config = Username { validation_order: ValidationOrder { username: ValidatedForm::Normalized }, ..CONFIG };
        assert_eq!(
            (judge("\u{212a}elvin", &config), normalized("\u{212a}elvin", &config)),
            (Ok(()), "kelvin".to_owned())
        );
        let config = Username { normalization: false, ..CONFIG };
        assert_eq!(normalized("Ada", &config), "Ada");
    }
}
