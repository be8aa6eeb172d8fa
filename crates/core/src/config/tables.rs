//! The tables as better-auth 1.7.25 has them (spec jwt-oauth-schema §5.1), before anybody gives them other names: the one
//! list from which the statements' names, the migration and its SQL come.

use super::{Kind, schema::Holds};

/// A table.
pub(super) struct Model {
    /// What better-auth and the statements here call it.
    pub(super) name: &'static str,
    /// Its section in `[schema]`.
    pub(super) key: &'static str,
    /// Its columns in order, without `id`, which every table has.
    pub(super) fields: &'static [Plain],
}

/// A column.
#[derive(Clone, Copy)]
pub(super) struct Plain {
    /// What better-auth and the statements here call it.
    pub(super) name: &'static str,
    /// Its key in `[schema.….fields]`.
    pub(super) key: &'static str,
    /// What it holds.
    pub(super) holds: Holds,
    /// Whether it takes no null.
    pub(super) required: bool,
    /// Whether no two rows have the same.
    pub(super) unique: bool,
    /// Whether rows are looked up by it.
    pub(super) indexed: bool,
    /// Whether it holds the time of the insert where nothing is given.
    pub(super) now: bool,
    /// What else it holds where nothing is given.
    pub(super) otherwise: Option<Given>,
}

/// A value that does not vary.
#[derive(Clone, Copy)]
pub(super) enum Given {
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(u32),
}

/// A column that a feature adds to `user`.
#[derive(Clone, Copy)]
pub(super) struct Added {
    /// The column.
    pub(super) column: Plain,
    /// Whether a client may set it.
    pub(super) input: bool,
}

impl Plain {
    const fn new(name: &'static str, key: &'static str, holds: Holds) -> Self {
        Self { name, key, holds, required: true, unique: false, indexed: false, now: false, otherwise: None }
    }

    pub(super) const fn optional(self) -> Self {
        Self { required: false, ..self }
    }

    pub(super) const fn unique(self) -> Self {
        Self { unique: true, ..self }
    }

    pub(super) const fn otherwise(self, given: bool) -> Self {
        Self { otherwise: Some(Given::Flag(given)), ..self }
    }

    const fn counted(self) -> Self {
        Self { otherwise: Some(Given::Number(0)), ..self }
    }

    const fn indexed(self) -> Self {
        Self { indexed: true, ..self }
    }

    const fn now(self) -> Self {
        Self { now: true, ..self }
    }
}

pub(super) const fn text(name: &'static str, key: &'static str) -> Plain {
    Plain::new(name, key, Holds::Value(Kind::Text))
}

pub(super) const fn boolean(name: &'static str, key: &'static str) -> Plain {
    Plain::new(name, key, Holds::Value(Kind::Boolean))
}

const fn date(name: &'static str, key: &'static str) -> Plain {
    Plain::new(name, key, Holds::Value(Kind::Date))
}

const fn owner() -> Plain {
    Plain::new("userId", "user_id", Holds::Reference("user")).indexed()
}

/// In the order in which they are made: what is referred to comes first.
pub(super) const MODELS: [Model; 7] = [
    Model {
        name: "user",
        key: "user",
        fields: &[
            text("name", "name"),
            text("email", "email").unique(),
            boolean("emailVerified", "email_verified"),
            text("image", "image").optional(),
            date("createdAt", "created_at").now(),
            date("updatedAt", "updated_at").now(),
        ],
    },
    Model {
        name: "session",
        key: "session",
        fields: &[
            date("expiresAt", "expires_at"),
            text("token", "token").unique(),
            date("createdAt", "created_at").now(),
            date("updatedAt", "updated_at"),
            text("ipAddress", "ip_address").optional(),
            text("userAgent", "user_agent").optional(),
            owner(),
        ],
    },
    Model {
        name: "account",
        key: "account",
        fields: &[
            text("accountId", "account_id"),
            text("providerId", "provider_id"),
            owner(),
            text("accessToken", "access_token").optional(),
            text("refreshToken", "refresh_token").optional(),
            text("idToken", "id_token").optional(),
            date("accessTokenExpiresAt", "access_token_expires_at").optional(),
            date("refreshTokenExpiresAt", "refresh_token_expires_at").optional(),
            text("scope", "scope").optional(),
            text("password", "password").optional(),
            date("createdAt", "created_at").now(),
            date("updatedAt", "updated_at"),
        ],
    },
    Model {
        name: "verification",
        key: "verification",
        fields: &[
            text("identifier", "identifier").indexed(),
            text("value", "value"),
            date("expiresAt", "expires_at"),
            date("createdAt", "created_at").now(),
            date("updatedAt", "updated_at").now(),
        ],
    },
    Model {
        name: "jwks",
        key: "jwks",
        fields: &[
            text("publicKey", "public_key"),
            text("privateKey", "private_key"),
            date("createdAt", "created_at"),
            date("expiresAt", "expires_at").optional(),
            text("alg", "alg").optional(),
            text("crv", "crv").optional(),
        ],
    },
    Model {
        name: "rateLimit",
        key: "rate_limit",
        fields: &[
            text("key", "key").unique(),
            Plain::new("count", "count", Holds::Value(Kind::Number)),
            Plain::new("lastRequest", "last_request", Holds::Value(Kind::BigNumber)),
        ],
    },
    // Only with `two_factor.enabled` (spec sign-in-plugins §0.9).
    Model {
        name: "twoFactor",
        key: "two_factor",
        fields: &[
            text("secret", "secret").indexed(),
            text("backupCodes", "backup_codes"),
            owner(),
            boolean("verified", "verified").optional().otherwise(true),
            Plain::new("failedVerificationCount", "failed_verification_count", Holds::Value(Kind::Number))
                .optional()
                .counted(),
            date("lockedUntil", "locked_until").optional(),
        ],
    },
];
