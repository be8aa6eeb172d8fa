//! The `gatepost` command.

use std::{
    error::Error,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use gatepost_cli::{
    check, deployment, dev, doctor, dotenv, edge, explain, generate, migrate, openapi, report::Report, roles, secret,
};
use gatepost_core::{
    Config,
    config::{ConnectionOptions, Problems, Schema, Source, load_secrets},
};

/// A drop-in server for the better-auth client.
#[derive(Parser)]
#[command(name = "gatepost", bin_name = "cargo gatepost", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the service on this machine, with a PostgreSQL of its own unless DATABASE_URL names one.
    Dev {
        /// The port to listen on; 0 for a free one. Default: PORT, else 3000.
        #[arg(long)]
        port: Option<u16>,
    },
    /// Bring the database of DATABASE_URL to the schema that gatepost.toml needs: better-auth 1.7.25's. Only adds.
    Migrate {
        /// Change nothing; print the SQL.
        #[arg(long)]
        plan: bool,
        /// Make the missing tables although others look like them, or have rows beside which they are missing.
        #[arg(long)]
        new_tables: bool,
    },
    /// Write the files that follow from the table of endpoints and gatepost.toml: the functions, their routes, the documentation.
    Generate {
        /// Write nothing; fail if a file is stale.
        #[arg(long)]
        check: bool,
        /// Print something instead.
        #[command(subcommand)]
        print: Option<Print>,
    },
    /// Find out why sessions are null: check this deployment's variables, database, cookies and mails, or a running service.
    ///
    /// The status is 0 where nothing failed, 1 where something did, 2 where not everything could be looked at.
    Doctor {
        /// The address of a running service, which is looked at from outside, as a browser does.
        #[arg(long)]
        url: Option<String>,
        /// The origin of the pages that call the service. Default: the service's own.
        #[arg(long)]
        origin: Option<String>,
        /// With --url: make no throw-away user.
        #[arg(long, requires = "url")]
        no_sign_up: bool,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Say what this deployment does with a request, and why it ends in null. Without options the headers are read from
    /// standard input, which keeps them out of the shell's history.
    ///
    /// The status is 0 where there is a session, 1 where there is none, 2 where nobody can tell.
    Explain {
        /// The request's Cookie header.
        #[arg(long, conflicts_with = "log")]
        cookie: Option<String>,
        /// The request's Authorization header.
        #[arg(long, conflicts_with = "log")]
        authorization: Option<String>,
        /// A log of the service, to look a request up in; `-` is standard input.
        #[arg(long, requires = "request")]
        log: Option<PathBuf>,
        /// The request's identifier: `x-vercel-id`, or `id` in the log.
        #[arg(long, requires = "log")]
        request: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Look for what is wrong before it is deployed; the status is 1 where something is.
    #[command(subcommand)]
    Check(Check),
    /// Work with secrets.
    #[command(subcommand)]
    Secret(Secret),
}

#[derive(Subcommand)]
enum Check {
    /// The variables of an environment, with gatepost.toml.
    Env(check::Asked),
    /// The database that DATABASE_URL names: connection, names, types, defaults and rights, and a row of each table that is
    /// written, read and rolled back.
    ///
    /// The status is 0 where nothing failed, 1 where something did, 2 where not everything could be looked at.
    Database {
        /// Read the variables from this file, as `vercel env pull` writes it, and not from this process's environment.
        #[arg(long)]
        file: Option<PathBuf>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
enum Print {
    /// Print nothing, and write the files: what stands here is what `generate` alone does.
    Vercel,
    /// The schema as SQL, with the columns of one's own: for whoever brings a database to it by other means than `migrate`.
    Schema,
    /// The endpoints as OpenAPI 3.1, as this configuration serves them.
    Openapi,
    /// SQL for a role of the functions that may read and write rows and nothing else.
    Roles {
        /// Its name.
        #[arg(long, default_value = "gatepost")]
        name: String,
    },
}

#[derive(Subcommand)]
enum Secret {
    /// Print a new secret.
    New,
    /// Print the next step of a rotation: what to set BETTER_AUTH_SECRETS to, from what it is now.
    Rotate,
    /// Count what in the database still needs an older secret; the status is 1 where something does.
    Status,
}

/// Bad input ends with status 2 and a sentence that says what to do.
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
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let here = Path::new(".");
    match command {
        Command::Dev { port } => runtime.block_on(dev::run(here, port, edge::environment()))?,
        Command::Migrate { plan, new_tables } => {
            let variables = edge::environment();
            let (name, url) =
                migrate::url(&variables).ok_or("DATABASE_URL is missing; set it to the database to migrate")?;
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
        Command::Generate { print: Some(Print::Roles { name }), .. } => say(&roles::sql(&name, &used(here)?)),
        Command::Generate { print: Some(Print::Openapi), .. } => {
            let variables = edge::environment();
            let (file, text) = edge::configuration(here, &variables)
                .map_err(|(path, error)| format!("{}: {error}", path.display()))?;
            say(&runtime.block_on(openapi::of_deployment(&variables, Source { name: &file, text: &text }))?);
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
                Some(url) => runtime.block_on(doctor::outside::walk(&url, origin, !no_sign_up))?,
                None => runtime.block_on(doctor::local(here, &edge::environment(), origin))?,
            };
            return Ok(reported(&report, json));
        }
        Command::Explain { log: Some(log), request, json, .. } => {
            let log = edge::text(&log).map_err(|error| format!("{}: {error}", log.display()))?;
            return Ok(reported(&explain::logged(&log, &request.unwrap_or_default())?, json));
        }
        Command::Explain { cookie, authorization, json, .. } => {
            let asked = match explain::Asked::given(cookie, authorization) {
                asked if asked == explain::Asked::default() => explain::Asked::read(&edge::text(Path::new("-"))?)?,
                asked => asked,
            };
            let auth = deployment::read(here, &edge::environment())?;
            return Ok(reported(&runtime.block_on(explain::request(auth, &asked, edge::request()?))?, json));
        }
        Command::Check(Check::Env(asked)) => {
            let findings = check::run(here, &asked, edge::environment())?;
            say(&findings.to_string());
            if findings.has_problems() {
                return Ok(ExitCode::from(1));
            }
        }
        Command::Check(Check::Database { file, json }) => {
            let variables = file.as_deref().map_or_else(|| Ok(edge::environment()), dotenv::read)?;
            return Ok(reported(&runtime.block_on(doctor::database(here, &variables)), json));
        }
        Command::Secret(Secret::New) => say(&secret::new()?),
        Command::Secret(Secret::Rotate) => say(&secret::rotate(&load_secrets(&edge::environment())?)?),
        Command::Secret(Secret::Status) => {
            let variables = edge::environment();
            let (name, url) =
                migrate::url(&variables).ok_or("DATABASE_URL is missing; set it to the database to count in")?;
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

/// The schema as the file and the connection URLs say, for a command that needs nothing else.
fn schema(folder: &Path) -> Result<Schema, Box<dyn Error>> {
    let variables = edge::environment();
    of_file(folder, |source| Schema::of_deployment(source, &variables))
}

/// The same with the tables that the configuration uses. Other problems of the environment are none of these commands'.
fn used(folder: &Path) -> Result<Schema, Box<dyn Error>> {
    let variables = edge::environment();
    let config = of_file(folder, |source| Ok(Config::examine(&variables, Some(source)).0))?;
    Ok(deployment::used(schema(folder)?, &config))
}

/// A part of what the configuration file says, for a command that needs nothing else of it.
fn of_file<T>(folder: &Path, load: impl Fn(Source<'_>) -> Result<T, Problems>) -> Result<T, Box<dyn Error>> {
    let (file, text) = edge::configuration(folder, &edge::environment())
        .map_err(|(path, error)| format!("{}: {error}", path.display()))?;
    Ok(load(Source { name: &file, text: &text })?)
}

/// Prints a report; what it found is the status.
fn reported(report: &Report, json: bool) -> ExitCode {
    say(&if json { report.json() } else { report.to_string() });
    ExitCode::from(report.status())
}

#[expect(clippy::print_stdout, reason = "what the command was asked for")]
fn say(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "why the command failed")]
fn say_error(text: &str) {
    eprintln!("{text}");
}
