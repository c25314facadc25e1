//! Tar streams, one header block at a time.
//!
//! The `tar` crate's own iterator reads long names and extension headers whole, however long they claim to be, so
//! that a small archive can fill the memory. Here its [`tar::Header`] decodes the fields, and the blocks around it
//! are walked under limits.

use std::io::{self, Read};

use ::tar::{EntryType, Header};

use super::fault::ImageFault;
use super::limits::ImageLimits;

const BLOCK: u64 = 512;

/// An entry.
#[derive(Debug)]
pub struct TarEntry {
    pub path: Vec<u8>,
    pub kind: TarKind,
    /// The number of bytes that [`TarReader::read`] returns.
    pub size: u64,
}

/// The kind of an entry.
#[derive(Debug, PartialEq, Eq)]
pub enum TarKind {
    /// A regular file.
    File,
    /// A sparse file, which is stored as a map of pieces.
    SparseFile,
    /// A directory.
    Directory,
    /// A symbolic link to this path.
    Symlink(Vec<u8>),
    /// A hard link to this entry.
    HardLink(Vec<u8>),
    /// Devices and pipes.
    Special,
    /// A kind that is not extracted.
    Unknown,
}

/// Reads entries and, through [`Read`], the content of the entry that was returned last.
#[derive(Debug)]
pub struct TarReader<R> {
    inner: R,
    limits: ImageLimits,
    /// Content of the current entry that has not been read.
    content: u64,
    padding: u64,
    scratch: Vec<u8>,
}

/// The fields of extension headers for the next entry.
#[derive(Default)]
struct Extensions {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
    sparse: bool,
}

impl<R: Read> TarReader<R> {
    /// Reads an archive from its first byte.
    pub fn new(inner: R, limits: ImageLimits) -> Self {
        Self { inner, limits, content: 0, padding: 0, scratch: vec![0; 64 << 10] }
    }

    pub(crate) fn into_inner(self) -> R {
        self.inner
    }

    /// Returns the next entry. The remaining content of the previous one is skipped.
    pub(crate) fn next_entry(&mut self) -> Result<Option<TarEntry>, ImageFault> {
        self.next_with(Self::skip)
    }

    fn next_with(
        &mut self,
        skip: impl Fn(&mut Self, u64) -> Result<(), ImageFault>,
    ) -> Result<Option<TarEntry>, ImageFault> {
        let mut extensions = Extensions::default();
        loop {
            skip(self, self.content.saturating_add(self.padding))?;
            (self.content, self.padding) = (0, 0);
            let Some(header) = self.header()? else { return Ok(None) };
            let size = header.entry_size().map_err(|error| ImageFault::damaged(format!("tar: {error}")))?;
            match header.entry_type() {
                EntryType::GNULongName => extensions.path = Some(self.long_name(size)?),
                EntryType::GNULongLink => extensions.link = Some(self.long_name(size)?),
                EntryType::XHeader => self.pax(size, &mut extensions)?,
                // Global headers carry comments (`git archive`); none of their keys changes what is read here.
                EntryType::XGlobalHeader => self.start(size),
                kind => return self.entry(&header, kind, size, extensions).map(Some),
            }
        }
    }

    fn entry(
        &mut self,
        header: &Header,
        kind: EntryType,
        size: u64,
        extensions: Extensions,
    ) -> Result<TarEntry, ImageFault> {
        let path = extensions.path.unwrap_or_else(|| header.path_bytes().into_owned());
        let link = extensions.link.or_else(|| header.link_name_bytes().map(|link| link.into_owned()));
        let mut size = extensions.size.unwrap_or(size);
        let kind = match kind {
            EntryType::Directory => TarKind::Directory,
            // Before POSIX.1-1988 a directory was a file with a slash at the end of its name.
            EntryType::Regular | EntryType::Continuous if path.ends_with(b"/") => TarKind::Directory,
            EntryType::Regular | EntryType::Continuous if extensions.sparse => TarKind::SparseFile,
            EntryType::Regular | EntryType::Continuous => TarKind::File,
            EntryType::GNUSparse => {
                self.skip_sparse_map(header)?;
                TarKind::SparseFile
            }
            EntryType::Symlink => TarKind::Symlink(link.unwrap_or_default()),
            EntryType::Link => TarKind::HardLink(link.unwrap_or_default()),
            EntryType::Char | EntryType::Block | EntryType::Fifo => TarKind::Special,
            _ => TarKind::Unknown,
        };
        // Links, directories and devices have no content, whatever size they state; writers differ on that field
        // and unpackers ignore it (POSIX.1-2017, pax, "ustar Interchange Format", size).
        if matches!(kind, TarKind::Directory | TarKind::Symlink(_) | TarKind::HardLink(_) | TarKind::Special)
        {
            size = 0;
        }
        self.start(size);
        Ok(TarEntry { path, kind, size })
    }

    fn start(&mut self, size: u64) {
        self.content = size;
        self.padding = size.checked_next_multiple_of(BLOCK).map_or(0, |end| end - size);
    }

