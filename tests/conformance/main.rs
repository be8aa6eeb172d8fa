//! gatepost beside better-auth on Node, each on a database of its own: the same requests, and the same statuses, headers, cookies,
//! bodies and rows. It takes minutes, so `cargo test` alone leaves it out: `cargo test --test conformance` runs it.

#![cfg(test)]
#![allow(
    unreachable_pub,
    clippy::disallowed_methods,
    clippy::string_slice,
    reason = "a test reads the clock for its bounds, and may panic"
)]

mod additional_fields;
mod configurations;
mod real_schemas;
#[allow(dead_code, reason = "the tests of behaviours need more of it")]
#[path = "../support/mod.rs"]
mod support;
