//! Password hashes as better-auth stores them (spec core §7): scrypt with N = 16384, r = 16, p = 1 over the NFKC form, `<salt
//! hex>:<key hex>`, where the hex text itself is the salt.
//!
//! `crates/scrypt` computes it.

use std::sync::{
    Arc, Mutex as Lock, PoisonError,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use gatepost_scrypt::{KEY, Scratch, scrypt};
use subtle::ConstantTimeEq as _;
use tokio::sync::Mutex;
use unicode_normalization::UnicodeNormalization as _;

use super::hashes::scheme::{Flaw, GivenPassword, Scheme, SchemeName, Settings};

/// The reason why a password could not be hashed or compared.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Too many hashes are waiting; the client may try again later.
    #[error("more than {0} password hashes are waiting: the instance is overloaded")]
    Overloaded(usize),
    /// The worker ended before its answer, because the process is shutting down.
    #[error("the password worker ended without an answer")]
    Gone,
}

/// Computes password hashes off the reactor, one at a time and in the order of the requests: each needs a whole core and
/// [`MEMORY`](gatepost_scrypt::MEMORY)
/// bytes.
///
/// Two at once would compute only a third more per second, because both wait for the same memory, and each would take half as long
/// again. So answers would not come sooner, and of two cores none would be left to read sessions.
pub struct Hasher {
    scratch: Arc<Mutex<Scratch>>,
    waiting: AtomicUsize,
    queue: usize,
    accepted: Arc<AcceptedSchemes>,
}

/// The schemes of other systems that a hasher accepts.
#[derive(Default)]
struct AcceptedSchemes {
    schemes: Vec<(&'static Scheme, Lock<String>)>,
    settings: Settings,
}

impl Hasher {
    /// Creates a hasher that runs one hash and lets at most `queue` more wait; it refuses others.
    pub fn new(queue: usize) -> Self {
        Self { scratch: Arc::default(), waiting: AtomicUsize::new(0), queue, accepted: Arc::default() }
    }

    /// Accepts hashes of these schemes too.
    #[must_use]
    pub fn accepting(self, schemes: impl Iterator<Item = &'static Scheme>, settings: Settings) -> Self {
        let schemes = schemes.map(|scheme| (scheme, Lock::new(scheme.usual.to_owned()))).collect();
        Self { accepted: Arc::new(AcceptedSchemes { schemes, settings }), ..self }
    }

    /// Returns the text to store for `password` under a fresh `salt` ([`super::random::Rng::salt`]).
    pub async fn hash(&self, password: &str, salt: String) -> Result<String, Error> {
        let password = normalized(password);
        self.alone(move |scratch| stored(&salt, &scrypt(password.as_bytes(), salt.as_bytes(), scratch))).await
    }

    /// Does what [`Self::hash`] does, and takes as long as [`Self::check`].
    pub async fn hash_as_slowly(&self, password: &str, salt: String) -> Result<String, Error> {
        let (password, accepted) = (password.to_owned(), self.accepted.clone());
        let work = move |scratch: &mut Scratch| {
            let key = scrypt(normalized(&password).as_bytes(), salt.as_bytes(), scratch);
            accepted.compare(None, &password);
            stored(&salt, &key)
        };
        self.alone(work).await
    }

    /// Compares `password` with the stored text. It computes exactly one hash of its own and one of each accepted scheme in every
    /// case, even if nothing is stored, so that the time does not reveal which addresses have a user, or what is stored for them.
    ///
    /// `salt` is fresh, for the hash that replaces one of another scheme ([`PasswordCheck::RightOfOther`]).
    pub async fn check(&self, stored: Option<&str>, password: &str, salt: String) -> Result<PasswordCheck, Error> {
        let (stored, password) = (stored.map(str::to_owned), password.to_owned());
        let accepted = self.accepted.clone();
        self.alone(move |scratch| accepted.check(stored.as_deref(), &password, &salt, scratch)).await
    }

    /// Runs `work` when no other one runs.
    async fn alone<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Scratch) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let mut scratch = match self.scratch.clone().try_lock_owned() {
            Ok(scratch) => scratch,
            Err(_) => {
                let _queued = QueuePlace::enter(self)?;
                self.scratch.clone().lock_owned().await
            }
        };
        // The scratch stays locked until the work is done, even if the request was dropped.
        tokio::task::spawn_blocking(move || work(&mut scratch)).await.map_err(|_| Error::Gone)
    }
}

