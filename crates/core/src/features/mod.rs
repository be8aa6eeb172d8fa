//! The features that a deployment can switch on: a folder for each. It has the declaration, endpoints, decisions (`rules.rs`),
//! statements (`rows.rs`) and bodies (`wire.rs`) that are the feature's alone, and a README.md with its threats. No feature imports another; what two of them use is on a lower floor. Features act at the
//! [places](crate::context::places) of a request's way.

pub mod captcha;
pub mod have_i_been_pwned;
pub mod last_login_method;
pub mod social;
pub mod tokens;
pub mod two_factor;
pub mod username;
