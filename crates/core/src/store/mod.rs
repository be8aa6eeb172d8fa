//! The database and its SQL. One statement is one round trip. Every statement is unnamed, because behind a pooler a named one may
//! belong to another process; `stored.rs` has calls of functions for the most frequent ones. The store knows rows, not requests.

pub mod account;
pub mod additional;
mod advice;
mod any_certificate;
mod bound;
pub(crate) mod column;
pub mod counted;
pub mod credential;
mod db;
mod error;
pub mod founded;
pub mod founder;
pub mod ground;
pub mod jwk;
mod kept;
mod learnt;
pub mod limit;
mod list;
mod listed;
pub mod mailed;
pub(crate) mod new_row;
pub mod noted;
mod noted_apart;
mod noted_parts;
pub mod one_time_code;
pub(crate) mod own;
mod param;
pub mod pool;
pub mod proven;
pub mod record;
pub mod rehearsal;
pub mod schema;
mod search;
pub mod secondary;
pub mod secret;
pub mod session;
pub mod single;
mod statement;
pub mod stored;
mod template;
mod times;
mod tls;
mod triggers;
pub mod trips;
pub(crate) mod unique;
mod unknown;
pub mod unproven;
mod url;
pub mod user;
pub mod values;
pub mod verification;
#[cfg(feature = "websocket")]
mod websocket;
mod words;
pub mod written;

pub(crate) use self::param::Param;
pub use self::{
    db::Db,
    error::{RefusedRow, StoreError},
    ground::RequestProof,
    pool::Pool,
};
