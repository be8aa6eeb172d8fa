//! Time-based one-time passwords (RFC 6238) with HMAC-SHA-1, as authenticator apps compute them, and base32 (RFC 4648 §6), in which
//! apps receive the key.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use subtle::{Choice, ConstantTimeEq as _};

/// Returns the number of the time step at `unix_seconds`, with steps of `period` seconds.
pub fn step(unix_seconds: i64, period: u32) -> u64 {
    u64::try_from(unix_seconds).unwrap_or(0) / u64::from(period.max(1))
}

/// Returns the code of a time step, with `digits` decimal digits, at most nine (RFC 4226 §5.3).
pub fn code(key: &[u8], step: u64, digits: u32) -> String {
    #[expect(clippy::expect_used, reason = "HMAC accepts keys of every length")]
    let mut mac = Hmac::<Sha1>::new_from_slice(key).expect("HMAC accepts keys of every length");
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash.last().map_or(0, |byte| byte & 15));
    let chosen = hash.iter().skip(offset).take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    let number = (chosen & 0x7fff_ffff) % 10_u32.pow(digits.min(9));
    format!("{number:0width$}", width = digits as usize)
}

/// Returns the time step whose code is `typed`: the one at `unix_seconds`, or a neighbour. Every comparison takes the same time.
pub fn matching_step(key: &[u8], typed: &str, unix_seconds: i64, period: u32, digits: u32) -> Option<u64> {
    let now = step(unix_seconds, period);
    let is_of = |step: u64| -> Choice { code(key, step, digits).as_bytes().ct_eq(typed.as_bytes()) };
    let steps = [now.checked_sub(1), Some(now), now.checked_add(1)];
    steps.into_iter().flatten().fold(None, |found, step| if is_of(step).into() { Some(step) } else { found })
}

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Encodes bytes in base32, without padding.
pub fn base32(bytes: &[u8]) -> String {
    let digit = |five: &[u8]| {
        let number = (0..5).fold(0_usize, |number, at| number << 1 | usize::from(five.get(at).copied().unwrap_or(0)));
        ALPHABET.get(number).map_or('A', |letter| char::from(*letter))
    };
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1)).collect();
    bits.chunks(5).map(digit).collect()
}

/// Decodes a base32 text in upper or lower case, up to its padding; `None` if it has another character. Bits that fill no byte are
/// dropped, as better-auth does.
pub fn from_base32(text: &str) -> Option<Vec<u8>> {
    let mut bits = Vec::with_capacity(text.len() * 5);
    for letter in text.bytes().take_while(|letter| *letter != b'=') {
        let number = ALPHABET.iter().position(|known| *known == letter.to_ascii_uppercase())?;
        bits.extend((0..5).rev().map(|at| number >> at & 1 == 1));
    }
    Some(bits.chunks_exact(8).map(|eight| eight.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit))).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn vectors() -> Value {
        serde_json::from_str::<Value>(include_str!("../../../../tests/vectors/sign-in-plugins.json")).unwrap()["totp"]
            .take()
    }

    fn key(case: &Value) -> Vec<u8> {
        match case["secret_utf8"].as_str() {
            Some(text) => text.as_bytes().to_vec(),
            None => from_base32(case["secret_base32_imported"].as_str().unwrap()).unwrap(),
        }
    }

    #[test]
    fn codes_are_those_of_rfc_6238_and_of_better_auth() {
        let vectors = vectors();
        let cases = vectors["cases"].as_array().unwrap();
        assert_eq!(cases.len(), 11);
        for case in cases {
            let (period, digits) = (case["period"].as_u64().unwrap() as u32, case["digits"].as_u64().unwrap() as u32);
            let step = step(case["unix"].as_i64().unwrap(), period);
            assert_eq!(case["code"], code(&key(case), step, digits), "{case}");
        }
    }

    #[test]
    fn a_code_is_of_its_step_or_a_neighbour_and_of_no_other() {
        let vectors = vectors();
        let window = &vectors["verify_window"];
        let (now, step) = (window["now_unix"].as_i64().unwrap(), window["step"].as_u64().unwrap());
        let matching = |code: &str| matching_step(&key(window), code, now, 30, 6);
        for accepted in window["accepted"].as_array().unwrap() {
            let of = step.checked_add_signed(accepted["offset"].as_i64().unwrap());
            assert_eq!(matching(accepted["code"].as_str().unwrap()), of);
        }
        for rejected in window["rejected"].as_array().unwrap() {
            assert_eq!(matching(rejected["code"].as_str().unwrap()), None);
        }
        let right = window["accepted"][1]["code"].as_str().unwrap();
        for typed in ["", &right.replacen('6', "", 1), &format!("{right}0"), &format!(" {right}"), "٦٨٣٦٤٥"] {
            assert_eq!(matching(typed), None, "{typed}");
        }
    }

    #[test]
    fn base32_is_that_of_rfc_4648() {
        for (bytes, text) in [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foobar", "MZXW6YTBOI")] {
            assert_eq!(base32(bytes.as_bytes()), text);
            assert_eq!(from_base32(text).as_deref(), Some(bytes.as_bytes()));
            assert_eq!(from_base32(&format!("{}==", text.to_lowercase())).as_deref(), Some(bytes.as_bytes()));
        }
        assert_eq!(from_base32("MZXW 6"), None);
    }
}
