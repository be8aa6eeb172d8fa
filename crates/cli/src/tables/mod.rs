//! The tables that a database has, and what they mean for the service: whether their columns take what it writes, whether
//! tables under other names are the ones that it should use, and whether some of them are missing beside others with rows.

pub mod compared;
pub mod fit;
pub mod found;
pub mod identifiers;
pub mod incomplete;
mod lines;
pub mod mapping;
pub mod owners;
pub mod remedy;
pub mod times;
pub mod unique;

use gatepost_core::config::Table;

/// Names in a sentence: `a`, `b` and `c`.
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [front @ .., last] => format!("{} and {last}", front.join(", ")),
    }
}

/// A table's section in `[schema]`.
pub(crate) fn section(table: &Table) -> &'static str {
    table.key
}
