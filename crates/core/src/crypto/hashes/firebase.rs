//! Firebase's scrypt, in the form in which Supabase stores it too: `$fbscrypt$v=1,n=14,r=8,p=1,ss=<salt separator>$<salt>$<key>`.
//! scrypt of the password is a key of AES-256-CTR, which encrypts the project's signer key; the result is the stored key. The signer
//! key is a secret of the project and not in the text.

use aes::{
    Aes256,
    cipher::{BlockCipherEncrypt as _, KeyInit as _},
};

use super::{
    parts::{base64, matches, number, salt},
    scheme::{Flaw, GivenPassword, Scheme, SchemeName, ScryptCost},
    scrypt::derive,
};

/// The scheme.
pub const FIREBASE_SCRYPT: Scheme = Scheme {
    name: SchemeName::FirebaseScrypt,
    check,
    usual: "$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==$AAAAAAAAAAA=$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
};

/// The bytes of a signer key.
const SIGNER_KEY: std::ops::RangeInclusive<usize> = 16..=64;

/// Whether a text is a signer key in base64.
pub fn is_key(text: &str) -> bool {
    base64(text).is_ok_and(|key| SIGNER_KEY.contains(&key.len()))
}

fn check(given: &GivenPassword<'_>) -> Result<bool, Flaw> {
    let parts: Vec<&str> = given.stored.split('$').collect();
    let ["", "fbscrypt", cost, salted, key] = parts.as_slice() else { return Err(Flaw::Malformed) };
    let (mut log_n, mut r, mut p, mut separator) = (None, None, Some(1), Vec::new());
    for parameter in cost.split(',') {
        match parameter.split_once('=').ok_or(Flaw::Malformed)? {
            ("v", "1") => {}
            ("n", value) => log_n = Some(number(value)?),
            ("r", value) => r = Some(number(value)?),
            ("p", value) => p = Some(number(value)?),
            ("ss", value) => separator = base64(value)?,
            _ => return Err(Flaw::Malformed),
        }
    }
    let (Some(log_n), Some(r), Some(p)) = (log_n, r, p) else { return Err(Flaw::Malformed) };
    let cost = ScryptCost { log_n: log_n.try_into().unwrap_or(u8::MAX), r, p };
    let salted = [base64(salted)?, separator].concat();
    let signer = base64(given.settings.firebase_key.as_ref().map_or("", |key| key.text()))?;
    let key = base64(key)?;
    // A key of another length belongs to another project. The hash is computed before the refusal, so that both take equally long.
    let is_equal = matches(&key, |out| {
        let mut cipher_key = [0; 32];
        derive(given.password.as_bytes(), salt(&salted)?, cost, &mut cipher_key)?;
        out.iter_mut().zip(&signer).for_each(|(out, byte)| *out = *byte);
        apply_ctr(&Aes256::new(&cipher_key.into()), out);
        Ok(())
    });
    Ok(is_equal? && key.len() == signer.len())
}

/// Encrypts with a counter that begins at zero (NIST SP 800-38A §6.5).
fn apply_ctr(cipher: &Aes256, bytes: &mut [u8]) {
    for (counter, bytes) in bytes.chunks_mut(16).enumerate() {
        let mut block = (counter as u128).to_be_bytes().into();
        cipher.encrypt_block(&mut block);
        bytes.iter_mut().zip(block).for_each(|(byte, pad)| *byte ^= pad);
    }
}
