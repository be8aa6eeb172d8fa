//! Cookies with the domain, path and flags of another one.

use super::Cookie;

impl Cookie {
    /// Returns a cookie with another full name. Its lifetime is the configured one of this cookie, or `lifetime` seconds.
    pub fn named(&self, name: String, lifetime: u32) -> Self {
        Self {
            name,
            max_age: self.max_age.or(Some(lifetime)),
            domain_and_path: self.domain_and_path.clone(),
            flags: self.flags.clone(),
        }
    }

    /// Returns a cookie with another name and a lifetime of `max_age` seconds that scripts can read, with this cookie's domain and
    /// path. The name gets no prefix.
    pub fn readable(&self, name: &str, max_age: u32) -> Self {
        Self {
            name: name.to_owned(),
            max_age: Some(max_age),
            domain_and_path: self.domain_and_path.clone(),
            flags: self.flags.replace("; HttpOnly", ""),
        }
    }
}
