//! Every field, every role, every program, every fault of a connection, or a hundred thousand broken inputs, one after the other. Each
//! takes long, so `cargo test` alone leaves them out: `cargo test --test sweeps` runs them.

#![cfg(test)]
#![allow(
    unreachable_pub,
    clippy::disallowed_methods,
    clippy::string_slice,
    reason = "a test reads the clock for its bounds, and may panic"
)]

mod administrators;
mod broken;
mod column_refuses;
mod description;
mod faults_under_load;
mod flow_parsers;
mod import_users;
mod older_versions;
mod organizations_matrix;
mod parsers;
mod password_hashes;
mod redirects;
#[allow(dead_code, reason = "the tests of behaviours need more of it")]
#[path = "../support/mod.rs"]
mod support;
