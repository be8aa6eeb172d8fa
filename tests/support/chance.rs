//! Chance from a seed: the same in every run.

/// Numbers from a seed.
pub struct Chance(pub u64);

impl Chance {
    fn next(&mut self) -> usize {
        // Marsaglia's xorshift: enough to choose where to break something.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize
    }

    /// Less than that.
    pub fn below(&mut self, bound: usize) -> usize {
        self.next() % bound.max(1)
    }
}
