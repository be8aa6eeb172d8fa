//! Pure decisions: inputs, the time and the configuration in, a named verdict out. No I/O, no HTTP, no SQL, no cookies.

pub mod address;
pub mod binding;
pub mod fields;
pub mod keys;
pub mod limit;
pub mod query;
pub mod session;
pub mod sign_in;
pub mod verification;
