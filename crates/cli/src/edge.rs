//! The one place of the command line that reads the clock, the operating system's randomness and the environment.

use std::{io, time::Instant};

use gatepost_core::config::Variables;
use jiff::Timestamp;

/// The environment of this process. Variables that are no text are left out.
#[expect(clippy::disallowed_methods, reason = "the one reader of the environment")]
pub fn environment() -> Variables {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// The wall clock.
#[expect(clippy::disallowed_methods, reason = "the one reader of the wall clock")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// The monotonic clock, for durations.
#[expect(clippy::disallowed_methods, reason = "the one reader of the monotonic clock")]
pub fn monotonic() -> Instant {
    Instant::now()
}

/// 32 bytes of the operating system's randomness.
///
/// # Errors
/// Where it has none to give.
#[expect(clippy::disallowed_methods, reason = "the one reader of the operating system's randomness")]
pub fn seed() -> io::Result<[u8; 32]> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(io::Error::other)?;
    Ok(seed)
}
