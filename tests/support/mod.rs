//! The ground of the tests: a database each, the service on a free port, a plain HTTP client, and Node for the parts that
//! only Node can play.

pub mod authenticator;
pub mod certificates;
pub mod chance;
pub mod checks;
pub mod cluster;
pub mod crowd;
pub mod examined;
pub mod export;
pub mod factors;
pub mod flows;
pub mod freezing;
pub mod held;
pub mod http;
pub mod instance;
pub mod mailbox;
pub mod mailing;
pub mod neon;
pub mod node;
pub mod passwords;
pub mod platform;
pub mod pooler;
pub mod postgres;
pub mod project;
pub mod protocol;
pub mod provider;
pub mod python;
pub mod receiver;
pub mod redis;
pub mod reports;
pub mod rest;
pub mod round_trips;
pub mod rust;
pub mod rust_hooks;
pub mod schema;
pub mod secondary_storage;
pub mod server;
pub mod service;
pub mod serving;
pub mod smtp;
pub mod statements;
pub mod tables;
pub mod transport;
pub mod wire;

use std::time::Duration;

/// The longest that anything in a test may wait for something else.
pub const LIMIT: Duration = Duration::from_secs(60);

/// The secret of every test's service, and of the vectors.
pub const SECRET: &str = "better-auth-test-secret-0123456789abcdef";
