//! One PostgreSQL for the whole run, or the one that `DATABASE_URL` names, and a database of its own for each test.

use std::sync::{
    OnceLock,
    atomic::{AtomicU32, Ordering::Relaxed},
};

use gatepost_cli::{edge, postgres};
use gatepost_core::{config::ConnectionOptions, store::single};

use super::{LIMIT, cluster, pooler, schema, server};

/// A database, gone after the test.
pub struct Database {
    /// The address for services: that of the server, or of the pooler in front of it.
    pub url: String,
    pub name: String,
    /// The address for the test itself, and for better-auth on Node, which makes its tables through no pooler.
    pub direct: String,
}

impl Database {
    /// With the schema.
    pub fn new() -> Self {
        let template = template();
        Self::create(&format!("template {template}"))
    }

    /// Without any table.
    pub fn empty() -> Self {
        let database = Self::create("template template0");
        if let Some(made) = schema::namespace() {
            execute(&database.direct, &made);
        }
        database
    }

    fn create(from: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("gatepost_{}_{}", std::process::id(), NUMBER.fetch_add(1, Relaxed));
        execute(&server_url("postgres"), &format!("create database {name} {from}"));
        let direct = server_url(&name);
        // A copy does not inherit it.
        if let Some(zoned) = schema::zoned(&name) {
            execute(&direct, &zoned);
        }
        Self { url: pooler::in_between(&direct), name, direct }
    }

    /// Runs SQL and returns the rows, each as its columns' texts. Tables have better-auth's own names here, regardless of the
    /// names that the service uses.
    pub fn query(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        execute(&schema::shown_at(&self.direct), sql)
    }

    /// Runs SQL that changes the tables themselves, with places for their names: `{session}`, `{user.email}`.
    pub fn change(&self, sql: &str) {
        execute(&self.direct, &schema::filled(sql));
    }

    /// Runs SQL whose answer is one value.
    pub fn value(&self, sql: &str) -> String {
        self.query(sql)[0][0].clone().unwrap()
    }

    /// Ends every connection of a service to this database, as a server does that restarts or sleeps.
    pub fn end_connections(&self) {
        let others = "application_name = 'gatepost' and pid <> pg_backend_pid()";
        self.query(&format!(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{}' and {others}",
            self.name
        ));
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        execute(&server_url("postgres"), &format!("drop database if exists {} with (force)", self.name));
    }
}

/// The server's address for one of its databases.
pub fn server_url(database: &str) -> String {
    // Never dropped: its watchdog ends it when this process ends.
    static SERVER: OnceLock<Option<postgres::Server>> = OnceLock::new();
    let given = edge::environment().get("DATABASE_URL").map(str::to_owned);
    let server = SERVER.get_or_init(|| {
        given.is_none().then(|| {
            let mut options = postgres::Options::for_tests(cluster::folder());
            // The log of changes would grow to a gigabyte.
            options.settings = vec![("max_wal_size".to_owned(), "128MB".to_owned())];
            postgres::Server::start(&options).unwrap()
        })
    });
    match (server, given) {
        (Some(server), _) => server.url(database),
        (None, Some(url)) => with_database(&url, database),
        (None, None) => unreachable!("one of the two is there"),
    }
}

/// Returns the URL of another database of the same server.
fn with_database(url: &str, database: &str) -> String {
    let (base, query) = url.split_once('?').map_or((url, String::new()), |(base, query)| (base, format!("?{query}")));
    let authority = base.find("://").map_or(0, |at| at + 3);
    let end = base[authority..].find('/').map_or(base.len(), |at| authority + at);
    format!("{}/{database}{query}", &base[..end])
}

/// A database with the schema that others are copied from.
fn template() -> &'static str {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let name = format!("gatepost_{}_template", std::process::id());
        execute(&server_url("postgres"), &format!("drop database if exists {name}"));
        execute(&server_url("postgres"), &format!("create database {name} template template0"));
        server::migrated(&server_url(&name));
        name
    })
}

/// Runs SQL on a connection of its own and returns the rows, each as its columns' texts.
pub fn execute(url: &str, sql: &str) -> Vec<Vec<Option<String>>> {
    block_on(async {
        let client = single::connect(url, &ConnectionOptions::default()).await.unwrap();
        let messages = client.simple_query(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        let rows = messages.iter().filter_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        rows.map(|row| (0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect()).collect()
    })
}

/// Runs a future to its end, within the bound.
pub fn block_on<T: Send>(future: impl Future<Output = T> + Send) -> T {
    // On a thread of its own: the caller may be inside a runtime already.
    std::thread::scope(|scope| {
        let run = scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async { tokio::time::timeout(LIMIT, future).await.expect("not within the bound") })
        });
        run.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
