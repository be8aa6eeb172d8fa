//! Pure decisions: from input, time and configuration to a named result. No I/O, HTTP, SQL or cookies.

pub mod access;
pub mod address;
pub mod binding;
pub mod fields;
pub mod keys;
pub mod limit;
pub mod query;
pub mod search;
pub mod session;
pub mod sign_in;
pub mod verification;
