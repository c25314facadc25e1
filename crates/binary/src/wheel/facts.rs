//! The facts of one wheel.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::elf::ElfFacts;
use wheelbase_spec::error::{Error, ErrorKind};

/// The kind of input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Container {
    /// A wheel.
    Wheel,
    /// A directory: site-packages, a virtual environment, a Lambda layer.
    Directory,
    /// One ELF file.
    File,
}

/// The facts of a wheel, without any check.
///
/// Facts have a compact encoding ([`to_bytes`](Self::to_bytes)), so a wheel is read once and checked for many targets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WheelFacts {
    /// The kind of input.
    pub container: Container,
    /// The file name, without directories.
    pub file: String,
    /// The sha256 of the file in lower-case hex; `None` if it is unknown.
    pub sha256: Option<String>,
    /// Size of the file in bytes; of a directory, the sum of its files.
    pub size: u64,
    /// The number of members of the archive, without directories.
    pub files: u64,
    /// The `WHEEL` files. A valid wheel has one, a directory has one for each project.
    pub labels: Vec<Label>,
    /// Whether `RECORD` exists.
    pub has_record: bool,
    /// The ELF members by path.
    pub members: Vec<Member>,
    /// Symbolic links of a directory: path and target as written.
    pub links: Vec<(String, String)>,
    /// The problems of the archive and its members.
    pub problems: Vec<WheelProblem>,
    /// The number of members that were not fetched because their names are not those of ELF files.
    pub unseen: u64,
}

/// One ELF member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Member {
    /// Path in the archive or under the directory.
    pub path: String,
    /// Size in bytes, unpacked.
    pub size: u64,
    /// Its entry in `RECORD`.
    pub recorded: Recorded,
    /// Its facts.
    pub elf: ElfFacts,
}

impl Member {
    /// Returns the last part of the path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// The entry of a member in `RECORD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recorded {
    /// `RECORD` is missing.
    Unknown,
    /// It is listed with its size or without a size.
    Listed,
    /// It is listed with another size.
    OtherSize(u64),
    /// It is not listed.
    Missing,
}

/// A `WHEEL` file ([binary distribution format](https://packaging.python.org/en/latest/specifications/binary-distribution-format/#file-contents)).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Label {
    /// Its path.
    pub path: String,
    /// The `Tag` lines as written.
    pub tags: Vec<String>,
    /// `Root-Is-Purelib`, if it is `true` or `false`.
    pub root_is_purelib: Option<bool>,
    /// `Build`.
    pub build: Option<String>,
    /// `Generator`.
    pub generator: Option<String>,
}

/// A problem of the archive or one member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WheelProblem {
    /// The kind.
    pub kind: ProblemKind,
    /// The member.
    pub member: String,
    /// The cause, without a period.
    pub detail: String,
}

/// The kind of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ProblemKind {
    /// The compressed data or the ELF headers are damaged, or a size is wrong.
    Unreadable,
    /// Encrypted: cannot be read, and installers refuse it.
    Encrypted,
    /// Compressed by a method that installers do not support.
    UnknownMethod,
    /// Two members have the same name.
    DuplicateName,
    /// The name leads out of the wheel or is absolute.
    UnsafeName,
    /// The data overlaps that of another member.
    Overlap,
    /// Too large for its compressed size: such an archive exhausts its reader.
    Bomb,
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable => "unreadable",
            Self::Encrypted => "encrypted",
            Self::UnknownMethod => "unknown compression method",
            Self::DuplicateName => "duplicate name",
            Self::UnsafeName => "unsafe name",
            Self::Overlap => "overlapping data",
            Self::Bomb => "decompression bomb",
        })
    }
}

/// The version of the compact encoding. Increase it with each change of the layout, so that old caches are not used.
const ENCODING: u32 = 1;

impl WheelFacts {
    /// Returns facts without any member, for a container of `size` bytes.
    pub fn new(container: Container, file: impl Into<String>, size: u64) -> Self {
        Self {
            container,
            file: file.into(),
            sha256: None,
            size,
            files: 0,
            labels: Vec::new(),
            has_record: false,
            members: Vec::new(),
            links: Vec::new(),
            problems: Vec::new(),
            unseen: 0,
        }
    }

    pub(crate) fn problem(&mut self, kind: ProblemKind, member: &str, detail: impl Into<String>) {
        self.problems.push(WheelProblem { kind, member: member.to_owned(), detail: detail.into() });
    }

    /// Returns a compact encoding, for a cache by the hash of the file.
    ///
    /// # Errors
    ///
    /// If memory cannot be allocated.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let encoded = postcard::to_stdvec(&(ENCODING, self));
        encoded.map_err(|error| Error::new(ErrorKind::Data, format!("the facts cannot be encoded: {error}")))
    }

    /// Decodes the result of [`to_bytes`](Self::to_bytes); `None` if another version of the crate wrote it or it is
    /// damaged. The file must then be read again.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (version, rest) = postcard::take_from_bytes::<u32>(bytes).ok()?;
        if version != ENCODING {
            return None;
        }
        postcard::from_bytes(rest).ok()
    }
}
