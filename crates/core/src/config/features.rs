//! The features that add columns to `user`. They are read before the tables, which get those columns behind better-auth's
//! own, in the order of [`Features::columns`].

use super::{LastLoginMethod, Problems, TwoFactor, Username, reader::Section, tables::Added};

/// The features that add columns to `user`.
#[derive(Debug, Clone)]
pub struct Features {
    /// `[username]`.
    pub username: Username,
    /// `[last_login_method]`.
    pub last_login_method: LastLoginMethod,
    /// `[two_factor]`.
    pub two_factor: TwoFactor,
}

impl Features {
    pub(super) fn read(root: &mut Section<'_>, problems: &mut Problems) -> Self {
        Self {
            username: Username::read(root.section("username", problems), problems),
            last_login_method: LastLoginMethod::read(root.section("last_login_method", problems), problems),
            two_factor: TwoFactor::read(root.section("two_factor", problems), problems),
        }
    }

    /// The columns, in the order in which answers show them.
    pub(super) fn columns(&self) -> Vec<Added> {
        [self.username.columns(), self.last_login_method.columns(), self.two_factor.columns()].concat()
    }

    /// The tables that no feature needs.
    pub(super) fn unused_tables(&self) -> &'static [&'static str] {
        if self.two_factor.enabled { &[] } else { &["twoFactor"] }
    }

    /// The keys that need a database, each with whether it is on.
    pub(super) fn need_database(&self) -> [(&'static str, bool); 3] {
        [
            ("username.enabled", self.username.enabled),
            ("last_login_method.store_in_database", self.last_login_method.stores()),
            ("two_factor.enabled", self.two_factor.enabled),
        ]
    }
}
