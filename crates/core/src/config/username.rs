//! `[username]`: users with a name of their own choice, by which they sign in (spec sign-in-plugins §1.1).

use super::{
    Problems,
    reader::Section,
    tables::{Added, text},
};

/// Users with a name of their own choice, by which they sign in.
#[derive(Debug, Clone)]
pub struct Username {
    /// Whether users have names, and `/sign-in/username` and `/is-username-available` answer. Default off.
    pub enabled: bool,
    /// The fewest UTF-16 units of a name. Default 3.
    pub min_length: u32,
    /// The most UTF-16 units of a name. Default 30.
    pub max_length: u32,
    /// Whether names are stored and compared in lower case. Default on.
    pub normalization: bool,
    /// Whether the rules are asked of the name in lower case. Default off: of the name as typed.
    pub validates_normalized: bool,
    /// Whether a name, once chosen, stays. Default off.
    pub immutable: bool,
    /// Whether there is the column `displayUsername`. Default on.
    pub display: bool,
}

/// What `validation_order.username` may be.
const ORDERS: &[(&str, bool)] = &[("pre-normalization", false), ("post-normalization", true)];

impl Username {
    pub(super) fn read(mut section: Section<'_>, problems: &mut Problems) -> Self {
        let mut order = section.section("validation_order", problems);
        let validates_normalized = order.choice("username", problems, ORDERS).unwrap_or(false);
        order.finish(problems);
        // As in better-auth, zero is the default.
        let mut length = |key, default| {
            let read = section.number(key, problems, 0..=u32::MAX).filter(|length| *length > 0);
            read.unwrap_or(default)
        };
        let (min_length, max_length) = (length("min_username_length", 3), length("max_username_length", 30));
        let read = Self {
            enabled: section.boolean("enabled", problems).unwrap_or(false),
            min_length,
            max_length,
            normalization: section.boolean("username_normalization", problems).unwrap_or(true),
            validates_normalized,
            immutable: section.boolean("immutable_username", problems).unwrap_or(false),
            display: section.boolean("display_username", problems).unwrap_or(true),
        };
        if min_length > max_length {
            let text = format!(
                "`username.min_username_length` is {min_length}, above `username.max_username_length`, {max_length}: \
                 no name would be valid"
            );
            problems.add(section.place("min_username_length"), text);
        }
        section.finish(problems);
        read
    }

    pub(super) fn columns(&self) -> Vec<Added> {
        let name = text("username", "username").optional().unique();
        let display = text("displayUsername", "display_username").optional();
        let columns = [(name, self.enabled), (display, self.enabled && self.display)];
        columns.into_iter().filter(|(_, on)| *on).map(|(column, _)| Added { column, input: true }).collect()
    }
}
