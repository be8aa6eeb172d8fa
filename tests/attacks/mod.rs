//! Known holes and broken input: each is refused, and a test has the name of each.

mod advisories;
mod advisories_mailed;
mod advisories_tables;
mod advisories_users;
mod bad_input;
mod callbacks;
mod claimed_addresses;
mod cross_origin;
mod edges;
mod imported_users;
mod moved_addresses;
mod old_hashes;
mod raw_connections;
mod stolen_sessions;
