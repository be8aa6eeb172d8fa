//! PBKDF2 (RFC 8018 §5.2) in PHC form, `$pbkdf2-sha256$i=600000,l=32$<salt>$<key>`, as passlib writes it,
//! `$pbkdf2-sha256$29000$<salt>$<key>`, and as Django does, `pbkdf2_sha256$600000$<salt as text>$<key>`.

use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use super::{
    parts::{base64, matches, number, parameters, salt},
    scheme::{Flaw, GivenPassword, Scheme, SchemeName, bounded},
};

/// The scheme.
pub const PBKDF2: Scheme = Scheme {
    name: SchemeName::Pbkdf2,
    check,
    usual: "pbkdf2_sha256$1000000$0000000000000000000000$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
};

/// The most iterations: some two seconds.
const MOST: u64 = 5_000_000;

fn check(given: &GivenPassword<'_>) -> Result<bool, Flaw> {
    let parts: Vec<&str> = given.stored.split('$').collect();
    let (name, cost, salted, key) = match parts.as_slice() {
        ["", name, cost, salt, key] => (name.strip_prefix("pbkdf2-").unwrap_or("sha1"), *cost, base64(salt)?, key),
        [name, cost, salt, key] => {
            let name = name.strip_prefix("pbkdf2_").ok_or(Flaw::Malformed)?;
            (name, *cost, salt.as_bytes().to_vec(), key)
        }
        _ => return Err(Flaw::Malformed),
    };
    let iterations = match cost.contains('=') {
        true => match parameters(cost, ["i", "l"])? {
            [Some(iterations), _] => iterations,
            _ => return Err(Flaw::Malformed),
        },
        false => number(cost)?,
    };
    bounded("the number of iterations of PBKDF2", iterations.into(), MOST)?;
    if iterations == 0 {
        return Err(Flaw::Malformed);
    }
    let password = given.password.as_bytes();
    matches(&base64(key)?, |out| {
        let salted = salt(&salted)?;
        match name {
            "sha1" => pbkdf2_hmac::<Sha1>(password, salted, iterations, out),
            "sha256" => pbkdf2_hmac::<Sha256>(password, salted, iterations, out),
            "sha512" => pbkdf2_hmac::<Sha512>(password, salted, iterations, out),
            _ => return Err(Flaw::Malformed),
        }
        Ok(())
    })
}
