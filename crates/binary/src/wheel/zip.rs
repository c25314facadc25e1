//! The central directory of a zip archive.
//!
//! Its own small reader, because a finding needs what the `zip` crate hides: names that come twice, members that
//! overlap, sizes that lie, and the raw ranges for reads over the network. After the ZIP file format specification
//! (APPNOTE.TXT 6.3.10) and, where writers differ, Python's `zipfile`, which installers use.

use std::io::{self, Read, Seek, SeekFrom};

use wheelbase_spec::error::{Error, ErrorKind};

/// Reads at any place of a file.
pub trait ReadAt {
    /// Length of the file.
    fn length(&mut self) -> io::Result<u64>;
    /// Fills the buffer from a place; an end before that is an error.
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<()>;

    /// A range in place of what a vector holds.
    fn range_into(&mut self, offset: u64, size: usize, bytes: &mut Vec<u8>) -> io::Result<()> {
        bytes.resize(size, 0);
        self.read_at(offset, bytes)
    }

    /// A range as a new vector.
    fn range(&mut self, offset: u64, size: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; size];
        self.read_at(offset, &mut bytes)?;
        Ok(bytes)
    }
}

/// Any `Read + Seek`; the length is asked for once.
#[derive(Debug)]
pub struct Seeking<R> {
    inner: R,
    length: Option<u64>,
}

impl<R: Read + Seek> Seeking<R> {
    pub fn new(inner: R) -> Self {
        Self { inner, length: None }
    }
}

impl<R: Read + Seek> ReadAt for Seeking<R> {
    fn length(&mut self) -> io::Result<u64> {
        match self.length {
            Some(length) => Ok(length),
            None => Ok(*self.length.insert(self.inner.seek(SeekFrom::End(0))?)),
        }
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.inner.seek(SeekFrom::Start(offset))?;
        self.inner.read_exact(buffer)
    }

    /// Reads into memory that nobody has cleared before.
    fn range_into(&mut self, offset: u64, size: usize, bytes: &mut Vec<u8>) -> io::Result<()> {
        bytes.clear();
        bytes.reserve_exact(size);
        self.inner.seek(SeekFrom::Start(offset))?;
        let read = Read::by_ref(&mut self.inner).take(size as u64).read_to_end(bytes)?;
        if read == size { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

/// One member as the central directory tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) encrypted: bool,
    pub(crate) method: u16,
    pub(crate) packed_size: u64,
    pub(crate) size: u64,
    /// Where its local header starts.
    pub(crate) header: u64,
    /// Unix mode, 0 where the writer gave none.
    pub(crate) mode: u32,
}

impl Entry {
    pub(crate) fn is_directory(&self) -> bool {
        self.name.ends_with('/')
    }

    /// The least end that its data can have.
    pub(crate) fn least_end(&self) -> u64 {
        self.header.saturating_add(LOCAL_HEADER + self.name.len() as u64).saturating_add(self.packed_size)
    }
}

/// Size of the fixed part of a local header.
pub(crate) const LOCAL_HEADER: u64 = 30;
/// The end record with the longest comment, and the zip64 records before it.
pub const TAIL: u64 = 22 + 65_535 + 20 + 56;
/// A directory of this size names some two million members; pip's own limit is memory.
const MAX_DIRECTORY: u64 = 256 << 20;

const END: &[u8] = b"PK\x05\x06";
const END_64: &[u8] = b"PK\x06\x06";
const LOCATOR_64: &[u8] = b"PK\x06\x07";
const CENTRAL: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";

fn damaged(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Data, message)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|raw| u16::from_le_bytes(*raw))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|raw| u32::from_le_bytes(*raw))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|raw| u64::from_le_bytes(*raw))
}

/// Where the central directory stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its start in the file.
    pub offset: u64,
    pub size: u64,
    /// How many members the end record claims.
    entries: u64,
    /// What stands before the archive proper (a start script, as in executable archives): added to every offset.
    shift: u64,
}

/// Finds the central directory from the last bytes of a file.
///
/// # Errors
///
/// If there is no end record, or its numbers do not fit the file.
pub(crate) fn locate(tail: &[u8], total: u64) -> Result<Place, Error> {
    let start = total.saturating_sub(tail.len() as u64);
    let end = find_end(tail).ok_or_else(|| damaged("is not a zip archive: it has no end record"))?;
    let record = tail.get(end..).unwrap_or_default();
    let fits = || damaged("has a zip end record that does not fit the file");
    let mut entries = u64::from(u16_at(record, 10).ok_or_else(fits)?);
    let mut size = u64::from(u32_at(record, 12).ok_or_else(fits)?);
    let mut offset = u64::from(u32_at(record, 16).ok_or_else(fits)?);
    let mut behind = start.checked_add(end as u64).ok_or_else(fits)?;
    let locator =
        end.checked_sub(20).and_then(|at| tail.get(at..end)).filter(|raw| raw.starts_with(LOCATOR_64));
    if locator.is_some() {
        // The record stands right before its locator in every archive that a known tool writes; `zipfile` looks
        // only there too.
        let at = end.checked_sub(20 + 56).ok_or_else(fits)?;
        let record = tail.get(at..).filter(|raw| raw.starts_with(END_64));
        let record = record.ok_or_else(|| damaged("has a zip64 locator without its end record"))?;
        entries = u64_at(record, 32).ok_or_else(fits)?;
        size = u64_at(record, 40).ok_or_else(fits)?;
        offset = u64_at(record, 48).ok_or_else(fits)?;
        behind = start.checked_add(at as u64).ok_or_else(fits)?;
    }
    let shift = offset.checked_add(size).and_then(|end| behind.checked_sub(end)).ok_or_else(fits)?;
    if size > MAX_DIRECTORY {
        return Err(damaged(format!("has a zip directory of {size} bytes")));
    }
    Ok(Place { offset: offset + shift, size, entries, shift })
}

