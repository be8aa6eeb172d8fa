//! The tables that Prisma's migrations make of a schema with mapped names and an enumeration.

/// Tables that are called otherwise throughout.
pub const MEMBERS: &str = include_str!("../../schemas/project-members/schema.sql");
