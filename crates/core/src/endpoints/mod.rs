//! The endpoints: one file per subject, its tables on top and the handlers below. Which tables a function serves is in
//! [`functions`](crate::functions). A handler is a list of steps: load, judge, write, answer. None imports another.

pub mod account;
pub mod email;
pub mod get_session;
pub mod password;
pub mod sessions;
pub mod sign_in;
pub mod sign_out;
pub mod sign_up;
pub mod status;
pub mod user;
