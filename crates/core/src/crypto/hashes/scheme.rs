//! The schemes by name, how a stored text shows its scheme, and the bounds of a single computation.

use crate::crypto::secret::Secret;

/// The name of a scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SchemeName {
    /// bcrypt, also as Django stores it.
    Bcrypt,
    /// Argon2i, Argon2d and Argon2id.
    Argon2,
    /// PBKDF2 with SHA-1, SHA-256 or SHA-512.
    Pbkdf2,
    /// scrypt with other parameters than better-auth's.
    Scrypt,
    /// Firebase's scrypt, whose result encrypts the project's signer key.
    FirebaseScrypt,
}

impl SchemeName {
    /// Every name, in the order of the documentation.
    pub const ALL: [Self; 5] = [Self::Bcrypt, Self::Argon2, Self::Pbkdf2, Self::Scrypt, Self::FirebaseScrypt];

    /// Returns the name in `accept_hashes`.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Bcrypt => "bcrypt",
            Self::Argon2 => "argon2",
            Self::Pbkdf2 => "pbkdf2",
            Self::Scrypt => "scrypt",
            Self::FirebaseScrypt => "firebase-scrypt",
        }
    }

    /// Returns how stored texts of the scheme begin.
    pub const fn beginnings(self) -> &'static [&'static str] {
        match self {
            Self::Bcrypt => &["$2a$", "$2b$", "$2y$", "bcrypt$$2", "bcrypt_sha256$$2"],
            Self::Argon2 => &["$argon2", "argon2$argon2"],
            Self::Pbkdf2 => &["$pbkdf2", "pbkdf2_"],
            Self::Scrypt => &["$scrypt$", "scrypt$"],
            Self::FirebaseScrypt => &["$fbscrypt$"],
        }
    }

    /// Returns the scheme of a stored text, as its beginning shows. A text `<salt>:<key>` shows none, because better-auth's own
    /// have this form too.
    pub fn of(stored: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.beginnings().iter().any(|beginning| stored.starts_with(beginning)))
    }
}

/// A scheme that a process can verify.
pub struct Scheme {
    /// Its name.
    pub name: SchemeName,
    /// Whether a password matches a stored text.
    pub check: fn(&GivenPassword<'_>) -> Result<bool, Flaw>,
    /// A text with usual parameters that no password matches.
    pub usual: &'static str,
}

/// A password and the stored text that it is compared with.
pub struct GivenPassword<'a> {
    /// The stored text.
    pub stored: &'a str,
    /// The password as typed.
    pub password: &'a str,
    /// The deployment's settings.
    pub settings: &'a Settings,
}

/// The settings of a deployment that stored texts do not contain.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The parameters of texts `<salt>:<key>`.
    pub scrypt: Option<ScryptCost>,
    /// Firebase's signer key in base64.
    pub firebase_key: Option<Secret>,
}

/// The cost of scrypt (RFC 7914 §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScryptCost {
    /// The binary logarithm of N.
    pub log_n: u8,
    /// r.
    pub r: u32,
    /// p.
    pub p: u32,
}

/// The reason why a stored text is not compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It is not a text of the scheme.
    #[error("it is damaged")]
    Malformed,
    /// Computing it would need more memory or time than one request may use.
    #[error("{0}")]
    TooCostly(String),
}

/// The most memory of one computation, in bytes: a function has at least 1 GiB, and one computation runs at a time.
pub const MOST_MEMORY: u64 = 128 << 20;

/// Returns `TooCostly` if `value` is above `most`.
///
/// # Errors
/// Names the parameter with its value and the bound.
pub fn bounded(what: &str, value: u64, most: u64) -> Result<(), Flaw> {
    if value > most {
        return Err(Flaw::TooCostly(format!("{what} is {value}, and the most is {most}")));
    }
    Ok(())
}

impl ScryptCost {
    /// The most blocks that one computation mixes, N · r · p: eight times those of better-auth's own hash.
    const MOST_BLOCKS: u64 = 1 << 21;

    /// Refuses a cost that needs more memory or time than one request may use.
    ///
    /// # Errors
    /// [`Flaw::TooCostly`] with the bound.
    pub fn bounded(self) -> Result<Self, Flaw> {
        let n = 1_u64.checked_shl(self.log_n.into()).unwrap_or(u64::MAX);
        let blocks = n.saturating_mul(self.r.into());
        bounded("the memory of scrypt, in bytes,", blocks.saturating_mul(128), MOST_MEMORY)?;
        bounded("N · r · p of scrypt", blocks.saturating_mul(self.p.into()), Self::MOST_BLOCKS)?;
        Ok(self)
    }

    /// Reads `N=16384,r=8,p=1`.
    pub fn parse(text: &str) -> Option<Self> {
        let (mut n, mut r, mut p) = (None, None, None);
        for part in text.split(',') {
            let (name, value) = part.trim().split_once('=')?;
            let slot = match name {
                "N" => &mut n,
                "r" => &mut r,
                "p" => &mut p,
                _ => return None,
            };
            *slot = Some(value.parse::<u32>().ok()?);
        }
        Self::of(n?, r?, p?)
    }

    /// Returns the cost with these parameters, if N is a power of two above 1, and none of the others is 0.
    pub fn of(n: u32, r: u32, p: u32) -> Option<Self> {
        let is_possible = n.is_power_of_two() && n > 1 && r > 0 && p > 0;
        is_possible.then(|| Self { log_n: n.trailing_zeros().try_into().unwrap_or(u8::MAX), r, p })
    }
}
