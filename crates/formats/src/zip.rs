//! Zip archives of which only pieces are at hand.
//!
//! The central directory stands at the end of a zip archive, so a few kilobytes of a wheel tell where its metadata
//! is. The functions here never read: they say which range of the archive they need next ([`Ask::Need`]).
//!
//! Format: APPNOTE.TXT 6.3.10, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.14 to 4.3.16 (its end).

use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;
use std::ops::Range;

/// A directory of more bytes than this is refused; the largest wheels need about 2 MiB.
const DIRECTORY_MAX: u64 = 64 << 20;
/// The end record and the longest comment behind it.
const END_MAX: u64 = 22 + 65_535;

/// Bytes that are no zip archive, or one that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidArchive {
    cause: String,
}

impl InvalidArchive {
    pub fn new(cause: impl Into<String>) -> Self {
        Self { cause: cause.into() }
    }
}

impl fmt::Display for InvalidArchive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause)
    }
}

impl std::error::Error for InvalidArchive {}

/// An answer, or the bytes that are needed for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask<T> {
    /// These bytes of the archive are needed first; never empty, never past the archive's end.
    Need(Range<u64>),
    /// The answer.
    Ready(T),
}

/// Pieces of a file of known length.
#[derive(Clone, Default)]
pub struct SparseBytes {
    length: u64,
    pieces: BTreeMap<u64, Vec<u8>>,
}

impl SparseBytes {
    /// A file of `length` bytes of which nothing is known.
    pub fn new(length: u64) -> Self {
        Self { length, pieces: BTreeMap::new() }
    }

    /// A file of which all is known.
    pub fn whole(bytes: Vec<u8>) -> Self {
        let mut sparse = Self::new(bytes.len() as u64);
        sparse.insert(0, bytes);
        sparse
    }

