//! Password hashes as better-auth stores them (spec core §7): scrypt with N = 16384, r = 16, p = 1 over the NFKC form, `<salt
//! hex>:<key hex>`, where the hex text itself is the salt.
//!
//! ROMix, which takes most of the time, is implemented here instead of using the `scrypt` crate, for two measured reasons: it
//! processes four words at once ([`Row`]), and it keeps its memory between hashes, which saves 8,192 page faults for each
//! (`docs/decisions/002-scrypt.md`).

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
};

use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use tokio::sync::Mutex;
use unicode_normalization::UnicodeNormalization as _;

use super::row::Row;

/// The number of bytes of memory that one hash uses.
pub const MEMORY: usize = N * 128 * R;

const N: usize = 1 << 14;
const R: usize = 16;
const KEY: usize = 64;

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

/// Computes password hashes off the reactor, one at a time and in the order of the requests: each needs a whole core and [`MEMORY`]
/// bytes.
///
/// Two at once would compute only a third more per second, because both wait for the same memory, and each would take half as long
/// again. So answers would not come sooner, and of two cores none would be left to read sessions.
pub struct Hasher {
    scratch: Arc<Mutex<Scratch>>,
    waiting: AtomicUsize,
    queue: usize,
}

impl Hasher {
    /// Creates a hasher that runs one hash and lets at most `queue` more wait; it refuses others.
    pub fn new(queue: usize) -> Self {
        Self { scratch: Arc::default(), waiting: AtomicUsize::new(0), queue }
    }

    /// Returns the text to store for `password` under a fresh `salt` ([`super::random::Rng::salt`]).
    pub async fn hash(&self, password: &str, salt: String) -> Result<String, Error> {
        let key = self.derive(password, salt.clone()).await?;
        Ok(format!("{salt}:{}", hex::encode(key)))
    }

    /// Compares `password` with the stored text. It computes exactly one hash in every case, even if nothing is stored, so that the
    /// time does not reveal which addresses have a user.
    pub async fn check(&self, stored: Option<&str>, password: &str) -> Result<Checked, Error> {
        let parts = stored.and_then(parts);
        let salt = parts.map_or_else(|| "0".repeat(32), |(salt, _)| salt.to_owned());
        let key = hex::encode(self.derive(password, salt).await?);
        Ok(match (stored, parts) {
            (None, _) => Checked::NoHash,
            (Some(_), None) => Checked::ForeignHash,
            (Some(_), Some((_, expected))) if key.as_bytes().ct_eq(expected.as_bytes()).into() => Checked::Right,
            (Some(_), Some(_)) => Checked::Wrong,
        })
    }

    async fn derive(&self, password: &str, salt: String) -> Result<[u8; KEY], Error> {
        let mut scratch = match self.scratch.clone().try_lock_owned() {
            Ok(scratch) => scratch,
            Err(_) => {
                let _queued = Queued::enter(self)?;
                self.scratch.clone().lock_owned().await
            }
        };
        let password: String = password.nfkc().collect();
        // The scratch stays locked until the work is done, even if the request was dropped.
        let work = move || scrypt(password.as_bytes(), salt.as_bytes(), &mut scratch);
        tokio::task::spawn_blocking(work).await.map_err(|_| Error::Gone)
    }
}

/// Returns a text in the form of a stored hash that matches no password.
pub fn placeholder() -> String {
    format!("{}:{}", "0".repeat(32), "0".repeat(2 * KEY))
}

/// The result of comparing a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// The password matches the stored text.
    Right,
    /// The password does not match the stored text.
    Wrong,
    /// Nothing is stored.
    NoHash,
    /// The stored text is not one of better-auth's hashes, so no password can match it.
    ForeignHash,
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
struct Queued<'a>(&'a AtomicUsize);

