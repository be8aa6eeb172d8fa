//! Argon2 (RFC 9106) in PHC form, `$argon2id$v=19$m=65536,t=3,p=4$<salt>$<key>`, and with Django's `argon2` before it.

use argon2::{Algorithm, Argon2, Params, Version};

use super::{
    parts::{base64, matches, number, parameters, salt},
    scheme::{Flaw, GivenPassword, MOST_MEMORY, Scheme, SchemeName, bounded},
};

/// The scheme.
pub const ARGON2: Scheme = Scheme {
    name: SchemeName::Argon2,
    check,
    usual: "$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
};

/// The most KiB that all passes together fill: some two seconds. The lanes are computed one after the other.
const MOST_FILLED: u64 = 1 << 20;
/// The most lanes.
const MOST_LANES: u64 = 64;

fn check(given: &GivenPassword<'_>) -> Result<bool, Flaw> {
    let stored = given.stored.strip_prefix("argon2").unwrap_or(given.stored);
    let parts: Vec<&str> = stored.split('$').collect();
    let (name, version, cost, salted, key) = match parts.as_slice() {
        ["", name, version, cost, salt, key] => (name, *version, cost, salt, key),
        // The form of versions before 1.3 of Argon2.
        ["", name, cost, salt, key] => (name, "v=16", cost, salt, key),
        _ => return Err(Flaw::Malformed),
    };
    let algorithm = match *name {
        "argon2id" => Algorithm::Argon2id,
        "argon2i" => Algorithm::Argon2i,
        "argon2d" => Algorithm::Argon2d,
        _ => return Err(Flaw::Malformed),
    };
    let version = number(version.strip_prefix("v=").ok_or(Flaw::Malformed)?)?;
    let version = Version::try_from(version).map_err(|_| Flaw::Malformed)?;
    let [Some(memory), Some(passes), Some(lanes)] = parameters(cost, ["m", "t", "p"])? else {
        return Err(Flaw::Malformed);
    };
    bounded("`m` of Argon2, in KiB,", memory.into(), MOST_MEMORY >> 10)?;
    bounded("`m` · `t` of Argon2", u64::from(memory).saturating_mul(passes.into()), MOST_FILLED)?;
    bounded("`p` of Argon2", lanes.into(), MOST_LANES)?;
    let (salted, key) = (base64(salted)?, base64(key)?);
    matches(&key, |out| {
        let params = Params::new(memory, passes, lanes, Some(out.len())).map_err(|_| Flaw::Malformed)?;
        let argon2 = Argon2::new(algorithm, version, params);
        argon2.hash_password_into(given.password.as_bytes(), salt(&salted)?, out).map_err(|_| Flaw::Malformed)
    })
}
