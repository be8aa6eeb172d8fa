//! One PostgreSQL for all peers, and in it a database for each schema, filled with the same rows.

use std::{fs, path::PathBuf, time::Duration};

use gatepost_cli::{migrate, postgres};
use gatepost_core::config::{ConnectionOptions, Schema, Source};
use tokio_postgres::{NoTls, SimpleQueryMessage};

use crate::load::block_on;

/// Users and sessions beside those that requests are about.
const MANY: u32 = 100_000;

pub struct Databases {
    server: postgres::Server,
    _folder: tempfile::TempDir,
}

impl Databases {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options = postgres::Options::for_tests(folder.path().join("data"));
        // Each line of the log names its database.
        options.settings.push(("log_line_prefix".to_owned(), "%d|".to_owned()));
        let server = postgres::Server::start(&options).unwrap();
        Self { server, _folder: folder }
    }

    pub fn pid(&self) -> u32 {
        self.server.pid()
    }

    pub fn version(&self) -> String {
        self.query("postgres", "show server_version").remove(0).remove(0)
    }

    pub fn url(&self, database: &str) -> String {
        self.server.url(database)
    }

    pub fn create(&self, database: &str) {
        self.query("postgres", &format!("create database {database}"));
    }

    /// Makes the tables of better-auth, as `gatepost migrate` does.
    pub fn migrate(&self, database: &str) {
        let schema = Schema::load(Source { name: "gatepost.toml", text: "" }).unwrap();
        block_on(migrate::migrate(&self.url(database), &ConnectionOptions::default(), &schema)).map(drop).unwrap();
    }

    /// Runs SQL and returns the texts of its rows.
    pub fn query(&self, database: &str, sql: &str) -> Vec<Vec<String>> {
        self.tried(database, sql).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    pub fn tried(&self, database: &str, sql: &str) -> Result<Vec<Vec<String>>, String> {
        block_on(async {
            let (client, connection) = tokio_postgres::connect(&self.url(database), NoTls).await.unwrap();
            tokio::spawn(connection);
            let said = |error: tokio_postgres::Error| match error.as_db_error() {
                Some(error) => error.message().to_owned(),
                None => error.to_string(),
            };
            let rows = client.simple_query(sql).await.map_err(said)?.into_iter().filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => Some(row),
                _ => None,
            });
            let texts = rows.map(|row| (0..row.len()).map(|at| row.get(at).unwrap_or_default().to_owned()).collect());
            Ok(texts.collect())
        })
    }

    /// Adds a hundred thousand users, each with a session.
    pub fn fill(&self, database: &str) {
        let made = "timestamptz '2026-01-01'";
        let user = [
            ("id", "'u' || n"),
            ("name", "'N' || n"),
            ("email", "'u' || n || '@example.com'"),
            ("emailverified", "true"),
            ("createdat", made),
            ("updatedat", made),
        ];
        let session = [
            ("id", "'s' || n"),
            ("token", "md5(n::text)"),
            ("userid", "'u' || n"),
            ("expiresat", "now() + interval '7 days'"),
            ("createdat", made),
            ("updatedat", made),
        ];
        let from = format!("from generate_series(1, {MANY}) n");
        self.insert(database, &["user", "users"], &user, &from).unwrap();
        self.insert(database, &["session", "sessions"], &session, &from).unwrap();
        self.query(database, "vacuum analyze");
    }

    /// Inserts into the table of one of these names, and into those of the columns that it has, in upper or lower case.
    pub fn insert(&self, database: &str, tables: &[&str], values: &[(&str, &str)], from: &str) -> Result<(), String> {
        let names: Vec<String> = tables.iter().map(|table| format!("'{table}'")).collect();
        let sql = format!(
            "select table_name, column_name from information_schema.columns where table_schema = 'public' and table_name in ({})",
            names.join(", ")
        );
        let columns = self.query(database, &sql);
        let table = &columns.first().ok_or("no such table")?[0];
        let (mut into, mut taken) = (Vec::new(), Vec::new());
        for (name, value) in values {
            let same = |column: &&Vec<String>| column[1].replace('_', "").to_lowercase() == *name;
            let column = columns.iter().find(same).ok_or(format!("no column {name}"))?;
            into.push(format!("\"{}\"", column[1]));
            taken.push(*value);
        }
        let sql = format!("insert into \"{table}\" ({}) select {} {from}", into.join(", "), taken.join(", "));
        self.tried(database, &sql).map(drop)
    }

    /// The statements that a database gets while this runs, as PostgreSQL logs them.
    pub fn statements(&self, database: &str, work: impl FnOnce()) -> Vec<String> {
        self.log_statements("all");
        let before = self.log().len();
        work();
        self.log_statements("none");
        let log = self.log();
        let own = format!("{database}|");
        let lines = log[before..].lines().filter_map(|line| line.strip_prefix(&own));
        let statements = lines.filter_map(|line| line.trim_start().strip_prefix("LOG:"));
        let statements = statements.map(str::trim_start);
        let texts = statements.filter(|text| text.starts_with("statement:") || text.starts_with("execute "));
        texts.filter_map(|text| text.split_once(": ")).map(|(_, sql)| sql.to_owned()).collect()
    }

    fn log_statements(&self, which: &str) {
        self.query("postgres", &format!("alter system set log_statement = '{which}'"));
        self.query("postgres", "select pg_reload_conf()");
        // Every process of the server reads its settings between two statements.
        std::thread::sleep(Duration::from_millis(300));
    }

    fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(PathBuf::from(self.server.data()).join("log")).unwrap()).into_owned()
    }
}