/// The last end record whose comment reaches the end of the file; else the last one at all.
fn find_end(tail: &[u8]) -> Option<usize> {
    let last = tail.len().checked_sub(22)?;
    let mut any = None;
    for at in (0..=last).rev() {
        if tail.get(at..).is_some_and(|rest| rest.starts_with(END)) {
            let comment = usize::from(u16_at(tail, at + 20)?);
            if at + 22 + comment == tail.len() {
                return Some(at);
            }
            any = any.or(Some(at));
        }
    }
    any
}

/// Reads the entries of a central directory.
///
/// # Errors
///
/// If an entry does not fit, or their number is not the one that the end record claims.
pub(crate) fn entries(raw: &[u8], place: Place, total: u64) -> Result<Vec<Entry>, Error> {
    let mut all = Vec::new();
    let mut at = 0;
    while at < raw.len() {
        let number = all.len() + 1;
        let broken = || damaged(format!("has a damaged zip directory: entry {number} does not fit"));
        let rest = raw.get(at..).unwrap_or_default();
        if !rest.starts_with(CENTRAL) {
            return Err(broken());
        }
        let short = |at| u16_at(rest, at).ok_or_else(broken);
        let long = |at| u32_at(rest, at).map(u64::from).ok_or_else(broken);
        let (flags, method) = (short(8)?, short(10)?);
        let (name, extra, comment) =
            (usize::from(short(28)?), usize::from(short(30)?), usize::from(short(32)?));
        let made_by_unix = short(4)? >> 8 == 3;
        let mode = if made_by_unix { u32::try_from(long(38)? >> 16).unwrap_or_default() } else { 0 };
        let (mut packed_size, mut size, mut header) = (long(20)?, long(24)?, long(42)?);
        let raw_name = rest.get(46..46 + name).ok_or_else(broken)?;
        let raw_extra = rest.get(46 + name..46 + name + extra).ok_or_else(broken)?;
        zip64(raw_extra, &mut [&mut size, &mut packed_size, &mut header]);
        let entry = Entry {
            name: String::from_utf8_lossy(raw_name).into_owned(),
            encrypted: flags & 0x2041 != 0,
            method,
            packed_size,
            size,
            header: header.checked_add(place.shift).ok_or_else(broken)?,
            mode,
        };
        if entry.least_end() > total {
            return Err(damaged(format!(
                "has a zip directory whose member `{}` reaches past the end",
                entry.name.escape_debug()
            )));
        }
        all.push(entry);
        at = at.saturating_add(46 + name + extra + comment);
    }
    // The 16-bit count wraps in archives without zip64 records; `zipfile` does not look at it at all.
    if all.len() as u64 & 0xffff != place.entries & 0xffff {
        return Err(damaged(format!(
            "has a damaged zip directory: {} members where the end record counts {}",
            all.len(),
            place.entries
        )));
    }
    Ok(all)
}

/// APPNOTE 4.5.3: the fields that are all ones in the entry stand here, in this order.
fn zip64(mut extra: &[u8], fields: &mut [&mut u64; 3]) {
    while let (Some(id), Some(size)) = (u16_at(extra, 0), u16_at(extra, 2)) {
        let end = 4 + usize::from(size);
        if id == 1 {
            let body = extra.get(4..end).unwrap_or_default();
            let mut at = 0;
            for field in fields.iter_mut().filter(|field| ***field == u64::from(u32::MAX)) {
                if let Some(value) = u64_at(body, at) {
                    **field = value;
                    at += 8;
                }
            }
        }
        extra = extra.get(end..).unwrap_or_default();
    }
}

/// Reads the central directory of a file.
///
/// # Errors
///
/// If the file cannot be read or is no archive.
pub(crate) fn directory(source: &mut impl ReadAt) -> Result<Vec<Entry>, Error> {
    let io = |error: io::Error| damaged(format!("cannot be read: {error}")).with_source(error);
    let total = source.length().map_err(io)?;
    let size = total.min(TAIL);
    let tail = source.range(total - size, usize::try_from(size).unwrap_or_default()).map_err(io)?;
    let place = locate(&tail, total)?;
    let raw = source.range(place.offset, usize::try_from(place.size).unwrap_or_default()).map_err(io)?;
    entries(&raw, place, total)
}

/// The length of a local header, if these bytes begin with one; the name in it must be the directory's.
pub(crate) fn local_header(raw: &[u8], entry: &Entry) -> Result<u64, String> {
    if !raw.starts_with(LOCAL) {
        return Err("its local header is not where the directory says".to_owned());
    }
    let (Some(name), Some(extra)) = (u16_at(raw, 26), u16_at(raw, 28)) else {
        return Err("its local header is cut off".to_owned());
    };
    let start = usize::try_from(LOCAL_HEADER).unwrap_or_default();
    let local = raw.get(start..start + usize::from(name)).map(String::from_utf8_lossy);
    if local.as_deref() != Some(&entry.name) {
        return Err("its local header has another name than the directory".to_owned());
    }
    Ok(LOCAL_HEADER + u64::from(name) + u64::from(extra))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_no_archive() {
        let error = locate(b"just some text that is long enough", 34).expect_err("no end record");
        assert!(error.is_data());
    }

    #[test]
    fn an_empty_archive_has_no_members() {
        let mut raw = b"PK\x05\x06".to_vec();
        raw.resize(22, 0);
        let mut source = Seeking::new(io::Cursor::new(raw));
        assert_eq!(directory(&mut source).expect("an empty archive"), []);
    }
}
