//! Reads a remote wheel: which ranges to fetch, and their facts.
//!
//! The directory lists the positions of members but not their kinds, and the first bytes of each would be one request.
//! So members are selected by name: all are fetched except files with the extension of a text, an image or an archive.

use std::io;
use std::ops::Range;

use wheelbase_formats::limits;
use wheelbase_formats::zip::{Compression, Inflater, MemberFault, ZipDirectory, ZipEntry};

use super::facts::{ProblemKind, WheelFacts};
use super::read::{Reading, begins_like_elf, dist_info_part};
use super::source::ReadAt;
use super::unpack::{Attempt, Unpacked, attempt, streamed};
use wheelbase_spec::error::Error;

/// Smaller members are fetched completely, together with their neighbours. Of larger ones only the required bytes are
/// fetched.
const SMALL: u64 = 1 << 20;
/// Bytes between two members that cost less than another request.
const GAP: u64 = 64 << 10;
/// The maximum size of one request for small members in bytes.
const GROUP: u64 = 4 << 20;
/// A local header may have more extra fields than the directory shows.
const EXTRA: u64 = 4096;
/// The first bytes of a large member.
pub const FIRST: u64 = 64 << 10;

/// Extensions of members that are not ELF files. A library with such an extension is not found by the loader either. If the
/// wheel is a local file, names are not used.
const TEXT: &[&str] = &[
    "a",
    "bat",
    "bmp",
    "bz2",
    "c",
    "cc",
    "cfg",
    "cmake",
    "conf",
    "cpp",
    "css",
    "csv",
    "cu",
    "cuh",
    "dll",
    "dylib",
    "eot",
    "exe",
    "f",
    "f90",
    "gif",
    "gz",
    "h",
    "hpp",
    "htm",
    "html",
    "hxx",
    "ico",
    "in",
    "inc",
    "ini",
    "inl",
    "ipynb",
    "jar",
    "jpeg",
    "jpg",
    "js",
    "json",
    "jsonl",
    "lib",
    "map",
    "md",
    "mo",
    "mp3",
    "mp4",
    "npy",
    "npz",
    "onnx",
    "otf",
    "parquet",
    "pc",
    "pdf",
    "pickle",
    "pkl",
    "png",
    "po",
    "pot",
    "ps1",
    "pxd",
    "pxi",
    "py",
    "pyc",
    "pyd",
    "pyi",
    "pyx",
    "qm",
    "qml",
    "rst",
    "safetensors",
    "scss",
    "sh",
    "sql",
    "svg",
    "tar",
    "tcl",
    "tif",
    "tiff",
    "toml",
    "ts",
    "ttf",
    "txt",
    "typed",
    "wav",
    "whl",
    "woff",
    "woff2",
    "xml",
    "xsd",
    "xsl",
    "xz",
    "yaml",
    "yml",
    "zip",
];

fn is_text(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    match file.rsplit_once('.') {
        Some((_, extension)) => TEXT.contains(&extension.to_ascii_lowercase().as_str()),
        None => {
            matches!(file, "LICENSE" | "NOTICE" | "AUTHORS" | "README" | "COPYING" | "METADATA" | "INSTALLER")
        }
    }
}

/// A range to fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Portion {
    /// Some small members, in this range.
    Group {
        /// The bytes.
        range: Range<u64>,
        /// The members.
        which: Vec<usize>,
    },
    /// One large member that starts here.
    Large {
        /// Its index in the order of the file.
        at: usize,
        /// The bytes from its local header to the last possible end.
        range: Range<u64>,
    },
}

/// A remote wheel that is being read.
#[derive(Debug)]
pub struct RemoteReading {
    reading: Reading,
    total: u64,
    /// The first decompresses the first bytes of a member, the second the rest.
    inflaters: (Inflater, Inflater),
}

/// The state after the first bytes of a large member.
#[derive(Debug)]
pub enum MemberReading {
    /// Done with this member.
    Done,
    /// The range from the member's start that should be fetched.
    Need(u64),
    /// Too large for memory: all of it must go to a file, and then to
    /// [`spooled`](RemoteReading::spooled).
    Spool,
}

impl RemoteReading {
    /// Returns a reader for the archive with this directory.
    pub fn new(file: &str, sha256: Option<String>, directory: ZipDirectory) -> Self {
        let total = directory.archive_length();
        let reading = Reading::new(file, sha256, directory);
        Self { reading, total, inflaters: (Inflater::new(), Inflater::new()) }
    }

