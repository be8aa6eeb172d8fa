//! `[database]` and the connection URL: the pool and its bounds.

use std::time::Duration;

use super::{
    PoolBounds, Problems, Secret, Source, Variables,
    reader::{self, Section},
};

/// The pool and its bounds. Every wait has one.
#[derive(Debug, Clone)]
pub struct Database {
    /// `DATABASE_URL`, else `POSTGRES_URL`. A secret, since it holds a password. None: sessions live in cookies alone
    /// (spec jwt-oauth-schema §7).
    pub url: Option<Secret>,
    /// The variable that the URL came from, for messages.
    pub variable: &'static str,
    /// The PostgreSQL schema of the tables. Default: the first one of the connection's search path.
    pub schema_name: Option<String>,
    /// How connections are made.
    pub connection: ConnectionOptions,
    /// The pool's. Connecting may take 15 s by default: a sleeping database wakes up meanwhile.
    pub bounds: PoolBounds,
    /// For one statement. Default 10 s.
    pub statement_timeout: Duration,
}

/// How a connection to the database is made, wherever the URL leads.
#[derive(Debug, Clone, Default)]
pub struct ConnectionOptions {
    /// What carries it. Default [`DatabaseTransport::Tcp`].
    pub transport: DatabaseTransport,
    /// The certificates of the authorities to believe in the place of the public ones, as PEM (RFC 7468). The file of a URL's
    /// `sslrootcert` is preferred to it.
    pub root_certificates: Option<String>,
}

/// What carries a connection to the database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DatabaseTransport {
    /// The network, as everywhere.
    #[default]
    Tcp,
    /// A WebSocket, where nothing but HTTPS leaves. Only in a build with the feature `websocket`.
    #[cfg(feature = "websocket")]
    WebSocket,
}

impl ConnectionOptions {
    /// Reads only this out of a file: for whoever connects and needs nothing else of the configuration.
    ///
    /// # Errors
    /// Every problem there is in it.
    pub fn load(source: Source<'_>) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let table = reader::parse(source, &mut problems);
        let mut root = Section::root(source, table.as_ref().map(|table| table.get_ref()));
        let read = Self::read(&mut root.section("database", &mut problems), &mut problems);
        if problems.0.is_empty() { Ok(read) } else { Err(problems) }
    }

    fn read(section: &mut Section<'_>, problems: &mut Problems) -> Self {
        let root_certificates = section.certificates("root_certificates", problems);
        Self { transport: transport(section, problems), root_certificates }
    }
}

impl Database {
    pub(super) fn read(mut section: Section<'_>, variables: &Variables, problems: &mut Problems) -> Self {
        let found = ["DATABASE_URL", "POSTGRES_URL"].into_iter().find_map(|name| Some((name, variables.get(name)?)));
        let read = Self {
            url: found.map(|(_, url)| Secret::new(url)),
            variable: found.map_or("DATABASE_URL", |(name, _)| name),
            schema_name: section.text("schema_name", problems),
            connection: ConnectionOptions::read(&mut section, problems),
            bounds: PoolBounds::read(&mut section, problems, 15),
            statement_timeout: section.limit("statement_timeout", problems, 10),
        };
        section.finish(problems);
        read
    }
}

fn transport(section: &mut Section<'_>, problems: &mut Problems) -> DatabaseTransport {
    #[cfg(feature = "websocket")]
    let websocket = Some(DatabaseTransport::WebSocket);
    #[cfg(not(feature = "websocket"))]
    let websocket = None;
    let choices = [("tcp", Some(DatabaseTransport::Tcp)), ("websocket", websocket)];
    let chosen = section.choice("transport", problems, &choices).unwrap_or(Some(DatabaseTransport::Tcp));
    chosen.unwrap_or_else(|| {
        let text =
            "WebSockets are not built in; add `websocket` to the default features in Cargo.toml, or write \"tcp\"";
        problems.add(section.place("transport"), text);
        DatabaseTransport::Tcp
    })
}
