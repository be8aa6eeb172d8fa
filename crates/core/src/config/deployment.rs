//! `[deployment]`: how the endpoints are distributed over functions.

use super::{Problems, Source, build_keys};
use crate::options::{self, choice, options};

options! {
    /// How a deployment is built. Only `gatepost generate` acts on it.
    pub struct Deployment {
        /// `"split"`: a function for each group of endpoints that is linked with the same code, so that each starts fast. `"merged"`:
        /// one function, `all`, for every endpoint, which is larger and more often warm, and shares one pool of connections.
        functions: FunctionLayout = choice("functions", SPLIT, &[SPLIT, ("merged", FunctionLayout::Merged)]),
    }
}

const SPLIT: (&str, FunctionLayout) = ("split", FunctionLayout::Split);

/// How the endpoints are distributed over functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionLayout {
    /// A function for each group of endpoints that is linked with the same code: each of them starts fast.
    Split,
    /// One function for all endpoints: larger, and more often warm.
    Merged,
}

impl Deployment {
    /// The line by which a project's `Cargo.toml` records for which configuration its functions were written.
    ///
    /// # Errors
    /// The file is not TOML.
    pub fn record(source: Source<'_>) -> Result<String, Problems> {
        let mut problems = Problems::default();
        let table = options::parse(source, &mut problems);
        table.map(|table| build_keys::record(table.get_ref())).ok_or(problems)
    }
}
