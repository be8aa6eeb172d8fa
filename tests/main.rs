//! The behaviours of gatepost, seen from outside: a folder for each area, a file for each behaviour.
//! Every test drives the real service on a real PostgreSQL.

#![cfg(test)]
#![allow(
    unreachable_pub,
    clippy::disallowed_methods,
    clippy::string_slice,
    reason = "a test reads the clock for its bounds, and may panic"
)]

mod accounts;
mod adopters;
mod attacks;
mod configuration;
mod database;
mod deployment;
mod import;
mod operators;
mod project;
mod providers;
mod sessions;
mod support;
mod tokens;
