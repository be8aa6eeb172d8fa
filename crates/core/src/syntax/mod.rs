//! The syntax of what people and configurations write: addresses, networks, origins and their patterns. Text in, a value or
//! a verdict out; it knows nothing of the service. No I/O, no HTTP, no SQL, no cookies.

pub mod email;
pub mod glob;
pub mod network;
pub mod origin;