    /// `None` at the end: a block of zeros, or no block at all.
    fn header(&mut self) -> Result<Option<Header>, ImageFault> {
        let mut header = Header::new_old();
        let block = header.as_mut_bytes();
        let mut filled = 0;
        while let Some(rest) = block.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.inner.read(rest) {
                Ok(0) if filled == 0 => return Ok(None),
                Ok(0) => return Err(ImageFault::damaged("tar: the archive ends within a header")),
                Ok(length) => filled += length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        if block.iter().all(|byte| *byte == 0) {
            return Ok(None);
        }
        if !header.cksum().is_ok_and(|stated| fits(header.as_bytes(), stated)) {
            return Err(ImageFault::damaged(
                "tar: the checksum of a header is wrong: the file is not a tar archive, or it is damaged",
            ));
        }
        Ok(Some(header))
    }

    fn long_name(&mut self, size: u64) -> Result<Vec<u8>, ImageFault> {
        // The stored name ends in a NUL.
        let mut name = self.bounded(size, self.limits.path_bytes as u64 + 1, "a name")?;
        if let Some(end) = name.iter().position(|byte| *byte == 0) {
            name.truncate(end);
        }
        Ok(name)
    }

    /// POSIX.1-2017, pax, "pax Extended Header": records `length key=value`.
    fn pax(&mut self, size: u64, extensions: &mut Extensions) -> Result<(), ImageFault> {
        // Extended attributes, file capabilities and SELinux labels live here too and may be long.
        let records = self.bounded(size, wheelbase_formats::limits::TAR_PAX_BYTES, "an extension header")?;
        for record in ::tar::PaxExtensions::new(&records) {
            let record = record.map_err(|error| ImageFault::damaged(format!("tar: {error}")))?;
            let value = record.value_bytes();
            match record.key_bytes() {
                b"path" | b"GNU.sparse.name" => extensions.path = Some(value.to_vec()),
                b"linkpath" => extensions.link = Some(value.to_vec()),
                b"size" => {
                    let size = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
                    extensions.size = Some(size.ok_or_else(|| {
                        ImageFault::damaged("tar: the size in an extension header is not a number")
                    })?);
                }
                key if key.starts_with(b"GNU.sparse.") => extensions.sparse = true,
                _ => {}
            }
        }
        Ok(())
    }

    fn bounded(&mut self, size: u64, limit: u64, what: &str) -> Result<Vec<u8>, ImageFault> {
        if size > limit {
            return Err(ImageFault::limit(format!("tar: {what} has {size} bytes, more than {limit}")));
        }
        self.start(size);
        let mut bytes = Vec::new();
        self.by_ref().take(size).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// GNU tar manual, "Storing Sparse Files": more map blocks follow while a flag says so.
    fn skip_sparse_map(&mut self, header: &Header) -> Result<(), ImageFault> {
        let mut extended = header.as_bytes().get(482).is_some_and(|flag| *flag != 0);
        let mut block = [0; BLOCK as usize];
        let mut blocks = 0;
        while extended {
            self.inner.read_exact(&mut block)?;
            extended = block.get(504).is_some_and(|flag| *flag != 0);
            blocks += 1;
            if blocks > 100_000 {
                return Err(ImageFault::limit("tar: a sparse file has more than 100000 map blocks"));
            }
        }
        Ok(())
    }

    fn skip(&mut self, bytes: u64) -> Result<(), ImageFault> {
        let mut left = bytes;
        while left > 0 {
            let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(self.scratch.len());
            match self.inner.read(self.scratch.get_mut(..wanted).unwrap_or_default()) {
                Ok(0) => return Err(ImageFault::damaged("tar: the archive ends within an entry")),
                Ok(length) => left -= length as u64,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

impl<R: Read + io::Seek> TarReader<R> {
    /// Returns the next entry of a file. The content is skipped without reading it.
    pub fn next_entry_seeking(&mut self) -> Result<Option<TarEntry>, ImageFault> {
        self.next_with(|tar, bytes| {
            let step = i64::try_from(bytes)
                .map_err(|_| ImageFault::damaged("tar: the archive ends within an entry"))?;
            tar.inner.seek(io::SeekFrom::Current(step))?;
            Ok(())
        })
    }

    /// Returns the position of the content of the current entry, before it is read.
    pub fn position(&mut self) -> Result<u64, ImageFault> {
        Ok(self.inner.stream_position()?)
    }
}

impl<R: Read> Read for TarReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.content).unwrap_or(usize::MAX).min(buffer.len());
        if wanted == 0 {
            return Ok(0);
        }
        let length = self.inner.read(buffer.get_mut(..wanted).unwrap_or_default())?;
        if length == 0 {
            return Err(ImageFault::damaged("tar: the archive ends within an entry").into());
        }
        self.content -= length as u64;
        Ok(length)
    }
}

/// Returns whether the checksum of a header is right. The checksum field counts as spaces. Some old writers summed signed
/// bytes.
fn fits(block: &[u8; BLOCK as usize], stated: u32) -> bool {
    let field: u32 = block.get(148..156).unwrap_or_default().iter().map(|byte| u32::from(*byte)).sum();
    let mut sum = 0;
    for byte in block {
        sum += u32::from(*byte);
    }
    if sum - field + 8 * u32::from(b' ') == stated {
        return true;
    }
    let signed = |bytes: &[u8]| bytes.iter().map(|byte| i32::from(byte.cast_signed())).sum::<i32>();
    let field = signed(block.get(148..156).unwrap_or_default());
    (signed(block) - field + 8 * i32::from(b' ')).cast_unsigned() == stated
}
