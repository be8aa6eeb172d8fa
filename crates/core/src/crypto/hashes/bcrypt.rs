//! bcrypt (`$2a$`, `$2b$`, `$2y$`), which are compared alike, and its two forms of Django. The key schedule is that of the crate
//! `blowfish`; this file has the outer loop and the stored form.
//!
//! Passwords are read as the libraries of Node do (`bcrypt` 6, `bcryptjs` 3): their UTF-8 bytes with a NUL at the end, of which the
//! first 72 count. A NUL inside a password counts like any other byte.

use blowfish::Blowfish;
use sha2::{Digest as _, Sha256};

use super::{
    parts::{bcrypt_base64, matches, number},
    scheme::{Flaw, GivenPassword, Scheme, SchemeName, bounded},
};

/// The scheme.
pub const BCRYPT: Scheme =
    Scheme { name: SchemeName::Bcrypt, check, usual: "$2b$10$....................................................." };

/// The most rounds, as a binary logarithm: some two seconds.
const MOST: u32 = 15;
/// The bytes of a password that count.
const LENGTH: usize = 72;
const SALT: usize = 22;
const KEY: usize = 31;

fn check(given: &GivenPassword<'_>) -> Result<bool, Flaw> {
    if let Some(stored) = given.stored.strip_prefix("bcrypt_sha256$") {
        return compare(stored, hex::encode(Sha256::digest(given.password)).as_bytes());
    }
    compare(given.stored.strip_prefix("bcrypt$").unwrap_or(given.stored), given.password.as_bytes())
}

/// Compares with `$2b$10$<22 characters of salt><31 characters of key>`.
fn compare(stored: &str, password: &[u8]) -> Result<bool, Flaw> {
    let mut parts = stored.split('$');
    let (Some(""), Some("2a" | "2b" | "2y"), Some(cost), Some(rest), None) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Flaw::Malformed);
    };
    let cost = number(cost).ok().filter(|read| cost.len() == 2 && (4..=31).contains(read)).ok_or(Flaw::Malformed)?;
    bounded("the cost of bcrypt", cost.into(), MOST.into())?;
    let (salt, key) = rest.split_at_checked(SALT).ok_or(Flaw::Malformed)?;
    if key.len() != KEY {
        return Err(Flaw::Malformed);
    }
    let (salt, key) = (bcrypt_base64(salt)?, bcrypt_base64(key)?);
    let mut bytes = [password, b"\0"].concat();
    bytes.truncate(LENGTH);
    matches(&key, |out| {
        let whole = derive(cost, &salt, &bytes);
        out.iter_mut().zip(whole.as_flattened()).for_each(|(out, byte)| *out = *byte);
        Ok(())
    })
}

/// Computes the 24 bytes of bcrypt, of which stored texts have 23.
fn derive(cost: u32, salt: &[u8], password: &[u8]) -> [[u8; 4]; 6] {
    let mut state: Blowfish = Blowfish::bc_init_state();
    state.salted_expand_key(salt, password);
    for _ in 0..1_u32 << cost {
        state.bc_expand_key(password);
        state.bc_expand_key(salt);
    }
    let pairs = [*b"OrpheanB", *b"eholderS", *b"cryDoubt"].map(|text| {
        let mut pair = text.as_chunks::<4>().0.iter().map(|bytes| u32::from_be_bytes(*bytes));
        let mut pair = [pair.next().unwrap_or_default(), pair.next().unwrap_or_default()];
        for _ in 0..64 {
            pair = state.bc_encrypt(pair);
        }
        pair.map(u32::to_be_bytes)
    });
    let [[a, b], [c, d], [e, f]] = pairs;
    [a, b, c, d, e, f]
}
