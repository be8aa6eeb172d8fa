//! Bytes in, bytes out. Knows no request, no row, no cookie and no configuration; a caller hands in the randomness.

pub mod envelope;
pub mod jwe;
pub mod jwk;
pub mod jwt;
pub mod password;
pub mod random;
mod row;
pub mod secret;
pub mod signature;
pub mod totp;
