//! The binary parts of an authenticator's answer: authenticator data (WebAuthn §6.1) and the attestation object (§6.5.4). Readers
//! accept any bytes, allocate nothing, and read each byte at most twice.

use minicbor::{Decoder, data::Type};

/// The maximum length of a credential's identifier, in bytes (WebAuthn §7.1).
const LONGEST_ID: usize = 1023;
/// The maximum number of members of an attestation object or statement.
const MOST_MEMBERS: u64 = 16;

/// The authenticator data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuthenticatorData<'a> {
    /// The SHA-256 of the domain.
    pub rp_id_hash: &'a [u8; 32],
    flags: u8,
    /// How often the credential was used; 0 if the authenticator does not count.
    pub counter: u32,
    /// The new credential of a registration.
    pub attested: Option<AttestedCredential<'a>>,
}

/// A new credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttestedCredential<'a> {
    /// The model of the authenticator.
    pub aaguid: [u8; 16],
    /// The identifier of the credential.
    pub id: &'a [u8],
    /// Its public key, as COSE.
    pub public_key: &'a [u8],
}

impl<'a> AuthenticatorData<'a> {
    /// Reads authenticator data; `None` if a part is missing or something follows.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let (rp_id_hash, rest) = bytes.split_first_chunk::<32>()?;
        let (flags, rest) = rest.split_first()?;
        let (counter, rest) = rest.split_first_chunk::<4>()?;
        let mut read = Self { rp_id_hash, flags: *flags, counter: u32::from_be_bytes(*counter), attested: None };
        let mut rest = rest;
        if read.has(6) {
            let (aaguid, after) = rest.split_first_chunk::<16>()?;
            let (length, after) = after.split_first_chunk::<2>()?;
            let length = usize::from(u16::from_be_bytes(*length));
            let (id, after) = after.split_at_checked(length).filter(|_| (1..=LONGEST_ID).contains(&length))?;
            let (public_key, after) = item(after)?;
            read.attested = Some(AttestedCredential { aaguid: *aaguid, id, public_key });
            rest = after;
        }
        if read.has(7) {
            rest = item(rest)?.1;
        }
        rest.is_empty().then_some(read)
    }

    fn has(&self, bit: u8) -> bool {
        self.flags >> bit & 1 == 1
    }

    /// Whether a person was present.
    pub fn is_present(&self) -> bool {
        self.has(0)
    }

    /// Whether the authenticator verified the person, with a PIN or a fingerprint.
    pub fn is_verified(&self) -> bool {
        self.has(2)
    }

    /// Whether the credential may be on several devices.
    pub fn may_be_backed_up(&self) -> bool {
        self.has(3)
    }

    /// Whether the credential is on several devices now.
    pub fn is_backed_up(&self) -> bool {
        self.has(4)
    }
}

/// Splits off the first item of CBOR.
fn item(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut decoder = Decoder::new(bytes);
    decoder.skip().ok()?;
    bytes.split_at_checked(decoder.position())
}

/// The attestation object of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttestationObject<'a> {
    /// The format of the statement.
    pub format: &'a str,
    /// The statement, as CBOR.
    pub statement: &'a [u8],
    /// The authenticator data.
    pub data: &'a [u8],
}

impl<'a> AttestationObject<'a> {
    /// Reads an attestation object; `None` if a member is missing or repeated, or something follows.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let (mut format, mut statement, mut data) = (None, None, None);
        let mut decoder = Decoder::new(bytes);
        let count = decoder.map().ok()?.filter(|count| *count <= MOST_MEMBERS)?;
        for _ in 0..count {
            let is_repeated = match decoder.str().ok()? {
                "fmt" => format.replace(decoder.str().ok()?).is_some(),
                "authData" => data.replace(decoder.bytes().ok()?).is_some(),
                "attStmt" => {
                    let begin = decoder.position();
                    decoder.skip().ok()?;
                    statement.replace(bytes.get(begin..decoder.position())?).is_some()
                }
                _ => {
                    decoder.skip().ok()?;
                    false
                }
            };
            if is_repeated {
                return None;
            }
        }
        let read = Self { format: format?, statement: statement?, data: data? };
        (decoder.position() == bytes.len()).then_some(read)
    }

    /// Whether the statement is an empty map.
    pub fn is_empty(&self) -> bool {
        Decoder::new(self.statement).map().ok().flatten() == Some(0)
    }

    /// Reads the statement of the format `packed` (WebAuthn §8.2); `None` if it is none.
    pub fn packed(&self) -> Option<PackedStatement<'a>> {
        let (mut algorithm, mut signature, mut has_certificates) = (None, None, false);
        let mut decoder = Decoder::new(self.statement);
        let count = decoder.map().ok()?.filter(|count| *count <= MOST_MEMBERS)?;
        for _ in 0..count {
            match (decoder.str().ok()?, decoder.datatype().ok()?) {
                ("alg", _) => algorithm = Some(decoder.i64().ok()?),
                ("sig", Type::Bytes) => signature = Some(decoder.bytes().ok()?),
                (name, _) => {
                    has_certificates |= name == "x5c";
                    decoder.skip().ok()?;
                }
            }
        }
        Some(PackedStatement { algorithm: algorithm?, signature: signature?, has_certificates })
    }
}

