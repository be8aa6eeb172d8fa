//! Reads the deployment that a folder and variables describe, as its functions do. Connects to nothing.

use std::{path::Path, sync::Arc};

use gatepost_core::{
    Auth, Config,
    auth::LinkedParts,
    config::{Problems, Source, Variables},
    mail::template::Templates,
};

use crate::edge;

/// Reads the state that all requests of the deployment share.
///
/// # Errors
/// All problems of the configuration.
pub fn read(folder: &Path, variables: &Variables) -> Result<Arc<Auth>, Problems> {
    let (config, templates) = configuration(folder, variables)?;
    auth(config, templates)
}

/// Builds the state that all requests share, with every optional part and the hooks in Rust of this workspace.
///
/// # Errors
/// The problems with the URLs of the database and of the secondary storage, and hooks in Rust that this program does not have.
pub fn auth(config: Config, templates: Templates) -> Result<Arc<Auth>, Problems> {
    let linked = LinkedParts { hooks: gatepost_hooks::HOOKS, ..LinkedParts::ALL };
    Ok(Arc::new(Auth { templates, ..Auth::with(config, edge::now, linked)? }))
}

/// Reads the configuration file and the mail templates.
///
/// # Errors
/// All problems of the configuration.
pub fn configuration(folder: &Path, variables: &Variables) -> Result<(Config, Templates), Problems> {
    let unreadable = |(path, error): (std::path::PathBuf, std::io::Error)| {
        let mut problems = Problems::default();
        problems.add(path.display().to_string(), edge::unreadable(&error));
        problems
    };
    let (name, text) = edge::configuration(folder, variables).map_err(unreadable)?;
    let mails = edge::mails(folder).map_err(unreadable)?;
    let config = Config::load(variables, Some(Source { name: &name, text: &text }))?;
    let templates = Templates::new(mails.iter().map(|(name, text)| (name.as_str(), text.as_str())))?;
    Ok((config, templates))
}
