//! scrypt (RFC 7914) with the parameters of better-auth's password hashes: N = 16384, r = 16, p = 1, and a key of 64 bytes.
//!
//! ROMix, which takes most of the time, is implemented here instead of using the crate `scrypt`, for two measured reasons: it
//! processes four words at once ([`Row`]), and it keeps its memory between hashes, which saves 8,192 page faults for each
//! (`docs/decisions/002-scrypt.md`).
//!
//! This is a crate for two reasons: it has the only `unsafe` code of the project, and it is built with optimisations also where the
//! rest is not.

mod row;

use std::thread;

use sha2::Sha256;

use crate::row::Row;

/// The number of bytes of memory that one hash uses.
pub const MEMORY: usize = N * 128 * R;

/// The number of bytes of a key.
pub const KEY: usize = 64;

const N: usize = 1 << 14;
const R: usize = 16;

/// The memory of one hash ([`MEMORY`] bytes), which ROMix fills and reads back in an order that depends on the password. It is
/// allocated by the first hash and kept for the next one.
#[derive(Default)]
pub struct Scratch(Vec<Block>);

/// Computes the key of a password with a salt.
pub fn scrypt(password: &[u8], salt: &[u8], scratch: &mut Scratch) -> [u8; KEY] {
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

/// Computes ROMix (RFC 7914 §5).
fn romix(block: &mut Block, Scratch(scratch): &mut Scratch) {
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
