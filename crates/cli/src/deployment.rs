//! Reads the deployment that a folder and variables describe, for commands that check it without serving.

use gatepost_core::{
    Config,
    config::{LimitStorage, Schema},
};
pub use gatepost_serve::deployment::read;

/// Reduces the schema to the tables that the deployment uses: without the table of keys if no JWTs are signed, and without the table
/// of rate limits if they are not counted in the database. better-auth's command line does the same (`getAuthTables` of 1.7.25).
pub fn used(mut schema: Schema, config: &Config) -> Schema {
    schema.tables.retain(|table| match table.model {
        "jwks" => config.jwt.enabled,
        "rateLimit" => config.rate_limit.storage == LimitStorage::Database,
        _ => true,
    });
    schema
}
