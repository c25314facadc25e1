//! Errors of archives, entries of the directory, and members.

use std::fmt;

/// The error for bytes that are not a zip archive, and for archives that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidArchive {
    cause: String,
}

impl InvalidArchive {
    /// Creates an error with this cause, a clause without a final period.
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

/// A problem that the central directory shows. The archive can be read, but installers refuse the entry or handle it
/// differently. Not `non_exhaustive`: each reader must handle every variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryFault<'a> {
    /// Another entry has the same name. Reported once for each name.
    DuplicateName,
    /// The name points outside of the directory that the archive is unpacked to.
    UnsafeName(UnsafeName),
    /// The data starts within that of another member, or reaches into the central directory.
    Overlap {
        /// The other member; `None` for the central directory.
        with: Option<&'a str>,
    },
    /// The member is encrypted.
    Encrypted,
}

/// A name that points outside of the directory that an archive is unpacked to. Some installers refuse it, others change
/// it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UnsafeName {
    /// It starts with `/`.
    Absolute,
    /// It has a `..` part.
    Parent,
    /// It has a backslash.
    Backslash,
    /// It has a NUL byte.
    Nul,
}

impl UnsafeName {
    /// Returns why a name is unsafe; `None` if it is not.
    pub fn of(name: &str) -> Option<Self> {
        if name.starts_with('/') {
            Some(Self::Absolute)
        } else if name.split(['/', '\\']).any(|part| part == "..") {
            Some(Self::Parent)
        } else if name.contains('\\') {
            Some(Self::Backslash)
        } else if name.contains('\0') {
            Some(Self::Nul)
        } else {
            None
        }
    }
}

impl fmt::Display for UnsafeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absolute => "the name is absolute",
            Self::Parent => "the name has a `..` part",
            Self::Backslash => "the name has a backslash, which is a separator on Windows only",
            Self::Nul => "the name has a NUL byte",
        })
    }
}

/// The error for a member that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MemberFault {
    /// It is encrypted.
    Encrypted,
    /// It is compressed by a method other than stored and deflated. Installers support only these.
    UnknownMethod(u16),
    /// Its data overlaps that of another member or the central directory.
    Overlap,
    /// It has more bytes than the limit of the caller.
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The local header is not at the offset in the directory.
    NoLocalHeader,
    /// The local header ends early.
    CutLocalHeader,
    /// The local header has another name than the directory.
    OtherName,
    /// The data reaches past the end of the archive.
    PastEnd,
    /// The compressed data is damaged.
    Damaged,
    /// The data is longer or shorter than the size in the directory.
    OtherSize,
    /// The CRC-32 of the data differs from that in the directory.
    OtherChecksum,
}

impl fmt::Display for MemberFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Encrypted => "it is encrypted",
            Self::UnknownMethod(method) => return write!(f, "it is packed by method {method}"),
            Self::Overlap => "its data overlaps that of another member",
            Self::TooLarge { limit } => return write!(f, "it has more than {limit} bytes"),
            Self::NoLocalHeader => "its local header is not where the directory says",
            Self::CutLocalHeader => "its local header is cut off",
            Self::OtherName => "its local header has another name than the directory",
            Self::PastEnd => "its data reaches past the end of the file",
            Self::Damaged => "its packed data is damaged",
            Self::OtherSize => "its data does not have the size that the directory gives",
            Self::OtherChecksum => "its checksum does not match the one in the zip directory",
        })
    }
}

impl std::error::Error for MemberFault {}
