//! `[deployment]`: how the endpoints are distributed over functions.

use super::{Problems, Source, build_keys};
use crate::options::{self, Section};

/// How a deployment is built. Only `gatepost generate` acts on it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Deployment {
    /// How many functions there are.
    pub functions: FunctionLayout,
}

/// How the endpoints are distributed over functions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FunctionLayout {
    /// A function for each group of endpoints that is linked with the same code: each of them starts fast.
    #[default]
    Split,
    /// One function for all endpoints: larger, and more often warm.
    Merged,
}

impl Deployment {
    pub(super) fn read(mut section: Section<'_>, problems: &mut Problems) -> Self {
        let layouts = [("split", FunctionLayout::Split), ("merged", FunctionLayout::Merged)];
        let functions = section.choice("functions", problems, &layouts).unwrap_or_default();
        section.finish(problems);
        Self { functions }
    }

    /// The line by which a project's `Cargo.toml` records for which configuration its functions were written.
    ///
    /// # Errors
    /// Where the file is not TOML.
    pub fn record(source: Source<'_>) -> Result<String, Problems> {
        let mut problems = Problems::default();
        let table = options::parse(source, &mut problems);
        table.map(|table| build_keys::record(table.get_ref())).ok_or(problems)
    }
}
