//! The section `[username]`, and what the feature adds to the tables (spec sign-in-plugins §1.1).

use crate::{
    code::codes,
    declaration::{Declaration, Documentation, FeatureColumn, ModelColumn, Resource},
    options::{Section, choice, count, options, section, switch},
    problem::Problems,
    reason::reasons,
};

/// The declaration of the feature.
pub const DECLARATION: Declaration = Declaration {
    columns: &[
        column(ModelColumn::text("username", "username").optional().unique(), &[]),
        column(ModelColumn::text("displayUsername", "display_username").optional(), &["display_username"]),
    ],
    absent: &[
        ("display_username_normalization", "a function cannot be configured; it is stored as it is given"),
        ("display_username_validator", "a function cannot be configured; any text is taken"),
        ("schema", "write `[schema.user] fields = { username = \"…\", display_username = \"…\" }`"),
        ("username_validator", "a function cannot be configured; letters, digits, `_` and `.` are valid"),
        ("validation_order.display_username", "any text is accepted"),
    ],
    ..Declaration::of("username")
};

/// The documentation of the feature.
pub const DOCUMENTATION: Documentation = Documentation { reasons: REASONS, codes: CODES };

const fn column(column: ModelColumn, when: &'static [&'static str]) -> FeatureColumn {
    FeatureColumn { table: "user", column, input: true, returned: true, when }
}

options! {
    /// Users with a name of their own choice, by which they sign in: better-auth's plugin `username`. `user` gets the columns
    /// `username`, which is unique, and `displayUsername`: run `cargo gatepost migrate`. Usernames are public: `POST
    /// /is-username-available` tells anyone which are taken.
    pub struct Username {
        /// Users have usernames; `POST /sign-in/username` and `POST /is-username-available` answer, also where
        /// `email_and_password.enabled` is off.
        enabled: bool = switch("enabled", false).needs(Resource::Database),
        /// The fewest UTF-16 units of a username; with `0` the default holds.
        min_length: u32 = count("min_username_length", u32::MAX, 3),
        /// The most UTF-16 units of a username; with `0` the default holds.
        max_length: u32 = count("max_username_length", u32::MAX, 30),
        /// Usernames are stored and compared in lower case; with `false` as they are typed.
        normalization: bool = switch("username_normalization", true),
        /// The form in which usernames are validated.
        validation_order: ValidationOrder = section::<ValidationOrder>("validation_order"),
        /// A username, once chosen, stays.
        immutable: bool = switch("immutable_username", false),
        /// The column `displayUsername` exists. It has the username as typed, unless the client gives another text.
        display: bool = switch("display_username", true),
    }
    check: lengths
}

options! {
    /// The form in which a username is validated.
    pub struct ValidationOrder {
        /// `"post-normalization"`: the username is validated in lower case, not as typed. Valid are letters from A to Z, digits,
        /// `_` and `.`.
        username: ValidatedForm = choice("username", AS_TYPED, &[AS_TYPED, ("post-normalization", ValidatedForm::Normalized)]),
    }
}

/// The form of a username that is validated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValidatedForm {
    /// The username as typed.
    AsTyped,
    /// The username in lower case, if usernames are stored so.
    Normalized,
}

const AS_TYPED: (&str, ValidatedForm) = ("pre-normalization", ValidatedForm::AsTyped);

fn lengths(read: &Username, section: &Section<'_>, problems: &mut Problems) {
    let (min, max) = (read.min_length, read.max_length);
    if min > max {
        let text = format!(
            "`username.min_username_length` is {min}, above `username.max_username_length`, {max}: no name would be valid; lower the one or raise the other"
        );
        problems.add(section.place_of_either("min_username_length", "max_username_length"), text);
    }
}

reasons! {
    InvalidUsername = "invalid_username":
        "the username is too short, too long, or has characters other than letters, digits, `_` and `.`",
        "choose another one, or change the limits in `[username]`";
    UsernameTaken = "username_taken":
        "another user has the username",
        "choose another one";
    UsernameImmutable = "username_immutable":
        "the user has a username, and `username.immutable_username` keeps it",
        "nothing: the username is meant to stay. To change it nevertheless, change the row, or set `immutable_username = false`";
}

codes! {
    /// A username has characters other than letters, digits, `_` and `.`.
    INVALID_USERNAME = "Username is invalid";
    /// The username is unknown or the password is wrong, which the client cannot distinguish.
    INVALID_USERNAME_OR_PASSWORD = "Invalid username or password";
    /// Another user has the username.
    USERNAME_IS_ALREADY_TAKEN = "Username is already taken. Please try another.";
    /// `username.immutable_username` is on, and the user has a username.
    USERNAME_IS_IMMUTABLE = "Username cannot be updated";
    /// The username has too many characters.
    USERNAME_TOO_LONG = "Username is too long";
    /// The username has too few characters.
    USERNAME_TOO_SHORT = "Username is too short";
}
