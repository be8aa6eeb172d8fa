//! Second factors, where `two_factor.enabled` is on. All of it is the feature's own.

pub use crate::features::two_factor::ENDPOINTS;