impl<'a> Queued<'a> {
    fn enter(hasher: &'a Hasher) -> Result<Self, Error> {
        let place = Queued(&hasher.waiting);
        if hasher.waiting.fetch_add(1, Relaxed) >= hasher.queue {
            Err(Error::Overloaded(hasher.queue))
        } else {
            Ok(place)
        }
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

/// Computes scrypt (RFC 7914) with the parameters above.
fn scrypt(password: &[u8], salt: &[u8], scratch: &mut Scratch) -> [u8; KEY] {
    let mut bytes = [0; 128 * R];
    pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, 1, &mut bytes);
    let mut block = to_rows(&bytes);
    romix(&mut block, scratch);
    from_rows(&block, &mut bytes);
    let mut key = [0; KEY];
    pbkdf2::pbkdf2_hmac::<Sha256>(password, &bytes, 1, &mut key);
    key
}

/// A Salsa20 block in diagonal order, in which its columns and its rows mix with the same four instructions.
type Salsa = [Row; 4];
/// 128 · r bytes, the unit of ROMix.
type Block = [Salsa; 2 * R];

/// The position of each word of a block in diagonal order, four to a row.
const DIAGONAL: [[usize; 4]; 4] = [[0, 5, 10, 15], [4, 9, 14, 3], [8, 13, 2, 7], [12, 1, 6, 11]];

fn to_rows(bytes: &[u8; 128 * R]) -> Block {
    let mut block = zero();
    for (salsa, bytes) in block.iter_mut().zip(bytes.as_chunks::<64>().0) {
        let words = bytes.as_chunks::<4>().0;
        let word = |place| words.get(place).map_or(0, |bytes| u32::from_le_bytes(*bytes));
        *salsa = DIAGONAL.map(|places| Row::new(places.map(word)));
    }
    block
}

fn from_rows(block: &Block, bytes: &mut [u8; 128 * R]) {
    for (salsa, bytes) in block.iter().zip(bytes.as_chunks_mut::<64>().0) {
        let words = salsa.iter().flat_map(|row| row.words());
        for (word, place) in words.zip(DIAGONAL.as_flattened()) {
            if let Some(bytes) = bytes.as_chunks_mut::<4>().0.get_mut(*place) {
                *bytes = word.to_le_bytes();
            }
        }
    }
}

fn zero() -> Block {
    [[Row::new([0; 4]); 4]; 2 * R]
}

/// The 32 MiB that ROMix fills and reads back in an order that depends on the password.
type Scratch = Vec<Block>;

/// Computes ROMix (RFC 7914 §5).
fn romix(block: &mut Block, scratch: &mut Scratch) {
    scratch.clear();
    scratch.reserve_exact(N);
    let mut other = *block;
    for step in 0..N / 2 {
        scratch.push(*block);
        mix(block, None, &mut other);
        scratch.push(other);
        mix(&other, None, block);
        let_others_go_first(step);
    }
    for step in 0..N / 2 {
        mix(block, scratch.get(integerify(block)), &mut other);
        mix(&other, scratch.get(integerify(&other)), block);
        let_others_go_first(step);
    }
}

/// The number of steps between two yields: some 25 microseconds.
const AT_A_TIME: usize = 8;

/// Yields the processor now and then. Otherwise Linux may let a computing thread run for 4 ms although others are ready; with this
/// they run at once, and on a single core reading a session does not wait for a password.
#[inline(always)]
fn let_others_go_first(step: usize) {
    if step.is_multiple_of(AT_A_TIME) {
        thread::yield_now();
    }
}

#[inline(always)]
fn integerify(block: &Block) -> usize {
    let [.., [row, ..]] = block;
    row.first() as usize & (N - 1)
}

/// Computes BlockMix of `input`, first xored with a block of the scratch if given.
#[inline(always)]
fn mix(input: &Block, with: Option<&Block>, output: &mut Block) {
    let [.., mut state] = *input;
    if let Some([.., last]) = with {
        xor(&mut state, last);
    }
    let (even, odd) = output.split_at_mut(R);
    let (pairs, _) = input.as_chunks::<2>();
    for (at, ([first, second], (even, odd))) in pairs.iter().zip(even.iter_mut().zip(odd)).enumerate() {
        xor(&mut state, first);
        if let Some(with) = with.and_then(|with| with.get(2 * at)) {
            xor(&mut state, with);
        }
        salsa(&mut state);
        *even = state;
        xor(&mut state, second);
        if let Some(with) = with.and_then(|with| with.get(2 * at + 1)) {
            xor(&mut state, with);
        }
        salsa(&mut state);
        *odd = state;
    }
}

#[inline(always)]
fn xor(state: &mut Salsa, other: &Salsa) {
    for (row, other) in state.iter_mut().zip(other) {
        *row = row.xor(*other);
    }
}

/// Computes Salsa20/8 in diagonal order: after each half round the rows are shifted, so that the next half is the same code.
#[inline(always)]
fn salsa(state: &mut Salsa) {
    let [mut a, mut b, mut c, mut d] = *state;
    for _ in 0..8 {
        b = b.xor(a.plus(d).turn::<7, 25>());
        c = c.xor(b.plus(a).turn::<9, 23>());
        d = d.xor(c.plus(b).turn::<13, 19>());
        a = a.xor(d.plus(c).turn::<18, 14>());
        (b, c, d) = (d.shift::<1>(), c.shift::<2>(), b.shift::<3>());
    }
    let [e, f, g, h] = *state;
    *state = [a.plus(e), b.plus(f), c.plus(g), d.plus(h)];
}
