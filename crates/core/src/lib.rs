//! The authentication of gatepost. It knows no platform and reads no clock, no randomness of the operating system and no
//! environment: these are passed in as values.
//!
//! A request takes this way: [`handle()`] finds the endpoint in a table ([`endpoint`]), reads the body, checks the request's origin
//! ([`guard`], `cors`) and calls the handler ([`endpoints`], [`mod@features`]). A handler reads its input ([`wire`]), loads rows
//! ([`store`]), decides ([`rules`]), writes, and answers ([`reply`]) or refuses with a reason ([`error`]). Cookies ([`cookie`],
//! [`cookie_cache`], `bearer`) and mails ([`mail`]) wait in its [`context`] until it is done. [`auth`] holds what all requests
//! share, and [`outcome`] is the line in the log.
//!
//! [`config`] reads the configuration of a deployment, [`declarations`] lists what features add to it, and [`check`] checks an
//! environment before a deployment. [`crypto`] works on bytes. Below all of them are [`syntax`], which parses addresses, networks
//! and patterns, and [`problem`], the form in which all parts report problems of a configuration.

#![forbid(unsafe_code)]

pub mod account_cookie;
pub mod api_keys;
pub mod auth;
pub mod bearer;
pub mod body;
pub mod button_page;
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
pub mod hooks;
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
pub mod webhook;
pub mod wire;

pub use self::{auth::Auth, config::Config, handle::handle};
