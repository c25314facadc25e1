//! One entry of the central directory, and its local header.

use super::{MemberFault, u16_at, u32_at, u64_at};

/// Bytes of the fixed part of a local header.
pub const LOCAL_HEADER: u64 = 30;
/// Bytes of the fixed part of a directory entry.
const ENTRY: usize = 46;
/// Bits 0 (encrypted), 6 (strong encryption) and 13 (encrypted directory) of the flags (APPNOTE 4.4.4).
const ENCRYPTED: u16 = 0x2041;

/// The compression method of a member (APPNOTE 4.4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compression {
    /// Method 0: not compressed.
    Stored,
    /// Method 8: deflate.
    Deflated,
    /// A method that installers do not support.
    Other(u16),
}

/// One entry of the central directory.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ZipEntry {
    /// name as written; bytes that are not UTF-8 are replaced
    pub name: String,
    /// bytes in the archive
    pub compressed_size: u64,
    /// uncompressed size in bytes, as in the directory
    pub size: u64,
    /// byte offset of the local header in the file
    pub header_offset: u64,
    /// compression method in the directory; that in the local header is ignored, as in `zipfile`
    pub compression: Compression,
    /// whether it is encrypted
    pub encrypted: bool,
    /// The bytes of the name, if they are not UTF-8.
    raw_name: Option<Box<[u8]>>,
    crc32: u32,
    pub(super) overlaps: bool,
}

impl ZipEntry {
    /// Parses the entry at the start of `bytes`; `None` if there is none or it is cut off. `shift` is added to the
    /// offset. Also returns the length of the entry in bytes.
    pub(super) fn parse(bytes: &[u8], shift: u64) -> Option<(Self, usize)> {
        if !bytes.starts_with(b"PK\x01\x02") {
            return None;
        }
        let length = |at| u16_at(bytes, at).map(usize::from);
        let (name, extra, comment) = (length(28)?, length(30)?, length(32)?);
        let raw_name = bytes.get(ENTRY..ENTRY + name)?;
        let raw_extra = bytes.get(ENTRY + name..ENTRY + name + extra)?;
        let end = ENTRY + name + extra + comment;
        bytes.get(..end)?;
        let mut entry = Self {
            name: String::from_utf8_lossy(raw_name).into_owned(),
            compressed_size: u32_at(bytes, 20)?.into(),
            size: u32_at(bytes, 24)?.into(),
            header_offset: u32_at(bytes, 42)?.into(),
            compression: match u16_at(bytes, 10)? {
                0 => Compression::Stored,
                8 => Compression::Deflated,
                other => Compression::Other(other),
            },
            encrypted: u16_at(bytes, 8)? & ENCRYPTED != 0,
            raw_name: std::str::from_utf8(raw_name).is_err().then(|| raw_name.into()),
            crc32: u32_at(bytes, 16)?,
            overlaps: false,
        };
        entry.read_zip64(raw_extra)?;
        entry.header_offset = entry.header_offset.checked_add(shift)?;
        Some((entry, end))
    }

    /// APPNOTE 4.5.3: the zip64 field contains only the values with all bits set in the entry, in this order. `None` if
    /// one of them is missing; `zipfile` refuses that too.
    fn read_zip64(&mut self, mut extra: &[u8]) -> Option<()> {
        while let (Some(id), Some(length)) = (u16_at(extra, 0), u16_at(extra, 2)) {
            let end = 4 + usize::from(length);
            let field = extra.get(4..end)?;
            if id == 1 {
                let mut at = 0;
                for value in [&mut self.size, &mut self.compressed_size, &mut self.header_offset] {
                    if *value == u64::from(u32::MAX) {
                        *value = u64_at(field, at)?;
                        at += 8;
                    }
                }
                return Some(());
            }
            extra = extra.get(end..)?;
        }
        Some(())
    }

    /// The bytes of the name.
    pub(super) fn name_bytes(&self) -> &[u8] {
        self.raw_name.as_deref().unwrap_or(self.name.as_bytes())
    }

    /// Returns whether the entry is a directory: its name ends with `/`.
    pub fn is_directory(&self) -> bool {
        self.name.ends_with('/')
    }

    /// Returns whether its data starts inside the data of another member or overlaps the central directory.
    pub fn overlaps(&self) -> bool {
        self.overlaps
    }

    /// Returns the smallest possible end of its data. The local header may have extra fields that the directory does not
    /// show.
    pub fn least_end(&self) -> u64 {
        self.header_offset
            .saturating_add(LOCAL_HEADER + self.name_bytes().len() as u64)
            .saturating_add(self.compressed_size)
    }

    /// Returns the length of the local header at the start of `bytes`. Its name must be that in the directory, which
    /// `zipfile` requires too.
    ///
    /// # Errors
    ///
    /// If the header is missing, is cut off, or has another name.
    pub fn local_header_length(&self, bytes: &[u8]) -> Result<u64, MemberFault> {
        if !bytes.starts_with(b"PK\x03\x04") {
            return Err(MemberFault::NoLocalHeader);
        }
        let (Some(name), Some(extra)) = (u16_at(bytes, 26), u16_at(bytes, 28)) else {
            return Err(MemberFault::CutLocalHeader);
        };
        if usize::from(name) != self.name_bytes().len() {
            return Err(MemberFault::OtherName);
        }
        match bytes.get(30..30 + usize::from(name)) {
            None => Err(MemberFault::CutLocalHeader),
            Some(local) if local != self.name_bytes() => Err(MemberFault::OtherName),
            Some(_) => Ok(LOCAL_HEADER + u64::from(name) + u64::from(extra)),
        }
    }

    /// Returns whether `data` has the CRC-32 in the directory.
    pub(super) fn has_checksum(&self, data: &[u8]) -> bool {
        crc32fast::hash(data) == self.crc32
    }

    /// Returns why the entry cannot be read, as far as the directory shows. `limit` is the maximum size in bytes.
    pub(super) fn check(&self, limit: u64) -> Result<(), MemberFault> {
        if self.encrypted {
            return Err(MemberFault::Encrypted);
        }
        if let Compression::Other(method) = self.compression {
            return Err(MemberFault::UnknownMethod(method));
        }
        if self.overlaps {
            return Err(MemberFault::Overlap);
        }
        if self.size > limit || self.compressed_size > limit {
            return Err(MemberFault::TooLarge { limit });
        }
        Ok(())
    }
}
