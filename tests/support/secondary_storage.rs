//! Services with a secondary storage, and databases that have only the tables of a configuration.

use super::{postgres::Database, schema, server, service::Service};

pub const TOML: &str = "[email_and_password]\nenabled = true\n[secondary_storage]\nenabled = true\n";

/// A database with the tables that this `gatepost.toml` needs, and no others.
pub fn database(toml: &str) -> Database {
    let database = Database::empty();
    server::migrated_to(&database.direct, &schema::of(toml));
    database
}

/// A database with the tables of this `gatepost.toml`, and a service on it in development, so that reasons are shown.
pub fn deployed(toml: &str, variables: &[(&str, &str)]) -> (Database, Service) {
    let database = database(toml);
    let url = database.url.clone();
    let own = [("DATABASE_URL", url.as_str()), ("VERCEL_ENV", "development")];
    let service = Service::with(toml, &[&own[..], variables].concat());
    (database, service)
}

/// A service on a store and a database, in development, so that reasons are shown.
pub fn service(toml: &str, database: &Database, store: &str) -> Service {
    Service::with(toml, &[("DATABASE_URL", &database.url), ("REDIS_URL", store), ("VERCEL_ENV", "development")])
}
