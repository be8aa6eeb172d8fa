//! Everything of gatepost that is authentication. It knows no platform, reads no clock, no operating system's
//! randomness and no environment: those come in as values.
//!
//! The way of a request: [`handle()`] finds the endpoint in a table ([`endpoint`]), reads the body, checks where the
//! request comes from ([`guard`], `cors`) and calls the handler ([`endpoints`]). A handler reads what it was sent ([`wire`]),
//! loads rows ([`store`]), decides ([`rules`]), writes, and answers ([`reply`]) or refuses with a reason ([`error`]);
//! cookies ([`cookie`], [`cookie_cache`], `bearer`) and mails ([`mail`]) wait in its [`context`] until it is done. [`auth`] holds what all requests
//! share, [`config`] what a deployment decides, [`declarations`] what features add to it, [`check`] looks at the
//! latter beforehand, [`features`] are what it switches on, [`crypto`] turns bytes into bytes, [`outcome`] is the log line.
//! Below all of them lie [`syntax`], which reads addresses, networks and patterns, and [`problem`], the form in which the parts report
//! what is wrong with a configuration.

pub mod account_cookie;
pub mod auth;
pub mod bearer;
pub mod body;
pub mod check;
pub mod code;
pub mod config;
pub mod context;
pub mod cookie;
pub mod cookie_cache;
mod cors;
pub mod counters;
pub mod crypto;
pub mod declaration;
pub mod declarations;
pub mod endpoint;
pub mod endpoints;
pub mod error;
pub mod features;
pub mod fetch;
pub mod flow;
pub mod functions;
pub mod guard;
pub mod handle;
mod html;
mod json;
pub mod keyring;
pub mod limit;
pub mod links;
pub mod lookup;
pub mod mail;
pub mod model;
pub mod openapi;
pub mod options;
pub mod outcome;
mod percent;
pub mod problem;
pub mod protected;
pub mod providers;
pub mod reason;
pub mod reply;
pub mod routes;
pub mod rules;
mod run;
pub mod session_cookies;
pub mod session_jwt;
pub mod signed_in;
pub mod signing_keys;
pub mod stopwatch;
pub mod store;
pub mod syntax;
#[cfg(feature = "otlp")]
pub mod telemetry;
pub mod verify;
pub mod wire;

pub use self::{auth::Auth, config::Config, handle::handle};
