//! Reads the parts that stored hashes have in common: base64 in its alphabets, numbers without signs, keys and salts within bounds.

use base64::{
    Engine as _,
    alphabet::{BCRYPT, STANDARD},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use subtle::ConstantTimeEq as _;

use super::scheme::Flaw;

/// The fewest and most bytes of a key: a shorter one would match too many passwords.
const KEY: std::ops::RangeInclusive<usize> = 16..=64;
/// The most bytes of a salt.
const LONGEST_SALT: usize = 1_024;

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const ANY: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
const OF_BCRYPT: GeneralPurpose = GeneralPurpose::new(&BCRYPT, LENIENT);

/// Decodes base64 with or without padding, also in the alphabets of URLs and of passlib, which writes `.` for `+`.
pub(super) fn base64(text: &str) -> Result<Vec<u8>, Flaw> {
    let standard = text.replace(['-', '.'], "+").replace('_', "/");
    ANY.decode(standard).map_err(|_| Flaw::Malformed)
}

/// Decodes bcrypt's base64.
pub(super) fn bcrypt_base64(text: &str) -> Result<Vec<u8>, Flaw> {
    OF_BCRYPT.decode(text).map_err(|_| Flaw::Malformed)
}

/// Reads a number of decimal digits. One that is too large for 32 bits is above every bound.
pub(super) fn number(text: &str) -> Result<u32, Flaw> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u32::MAX)).ok_or(Flaw::Malformed)
}

/// Reads the parameters `names` of a part like `m=65536,t=3,p=4`; other ones are refused. A missing one is `None`.
pub(super) fn parameters<const N: usize>(part: &str, names: [&str; N]) -> Result<[Option<u32>; N], Flaw> {
    let mut found = [None; N];
    for parameter in part.split(',') {
        let (name, value) = parameter.split_once('=').ok_or(Flaw::Malformed)?;
        let mut slots = names.iter().zip(&mut found);
        let slot = slots.find(|(known, _)| **known == name).map(|(_, slot)| slot);
        *slot.ok_or(Flaw::Malformed)? = Some(number(value)?);
    }
    Ok(found)
}

/// Whether `salt` is short enough.
pub(super) fn salt(salt: &[u8]) -> Result<&[u8], Flaw> {
    (salt.len() <= LONGEST_SALT).then_some(salt).ok_or(Flaw::Malformed)
}

/// Compares the stored key with the one that `derive` writes into a buffer of its length. Nothing is derived for a key of a wrong
/// length.
pub(super) fn matches(stored: &[u8], derive: impl FnOnce(&mut [u8]) -> Result<(), Flaw>) -> Result<bool, Flaw> {
    if !KEY.contains(&stored.len()) {
        return Err(Flaw::Malformed);
    }
    let mut key = vec![0; stored.len()];
    derive(&mut key)?;
    Ok(key.ct_eq(stored).into())
}