    /// Length of the file.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Adds the bytes that stand at `start`.
    pub fn insert(&mut self, mut start: u64, mut bytes: Vec<u8>) {
        // Pieces that touch become one, so that a range across them can be lent out.
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

    /// The bytes of `range`, if all of them are known.
    pub fn get(&self, range: Range<u64>) -> Option<&[u8]> {
        let (&start, piece) = self.pieces.range(..=range.start).next_back()?;
        let from = usize::try_from(range.start.checked_sub(start)?).ok()?;
        let to = usize::try_from(range.end.checked_sub(start)?).ok()?;
        piece.get(from..to)
    }

    /// Where the known bytes at the file's end begin.
    fn tail_start(&self) -> u64 {
        match self.pieces.iter().next_back() {
            Some((start, piece)) if start + piece.len() as u64 >= self.length => *start,
            _ => self.length,
        }
    }

    fn ask(&self, range: Range<u64>) -> Result<Ask<&[u8]>, InvalidArchive> {
        if range.end > self.length || range.start > range.end {
            return Err(InvalidArchive::new("a record of the zip archive points past its end"));
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

/// One file in a zip archive.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ZipEntry {
    /// name as written, lossily decoded
    pub name: String,
    /// bytes in the archive
    pub compressed: u64,
    /// bytes once inflated, as stated
    pub size: u64,
    crc32: u32,
    method: u16,
    encrypted: bool,
    header_at: u64,
}

/// The central directory of a zip archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZipDirectory {
    entries: Vec<ZipEntry>,
}

macro_rules! ready {
    ($ask:expr) => {
        match $ask {
            Ask::Ready(value) => value,
            Ask::Need(range) => return Ok(Ask::Need(range)),
        }
    };
}

impl ZipDirectory {
    /// The files, in the directory's order.
    pub fn entries(&self) -> &[ZipEntry] {
        &self.entries
    }

    /// Reads the directory from what is known of the archive.
    ///
    /// # Errors
    ///
    /// When the archive is none, or its records contradict each other.
    pub fn read(archive: &SparseBytes) -> Result<Ask<Self>, InvalidArchive> {
        let (end_at, end) = ready!(find_end(archive)?);
        let mut entries = u64::from(u16_at(end, 10)?);
        let mut size = u64::from(u32_at(end, 12)?);
        let mut offset = u64::from(u32_at(end, 16)?);
        let mut directory_end = end_at;
        // APPNOTE 4.3.15: a zip64 locator stands directly before the end record, and the zip64 record before that.
        // Python's zipfile looks for it whatever the end record says, so archives exist that need it.
        if let Some(locator_at) = end_at.checked_sub(20) {
            let locator = ready!(archive.ask(locator_at..end_at)?);
            if locator.get(..4) == Some(b"PK\x06\x07") {
                // Where the locator says, or where it is when other bytes stand before the archive.
                let mut found = None;
                for record_at in [Some(u64_at(locator, 8)?), locator_at.checked_sub(56)].into_iter().flatten()
                {
                    let Some(record_end) = record_at.checked_add(56).filter(|end| *end <= locator_at) else {
                        continue;
                    };
                    let record = ready!(archive.ask(record_at..record_end)?);
                    if record.get(..4) == Some(b"PK\x06\x06") {
                        found = Some((record_at, record));
                        break;
                    }
                }
                let (record_at, record) = found
                    .ok_or_else(|| InvalidArchive::new("the zip64 end record is not where it should be"))?;
                entries = u64_at(record, 32)?;
                size = u64_at(record, 40)?;
                offset = u64_at(record, 48)?;
                directory_end = record_at;
            }
        }
        if size > DIRECTORY_MAX {
            return Err(InvalidArchive::new(format!("a central directory of {size} bytes is too large")));
        }
        let start = directory_end
            .checked_sub(size)
            .ok_or_else(|| InvalidArchive::new("the central directory is larger than the archive"))?;
        // Bytes before the archive (a self-extracting one) shift all offsets.
        let shift = start
            .checked_sub(offset)
            .ok_or_else(|| InvalidArchive::new("the central directory is not where the end record says"))?;
        let bytes = ready!(archive.ask(start..directory_end)?);
        Ok(Ask::Ready(Self { entries: read_entries(bytes, entries, shift)? }))
    }

    /// Inflates one entry from what is known of the archive; `limit` is the most bytes it may have.
    ///
    /// # Errors
    ///
    /// When the entry is damaged, encrypted, too large or packed in a way that wheels may not use.
    pub fn extract(
        archive: &SparseBytes,
        entry: &ZipEntry,
        limit: u64,
    ) -> Result<Ask<Vec<u8>>, InvalidArchive> {
        let name = wheelbase_spec::metadata::clip(&entry.name);
        let fail = |what: &str| InvalidArchive::new(format!("`{name}` in the zip archive {what}"));
        if entry.encrypted {
            return Err(fail("is encrypted"));
        }
        if entry.size > limit || entry.compressed > limit {
            return Err(fail(&format!("has more than {limit} bytes")));
        }
        let header_end = entry.header_at.checked_add(30).ok_or_else(|| fail("points past its end"))?;
        let Some(header) = archive.get(entry.header_at..header_end) else {
            // Ask for what follows at once, with room for an extra field, to save a round.
            let guess =
                header_end.saturating_add(entry.name.len() as u64 + 128).saturating_add(entry.compressed);
            if header_end > archive.length() {
                return Err(fail("points past its end"));
            }
            return Ok(Ask::Need(entry.header_at..guess.min(archive.length())));
        };
        if header.get(..4) != Some(b"PK\x03\x04") {
            return Err(fail("has no local header where the directory says"));
        }
        let start = header_end + u64::from(u16_at(header, 26)?) + u64::from(u16_at(header, 28)?);
        let packed = ready!(archive.ask(start..start.saturating_add(entry.compressed))?);
        let mut data = Vec::new();
        match entry.method {
            0 => data.extend_from_slice(packed),
            8 => {
                flate2::read::DeflateDecoder::new(packed)
                    .take(limit.saturating_add(1))
                    .read_to_end(&mut data)
                    .map_err(|error| fail(&format!("cannot be inflated: {error}")))?;
            }
            other => return Err(fail(&format!("is packed by method {other}, which wheels may not use"))),
        }
        if data.len() as u64 > limit {
            return Err(fail(&format!("has more than {limit} bytes")));
        }
        if crc32fast::hash(&data) != entry.crc32 {
            return Err(fail("does not have the checksum that the archive states"));
        }
        Ok(Ask::Ready(data))
    }
}

/// The end record and where it stands.
fn find_end(archive: &SparseBytes) -> Result<Ask<(u64, &[u8])>, InvalidArchive> {
    let length = archive.length();
    let tail_start = archive.tail_start();
    let from = tail_start.max(length.saturating_sub(END_MAX));
    let tail = archive.get(from..length).unwrap_or_default();
    for at in (0..tail.len().saturating_sub(21)).rev() {
        let record = tail.get(at..).unwrap_or_default();
        if record.starts_with(b"PK\x05\x06") && usize::from(u16_at(record, 20)?) + 22 == record.len() {
            return Ok(Ask::Ready((from + at as u64, record)));
        }
    }
    let most = length.saturating_sub(END_MAX);
    if tail_start > most {
        // Little first: a comment is rare.
        let first = length.saturating_sub(16 << 10);
        return Ok(Ask::Need(if tail_start > first { first..length } else { most..tail_start }));
    }
    Err(InvalidArchive::new("not a zip archive: it has no end record"))
}

fn read_entries(bytes: &[u8], count: u64, shift: u64) -> Result<Vec<ZipEntry>, InvalidArchive> {
    let damaged = || InvalidArchive::new("the central directory of the zip archive is damaged");
    // Each entry has at least 46 bytes, so a false count cannot reserve more than the directory's own size.
    let mut entries = Vec::with_capacity(usize::try_from(count.min(bytes.len() as u64 / 46)).unwrap_or(0));
    let mut rest = bytes;
    while rest.starts_with(b"PK\x01\x02") {
        let name_length = usize::from(u16_at(rest, 28)?);
        let extra_length = usize::from(u16_at(rest, 30)?);
        let comment_length = usize::from(u16_at(rest, 32)?);
        let name = rest.get(46..46 + name_length).ok_or_else(damaged)?;
        let extra = rest.get(46 + name_length..46 + name_length + extra_length).ok_or_else(damaged)?;
        let mut entry = ZipEntry {
            name: String::from_utf8_lossy(name).into_owned(),
            compressed: u64::from(u32_at(rest, 20)?),
            size: u64::from(u32_at(rest, 24)?),
            crc32: u32_at(rest, 16)?,
            method: u16_at(rest, 10)?,
            encrypted: u16_at(rest, 8)? & 1 != 0,
            header_at: u64::from(u32_at(rest, 42)?),
        };
        read_zip64(extra, &mut entry)?;
        entry.header_at = entry.header_at.checked_add(shift).ok_or_else(damaged)?;
        entries.push(entry);
        rest = rest.get(46 + name_length + extra_length + comment_length..).ok_or_else(damaged)?;
    }
    // The 16-bit count wraps where an old tool wrote more than 65,535 entries.
    if entries.len() as u64 & 0xffff != count & 0xffff {
        return Err(damaged());
    }
    Ok(entries)
}

/// APPNOTE 4.5.3: the extended field holds only those values whose place in the record is all ones.
fn read_zip64(mut extra: &[u8], entry: &mut ZipEntry) -> Result<(), InvalidArchive> {
    while extra.len() >= 4 {
        let (id, length) = (u16_at(extra, 0)?, usize::from(u16_at(extra, 2)?));
        let Some(mut field) = extra.get(4..4 + length) else { return Ok(()) };
        if id == 1 {
            for value in [&mut entry.size, &mut entry.compressed, &mut entry.header_at] {
                if *value == 0xffff_ffff {
                    *value = u64_at(field, 0)?;
                    field = field.get(8..).unwrap_or_default();
                }
            }
            return Ok(());
        }
        extra = extra.get(4 + length..).unwrap_or_default();
    }
    Ok(())
}

fn array_at<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], InvalidArchive> {
    bytes
        .get(at..at + N)
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| InvalidArchive::new("a record of the zip archive is cut off"))
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, InvalidArchive> {
    array_at(bytes, at).map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, InvalidArchive> {
    array_at(bytes, at).map(u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> Result<u64, InvalidArchive> {
    array_at(bytes, at).map(u64::from_le_bytes)
}
