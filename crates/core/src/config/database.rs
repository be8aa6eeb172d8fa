//! `[database]` and the connection URL: the pool and its bounds.

use std::time::Duration;

use super::{DatabaseUrl, PoolBounds, Problems, Source, TlsMode, Variables, absent};
use crate::{
    crypto::secret::Secret,
    options::{
        self, Default, Options as _, Section, certificates, optional_text, options, part, read_by, switch, timeout,
    },
    problem::listed,
};

/// The variables with the URL that the service connects by, the first one that is set.
const URLS: [&str; 2] = ["DATABASE_URL", "POSTGRES_URL"];
/// Those with the URL that migrations prefer.
const UNPOOLED: [&str; 2] = ["DATABASE_URL_UNPOOLED", "POSTGRES_URL_NON_POOLING"];

options! {
    /// The pool and its bounds. Every wait has one.
    pub struct DatabaseOptions {
        /// `false`: the service has no database, even if variables name one, and a deployment has no functions that need one.
        /// Without this key the variables alone decide that, and the functions are there.
        enabled: bool = switch("enabled", true),
        /// The PostgreSQL schema of the tables; `gatepost migrate` creates it. If the URL names another schema, gatepost refuses to
        /// start and names both. `migrations/schema.sql` depends only on this key.
        schema_name: Option<String> = optional_text(
            "schema_name",
            "the schema that the URL names ([POSTGRES.md](POSTGRES.md#the-schema)), else the first one of the search path",
        ),
        /// `true`: the database keeps the most frequent statements as functions, which `gatepost migrate` writes into the schema
        /// `gatepost`, and answers them with less work ([POSTGRES.md](POSTGRES.md#stored-functions)).
        stored_functions: bool = switch("stored_functions", false),
        /// The pool's.
        bounds: PoolBounds = part::<PoolBounds>(),
        /// Seconds for connecting, authentication and up to three more attempts included: a sleeping database wakes up meanwhile.
        connect_timeout: Duration = timeout("connect_timeout", 15),
        /// Seconds for one statement.
        statement_timeout: Duration = timeout("statement_timeout", 10),
        /// How connections are made.
        connection: ConnectionOptions = part::<ConnectionOptions>(),
    }
}

options! {
    /// How a connection to the database is made, wherever the URL leads.
    pub struct ConnectionOptions {
        /// The authorities to believe in their place, as PEM (RFC 7468) between three quotes: for a database whose certificate a
        /// private one has signed. It is for functions, which have no files; a `sslrootcert` of the URL is preferred.
        root_certificates: Option<String> = certificates(
            "root_certificates",
            "the public authorities, and the provider's own on hosts of Supabase",
        ),
        /// `"websocket"`: PostgreSQL's protocol inside a WebSocket at `wss://HOST/v2`, as Neon offers it, where nothing but HTTPS
        /// leaves. Only in a build with the feature `websocket`.
        transport: DatabaseTransport = read_by("transport", Default::Text("tcp"), transport),
    }
}

/// The database, if there is one.
#[derive(Debug, Clone)]
pub struct Database {
    /// The options of the section.
    pub options: DatabaseOptions,
    /// `DATABASE_URL`, else `POSTGRES_URL`. A secret, since it holds a password. None: sessions live in cookies alone
    /// (spec jwt-oauth-schema §7).
    pub url: Option<Secret>,
    /// The variable that the URL came from, for messages.
    pub variable: &'static str,
    /// The PostgreSQL schema of the tables: the option `schema_name`, or what the URL says. Default: the first one of the
    /// connection's search path.
    pub schema_name: Option<String>,
}

/// The transport of a connection to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseTransport {
    /// The network, as everywhere.
    Tcp,
    /// A WebSocket, where nothing but HTTPS leaves. Only in a build with the feature `websocket`.
    #[cfg(feature = "websocket")]
    WebSocket,
}

impl ConnectionOptions {
    /// Reads only this section of a file: for programs that connect and need nothing else of the configuration.
    ///
    /// # Errors
    /// Every problem there is in it.
    pub fn load(source: Source<'_>) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let table = options::parse(source, &mut problems);
        let mut root = Section::root(source, table.as_ref().map(|table| table.get_ref()), absent::told);
        let read = Self::read_part(&mut root.section("database", &mut problems), &mut problems);
        if problems.0.is_empty() { Ok(read) } else { Err(problems) }
    }
}

impl std::default::Default for ConnectionOptions {
    fn default() -> Self {
        Self::read_part(&mut Section::empty(), &mut Problems::default())
    }
}

