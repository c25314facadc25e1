//! Single text members of a wheel, from ranges of the archive.

use std::ops::Range;

use wheelbase_formats::limits;
use wheelbase_formats::zip::{Inflater, ZipDirectory, ZipEntry};

use super::paths::installed_path;

/// Bytes between two members that cost less than another request.
const GAP: u64 = 32 << 10;
/// The maximum size of one request in bytes.
const GROUP: u64 = 4 << 20;
/// A local header may have more extra fields than the directory shows.
const EXTRA: u64 = 4096;

/// The directory of a wheel, for reading members by the paths they are installed at.
#[derive(Debug)]
pub struct Texts {
    entries: Vec<ZipEntry>,
    paths: Vec<String>,
    total: u64,
    inflater: Inflater,
}

/// Members that are fetched together.
#[derive(Debug)]
pub struct TextGroup {
    /// The bytes.
    pub range: Range<u64>,
    which: Vec<usize>,
}

impl Texts {
    /// Returns a reader for the members of a directory.
    pub fn new(directory: ZipDirectory) -> Self {
        let total = directory.archive_length();
        let mut entries = directory.into_entries();
        entries.retain(|entry| !entry.is_directory() && !entry.encrypted && !entry.overlaps());
        entries.sort_by_key(|entry| entry.header_offset);
        let paths = entries.iter().map(|entry| installed_path(&entry.name)).collect();
        Self { entries, paths, total, inflater: Inflater::new() }
    }

    /// Returns the installed paths of the members, relative to site-packages.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }

    /// Returns the ranges to fetch for some of the paths. Encrypted, overlapping and too large members are skipped.
    pub fn groups(&self, wanted: &[String]) -> Vec<TextGroup> {
        let mut groups: Vec<TextGroup> = Vec::new();
        for (at, (entry, path)) in self.entries.iter().zip(&self.paths).enumerate() {
            if !wanted.contains(path) || entry.size.max(entry.compressed_size) > limits::PYTHON_FILE_BYTES {
                continue;
            }
            let next = self.entries.get(at + 1).map_or(self.total, |next| next.header_offset);
            let range =
                entry.header_offset..entry.least_end().saturating_add(EXTRA).min(next.max(entry.least_end()));
            match groups.last_mut() {
                Some(group)
                    if range.start.saturating_sub(group.range.end) <= GAP
                        && range.end.saturating_sub(group.range.start) <= GROUP =>
                {
                    group.range.end = range.end.max(group.range.end);
                    group.which.push(at);
                }
                _ => groups.push(TextGroup { range, which: vec![at] }),
            }
        }
        for group in &mut groups {
            group.range.end = group.range.end.min(self.total);
        }
        groups
    }

    /// Returns the texts of a group with their paths; damaged members are skipped.
    pub fn take(&mut self, group: &TextGroup, bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
        let mut all = Vec::new();
        for &at in &group.which {
            let (Some(entry), Some(path)) = (self.entries.get(at), self.paths.get(at)) else { continue };
            let from = entry
                .header_offset
                .checked_sub(group.range.start)
                .and_then(|from| usize::try_from(from).ok());
            let member = from.and_then(|from| bytes.get(from..)).unwrap_or_default();
            let Ok(header) = entry.local_header_length(member) else { continue };
            let length = usize::try_from(entry.compressed_size).unwrap_or(usize::MAX);
            let packed = usize::try_from(header).ok().and_then(|from| member.get(from..)?.get(..length));
            let Some(packed) = packed else { continue };
            let text = self.inflater.whole(entry, packed).ok().map(<[u8]>::to_vec);
            all.extend(text.map(|text| (path.clone(), text)));
        }
        all
    }
}
