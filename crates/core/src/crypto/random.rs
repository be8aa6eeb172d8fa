//! Random strings in better-auth's forms (spec core §11.1).

use jiff::Timestamp;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

/// The randomness of one request: a ChaCha generator whose seed the edge reads from the operating system.
pub struct Rng {
    generator: StdRng,
    form: IdForm,
    now: Timestamp,
}

/// The form of identifiers that the service makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IdForm {
    /// 32 characters of `a-zA-Z0-9`, 190 bits, as better-auth makes them.
    #[default]
    Letters,
    /// A random UUID (RFC 9562 §5.4).
    UuidV4,
    /// A UUID that begins with the time in milliseconds (RFC 9562 §5.7), with 74 random bits.
    UuidV7,
    /// 21 characters of `a-zA-Z0-9_-`, 126 bits, as the package `nanoid` makes them.
    NanoId,
    /// A ULID: 26 characters of Crockford's base32, the time in milliseconds before 80 random bits.
    Ulid,
}

impl IdForm {
    /// The number of characters.
    pub fn length(self) -> usize {
        match self {
            Self::Letters => 32,
            Self::UuidV4 | Self::UuidV7 => 36,
            Self::NanoId => 21,
            Self::Ulid => 26,
        }
    }
}

impl Rng {
    /// Creates a generator that yields the same bytes for the same seed. Outside tests the seed comes from the operating system.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self { generator: StdRng::from_seed(seed), form: IdForm::Letters, now: Timestamp::UNIX_EPOCH }
    }

    /// Makes identifiers of this form from now on. `now` is the time that some of them begin with.
    #[must_use]
    pub fn making(self, form: IdForm, now: Timestamp) -> Self {
        Self { form, now, ..self }
    }

    /// Creates another generator, whose bytes reveal nothing about this one's, for work that happens elsewhere.
    pub fn fork(&mut self) -> Self {
        let mut seed = [0; 32];
        self.fill(&mut seed);
        Self::from_seed(seed).making(self.form, self.now)
    }

    /// Returns the generator itself, for key pairs and blinding.
    pub(super) fn generator(&mut self) -> &mut StdRng {
        &mut self.generator
    }

    /// Fills `bytes` with random bytes.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        self.generator.fill_bytes(bytes);
    }

    /// Returns `length` characters of `alphabet`, each equally likely: bytes that would favour the first characters are discarded.
    /// The alphabet is ASCII and has at most 256 characters.
    fn string(&mut self, length: usize, alphabet: &[u8]) -> String {
        let bound = 256 - 256 % alphabet.len();
        let mut text = String::with_capacity(length);
        let mut bytes = [0; 64];
        while text.len() < length {
            self.fill(&mut bytes);
            let usable = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < bound);
            let letters = usable.filter_map(|byte| alphabet.get(byte % alphabet.len()));
            text.extend(letters.take(length - text.len()).map(|letter| char::from(*letter)));
        }
        text
    }

    /// Returns the identifier of a row, in the form of [`Self::making`].
    pub fn id(&mut self) -> String {
        match self.form {
            IdForm::Letters => self.string(32, ALPHANUMERIC),
            IdForm::UuidV4 => self.uuid(),
            IdForm::UuidV7 => {
                let bits = self.timed();
                uuid(bits, 7)
            }
            IdForm::NanoId => self.string(21, BASE_64),
            IdForm::Ulid => {
                let bits = self.timed();
                let letter = |at: u32| CROCKFORD.get((bits >> (5 * at)) as usize & 31).copied().unwrap_or(b'0');
                (0..26).rev().map(|at| char::from(letter(at))).collect()
            }
        }
    }

    /// Returns 128 bits, of which the first 48 are the time in milliseconds and the others random.
    fn timed(&mut self) -> u128 {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        let milliseconds = u128::try_from(self.now.as_millisecond()).unwrap_or_default();
        milliseconds << 80 | u128::from_be_bytes(bytes) >> 48
    }

    /// Returns a session token: 32 characters of `a-zA-Z0-9`, 190 bits.
    pub fn session_token(&mut self) -> String {
        self.string(32, ALPHANUMERIC)
    }

    /// Returns the state that binds a flow to its answer: 32 characters of `a-zA-Z0-9_-`, 192 bits (spec jwt-oauth-schema §4.3).
    pub fn oauth_state(&mut self) -> String {
        self.string(32, BASE_64)
    }

    /// Returns `length` characters of `a-zA-Z0-9_-`, 6 bits each.
    pub fn token(&mut self, length: usize) -> String {
        self.string(length, BASE_64)
    }

    /// Returns the token of a link that signs in: 32 letters of `a-zA-Z`, 182 bits.
    pub fn magic_link_token(&mut self) -> String {
        self.string(32, LETTERS)
    }

    /// Returns the random part of an API key: `length` letters of `a-zA-Z`, 5.7 bits each.
    pub fn api_key(&mut self, length: usize) -> String {
        self.string(length, LETTERS)
    }

    /// Returns a backup code: `length` characters of `a-zA-Z0-9`, nearly 6 bits each.
    pub fn backup_code(&mut self, length: usize) -> String {
        self.string(length, ALPHANUMERIC)
    }

    /// Returns a code for a mail: `length` decimal digits.
    pub fn digits(&mut self, length: usize) -> String {
        self.string(length, b"0123456789")
    }

    /// Returns the verifier that binds a code to its flow: 128 characters of `a-zA-Z0-9_-`, which is the maximum (RFC 7636 §4.1).
    pub fn code_verifier(&mut self) -> String {
        self.string(128, BASE_64)
    }

    /// Returns the token of a link to set a new password: 24 characters of `a-zA-Z0-9`, 142 bits.
    pub fn reset_token(&mut self) -> String {
        self.string(24, ALPHANUMERIC)
    }

    /// Returns the token of a link that deletes a user: 32 characters of `0-9a-z`, 165 bits.
    pub fn delete_token(&mut self) -> String {
        self.string(32, BASE_36)
    }

    /// Returns a text of the same form as `text`, which is ASCII, with at least eight characters: each letter becomes a random
    /// small letter, each digit a random digit, and letters are appended to a shorter text. Other characters stay.
    pub fn alike(&mut self, text: &str) -> String {
        let mut bytes = vec![0; text.len().max(8)];
        self.fill(&mut bytes);
        let form = text.bytes().chain(std::iter::repeat(b'a'));
        let other = |(random, form): (u8, u8)| match form {
            b'a'..=b'z' | b'A'..=b'Z' => b'a' + random % 26,
            b'0'..=b'9' => b'0' + random % 10,
            other => other,
        };
        bytes.into_iter().zip(form).map(other).map(char::from).collect()
    }

    /// Returns a random UUID (RFC 9562 §5.4), as text.
    pub fn uuid(&mut self) -> String {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        uuid(u128::from_be_bytes(bytes), 4)
    }

    /// Returns the salt of a password hash: 16 random bytes in lower-case hex (spec core §7).
    pub fn salt(&mut self) -> String {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        hex::encode(bytes)
    }
}

