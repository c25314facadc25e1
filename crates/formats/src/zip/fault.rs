//! What can be wrong with an archive, an entry of its directory, and the content of a member.

use std::fmt;

/// Bytes that are not a zip archive, or an archive that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidArchive {
    cause: String,
}

impl InvalidArchive {
    /// An error with this cause, a clause without a final period.
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

/// A problem that the central directory alone shows. The archive can be read all the same, but installers refuse the
/// entry or differ in what they do with it. Not `non_exhaustive`: a reader must decide about each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryFault<'a> {
    /// Another entry has the same name. Reported once for each name.
    DuplicateName,
    /// The name leads out of the directory that the archive is unpacked to.
    UnsafeName(UnsafeName),
    /// The data starts within that of another member, or reaches into the central directory.
    Overlap {
        /// The other member; `None` for the central directory.
        with: Option<&'a str>,
    },
    /// The member is encrypted.
    Encrypted,
}

/// Names that lead out of the directory that an archive is unpacked to. Some installers refuse them, some strip them.
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
    /// What is unsafe in a name, if anything is.
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

/// Why the content of a member cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MemberFault {
    /// It is encrypted.
    Encrypted,
    /// It is compressed by a method other than stored and deflated, which are all that installers unpack.
    UnknownMethod(u16),
    /// Its data overlaps that of another member or the central directory.
    Overlap,
    /// It has more bytes than the caller allows.
    TooLarge {
        /// The most bytes that it may have.
        limit: u64,
    },
    /// There is no local header where the directory says.
    NoLocalHeader,
    /// The local header ends early.
    CutLocalHeader,
    /// The local header has another name than the directory.
    OtherName,
    /// The data reaches past the end of the archive.
    PastEnd,
    /// The compressed data is damaged.
    Damaged,
    /// The data is longer or shorter than the directory says.
    OtherSize,
    /// The data has another CRC-32 than the directory says.
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
            Self::OtherChecksum => "its data does not have the checksum that the directory gives",
        })
    }
}

impl std::error::Error for MemberFault {}
