//! The endpoints: one file per subject, with its tables on top and the handlers below. [`functions`](crate::functions) lists the
//! tables that a function serves. A handler is a list of steps: load, judge, write, answer. No endpoint file imports another.

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
