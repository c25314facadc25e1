//! The parts of a file that are at hand.

use std::borrow::Cow;
use std::ops::Range;

use super::fault::ElfFault;

/// What a read of a range can give.
pub(crate) enum Missing {
    /// The file has the range, but it is not at hand yet.
    Range(Range<u64>),
    /// The file ends before it.
    PastEnd,
}

/// Some ranges of a file whose length is known.
///
/// The reader never seeks: it asks for ranges that are not here, and whoever has the file (an inflater, a disk, a
/// server) adds them and lets it start again. That keeps the reader a function of bytes and lets each source stop
/// as early as its way of access allows.
#[derive(Debug)]
pub struct Pieces<'a> {
    /// Sorted by start; they may touch but are searched one by one.
    list: Vec<(u64, Cow<'a, [u8]>)>,
    total: u64,
}

impl<'a> Pieces<'a> {
    /// A file that is at hand whole.
    pub(crate) fn whole(bytes: &'a [u8]) -> Self {
        Self { list: vec![(0, Cow::Borrowed(bytes))], total: bytes.len() as u64 }
    }

    /// The first bytes of a file of `total` bytes.
    pub fn prefix(bytes: &'a [u8], total: u64) -> Self {
        Self { list: vec![(0, Cow::Borrowed(bytes))], total: total.max(bytes.len() as u64) }
    }

    /// A file of which nothing is at hand.
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

    /// The bytes of a range.
    pub(crate) fn get(&self, range: Range<u64>) -> Result<&[u8], Missing> {
        if range.end < range.start || range.end > self.total {
            return Err(Missing::PastEnd);
        }
        let at = self.list.partition_point(|(start, _)| *start <= range.start);
        // Pieces are asked for by need, so a shorter one that starts later can hide a longer one before it.
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

/// Reads of numbers in a file's byte order from a slice; the caller has the slice of the right size.
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

    /// A word of the file's class.
    pub(crate) fn word(self, bytes: &[u8], at: usize) -> Result<u64, ElfFault> {
        if self.wide { self.u64(bytes, at) } else { self.u32(bytes, at).map(u64::from) }
    }
}