    /// Returns all ranges to fetch.
    pub fn portions(&mut self) -> Vec<Portion> {
        let entries = self.reading.entries();
        let mut portions: Vec<Portion> = Vec::new();
        let mut left_out = 0;
        for (at, entry) in entries.iter().enumerate() {
            let inside = entry.name.split('/').next().is_some_and(|top| top.ends_with(".dist-info"));
            let label = dist_info_part(&entry.name).is_some();
            if !label && (inside || is_text(&entry.name) || entry.size < 16) {
                left_out += 1;
                continue;
            }
            let next = entries.get(at + 1).map_or(self.total, |next| next.header_offset);
            let range = entry.header_offset..entry.least_end().saturating_add(EXTRA).min(next);
            if !label && entry.compressed_size >= SMALL {
                portions.push(Portion::Large { at, range });
                continue;
            }
            match portions.last_mut() {
                Some(Portion::Group { range: before, which })
                    if range.start.saturating_sub(before.end) <= GAP && range.end - before.start <= GROUP =>
                {
                    before.end = range.end;
                    which.push(at);
                }
                _ => portions.push(Portion::Group { range, which: vec![at] }),
            }
        }
        self.reading.leave_out(left_out);
        portions
    }

    /// Reads the bytes of a group.
    pub fn group(&mut self, start: u64, bytes: &[u8], which: &[usize]) -> Result<(), Error> {
        let mut source = Part { start, bytes, total: self.total };
        self.reading.some(&mut source, which, &mut self.inflaters)
    }

    /// Reads the first bytes of a large member, from its local header on.
    pub fn large(&mut self, at: usize, bytes: &[u8]) -> MemberReading {
        let Some(entry) = self.reading.entries().get(at).cloned() else { return MemberReading::Done };
        let first = (bytes.len() as u64) <= FIRST;
        // Faults of the header are recorded only once.
        let header = match self.header(&entry, bytes) {
            Some(header) => header,
            None => return MemberReading::Done,
        };
        let packed = bytes.get(usize::try_from(header).unwrap_or(usize::MAX)..).unwrap_or_default();
        let packed =
            packed.get(..usize::try_from(entry.compressed_size).unwrap_or(usize::MAX)).unwrap_or(packed);
        if first {
            if let Compression::Other(method) = entry.compression {
                let detail = MemberFault::UnknownMethod(method).to_string();
                self.reading.answer(at, Err((ProblemKind::UnknownMethod, detail)));
                return MemberReading::Done;
            }
            if !begins_like_elf(&mut self.inflaters.0, &entry, packed) || !self.reading.afford(&entry) {
                return MemberReading::Done;
            }
        }
        if entry.compression == Compression::Deflated
            && entry.size.saturating_add(entry.compressed_size) > limits::INFLATE_MEMORY_BYTES
        {
            return MemberReading::Spool;
        }
        match attempt(&mut self.inflaters.1, &entry, packed) {
            Attempt::Done(unpacked) => {
                self.inflaters.1.rest();
                self.reading.answer(at, *unpacked);
                MemberReading::Done
            }
            Attempt::Need(packed) => MemberReading::Need(header + packed),
        }
    }

    fn header(&mut self, entry: &ZipEntry, bytes: &[u8]) -> Option<u64> {
        self.reading.local_header(bytes, entry)
    }

    /// Reads a large member from a file that contains its bytes from the local header on.
    pub fn spooled(&mut self, at: usize, source: &mut impl ReadAt) -> io::Result<()> {
        let Some(entry) = self.reading.entries().get(at).cloned() else { return Ok(()) };
        let head = source.range(0, usize::try_from(FIRST.min(entry.compressed_size)).unwrap_or_default())?;
        if let Some(header) = self.header(&entry, &head) {
            let unpacked: Unpacked = streamed(source, header, &entry)?;
            self.reading.answer(at, unpacked);
        }
        Ok(())
    }

    /// Returns the facts of everything read so far.
    pub fn finish(self) -> WheelFacts {
        self.reading.finish()
    }
}

/// A part of a file that is read by offsets in the whole file.
struct Part<'a> {
    start: u64,
    bytes: &'a [u8],
    total: u64,
}

impl ReadAt for Part<'_> {
    fn length(&mut self) -> io::Result<u64> {
        Ok(self.total)
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let from = offset.checked_sub(self.start).and_then(|from| usize::try_from(from).ok());
        let there = from.and_then(|from| self.bytes.get(from..)).unwrap_or_default();
        // The first read of a member may request more than the part contains. The rest of the buffer is unchanged.
        let have = there.len().min(buffer.len());
        if let (Some(to), Some(bytes)) = (buffer.get_mut(..have), there.get(..have)) {
            to.copy_from_slice(bytes);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_decide_which_members_are_fetched() {
        for name in
            ["a/b.so", "a/libx.so.1.2", "a/tool", "a/x.node", "a/x.bin", "x.data/scripts/ruff", "a/x.debug"]
        {
            assert!(!is_text(name), "{name}");
        }
        for name in ["a/b.py", "a/B.PNG", "a/LICENSE", "a/x.h", "a/y.cu"] {
            assert!(is_text(name), "{name}");
        }
        assert!(TEXT.is_sorted());
    }
}
