//! The check of the environment in a deployment's build. Only one function contains it. That function was built with this
//! configuration, and reads it as it will at run time.

use std::{env, io::Write as _, process::ExitCode};

use gatepost_core::{
    check::{self, KnownFacts},
    config::{Config, Problems, Source},
    mail::template::Templates,
};

use crate::{Error, MAILS, Tables, environment, file, serve};

/// Serves like [`serve`]. With the argument `check-environment`, which `build.sh` passes, it instead prints the problems of the
/// environment, and exits with status 1 if there are any.
///
/// # Errors
/// Those of [`serve`].
pub fn serve_or_check(tables: Tables) -> Result<ExitCode, Error> {
    if env::args_os().nth(1).is_none_or(|argument| argument != "check-environment") {
        return serve(tables).map(|()| ExitCode::SUCCESS);
    }
    let variables = environment();
    let (file, unread) = match file(&variables) {
        Ok(file) => (file, Problems::default()),
        Err(problems) => (Default::default(), problems),
    };
    let (config, mut problems) = Config::examine(&variables, Some(Source { name: &file.0, text: &file.1 }));
    problems.0.extend(unread.0);
    let mails = Templates::new(MAILS.iter().copied()).err();
    problems.0.extend(mails.into_iter().flat_map(|mails| mails.0));
    let findings = check::environment(&variables, &config, &problems, &KnownFacts::default());
    writeln!(std::io::stderr(), "the environment of this deployment:\n{findings}")?;
    Ok(if findings.has_problems() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
