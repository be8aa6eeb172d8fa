//! The `gatepost` command.

use std::{
    error::Error,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Parser as _;
#[cfg(feature = "import")]
use gatepost_cli::import;
use gatepost_cli::{
    arguments::{Arguments, Check, Command, Print, Secret},
    audit, check, cleanup, deployment, dev, doctor, dotenv, edge, events, explain, generate,
    import_users::{self, formats::FirebaseParameters},
    keys, manual, migrate, openapi, organizations, reencrypt,
    report::{Finding, Report},
    roles, secret, shadow, users,
};
use gatepost_core::{
    Config,
    config::{ConnectionOptions, Problems, Schema, Source, load_secrets},
    crypto::random::Rng,
};

/// Runs the command. Wrong input ends with status 2 and a sentence that states the fix.
fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            say_error(&error.to_string());
            ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> Result<ExitCode, Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| format!("the process cannot start: {error}; free resources of the machine"))?;
    let here = Path::new(".");
    warn(here, &command);
    match command {
        Command::Dev { port } => runtime.block_on(dev::run(here, port, edge::environment()))?,
        Command::Serve(asked) => return Ok(gatepost_serve::run::run(here, &asked, edge::environment())?),
        Command::Migrate { plan, new_tables } => {
            let variables = edge::environment();
            let (name, url) = migrate::url(&variables)
                .ok_or("DATABASE_URL is missing; set it to the URL of the database to migrate")?;
            let (options, schema) = (of_file(here, ConnectionOptions::load)?, used(here)?);
            let planned = runtime.block_on(async {
                match plan {
                    true => migrate::plan(url, &options, &schema).await,
                    false => migrate::migrate_beside(url, &options, &schema, new_tables).await,
                }
            });
            let failed = |error| format!("{name}: {error}");
            let planned = planned.map_err(failed)?;
            planned.notes().iter().for_each(|note| say_error(note));
            return told(&planned.judged(new_tables).map_err(failed)?, plan);
        }
        Command::Generate { print: Some(Print::Schema), .. } => say(&migrate::sql::whole(&used(here)?)),
        Command::Generate { print: Some(Print::Roles { name }), .. } => {
            let variables = edge::environment();
            let hooks = of_file(here, |source| Ok(Config::examine(&variables, Some(source)).0.features.hooks))?;
            say(&(roles::sql(&name, &used(here)?) + &roles::of_hooks(&name, &hooks)));
        }
        Command::Generate { print: Some(Print::Openapi), .. } => {
            let variables = edge::environment();
            let (file, text) = edge::configuration(here, &variables)
                .map_err(|(path, error)| format!("{}: {}", path.display(), edge::unreadable(&error)))?;
            say(&openapi::of_deployment(&variables, Source { name: &file, text: &text })?);
        }
        Command::Generate { check, print: None | Some(Print::Vercel) } => {
            let stale = generate::generate(here, check)?;
            let listed = |paths: &[PathBuf]| paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>();
            let (written, removed) = (listed(&stale.written), listed(&stale.removed));
            if check && !(written.is_empty() && removed.is_empty()) {
                let unneeded = removed.iter().map(|path| format!("{path} (not needed)"));
                let all: Vec<_> = written.into_iter().chain(unneeded).collect();
                return Err(format!("stale: {}; run `cargo gatepost generate`", all.join(", ")).into());
            }
            written.iter().for_each(|path| say(&format!("wrote {path}")));
            removed.iter().for_each(|path| say(&format!("removed {path}")));
        }
        Command::Doctor { url, origin, no_sign_up, json } => {
            let origin = origin.as_deref();
            let report = match url {
                Some(url) => runtime.block_on(doctor::outside::walk(&url, origin, !no_sign_up)),
                None => runtime.block_on(doctor::local(here, &edge::environment(), origin)),
            };
            return examined(report.map_err(Into::into), json);
        }
        Command::Shadow { from, to, port, queue, replay, json } => {
            let shadow = shadow::Shadow::new(&from, &to, queue, std::sync::Arc::new(say))?;
            let summary = match replay {
                Some(file) => {
                    let text = input(&file)?;
                    let recorded =
                        shadow::read_recording(&text).map_err(|error| format!("{}: {error}", file.display()))?;
                    runtime.block_on(shadow.replay(recorded))
                }
                None => runtime.block_on(shadow::listen(shadow, port))?,
            };
            say(&if json { summary.json() } else { summary.to_string() });
            return Ok(ExitCode::from(summary.status()));
        }
        Command::Explain { log: Some(log), request, json, .. } => {
            let read = input(&log).and_then(|log| Ok(explain::logged(&log, &request.unwrap_or_default())?));
            return examined(read, json);
        }
        Command::Explain { cookie, authorization, json, .. } => {
            let explained = || {
                let asked = match explain::RequestHeaders::given(cookie, authorization) {
                    asked if asked == explain::RequestHeaders::default() => {
                        explain::RequestHeaders::read(&input(Path::new("-"))?)?
                    }
                    asked => asked,
                };
                let auth = deployment::read(here, &edge::environment())?;
                Ok(runtime.block_on(explain::request(auth, &asked, edge::request()?))?)
            };
            return examined(explained(), json);
        }
        #[cfg(feature = "import")]
        Command::Import { paths, out, plan, force, anyway, database, summary, json } => {
            let asked =
                import::command::ImportArguments { paths, out, is_plan: plan, force, anyway, database, summary, json };
            let (text, status) = runtime.block_on(import::command::run(&asked))?;
            say(&text);
            return Ok(ExitCode::from(status));
        }
        #[cfg(not(feature = "import"))]
        Command::Import { .. } => {
            return Err(
                "this build cannot import; run `cargo gatepost import`, or build with the feature `import`".into()
            );
        }
        Command::ImportUsers {
            file,
            from,
            apply,
            plan: _,
            keep_ids,
            without_passwords,
            firebase_salt_separator,
            firebase_rounds,
            firebase_mem_cost,
        } => {
            let auth = deployment::read(here, &edge::environment())?;
            let firebase = FirebaseParameters {
                salt_separator: firebase_salt_separator,
                rounds: firebase_rounds,
                mem_cost: firebase_mem_cost,
            };
            let options = import_users::Options { format: from, apply, keep_ids, without_passwords, firebase };
            let summary = runtime.block_on(import_users::run(&auth, &file, &options, &mut |line| say_error(line)))?;
            say(&summary.to_string());
            if summary.refused > 0 {
                return Ok(ExitCode::from(1));
            }
        }
        Command::Check(Check::Env(asked)) => {
            let findings = check::run(here, &asked, edge::environment())?;
            say(&findings.to_string());
            if findings.has_problems() {
                return Ok(ExitCode::from(1));
            }
        }
        Command::Check(Check::Database { file, json }) => {
            let variables = file.as_deref().map_or_else(|| Ok(edge::environment()), dotenv::read);
            let report = variables.map(|variables| runtime.block_on(doctor::database(here, &variables)));
            return examined(report.map_err(Into::into), json);
        }
        Command::Users { command, json } => {
            let auth = deployment::of_stores(here, &edge::environment())?;
            return administered(runtime.block_on(users::users(auth, command, edge::request()?))?, json);
        }
        Command::Sessions { command, json } => {
            let auth = deployment::of_stores(here, &edge::environment())?;
            return administered(runtime.block_on(users::sessions(auth, command, edge::request()?))?, json);
        }
        Command::Cleanup { plan, keep_days, json } => {
            let auth = deployment::of_stores(here, &edge::environment())?;
            let done = runtime.block_on(cleanup::run(&auth, keep_days, plan, &mut |line| say_error(line)))?;
            return administered(done, json);
        }
        Command::Keys { command, json } => {
            let auth = deployment::of_stores(here, &edge::environment())?;
            return administered(runtime.block_on(keys::keys(auth, command, edge::request()?))?, json);
        }
        Command::Audit { asked, json } => {
            let auth = deployment::of_stores(here, &edge::environment())?;
            return administered(runtime.block_on(audit::audit(auth, asked, edge::request()?))?, json);
        }
        Command::Events { command, json } => {
            // Only a command that sends needs the secret that signs events.
            let read = if command.sends() { deployment::read } else { deployment::of_stores };
            let auth = read(here, &edge::environment())?;
            return administered(runtime.block_on(events::events(&auth, command))?, json);
        }
        Command::Organizations { command, json } => {
            let auth = deployment::of_stores(here, &edge::environment())?;
            let done = runtime.block_on(organizations::organizations(auth, command, edge::request()?))?;
            return administered(done, json);
        }
        Command::Completions { shell } => say(&manual::completions(shell)),
        Command::Man { dir: None } => say(&manual::man()?),
        Command::Man { dir: Some(dir) } => {
            let written = manual::men(&dir).map_err(|error| format!("{}: {error}", dir.display()))?;
            written.iter().for_each(|path| say(&format!("wrote {}", path.display())));
        }
        Command::Secret(Secret::New) => say(&secret::new()?),
        Command::Secret(Secret::Rotate) => {
            let variables = edge::environment();
            let longest = of_file(here, |source| {
                let (config, mut problems) = Config::examine(&variables, Some(source));
                // A lifetime that cannot be read would be taken for its default.
                problems.0.retain(|problem| problem.place.starts_with(source.name));
                if problems.0.is_empty() { Ok(config.longest_signed()) } else { Err(problems) }
            })?;
            say(&secret::rotate(&load_secrets(&variables)?, longest)?);
        }
        Command::Secret(Secret::Reencrypt { plan }) => {
            let variables = edge::environment();
            let (name, url) = migrate::url(&variables)
                .ok_or("DATABASE_URL is missing; set it to the URL of the deployment's database")?;
            let (options, schema, secrets) =
                (of_file(here, ConnectionOptions::load)?, schema(here)?, load_secrets(&variables)?);
            let mut rng = Rng::from_seed(edge::seed()?);
            let done = runtime.block_on(reencrypt::run(url, &options, &secrets, &schema, &mut rng, plan));
            let (text, is_done) = done.map_err(|error| format!("{name}: {error}"))?;
            say(&text);
            if !is_done {
                return Ok(ExitCode::from(1));
            }
        }
        Command::Secret(Secret::Status) => {
            let variables = edge::environment();
            let (name, url) = migrate::url(&variables)
                .ok_or("DATABASE_URL is missing; set it to the URL of the deployment's database")?;
            let (options, schema) = (of_file(here, ConnectionOptions::load)?, schema(here)?);
            let counted = runtime.block_on(secret::status(url, &options, &load_secrets(&variables)?, &schema));
            let (text, done) = counted.map_err(|error| format!("{name}: {error}"))?;
            say(&text);
            if !done {
                return Ok(ExitCode::from(1));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints what a migration does or did; a plan that would be refused ends like a refusal. Columns that make requests fail, which are
/// printed before, end in status 1.
fn told(plan: &migrate::Plan, only_planned: bool) -> Result<ExitCode, Box<dyn Error>> {
    if !plan.refusals.is_empty() {
        return Err(migrate::Failure::Refused(plan.refusals.clone()).into());
    }
    say(&match (plan.statements.is_empty(), only_planned) {
        (true, false) if plan.problems.is_empty() => "nothing to do".to_owned(),
        (true, true) if plan.problems.is_empty() => "-- nothing to do".to_owned(),
        (true, false) => "nothing to add".to_owned(),
        (true, true) => "-- nothing to add".to_owned(),
        (false, true) => migrate::sql::joined(&plan.statements),
        (false, false) => plan.done(),
    });
    Ok(if plan.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Reads the schema from the configuration file and the connection URLs, for commands that need nothing else.
fn schema(folder: &Path) -> Result<Schema, Box<dyn Error>> {
    let variables = edge::environment();
    of_file(folder, |source| Schema::of_deployment(source, &variables))
}

/// Reads the schema with only the tables that the configuration uses. Ignores other problems of the environment.
fn used(folder: &Path) -> Result<Schema, Box<dyn Error>> {
    let variables = edge::environment();
    let config = of_file(folder, |source| Ok(Config::examine(&variables, Some(source)).0))?;
    Ok(deployment::used(schema(folder)?, &config))
}

/// Loads a part of the configuration file, for commands that need nothing else of it.
fn of_file<T>(folder: &Path, load: impl Fn(Source<'_>) -> Result<T, Problems>) -> Result<T, Box<dyn Error>> {
    let (file, text) = edge::configuration(folder, &edge::environment())
        .map_err(|(path, error)| format!("{}: {}", path.display(), edge::unreadable(&error)))?;
    Ok(load(Source { name: &file, text: &text })?)
}

/// Reads a file, or standard input if the path is `-`.
fn input(file: &Path) -> Result<String, Box<dyn Error>> {
    let name = if file == Path::new("-") { "standard input".to_owned() } else { file.display().to_string() };
    Ok(edge::text(file).map_err(|error| format!("{name}: {}", edge::unreadable(&error)))?)
}

/// Warns of a folder without a configuration file, if the command reads the file and its report does not say so.
fn warn(folder: &Path, command: &Command) {
    let is_quiet = match command {
        Command::Shadow { .. } | Command::Import { .. } | Command::Completions { .. } | Command::Man { .. } => true,
        Command::Explain { log, .. } => log.is_some(),
        Command::Secret(Secret::New) | Command::Doctor { .. } | Command::Check(Check::Env(_)) => true,
        Command::Serve(asked) => asked.probe,
        _ => false,
    };
    let Some(warning) = deployment::without_file(folder, &edge::environment()).filter(|_| !is_quiet) else { return };
    match command {
        // Each line of this log is JSON.
        Command::Serve(_) => {
            let line = serde_json::json!({ "level": "warn", "serve": "configuration", "warning": warning });
            say_error(&line.to_string());
        }
        _ => say_error(&format!("warning: {warning}")),
    }
}

/// Prints a report. With `json`, a failure that kept the command from making one is a report as well.
fn examined(report: Result<Report, Box<dyn Error>>, json: bool) -> Result<ExitCode, Box<dyn Error>> {
    let error = match report {
        Ok(report) => return Ok(reported(&report, json)),
        Err(error) if !json => return Err(error),
        Err(error) => error,
    };
    let findings = match error.downcast_ref::<Problems>() {
        Some(problems) => doctor::environment_problems(problems),
        None => {
            let text = error.to_string();
            let (cause, fix) = text.split_once("; ").unwrap_or((&text, "correct it"));
            vec![Finding::fail("input", cause, fix)]
        }
    };
    Ok(reported(&Report::broken_off(findings), true))
}

/// Prints what a command found or changed, and the line for the log.
fn administered(done: users::CommandResult, json: bool) -> Result<ExitCode, Box<dyn Error>> {
    say(&if json { serde_json::to_string_pretty(&done.json)? } else { done.text });
    if let Some(audit) = done.audit {
        say_error(&audit.to_string());
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints a report and returns its exit status.
fn reported(report: &Report, json: bool) -> ExitCode {
    say(&if json { report.json() } else { report.to_string() });
    ExitCode::from(report.status())
}

/// Prints what the command was asked for. A reader that has gone, such as `head`, has had enough.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

#[expect(clippy::print_stderr, reason = "why the command failed")]
fn say_error(text: &str) {
    eprintln!("{text}");
}
