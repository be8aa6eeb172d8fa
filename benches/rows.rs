//! Tables with millions of rows, which the database makes itself.

use gatepost_core::{config::ConnectionOptions, store::single};

use tokio_postgres::Client;

use crate::{number, support::server::Server};

/// A server with the memory of a small machine. If it is `durable`, it waits for its disk as a real one does.
pub fn server(name: &str, durable: bool) -> Server {
    Server::start(name, |options| {
        options.durable = durable;
        options.settings = [
            ("shared_buffers", "1GB"),
            ("max_wal_size", "8GB"),
            ("maintenance_work_mem", "1GB"),
            ("checkpoint_timeout", "5min"),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .to_vec();
    })
}

/// A connection.
pub async fn connect(url: &str) -> Client {
    single::connect(url, &ConnectionOptions::default()).await.unwrap()
}

/// Runs SQL that may take minutes and returns the rows of the last statement, each as its columns' texts.
pub fn run(url: &str, sql: &str) -> Vec<Vec<Option<String>>> {
    each(url, &[sql])
}

/// Runs each of these on one connection and returns the rows of the last one.
pub fn each(url: &str, statements: &[&str]) -> Vec<Vec<Option<String>>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = connect(url).await;
        let mut messages = Vec::new();
        for sql in statements {
            messages = client.simple_query(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        }
        let rows = messages.iter().filter_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        rows.map(|row| (0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect()).collect()
    })
}

/// Runs SQL whose answer is one number.
pub fn count(url: &str, sql: &str) -> u64 {
    run(url, sql)[0][0].as_deref().unwrap_or("0").parse().unwrap()
}

/// Runs `inserts`, which fill these tables. No foreign key is checked meanwhile, and each index is built behind the rows at once.
pub fn fill(url: &str, tables: &[&str], inserts: &[String]) {
    let list: Vec<_> = tables.iter().map(|table| format!("'\"{table}\"'::regclass")).collect();
    let indexes = format!("update pg_index set indisready = false where indrelid in ({})", list.join(", "));
    let before = ["set session_replication_role = replica", &indexes];
    each(url, &before.into_iter().chain(inserts.iter().map(String::as_str)).collect::<Vec<_>>());
    for table in tables {
        run(url, &format!("reindex table \"{table}\""));
        run(url, &format!("vacuum (analyze) \"{table}\""));
    }
}

/// Returns the sizes of a table's rows and of its indexes, in MB.
pub fn sizes(url: &str, table: &str) -> String {
    let size = |what: &str| count(url, &format!("select {what}('\"{table}\"')")) as f64 / 1e6;
    format!("{} MB, indexes {} MB", number(size("pg_table_size"), 0), number(size("pg_indexes_size"), 0))
}
