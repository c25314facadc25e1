//! The compact encoding of a page.
//!
//! A page of thousands of files is read from the cache far more often than it is written, and most of its releases are
//! never used. Therefore the encoding starts with a small directory of versions, which is decoded at once. The files of
//! each release are a separate block, decoded on demand. A checksum over the complete page detects damage when the page
//! is opened.
//!
//! ```text
//! "wbPG" version:u8 crc32:u32le          checksum of everything after it
//! head length                            varint
//! head: fault_count, faults, strings, releases (version, block length), length of the unreadable block
//! blocks of the releases, the block of the unreadable files
//! ```
//!
//! Integers are LEB128 varints; a text is its length and UTF-8.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;

use super::{DistributionFile, MetadataAdvert};
use wheelbase_spec::version::Version;

const MAGIC: &[u8; 4] = b"wbPG";
const FORMAT: u8 = 1;
const PREFACE: usize = 9;

// Which optional parts of a file follow.
const HAS_SHA256: u64 = 1;
const HAS_SHA256_TEXT: u64 = 1 << 1;
const HAS_REQUIRES_PYTHON: u64 = 1 << 2;
const HAS_YANKED: u64 = 1 << 3;
const HAS_METADATA: u64 = 1 << 4;
const HAS_METADATA_HASH: u64 = 1 << 5;
const HAS_UPLOAD_TIME: u64 = 1 << 6;
const HAS_SIZE: u64 = 1 << 7;
const HAS_OTHER_HASHES: u64 = 1 << 8;
const URL_ENDS_WITH_NAME: u64 = 1 << 9;
const HAS_METADATA_HASH_TEXT: u64 = 1 << 10;

/// The error for bytes that are not an encoded page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidEncoding {
    cause: &'static str,
}

impl fmt::Display for InvalidEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.cause)
    }
}

impl std::error::Error for InvalidEncoding {}

const DAMAGED: InvalidEncoding = InvalidEncoding { cause: "the encoded page is damaged" };

/// An encoded page with a valid checksum.
pub(super) struct PageBytes {
    bytes: Arc<Vec<u8>>,
    strings: Vec<Range<usize>>,
    unreadable: Range<usize>,
}

pub(super) struct Decoded {
    pub(super) page: PageBytes,
    /// The version, and the start and end of its block.
    pub(super) releases: Vec<(Version, usize, usize)>,
    pub(super) faults: Vec<String>,
    pub(super) fault_count: u32,
}

pub(super) fn encode<'a>(
    releases: impl Iterator<Item = (&'a Version, &'a [DistributionFile])>,
    unreadable: &[(DistributionFile, String)],
    faults: &[String],
    fault_count: u32,
) -> Vec<u8> {
    let releases: Vec<_> = releases.collect();
    let all_files =
        releases.iter().flat_map(|(_, files)| files.iter()).chain(unreadable.iter().map(|(file, _)| file));
    let mut strings = Strings::new(all_files);
    let mut blocks = Writer::default();
    let mut directory = Writer::default();
    directory.number(releases.len() as u64);
    for (version, files) in &releases {
        let start = blocks.0.len();
        blocks.number(files.len() as u64);
        for file in *files {
            blocks.file(file, &mut strings);
        }
        directory.text(&version.to_string());
        directory.number((blocks.0.len() - start) as u64);
    }
    let start = blocks.0.len();
    if !unreadable.is_empty() {
        blocks.number(unreadable.len() as u64);
        for (file, why) in unreadable {
            blocks.file(file, &mut strings);
            blocks.text(why);
        }
    }
    directory.number((blocks.0.len() - start) as u64);

    let mut head = Writer::default();
    head.number(u64::from(fault_count));
    head.number(faults.len() as u64);
    for fault in faults {
        head.text(fault);
    }
    head.number(strings.list.len() as u64);
    for text in &strings.list {
        head.text(text);
    }
    head.0.extend_from_slice(&directory.0);

    let mut out = Writer(Vec::with_capacity(PREFACE + 5 + head.0.len() + blocks.0.len()));
    out.0.extend_from_slice(MAGIC);
    out.0.push(FORMAT);
    out.0.extend_from_slice(&[0; 4]);
    out.number(head.0.len() as u64);
    out.0.extend_from_slice(&head.0);
    out.0.extend_from_slice(&blocks.0);
    let mut out = out.0;
    let checksum = crc32fast::hash(out.get(PREFACE..).unwrap_or_default()).to_le_bytes();
    if let Some(slot) = out.get_mut(PREFACE - 4..PREFACE) {
        slot.copy_from_slice(&checksum);
    }
    out
}

