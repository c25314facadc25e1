//! Zip archives of which only some ranges are known.
//!
//! The central directory is at the end of a zip archive, so a few kilobytes of a wheel show where its metadata is.
//! The functions here never read: they return the range of the archive that they need next ([`Ask::Need`]).
//!
//! This is the only zip reader of wheelbase. The `zip` crate hides facts that findings need: duplicate names,
//! members that overlap, wrong sizes, and the ranges for reads over the network.
//!
//! Format: APPNOTE.TXT 6.3.10, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.14 to 4.3.16 (its end).
//! If an archive deviates from it, the reader behaves as `zipfile` of Python, which pip uses.

mod directory;
mod entry;
mod fault;
mod inflate;
mod sparse;
#[cfg(test)]
mod tests;

pub use directory::{DirectoryLocation, ZipDirectory};
pub use entry::{Compression, LOCAL_HEADER, ZipEntry};
pub use fault::{EntryFault, InvalidArchive, MemberFault, UnsafeName};
pub use inflate::{Inflater, Keep, Kept, stream};
pub use sparse::{Ask, SparseBytes};

/// The value of an [`Ask`]; returns from the function if bytes are needed first.
macro_rules! ready {
    ($ask:expr) => {
        match $ask {
            Ask::Ready(value) => value,
            Ask::Need(range) => return Ok(Ask::Need(range)),
        }
    };
}
use ready;

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|raw| u16::from_le_bytes(*raw))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|raw| u32::from_le_bytes(*raw))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|raw| u64::from_le_bytes(*raw))
}
