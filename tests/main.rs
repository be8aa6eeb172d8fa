//! What gatepost does, seen from outside: a file per behaviour. Every test drives the real service on a real PostgreSQL.

#![cfg(test)]
#![allow(unreachable_pub, reason = "the modules of one test binary")]

mod conformance;
mod support;
