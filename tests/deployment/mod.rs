//! The functions on the platform, in instances and behind browsers.

mod browser;
mod bursts;
mod deployed_functions;
mod freezing;
mod images;
mod journey;
mod on_the_platform;
mod rate_limits;
mod serving;
mod serving_ends;
