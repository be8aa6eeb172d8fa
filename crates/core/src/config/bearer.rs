//! `[bearer]`: the session's token in an `Authorization` header, for clients without cookies
//! (spec jwt-oauth-schema §2).

use super::Problems;
use crate::options::Section;

/// The session's token in an `Authorization` header.
#[derive(Debug, Clone)]
pub struct Bearer {
    /// Default on: a service of its own is there for more than browsers.
    pub enabled: bool,
    /// Whether a token without its signature is ignored. Default off.
    pub require_signature: bool,
}

impl Bearer {
    pub(super) fn read(mut section: Section<'_>, problems: &mut Problems) -> Self {
        let read = Self {
            enabled: section.boolean("enabled", problems).unwrap_or(true),
            require_signature: section.boolean("require_signature", problems).unwrap_or(false),
        };
        section.finish(problems);
        read
    }
}
