//! The command line and what it starts, used as its callers do.

#![allow(
    clippy::disallowed_methods,
    reason = "a test reads the clock for its bounds, and the environment to be configured"
)]

#[cfg(test)]
mod check;
#[cfg(test)]
mod dev;
#[cfg(test)]
mod diagnosis;
#[cfg(test)]
mod folders;
#[cfg(test)]
mod import_users;
#[cfg(test)]
mod manual;
#[cfg(test)]
mod migrate;
#[cfg(test)]
mod postgres;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod shadow;
