//! The command line and what it starts, used as its callers do.

#[cfg(test)]
mod postgres;
