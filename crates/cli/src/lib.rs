//! gatepost's command line.
pub mod postgres;
