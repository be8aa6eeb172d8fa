//! Reads the deployment that a folder and variables describe, for commands that check it without serving.

use std::{path::Path, sync::Arc};

use gatepost_core::{
    Auth, Config,
    config::{LimitStorage, Problems, Schema, Variables},
};
pub use gatepost_serve::deployment::{auth, read};

/// The name of the configuration file, if no variable names another one.
pub const FILE: &str = "gatepost.toml";

/// Reads the deployment for a command that uses its database and its secondary storage alone, so that the operator who runs it
/// needs no other secret. Without a secret that signs, this process makes one up, with which no value of the deployment is signed.
///
/// # Errors
/// All problems of the configuration, but for those of secrets that the command does not use.
pub fn of_stores(folder: &Path, variables: &Variables) -> Result<Arc<Auth>, Problems> {
    read(folder, &with_secret(variables.only_for_stores())?)
}

/// Adds a secret of this process to variables that have none.
///
/// # Errors
/// If the operating system provides no randomness.
pub(crate) fn with_secret(mut variables: Variables) -> Result<Variables, Problems> {
    if !variables.has_secret() {
        let secret = crate::secret::new().map_err(|error| {
            let mut problems = Problems::default();
            problems.add("BETTER_AUTH_SECRET", error.to_string());
            problems
        })?;
        variables.set("BETTER_AUTH_SECRET", secret);
    }
    Ok(variables)
}

/// Returns the warning that a folder has no configuration file, so that every option has its default.
pub fn without_file(folder: &Path, variables: &Variables) -> Option<String> {
    if variables.get("GATEPOST_CONFIG").is_some() || folder.join(FILE).exists() {
        return None;
    }
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let folder = folder.components().collect::<std::path::PathBuf>();
    Some(format!(
        "{} has no {FILE}, so every option has its default: users cannot sign up with a password, for example; run the command in the \
         folder that has the file, or name the file in GATEPOST_CONFIG",
        folder.display()
    ))
}

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
