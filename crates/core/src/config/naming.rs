//! `[schema] naming` and `plural`: how tables and columns are called that have no name of their own in the configuration, as
//! better-auth's CLI calls them in the schemas that it writes for Drizzle and Prisma.

use crate::declaration::{Model, ModelColumn};

/// How words are joined in the names of tables and columns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Naming {
    /// `emailVerified`, as better-auth has it.
    #[default]
    Camel,
    /// `email_verified`.
    Snake,
}

/// Their names in the configuration.
pub(super) const STYLES: &[(&str, Naming)] = &[("camelCase", Naming::Camel), ("snake_case", Naming::Snake)];

/// The one model whose name is a plural already.
const PLURAL: &str = "jwks";

impl Naming {
    /// The table of a model, in the plural if `plural` says so. better-auth's `usePlural` appends an `s`, to `jwks` as well,
    /// which stays as it is here.
    pub(super) fn table(self, model: &Model, plural: bool) -> String {
        let name = if self == Self::Snake { model.key } else { model.name };
        let suffix = if plural && model.name != PLURAL { "s" } else { "" };
        format!("{name}{suffix}")
    }

    /// The column of one of better-auth's fields, or of a feature's.
    pub(super) fn column(self, column: &ModelColumn) -> &'static str {
        if self == Self::Snake { column.key } else { column.name }
    }

    /// The column of an additional field.
    pub fn name(self, field: &str) -> String {
        if self == Self::Snake { snake_case(field) } else { field.to_owned() }
    }
}

/// As better-auth's CLI has it: a run of capitals is one word (`userID` is `user_id`, `idToken` is `id_token`, `apiURLPath` is
/// `api_url_path`), and digits belong to the word before them.
fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::with_capacity(name.len() + 4);
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        let begins = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_ascii_uppercase() && after.is_some_and(char::is_ascii_lowercase))
            });
        if begins {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::tables::MODELS, declarations};

    #[test]
    fn the_keys_of_the_configuration_are_the_names_in_snake_case() {
        let of_features = declarations::ALL.iter().flat_map(|feature| feature.tables).map(|table| &table.model);
        for model in MODELS.iter().chain(of_features) {
            assert_eq!(snake_case(model.name), model.key);
            for column in model.columns {
                assert_eq!(snake_case(column.name), column.key);
            }
        }
        for row in declarations::ALL.iter().flat_map(|feature| feature.columns) {
            assert_eq!(snake_case(row.column.name), row.column.key);
        }
    }

    #[test]
    fn snake_case_is_that_of_better_auths_cli() {
        // What its `convertToSnakeCase` makes of these.
        for (name, snake) in [
            ("idToken", "id_token"),
            ("userID", "user_id"),
            ("apiURLPath", "api_url_path"),
            ("credentialID", "credential_id"),
            ("URL", "url"),
            ("address2Line", "address2_line"),
            ("SHA256Sum", "sha256_sum"),
            ("already_snake", "already_snake"),
            ("HTMLy", "htm_ly"),
            ("größeÜber", "größeüber"),
        ] {
            assert_eq!(snake_case(name), snake);
        }
    }
}
