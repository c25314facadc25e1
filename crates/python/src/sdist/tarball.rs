//! Tar archives, streamed.

use std::io::{self, BufReader, Chain, Cursor, Read};

use tar::EntryType;

use super::findings::Findings;
use super::{InvalidSdist, SdistFacts, SdistLimits, Search};
use wheelbase_formats::limits;
use wheelbase_spec::name::ProjectName;

/// Reads an sdist in tar format, compressed by gzip, bzip2, xz or not at all, which its first
/// bytes decide.
///
/// Reading stops as soon as no better file can follow. Nothing is written to disk.
///
/// ```
/// use wheelbase::metadata::Confidence;
/// use wheelbase::sdist::{SdistLimits, Search, read_tarball};
///
/// # let mut builder = tar::Builder::new(Vec::new());
/// # let text = b"Metadata-Version: 2.2\nName: x\nVersion: 1\nRequires-Dist: y\n";
/// # let mut header = tar::Header::new_ustar();
/// # header.set_size(text.len() as u64);
/// # header.set_cksum();
/// # builder.append_data(&mut header, "x-1/PKG-INFO", &text[..])?;
/// # let archive = builder.into_inner()?;
/// let facts = read_tarball(&archive[..], None, Search::Any, SdistLimits::default())?;
/// assert_eq!(facts.metadata.confidence, Confidence::StaticSdist);
/// assert_eq!(facts.metadata.requires_dist.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// If the archive is damaged or exceeds `limits`, or if its reader fails.
pub fn read_tarball(
    mut reader: impl Read,
    project: Option<&ProjectName>,
    search: Search,
    limits: SdistLimits,
) -> Result<SdistFacts, InvalidSdist> {
    let mut start = Vec::new();
    reader
        .by_ref()
        .take(6)
        .read_to_end(&mut start)
        .map_err(|error| InvalidSdist::io("the archive cannot be read", error))?;
    let inflated =
        Inflated::new(&start, BufReader::with_capacity(64 << 10, Cursor::new(start.clone()).chain(reader)))?;
    let metered = Metered { inner: inflated, read: 0, limit: limits.inflated_bytes };
    read_entries(metered, project, search, limits)
}

fn read_entries<R: Read>(
    reader: Metered<R>,
    project: Option<&ProjectName>,
    search: Search,
    limits: SdistLimits,
) -> Result<SdistFacts, InvalidSdist> {
    let damaged = |error: io::Error| InvalidSdist::io("the archive cannot be read", error);
    let mut findings = Findings::new(project, search);
    let mut archive = tar::Archive::new(reader);
    let mut long_path: Option<String> = None;
    let mut passed = 0u64;
    // Raw entries: the extensions with long paths are read here, because the library would keep a path of any size in
    // memory.
    for (number, entry) in (0u64..).zip(archive.entries().map_err(damaged)?.raw(true)) {
        let mut entry = entry.map_err(damaged)?;
        if number >= limits.entries {
            return Err(InvalidSdist::new(format!("the archive has more than {} entries", limits.entries)));
        }
        match entry.header().entry_type() {
            EntryType::GNULongName => {
                let bytes = read_capped(&mut entry, limits::TAR_PATH_BYTES, "a path")?;
                let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
                long_path = Some(String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned());
                continue;
            }
            EntryType::XHeader => {
                let bytes = read_capped(&mut entry, limits::TAR_PAX_BYTES, "a pax header")?;
                if let Some(path) = pax_path(&bytes) {
                    long_path = Some(path);
                }
                continue;
            }
            EntryType::XGlobalHeader | EntryType::GNULongLink => continue,
            EntryType::Regular | EntryType::Continuous => {}
            _ => {
                long_path = None;
                continue;
            }
        }
        let path = match long_path.take() {
            Some(path) => path,
            None => String::from_utf8_lossy(&entry.path_bytes()).into_owned(),
        };
        if let Some(interest) = findings.see(&path) {
            let bytes = read_capped(&mut entry, limits.file_bytes, &format!("`{}`", path.escape_debug()))?;
            findings.take(interest, bytes);
            if findings.is_complete() {
                return Ok(findings.finish(false));
            }
        }
        if let Some(patience) = findings.patience(limits.patience_bytes) {
            passed = passed.saturating_add(entry.size()).saturating_add(512);
            if passed > patience {
                return Ok(findings.finish(false));
            }
        }
    }
    Ok(findings.finish(true))
}

fn read_capped(reader: impl Read, limit: u64, what: &str) -> Result<Vec<u8>, InvalidSdist> {
    let mut bytes = Vec::new();
    reader
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| InvalidSdist::io("the archive cannot be read", error))?;
    if bytes.len() as u64 > limit {
        return Err(InvalidSdist::new(format!(
            "{what} in the archive is larger than the limit of {limit} bytes"
        )));
    }
    Ok(bytes)
}

/// The `path` record of a pax header: lines of `length key=value` (POSIX.1-2001, "pax Header Block").
fn pax_path(mut bytes: &[u8]) -> Option<String> {
    let mut found = None;
    while let Some(space) = bytes.iter().position(|byte| *byte == b' ') {
        let length: usize = std::str::from_utf8(bytes.get(..space)?).ok()?.parse().ok()?;
        let record = bytes.get(space + 1..length.checked_sub(1)?)?;
        if let Some(path) = record.strip_prefix(b"path=") {
            found = Some(String::from_utf8_lossy(path).into_owned());
        }
        bytes = bytes.get(length..)?;
    }
    found
}

type Source<R> = BufReader<Chain<Cursor<Vec<u8>>, R>>;

enum Inflated<R: Read> {
    Plain(Source<R>),
    Gzip(Box<flate2::bufread::MultiGzDecoder<Source<R>>>),
    Bzip2(Box<bzip2::bufread::MultiBzDecoder<Source<R>>>),
    Xz(Box<liblzma::bufread::XzDecoder<Source<R>>>),
}

impl<R: Read> Inflated<R> {
    fn new(start: &[u8], source: Source<R>) -> Result<Self, InvalidSdist> {
        Ok(match start {
            [0x1f, 0x8b, ..] => Self::Gzip(Box::new(flate2::bufread::MultiGzDecoder::new(source))),
            [b'B', b'Z', b'h', ..] => Self::Bzip2(Box::new(bzip2::bufread::MultiBzDecoder::new(source))),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => {
                Self::Xz(Box::new(liblzma::bufread::XzDecoder::new_multi_decoder(source)))
            }
            [0x1f, 0x9d, ..] => {
                return Err(InvalidSdist::new(
                    "the archive is compressed by `compress` (.tar.Z), which is not supported",
                ));
            }
            [b'P', b'K', ..] => {
                return Err(InvalidSdist::new(
                    "the archive is a zip archive but has the name of a tar archive",
                ));
            }
            [] => return Err(InvalidSdist::new("the archive is empty")),
            _ => Self::Plain(source),
        })
    }
}

impl<R: Read> Read for Inflated<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(reader) => reader.read(buffer),
            Self::Gzip(reader) => reader.read(buffer),
            Self::Bzip2(reader) => reader.read(buffer),
            Self::Xz(reader) => reader.read(buffer),
        }
    }
}

/// A reader that fails after `limit` bytes.
struct Metered<R> {
    inner: R,
    read: u64,
    limit: u64,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read = self.read.saturating_add(count as u64);
        if self.read > self.limit {
            return Err(io::Error::other(format!("its decompressed size is more than {} bytes", self.limit)));
        }
        Ok(count)
    }
}
