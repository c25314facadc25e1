//! The central directory: its position, its entries, and the content of single members.

use std::collections::HashMap;

use super::{
    Ask, EntryFault, Inflater, InvalidArchive, LOCAL_HEADER, MemberFault, SparseBytes, UnsafeName, ZipEntry,
    ready, u16_at, u32_at, u64_at,
};
use crate::limits;

/// Bytes of the end record without its comment.
const END: u64 = 22;
/// The end record with the longest comment.
const LONGEST_END: u64 = END + u16::MAX as u64;
/// The first request: comments are rare, and most directories fit.
const FIRST_TAIL: u64 = 16 << 10;
/// Bytes of the zip64 locator, and of the zip64 end record without its extensible part.
const LOCATOR: u64 = 20;
const END_64: u64 = 56;
/// Room for the extra fields of a local header; saves a second request.
const EXTRA_ROOM: u64 = 128;

/// The position of the central directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DirectoryLocation {
    /// The byte offset of its start in the file.
    pub offset: u64,
    /// The length in bytes.
    pub size: u64,
    /// Bytes before the archive, as in a self-extracting one. All offsets in the archive are shifted by them.
    pub shift: u64,
    /// Bytes after the end record and its comment. `zipfile` and pip ignore them; uv refuses such an archive.
    pub trailing: u64,
    /// The number of entries in the end record.
    entries: u64,
}

impl DirectoryLocation {
    /// Finds the directory with the end record.
    ///
    /// # Errors
    ///
    /// If there is no end record, or its numbers do not fit the file or exceed the limits.
    pub fn find(archive: &SparseBytes) -> Result<Ask<Self>, InvalidArchive> {
        let unfit = || InvalidArchive::new("the zip end record does not fit the file");
        let (end_at, trailing) = ready!(find_end(archive)?);
        let record = ready!(archive.ask(end_at..end_at + END)?);
        let mut entries = u64::from(u16_at(record, 10).ok_or_else(unfit)?);
        let mut size = u64::from(u32_at(record, 12).ok_or_else(unfit)?);
        let mut offset = u64::from(u32_at(record, 16).ok_or_else(unfit)?);
        let mut directory_end = end_at;
        if let Some(Zip64End { offset: record_at, record }) = ready!(find_zip64_end(archive, end_at)?) {
            entries = u64_at(record, 32).ok_or_else(unfit)?;
            size = u64_at(record, 40).ok_or_else(unfit)?;
            offset = u64_at(record, 48).ok_or_else(unfit)?;
            directory_end = record_at;
        }
        let start = directory_end.checked_sub(size).ok_or_else(unfit)?;
        let shift = start.checked_sub(offset).ok_or_else(unfit)?;
        if size > limits::ZIP_DIRECTORY_BYTES {
            return Err(InvalidArchive::new(format!(
                "the zip directory has {size} bytes, more than the limit of {}",
                limits::ZIP_DIRECTORY_BYTES
            )));
        }
        Ok(Ask::Ready(Self { offset: start, size, shift, trailing, entries }))
    }
}

/// Returns the offset of the end record, and the number of bytes after it and its comment.
fn find_end(archive: &SparseBytes) -> Result<Ask<(u64, u64)>, InvalidArchive> {
    let length = archive.length();
    let earliest = length.saturating_sub(LONGEST_END);
    let tail_start = archive.tail_start();
    let from = tail_start.max(earliest);
    let tail = archive.get(from..length).unwrap_or_default();
    let mut last = None;
    for at in (0..tail.len().saturating_sub(21)).rev() {
        let record = tail.get(at..).unwrap_or_default();
        if !record.starts_with(b"PK\x05\x06") {
            continue;
        }
        let end = END + u64::from(u16_at(record, 20).unwrap_or_default());
        let found = from + at as u64;
        match (record.len() as u64).checked_sub(end) {
            Some(0) => return Ok(Ask::Ready((found, 0))),
            behind => last = last.or(Some((found, behind.unwrap_or_default()))),
        }
    }
    if tail_start > earliest {
        let first = length.saturating_sub(FIRST_TAIL);
        return Ok(Ask::Need(if tail_start > first { first..length } else { earliest..tail_start }));
    }
    // No comment ends at the end of the file. `zipfile`, and so pip, uses the last record.
    last.map(Ask::Ready).ok_or_else(|| InvalidArchive::new("not a zip archive: it has no end record"))
}

