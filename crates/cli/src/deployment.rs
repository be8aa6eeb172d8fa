//! The deployment that a folder and the variables describe, read as its functions read it: for whoever looks at it and
//! serves nothing.

use std::{path::Path, sync::Arc};

use gatepost_core::{
    Auth, Config,
    config::{LimitStorage, Problems, Schema, Source, Variables},
    mail::template::Templates,
};

use crate::edge;

/// What the requests of the deployment would share. Nothing connects.
///
/// # Errors
/// Everything that is wrong with the configuration.
pub fn read(folder: &Path, variables: &Variables) -> Result<Arc<Auth>, Problems> {
    let unreadable = |(path, error): (std::path::PathBuf, std::io::Error)| {
        let mut problems = Problems::default();
        problems.add(path.display().to_string(), format!("it cannot be read: {error}"));
        problems
    };
    let (name, text) = edge::configuration(folder, variables).map_err(unreadable)?;
    let mails = edge::mails(folder).map_err(unreadable)?;
    let config = Config::load(variables, Some(Source { name: &name, text: &text }))?;
    let templates = Templates::new(mails.iter().map(|(name, text)| (name.as_str(), text.as_str())))?;
    Ok(Arc::new(Auth { templates, ..Auth::new(config, edge::now)? }))
}

/// The tables that the deployment uses: that of keys where tokens are signed, that of rate limits where they are counted in the
/// database. better-auth's command line makes the same (`getAuthTables` of 1.7.25).
pub fn used(mut schema: Schema, config: &Config) -> Schema {
    schema.tables.retain(|table| match table.model {
        "jwks" => config.jwt.enabled,
        "rateLimit" => config.rate_limit.storage == LimitStorage::Database,
        _ => true,
    });
    schema
}
