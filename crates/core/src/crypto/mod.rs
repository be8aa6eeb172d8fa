//! Cryptography on bytes. It knows no request, row, cookie or configuration; callers pass in the randomness.

pub mod cose;
pub mod envelope;
pub mod hashes;
pub mod jwe;
pub mod jwk;
pub mod jwt;
pub mod one_time_code;
pub mod password;
pub mod random;
pub mod secret;
pub mod signature;
pub mod totp;
