//! The tables that a database has, and what they mean for the service: whether their columns take what it writes, and whether
//! tables under other names are the ones that it should use.

pub mod fit;
pub mod found;
mod lines;
pub mod mapping;

use gatepost_core::config::Table;

/// A table's section in `[schema]`.
pub(crate) fn section(table: &Table) -> &'static str {
    if table.model == "rateLimit" { "rate_limit" } else { table.model }
}
