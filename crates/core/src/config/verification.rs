//! `[verification]`: how single-use secrets are stored (spec core §13).

use super::Problems;
use crate::options::Section;

/// How single-use secrets are stored.
#[derive(Debug, Clone)]
pub struct Verification {
    /// Whether the table holds a hash of what is mailed instead of the thing itself. Default off.
    pub hashed: bool,
    /// Whether rows past their expiry stay. Default off: they go when others are written.
    pub disable_cleanup: bool,
    /// With a secondary storage: whether they are in the table as well. Default off: they are nowhere else.
    pub store_in_database: bool,
}

impl Verification {
    pub(super) fn read(mut section: Section<'_>, problems: &mut Problems) -> Self {
        let choices = [("plain", false), ("hashed", true)];
        let read = Self {
            hashed: section.choice("store_identifier", problems, &choices).unwrap_or(false),
            disable_cleanup: section.boolean("disable_cleanup", problems).unwrap_or(false),
            store_in_database: section.boolean("store_in_database", problems).unwrap_or(false),
        };
        section.finish(problems);
        read
    }
}