pub(super) fn decode(bytes: Arc<Vec<u8>>, offset: usize) -> Result<Decoded, InvalidEncoding> {
    let page = bytes.get(offset..).ok_or(DAMAGED)?;
    if page.get(..4) != Some(MAGIC) {
        return Err(InvalidEncoding { cause: "not an encoded page" });
    }
    if page.get(4) != Some(&FORMAT) {
        return Err(InvalidEncoding { cause: "the page is encoded in another format version" });
    }
    let stored = page.get(PREFACE - 4..PREFACE).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
    if stored != Some(crc32fast::hash(page.get(PREFACE..).ok_or(DAMAGED)?)) {
        return Err(DAMAGED);
    }
    let decoded = read_head(&bytes, offset + PREFACE).ok_or(DAMAGED)?;
    let (strings, releases, unreadable, faults, fault_count) = decoded;
    Ok(Decoded { page: PageBytes { bytes, strings, unreadable }, releases, faults, fault_count })
}

/// Encodes the files of a page that lists more than one project.
pub fn encode_listing(files: &[DistributionFile]) -> Vec<u8> {
    let files: Vec<_> = files.iter().map(|file| (file.clone(), String::new())).collect();
    encode(std::iter::empty(), &files, &[], 0)
}

/// Decodes the output of [`encode_listing`].
///
/// # Errors
///
/// If the bytes are damaged or in another format.
pub fn decode_listing(bytes: Arc<Vec<u8>>, offset: usize) -> Result<Vec<DistributionFile>, InvalidEncoding> {
    Ok(decode(bytes, offset)?.page.unreadable().into_iter().map(|(file, _)| file).collect())
}

type Head = (Vec<Range<usize>>, Vec<(Version, usize, usize)>, Range<usize>, Vec<String>, u32);

fn read_head(bytes: &[u8], start: usize) -> Option<Head> {
    let mut reader = Reader { bytes, at: start, end: bytes.len() };
    let head_length = reader.length()?;
    let blocks = reader.at.checked_add(head_length)?;
    if blocks > bytes.len() {
        return None;
    }
    reader.end = blocks;
    let fault_count = u32::try_from(reader.number()?).ok()?;
    let faults =
        (0..reader.count()?).map(|_| reader.text().map(str::to_owned)).collect::<Option<Vec<_>>>()?;
    let mut strings = Vec::new();
    for _ in 0..reader.count()? {
        let length = reader.length()?;
        let range = reader.at..reader.at.checked_add(length)?;
        std::str::from_utf8(bytes.get(range.clone())?).ok()?;
        reader.at = range.end;
        strings.push(range);
    }
    let count = reader.count()?;
    let mut releases = Vec::with_capacity(count);
    let mut at = blocks;
    for _ in 0..count {
        let version = Version::from_str(reader.text()?).ok()?;
        let end = at.checked_add(usize::try_from(reader.number()?).ok()?)?;
        if end > bytes.len() {
            return None;
        }
        releases.push((version, at, end));
        at = end;
    }
    let end = at.checked_add(usize::try_from(reader.number()?).ok()?)?;
    if end != bytes.len() || reader.at != reader.end {
        return None;
    }
    Some((strings, releases, at..end, faults, fault_count))
}

impl PageBytes {
    pub(super) fn has_unreadable(&self) -> bool {
        !self.unreadable.is_empty()
    }

    /// Appends the files of one block.
    pub(super) fn files(&self, start: usize, end: usize, files: &mut Vec<DistributionFile>) {
        let mut reader = Reader { bytes: &self.bytes, at: start, end };
        let count = reader.count().unwrap_or(0);
        files.reserve(count);
        for _ in 0..count {
            match reader.file(self) {
                Some(file) => files.push(file),
                None => return,
            }
        }
    }

