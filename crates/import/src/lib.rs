//! Reads a better-auth project without running any of it: finds the call of `betterAuth`, follows its options through constants,
//! spreads, conditions, functions and files of the project, and reads the schemas of Drizzle and Prisma. The result for each option
//! is decided elsewhere: this crate knows nothing of gatepost's options.

pub mod drizzle;
pub mod eval;
pub mod files;
pub mod find;
mod mutation;
mod nesting;
pub mod parse;
pub mod prisma;
pub mod project;
pub mod resolve;
pub mod scope;
pub mod syntax;
pub mod tables;
pub mod value;
