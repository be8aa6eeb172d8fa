//! `gatepost check env`: finds the problems of an environment before you deploy with it.

use std::{
    error::Error,
    path::{Path, PathBuf},
};

use clap::Args;
use gatepost_core::{
    check::{self, Finding, Findings, KnownFacts, Severity},
    config::{Config, Source, Variables},
    mail::template::Templates,
};

use crate::{deployment, dotenv, edge};

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
pub fn run(folder: &Path, asked: &CheckOptions, environment: Variables) -> Result<Findings, Box<dyn Error>> {
    let mut variables = asked.file.as_deref().map_or(Ok(environment), dotenv::read)?;
    if let Some(env) = &asked.env {
        variables.set("VERCEL_ENV", env);
    }
    let other = asked.against.as_deref().map(|path| dotenv::read(path).map(|read| (path.display().to_string(), read)));
    let other = other.transpose()?;
    let known = KnownFacts {
        against: other.as_ref().map(|(name, other)| (name.as_str(), other)),
        issuer: asked.issuer.as_deref(),
        audience: asked.audience.as_deref(),
    };
    let unread = |(path, error): (PathBuf, std::io::Error)| format!("{}: {}", path.display(), edge::unreadable(&error));
    Ok(findings(folder, &variables, &known).map_err(unread)?)
}

/// Checks the variables of a deployment with the files of `folder`, for `check env` and for `doctor`, which therefore agree. Without
/// `VERCEL_ENV` the rules of production apply.
///
/// # Errors
/// If a file cannot be read, with its path.
pub(crate) fn findings(
    folder: &Path,
    variables: &Variables,
    known: &KnownFacts<'_>,
) -> Result<Findings, (PathBuf, std::io::Error)> {
    let mut variables = variables.clone();
    if variables.get("VERCEL_ENV").is_none() {
        variables.set("VERCEL_ENV", "production");
    }
    let (name, text) = edge::configuration(folder, &variables)?;
    let mails = edge::mails(folder)?;
    let (config, mut problems) = Config::examine(&variables, Some(Source { name: &name, text: &text }));
    let mails = mails.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    problems.0.extend(Templates::new(mails).err().into_iter().flat_map(|mails| mails.0));
    let mut findings = check::environment(&variables, &config, &problems, known);
    if let Some(text) = deployment::without_file(folder, &variables) {
        findings.0.push(Finding { severity: Severity::Warning, place: deployment::FILE.to_owned(), text });
    }
    Ok(findings)
}