/// The zip64 end record and its offset (APPNOTE 4.3.14).
struct Zip64End<'a> {
    offset: u64,
    record: &'a [u8],
}

/// Returns the zip64 end record, if there is a locator directly before the end record (APPNOTE 4.3.15). `zipfile` searches
/// for it regardless of the values in the end record, and some archives depend on that.
fn find_zip64_end(archive: &SparseBytes, end_at: u64) -> Result<Ask<Option<Zip64End<'_>>>, InvalidArchive> {
    let Some(locator_at) = end_at.checked_sub(LOCATOR) else { return Ok(Ask::Ready(None)) };
    let locator = ready!(archive.ask(locator_at..end_at)?);
    if !locator.starts_with(b"PK\x06\x07") {
        return Ok(Ask::Ready(None));
    }
    let wrong = || InvalidArchive::new("the zip64 end record is not where its locator says");
    let latest = locator_at.checked_sub(END_64).ok_or_else(wrong)?;
    let stated = u64_at(locator, 8).filter(|at| *at <= latest).ok_or_else(wrong)?;
    // If there are bytes before the archive, the record is not at the offset in the locator, but directly before the
    // locator. The record must end at the locator, which `zipfile` requires since CVE-2025-8291: with two records,
    // readers would use different ones.
    for at in [stated, latest] {
        let record = ready!(archive.ask(at..at + END_64)?);
        let reaches = u64_at(record, 4).and_then(|size| size.checked_add(12)?.checked_add(at));
        if record.starts_with(b"PK\x06\x06") && reaches == Some(locator_at) {
            return Ok(Ask::Ready(Some(Zip64End { offset: at, record })));
        }
    }
    Err(wrong())
}

/// The central directory of a zip archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZipDirectory {
    entries: Vec<ZipEntry>,
    location: DirectoryLocation,
    archive_length: u64,
}

impl ZipDirectory {
    /// Parses the directory from the known bytes of the archive.
    ///
    /// # Errors
    ///
    /// If the bytes are not an archive, its records contradict each other, or it exceeds the limits.
    pub fn read(archive: &SparseBytes) -> Result<Ask<Self>, InvalidArchive> {
        let location = ready!(DirectoryLocation::find(archive)?);
        let bytes = ready!(archive.ask(location.offset..location.offset + location.size)?);
        Self::parse(bytes, location, archive.length()).map(Ask::Ready)
    }

    fn parse(bytes: &[u8], location: DirectoryLocation, archive_length: u64) -> Result<Self, InvalidArchive> {
        let mut entries: Vec<ZipEntry> = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() {
            if entries.len() as u64 >= limits::ARCHIVE_ENTRIES {
                return Err(InvalidArchive::new(format!(
                    "the zip directory has more than {} entries",
                    limits::ARCHIVE_ENTRIES
                )));
            }
            let number = entries.len() + 1;
            let (entry, length) = ZipEntry::parse(rest, location.shift).ok_or_else(|| {
                InvalidArchive::new(format!("the zip directory is damaged: entry {number} does not fit"))
            })?;
            if entry.least_end() > archive_length {
                return Err(InvalidArchive::new(format!(
                    "the zip directory is damaged: `{}` reaches past the end of the file",
                    wheelbase_spec::metadata::clip(&entry.name).escape_debug()
                )));
            }
            entries.push(entry);
            rest = rest.get(length..).unwrap_or_default();
        }
        // The 16-bit count wraps in archives without zip64 records; `zipfile` does not read it at all.
        if entries.len() as u64 & 0xffff != location.entries & 0xffff {
            return Err(InvalidArchive::new(format!(
                "the zip directory is damaged: it has {} entries and its end record counts {}",
                entries.len(),
                location.entries
            )));
        }
        let mut directory = Self { entries, location, archive_length };
        for (at, _) in directory.overlaps() {
            if let Some(entry) = directory.entries.get_mut(at) {
                entry.overlaps = true;
            }
        }
        Ok(directory)
    }

