//! `gatepost check env`: finds the problems of an environment before you deploy with it.

use std::{error::Error, path::PathBuf};

use clap::Args;
use gatepost_core::{
    check::{self, Findings, KnownFacts},
    config::{Config, Source, Variables},
    mail::template::Templates,
};

use crate::{dotenv, edge};

/// The options of `gatepost check env`.
#[derive(Args)]
pub struct CheckOptions {
    /// Environment whose rules apply [default: the variable VERCEL_ENV, else production].
    #[arg(long, value_parser = ["production", "preview", "development"])]
    env: Option<String>,
    /// Read the variables from this file, as `vercel env pull` writes it, instead of this process's environment.
    #[arg(long)]
    file: Option<PathBuf>,
    /// File of another environment that must share no secret with this one.
    #[arg(long)]
    against: Option<PathBuf>,
    /// Issuer that other services expect in tokens.
    #[arg(long)]
    issuer: Option<String>,
    /// Audience that other services expect in tokens.
    #[arg(long)]
    audience: Option<String>,
}

/// Checks the environment that `asked` names, with the `gatepost.toml` and the mail templates of `folder`.
///
/// # Errors
/// If a file cannot be read.
pub fn run(folder: &std::path::Path, asked: &CheckOptions, environment: Variables) -> Result<Findings, Box<dyn Error>> {
    let mut variables = asked.file.as_deref().map_or(Ok(environment), dotenv::read)?;
    if let Some(env) = &asked.env {
        variables.set("VERCEL_ENV", env);
    } else if variables.get("VERCEL_ENV").is_none() {
        variables.set("VERCEL_ENV", "production");
    }
    let other = asked.against.as_deref().map(|path| dotenv::read(path).map(|read| (path.display().to_string(), read)));
    let other = other.transpose()?;
    let unread = |(path, error): (PathBuf, std::io::Error)| format!("{}: {}", path.display(), edge::unreadable(&error));
    let (name, text) = edge::configuration(folder, &variables).map_err(unread)?;
    let mails = edge::mails(folder).map_err(unread)?;
    let (config, mut problems) = Config::examine(&variables, Some(Source { name: &name, text: &text }));
    let mails = mails.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    problems.0.extend(Templates::new(mails).err().into_iter().flat_map(|mails| mails.0));
    let known = KnownFacts {
        against: other.as_ref().map(|(name, other)| (name.as_str(), other)),
        issuer: asked.issuer.as_deref(),
        audience: asked.audience.as_deref(),
    };
    Ok(check::environment(&variables, &config, &problems, &known))
}