/// Returns 128 bits as the text of a UUID of this version.
fn uuid(bits: u128, version: u128) -> String {
    let value = bits & !(0xF << 76) & !(0x3 << 62) | version << 76 | 0x2 << 62;
    let hex = format!("{value:032x}");
    let mut text = String::with_capacity(36);
    for (at, digit) in hex.chars().enumerate() {
        if [8, 12, 16, 20].contains(&at) {
            text.push('-');
        }
        text.push(digit);
    }
    text
}

/// Crockford's alphabet: digits and capital letters without I, L, O and U.
const CROCKFORD: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const ALPHANUMERIC: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const BASE_64: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
const BASE_36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_the_same_form_has_the_same_signs_and_is_another() {
        let mut rng = Rng::from_seed([7; 32]);
        let other = rng.alike("Adam.l+1'2");
        let form =
            |text: &str| text.replace(|c: char| c.is_ascii_lowercase(), "a").replace(|c: char| c.is_ascii_digit(), "1");
        assert_eq!(form(&other), "aaaa.a+1'1");
        assert_eq!(form(&rng.alike("a.")), "a.aaaaaa");
        assert_ne!(rng.alike("adam.l+1"), rng.alike("adam.l+1"));
    }

    #[test]
    fn identifiers_have_the_configured_form() {
        let now: Timestamp = "2024-01-02T03:04:05.678Z".parse().unwrap();
        let made = |form| Rng::from_seed([7; 32]).making(form, now).id();
        let is_of = |text: &str, length, alphabet: &[u8]| {
            text.len() == length && text.bytes().all(|byte| alphabet.contains(&byte))
        };
        assert!(is_of(&made(IdForm::Letters), 32, ALPHANUMERIC));
        assert!(is_of(&made(IdForm::NanoId), 21, BASE_64));
        // Values of the packages `uuid` and `ulid` at this time begin alike.
        let (uuid, ulid) = (made(IdForm::UuidV7), made(IdForm::Ulid));
        assert!(
            uuid.starts_with("018cc820-db2e-7")
                && uuid.chars().nth(19).is_some_and(|letter| "89ab".contains(letter))
                && uuid.len() == 36,
            "{uuid}"
        );
        assert!(ulid.starts_with("01HK421PSE") && is_of(&ulid, 26, CROCKFORD), "{ulid}");
        assert_eq!(made(IdForm::UuidV4).chars().nth(14), Some('4'));
        let mut rng = Rng::from_seed([7; 32]).making(IdForm::Ulid, now);
        assert_ne!(rng.id(), rng.id());
        assert_eq!(rng.fork().id().len(), 26);
    }

    #[test]
    fn every_character_of_the_alphabet_is_equally_likely() {
        let mut rng = Rng::from_seed([7; 32]);
        let mut counts = [0_u32; 128];
        for byte in (0..2_000).flat_map(|_| rng.id().into_bytes()) {
            counts[usize::from(byte)] += 1;
        }
        let expected = 64_000.0 / 62.0;
        for letter in ALPHANUMERIC {
            let off = (f64::from(counts[usize::from(*letter)]) - expected) / expected;
            assert!(off.abs() < 0.2, "{}: {off}", char::from(*letter));
        }
    }
}
