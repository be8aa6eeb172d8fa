//! Password hashes of other systems. A deployment names the schemes that it accepts, and only their code is linked: [`ALL`] lists
//! them, and the edge passes those of `gatepost.toml` on.

mod argon2;
mod bcrypt;
mod firebase;
mod parts;
mod pbkdf2;
pub mod scheme;
mod scrypt;

use self::scheme::Scheme;
pub use self::{
    argon2::ARGON2,
    bcrypt::BCRYPT,
    firebase::{FIREBASE_SCRYPT, is_key},
    pbkdf2::PBKDF2,
    scrypt::SCRYPT,
};

/// Every scheme.
pub const ALL: &[&Scheme] = &[&BCRYPT, &ARGON2, &PBKDF2, &SCRYPT, &FIREBASE_SCRYPT];
