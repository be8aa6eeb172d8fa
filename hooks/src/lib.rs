//! Your hooks in Rust (docs/hooks.md, "Functions of Rust"). This crate is yours: write functions here, list them below, and name them
//! in `gatepost.toml` as `[hooks.<name>] rust = "…"`. Functions of the platform contain this crate only if `gatepost.toml` names one.

pub mod example;

use gatepost_core::{hooks::RustHook, rust_hooks};

/// The functions that `gatepost.toml` can name, each by its path here.
pub const HOOKS: &[RustHook] = rust_hooks![example::company_addresses];
