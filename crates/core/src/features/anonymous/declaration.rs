//! The section `[anonymous]`, and what the feature adds to the tables (spec sign-in-plugins §5).

use crate::{
    code::codes,
    declaration::{ColumnDefault, CookieDeclaration, Declaration, Documentation, FeatureColumn, ModelColumn, Resource},
    options::{Section, options, switch, text},
    problem::Problems,
    reason::reasons,
    syntax::domain,
};

/// The cookie that names the anonymous session while a sign-in waits for a second factor.
pub(super) const LINK_COOKIE: &str = "anonymous_link";

/// The feature.
pub const DECLARATION: Declaration = Declaration {
    columns: &[FeatureColumn {
        table: "user",
        column: ModelColumn::boolean("isAnonymous", "is_anonymous").optional().or(ColumnDefault::Boolean(false)),
        input: false,
        returned: true,
        when: &[],
    }],
    cookies: &[CookieDeclaration {
        lifetime: "`two_factor.two_factor_cookie_max_age`",
        about: "Names the anonymous session that a sign-in replaces once it has its second factor; signed",
        ..CookieDeclaration::of(LINK_COOKIE)
    }],
    absent: &[
        ("generate_name", "a function cannot be configured; write `anonymous.name`"),
        ("generate_random_email", "a function cannot be configured; write `anonymous.email_domain_name`"),
        ("on_link_account", "write a hook, with `before = \"user.link\"`"),
        ("schema", "write `[schema.user] fields = { is_anonymous = \"…\" }`"),
    ],
    ..Declaration::of("anonymous")
};

/// The documentation of the feature.
pub const DOCUMENTATION: Documentation = Documentation { reasons: REASONS, codes: CODES };

options! {
    /// Users without credentials, who can sign in with some later: better-auth's plugin `anonymous`. It needs the column `isAnonymous`
    /// of `user`: run `cargo gatepost migrate`. When such a user signs in with credentials, gatepost asks the hooks for
    /// `before = "user.link"`, in which your code moves what belongs to the anonymous user, and then deletes the anonymous user.
    pub struct Anonymous {
        /// `/sign-in/anonymous` and `/delete-anonymous-user` answer.
        enabled: bool = switch("enabled", false).needs(Resource::Database),
        /// The domain of the addresses of anonymous users, `temp-<random>@<domain>`. Without it they are
        /// `<random>@anonymous.placeholder.invalid`, which no mail reaches.
        email_domain_name: String = text("email_domain_name", ""),
        /// The name of anonymous users.
        name: String = text("name", "Anonymous"),
        /// gatepost keeps an anonymous user who signs in with credentials, and `/delete-anonymous-user` deletes none.
        disable_delete_anonymous_user: bool = switch("disable_delete_anonymous_user", false),
    }
    check: check
}

fn check(read: &Anonymous, section: &Section<'_>, problems: &mut Problems) {
    let domain = &read.email_domain_name;
    if !domain.is_empty() && domain::plain(domain).is_none() {
        let text = format!("`{domain}` is not a domain; write one like `guests.example.com`");
        problems.add(section.place("email_domain_name"), text);
    }
}

reasons! {
    AlreadyAnonymous = "already_anonymous":
        "the session of the request is that of an anonymous user already",
        "nothing; the page may go on with this session";
    NotAnonymous = "not_anonymous":
        "the user of the session is not anonymous",
        "delete users with credentials by `/delete-user`";
}

codes! {
    /// The request has the session of an anonymous user.
    ANONYMOUS_USERS_CANNOT_SIGN_IN_AGAIN_ANONYMOUSLY = "Anonymous users cannot sign in again anonymously";
    /// The session was not stored.
    COULD_NOT_CREATE_SESSION = "Could not create session";
    /// `anonymous.disable_delete_anonymous_user` is on.
    DELETE_ANONYMOUS_USER_DISABLED = "Deleting anonymous users is disabled";
    /// The user of the session is not anonymous.
    USER_IS_NOT_ANONYMOUS = "User is not anonymous";
}
