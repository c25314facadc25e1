//! Access to the ranges of a file that are in memory, and a list of the missing ones.

use std::cell::RefCell;
use std::ops::Range;

use wheelbase_formats::limits;

use super::fault::ElfFault;
use super::ranges::{Missing, Pieces};

/// The reason why the reading stops early.
#[derive(Debug)]
pub(super) enum Stop {
    Fault(ElfFault),
    Need,
}

impl From<ElfFault> for Stop {
    fn from(fault: ElfFault) -> Self {
        Self::Fault(fault)
    }
}

/// Access to the pieces, with a list of the requested ranges that are missing.
pub(super) struct Reader<'a> {
    pub(super) pieces: &'a Pieces<'a>,
    pub(super) wants: RefCell<Vec<Range<u64>>>,
}

impl Reader<'_> {
    /// Returns a range of the headers. Without them, nothing can be read.
    pub(super) fn headers(&self, start: u64, size: u64, what: &str) -> Result<&[u8], Stop> {
        // One request for the start of the file: the program headers follow the file header.
        const FIRST: u64 = 4096;
        let end = start.checked_add(size).ok_or_else(|| past_end(what, start, size))?;
        match self.pieces.get(start..end) {
            Ok(bytes) => Ok(bytes),
            Err(Missing::PastEnd) => Err(past_end(what, start, size).into()),
            Err(Missing::Range(range)) => {
                let end = range.end.max(FIRST.min(self.pieces.total()));
                let start = if range.start < FIRST { 0 } else { range.start };
                self.wants.borrow_mut().push(start..end);
                Err(Stop::Need)
            }
        }
    }

    /// Returns a range of one table.
    pub(super) fn table(&self, start: u64, size: u64, what: &str) -> Result<&[u8], Stop> {
        if size > limits::ELF_TABLE_BYTES {
            return Err(ElfFault::new(format!("{what} claims {size} bytes")).into());
        }
        let end = start.checked_add(size).ok_or_else(|| past_end(what, start, size))?;
        match self.pieces.get(start..end) {
            Ok(bytes) => Ok(bytes),
            Err(Missing::PastEnd) => Err(past_end(what, start, size).into()),
            Err(Missing::Range(range)) => {
                self.wants.borrow_mut().push(range);
                Err(Stop::Need)
            }
        }
    }
}

fn past_end(what: &str, start: u64, size: u64) -> ElfFault {
    ElfFault::new(format!(
        "the file is damaged or truncated: {what} ({size} bytes at offset {start}) ends after the end of the file"
    ))
}
