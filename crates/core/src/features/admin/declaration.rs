//! The section `[admin]`, and what the feature adds to the tables (spec management-plugins §§1.1, 1.7).

use super::words;
use crate::{
    declaration::{ColumnDefault, CookieDeclaration, Declaration, Documentation, FeatureColumn, ModelColumn, Resource},
    options::{Default, Section, optional_seconds, options, positive_seconds, read_by, switch, text, texts},
    problem::Problems,
};

/// The cookie with the session to which an impersonation returns.
pub(super) const ADMIN_COOKIE: &str = "admin_session";

/// The declaration of the feature.
pub const DECLARATION: Declaration = Declaration {
    ends_sessions: true,
    columns: &[
        column("user", ModelColumn::text("role", "role").optional()),
        column("user", ModelColumn::boolean("banned", "banned").optional().or(ColumnDefault::Boolean(false))),
        column("user", ModelColumn::text("banReason", "ban_reason").optional()),
        column("user", ModelColumn::date("banExpires", "ban_expires").optional()),
        column("session", ModelColumn::text("impersonatedBy", "impersonated_by").optional()),
    ],
    cookies: &[CookieDeclaration {
        lifetime: "`session.expires_in`",
        about: "While a user is impersonated: the session to which `/admin/stop-impersonating` returns; signed",
        ..CookieDeclaration::of(ADMIN_COOKIE)
    }],
    absent: &[
        ("ac", "write `[access.statements]`"),
        ("roles", "write `[access.roles.<name>]`"),
        (
            "schema",
            "write `[schema.user] fields = { role = \"…\", banned = \"…\", ban_reason = \"…\", ban_expires = \"…\" }` and \
             `[schema.session] fields = { impersonated_by = \"…\" }`",
        ),
    ],
    ..Declaration::of("admin")
};

/// The documentation of the feature.
pub const DOCUMENTATION: Documentation = Documentation { reasons: words::REASONS, codes: words::CODES };

const fn column(table: &'static str, column: ModelColumn) -> FeatureColumn {
    FeatureColumn { table, column, input: false, returned: true, when: &[] }
}

options! {
    /// Administration of users: better-auth's plugin `admin`, with roles, bans and impersonation. `user` gets the columns `role`,
    /// `banned`, `banReason` and `banExpires`, `session` gets `impersonatedBy`: run `cargo gatepost migrate`. The roles and what
    /// they permit are in [`[access]`](#access). [administration.md](administration.md) is a guide.
    pub struct Admin {
        /// The endpoints below `/admin/` answer, and banned users have no session.
        enabled: bool = switch("enabled", false).needs(Resource::Database),
        /// The role of a new user, and of users whose row has none.
        default_role: String = text("default_role", "user"),
        /// Users with one of these roles are impersonated only by those whose role permits `impersonate-admins`. Permissions do
        /// not depend on this list. A list, or a text with commas.
        admin_roles: Option<Vec<String>> = read_by("admin_roles", Default::Told("`[\"admin\"]`"), admin_roles),
        /// Identifiers of users who may do everything, regardless of their roles.
        admin_user_ids: Vec<String> = texts("admin_user_ids"),
        /// The reason of a ban for which none is given.
        default_ban_reason: String = text("default_ban_reason", "No reason"),
        /// How long a ban lasts for which no time is given, in seconds.
        default_ban_expires_in: Option<u32> = optional_seconds("default_ban_expires_in", "until it is lifted"),
        /// How long an impersonation lasts, in seconds.
        impersonation_session_duration: u32 = positive_seconds("impersonation_session_duration", 3_600),
        /// The message that a banned user gets at a sign-in.
        banned_user_message: String = text("banned_user_message", BANNED),
        /// Roles that permit `impersonate` permit `impersonate-admins` too.
        allow_impersonating_admins: bool = switch("allow_impersonating_admins", false),
    }
}

const BANNED: &str =
    "You have been banned from this application. Please contact support if you believe this is an error.";

fn admin_roles(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> Option<Vec<String>> {
    match section.is_list(key) {
        true => section.texts(key, problems),
        false => section.text(key, problems).map(|text| text.split(',').map(str::to_owned).collect()),
    }
}

impl Admin {
    /// Whether a role is one of those that protect users from being impersonated.
    pub fn is_admin_role(&self, role: &str) -> bool {
        self.admin_roles.as_ref().map_or(role == "admin", |listed| listed.iter().any(|known| known.trim() == role))
    }
}