impl AcceptedSchemes {
    fn check(&self, stored: Option<&str>, password: &str, salt: &str, scratch: &mut Scratch) -> PasswordCheck {
        let own = stored.and_then(parts);
        let password_form = normalized(password);
        let key = scrypt(password_form.as_bytes(), own.map_or(salt, |(salt, _)| salt).as_bytes(), scratch);
        let other = self.compare(stored, password);
        let Some(stored) = stored else { return PasswordCheck::NoHash };
        if own.is_some_and(|(_, expected)| hex::encode(key).as_bytes().ct_eq(expected.as_bytes()).into()) {
            return PasswordCheck::Right;
        }
        match other {
            // The hash that was computed above has the salt of the stored text if that has better-auth's form.
            Some((_, Ok(true))) if own.is_some() => PasswordCheck::RightOfOther(self::stored(
                salt,
                &scrypt(password_form.as_bytes(), salt.as_bytes(), scratch),
            )),
            Some((_, Ok(true))) => PasswordCheck::RightOfOther(self::stored(salt, &key)),
            _ if own.is_some() => PasswordCheck::Wrong,
            Some((_, Ok(false))) => PasswordCheck::Wrong,
            Some((name, Err(Flaw::TooCostly(bound)))) => PasswordCheck::TooCostly(name, bound),
            Some((name, Err(Flaw::Malformed))) => PasswordCheck::Damaged(Some(name)),
            None => SchemeName::of(stored).map_or(PasswordCheck::Damaged(None), PasswordCheck::NotAccepted),
        }
    }

    /// Computes a hash of each scheme: with the parameters of the stored text for its own scheme, and for the others with those
    /// that were seen last, or with usual ones. Returns the result for the scheme of the stored text.
    fn compare(&self, stored: Option<&str>, password: &str) -> Option<(SchemeName, Result<bool, Flaw>)> {
        let own = stored.and_then(|stored| self.scheme(stored));
        let mut result = None;
        for (scheme, seen) in &self.schemes {
            let check = |stored: &str| (scheme.check)(&GivenPassword { stored, password, settings: &self.settings });
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(stored) = stored.filter(|_| own == Some(scheme.name)) {
                let checked = check(stored);
                if checked.is_ok() {
                    stored.clone_into(&mut seen);
                } else {
                    let _ = check(&seen);
                }
                result = Some((scheme.name, checked));
            } else {
                let _ = check(&seen);
            }
        }
        result
    }

    /// Returns the accepted scheme that a stored text may have. `<salt>:<key>` is scrypt's if its parameters are configured.
    fn scheme(&self, stored: &str) -> Option<SchemeName> {
        let plain = || stored.contains(':') && self.settings.scrypt.is_some();
        let name = SchemeName::of(stored).or_else(|| plain().then_some(SchemeName::Scrypt))?;
        self.schemes.iter().any(|(scheme, _)| scheme.name == name).then_some(name)
    }
}

/// Returns the form of a password that is hashed.
fn normalized(password: &str) -> String {
    password.nfkc().collect()
}

/// Returns the text that is stored for a key.
fn stored(salt: &str, key: &[u8; KEY]) -> String {
    format!("{salt}:{}", hex::encode(key))
}

/// Returns a text in the form of a stored hash that matches no password.
pub fn placeholder() -> String {
    format!("{}:{}", "0".repeat(32), "0".repeat(2 * KEY))
}

/// The result of comparing a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordCheck {
    /// The password matches the stored text.
    Right,
    /// The password matches the stored text of another scheme, which this hash replaces.
    RightOfOther(String),
    /// The password does not match the stored text.
    Wrong,
    /// Nothing is stored.
    NoHash,
    /// The stored text is of this scheme, which the deployment does not accept.
    NotAccepted(SchemeName),
    /// The stored text asks for more memory or time than one request may use; the bound in words.
    TooCostly(SchemeName, String),
    /// The stored text is of no known scheme, or a damaged one of this scheme. No password can match it.
    Damaged(Option<SchemeName>),
}

/// The maximum number of bytes of a salt; better-auth's has 32.
const LONGEST_SALT: usize = 1_024;

/// Splits a stored text into salt and key; `None` if no password can match it. Text after a second colon is ignored.
fn parts(stored: &str) -> Option<(&str, &str)> {
    let mut parts = stored.split(':');
    let (salt, key) = (parts.next()?, parts.next()?);
    let is_key = key.len() == 2 * KEY && key.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (is_key && !salt.is_empty() && salt.len() <= LONGEST_SALT).then_some((salt, key))
}

/// A place in the queue, released when the wait ends in any way.
struct QueuePlace<'a>(&'a AtomicUsize);

impl<'a> QueuePlace<'a> {
    fn enter(hasher: &'a Hasher) -> Result<Self, Error> {
        let place = QueuePlace(&hasher.waiting);
        if hasher.waiting.fetch_add(1, Relaxed) >= hasher.queue {
            Err(Error::Overloaded(hasher.queue))
        } else {
            Ok(place)
        }
    }
}

impl Drop for QueuePlace<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}
