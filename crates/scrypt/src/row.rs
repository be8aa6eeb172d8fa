//! Four words that are processed at once, for scrypt. On x86-64 it uses SSE2, which every such processor has: the compiler by
//! itself splits and recombines the words in the middle of scrypt's chain of dependent steps, which takes twice as long. On other
//! processors it uses arrays.

#[cfg(not(target_arch = "x86_64"))]
pub(crate) use self::portable::Row;
#[cfg(target_arch = "x86_64")]
pub(crate) use self::sse2::Row;

#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "the intrinsics need SSE2, which belongs to x86-64")]
mod sse2 {
    use std::arch::x86_64::{
        __m128i, _mm_add_epi32, _mm_cvtsi128_si32, _mm_shuffle_epi32, _mm_slli_epi32, _mm_srli_epi32, _mm_xor_si128,
    };

    #[derive(Clone, Copy)]
    pub(crate) struct Row(__m128i);

    // SAFETY, for every block below: x86-64 always has SSE2, and the types have the same size and no invalid values.
    impl Row {
        #[inline(always)]
        pub(crate) fn new(words: [u32; 4]) -> Self {
            Self(unsafe { std::mem::transmute::<[u32; 4], __m128i>(words) })
        }

        #[inline(always)]
        pub(crate) fn words(self) -> [u32; 4] {
            unsafe { std::mem::transmute::<__m128i, [u32; 4]>(self.0) }
        }

        #[inline(always)]
        pub(crate) fn first(self) -> u32 {
            unsafe { _mm_cvtsi128_si32(self.0) }.cast_unsigned()
        }

        #[inline(always)]
        pub(crate) fn plus(self, other: Self) -> Self {
            Self(unsafe { _mm_add_epi32(self.0, other.0) })
        }

        #[inline(always)]
        pub(crate) fn xor(self, other: Self) -> Self {
            Self(unsafe { _mm_xor_si128(self.0, other.0) })
        }

        /// Rotates each word left by `BITS` bits; `BITS` and `REST` add up to 32.
        #[inline(always)]
        pub(crate) fn turn<const BITS: i32, const REST: i32>(self) -> Self {
            unsafe { Self(_mm_slli_epi32::<BITS>(self.0)).xor(Self(_mm_srli_epi32::<REST>(self.0))) }
        }

        /// Moves the words down by `BY` places, the first ones to the end.
        #[inline(always)]
        pub(crate) fn shift<const BY: usize>(self) -> Self {
            Self(unsafe {
                match BY {
                    1 => _mm_shuffle_epi32::<0b00_11_10_01>(self.0),
                    2 => _mm_shuffle_epi32::<0b01_00_11_10>(self.0),
                    _ => _mm_shuffle_epi32::<0b10_01_00_11>(self.0),
                }
            })
        }
    }
}

#[cfg(any(test, not(target_arch = "x86_64")))]
mod portable {
    #[derive(Clone, Copy)]
    #[repr(align(16))]
    pub(crate) struct Row([u32; 4]);

    impl Row {
        #[inline(always)]
        pub(crate) fn new(words: [u32; 4]) -> Self {
            Self(words)
        }

        #[inline(always)]
        pub(crate) fn words(self) -> [u32; 4] {
            self.0
        }

        #[inline(always)]
        pub(crate) fn first(self) -> u32 {
            let [first, ..] = self.0;
            first
        }

        #[inline(always)]
        pub(crate) fn plus(self, other: Self) -> Self {
            let ([a, b, c, d], [e, f, g, h]) = (self.0, other.0);
            Self([a.wrapping_add(e), b.wrapping_add(f), c.wrapping_add(g), d.wrapping_add(h)])
        }

        #[inline(always)]
        pub(crate) fn xor(self, other: Self) -> Self {
            let ([a, b, c, d], [e, f, g, h]) = (self.0, other.0);
            Self([a ^ e, b ^ f, c ^ g, d ^ h])
        }

        /// Rotates each word left by `BITS` bits; `BITS` and `REST` add up to 32.
        #[inline(always)]
        pub(crate) fn turn<const BITS: i32, const REST: i32>(self) -> Self {
            Self(self.0.map(|word| word << BITS | word >> REST))
        }

        /// Moves the words down by `BY` places, the first ones to the end.
        #[inline(always)]
        pub(crate) fn shift<const BY: usize>(self) -> Self {
            let mut words = self.0;
            words.rotate_left(BY);
            Self(words)
        }
    }
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::{portable, sse2};

    #[test]
    fn the_code_for_every_processor_and_the_code_for_x86_64_agree() {
        let (one, other) = ([1, 0x8000_0001, 0xFFFF_FFFF, 0x1234_5678], [0xFFFF_FFFF, 7, 0x8000_0000, 0x9ABC_DEF0]);
        macro_rules! results {
            ($kind:ident) => {{
                let (one, other) = ($kind::Row::new(one), $kind::Row::new(other));
                let turned = [one.turn::<7, 25>(), one.turn::<9, 23>(), one.turn::<13, 19>(), one.turn::<18, 14>()];
                let shifted = [one.shift::<1>(), one.shift::<2>(), one.shift::<3>()];
                let rows = [one.plus(other), one.xor(other)].into_iter().chain(turned).chain(shifted);
                rows.map(|row| (row.first(), row.words())).collect::<Vec<_>>()
            }};
        }
        assert_eq!(results!(portable), results!(sse2));
    }
}
