//! The tests of behaviours, the sweeps and the comparisons once more, on other tables or behind another transport. Each run takes about six
//! minutes, so `cargo test` alone leaves them out: `cargo test --test again` runs them.

#![cfg(test)]
#![allow(
    unreachable_pub,
    clippy::disallowed_methods,
    clippy::string_slice,
    reason = "a test reads the clock for its bounds, and may panic"
)]

mod behind;
mod run;
mod schemas;
