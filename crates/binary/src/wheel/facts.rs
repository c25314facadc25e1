//! The facts of one wheel.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::elf::ElfFacts;
use wheelbase_spec::error::{Error, ErrorKind};

/// What was looked into.
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

/// Everything that a wheel's own bytes say, before any judgement.
///
/// Facts are values: they serialise compactly ([`to_bytes`](Self::to_bytes)), so that a wheel is read once and judged
/// as often as there are targets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WheelFacts {
    /// What was looked into.
    pub container: Container,
    /// The file name, without directories.
    pub file: String,
    /// The sha256 of the file in lower-case hex, where it is known.
    pub sha256: Option<String>,
    /// Size of the file in bytes; of a directory, the sum of its files.
    pub size: u64,
    /// How many members the archive has, directories left out.
    pub files: u64,
    /// The `WHEEL` files; a sound wheel has one, a directory one for each project.
    pub labels: Vec<Label>,
    /// Whether there is a `RECORD`.
    pub has_record: bool,
    /// The ELF members by path.
    pub members: Vec<Member>,
    /// Symbolic links of a directory: path and target as written.
    pub links: Vec<(String, String)>,
    /// What is wrong with the archive or its members.
    pub problems: Vec<Problem>,
    /// Members that a remote look left out because their names tell that they are no ELF files.
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
    /// What `RECORD` says of it.
    pub recorded: Recorded,
    /// What it says of itself.
    pub elf: ElfFacts,
}

impl Member {
    /// The last part of the path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// What `RECORD` says of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recorded {
    /// There is no `RECORD` to ask.
    Unknown,
    /// It is listed, with the size it has or none.
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

/// Something wrong with the archive or one member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Problem {
    /// What sort of.
    pub kind: ProblemKind,
    /// The member.
    pub member: String,
    /// What exactly, one clause without final stop.
    pub detail: String,
}

/// Sorts of problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ProblemKind {
    /// The packed data or the ELF headers are damaged, or the sizes lie.
    Unreadable,
    /// Encrypted: cannot be read, and installers refuse it.
    Encrypted,
    /// Packed by a method that installers do not unpack.
    UnknownMethod,
    /// The name occurs twice.
    DuplicateName,
    /// The name leads out of the wheel or is absolute.
    UnsafeName,
    /// The data overlaps that of another member.
    Overlap,
    /// Too much to unpack for its packed size: an archive made to exhaust its reader.
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
        self.problems.push(Problem { kind, member: member.to_owned(), detail: detail.into() });
    }

    /// A compact encoding, for a cache keyed by the file's hash.
    ///
    /// # Errors
    ///
    /// Only if memory cannot be had.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let encoded = postcard::to_stdvec(&(ENCODING, self));
        encoded.map_err(|error| Error::new(ErrorKind::Data, format!("facts cannot be encoded: {error}")))
    }

    /// Facts from [`to_bytes`](Self::to_bytes); `None` if another version of the crate wrote them or they are
    /// damaged, so that the file is to be read anew.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (version, rest) = postcard::take_from_bytes::<u32>(bytes).ok()?;
        if version != ENCODING {
            return None;
        }
        postcard::from_bytes(rest).ok()
    }
}