    pub(super) fn unreadable(&self) -> Vec<(DistributionFile, String)> {
        let mut reader = Reader { bytes: &self.bytes, at: self.unreadable.start, end: self.unreadable.end };
        let count = reader.count().unwrap_or(0);
        let mut files = Vec::with_capacity(count);
        for _ in 0..count {
            let entry = reader.file(self).and_then(|file| Some((file, reader.text()?.to_owned())));
            match entry {
                Some(entry) => files.push(entry),
                None => break,
            }
        }
        files
    }

    fn string(&self, number: u64) -> Option<&str> {
        let range = self.strings.get(usize::try_from(number).ok()?)?;
        std::str::from_utf8(self.bytes.get(range.clone())?).ok()
    }
}

/// The repeated texts of a page. The first one is the common prefix of the URLs.
struct Strings {
    list: Vec<String>,
    numbers: HashMap<String, u64>,
}

impl Strings {
    fn new<'a>(files: impl Iterator<Item = &'a DistributionFile>) -> Self {
        let mut prefix: Option<&str> = None;
        for file in files {
            prefix = Some(match prefix {
                None => file.url.strip_suffix(file.filename.as_str()).unwrap_or(&file.url),
                Some(prefix) => common_prefix(prefix, &file.url),
            });
        }
        Self { list: vec![prefix.unwrap_or_default().to_owned()], numbers: HashMap::new() }
    }

    fn number(&mut self, text: &str) -> u64 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = self.list.len() as u64;
        self.list.push(text.to_owned());
        self.numbers.insert(text.to_owned(), number);
        number
    }

    fn url_prefix(&self) -> &str {
        self.list.first().map_or("", String::as_str)
    }
}

fn common_prefix<'a>(a: &'a str, b: &str) -> &'a str {
    let mut length = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    while !a.is_char_boundary(length) {
        length -= 1;
    }
    a.get(..length).unwrap_or_default()
}

