//! `gatepost import` on projects of every shape: the result of each option, the file that is written, and projects that it cannot read.

#![cfg(feature = "import")]
#![allow(clippy::disallowed_methods, reason = "a test reads files and the environment to be configured")]

#[cfg(test)]
mod command;
#[cfg(test)]
mod projects;
#[cfg(test)]
mod robust;
#[cfg(test)]
mod shapes;
