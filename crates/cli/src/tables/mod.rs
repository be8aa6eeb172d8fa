//! Examines the tables of a database: whether columns accept the values that the service writes, whether tables under other names are
//! the right ones, and whether some are missing while others have rows.

pub mod compared;
pub mod fit;
pub mod found;
pub mod identifiers;
pub mod incomplete;
pub mod indexes;
pub(crate) mod lines;
pub mod mapping;
pub mod owners;
pub mod remedy;
pub mod rules;
pub mod times;
pub mod unique;

use gatepost_core::config::Table;

/// Joins names for a sentence: `a`, `b` and `c`.
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
