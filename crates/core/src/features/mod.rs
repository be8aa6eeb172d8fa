//! The features that a deployment can switch on: a module for each. None imports another; they act at the
//! [places](crate::context::places) of a request's way.

pub mod last_login_method;
pub mod two_factor;
pub mod username;
