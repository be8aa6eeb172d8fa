//! Reads the deployment that a folder and variables describe, as its functions do. Connects to nothing.

use std::{path::Path, sync::Arc};

use gatepost_core::{
    Auth, Config,
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
    Ok(Arc::new(Auth { templates, ..Auth::new(config, edge::now)? }))
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
