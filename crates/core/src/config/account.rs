//! `[account]`: how a user's accounts at providers belong together (spec core §3.19).

use super::{Problems, reader::Section};

/// How a user's accounts belong together.
#[derive(Debug, Clone)]
pub struct Account {
    /// Whether the last account may go too, which leaves no way to sign in. Default off.
    pub allow_unlinking_all: bool,
}

impl Account {
    pub(super) fn read(mut section: Section<'_>, problems: &mut Problems) -> Self {
        let mut linking = section.section("account_linking", problems);
        let read = Self { allow_unlinking_all: linking.boolean("allow_unlinking_all", problems).unwrap_or(false) };
        linking.finish(problems);
        section.finish(problems);
        read
    }
}