/// The statement of the format `packed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackedStatement<'a> {
    /// The algorithm of the signature.
    pub algorithm: i64,
    /// The signature: without certificates, by the credential itself.
    pub signature: &'a [u8],
    /// Whether certificates name the signing key.
    pub has_certificates: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Authenticator data with these flags, and with `rest` after the counter.
    fn data(flags: u8, rest: &[u8]) -> Vec<u8> {
        [&[9; 32], &[flags][..], &[0, 0, 1, 0], rest].concat()
    }

    #[test]
    fn authenticator_data_is_read_whole() {
        let plain = data(0b1_1101, &[]);
        let read = AuthenticatorData::read(&plain).unwrap();
        assert_eq!((read.counter, read.attested), (256, None));
        assert!(read.is_present() && read.is_verified() && read.may_be_backed_up() && read.is_backed_up());
        let none = data(0, &[]);
        let none = AuthenticatorData::read(&none).unwrap();
        assert!(!none.is_present() && !none.is_verified() && !none.may_be_backed_up() && !none.is_backed_up());
        let credential = [&[7; 16], &[0, 2, 8, 8][..], &[0xa1, 1, 2]].concat();
        let attested = data(0x41, &credential);
        let found = AuthenticatorData::read(&attested).unwrap().attested.unwrap();
        assert_eq!(found, AttestedCredential { aaguid: [7; 16], id: &[8, 8], public_key: &[0xa1, 1, 2] });
        let extended = data(0x81, &[0xa0]);
        assert!(AuthenticatorData::read(&extended).is_some());
        for whole in [&plain, &attested, &extended] {
            for length in 0..whole.len() {
                assert_eq!(AuthenticatorData::read(&whole[..length]), None, "{length} bytes");
            }
            assert_eq!(AuthenticatorData::read(&[&whole[..], &[0]].concat()), None, "something follows");
        }
        let nameless = [&[7; 16], &[0, 0][..], &[0xa0]].concat();
        assert_eq!(AuthenticatorData::read(&data(0x41, &nameless)), None, "an empty identifier");
        let long = [&[7; 16], &[4, 0][..], &[8; 1024], &[0xa0]].concat();
        assert_eq!(AuthenticatorData::read(&data(0x41, &long)), None, "an identifier of 1024 bytes");
    }

    #[test]
    fn deep_and_long_values_end_within_their_bytes() {
        for opening in [0x81, 0x9f, 0xa1, 0xbf, 0xc6] {
            let deep = vec![opening; 100_000];
            assert_eq!(AuthenticatorData::read(&data(0x81, &deep)), None, "{opening:x}");
            assert_eq!(AttestationObject::read(&deep), None, "{opening:x}");
        }
        for long in ["9bffffffffffffffff", "bbffffffffffffffff", "5bffffffffffffffff", "7bffffffffffffffff"] {
            assert_eq!(AuthenticatorData::read(&data(0x81, &hex::decode(long).unwrap())), None, "{long}");
        }
    }

    #[test]
    fn an_attestation_object_has_each_member_once() {
        let none = hex::decode("a363666d74646e6f6e656761747453746d74a0686175746844617461420102").unwrap();
        let read = AttestationObject::read(&none).unwrap();
        assert_eq!((read.format, read.data, read.is_empty()), ("none", &[1, 2][..], true));
        assert_eq!(AttestationObject::read(&[&none[..], &[0]].concat()), None, "something follows");
        for length in 0..none.len() {
            assert_eq!(AttestationObject::read(&none[..length]), None, "{length} bytes");
        }
        let twice = hex::decode("a463666d74646e6f6e6563666d74646e6f6e656761747453746d74a0686175746844617461420102");
        assert_eq!(AttestationObject::read(&twice.unwrap()), None, "a repeated member");
    }

    #[test]
    fn a_packed_statement_has_an_algorithm_and_a_signature() {
        let packed = |statement: &str| {
            let statement = hex::decode(statement).unwrap();
            let object = AttestationObject { format: "packed", statement: &statement, data: &[] };
            object.packed().map(|packed| (packed.algorithm, packed.signature.to_vec(), packed.has_certificates))
        };
        assert_eq!(packed("a263616c67266373696741ff"), Some((-7, vec![0xff], false)));
        assert_eq!(packed("a363616c67266373696741ff6378356380"), Some((-7, vec![0xff], true)));
        for other in ["a0", "a163616c6726", "a1637369674100", "80", ""] {
            assert_eq!(packed(other), None, "{other}");
        }
    }
}
