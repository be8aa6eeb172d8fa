//! Bytes in, bytes out. Knows no request, no row and no cookie; a caller hands in the randomness.

pub mod envelope;
pub mod jwe;
pub mod jwk;
pub mod jwt;
pub mod password;
pub mod random;
mod row;
pub mod signature;
