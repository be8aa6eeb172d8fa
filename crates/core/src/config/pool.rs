//! The bounds of a pool, which the database's and the secondary storage's share.

use std::time::Duration;

use crate::options::{number, options, wait};

options! {
    /// How many connections an instance has to one server, and how long a request waits for one.
    pub struct PoolBounds {
        /// The most connections of one instance; [POSTGRES.md](POSTGRES.md) says how many a database needs.
        max_connections: u32 = number("max_connections", 1, 100, 4),
        /// Seconds after which an unused connection is not trusted any more; with `0` none is kept. On the platform an instance stays
        /// awake for so long after a request that used a connection, unless another one comes, and closes what is idle before it is
        /// frozen: what `attachDatabasePool` does for JavaScript.
        idle_timeout: Duration = wait("idle_timeout", 5),
        /// Seconds to wait for a free connection; with `0` no request waits.
        wait_timeout: Duration = wait("wait_timeout", 5),
    }
}
