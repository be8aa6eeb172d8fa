//! Every field, every role, or a hundred thousand broken inputs, one after the other. These tests ask what single tests of behaviours
//! ask, so `cargo test` alone leaves them out: `cargo test --test sweeps` runs them.

#![cfg(test)]
#![allow(
    unreachable_pub,
    clippy::disallowed_methods,
    clippy::string_slice,
    reason = "a test reads the clock for its bounds, and may panic"
)]

mod broken;
mod column_refuses;
mod flow_parsers;
mod organizations_matrix;
mod parsers;
#[allow(dead_code, reason = "the tests of behaviours need more of it")]
#[path = "../support/mod.rs"]
mod support;