    /// The entries, in the order of the directory.
    pub fn entries(&self) -> &[ZipEntry] {
        &self.entries
    }

    /// The entries, in the order of the directory.
    pub fn into_entries(self) -> Vec<ZipEntry> {
        self.entries
    }

    /// The position in the file.
    pub fn location(&self) -> DirectoryLocation {
        self.location
    }

    /// The length of the whole file in bytes.
    pub fn archive_length(&self) -> u64 {
        self.archive_length
    }

    /// Returns the problems of entries that the central directory shows. Entries that are directories have none.
    pub fn faults(&self) -> Vec<(&ZipEntry, EntryFault<'_>)> {
        let mut faults = Vec::new();
        let mut seen: HashMap<&[u8], u32> = HashMap::new();
        for entry in self.entries.iter().filter(|entry| !entry.is_directory()) {
            let count = seen.entry(entry.name_bytes()).or_default();
            *count += 1;
            if *count == 2 {
                faults.push((entry, EntryFault::DuplicateName));
            }
            if let Some(name) = UnsafeName::of(&entry.name) {
                faults.push((entry, EntryFault::UnsafeName(name)));
            }
            if entry.encrypted {
                faults.push((entry, EntryFault::Encrypted));
            }
        }
        for (at, other) in self.overlaps() {
            let name = |at: usize| self.entries.get(at).map(|entry| entry.name.as_str());
            faults.extend(
                self.entries.get(at).map(|entry| (entry, EntryFault::Overlap { with: other.and_then(name) })),
            );
        }
        faults
    }

    /// Returns the entries with data that starts inside the data of another entry, with that entry, or that overlaps the
    /// directory.
    fn overlaps(&self) -> Vec<(usize, Option<usize>)> {
        let mut order: Vec<(usize, &ZipEntry)> =
            self.entries.iter().enumerate().filter(|(_, entry)| !entry.is_directory()).collect();
        order.sort_by_key(|(_, entry)| entry.header_offset);
        let mut overlaps = Vec::new();
        let (mut end, mut last) = (0, None);
        for (at, entry) in order {
            if entry.header_offset < end {
                overlaps.push((at, last));
            } else if entry.least_end() > self.location.offset {
                overlaps.push((at, None));
            }
            if entry.least_end() > end {
                (end, last) = (entry.least_end(), Some(at));
            }
        }
        overlaps
    }

    /// Returns the content of one entry from the known bytes of the archive, after a check of its size and checksum.
    /// `limit` is the maximum size in bytes.
    ///
    /// # Errors
    ///
    /// If the entry is damaged, encrypted, too large, overlaps another one, or is compressed in another way than
    /// wheels may use.
    pub fn extract(
        archive: &SparseBytes,
        entry: &ZipEntry,
        limit: u64,
    ) -> Result<Ask<Vec<u8>>, InvalidArchive> {
        let fail = |fault: MemberFault| {
            let name = wheelbase_spec::metadata::clip(&entry.name);
            InvalidArchive::new(format!("`{name}` in the zip archive cannot be read: {fault}"))
        };
        entry.check(limit).map_err(fail)?;
        let past_end = |_| fail(MemberFault::PastEnd);
        let name_end = entry.header_offset.saturating_add(LOCAL_HEADER + entry.name_bytes().len() as u64);
        let header = match archive.ask(entry.header_offset..name_end).map_err(past_end)? {
            Ask::Ready(header) => header,
            // The header, the data and some room for extra fields in one request.
            Ask::Need(range) => {
                let end = entry.least_end().saturating_add(EXTRA_ROOM).min(archive.length());
                return Ok(Ask::Need(range.start..end.max(range.end)));
            }
        };
        let start = entry.header_offset + entry.local_header_length(header).map_err(fail)?;
        let packed =
            ready!(archive.ask(start..start.saturating_add(entry.compressed_size)).map_err(past_end)?);
        let data = Inflater::new().whole(entry, packed).map_err(fail)?.to_vec();
        Ok(Ask::Ready(data))
    }
}
