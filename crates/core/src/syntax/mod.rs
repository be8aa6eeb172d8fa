//! The syntax of what users and configurations contain: addresses, networks, origins and their patterns. The functions turn text
//! into a value or a decision and know nothing of the service. No I/O, HTTP, SQL or cookies.

pub mod domain;
pub mod email;
pub mod glob;
pub mod network;
pub mod origin;
pub mod phone;
pub mod printed;
