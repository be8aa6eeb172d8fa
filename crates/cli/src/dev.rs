//! `cargo dev`: runs the whole service on this machine, with its own PostgreSQL unless a variable names a database.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use gatepost_core::{
    Config,
    config::{ConnectionOptions, Problems, Source, Variables},
    functions::{FUNCTIONS, Function},
    mail::template::Templates,
};
use gatepost_serve::{
    listener::Listener,
    server::{self, Service},
};
use tokio::{net::TcpListener, signal};

use crate::{deployment, dotenv, edge, ignored, migrate, postgres};

/// The reason why the service does not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The variables or `gatepost.toml` are wrong.
    #[error(transparent)]
    Config(#[from] Problems),
    /// The embedded database does not start.
    #[error(transparent)]
    Postgres(#[from] postgres::Error),
    /// The database cannot be prepared.
    #[error("the database cannot be migrated: {0}")]
    Migrate(#[from] migrate::Failure),
    /// The port cannot be opened, for example because another process listens on it.
    #[error("cannot listen on port {port}: {source}; choose another port: `cargo dev --port 3001` or PORT=3001")]
    Port {
        /// The port.
        port: u16,
        /// The cause.
        source: io::Error,
    },
    /// `PORT` is not a port number.
    #[error("PORT is `{0}`, which is not a port; set it to a number from 0 to 65535")]
    NoPort(String),
    /// A file of the project cannot be read or written.
    #[error("cannot read or write {path}: {source}; check that it exists and that you may read and write it")]
    File {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// Another error of the operating system, with the fix.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Runs the service in `folder` until it is interrupted.
///
/// # Errors
/// If the service cannot start, with the fix.
pub async fn run(folder: &Path, port: Option<u16>, mut variables: Variables) -> Result<(), Error> {
    let port = match (port, variables.get("PORT")) {
        (Some(port), _) => port,
        (None, Some(text)) => text.parse().map_err(|_| Error::NoPort(text.to_owned()))?,
        (None, None) => 3000,
    };
    let (listeners, port) = listen(port).await?;
    let origin = format!("http://localhost:{port}");
    local_variables(folder, &mut variables)?;
    variables.set("VERCEL_ENV", "development");
    if variables.get("BETTER_AUTH_URL").is_none() {
        variables.set("BETTER_AUTH_URL", origin.clone());
    }
    let wants_database = wants_database(folder, &variables)?;
    let is_given = migrate::url(&variables).is_some();
    let (_server, database) = match wants_database {
        true => database(folder, &mut variables).await?,
        false => (None, "none: `[database] enabled` is false in gatepost.toml".to_owned()),
    };
    let (mut config, templates) = configuration(folder, &variables)?;
    if !is_given {
        // Options for reaching the deployment's database do not apply to the embedded one.
        config.database.options.connection = ConnectionOptions::default();
    }
    if let Some((_, url)) = migrate::url(&variables).filter(|_| wants_database) {
        let schema = deployment::used(config.schema.clone(), &config);
        let plan = migrate::migrate(url, &config.database.options.connection, &schema).await?;
        if is_given {
            // Other programs may use that database.
            plan.warnings.iter().for_each(|warning| to_stderr(&format!("warning: {warning}")));
            plan.problems.iter().for_each(|problem| to_stderr(&format!("problem: {problem}")));
            if !plan.statements.is_empty() {
                say(&format!("migrated  {}", plan.done()))?;
            }
        }
    }
    let page = Some(page(&origin, &config, &database));
    let auth = deployment::auth(config, templates)?;
    let service = Arc::new(Service { page, knows_hosts: true, ..Service::local(auth, to_stderr) });
    service.auth.notices().for_each(|line| to_stderr(&line));
    let servers: Vec<_> = listeners
        .into_iter()
        .map(|listener| tokio::spawn(server::serve(Listener::from(listener), service.clone())))
        .collect();
    say(&format!("database  {database}\nlistening on {origin}"))?;
    interrupted().await?;
    servers.iter().for_each(tokio::task::JoinHandle::abort);
    Ok(())
}

/// Listens on both addresses of `localhost`. Without IPv6, the first one suffices.
async fn listen(port: u16) -> Result<(Vec<TcpListener>, u16), Error> {
    let refuse = |source| Error::Port { port, source };
    let first = TcpListener::bind(("127.0.0.1", port)).await.map_err(refuse)?;
    let port = first.local_addr().map_err(refuse)?.port();
    let second = match TcpListener::bind(("::1", port)).await {
        Ok(listener) => Some(listener),
        Err(source) if source.kind() == io::ErrorKind::AddrInUse => return Err(Error::Port { port, source }),
        Err(_) => None,
    };
    Ok((std::iter::once(first).chain(second).collect(), port))
}

/// Adds the variables of `.env.local` that the environment does not set, and creates a secret in that file if there is none.
fn local_variables(folder: &Path, variables: &mut Variables) -> Result<(), Error> {
    let path = folder.join(".env.local");
    let failed = |source| Error::File { path: path.clone(), source };
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(source) => return Err(failed(source)),
    };
    let pairs = dotenv::parse(&text).map_err(|line| {
        failed(io::Error::other(format!("line {line} is not `NAME=value`; correct the line or remove it")))
    })?;
    for (name, value) in pairs {
        if variables.get(&name).is_none() {
            variables.set(name, value);
        }
    }
    if !variables.has_secret() {
        ignored::by_git(folder, ".env.local")?;
        let secret = crate::secret::new()?;
        let separator = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        private_file(&path)
            .and_then(|mut file| writeln!(file, "{separator}BETTER_AUTH_SECRET={secret}"))
            .map_err(failed)?;
        variables.set("BETTER_AUTH_SECRET", secret);
    }
    Ok(())
}

/// Opens a file for appending, which only its owner may read.
fn private_file(path: &Path) -> io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}

/// Finds the database to use: the one that a variable names, or an embedded one below `.gatepost`, or the embedded one that another
/// `cargo dev` of this folder runs. Returns the text to print with it.
async fn database(folder: &Path, variables: &mut Variables) -> Result<(Option<postgres::Server>, String), Error> {
    if let Some((name, _)) = migrate::url(variables) {
        return Ok((None, format!("the one that {name} names")));
    }
    ignored::by_git(folder, ".gatepost")?;
    let options = postgres::Options::new(folder.join(".gatepost/postgres"), variables);
    match postgres::Server::start(&options) {
        Ok(server) => {
            let url = server.url("postgres");
            variables.set("DATABASE_URL", url.clone());
            let text = format!("psql {url}");
            Ok((Some(server), text))
        }
        Err(postgres::Error::InUse { url: Some(url), pid, .. }) => {
            variables.set("DATABASE_URL", url);
            Ok((None, format!("the embedded one of this folder, which process {pid} runs")))
        }
        Err(error) => Err(error.into()),
    }
}

/// Returns whether the configuration allows a database. Ignores other problems, which reading the whole configuration reports.
fn wants_database(folder: &Path, variables: &Variables) -> Result<bool, Error> {
    let failed = |(path, source)| Error::File { path, source };
    let (name, text) = edge::configuration(folder, variables).map_err(failed)?;
    Ok(Config::examine(variables, Some(Source { name: &name, text: &text })).0.database.options.enabled)
}

/// Reads `gatepost.toml` of the folder, or the file that `GATEPOST_CONFIG` names, and the mail templates.
fn configuration(folder: &Path, variables: &Variables) -> Result<(Config, Templates), Error> {
    let failed = |(path, source)| Error::File { path, source };
    let (name, text) = edge::configuration(folder, variables).map_err(failed)?;
    let mails = edge::mails(folder).map_err(failed)?;
    let config = Config::load(variables, Some(Source { name: &name, text: &text }))?;
    let templates = Templates::new(mails.iter().map(|(name, text)| (name.as_str(), text.as_str())))?;
    Ok((config, templates))
}

/// Returns a description as HTML: the code between backticks as an element.
fn rendered(description: &str) -> String {
    let escaped = description.replace('&', "&amp;").replace('<', "&lt;");
    let parts = escaped.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() }).collect()
}

