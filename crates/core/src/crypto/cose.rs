//! Public keys in the form of COSE (RFC 9052 §7, RFC 9053 §§2, 7; RFC 8812 §2 for RSA), as authenticators write them, and the
//! signatures of these keys. A key names its algorithm and is used for no other.

use minicbor::{Decoder, data::Type};
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};

/// EdDSA with Ed25519.
pub const EDDSA: i64 = -8;
/// ECDSA with P-256 and SHA-256.
pub const ES256: i64 = -7;
/// RSA with PKCS #1 v1.5 padding and SHA-256.
pub const RS256: i64 = -257;

/// The maximum number of members of a key. Keys of the supported algorithms have four or five.
const MOST_MEMBERS: u64 = 16;
/// The maximum length of an RSA modulus, in bytes: 4096 bits.
const LONGEST_MODULUS: usize = 512;
/// The maximum length of an RSA exponent, in bytes.
const LONGEST_EXPONENT: usize = 4;

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// A point of P-256, uncompressed (SEC 1 §2.3.3).
    Es256([u8; 65]),
    /// A point of Ed25519, compressed.
    EdDsa([u8; 32]),
    /// An RSA key.
    Rs256 {
        /// The modulus, big-endian and without leading zeros.
        n: Vec<u8>,
        /// The exponent, big-endian and without leading zeros.
        e: Vec<u8>,
    },
}

/// The members of a key by their labels: 1, 3, -1, -2 and -3.
#[derive(Default)]
struct Members<'b> {
    kind: Option<i64>,
    algorithm: Option<i64>,
    curve: Option<i64>,
    /// `n` of an RSA key, whose label others have for the curve.
    first: Option<&'b [u8]>,
    /// `x`, or `e` of an RSA key.
    second: Option<&'b [u8]>,
    /// `y`.
    third: Option<&'b [u8]>,
}

/// Sets a member; `None` if it is repeated, because readers disagree about which of the two counts.
fn once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

impl<'b> Members<'b> {
    fn read(bytes: &'b [u8]) -> Option<Self> {
        let mut decoder = Decoder::new(bytes);
        let mut members = Self::default();
        let count = decoder.map().ok()?.filter(|count| *count <= MOST_MEMBERS)?;
        for _ in 0..count {
            let label = decoder.i64().ok()?;
            match (label, decoder.datatype().ok()?) {
                (1, _) => once(&mut members.kind, decoder.i64().ok()?)?,
                (3, _) => once(&mut members.algorithm, decoder.i64().ok()?)?,
                (-1, Type::Bytes) => once(&mut members.first, decoder.bytes().ok()?)?,
                (-1, _) => once(&mut members.curve, decoder.i64().ok()?)?,
                (-2, _) => once(&mut members.second, decoder.bytes().ok()?)?,
                (-3, _) => once(&mut members.third, decoder.bytes().ok()?)?,
                _ => decoder.skip().ok()?,
            }
        }
        (decoder.position() == bytes.len()).then_some(members)
    }
}

impl Key {
    /// Reads a key. Returns `None` if it is not the whole of `bytes`, if its algorithm is none of the three, or if it is incomplete.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let Members { kind, algorithm, curve, first, second, third } = Members::read(bytes)?;
        match (kind?, algorithm?, curve) {
            (2, ES256, Some(1)) => {
                let point = [&[4], second?, third?].concat();
                point.try_into().ok().map(Self::Es256)
            }
            (1, EDDSA, Some(6)) => second?.try_into().ok().map(Self::EdDsa),
            (3, RS256, None) => {
                let number = |bytes: &[u8]| bytes.iter().skip_while(|byte| **byte == 0).copied().collect::<Vec<_>>();
                let (n, e) = (number(first?), number(second?));
                let fits = |bytes: &[u8], longest| !bytes.is_empty() && bytes.len() <= longest;
                (fits(&n, LONGEST_MODULUS) && fits(&e, LONGEST_EXPONENT)).then_some(Self::Rs256 { n, e })
            }
            _ => None,
        }
    }

    /// Returns the number of the algorithm.
    pub fn algorithm(&self) -> i64 {
        match self {
            Self::Es256(_) => ES256,
            Self::EdDsa(_) => EDDSA,
            Self::Rs256 { .. } => RS256,
        }
    }

    /// Whether `signature` is this key's signature of `message`. That of ECDSA is in DER.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Es256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature),
            Self::EdDsa(point) => UnparsedPublicKey::new(&ED25519, point).verify(message, signature),
            Self::Rs256 { n, e } => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
        }
        .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An Ed25519 key, whose last member begins at byte 7.
    fn ed25519() -> Vec<u8> {
        [&hex::decode("a4010103272006").unwrap()[..], &[0x21, 0x58, 32], &[7; 32]].concat()
    }

    #[test]
    fn a_key_is_read_whole_and_for_its_own_algorithm() {
        let key = ed25519();
        assert_eq!(Key::read(&key), Some(Key::EdDsa([7; 32])));
        assert_eq!(Key::read(&[&key[..], &[0]].concat()), None, "something follows");
        for length in 0..key.len() {
            assert_eq!(Key::read(&key[..length]), None, "{length} bytes");
        }
        let other = |at: usize, byte: u8| {
            let mut key = key.clone();
            key[at] = byte;
            Key::read(&key)
        };
        assert_eq!(other(2, 2), None, "another kind");
        assert_eq!(other(4, 0x26), None, "another algorithm");
        assert_eq!(other(6, 1), None, "another curve");
        assert_eq!(other(7, 0x22), None, "without x");
    }

    #[test]
    fn a_key_with_a_repeated_or_with_too_many_members_is_refused() {
        assert_eq!(Key::read(&hex::decode("a5010101010327200621").unwrap()), None);
        let repeated = [&hex::decode("a50101032703272006").unwrap()[..], &[0x21, 0x58, 32], &[7; 32]].concat();
        assert_eq!(Key::read(&repeated), None);
        for many in ["bfff", "bb00ffffffffffffff", "bbffffffffffffffff", "b9ffff"] {
            assert_eq!(Key::read(&hex::decode(many).unwrap()), None, "{many}");
        }
    }

    #[test]
    fn a_signature_of_another_message_or_key_is_refused() {
        use ring::signature::{Ed25519KeyPair, KeyPair as _};
        let pair = |seed| Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        let key = |pair: &Ed25519KeyPair| Key::EdDsa(pair.public_key().as_ref().try_into().unwrap());
        let (own, other) = (pair(1), pair(2));
        let signature = own.sign(b"message");
        assert!(key(&own).verify(b"message", signature.as_ref()));
        assert!(!key(&own).verify(b"another", signature.as_ref()));
        assert!(!key(&other).verify(b"message", signature.as_ref()));
        assert!(!key(&own).verify(b"message", b""));
        assert!(!Key::Rs256 { n: vec![1], e: vec![3] }.verify(b"message", signature.as_ref()));
    }
}
