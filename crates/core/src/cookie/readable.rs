//! Cookies that pages read: no secret is in them.

use super::Cookie;

impl Cookie {
    /// A cookie of another name that browsers send to the same places, that scripts can read, and that lives for `max_age`
    /// seconds. The name is literal: it gets no prefix.
    pub fn readable(&self, name: &str, max_age: u32) -> Self {
        Self {
            name: name.to_owned(),
            max_age: Some(max_age),
            domain_and_path: self.domain_and_path.clone(),
            flags: self.flags.replace("; HttpOnly", ""),
        }
    }
}
