//! gatepost's command line: runs the service locally, prepares a database, and keeps generated files up to date. Like
//! `gatepost-vercel`, it is an edge: it reads clock, randomness and environment, so that the core does not.

pub mod arguments;
pub mod audit;
pub mod check;
pub mod cleanup;
pub mod deployment;
pub mod dev;
pub mod doctor;
pub mod dotenv;
pub mod events;
pub mod explain;
mod files;
pub mod functions;
pub mod generate;
mod ignored;
#[cfg(feature = "import")]
pub mod import;
pub mod import_users;
pub mod keys;
pub mod manual;
pub mod migrate;
pub mod openapi;
pub mod options;
pub mod organizations;
mod plural;
pub mod postgres;
pub mod reencrypt;
pub mod report;
pub mod roles;
pub mod secret;
pub mod shadow;
pub mod tables;
mod terminal;
pub mod users;
pub mod variables;

pub use gatepost_serve::edge;
