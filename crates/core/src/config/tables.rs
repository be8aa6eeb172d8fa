//! The core's tables as better-auth 1.7.25 has them (spec jwt-oauth-schema §5.1), before the configuration gives them other names.
//! Statements' names, the migration and its SQL come from them and from the tables that features declare.

use crate::declaration::{ColumnDefault::Now, ColumnType, Kind, Model, ModelColumn};

const fn text(name: &'static str, key: &'static str) -> ModelColumn {
    ModelColumn::text(name, key)
}

const fn date(name: &'static str, key: &'static str) -> ModelColumn {
    ModelColumn::date(name, key)
}

/// In the order in which they are made: what is referred to comes first.
pub(super) const MODELS: [Model; 6] = [
    Model {
        name: "user",
        key: "user",
        columns: &[
            text("name", "name"),
            text("email", "email").unique(),
            ModelColumn::boolean("emailVerified", "email_verified"),
            text("image", "image").optional(),
            date("createdAt", "created_at").or(Now),
            date("updatedAt", "updated_at").or(Now),
        ],
    },
    Model {
        name: "session",
        key: "session",
        columns: &[
            date("expiresAt", "expires_at"),
            text("token", "token").unique(),
            date("createdAt", "created_at").or(Now),
            date("updatedAt", "updated_at"),
            text("ipAddress", "ip_address").optional(),
            text("userAgent", "user_agent").optional(),
            ModelColumn::owner(),
        ],
    },
    Model {
        name: "account",
        key: "account",
        columns: &[
            text("accountId", "account_id"),
            text("providerId", "provider_id"),
            ModelColumn::owner(),
            text("accessToken", "access_token").optional(),
            text("refreshToken", "refresh_token").optional(),
            text("idToken", "id_token").optional(),
            date("accessTokenExpiresAt", "access_token_expires_at").optional(),
            date("refreshTokenExpiresAt", "refresh_token_expires_at").optional(),
            text("scope", "scope").optional(),
            text("password", "password").optional(),
            date("createdAt", "created_at").or(Now),
            date("updatedAt", "updated_at"),
        ],
    },
    Model {
        name: "verification",
        key: "verification",
        columns: &[
            text("identifier", "identifier").indexed(),
            text("value", "value"),
            date("expiresAt", "expires_at"),
            date("createdAt", "created_at").or(Now),
            date("updatedAt", "updated_at").or(Now),
        ],
    },
    Model {
        name: "jwks",
        key: "jwks",
        columns: &[
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
        columns: &[
            text("key", "key").unique(),
            ModelColumn::number("count", "count"),
            ModelColumn::new("lastRequest", "last_request", ColumnType::Value(Kind::BigNumber)),
        ],
    },
];
