//! `[last_login_method]`: remembers how a browser, or a user, signed in last (spec sign-in-plugins §11).

use super::{
    Problems,
    reader::Section,
    tables::{Added, text},
};

/// Remembers how a browser, or a user, signed in last.
#[derive(Debug, Clone)]
pub struct LastLoginMethod {
    /// Whether the cookie is set. Default off.
    pub enabled: bool,
    /// The cookie's name, which gets no prefix. Default `better-auth.last_used_login_method`.
    pub cookie_name: String,
    /// Seconds for which browsers keep the cookie. Default 30 days.
    pub max_age: u32,
    /// Whether the user's row says it too. Default off.
    pub store_in_database: bool,
}

/// The default of `cookie_name`, where better-auth's client looks.
const COOKIE: &str = "better-auth.last_used_login_method";
/// Characters that a cookie's name may have besides letters and digits (RFC 9110 §5.6.2).
const TOKEN: &[u8] = b"!#$%&'*+-.^_`|~";

impl LastLoginMethod {
    pub(super) fn read(mut section: Section<'_>, problems: &mut Problems) -> Self {
        let read = Self {
            enabled: section.boolean("enabled", problems).unwrap_or(false),
            cookie_name: section.text("cookie_name", problems).unwrap_or_else(|| COOKIE.to_owned()),
            max_age: section.seconds("max_age", problems).unwrap_or(2_592_000),
            store_in_database: section.boolean("store_in_database", problems).unwrap_or(false),
        };
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || TOKEN.contains(&byte);
        if read.cookie_name.is_empty() || !read.cookie_name.bytes().all(is_token) {
            let text =
                format!("`{}` cannot be the name of a cookie; write letters, digits, `.` and `_`", read.cookie_name);
            problems.add(section.place("cookie_name"), text);
        }
        section.finish(problems);
        read
    }

    /// Whether the user's row says it.
    pub fn stores(&self) -> bool {
        self.enabled && self.store_in_database
    }

    pub(super) fn columns(&self) -> Vec<Added> {
        let column = text("lastLoginMethod", "last_login_method").optional();
        if self.stores() { vec![Added { column, input: false }] } else { Vec::new() }
    }
}
