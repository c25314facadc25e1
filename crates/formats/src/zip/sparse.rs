//! Pieces of a file, and the requests for more of them.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use super::InvalidArchive;

/// A result, or the range of bytes that is required for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask<T> {
    /// This range of the archive is required first. It is not empty and ends within the archive.
    Need(Range<u64>),
    /// The result.
    Ready(T),
}

/// Pieces of a file of known length.
#[derive(Clone, Default)]
pub struct SparseBytes {
    length: u64,
    pieces: BTreeMap<u64, Vec<u8>>,
}

impl SparseBytes {
    /// Creates a file of `length` bytes without known bytes.
    pub fn new(length: u64) -> Self {
        Self { length, pieces: BTreeMap::new() }
    }

    /// Creates a file with all bytes known.
    pub fn whole(bytes: Vec<u8>) -> Self {
        let mut sparse = Self::new(bytes.len() as u64);
        sparse.insert(0, bytes);
        sparse
    }

    /// The length of the file in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Adds the bytes from `start` on.
    pub fn insert(&mut self, mut start: u64, mut bytes: Vec<u8>) {
        // Adjacent pieces are joined, so that a range across them can be borrowed.
        if let Some((&before, piece)) = self.pieces.range_mut(..=start).next_back() {
            let end = before + piece.len() as u64;
            if end >= start {
                let overlap = usize::try_from(end - start).unwrap_or(usize::MAX);
                if let Some(new) = bytes.get(overlap..) {
                    piece.extend_from_slice(new);
                }
                bytes = std::mem::take(piece);
                self.pieces.remove(&before);
                start = before;
            }
        }
        while let Some((&after, _)) = self.pieces.range(start..).next() {
            let end = start + bytes.len() as u64;
            if after > end {
                break;
            }
            if let Some(piece) = self.pieces.remove(&after) {
                let overlap = usize::try_from(end - after).unwrap_or(usize::MAX);
                bytes.extend_from_slice(piece.get(overlap..).unwrap_or_default());
            }
        }
        self.pieces.insert(start, bytes);
    }

    /// Returns the bytes of `range`, if all of them are known.
    pub fn get(&self, range: Range<u64>) -> Option<&[u8]> {
        let (&start, piece) = self.pieces.range(..=range.start).next_back()?;
        let from = usize::try_from(range.start.checked_sub(start)?).ok()?;
        let to = usize::try_from(range.end.checked_sub(start)?).ok()?;
        piece.get(from..to)
    }

    /// Returns the start of the known bytes at the end of the file.
    pub(super) fn tail_start(&self) -> u64 {
        match self.pieces.iter().next_back() {
            Some((start, piece)) if start + piece.len() as u64 >= self.length => *start,
            _ => self.length,
        }
    }

    /// Returns the bytes of `range`, or the request for them.
    pub(super) fn ask(&self, range: Range<u64>) -> Result<Ask<&[u8]>, InvalidArchive> {
        if range.end > self.length || range.start > range.end {
            return Err(InvalidArchive::new(
                "a record of the zip archive refers to bytes after the end of the archive",
            ));
        }
        if range.is_empty() {
            return Ok(Ask::Ready(&[]));
        }
        Ok(match self.get(range.clone()) {
            Some(bytes) => Ask::Ready(bytes),
            None => Ask::Need(range),
        })
    }
}

impl fmt::Debug for SparseBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pieces: Vec<_> =
            self.pieces.iter().map(|(start, piece)| *start..*start + piece.len() as u64).collect();
        f.debug_struct("SparseBytes").field("length", &self.length).field("pieces", &pieces).finish()
    }
}
