//! The section `[last_login_method]`, and what the feature adds to the tables (spec sign-in-plugins §11).

use crate::{
    declaration::{CookieDeclaration, CookieName, Declaration, Documentation, FeatureColumn, ModelColumn, Resource},
    options::{Section, lifetime, options, switch, text},
    problem::Problems,
};

/// The name of the switch for the column.
const STORE: &str = "store_in_database";

/// The declaration of the feature.
pub const DECLARATION: Declaration = Declaration {
    columns: &[FeatureColumn {
        table: "user",
        column: ModelColumn::text("lastLoginMethod", "last_login_method").optional(),
        input: false,
        returned: true,
        when: &[STORE],
    }],
    cookies: &[CookieDeclaration {
        name: CookieName::Configured("cookie_name"),
        lifetime: "`last_login_method.max_age`",
        about: "How the browser signed in last: `email`, or the provider's name. Scripts can read it",
        ends_at_sign_out: false,
    }],
    absent: &[
        (
            "before_store_cookie",
            "a function cannot be configured: the cookie is set at every sign-in; where it needs consent, set `enabled = false`",
        ),
        ("custom_resolve_method", "a function cannot be configured; better-auth's own names are used"),
        ("schema", "write `[schema.user] fields = { last_login_method = \"…\" }`"),
    ],
    ..Declaration::of("last_login_method")
};

/// The documentation of the feature.
pub const DOCUMENTATION: Documentation = Documentation::NONE;

options! {
    /// Remembers how a browser signed in last, for better-auth's client plugin `lastLoginMethodClient`: `email`, or the
    /// provider's name. Signing in by username leaves the cookie as it is.
    pub struct LastLoginMethod {
        /// Signing up and in sets the cookie, which scripts can read.
        enabled: bool = switch("enabled", false),
        /// The cookie's name; `advanced.cookie_prefix` adds nothing to it.
        cookie_name: String = text("cookie_name", "better-auth.last_used_login_method"),
        /// How long browsers keep it, in seconds.
        max_age: u32 = lifetime("max_age", 2_592_000),
        /// The column `lastLoginMethod` of `user` has the method too: run `cargo gatepost migrate`. The answer of a sign-in shows the
        /// method of the one before.
        store_in_database: bool = switch(STORE, false).needs(Resource::Database),
    }
    check: name
}

impl LastLoginMethod {
    /// Whether the method is stored in the user's row.
    pub fn stores(&self) -> bool {
        self.enabled && self.store_in_database
    }
}

/// The characters that a cookie's name may have in addition to letters and digits (RFC 9110 §5.6.2).
const TOKEN: &[u8] = b"!#$%&'*+-.^_`|~";

fn name(read: &LastLoginMethod, section: &Section<'_>, problems: &mut Problems) {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || TOKEN.contains(&byte);
    if read.cookie_name.is_empty() || !read.cookie_name.bytes().all(is_token) {
        let text = format!("`{}` cannot be the name of a cookie; write letters, digits, `.` and `_`", read.cookie_name);
        problems.add(section.place("cookie_name"), text);
    }
}
