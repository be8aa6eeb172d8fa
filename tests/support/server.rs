//! A PostgreSQL that one test has to itself, to restart it or to set it up as the others must not be.

use std::{fs, path::Path};

use gatepost_cli::{migrate, postgres};
use gatepost_core::config::{ConnectionOptions, Schema};

use super::{
    postgres::{block_on, execute},
    schema,
};

/// A running server. Dropping it ends it and removes its data.
pub struct Server {
    running: Option<postgres::Server>,
    options: postgres::Options,
}

impl Server {
    /// `name` is this test's own; `change` sees the options before the start.
    pub fn start(name: &str, change: impl FnOnce(&mut postgres::Options)) -> Self {
        let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("postgres-{name}-{}", std::process::id()));
        let mut options = postgres::Options::for_tests(data);
        change(&mut options);
        let running = postgres::Server::start(&options).unwrap();
        options.port = Some(running.port());
        Self { running: Some(running), options }
    }

    /// Starts a server with the schema in the database `postgres`.
    pub fn with_schema(name: &str, change: impl FnOnce(&mut postgres::Options)) -> Self {
        let server = Self::start(name, change);
        migrated(&server.url());
        server
    }

    /// Returns the address for the superuser.
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// Returns the address of another of its databases.
    pub fn url_of(&self, database: &str) -> String {
        self.running.as_ref().unwrap().url(database)
    }

    /// The server's main process.
    pub fn pid(&self) -> u32 {
        self.running.as_ref().unwrap().pid()
    }

    /// Ends it and starts it again at the same port. Every connection is closed by that.
    pub fn restart(&mut self) {
        self.running = None;
        self.running = Some(postgres::Server::start(&self.options).unwrap());
        assert_eq!(self.running.as_ref().unwrap().port(), self.options.port.unwrap(), "the port was taken meanwhile");
    }

    /// Runs SQL as the superuser. Tables have better-auth's own names here.
    pub fn query(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        execute(&schema::shown_at(&self.url()), sql)
    }
}

/// Makes the schema of this run in a database that was not copied from the template.
pub fn migrated(url: &str) {
    let database = execute(url, "select current_database()").remove(0).remove(0).unwrap();
    if let Some(zoned) = schema::zoned(&database) {
        execute(url, &zoned);
    }
    migrated_to(url, schema::of_the_run());
}

/// Makes this schema in a database, with the views by which tests look at it.
pub fn migrated_to(url: &str, schema: &Schema) {
    schema::made(schema).map(|made| execute(url, &made));
    block_on(async { migrate::migrate(url, &ConnectionOptions::default(), schema).await.unwrap() });
    if schema::is_shown() {
        execute(url, &schema::shown(schema));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.running.take().map(|running| running.data().to_owned());
        data.map(fs::remove_dir_all);
    }
}
