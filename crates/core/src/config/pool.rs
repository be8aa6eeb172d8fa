//! The bounds of a pool, which the database's and the secondary storage's share.

use std::time::Duration;

use super::Problems;
use crate::options::Section;

/// How many connections an instance has to one server, and how long anybody waits for one.
#[derive(Debug, Clone, Copy)]
pub struct PoolBounds {
    /// Most connections of one instance, 1 to 100. Default 4.
    pub max_connections: u32,
    /// How long a connection may be unused before it is not trusted any more. Default 5 s; with 0 none is kept.
    pub idle_timeout: Duration,
    /// How long a request waits for a free connection. Default 5 s; with 0 it does not.
    pub wait_timeout: Duration,
    /// For connecting, TLS and the login included.
    pub connect_timeout: Duration,
}

impl PoolBounds {
    /// With so many seconds for connecting, unless the section says otherwise.
    pub(super) fn read(section: &mut Section<'_>, problems: &mut Problems, connect: u32) -> Self {
        let mut seconds = |key| Duration::from_secs(section.seconds(key, problems).unwrap_or(5).into());
        let [idle_timeout, wait_timeout] = ["idle_timeout", "wait_timeout"].map(&mut seconds);
        Self {
            max_connections: section.number("max_connections", problems, 1..=100).unwrap_or(4),
            idle_timeout,
            wait_timeout,
            connect_timeout: section.limit("connect_timeout", problems, connect),
        }
    }
}