impl Database {
    pub(super) fn read(section: Section<'_>, variables: &Variables, problems: &mut Problems) -> Self {
        let options = DatabaseOptions::read(section, problems);
        let found = first(&URLS, variables).filter(|_| options.enabled);
        Self {
            url: found.map(|(_, url)| Secret::new(url)),
            variable: found.map_or("DATABASE_URL", |(name, _)| name),
            schema_name: schema_name(options.schema_name.clone(), variables, problems),
            options,
        }
    }

    /// Adds the problem that these keys need a database and there is none.
    pub(super) fn missing(&self, keys: &[String], problems: &mut Problems) {
        let Some((listed, verb, pronoun)) = listed(keys) else { return };
        if self.options.enabled {
            let text = format!(
                "it is missing, and {listed} {verb} it; set it to the address of the database, \
                 postgres://user:password@host/name, or remove {pronoun}"
            );
            problems.add("DATABASE_URL", text);
        } else {
            let fix = if keys.len() == 1 { "remove one of them" } else { "remove it, or all of those" };
            problems.add("database.enabled", format!("it is false, and {listed} {verb} a database; {fix}"));
        }
    }

    /// Returns a warning about a URL that works: it switches the verification of certificates off.
    pub fn warning(&self) -> Option<&'static str> {
        let url = DatabaseUrl::read(self.url.as_ref()?.text()).ok()?;
        (url.tls == Some(TlsMode::NoVerify)).then_some(
            "with `sslmode=no-verify` the server's certificate is not checked: anyone who can redirect the connection can read the password \
             and every row. Give the authority's certificate as `database.root_certificates` and write `sslmode=require`, if the provider has one",
        )
    }
}

fn first<'a>(names: &[&'static str], variables: &'a Variables) -> Option<(&'static str, &'a str)> {
    names.iter().find_map(|name| Some((*name, variables.get(name)?)))
}

/// The PostgreSQL schema of the tables, as `[database] schema_name` and the URLs name it. The service, migrations and SQL that
/// is generated must mean the same one, so another name is a problem. A URL that cannot be read names none; the code that
/// connects by it says why.
pub(super) fn schema_name(
    configured: Option<String>,
    variables: &Variables,
    problems: &mut Problems,
) -> Option<String> {
    let (service, unpooled) = (first(&URLS, variables), first(&UNPOOLED, variables));
    let named = |(variable, url): (&'static str, &str)| {
        let schemas = DatabaseUrl::read(url).map(|url| url.schemas).unwrap_or_default();
        schemas.into_iter().map(move |(key, path)| (variable, key, path)).collect::<Vec<_>>()
    };
    let by_service = service.map(named).unwrap_or_default();
    let by_unpooled = unpooled.map(named).unwrap_or_default();
    let is_told = configured.is_some() || service.is_none() || !by_service.is_empty();
    let paths: Vec<_> = by_service.into_iter().chain(by_unpooled).collect();
    let said = configured.map(|name| ("`[database] schema_name`".to_owned(), name)).or_else(|| {
        let alone = |(variable, key, path): &(&str, &str, Vec<String>)| match path.as_slice() {
            [name] if name != USER => Some((format!("`{key}` in {variable}"), name.clone())),
            _ => None,
        };
        paths.iter().find_map(alone)
    });
    for (variable, key, path) in &paths {
        let listed = path.join("`, `");
        let text = match &said {
            None => format!(
                "its `{key}` is `{listed}`, and the tables are in one schema; write that one's name as `schema_name` under \
                 `[database]` in gatepost.toml, or alone in the URL"
            ),
            Some((place, name)) if !path.contains(name) => format!(
                "its `{key}` is `{listed}`, and {place} is `{name}`; write the schema that the tables are in at both places, or \
                 remove one of them"
            ),
            Some((_, name)) if !is_told => format!(
                "its `{key}` is `{name}`, and {} names no schema; write it there as well, or as `schema_name` under `[database]` in \
                 gatepost.toml",
                service.map_or("DATABASE_URL", |(variable, _)| variable)
            ),
            Some(_) => continue,
        };
        problems.add(*variable, text);
    }
    said.map(|(_, name)| name)
}

/// Stands in a search path for a schema that has the user's name.
const USER: &str = "$user";

fn transport(section: &mut Section<'_>, key: &'static str, problems: &mut Problems) -> DatabaseTransport {
    #[cfg(feature = "websocket")]
    let websocket = Some(DatabaseTransport::WebSocket);
    #[cfg(not(feature = "websocket"))]
    let websocket = None;
    let choices = [("tcp", Some(DatabaseTransport::Tcp)), ("websocket", websocket)];
    let chosen = section.choice(key, problems, &choices).unwrap_or(Some(DatabaseTransport::Tcp));
    chosen.unwrap_or_else(|| {
        let text =
            "WebSockets are not built in; add `websocket` to the default features in Cargo.toml, or write \"tcp\"";
        problems.add(section.place(key), text);
        DatabaseTransport::Tcp
    })
}