fn page(origin: &str, config: &Config, database: &str) -> String {
    let kind = if database.starts_with("psql") { "embedded, its files below <code>.gatepost</code>" } else { database };
    let base = format!("{origin}{}", config.base_path);
    let endpoints = FUNCTIONS.iter().flat_map(Function::endpoints);
    let rows: String = endpoints
        .map(|endpoint| {
            format!(
                "<tr><td><code>{}</code><td><code>{base}{}</code><td>{}\n",
                endpoint.method,
                endpoint.path,
                rendered(endpoint.about)
            )
        })
        .collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>gatepost</title>\n<style>body{{font:1rem/1.5 \
         system-ui;max-width:60rem;margin:2rem auto;padding:0 \
         1rem}}td{{padding-right:1rem;vertical-align:top}}</style>\n<h1>gatepost runs here</h1>\n<p>Point a better-auth \
         client at <code>{origin}</code>. Database: {kind}. Each request is a line in the terminal; the header \
         <code>x-gatepost-reason</code> says why a session is <code>null</code>.</p>\n<table>\n{rows}</table>\n</html>\n"
    )
}

#[expect(clippy::print_stderr, reason = "the terminal is where `cargo dev` logs")]
fn to_stderr(line: &str) {
    eprintln!("{line}");
}

fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let written = writeln!(out, "{text}").and_then(|()| out.flush());
    written.map_err(|error| unusable("standard output", &error))
}

/// Makes an error name what the operating system refused.
fn unusable(what: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{what} cannot be used: {error}; run the command again where it can"))
}

/// Waits until the process is asked to end.
///
/// # Errors
/// If the operating system reports no signals.
pub async fn interrupted() -> io::Result<()> {
    let refused = |error| unusable("signals of the operating system", &error);
    let mut terminated = signal::unix::signal(signal::unix::SignalKind::terminate()).map_err(refused)?;
    let mut hung_up = signal::unix::signal(signal::unix::SignalKind::hangup()).map_err(refused)?;
    tokio::select! {
        interrupt = signal::ctrl_c() => interrupt,
        _ = terminated.recv() => Ok(()),
        _ = hung_up.recv() => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_of_endpoints_are_rendered() {
        assert_eq!(rendered("Needs `a.b < c` & more."), "Needs <code>a.b &lt; c</code> &amp; more.");
        let descriptions = FUNCTIONS.iter().flat_map(Function::endpoints).map(|endpoint| endpoint.about);
        let marked: Vec<_> = descriptions.filter(|about| about.contains('`')).collect();
        assert!(marked.len() > 10, "{marked:?}");
        for about in marked {
            assert!(about.matches('`').count().is_multiple_of(2) && !rendered(about).contains('`'), "{about}");
        }
    }
}
