//! The transport of this run's connections to their databases: the network, or a WebSocket as `GATEPOST_TEST_WEBSOCKET` says,
//! so that the behaviours are the same with each.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use gatepost_cli::edge;
use gatepost_core::{
    config::{ConnectionOptions, DatabaseTransport},
    store::{StoreError, single},
};

use super::neon::Neon;

/// The variable.
pub const VARIABLE: &str = "GATEPOST_TEST_WEBSOCKET";

/// Returns the transport of this run.
pub fn of_the_run() -> DatabaseTransport {
    match edge::environment().get(VARIABLE) {
        Some(_) => DatabaseTransport::WebSocket,
        None => DatabaseTransport::Tcp,
    }
}

/// Returns the transport as an argument of the command line.
pub fn options() -> ConnectionOptions {
    ConnectionOptions { transport: of_the_run(), ..ConnectionOptions::default() }
}

/// Returns the URL by which a service of this run reaches a database, also one behind a pooler.
pub fn url(url: &str) -> String {
    // A proxy for each server is enough.
    static PROXIES: Mutex<Option<HashMap<String, Neon>>> = Mutex::new(None);
    if of_the_run() == DatabaseTransport::Tcp || !url.contains('@') {
        return url.to_owned();
    }
    let mut proxies = PROXIES.lock().unwrap_or_else(PoisonError::into_inner);
    let proxy = proxies.get_or_insert_default().entry(url.to_owned());
    proxy.or_insert_with(|| Neon::with_websockets(url)).url.clone()
}

/// The value of a variable of a service with this `gatepost.toml`: as it is, or where it says where the database is and the file
/// leaves open what carries connections, what [`url`] makes of it.
pub fn variable(toml: &str, name: &str, value: &str) -> String {
    if name == "DATABASE_URL" && !is_chosen(toml) { url(value) } else { value.to_owned() }
}

/// A test's `gatepost.toml` with what this run asks for.
pub fn configured(toml: &str) -> String {
    const ASKED: &str = "[database]\ntransport = \"websocket\"\n";
    match of_the_run() {
        DatabaseTransport::WebSocket if !is_chosen(toml) => match toml.contains("[database]\n") {
            true => toml.replacen("[database]\n", ASKED, 1),
            false => format!("{toml}\n{ASKED}"),
        },
        _ => toml.to_owned(),
    }
}

fn is_chosen(toml: &str) -> bool {
    ["\"websocket\"", "\"tcp\""].iter().any(|name| toml.contains(&format!("transport = {name}")))
}

/// Connects as the command line does.
pub async fn connect(database_url: &str) -> Result<tokio_postgres::Client, StoreError> {
    single::connect(&url(database_url), &options()).await
}
