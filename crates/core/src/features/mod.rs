//! The features that a deployment can switch on, in a folder each. A folder has the declaration, endpoints, decisions (`rules.rs`),
//! statements (`rows.rs`) and bodies (`wire.rs`) that only this feature uses, and a README.md with its threats. No feature imports
//! another; code that two of them use is on a lower floor. Features act at the [places](crate::context::places) of a request.

pub mod admin;
pub mod anonymous;
pub mod api_key;
pub mod audit;
pub mod captcha;
pub mod cleanup;
pub mod custom_session;
pub mod email_otp;
pub mod events;
pub mod have_i_been_pwned;
pub mod hooks;
pub mod last_login_method;
pub mod magic_link;
pub mod multi_session;
pub mod one_tap;
pub mod one_time_token;
pub mod organization;
pub mod passkey;
pub mod phone_number;
pub mod sign_up;
pub mod social;
pub mod tokens;
pub mod two_factor;
pub mod username;
