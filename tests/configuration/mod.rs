//! `gatepost.toml`, the variables, and the description of the API.

mod declarations;
mod environment;
mod open_api;
mod open_api_reference;
mod options;
mod problems;