#[derive(Default)]
struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push((value as u8) | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
    }

    fn file(&mut self, file: &DistributionFile, strings: &mut Strings) {
        let sha256 = file.sha256.as_deref().map(|hex| (hex, unhex(hex)));
        let metadata_hash = match &file.core_metadata {
            MetadataAdvert::Sha256(hex) => Some((hex.as_str(), unhex(hex))),
            _ => None,
        };
        // The prefix was computed over all files of the page, so every URL has it.
        let url = file.url.strip_prefix(strings.url_prefix()).unwrap_or(&file.url);
        let url_head = url.strip_suffix(file.filename.as_str());
        let mut flags = 0;
        let mut flag = |set: bool, bit: u64| flags |= if set { bit } else { 0 };
        flag(matches!(sha256, Some((_, Some(_)))), HAS_SHA256);
        flag(matches!(sha256, Some((_, None))), HAS_SHA256_TEXT);
        flag(file.requires_python.is_some(), HAS_REQUIRES_PYTHON);
        flag(file.yanked.is_some(), HAS_YANKED);
        flag(file.core_metadata != MetadataAdvert::Absent, HAS_METADATA);
        flag(matches!(metadata_hash, Some((_, Some(_)))), HAS_METADATA_HASH);
        flag(matches!(metadata_hash, Some((_, None))), HAS_METADATA_HASH_TEXT);
        flag(file.upload_time.is_some(), HAS_UPLOAD_TIME);
        flag(file.size.is_some(), HAS_SIZE);
        flag(!file.other_hashes.is_empty(), HAS_OTHER_HASHES);
        flag(url_head.is_some(), URL_ENDS_WITH_NAME);
        self.number(flags);
        self.number(u64::from(file.position));
        self.number(u64::from(file.index));
        self.text(&file.filename);
        self.text(url_head.unwrap_or(url));
        self.hash(sha256);
        if let Some(specifiers) = &file.requires_python {
            let number = strings.number(specifiers);
            self.number(number);
        }
        if let Some(reason) = &file.yanked {
            let number = strings.number(reason);
            self.number(number);
        }
        self.hash(metadata_hash);
        if let Some(time) = file.upload_time {
            self.number(((time << 1) ^ (time >> 63)) as u64);
        }
        if let Some(size) = file.size {
            self.number(size);
        }
        if !file.other_hashes.is_empty() {
            self.number(file.other_hashes.len() as u64);
            for (algorithm, digest) in &file.other_hashes {
                self.text(algorithm);
                self.text(digest);
            }
        }
    }

    fn hash(&mut self, hash: Option<(&str, Option<[u8; 32]>)>) {
        match hash {
            Some((_, Some(bytes))) => self.0.extend_from_slice(&bytes),
            Some((text, None)) => self.text(text),
            None => {}
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Reader<'a> {
    fn number(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            if self.at >= self.end {
                return None;
            }
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    /// Reads a length that is not larger than the remaining bytes.
    fn length(&mut self) -> Option<usize> {
        let length = usize::try_from(self.number()?).ok()?;
        (length <= self.end.checked_sub(self.at)?).then_some(length)
    }

    /// Reads a number of items of at least one byte each.
    fn count(&mut self) -> Option<usize> {
        self.length()
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(length)?;
        if end > self.end {
            return None;
        }
        let bytes = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(bytes)
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = self.length()?;
        std::str::from_utf8(self.take(length)?).ok()
    }

    fn hash(&mut self, flags: u64, bytes: u64, text: u64) -> Option<Option<String>> {
        if flags & bytes != 0 {
            return Some(Some(hex(self.take(32)?)));
        }
        if flags & text != 0 {
            return Some(Some(self.text()?.to_owned()));
        }
        Some(None)
    }

    fn file(&mut self, page: &PageBytes) -> Option<DistributionFile> {
        let flags = self.number()?;
        let position = u32::try_from(self.number()?).ok()?;
        let index = u16::try_from(self.number()?).ok()?;
        let filename = self.text()?.to_owned();
        let url_rest = self.text()?;
        let prefix = page.string(0)?;
        let name = if flags & URL_ENDS_WITH_NAME != 0 { filename.as_str() } else { "" };
        let mut url = String::with_capacity(prefix.len() + url_rest.len() + name.len());
        url.push_str(prefix);
        url.push_str(url_rest);
        url.push_str(name);
        let sha256 = self.hash(flags, HAS_SHA256, HAS_SHA256_TEXT)?;
        let mut string = |bit: u64| -> Option<Option<String>> {
            if flags & bit == 0 {
                return Some(None);
            }
            let number = self.number()?;
            Some(Some(page.string(number)?.to_owned()))
        };
        let requires_python = string(HAS_REQUIRES_PYTHON)?;
        let yanked = string(HAS_YANKED)?;
        let core_metadata = match self.hash(flags, HAS_METADATA_HASH, HAS_METADATA_HASH_TEXT)? {
            Some(sha256) => MetadataAdvert::Sha256(sha256),
            None if flags & HAS_METADATA != 0 => MetadataAdvert::Present,
            None => MetadataAdvert::Absent,
        };
        let upload_time = if flags & HAS_UPLOAD_TIME != 0 {
            let folded = self.number()?;
            Some((folded >> 1) as i64 ^ -((folded & 1) as i64))
        } else {
            None
        };
        let size = if flags & HAS_SIZE != 0 { Some(self.number()?) } else { None };
        let mut other_hashes = Vec::new();
        if flags & HAS_OTHER_HASHES != 0 {
            for _ in 0..self.count()? {
                other_hashes.push((self.text()?.to_owned(), self.text()?.to_owned()));
            }
        }
        Some(DistributionFile {
            filename,
            url,
            sha256,
            other_hashes,
            requires_python,
            yanked,
            core_metadata,
            upload_time,
            size,
            position,
            index,
        })
    }
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let text: &[u8; 64] = text.as_bytes().try_into().ok()?;
    let mut out = [0; 32];
    for (byte, pair) in out.iter_mut().zip(text.chunks_exact(2)) {
        let mut value = 0;
        for digit in pair {
            value = value << 4
                | match digit {
                    b'0'..=b'9' => digit - b'0',
                    // Reject upper case: decoding would return lower case.
                    b'a'..=b'f' => digit - b'a' + 10,
                    _ => return None,
                };
        }
        *byte = value;
    }
    Some(out)
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS.get(usize::from(value & 15)).copied().unwrap_or(b'0'));
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}
