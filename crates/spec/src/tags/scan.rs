//! A scanner that finds the separators of a short text eight bytes at a time.
//!
//! The page of a large project lists thousands of file names, and each is split at its dashes and dots. A loop over
//! bytes costs more than all other steps together. Here a few operations without branches turn each word of eight bytes
//! into eight bits of a mask.

/// The maximum length of a scanned text in bytes. Longer file names are rare and use a slower path.
pub(crate) const MAX_SCAN: usize = 128;

/// The positions of the separators in a text of at most [`MAX_SCAN`] bytes: bit n is byte n.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scan {
    pub(crate) dashes: u128,
    pub(crate) dots: u128,
    /// The bytes that are an upper-case letter or not ASCII.
    odd: u128,
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Returns the high bit of every byte of `word` that equals `byte`.
const fn equal(word: u64, byte: u8) -> u64 {
    let different = word ^ (ONES * byte as u64);
    // A byte is zero if neither its low seven bits carry into the high bit nor the high bit is set.
    !(((different & !HIGH) + !HIGH) | different) & HIGH
}

/// Returns the high bit of every byte that is an upper-case ASCII letter or not ASCII.
const fn odd(word: u64) -> u64 {
    let low = word & !HIGH;
    let from_a = low + ONES * (0x80 - b'A' as u64);
    let past_z = low + ONES * (0x80 - b'Z' as u64 - 1);
    (from_a & !past_z | word) & HIGH
}

/// Gathers the high bits of the bytes into the low eight bits; the first byte becomes the lowest bit.
const fn gather(high: u64) -> u64 {
    (high >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

impl Scan {
    /// Scans a text; returns `None` if it is too long.
    #[inline]
    pub(crate) fn of(text: &[u8]) -> Option<Self> {
        if text.len() > MAX_SCAN {
            return None;
        }
        let mut halves = [[0_u64; 3]; 2];
        let (words, rest) = text.as_chunks::<8>();
        for (half, words) in halves.iter_mut().zip(words.chunks(8)) {
            for (index, word) in words.iter().enumerate() {
                mark(half, u64::from_le_bytes(*word), index);
            }
        }
        if !rest.is_empty() {
            let mut last = [0; 8];
            for (to, from) in last.iter_mut().zip(rest) {
                *to = *from;
            }
            if let Some(half) = halves.get_mut(words.len() / 8) {
                mark(half, u64::from_le_bytes(last), words.len() % 8);
            }
        }
        let [[d0, p0, o0], [d1, p1, o1]] = halves;
        let join = |low: u64, high: u64| u128::from(low) | u128::from(high) << 64;
        Some(Self { dashes: join(d0, d1), dots: join(p0, p1), odd: join(o0, o1) })
    }

    /// Returns whether a byte at or after `from` is an upper-case letter or not ASCII.
    #[inline]
    pub(crate) fn is_odd_from(&self, from: usize) -> bool {
        from < MAX_SCAN && self.odd >> from != 0
    }

    /// Returns the end of the member that starts at `from`: the next dot, or the end of the part.
    #[inline]
    pub(crate) fn member_end(&self, from: usize, part_end: usize) -> usize {
        if from >= MAX_SCAN {
            return part_end;
        }
        let next = from + (self.dots >> from).trailing_zeros() as usize;
        next.min(part_end)
    }
}

#[inline]
fn mark(half: &mut [u64; 3], word: u64, index: usize) {
    let [dashes, dots, odds] = half;
    *dashes |= gather(equal(word, b'-')) << (index * 8);
    *dots |= gather(equal(word, b'.')) << (index * 8);
    *odds |= gather(odd(word)) << (index * 8);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn masks_equal_those_of_a_loop_over_the_bytes(text in prop::collection::vec(any::<u8>(), 0..=MAX_SCAN)) {
            let scan = Scan::of(&text).expect("short enough");
            let mask = |expected: &dyn Fn(u8) -> bool| {
                text.iter().enumerate().filter(|(_, b)| expected(**b)).fold(0_u128, |mask, (at, _)| mask | 1 << at)
            };
            prop_assert_eq!(scan.dashes, mask(&|b| b == b'-'));
            prop_assert_eq!(scan.dots, mask(&|b| b == b'.'));
            prop_assert_eq!(scan.odd, mask(&|b| b.is_ascii_uppercase() || !b.is_ascii()));
        }
    }

    #[test]
    fn members_end_at_dots_and_at_the_part() {
        let text = b"py2.py3-none";
        let scan = Scan::of(text).expect("short enough");
        assert_eq!((scan.member_end(0, 7), scan.member_end(4, 7), scan.member_end(8, 12)), (3, 7, 12));
        assert_eq!(Scan::of(&[b'-'; MAX_SCAN + 1]), None);
    }
}
