//! The byte ranges of a file that are in memory.

use std::borrow::Cow;
use std::ops::Range;

use super::fault::ElfFault;

/// The reason why a range is not available.
pub(crate) enum Missing {
    /// The file contains the range, but it is not in memory yet.
    Range(Range<u64>),
    /// The file ends before the end of the range.
    PastEnd,
}

/// Some ranges of a file whose length is known.
///
/// The reader never seeks. It returns the missing ranges, the caller (an inflater, a disk, a server) adds them, and the
/// reader starts again. So the reader is a function of bytes, and each source reads only the requested ranges.
#[derive(Debug)]
pub struct Pieces<'a> {
    /// Sorted by start; they may touch but are searched one by one.
    list: Vec<(u64, Cow<'a, [u8]>)>,
    total: u64,
}

impl<'a> Pieces<'a> {
    /// Returns a file that is completely in memory.
    pub(crate) fn whole(bytes: &'a [u8]) -> Self {
        Self { list: vec![(0, Cow::Borrowed(bytes))], total: bytes.len() as u64 }
    }

    /// Returns the first bytes of a file of `total` bytes.
    pub fn prefix(bytes: &'a [u8], total: u64) -> Self {
        Self { list: vec![(0, Cow::Borrowed(bytes))], total: total.max(bytes.len() as u64) }
    }

    /// Returns a file without any range in memory.
    pub(crate) fn empty(total: u64) -> Self {
        Self { list: Vec::new(), total }
    }

    /// Adds a range.
    pub fn add(&mut self, start: u64, bytes: Vec<u8>) {
        let at = self.list.partition_point(|(other, _)| *other < start);
        self.list.insert(at, (start, Cow::Owned(bytes)));
    }

    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// Returns the bytes of a range.
    pub(crate) fn get(&self, range: Range<u64>) -> Result<&[u8], Missing> {
        if range.end < range.start || range.end > self.total {
            return Err(Missing::PastEnd);
        }
        let at = self.list.partition_point(|(start, _)| *start <= range.start);
        // Ranges may overlap: a shorter one that starts later can hide a longer one before it.
        for (start, bytes) in self.list.get(..at).unwrap_or_default().iter().rev() {
            let from = usize::try_from(range.start - start).unwrap_or(usize::MAX);
            let until = usize::try_from(range.end - start).unwrap_or(usize::MAX);
            if let Some(found) = bytes.get(from..until) {
                return Ok(found);
            }
        }
        Err(Missing::Range(range))
    }
}

/// Reads numbers in the byte order of a file; a slice that is too short is a fault.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order {
    pub(crate) big: bool,
    pub(crate) wide: bool,
}

impl Order {
    pub(crate) fn u16(self, bytes: &[u8], at: usize) -> Result<u16, ElfFault> {
        let raw = bytes.get(at..).and_then(<[u8]>::first_chunk::<2>).ok_or_else(ElfFault::short)?;
        Ok(if self.big { u16::from_be_bytes(*raw) } else { u16::from_le_bytes(*raw) })
    }

    pub(crate) fn u32(self, bytes: &[u8], at: usize) -> Result<u32, ElfFault> {
        let raw = bytes.get(at..).and_then(<[u8]>::first_chunk::<4>).ok_or_else(ElfFault::short)?;
        Ok(if self.big { u32::from_be_bytes(*raw) } else { u32::from_le_bytes(*raw) })
    }

    pub(crate) fn u64(self, bytes: &[u8], at: usize) -> Result<u64, ElfFault> {
        let raw = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>).ok_or_else(ElfFault::short)?;
        Ok(if self.big { u64::from_be_bytes(*raw) } else { u64::from_le_bytes(*raw) })
    }

    /// Reads a word: 64 bits in a 64-bit file, otherwise 32 bits.
    pub(crate) fn word(self, bytes: &[u8], at: usize) -> Result<u64, ElfFault> {
        if self.wide { self.u64(bytes, at) } else { self.u32(bytes, at).map(u64::from) }
    }
}
