//! scrypt (RFC 7914) with parameters that are not better-auth's: in PHC form, `$scrypt$ln=15,r=8,p=1$<salt>$<key>`, as Django
//! writes it, `scrypt$16384$<salt as text>$8$5$<key>`, and as `<salt>:<key hex>` with the parameters of the deployment's settings.

use scrypt::{Params, scrypt};
use unicode_normalization::UnicodeNormalization as _;

use super::{
    parts::{base64, matches, number, parameters, salt},
    scheme::{Flaw, GivenPassword, Scheme, SchemeName, ScryptCost},
};

/// The scheme.
pub const SCRYPT: Scheme = Scheme {
    name: SchemeName::Scrypt,
    check,
    usual: "$scrypt$ln=14,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
};

fn check(given: &GivenPassword<'_>) -> Result<bool, Flaw> {
    let parts: Vec<&str> = given.stored.split('$').collect();
    let (cost, salted, key) = match parts.as_slice() {
        ["", "scrypt", cost, salt, key] => {
            let [Some(log_n), Some(r), Some(p)] = parameters(cost, ["ln", "r", "p"])? else {
                return Err(Flaw::Malformed);
            };
            let cost = ScryptCost { log_n: log_n.try_into().unwrap_or(u8::MAX), r, p };
            (cost, base64(salt)?, base64(key)?)
        }
        ["scrypt", n, salt, r, p, key] => {
            let cost = ScryptCost::of(number(n)?, number(r)?, number(p)?).ok_or(Flaw::Malformed)?;
            (cost, salt.as_bytes().to_vec(), base64(key)?)
        }
        [salt_and_key] => return check_hex(given, salt_and_key),
        _ => return Err(Flaw::Malformed),
    };
    matches(&key, |out| derive(given.password.as_bytes(), salt(&salted)?, cost, out))
}

/// Compares with `<salt>:<key hex>`. As in better-auth, the text of the salt is the salt, and the password has the form NFKC.
fn check_hex(given: &GivenPassword<'_>, stored: &str) -> Result<bool, Flaw> {
    let (salted, key) = stored.split_once(':').ok_or(Flaw::Malformed)?;
    let cost = given.settings.scrypt.ok_or(Flaw::Malformed)?;
    let key = hex::decode(key).map_err(|_| Flaw::Malformed)?;
    let password: String = given.password.nfkc().collect();
    matches(&key, |out| derive(password.as_bytes(), salt(salted.as_bytes())?, cost, out))
}

/// Computes scrypt within the bounds of one request.
pub(super) fn derive(password: &[u8], salt: &[u8], cost: ScryptCost, out: &mut [u8]) -> Result<(), Flaw> {
    let cost = cost.bounded()?;
    let params = Params::new(cost.log_n, cost.r, cost.p).map_err(|_| Flaw::Malformed)?;
    scrypt(password, salt, &params, out).map_err(|_| Flaw::Malformed)
}
