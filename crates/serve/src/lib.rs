//! Serves all endpoints in one process: `gatepost serve`, `cargo dev` and the tests. Like `gatepost-vercel`, it is an edge: it reads
//! clock, randomness, environment and files, so that the core does not.
//!
//! `gatepost serve` runs where no platform stands in front, so everything that a platform does for functions is here: bounds for
//! connections ([`server`]) and slow clients, the client's address ([`peer`]), probes ([`probes`]), and an orderly end ([`run`]).

pub mod arguments;
pub mod deployment;
pub mod edge;
mod hosts;
pub mod listener;
mod options;
pub mod peer;
mod probe;
pub mod probes;
pub mod run;
pub mod server;
mod slow;
mod strict;
pub mod work;

use std::{io::Write as _, path::Path, process::ExitCode};

use clap::Parser as _;

/// Runs `gatepost-serve` with the arguments of this process. A problem ends with status 2 and the fixes.
pub fn main() -> ExitCode {
    match run::run(Path::new("."), &arguments::Arguments::parse().serve, edge::environment()) {
        Ok(code) => code,
        Err(error) => {
            // Without standard error, the status alone reports the problem.
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::from(2)
        }
    }
}
