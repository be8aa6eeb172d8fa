//! Reads the deployment that a folder and variables describe, as its functions do, for commands that check it without serving.

use std::{path::Path, sync::Arc};

use gatepost_core::{
    Auth, Config,
    config::{LimitStorage, Problems, Schema, Source, Variables},
    mail::template::Templates,
};

use crate::edge;

/// Reads the state that all requests of the deployment share. Connects to nothing.
///
/// # Errors
/// All problems of the configuration.
pub fn read(folder: &Path, variables: &Variables) -> Result<Arc<Auth>, Problems> {
    let unreadable = |(path, error): (std::path::PathBuf, std::io::Error)| {
        let mut problems = Problems::default();
        problems.add(path.display().to_string(), edge::unreadable(&error));
        problems
    };
    let (name, text) = edge::configuration(folder, variables).map_err(unreadable)?;
    let mails = edge::mails(folder).map_err(unreadable)?;
    let config = Config::load(variables, Some(Source { name: &name, text: &text }))?;
    let templates = Templates::new(mails.iter().map(|(name, text)| (name.as_str(), text.as_str())))?;
    Ok(Arc::new(Auth { templates, ..Auth::new(config, edge::now)? }))
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
